//! Waiting until something changes in a mailbox: IDLE (RFC 2177), or asking from time to time.

use super::error::MailboxCause;
use super::talk::{End, Turn};
use super::{Access, Folder, Look, MailboxError, Mailboxes};
use async_imap::imap_proto::{MailboxDatum, Response};
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Why waiting ended. Neither: its time was over. Both can be, and each is told once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waited {
    /// Something changed in the mailbox.
    pub changed: bool,
    /// The nudge came.
    pub nudged: bool,
}

impl Waited {
    fn is_over(self) -> bool {
        self.changed || self.nudged
    }
}

impl Mailboxes {
    /// Waits until something changes in a mailbox, at most for `limit`. True if something has, also since it was looked at
    /// last on this connection ([`Mailboxes::find`], [`Mailboxes::marked`], [`Mailboxes::extent`], [`Mailboxes::uids`],
    /// [`Mailboxes::heads_after`], or this), so that nothing falls between.
    ///
    /// # Errors
    /// The connection failed, or the server refuses to open the mailbox.
    pub async fn wait(&mut self, folder: Folder, limit: Duration) -> Result<bool, MailboxError> {
        Ok(self.wait_or(folder, limit, pending()).await?.changed)
    }

    /// The same, and until the nudge comes. The connection can be used at once after either; dropping this instead of
    /// nudging costs the connection.
    ///
    /// # Errors
    /// As [`Mailboxes::wait`].
    pub async fn wait_or(
        &mut self,
        folder: Folder,
        limit: Duration,
        nudge: impl Future<Output = ()>,
    ) -> Result<Waited, MailboxError> {
        let result = self.wait_for(folder, limit, pin!(nudge)).await;
        self.settle("watching", Some(folder), result)
    }

    async fn wait_for(
        &mut self,
        folder: Folder,
        limit: Duration,
        mut nudge: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Waited, MailboxCause> {
        self.wire_name(folder)?;
        let end = Instant::now() + limit;
        self.talk.begin(self.timeouts.command)?;
        let look = self.select(folder, Access::Read).await?;
        let before = self.looks.insert(folder, look);
        let mut waited = Waited {
            changed: before.is_some_and(|before| before != look),
            nudged: false,
        };
        let mut idles = self.capabilities.idle();
        while !waited.is_over() && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            if idles {
                match self.idle(look, left.min(self.timeouts.idle), nudge.as_mut()).await? {
                    Some(news) => waited = news,
                    // Offered and refused: asking does it, too.
                    None => idles = false,
                }
            } else {
                tokio::select! {
                    () = nudge.as_mut() => waited.nudged = true,
                    () = sleep(left.min(self.timeouts.poll)) => {
                        self.talk.allow(self.timeouts.command);
                        self.talk
                            .run("NOOP", |response| waited.changed |= is_news(response, look))
                            .await?;
                    }
                }
            }
        }
        if waited.changed {
            // Whatever it was is not known yet: the next look will tell.
            self.looks.remove(&folder);
        }
        Ok(waited)
    }

    /// One IDLE: why it ended, or `None` if the server does not want to idle.
    async fn idle(
        &mut self,
        look: Look,
        limit: Duration,
        mut nudge: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Option<Waited>, MailboxCause> {
        self.talk.allow(self.timeouts.command);
        let Waited {
            mut changed,
            mut nudged,
        } = Waited::default();
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
            let turn = tokio::select! {
                biased;
                turn = self.talk.next(&tag, |response| changed |= is_news(response, look)) => turn,
                () = nudge.as_mut() => {
                    nudged = true;
                    break;
                }
            };
            match turn {
                // A server may end an IDLE by itself; nobody answers DONE then. One that does so at once would be asked
                // without end.
                Ok(Turn::End(_)) => return Ok(changed.then_some(Waited { changed, nudged })),
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
                return Ok(Some(Waited { changed, nudged }));
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
