//! What goes in and out of the machine.

use crate::mail::{Envelope, Mail};
use crate::smtp::sasl::{Credentials, Secret};
use crate::smtp::{Limits, Reply, Timeouts};

/// What a session is told when it begins.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// Limits.
    pub limits: Limits,
    /// Time-outs.
    pub timeouts: Timeouts,
    /// Whether MAIL needs a successful AUTH.
    pub require_auth: bool,
    /// How the client's side is protected.
    pub protection: Protection,
}

/// How the client's side is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Under TLS from the first octet.
    Tls,
    /// On loopback without TLS; STARTTLS may be on offer.
    Loopback {
        /// Whether STARTTLS is on offer.
        starttls: bool,
    },
    /// Over a network: STARTTLS is on offer, and AUTH only after it.
    Network,
}

/// What the driver is to do next.
#[must_use = "a step that is not taken stalls the session"]
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Read octets from the client and give them to [`Session::received`](super::Session::received).
    Read,
    /// Answer what is outstanding: give the upstream's next reply to [`Session::replied`](super::Session::replied), or the decision to
    /// [`Session::answered`](super::Session::answered).
    Wait,
    /// Write these octets to the client.
    Write(Vec<u8>),
    /// Send this command line (CR LF included) upstream; one reply is outstanding for it.
    Relay(Vec<u8>),
    /// Log in upstream with these; one reply is outstanding, 334 if the upstream challenges once more.
    Authenticate(Credentials),
    /// Send this response line (CR LF not included) to the upstream's challenge; one reply is outstanding.
    Respond(Secret),
    /// A whole message. Decide, then call [`Session::answered`](super::Session::answered).
    Content(Submission),
    /// Flush, make TLS, then call [`Session::tls_started`](super::Session::tls_started).
    StartTls,
    /// Flush and close.
    Close,
}

/// A message that is complete and that nobody has acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Reverse-path and the recipients that the upstream accepted.
    pub envelope: Envelope,
    /// The content, dots unstuffed.
    pub mail: Mail,
    /// The authenticated identity, as the client gave it.
    pub identity: Option<String>,
    /// Whether the client's side is under TLS.
    pub tls: bool,
}

/// The answer to a whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The upstream took the content, or refused it: its reply, verbatim.
    Upstream(Reply),
    /// The content did not go upstream. The upstream's transaction is reset after this reply.
    Own(Reply),
    /// The upstream can't go on: this reply, then the end.
    Last(Reply),
}
