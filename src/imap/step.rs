//! What becomes of octets that one side said.

use super::event::Event;
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// What is to be done with octets given to the tap.
#[derive(Debug, Default)]
#[must_use]
pub struct Step {
    /// How many of the octets were taken. The rest waits for the other side, or for TLS: it is to be given again after the
    /// other side has said something.
    pub used: usize,
    /// What the other side gets, in order.
    pub pieces: Vec<Piece>,
    /// What the client gets from us. The server is between two responses then.
    pub answer: Vec<u8>,
    /// What happened.
    pub events: Vec<Event>,
    /// What comes after all that is written.
    pub then: Then,
}

/// Octets for the other side.
#[derive(PartialEq, Eq)]
pub enum Piece {
    /// These of the octets given.
    Same(Range<usize>),
    /// Others: such as were kept until their line was whole, or a list of capabilities that has changed.
    Own(Zeroizing<Vec<u8>>),
}

/// How it goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Then {
    /// As before.
    #[default]
    GoOn,
    /// The client begins TLS now; [`Tap::tls_started`](super::Tap::tls_started) follows.
    StartTls,
    /// The connection ends, with these words after `* BYE` for the client.
    Close(&'static str),
}

/// Without the octets: they may be secret.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Same(range) => write!(f, "Same({range:?})"),
            Piece::Own(octets) => write!(f, "Own({} octets)", octets.len()),
        }
    }
}

impl Step {
    /// The same octets go on.
    pub(super) fn same(&mut self, range: Range<usize>) {
        if let Some(Piece::Same(last)) = self.pieces.last_mut()
            && last.end == range.start
        {
            last.end = range.end;
        } else if !range.is_empty() {
            self.pieces.push(Piece::Same(range));
        }
    }

    /// Other octets go on.
    pub(super) fn own(&mut self, octets: Vec<u8>) {
        if !octets.is_empty() {
            self.pieces.push(Piece::Own(Zeroizing::new(octets)));
        }
    }

    /// What the other side gets, in one; `input` is what was given.
    #[must_use]
    pub fn forwarded(&self, input: &[u8]) -> Vec<u8> {
        let mut all = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Same(range) => all.extend_from_slice(input.get(range.clone()).unwrap_or_default()),
                Piece::Own(octets) => all.extend_from_slice(octets),
            }
        }
        all
    }
}
