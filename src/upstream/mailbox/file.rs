//! Filing a mail, and fetching one back, octet for octet.

use super::error::{MailboxCause, is_gone_code};
use super::talk::{End, Turn, refused};
use super::{Access, Folder, MailboxError, Mailboxes};
use async_imap::imap_proto::{AttributeValue, RequestId, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// More than RFC822.SIZE said may come: some servers only estimate it.
const SLACK: usize = 64 * 1024;

impl Mailboxes {
    /// Files a mail, octet for octet, with flags such as `\Seen` and, if given, the date that it is sorted by. Tried once:
    /// after an error of the connection the mail may be there, which [`Mailboxes::find`] tells.
    ///
    /// # Errors
    /// The connection failed, or the server refuses, in its own words (a full mailbox: `[OVERQUOTA]`).
    pub async fn append(
        &mut self,
        folder: Folder,
        octets: &[u8],
        flags: &[&str],
        date: Option<Timestamp>,
    ) -> Result<(), MailboxError> {
        let result = self.append_one(folder, octets, flags, date).await;
        self.settle("filing a mail in", Some(folder), result)
    }

    /// The octets of a mail; `None` if it is gone. It is not marked as read by this.
    ///
    /// # Errors
    /// The connection failed, the server refuses, or the mail is larger than `limit`.
    pub async fn fetch(&mut self, folder: Folder, uid: u32, limit: usize) -> Result<Option<Vec<u8>>, MailboxError> {
        let result = self.fetch_one(folder, uid, limit).await;
        self.settle("fetching a mail from", Some(folder), result)
    }

    /// The first octets of a mail, at most `octets`; `None` if it is gone. It is not marked as read by this.
    ///
    /// # Errors
    /// The connection failed, or the server refuses.
    pub async fn beginning(
        &mut self,
        folder: Folder,
        uid: u32,
        octets: usize,
    ) -> Result<Option<Vec<u8>>, MailboxError> {
        let result = self.beginning_of_one(folder, uid, octets).await;
        self.settle("fetching the beginning of a mail from", Some(folder), result)
    }

    async fn append_one(
        &mut self,
        folder: Folder,
        octets: &[u8],
        flags: &[&str],
        date: Option<Timestamp>,
    ) -> Result<(), MailboxCause> {
        let mut command = format!("APPEND {} ({})", self.wire_name(folder)?, flag_list(flags)?);
        if let Some(date) = date {
            command.push_str(&format!(" \"{}\"", date_time(date)));
        }
        command.push_str(&format!(" {{{}}}", octets.len()));
        self.talk.begin(self.timeouts.transfer)?;
        let tag = self.talk.send(&command).await?;
        let mut sent = false;
        loop {
            match self.talk.next(&tag, |_| ()).await? {
                Turn::Data => {}
                Turn::GoOn if !sent => {
                    sent = true;
                    if let Err(cause) = self.talk.send_literal(octets).await {
                        return Err(self.last_words(&tag, cause).await);
                    }
                }
                Turn::GoOn => return Err(MailboxCause::NoImap("a continuation that nobody asked for")),
                Turn::End(End::Ok) if sent => return Ok(()),
                Turn::End(End::Ok) => return Err(MailboxCause::NoImap("a mail was taken before it was sent")),
                Turn::End(End::Refused(status)) => return Err(refused(status)),
            }
        }
    }

    /// A server may refuse in the middle of a mail and close; its words say more than a broken pipe.
    async fn last_words(&mut self, tag: &RequestId, cause: MailboxCause) -> MailboxCause {
        self.talk.allow(Duration::from_secs(1));
        loop {
            match self.talk.next(tag, |_| ()).await {
                Ok(Turn::End(End::Refused(status))) => return MailboxCause::Closed(status.text),
                Ok(Turn::Data) => {}
                Err(MailboxCause::Closed(words)) if !words.is_empty() => return MailboxCause::Closed(words),
                _ => return cause,
            }
        }
    }

    async fn fetch_one(&mut self, folder: Folder, uid: u32, limit: usize) -> Result<Option<Vec<u8>>, MailboxCause> {
        self.talk.begin(self.timeouts.transfer)?;
        self.select(folder, Access::Read).await?;
        let mut size = None;
        self.talk
            .run(&format!("UID FETCH {uid} (UID RFC822.SIZE)"), |response| {
                if let Response::Fetch(_, attributes) = response
                    && attributes.contains(&AttributeValue::Uid(uid))
                {
                    let found = attributes.iter().find_map(|attribute| match attribute {
                        AttributeValue::Rfc822Size(size) => Some(*size as usize),
                        _ => None,
                    });
                    size = size.or(found);
                }
            })
            .await?;
        let Some(size) = size else { return Ok(None) };
        if size > limit {
            return Err(MailboxCause::TooLarge { size, limit });
        }
        self.talk.wire().allow_literal(Some(limit.saturating_add(SLACK)));
        let mail = self.body(uid, "BODY.PEEK[]", |part| part.is_none()).await?;
        match mail {
            Some(mail) if mail.len() > limit => Err(MailboxCause::TooLarge {
                size: mail.len(),
                limit,
            }),
            mail => Ok(mail),
        }
    }

    async fn beginning_of_one(
        &mut self,
        folder: Folder,
        uid: u32,
        octets: usize,
    ) -> Result<Option<Vec<u8>>, MailboxCause> {
        // A part has at least one octet, and its length 32 bits (RFC 9051 §6.4.5).
        let asked = octets.clamp(1, u32::MAX as usize);
        self.talk.begin(self.timeouts.transfer)?;
        self.select(folder, Access::Read).await?;
        // A server that knows no parts sends the whole.
        self.talk.wire().cut_literals(asked);
        let what = format!("BODY.PEEK[]<0.{asked}>");
        match self.body(uid, &what, |part| part.unwrap_or(0) == 0).await {
            Err(MailboxCause::Refused { code, .. }) if is_gone_code(&code) => Ok(None),
            result => Ok(result?.map(|mut mail| {
                mail.truncate(octets);
                mail
            })),
        }
    }

    /// The octets of a mail, or those from where a part of it that is fit begins.
    async fn body(
        &mut self,
        uid: u32,
        what: &str,
        fits: impl Fn(Option<u32>) -> bool + Send + Sync,
    ) -> Result<Option<Vec<u8>>, MailboxCause> {
        let mut mail = None;
        self.talk
            .run(&format!("UID FETCH {uid} (UID {what})"), |response| {
                if let Response::Fetch(_, attributes) = response
                    && attributes.contains(&AttributeValue::Uid(uid))
                {
                    for attribute in attributes {
                        if let AttributeValue::BodySection {
                            section: None,
                            index,
                            data: Some(data),
                        } = attribute
                            && fits(*index)
                        {
                            mail = Some(data.to_vec());
                        }
                    }
                }
            })
            .await?;
        Ok(mail)
    }
}

/// Flags in a row: `\Seen` and keywords (RFC 9051 §2.3.2), nothing else.
pub(super) fn flag_list(flags: &[&str]) -> Result<String, MailboxCause> {
    let is_atom = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|octet| octet.is_ascii_graphic() && !b"(){%*\"\\]".contains(&octet))
    };
    if flags
        .iter()
        .all(|flag| is_atom(flag.strip_prefix('\\').unwrap_or(flag)))
    {
        Ok(flags.join(" "))
    } else {
        Err(MailboxCause::Unfit("this is no flag"))
    }
}

/// RFC 9051 §9 `date-time`.
pub(super) fn date_time(date: Timestamp) -> String {
    date.to_zoned(TimeZone::UTC)
        .strftime("%d-%b-%Y %H:%M:%S +0000")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_rfc_shows() {
        let date: Timestamp = "2026-03-05T07:08:09.5Z".parse().unwrap();
        assert_eq!(date_time(date), "05-Mar-2026 07:08:09 +0000");
    }

    #[test]
    fn only_flags_are_flags() {
        assert_eq!(
            flag_list(&["\\Draft", "\\Seen", "$Forwarded"]).unwrap(),
            "\\Draft \\Seen $Forwarded"
        );
        assert_eq!(flag_list(&[]).unwrap(), "");
        for flag in ["", "\\", "a b", "a\r\nb", "(", "\\Se\"en", "é"] {
            assert!(flag_list(&[flag]).is_err(), "{flag:?}");
        }
    }
}
