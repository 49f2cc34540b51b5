//! What is wrong with the settings: every fault, and the text to show them in.

use crate::toml_file::Fault;
use std::fmt;

/// One fault or many. All are of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<Fault>,
    text: Option<String>,
}

impl ConfigError {
    /// Faults in a text, in the order of the text.
    pub(super) fn in_text(mut faults: Vec<Fault>, text: &str) -> ConfigError {
        faults.sort_by_key(|fault| (fault.line, fault.column));
        ConfigError {
            faults,
            text: Some(text.to_owned()),
        }
    }

    /// A fault about a file as a whole.
    pub(super) fn whole(file: &str, message: &str, expected: &str) -> ConfigError {
        ConfigError {
            faults: vec![Fault::whole(file, message, expected)],
            text: None,
        }
    }

    /// What is wrong, in the order of the file; at least one.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The file's text, if it could be read.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

/// A line each.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            write!(f, "{}{fault}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
