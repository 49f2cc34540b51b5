//! Puts tokens into sentences, as the tokenizer meets them.

use super::sentences::{Sentence, Text};
use super::tokens::Token;
use super::{Kinds, TextClasses};
use crate::reading::pattern::{ClauseStarts, Symbol};
use std::ops::Range;

/// A sentence is cut here, so that text without full stops stays cheap and one hit does not silence pages.
const LONGEST: usize = 120;
const _: () = assert!(LONGEST <= ClauseStarts::MOST);
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

/// A text that is being read, and its open sentence.
pub(crate) struct Writer<'a> {
    text: Text,
    classes: &'a TextClasses,
    kinds: &'a Kinds,
    passage: usize,
    subject: bool,
    /// The first token of the open sentence.
    from: usize,
    /// How many tokens there are when it is cut.
    full: usize,
}

/// What is known of a sentence once its tokens were looked at.
#[derive(Default)]
struct Seen {
    /// The first token after introductory words, counted within it; 0 if there is none.
    start: usize,
    clause_starts: ClauseStarts,
    words: usize,
    /// All kinds of its tokens.
    kinds: u8,
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
            full: LONGEST,
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
    pub(super) fn push(&mut self, symbol: Symbol, token: Token) {
        self.text.push(symbol, token);
        if self.kinds.get(symbol) & Kinds::GREETS != 0
            && self.text.len() - self.from <= LONGEST_GREETING
            && self.greets()
        {
            self.close(End::Greeting);
        } else if self.text.len() >= self.full {
            self.close(End::Stop);
        }
    }

    /// The same with a written word that stands for itself: no salutation ends with one.
    #[inline(always)]
    pub(super) fn push_word(&mut self, symbol: Symbol, token: Token) {
        self.text.push(symbol, token);
        if self.text.len() >= self.full {
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
        (self.from, self.full) = (tokens.end, tokens.end + LONGEST);
        let seen = self.look_at(tokens.clone());
        self.text.sentences.push(Sentence {
            passage: self.passage,
            subject: self.subject,
            tokens,
            start: seen.start,
            clause_starts: seen.clause_starts,
            words: seen.words,
            names_reader: seen.kinds & Kinds::READER != 0,
            question: end == End::Question,
            greeting,
        });
        if !self.subject {
            self.text.words += seen.words;
        }
    }

    /// Looks at all tokens of a sentence once.
    fn look_at(&self, tokens: Range<usize>) -> Seen {
        let symbols = self.text.symbols_of(tokens);
        let mut seen = Seen::default();
        // Whether a clause starts with the next word: with the first one, and behind what parts clauses.
        let mut opens = Kinds::PARTS;
        for (at, symbol) in symbols.iter().enumerate() {
            let kind = self.kinds.get(*symbol);
            if opens & Kinds::PARTS != 0 && kind & Kinds::WORD != 0 {
                seen.clause_starts.insert(at);
            }
            opens = kind;
            seen.words += usize::from(kind & Kinds::WORD);
            seen.kinds |= kind;
        }
        // The sentence proper begins once.
        let proper = |symbol: &Symbol| self.kinds.get(*symbol) & Kinds::PROPER != 0;
        if let Some(start) = symbols.iter().position(proper) {
            seen.start = start;
            seen.clause_starts.insert(start);
        }
        seen
    }

    /// The text.
    pub(super) fn done(self) -> Text {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Prose;
    use crate::reading::Packs;
    use crate::reading::text::Names;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PACKS: LazyLock<Packs> = LazyLock::new(Packs::builtin);

    proptest! {
        #[test]
        fn clauses_start_where_a_second_walk_finds_them(
            words in proptest::collection::vec("(we|so|well|and|but|help|you|,|;|-|\\(|\\)|\\.|\\?|Jo|Hi|9|/|team's|\n)", 0..300),
        ) {
            let (classes, kinds) = (&PACKS.text, &PACKS.kinds);
            let prose = Prose::from_text(&words.join(" "));
            let text = Text::read(&prose.passages, |_| false, &PACKS.lexicon, (classes, kinds), &Names::default());
            let mut words = 0;
            for sentence in &text.sentences {
                let symbols = text.symbols(sentence);
                let introduces = |symbol: &Symbol| !symbol.is_word() || classes.fillers.contains(*symbol);
                let start = symbols.iter().position(|symbol| !introduces(symbol)).unwrap_or(0);
                prop_assert_eq!(sentence.start, start);
                let parts = |symbol: Symbol| {
                    let mark = !symbol.is_word() && symbol != Symbol::POSSESSIVE && symbol != Symbol::SLASH;
                    mark || classes.conjunctions.contains(symbol)
                };
                let opens = |at: usize| at == 0 || at == start || parts(symbols[at - 1]);
                let starts = (0..symbols.len()).map(|at| opens(at) && symbols[at].is_word()).collect();
                prop_assert_eq!(text.clauses(sentence).starts, starts);
                let reader = |symbol: &Symbol| PACKS.parties.customer.contains(*symbol);
                prop_assert_eq!(sentence.names_reader, symbols.iter().any(reader));
                words += symbols.iter().filter(|symbol| symbol.is_word()).count();
            }
            prop_assert_eq!(text.words, words);
            prop_assert_eq!(text.sentences.iter().map(|sentence| sentence.words).sum::<usize>(), words);
        }
    }
}
