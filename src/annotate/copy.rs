//! The annotated copy: a whole mail to the author, beside their own and never in it.
//!
//! It says what was decided and why the mail counts as prospecting, shows the text with each place marked and numbered,
//! for each number why and ask, the score, and the ways on. Plain text and HTML say the same. It is addressed to the author
//! and comes from the author's own address, so that no filter takes it for a stranger's; `Auto-Submitted` (RFC 3834) keeps
//! vacation programs from answering it, and Youward itself from reading it.

use super::Annotated;
use super::html;
use super::words;
use crate::mail::Address;
use crate::standard::Disposition;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::SystemTime;

mod text;

/// What a copy is made from. Nothing is read from a clock or made at random: what differs from copy to copy comes in.
#[derive(Debug, Clone, Copy)]
pub struct CopyInput<'a> {
    /// The mail with what was found and decided.
    pub mail: Annotated<'a>,
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
    /// The copy's Message-ID without the brackets.
    pub message_id: &'a str,
    /// The copy's Date.
    pub date: Timestamp,
    /// The MIME boundary: letters and digits only, at most 60 of them, and not to be found in the mail.
    pub boundary: &'a str,
}

/// Why a copy can't be made. Always our own fault, or the account's address is unusual.
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
    let plain = text::plain(input);
    let page = html_part(input);
    let boundary = input.boundary;
    let sound = (1..=60).contains(&boundary.len()) && boundary.bytes().all(|b| b.is_ascii_alphanumeric());
    if !sound || plain.contains(boundary) || page.contains(boundary) {
        return Err(CopyError::Boundary);
    }
    let author = lettre::Address::new(input.author.local(), input.author.domain())
        .map_err(|error| CopyError::Author(error.to_string()))?;
    let message_id = in_brackets(input.message_id).ok_or(CopyError::MessageId)?;
    let mut builder = Message::builder()
        .from(Mailbox::new(Some("Youward".to_owned()), author.clone()))
        .to(Mailbox::new(None, author))
        .subject(subject(input))
        .date(SystemTime::from(input.date))
        .message_id(Some(message_id));
    if let Some(original) = input.original_message_id.and_then(in_brackets) {
        builder = builder.in_reply_to(original.clone()).references(original);
    }
    let copy = builder
        .raw_header(own_header("X-Youward-Record", input.record)?)
        .raw_header(own_header("Auto-Submitted", "auto-generated")?)
        .multipart(
            MultiPart::alternative()
                .boundary(boundary)
                .singlepart(SinglePart::builder().content_type(ContentType::TEXT_PLAIN).body(plain))
                .singlepart(SinglePart::builder().content_type(ContentType::TEXT_HTML).body(page)),
        )
        // Nothing but From can be missing here, and it is when lettre can't read the address back that it wrote.
        .map_err(|error| CopyError::Author(error.to_string()))?;
    Ok(copy.formatted())
}

/// `Held: …`, `Returned: …` or `Notes: …`, one line of harmless text whatever the subject was.
fn subject(input: &CopyInput<'_>) -> String {
    let what = match input.mail.verdict.disposition {
        Disposition::Hold => "Held",
        Disposition::Return => "Returned",
        Disposition::Annotate | Disposition::Pass => "Notes",
    };
    format!("{what}: {}", subject_line(input.subject))
}

fn subject_line(subject: &str) -> String {
    match words::line(subject) {
        subject if subject.is_empty() => "(no subject)".to_owned(),
        subject => words::shorten(&subject, 150, "…"),
    }
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

/// What happened, in a sentence or two.
fn decided(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Hold => "Youward holds this mail for a rewrite. Nobody has received it.",
        Disposition::Return => {
            "Youward returned this mail to you. Nobody has received it; it is still in your mail program."
        }
        Disposition::Annotate => "This mail went out exactly as you wrote it. Only you see these notes.",
        Disposition::Pass => "This mail went out exactly as you wrote it.",
    }
}

/// The command by which the author consents, where the standard lets them.
fn consent(input: &CopyInput<'_>) -> Option<String> {
    let undecided = matches!(input.mail.verdict.disposition, Disposition::Hold | Disposition::Return);
    let record: String = input.record.chars().filter(char::is_ascii_alphanumeric).collect();
    (undecided && input.mail.verdict.author_may_consent())
        .then(|| format!("youward held allow {record} --reason \"why it should go as it is\""))
}

/// What to do after consent: a returned mail is in the author's hands, a held one in Youward's.
fn after_consent(disposition: Disposition) -> &'static str {
    if disposition == Disposition::Return {
        "Then send it again, unchanged."
    } else {
        "It then goes out as it is."
    }
}

const EDIT: &str = "Rewrite it and send it again. When the new one passes, this one is settled.";

fn html_part(input: &CopyInput<'_>) -> String {
    let verdict = input.mail.verdict;
    let mut body = format!("<article>\n<p><strong>{}</strong></p>\n", decided(verdict.disposition));
    let recipients: Vec<String> = input
        .recipients
        .iter()
        .map(|recipient| html::escape_line(recipient))
        .collect();
    body.push_str(&format!("<p>To: {}", recipients.join(", ")));
    match input.mail.reading.filter(|reading| reading.not_read.is_none()) {
        Some(reading) => body.push_str(&format!("<br>Score: <strong>{} of 100</strong>", reading.score)),
        None => body.push_str(&format!("<br>Subject: {}", html::escape(&subject_line(input.subject)))),
    }
    if let Some(standard) = &verdict.standard {
        body.push_str(&format!("<br>Standard: {}", html::escape_line(standard)));
    }
    body.push_str("</p>\n");
    body.push_str(&html::content(&input.mail, "n"));
    if matches!(verdict.disposition, Disposition::Hold | Disposition::Return) {
        body.push_str(&format!("<h3>What you can do</h3>\n<ul>\n<li>{EDIT}</li>\n"));
        if let Some(command) = consent(input) {
            body.push_str(&format!(
                "<li>Or let it go as written, with a reason:<br><code>{}</code><br>{}</li>\n",
                html::escape(&command),
                after_consent(verdict.disposition)
            ));
        }
        body.push_str("</ul>\n");
    }
    body.push_str(&format!(
        "<p class=\"signals\">Record {}</p>\n</article>\n",
        html::escape_line(input.record)
    ));
    html::document(&html::escape(&subject(input)), "", &body)
}

#[cfg(test)]
mod tests;
