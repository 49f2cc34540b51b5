//! From the characters of a passage to tokens.

use super::{Names, TextClasses};
use crate::mail::steps;
use crate::reading::pattern::{Lexicon, Symbol};

/// One token: a word, a number, a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) symbol: Symbol,
    /// Byte offsets in the passage's text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Written with a capital.
    pub(crate) capital: bool,
}

/// What ends or parts sentences, as the tokenizer meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// A token.
    Token(Token),
    /// A full stop, not after an abbreviation; an exclamation mark.
    Stop,
    /// A question mark.
    Question,
    /// A line end.
    Line,
}

/// Walks over one passage.
pub(crate) struct Tokenizer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) lexicon: &'a Lexicon,
    pub(super) classes: &'a TextClasses,
    pub(super) names: &'a Names,
    /// Further tokens of a contraction: how many, the last one first.
    pending: (usize, [Token; 2]),
    /// No word of the sentence has been seen, so a capital means nothing.
    pub(super) fresh: bool,
    /// The token before.
    pub(super) last: Option<Symbol>,
    pub(super) lower: String,
    /// Where the quotation that we are in ends.
    pub(super) quoted_until: usize,
    /// Up to here no address starts.
    no_address_until: usize,
}

impl<'a> Tokenizer<'a> {
    pub(crate) fn new(
        text: &'a str,
        lexicon: &'a Lexicon,
        classes: &'a TextClasses,
        names: &'a Names,
    ) -> Tokenizer<'a> {
        Tokenizer {
            text,
            at: 0,
            lexicon,
            classes,
            names,
            pending: (0, [NO_TOKEN; 2]),
            fresh: true,
            last: None,
            lower: String::new(),
            quoted_until: 0,
            no_address_until: 0,
        }
    }

    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.text.as_bytes().get(self.at + offset).copied().unwrap_or(0)
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn token(&mut self, symbol: Symbol, len: usize) -> Event {
        let start = self.at;
        self.at += len;
        self.last = Some(symbol);
        if symbol.is_word() {
            self.fresh = false;
        }
        Event::Token(Token {
            symbol,
            start: short(start),
            end: short(self.at),
            capital: false,
        })
    }

    pub(super) fn ends(&mut self, event: Event, len: usize) -> Event {
        self.at += len;
        self.fresh = true;
        self.last = None;
        event
    }

    fn number(&mut self) -> Event {
        let bytes = self.rest().as_bytes();
        let mut len = 0;
        while let Some(byte) = bytes.get(len) {
            let joins = matches!(byte, b'.' | b',' | b':') && bytes.get(len + 1).is_some_and(u8::is_ascii_digit);
            if !byte.is_ascii_digit() && !joins {
                break;
            }
            len += 1;
        }
        if bytes.get(len) == Some(&b'%') {
            len += 1;
        }
        self.token(Symbol::NUMBER, len)
    }

    /// An address, if one starts here.
    ///
    /// Each run without white space is looked at once, so that a long one does not cost its length for each word in it.
    fn address(&mut self) -> Option<Event> {
        if self.at < self.no_address_until {
            return None;
        }
        let run = self
            .rest()
            .split([' ', '\n', '\t', '<', '>', '"', '(', ')', ','])
            .next()?;
        self.no_address_until = self.at + run.len();
        steps::count(run.len());
        if !run.contains(['.', '@', '/']) {
            return None;
        }
        let run = run.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
        let scheme = run.contains("://") || run.starts_with("www.") || run.starts_with("mailto:");
        let host = run.split('/').next().unwrap_or_default();
        let dotted = host
            .rsplit_once('.')
            .filter(|(name, end)| !name.is_empty() && is_top_level(end));
        if scheme || (dotted.is_some() && !run.contains('@') && host.is_ascii()) {
            return Some(self.token(Symbol::URL, run.len()));
        }
        let mail = run
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        mail.then(|| self.token(Symbol::EMAIL, run.len()))
    }

    fn word(&mut self) -> Event {
        let rest = self.rest();
        let mut len = 0;
        let mut ascii = true;
        let mut upper = false;
        for (at, c) in rest.char_indices() {
            let joins = c == '\''
                && at > 0
                && rest
                    .get(at + 1..)
                    .and_then(|r| r.chars().next())
                    .is_some_and(char::is_alphabetic);
            if !c.is_alphanumeric() && !joins {
                break;
            }
            ascii &= c.is_ascii();
            upper |= c.is_uppercase();
            len = at + c.len_utf8();
        }
        let written = rest.get(..len).unwrap_or_default();
        let capital = written.chars().next().is_some_and(char::is_uppercase);
        let mut lower = std::mem::take(&mut self.lower);
        lower.clear();
        if ascii && !upper {
            lower.push_str(written);
        } else {
            lower.extend(written.chars().flat_map(char::to_lowercase));
        }
        let event = self.look_up(&lower, len, capital);
        self.lower = lower;
        event
    }

    fn look_up(&mut self, lower: &str, len: usize, capital: bool) -> Event {
        if self.at < self.quoted_until {
            return self.words(&[Symbol::UNKNOWN], len, capital);
        }
        // "e-mail" and its kin: the first half alone means nothing.
        if lower == "e" && self.rest().get(1..).is_some_and(|rest| rest.starts_with("-mail")) {
            self.at += 2;
            let mail = self.rest().bytes().take_while(u8::is_ascii_alphabetic).count();
            let word = if mail > 4 { "emails" } else { "email" };
            return self.look_up(word, mail, capital);
        }
        if capital && let Some(symbol) = self.named(lower, len) {
            return self.words(&[symbol.0], symbol.1, true);
        }
        if let Some(entry) = self.lexicon.get(lower) {
            return self.words(entry.symbols(), len, capital);
        }
        if let Some((base, ending)) = lower.rsplit_once('\'') {
            let end = match ending {
                "s" => Some(Symbol::POSSESSIVE),
                "d" => self.first("would"),
                "ll" => self.first("will"),
                "re" => self.first("are"),
                "ve" => self.first("have"),
                _ => None,
            };
            if let Some(end) = end {
                let base_symbol = (capital
                    .then(|| self.named(base, base.len()))
                    .flatten()
                    .map(|(symbol, _)| symbol))
                .or_else(|| self.first(base))
                .unwrap_or(self.unknown(capital));
                return self.words(&[base_symbol, end], len, capital);
            }
        }
        let symbol = self.unknown(capital);
        self.words(&[symbol], len, capital)
    }

    fn first(&self, word: &str) -> Option<Symbol> {
        self.lexicon
            .get(word)
            .and_then(|entry| entry.symbols().first().copied())
    }

    pub(super) fn unknown(&self, capital: bool) -> Symbol {
        if capital && !self.fresh {
            Symbol::NAME
        } else {
            Symbol::UNKNOWN
        }
    }

    /// Seller or recipient, if the word, or it and those after it, is their name; with the length of the longest name.
    pub(super) fn named(&self, lower: &str, len: usize) -> Option<(Symbol, usize)> {
        let lists = [
            (Symbol::SELLER, &self.names.seller),
            (Symbol::CUSTOMER, &self.names.customer),
        ];
        lists.into_iter().find_map(|(symbol, names)| {
            let beginning = names.iter().filter_map(|name| name.strip_prefix(lower));
            let whole = beginning.filter_map(|rest| self.following(rest, len)).max()?;
            Some((symbol, whole))
        })
    }

    /// The length up to where the next words have spelled what is left of a name: "Norvane Labs" for norvanelabs.
    fn following(&self, mut left: &str, mut len: usize) -> Option<usize> {
        const FURTHER_WORDS: usize = 3;
        for _ in 0..FURTHER_WORDS {
            if left.is_empty() {
                break;
            }
            let next = self.rest().get(len..).and_then(|rest| rest.strip_prefix([' ', '-']))?;
            let end = next.find(|c: char| !c.is_alphanumeric()).unwrap_or(next.len());
            let word = next.get(..end).filter(|word| !word.is_empty())?.to_lowercase();
            left = left.strip_prefix(word.as_str())?;
            len += 1 + end;
        }
        left.is_empty().then_some(len)
    }

    /// Tokens over one written word: the first now, the others next.
    pub(super) fn words(&mut self, symbols: &[Symbol], len: usize, capital: bool) -> Event {
        let (start, end) = (short(self.at), short(self.at + len));
        let token = |symbol: Symbol| Token {
            symbol,
            start,
            end,
            capital,
        };
        let (first, others) = symbols.split_first().unwrap_or((&Symbol::UNKNOWN, &[]));
        self.pending.0 = 0;
        for (place, symbol) in self.pending.1.iter_mut().zip(others.iter().rev()) {
            *place = token(*symbol);
            self.pending.0 += 1;
        }
        self.at += len;
        self.fresh = false;
        self.last = symbols.last().copied();
        Event::Token(token(*first))
    }
}

impl Iterator for Tokenizer<'_> {
    type Item = Event;

    #[inline]
    fn next(&mut self) -> Option<Event> {
        steps::count(1);
        if self.pending.0 > 0 {
            self.pending.0 -= 1;
            return self.pending.1.get(self.pending.0).copied().map(Event::Token);
        }
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            if byte == b' ' {
                self.at += 1;
                continue;
            }
            if byte.is_ascii_alphabetic()
                && let Some(event) = self.plain_word()
            {
                return Some(event);
            }
            if let Some(event) = self.other(byte) {
                return Some(event);
            }
        }
        None
    }
}

impl Tokenizer<'_> {
    /// What begins with this octet, if it is no plain word.
    fn other(&mut self, byte: u8) -> Option<Event> {
        if byte.is_ascii_alphabetic() {
            self.address().or_else(|| Some(self.word()))
        } else if byte.is_ascii_digit() {
            Some(self.number())
        } else if matches!(byte, b'{' | b'[' | b'<' | b'%' | b'*' | b'$' | b'#' | b'_') {
            self.field().or_else(|| self.mark())
        } else if byte >= 128 && self.rest().chars().next().is_some_and(char::is_alphanumeric) {
            Some(self.word())
        } else {
            self.mark()
        }
    }
}

/// Holds the place of a token.
const NO_TOKEN: Token = Token {
    symbol: Symbol::UNKNOWN,
    start: 0,
    end: 0,
    capital: false,
};

/// Endings by which a dotted word without a scheme counts as a web address.
fn is_top_level(end: &str) -> bool {
    const ENDINGS: [&str; 30] = [
        "com", "org", "net", "io", "co", "ai", "app", "dev", "de", "fr", "uk", "eu", "us", "ly", "me", "so", "tech",
        "info", "biz", "nl", "es", "it", "ch", "at", "se", "ca", "au", "in", "example", "test",
    ];
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(end))
}

pub(super) fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
