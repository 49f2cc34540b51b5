//! The machine made deterministic while it runs.
//!
//! From a token of a sentence the machine walks on until nothing can follow. The places that it may be in are a state;
//! states and the steps between them are kept, so that a step is one look into a table however many patterns there are.
//! What is kept never changes what is found, only how fast. It is bounded: when it is full it is thrown away.

use super::lexicon::Symbol;
use super::machine::{CONDITION, Clauses, End, Found, Kind, Machine, Start};
use super::search::Visit;
use super::states::{CONDITION_ENDS, DEAD, Draft, ENDS, ENDS_LAST, GOES_ON, Known, OPEN, States, number};
use super::steps::{MOST_STEPS, Steps};
use std::ops::Range;

/// States and steps that searches have met.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// For each way to begin and each symbol, the state after it.
    begins: Vec<Known>,
    steps: Steps,
    states: States,
    /// Memory that is used again.
    draft: Draft,
    /// It must be thrown away before the next walk. A walk is short, so what it adds beyond the bounds is little.
    full: bool,
    #[cfg(test)]
    walked: u64,
    #[cfg(test)]
    computed: u64,
    /// Throws all away before every walk, and all steps with every new one.
    #[cfg(test)]
    forgetful: bool,
}

/// In the upper half of a step, beside what is there of a state: whatever ended anywhere before it ends after it, too, and
/// reaches further.
const OUTLASTS: Known = 16 << 16;
/// Ways to begin: inside, at a clause, at the sentence, at both.
const WAYS: usize = 4;

/// Bounds of one cache: together, with the steps, about 4 MiB.
const MOST_STATES: usize = 16_000;
const MOST_CONTENT: usize = 300_000;

impl Cache {
    /// Whether it must be cleared before the next walk.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Makes room for the machine, the first time.
    pub(super) fn prepare(&mut self, machine: &Machine) {
        if self.begins.len() != machine.symbols() * WAYS {
            self.clear(machine);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self, machine: &Machine) {
        self.begins.clear();
        self.begins.resize(machine.symbols() * WAYS, OPEN);
        self.steps.clear();
        self.states.clear();
        self.full = false;
        #[cfg(test)]
        {
            self.full = self.forgetful;
        }
    }

    /// Walks from one token on and notes what ends after which.
    pub(super) fn walk(
        &mut self,
        (machine, kind): (&Machine, Kind),
        symbols: &[Symbol],
        clauses: &Clauses,
        at: usize,
        (found, visits): (&mut Vec<Found>, &mut Vec<Visit>),
    ) {
        let Some(symbol) = symbols.get(at) else { return };
        let clause = clauses.starts.contain(at);
        let sentence = at == 0 || at == clauses.start;
        let way = usize::from(clause) | usize::from(sentence) << 1;
        let slot = usize::from(symbol.0) * WAYS + way;
        let mut state = match self.begins.get(slot).copied() {
            Some(OPEN) => self.begin((machine, kind), *symbol, (clause, sentence), slot),
            Some(known) => known,
            None => return,
        };
        if state & (ENDS | ENDS_LAST | GOES_ON) == 0 {
            return;
        }
        let first = found.len();
        let mut after = at + 1;
        loop {
            (state, after) = self.steps.run(state, symbols, after, goes_on, outlasts);
            let Some(symbol) = symbols.get(after).filter(|_| goes_on(state)) else {
                break;
            };
            let next = match self.steps.get(state, *symbol) {
                Some(next) => next,
                None => self.compute(machine, state, *symbol),
            };
            if !outlasts(state, next) {
                self.note_ends(state, End::Anywhere, at..after, first, (found, visits));
            }
            state = next;
            after += 1;
        }
        #[cfg(test)]
        crate::mail::steps::count(after - at - 1);
        #[cfg(test)]
        {
            self.walked += (after - at - 1) as u64;
        }
        let over = match (after == symbols.len(), clauses.question) {
            (false, _) => End::Anywhere,
            (true, false) => End::Sentence,
            (true, true) => End::Question,
        };
        if state & (ENDS | ENDS_LAST) != 0 {
            self.note_ends(state, over, at..after, first, (found, visits));
        }
    }

    /// Notes the patterns that end in a state. A longer match of the same pattern takes the place of a shorter one.
    fn note_ends(
        &self,
        known: Known,
        over: End,
        tokens: Range<usize>,
        first: usize,
        (found, visits): (&mut Vec<Found>, &mut Vec<Visit>),
    ) {
        let [start, end] = [tokens.start, tokens.end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        if known & CONDITION_ENDS != 0 {
            visits.push(Visit {
                traces: self.states.traces(known),
                state: number(known) as u16,
                over: over as u8,
                start,
                end,
            });
        }
        for packed in self.states.matches(known) {
            if packed & 3 > over as u32 {
                continue;
            }
            let pattern = packed >> 2;
            let mut of_this_walk = found.get_mut(first..).unwrap_or_default().iter_mut();
            match of_this_walk.find(|shorter| shorter.pattern == pattern) {
                Some(shorter) => shorter.end = end,
                None => found.push(Found { pattern, start, end }),
            }
        }
    }

    /// The conditions among these patterns that ended at a visit.
    pub(super) fn ends_in(&self, visit: &Visit, patterns: &Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let conditions = self.states.conditions(u32::from(visit.state));
        let from = conditions.partition_point(|packed| packed >> 2 < patterns.start | CONDITION);
        let (end, over) = (patterns.end, u32::from(visit.over));
        let after = conditions.get(from..).unwrap_or_default().iter();
        after
            .map(|packed| (packed & 3, (packed >> 2) & !CONDITION))
            .take_while(move |(_, pattern)| *pattern < end)
            .filter(move |(kind, _)| *kind <= over)
            .map(|(_, pattern)| pattern)
    }

    /// The state after the first symbol of a match.
    #[cold]
    fn begin(
        &mut self,
        (machine, kind): (&Machine, Kind),
        symbol: Symbol,
        (clause, sentence): (bool, bool),
        slot: usize,
    ) -> Known {
        self.draft.clear();
        for opener in machine.openers_of(kind, symbol) {
            let may_start = match opener.start {
                Start::Anywhere => true,
                Start::Sentence => sentence,
                Start::Clause => clause,
            };
            if let Some(place) = machine.place(opener.place).filter(|_| may_start) {
                self.draft.add(place);
            }
        }
        let state = self.states.number(&mut self.draft);
        self.full |= self.too_many();
        if let Some(begin) = self.begins.get_mut(slot) {
            *begin = state;
        }
        state
    }

    /// The state after one more symbol, which is kept.
    #[cold]
    fn compute(&mut self, machine: &Machine, state: Known, symbol: Symbol) -> Known {
        #[cfg(test)]
        {
            self.computed += 1;
        }
        let gone = self.in_gaps(machine, state, symbol);
        self.draft.clear();
        let draft = &mut self.draft;
        machine.nexts.each(self.states.follows(state), symbol, |next| {
            if machine.sets.hold(next.set, symbol)
                && let Some(place) = machine.place(next.place)
            {
                draft.add(place);
            }
        });
        // Most words fit no place but gaps, and which word it is does not matter to these.
        let to = if self.draft.is_empty() {
            gone
        } else {
            self.states.add_all(gone, &mut self.draft);
            self.states.number(&mut self.draft)
        };
        let to = if self.all_end_later(state, to) {
            to | OUTLASTS
        } else {
            to
        };
        // Steps are soon found again as long as the states are there.
        #[cfg(test)]
        let full = self.forgetful || self.steps.count >= MOST_STEPS;
        #[cfg(not(test))]
        let full = self.steps.count >= MOST_STEPS;
        if full {
            self.steps.clear();
        }
        self.steps.insert(state, symbol, to);
        self.full |= self.too_many();
        to
    }

    /// The state after a symbol that fits no place but gaps; the same for all symbols that the same gaps reach over.
    fn in_gaps(&mut self, machine: &Machine, state: Known, symbol: Symbol) -> Known {
        let Some(gaps) = machine.gaps_over(symbol) else {
            return DEAD;
        };
        if let Some(known) = self.states.in_gaps(state, gaps) {
            return known;
        }
        self.draft.clear();
        for row in self.states.follows(state) {
            let places = machine.nexts.gaps(*row, gaps);
            let places = places.filter_map(|next| machine.place(next.place));
            places.for_each(|place| self.draft.add(place));
        }
        let to = self.states.number(&mut self.draft);
        self.states.note_in_gaps(state, gaps, to);
        to
    }

    fn too_many(&self) -> bool {
        self.states.len() >= MOST_STATES || self.states.content() >= MOST_CONTENT
    }

    /// Whether all that ends anywhere in one state ends anywhere in another.
    fn all_end_later(&self, before: Known, after: Known) -> bool {
        let after = self.states.ends(after);
        let mut anywhere = self.states.ends(before).iter();
        anywhere.all(|packed| packed & 3 != End::Anywhere as u32 || after.binary_search(packed).is_ok())
    }
}

#[cfg(test)]
impl Cache {
    /// One that forgets everything before every walk.
    pub(super) fn forgetful() -> Cache {
        Cache {
            forgetful: true,
            ..Cache::default()
        }
    }

    /// Steps taken and computed so far.
    pub(super) fn cost(&self) -> (u64, u64) {
        (self.walked, self.computed)
    }
}

/// Whether something may follow.
fn goes_on(state: Known) -> bool {
    state & GOES_ON != 0
}

/// Whether nothing ends anywhere in a state that does not end after the step, too.
fn outlasts(state: Known, next: Known) -> bool {
    state & ENDS == 0 || next & OUTLASTS != 0
}

const _: () = assert!(MOST_STATES < 1 << 15);
