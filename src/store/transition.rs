//! A step of a record, as one transaction: state, marks, audit row, and the work that it brings or ends.

use super::{Claim, NewWork, RecordId, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A step, worked out by who knows where a record may go. The store carries it out whole or not at all, and only if the
/// record stands where it was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The record.
    pub record: RecordId,
    /// Where it was seen standing.
    pub from: State,
    /// Where it goes.
    pub to: State,
    /// When.
    pub at: Timestamp,
    /// Who takes the step; `None` for the account itself.
    pub who: Option<String>,
    /// What the audit calls it.
    pub what: &'static str,
    /// Why, for the audit: no content, no addresses of others.
    pub why: String,
    /// What is erased.
    pub erase: Erase,
    /// What else is noted on the record.
    pub mark: Option<Mark>,
    /// Whether work that still waits for this record is dropped.
    pub ends_work: bool,
    /// Work that follows.
    pub work: Vec<NewWork>,
    /// The piece of work that is done with this step. If its claim has lapsed, the step does not happen.
    pub done: Option<Claim>,
    /// The piece of work in the course of which this step is taken; the same goes for its claim.
    pub during: Option<Claim>,
}

/// What a step erases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erase {
    /// Nothing.
    Nothing,
    /// The mail's octets; the annotated copy stays.
    Mail,
    /// The octets and the annotated copy.
    All,
}

/// What a step notes on the record.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// The author's consent.
    Consent {
        /// Why.
        reason: String,
    },
    /// The permission to send exactly these octets to exactly these recipients.
    Release(Permit),
    /// What the author sent instead.
    Rewrite(Rewrite),
    /// The author has been reminded so often.
    Reminded(u32),
}

/// A release: whose word it is, and what it was given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why, in their words; may be empty where the standard does not ask.
    pub reason: String,
    /// SHA-256 in hexadecimal of the octets and the envelope that were released.
    pub digest: String,
}

/// What became of a mail that was rewritten: the other reading, and what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrite {
    /// When it was decided on.
    pub at: Timestamp,
    /// `passed`, `went with notes`, `was held` or `was returned`.
    pub outcome: String,
    /// The record of the rewrite, if it has one.
    pub record: Option<RecordId>,
    /// Its Message-ID without the brackets.
    #[serde(default)]
    pub message_id: Option<String>,
    /// The score before.
    pub score_before: Option<i32>,
    /// The score of the rewrite; `None` if it was not read or not judged.
    pub score: Option<i32>,
    /// Rules that found something before and nothing in the rewrite.
    pub gone: Vec<String>,
    /// Rules that find something still.
    pub left: Vec<String>,
    /// Rules that find something now and did not before.
    pub new: Vec<String>,
}
