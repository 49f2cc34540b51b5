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
        self.numbered().filter_map(move |(key, place)| match key.opens {
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
    pub(super) fn follows(&self) -> (Vec<u32>, Table<(u32, u16)>) {
        let lists = self.lists.rows();
        let with_set = |(key, place): (&Key, u32)| (place, key.set);
        let after_one = self
            .numbered()
            .filter_map(|each| Some((each.0.before.one()?, with_set(each))));
        let after_one = Table::sorted(self.keys.len(), after_one);
        let after_list = self
            .numbered()
            .filter_map(|each| Some((each.0.before.several()?, with_set(each))));
        let after_list = Table::sorted(lists.len(), after_list);
        let lists_of = (0..lists.len()).flat_map(|list| {
            let number = u32::try_from(list).unwrap_or(u32::MAX);
            lists.row(list).iter().map(move |place| (*place as usize, number))
        });
        let lists_of = Table::sorted(self.keys.len(), lists_of);

        let mut rows = Table::default();
        let nothing = rows.push([]);
        debug_assert_eq!(nothing, NOTHING, "the first row is the empty one");
        // The rows of places that come in several lists and before nothing else, by these lists.
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
        let follow = (0..self.keys.len()).map(follow).collect();
        (follow, rows)
    }

    fn numbered(&self) -> impl Iterator<Item = (&Key, u32)> + Clone {
        self.keys.iter().zip(0..)
    }
}
