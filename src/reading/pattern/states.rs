//! States that searches have met: sets of places with the same future, each kept once, in one piece of memory.

use super::machine::{CONDITION, End, Gaps};
use super::search::traces;

/// The number of a state, and in the upper half what it means to a walk: that is all that most steps need.
pub(super) type Known = u32;

/// The state from which nothing follows.
pub(super) const DEAD: Known = 0;
/// Not computed yet.
pub(super) const OPEN: Known = u32::MAX;
/// In the upper half: something ends here; something ends here if the sentence does; a condition ends, in either way;
/// something may follow.
pub(super) const ENDS: Known = 1 << 16;
pub(super) const ENDS_LAST: Known = 2 << 16;
pub(super) const CONDITION_ENDS: Known = 4 << 16;
pub(super) const GOES_ON: Known = 8 << 16;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct States {
    states: Vec<State>,
    /// For each state the patterns that end there, conditions last, each with where it may; then what may follow, as rows of
    /// the machine. Each of the three is in order.
    content: Vec<u32>,
    /// By hash: the upper half of it, and one more than the number of the state. Zero is free; a power of two of them.
    slots: Vec<u32>,
}

/// A state that is being put together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    ends: Vec<u32>,
    follows: Vec<u32>,
}

/// One state: where its content is.
#[derive(Debug, Clone, Copy)]
struct State {
    from: u32,
    conditions_from: u32,
    follows_from: u32,
    to: u32,
    /// Which conditions may end here; see [`traces`].
    traces: u64,
    known: Known,
    /// What follows in gaps, strict ones left out and with them; [`OPEN`] where that was not asked yet.
    in_gaps: [Known; Gaps::COUNT],
}

/// Slots of a new table.
const FEWEST: usize = 1024;
/// Numbers for which there is still room after everything was forgotten.
const MOST_KEPT: usize = 512 * 1024;

impl Draft {
    /// Begins another one.
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.follows.clear();
    }

    /// Adds a place: what may follow, and the patterns that end there, each with where it may.
    #[inline]
    pub(super) fn add(&mut self, (follow, ends): (u32, &[u32])) {
        self.ends.extend_from_slice(ends);
        if follow != NOTHING {
            self.follows.push(follow);
        }
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.follows.is_empty()
    }

    /// Puts what was added in order; places come nearly so.
    fn sort(&mut self) {
        for numbers in [&mut self.ends, &mut self.follows] {
            if !numbers.is_sorted_by(|one, next| one < next) {
                numbers.sort_unstable();
                numbers.dedup();
            }
        }
    }
}

impl States {
    /// Forgets all but the dead state.
    pub(super) fn clear(&mut self) {
        self.states.clear();
        self.content.clear();
        // What the last walk took beyond the bounds is given back.
        self.content.shrink_to(MOST_KEPT);
        self.slots.clear();
        self.slots.resize(FEWEST, 0);
        let dead = self.number(&mut Draft::default());
        debug_assert_eq!(dead, DEAD, "the first state is the dead one");
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// Numbers in all of them together.
    pub(super) fn content(&self) -> usize {
        self.content.len()
    }

    /// The state that was put together, which is made if it is new.
    pub(super) fn number(&mut self, draft: &mut Draft) -> Known {
        draft.sort();
        let hash = hashed(&draft.ends, &draft.follows);
        let mark = (hash >> 32) as u32 & 0xffff_0000;
        let mut at = hash as usize & (self.slots.len() - 1);
        while let Some(slot) = self.slots.get(at).filter(|slot| **slot != 0) {
            if slot & 0xffff_0000 == mark
                && let Some(state) = self.states.get((slot & 0xffff) as usize - 1)
                && self.part(state.from, state.follows_from) == draft.ends
                && self.part(state.follows_from, state.to) == draft.follows
            {
                return state.known;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.make(draft, mark, at)
    }

    /// Makes the state that was put together, and notes it in a free slot.
    #[cold]
    fn make(&mut self, draft: &Draft, mark: u32, at: usize) -> Known {
        let place = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let matches = draft.ends.partition_point(|packed| *packed >> 2 < CONDITION);
        let conditions = draft.ends.get(matches..).unwrap_or_default();
        let from = self.content.len();
        let any = |holds: bool, flag: Known| if holds { flag } else { 0 };
        let last = |packed: &u32| packed & 3 != End::Anywhere as u32;
        let number = u16::try_from(self.states.len()).unwrap_or(0);
        let state = State {
            from: place(from),
            conditions_from: place(from + matches),
            follows_from: place(from + draft.ends.len()),
            to: place(from + draft.ends.len() + draft.follows.len()),
            traces: conditions.iter().fold(0, |all, packed| {
                let pattern = (packed >> 2) & !CONDITION;
                all | traces(&(pattern..pattern + 1))
            }),
            known: u32::from(number)
                | any(draft.ends.iter().any(|packed| !last(packed)), ENDS)
                | any(draft.ends.iter().any(last), ENDS_LAST)
                | any(!conditions.is_empty(), CONDITION_ENDS)
                | any(!draft.follows.is_empty(), GOES_ON),
            in_gaps: [OPEN; Gaps::COUNT],
        };
        self.content.extend(&draft.ends);
        self.content.extend(&draft.follows);
        self.states.push(state);
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = mark | (u32::from(number) + 1);
        }
        if self.states.len() * 2 > self.slots.len() {
            self.grow();
        }
        state.known
    }

    fn grow(&mut self) {
        let room = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(room, 0);
        for (state, number) in self.states.iter().zip(1_u32..) {
            let (ends, follows) = (
                self.part(state.from, state.follows_from),
                self.part(state.follows_from, state.to),
            );
            let hash = hashed(ends, follows);
            let mut at = hash as usize & (room - 1);
            while self.slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (room - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = (hash >> 32) as u32 & 0xffff_0000 | number;
            }
        }
    }

    /// Adds all of a state to what is put together.
    pub(super) fn add_all(&self, known: Known, draft: &mut Draft) {
        draft.ends.extend(self.ends(known));
        draft.follows.extend(self.follows(known));
    }

    /// Where symbols lead from a state that only gaps reach over, if that was noted.
    pub(super) fn in_gaps(&self, known: Known, gaps: Gaps) -> Option<Known> {
        let to = self.states.get(number(known))?.in_gaps[gaps as usize];
        (to != OPEN).then_some(to)
    }

    /// Notes it.
    pub(super) fn note_in_gaps(&mut self, known: Known, gaps: Gaps, to: Known) {
        if let Some(state) = self.states.get_mut(number(known)) {
            state.in_gaps[gaps as usize] = to;
        }
    }

    /// All patterns that end in a state, each with where it may.
    pub(super) fn ends(&self, known: Known) -> &[u32] {
        self.of(known, |state| (state.from, state.follows_from))
    }

    /// The patterns that end there and are no conditions, each with where it may.
    pub(super) fn matches(&self, known: Known) -> &[u32] {
        self.of(known, |state| (state.from, state.conditions_from))
    }

    /// The conditions that end there, each with where it may.
    pub(super) fn conditions(&self, known: Known) -> &[u32] {
        self.of(known, |state| (state.conditions_from, state.follows_from))
    }

    /// What may follow, as rows of the machine.
    pub(super) fn follows(&self, known: Known) -> &[u32] {
        self.of(known, |state| (state.follows_from, state.to))
    }

    /// Which conditions may end there; see [`traces`].
    pub(super) fn traces(&self, known: Known) -> u64 {
        self.states.get(number(known)).map_or(0, |state| state.traces)
    }

    fn of(&self, known: Known, part: impl FnOnce(&State) -> (u32, u32)) -> &[u32] {
        let part = self.states.get(number(known)).map(part);
        part.map_or(&[], |(from, to)| self.part(from, to))
    }

    fn part(&self, from: u32, to: u32) -> &[u32] {
        self.content.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// The row of what follows a place that nothing follows.
pub(super) const NOTHING: u32 = 0;

/// The number of a state.
pub(super) fn number(known: Known) -> usize {
    (known & 0xffff) as usize
}

fn hashed(ends: &[u32], follows: &[u32]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = |hash: u64, number: &u32| (hash.rotate_left(23) ^ u64::from(*number)).wrapping_mul(ODD);
    let hash = follows.iter().fold(ends.iter().fold(0, mixed), mixed);
    // The upper bits of a product are the mixed ones, and the lower ones choose the slot.
    hash ^ hash >> 32
}

const _: () = assert!(End::Anywhere as u32 == 0 && End::Sentence as u32 == 1 && End::Question as u32 == 2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_known_again_however_it_is_put_together() {
        let mut states = States::default();
        states.clear();
        let mut draft = Draft::default();
        let mut put = |places: &[(Option<(u32, End)>, u32)]| {
            draft.clear();
            for (ends, follow) in places {
                let ends: Option<u32> = ends.map(|(pattern, end): (u32, End)| pattern << 2 | end as u32);
                draft.add((*follow, ends.as_slice()));
            }
            states.number(&mut draft)
        };
        assert_eq!(put(&[]), DEAD);
        assert_eq!(put(&[(None, NOTHING)]), DEAD);
        let (ending, condition) = ((7, End::Anywhere), (CONDITION | 9, End::Sentence));
        let both = put(&[(Some(condition), 5), (Some(ending), NOTHING), (None, 3)]);
        assert_eq!(both, put(&[(Some(ending), 3), (Some(condition), 5), (Some(ending), 3)]));
        assert_eq!(both & 0xffff_0000, ENDS | ENDS_LAST | CONDITION_ENDS | GOES_ON);
        for follow in 10..5_000 {
            let one = put(&[(None, follow)]);
            assert_eq!((one, number(one)), (put(&[(None, follow)]), follow as usize - 8));
        }
        assert_eq!(both, put(&[(Some(ending), 3), (Some(condition), 5)]));
        let [ending, condition] =
            [(7, End::Anywhere), (CONDITION | 9, End::Sentence)].map(|(pattern, end)| pattern << 2 | end as u32);
        assert_eq!(
            (states.matches(both), states.conditions(both)),
            (&[ending][..], &[condition][..])
        );
        assert_eq!(
            (states.ends(both), states.follows(both)),
            (&[ending, condition][..], &[3, 5][..])
        );
        assert_eq!(states.traces(both), traces(&(9..10)));
    }
}
