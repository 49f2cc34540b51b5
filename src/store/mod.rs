//! What is kept, durably: held and returned mails with envelope and verdict, consent, audit rows.
//!
//! In: records. Out: the same after a crash or a power cut, whole or not at all. SQLite on a laptop; the trait is there
//! because a team shares PostgreSQL.
//!
//! Must never: acknowledge before the data is durable, go on after a failed write to disk as if nothing had happened,
//! half-apply a step.

mod chain;
mod folder;
mod id;
mod life;
mod lock;
mod sqlite;

#[cfg(test)]
pub(crate) mod contract;

pub use life::Step;
pub use lock::InstanceLock;
pub use sqlite::SqliteStore;

use crate::mail::{Envelope, Fingerprint, Mail};
use crate::reading::{Reading, Silence};
use crate::standard::{Disposition, Verdict};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The port to durable storage.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Makes a record and its audit row durable, in one transaction, and gives it an id. When this returns `Ok`, a crash
    /// or power cut can't lose the record any more.
    async fn commit(&self, record: NewRecord) -> Result<RecordId, StoreError>;
    /// The newest record of this account with this fingerprint that still stands (returned, allowed or held; not sent or
    /// discarded) and was decided at or after `since`. Consent is a decision too: it counts from when it was given, and
    /// an allowed record goes before a newer one that is not.
    async fn find_identical(
        &self,
        account: &str,
        fingerprint: &Fingerprint,
        since: Timestamp,
    ) -> Result<Option<Summary>, StoreError>;
    /// Records, newest first.
    async fn list(&self, filter: &Filter) -> Result<Vec<Summary>, StoreError>;
    /// One record, whole. An unambiguous beginning of an id is enough; case does not matter.
    async fn get(&self, id: &str) -> Result<Record, StoreError>;
    /// The author's consent: a returned mail becomes allowed. Refused where the verdict says that consent is not allowed.
    async fn allow(&self, id: &RecordId, reason: &str, who: &str, at: Timestamp) -> Result<(), StoreError>;
    /// An allowed mail has gone upstream: consent is used up, and the mail's octets are erased.
    async fn mark_sent(&self, id: &RecordId, at: Timestamp) -> Result<(), StoreError>;
    /// Gives a record up: its octets and the annotated copy are erased, its row stays for the audit.
    async fn discard(&self, id: &RecordId, reason: &str, who: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Silences one finding, with its audit row. `who` does it; the silence names whose word it is.
    async fn silence(&self, silence: &Silence, who: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Takes a silence away, with its audit row.
    async fn unsilence(&self, hash: &str, who: &str, at: Timestamp) -> Result<(), StoreError>;
    /// All silences, the oldest first.
    async fn silences(&self) -> Result<Vec<KeptSilence>, StoreError>;
    /// Appends audit rows, in one transaction.
    async fn audit(&self, rows: Vec<AuditRow>) -> Result<(), StoreError>;
    /// The newest audit rows, newest first.
    async fn audit_rows(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError>;
    /// Waits for what is running and closes.
    async fn close(&self);
}

/// A record's id: eight characters of Crockford's base 32 (no I, L, O, U), for people to read and type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be kept of a mail that was returned, held or annotated.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// When it was decided.
    pub at: Timestamp,
    /// The authenticated identity, in lower case.
    pub account: String,
    /// The upstream's name.
    pub upstream: String,
    /// The envelope with every ESMTP parameter.
    pub envelope: Envelope,
    /// The mail's octets. `None` for an annotated mail, which has gone: attachments of passing mail are never kept.
    pub mail: Option<Mail>,
    /// The annotated copy for the author, a complete mail.
    pub annotated_copy: Option<Vec<u8>>,
    /// Tells an identical resend.
    pub fingerprint: Fingerprint,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// The subject, decoded.
    pub subject: String,
    /// Whether the client's session was under TLS.
    pub tls: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// The reading, unless the mail could not be read.
    pub reading: Option<Reading>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Sent on, with an annotated copy for the author.
    Annotated,
    /// Returned to the author; nobody received it.
    Returned,
    /// Returned, and the author consented to sending it as written.
    Allowed,
    /// In custody; nobody received it.
    Held,
    /// Sent on after consent.
    Sent,
    /// Given up; the octets are erased.
    Discarded,
}

/// A record in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its id.
    pub id: RecordId,
    /// When it was decided.
    pub at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// The disposition it was given.
    pub disposition: Disposition,
    /// The account.
    pub account: String,
    /// The upstream's name.
    pub upstream: String,
    /// Recipients' paths.
    pub recipients: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The score, where it was read.
    pub score: Option<i32>,
    /// Number of findings.
    pub findings: usize,
    /// Until when consent would be or is possible: consent time, where given.
    pub allowed_at: Option<Timestamp>,
    /// Reason given with the consent.
    pub allowed_reason: Option<String>,
    /// Whether the standard lets the author consent.
    pub consent_allowed: bool,
}

/// A record, whole.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its line.
    pub summary: Summary,
    /// The envelope.
    pub envelope: Envelope,
    /// The octets; `None` when they were never kept or are erased.
    pub mail: Option<Mail>,
    /// The annotated copy.
    pub annotated_copy: Option<Vec<u8>>,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// Tells an identical resend.
    pub fingerprint: Fingerprint,
    /// Whether the client's session was under TLS.
    pub tls: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// The reading.
    pub reading: Option<Reading>,
}

/// Which records to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these states; empty for all.
    pub states: Vec<State>,
    /// Only this account.
    pub account: Option<String>,
    /// At most so many; 0 for all.
    pub limit: u32,
}

/// A silence and when it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSilence {
    /// What is silenced, why, by whose word.
    #[serde(flatten)]
    pub silence: Silence,
    /// When.
    pub at: Timestamp,
}

/// One row of the audit: who did what, when and why. No content, no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// The account, or the operating-system user for commands.
    pub who: String,
    /// What, a stable word: `passed`, `annotated`, `returned`, `held`, `allowed`, `discarded`, `refused`, …
    pub what: String,
    /// The record, if there is one.
    pub record: Option<RecordId>,
    /// The upstream's name, where one was concerned.
    pub upstream: Option<String>,
    /// Why, in words, or details: score, number of recipients, the provider's reply code.
    pub why: String,
}

/// What can go wrong in the store. Always our own fault, not the client's or the provider's.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full. Temporary: works again when there is room.
    #[error("no room left for the store {path}: free some disk space")]
    Full {
        /// The store's file.
        path: String,
    },
    /// Others were writing for longer than we wait. Temporary.
    #[error("the store {path} is busy: another youward is writing to it; try again")]
    Busy {
        /// The store's file.
        path: String,
    },
    /// A write or sync failed earlier: nothing is accepted until the program is restarted and the store checked.
    #[error("the store {path} stopped after a failed write ({cause}): check the disk, then restart")]
    Stopped {
        /// The store's file.
        path: String,
        /// What failed.
        cause: String,
    },
    /// Another process has it open.
    #[error("the store {path} is in use by another youward: stop that one first")]
    InUse {
        /// The store's file.
        path: String,
    },
    /// Written by a newer version.
    #[error("the store {path} was written by a newer youward: use that version")]
    Newer {
        /// The store's file.
        path: String,
    },
    /// No such record.
    #[error("there is no record {id}; `youward held list` shows all")]
    Unknown {
        /// The id asked for.
        id: String,
    },
    /// An id's beginning that several records share.
    #[error("{id} is the beginning of several records' ids; give more of it")]
    Ambiguous {
        /// The id asked for.
        id: String,
    },
    /// The step does not fit where the record stands.
    #[error("{id} is {state}: {why}")]
    NotPossible {
        /// The record.
        id: RecordId,
        /// Where it stands, as a word.
        state: String,
        /// What would be needed.
        why: String,
    },
    /// The finding is silenced by somebody's word already.
    #[error("{hash} is silenced already, by {author}; `youward silence remove {hash}` takes that away")]
    AlreadySilenced {
        /// The finding's hash.
        hash: String,
        /// Whose word it is.
        author: String,
    },
    /// The finding is not silenced.
    #[error("{hash} is not silenced; `youward silence list` shows what is")]
    NotSilenced {
        /// The finding's hash.
        hash: String,
    },
    /// Anything else the database says.
    #[error("the store failed: {0}")]
    Other(String),
}

impl StoreError {
    /// Whether trying again later can help without anybody doing something about it.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            StoreError::Full { .. } | StoreError::Busy { .. } | StoreError::InUse { .. }
        )
    }
}
