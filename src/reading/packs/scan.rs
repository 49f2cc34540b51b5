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
    /// Its tokens, counted within the sentence: the first, and the one after the last.
    pub(crate) start: u32,
    pub(crate) end: u32,
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
    /// Of these, what stands.
    standing: Vec<Found>,
}

impl Match {
    fn of(rule: usize, found: &Found) -> Match {
        Match {
            rule,
            start: found.start,
            end: found.end,
        }
    }
}

impl Packs {
    /// Begins a walk over a text.
    pub(crate) fn scan(&self) -> Scan<'_> {
        Scan {
            packs: self,
            search: self.machine.search(),
            found: Vec::new(),
            standing: Vec::new(),
        }
    }
}

impl Scan<'_> {
    /// Adds, pattern by pattern, the first match of each that its rule lets stand; calls `listed` with those of lists. Left
    /// out are rules for the items of lists.
    pub(crate) fn sentence(
        &mut self,
        symbols: &[Symbol],
        clauses: &Clauses,
        matches: &mut Vec<Match>,
        mut listed: impl FnMut(Listed),
    ) {
        self.each_that_stands(Kind::Any, symbols, clauses, |owner, found| match owner {
            Owner::Rule(rule) => matches.push(Match::of(rule, found)),
            Owner::List(list) => listed(Listed {
                list,
                tokens: found.tokens(),
            }),
        });
    }

    /// Adds the same of rules for the items of lists.
    pub(crate) fn item(&mut self, symbols: &[Symbol], clauses: &Clauses, matches: &mut Vec<Match>) {
        self.each_that_stands(Kind::Item, symbols, clauses, |owner, found| {
            if let Owner::Rule(rule) = owner {
                matches.push(Match::of(rule, found));
            }
        });
    }

    /// Calls `take` with the first match of each pattern of a kind that no `unless` of its owner overlaps or touches.
    fn each_that_stands(
        &mut self,
        kind: Kind,
        symbols: &[Symbol],
        clauses: &Clauses,
        mut take: impl FnMut(Owner, &Found),
    ) {
        let owners = &self.packs.owners;
        let mut told = |found: &Found| {
            if let Some((owner, _)) = owners.get(found.pattern as usize) {
                take(*owner, found);
            }
        };
        match self.search.memory().recall(kind, symbols, clauses) {
            Some(known) => known.iter().for_each(told),
            None => {
                self.look(kind, symbols, clauses);
                self.standing.iter().for_each(&mut told);
                self.search.memory().keep(&self.standing);
            }
        }
    }

    /// Searches a sentence for what stands in it.
    fn look(&mut self, kind: Kind, symbols: &[Symbol], clauses: &Clauses) {
        self.standing.clear();
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
                self.standing.push(*found);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::Memory;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const WORDS: &str = "we our i you your would like love help show the a our platform software product team teams companies \
                         provider leading best of is are to for with in free demo call minutes costs reduce save time who \
                         which what may be wrong attached brochure not customers market";
    static PACKS: LazyLock<Packs> = LazyLock::new(Packs::builtin);

    proptest! {
        #[test]
        fn what_is_remembered_is_what_a_search_finds(
            texts in prop::collection::vec(prop::collection::vec((0_usize..60, any::<bool>()), 1..20), 1..6),
            question in any::<bool>(),
        ) {
            let words: Vec<&str> = WORDS.split_whitespace().collect();
            let symbol = |number: usize| match words.get(number) {
                Some(word) => PACKS.lexicon.get(word).and_then(|entry| entry.single()).unwrap_or(Symbol::UNKNOWN),
                None => Symbol::COMMA,
            };
            let mut scan = PACKS.scan();
            let mut find = |text: &[(usize, bool)], forget: bool| {
                let symbols: Vec<Symbol> = text.iter().map(|(number, _)| symbol(*number)).collect();
                let starts = text.iter().map(|(_, starts)| *starts).collect();
                let clauses = Clauses { starts, start: 0, question };
                if forget {
                    *scan.search.memory() = Memory::default();
                }
                let (mut matches, mut listed) = (Vec::new(), Vec::new());
                scan.sentence(&symbols, &clauses, &mut matches, |found| listed.push(found));
                scan.item(&symbols, &clauses, &mut matches);
                (matches, listed)
            };
            let searched: Vec<_> = texts.iter().map(|text| find(text, true)).collect();
            let twice: Vec<_> = [&texts, &texts].into_iter().flatten().map(|text| find(text, false)).collect();
            prop_assert_eq!([searched.as_slice(), &searched].concat(), twice);
        }
    }
}
