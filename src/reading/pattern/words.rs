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

    /// The key of the ASCII letters, whatever their case, that `text` begins with, and how many they are. Eight octets are
    /// looked at together.
    #[inline]
    pub(crate) fn of_leading_letters(text: [u8; WordKey::LONGEST]) -> (WordKey, usize) {
        let [low, high] = halves(text);
        match leading_letters(low) {
            (low, 8) => {
                let (high, len) = leading_letters(high);
                (WordKey { low, high }, 8 + len)
            }
            (low, len) => (WordKey { low, high: 0 }, len),
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

/// The letters in front, made small, with zeros behind them; and how many they are.
#[inline]
fn leading_letters(half: u64) -> (u64, usize) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    // Makes capitals small, leaves small letters as they are, and makes no letter of anything else.
    let small = half | (0x20 * EACH);
    // The high bit of each octet becomes the answer for it; no sum of seven bits and these carries into the next.
    let low_bits = small & !HIGH;
    let from_a = low_bits + (0x80 - u64::from(b'a')) * EACH;
    let beyond_z = low_bits + (0x7f - u64::from(b'z')) * EACH;
    let others = !(from_a & !beyond_z & !small) & HIGH;
    if others == 0 {
        return (small, 8);
    }
    // All bits up to the lowest of them, without the eight of its own octet.
    let kept = (others ^ (others - 1)) >> 8;
    (small & kept, others.trailing_zeros() as usize / 8)
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
    /// By how much a hash is shifted to give a slot: the upper bits of a product are the mixed ones.
    shift: u32,
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
            self.shift = 64 - room.trailing_zeros();
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
    #[inline]
    fn home(&self, key: WordKey) -> usize {
        (key.hash() >> self.shift) as usize
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
            for behind in [b' ', b'-', b'1', 0, 255] {
                let mut padded = [behind; 16];
                let upper = word.to_ascii_uppercase();
                padded[..upper.len()].copy_from_slice(upper.as_bytes());
                if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                    let (key, len) = WordKey::of_leading_letters(padded);
                    assert_eq!((Some(key), len), (WordKey::new(word.as_bytes()), word.len()), "{word}");
                    assert!(key.octets().starts_with(word.as_bytes()));
                }
            }
        }
        assert_eq!(WordKey::new(b"seventeen-octets-"), None);
    }

    #[test]
    fn letters_are_counted_whatever_stands_behind_them() {
        for end in 0..=255_u8 {
            for len in 0..=16 {
                let mut octets = [end; 16];
                let letters = "aZzAmMqQbYyBxXwW".bytes();
                octets
                    .iter_mut()
                    .take(len)
                    .zip(letters)
                    .for_each(|(to, from)| *to = from);
                let leading = octets.iter().take_while(|octet| octet.is_ascii_alphabetic()).count();
                let lower = octets.get(..leading).unwrap().to_ascii_lowercase();
                assert_eq!(
                    WordKey::of_leading_letters(octets),
                    (WordKey::new(&lower).unwrap(), leading),
                    "{octets:?}"
                );
            }
        }
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
