//! Small words, found without going through letters.

use super::words::KNOWN;
use std::sync::LazyLock;

/// The word of ASCII letters at the front: its key, its length, whether it has a capital. The length is zero if something
/// else of ASCII stands there; `None` says that it takes a closer look. The key of a word of more than eight letters is
/// that of its front.
#[inline]
pub(super) fn plain_word(octets: &[u8]) -> Option<(u64, usize, bool)> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let eight = match octets.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => packed(octets),
    };
    // All eight are looked at together, each with its high bit as flag.
    let small = eight | (0x20 * EACH);
    let low_bits = small & !HIGH;
    let from_a = low_bits + (0x80 - u64::from(b'a')) * EACH;
    let beyond_z = low_bits + (0x7f - u64::from(b'z')) * EACH;
    let others = !(from_a & !beyond_z & !small) & HIGH;
    let capital = eight & 0x20 == 0;
    if others != 0 {
        let bits = others.trailing_zeros() & !7;
        let ascii = (eight >> bits) & 0x80 == 0;
        return ascii.then_some((small & !(u64::MAX << bits), bits as usize / 8, capital));
    }
    let more = octets.iter().skip(8).take_while(|octet| octet.is_ascii_alphabetic());
    let length = 8 + more.count();
    let ascii = octets.get(length).is_none_or(u8::is_ascii);
    ascii.then_some((small, length, capital))
}

/// The key of a word: its first eight octets.
pub(super) fn packed(word: &[u8]) -> u64 {
    let octets = word.iter().zip((0..64).step_by(8));
    octets.fold(0, |key, (octet, bits)| key | u64::from(*octet) << bits)
}

/// The small words of all languages by their keys, with the languages as bits.
pub(super) struct SmallWords(Vec<(u64, u32)>);

impl SmallWords {
    /// Those that are known.
    pub(super) fn known() -> &'static SmallWords {
        static WORDS: LazyLock<SmallWords> = LazyLock::new(|| SmallWords(table()));
        &WORDS
    }

    /// The languages in which a word of so many octets is one of the small ones.
    pub(super) fn languages(&self, key: u64, length: usize) -> u32 {
        if length > 8 {
            return 0;
        }
        let mut at = home(key);
        while let Some((known, languages)) = self.0.get(at) {
            if *known == key {
                return *languages;
            }
            if *known == 0 {
                return 0;
            }
            at = (at + 1) % SLOTS;
        }
        0
    }
}

/// Slots of the table of small words, a power of two; less than half of them are taken.
const SLOTS: usize = 4096;

/// Where a word is looked for first.
fn home(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % SLOTS
}

/// Small words by open addressing. The empty word stands for a free slot.
fn table() -> Vec<(u64, u32)> {
    let mut table: Vec<(u64, u32)> = vec![(0, 0); SLOTS];
    for (index, known) in KNOWN.iter().enumerate() {
        for word in known.words.split_ascii_whitespace().filter(|word| word.len() <= 8) {
            let key = packed(word.as_bytes());
            let mut at = home(key);
            while table.get(at).is_some_and(|(taken, _)| *taken != 0 && *taken != key) {
                at = (at + 1) % SLOTS;
            }
            if let Some(slot) = table.get_mut(at) {
                *slot = (key, slot.1 | 1 << index);
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_taken_whole() {
        for (text, length) in [
            ("the dock", 3),
            ("The", 3),
            ("depots and", 6),
            ("warehouse, so", 9),
            (", so", 0),
        ] {
            let (key, found, capital) = plain_word(text.as_bytes()).unwrap();
            assert_eq!((found, capital), (length, text.starts_with('T')), "{text}");
            assert_eq!(key, packed(text[..length].to_lowercase().as_bytes()), "{text}");
        }
        assert_eq!(plain_word("caf\u{e9} bar".as_bytes()), None);
    }

    #[test]
    fn small_words_have_languages() {
        let known = SmallWords::known();
        assert!(known.languages(packed(b"the"), 3) & 1 == 1);
        assert_eq!(known.languages(packed(b"qqqq"), 4), 0);
        let taken = table().iter().filter(|(key, _)| *key != 0).count();
        assert!(taken * 2 < SLOTS, "{taken} of {SLOTS}");
    }
}
