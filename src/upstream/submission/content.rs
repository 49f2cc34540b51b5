//! DATA: the mail octet for octet, in one go or with a halt before its end.

use super::{Cause, Phase, Submission, UpstreamError};
use crate::mail::Mail;
use crate::smtp::{Reply, stuffed};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufWriter};

/// How DATA began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The whole content is there but for its end: only [`Submission::end_content`] can make a mail of it.
    ButForTheEnd,
    /// The server refused; there is nothing to end.
    Refused(Reply),
}

/// The longest end of content: a line end of its own, the dot, and the line end after it.
const LONGEST_END: usize = 5;

impl Submission {
    /// DATA: sends the mail, octet for octet, and reads the upstream's verdict on it.
    ///
    /// # Errors
    /// With [`Phase::Content`] the mail can't have been taken; with [`Phase::Done`] nobody can tell.
    pub async fn content(&mut self, mail: &Mail) -> Result<Reply, UpstreamError> {
        if let Some(refusal) = self.data().await? {
            return Ok(refusal);
        }
        let pieces = stuffed(mail.octets());
        if let Some(refusal) = self.write_pieces(pieces).await? {
            return Ok(refusal);
        }
        self.verdict().await
    }

    /// DATA and the content without its end, all handed to the network. Until the end follows, the server must not
    /// deliver it (RFC 5321 §4.1.1.4), so this is where to make a note that it may have been sent.
    ///
    /// # Errors
    /// The mail can't have been taken.
    pub async fn begin_content(&mut self, mail: &Mail) -> Result<Begun, UpstreamError> {
        if let Some(refusal) = self.data().await? {
            return Ok(Begun::Refused(refusal));
        }
        let last = stuffed(mail.octets()).count().saturating_sub(1);
        let pieces = stuffed(mail.octets()).take(last);
        Ok(match self.write_pieces(pieces).await? {
            Some(refusal) => Begun::Refused(refusal),
            None => Begun::ButForTheEnd,
        })
    }

    /// The end of the content that [`begin_content`](Submission::begin_content) sent, and the upstream's verdict.
    ///
    /// # Errors
    /// Nobody can tell whether the mail was taken.
    pub async fn end_content(&mut self, mail: &Mail) -> Result<Reply, UpstreamError> {
        let end = stuffed(mail.octets()).last().unwrap_or_default();
        debug_assert!(end.len() <= LONGEST_END);
        let limit = self.timeouts.upstream_done;
        self.within(limit, Phase::Done, async |this| {
            let written = async {
                this.stream.write_all(end).await?;
                this.stream.flush().await
            };
            let result: io::Result<()> = written.await;
            result.map_err(|error| this.failed(Phase::Done, Cause::Io(error.to_string())))
        })
        .await?;
        self.verdict().await
    }

    /// DATA itself: `None` to go on, or the server's refusal.
    async fn data(&mut self) -> Result<Option<Reply>, UpstreamError> {
        self.queue(b"DATA\r\n");
        let limit = self.timeouts.upstream_data;
        let go_on = self
            .within(limit, Phase::Content, async |this| {
                this.flush().await?;
                this.read_reply(Phase::Content).await
            })
            .await?;
        if go_on.is_intermediate() {
            Ok(None)
        } else if go_on.is_positive() {
            Err(self.failed(Phase::Content, Cause::NoReply("a 2yz reply to DATA")))
        } else {
            Ok(Some(go_on))
        }
    }

    /// `None` when everything is written, or the refusal of a server that did not want to hear more.
    async fn write_pieces<'a>(
        &mut self,
        pieces: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Option<Reply>, UpstreamError> {
        let limit = self.timeouts.upstream_done;
        let written = self
            .within(limit, Phase::Content, async |this| {
                let written = async {
                    let mut writer = BufWriter::with_capacity(64 * 1024, &mut this.stream);
                    for piece in pieces {
                        writer.write_all(piece).await?;
                    }
                    writer.flush().await
                };
                let result: io::Result<()> = written.await;
                result.map_err(|error| this.failed(Phase::Content, Cause::Io(error.to_string())))
            })
            .await;
        let Err(error) = written else { return Ok(None) };
        // A server may refuse in the middle of the content and close; its words say more than a broken pipe.
        let words = self.within(Duration::from_secs(1), Phase::Content, async |this| {
            this.read_reply(Phase::Content).await
        });
        match words.await {
            Ok(reply) if !reply.is_positive() => Ok(Some(reply)),
            _ => Err(error),
        }
    }

    async fn verdict(&mut self) -> Result<Reply, UpstreamError> {
        let limit = self.timeouts.upstream_done;
        self.within(limit, Phase::Done, async |this| this.read_reply(Phase::Done).await)
            .await
    }
}
