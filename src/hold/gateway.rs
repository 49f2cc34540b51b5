//! How a provider is reached for work that records owe.

use crate::smtp::Timeouts;
use crate::upstream::mailbox::{MailboxSettings, MailboxTimeouts};
use crate::upstream::{ClientTls, Endpoint};

/// One provider, ready to be connected to.
#[derive(Clone)]
pub struct Gateway {
    /// The upstream's name.
    pub name: String,
    /// The submission server, and TLS towards it where it has any.
    pub smtp: (Endpoint, Option<ClientTls>),
    /// The IMAP server, if mailboxes are to be used.
    pub imap: Option<(Endpoint, Option<ClientTls>)>,
    /// What the mailboxes are called.
    pub mailboxes: MailboxSettings,
    /// Whether the submission server wants a login.
    pub require_auth: bool,
    /// Time-outs of submission.
    pub timeouts: Timeouts,
    /// Time-outs of mailboxes.
    pub mailbox_timeouts: MailboxTimeouts,
}
