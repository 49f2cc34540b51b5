//! The outreach standard: an admin's thresholds and dispositions, and the judgement by them.
//!
//! In: a [`Reading`] or the news that there could be none, the envelope, and the author's consent
//! if given. Out: a [`Verdict`]: pass, annotate, return or hold, with its reasons.
//!
//! Must never: read the mail itself, know the clock (time comes in), or hold what is not prospecting.

mod file;
mod judge;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod tests;
mod verdict;

pub use verdict::{Disposition, Reason, Verdict};

use crate::reading::{GateSettings, Reading};
use crate::toml_file::Fault;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An outreach standard, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// Scores below this are annotated.
    pub annotate_below: i32,
    /// Scores below this are acted on, if what was found bears it.
    pub act_below: i32,
    /// How it is acted on.
    pub act: Act,
    /// How far the standard goes.
    pub mode: Mode,
    /// What happens to a mail that could not be read.
    pub on_error: OnError,
    /// Whether authors may have a returned or held mail sent as written.
    pub consent_allowed: bool,
    /// Whether they must say why.
    pub reason_required: bool,
    /// How long consent lasts.
    pub valid_for_hours: u32,
    gate: GateSettings,
}

/// How a mail below the standard is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Refused with its reasons.
    Return,
    /// Taken into custody.
    Hold,
}

/// How far a standard goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everything passes; reasons are recorded.
    Observe,
    /// Annotated at most.
    Coach,
    /// As the thresholds say.
    Enforce,
}

/// What happens to a mail that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It is sent on.
    Pass,
    /// It is sent on, and the author is told.
    Annotate,
    /// It is refused.
    Return,
    /// It is taken into custody.
    Hold,
}

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub enum Judged<'a> {
    /// A reading.
    Read(&'a Reading),
    /// There could be none.
    NotRead {
        /// Why not, in words for the author.
        why: &'a str,
    },
}

/// The author's consent to sending a returned or held mail as written. That it belongs to this very mail is for the
/// caller to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When it was given.
    pub given_at: Timestamp,
    /// Why, in the author's words.
    pub reason: String,
}

impl Standard {
    /// Reads a standard. `file` is its name for faults.
    ///
    /// # Errors
    /// The first fault, with its place. Nothing is half-applied.
    pub fn parse(file: &str, text: &str) -> Result<Standard, Fault> {
        file::parse(file, text)
    }

    /// The standard that is compiled in, which `config/standard.toml` shows with all its keys.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the text is compiled in and a test loads it")]
    pub fn builtin() -> Standard {
        Standard::parse("config/standard.toml", BUILTIN).expect("the shipped standard loads")
    }

    /// The text of the standard that is compiled in.
    #[must_use]
    pub fn builtin_text() -> &'static str {
        BUILTIN
    }

    /// The gate's part, for [`Context::gate`](crate::reading::Context).
    #[must_use]
    pub fn gate(&self) -> GateSettings {
        self.gate.clone()
    }
}

const BUILTIN: &str = include_str!("../../config/standard.toml");
