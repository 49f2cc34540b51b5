//! What may follow a place: rows of places, most of which a glance at the symbol passes over.

use super::lexicon::Symbol;
use super::machine::{Gaps, Table};
use super::states::NOTHING;

/// Rows by their names; most places with the same future share one. A step should look at little more than what fits, so rows of
/// one place, of a few and of many are kept apart: the name tells which it is.
#[derive(Debug, Clone)]
pub(super) struct Nexts {
    ones: Vec<One>,
    few: Vec<Few>,
    many: Vec<Many>,
    /// The places in rows of several.
    places: Vec<Next>,
    /// Of each row of many, for each [`bucket`] the places that some symbol of it fits, gaps not counted: a bit for each.
    fitting: Vec<u16>,
}

/// The only place of a row.
#[derive(Debug, Clone, Copy)]
struct One {
    next: Next,
    /// The [`row_bit`] of each symbol that fits; none in a gap.
    glance: u32,
}

/// A row of a few places.
#[derive(Debug, Clone, Copy)]
struct Few {
    /// Where its places begin; they end where the next row's do.
    from: u32,
    /// The [`row_bit`] of each symbol that fits any of them, gaps not counted.
    glance: u32,
}

/// A row of many places: some word or other fits nearly always.
#[derive(Debug, Clone, Copy)]
struct Many {
    /// Where its places begin; they end where the next row's do.
    from: u32,
    /// Where its bits begin.
    fitting: u32,
}

/// A place that may follow, and what fits there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Next {
    pub(super) place: u32,
    pub(super) set: u16,
    /// The [`place_bit`] of each symbol that fits; none in a gap.
    glance: u16,
}

/// In a name: the row has a few places; it has many. Otherwise it has one.
const FEW: u32 = 1 << 30;
const MANY: u32 = 2 << 30;
const KINDS: u32 = FEW | MANY;
/// In a name: some of the places are in gaps.
const GAPS: u32 = 1 << 29;
/// The rest of a name: where the row is among its kind.
const AT: u32 = GAPS - 1;
/// So many places are many.
const FEWEST_OF_MANY: usize = 6;
const BUCKETS: usize = 64;

impl Nexts {
    /// Takes rows of places with their sets, gaps first, and the symbols of each set. Also gives the name of each row; that
    /// of empty ones is [`NOTHING`].
    pub(super) fn new(rows: &Table<(u32, u16)>, sets: &Table<u16>) -> (Nexts, Vec<u32>) {
        let glances = |(set, number): (_, u16)| match Gaps::SETS.contains(&number) {
            true => Glances::default(),
            false => Glances::of(set),
        };
        let glances: Vec<Glances> = sets.rows().zip(0..).map(glances).collect();
        let glances = |set: u16| glances.get(usize::from(set)).copied().unwrap_or_default();
        let next = |&(place, set): &(u32, u16)| Next {
            place,
            set,
            glance: glances(set).place,
        };
        let lengths = |fits: fn(usize) -> bool| rows.rows().map(<[_]>::len).filter(move |len| fits(*len));
        let mut ones = Vec::with_capacity(1 + lengths(|len| len == 1).count());
        let mut few = Vec::with_capacity(1 + lengths(|len| (2..FEWEST_OF_MANY).contains(&len)).count());
        let mut many = Vec::with_capacity(1 + lengths(|len| len >= FEWEST_OF_MANY).count());
        let mut places = Vec::with_capacity(lengths(|len| len > 1).sum());
        let words = lengths(|len| len >= FEWEST_OF_MANY).map(|len| len.div_ceil(16));
        let mut fitting = Vec::with_capacity(BUCKETS * words.sum::<usize>());
        // The first stands for the empty row.
        ones.push(One {
            next: Next::default(),
            glance: 0,
        });
        let mut names = vec![NOTHING; rows.len()];
        let named = names.iter_mut().zip(rows.rows());
        for (name, row) in named.filter(|(_, row)| row.len() < FEWEST_OF_MANY) {
            match row {
                [] => {}
                [only] => {
                    *name = narrow(ones.len());
                    ones.push(One {
                        next: next(only),
                        glance: glances(only.1).row,
                    });
                }
                row => {
                    *name = narrow(few.len()) | FEW;
                    few.push(Few {
                        from: narrow(places.len()),
                        glance: row.iter().fold(0, |all, (_, set)| all | glances(*set).row),
                    });
                    places.extend(row.iter().map(next));
                }
            }
        }
        few.push(Few {
            from: narrow(places.len()),
            glance: 0,
        });
        let named = names.iter_mut().zip(rows.rows());
        for (name, row) in named.filter(|(_, row)| row.len() >= FEWEST_OF_MANY) {
            *name = narrow(many.len()) | MANY;
            many.push(Many {
                from: narrow(places.len()),
                fitting: narrow(fitting.len()),
            });
            places.extend(row.iter().map(next));
            push_bits(&mut fitting, row.iter().map(|(_, set)| glances(*set).buckets));
        }
        many.push(Many {
            from: narrow(places.len()),
            fitting: narrow(fitting.len()),
        });
        for (name, row) in names.iter_mut().zip(rows.rows()) {
            if row.first().is_some_and(|(_, set)| Gaps::SETS.contains(set)) {
                *name |= GAPS;
            }
        }
        let nexts = Nexts {
            ones,
            few,
            many,
            places,
            fitting,
        };
        (nexts, names)
    }

    /// Takes the places in some rows that a symbol may fit, gaps left out; it fits none of the others.
    #[inline]
    pub(super) fn each(&self, rows: &[u32], symbol: Symbol, mut take: impl FnMut(&Next)) {
        let (row_bit, place_bit, bucket) = (row_bit(symbol), place_bit(symbol), bucket(symbol));
        for name in rows {
            let at = (name & AT) as usize;
            match name & KINDS {
                FEW => {
                    if self.few.get(at).is_some_and(|row| row.glance & row_bit != 0) {
                        let places = self.places_of_few(at).iter();
                        places.filter(|next| next.glance & place_bit != 0).for_each(&mut take);
                    }
                }
                MANY => {
                    let Some([row, next]) = self.many.get(at..at + 2) else {
                        continue;
                    };
                    let (from, to) = (row.from as usize, next.from as usize);
                    let words = (to - from).div_ceil(16);
                    let bits = row.fitting as usize + bucket * words;
                    let bits = self.fitting.get(bits..bits + words).unwrap_or_default();
                    let mut from = from;
                    for bits in bits {
                        let mut bits = *bits;
                        while bits != 0 {
                            let next = self.places.get(from + bits.trailing_zeros() as usize);
                            next.filter(|next| next.glance & place_bit != 0).map(&mut take);
                            bits &= bits - 1;
                        }
                        from += 16;
                    }
                }
                _ => {
                    let one = self.ones.get(at).filter(|one| one.glance & row_bit != 0);
                    let next = one.map(|one| &one.next).filter(|next| next.glance & place_bit != 0);
                    next.map(&mut take);
                }
            }
        }
    }

    /// The gaps in a row that reach over the same as these.
    #[inline]
    pub(super) fn gaps(&self, name: u32, gaps: Gaps) -> impl Iterator<Item = &Next> {
        let [open, strict] = Gaps::SETS;
        let places = if name & GAPS == 0 { &[] } else { self.places_of(name) };
        let any = places
            .iter()
            .take_while(move |next| next.set == open || next.set == strict);
        any.filter(move |next| next.set == open || gaps == Gaps::All)
    }

    fn places_of(&self, name: u32) -> &[Next] {
        let at = (name & AT) as usize;
        match name & KINDS {
            FEW => self.places_of_few(at),
            MANY => match self.many.get(at..at + 2) {
                Some([row, next]) => self.stretch(row.from, next.from),
                _ => &[],
            },
            _ => self.ones.get(at).map_or(&[], |one| std::slice::from_ref(&one.next)),
        }
    }

    fn places_of_few(&self, at: usize) -> &[Next] {
        match self.few.get(at..at + 2) {
            Some([row, next]) => self.stretch(row.from, next.from),
            _ => &[],
        }
    }

    fn stretch(&self, from: u32, to: u32) -> &[Next] {
        self.places.get(from as usize..to as usize).unwrap_or_default()
    }
}

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

/// Adds the bits of a row of many, from those of its places for each bucket.
fn push_bits(fitting: &mut Vec<u16>, places: impl ExactSizeIterator<Item = u64>) {
    let (from, words) = (fitting.len(), places.len().div_ceil(16));
    fitting.resize(from + BUCKETS * words, 0);
    for (at, mut buckets) in places.enumerate() {
        while buckets != 0 {
            let bucket = buckets.trailing_zeros() as usize;
            if let Some(bits) = fitting.get_mut(from + bucket * words + at / 16) {
                *bits |= 1 << (at % 16);
            }
            buckets &= buckets - 1;
        }
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn row_bit(symbol: Symbol) -> u32 {
    1 << (symbol.0 % 32)
}

/// The symbols that are looked up together in a row of many.
fn bucket(symbol: Symbol) -> usize {
    usize::from(symbol.0) % BUCKETS
}

/// Says nothing that the others say already.
fn place_bit(symbol: Symbol) -> u16 {
    1 << (symbol.0 / 64 % 16)
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
        rows.push([(14, 4)]);
        rows.push([(15, 0)]);
        for len in [1, FEWEST_OF_MANY - 3, FEWEST_OF_MANY - 2, 16, 17, 200] {
            let many = (20..).take(len).zip([2, 3, 5, 6].into_iter().cycle());
            rows.push([(18, 0), (19, 1)].into_iter().chain(many));
        }
        let (nexts, names) = Nexts::new(&rows, &given);
        for symbol in (0..800).map(Symbol) {
            for (name, row) in names.iter().zip(rows.rows()) {
                let places = row.iter();
                let fit = |set: u16| set > 1 && given.row(usize::from(set)).contains(&symbol.0);
                let wanted: Vec<u32> = places.filter(|(_, set)| fit(*set)).map(|(place, _)| *place).collect();
                let mut found = Vec::new();
                nexts.each(&[*name], symbol, |next| {
                    found.extend(sets.hold(next.set, symbol).then_some(next.place))
                });
                assert_eq!(found, wanted);
            }
        }
        let gaps = |row: u32, gaps: Gaps| nexts.gaps(row, gaps).map(|next| next.place).collect::<Vec<_>>();
        for (name, row) in names.iter().zip(rows.rows()) {
            let of = |sets: &[u16]| {
                let places = row.iter().filter(|(_, set)| sets.contains(set));
                places.map(|(place, _)| *place).collect::<Vec<u32>>()
            };
            assert_eq!(
                (gaps(*name, Gaps::Open), gaps(*name, Gaps::All)),
                (of(&[0]), of(&[0, 1]))
            );
        }
        assert_eq!((names[0], nexts.gaps(NOTHING, Gaps::All).count()), (NOTHING, 0));
    }
}
