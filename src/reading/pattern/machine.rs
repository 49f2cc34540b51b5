//! All patterns as one machine: Glushkov's position automaton, in tables.
//!
//! Each token that a pattern mentions is a place. A place fits a set of symbols, and groups of places may follow it.
//! Nothing here changes after compiling; what a search learns is in [`Cache`](super::cache::Cache).

use super::lexicon::Symbol;
use super::search::Pool;
use std::ops::Range;

/// Every pattern of the packs, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    /// For each symbol, the sets that hold it.
    sets: Table<u16>,
    /// How many sets there are.
    pub(super) set_count: usize,
    /// For each kind of pattern and each set, the places with it where a match may begin.
    openers: [Table<Opener>; Kind::COUNT],
    pub(super) places: Vec<Place>,
    /// For each kind of continuation, the groups of places that may follow.
    follows: Table<u32>,
    /// For each group, its places.
    groups: Table<u32>,
    /// What searches have learned; see [`Machine::search`].
    pub(super) pool: Pool,
}

/// A place of a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// What fits here.
    pub(super) set: u16,
    /// Whether a match may end here, and where.
    pub(super) end: Option<End>,
    /// Index into the machine's follows.
    pub(super) follow: u32,
    /// Its pattern, with [`CONDITION`] if it is one.
    pub(super) pattern: u32,
}

/// Marks the number of a pattern that only says where others don't match.
pub(super) const CONDITION: u32 = 1 << 29;

/// Where a pattern is looked for. Each kind is searched by itself, so that nobody walks for what nobody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In every sentence.
    Any,
    /// Only in items of lists.
    Item,
}

impl Kind {
    /// How many kinds there are.
    pub(super) const COUNT: usize = 2;
}

/// A place where a match may begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opener {
    pub(super) place: u32,
    pub(super) start: Start,
}

/// Where in a sentence a pattern may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Anywhere,
    Sentence,
    Clause,
}

/// Where in a sentence a pattern may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Anywhere,
    Sentence,
    Question,
}

/// What anchors need to know of a sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clauses<'a> {
    /// For each token, whether a clause starts there.
    pub(crate) starts: &'a [bool],
    /// The token after introductory words ("So, …", "Well …"); a sentence may be said to start here, too.
    pub(crate) start: usize,
    /// Whether it is a question.
    pub(crate) question: bool,
}

/// The longest match of one pattern from one token on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Which pattern, in the order of compiling.
    pub(crate) pattern: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Found {
    /// The tokens.
    pub(crate) fn tokens(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Machine {
    /// Puts the tables together; `sets` are the symbols of each set, `symbols` is how many symbols there are.
    pub(super) fn new(
        symbols: usize,
        sets: &[Box<[Symbol]>],
        openers: [&[Opener]; Kind::COUNT],
        places: Vec<Place>,
        follows: Table<u32>,
        groups: Table<u32>,
    ) -> Machine {
        let by_symbol = sets
            .iter()
            .zip(0_u16..)
            .flat_map(|(set, number)| set.iter().map(move |symbol| (usize::from(symbol.0), number)));
        let by_set = |openers: &[Opener]| {
            let with_set = openers.iter().filter_map(|opener| {
                let place = places.get(opener.place as usize)?;
                Some((usize::from(place.set), *opener))
            });
            Table::sorted(sets.len(), with_set)
        };
        Machine {
            sets: Table::sorted(symbols, by_symbol),
            set_count: sets.len(),
            openers: openers.map(by_set),
            places,
            follows,
            groups,
            pool: Pool::default(),
        }
    }

    /// How many symbols there are.
    pub(super) fn symbols(&self) -> usize {
        self.sets.len()
    }

    /// The sets that hold a symbol.
    pub(super) fn sets_of(&self, symbol: Symbol) -> &[u16] {
        self.sets.row(usize::from(symbol.0))
    }

    /// Where a match of a kind may begin with something of a set.
    pub(super) fn openers_of(&self, kind: Kind, set: u16) -> &[Opener] {
        self.openers[kind as usize].row(usize::from(set))
    }

    /// The groups that may follow a place.
    pub(super) fn groups_after(&self, place: Place) -> &[u32] {
        self.follows.row(place.follow as usize)
    }

    /// The places of a group.
    pub(super) fn places_of(&self, group: u32) -> &[u32] {
        self.groups.row(group as usize)
    }
}

/// Rows of different lengths in one piece of memory.
#[derive(Debug, Clone)]
pub(super) struct Table<T> {
    /// Where each row begins, and one more at the end.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T: Copy> Table<T> {
    /// Adds a row and gives its number.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = T>) -> u32 {
        self.items.extend(row);
        let number = self.len();
        self.starts.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// So many rows from items that each say in which row they belong. Within a row they keep their order.
    fn sorted(rows: usize, items: impl Iterator<Item = (usize, T)> + Clone) -> Table<T> {
        let mut starts = vec![0_u32; rows + 1];
        for (row, _) in items.clone() {
            if let Some(count) = starts.get_mut(row + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut sorted: Vec<T> = Vec::new();
        if let Some((_, any)) = items.clone().next() {
            sorted.resize(sum as usize, any);
        }
        for (row, item) in items {
            if let Some(at) = next.get_mut(row) {
                if let Some(place) = sorted.get_mut(*at as usize) {
                    *place = item;
                }
                *at += 1;
            }
        }
        Table { starts, items: sorted }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// One row.
    pub(super) fn row(&self, number: usize) -> &[T] {
        match self.starts.get(number..number + 2) {
            Some([start, end]) => self.items.get(*start as usize..*end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Gives back what growing took too much.
    pub(super) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }
}
