//! Which language the own text is in.
//!
//! The small words decide ([`words`]): they are many in any running text, they are few in lists of names and numbers, and
//! what second-language writers get wrong is seldom these. Scripts other than Latin decide by themselves. whatlang has the
//! second opinion: it names what the small words don't know. In doubt a text is read as English.

mod second;
mod small;
mod words;

use super::Passage;
use second::second_opinion;
use small::{plain_word, small_word};
use std::ops::Range;
use words::KNOWN;

/// The language of a mail's own text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Language {
    /// English, of any kind.
    English,
    /// Clearly another.
    Other {
        /// ISO 639-1, or ISO 639-3 where that has none.
        code: &'static str,
        /// Its English name.
        name: &'static str,
        /// How sure that is, in percent.
        confidence: u8,
    },
    /// Too little text to tell, or undecided. It is read as English.
    #[default]
    Unknown,
}

impl Language {
    /// Whether the text is read.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        !matches!(self, Language::Other { .. })
    }

    /// The language's English name; `None` if it is unknown.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Language::English => Some("English"),
            Language::Other { name, .. } => Some(name),
            Language::Unknown => None,
        }
    }
}

/// Fewer words tell nothing.
const FEWEST: usize = 8;

/// A paragraph with fewer words is never left out alone.
const FEWEST_OF_PARAGRAPH: usize = 12;

/// English words that a mail in another language must have before it is read for them, and how many of all words these
/// must be: one in so many.
const FEWEST_OF_MIXED: (usize, usize) = (20, 5);

/// Words of one paragraph that are looked at.
const SAMPLE: usize = 32;

/// Octets that whatlang sees at most.
const SECOND_SAMPLE: usize = 2_000;

/// Paragraphs that whatlang is asked about.
const MOST_OPINIONS: usize = 24;

/// What was found in a text.
pub(super) struct Verdict {
    pub(super) language: Language,
    /// Paragraphs in another language within an English text: the passage's index and the place in its text.
    pub(super) foreign: Vec<(usize, Range<usize>)>,
}

/// Judges the own text. `is_body` tells which passages count; a subject is too short and full of names.
pub(super) fn judge(passages: &[Passage], is_body: impl Fn(&Passage) -> bool) -> Verdict {
    let mut all = Tally::default();
    let mut english = 0;
    let mut foreign = Vec::new();
    let mut opinions = MOST_OPINIONS;
    for (index, passage) in passages.iter().enumerate().filter(|(_, passage)| is_body(passage)) {
        let mut start = 0;
        for paragraph in passage.text.split('\n') {
            let place = start..start + paragraph.len();
            start = place.end + 1;
            let tally = Tally::of(paragraph);
            if tally.leans_english() {
                english += tally.words;
            } else if tally.words >= FEWEST_OF_PARAGRAPH {
                let mut other = tally.is_clearly_other();
                if !other && opinions > 0 && tally.has_hardly_english() {
                    opinions -= 1;
                    other = tally.agrees(second_opinion(paragraph).as_ref()).is_some();
                }
                if other {
                    foreign.push((index, place));
                }
            }
            all.add(&tally);
        }
    }
    let (fewest, part) = FEWEST_OF_MIXED;
    let mixed = english >= fewest && english * part >= all.words;
    if mixed {
        return Verdict {
            language: Language::English,
            foreign,
        };
    }
    let sample = || sample(passages.iter().filter(|passage| is_body(passage)));
    Verdict {
        language: all.language(sample),
        foreign: Vec::new(),
    }
}

/// The front of a text for whatlang.
fn sample<'p>(passages: impl Iterator<Item = &'p Passage>) -> String {
    let mut sample = String::new();
    for passage in passages {
        let room = SECOND_SAMPLE.saturating_sub(sample.len());
        let end = passage.text.floor_char_boundary(room.min(passage.text.len()));
        sample.push_str(passage.text.get(..end).unwrap_or_default());
        sample.push('\n');
    }
    sample
}

/// Words counted. A word in a script that does without spaces counts for every two of its letters.
#[derive(Debug, Clone, Default)]
struct Tally {
    words: usize,
    /// Words that begin with a capital.
    capital: usize,
    /// Small words of each language in [`KNOWN`].
    small: [usize; 32],
    /// Letters that are not Latin.
    other_letters: usize,
    letters: usize,
}

impl Tally {
    /// Looks at the first words of a paragraph.
    fn of(paragraph: &str) -> Tally {
        let mut tally = Tally::default();
        let mut rest = paragraph;
        while tally.words < SAMPLE && !rest.is_empty() {
            let taken = match plain_word(rest.as_bytes()) {
                Some((key, length, capital)) => {
                    tally.letters += length;
                    if length > 0 {
                        tally.word(key, length, capital);
                    }
                    // With the octet that ends it.
                    length + 1
                }
                None => tally.other_word(rest),
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        tally
    }

    /// Takes the word at the front, with the character that ends it, letter by letter; says how many octets that was.
    fn other_word(&mut self, text: &str) -> usize {
        let (mut key, mut length, mut capital) = (0_u64, 0_usize, false);
        for (at, c) in text.char_indices() {
            if c.is_ascii_alphabetic() {
                capital |= length == 0 && c.is_ascii_uppercase();
                key = key << 8 | u64::from(c.to_ascii_lowercase() as u8);
                (length, self.letters) = (length + 1, self.letters + 1);
            } else if c.is_ascii() || !c.is_alphabetic() {
                if length > 0 {
                    self.word(key, length, capital);
                }
                return at + c.len_utf8();
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
                    key = key << 8 | u64::from(octet);
                    length += 1;
                }
            }
        }
        if length > 0 {
            self.word(key, length, capital);
        }
        text.len()
    }

    /// Counts a word. Single letters count only where they are words.
    fn word(&mut self, key: u64, length: usize, capital: bool) {
        let languages = if length <= 8 { small_word(key) } else { 0 };
        if languages == 0 && length == 1 {
            return;
        }
        self.words += 1;
        self.capital += usize::from(capital);
        let mut rest = languages;
        while rest != 0 {
            if let Some(count) = self.small.get_mut(rest.trailing_zeros() as usize) {
                *count += 1;
            }
            rest &= rest - 1;
        }
    }

    fn add(&mut self, other: &Tally) {
        self.words += other.words;
        self.capital += other.capital;
        self.other_letters += other.other_letters;
        self.letters += other.letters;
        for (count, more) in self.small.iter_mut().zip(other.small) {
            *count += more;
        }
    }

    fn english(&self) -> usize {
        self.small.first().copied().unwrap_or_default()
    }

    /// The language with the most small words, English left out.
    fn best_other(&self) -> (usize, usize) {
        let others = self.small.iter().enumerate().skip(1);
        // The first of equals, which is the more common.
        others.fold(
            (0, 0),
            |best, (index, &count)| {
                if count > best.1 { (index, count) } else { best }
            },
        )
    }

    /// Most letters are of another script.
    fn is_other_script(&self) -> bool {
        self.other_letters >= 2 * FEWEST && self.other_letters * 2 > self.letters
    }

    /// Its small words are of another language, and there are as many as running text has.
    fn has_other_words(&self) -> bool {
        let (_, other) = self.best_other();
        let english = self.english();
        other >= 4
            && other * 100 >= self.words * 18
            && other * 2 >= english * 3 + 2
            && self.capital * 10 < self.words * 7
    }

    fn is_clearly_other(&self) -> bool {
        self.is_other_script() || self.has_other_words()
    }

    fn leans_english(&self) -> bool {
        let english = self.english();
        english * 100 >= self.words * 15 && english >= 2 && english >= self.best_other().1 && !self.is_other_script()
    }

    /// The language of the whole.
    fn language(&self, sample: impl FnOnce() -> String) -> Language {
        if self.words < FEWEST && !self.is_other_script() {
            return Language::Unknown;
        }
        if self.leans_english() {
            return Language::English;
        }
        if self.is_other_script() {
            return second_opinion(&sample()).unwrap_or(Language::Unknown);
        }
        let told = self.has_other_words();
        if !told && !self.has_hardly_english() {
            return Language::Unknown;
        }
        let second = second_opinion(&sample());
        match (self.agrees(second.as_ref()), second) {
            (Some(agreed), _) => agreed,
            (None, _) if told => self.by_small_words(),
            // Running text without small words that are known, and no list of names.
            (None, Some(second @ Language::Other { confidence: 96.., .. })) if self.words >= 24 => second,
            _ => Language::Unknown,
        }
    }

    /// Almost no small words of English, and no list of names.
    fn has_hardly_english(&self) -> bool {
        self.english() * 100 < self.words * 7 && self.capital * 10 < self.words * 4
    }

    fn by_small_words(&self) -> Language {
        let (best, count) = self.best_other();
        let share = count * 100 / self.words.max(1);
        KNOWN.get(best).map_or(Language::Unknown, |known| Language::Other {
            code: known.code,
            name: known.name,
            confidence: u8::try_from((50 + share).min(80)).unwrap_or(80),
        })
    }

    /// The language on which the small words, be they few, and whatlang agree.
    fn agrees(&self, second: Option<&Language>) -> Option<Language> {
        let Some(Language::Other { code, name, .. }) = second else {
            return None;
        };
        let index = KNOWN.iter().position(|known| known.code == *code)?;
        let count = self.small.get(index).copied().unwrap_or_default();
        let share = (count * 100 / self.words.max(1)).min(49);
        (count >= 2 && count + 1 >= self.best_other().1).then(|| Language::Other {
            code,
            name,
            confidence: u8::try_from(50 + share).unwrap_or(99),
        })
    }
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
mod tests;
