//! What can go wrong with an account's mailboxes, in words that hold no secret and no mail.

use std::fmt;

/// An error while working in an account's mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxError {
    /// The server, `host:port`.
    pub server: String,
    /// What was being done, as in "while ...".
    pub doing: String,
    /// What happened.
    pub cause: MailboxCause,
}

/// What happened. Words of the server are cut short and freed of control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxCause {
    /// The connection failed or was reset.
    #[error("{0}")]
    Io(String),
    /// The server closed the connection, perhaps with a word of farewell.
    #[error("it closed the connection{}", said(.0))]
    Closed(String),
    /// No answer in time.
    #[error("it did not answer in time")]
    TimedOut,
    /// TLS could not be made: the certificate does not verify, or no common version.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// STARTTLS is required by the settings and the server does not offer it, or refuses it.
    #[error("it does not offer STARTTLS, which the settings require")]
    NoStartTls,
    /// Octets came in the clear after STARTTLS: somebody is in between.
    #[error("it sent octets between STARTTLS and TLS, which looks like an attack")]
    Injected,
    /// It greeted as if somebody were logged in already (RFC 9051 §11.1: between STARTTLS and login that is an attack).
    #[error("it says that somebody is logged in already, before anybody was")]
    PreAuth,
    /// Without TLS only this machine may be spoken to.
    #[error("it is not on this machine, so that TLS is needed")]
    InTheClear,
    /// The server takes no way of logging in that fits the credentials.
    #[error("it offers no way to log in that fits the credentials; it offers {0}")]
    NoMechanism(String),
    /// The credentials don't count there.
    #[error("it refused the login{}", said(.text))]
    LoginRefused {
        /// The server's words.
        text: String,
    },
    /// It refused what was asked.
    #[error("it refused{}", said(.text))]
    Refused {
        /// The response code in capitals, `OVERQUOTA` for one (RFC 5530, RFC 9051 §7.1), or nothing.
        code: String,
        /// The server's words, the code among them.
        text: String,
    },
    /// What came is no IMAP.
    #[error("it sent something that is no IMAP: {0}")]
    NoImap(&'static str),
    /// It sends more than is good for us.
    #[error("it sends more than was asked for: {0}")]
    Flooded(&'static str),
    /// The mail is larger than was allowed for.
    #[error("the mail is too large: {size} octets, {limit} are allowed")]
    TooLarge {
        /// Octets of the mail.
        size: usize,
        /// Octets allowed.
        limit: usize,
    },
    /// The mail is no longer there.
    #[error("the mail is not there any more")]
    Gone,
    /// The mailbox is not known: `locate` has not been called, or did not find it.
    #[error("the mailbox has not been found")]
    NotLocated,
    /// A name, flag or id that can't be said in IMAP.
    #[error("{0}")]
    Unfit(&'static str),
    /// An earlier command on this connection was cut off, so that its answers would be mistaken for those of the next.
    #[error("an earlier command was cut off; a new connection is needed")]
    CutOff,
}

impl MailboxCause {
    /// Whether the server and we still agree where in the conversation we are.
    pub(super) fn is_clean(&self) -> bool {
        use MailboxCause::{Gone, NotLocated, Refused, TooLarge, Unfit};
        matches!(self, Refused { .. } | TooLarge { .. } | Gone | NotLocated | Unfit(_))
    }
}

impl std::error::Error for MailboxError {}

impl fmt::Display for MailboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the mailboxes' server {}, while {}: {}",
            self.server, self.doing, self.cause
        )
    }
}

impl MailboxError {
    /// Whether the credentials don't count any more. They are of no further use then.
    #[must_use]
    pub fn is_login_refused(&self) -> bool {
        matches!(self.cause, MailboxCause::LoginRefused { .. })
    }

    /// Whether the mail was gone already.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.cause == MailboxCause::Gone
    }

    /// Whether the same may succeed later without anybody doing anything about it, except perhaps tidying up (a full
    /// mailbox counts), or only somebody at the provider (a certificate that has expired). A plain refusal is not temporary:
    /// the server gave no reason to hope.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        use MailboxCause::{
            Closed, CutOff, Flooded, Injected, Io, NoImap, NoStartTls, PreAuth, Refused, TimedOut, Tls,
        };
        match &self.cause {
            Io(_) | Closed(_) | TimedOut | CutOff | NoImap(_) | Flooded(_) => true,
            Tls(_) | NoStartTls | Injected | PreAuth => true,
            Refused { code, .. } => is_temporary_code(code),
            _ => false,
        }
    }

    /// Whether this connection can be used for the next command. If not, a new one is needed.
    #[must_use]
    pub fn leaves_connection_usable(&self) -> bool {
        self.cause.is_clean()
    }
}

/// RFC 5530 §3.
pub(super) fn is_temporary_code(code: &str) -> bool {
    matches!(code, "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" | "OVERQUOTA")
}

/// Whether a refusal says that the mail is not there any more (RFC 5530 §3).
pub(super) fn is_gone_code(code: &str) -> bool {
    matches!(code, "EXPUNGEISSUED" | "NONEXISTENT")
}

/// A server's words, fit for logs, terminals and mails: no control or direction characters, and not too many.
pub(super) fn harmless(octets: &[u8]) -> String {
    const MOST: usize = 300;
    // Four octets a character at most; what is cut off below need not be decoded.
    let octets = octets.get(..MOST * 4).unwrap_or(octets);
    let text = String::from_utf8_lossy(octets);
    let clean = text.chars().filter_map(|c| match c {
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
        c if c.is_control() => Some(' '),
        c => Some(c),
    });
    clean.take(MOST).collect::<String>().trim().to_owned()
}

fn said(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(cause: MailboxCause) -> MailboxError {
        MailboxError {
            server: "imap.example:993".into(),
            doing: "filing a mail in Youward/Held".into(),
            cause,
        }
    }

    #[test]
    fn errors_say_where_and_what() {
        let refused = error(MailboxCause::Refused {
            code: "OVERQUOTA".into(),
            text: "[OVERQUOTA] Mailbox is full".into(),
        });
        assert_eq!(
            refused.to_string(),
            "the mailboxes' server imap.example:993, while filing a mail in Youward/Held: it refused: [OVERQUOTA] Mailbox is full"
        );
        assert!(refused.is_temporary() && refused.leaves_connection_usable());
        let closed = error(MailboxCause::Closed(String::new()));
        assert!(closed.to_string().ends_with("it closed the connection"), "{closed}");
        assert!(closed.is_temporary() && !closed.leaves_connection_usable());
        let login = error(MailboxCause::LoginRefused { text: "no".into() });
        assert!(login.is_login_refused() && !login.is_temporary());
    }

    #[test]
    fn words_of_a_server_are_made_harmless() {
        assert_eq!(
            harmless(b" a\x1b[31m\r\nb\xff \xe2\x80\xae c\0 "),
            "a [31m  b\u{fffd}  c"
        );
        assert_eq!(harmless("é".repeat(2000).as_bytes()).chars().count(), 300);
    }
}
