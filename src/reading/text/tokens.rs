//! From the characters of a passage to tokens.

use super::octets::Octet;
use super::writer::{End, Writer};
use super::{Names, Text, TextClasses};
use crate::mail::{Passage, steps};
use crate::reading::pattern::{Lexicon, Symbol};

/// Where one token stands: a word, a number, a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// Byte offsets in the passage's text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Written with a capital.
    pub(crate) capital: bool,
}

/// Walks over one passage after the other and puts what it meets into sentences.
pub(crate) struct Tokenizer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) lexicon: &'a Lexicon,
    names: &'a Names,
    /// Letters with which names begin; see [`initial`].
    initials: u32,
    writer: Writer<'a>,
    /// No word of the sentence has been seen, so a capital means nothing.
    fresh: bool,
    /// The token before.
    pub(super) last: Option<Symbol>,
    pub(super) lower: String,
    /// Where the quotation that we are in ends.
    pub(super) quoted_until: usize,
    /// Up to here no address starts.
    no_address_until: usize,
    /// Takes no quick way, so that tests can compare.
    #[cfg(test)]
    pub(super) closely: bool,
}

impl<'a> Tokenizer<'a> {
    pub(crate) fn new(lexicon: &'a Lexicon, names: &'a Names, writer: Writer<'a>) -> Tokenizer<'a> {
        let all = names.seller.iter().chain(&names.customer);
        let initials = all.filter_map(|name| name.bytes().next());
        Tokenizer {
            text: "",
            at: 0,
            lexicon,
            names,
            initials: initials.fold(0, |letters, first| letters | initial(first)),
            writer,
            fresh: true,
            last: None,
            lower: String::new(),
            quoted_until: 0,
            no_address_until: 0,
            #[cfg(test)]
            closely: false,
        }
    }

    /// Reads the next passage.
    pub(crate) fn read(&mut self, index: usize, passage: &'a Passage, subject: bool) {
        self.text = &passage.text;
        (self.at, self.quoted_until, self.no_address_until) = (0, 0, 0);
        (self.fresh, self.last) = (true, None);
        self.writer.begin(index, subject);
        while let Some(octet) = self.text.as_bytes().get(self.at).copied() {
            steps::count(1);
            let kind = Octet::new(octet);
            if kind.is(Octet::LETTER) {
                if !self.plain_word() && !self.address() {
                    self.word();
                }
            } else if octet == b' ' {
                self.at += 1;
            } else if kind.is(Octet::DIGIT) {
                self.number();
            } else if !(kind.is(Octet::OPENS_FIELD) && self.field()) {
                self.mark_or_word(kind);
            }
        }
        self.writer.close(End::Stop);
    }

    fn mark_or_word(&mut self, kind: Octet) {
        if kind.is(Octet::BEYOND) && self.rest().chars().next().is_some_and(char::is_alphanumeric) {
            self.word();
        } else {
            self.mark();
        }
    }

    /// The sentences of all passages.
    pub(crate) fn done(self) -> Text {
        self.writer.done()
    }

    /// Whether no quick way may be taken.
    #[inline]
    pub(super) fn looks_closely(&self) -> bool {
        #[cfg(test)]
        return self.closely;
        #[cfg(not(test))]
        false
    }

    pub(super) fn classes(&self) -> &'a TextClasses {
        self.writer.classes()
    }

    #[inline]
    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.text.as_bytes().get(self.at + offset).copied().unwrap_or(0)
    }

    /// The octet before, or a space.
    #[inline]
    pub(super) fn before(&self) -> u8 {
        let at = self.at.checked_sub(1);
        at.and_then(|at| self.text.as_bytes().get(at)).copied().unwrap_or(b' ')
    }

    #[inline]
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A token that is no written word.
    pub(super) fn token(&mut self, symbol: Symbol, len: usize) {
        self.fresh &= !symbol.is_word();
        self.put(symbol, len, false);
        self.at += len;
    }

    /// A written word that stands for one symbol, as most do.
    #[inline]
    pub(super) fn one_word(&mut self, symbol: Symbol, len: usize, capital: bool) {
        self.fresh = false;
        self.last = Some(symbol);
        let token = self.next(len, capital);
        self.writer.push_word(symbol, token);
        self.at += len;
    }

    /// A written word and the symbols that it stands for: of contractions there are several.
    pub(super) fn words(&mut self, symbols: &[Symbol], len: usize, capital: bool) {
        self.fresh = false;
        symbols.iter().for_each(|symbol| self.put(*symbol, len, capital));
        self.at += len;
    }

    /// Writes what the next `len` octets stand for.
    fn put(&mut self, symbol: Symbol, len: usize, capital: bool) {
        self.last = Some(symbol);
        let token = self.next(len, capital);
        self.writer.push(symbol, token);
    }

    /// The next `len` octets.
    #[inline]
    fn next(&self, len: usize, capital: bool) -> Token {
        Token {
            start: short(self.at),
            end: short(self.at + len),
            capital,
        }
    }

    pub(super) fn ends(&mut self, end: End, len: usize) {
        self.writer.close(end);
        self.at += len;
        self.fresh = true;
        self.last = None;
    }

    fn number(&mut self) {
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
        self.token(Symbol::NUMBER, len);
    }

    /// Reads an address, if one starts here.
    ///
    /// Each run without white space is looked at once, so that a long one does not cost its length for each word in it.
    fn address(&mut self) -> bool {
        if self.at < self.no_address_until {
            return false;
        }
        let run = self
            .rest()
            .split([' ', '\n', '\t', '<', '>', '"', '(', ')', ','])
            .next()
            .unwrap_or_default();
        self.no_address_until = self.at + run.len();
        steps::count(run.len());
        if !run.contains(['.', '@', '/']) {
            return false;
        }
        let run = run.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
        let scheme = run.contains("://") || run.starts_with("www.") || run.starts_with("mailto:");
        let host = run.split('/').next().unwrap_or_default();
        let dotted = host
            .rsplit_once('.')
            .filter(|(name, end)| !name.is_empty() && is_top_level(end));
        if scheme || (dotted.is_some() && !run.contains('@') && host.is_ascii()) {
            self.token(Symbol::URL, run.len());
            return true;
        }
        let mail = run
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        if mail {
            self.token(Symbol::EMAIL, run.len());
        }
        mail
    }

    fn word(&mut self) {
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
        self.look_up(&lower, len, capital);
        self.lower = lower;
    }

    /// Reads what a word in lower case stands for, of which `len` octets are written here.
    pub(super) fn look_up(&mut self, lower: &str, len: usize, capital: bool) {
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
        if capital && let Some((symbol, len)) = self.named(lower, len) {
            return self.words(&[symbol], len, true);
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
        self.words(&[self.unknown(capital)], len, capital);
    }

    pub(super) fn first(&self, word: &str) -> Option<Symbol> {
        self.lexicon
            .get(word)
            .and_then(|entry| entry.symbols().first().copied())
    }

    #[inline]
    pub(super) fn unknown(&self, capital: bool) -> Symbol {
        if capital && !self.fresh {
            Symbol::NAME
        } else {
            Symbol::UNKNOWN
        }
    }

    /// Whether any name begins with the letter of a small word.
    #[inline]
    pub(super) fn may_name(&self, first: u8) -> bool {
        self.initials & initial(first) != 0
    }

    /// Seller or recipient, if the word, or it and those after it, is their name; with the length of the longest name. A
    /// word that nobody knows and that a name begins with is one, too: "Norvane" where the domain is norvanewater.
    pub(super) fn named(&self, lower: &str, len: usize) -> Option<(Symbol, usize)> {
        if !lower.bytes().next().is_some_and(|first| self.may_name(first)) {
            return None;
        }
        let lists = [
            (Symbol::SELLER, &self.names.seller),
            (Symbol::CUSTOMER, &self.names.customer),
        ];
        let whole = lists.into_iter().find_map(|(symbol, names)| {
            let beginning = names.iter().filter_map(|name| name.strip_prefix(lower));
            let whole = beginning.filter_map(|rest| self.following(rest, len)).max()?;
            Some((symbol, whole))
        });
        whole.or_else(|| {
            const TELLING: usize = 5;
            let begins = |(_, names): &(Symbol, &Vec<String>)| names.iter().any(|name| name.starts_with(lower));
            let may_be = lower.chars().count() >= TELLING && self.lexicon.get(lower).is_none();
            let mut named = lists.into_iter().filter(|of_side| may_be && begins(of_side));
            // What begins both names tells nobody apart.
            let symbol = named.next().map(|(symbol, _)| symbol)?;
            named.next().is_none().then_some((symbol, len))
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
}

/// A bit for each small letter; all other beginnings share one.
#[inline]
fn initial(first: u8) -> u32 {
    match first {
        b'a'..=b'z' => 1 << (first - b'a'),
        _ => 1 << 31,
    }
}

/// Endings by which a dotted word without a scheme counts as a web address.
fn is_top_level(end: &str) -> bool {
    const ENDINGS: [&str; 30] = [
        "com", "org", "net", "io", "co", "ai", "app", "dev", "de", "fr", "uk", "eu", "us", "ly", "me", "so", "tech",
        "info", "biz", "nl", "es", "it", "ch", "at", "se", "ca", "au", "in", "example", "test",
    ];
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(end))
}

/// Own text is cut long before its offsets take more than this.
#[inline]
fn short(offset: usize) -> u32 {
    offset as u32
}
