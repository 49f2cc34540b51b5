//! What is measured.

use crate::letter::Size;
use serde::Serialize;

/// One case: the same load for every way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) from: From,
    pub(crate) to: To,
    pub(crate) connections: Connections,
    pub(crate) size: Size,
    /// Sessions at one time.
    pub(crate) sessions: usize,
    /// Messages of one round and way.
    pub(crate) messages: usize,
}

/// What sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum From {
    /// Postfix's load generator; it speaks no TLS and measures no latency.
    SmtpSource,
    /// The generator of this benchmark.
    Generator,
}

/// What receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum To {
    /// Postfix's `smtp-sink`, which takes everything and keeps nothing: the ceiling.
    Sink,
    /// A Postfix with its queue on disk, in the clear.
    Postfix,
    /// The same with implicit TLS; then the client's side is under TLS too.
    PostfixTls,
}

/// How connections are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Connections {
    /// A new one for every message, as mail clients do it.
    PerMessage,
    /// Each session keeps its own.
    Kept,
}

/// All cases, in the order of the table.
pub(crate) fn all(quick: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for to in [To::Sink, To::Postfix, To::PostfixTls] {
        for connections in [Connections::PerMessage, Connections::Kept] {
            for size in [Size::Small, Size::Large] {
                let from = if to == To::PostfixTls {
                    From::Generator
                } else {
                    From::SmtpSource
                };
                let messages = match (to, size) {
                    (To::Sink, Size::Small) => 4_000,
                    (To::Sink, Size::Large) => 1_000,
                    (_, Size::Small) => 600,
                    (_, Size::Large) => 300,
                };
                cases.push(Case {
                    from,
                    to,
                    connections,
                    size,
                    sessions: 4,
                    messages,
                });
            }
        }
    }
    // One mail after the other: what a person waits for.
    for (to, connections) in [
        (To::Sink, Connections::PerMessage),
        (To::Sink, Connections::Kept),
        (To::PostfixTls, Connections::PerMessage),
        (To::PostfixTls, Connections::Kept),
    ] {
        let messages = if to == To::Sink { 1_000 } else { 400 };
        cases.push(Case {
            from: From::Generator,
            to,
            connections,
            size: Size::Small,
            sessions: 1,
            messages,
        });
    }
    if quick {
        for case in &mut cases {
            case.messages = (case.messages / 10).max(40);
        }
    }
    cases
}

impl Case {
    /// For `--only` and progress.
    pub(crate) fn name(&self) -> String {
        format!(
            "{} to {}, {}, {}, {}",
            self.from.words(),
            self.to.words(),
            self.connections.words(),
            self.size.words(),
            if self.sessions == 1 {
                "1 session".to_owned()
            } else {
                format!("{} sessions", self.sessions)
            }
        )
    }
}

impl From {
    pub(crate) fn words(self) -> &'static str {
        match self {
            From::SmtpSource => "smtp-source",
            From::Generator => "generator",
        }
    }
}

impl To {
    pub(crate) fn words(self) -> &'static str {
        match self {
            To::Sink => "smtp-sink",
            To::Postfix => "Postfix",
            To::PostfixTls => "Postfix TLS",
        }
    }

    pub(crate) fn is_tls(self) -> bool {
        self == To::PostfixTls
    }
}

impl Connections {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Connections::PerMessage => "new",
            Connections::Kept => "kept",
        }
    }
}
