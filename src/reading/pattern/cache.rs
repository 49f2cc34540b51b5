//! The machine made deterministic while it runs.
//!
//! From a token of a sentence the machine walks on until nothing can follow. The places that it may be in are a state;
//! states and the steps between them are kept, so that a step is one look into a table however many patterns there are.
//! What is kept never changes what is found, only how fast. It is bounded: when it is full it is thrown away.

use super::lexicon::{Symbol, WordHasher};
use super::machine::{CONDITION, Clauses, End, Found, Kind, Machine, Start};
use super::search::{Visit, traces};
use super::steps::Steps;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::Arc;

/// States and steps that searches have met.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// For each way to begin and each symbol, the state after it.
    begins: Vec<Known>,
    steps: Steps,
    states: Vec<State>,
    /// It must be thrown away before the next walk. A walk is short, so what it adds beyond the bounds is little.
    full: bool,
    numbers: HashMap<Arc<[u32]>, Known, BuildHasherDefault<WordHasher>>,
    /// Numbers in all states together.
    content: usize,
    /// Memory that is used again.
    marks: Vec<u64>,
    places: Vec<u32>,
    groups: Vec<u32>,
    key: Vec<u32>,
    #[cfg(test)]
    walked: u64,
    #[cfg(test)]
    computed: u64,
    /// Throws all away before every walk.
    #[cfg(test)]
    forgetful: bool,
}

/// The number of a state, and in the upper half what it means to a walk: that is all that most steps need.
type Known = u32;

/// Places with the same future. First how many patterns end here, conditions not counted, and how many with them; then
/// these, each with where it may, then the groups that may follow.
#[derive(Debug)]
struct State {
    content: Arc<[u32]>,
    /// The two counts again, for they are asked for most.
    counts: [u32; 2],
    /// See [`traces`].
    traces: u64,
}

/// The state from which nothing follows.
const DEAD: Known = 0;
/// Not computed yet.
const OPEN: Known = u32::MAX;
/// In the upper half: something ends here; something ends here if the sentence does; a condition ends, in either way;
/// something may follow.
const ENDS: Known = 1 << 16;
const ENDS_LAST: Known = 2 << 16;
const CONDITION_ENDS: Known = 4 << 16;
const GOES_ON: Known = 8 << 16;
/// Only of a step: whatever ended anywhere before it ends after it, too, and reaches further.
const OUTLASTS: Known = 16 << 16;
/// Ways to begin: inside, at a clause, at the sentence, at both.
const WAYS: usize = 4;

/// Bounds of one cache: together about 2 MiB.
const MOST_STATES: usize = 16_000;
const MOST_CONTENT: usize = 250_000;
const MOST_STEPS: usize = 32_000;

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
        self.steps = Steps::default();
        self.states.clear();
        self.full = false;
        #[cfg(test)]
        {
            self.full = self.forgetful;
        }
        self.numbers.clear();
        self.content = 0;
        self.marks.clear();
        self.marks.resize(machine.set_count.div_ceil(64), 0);
        self.places.clear();
        // The dead state is the one without content.
        let dead = self.number_of(machine);
        debug_assert_eq!(dead, DEAD, "the first state is the dead one");
    }

    /// Walks from one token on and notes what ends after which.
    pub(super) fn walk(
        &mut self,
        (machine, kind): (&Machine, Kind),
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
        at: usize,
        (found, visits): (&mut Vec<Found>, &mut Vec<Visit>),
    ) {
        let Some(symbol) = symbols.get(at) else { return };
        let clause = clauses.starts.get(at).copied().unwrap_or(false);
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
        let Some(state) = self.states.get(number(known)) else {
            return;
        };
        let [start, end] = [tokens.start, tokens.end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        if known & CONDITION_ENDS != 0 {
            visits.push(Visit {
                traces: state.traces,
                state: number(known) as u16,
                over: over as u8,
                start,
                end,
            });
        }
        for packed in state.matches() {
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
        let state = self.states.get(usize::from(visit.state));
        let conditions = state.map_or(&[][..], State::conditions);
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
        self.places.clear();
        for set in machine.sets_of(symbol) {
            let may_start = machine
                .openers_of(kind, *set)
                .iter()
                .filter(|opener| match opener.start {
                    Start::Anywhere => true,
                    Start::Sentence => sentence,
                    Start::Clause => clause,
                });
            self.places.extend(may_start.map(|opener| opener.place));
        }
        let state = self.number_of(machine);
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
        for set in machine.sets_of(symbol) {
            if let Some(word) = self.marks.get_mut(usize::from(*set) / 64) {
                *word |= 1 << (set % 64);
            }
        }
        self.places.clear();
        if let Some(state) = self.states.get(number(state)) {
            for group in state.groups() {
                for number in machine.places_of(*group) {
                    let Some(place) = machine.places.get(*number as usize) else {
                        continue;
                    };
                    let word = self.marks.get(usize::from(place.set) / 64).copied().unwrap_or(0);
                    if word >> (place.set % 64) & 1 == 1 {
                        self.places.push(*number);
                    }
                }
            }
        }
        for set in machine.sets_of(symbol) {
            if let Some(word) = self.marks.get_mut(usize::from(*set) / 64) {
                *word = 0;
            }
        }
        let to = self.number_of(machine);
        let outlasts = self.all_end_later(state, to);
        let to = if outlasts { to | OUTLASTS } else { to };
        self.steps.insert(state, symbol, to);
        self.full |= self.steps.count >= MOST_STEPS;
        to
    }

    /// Whether all that ends anywhere in one state ends anywhere in another.
    fn all_end_later(&self, before: Known, after: Known) -> bool {
        let [before, after] = [before, after].map(|known| self.states.get(number(known)));
        let (Some(before), Some(after)) = (before, after) else {
            return false;
        };
        let mut anywhere = before
            .ends()
            .iter()
            .filter(|packed| **packed & 3 == End::Anywhere as u32);
        anywhere.all(|packed| after.ends().binary_search(packed).is_ok())
    }

    /// The number of the state of being in `places`, which is made if it is new.
    fn number_of(&mut self, machine: &Machine) -> Known {
        self.key.clear();
        self.groups.clear();
        for place in self
            .places
            .iter()
            .filter_map(|number| machine.places.get(*number as usize))
        {
            self.key.extend(place.end.map(|end| place.pattern << 2 | end as u32));
            self.groups.extend(machine.groups_after(*place));
        }
        self.key.sort_unstable();
        self.key.dedup();
        self.groups.sort_unstable();
        self.groups.dedup();
        let matches = self.key.partition_point(|packed| *packed >> 2 < CONDITION);
        let counts = [matches, self.key.len()].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        self.key.splice(0..0, counts);
        self.key.extend(&self.groups);
        if let Some(known) = self.numbers.get(self.key.as_slice()) {
            return *known;
        }
        let mut state = State {
            content: self.key.as_slice().into(),
            counts,
            traces: 0,
        };
        let traced = state.conditions().iter().map(|packed| (packed >> 2) & !CONDITION);
        state.traces = traced.fold(0, |all, pattern| all | traces(&(pattern..pattern + 1)));
        let flag = |holds: bool, flag: Known| if holds { flag } else { 0 };
        let known = u32::from(u16::try_from(self.states.len()).unwrap_or(0))
            | flag(
                state.ends().iter().any(|packed| packed & 3 == End::Anywhere as u32),
                ENDS,
            )
            | flag(
                state.ends().iter().any(|packed| packed & 3 != End::Anywhere as u32),
                ENDS_LAST,
            )
            | flag(!state.conditions().is_empty(), CONDITION_ENDS)
            | flag(!state.groups().is_empty(), GOES_ON);
        self.content += state.content.len() + 8;
        self.numbers.insert(Arc::clone(&state.content), known);
        self.states.push(state);
        self.full |= self.states.len() >= MOST_STATES || self.content >= MOST_CONTENT;
        known
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

/// The number of a state.
fn number(known: Known) -> usize {
    (known & 0xffff) as usize
}

impl State {
    fn counts(&self) -> [usize; 2] {
        self.counts.map(|count| count as usize)
    }

    /// All patterns that end here, each with where it may.
    fn ends(&self) -> &[u32] {
        let [_, ends] = self.counts();
        self.content.get(2..2 + ends).unwrap_or_default()
    }

    /// The patterns that end here and are no conditions, each with where it may.
    fn matches(&self) -> &[u32] {
        let [matches, _] = self.counts();
        self.content.get(2..2 + matches).unwrap_or_default()
    }

    /// The conditions that end here, each with where it may.
    fn conditions(&self) -> &[u32] {
        let [matches, ends] = self.counts();
        self.content.get(2 + matches..2 + ends).unwrap_or_default()
    }

    /// The groups that may follow.
    fn groups(&self) -> &[u32] {
        let [_, ends] = self.counts();
        self.content.get(2 + ends..).unwrap_or_default()
    }
}

const _: () = assert!(End::Anywhere as u32 == 0 && End::Sentence as u32 == 1 && End::Question as u32 == 2);
const _: () = assert!(MOST_STATES < 1 << 15);
