//! A TOML file with exact positions in its errors.
//!
//! Every file that an admin writes (settings, standard, rule packs) goes through here, so that each complaint names
//! file, line, column, field and what was expected. Nothing is half-applied: a file is taken whole or not at all.

use serde::de::DeserializeOwned;
use std::fmt;
use std::ops::Range;

/// What is wrong in one file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The file as the admin named it.
    pub file: String,
    /// Line, from 1. Zero when the fault is about the file as a whole.
    pub line: usize,
    /// Column in characters, from 1. Zero when the fault is about the file as a whole.
    pub column: usize,
    /// The field as a dotted key, empty when it can't be told.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What was expected, as words an admin can act on; empty when the message says it already.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": ")?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{}", self.message)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        Ok(())
    }
}

impl Fault {
    /// A fault at a byte span of `text`. Spans beyond the text count as its end.
    #[must_use]
    pub fn at(file: &str, text: &str, span: &Range<usize>, field: &str, message: &str, expected: &str) -> Fault {
        let (line, column) = line_column(text, span.start);
        Fault {
            file: file.to_owned(),
            line,
            column,
            field: field.to_owned(),
            message: message.to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// A fault about the file as a whole.
    #[must_use]
    pub fn whole(file: &str, message: &str, expected: &str) -> Fault {
        Fault {
            file: file.to_owned(),
            line: 0,
            column: 0,
            field: String::new(),
            message: message.to_owned(),
            expected: expected.to_owned(),
        }
    }
}

/// Reads `text` as TOML into `T`. Use `toml::Spanned` fields and [`Fault::at`] for what types alone can't refuse.
///
/// # Errors
/// The first fault, with its position. The field is the key at that position where it can be told.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', " ");
        let (message, expected) = match message.split_once(", expected ") {
            Some((message, expected)) => (message.to_owned(), expected.to_owned()),
            None => (message, String::new()),
        };
        Fault::at(file, text, &span, &key_at(text, span.start), &message, &expected)
    })
}

/// Line and column (in characters), both from 1, of a byte offset.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = text.get(..offset).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1, column)
}

/// The dotted key that a position belongs to: the last table header before it and the key on its line.
fn key_at(text: &str, offset: usize) -> String {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let line_end = text
        .get(offset..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |at| offset + at);
    let upto = text.get(..line_end).unwrap_or_default();
    let mut table = "";
    let mut key = "";
    for line in upto.lines() {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') {
            table = line.trim_matches(|c| c == '[' || c == ']').trim();
            key = "";
        } else if let Some((name, _)) = line.split_once('=')
            && !line.starts_with('#')
            && name.trim().chars().all(|c| c.is_alphanumeric() || "_-.\"".contains(c))
        {
            key = name.trim();
        }
    }
    match (table, key) {
        ("", key) => key.to_owned(),
        (table, "") => table.to_owned(),
        (table, key) => format!("{table}.{key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[expect(dead_code, reason = "only its type matters here")]
        limits: Limits,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Limits {
        #[expect(dead_code, reason = "only its type matters here")]
        recipients: u32,
    }

    #[test]
    fn names_file_line_field_and_what_was_expected() {
        let fault = parse::<File>("youward.toml", "[limits]\nrecipients = \"many\"\n").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 14));
        assert_eq!(fault.field, "limits.recipients");
        assert_eq!(fault.expected, "u32");
        assert!(
            fault
                .to_string()
                .starts_with("youward.toml:2:14: limits.recipients: invalid type"),
            "{fault}"
        );
    }

    #[test]
    fn unknown_keys_are_errors() {
        let fault = parse::<File>("youward.toml", "[limits]\nrecipients = 1\nrecipent = 2\n").unwrap_err();
        assert_eq!(fault.line, 3);
        assert_eq!(fault.field, "limits.recipent");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("a\nläß=x", "a\nläß".len()), (2, 4));
        assert_eq!(line_column("ab", 99), (1, 3));
    }
}
