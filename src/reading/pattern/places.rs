//! Places of all patterns. Those of different patterns that are always reached together are one.
//!
//! Two places are reached together if they fit the same set, open a match in the same way or not at all, and come after
//! the same places. Nothing comes after itself, so taking them in the order of a pattern finds all of them: patterns that
//! begin alike share their beginning. A place may end several patterns; what follows it is what follows it in any.

use super::kept::{Kept, Slots, mixed};
use super::machine::{Gaps, Kind, Opener, Start, Table};
use super::states::NOTHING;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Places {
    keys: Vec<Key>,
    slots: Slots,
    /// Several places that others come after; each in order.
    lists: Kept<u32>,
    /// For places the patterns that end there, conditions marked, with where they may; in the order of patterns.
    ends: Vec<(u32, u32)>,
}

/// What tells places apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// After which places it comes.
    pub(super) before: Before,
    pub(super) set: u16,
    /// How a match may begin there, if one may.
    pub(super) opens: Option<(Kind, Start)>,
}

/// After which places another may come: a place, or several as the number of their list with [`Before::SEVERAL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before(u32);

impl Before {
    /// After none.
    pub(super) const NONE: Before = Before(u32::MAX);
    const SEVERAL: u32 = 1 << 31;

    fn one(self) -> Option<usize> {
        (self.0 < Before::SEVERAL).then_some(self.0 as usize)
    }

    fn several(self) -> Option<usize> {
        let several = self.0 >= Before::SEVERAL && self != Before::NONE;
        several.then_some((self.0 & !Before::SEVERAL) as usize)
    }
}

impl Key {
    fn hash(&self) -> u64 {
        let opens = self.opens.map_or(0, |(kind, start)| 1 + kind as u64 * 4 + start as u64);
        mixed(0, opens << 48 | u64::from(self.set) << 32 | u64::from(self.before.0))
    }
}

impl Places {
    /// After which places another comes that comes after these; they are put in order.
    pub(super) fn before(&mut self, places: &mut Vec<u32>) -> Before {
        if !places.is_sorted_by(|one, next| one < next) {
            places.sort_unstable();
            places.dedup();
        }
        match places.as_slice() {
            [] => Before::NONE,
            [only] => Before(*only),
            several => Before(self.lists.number(several).0 | Before::SEVERAL),
        }
    }

    /// The number of a place, which is made if it is new.
    pub(super) fn number(&mut self, key: Key) -> u32 {
        let keys = &self.keys;
        let same = |number: u32| keys.get(number as usize) == Some(&key);
        let hash_of = |number: u32| keys.get(number as usize).map_or(0, Key::hash);
        let (number, new) = self.slots.number(key.hash(), same, hash_of);
        if new {
            self.keys.push(key);
        }
        number
    }

    /// Notes that a pattern may end at a place. Patterns come in their order.
    pub(super) fn end(&mut self, place: u32, packed: u32) {
        self.ends.push((place, packed));
    }

    /// Where matches of a kind may begin.
    pub(super) fn openers(&self, kind: Kind) -> impl Iterator<Item = Opener> + Clone {
        let numbered = self.keys.iter().zip(0_u32..);
        numbered.filter_map(move |(key, place)| match key.opens {
            Some((of, start)) if of == kind => Some(Opener {
                place,
                set: key.set,
                start,
            }),
            _ => None,
        })
    }

    /// For each place the patterns that end there.
    pub(super) fn ends(&self) -> Table<u32> {
        let ends = self.ends.iter().map(|(place, packed)| (*place as usize, *packed));
        Table::sorted(self.keys.len(), ends)
    }

    /// For each place the row of those that may follow; and the rows: places with their sets, gaps first.
    pub(super) fn follows(self) -> (Vec<u32>, Table<(u32, u16)>) {
        drop((self.slots, self.ends));
        let (keys, lists) = (self.keys, self.lists.into_rows());
        let numbered = || keys.iter().zip(0_u32..);
        let with_set = |(key, place): (&Key, u32)| (place, key.set);
        let after_one = numbered().filter_map(|each| Some((each.0.before.one()?, with_set(each))));
        let after_one = Table::sorted(keys.len(), after_one);
        let after_list = numbered().filter_map(|each| Some((each.0.before.several()?, with_set(each))));
        let after_list = Table::sorted(lists.len(), after_list);
        let lists_of = (0..lists.len()).flat_map(|list| {
            let number = u32::try_from(list).unwrap_or(u32::MAX);
            lists.row(list).iter().map(move |place| (*place as usize, number))
        });
        let lists_of = Table::sorted(keys.len(), lists_of);

        let mut rows = Table::default();
        let nothing = rows.push([]);
        debug_assert_eq!(nothing, NOTHING, "the first row is the empty one");
        // The rows of places that come in lists and are nobody's only one before, by these lists.
        let mut shared = Kept::<u32>::default();
        let mut rows_of_shared = Vec::new();
        let follow = |place: usize| {
            let (only, lists) = (after_one.row(place), lists_of.row(place));
            if only.is_empty() && lists.is_empty() {
                return NOTHING;
            }
            if only.is_empty() {
                let (number, new) = shared.number(lists);
                if !new {
                    return rows_of_shared.get(number as usize).copied().unwrap_or(NOTHING);
                }
            }
            let all = || {
                let of_lists = lists.iter().flat_map(|list| after_list.row(*list as usize));
                only.iter().chain(of_lists).copied()
            };
            let gap = |set: u16| Gaps::SETS.contains(&set);
            let row = rows.push(
                all()
                    .filter(|(_, set)| gap(*set))
                    .chain(all().filter(|(_, set)| !gap(*set))),
            );
            if only.is_empty() {
                rows_of_shared.push(row);
            }
            row
        };
        let follow = (0..keys.len()).map(follow).collect();
        (follow, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::{Classes, Clauses, Compiler, Found, Lexicon, Machine, Symbol};
    use std::collections::BTreeMap;

    const SENTENCE: &str = "we help teams";

    /// Compiles patterns of one kind or the other. Gives how many places each adds, and the machine with the symbols of
    /// [`SENTENCE`].
    fn compiled(patterns: &[(Kind, &str)]) -> (Vec<usize>, Machine, Vec<Symbol>) {
        let entries = BTreeMap::new();
        let classes = Classes::new(&entries);
        let mut lexicon = Lexicon::default();
        let words = SENTENCE.split(' ').map(|word| lexicon.add_word(word).unwrap());
        let words: Vec<Symbol> = words.collect();
        let nodes = patterns
            .iter()
            .map(|(_, text)| classes.parse(text, &mut lexicon).unwrap());
        let nodes: Vec<_> = nodes.collect();
        let mut compiler = Compiler::new(&lexicon, &nodes[0]);
        let added = nodes.iter().zip(patterns).map(|(node, (kind, _))| {
            let before = compiler.places().keys.len();
            compiler.kind(*kind);
            compiler.compile(node).unwrap();
            compiler.places().keys.len() - before
        });
        let added = added.collect();
        (added, compiler.finish(), words)
    }

    fn added(patterns: &[&str]) -> Vec<usize> {
        let any: Vec<(Kind, &str)> = patterns.iter().map(|text| (Kind::Any, *text)).collect();
        compiled(&any).0
    }

    #[test]
    fn patterns_that_begin_alike_share_the_beginning() {
        assert_eq!(added(&["we help you", "we help them", "we help"]), [3, 1, 0]);
        assert_eq!(added(&["we (can|will)? help", "we (will|can)? help teams"]), [3, 1]);
        assert_eq!(added(&["we ..3 help", "we ..5 help", "we --3 help"]), [5, 3, 4]);
    }

    #[test]
    fn what_is_reached_in_another_way_is_another_place() {
        assert_eq!(added(&["we help", "/ we help", "^ we help"]), [2, 2, 2]);
        assert_eq!(added(&["we help", "(we|i) help", "we? help"]), [2, 2, 1]);
        let kinds = [(Kind::Any, "we help"), (Kind::Item, "we help")];
        assert_eq!(compiled(&kinds).0, [2, 2]);
    }

    #[test]
    fn branches_of_one_pattern_share_too() {
        assert_eq!(added(&["so (..2 we|..2 you) help"]), [6]);
    }

    #[test]
    fn several_patterns_may_end_at_one_place() {
        let patterns = [
            "we help",
            "we help teams",
            "we help $",
            "we help",
            "we help teams $",
            "/ we help",
        ];
        let any: Vec<(Kind, &str)> = patterns.iter().map(|text| (Kind::Any, *text)).collect();
        let (added, machine, symbols) = compiled(&any);
        assert_eq!(added, [2, 1, 0, 0, 0, 2]);
        let find = |symbols: &[Symbol], kind: Kind| {
            let starts = (0..symbols.len()).map(|at| at == 0).collect();
            let clauses = Clauses {
                starts,
                start: 0,
                question: false,
            };
            let mut found = Vec::new();
            machine.search().sentence(kind, symbols, &clauses, &mut found);
            found.sort_unstable();
            found
                .into_iter()
                .map(|Found { pattern, end, .. }| (pattern, end))
                .collect::<Vec<_>>()
        };
        assert_eq!(find(&symbols, Kind::Any), [(0, 2), (1, 3), (3, 2), (4, 3), (5, 2)]);
        assert_eq!(find(&symbols[..2], Kind::Any), [(0, 2), (2, 2), (3, 2), (5, 2)]);
        assert_eq!(find(&symbols, Kind::Item), []);
    }
}
