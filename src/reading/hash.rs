//! The hash by which a finding is known again, whatever the mail around it.

use super::Category;
use super::packs::spelled;

/// 16 hex digits that tell category and words, without regard to case, marks and spaces.
///
/// It is made to be quick and the same everywhere, not to withstand anybody: who writes a mail may silence what is found
/// in it anyway.
pub(super) fn of(category: Category, words: &str) -> String {
    let mut hash = Hash::default();
    hash.octets(spelled(category).as_bytes());
    if words.is_ascii() {
        hash.ascii_words(words.as_bytes());
    } else {
        hash.words(words);
    }
    hash.digits()
}

/// What an octet is to a word: what is hashed of it, and with [`INSIDE`] or [`SPACE`] what it is.
const FOLDED: [u16; 256] = {
    let mut folded = [0; 256];
    let mut octet = 0;
    while octet < 128_u8 {
        folded[octet as usize] = match octet {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => octet.to_ascii_lowercase() as u16 | INSIDE,
            b'\t'..=b'\r' | b' ' => SPACE,
            _ => octet as u16,
        };
        octet += 1;
    }
    folded
};
/// A letter or digit. What is neither nor white space is a mark.
const INSIDE: u16 = 0x100;
const SPACE: u16 = 0x200;

/// FNV-1a over 64 bits, with a last mixing of all of them.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    #[inline]
    fn octet(&mut self, octet: u8) {
        self.0 = (self.0 ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3);
    }

    fn octets(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.octet(*octet));
    }

    /// Each word in lower case, without the marks around it.
    fn words(&mut self, words: &str) {
        for word in words.split_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                self.octet(b'\n');
                self.octets(word.to_lowercase().as_bytes());
            }
        }
    }

    /// The same in one walk: marks after a word are hashed as if they were within it, and forgotten where it ends.
    fn ascii_words(&mut self, words: &[u8]) {
        let mut octets = words.iter().map(|octet| FOLDED[usize::from(*octet)]);
        while let Some(first) = octets.find(|octet| octet & INSIDE != 0) {
            self.octet(b'\n');
            self.octet(first as u8);
            // As of the last letter or digit.
            let mut sure = self.0;
            for octet in octets.by_ref().take_while(|octet| octet & SPACE == 0) {
                self.octet(octet as u8);
                sure = if octet & INSIDE != 0 { self.0 } else { sure };
            }
            self.0 = sure;
        }
    }

    fn digits(self) -> String {
        let mut mixed = self.0;
        for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
            mixed = (mixed ^ mixed >> 33).wrapping_mul(factor);
        }
        mixed ^= mixed >> 33;
        let digits = [(mixed >> 32) as u32, mixed as u32].map(eight_digits);
        str::from_utf8(digits.as_flattened()).unwrap_or_default().to_owned()
    }
}

/// The hex digits of a number, all at once: each of its halves of octets becomes an octet, then a digit.
fn eight_digits(number: u32) -> [u8; 8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut halves = u64::from(number);
    for (shift, kept) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
    ] {
        halves = (halves | halves << shift) & kept;
    }
    let letters = (halves + 6 * EACH) >> 4 & EACH;
    let digits = halves + u64::from(b'0') * EACH + letters * u64::from(b'a' - b'9' - 1);
    digits.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_category_and_words_matter() {
        let hash = of(Category::Want, "We'd love to");
        assert_eq!(hash, "f91b46b0c5777c46");
        assert_eq!(hash, of(Category::Want, "we'd  LOVE\nto,"));
        assert_ne!(hash, of(Category::Sell, "We'd love to"));
        assert_ne!(hash, of(Category::Want, "We'd loveto"));
        assert_eq!(hash, of(Category::Want, "\u{201c}We'd \u{2026} love to\u{201d}"));
    }

    proptest! {
        #[test]
        fn digits_are_the_usual_ones(number: u64) {
            let digits = [(number >> 32) as u32, number as u32].map(eight_digits);
            let usual = format!("{number:016x}");
            prop_assert_eq!(digits.as_flattened(), usual.as_bytes());
        }

        #[test]
        fn ascii_is_folded_as_all_words_are(words in "([a-zA-Z0-9]{0,3}|[ \t\n\x0b]|[!-~]|[\x00-\x7f]){0,20}") {
            let (mut quick, mut simple) = (Hash::default(), Hash::default());
            quick.ascii_words(words.as_bytes());
            simple.words(&words);
            prop_assert_eq!(quick.0, simple.0);
        }
    }
}
