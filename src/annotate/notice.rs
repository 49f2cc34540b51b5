//! Notices: short mails to the author when something became of a held mail that they did not do themselves.
//!
//! As harmless as the annotated copy and made by the same hands: two halves that say the same, nothing loaded, the
//! provider's words quoted and never obeyed. A notice names the record, the mail, what happened, and what to do now. It
//! never repeats the mail's text.

use super::copy::CopyError;
use super::letter::{Letter, recipients_line, subject_line};
use super::words;
use crate::mail::Address;
use jiff::Timestamp;

mod story;

/// What became of a held mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice<'a> {
    /// Nobody decided in time; the mail is the author's again and was not sent.
    Expired {
        /// How long it was held.
        after_hours: u32,
    },
    /// It is still held.
    Reminder {
        /// For how long by now.
        held_for_hours: u32,
    },
    /// It was released, and the provider refused it for good.
    RefusedByProvider {
        /// The provider's words, line by line.
        words: &'a [String],
    },
    /// It was released, and nobody knows whether the provider has it.
    InDoubt,
    /// Its author asked for release, and the standard says no.
    ReleaseNotAllowed {
        /// Why, in words.
        why: &'a str,
    },
    /// It was released, and the provider put it off for too long.
    RetryGivenUp {
        /// The provider's last words, line by line.
        words: &'a [String],
        /// For how long it was tried.
        hours: u32,
    },
}

impl Notice<'_> {
    /// The kind, as `X-Youward-Notice` says it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Notice::Expired { .. } => "expired",
            Notice::Reminder { .. } => "reminder",
            Notice::RefusedByProvider { .. } => "refused-by-provider",
            Notice::InDoubt => "in-doubt",
            Notice::ReleaseNotAllowed { .. } => "release-not-allowed",
            Notice::RetryGivenUp { .. } => "retry-given-up",
        }
    }
}

/// What a notice is made from. Nothing is read from a clock or made at random.
#[derive(Debug, Clone, Copy)]
pub struct NoticeInput<'a> {
    /// What happened.
    pub notice: Notice<'a>,
    /// The author: sender and recipient of the notice.
    pub author: &'a Address,
    /// The mail's subject, decoded.
    pub subject: &'a str,
    /// The mail's recipients, as the envelope names them.
    pub recipients: &'a [String],
    /// The mail's Message-ID without the brackets, if it has one.
    pub original_message_id: Option<&'a str>,
    /// The record's id.
    pub record: &'a str,
    /// The mailbox where the mail lies as written, for example `Drafts`; `None` when it could not be put there.
    pub draft: Option<&'a str>,
    /// Whether `youward held release` may be named to the author.
    pub release_command: bool,
    /// The notice's Message-ID without the brackets.
    pub message_id: &'a str,
    /// The notice's Date.
    pub date: Timestamp,
    /// The MIME boundary, as for a copy.
    pub boundary: &'a str,
}

/// The notice as octets, ready to be filed: header and body with CR LF line ends.
///
/// # Errors
/// When an argument does not fit; never because of what the mail or the provider says.
pub fn compose(input: &NoticeInput<'_>) -> Result<Vec<u8>, CopyError> {
    let story = story::of(input);
    let about = [
        ("To", recipients_line(input.recipients)),
        ("Subject", subject_line(input.subject)),
    ];
    let record = words::line(input.record);
    Letter {
        author: input.author,
        what: story.badge,
        subject: input.subject,
        original_message_id: input.original_message_id,
        record: input.record,
        notice: Some(input.notice.kind()),
        message_id: input.message_id,
        date: input.date,
        boundary: input.boundary,
        plain: story.plain(&about, &record),
        page: story.page(&about, &record),
    }
    .octets()
}

#[cfg(test)]
mod tests;
