//! Steps between states that searches have met: a table that grows until all is forgotten.

use super::lexicon::Symbol;

/// From a state and a symbol to what comes after, by open addressing.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// A power of two of them; none before the first step.
    slots: Vec<Step>,
    /// How many are taken.
    pub(super) count: usize,
    /// By how much a hash is shifted to become a place among them.
    shift: u32,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    /// State and symbol; the state zero, which has no steps, stands for a free slot.
    from: u32,
    to: u32,
}

const FREE: Step = Step { from: 0, to: 0 };

/// Slots of a new table.
const FEWEST: usize = 1024;
/// Slots of the largest.
const MOST: usize = 128 * 1024;
/// So many steps may be kept; then all must be forgotten.
pub(super) const MOST_STEPS: usize = MOST / 2;

impl Steps {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.slots.fill(FREE);
        self.count = 0;
    }

    /// What comes after a state, if that is known. Only the lower half of a state counts, its number.
    #[inline]
    pub(super) fn get(&self, state: u32, symbol: Symbol) -> Option<u32> {
        let from = key(state, symbol);
        let mut at = home(from, self.shift);
        loop {
            let step = self.slots.get(at)?;
            if step.from == from {
                return Some(step.to);
            }
            if step.from == FREE.from {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Goes on from a state before the symbol `at` as long as the steps are known and `passes` says so of a state and the
    /// one after it. Gives the last state and the symbol that it stands before.
    #[inline]
    pub(super) fn run(
        &self,
        mut state: u32,
        symbols: &[Symbol],
        mut at: usize,
        goes_on: impl Fn(u32) -> bool,
        passes: impl Fn(u32, u32) -> bool,
    ) -> (u32, usize) {
        for symbol in symbols.get(at..).unwrap_or_default() {
            if !goes_on(state) {
                break;
            }
            match self.get(state, *symbol) {
                Some(next) if passes(state, next) => state = next,
                _ => break,
            }
            at += 1;
        }
        (state, at)
    }

    /// Adds a step that is not known.
    pub(super) fn insert(&mut self, state: u32, symbol: Symbol, to: u32) {
        // A third taken: most steps are where they are looked for first. In the largest table there may be half.
        if (self.count + 1) * 3 > self.slots.len() && self.slots.len() < MOST {
            let room = (self.slots.len() * 2).max(FEWEST);
            let full = std::mem::replace(&mut self.slots, vec![FREE; room]);
            self.shift = 64 - room.trailing_zeros();
            for step in full.into_iter().filter(|step| step.from != FREE.from) {
                self.put(step);
            }
        }
        self.put(Step {
            from: key(state, symbol),
            to,
        });
        self.count += 1;
    }

    fn put(&mut self, step: Step) {
        let mut at = home(step.from, self.shift);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.from == FREE.from {
                *slot = step;
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

/// Where a step is looked for first.
#[inline]
fn home(from: u32, shift: u32) -> usize {
    (u64::from(from).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (shift & 63)) as usize
}

#[inline]
fn key(state: u32, symbol: Symbol) -> u32 {
    state << 16 | u32::from(symbol.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_again_when_the_table_grows() {
        let mut steps = Steps::default();
        for number in 1..3_000_u32 {
            steps.insert(number % 100 + 1, Symbol((number / 100) as u16), number);
        }
        for number in 1..3_000_u32 {
            assert_eq!(
                steps.get((number % 100 + 1) | (7 << 16), Symbol((number / 100) as u16)),
                Some(number)
            );
        }
        assert_eq!((steps.get(101, Symbol(1)), steps.get(1, Symbol(30))), (None, None));
    }
}
