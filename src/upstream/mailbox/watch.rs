//! Waiting until something changes in a mailbox: IDLE (RFC 2177), or asking from time to time.

use super::error::MailboxCause;
use super::talk::{End, Turn};
use super::{Access, Folder, Look, MailboxError, Mailboxes};
use async_imap::imap_proto::{MailboxDatum, Response};
use std::time::Duration;
use tokio::time::{Instant, sleep};

impl Mailboxes {
    /// Waits until something changes in a mailbox, at most for `limit`. True if something has, also since
    /// [`Mailboxes::find`], [`Mailboxes::marked`] or this looked at it last on this connection, so that nothing falls between.
    ///
    /// # Errors
    /// The connection failed, or the server refuses to open the mailbox.
    pub async fn wait(&mut self, folder: Folder, limit: Duration) -> Result<bool, MailboxError> {
        let result = self.wait_for(folder, limit).await;
        self.settle("watching", Some(folder), result)
    }

    async fn wait_for(&mut self, folder: Folder, limit: Duration) -> Result<bool, MailboxCause> {
        self.wire_name(folder)?;
        let end = Instant::now() + limit;
        self.talk.begin(self.timeouts.command)?;
        let look = self.select(folder, Access::Read).await?;
        let before = self.looks.insert(folder, look);
        let mut changed = before.is_some_and(|before| before != look);
        let mut idles = self.capabilities.idle();
        while !changed && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            if idles {
                match self.idle(look, left.min(self.timeouts.idle)).await? {
                    Some(news) => changed = news,
                    // Offered and refused: asking does it, too.
                    None => idles = false,
                }
            } else {
                sleep(left.min(self.timeouts.poll)).await;
                self.talk.allow(self.timeouts.command);
                self.talk
                    .run("NOOP", |response| changed |= is_news(response, look))
                    .await?;
            }
        }
        if changed {
            // Whatever it was is not known yet: the next look will tell.
            self.looks.remove(&folder);
        }
        Ok(changed)
    }

    /// One IDLE: whether something changed, or `None` if the server refuses to idle.
    async fn idle(&mut self, look: Look, limit: Duration) -> Result<Option<bool>, MailboxCause> {
        self.talk.allow(self.timeouts.command);
        let mut changed = false;
        let tag = self.talk.send("IDLE").await?;
        loop {
            match self
                .talk
                .next(&tag, |response| changed |= is_news(response, look))
                .await?
            {
                Turn::Data => {}
                Turn::GoOn => break,
                Turn::End(End::Refused(_)) => return Ok(None),
                Turn::End(End::Ok) => return Err(MailboxCause::NoImap("an IDLE that ended before it began")),
            }
        }
        self.talk.allow(limit);
        while !changed {
            match self
                .talk
                .next(&tag, |response| changed |= is_news(response, look))
                .await
            {
                // A server may end an IDLE by itself; nobody answers DONE then.
                Ok(Turn::End(_)) => return Ok(Some(changed)),
                Ok(_) => {}
                Err(MailboxCause::TimedOut) => break,
                Err(cause) => return Err(cause),
            }
        }
        self.talk.allow(self.timeouts.command);
        self.talk.send_done().await?;
        loop {
            let turn = self
                .talk
                .next(&tag, |response| changed |= is_news(response, look))
                .await?;
            if let Turn::End(_) = turn {
                return Ok(Some(changed));
            }
        }
    }
}

/// Whether a response tells of something that was not so when the mailbox was opened.
fn is_news(response: &Response<'_>, look: Look) -> bool {
    match response {
        Response::MailboxData(MailboxDatum::Exists(mails)) => *mails != look.mails,
        Response::Expunge(_) | Response::Vanished { .. } | Response::Fetch(..) => true,
        _ => false,
    }
}
