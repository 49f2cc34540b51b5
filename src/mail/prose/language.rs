//! Which language the own text is in.
//!
//! The small words decide ([`words`]): they are many in any running text, they are few in lists of names and numbers, and
//! what second-language writers get wrong is seldom these. Scripts other than Latin decide by themselves. whatlang has the
//! second opinion: it names what the small words don't know. In doubt a text is read as English.

mod second;
mod small;
mod tally;
mod words;

use super::Passage;
use second::second_opinion;
use std::ops::Range;
use tally::{Each, Glance, Small, Tally};
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
    let paragraphs = || {
        let passages = passages.iter().enumerate().filter(|(_, passage)| is_body(passage));
        passages.flat_map(|(index, passage)| paragraphs(&passage.text).map(move |place| (index, passage, place)))
    };
    let mut survey = Survey::of(paragraphs(), true);
    if !survey.is_mixed() {
        // A glance counts fewer English words than there are.
        survey = Survey::of(paragraphs(), false);
    }
    if survey.is_mixed() {
        return Verdict {
            language: Language::English,
            foreign: survey.foreign,
        };
    }
    let sample = || sample(passages.iter().filter(|passage| is_body(passage)));
    Verdict {
        language: survey.all.language(sample),
        foreign: Vec::new(),
    }
}

/// All paragraphs looked at.
#[derive(Default)]
struct Survey {
    words: usize,
    /// Words of the paragraphs that are in English.
    english: usize,
    /// Of the paragraphs that took more than a glance.
    all: Tally<Each>,
    foreign: Vec<(usize, Range<usize>)>,
}

impl Survey {
    /// Counts the words of each paragraph, if a `glance` at it is not enough or not wanted.
    fn of<'p>(paragraphs: impl Iterator<Item = (usize, &'p Passage, Range<usize>)>, glance: bool) -> Survey {
        let mut survey = Survey::default();
        let mut opinions = MOST_OPINIONS;
        for (index, passage, place) in paragraphs {
            let paragraph = passage.text.get(place.clone()).unwrap_or_default();
            if glance {
                let seen = Tally::<Glance>::of(paragraph);
                if seen.leans_english() {
                    survey.words += seen.words;
                    survey.english += seen.words;
                    continue;
                }
            }
            let tally = Tally::<Each>::of(paragraph);
            survey.words += tally.words;
            if tally.leans_english() {
                survey.english += tally.words;
            } else if tally.words >= FEWEST_OF_PARAGRAPH {
                let mut other = tally.is_clearly_other();
                if !other && opinions > 0 && tally.has_hardly_english() {
                    opinions -= 1;
                    other = tally.agrees(second_opinion(paragraph).as_ref()).is_some();
                }
                if other {
                    survey.foreign.push((index, place));
                }
            }
            survey.all.add(&tally);
        }
        survey
    }

    /// Enough of it is English that it is read for that.
    fn is_mixed(&self) -> bool {
        let (fewest, part) = FEWEST_OF_MIXED;
        self.english >= fewest && self.english * part >= self.words
    }
}

/// The lines of a passage's text, each of which is a paragraph or stands alone.
fn paragraphs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.map(move |end| std::mem::replace(&mut start, end + 1)..end)
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

impl<S: Small> Tally<S> {
    /// Most letters are of another script.
    fn is_other_script(&self) -> bool {
        self.other_letters >= 2 * FEWEST && self.other_letters * 2 > self.letters
    }

    /// English by its small words. After a glance this is surely so.
    fn leans_english(&self) -> bool {
        let english = self.small.english();
        english * 100 >= self.words * 15
            && english >= 2
            && english >= self.small.most_of_another()
            && !self.is_other_script()
    }
}

impl Tally<Each> {
    /// Its small words are of another language, and there are as many as running text has.
    fn has_other_words(&self) -> bool {
        let (_, other) = self.small.best_other();
        let english = self.small.english();
        other >= 4
            && other * 100 >= self.words * 18
            && other * 2 >= english * 3 + 2
            && self.capital * 10 < self.words * 7
    }

    fn is_clearly_other(&self) -> bool {
        self.is_other_script() || self.has_other_words()
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
        self.small.english() * 100 < self.words * 7 && self.capital * 10 < self.words * 4
    }

    fn by_small_words(&self) -> Language {
        let (best, count) = self.small.best_other();
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
        let count = self.small.of(index);
        let share = (count * 100 / self.words.max(1)).min(49);
        (count >= 2 && count + 1 >= self.small.best_other().1).then(|| Language::Other {
            code,
            name,
            confidence: u8::try_from(50 + share).unwrap_or(99),
        })
    }
}

#[cfg(test)]
mod tests;
