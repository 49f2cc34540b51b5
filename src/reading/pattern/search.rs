//! Searching a text, sentence by sentence: which patterns match, and which conditions do.

use super::cache::Cache;
use super::lexicon::Symbol;
use super::machine::{CONDITION, Clauses, Found, Kind, Machine};
use super::memory::Memory;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// What was learned and nobody uses at the moment; each search takes one and gives it back.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<Vec<Learned>>);

/// A copy has learned nothing yet.
impl Clone for Pool {
    fn clone(&self) -> Pool {
        Pool::default()
    }
}

/// More than so many are not kept.
const MOST_KEPT: usize = 8;

/// What searches learn.
#[derive(Debug, Default)]
struct Learned {
    /// One for each kind of pattern.
    caches: [Cache; Kind::COUNT],
    memory: Memory,
}

/// A search over one text. It has what it learns for itself.
#[derive(Debug)]
pub(crate) struct Search<'m> {
    machine: &'m Machine,
    learned: Learned,
    /// The kind of pattern that was looked for last.
    kind: Kind,
    /// Which conditions may have been met at all; see [`traces`].
    traces: u64,
    /// Where conditions ended in the sentence, as far as states say it.
    visits: Vec<Visit>,
    /// The same of states that were thrown away meanwhile.
    settled: Vec<Found>,
}

/// Tokens that led to a state in which conditions end: most are never asked for, so they are not listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    /// Which conditions may be among them; see [`traces`].
    pub(super) traces: u64,
    pub(super) state: u16,
    /// Which ends hold here, see [`End`].
    pub(super) over: u8,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Neighbouring patterns that are conditions, to be asked for.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    patterns: Range<u32>,
    traces: u64,
}

impl Conditions {
    /// These patterns, which must be conditions.
    pub(crate) fn new(patterns: Range<u32>) -> Conditions {
        let traces = if patterns.is_empty() { 0 } else { traces(&patterns) };
        Conditions { patterns, traces }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.patterns.len()
    }
}

impl Machine {
    /// Begins a search.
    pub(crate) fn search(&self) -> Search<'_> {
        let kept = self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Search {
            machine: self,
            learned: kept.unwrap_or_default(),
            kind: Kind::Any,
            traces: 0,
            visits: Vec::new(),
            settled: Vec::new(),
        }
    }
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        let mut kept = self.machine.pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(std::mem::take(&mut self.learned));
        }
    }
}

impl Search<'_> {
    /// Finds, from every token of a sentence on, the longest match of every pattern of a kind that has one and is no
    /// condition; in the order of the tokens.
    pub(crate) fn sentence(&mut self, kind: Kind, symbols: &[Symbol], clauses: &Clauses, found: &mut Vec<Found>) {
        let machine = self.machine;
        self.kind = kind;
        self.visits.clear();
        self.settled.clear();
        self.cache().prepare(machine);
        for at in 0..symbols.len() {
            if self.cache().is_full() {
                self.settle();
                self.cache().clear(machine);
            }
            let cache = &mut self.learned.caches[kind as usize];
            cache.walk((machine, kind), symbols, clauses, at, (found, &mut self.visits));
        }
        self.traces = self.visits.iter().fold(0, |all, visit| all | visit.traces);
    }

    /// Whether one of these conditions matched in the sentence before. With tokens given, only matches that overlap or
    /// touch them count.
    pub(crate) fn met(&self, conditions: &Conditions, near: Option<&Range<u32>>) -> bool {
        if self.traces & conditions.traces == 0 && self.settled.is_empty() {
            return false;
        }
        let patterns = &conditions.patterns;
        let touches = |start: u32, end: u32| near.is_none_or(|near| start <= near.end && near.start <= end);
        let cache = &self.learned.caches[self.kind as usize];
        self.visits.iter().any(|visit| {
            visit.traces & conditions.traces != 0
                && touches(visit.start, visit.end)
                && cache.ends_in(visit, patterns).next().is_some()
        }) || self
            .settled
            .iter()
            .any(|found| patterns.contains(&found.pattern) && touches(found.start, found.end))
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.learned.caches[self.kind as usize]
    }

    /// What sentences held that were searched before.
    pub(crate) fn memory(&mut self) -> &mut Memory {
        &mut self.learned.memory
    }

    /// Lists what visits tell, before the states are gone.
    fn settle(&mut self) {
        for visit in &self.visits {
            let ends = self.learned.caches[self.kind as usize].ends_in(visit, &(0..CONDITION));
            self.settled.extend(ends.map(|pattern| Found {
                pattern,
                start: visit.start,
                end: visit.end,
            }));
        }
        self.visits.clear();
    }

    /// Makes this search forget what it learned before every walk.
    #[cfg(test)]
    pub(crate) fn forget_always(&mut self) {
        self.learned.caches = Default::default();
        self.learned
            .caches
            .iter_mut()
            .for_each(|cache| *cache = Cache::forgetful());
    }

    /// Steps taken and computed so far by this search, for tests of what a search costs.
    #[cfg(test)]
    pub(crate) fn cost(&self) -> (u64, u64) {
        let costs = self.learned.caches.iter().map(Cache::cost);
        costs.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    }
}

/// A bit for each few neighbours among patterns, so that most sets of conditions are told apart by one look.
pub(super) fn traces(patterns: &Range<u32>) -> u64 {
    const NEIGHBOURS: u32 = 8;
    let last = patterns.end.max(patterns.start + 1) - 1;
    let blocks = patterns.start / NEIGHBOURS..=last / NEIGHBOURS;
    if blocks.end() - blocks.start() >= 64 {
        return u64::MAX;
    }
    blocks.fold(0, |bits, block| bits | 1 << (block % 64))
}
