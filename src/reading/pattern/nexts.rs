//! What may follow a place: rows of places, most of which a glance at the symbol passes over.

use super::lexicon::Symbol;
use super::machine::{Gaps, Table};

/// Rows by their numbers; places with the same future share one.
#[derive(Debug, Clone)]
pub(super) struct Nexts {
    rows: Vec<Row>,
    places: Vec<Next>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// Where its places begin; they end where the next row's do.
    from: u32,
    /// The [`row_bit`] of each symbol that fits any of them, gaps not counted.
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

impl Nexts {
    /// Takes rows of places with their sets, and the symbols of each set.
    pub(super) fn new(rows: &Table<(u32, u16)>, sets: &[Box<[Symbol]>]) -> Nexts {
        let glances: Vec<(u32, u16)> = sets
            .iter()
            .zip(0_u16..)
            .map(|(set, number)| {
                let none = Gaps::SETS.contains(&number);
                let symbols = set.iter().filter(|_| !none);
                symbols.fold((0, 0), |(row, place), symbol| {
                    (row | row_bit(*symbol), place | place_bit(*symbol))
                })
            })
            .collect();
        let glance = |set: u16| glances.get(usize::from(set)).copied().unwrap_or_default();
        let mut nexts = Nexts {
            rows: Vec::with_capacity(rows.len() + 1),
            places: Vec::new(),
        };
        let place = |places: &[Next]| u32::try_from(places.len()).unwrap_or(u32::MAX);
        for number in 0..rows.len() {
            let row = rows.row(number);
            nexts.rows.push(Row {
                from: place(&nexts.places),
                glance: row.iter().fold(0, |all, (_, set)| all | glance(*set).0),
            });
            nexts.places.extend(row.iter().map(|(place, set)| Next {
                place: *place,
                set: *set,
                glance: glance(*set).1,
            }));
        }
        nexts.rows.push(Row {
            from: place(&nexts.places),
            glance: 0,
        });
        nexts.places.shrink_to_fit();
        nexts
    }

    /// Takes the places in some rows that a symbol may fit, gaps left out; it fits none of the others.
    #[inline]
    pub(super) fn each(&self, rows: &[u32], symbol: Symbol, mut take: impl FnMut(&Next)) {
        let (all, row_bit, place_bit) = (self.rows.as_slice(), row_bit(symbol), place_bit(symbol));
        for row in rows {
            if all.get(*row as usize).is_some_and(|row| row.glance & row_bit != 0) {
                let places = self.places_of(*row).iter();
                places.filter(|next| next.glance & place_bit != 0).for_each(&mut take);
            }
        }
    }

    /// The gaps in a row that reach over the same as these.
    pub(super) fn gaps(&self, row: u32, gaps: Gaps) -> impl Iterator<Item = &Next> {
        let [open, strict] = Gaps::SETS;
        let places = self.places_of(row).iter();
        places.filter(move |next| next.set == open || (gaps == Gaps::All && next.set == strict))
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

/// Says nothing that the other bit says already.
fn place_bit(symbol: Symbol) -> u16 {
    1 << (symbol.0 / 32 % 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::sets::Sets;

    #[test]
    fn no_place_that_fits_is_passed_over() {
        let given: [Box<[Symbol]>; 6] = [
            (0..800).map(Symbol).collect(),
            (0..400).map(Symbol).collect(),
            [Symbol(3)].into(),
            [Symbol(19), Symbol(35), Symbol(700)].into(),
            (0..800).step_by(3).map(Symbol).collect(),
            [].into(),
        ];
        let sets = Sets::new(800, &given);
        let mut rows = Table::default();
        rows.push([]);
        rows.push([(7, 2), (8, 3), (9, 0)]);
        rows.push([(10, 5), (11, 4), (12, 1), (13, 2)]);
        let nexts = Nexts::new(&rows, &given);
        for symbol in (0..800).map(Symbol) {
            for row in 0..4_u32 {
                let all = rows.row(row as usize).iter();
                let fit = |set: u16| set > 1 && given[usize::from(set)].contains(&symbol);
                let wanted: Vec<u32> = all.filter(|(_, set)| fit(*set)).map(|(place, _)| *place).collect();
                let mut found = Vec::new();
                nexts.each(&[row], symbol, |next| {
                    found.extend(sets.hold(next.set, symbol).then_some(next.place))
                });
                assert_eq!(found, wanted);
            }
        }
        let gaps = |gaps: Gaps| {
            let found = (0..4).flat_map(|row| nexts.gaps(row, gaps));
            found.map(|next| next.place).collect::<Vec<_>>()
        };
        assert_eq!((gaps(Gaps::All), gaps(Gaps::Open)), (vec![9, 12], vec![9]));
    }
}
