//! The facts that headers and structure tell.

use super::Address;
use serde::{Deserialize, Serialize};

/// What a mail says of itself, apart from its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    /// Subject, decoded (RFC 2047), white space folded.
    pub subject: String,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// In-Reply-To and References, without the brackets.
    pub references: Vec<String>,
    /// From.
    pub from: Vec<Address>,
    /// Display names of To, decoded, where given.
    pub to_names: Vec<String>,
    /// To.
    pub to: Vec<Address>,
    /// Cc and Bcc.
    pub others: Vec<Address>,
    /// Auto-Submitted (RFC 3834), in lower case, if it is there and not `no`.
    pub auto_submitted: Option<String>,
    /// Precedence, in lower case.
    pub precedence: Option<String>,
    /// List-Id or List-Post is there.
    pub list: bool,
    /// A List-Unsubscribe field is there.
    pub list_unsubscribe: bool,
    /// A Resent- field is there.
    pub resent: bool,
    /// A text/calendar part is there.
    pub calendar: bool,
    /// It is a multipart/report (DSN, MDN).
    pub report: bool,
    /// Whether it is signed or encrypted.
    pub protection: Protection,
}

/// Signed or encrypted mail is never altered; encrypted mail can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Neither.
    #[default]
    None,
    /// Clear-signed: S/MIME multipart/signed, PGP/MIME signed, inline PGP signed.
    Signed,
    /// S/MIME enveloped, PGP/MIME encrypted, inline PGP message.
    Encrypted,
}
