//! What one upstream's proxy is told.

use crate::upstream::Endpoint;
use crate::upstream::mailbox::MailboxSettings;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// One provider and the local addresses that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamSettings {
    /// A name for people: in logs, the store and commands. Unique.
    pub name: String,
    /// The provider's submission server.
    pub smtp: Endpoint,
    /// The provider's IMAP server, if mailboxes are to be used.
    pub imap: Option<Endpoint>,
    /// What its mailboxes are called.
    pub mailboxes: MailboxSettings,
    /// Local addresses to listen on for submission.
    pub listen: Vec<Listen>,
    /// Local addresses to listen on for IMAP; none without `imap`.
    pub listen_imap: Vec<Listen>,
    /// Capabilities of the IMAP server that mail clients are not told of.
    pub hide_capabilities: Vec<String>,
    /// Whether MAIL needs a successful AUTH first. Default true; false is for relays that know their clients otherwise.
    pub require_auth: bool,
    /// How long credentials that the provider accepted are kept in memory, for work in the account's mailboxes and for
    /// sending what was released. Zero: not at all. Default a day.
    pub keep_credentials: Duration,
}

impl UpstreamSettings {
    /// Whether the account's own mailboxes can be worked in.
    #[must_use]
    pub fn has_mailboxes(&self) -> bool {
        self.imap.is_some() && !self.keep_credentials.is_zero()
    }
}

/// One local address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Address and port. Without TLS only a loopback address.
    pub address: SocketAddr,
    /// How the client gets TLS.
    pub tls: ListenTls,
}

/// How a client gets TLS from a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenTls {
    /// It doesn't; loopback only.
    None,
    /// From the first octet (RFC 8314 §3.3).
    Implicit(Certificate),
    /// By STARTTLS (RFC 3207); on other than loopback addresses AUTH is refused before it.
    StartTls(Certificate),
}

/// A certificate chain and its key, as PEM files. `None` in both places means the loopback certificate that Youward makes
/// for this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The chain, leaf first.
    pub chain: Option<PathBuf>,
    /// The private key.
    pub key: Option<PathBuf>,
}

/// How much the proxy takes on, over all sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// Octets of content in memory at one time. Default 256 MiB.
    pub memory: usize,
    /// Connections at one time. Default 1,000.
    pub connections: usize,
    /// Connections at one time from one client address. Default 100.
    pub connections_per_address: usize,
    /// On Linux, let in only connections of the user that runs Youward (and root). Default true.
    pub same_user_only: bool,
}

impl Default for Capacity {
    fn default() -> Capacity {
        Capacity {
            memory: 256 * 1024 * 1024,
            connections: 1_000,
            connections_per_address: 100,
            same_user_only: true,
        }
    }
}
