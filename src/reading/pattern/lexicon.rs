//! Words as numbers. Every word that some pattern or word class mentions has a [`Symbol`]; all other words share a few.

use super::words::{WordKey, WordTable};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A word, or a kind of token, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Symbol(pub(crate) u16);

macro_rules! fixed_symbols {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $spelling:literal;)*) => {
        impl Symbol {
            $($(#[$doc])* pub(crate) const $name: Symbol = Symbol($number);)*
        }
        /// How patterns spell the fixed symbols.
        const FIXED: &[(&str, Symbol)] = &[$(($spelling, Symbol::$name)),*];
    };
}

fixed_symbols! {
    /// A word that no pattern mentions.
    UNKNOWN = 0, "<word>";
    /// Such a word with a capital, not at the start of a sentence.
    NAME = 1, "<name>";
    /// A number, with what is glued to it (`4%`, `$1,200`).
    NUMBER = 2, "<num>";
    /// A web address.
    URL = 3, "<url>";
    /// A mail address.
    EMAIL = 4, "<email>";
    /// A merge field that nobody filled.
    FIELD = 5, "<field>";
    /// A name of the seller's company.
    SELLER = 6, "<seller>";
    /// A name of the recipient or their company.
    CUSTOMER = 7, "<customer>";
    /// Comma.
    COMMA = 8, ",";
    /// A comma with white space before it.
    HOLE_COMMA = 9, "<,>";
    /// Semicolon.
    SEMICOLON = 10, ";";
    /// Colon.
    COLON = 11, ":";
    /// A dash between clauses.
    DASH = 12, "-";
    /// Opening bracket.
    OPEN = 13, "<(>";
    /// Closing bracket.
    CLOSE = 14, "<)>";
    /// The possessive ending.
    POSSESSIVE = 15, "'s";
    /// A slash between words.
    SLASH = 16, "<slash>";
}

/// Prefixes shorter than this are refused, so that a look-up needs one bucket.
pub(crate) const SHORTEST_PREFIX: usize = 3;

impl Symbol {
    /// Words begin here.
    pub(crate) const FIRST_WORD: Symbol = Symbol(17);

    /// The fixed symbol that a pattern spells like this.
    pub(crate) fn fixed(spelling: &str) -> Option<Symbol> {
        // Words are asked for much more often.
        if spelling.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            return None;
        }
        FIXED
            .iter()
            .find(|(name, _)| *name == spelling)
            .map(|(_, symbol)| *symbol)
    }

    /// Whether it parts clauses, so that no gap reaches over it.
    pub(crate) fn parts_clauses(self) -> bool {
        [
            Symbol::SEMICOLON,
            Symbol::COLON,
            Symbol::DASH,
            Symbol::OPEN,
            Symbol::CLOSE,
        ]
        .contains(&self)
    }

    /// Whether it is a word, name or number rather than punctuation.
    pub(crate) fn is_word(self) -> bool {
        self.0 < Symbol::COMMA.0 || self.0 >= Symbol::FIRST_WORD.0
    }
}

/// What a written word stands for: one symbol, or up to three where it is a contraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    symbols: [Symbol; 3],
    len: u8,
}

impl Default for Entry {
    fn default() -> Entry {
        Entry::one(Symbol::UNKNOWN)
    }
}

impl Entry {
    /// The symbols.
    #[inline]
    pub(crate) fn symbols(&self) -> &[Symbol] {
        self.symbols.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The symbol, if it is only one.
    #[inline]
    pub(crate) fn single(&self) -> Option<Symbol> {
        (self.len == 1).then_some(self.symbols[0])
    }

    fn one(symbol: Symbol) -> Entry {
        Entry {
            symbols: [symbol, Symbol::UNKNOWN, Symbol::UNKNOWN],
            len: 1,
        }
    }
}

type Prefixes = HashMap<[u8; SHORTEST_PREFIX], Vec<(Box<str>, Symbol)>, BuildHasherDefault<WordHasher>>;

/// The look-up from written words, in lower case, to symbols.
#[derive(Debug, Default, Clone)]
pub(crate) struct Lexicon {
    words: WordTable,
    /// By their first letters; of several the longest first.
    prefixes: Prefixes,
    /// Which first letters any prefix has: most unknown words need no look at `prefixes`.
    beginnings: Beginnings,
    size: u16,
}

impl Lexicon {
    /// The symbol of a word, made if it is new. `None` when there are more words than numbers.
    pub(crate) fn add_word(&mut self, word: &str) -> Option<Symbol> {
        if let Some(symbol) = self.words.get(word).and_then(Entry::single) {
            return Some(symbol);
        }
        let symbol = self.next()?;
        self.words.insert(word, Entry::one(symbol));
        Some(symbol)
    }

    /// The symbol of all words with this beginning that have none of their own.
    pub(crate) fn add_prefix(&mut self, prefix: &str) -> Option<Symbol> {
        let key = bucket(prefix.as_bytes())?;
        if let Some((_, symbol)) = self
            .prefixes
            .get(&key)
            .and_then(|all| all.iter().find(|(p, _)| &**p == prefix))
        {
            return Some(*symbol);
        }
        let symbol = self.next()?;
        self.beginnings.insert(key);
        let bucket = self.prefixes.entry(key).or_default();
        bucket.push((prefix.into(), symbol));
        bucket.sort_by_key(|(p, _)| std::cmp::Reverse(p.len()));
        Some(symbol)
    }

    /// Makes a written form stand for a sequence of one to three words. False if that can't be.
    pub(crate) fn add_contraction(&mut self, written: &str, words: &[&str]) -> bool {
        let mut symbols = [Symbol::UNKNOWN; 3];
        for (place, word) in symbols.iter_mut().zip(words) {
            let Some(symbol) = Symbol::fixed(word).or_else(|| self.add_word(word)) else {
                return false;
            };
            *place = symbol;
        }
        let Some(len) = u8::try_from(words.len()).ok().filter(|len| (1..=3).contains(len)) else {
            return false;
        };
        self.words.insert(written, Entry { symbols, len });
        true
    }

    /// What a word in lower case stands for; `None` if no pattern mentions it.
    pub(crate) fn get(&self, word: &str) -> Option<Entry> {
        let known = self.words.get(word).copied();
        known.or_else(|| self.with_prefix(word.as_bytes()))
    }

    /// The same by the key of a word that has `len` octets.
    #[inline]
    pub(crate) fn get_by_key(&self, key: WordKey, len: usize) -> Option<Entry> {
        if let Some(entry) = self.words.find(key) {
            return Some(*entry);
        }
        let [one, two, three, ..] = key.octets();
        if !self.beginnings.contains([one, two, three]) {
            return None;
        }
        self.with_prefix(key.octets().get(..len).unwrap_or_default())
    }

    fn with_prefix(&self, word: &[u8]) -> Option<Entry> {
        let key = bucket(word).filter(|key| self.beginnings.contains(*key))?;
        let candidates = self.prefixes.get(&key)?;
        let (_, symbol) = candidates
            .iter()
            .find(|(prefix, _)| word.starts_with(prefix.as_bytes()))?;
        Some(Entry::one(*symbol))
    }

    /// All words in order, for [`Lexicon::symbols_with_prefix`].
    pub(crate) fn sorted(&self) -> SortedWords {
        let with_symbol = |(word, entry): (Vec<u8>, &Entry)| Some((word, entry.single()?));
        let mut words: Vec<(Vec<u8>, Symbol)> = self.words.all().filter_map(with_symbol).collect();
        words.sort_unstable();
        let prefixes = self.prefixes.values().flatten();
        SortedWords {
            words,
            prefixes: prefixes.map(|(prefix, symbol)| (*symbol, prefix.clone())).collect(),
        }
    }

    /// Every symbol of a word that begins with the prefix of this symbol, of longer prefixes, and of the prefix itself.
    pub(crate) fn symbols_with_prefix(&self, prefix: Symbol, sorted: &SortedWords) -> Vec<Symbol> {
        let Some(prefix) = sorted.prefixes.get(&prefix) else {
            return Vec::new();
        };
        let from = sorted
            .words
            .partition_point(|(word, _)| word.as_slice() < prefix.as_bytes());
        let words = sorted.words.get(from..).unwrap_or_default().iter();
        let words = words.take_while(|(word, _)| word.starts_with(prefix.as_bytes()));
        let longer = bucket(prefix.as_bytes()).and_then(|key| self.prefixes.get(&key));
        let longer = longer.into_iter().flatten();
        let longer = longer.filter(|(longer, _)| longer.starts_with(&**prefix));
        let words = words.map(|(_, symbol)| *symbol);
        words.chain(longer.map(|(_, symbol)| *symbol)).collect()
    }

    /// How many symbols there are; every symbol's number is below it.
    pub(crate) fn len(&self) -> usize {
        usize::from(Symbol::FIRST_WORD.0) + usize::from(self.size)
    }

    fn next(&mut self) -> Option<Symbol> {
        let symbol = Symbol(Symbol::FIRST_WORD.0.checked_add(self.size)?);
        self.size += 1;
        Some(symbol)
    }
}

/// A lexicon's words and prefixes, for looking up what begins alike.
#[derive(Debug)]
pub(crate) struct SortedWords {
    words: Vec<(Vec<u8>, Symbol)>,
    prefixes: HashMap<Symbol, Box<str>>,
}

fn bucket(word: &[u8]) -> Option<[u8; SHORTEST_PREFIX]> {
    word.get(..SHORTEST_PREFIX)?.try_into().ok()
}

/// A set of first letters that may say yes too often, never no.
#[derive(Debug, Default, Clone)]
struct Beginnings([u64; 32]);

impl Beginnings {
    fn place(letters: [u8; SHORTEST_PREFIX]) -> (usize, u64) {
        let [one, two, three] = letters.map(u32::from);
        let mixed = (one | two << 8 | three << 16).wrapping_mul(0x9e37_79b1) >> 21;
        ((mixed / 64) as usize, 1 << (mixed % 64))
    }

    fn insert(&mut self, letters: [u8; SHORTEST_PREFIX]) {
        let (word, bit) = Beginnings::place(letters);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    #[inline]
    fn contains(&self, letters: [u8; SHORTEST_PREFIX]) -> bool {
        let (word, bit) = Beginnings::place(letters);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// A set of symbols.
#[derive(Debug, Clone)]
pub(crate) struct SymbolSet(Box<[u64]>);

impl SymbolSet {
    /// An empty set for symbols below `size`.
    pub(crate) fn empty(size: usize) -> SymbolSet {
        SymbolSet(vec![0; size.div_ceil(64)].into())
    }

    /// Adds one.
    pub(crate) fn insert(&mut self, symbol: Symbol) {
        if let Some(word) = self.0.get_mut(usize::from(symbol.0) / 64) {
            *word |= 1 << (symbol.0 % 64);
        }
    }

    /// Whether it is in.
    pub(crate) fn contains(&self, symbol: Symbol) -> bool {
        self.0
            .get(usize::from(symbol.0) / 64)
            .is_some_and(|word| word >> (symbol.0 % 64) & 1 == 1)
    }
}

/// A fast hash for short keys of our own making.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_win_over_prefixes_and_long_prefixes_over_short() {
        let mut lexicon = Lexicon::default();
        let help = lexicon.add_prefix("hel").unwrap();
        let helpf = lexicon.add_prefix("helpf").unwrap();
        let helped = lexicon.add_word("helped").unwrap();
        let symbol = |word: &str| lexicon.get(word).map(|entry| entry.symbols[0]);
        assert_eq!(symbol("helped"), Some(helped));
        assert_eq!(symbol("helpful"), Some(helpf));
        assert_eq!(symbol("helm"), Some(help));
        assert_eq!(symbol("he"), None);
        let prefix = lexicon.add_prefix("help").unwrap();
        let mut all = lexicon.symbols_with_prefix(prefix, &lexicon.sorted());
        all.sort_unstable();
        assert_eq!(all, [helpf, helped, prefix]);
    }

    #[test]
    fn contractions_give_several_words() {
        let mut lexicon = Lexicon::default();
        assert!(lexicon.add_contraction("won't", &["will", "not"]));
        let will = lexicon.add_word("will").unwrap();
        let not = lexicon.add_word("not").unwrap();
        assert_eq!(lexicon.get("won't").unwrap().symbols(), [will, not]);
        assert!(!lexicon.add_contraction("x", &[]));
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let mut set = SymbolSet::empty(130);
        for number in [0, 63, 64, 129] {
            set.insert(Symbol(number));
        }
        let held: Vec<u16> = (0..200).filter(|number| set.contains(Symbol(*number))).collect();
        assert_eq!(held, [0, 63, 64, 129]);
        assert!(!set.contains(Symbol(5000)));
    }
}
