//! Moving, removing and marking one mail, and no other.
//!
//! Without MOVE a mail is copied, marked as deleted and expunged. A crash in between leaves it in both mailboxes, where its
//! id finds it, never in none. EXPUNGE without UIDs is used only when nothing else would go with it; otherwise the mail
//! stays marked as deleted, which is how the rep's own client would leave it.

use super::error::MailboxCause;
use super::file::flag_list;
use super::name::quoted;
use super::{Access, Folder, MailboxError, Mailboxes};
use async_imap::imap_proto::{AttributeValue, Response};

impl Mailboxes {
    /// Moves a mail to another mailbox.
    ///
    /// # Errors
    /// The connection failed, the server refuses, or the mail is gone ([`MailboxError::is_gone`]).
    pub async fn move_to(&mut self, from: Folder, uid: u32, to: Folder) -> Result<(), MailboxError> {
        let result = self.move_one(from, uid, to).await;
        self.settle("moving a mail out of", Some(from), result)
    }

    /// Removes a mail for good; into the trash where that is the only way out (Gmail). That it is gone already is fine.
    ///
    /// # Errors
    /// The connection failed, or the server refuses.
    pub async fn remove(&mut self, folder: Folder, uid: u32) -> Result<(), MailboxError> {
        let result = self.remove_one(folder, uid).await;
        self.settle("removing a mail from", Some(folder), result)
    }

    /// Adds flags to a mail.
    ///
    /// # Errors
    /// As [`Mailboxes::move_to`], or what is given is no flag.
    pub async fn flag(&mut self, folder: Folder, uid: u32, add: &[&str]) -> Result<(), MailboxError> {
        let result = self.flag_one(folder, uid, add).await;
        self.settle("marking a mail in", Some(folder), result)
    }

    async fn move_one(&mut self, from: Folder, uid: u32, to: Folder) -> Result<(), MailboxCause> {
        let name = self.wire_name(to)?;
        self.talk.begin(self.timeouts.transfer)?;
        self.select(from, Access::Write).await?;
        // A command for a UID that is gone succeeds and does nothing.
        if !self.is_there(uid).await? {
            return Err(MailboxCause::Gone);
        }
        if self.capabilities.moves() {
            return self.talk.run(&format!("UID MOVE {uid} {name}"), |_| ()).await;
        }
        self.talk.run(&format!("UID COPY {uid} {name}"), |_| ()).await?;
        self.expunge(uid).await
    }

    async fn remove_one(&mut self, folder: Folder, uid: u32) -> Result<(), MailboxCause> {
        self.wire_name(folder)?;
        self.talk.begin(self.timeouts.command)?;
        self.select(folder, Access::Write).await?;
        if !self.is_there(uid).await? {
            return Ok(());
        }
        match self.places.trash.as_deref().and_then(quoted) {
            Some(trash) if self.capabilities.moves() => self.talk.run(&format!("UID MOVE {uid} {trash}"), |_| ()).await,
            _ => self.expunge(uid).await,
        }
    }

    async fn flag_one(&mut self, folder: Folder, uid: u32, add: &[&str]) -> Result<(), MailboxCause> {
        let flags = flag_list(add)?;
        self.wire_name(folder)?;
        self.talk.begin(self.timeouts.command)?;
        self.select(folder, Access::Write).await?;
        if !self.is_there(uid).await? {
            return Err(MailboxCause::Gone);
        }
        self.talk
            .run(&format!("UID STORE {uid} +FLAGS.SILENT ({flags})"), |_| ())
            .await
    }

    async fn expunge(&mut self, uid: u32) -> Result<(), MailboxCause> {
        self.talk
            .run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"), |_| ())
            .await?;
        if self.capabilities.uid_plus() {
            return self.talk.run(&format!("UID EXPUNGE {uid}"), |_| ()).await;
        }
        if self.search("DELETED").await? == [uid] {
            self.talk.run("EXPUNGE", |_| ()).await?;
        }
        Ok(())
    }

    async fn is_there(&mut self, uid: u32) -> Result<bool, MailboxCause> {
        let mut is_there = false;
        self.talk
            .run(&format!("UID FETCH {uid} (UID)"), |response| {
                if let Response::Fetch(_, attributes) = response {
                    is_there |= attributes.contains(&AttributeValue::Uid(uid));
                }
            })
            .await?;
        Ok(is_there)
    }
}
