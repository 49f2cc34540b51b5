//! From tokens to sentences.

use super::tokens::{Token, Tokenizer};
use super::writer::Writer;
use super::{Kinds, Names, TextClasses};
use crate::mail::Passage;
use crate::reading::pattern::{ClauseStarts, Clauses, Lexicon, Symbol};
use std::collections::BTreeSet;
use std::ops::Range;

/// The whole own text as sentences.
#[derive(Debug, Default)]
pub(crate) struct Text {
    symbols: Vec<Symbol>,
    tokens: Vec<Token>,
    /// In the order of the text.
    pub(crate) sentences: Vec<Sentence>,
    /// Words of own text, the subject's not counted.
    pub(crate) words: usize,
}

/// One sentence, or a greeting, a heading, a line of a list.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    /// Index of its passage.
    pub(crate) passage: usize,
    /// It is in the Subject field.
    pub(crate) subject: bool,
    /// Its tokens, as a range over all tokens.
    pub(crate) tokens: Range<usize>,
    /// The first token after introductory words, counted within the sentence.
    pub(crate) start: usize,
    /// Where clauses start in it.
    pub(crate) clause_starts: ClauseStarts,
    /// How many words it has.
    pub(crate) words: usize,
    /// It names the reader or their company.
    pub(crate) names_reader: bool,
    /// It ends with a question mark.
    pub(crate) question: bool,
    /// It is only a salutation ("Hi Jo,").
    pub(crate) greeting: bool,
}

impl Text {
    /// Reads passages; `is_subject` says of a passage's index whether it comes from the Subject field.
    pub(crate) fn read(
        passages: &[Passage],
        is_subject: impl Fn(&Passage) -> bool,
        lexicon: &Lexicon,
        of_symbols: (&TextClasses, &Kinds),
        names: &Names,
    ) -> Text {
        let octets = passages.iter().map(|passage| passage.text.len()).sum();
        let mut tokenizer = Tokenizer::new(lexicon, names, Writer::new(of_symbols, octets));
        for (index, passage) in passages.iter().enumerate() {
            tokenizer.read(index, passage, is_subject(passage));
        }
        tokenizer.done()
    }

    /// An empty one with room for so many octets.
    pub(super) fn with_room(octets: usize) -> Text {
        // English has about four octets a token, and a sentence is seldom shorter than 50.
        let tokens = octets / 4 + octets / 16;
        Text {
            sentences: Vec::with_capacity(octets / 50 + 1),
            symbols: Vec::with_capacity(tokens),
            tokens: Vec::with_capacity(tokens),
            ..Text::default()
        }
    }

    /// How many tokens there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Adds a token.
    #[inline]
    pub(super) fn push(&mut self, symbol: Symbol, token: Token) {
        self.symbols.push(symbol);
        self.tokens.push(token);
    }

    /// One token, counted from the beginning of the text.
    pub(super) fn token(&self, at: usize) -> Option<(Symbol, Token)> {
        self.symbols.get(at).copied().zip(self.tokens.get(at).copied())
    }

    /// The sentence's symbols.
    pub(crate) fn symbols(&self, sentence: &Sentence) -> &[Symbol] {
        self.symbols_of(sentence.tokens.clone())
    }

    /// The symbols of tokens, counted from the beginning of the text.
    pub(super) fn symbols_of(&self, tokens: Range<usize>) -> &[Symbol] {
        self.symbols.get(tokens).unwrap_or_default()
    }

    /// What anchors need to know of it.
    pub(crate) fn clauses(&self, sentence: &Sentence) -> Clauses {
        Clauses {
            starts: sentence.clause_starts,
            start: sentence.start,
            question: sentence.question,
        }
    }

    /// The byte range, in its passage, of tokens counted within the sentence.
    pub(crate) fn range(&self, sentence: &Sentence, tokens: &Range<usize>) -> Range<usize> {
        let at = |index: usize| self.tokens.get(sentence.tokens.start + index);
        let start = at(tokens.start).map_or(0, |token| token.start as usize);
        let end = at(tokens.end.saturating_sub(1)).map_or(start, |token| token.end as usize);
        start..end.max(start)
    }

    /// Whether a bullet, a dash or a short number stands before it at the start of its line: an item of a list.
    pub(crate) fn is_item(&self, passages: &[Passage], sentence: &Sentence) -> bool {
        const LONGEST_BULLET: usize = 8;
        let start = self.range(sentence, &(0..1)).start;
        let before = passages
            .get(sentence.passage)
            .and_then(|passage| passage.text.get(..start))
            .unwrap_or_default();
        // Only as far back as a bullet can reach: a text may have no line ends at all. Mostly the sentence before ends here.
        let mut line = (before.len() <= LONGEST_BULLET).then_some(0);
        for (back, byte) in before.bytes().rev().take(LONGEST_BULLET + 1).enumerate() {
            match byte {
                b'\n' => {
                    line = Some(before.len() - back);
                    break;
                }
                b'"' | b'\'' | b'(' | b'.' | b'!' | b'?' => return false,
                _ => {}
            }
        }
        let Some(line) = line else {
            return false;
        };
        let mark = before.get(line..).unwrap_or_default().trim();
        !mark.is_empty() && mark.len() <= LONGEST_BULLET
    }

    /// The last of some words of a sentence that nobody knows and that is written with a capital, as written.
    pub(crate) fn last_name(&self, passages: &[Passage], sentence: &Sentence, words: &Range<usize>) -> Option<String> {
        let from = sentence.tokens.start;
        let places = from + words.start..from + words.end;
        let is_name = |symbol: &Symbol| matches!(*symbol, Symbol::NAME | Symbol::UNKNOWN | Symbol::SELLER);
        let mut names = places.rev().filter_map(|at| {
            let token = self.tokens.get(at).filter(|token| token.capital)?;
            self.symbols.get(at).is_some_and(is_name).then_some(token)
        });
        written(names.next()?, passages.get(sentence.passage)?).map(str::to_owned)
    }

    /// Makes every unknown capitalised word that is written like one of these a name of the seller. Gives the indexes of
    /// the sentences that this changed.
    pub(crate) fn learn_sellers(&mut self, passages: &[Passage], names: &BTreeSet<String>) -> Vec<usize> {
        let mut changed = Vec::new();
        if names.is_empty() {
            return changed;
        }
        for (place, sentence) in self.sentences.iter().enumerate() {
            let Some(passage) = passages.get(sentence.passage) else {
                continue;
            };
            for index in sentence.tokens.clone() {
                let (Some(token), Some(symbol)) = (self.tokens.get(index), self.symbols.get_mut(index)) else {
                    continue;
                };
                if !matches!(*symbol, Symbol::NAME | Symbol::UNKNOWN) || !token.capital {
                    continue;
                }
                let word = written(token, passage).unwrap_or_default();
                if names.contains(word.strip_suffix("'s").unwrap_or(word)) {
                    *symbol = Symbol::SELLER;
                    if changed.last() != Some(&place) {
                        changed.push(place);
                    }
                }
            }
        }
        changed
    }
}

fn written<'a>(token: &Token, passage: &'a Passage) -> Option<&'a str> {
    passage.text.get(token.start as usize..token.end as usize)
}
