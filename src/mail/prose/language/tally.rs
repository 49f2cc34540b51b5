//! The words of a text counted, by those of them that tell the language.

use super::small::{SmallWords, plain_word};

/// Words of one paragraph that are looked at.
const SAMPLE: usize = 32;

/// How small words are counted.
pub(super) trait Small: Default {
    /// Whether it matters how the words are written, too: with capitals, in Latin letters.
    const LOOKS_AT_LETTERS: bool = true;

    /// Counts a word that is a small one of these languages, given as bits.
    fn count(&mut self, languages: u32);

    /// Words of English.
    fn english(&self) -> usize;

    /// Words of the language that has the most, English left out: not fewer than these.
    fn most_of_another(&self) -> usize;

    /// Whether no more words are needed.
    fn is_enough(&self) -> bool {
        false
    }
}

/// Counts only whether words are of English, of nothing else, or not of English, which is quick and mostly enough.
#[derive(Debug, Clone, Default)]
pub(super) struct Glance {
    english: usize,
    /// Those of English that are of no other language.
    pure: usize,
    foreign: usize,
}

/// So many words that are of English alone are enough to see, if none was met that is not of English.
const PLAINLY_ENGLISH: usize = 4;

impl Small for Glance {
    /// A text in another script is taken for one sooner than it is, and looked at again.
    const LOOKS_AT_LETTERS: bool = false;

    fn count(&mut self, languages: u32) {
        self.english += usize::from(languages & 1 != 0);
        self.pure += usize::from(languages == 1);
        self.foreign += usize::from(languages & 1 == 0 && languages != 0);
    }

    fn english(&self) -> usize {
        self.english
    }

    /// Any other language has at most the words that it shares with English, and all that are not of English.
    fn most_of_another(&self) -> usize {
        self.english - self.pure + self.foreign
    }

    fn is_enough(&self) -> bool {
        self.pure >= PLAINLY_ENGLISH && self.foreign == 0
    }
}

/// Counts the words of each language, in the order of [`KNOWN`](super::words::KNOWN).
#[derive(Debug, Clone, Default)]
pub(super) struct Each([usize; 32]);

impl Small for Each {
    fn count(&mut self, languages: u32) {
        let mut rest = languages;
        while rest != 0 {
            if let Some(count) = self.0.get_mut(rest.trailing_zeros() as usize) {
                *count += 1;
            }
            rest &= rest - 1;
        }
    }

    fn english(&self) -> usize {
        self.of(0)
    }

    fn most_of_another(&self) -> usize {
        self.best_other().1
    }
}

impl Each {
    /// Words of one language.
    pub(super) fn of(&self, language: usize) -> usize {
        self.0.get(language).copied().unwrap_or_default()
    }

    /// The language with the most small words, English left out.
    pub(super) fn best_other(&self) -> (usize, usize) {
        let others = self.0.iter().enumerate().skip(1);
        // The first of equals, which is the more common.
        others.fold(
            (0, 0),
            |best, (index, &count)| {
                if count > best.1 { (index, count) } else { best }
            },
        )
    }
}

/// Words counted. A word in a script that does without spaces counts for every two of its letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally<S> {
    pub(super) words: usize,
    /// Words that begin with a capital.
    pub(super) capital: usize,
    /// Small words.
    pub(super) small: S,
    /// Letters that are not Latin.
    pub(super) other_letters: usize,
    pub(super) letters: usize,
}

impl<S: Small> Tally<S> {
    /// Looks at the first words of a paragraph, as many as it takes.
    pub(super) fn of(paragraph: &str) -> Tally<S> {
        let mut tally = Tally::<S>::default();
        let known = SmallWords::known();
        let octets = paragraph.as_bytes();
        let mut at = 0;
        while tally.words < SAMPLE
            && !tally.small.is_enough()
            && let Some(rest @ [_, ..]) = octets.get(at..)
        {
            at += match plain_word(rest) {
                Some((key, length, capital)) => {
                    if length > 0 {
                        tally.letters += if S::LOOKS_AT_LETTERS { length } else { 0 };
                        tally.word(known.languages(key, length), length, capital);
                    }
                    // With the octet that ends it.
                    length + 1
                }
                None => tally.other_word(paragraph.get(at..).unwrap_or_default(), known).max(1),
            };
        }
        tally
    }

    /// Takes the word at the front, with the character that ends it, letter by letter; says how many octets that was.
    fn other_word(&mut self, text: &str, known: &SmallWords) -> usize {
        let (mut key, mut length, mut capital) = (0_u64, 0_usize, false);
        let mut end = text.len();
        for (at, c) in text.char_indices() {
            if c.is_ascii_alphabetic() {
                capital |= length == 0 && c.is_ascii_uppercase();
                key |= at_place(c.to_ascii_lowercase() as u8, length);
                (length, self.letters) = (length + 1, self.letters + 1);
            } else if c.is_ascii() || !c.is_alphabetic() {
                end = at + c.len_utf8();
                break;
            } else {
                self.letters += 1;
                if !is_latin(c) {
                    self.other_letters += 1;
                    self.words += usize::from(is_unspaced(c) && self.other_letters.is_multiple_of(2));
                }
                capital |= length == 0 && c.is_uppercase();
                for octet in c
                    .to_lowercase()
                    .flat_map(|c| utf8(c).into_iter().filter(|octet| *octet != 0))
                {
                    key |= at_place(octet, length);
                    length += 1;
                }
            }
        }
        if length > 0 {
            self.word(known.languages(key, length), length, capital);
        }
        end
    }

    /// Counts a word. Single letters count only where they are words.
    fn word(&mut self, languages: u32, length: usize, capital: bool) {
        if languages == 0 && length == 1 {
            return;
        }
        self.words += 1;
        self.capital += usize::from(capital && S::LOOKS_AT_LETTERS);
        self.small.count(languages);
    }
}

impl Tally<Each> {
    /// Adds what was counted elsewhere.
    pub(super) fn add(&mut self, other: &Tally<Each>) {
        self.words += other.words;
        self.capital += other.capital;
        self.other_letters += other.other_letters;
        self.letters += other.letters;
        for (count, more) in self.small.0.iter_mut().zip(other.small.0) {
            *count += more;
        }
    }
}

/// An octet of a key; those beyond the eighth are no part of it.
fn at_place(octet: u8, place: usize) -> u64 {
    let bits = u32::try_from(8 * place).unwrap_or(u32::MAX);
    u64::from(octet).checked_shl(bits).unwrap_or(0)
}

/// The octets of a character; zeroes stand for none.
fn utf8(c: char) -> [u8; 4] {
    let mut octets = [0; 4];
    c.encode_utf8(&mut octets);
    octets
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}')
}

/// Han, Kana, Thai and the like: words are not parted.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What a glance says of English holds when each language is counted.
        #[test]
        fn a_glance_errs_on_the_side_of_another_look(text in "((the|and|on|de|was|in|Demo|é|для|x|не|una)[ ,.]){0,60}") {
            let (glance, tally) = (Tally::<Glance>::of(&text), Tally::<Each>::of(&text));
            if glance.small.is_enough() {
                prop_assert!(glance.words <= tally.words);
            } else {
                prop_assert_eq!(glance.words, tally.words);
                prop_assert_eq!(glance.small.english(), tally.small.english());
                prop_assert!(glance.small.most_of_another() >= tally.small.most_of_another());
                prop_assert!(!glance.leans_english() || tally.leans_english());
            }
        }
    }
}
