//! From trees to the machine.

use super::drafts::{Drafts, Piece};
use super::kept::Kept;
use super::lexicon::{Lexicon, SortedWords, Symbol, SymbolSet, WordHasher};
use super::machine::{CONDITION, End, Gaps, Kind, Machine, Start};
use super::places::Places;
use super::syntax::{Atom, Atoms, Node};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::rc::Rc;

/// Compiles patterns over one lexicon, which must be complete. Equal sets are kept once, and so are places that several
/// patterns share.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    lexicon: &'a Lexicon,
    /// Symbols in order.
    sets: Kept<u16>,
    /// The sets of atoms that several trees share, by their place in memory, where they are kept as long.
    shared_sets: HashMap<usize, (Atoms, u16), BuildHasherDefault<WordHasher>>,
    /// What prefixes stand for, and all words in order.
    prefixes: HashMap<Symbol, Vec<Symbol>, BuildHasherDefault<WordHasher>>,
    words: SortedWords,
    /// Of the patterns that come next.
    kind: Kind,
    places: Places,
    patterns: u32,
    /// The pattern at hand.
    drafts: Drafts,
    /// Memory that is used again: symbols of a set.
    set: Vec<u16>,
}

/// A pattern has no more places than this.
const MOST_PLACES: usize = 512;
/// Nor may more follow all of them together, so that what a step costs stays in bounds.
const MOST_FOLLOWING: usize = 8_192;
/// Sets of symbols have numbers of 16 bits.
const MOST_SETS: usize = u16::MAX as usize;

impl<'a> Compiler<'a> {
    /// `avoid` is a tree of single tokens: the words that strict gaps leave out.
    pub(crate) fn new(lexicon: &'a Lexicon, avoid: &Node) -> Compiler<'a> {
        let mut compiler = Compiler {
            lexicon,
            sets: Kept::default(),
            shared_sets: HashMap::default(),
            prefixes: HashMap::default(),
            words: lexicon.sorted(),
            kind: Kind::Any,
            places: Places::default(),
            patterns: 0,
            drafts: Drafts::default(),
            set: Vec::new(),
        };
        let avoided = compiler.symbols(avoid);
        let all = (0..=u16::MAX).take(lexicon.len()).map(Symbol);
        let open: Vec<Symbol> = all.filter(|symbol| !symbol.parts_clauses()).collect();
        let strict = open.iter().filter(|symbol| !avoided.contains(**symbol));
        let [open, strict] = [
            open.iter().map(|symbol| symbol.0).collect::<Vec<u16>>(),
            strict.map(|symbol| symbol.0).collect(),
        ];
        // Each has a number of its own, even if they are the same.
        for (set, number) in [open, strict].iter().zip(Gaps::SETS) {
            let added = compiler.sets.add(set);
            debug_assert_eq!(added, u32::from(number), "gaps come first");
        }
        compiler
    }

    /// Says where the patterns that come next are looked for, conditions among them; everywhere, if nothing is said.
    pub(crate) fn kind(&mut self, kind: Kind) {
        self.kind = kind;
    }

    /// Compiles a tree and gives the pattern's number: they are counted from zero.
    ///
    /// # Errors
    /// In words, if it has more than 512 places or too many that may be missing, may match nothing, or brings one choice
    /// between words too many.
    pub(crate) fn compile(&mut self, node: &Node) -> Result<u32, String> {
        self.compile_as(node, 0)
    }

    /// The same for a pattern that only says where others don't match. Searches keep it apart.
    pub(crate) fn compile_condition(&mut self, node: &Node) -> Result<u32, String> {
        self.compile_as(node, CONDITION)
    }

    fn compile_as(&mut self, node: &Node, kind: u32) -> Result<u32, String> {
        let items: &[Node] = match node {
            Node::Sequence(items) => items,
            other => std::slice::from_ref(other),
        };
        let start = match items.first() {
            Some(Node::Start) => Start::Sentence,
            Some(Node::ClauseStart) => Start::Clause,
            _ => Start::Anywhere,
        };
        let end = match items.last() {
            Some(Node::End { question: true }) => End::Question,
            Some(Node::End { question: false }) => End::Sentence,
            _ => End::Anywhere,
        };
        self.drafts.clear();
        let whole = self.sequence(items)?;
        if whole.nullable {
            return Err("a pattern that may match nothing".to_owned());
        }
        if self.sets.rows().len() > MOST_SETS {
            return Err(
                "one choice between words too many: all patterns together have more than 65,535 different ones"
                    .to_owned(),
            );
        }
        if self.drafts.following(MOST_FOLLOWING) > MOST_FOLLOWING {
            return Err("a pattern with too many parts in a row that may be missing; split it".to_owned());
        }
        let pattern = self.patterns;
        self.patterns += 1;
        self.drafts.settle(&whole, (self.kind, start), &mut self.places);
        for place in self.drafts.numbers(whole.last) {
            self.places.end(*place, (pattern | kind) << 2 | end as u32);
        }
        Ok(pattern)
    }

    /// The symbols of a tree of single tokens.
    pub(crate) fn symbols(&mut self, node: &Node) -> SymbolSet {
        let mut set = SymbolSet::empty(self.lexicon.len());
        for atom in single_tokens(node) {
            self.resolve(*atom, |symbol| set.insert(Symbol(symbol)));
        }
        set
    }

    /// The machine of all patterns that were compiled.
    pub(crate) fn finish(self) -> Machine {
        // What only compiling needed makes room.
        drop((self.shared_sets, self.prefixes, self.words, self.drafts));
        Machine::new(self.lexicon.len(), self.sets.into_rows(), self.places)
    }

    /// The places so far.
    #[cfg(test)]
    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    fn resolve(&mut self, atom: Atom, mut take: impl FnMut(u16)) {
        match atom {
            Atom::Symbol(symbol) => take(symbol.0),
            Atom::Prefix(prefix) => {
                let (lexicon, words) = (self.lexicon, &self.words);
                let known = self.prefixes.entry(prefix);
                let all = known.or_insert_with(|| lexicon.symbols_with_prefix(prefix, words));
                all.iter().for_each(|symbol| take(symbol.0));
            }
        }
    }

    /// The set of a token's symbols.
    fn set_of(&mut self, atoms: &Atoms) -> u16 {
        // Sharing is common, and the same place in memory surely holds the same atoms while the tree is there.
        let shared = (Rc::strong_count(atoms) > 1).then(|| atoms.as_ptr().addr());
        if let Some(known) = shared.and_then(|at| self.shared_sets.get(&at)) {
            return known.1;
        }
        let mut set = std::mem::take(&mut self.set);
        set.clear();
        for atom in atoms.iter() {
            self.resolve(*atom, |symbol| set.push(symbol));
        }
        if !set.is_sorted_by(|one, next| one < next) {
            set.sort_unstable();
            set.dedup();
        }
        let number = u16::try_from(self.sets.number(&set).0).unwrap_or(u16::MAX);
        self.set = set;
        if let Some(at) = shared {
            self.shared_sets.insert(at, (Rc::clone(atoms), number));
        }
        number
    }

    fn piece(&mut self, node: &Node) -> Result<Piece, String> {
        match node {
            Node::Token(atoms) => {
                let set = self.set_of(atoms);
                self.place(set)
            }
            Node::Sequence(nodes) => self.sequence(nodes),
            Node::Choice(nodes) => {
                let mut whole = Piece::nothing(false);
                for node in nodes {
                    let piece = self.piece(node)?;
                    whole = Piece {
                        nullable: whole.nullable || piece.nullable,
                        first: self.drafts.both(whole.first, piece.first),
                        last: self.drafts.both(whole.last, piece.last),
                    };
                }
                Ok(whole)
            }
            Node::Optional(inner) => Ok(Piece {
                nullable: true,
                ..self.piece(inner)?
            }),
            Node::Gap { most, strict } => {
                let [open, strict_set] = Gaps::SETS;
                self.gap(*most, if *strict { strict_set } else { open })
            }
            Node::Start | Node::ClauseStart | Node::End { .. } => Ok(Piece::nothing(true)),
        }
    }

    /// A gap is a chain that may end anywhere, so that being so far into it is one place.
    fn gap(&mut self, most: usize, set: u16) -> Result<Piece, String> {
        let mut whole = Piece::nothing(true);
        let mut before = whole.last;
        for at in 0..most {
            let one = self.place(set)?;
            self.drafts.follow(before, one.first);
            before = one.last;
            if at == 0 {
                whole.first = one.first;
            }
            whole.last = self.drafts.both(whole.last, one.last);
        }
        Ok(whole)
    }

    fn sequence(&mut self, nodes: &[Node]) -> Result<Piece, String> {
        let mut whole = Piece::nothing(true);
        for node in nodes {
            let next = self.piece(node)?;
            self.drafts.follow(whole.last, next.first);
            if whole.nullable {
                whole.first = self.drafts.both(whole.first, next.first);
            }
            whole.last = if next.nullable {
                self.drafts.both(whole.last, next.last)
            } else {
                next.last
            };
            whole.nullable &= next.nullable;
        }
        Ok(whole)
    }

    fn place(&mut self, set: u16) -> Result<Piece, String> {
        if self.drafts.len() >= MOST_PLACES {
            return Err("a pattern of more than 512 places; split it".to_owned());
        }
        Ok(self.drafts.place(set))
    }
}

/// The tokens of the branches that are one token long.
fn single_tokens(node: &Node) -> Box<dyn Iterator<Item = &Atom> + '_> {
    match node {
        Node::Token(atoms) => Box::new(atoms.iter()),
        Node::Choice(nodes) => Box::new(nodes.iter().flat_map(single_tokens)),
        Node::Sequence(nodes) if nodes.len() == 1 => Box::new(nodes.iter().flat_map(single_tokens)),
        _ => Box::new(std::iter::empty()),
    }
}
