//! What every page is given.

use super::session::Sessions;
use super::token::Doorstep;
use crate::hold::{Custody, Decider};
use crate::reader::PolicyCell;
use crate::store::{Drafts, Histories, Store, StoreError};
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What the pages are made from.
#[derive(Clone)]
pub struct Parts {
    /// Takes the decisions.
    pub custody: Arc<Custody>,
    /// What became of mail that went.
    pub histories: Arc<dyn Histories>,
    /// Drafts that were read.
    pub drafts: Arc<dyn Drafts>,
    /// What mails are judged by now.
    pub policies: PolicyCell,
    /// Where mail clients send to.
    pub sending: Vec<Sending>,
    /// The data folder.
    pub data_dir: PathBuf,
    /// How long consent lasts.
    pub resend_window: Duration,
    /// Whether connections of other users of this machine are refused, where it tells whose they are.
    pub same_user_only: bool,
    /// Who decides on these pages: whoever may sign in acts as the user that runs Youward.
    pub who: Decider,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
}

/// One provider, and where mail clients reach it through Youward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The provider's name.
    pub upstream: String,
    /// Addresses for sending.
    pub submission: Vec<String>,
    /// Addresses for reading mail.
    pub imap: Vec<String>,
    /// Whether held mail is filed in its mailboxes.
    pub mailboxes: bool,
}

/// The state of the running page.
pub(super) struct App {
    pub(super) parts: Parts,
    pub(super) sessions: Sessions,
    pub(super) doorstep: Doorstep,
    /// The session cookie's name. Browsers don't part cookies by port: two of us on one machine keep theirs apart by it.
    pub(super) cookie: String,
    /// What the Host field may say.
    pub(super) hosts: Vec<String>,
    /// Another number after every change of a record.
    pub(super) changes: watch::Receiver<i64>,
    /// True when the program ends.
    pub(super) stopping: watch::Receiver<bool>,
}

impl App {
    pub(super) fn store(&self) -> &dyn Store {
        self.parts.custody.store().as_ref()
    }

    /// Another number after every change of what pages show.
    pub(super) async fn change(&self) -> Result<i64, StoreError> {
        super::live::change(self.store(), &*self.parts.drafts).await
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    /// The name under which decisions are noted.
    pub(super) fn user(&self) -> &str {
        match &self.parts.who {
            Decider::User(name) | Decider::Claimed(name) => name,
            Decider::Author => "the author",
        }
    }
}
