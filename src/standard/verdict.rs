//! A disposition with its reasons.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is done with a mail, from mild to strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// Sent on, byte for byte.
    Pass,
    /// Sent on, byte for byte; the author gets an annotated copy.
    Annotate,
    /// Refused with the reasons, and kept for review.
    Return,
    /// Taken into custody for a rewrite; the recipient gets nothing.
    Hold,
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Disposition::Pass => "pass",
            Disposition::Annotate => "annotate",
            Disposition::Return => "return",
            Disposition::Hold => "hold",
        })
    }
}

/// One reason for a verdict, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable name, such as `score-below-hold`.
    pub name: String,
    /// In words, for the rep.
    pub shown: String,
}

/// What the standard says about one mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is done.
    pub disposition: Disposition,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
    /// Whether the author's consent would let the identical mail pass.
    pub consent_allowed: bool,
    /// The name of the standard that says so. Verdicts kept by versions that noted none have none.
    #[serde(default)]
    pub standard: Option<String>,
}
