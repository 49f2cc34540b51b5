//! Which rules and lists match in a sentence.

use super::{Owner, Packs, Role};
use crate::mail::steps;
use crate::reading::pattern::{self, Clauses, Found, Kind, Search, Symbol};
use std::ops::Range;

/// A place where a rule's pattern matches and none of its `unless` speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    /// Index into [`Packs::rules`].
    pub(crate) rule: usize,
    /// Tokens, counted within the sentence.
    pub(crate) tokens: Range<usize>,
}

/// A place where a list's pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Index among all lists.
    pub(crate) list: usize,
    /// Tokens, counted within the sentence.
    pub(crate) tokens: Range<usize>,
}

/// A walk over the sentences of one text.
#[derive(Debug)]
pub(crate) struct Scan<'p> {
    packs: &'p Packs,
    search: Search<'p>,
    found: Vec<Found>,
}

impl Packs {
    /// Begins a walk over a text.
    pub(crate) fn scan(&self) -> Scan<'_> {
        Scan {
            packs: self,
            search: self.machine.search(),
            found: Vec::new(),
        }
    }
}

impl Scan<'_> {
    /// Adds, pattern by pattern, the first match of each that its rule lets stand; calls `listed` with those of lists. Left
    /// out are rules for the items of lists.
    pub(crate) fn sentence(
        &mut self,
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
        matches: &mut Vec<Match>,
        mut listed: impl FnMut(Listed),
    ) {
        self.each_that_stands(Kind::Any, symbols, clauses, |owner, tokens| match owner {
            Owner::Rule(rule) => matches.push(Match { rule, tokens }),
            Owner::List(list) => listed(Listed { list, tokens }),
        });
    }

    /// Adds the same of rules for the items of lists.
    pub(crate) fn item(&mut self, symbols: &[Symbol], clauses: &Clauses<'_>, matches: &mut Vec<Match>) {
        self.each_that_stands(Kind::Item, symbols, clauses, |owner, tokens| {
            if let Owner::Rule(rule) = owner {
                matches.push(Match { rule, tokens });
            }
        });
    }

    /// Calls `take` with the first match of each pattern of a kind that no `unless` of its owner overlaps or touches.
    fn each_that_stands(
        &mut self,
        kind: Kind,
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
        mut take: impl FnMut(Owner, Range<usize>),
    ) {
        self.found.clear();
        self.search.sentence(kind, symbols, clauses, &mut self.found);
        if self.found.is_empty() {
            return;
        }
        self.found.sort_unstable();
        steps::count(self.found.len());
        let packs = self.packs;
        let mut last = None;
        // The owner before, and whether it may match in this sentence at all.
        let mut of_owner = (None, false);
        for found in &self.found {
            let pattern = found.pattern as usize;
            let both = packs.owners.get(pattern).zip(packs.conditions.get(pattern));
            let Some(((owner, _), conditions)) = both else { continue };
            if of_owner.0 != Some(*owner) {
                let sentence = &conditions.unless_sentence;
                let speaks = sentence.len() > 0 && self.search.met(sentence, None);
                of_owner = (Some(*owner), !speaks);
            }
            if !of_owner.1 || last == Some(found.pattern) {
                continue;
            }
            let unless = &conditions.unless;
            steps::count(unless.len());
            let near = found.start..found.end;
            if unless.len() == 0 || !self.search.met(unless, Some(&near)) {
                last = Some(found.pattern);
                take(*owner, found.tokens());
            }
        }
    }
}

/// Where the conditions of a pattern's owner stand among all patterns.
#[derive(Debug, Clone)]
pub(super) struct Conditions {
    unless: pattern::Conditions,
    unless_sentence: pattern::Conditions,
}

impl Conditions {
    /// For each pattern those of its owner.
    pub(super) fn of(owners: &[(Owner, Role)]) -> Vec<Conditions> {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut all = Vec::with_capacity(owners.len());
        let mut first = 0;
        for group in owners.chunk_by(|(one, _), (other, _)| one == other) {
            let until = |role: Role| group.iter().take_while(|(_, other)| *other as u8 <= role as u8).count();
            let [unless, sentence] = [until(Role::Match), until(Role::Unless)].map(|count| number(first + count));
            first += group.len();
            let conditions = Conditions {
                unless: pattern::Conditions::new(unless..sentence),
                unless_sentence: pattern::Conditions::new(sentence..number(first)),
            };
            all.extend(std::iter::repeat_n(conditions, group.len()));
        }
        all
    }
}
