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
        for word in words.split_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                hash.octet(b'\n');
                hash.octets(word.to_lowercase().as_bytes());
            }
        }
    }
    hash.digits()
}

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

    /// The same folding as of other words, octet by octet.
    fn ascii_words(&mut self, words: &[u8]) {
        for word in words.split(|octet| matches!(octet, b'\t'..=b'\r' | b' ')) {
            let Some(first) = word.iter().position(u8::is_ascii_alphanumeric) else {
                continue;
            };
            let last = word.iter().rposition(u8::is_ascii_alphanumeric).unwrap_or(first);
            self.octet(b'\n');
            for octet in word.get(first..=last).unwrap_or_default() {
                self.octet(octet.to_ascii_lowercase());
            }
        }
    }

    fn digits(self) -> String {
        let mut mixed = self.0;
        for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
            mixed = (mixed ^ mixed >> 33).wrapping_mul(factor);
        }
        mixed ^= mixed >> 33;
        let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
        let mut digits = String::with_capacity(16);
        for octet in mixed.to_be_bytes() {
            digits.push(digit(octet >> 4));
            digits.push(digit(octet & 15));
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_category_and_words_matter() {
        let hash = of(Category::Want, "We'd love to");
        assert_eq!(hash, "f91b46b0c5777c46");
        assert_eq!(hash, of(Category::Want, "we'd  LOVE\nto,"));
        assert_ne!(hash, of(Category::Sell, "We'd love to"));
        assert_ne!(hash, of(Category::Want, "We'd loveto"));
        assert_eq!(hash, of(Category::Want, "\u{201c}We'd \u{2026} love to\u{201d}"));
    }
}
