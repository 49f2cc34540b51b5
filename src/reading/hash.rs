//! The hash by which a finding is known again, whatever the mail around it.

use super::Category;
use super::packs::spelled;
use sha2::{Digest, Sha256};

/// 16 hex digits of SHA-256 over the category and the words, without regard to case, marks and spaces.
pub(super) fn of(category: Category, words: &str) -> String {
    let mut folded: Vec<u8> = Vec::with_capacity(words.len() + 32);
    folded.extend_from_slice(spelled(category).as_bytes());
    if words.is_ascii() {
        fold_ascii(words.as_bytes(), &mut folded);
    } else {
        for word in words.split_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                folded.push(b'\n');
                folded.extend_from_slice(word.to_lowercase().as_bytes());
            }
        }
    }
    let hash = Sha256::digest(&folded);
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    let mut digits = String::with_capacity(16);
    for byte in hash.iter().take(8) {
        digits.push(digit(byte >> 4));
        digits.push(digit(byte & 15));
    }
    digits
}

/// The same folding octet by octet.
fn fold_ascii(words: &[u8], folded: &mut Vec<u8>) {
    for word in words.split(|octet| matches!(octet, b'\t'..=b'\r' | b' ')) {
        let Some(first) = word.iter().position(u8::is_ascii_alphanumeric) else {
            continue;
        };
        let last = word.iter().rposition(u8::is_ascii_alphanumeric).unwrap_or(first);
        folded.push(b'\n');
        let letters = word.get(first..=last).unwrap_or_default();
        folded.extend(letters.iter().map(u8::to_ascii_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_category_and_words_matter() {
        let hash = of(Category::Want, "We'd love to");
        assert_eq!(hash, "d4fc67ea5ebbc16c");
        assert_eq!(hash, of(Category::Want, "we'd  LOVE\nto,"));
        assert_ne!(hash, of(Category::Sell, "We'd love to"));
        assert_ne!(hash, of(Category::Want, "We'd loveto"));
        assert_eq!(hash, of(Category::Want, "\u{201c}We'd \u{2026} love to\u{201d}"));
    }
}
