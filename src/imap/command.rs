//! A command on its way: which of them matter, and what is kept of their arguments.

use super::append::Append;
use super::args::Args;
use super::login::{Login, Secret};
use super::tap::Attempt;
use zeroize::Zeroizing;

/// Most octets of a command that are kept to be understood, literals included.
const MOST_TEXT: usize = 128 * 1024;
/// Most octets of a login that are kept as credentials: tokens have a few thousand.
const MOST_SECRET: usize = 16 * 1024;

/// A command whose end has not come.
pub(super) struct Current {
    pub(super) tag: u64,
    pub(super) kind: Kind,
    /// Whether the server has answered it already; what follows of it is still a part of it.
    pub(super) answered: bool,
    /// Parentheses that are open still, as far as they are counted.
    pub(super) open: usize,
}

/// Which command it is.
pub(super) enum Kind {
    Other,
    /// Its arguments; `None` when they were too long.
    Login(Option<Secret>),
    Select {
        read_only: bool,
        text: Vec<u8>,
    },
    Closed,
    Idle,
    Append(Append),
    Unauthenticate,
    Authenticate {
        mechanism: String,
        /// `None` when they were too long.
        responses: Option<Vec<Secret>>,
    },
}

impl Kind {
    /// By its verb in capitals. `after` login: before it, nothing but logging in comes of a command, so nothing else is kept.
    /// `files` where anybody wants to hear of filed mails.
    pub(super) fn of(verb: &[u8], mut args: Args<'_>, after: bool, files: bool) -> Kind {
        match verb {
            b"LOGIN" if !after => Kind::Login(Some(Zeroizing::default())),
            b"AUTHENTICATE" if !after => {
                let mechanism = String::from_utf8_lossy(args.word()).trim().to_ascii_uppercase();
                let mechanism: String = mechanism.chars().take(40).collect();
                let initial = args.word();
                let responses = match initial {
                    b"" => Some(Vec::new()),
                    b"=" => Some(vec![Zeroizing::default()]),
                    _ if !shows_its_secret(&mechanism) => Some(Vec::new()),
                    text => (text.len() <= MOST_SECRET).then(|| vec![Zeroizing::new(text.to_vec())]),
                };
                Kind::Authenticate { mechanism, responses }
            }
            b"IDLE" => Kind::Idle,
            _ if !after => Kind::Other,
            b"SELECT" | b"EXAMINE" => Kind::Select {
                read_only: verb == b"EXAMINE",
                text: Vec::new(),
            },
            b"CLOSE" | b"UNSELECT" => Kind::Closed,
            b"APPEND" if files => Kind::Append(Append::default()),
            b"UNAUTHENTICATE" => Kind::Unauthenticate,
            _ => Kind::Other,
        }
    }

    /// Keeps a piece of the arguments.
    pub(super) fn take(&mut self, piece: &[u8]) {
        match self {
            Kind::Login(kept) => {
                if let Some(text) = kept {
                    if text.len() + piece.len() > MOST_SECRET {
                        *kept = None;
                    } else {
                        text.extend_from_slice(piece);
                    }
                }
            }
            Kind::Select { text, .. } if text.len() + piece.len() <= MOST_TEXT => text.extend_from_slice(piece),
            _ => {}
        }
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        match self {
            Kind::Login(text) => text.as_ref().map_or(0, |text| text.capacity()),
            Kind::Select { text, .. } => text.capacity(),
            Kind::Append(append) => append.kept(),
            Kind::Authenticate { responses, .. } => responses.iter().flatten().map(|one| one.capacity()).sum(),
            _ => 0,
        }
    }

    /// Keeps a response of AUTHENTICATE.
    pub(super) fn respond(&mut self, text: &[u8]) {
        if let Kind::Authenticate { mechanism, responses } = self {
            match responses {
                _ if text == b"*" => *responses = Some(Vec::new()),
                _ if !shows_its_secret(mechanism) => {}
                Some(_) if text.len() > MOST_SECRET => *responses = None,
                Some(kept) if kept.len() < 4 => kept.push(Zeroizing::new(text.to_vec())),
                _ => {}
            }
        }
    }
}

pub(super) fn attempt(mechanism: &str, login: Option<Login>) -> Box<Attempt> {
    Box::new(Attempt {
        mechanism: mechanism.to_owned(),
        login,
    })
}

fn shows_its_secret(mechanism: &str) -> bool {
    matches!(mechanism, "PLAIN" | "LOGIN" | "XOAUTH2" | "OAUTHBEARER")
}

/// A browser, or somebody who lets one speak here.
pub(super) fn is_http(line: &[u8]) -> bool {
    let text = line.trim_ascii_end();
    let version = text.rsplit(|&octet| octet == b' ').next().unwrap_or_default();
    version.starts_with(b"HTTP/") || text.to_ascii_lowercase().starts_with(b"host: ")
}
