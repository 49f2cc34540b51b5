//! What is kept, durably: held and returned mails with envelope and verdict, consent, audit rows; earlier mail as keyed
//! numbers; reviews of drafts.
//!
//! In: records. Out: the same after a crash or a power cut, whole or not at all. SQLite on a laptop; the trait is there
//! because a team shares PostgreSQL.
//!
//! Must never: acknowledge before the data is durable, go on after a failed write to disk as if nothing had happened,
//! half-apply a step.

mod chain;
mod drafts;
mod folder;
mod history;
mod id;
mod key;
mod lock;
mod search;
mod sqlite;
mod state;
mod transition;
mod work;

#[cfg(test)]
pub(crate) mod contract;

pub use drafts::{Draft, Drafts};
pub use history::{Acquainted, Answer, Histories, Lesson, MessageKey, Outcome, Owner, Scan, SentMail};
pub use key::AddressKey;
pub use lock::InstanceLock;
pub use search::{AuditSearch, FoundRow};
pub use sqlite::SqliteStore;
pub use state::State;
pub use transition::{Erase, Mark, Permit, Rewrite, Transition};
pub use work::{Claim, Finish, NewWork, Notice, Work, WorkKind};

use crate::mail::{Envelope, Fingerprint, Mail};
use crate::reading::{Reading, Silence, Sketch};
use crate::standard::{Disposition, Terms, Verdict};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

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
    /// The record that this one replaced, the newest if there are several.
    async fn replaced_by(&self, id: &RecordId) -> Result<Option<RecordId>, StoreError>;
    /// Records, newest first.
    async fn list(&self, filter: &Filter) -> Result<Vec<Summary>, StoreError>;
    /// One record, whole. An unambiguous beginning of an id is enough; case does not matter.
    async fn get(&self, id: &str) -> Result<Record, StoreError>;
    /// The records of one account, or of all, in which something is still to be decided or done.
    async fn open_records(&self, account: Option<&str>) -> Result<Vec<OpenRecord>, StoreError>;
    /// A number that is another one after every change of a record, whichever process made it.
    async fn last_change(&self) -> Result<i64, StoreError>;
    /// Carries a step out: state, marks, erasing, audit row, work that ends and work that follows, in one transaction.
    /// [`StoreError::Changed`] if the record no longer stands where the step begins, or the work's claim has lapsed.
    async fn step(&self, transition: Transition) -> Result<(), StoreError>;
    /// All work that waits, in its order.
    async fn work(&self) -> Result<Vec<Work>, StoreError>;
    /// Claims a piece of work until `until`; `None` if it is gone, or somebody has it.
    async fn claim(&self, seq: i64, now: Timestamp, until: Timestamp) -> Result<Option<Claim>, StoreError>;
    /// Ends a claim. Nothing happens if it has lapsed.
    async fn finish(&self, claim: Claim, finish: Finish) -> Result<(), StoreError>;
    /// Notes what the due work of an account waits for, without claiming it.
    async fn note_waiting(&self, upstream: &str, account: &str, waits_for: &str) -> Result<(), StoreError>;
    /// Erases the content of records that were superseded before this time.
    async fn erase_superseded(&self, before: Timestamp) -> Result<(), StoreError>;
    /// Ends every claim: for the one process that does the work, at its start.
    async fn end_claims(&self) -> Result<(), StoreError>;
    /// Silences one finding, with its audit row. `who` does it; the silence names whose word it is.
    async fn silence(&self, silence: &Silence, who: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Takes a silence away, with its audit row.
    async fn unsilence(&self, hash: &str, who: &str, at: Timestamp) -> Result<(), StoreError>;
    /// All silences, the oldest first.
    async fn silences(&self) -> Result<Vec<KeptSilence>, StoreError>;
    /// What became of mails that were rewritten since then, of one account or of all, oldest first.
    async fn rewrites(&self, account: Option<&str>, since: Timestamp) -> Result<Vec<Rewrite>, StoreError>;
    /// Appends audit rows, in one transaction.
    async fn audit(&self, rows: Vec<AuditRow>) -> Result<(), StoreError>;
    /// The newest audit rows, newest first.
    async fn audit_rows(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError>;
    /// Audit rows that have what is looked for, newest first.
    async fn search_audit(&self, search: &AuditSearch) -> Result<Vec<FoundRow>, StoreError>;
    /// Checks that every audit row follows from the one before it, and looks whether `head`, a hash that an earlier check
    /// gave, is still among them.
    async fn verify_audit(&self, head: Option<&str>) -> Result<AuditCheck, StoreError>;
    /// Waits for what is running and closes.
    async fn close(&self);
}

/// Everything that is kept, by what it is asked for. One store may stand behind all of them.
#[derive(Clone)]
pub struct Stores {
    /// Records, work, silences, audit.
    pub records: Arc<dyn Store>,
    /// Earlier mail.
    pub histories: Arc<dyn Histories>,
    /// Reviews of drafts.
    pub drafts: Arc<dyn Drafts>,
}

impl Stores {
    /// One store behind all of them.
    #[must_use]
    pub fn of<S: Store + Histories + Drafts>(store: Arc<S>) -> Stores {
        Stores {
            records: store.clone(),
            histories: store.clone(),
            drafts: store,
        }
    }
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
    /// By which a rewrite is known again; `None` for a short text.
    pub sketch: Option<Sketch>,
    /// Work that it brings, in its order.
    pub work: Vec<NewWork>,
    /// Steps of earlier records that this one replaces; they are taken in the same transaction, and know this one's id.
    pub replaces: Vec<Transition>,
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
    /// Which attempt at this mail it is, from 1.
    pub round: u32,
    /// The next attempt's record.
    pub replaced_by: Option<RecordId>,
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
    /// Whose word released it.
    pub permit: Option<Permit>,
    /// What was sent instead.
    pub rewrite: Option<Rewrite>,
    /// How often its author was reminded.
    pub reminders: u32,
}

/// What is needed of an open record to know its rewrite again.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRecord {
    /// Its id.
    pub id: RecordId,
    /// When it was decided.
    pub at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// The account.
    pub account: String,
    /// The upstream's name.
    pub upstream: String,
    /// Recipients' paths.
    pub recipients: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// The score, where it was read.
    pub score: Option<i32>,
    /// Rules that found something.
    pub rules: Vec<String>,
    /// By which the body is known again.
    pub sketch: Option<Sketch>,
    /// How custody of it may end, if it was held.
    pub terms: Option<Terms>,
    /// Which attempt it is.
    pub round: u32,
    /// How often its author was reminded.
    pub reminders: u32,
}

/// What [`Store::verify_audit`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditCheck {
    /// Rows that were looked at.
    pub rows: u64,
    /// The last sound row's hash, in hexadecimal; to be kept elsewhere, since nothing in here shows that the end was cut
    /// off. `None` for an empty audit.
    pub head: Option<String>,
    /// Whether the hash that was asked for is among the sound rows; `None` if none was.
    pub head_found: Option<bool>,
    /// The first row that does not follow from the one before it, and what is wrong with it.
    pub broken: Option<(i64, String)>,
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
    /// Somebody else was quicker: the record no longer stands where it was seen.
    #[error("{id} has changed meanwhile; look again")]
    Changed {
        /// The record.
        id: RecordId,
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
