//! The way of most words through the tokenizer: found, made small and looked up without touching single letters.

use super::tokens::{Event, Token, Tokenizer, short};
use crate::reading::pattern::WordKey;

impl Tokenizer<'_> {
    /// Most words: ASCII letters that white space or a mark follows, so that no address can be here. `None` says that it
    /// takes a closer look.
    #[inline]
    pub(super) fn plain_word(&mut self) -> Option<Event> {
        let window: &[u8; WordKey::LONGEST + 2] = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        let octets: &[u8; WordKey::LONGEST] = window.first_chunk()?;
        let len = leading_letters(*octets);
        let (after, then) = (*window.get(len)?, *window.get(len + 1)?);
        let alone = ends_address(after) || (matches!(after, b'.' | b';' | b':' | b'!' | b'?') && ends_address(then));
        if len == WordKey::LONGEST || !alone {
            return None;
        }
        if self.at < self.quoted_until {
            return None;
        }
        let key = WordKey::of_letters(*octets, len);
        let capital = octets.first().is_some_and(u8::is_ascii_uppercase);
        if capital && !(self.names.seller.is_empty() && self.names.customer.is_empty()) {
            let octets = key.octets();
            let lower = octets.get(..len).and_then(|lower| std::str::from_utf8(lower).ok())?;
            if let Some((symbol, len)) = self.named(lower, len) {
                return Some(self.words(&[symbol], len, true));
            }
        }
        let symbol = match self.lexicon.get_by_key(key, len) {
            Some(entry) => match entry.single() {
                Some(symbol) => symbol,
                None => return Some(self.words(entry.symbols(), len, capital)),
            },
            None => self.unknown(capital),
        };
        let start = short(self.at);
        self.at += len;
        self.fresh = false;
        self.last = Some(symbol);
        Some(Event::Token(Token {
            symbol,
            start,
            end: short(self.at),
            capital,
        }))
    }
}

/// How many ASCII letters stand in front.
#[inline]
fn leading_letters(octets: [u8; WordKey::LONGEST]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    /// In eight octets: how many letters stand in front. All eight are looked at together, each with its high bit as flag.
    fn in_half(half: u64) -> usize {
        let small = half | (0x20 * EACH);
        let low_bits = small & !HIGH;
        let from_a = low_bits + (0x80 - u64::from(b'a')) * EACH;
        let beyond_z = low_bits + (0x7f - u64::from(b'z')) * EACH;
        let others = !(from_a & !beyond_z & !small) & HIGH;
        others.trailing_zeros() as usize / 8
    }
    let both = u128::from_le_bytes(octets);
    match in_half(both as u64) {
        8 => 8 + in_half((both >> 64) as u64),
        len => len,
    }
}

/// Whether a web or mail address surely ends before this octet.
#[inline]
fn ends_address(octet: u8) -> bool {
    matches!(octet, b' ' | b'\n' | b'\t' | b'<' | b'>' | b'"' | b'(' | b')' | b',')
}

#[cfg(test)]
mod tests {
    use super::leading_letters;

    #[test]
    fn letters_are_counted_whatever_stands_behind_them() {
        for end in 0..=255_u8 {
            for len in 0..16 {
                let mut octets = [end; 16];
                octets
                    .iter_mut()
                    .take(len)
                    .zip("aZzAmMqQbYyBxXwW".bytes())
                    .for_each(|(to, from)| *to = from);
                let expected = octets.iter().take_while(|octet| octet.is_ascii_alphabetic()).count();
                assert_eq!(leading_letters(octets), expected, "{octets:?}");
            }
        }
    }
}
