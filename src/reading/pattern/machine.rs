//! All patterns as one machine: Glushkov's position automaton, in tables.
//!
//! Each token that a pattern mentions is a place; patterns that begin alike share theirs, see [`Places`]. A place fits a set
//! of symbols, and other places may follow it.
//! Nothing here changes after compiling; what a search learns is in [`Cache`](super::cache::Cache).

use super::lexicon::Symbol;
use super::nexts::Nexts;
use super::places::Places;
use super::search::Pool;
use super::sets::Sets;
use super::states::NOTHING;
use std::ops::Range;

/// Every pattern of the packs, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(super) sets: Sets,
    /// For each symbol, which gaps reach over it.
    gaps: Box<[Option<Gaps>]>,
    /// For each symbol, the sets with it that a match may begin with.
    opening: Table<u16>,
    /// For each kind of pattern and each set, the places with it where a match may begin.
    openers: [Table<Opener>; Kind::COUNT],
    places: Vec<Place>,
    /// The patterns that end at places, with [`CONDITION`] if they are one, each with where it may end.
    ends: Vec<u32>,
    pub(super) nexts: Nexts,
    /// What searches have learned; see [`Machine::search`].
    pub(super) pool: Pool,
}

/// A place of one or several patterns.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Which row of places may follow.
    follow: u32,
    /// Where the patterns that end there begin among the ends; they end where those of the next place do.
    ends: u32,
}

/// Which gaps reach over a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    /// Only those that are not strict.
    Open,
    /// All.
    All,
}

impl Gaps {
    /// How many kinds there are.
    pub(super) const COUNT: usize = 2;
    /// What gaps reach over, and what strict gaps do; a token that fits the same may have the same number.
    pub(super) const SETS: [u16; 2] = [0, 1];
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
    pub(super) set: u16,
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
pub(crate) struct Clauses {
    pub(crate) starts: ClauseStarts,
    /// The token after introductory words ("So, …", "Well …"); a sentence may be said to start here, too.
    pub(crate) start: usize,
    /// Whether it is a question.
    pub(crate) question: bool,
}

/// The tokens of a sentence with which clauses start, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClauseStarts(u128);

impl ClauseStarts {
    /// Of so many tokens it knows whether a clause starts there; with none beyond.
    pub(crate) const MOST: usize = 128;

    /// Adds one.
    #[inline]
    pub(crate) fn insert(&mut self, at: usize) {
        if at < ClauseStarts::MOST {
            self.0 |= 1 << at;
        }
    }

    /// Whether a clause starts there.
    #[inline]
    pub(crate) fn contain(self, at: usize) -> bool {
        at < ClauseStarts::MOST && self.0 >> at & 1 == 1
    }

    /// The bits, the first token's lowest.
    pub(super) fn halves(self) -> [u64; 2] {
        [self.0 as u64, (self.0 >> 64) as u64]
    }
}

#[cfg(test)]
impl FromIterator<bool> for ClauseStarts {
    fn from_iter<I: IntoIterator<Item = bool>>(starts: I) -> ClauseStarts {
        let mut all = ClauseStarts::default();
        let starts = starts.into_iter().enumerate().filter(|(_, starts)| *starts);
        starts.for_each(|(at, _)| all.insert(at));
        all
    }
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
    /// Puts the tables together; `symbols` is how many symbols there are, `sets` has those of each set, in order.
    pub(super) fn new(symbols: usize, sets: Table<u16>, places: Places) -> Machine {
        let openers = [Kind::Any, Kind::Item].map(|kind| {
            let by_set = places.openers(kind).map(|opener| (usize::from(opener.set), opener));
            Table::sorted(sets.len(), by_set)
        });
        let opens = |set: usize| openers.iter().any(|openers| !openers.row(set).is_empty());
        let opening = (0..=u16::MAX).take(sets.len()).filter(|set| opens(usize::from(*set)));
        let by_symbol = opening.flat_map(|set| {
            let symbols = sets.row(usize::from(set)).iter();
            symbols.map(move |symbol| (usize::from(*symbol), set))
        });
        let opening = Table::sorted(symbols, by_symbol);
        let gaps_over = |symbol: u16, sets: &Sets| match Gaps::SETS.map(|set| sets.hold(set, Symbol(symbol))) {
            [_, true] => Some(Gaps::All),
            [true, false] => Some(Gaps::Open),
            [false, false] => None,
        };
        let ends = places.ends();
        let (follows, rows) = places.follows();
        let (nexts, names) = Nexts::new(&rows, &sets);
        drop(rows);
        let named = |row: u32| names.get(row as usize).copied().unwrap_or(NOTHING);
        let sets = Sets::new(symbols, &sets);
        let with_ends = follows.into_iter().map(named).chain([NOTHING]).zip(&ends.starts);
        Machine {
            gaps: (0..=u16::MAX)
                .take(symbols)
                .map(|symbol| gaps_over(symbol, &sets))
                .collect(),
            nexts,
            sets,
            opening,
            openers,
            places: with_ends.map(|(follow, ends)| Place { follow, ends: *ends }).collect(),
            ends: ends.items,
            pool: Pool::default(),
        }
    }

    /// How many symbols there are.
    pub(super) fn symbols(&self) -> usize {
        self.gaps.len()
    }

    /// Where a match of a kind may begin with a symbol.
    pub(super) fn openers_of(&self, kind: Kind, symbol: Symbol) -> impl Iterator<Item = &Opener> {
        let openers = &self.openers[kind as usize];
        let sets = self.opening.row(usize::from(symbol.0)).iter();
        sets.flat_map(|set| openers.row(usize::from(*set)))
    }

    /// Which gaps reach over a symbol, if any do.
    pub(super) fn gaps_over(&self, symbol: Symbol) -> Option<Gaps> {
        self.gaps.get(usize::from(symbol.0)).copied().flatten()
    }

    /// Of a place the row of those that may follow, and the patterns that end there, each with where it may.
    #[inline]
    pub(super) fn place(&self, number: u32) -> Option<(u32, &[u32])> {
        match self.places.get(number as usize..number as usize + 2) {
            Some([place, next]) => Some((place.follow, self.ends.get(place.ends as usize..next.ends as usize)?)),
            _ => None,
        }
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
    pub(super) fn sorted(rows: usize, items: impl Iterator<Item = (usize, T)> + Clone) -> Table<T> {
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

    /// All rows in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[T]> {
        (0..self.len()).map(|number| self.row(number))
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
