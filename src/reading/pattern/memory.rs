//! Sentences that were searched before, with what stood in the end.
//!
//! Who writes to many says much of it again, and a draft is saved again and again: a sentence of the same symbols need
//! not be searched twice. Only symbols are kept, never words, and only in memory; what is kept never changes what is
//! found, only how fast. It is bounded: each sentence has two places where it can be, and the last ones stay.

use super::lexicon::Symbol;
use super::machine::{Clauses, Found, Kind};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Empty until the first sentence is kept.
    slots: Vec<[Option<Known>; 2]>,
    /// The sentence that was asked for last.
    key: Vec<u64>,
    slot: usize,
}

/// One sentence.
#[derive(Debug)]
struct Known {
    key: Box<[u64]>,
    found: Box<[Found]>,
}

/// Twice as many sentences are kept at most; a power of two.
const SLOTS: usize = 512;
/// Longer sentences, in symbols, are not kept. With [`SLOTS`] and [`MOST_FOUND`]: half a MiB, a quarter as a rule.
const LONGEST: usize = 64;
/// Nor those in which more was found.
const MOST_FOUND: usize = 24;

impl Memory {
    /// What stood in this sentence, if it is remembered.
    pub(crate) fn recall(&mut self, kind: Kind, symbols: &[Symbol], clauses: &Clauses) -> Option<&[Found]> {
        self.key.clear();
        if symbols.len() > LONGEST {
            return None;
        }
        let of_sentence = [
            usize::from(clauses.question),
            kind as usize,
            clauses.start.min(LONGEST),
            symbols.len(),
        ];
        let of_sentence = of_sentence.iter().fold(0, |all, one| all << 16 | *one as u64);
        self.key.push(of_sentence);
        self.key.extend(clauses.starts.halves());
        let together = |symbols: &[Symbol]| {
            symbols
                .iter()
                .rev()
                .fold(0, |all, symbol| all << 16 | u64::from(symbol.0))
        };
        let (fours, last) = symbols.as_chunks::<4>();
        self.key.extend(fours.iter().map(|four| together(four)));
        self.key.push(together(last));
        self.slot = (hashed(&self.key) >> (64 - SLOTS.trailing_zeros())) as usize;
        let mut both = self.slots.get(self.slot)?.iter().flatten();
        let known = both.find(|known| *known.key == *self.key)?;
        Some(&known.found)
    }

    /// Keeps what stands in the sentence that was asked for last.
    pub(crate) fn keep(&mut self, found: &[Found]) {
        if self.key.is_empty() || found.len() > MOST_FOUND {
            return;
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Default::default);
        }
        if let Some([newer, older]) = self.slots.get_mut(self.slot) {
            let known = Known {
                key: self.key.as_slice().into(),
                found: found.into(),
            };
            *older = newer.replace(known);
        }
    }
}

/// The upper bits are the mixed ones.
fn hashed(key: &[u64]) -> u64 {
    key.iter().fold(0, |hash: u64, number| {
        (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::ClauseStarts;

    const FOUND: Found = Found {
        pattern: 7,
        start: 0,
        end: 2,
    };

    #[test]
    fn only_the_very_same_sentence_is_remembered() {
        let symbols: Vec<Symbol> = (40..44).map(Symbol).collect();
        let clauses = |starts: &[bool], start, question| Clauses {
            starts: starts.iter().copied().collect(),
            start,
            question,
        };
        let (plain, other) = ([true, false, false, false], [true, false, true, false]);
        let mut memory = Memory::default();
        let mut asked = |symbols: &[Symbol], clauses: &Clauses, kind: Kind| {
            let known = memory.recall(kind, symbols, clauses).map(<[Found]>::to_vec);
            memory.keep(&[FOUND]);
            known
        };
        let same = clauses(&plain, 0, false);
        assert_eq!(asked(&symbols, &same, Kind::Any), None);
        assert_eq!(asked(&symbols, &same, Kind::Any), Some(vec![FOUND]));
        assert_eq!(asked(&symbols, &same, Kind::Item), None);
        assert_eq!(asked(&symbols, &clauses(&other, 0, false), Kind::Any), None);
        assert_eq!(asked(&symbols, &clauses(&plain, 2, false), Kind::Any), None);
        assert_eq!(asked(&symbols, &clauses(&plain, 0, true), Kind::Any), None);
        assert_eq!(asked(&symbols[1..], &clauses(&plain[1..], 0, false), Kind::Any), None);
        assert_eq!(asked(&symbols, &same, Kind::Any), Some(vec![FOUND]));
    }

    #[test]
    fn what_is_long_is_not_kept() {
        let symbols = vec![Symbol(50); LONGEST + 1];
        let clauses = Clauses {
            starts: ClauseStarts::default(),
            start: 0,
            question: false,
        };
        let mut memory = Memory::default();
        for _ in 0..2 {
            assert_eq!(memory.recall(Kind::Any, &symbols, &clauses), None);
            memory.keep(&[FOUND]);
        }
        assert_eq!(memory.recall(Kind::Any, &symbols[1..], &clauses), None);
        memory.keep(&[FOUND; MOST_FOUND + 1]);
        assert_eq!(memory.recall(Kind::Any, &symbols[1..], &clauses), None);
    }
}
