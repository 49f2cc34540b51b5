//! The stream that async-imap reads and writes: the connection behind a [`Sieve`].
//!
//! async-imap makes a session only out of a login of its own, and would keep the password in buffers that nobody clears
//! and show it to its trace log. So we log in ourselves, and here its own empty LOGIN is answered without the server.

use super::error::MailboxCause;
use super::sieve::{Fault, Seen, Sieve};
use crate::upstream::Stream;
use async_imap::{Client, Session};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Octets read from the connection at one time.
const CHUNK: usize = 16 * 1024;

/// The connection behind the sieve.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    sieve: Sieve,
    /// What the sieve let through, and how much of it has been read.
    passed: Vec<u8>,
    read: usize,
    /// What async-imap says before it is let on the connection; `None` once it is.
    aside: Option<Vec<u8>>,
    fault: Option<Fault>,
}

impl Wire {
    /// Makes a session out of a connection that is logged in. `input` is what was read from it already and not used.
    pub(super) async fn session(stream: Stream, input: &[u8]) -> Result<Session<Wire>, MailboxCause> {
        let wire = Wire {
            stream,
            sieve: Sieve::default(),
            passed: Vec::new(),
            read: 0,
            aside: Some(Vec::new()),
            fault: None,
        };
        let login = Client::new(wire).login("", "").await;
        let mut session = login.map_err(|_| MailboxCause::NoImap("a session could not begin"))?;
        session.as_mut().take_in(input);
        Ok(session)
    }

    /// What the sieve kept back.
    pub(super) fn seen(&mut self) -> &mut Seen {
        &mut self.sieve.seen
    }

    /// See [`Sieve::allow_literal`].
    pub(super) fn allow_literal(&mut self, largest: Option<usize>) {
        self.sieve.allow_literal(largest);
    }

    /// See [`Sieve::cut_literals`].
    pub(super) fn cut_literals(&mut self, longest: usize) {
        self.sieve.cut_literals(longest);
    }

    /// Why reading failed, where the connection itself did not.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    fn take_in(&mut self, octets: &[u8]) {
        if self.fault.is_none()
            && let Err(fault) = self.sieve.feed(octets, &mut self.passed)
        {
            self.fault = Some(fault);
        }
    }

    /// Answers the one command that async-imap says aside: its tag, and OK.
    fn answer_aside(&mut self, octets: &[u8]) {
        let Some(said) = &mut self.aside else { return };
        said.extend_from_slice(octets);
        if said.ends_with(b"\r\n") {
            let tag = said.split(|&octet| octet == b' ').next().unwrap_or_default();
            self.passed = [tag, b" OK\r\n"].concat();
            self.aside = None;
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let waiting = this.passed.get(this.read..).unwrap_or_default();
            if !waiting.is_empty() {
                let now = waiting.get(..buf.remaining()).unwrap_or(waiting);
                buf.put_slice(now);
                this.read += now.len();
                return Poll::Ready(Ok(()));
            }
            this.passed.clear();
            this.read = 0;
            if this.fault.is_some() {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
            let mut chunk = [0; CHUNK];
            let mut fresh = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut fresh))?;
            if fresh.filled().is_empty() {
                let end = if this.sieve.is_between() {
                    Ok(())
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
                return Poll::Ready(end);
            }
            this.take_in(fresh.filled());
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.aside.is_some() {
            this.answer_aside(buf);
            return Poll::Ready(Ok(buf.len()));
        }
        Pin::new(&mut this.stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
