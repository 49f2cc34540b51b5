//! How far a mailbox reaches, and which mails are in it: what can be asked again and again at little cost.

use super::error::MailboxCause;
use super::search::MOST_MAILS;
use super::{Folder, Look, MailboxError, Mailboxes};
use async_imap::imap_proto::{AttributeValue, Response};

/// How far a mailbox reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many mails are in it, those that are marked as deleted among them.
    pub mails: u32,
    /// UIDs of different UIDVALIDITY have nothing to do with one another; 0 if the server tells none.
    pub uid_validity: u32,
    /// All UIDs so far are lower.
    pub next_uid: u32,
}

/// The mails in a mailbox by their UIDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uids {
    /// As in [`Extent`].
    pub uid_validity: u32,
    /// In order, without what is marked as deleted.
    pub uids: Vec<u32>,
}

impl Mailboxes {
    /// How far a mailbox reaches. [`Mailboxes::wait`] reports what changes from here on.
    ///
    /// # Errors
    /// The connection failed, or the server refuses.
    pub async fn extent(&mut self, folder: Folder) -> Result<Extent, MailboxError> {
        let result = self.extent_of(folder).await;
        self.settle("looking at", Some(folder), result)
    }

    /// The UIDs of all mails in a mailbox, up to the newest 20,000; no more is fetched of them. [`Mailboxes::wait`] reports
    /// what changes from here on.
    ///
    /// # Errors
    /// The connection failed, or the server refuses.
    pub async fn uids(&mut self, folder: Folder) -> Result<Uids, MailboxError> {
        let result = self.uids_of(folder).await;
        self.settle("looking through", Some(folder), result)
    }

    async fn extent_of(&mut self, folder: Folder) -> Result<Extent, MailboxCause> {
        self.talk.begin(self.timeouts.command)?;
        let look = self.open_for_looking(folder).await?;
        let next_uid = match look.next_uid {
            Some(next_uid) => next_uid,
            None if look.mails == 0 => 1,
            None => self.highest_uid().await?.saturating_add(1),
        };
        Ok(Extent {
            mails: look.mails,
            uid_validity: look.uid_validity.unwrap_or(0),
            next_uid,
        })
    }

    async fn uids_of(&mut self, folder: Folder) -> Result<Uids, MailboxCause> {
        self.talk.begin(self.timeouts.command)?;
        let look = self.open_for_looking(folder).await?;
        Ok(Uids {
            uid_validity: look.uid_validity.unwrap_or(0),
            uids: self.newest(look).await?,
        })
    }

    /// The UIDs of the newest mails that are not marked as deleted. Asked for by sequence numbers, so that a mailbox of any
    /// size gives no longer answer.
    pub(super) async fn newest(&mut self, look: Look) -> Result<Vec<u32>, MailboxCause> {
        let oldest = look.mails.saturating_sub(MOST_MAILS as u32) + 1;
        match look.mails {
            0 => Ok(Vec::new()),
            _ => self.search(&format!("{oldest}:* UNDELETED")).await,
        }
    }

    async fn highest_uid(&mut self) -> Result<u32, MailboxCause> {
        let mut highest = 0;
        self.talk
            .run("UID FETCH * (UID)", |response| {
                if let Response::Fetch(_, attributes) = response {
                    let uids = attributes.iter().filter_map(|attribute| match attribute {
                        AttributeValue::Uid(uid) => Some(*uid),
                        _ => None,
                    });
                    highest = uids.fold(highest, u32::max);
                }
            })
            .await?;
        Ok(highest)
    }
}
