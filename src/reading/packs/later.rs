//! What a rule asks beyond its sentence.

use super::{Fact, FactSet, Place};

/// What a rule asks that is known only when the whole mail is, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Later(u8);

impl Later {
    /// The mail is a pitch.
    pub(crate) const PITCH: u8 = 1;
    /// The sentence is the subject or in the opening.
    pub(crate) const EARLY: u8 = 2;
    /// Neither the sentence nor the next asks the reader.
    pub(crate) const UNASKED: u8 = 4;
    /// Nothing in the mail asks the reader.
    pub(crate) const NO_QUESTION: u8 = 8;
    /// Nothing; but its level may be another one then.
    pub(crate) const RAISED: u8 = 16;

    /// What a rule asks that stands in this place and needs these facts.
    pub(super) fn of(place: Place, needs: FactSet, unless_asks: bool, raised: bool) -> Later {
        let bit = |asked: bool, bit: u8| if asked { bit } else { 0 };
        Later(
            bit(needs.has(Fact::Pitch), Later::PITCH)
                | bit(place == Place::First, Later::EARLY)
                | bit(unless_asks, Later::UNASKED)
                | bit(needs.has(Fact::NoQuestion), Later::NO_QUESTION)
                | bit(raised, Later::RAISED),
        )
    }

    /// Whether any of these is asked.
    pub(crate) fn asks(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}
