//! The linear scan that says whether a mail is safe to parse.

use super::Mail;
use super::mime::Structure;

/// What a mail may have at most to be read. Postfix and Dovecot have limits of the same size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLimits {
    /// Nesting of multiparts and of mails within, together. Default 100.
    pub depth: usize,
    /// Parts, the mail itself and what is in mails within among them. Default 10,000.
    pub parts: usize,
    /// Octets of one header field, folded lines together. Default 102,400.
    pub field: usize,
    /// Header fields in one header block. Default 1,000.
    pub fields: usize,
    /// Octets of the mail. Default 50 MiB.
    pub octets: usize,
}

impl Default for ScanLimits {
    fn default() -> ScanLimits {
        ScanLimits {
            depth: 100,
            parts: 10_000,
            field: 102_400,
            fields: 1_000,
            octets: 50 * 1024 * 1024,
        }
    }
}

/// Why a mail can't be read. What happens to it then is the standard's to say (`on_error`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Multiparts or mails within mails are nested deeper than the limit.
    #[error("not read: its parts are nested more than {limit} levels deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// It has more parts than the limit.
    #[error("not read: it has more than {limit} parts")]
    TooManyParts {
        /// The limit.
        limit: usize,
    },
    /// A header field is longer than the limit.
    #[error("not read: a header field has {octets} octets, more than {limit}")]
    HeaderTooLong {
        /// How long it is.
        octets: usize,
        /// The limit.
        limit: usize,
    },
    /// A header block has more fields than the limit.
    #[error("not read: a header has more than {limit} fields")]
    TooManyFields {
        /// The limit.
        limit: usize,
    },
    /// The mail is longer than the limit.
    #[error("not read: it has {octets} octets, more than {limit}")]
    TooLong {
        /// How long it is.
        octets: usize,
        /// The limit.
        limit: usize,
    },
    /// A parser gave up on a part.
    #[error("not read: part {part} could not be parsed ({why})")]
    Parser {
        /// IMAP section number of the part; `header` for the mail's header.
        part: String,
        /// What the parser said.
        why: String,
    },
}

/// Walks a mail once, without recursion and without decoding anything, and refuses what is over a limit.
///
/// It bounds what a parser may then have to do: every header block, also those of mails within, counts, so that nesting
/// is never deeper than the scan has seen.
///
/// # Errors
/// The limit that the mail is over.
pub fn scan(mail: &Mail, limits: &ScanLimits) -> Result<(), Unreadable> {
    Structure::walk(mail.octets(), limits).map(drop)
}
