//! Keys in layers: a rep's file over a named standard over the admin's default. The most specific layer that has a key
//! gives its value; where each came from is kept for `youward standard explain`.

use super::form::{Form, Key, Texts};
use super::{NamedText, Origin, Setting};
use crate::toml_file::{Fault, line_column};
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

/// A layer: keys, and the file that they stand in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) form: &'a Form,
    /// It is a rep's, and bound by the locks.
    pub(super) rep: bool,
}

impl Layer<'_> {
    pub(super) fn fault(&self, span: &Range<usize>, field: &str, message: &str, expected: &str) -> Fault {
        Fault::at(self.file, self.text, span, field, message, expected)
    }

    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        let (line, column) = line_column(self.text, span.start);
        Origin {
            file: self.file.to_owned(),
            line,
            column,
        }
    }
}

/// A key that an admin keeps from reps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lock {
    pub(super) key: String,
    pub(super) origin: Origin,
}

/// Layers with what came of them so far.
pub(super) struct Layers<'a> {
    /// The most specific first.
    pub(super) layers: Vec<Layer<'a>>,
    pub(super) locks: Vec<Lock>,
    pub(super) settings: Vec<Setting>,
    pub(super) faults: Vec<Fault>,
    /// What holds, but may surprise.
    pub(super) warnings: Vec<Fault>,
}

/// Opens a file that is named: from the file that names it and the name as written to its path to show and its text.
pub(super) trait Open: FnMut(&str, &str) -> Result<(String, String), String> {}

impl<F: FnMut(&str, &str) -> Result<(String, String), String>> Open for F {}

/// A value with its layer.
pub(super) type Picked<'a, T> = (Layer<'a>, &'a Spanned<T>);

impl<'a> Layers<'a> {
    /// The most specific layer's value. A rep's is a fault where it is locked.
    pub(super) fn pick<T: 'a>(
        &mut self,
        name: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<T>>,
    ) -> Option<Picked<'a, T>> {
        let mut found = self.layers.iter().filter_map(|layer| Some((*layer, get(layer.form)?)));
        let (layer, value) = found.next()?;
        if layer.rep
            && let Some(lock) = lock_of(&self.locks, name)
        {
            let message = format!("it is locked by {}:{}", lock.origin.file, lock.origin.line);
            let expected = "the admin's value; ask there to unlock the key";
            self.faults.push(layer.fault(&value.span(), name, &message, expected));
        }
        Some((layer, value))
    }

    /// A plain value, or the default.
    pub(super) fn value<T: Clone + Display>(&mut self, key: Key<T>, default: T) -> T {
        self.value_shown(key.name, key.get, default, T::to_string)
    }

    /// A plain value, or the default, of a key that is named at run time or whose type does not show itself as TOML.
    pub(super) fn value_shown<T: Clone + 'a>(
        &mut self,
        name: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<T>>,
        default: T,
        show: impl Fn(&T) -> String,
    ) -> T {
        let picked = self.pick(name, get);
        let value = picked.map_or(default, |(_, value)| value.get_ref().clone());
        self.note(name, show(&value), origin_of(picked));
        value
    }

    /// A number in its range, or the default.
    pub(super) fn number(&mut self, key: Key<i32>, default: i32, range: RangeInclusive<i32>, unit: &str) -> i32 {
        let picked = self.pick_number(key, range, unit);
        let value = picked.map_or(default, |(_, value)| *value.get_ref());
        self.note(key.name, value.to_string(), origin_of(picked));
        value
    }

    /// A number in its range that stands in for another where it is written; elsewhere it is the other's, from where
    /// that came.
    pub(super) fn number_else(
        &mut self,
        key: Key<i32>,
        (other, origin): (i32, Option<Origin>),
        range: RangeInclusive<i32>,
        unit: &str,
    ) -> Option<i32> {
        let picked = self.pick_number(key, range, unit);
        let value = picked.map(|(_, value)| *value.get_ref());
        self.note(
            key.name,
            value.unwrap_or(other).to_string(),
            origin_of(picked).or(origin),
        );
        value
    }

    fn pick_number(&mut self, key: Key<i32>, range: RangeInclusive<i32>, unit: &str) -> Option<Picked<'a, i32>> {
        let picked = self.pick(key.name, key.get);
        if let Some((layer, written)) = picked
            && !range.contains(written.get_ref())
        {
            let expected = format!("{} to {}{unit}", range.start(), range.end());
            let message = format!("{} is out of range", written.get_ref());
            self.faults
                .push(layer.fault(&written.span(), key.name, &message, &expected));
        }
        picked
    }

    /// A list whose entries are judged one by one, empty by default. The most specific layer's list counts alone.
    pub(super) fn list(
        &mut self,
        key: Key<Texts>,
        check: impl Fn(&str) -> Result<String, (String, &'static str)>,
    ) -> Vec<String> {
        let picked = self.pick(key.name, key.get);
        let mut entries = Vec::new();
        if let Some((layer, list)) = picked {
            for written in list.get_ref() {
                match check(written.get_ref()) {
                    Ok(entry) => entries.push(entry),
                    Err((message, expected)) => {
                        self.faults
                            .push(layer.fault(&written.span(), key.name, &message, expected));
                    }
                }
            }
        }
        self.note(key.name, shown_list(&entries), origin_of(picked));
        entries
    }

    /// A file that is named, read whole; `None` where none is named.
    pub(super) fn text(&mut self, key: Key<String>, open: &mut impl Open) -> Option<NamedText> {
        let picked = self.pick(key.name, key.get);
        let opened = picked.and_then(|(layer, written)| self.open(key.name, layer, written, open));
        let shown = picked.map_or_else(|| "\"\"".to_owned(), |(_, written)| format!("{:?}", written.get_ref()));
        self.note(key.name, shown, origin_of(picked));
        opened
    }

    /// The files of a list, in their order.
    pub(super) fn texts(&mut self, key: Key<Texts>, open: &mut impl Open) -> Vec<NamedText> {
        let picked = self.pick(key.name, key.get);
        let mut names = Vec::new();
        let mut texts = Vec::new();
        if let Some((layer, list)) = picked {
            for written in list.get_ref() {
                names.push(written.get_ref().clone());
                texts.extend(self.open(key.name, layer, written, open));
            }
        }
        self.note(key.name, shown_list(&names), origin_of(picked));
        texts
    }

    fn open(
        &mut self,
        key: &str,
        layer: Layer<'_>,
        written: &Spanned<String>,
        open: &mut impl Open,
    ) -> Option<NamedText> {
        match open(layer.file, written.get_ref()) {
            Ok((file, text)) => Some(NamedText { file, text }),
            Err(why) => {
                let message = format!("can't read {:?}: {why}", written.get_ref());
                let expected = "a file, absolute or from this file's folder";
                self.faults.push(layer.fault(&written.span(), key, &message, expected));
                None
            }
        }
    }

    /// Where the value in force of a key that was looked at comes from.
    pub(super) fn origin(&self, name: &str) -> Option<Origin> {
        let setting = self.settings.iter().find(|setting| setting.key == name)?;
        setting.origin.clone()
    }

    fn note(&mut self, key: &str, value: String, origin: Option<Origin>) {
        self.settings.push(Setting {
            key: key.to_owned(),
            value,
            origin,
        });
    }
}

fn origin_of<T>(picked: Option<Picked<'_, T>>) -> Option<Origin> {
    picked.map(|(layer, value)| layer.origin(&value.span()))
}

/// The lock on a key: on itself, on its table, or on everything.
pub(super) fn lock_of<'l>(locks: &'l [Lock], key: &str) -> Option<&'l Lock> {
    locks.iter().find(|lock| {
        let rest = key.strip_prefix(lock.key.as_str());
        lock.key == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

pub(super) fn shown_list(entries: &[String]) -> String {
    let entries: Vec<String> = entries.iter().map(|entry| format!("{entry:?}")).collect();
    format!("[{}]", entries.join(", "))
}
