//! What the guard knows of drafts: one row each, as long as the draft is there.

use super::{Owner, StoreError};
use crate::reading::{Reading, Sketch};
use crate::standard::Verdict;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

/// The port to reviews of drafts.
#[async_trait]
pub trait Drafts: Send + Sync + 'static {
    /// The drafts of one account, or of all, the one that was read last first.
    async fn drafts(&self, owner: Option<&Owner>) -> Result<Vec<Draft>, StoreError>;
    /// A number that is another one when drafts have come, gone or been read again.
    async fn last_draft_change(&self) -> Result<i64, StoreError>;
    /// Keeps what is known of a draft; what was known of it before is replaced.
    async fn keep_draft(&self, draft: Draft) -> Result<(), StoreError>;
    /// Forgets a draft, and overwrites what was known of it.
    async fn forget_draft(&self, id: &str) -> Result<(), StoreError>;
}

/// A draft that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draft {
    /// Its id: eight characters, like those of records.
    pub id: String,
    /// Whose it is.
    #[serde(flatten)]
    pub owner: Owner,
    /// Where the version that was read lies: the mailbox's UIDVALIDITY and the draft's UID; `None` where that is not known.
    pub place: Option<(u32, u32)>,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// The subject, decoded.
    pub subject: String,
    /// Recipients, as the header names them.
    pub recipients: Vec<String>,
    /// When it was read.
    pub at: Timestamp,
    /// How often it was read.
    pub round: u32,
    /// Tells whether what would be read has changed.
    #[serde(skip)]
    pub text: String,
    /// By which its later versions are known again.
    #[serde(skip)]
    pub sketch: Option<Sketch>,
    /// What was found; `None` if it could not be read.
    pub reading: Option<Reading>,
    /// What would happen if it were sent as it is.
    pub verdict: Verdict,
    /// Whether its review lies in the account's mailbox for reviews.
    pub filed: bool,
}
