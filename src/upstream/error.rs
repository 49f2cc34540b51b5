//! What can go wrong towards the provider, and what the client is told of it.

use crate::smtp::Reply;
use std::fmt;

/// How far the conversation had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Name lookup and TCP.
    Connect,
    /// TLS.
    Tls,
    /// The greeting, and the first EHLO where STARTTLS is used.
    Greeting,
    /// A command.
    Command,
    /// DATA and the content, before its end.
    Content,
    /// After the end of the content: the mail may have been taken.
    Done,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The connection failed or was reset.
    #[error("{0}")]
    Io(String),
    /// The server closed the connection.
    #[error("it closed the connection")]
    Closed,
    /// No answer in time.
    #[error("it did not answer in time")]
    TimedOut,
    /// TLS could not be made: the certificate does not verify, or no common version.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// STARTTLS is required by the settings and the server does not offer it.
    #[error("it does not offer STARTTLS, which the settings require")]
    NoStartTls,
    /// Octets came in the clear after STARTTLS: somebody is in between.
    #[error("it sent octets between STARTTLS and TLS, which looks like an attack")]
    Injected,
    /// What came is no SMTP reply.
    #[error("it sent something that is no SMTP reply: {0}")]
    NoReply(&'static str),
    /// It answered with a refusal before the session could begin.
    #[error("it refused: {0}")]
    Refused(String),
}

/// An error of the upstream's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamError {
    /// The server, `host:port`.
    pub server: String,
    /// When.
    pub phase: Phase,
    /// What.
    pub cause: Cause,
}

impl std::error::Error for UpstreamError {}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.phase {
            Phase::Connect => write!(f, "cannot reach {}: {}", self.server, self.cause),
            Phase::Tls => write!(f, "no secure connection to {}: {}", self.server, self.cause),
            Phase::Greeting | Phase::Command => write!(f, "the provider's server {}: {}", self.server, self.cause),
            Phase::Content => write!(
                f,
                "the provider's server {} while taking the mail: {}",
                self.server, self.cause
            ),
            Phase::Done => write!(
                f,
                "the provider's server {} after the whole mail: {}",
                self.server, self.cause
            ),
        }
    }
}

impl UpstreamError {
    /// What the client is told. Always temporary: the cause may be gone later, and nothing was acknowledged.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let cause = self.to_string();
        let cause: String = cause.chars().take(300).collect();
        match self.phase {
            Phase::Connect => Reply::new(
                421,
                "4.4.1",
                &[&capitalised(&cause), "Nothing was sent; try again later"],
            ),
            Phase::Tls => Reply::new(
                421,
                "4.7.5",
                &[&capitalised(&cause), "Nothing was sent; no password left this machine"],
            ),
            Phase::Greeting | Phase::Command => Reply::new(
                421,
                "4.4.2",
                &[&capitalised(&cause), "Nothing was sent; try again later"],
            ),
            Phase::Content => Reply::new(
                451,
                "4.4.2",
                &[&capitalised(&cause), "Nothing was delivered; try again"],
            ),
            Phase::Done => Reply::new(
                451,
                "4.4.2",
                &[
                    &capitalised(&cause),
                    "It may have been sent: look before you send again",
                ],
            ),
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_told_what_happened_and_what_it_means() {
        let error = UpstreamError {
            server: "mx.example:465".into(),
            phase: Phase::Done,
            cause: Cause::Closed,
        };
        let reply = error.reply();
        assert_eq!(reply.code(), 451);
        assert_eq!(
            String::from_utf8_lossy(reply.octets()),
            "451-4.4.2 The provider's server mx.example:465 after the whole mail: it closed the connection\r\n\
             451 4.4.2 It may have been sent: look before you send again\r\n"
        );
    }
}
