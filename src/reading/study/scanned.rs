//! What matches in each sentence, before anything is known of the others.

use crate::mail::Prose;
use crate::reading::packs::{Listed, Match, Packs, Scan};
use crate::reading::text::{Sentence, Text};
use std::collections::BTreeSet;
use std::ops::Range;

/// What matches in every sentence of a text.
pub(super) struct Scanned {
    matches: Vec<Match>,
    /// For each sentence its lists, as bits, and where its matches are.
    sentences: Vec<(u64, Range<usize>)>,
}

impl Scanned {
    /// Scans a text. A company that introduces itself ("I'm Ana from Norvane"), where the account's domain does not tell
    /// its name, is known in the whole text.
    pub(super) fn of(
        text: &mut Text,
        prose: &Prose,
        packs: &Packs,
        (scan, listed): (&mut Scan<'_>, &mut Vec<(usize, Listed)>),
    ) -> Scanned {
        // What even a pitch has; growing would move all of it again and again.
        let mut matches = Vec::with_capacity(text.sentences.len() * 4);
        listed.reserve(text.sentences.len() * 2);
        let mut read = |text: &Text, index: usize, sentence: &Sentence, listed: &mut Vec<(usize, Listed)>| {
            let from = matches.len();
            let mut lists = 0;
            let (symbols, clauses) = (text.symbols(sentence), text.clauses(sentence));
            scan.sentence(symbols, &clauses, &mut matches, |found| {
                // Of each list the first is enough.
                if lists >> found.list & 1 == 0 {
                    lists |= 1 << found.list;
                    listed.push((index, found));
                }
            });
            (lists, from..matches.len())
        };
        let mut sentences = Vec::with_capacity(text.sentences.len());
        for (index, sentence) in text.sentences.iter().enumerate() {
            sentences.push(read(text, index, sentence, listed));
        }
        let mut names = BTreeSet::new();
        let list = packs.lists.introduces_seller;
        for (index, Listed { tokens, .. }) in listed.iter().filter(|(_, found)| found.list == list) {
            let sentence = text.sentences.get(*index);
            names.extend(sentence.and_then(|sentence| text.last_name(&prose.passages, sentence, tokens)));
        }
        let changed = text.learn_sellers(&prose.passages, &names);
        if !changed.is_empty() {
            listed.retain(|(index, _)| changed.binary_search(index).is_err());
            for index in &changed {
                if let (Some(sentence), Some(place)) = (text.sentences.get(*index), sentences.get_mut(*index)) {
                    *place = read(text, *index, sentence, listed);
                }
            }
            listed.sort_by_key(|(index, _)| *index);
        }
        Scanned { matches, sentences }
    }

    /// How many matches there are.
    pub(super) fn len(&self) -> usize {
        self.matches.len()
    }

    /// For each sentence its lists and matches.
    pub(super) fn sentences(&self) -> impl Iterator<Item = (u64, &[Match])> {
        let all = self.sentences.iter();
        all.map(|(lists, range)| (*lists, self.matches.get(range.clone()).unwrap_or_default()))
    }
}
