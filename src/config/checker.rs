//! Collects the faults of a file, so that all are told at once, and judges single values.

use super::ConfigError;
use super::quantity::{Quantity, show_duration, show_size};
use crate::toml_file::Fault;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// Collects faults, with the text that they are in.
pub(super) struct Checker<'a> {
    name: &'a str,
    text: &'a str,
    base: &'a Path,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(name: &'a str, text: &'a str, base: &'a Path) -> Checker<'a> {
        Checker {
            name,
            text,
            base,
            faults: Vec::new(),
        }
    }

    /// The settings, if nothing is wrong with them.
    pub(super) fn finish<T>(self, checked: T) -> Result<T, ConfigError> {
        if self.faults.is_empty() {
            Ok(checked)
        } else {
            Err(ConfigError::in_text(self.faults, self.text))
        }
    }

    pub(super) fn fault(&mut self, span: &Range<usize>, field: &str, message: &str, expected: &str) {
        self.faults
            .push(Fault::at(self.name, self.text, span, field, message, expected));
    }

    /// A path; relative ones count from the file's folder.
    pub(super) fn path(&mut self, field: &str, written: &Spanned<String>) -> Option<PathBuf> {
        let text = written.get_ref().as_str();
        if text.is_empty() || text.contains('\0') {
            self.fault(
                &written.span(),
                field,
                "this is no path",
                "a path, absolute or from this file's folder",
            );
            return None;
        }
        if text.starts_with('~') {
            let expected = "an absolute path, or one from this file's folder";
            self.fault(&written.span(), field, "`~` is not expanded here", expected);
            return None;
        }
        Some(self.join(text))
    }

    /// A path as it counts from the file's folder.
    pub(super) fn join(&self, written: &str) -> PathBuf {
        self.base.join(written)
    }

    /// A file that is there.
    pub(super) fn file(&mut self, field: &str, written: &Spanned<String>) -> Option<PathBuf> {
        let path = self.path(field, written)?;
        self.there(field, written, path, "file", Path::is_file)
    }

    /// A folder that is there.
    pub(super) fn folder(&mut self, field: &str, written: &Spanned<String>) -> Option<PathBuf> {
        let path = self.path(field, written)?;
        self.there(field, written, path, "folder", Path::is_dir)
    }

    fn there(
        &mut self,
        field: &str,
        written: &Spanned<String>,
        path: PathBuf,
        what: &str,
        is: fn(&Path) -> bool,
    ) -> Option<PathBuf> {
        if is(&path) {
            return Some(path);
        }
        let message = match std::fs::metadata(&path) {
            Ok(_) => format!("{} is not a {what}", path.display()),
            Err(error) => format!("can't find {}: {error}", path.display()),
        };
        self.fault(&written.span(), field, &message, "");
        None
    }

    pub(super) fn size<N: TryFrom<u64>>(
        &mut self,
        field: &str,
        written: &Option<Spanned<Quantity>>,
        range: RangeInclusive<u64>,
        into: &mut N,
    ) {
        let Some(written) = written else { return };
        let size = written.get_ref().size().filter(|size| range.contains(size));
        if let Some(size) = size.and_then(|size| N::try_from(size).ok()) {
            *into = size;
            return;
        }
        let problem = if written.get_ref().size().is_none() {
            "is no size"
        } else {
            "is out of range"
        };
        let (from, to) = (show_size(*range.start()), show_size(*range.end()));
        let expected = format!("octets from {from} to {to}, such as \"64KiB\"");
        self.fault(
            &written.span(),
            field,
            &format!("{} {problem}", written.get_ref()),
            &expected,
        );
    }

    pub(super) fn count(
        &mut self,
        field: &str,
        written: &Option<Spanned<Quantity>>,
        range: RangeInclusive<u64>,
        into: &mut usize,
    ) {
        let Some(written) = written else { return };
        let number = written.get_ref().number().filter(|number| range.contains(number));
        if let Some(count) = number.and_then(|number| usize::try_from(number).ok()) {
            *into = count;
            return;
        }
        let problem = if written.get_ref().number().is_none() {
            "is no number"
        } else {
            "is out of range"
        };
        let expected = format!("a number from {} to {}", range.start(), range.end());
        self.fault(
            &written.span(),
            field,
            &format!("{} {problem}", written.get_ref()),
            &expected,
        );
    }

    pub(super) fn duration(
        &mut self,
        field: &str,
        written: &Option<Spanned<Quantity>>,
        range: RangeInclusive<Duration>,
        into: &mut Duration,
    ) {
        let Some(written) = written else { return };
        let duration = written.get_ref().duration();
        if let Some(duration) = duration.filter(|duration| range.contains(duration)) {
            *into = duration;
            return;
        }
        let problem = match (written.get_ref(), duration) {
            (Quantity::Number(_), _) => "has no unit",
            (_, None) => "is no time",
            (_, Some(_)) => "is out of range",
        };
        let (from, to) = (show_duration(*range.start()), show_duration(*range.end()));
        let expected = format!("a time from {from} to {to}, such as \"90s\" or \"5m\"");
        self.fault(
            &written.span(),
            field,
            &format!("{} {problem}", written.get_ref()),
            &expected,
        );
    }
}
