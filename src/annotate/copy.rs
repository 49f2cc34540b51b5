//! The annotated copy: a whole mail to the author, beside their own and never in it.
//!
//! It says what was decided and what the author can do now, why the mail counts as prospecting, shows the text with each
//! place marked and numbered, for each number why and ask, whom it speaks to, and the score. Plain text and HTML say the
//! same, in the same order: on a phone the first screen holds the decision and the ways on.

use super::Annotated;
use super::letter::Letter;
use crate::mail::Address;
use crate::standard::Disposition;
use jiff::Timestamp;
use std::borrow::Cow;

pub(crate) mod flow;
mod page;
mod text;
mod visible;
mod ways;

/// What a copy is made from. Nothing is read from a clock or made at random: what differs from copy to copy comes in.
#[derive(Debug, Clone, Copy)]
pub struct CopyInput<'a> {
    /// The mail with what was found and decided.
    pub mail: Annotated<'a>,
    /// What the copy is about: a mail that was decided on, or another.
    pub occasion: Occasion,
    /// The author: sender and recipient of the copy.
    pub author: &'a Address,
    /// The mail's subject, decoded.
    pub subject: &'a str,
    /// The mail's recipients, as the envelope names them.
    pub recipients: &'a [String],
    /// The mail's Message-ID without the brackets, if it has one.
    pub original_message_id: Option<&'a str>,
    /// The record's id.
    pub record: &'a str,
    /// What the author can do besides rewriting.
    pub ways: Ways<'a>,
    /// Which round of the same hold this is, from 1.
    pub round: u32,
    /// What became of the round before; said from the second round on.
    pub previous: Option<Previous>,
    /// The copy's Message-ID without the brackets.
    pub message_id: &'a str,
    /// The copy's Date.
    pub date: Timestamp,
    /// The MIME boundary: letters and digits only, at most 60 of them, and not to be found in the mail.
    pub boundary: &'a str,
}

/// What a copy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Occasion {
    /// A mail that was sent through here, and decided on.
    #[default]
    Submitted,
    /// A draft: nothing is decided, the verdict says what would be.
    Draft,
    /// A mail that went past here, from a phone or web mail.
    Elsewhere,
}

/// The ways on that the copy may name. The default names none but the rewrite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways<'a> {
    /// The mailbox where the mail lies as written, for example `Drafts`; `None` when no mailboxes are at hand.
    pub draft: Option<&'a str>,
    /// The mailbox to move this copy to, so that the mail goes as written; `None` where the standard forbids release by
    /// its author or asks for a reason.
    pub send_as_written: Option<&'a str>,
    /// Whether `youward held release` may be named.
    pub release_command: bool,
    /// Whether an approver decides about release, not the author.
    pub approver: bool,
}

/// What changed since the round before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Previous {
    /// The score then, if the mail was read.
    pub score: Option<i32>,
    /// Findings that are no longer there.
    pub gone: usize,
    /// Findings that were not there before.
    pub new: usize,
}

/// Why a copy or a notice can't be made. Always our own fault, or the account's address is unusual.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The author's address can't stand in a header: a quoted local part or an address literal, which no account has.
    #[error("the author's address can't stand in a header: {0}")]
    Author(String),
    /// The boundary is empty, too long, holds other than letters and digits, or occurs in the copy's text.
    #[error("the boundary does not fit: letters and digits that do not occur in the text are needed")]
    Boundary,
    /// The Message-ID is not `left@right` in printable ASCII.
    #[error("the copy's Message-ID is not left@right")]
    MessageId,
    /// The message could not be put together.
    #[error("the copy could not be put together: {0}")]
    Build(String),
}

/// The copy as octets, ready to be filed: header and body with CR LF line ends.
///
/// # Errors
/// When an argument does not fit; never because of what the mail says.
pub fn compose(input: &CopyInput<'_>) -> Result<Vec<u8>, CopyError> {
    let what = match (input.occasion, input.mail.verdict.disposition) {
        (Occasion::Draft, _) => "Draft",
        (Occasion::Elsewhere, _) => "Notes",
        (Occasion::Submitted, Disposition::Hold) => "Held",
        (Occasion::Submitted, Disposition::Return) => "Returned",
        (Occasion::Submitted, Disposition::Annotate | Disposition::Pass) => "Notes",
    };
    let Annotated { reading, prose, .. } = input.mail;
    let seen = reading.map(|reading| match prose {
        Some(prose) => visible::reading(reading, prose),
        None => Cow::Borrowed(reading),
    });
    let input = &CopyInput {
        mail: Annotated {
            reading: seen.as_deref(),
            ..input.mail
        },
        ..*input
    };
    Letter {
        author: input.author,
        what,
        subject: input.subject,
        original_message_id: input.original_message_id,
        record: input.record,
        notice: None,
        message_id: input.message_id,
        date: input.date,
        boundary: input.boundary,
        plain: text::plain(input),
        page: page::html(input),
    }
    .octets()
}

#[cfg(test)]
mod tests;
