//! Finding mails again by what they carry in their headers.

use super::error::{MailboxCause, harmless};
use super::name::quoted;
use super::{Access, Folder, Look, MailboxError, Mailboxes};
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response};

/// The header field that ties a mail of ours to its record.
const RECORD_FIELD: &str = "X-Youward-Record";
/// Most mails that are looked at in one mailbox, the newest.
pub(super) const MOST_MAILS: usize = 20_000;
/// Mails whose headers are fetched at one time.
pub(super) const PAGE: usize = 200;
/// Longest id that is searched for.
const LONGEST_ID: usize = 900;

/// What to find mails by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Find<'a> {
    /// The Message-ID, with its angle brackets or without.
    MessageId(&'a str),
    /// The value of `X-Youward-Record`.
    Record(&'a str),
}

impl<'a> Find<'a> {
    fn field(self) -> (&'static str, &'a str) {
        match self {
            Find::MessageId(id) => ("Message-ID", bare(id)),
            Find::Record(record) => (RECORD_FIELD, record.trim()),
        }
    }

    fn is(self, mail: &Marked) -> bool {
        let found = match self {
            Find::MessageId(_) => mail.message_id.as_deref().map(bare),
            Find::Record(_) => mail.record.as_deref(),
        };
        found == Some(self.field().1)
    }
}

/// An id without what is around it: records keep it so.
fn bare(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}

/// A mail in a mailbox, by what marks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Its UID, which holds until the mailbox is selected anew with another UIDVALIDITY; never keep it.
    pub uid: u32,
    /// Its Message-ID, with angle brackets.
    pub message_id: Option<String>,
    /// The value of `X-Youward-Record`.
    pub record: Option<String>,
}

impl Marked {
    /// Its Message-ID without the angle brackets.
    #[must_use]
    pub fn bare_message_id(&self) -> Option<&str> {
        self.message_id.as_deref().map(bare)
    }
}

impl Mailboxes {
    /// The UIDs of all mails with an id, oldest first. Mails that are marked as deleted don't count.
    ///
    /// SEARCH HEADER finds parts of values too, so that each mail found is looked at.
    ///
    /// # Errors
    /// The connection failed, the server refuses, or the id is one that can't be searched for (empty, too long, or not
    /// ASCII).
    pub async fn find(&mut self, folder: Folder, by: Find<'_>) -> Result<Vec<u32>, MailboxError> {
        let result = self.find_all(folder, by).await;
        self.settle("searching", Some(folder), result)
    }

    /// Every mail in a mailbox, oldest first, up to the newest 20,000. Mails that are marked as deleted don't count.
    ///
    /// # Errors
    /// The connection failed, or the server refuses.
    pub async fn marked(&mut self, folder: Folder) -> Result<Vec<Marked>, MailboxError> {
        let result = self.marked_all(folder).await;
        self.settle("looking through", Some(folder), result)
    }

    async fn find_all(&mut self, folder: Folder, by: Find<'_>) -> Result<Vec<u32>, MailboxCause> {
        let (field, value) = by.field();
        let fits = !value.is_empty() && value.len() <= LONGEST_ID;
        let value = quoted(value)
            .filter(|_| fits)
            .ok_or(MailboxCause::Unfit("this is no id that could be searched for"))?;
        self.talk.begin(self.timeouts.command)?;
        self.open_for_looking(folder).await?;
        let candidates = self.search(&format!("UNDELETED HEADER {field} {value}")).await?;
        let mails = self.headers(&candidates).await?;
        Ok(mails
            .into_iter()
            .filter(|mail| by.is(mail))
            .map(|mail| mail.uid)
            .collect())
    }

    async fn marked_all(&mut self, folder: Folder) -> Result<Vec<Marked>, MailboxCause> {
        self.talk.begin(self.timeouts.command)?;
        let look = self.open_for_looking(folder).await?;
        let uids = self.newest(look).await?;
        self.headers(&uids).await
    }

    /// Opens a mailbox for reading, and remembers how it looked, for [`Mailboxes::wait`].
    pub(super) async fn open_for_looking(&mut self, folder: Folder) -> Result<Look, MailboxCause> {
        let look = self.select(folder, Access::Read).await?;
        self.looks.insert(folder, look);
        Ok(look)
    }

    /// The UIDs that fit, in order; the newest, if there are too many.
    pub(super) async fn search(&mut self, criteria: &str) -> Result<Vec<u32>, MailboxCause> {
        let mut uids = Vec::new();
        self.talk
            .run(&format!("UID SEARCH {criteria}"), |response| {
                if let Response::MailboxData(MailboxDatum::Search(found)) = response
                    && uids.len() < 5 * MOST_MAILS
                {
                    uids.extend_from_slice(found);
                }
            })
            .await?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids.split_off(uids.len().saturating_sub(MOST_MAILS)))
    }

    /// Fetches what marks these mails, page by page. Each page has the time of a command.
    async fn headers(&mut self, uids: &[u32]) -> Result<Vec<Marked>, MailboxCause> {
        let mut mails = Vec::with_capacity(uids.len());
        for page in uids.chunks(PAGE) {
            self.talk.allow(self.timeouts.command);
            let set = set(page);
            let command = format!("UID FETCH {set} (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID {RECORD_FIELD})])");
            self.talk
                .run(&command, |response| {
                    if let Response::Fetch(_, attributes) = response {
                        mails.extend(marked(attributes).filter(|mail| page.binary_search(&mail.uid).is_ok()));
                    }
                })
                .await?;
        }
        mails.sort_by_key(|mail| mail.uid);
        mails.dedup_by_key(|mail| mail.uid);
        Ok(mails)
    }
}

/// Numbers as they go into a command.
pub(super) fn set(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

fn marked(attributes: &[AttributeValue<'_>]) -> impl Iterator<Item = Marked> {
    let uid = attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    });
    let header = attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { data, .. } => Some(data.as_deref().unwrap_or_default()),
        _ => None,
    });
    // Without both this is news about flags, which servers may send at any time.
    uid.zip(header)
        .map(|(uid, header)| Marked {
            uid,
            message_id: value(header, "Message-ID"),
            record: value(header, RECORD_FIELD),
        })
        .into_iter()
}

/// The value of the first field with a name, unfolded (RFC 5322 §2.2.3).
fn value(header: &[u8], name: &str) -> Option<String> {
    let mut lines = header.split(|&octet| octet == b'\n');
    let mut found: Option<Vec<u8>> = None;
    for line in &mut lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match &mut found {
            Some(value) if line.first().is_some_and(|octet| matches!(octet, b' ' | b'\t')) => {
                value.extend_from_slice(line);
            }
            Some(_) => break,
            None => {
                let field = line.get(..name.len()).zip(line.get(name.len()..));
                if let Some((start, rest)) = field
                    && start.eq_ignore_ascii_case(name.as_bytes())
                    && let Some(value) = rest.trim_ascii_start().strip_prefix(b":")
                {
                    found = Some(value.to_vec());
                }
            }
        }
    }
    let found = found?;
    // Longer than anything that is searched for; cut, it can't be mistaken for what was searched.
    let cut = found.trim_ascii();
    let text = if cut.len() <= LONGEST_ID && cut.iter().all(u8::is_ascii) {
        String::from_utf8_lossy(cut).into_owned()
    } else {
        harmless(cut)
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_unfolded() {
        let header = b"Message-ID:\r\n <a@b>\r\nx-youward-record : 7\r\n\r\n";
        assert_eq!(value(header, "Message-ID").as_deref(), Some("<a@b>"));
        assert_eq!(value(header, RECORD_FIELD).as_deref(), Some("7"));
        assert_eq!(value(b"Message-ID-Not: x\r\n\r\n", "Message-ID"), None);
        assert_eq!(value(b"Message-ID:\r\n\r\n", "Message-ID"), None);
        assert_eq!(value(b"", "Message-ID"), None);
    }

    #[test]
    fn news_about_flags_are_no_mails() {
        let flags = [AttributeValue::Uid(4), AttributeValue::Flags(vec![])];
        assert_eq!(marked(&flags).count(), 0);
    }
}
