//! The account's own mailboxes, over a connection of our own: never inside the session of the rep's client.
//!
//! In: where the IMAP server is, and the credentials that the rep's client showed. Out: Drafts, Sent and Youward's own
//! mailboxes, found or made; mails filed, found by id, read, moved, marked and removed there; what is there, page by page
//! by its header fields; word when something changes.
//!
//! Must never: hang (every call has its time, and a connection whose answers got lost is not used again), show a secret,
//! go on without TLS where it is due, remove a mail that it was not told to, trust a UID beyond one selection.
//!
//! async-imap speaks with the server once we are logged in (`wire` has why not before), behind a `sieve` that keeps
//! from it what it can't take.

mod capabilities;
mod change;
mod date;
mod error;
mod extent;
mod file;
mod heads;
mod locate;
mod login;
mod mend;
mod name;
mod namespace;
mod opening;
mod places;
mod position;
mod providers;
mod relay;
mod search;
mod settings;
mod sieve;
mod talk;
mod watch;
mod wire;

pub use error::{MailboxCause, MailboxError};
pub use extent::{Extent, Uids};
pub use heads::{Head, Heads};
pub use name::encode as on_the_wire;
pub use places::is_drafts_name;
pub use relay::reach;
pub use search::{Find, Marked};
pub use settings::{MailboxSettings, MailboxTimeouts};
pub use watch::Waited;

use super::{ClientTls, Endpoint};
use crate::smtp::sasl::Credentials;
use async_imap::imap_proto::{MailboxDatum, Response};
use capabilities::Capabilities;
use opening::Opening;
use places::Places;
use std::collections::HashMap;
use talk::Talk;
use tokio::time::timeout;
use wire::Wire;

/// The mailboxes that Youward uses. INBOX, the archive and all mail are the account's own, read only to learn from, and never
/// made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Folder {
    /// The account's drafts.
    Drafts,
    /// The account's sent mail.
    Sent,
    /// Annotated copies of what is held.
    Held,
    /// Annotated copies of what passed with findings.
    Notes,
    /// A held copy moved here asks for release.
    SendAsWritten,
    /// Copies that MUAs filed in Sent of what did not go; made only when asked for ([`Mailboxes::ensure`]), and not
    /// subscribed, so that most clients don't show it.
    NotSent,
    /// Living reviews of drafts; made only when asked for ([`Mailboxes::ensure`]).
    Reviews,
    /// Where mail arrives.
    Inbox,
    /// Where the rep keeps what is done with.
    Archive,
    /// All the mail there is, where the server has such a mailbox (Gmail).
    All,
}

impl Folder {
    /// Whether it is one of Youward's, which may be made.
    fn is_ours(self) -> bool {
        use Folder::{All, Archive, Drafts, Held, Inbox, NotSent, Notes, Reviews, SendAsWritten, Sent};
        match self {
            Held | Notes | SendAsWritten | NotSent | Reviews => true,
            Drafts | Sent | Inbox | Archive | All => false,
        }
    }

    /// Whether clients are to show it.
    fn is_subscribed(self) -> bool {
        self != Folder::NotSent
    }

    /// The last level of its name, where it is ours; what it is called where it is not.
    fn leaf(self) -> &'static str {
        match self {
            Folder::Drafts | Folder::Reviews => "Drafts",
            Folder::Sent => "Sent",
            Folder::Held => "Held",
            Folder::Notes => "Notes",
            Folder::SendAsWritten => "Send as written",
            Folder::NotSent => "Not sent",
            Folder::Inbox => "INBOX",
            Folder::Archive => "Archive",
            Folder::All => "All Mail",
        }
    }
}

/// One IMAP session of our own, logged in.
///
/// A call that is dropped before its end, times out or loses the connection leaves the session unusable: later calls fail
/// at once, and [`MailboxError::leaves_connection_usable`] tells beforehand.
#[derive(Debug)]
pub struct Mailboxes {
    talk: Talk,
    server: String,
    capabilities: Capabilities,
    places: Places,
    timeouts: MailboxTimeouts,
    files_sent: bool,
    /// How each mailbox looked when it was last selected.
    looks: HashMap<Folder, Look>,
}

/// How a mailbox looks from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    mails: u32,
    next_uid: Option<u32>,
    uid_validity: Option<u32>,
}

/// Whether a mailbox is opened to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// EXAMINE.
    Read,
    /// SELECT.
    Write,
}

impl Mailboxes {
    /// Connects, makes TLS as the endpoint says, logs in, and asks what the server can do.
    ///
    /// # Errors
    /// The server can't be reached or can't prove its name, misbehaves before TLS, or refuses the login
    /// ([`MailboxError::is_login_refused`]). No credential has left then, but to a server that proved its name.
    pub async fn connect(
        endpoint: &Endpoint,
        tls: Option<&ClientTls>,
        credentials: &Credentials,
        timeouts: &MailboxTimeouts,
    ) -> Result<Mailboxes, MailboxError> {
        let server = format!("{}:{}", endpoint.host, endpoint.port);
        let mut doing = "connecting";
        let work = async {
            let mut opening = timeout(timeouts.connect, Opening::begin(endpoint, tls))
                .await
                .map_err(|_| MailboxCause::TimedOut)??;
            doing = "logging in";
            timeout(timeouts.command, login::log_in(&mut opening, credentials))
                .await
                .map_err(|_| MailboxCause::TimedOut)??;
            let session = Wire::session(opening.stream, &opening.input).await?;
            let mut mailboxes = Mailboxes {
                talk: Talk::new(session),
                server: server.clone(),
                capabilities: Capabilities::default(),
                places: Places::default(),
                timeouts: timeouts.clone(),
                files_sent: false,
                looks: HashMap::new(),
            };
            let asked = mailboxes.ask_capabilities().await;
            mailboxes.talk.end(&asked);
            asked?;
            mailboxes.files_sent = providers::files_sent(&endpoint.host, &mailboxes.capabilities);
            Ok(mailboxes)
        };
        let result: Result<Mailboxes, MailboxCause> = work.await;
        result.map_err(|cause| MailboxError {
            server: server.clone(),
            doing: doing.to_owned(),
            cause,
        })
    }

    /// What a mailbox is called, for people: without the server's prefix, `/` between levels. `None` before
    /// [`Mailboxes::locate`].
    #[must_use]
    pub fn name(&self, folder: Folder) -> Option<&str> {
        self.places.get(folder).map(|place| place.shown.as_str())
    }

    /// Whether a mailbox is there and was found. False before [`Mailboxes::locate`].
    #[must_use]
    pub fn has(&self, folder: Folder) -> bool {
        self.places.get(folder).is_some()
    }

    /// Whether the provider files a copy of what is sent through it in Sent by itself.
    #[must_use]
    pub fn files_sent_itself(&self) -> bool {
        self.files_sent
    }

    /// Logs out, without insisting on an answer.
    pub async fn leave(self) {
        let limit = self.timeouts.leave;
        self.talk.leave(limit).await;
    }

    async fn ask_capabilities(&mut self) -> Result<(), MailboxCause> {
        self.talk.begin(self.timeouts.command)?;
        self.talk.run("CAPABILITY", |_| ()).await?;
        let said = self.talk.wire().seen().capability.take().unwrap_or_default();
        self.capabilities = Capabilities::parse(&said);
        Ok(())
    }

    /// Opens a mailbox. UIDs hold until the next selection.
    async fn select(&mut self, folder: Folder, access: Access) -> Result<Look, MailboxCause> {
        let name = self.wire_name(folder)?;
        let verb = match access {
            Access::Read => "EXAMINE",
            Access::Write => "SELECT",
        };
        let mut look = Look::default();
        let seen = self.talk.wire().seen();
        (seen.next_uid, seen.uid_validity) = (None, None);
        self.talk
            .run(&format!("{verb} {name}"), |response| {
                if let Response::MailboxData(MailboxDatum::Exists(mails)) = response {
                    look.mails = *mails;
                }
            })
            .await?;
        let seen = self.talk.wire().seen();
        (look.next_uid, look.uid_validity) = (seen.next_uid, seen.uid_validity);
        // What went from the mailbox that was open before is not of interest here.
        seen.moved = false;
        Ok(look)
    }

    /// The name of a mailbox as it goes into a command.
    fn wire_name(&self, folder: Folder) -> Result<String, MailboxCause> {
        let place = self.places.get(folder).ok_or(MailboxCause::NotLocated)?;
        name::quoted(&place.wire).ok_or(MailboxCause::NotLocated)
    }

    /// Ends a piece of work, and says what it was if it failed.
    fn settle<T>(
        &mut self,
        doing: &str,
        folder: Option<Folder>,
        result: Result<T, MailboxCause>,
    ) -> Result<T, MailboxError> {
        self.talk.end(&result);
        result.map_err(|cause| {
            let doing = match folder {
                Some(folder) => format!("{doing} {}", self.name(folder).unwrap_or(folder.leaf())),
                None => doing.to_owned(),
            };
            MailboxError {
                server: self.server.clone(),
                doing,
                cause,
            }
        })
    }
}
