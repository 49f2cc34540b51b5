//! The way of most words through the tokenizer: found, made small and looked up without touching single letters.

use super::octets::Octet;
use super::tokens::Tokenizer;
use crate::reading::pattern::WordKey;

/// Octets that are looked at: the longest word and what stands behind it.
const WINDOW: usize = WordKey::LONGEST + 2;

impl Tokenizer<'_> {
    /// Most words: ASCII letters that white space or a mark follows, so that no address can be here. False says that it
    /// takes a closer look.
    #[inline]
    pub(super) fn plain_word(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let Some(window) = rest.first_chunk::<WINDOW>() else {
            return false;
        };
        let Some(octets) = window.first_chunk::<{ WordKey::LONGEST }>() else {
            return false;
        };
        let (key, len) = WordKey::of_leading_letters(*octets);
        let (Some(after), Some(then)) = (window.get(len).copied(), window.get(len + 1).copied()) else {
            return false;
        };
        if len == WordKey::LONGEST || self.at < self.quoted_until || self.looks_closely() {
            return false;
        }
        if !stands_alone(after, then) {
            return after == b'\'' && self.plain_contraction(*window, len);
        }
        let capital = octets[0].is_ascii_uppercase();
        if capital && self.may_name(octets[0].to_ascii_lowercase()) {
            let octets = key.octets();
            let lower = std::str::from_utf8(octets.get(..len).unwrap_or_default()).unwrap_or_default();
            if let Some((symbol, len)) = self.named(lower, len) {
                self.words(&[symbol], len, true);
                return true;
            }
        }
        match self.lexicon.get_by_key(key, len).map(|entry| (entry.single(), entry)) {
            Some((None, entry)) => self.words(entry.symbols(), len, capital),
            of_one => {
                let symbol = of_one.and_then(|(single, _)| single);
                self.one_word(symbol.unwrap_or(self.unknown(capital)), len, capital);
            }
        }
        // The space that follows most words is nothing to look at again.
        self.at += usize::from(after == b' ');
        true
    }
}

impl Tokenizer<'_> {
    /// The same for words with an apostrophe in them ("we'd"), of which `len` letters stand before it.
    fn plain_contraction(&mut self, window: [u8; WINDOW], len: usize) -> bool {
        let behind = window.get(len + 1..).unwrap_or_default();
        let ending = behind
            .iter()
            .take_while(|octet| Octet::new(**octet).is(Octet::LETTER))
            .count();
        let whole = len + 1 + ending;
        let (Some(after), Some(then)) = (window.get(whole).copied(), window.get(whole + 1).copied()) else {
            return false;
        };
        if ending == 0 || !stands_alone(after, then) {
            return false;
        }
        let small = window.map(|octet| octet.to_ascii_lowercase());
        let word = str::from_utf8(small.get(..whole).unwrap_or_default()).unwrap_or_default();
        self.look_up(word, whole, window[0].is_ascii_uppercase());
        true
    }
}

/// Whether a word surely ends before the first of these octets, and no address can begin with it.
#[inline]
fn stands_alone(after: u8, then: u8) -> bool {
    let ends = |octet: u8| Octet::new(octet).is(Octet::ENDS_ADDRESS);
    ends(after) || (Octet::new(after).is(Octet::PAUSES) && ends(then))
}

#[cfg(test)]
mod tests {
    use super::Tokenizer;
    use crate::mail::Prose;
    use crate::reading::Packs;
    use crate::reading::pattern::Symbol;
    use crate::reading::text::Names;
    use crate::reading::text::writer::Writer;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PACKS: LazyLock<Packs> = LazyLock::new(Packs::builtin);

    fn read(text: &str, closely: bool) -> String {
        let names = Names {
            seller: [
                "norvane",
                "norvanelabs",
                "quillmarkwater",
                "safetyfirst",
                "meridiantech",
            ]
            .map(str::to_owned)
            .to_vec(),
            customer: ["jo", "élan", "meridianhealth"].map(str::to_owned).to_vec(),
        };
        let prose = Prose::from_text(text);
        let classes = (&PACKS.text, &PACKS.kinds);
        let mut tokenizer = Tokenizer::new(&PACKS.lexicon, &names, Writer::new(classes, text.len()));
        tokenizer.closely = closely;
        prose
            .passages
            .iter()
            .enumerate()
            .for_each(|(index, passage)| tokenizer.read(index, passage, false));
        format!("{:?}", tokenizer.done())
    }

    #[test]
    fn a_name_may_begin_what_the_domain_spells() {
        let seller = |text: &str| read(text, false).contains(&format!("{:?}", Symbol::SELLER));
        assert!(seller("At Quillmark the line stops. And so on."));
        assert!(seller("The line of Quillmark's stops. And so on."));
        // Too short, in small letters, not the beginning, a word that everyone knows, the beginning of either side's name.
        for other in ["Quil", "quillmark", "Markwater", "Safety", "Meridian"] {
            assert!(!seller(&format!("At {other} the line stops. And so on.")), "{other}");
        }
    }

    proptest! {
        #[test]
        fn plain_words_and_stops_are_what_a_closer_look_finds(
            words in proptest::collection::vec((
                "(we|our|We'd|you|I|help|helping|Norvane|Labs|Quillmark|Quillmark's|Jo|Élan|élan|Mr|Dear|Hi|so|Inc|e-mail|J|can't|we've|Norvane's|Jo's|team's|I'm|don't|o'clock|rock'n'roll|9|[a-z]{1,20}|[A-Z]{1,3}|\\PC)",
                "( | | | |, |\\. |\\.|\\.\\.\\. |\\? |! |\n|\\.\n|-| - |'|\"|…| …|\\.\" |\\) | \\(|@|\\{\\{|é)",
            ), 0..40),
        ) {
            let text: String = words.into_iter().map(|(word, mark)| word + &mark).collect();
            prop_assert_eq!(read(&text, false), read(&text, true));
        }
    }
}
