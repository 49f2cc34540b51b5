//! Who has written to an account, to whom it wrote, and what became of that: kept by keyed numbers, without an address,
//! a subject or a word of text.

use super::{RecordId, StoreError};
use crate::reading::{Category, ProspectingClass, Sent, Sketch, Whom};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whose: an account at an upstream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The upstream's name.
    pub upstream: String,
    /// The account, in lower case.
    pub account: String,
}

impl Owner {
    /// From its two names; the account is folded.
    #[must_use]
    pub fn new(upstream: &str, account: &str) -> Owner {
        Owner {
            upstream: upstream.to_owned(),
            account: account.to_lowercase(),
        }
    }
}

/// A mail, by the keyed number of its Message-ID.
pub type MessageKey = [u8; 16];

/// The port to what is known of earlier mail.
#[async_trait]
pub trait Histories: Send + Sync + 'static {
    /// Says by which key numbers are made from now on. If it is not the one that everything was made with, that is worth
    /// nothing any more: it is erased, and true comes back.
    async fn use_key(&self, proof: [u8; 16]) -> Result<bool, StoreError>;
    /// How far the mailboxes of one account, or of all, have been looked through.
    async fn scans(&self, owner: Option<&Owner>) -> Result<Vec<(Owner, Scan)>, StoreError>;
    /// Keeps what a look at a mailbox has told, and how far it got, in one transaction. The same lesson twice comes to
    /// the same.
    async fn learn(&self, owner: &Owner, lesson: Lesson) -> Result<(), StoreError>;
    /// What is known of these people, in the order asked.
    async fn acquainted(&self, owner: &Owner, whom: &[Whom]) -> Result<Vec<Acquainted>, StoreError>;
    /// Notes mails that went. One that is noted already stays as it is.
    async fn note_sent(&self, sent: Vec<SentMail>) -> Result<(), StoreError>;
    /// The sketches of what an account sent since then, oldest first, the newest 2,000.
    async fn sketches(&self, owner: &Owner, since: Timestamp) -> Result<Vec<Sent>, StoreError>;
    /// Which of these mails are noted as sent by this account.
    async fn noted(&self, owner: &Owner, messages: &[MessageKey]) -> Result<Vec<MessageKey>, StoreError>;
    /// Whether a mail to exactly these people is noted within a time. So mail is known again whose Message-ID a provider
    /// has changed.
    async fn noted_to(
        &self,
        owner: &Owner,
        whom: &[Whom],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError>;
    /// The newest record of a mail with this Message-ID: it is or was held or returned, or was sent after that.
    async fn recorded(&self, owner: &Owner, message_id: &str) -> Result<Option<RecordId>, StoreError>;
    /// What became of mails sent since then, oldest first.
    async fn outcomes(&self, since: Timestamp) -> Result<Vec<Outcome>, StoreError>;
    /// Forgets sketches of mails sent before the first time, and the mails themselves before the second.
    async fn forget_sent(&self, sketches: Timestamp, mails: Timestamp) -> Result<(), StoreError>;
}

/// How far a mailbox has been looked through: from the newest mail down to the oldest, then upwards as mail comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Which mailbox: `inbox`, `archive`, `all`, `sent`.
    pub mailbox: String,
    /// Its UIDVALIDITY; with another one the look begins anew.
    pub uid_validity: u32,
    /// The lowest UID that was looked at.
    pub lowest: u32,
    /// The highest UID that was looked at.
    pub highest: u32,
    /// Mails in it when it was looked at last.
    pub mails: u32,
    /// Mails that were looked at on the way down.
    pub done: u32,
    /// When the way down came to its end for the first time.
    pub whole_at: Option<Timestamp>,
    /// When somebody looked last.
    pub looked_at: Timestamp,
}

/// What one look at a mailbox has told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Who wrote to the account, and when.
    pub wrote: Vec<(Whom, Timestamp)>,
    /// To whom the account wrote, in which mail, and when.
    pub written: Vec<(Whom, MessageKey, Timestamp)>,
    /// Which of its mails were answered, when, and how.
    pub answers: Vec<(MessageKey, Timestamp, Answer)>,
    /// How far the look got, for each mailbox concerned.
    pub scans: Vec<Scan>,
    /// Mailboxes that the account has no longer: how far the look at them got is forgotten, what it told is not.
    pub gone: Vec<String>,
}

/// How a mail was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// By a person, as far as headers tell.
    Reply,
    /// By a program: out of office, received with thanks.
    Automatic,
    /// It could not be delivered.
    Bounce,
}

/// What is known of earlier mail with somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Acquainted {
    /// When they last wrote to the account.
    pub wrote: Option<Timestamp>,
    /// When anyone of their organisation last did, they included.
    pub organisation_wrote: Option<Timestamp>,
    /// When the account last wrote to them.
    pub written: Option<Timestamp>,
    /// How many mails of the account they have not answered since they last wrote.
    pub unanswered: u32,
}

/// A mail that went.
#[derive(Debug, Clone, PartialEq)]
pub struct SentMail {
    /// Who sent it.
    pub owner: Owner,
    /// By which it is known again.
    pub message: MessageKey,
    /// When.
    pub at: Timestamp,
    /// Whether it went past Youward: from a phone, from web mail.
    pub elsewhere: bool,
    /// Whether it is prospecting.
    pub class: ProspectingClass,
    /// Its score; `None` if it was not judged.
    pub score: Option<i32>,
    /// Categories with findings, each once.
    pub categories: Vec<Category>,
    /// By which copies of its text are known again; `None` for short texts.
    pub sketch: Option<Sketch>,
    /// Whom outside the company it went to.
    pub to: Vec<Whom>,
}

/// What became of a mail that went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Who sent it.
    #[serde(flatten)]
    pub owner: Owner,
    /// When.
    pub at: Timestamp,
    /// Whether it went past Youward.
    pub elsewhere: bool,
    /// Whether it is prospecting.
    pub class: ProspectingClass,
    /// Its score; `None` if it was not judged.
    pub score: Option<i32>,
    /// Categories with findings, each once.
    pub categories: Vec<Category>,
    /// Number of recipients outside the company.
    pub recipients: usize,
    /// When the first person answered.
    pub answered_at: Option<Timestamp>,
    /// When a program first answered.
    pub automatic_at: Option<Timestamp>,
    /// When it first came back.
    pub bounced_at: Option<Timestamp>,
}
