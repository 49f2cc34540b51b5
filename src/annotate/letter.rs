//! A mail from Youward to the author: what the annotated copy and the notices have in common.
//!
//! It is addressed to the author and comes from the author's own address, so that no filter takes it for a stranger's;
//! `Auto-Submitted` (RFC 3834) keeps vacation programs from answering it, and Youward itself from reading it. It has two
//! halves that say the same, plain text and HTML, and no third: nothing is attached, nothing is loaded, nothing runs.

use super::copy::CopyError;
use super::words;
use crate::mail::Address;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::SystemTime;

pub(super) mod page;
pub(super) mod plain;
#[cfg(test)]
pub(super) mod sound;
mod step;

pub(super) use step::{Step, command};

/// A letter before it is octets. Both halves are finished; everything else is made harmless or refused here.
pub(super) struct Letter<'a> {
    pub(super) author: &'a Address,
    /// What happened, in a word or two, before the mail's own subject.
    pub(super) what: &'a str,
    /// The mail's subject, decoded.
    pub(super) subject: &'a str,
    /// The mail's Message-ID without the brackets.
    pub(super) original_message_id: Option<&'a str>,
    pub(super) record: &'a str,
    /// What kind of notice it is; `None` for an annotated copy.
    pub(super) notice: Option<&'a str>,
    pub(super) message_id: &'a str,
    pub(super) date: Timestamp,
    pub(super) boundary: &'a str,
    pub(super) plain: String,
    pub(super) page: String,
}

impl Letter<'_> {
    /// The letter as octets, ready to be filed: header and body with CR LF line ends.
    pub(super) fn octets(self) -> Result<Vec<u8>, CopyError> {
        let boundary = self.boundary;
        let sound = (1..=60).contains(&boundary.len()) && boundary.bytes().all(|b| b.is_ascii_alphanumeric());
        if !sound || self.plain.contains(boundary) || self.page.contains(boundary) {
            return Err(CopyError::Boundary);
        }
        let author = lettre::Address::new(self.author.local(), self.author.domain())
            .map_err(|error| CopyError::Author(error.to_string()))?;
        let message_id = in_brackets(self.message_id).ok_or(CopyError::MessageId)?;
        let mut builder = Message::builder()
            .from(Mailbox::new(Some("Youward".to_owned()), author.clone()))
            .to(Mailbox::new(None, author))
            .subject(self.subject())
            .date(SystemTime::from(self.date))
            .message_id(Some(message_id));
        if let Some(original) = self.original_message_id.and_then(in_brackets) {
            builder = builder.in_reply_to(original.clone()).references(original);
        }
        if let Some(notice) = self.notice {
            builder = builder.raw_header(own_header("X-Youward-Notice", notice)?);
        }
        let letter = builder
            .raw_header(own_header("X-Youward-Record", self.record)?)
            .raw_header(own_header("Auto-Submitted", "auto-generated")?)
            .multipart(
                MultiPart::alternative()
                    .boundary(boundary)
                    .singlepart(
                        SinglePart::builder()
                            .content_type(ContentType::TEXT_PLAIN)
                            .body(self.plain),
                    )
                    .singlepart(
                        SinglePart::builder()
                            .content_type(ContentType::TEXT_HTML)
                            .body(self.page),
                    ),
            )
            // Nothing but From can be missing here, and it is when lettre can't read the address back that it wrote.
            .map_err(|error| CopyError::Author(error.to_string()))?;
        Ok(letter.formatted())
    }

    fn subject(&self) -> String {
        format!("{}: {}", self.what, subject_line(self.subject))
    }
}

/// A subject as one line of harmless text, whatever it was.
pub(super) fn subject_line(subject: &str) -> String {
    match words::line(subject) {
        subject if subject.is_empty() => "(no subject)".to_owned(),
        subject => words::shorten(&subject, 150, "…"),
    }
}

/// So many recipients are named.
const NAMED: usize = 5;

/// The recipients in one line.
pub(super) fn recipients_line(recipients: &[String]) -> String {
    let mut named: Vec<String> = recipients.iter().take(NAMED).map(|one| words::line(one)).collect();
    if let Some(more) = recipients.len().checked_sub(NAMED).filter(|&more| more > 0) {
        named.push(format!("and {more} more"));
    }
    named.join(", ")
}

fn own_header(name: &str, value: &str) -> Result<HeaderValue, CopyError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| CopyError::Build(error.to_string()))?;
    let value: String = value.chars().filter(char::is_ascii_graphic).take(60).collect();
    Ok(HeaderValue::new(name, value))
}

/// `<left@right>` (RFC 5322 §3.6.4), or `None` if it is not printable ASCII of that shape and of a length that a line holds.
fn in_brackets(id: &str) -> Option<String> {
    let (left, right) = id.split_once('@')?;
    let sound = |side: &str| !side.is_empty() && side.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    (sound(left) && sound(right) && id.len() <= 250).then(|| format!("<{id}>"))
}
