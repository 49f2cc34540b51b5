//! Octets from one side to the other: read into a buffer of the thread, written on from there, and kept only where the other
//! side does not take them now.

use crate::imap::{Piece, Step};
use crate::upstream::Stream;
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroize;

/// Octets read at one time.
const READ: usize = 64 * 1024;

thread_local! {
    /// Shared by all connections of the thread: a connection at rest has no buffer.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// Octets that one side has not taken yet.
#[derive(Default)]
pub(super) struct Outgoing {
    octets: Vec<u8>,
    sent: usize,
    unflushed: bool,
}

/// What reading gave.
pub(super) enum Read<T> {
    Octets(T),
    End,
    NotNow,
}

/// Less room than this is not read into: a record of TLS has so many octets at most (RFC 8446 §5.1).
const RECORD: usize = 16 * 1024;

/// Reads what is there, as far as it fits, and lets `take` have it. `wipe` where it may hold a secret.
///
/// TLS gives one record at a time; several of them go on in one write.
pub(super) fn read<T>(
    from: &mut Stream,
    cx: &mut Context<'_>,
    wipe: bool,
    take: impl FnOnce(&mut Context<'_>, &[u8]) -> T,
) -> Read<T> {
    BUFFER.with_borrow_mut(|octets| {
        let mut buffer = ReadBuf::new(octets);
        let mut ended = false;
        while !ended && buffer.remaining() >= RECORD {
            let before = buffer.filled().len();
            match Pin::new(&mut *from).poll_read(cx, &mut buffer) {
                Poll::Pending => break,
                // Whatever broke: there is nothing more to come, and the next time says so again.
                Poll::Ready(result) => ended = result.is_err() || buffer.filled().len() == before,
            }
        }
        if buffer.filled().is_empty() {
            return if ended { Read::End } else { Read::NotNow };
        }
        let taken = take(cx, buffer.filled());
        if wipe {
            buffer.filled_mut().zeroize();
        }
        Read::Octets(taken)
    })
}

impl Outgoing {
    pub(super) fn is_empty(&self) -> bool {
        self.octets.is_empty() && !self.unflushed
    }

    /// Keeps octets until [`go_on`](Outgoing::go_on).
    pub(super) fn keep(&mut self, octets: Vec<u8>) {
        self.octets.extend(octets);
    }

    /// Writes what a step gives for this side; `input` is what was said.
    pub(super) fn pass(&mut self, to: &mut Stream, cx: &mut Context<'_>, step: &Step, input: &[u8]) -> io::Result<()> {
        for piece in &step.pieces {
            let octets = match piece {
                Piece::Same(range) => input.get(range.clone()).unwrap_or_default(),
                Piece::Own(octets) => octets,
            };
            self.write(to, cx, octets)?;
        }
        Ok(())
    }

    /// Writes as much as goes, and keeps the rest.
    pub(super) fn write(&mut self, to: &mut Stream, cx: &mut Context<'_>, octets: &[u8]) -> io::Result<()> {
        let mut rest = octets;
        while self.octets.is_empty() && !rest.is_empty() {
            match Pin::new(&mut *to).poll_write(cx, rest) {
                Poll::Pending => break,
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => rest = rest.get(written..).unwrap_or_default(),
                Poll::Ready(Err(error)) => return Err(error),
            }
            self.unflushed = true;
        }
        self.octets.extend_from_slice(rest);
        Ok(())
    }

    /// Goes on with what was kept. Gives whether something moved.
    pub(super) fn go_on(&mut self, to: &mut Stream, cx: &mut Context<'_>) -> io::Result<bool> {
        let mut moved = false;
        while let Some(rest) = self.octets.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match Pin::new(&mut *to).poll_write(cx, rest) {
                Poll::Pending => return Ok(moved),
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => self.sent += written,
                Poll::Ready(Err(error)) => return Err(error),
            }
            (moved, self.unflushed) = (true, true);
        }
        if self.sent > 0 {
            (self.octets, self.sent) = (Vec::new(), 0);
        }
        if self.unflushed {
            match Pin::new(to).poll_flush(cx) {
                Poll::Pending => {}
                Poll::Ready(Ok(())) => (moved, self.unflushed) = (true, false),
                Poll::Ready(Err(error)) => return Err(error),
            }
        }
        Ok(moved)
    }
}
