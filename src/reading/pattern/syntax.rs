//! From a pattern's spelling to a tree. Faults are told in words, without a place: the caller knows the file.

use super::choices::merge_tokens;
use super::inflect;
use super::lexicon::{Lexicon, SHORTEST_PREFIX, Symbol, WordHasher};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::rc::Rc;

/// A pattern as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// One token that is any of these. Patterns of the same class share them.
    Token(Atoms),
    /// One after the other.
    Sequence(Vec<Node>),
    /// Any one of these.
    Choice(Vec<Node>),
    /// It or nothing.
    Optional(Box<Node>),
    /// Up to so many tokens; not the recipient's words if `strict`.
    Gap { most: usize, strict: bool },
    /// Start of the sentence, only first.
    Start,
    /// Start of a clause, only first.
    ClauseStart,
    /// End of the sentence, only last; of a question if true.
    End { question: bool },
}

/// Any of several, shared.
pub(crate) type Atoms = Rc<[Atom]>;

/// What one token may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Atom {
    /// This symbol.
    Symbol(Symbol),
    /// Any word that begins with the prefix that has this symbol.
    Prefix(Symbol),
}

/// The word classes, for looking up `@name`.
#[derive(Debug)]
pub(crate) struct Classes<'a> {
    entries: &'a BTreeMap<String, Vec<String>>,
    /// Classes that have been read: most patterns use some.
    read: RefCell<HashMap<&'a str, Node>>,
    /// Words that have been read, as they are spelled, with their forms: most come again.
    words: RefCell<HashMap<Box<str>, Atoms, BuildHasherDefault<WordHasher>>>,
}

/// No gap is longer than this, so that a pattern stays small.
const LONGEST_GAP: usize = 12;
/// Classes may use classes, so deep and no deeper.
const DEEPEST: usize = 8;
/// Brackets in one another, so many and no more: each takes stack.
const MOST_OPEN: usize = 32;
/// Parts in a row: each is a place at least, of which a pattern has no more than 512, and there may be two anchors.
const MOST_IN_A_ROW: usize = 514;

impl<'a> Classes<'a> {
    /// Classes by name, each with its entries in the spelling of patterns.
    pub(crate) fn new(entries: &'a BTreeMap<String, Vec<String>>) -> Classes<'a> {
        Classes {
            entries,
            read: RefCell::default(),
            words: RefCell::default(),
        }
    }

    /// Reads a pattern. Words that are new are added to the lexicon; give it the same each time.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(&self, text: &str, lexicon: &mut Lexicon) -> Result<Node, String> {
        self.parse_at(text, lexicon, 0)
    }

    fn parse_at(&self, text: &str, lexicon: &mut Lexicon, depth: usize) -> Result<Node, String> {
        if depth > DEEPEST {
            return Err("word classes that use one another in a circle".to_owned());
        }
        let mut parser = Parser {
            classes: self,
            lexicon,
            rest: pieces(text),
            depth,
            open: 0,
        };
        let node = parser.choice()?;
        match parser.rest.front() {
            None => anchors_at_ends(node),
            Some(piece) => Err(format!("`{piece}` has no opening bracket")),
        }
    }
}

/// Cuts the spelling into words, brackets and bars; `?` sticks to what is before it.
fn pieces(text: &str) -> VecDeque<&str> {
    let mut pieces: VecDeque<&str> = VecDeque::new();
    for word in text.split_whitespace() {
        if Symbol::fixed(word.trim_end_matches('?')).is_some() {
            pieces.push_back(word);
            continue;
        }
        let mut from = 0;
        for (at, octet) in word.bytes().enumerate() {
            let bracket = matches!(octet, b'(' | b')' | b'|');
            if bracket && from < at {
                pieces.extend(word.get(from..at));
            }
            if bracket || (octet == b'?' && from == at && pieces.back() == Some(&")")) {
                pieces.extend(word.get(at..at + 1));
                from = at + 1;
            }
        }
        pieces.extend(word.get(from..).filter(|rest| !rest.is_empty()));
    }
    pieces
}

struct Parser<'a, 'b, 'c> {
    classes: &'b Classes<'a>,
    lexicon: &'c mut Lexicon,
    rest: VecDeque<&'c str>,
    /// Word classes that we are in.
    depth: usize,
    /// Brackets that are open.
    open: usize,
}

impl<'c> Parser<'_, '_, 'c> {
    fn take(&mut self) -> Option<&'c str> {
        self.rest.pop_front()
    }

    fn choice(&mut self) -> Result<Node, String> {
        let first = self.sequence()?;
        if self.rest.front() != Some(&"|") {
            return Ok(first);
        }
        let mut branches = vec![first];
        while self.rest.front() == Some(&"|") {
            self.take();
            branches.push(self.sequence()?);
        }
        // `(a|b?)` would make all of it optional, which nobody sees who reads it; gaps alone say so plainly.
        if branches.iter().any(|branch| matches!(branch, Node::Optional(_))) {
            return Err("an alternative that may be missing; write `(a|b)?` if all of it may".to_owned());
        }
        Ok(merge_tokens(branches))
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let over = |parser: &Self| matches!(parser.rest.front(), None | Some(&("|" | ")")));
        if over(self) {
            return Err("an empty pattern or branch".to_owned());
        }
        let first = self.item()?;
        if over(self) {
            return Ok(first);
        }
        let mut items = vec![first];
        while !over(self) {
            if items.len() == MOST_IN_A_ROW {
                return Err("a pattern of more than 512 places; split it".to_owned());
            }
            items.push(self.item()?);
        }
        Ok(Node::Sequence(items))
    }

    fn item(&mut self) -> Result<Node, String> {
        let Some(piece) = self.take() else {
            return Err("an empty pattern".to_owned());
        };
        if piece == "(" {
            self.open += 1;
            if self.open > MOST_OPEN {
                return Err(format!("more than {MOST_OPEN} brackets in one another"));
            }
            let inner = self.choice()?;
            self.open -= 1;
            if self.take() != Some(")") {
                return Err("a bracket `(` that is not closed".to_owned());
            }
            if self.rest.front() == Some(&"?") {
                self.take();
                return Ok(Node::Optional(Box::new(inner)));
            }
            return Ok(inner);
        }
        match piece {
            "^" => return Ok(Node::Start),
            "$" => return Ok(Node::End { question: false }),
            "$?" => return Ok(Node::End { question: true }),
            // A lone slash is the anchor; the slash between words is never what a rule is about.
            "/" => return Ok(Node::ClauseStart),
            _ => {}
        }
        match piece.strip_suffix('?') {
            Some(word) => Ok(Node::Optional(Box::new(self.word(word)?))),
            None => self.word(piece),
        }
    }

    fn word(&mut self, word: &str) -> Result<Node, String> {
        if let Some(known) = self.classes.words.borrow().get(word) {
            return Ok(Node::Token(Rc::clone(known)));
        }
        if let Some(symbol) = Symbol::fixed(word) {
            return Ok(Node::Token(Rc::new([Atom::Symbol(symbol)])));
        }
        if let Some((strict, digits)) = word
            .strip_prefix("..")
            .map(|d| (false, d))
            .or_else(|| word.strip_prefix("--").map(|d| (true, d)))
        {
            return match digits.parse() {
                Ok(most) if (1..=LONGEST_GAP).contains(&most) => Ok(Node::Gap { most, strict }),
                _ => Err(format!("the gap `{word}`; a gap is `..1` to `..{LONGEST_GAP}`")),
            };
        }
        if let Some(name) = word.strip_prefix('@') {
            let Some((name, entries)) = self.classes.entries.get_key_value(name) else {
                return Err(format!("`@{name}`, which is no word class"));
            };
            if let Some(known) = self.classes.read.borrow().get(name.as_str()) {
                return Ok(known.clone());
            }
            let branches: Result<Vec<Node>, String> = entries
                .iter()
                .map(|entry| self.classes.parse_at(entry, self.lexicon, self.depth + 1))
                .collect();
            let branches = branches.map_err(|fault| format!("in @{name}: {fault}"))?;
            let merged = merge_tokens(branches);
            self.classes.read.borrow_mut().insert(name, merged.clone());
            return Ok(merged);
        }
        let (bare, forms) = match word.strip_suffix('~') {
            Some(bare) => (bare, inflect::forms(bare)),
            None => (word, Vec::new()),
        };
        if let Some(prefix) = bare.strip_suffix('*') {
            if prefix.len() < SHORTEST_PREFIX || !plain(prefix) {
                return Err(format!(
                    "the prefix `{bare}`; a prefix has {SHORTEST_PREFIX} letters at least"
                ));
            }
            let symbol = self.lexicon.add_prefix(prefix).ok_or("too many words")?;
            return Ok(Node::Token(Rc::new([Atom::Prefix(symbol)])));
        }
        if !plain(bare) {
            return Err(format!(
                "`{word}`; words are lower case, without apostrophes and hyphens"
            ));
        }
        if self.lexicon.get(bare).is_some_and(|entry| entry.symbols().len() > 1) {
            return Err(format!("`{word}`, which is a contraction; write it out"));
        }
        let mut atom = |form: &str| self.lexicon.add_word(form).map(Atom::Symbol);
        let atoms: Option<Atoms> = match forms.as_slice() {
            [] => atom(bare).map(|only| Rc::from([only])),
            forms => forms.iter().map(|form| atom(form)).collect(),
        };
        let atoms = atoms.ok_or("too many words")?;
        self.classes.words.borrow_mut().insert(word.into(), Rc::clone(&atoms));
        Ok(Node::Token(atoms))
    }
}

fn plain(word: &str) -> bool {
    let ascii = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit();
    !word.is_empty() && (word.bytes().all(ascii) || word.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase()))
}

/// Anchors are only understood first and last.
fn anchors_at_ends(node: Node) -> Result<Node, String> {
    let items = match node {
        Node::Sequence(items) => items,
        other => vec![other],
    };
    let last = items.len() - 1;
    for (at, item) in items.iter().enumerate() {
        let fine = match item {
            Node::Start | Node::ClauseStart => at == 0 && last > 0,
            Node::End { .. } => at == last && last > 0,
            other => !holds_anchor(other),
        };
        if !fine {
            return Err("an anchor that is neither first nor last".to_owned());
        }
    }
    Ok(Node::Sequence(items))
}

fn holds_anchor(node: &Node) -> bool {
    match node {
        Node::Start | Node::ClauseStart | Node::End { .. } => true,
        Node::Sequence(nodes) | Node::Choice(nodes) => nodes.iter().any(holds_anchor),
        Node::Optional(inner) => holds_anchor(inner),
        Node::Token(_) | Node::Gap { .. } => false,
    }
}
