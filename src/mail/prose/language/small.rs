//! Small words, found without going through letters.

use super::words::KNOWN;
use std::sync::LazyLock;

/// The word of ASCII letters at the front: its key, its length, whether it has a capital. The length is zero if something
/// else of ASCII stands there; `None` says that it takes a closer look.
pub(super) fn plain_word(octets: &[u8]) -> Option<(u64, usize, bool)> {
    if let Some(eight) = octets.first_chunk::<8>() {
        const EACH: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x80 * EACH;
        // All eight are looked at together, each with its high bit as flag.
        let eight = u64::from_le_bytes(*eight);
        let small = eight | (0x20 * EACH);
        let low_bits = small & !HIGH;
        let from_a = low_bits + (0x80 - u64::from(b'a')) * EACH;
        let beyond_z = low_bits + (0x7f - u64::from(b'z')) * EACH;
        let others = !(from_a & !beyond_z & !small) & HIGH;
        let bits = others.trailing_zeros() & !7;
        if bits < 64 && (eight >> bits) & 0x80 == 0 {
            let key = (small.swap_bytes()).checked_shr(64 - bits).unwrap_or(0);
            return Some((key, bits as usize / 8, eight & 0x20 == 0));
        }
    }
    let length = octets.iter().take_while(|octet| octet.is_ascii_alphabetic()).count();
    if octets.get(length).is_some_and(|octet| !octet.is_ascii()) {
        return None;
    }
    // Words that are longer than a key are none of the small ones.
    let word = octets.get(..length.min(8)).unwrap_or_default();
    let key = word
        .iter()
        .fold(0, |key, octet| key << 8 | u64::from(octet.to_ascii_lowercase()));
    Some((key, length, octets.first().is_some_and(u8::is_ascii_uppercase)))
}

/// The languages, as bits, in which a word is one of the small ones.
pub(super) fn small_word(key: u64) -> u32 {
    static TABLE: LazyLock<Vec<(u64, u32)>> = LazyLock::new(table);
    let mut at = home(key);
    while let Some((known, languages)) = TABLE.get(at) {
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

/// Slots of the table of small words, a power of two; less than half of them are taken.
const SLOTS: usize = 4096;

/// Where a word is looked for first.
fn home(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % SLOTS
}

/// Small words by open addressing. The empty word stands for a free slot.
fn table() -> Vec<(u64, u32)> {
    let mut table: Vec<(u64, u32)> = vec![(0, 0); SLOTS];
    for (index, known) in KNOWN.iter().enumerate() {
        for word in known.words.split_ascii_whitespace().filter(|word| word.len() <= 8) {
            let key = packed(word);
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

fn packed(word: &str) -> u64 {
    word.bytes().fold(0, |key, octet| key << 8 | u64::from(octet))
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
            if length < 8 {
                assert_eq!(key, packed(&text[..length].to_lowercase()), "{text}");
            }
        }
        assert_eq!(plain_word("caf\u{e9} bar".as_bytes()), None);
    }

    #[test]
    fn small_words_have_languages() {
        assert!(small_word(packed("the")) & 1 == 1);
        assert_eq!(small_word(packed("qqqq")), 0);
        let taken = table().iter().filter(|(key, _)| *key != 0).count();
        assert!(taken * 2 < SLOTS, "{taken} of {SLOTS}");
    }
}
