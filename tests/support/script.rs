//! How the provider that we play behaves: what it offers, and where it misbehaves.

use super::pki::ServerCertificate;
use std::time::Duration;

/// The whole behaviour.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// How it makes TLS.
    pub(crate) tls: ServerTls,
    /// EHLO keywords, STARTTLS apart.
    pub(crate) keywords: Vec<String>,
    /// Whether STARTTLS is offered and done, with [`ServerTls::StartTls`].
    pub(crate) offers_starttls: bool,
    /// What it does instead of the usual answer, by phase.
    pub(crate) faults: Vec<(Phase, Fault)>,
    /// Sends every octet in a packet of its own.
    pub(crate) single_octets: bool,
}

/// How a server makes TLS.
#[derive(Debug, Clone)]
pub(crate) enum ServerTls {
    /// Not at all.
    None,
    /// From the first octet.
    Implicit(ServerCertificate),
    /// By STARTTLS.
    StartTls(ServerCertificate),
}

/// A place in the dialogue where it can misbehave. Each stands for the answer that is due there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The connection is there.
    Greeting,
    /// EHLO, in the clear or under implicit TLS.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// EHLO after STARTTLS.
    EhloUnderTls,
    /// AUTH, its last answer.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// Within the content, when so many octets have come.
    Content(usize),
    /// After the final dot.
    EndOfData,
    /// RSET.
    Rset,
    /// QUIT.
    Quit,
}

/// What it does there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Says this instead.
    Say(Vec<u8>),
    /// Says this, then closes.
    SayAndClose(Vec<u8>),
    /// Closes without a word.
    Close,
    /// Resets the connection.
    Reset,
    /// Says nothing, and waits for the other side to close.
    Silence,
    /// Says the right thing, octet by octet, with this pause between them.
    Slowly(Duration),
}

impl Script {
    /// A well-behaved server without TLS.
    pub(crate) fn new() -> Script {
        let keywords = [
            "PIPELINING",
            "SIZE 52428800",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
            "ENHANCEDSTATUSCODES",
        ];
        let mut keywords: Vec<String> = keywords.map(str::to_owned).into();
        keywords.push("AUTH PLAIN LOGIN XOAUTH2".to_owned());
        Script {
            tls: ServerTls::None,
            keywords,
            offers_starttls: true,
            faults: Vec::new(),
            single_octets: false,
        }
    }

    /// The same with TLS.
    pub(crate) fn with_tls(self, tls: ServerTls) -> Script {
        Script { tls, ..self }
    }

    /// The same with a fault.
    pub(crate) fn with(mut self, phase: Phase, fault: Fault) -> Script {
        self.faults.push((phase, fault));
        self
    }

    /// The same, but it says this instead of the usual answer.
    pub(crate) fn saying(self, phase: Phase, octets: &[u8]) -> Script {
        self.with(phase, Fault::Say(octets.to_vec()))
    }

    /// What goes wrong at a phase, if anything.
    pub(crate) fn fault(&self, phase: Phase) -> Option<&Fault> {
        self.faults.iter().find(|(at, _)| *at == phase).map(|(_, fault)| fault)
    }

    /// Octets of content after which a fault strikes, if one does.
    pub(crate) fn content_fault(&self) -> Option<(usize, &Fault)> {
        self.faults.iter().find_map(|(at, fault)| match at {
            Phase::Content(octets) => Some((*octets, fault)),
            _ => None,
        })
    }
}
