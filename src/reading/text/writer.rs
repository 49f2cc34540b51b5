//! Puts tokens into sentences, as the tokenizer meets them.

use super::sentences::{Sentence, Text};
use super::tokens::Token;
use super::{Kinds, TextClasses};
use crate::reading::pattern::Symbol;

/// A sentence is cut here, so that text without full stops stays cheap and one hit does not silence pages.
const LONGEST: usize = 120;
/// A salutation is no longer than this.
const LONGEST_GREETING: usize = 6;

/// How a sentence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a full stop, an exclamation mark, a line end or the text.
    Stop,
    /// With a question mark.
    Question,
    /// With the comma or dash after a salutation.
    Greeting,
}

/// A text that is being read, and what is known of its open sentence.
pub(crate) struct Writer<'a> {
    text: Text,
    classes: &'a TextClasses,
    kinds: &'a Kinds,
    passage: usize,
    subject: bool,
    /// The first token of the open sentence.
    from: usize,
    /// Its first token after introductory words, counted within it, once there is one.
    start: Option<usize>,
    /// Its words.
    words: usize,
    /// A clause starts with the next word.
    opens: bool,
}

impl<'a> Writer<'a> {
    /// For a text of so many octets.
    pub(crate) fn new((classes, kinds): (&'a TextClasses, &'a Kinds), octets: usize) -> Writer<'a> {
        Writer {
            text: Text::with_room(octets),
            classes,
            kinds,
            passage: 0,
            subject: false,
            from: 0,
            start: None,
            words: 0,
            opens: true,
        }
    }

    pub(super) fn classes(&self) -> &'a TextClasses {
        self.classes
    }

    /// Begins a passage.
    pub(super) fn begin(&mut self, passage: usize, subject: bool) {
        (self.passage, self.subject) = (passage, subject);
    }

    /// Adds a token to the open sentence, and closes it where it is long enough or a salutation.
    #[inline]
    pub(super) fn push(&mut self, symbol: Symbol, token: Token) {
        let kind = self.kinds.get(symbol);
        let at = self.text.len() - self.from;
        let proper = self.start.is_none() && kind & Kinds::INTRODUCES == 0;
        if proper {
            self.start = Some(at);
        }
        let word = kind & Kinds::WORD;
        self.text.push(symbol, token, (self.opens || proper) && word != 0);
        self.words += usize::from(word);
        self.opens = kind & Kinds::PARTS != 0;
        if kind & Kinds::GREETS != 0 || at + 1 >= LONGEST {
            self.look_whether_it_ends(kind, at + 1);
        }
    }

    /// Closes a sentence that has so many tokens, the last one of this kind, if it is a salutation or too long.
    fn look_whether_it_ends(&mut self, kind: u8, len: usize) {
        if kind & Kinds::GREETS != 0 && len <= LONGEST_GREETING && self.greets() {
            self.close(End::Greeting);
        } else if len >= LONGEST {
            self.close(End::Stop);
        }
    }

    /// Whether the open sentence is a salutation: "Hi Jo," or, as the first words of all, "Jo,".
    fn greets(&self) -> bool {
        let Some((symbol, token)) = self.text.token(self.from) else {
            return false;
        };
        let name = || matches!(symbol, Symbol::UNKNOWN | Symbol::NAME | Symbol::CUSTOMER) && token.capital;
        let short = || self.text.len() - self.from <= 3 && !self.subject;
        let begins = || self.text.sentences.iter().all(|sentence| sentence.subject);
        self.classes.greetings.contains(symbol) || (name() && short() && begins())
    }

    /// Ends the open sentence, if there is anything in it.
    pub(super) fn close(&mut self, end: End) {
        let tokens = self.from..self.text.len();
        if tokens.is_empty() {
            return;
        }
        let first = self.text.token(tokens.start);
        let greets = || first.is_some_and(|(first, _)| self.classes.greetings.contains(first));
        let greeting = end == End::Greeting || (tokens.len() <= 3 && greets());
        self.from = tokens.end;
        self.text.sentences.push(Sentence {
            passage: self.passage,
            subject: self.subject,
            tokens,
            start: self.start.take().unwrap_or(0),
            question: end == End::Question,
            greeting,
        });
        if !self.subject {
            self.text.words += self.words;
        }
        (self.words, self.opens) = (0, true);
    }

    /// The text.
    pub(super) fn done(self) -> Text {
        self.text
    }
}
