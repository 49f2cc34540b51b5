//! What may follow a place: rows of places, most of which a glance at the symbol passes over.

use super::lexicon::Symbol;
use super::machine::{Gaps, Table};

/// Rows by their numbers; places with the same future share one.
#[derive(Debug, Clone)]
pub(super) struct Nexts {
    rows: Vec<Row>,
    places: Vec<Next>,
    /// Of each long row, for each [`bucket`] the places that some symbol of it fits, gaps not counted: a bit for each place.
    fitting: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// Where its places begin; they end where the next row's do.
    from: u32,
    /// The [`row_bit`] of each symbol that fits any of them, gaps not counted. In a long row, where some word fits nearly
    /// always, where its bits begin.
    glance: u32,
}

/// A place that may follow, and what fits there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub(super) place: u32,
    pub(super) set: u16,
    /// The [`place_bit`] of each symbol that fits; none in a gap.
    glance: u16,
}

/// A row of so many places is long.
const LONG: usize = 24;
const BUCKETS: usize = 64;

/// What a set holds, at a glance.
#[derive(Debug, Clone, Copy, Default)]
struct Glances {
    row: u32,
    place: u16,
    buckets: u64,
}

impl Glances {
    fn of(set: &[u16]) -> Glances {
        let symbols = set.iter().map(|symbol| Symbol(*symbol));
        symbols.fold(Glances::default(), |all, symbol| Glances {
            row: all.row | row_bit(symbol),
            place: all.place | place_bit(symbol),
            buckets: all.buckets | 1 << bucket(symbol),
        })
    }
}

impl Nexts {
    /// Takes rows of places with their sets, gaps first, and the symbols of each set.
    pub(super) fn new(rows: &Table<(u32, u16)>, sets: &Table<u16>) -> Nexts {
        let of_set = |(set, number): (_, u16)| match Gaps::SETS.contains(&number) {
            true => Glances::default(),
            false => Glances::of(set),
        };
        let glances: Vec<Glances> = sets.rows().zip(0..).map(of_set).collect();
        let glances = |set: u16| glances.get(usize::from(set)).copied().unwrap_or_default();
        let mut nexts = Nexts {
            rows: Vec::with_capacity(rows.len() + 1),
            places: Vec::with_capacity(rows.items()),
            fitting: Vec::new(),
        };
        let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        for row in rows.rows() {
            let glance = if row.len() < LONG {
                row.iter().fold(0, |all, (_, set)| all | glances(*set).row)
            } else {
                let begin = nexts.fitting.len();
                nexts.index(row.iter().map(|(_, set)| glances(*set).buckets));
                narrow(begin)
            };
            nexts.rows.push(Row {
                from: narrow(nexts.places.len()),
                glance,
            });
            nexts.places.extend(row.iter().map(|(place, set)| Next {
                place: *place,
                set: *set,
                glance: glances(*set).place,
            }));
        }
        nexts.rows.push(Row {
            from: narrow(nexts.places.len()),
            glance: 0,
        });
        nexts.fitting.shrink_to_fit();
        nexts
    }

    /// Adds the bits of a long row, from those of its places for each bucket.
    fn index(&mut self, places: impl ExactSizeIterator<Item = u64>) {
        let (from, words) = (self.fitting.len(), places.len().div_ceil(64));
        self.fitting.resize(from + BUCKETS * words, 0);
        for (at, mut buckets) in places.enumerate() {
            while buckets != 0 {
                let bucket = buckets.trailing_zeros() as usize;
                buckets &= buckets - 1;
                if let Some(word) = self.fitting.get_mut(from + bucket * words + at / 64) {
                    *word |= 1 << (at % 64);
                }
            }
        }
    }

    /// Takes the places in some rows that a symbol may fit, gaps left out; it fits none of the others.
    #[inline]
    pub(super) fn each(&self, rows: &[u32], symbol: Symbol, mut take: impl FnMut(&Next)) {
        let (row_bit, place_bit, bucket) = (row_bit(symbol), place_bit(symbol), bucket(symbol));
        for row in rows {
            let Some([row, next]) = self.rows.get(*row as usize..*row as usize + 2) else {
                continue;
            };
            let (from, to) = (row.from as usize, next.from as usize);
            if to - from < LONG {
                if row.glance & row_bit != 0 {
                    let places = self.places.get(from..to).unwrap_or_default().iter();
                    places.filter(|next| next.glance & place_bit != 0).for_each(&mut take);
                }
                continue;
            }
            let words = (to - from).div_ceil(64);
            let begin = row.glance as usize + bucket * words;
            let fitting = self.fitting.get(begin..begin + words).unwrap_or_default();
            for (word, from) in fitting.iter().zip((from..).step_by(64)) {
                let mut word = *word;
                while word != 0 {
                    let next = self.places.get(from + word.trailing_zeros() as usize);
                    next.filter(|next| next.glance & place_bit != 0).map(&mut take);
                    word &= word - 1;
                }
            }
        }
    }

    /// The gaps in a row that reach over the same as these.
    pub(super) fn gaps(&self, row: u32, gaps: Gaps) -> impl Iterator<Item = &Next> {
        let [open, strict] = Gaps::SETS;
        let places = self.places_of(row).iter();
        let any = places.take_while(move |next| next.set == open || next.set == strict);
        any.filter(move |next| next.set == open || gaps == Gaps::All)
    }

    fn places_of(&self, row: u32) -> &[Next] {
        let places = match self.rows.get(row as usize..row as usize + 2) {
            Some([row, next]) => self.places.get(row.from as usize..next.from as usize),
            _ => None,
        };
        places.unwrap_or_default()
    }
}

fn row_bit(symbol: Symbol) -> u32 {
    1 << (symbol.0 % 32)
}

/// The symbols that are looked up together in a long row.
fn bucket(symbol: Symbol) -> usize {
    usize::from(symbol.0) % BUCKETS
}

/// Says nothing that the row's bit says already.
fn place_bit(symbol: Symbol) -> u16 {
    1 << (symbol.0 / 32 % 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::sets::Sets;

    #[test]
    fn no_place_that_fits_is_passed_over() {
        let mut given = Table::<u16>::default();
        given.push(0..800);
        given.push(0..400);
        given.push([3]);
        given.push([19, 35, 700]);
        given.push((0..800).step_by(3));
        given.push([]);
        given.push([68, 131]);
        let sets = Sets::new(800, &given);
        let mut rows = Table::default();
        rows.push([]);
        rows.push([(9, 0), (7, 2), (8, 3)]);
        rows.push([(12, 1), (10, 5), (11, 4), (13, 2)]);
        for len in [LONG - 1, LONG, 64, 65, 200] {
            let many = (20..).take(len).zip([2, 3, 5, 6].into_iter().cycle());
            rows.push([(18, 0), (19, 1)].into_iter().chain(many));
        }
        let nexts = Nexts::new(&rows, &given);
        let all = || 0..u32::try_from(rows.len()).unwrap();
        for symbol in (0..800).map(Symbol) {
            for row in all() {
                let places = rows.row(row as usize).iter();
                let fit = |set: u16| set > 1 && given.row(usize::from(set)).contains(&symbol.0);
                let wanted: Vec<u32> = places.filter(|(_, set)| fit(*set)).map(|(place, _)| *place).collect();
                let mut found = Vec::new();
                nexts.each(&[row], symbol, |next| {
                    found.extend(sets.hold(next.set, symbol).then_some(next.place))
                });
                assert_eq!(found, wanted);
            }
        }
        let gaps = |row: u32, gaps: Gaps| nexts.gaps(row, gaps).map(|next| next.place).collect::<Vec<_>>();
        let of = |one: &[u32], strict: &[u32]| (one.to_vec(), [one, strict].concat());
        let wanted = [of(&[], &[]), of(&[9], &[]), of(&[], &[12])];
        for row in all() {
            let wanted = wanted.get(row as usize).cloned().unwrap_or_else(|| of(&[18], &[19]));
            assert_eq!((gaps(row, Gaps::Open), gaps(row, Gaps::All)), wanted);
        }
        assert!(nexts.gaps(99, Gaps::All).next().is_none());
    }
}
