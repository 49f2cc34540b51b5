//! Keys in layers: a rep's file over a named standard over the admin's default. The most specific layer that has a key
//! gives its value; where each came from is kept for `youward standard explain`.

use super::form::Form;
use super::{NamedText, Origin, Setting};
use crate::toml_file::{Fault, line_column};
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
}

/// A value with its layer.
pub(super) type Picked<'a, T> = (Layer<'a>, &'a Spanned<T>);

impl<'a> Layers<'a> {
    /// The most specific layer's value. A rep's is a fault where it is locked.
    pub(super) fn pick<T: 'a>(
        &mut self,
        key: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<T>>,
    ) -> Option<Picked<'a, T>> {
        let mut found = self.layers.iter().filter_map(|layer| Some((*layer, get(layer.form)?)));
        let (layer, value) = found.next()?;
        if layer.rep
            && let Some(lock) = lock_of(&self.locks, key)
        {
            let message = format!("it is locked by {}:{}", lock.origin.file, lock.origin.line);
            let expected = "the admin's value; ask there to unlock the key";
            self.faults.push(layer.fault(&value.span(), key, &message, expected));
        }
        Some((layer, value))
    }

    /// A plain value, or the default.
    pub(super) fn value<T: Clone + 'a>(
        &mut self,
        key: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<T>>,
        default: T,
        show: impl Fn(&T) -> String,
    ) -> T {
        let picked = self.pick(key, get);
        let value = picked.map_or(default, |(_, value)| value.get_ref().clone());
        self.note(
            key,
            show(&value),
            picked.map(|(layer, value)| layer.origin(&value.span())),
        );
        value
    }

    /// A number in its range, or the default.
    pub(super) fn number(
        &mut self,
        key: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<i32>>,
        default: i32,
        range: RangeInclusive<i32>,
        unit: &str,
    ) -> i32 {
        let picked = self.pick(key, get);
        let value = picked.map_or(default, |(_, value)| *value.get_ref());
        if let Some((layer, written)) = picked
            && !range.contains(&value)
        {
            let expected = format!("{} to {}{unit}", range.start(), range.end());
            let message = format!("{value} is out of range");
            self.faults.push(layer.fault(&written.span(), key, &message, &expected));
        }
        self.note(
            key,
            value.to_string(),
            picked.map(|(layer, value)| layer.origin(&value.span())),
        );
        value
    }

    /// A list whose entries are judged one by one, empty by default. The most specific layer's list counts alone.
    pub(super) fn list(
        &mut self,
        key: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<Vec<Spanned<String>>>>,
        check: impl Fn(&str) -> Result<String, (String, &'static str)>,
    ) -> Vec<String> {
        let picked = self.pick(key, get);
        let mut entries = Vec::new();
        if let Some((layer, list)) = picked {
            for written in list.get_ref() {
                match check(written.get_ref()) {
                    Ok(entry) => entries.push(entry),
                    Err((message, expected)) => {
                        self.faults.push(layer.fault(&written.span(), key, &message, expected));
                    }
                }
            }
        }
        let origin = picked.map(|(layer, value)| layer.origin(&value.span()));
        self.note(key, shown_list(&entries), origin);
        entries
    }

    /// A file that is named, read whole; `None` where none is named.
    pub(super) fn text(
        &mut self,
        key: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<String>>,
        open: &mut impl FnMut(&str, &str) -> Result<(String, String), String>,
    ) -> Option<NamedText> {
        let picked = self.pick(key, get);
        let opened = picked.and_then(|(layer, written)| self.open(key, layer, written, open));
        let shown = picked.map_or_else(|| "\"\"".to_owned(), |(_, written)| format!("{:?}", written.get_ref()));
        self.note(key, shown, picked.map(|(layer, value)| layer.origin(&value.span())));
        opened
    }

    /// The files of a list, in their order.
    pub(super) fn texts(
        &mut self,
        key: &str,
        get: impl Fn(&'a Form) -> Option<&'a Spanned<Vec<Spanned<String>>>>,
        open: &mut impl FnMut(&str, &str) -> Result<(String, String), String>,
    ) -> Vec<NamedText> {
        let picked = self.pick(key, get);
        let mut names = Vec::new();
        let mut texts = Vec::new();
        if let Some((layer, list)) = picked {
            for written in list.get_ref() {
                names.push(written.get_ref().clone());
                texts.extend(self.open(key, layer, written, open));
            }
        }
        let origin = picked.map(|(layer, value)| layer.origin(&value.span()));
        self.note(key, shown_list(&names), origin);
        texts
    }

    fn open(
        &mut self,
        key: &str,
        layer: Layer<'_>,
        written: &Spanned<String>,
        open: &mut impl FnMut(&str, &str) -> Result<(String, String), String>,
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

    pub(super) fn note(&mut self, key: &str, value: String, origin: Option<Origin>) {
        self.settings.push(Setting {
            key: key.to_owned(),
            value,
            origin,
        });
    }
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
