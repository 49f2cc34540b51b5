//! What is kept once: numbers for equal things, found by their hashes.

use super::machine::Table;

/// Where things are that somebody else keeps, numbered from zero in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// One more than the number of the thing; zero is free. A power of two of them, at most half of them taken.
    slots: Vec<u32>,
    taken: u32,
}

/// Rows, each kept once.
#[derive(Debug)]
pub(super) struct Kept<T> {
    rows: Table<T>,
    slots: Slots,
}

/// Slots of a new table.
const FEWEST: usize = 1024;

impl Slots {
    /// The number of the thing with this hash that is the same; or else the next number, and that it is a new thing. To
    /// make room, the hashes of others are asked for.
    #[inline]
    pub(super) fn number(
        &mut self,
        hash: u64,
        same: impl Fn(u32) -> bool,
        hash_of: impl Fn(u32) -> u64,
    ) -> (u32, bool) {
        if (self.taken as usize + 1) * 2 > self.slots.len() {
            self.grow(hash_of);
        }
        let mut at = self.home(hash);
        while let Some(slot) = self.slots.get_mut(at) {
            match slot.checked_sub(1) {
                Some(known) if same(known) => return (known, false),
                Some(_) => at = (at + 1) & (self.slots.len() - 1),
                None => {
                    self.taken += 1;
                    *slot = self.taken;
                    break;
                }
            }
        }
        (self.taken - 1, true)
    }

    #[cold]
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let room = (self.slots.len() * 2).max(FEWEST);
        self.slots.clear();
        self.slots.resize(room, 0);
        for number in 0..self.taken {
            let mut at = self.home(hash_of(number));
            while self.slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (room - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = number + 1;
            }
        }
    }

    /// Where a hash is looked for first: the upper bits are the mixed ones.
    fn home(&self, hash: u64) -> usize {
        (hash >> (64 - self.slots.len().trailing_zeros())) as usize
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept {
            rows: Table::default(),
            slots: Slots::default(),
        }
    }
}

impl<T: Copy + Eq + Into<u64>> Kept<T> {
    /// The number of the row that is the same, which is added if there is none; and whether it was.
    pub(super) fn number(&mut self, row: &[T]) -> (u32, bool) {
        self.number_if(row, |known| known == row)
    }

    /// Adds a row even if there is one that is the same.
    pub(super) fn add(&mut self, row: &[T]) -> u32 {
        self.number_if(row, |_| false).0
    }

    fn number_if(&mut self, row: &[T], same: impl Fn(&[T]) -> bool) -> (u32, bool) {
        let rows = &self.rows;
        let of = |number: u32| rows.row(number as usize);
        let number = self
            .slots
            .number(hashed(row), |known| same(of(known)), |known| hashed(of(known)));
        if number.1 {
            self.rows.push(row.iter().copied());
        }
        number
    }

    /// All rows by their numbers.
    pub(super) fn rows(&self) -> &Table<T> {
        &self.rows
    }

    /// The same without what finds them.
    pub(super) fn into_rows(self) -> Table<T> {
        self.rows
    }
}

fn hashed<T: Copy + Into<u64>>(row: &[T]) -> u64 {
    row.iter()
        .fold(row.len() as u64, |hash, item| mixed(hash, (*item).into()))
}

/// A hash with one more number in it.
#[inline]
pub(super) fn mixed(hash: u64, number: u64) -> u64 {
    (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_have_one_number_however_many_there_are() {
        let mut kept = Kept::<u32>::default();
        let row = |number: u32| (0..number % 7).map(|at| number / 7 + at).collect::<Vec<u32>>();
        let mut numbers = Vec::new();
        for number in 0..9_000 {
            numbers.push(kept.number(&row(number)).0);
        }
        for (number, known) in (0..).zip(&numbers) {
            assert_eq!(kept.rows().row(*known as usize), row(number));
            assert_eq!(kept.number(&row(number)), (*known, false));
        }
        let before = kept.rows().len();
        assert_eq!(kept.add(&row(13)) as usize, before, "it is there twice");
        assert_eq!(kept.number(&[70_000]), (u32::try_from(before + 1).unwrap(), true));
    }
}
