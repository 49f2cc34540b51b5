//! A disposition with its reasons.

use super::{Then, Who};
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
    /// Whether consent, of whom `consent_by` says, would let the identical mail pass.
    pub consent_allowed: bool,
    /// Who may consent, where consent is allowed. In verdicts kept by versions that noted none it is the author.
    #[serde(default = "author")]
    pub consent_by: Who,
    /// The operating-system users who may consent, where an approver is asked for.
    #[serde(default)]
    pub approvers: Vec<String>,
    /// The name of the standard that says so. Verdicts kept by versions that noted none have none.
    #[serde(default)]
    pub standard: Option<String>,
    /// How custody of it may end; for a held mail only. They are those of the standard in force when it was held.
    #[serde(default)]
    pub terms: Option<Terms>,
}

impl Verdict {
    /// Whether the author alone could let the identical mail pass, so that it is worth telling them how.
    #[must_use]
    pub fn author_may_consent(&self) -> bool {
        self.consent_allowed && self.consent_by == Who::Author
    }
}

fn author() -> Who {
    Who::Author
}

/// How custody of one mail may end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Who may have it sent as written.
    pub release_by: Who,
    /// The operating-system users who may, where an approver is asked for.
    pub approvers: Vec<String>,
    /// Whether they must say why.
    pub reason_required: bool,
    /// For how many hours a released mail is tried again when the provider does not take it now.
    pub retry_for_hours: u32,
    /// After how many hours the hold ends by itself; 0 for never.
    pub expires_after_hours: u32,
    /// What then.
    pub then: Then,
}
