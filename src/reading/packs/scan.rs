//! Which patterns match in a sentence.

use super::{Owner, Packs, Rule};
use crate::reading::pattern::{Clauses, Symbol};
use std::ops::Range;

/// A place where a rule's pattern matches and none of its `unless` speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    /// Index into [`Packs::rules`].
    pub(crate) rule: usize,
    /// Tokens, counted within the sentence.
    pub(crate) tokens: Range<usize>,
}

/// Memory that is used again for every sentence.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    seen: Vec<u64>,
    candidates: Vec<u32>,
}

impl Packs {
    /// Every rule that matches, and as bits every list that does.
    ///
    /// Only patterns of which the sentence holds a needed symbol are tried at all.
    pub(crate) fn scan(
        &self,
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
        scratch: &mut Scratch,
        matches: &mut Vec<Match>,
    ) -> u64 {
        scratch.seen.clear();
        scratch.seen.resize(self.patterns.len().div_ceil(64), 0);
        scratch.candidates.clear();
        for symbol in symbols {
            for index in self.triggers.get(usize::from(symbol.0)).into_iter().flatten() {
                let (word, bit) = (*index as usize / 64, 1_u64 << (index % 64));
                if let Some(seen) = scratch.seen.get_mut(word)
                    && *seen & bit == 0
                {
                    *seen |= bit;
                    scratch.candidates.push(*index);
                }
            }
        }
        scratch.candidates.sort_unstable();
        let mut lists = 0;
        for index in &scratch.candidates {
            let index = *index as usize;
            if !self
                .patterns
                .get(index)
                .is_some_and(|pattern| pattern.may_match(symbols))
            {
                continue;
            }
            match self.owners.get(index) {
                Some(Owner::Rule(rule)) => {
                    if let Some(tokens) = self.find_for_rule(index, *rule, symbols, clauses) {
                        matches.push(Match { rule: *rule, tokens });
                    }
                }
                Some(Owner::List(list)) if lists >> list & 1 == 0 => {
                    let unless = self.list_unless.get(*list).map(Vec::as_slice).unwrap_or_default();
                    if self.find_unless(index, unless, symbols, clauses).is_some() {
                        lists |= 1 << list;
                    }
                }
                _ => {}
            }
        }
        lists
    }

    /// The tokens of the first match of a list in a sentence.
    pub(crate) fn find_list(&self, list: usize, symbols: &[Symbol], clauses: &Clauses<'_>) -> Option<Range<usize>> {
        let unless = self.list_unless.get(list).map(Vec::as_slice).unwrap_or_default();
        let of_list = self
            .owners
            .iter()
            .enumerate()
            .filter(|(_, owner)| **owner == Owner::List(list));
        of_list
            .map(|(index, _)| index)
            .find_map(|index| self.find_unless(index, unless, symbols, clauses))
    }

    fn find_for_rule(
        &self,
        pattern: usize,
        rule: usize,
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
    ) -> Option<Range<usize>> {
        let Rule {
            unless,
            unless_sentence,
            ..
        } = self.rules.get(rule)?;
        let found = self.find_unless(pattern, unless, symbols, clauses)?;
        let silenced = unless_sentence
            .iter()
            .filter_map(|index| self.patterns.get(*index))
            .any(|pattern| pattern.find(symbols, clauses, 0).is_some());
        (!silenced).then_some(found)
    }

    /// The first match that no `unless` overlaps or touches.
    fn find_unless(
        &self,
        pattern: usize,
        unless: &[usize],
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
    ) -> Option<Range<usize>> {
        let pattern = self.patterns.get(pattern)?;
        let mut from = 0;
        let mut silencing: Option<Vec<Range<usize>>> = None;
        while let Some(found) = pattern.find(symbols, clauses, from) {
            let silencing = silencing.get_or_insert_with(|| self.all_matches(unless, symbols, clauses));
            if !silencing
                .iter()
                .any(|other| other.start <= found.end && found.start <= other.end)
            {
                return Some(found);
            }
            from = found.start + 1;
        }
        None
    }

    fn all_matches(&self, patterns: &[usize], symbols: &[Symbol], clauses: &Clauses<'_>) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        for pattern in patterns.iter().filter_map(|index| self.patterns.get(*index)) {
            let mut from = 0;
            while let Some(found) = pattern.find(symbols, clauses, from) {
                from = found.start + 1;
                all.push(found);
            }
        }
        all
    }
}
