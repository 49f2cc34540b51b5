//! Words as two machine words: found in a table with one multiplication and one comparison.

use super::lexicon::Entry;
use std::collections::HashMap;

/// A written word of up to 16 octets, in lower case, padded with zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct WordKey {
    low: u64,
    high: u64,
}

impl WordKey {
    /// Octets that a key holds.
    pub(crate) const LONGEST: usize = 16;

    /// The key of octets in lower case; `None` if they are too many.
    pub(crate) fn new(word: &[u8]) -> Option<WordKey> {
        let mut padded = [0; WordKey::LONGEST];
        padded.get_mut(..word.len())?.copy_from_slice(word);
        let [low, high] = halves(padded);
        Some(WordKey { low, high })
    }

    /// The key of the first `len` octets of `text`, which are ASCII letters, whatever their case.
    pub(crate) fn of_letters(text: [u8; WordKey::LONGEST], len: usize) -> WordKey {
        /// Makes capitals small and leaves small letters as they are.
        const SMALL: u64 = 0x2020_2020_2020_2020;
        let [low, high] = halves(text).map(|half| half | SMALL);
        let kept = |octets: usize| match octets {
            0 => 0,
            1..8 => (1_u64 << (8 * octets)) - 1,
            _ => u64::MAX,
        };
        WordKey {
            low: low & kept(len),
            high: high & kept(len.saturating_sub(8)),
        }
    }

    /// The octets, with the zeros.
    pub(crate) fn octets(self) -> [u8; WordKey::LONGEST] {
        (u128::from(self.low) | u128::from(self.high) << 64).to_le_bytes()
    }

    fn hash(self) -> u64 {
        (self.low ^ self.high.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

fn halves(padded: [u8; WordKey::LONGEST]) -> [u64; 2] {
    let both = u128::from_le_bytes(padded);
    [both as u64, (both >> 64) as u64]
}

/// From words to entries, by open addressing. Texts only look words up, so nobody can fill it from outside.
#[derive(Debug, Default, Clone)]
pub(crate) struct WordTable {
    /// A power of two of them, at most half of them taken. The empty word stands for a free one.
    slots: Vec<(WordKey, Entry)>,
    taken: usize,
    /// Words that are longer than a key.
    long: HashMap<Box<[u8]>, Entry>,
}

impl WordTable {
    /// Adds or replaces a word.
    pub(crate) fn insert(&mut self, word: &str, entry: Entry) {
        let Some(key) = WordKey::new(word.as_bytes()) else {
            self.long.insert(word.as_bytes().into(), entry);
            return;
        };
        if (self.taken + 1) * 2 > self.slots.len() {
            let room = (self.slots.len() * 2).max(1024);
            let full = std::mem::replace(&mut self.slots, vec![(WordKey::default(), Entry::default()); room]);
            self.taken = 0;
            full.into_iter()
                .filter(|(key, _)| *key != WordKey::default())
                .for_each(|(key, entry)| self.put(key, entry));
        }
        self.put(key, entry);
    }

    fn put(&mut self, key: WordKey, entry: Entry) {
        let mut at = self.home(key);
        while let Some((taken, known)) = self.slots.get_mut(at) {
            if *taken == key {
                *known = entry;
                return;
            }
            if *taken == WordKey::default() {
                (*taken, *known) = (key, entry);
                self.taken += 1;
                return;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// What a word stands for.
    pub(crate) fn get(&self, word: &str) -> Option<&Entry> {
        match WordKey::new(word.as_bytes()) {
            Some(key) => self.find(key),
            None => self.long.get(word.as_bytes()),
        }
    }

    /// The same by its key.
    #[inline]
    pub(crate) fn find(&self, key: WordKey) -> Option<&Entry> {
        let mut at = self.home(key);
        loop {
            let (taken, entry) = self.slots.get(at)?;
            if *taken == key {
                return Some(entry);
            }
            if *taken == WordKey::default() {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Every word with its entry, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Vec<u8>, &Entry)> {
        let taken = self.slots.iter().filter(|(key, _)| *key != WordKey::default());
        let short = taken.map(|(key, entry)| {
            let octets = key.octets();
            let len = octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len());
            (octets.get(..len).unwrap_or_default().to_vec(), entry)
        });
        let long = self.long.iter().map(|(word, entry)| (word.to_vec(), entry));
        short.chain(long)
    }

    /// Where a key is looked for first.
    fn home(&self, key: WordKey) -> usize {
        // The upper bits of a product are the mixed ones.
        let bits = self.slots.len().trailing_zeros();
        (key.hash() >> (64 - bits.clamp(1, 63))) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::pattern::{Lexicon, Symbol};

    #[test]
    fn keys_are_the_same_however_they_are_made() {
        for word in [
            "a",
            "we",
            "software",
            "softwares",
            "internationally",
            "sixteen-octets-x",
        ] {
            let mut padded = [b'x'; 16];
            let upper = word.to_ascii_uppercase();
            padded[..upper.len()].copy_from_slice(upper.as_bytes());
            let letters = word.bytes().all(|byte| byte.is_ascii_alphabetic());
            if letters {
                let key = WordKey::of_letters(padded, word.len());
                assert_eq!(Some(key), WordKey::new(word.as_bytes()), "{word}");
                assert!(key.octets().starts_with(word.as_bytes()));
            }
        }
        assert_eq!(WordKey::new(b"seventeen-octets-"), None);
    }

    #[test]
    fn every_word_is_found_again_when_the_table_grows() {
        let mut lexicon = Lexicon::default();
        let words: Vec<String> = (0..5000).map(|n| format!("word{n}{}", "x".repeat(n % 20))).collect();
        let symbols: Vec<Option<Symbol>> = words.iter().map(|word| lexicon.add_word(word)).collect();
        for (word, symbol) in words.iter().zip(&symbols) {
            assert_eq!(lexicon.get(word).map(|entry| entry.symbols()[0]), *symbol);
            assert_eq!(lexicon.add_word(word), *symbol);
        }
        assert_eq!(lexicon.get("word"), None);
    }
}
