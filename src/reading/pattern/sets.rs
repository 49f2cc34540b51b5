//! Sets of symbols that places of patterns fit, and where a symbol is among them.

use super::lexicon::Symbol;
use super::machine::Table;

/// All sets by their numbers. Most are small: what is not among their symbols is mostly told by one look.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    /// For each set the [`bit`] of each of its symbols.
    glances: Vec<u64>,
    /// For each set its symbols in order; or, if the row has [`Sets::words`] numbers, a bit for each symbol that there is.
    rows: Table<u16>,
    /// How many numbers it takes to have a bit for each symbol.
    words: usize,
}

/// So many symbols are always listed. Beyond, a set is listed as long as bits would take four times as much.
const LISTED: usize = 64;

impl Sets {
    /// Takes the symbols of each set, in order; they are below `symbols`.
    pub(super) fn new(symbols: usize, sets: &Table<u16>) -> Sets {
        let words = symbols.div_ceil(16);
        let glance = |set: &[u16]| set.iter().fold(0, |glance, symbol| glance | bit(Symbol(*symbol)));
        let mut rows = Table::default();
        for set in sets.rows() {
            // A list of as many numbers could not be told from bits.
            if set.len() > LISTED.max(words / 4) || set.len() >= words {
                let mut bits = vec![0_u16; words];
                for symbol in set {
                    if let Some(word) = bits.get_mut(usize::from(*symbol) / 16) {
                        *word |= 1 << (symbol % 16);
                    }
                }
                rows.push(bits);
            } else {
                rows.push(set.iter().copied());
            }
        }
        rows.shrink();
        Sets {
            glances: sets.rows().map(glance).collect(),
            rows,
            words,
        }
    }

    /// Whether a symbol is in a set.
    #[inline]
    pub(super) fn hold(&self, set: u16, symbol: Symbol) -> bool {
        let glance = self.glances.get(usize::from(set)).copied().unwrap_or(0);
        glance & bit(symbol) != 0 && self.surely_hold(set, symbol)
    }

    fn surely_hold(&self, set: u16, symbol: Symbol) -> bool {
        match self.rows.row(usize::from(set)) {
            [only] if self.words > 1 => *only == symbol.0,
            bits if bits.len() == self.words => bits
                .get(usize::from(symbol.0) / 16)
                .is_some_and(|word| word >> (symbol.0 % 16) & 1 == 1),
            listed => listed.binary_search(&symbol.0).is_ok(),
        }
    }
}

fn bit(symbol: Symbol) -> u64 {
    1 << (symbol.0.wrapping_mul(0x9e37) >> 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn small_and_large_sets_hold_what_was_put_in_and_nothing_else() {
        for symbols in [1_u16, 16, 17, 40, 1_100, 3_000] {
            let sets: Vec<BTreeSet<u16>> = [1, 2, 15, 64, 65, 900, 3_000]
                .map(|count| (0..count).map(|n: u16| n.wrapping_mul(31) % symbols).collect())
                .to_vec();
            let mut given = Table::default();
            for set in &sets {
                given.push(set.iter().copied());
            }
            let made = Sets::new(usize::from(symbols), &given);
            for (set, number) in sets.iter().zip(0..) {
                for symbol in 0..symbols {
                    assert_eq!(
                        made.hold(number, Symbol(symbol)),
                        set.contains(&symbol),
                        "{symbol} of {symbols}"
                    );
                }
            }
            assert!(!made.hold(99, Symbol(0)));
        }
    }
}
