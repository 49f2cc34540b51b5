//! From trees to the machine.

use super::lexicon::{Lexicon, SortedWords, Symbol, SymbolSet, WordHasher};
use super::machine::{CONDITION, End, Kind, Machine, Opener, Place, Start, Table};
use super::syntax::{Atom, Atoms, Node};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::rc::Rc;

/// Compiles patterns over one lexicon, which must be complete. Equal sets are kept once.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    lexicon: &'a Lexicon,
    /// What gaps reach over, and what strict gaps do.
    open: u16,
    strict: u16,
    sets: Vec<Box<[Symbol]>>,
    set_numbers: HashMap<Box<[Symbol]>, u16, BuildHasherDefault<WordHasher>>,
    /// The sets of atoms that several trees share, by their place in memory, where they are kept as long.
    shared_sets: HashMap<usize, (Atoms, u16)>,
    /// What prefixes stand for, and all words in order.
    prefixes: HashMap<Symbol, Vec<Symbol>>,
    words: SortedWords,
    /// Of the pattern at hand: for each place its set and the groups that may follow.
    drafts: Vec<Draft>,
    openers: [Vec<Opener>; Kind::COUNT],
    /// Of the patterns that come next.
    kind: Kind,
    places: Vec<Place>,
    follows: Table<u32>,
    follow_numbers: HashMap<Vec<u32>, u32, BuildHasherDefault<WordHasher>>,
    groups: Table<u32>,
    patterns: u32,
}

/// A place while its pattern is put together.
#[derive(Debug, Clone)]
struct Draft {
    set: u16,
    groups: Vec<u32>,
}

/// Places of a part of a pattern, counted within the pattern.
#[derive(Debug)]
struct Piece {
    nullable: bool,
    first: Vec<u32>,
    last: Vec<u32>,
}

/// A pattern has no more places than this.
const MOST_PLACES: usize = 512;

impl<'a> Compiler<'a> {
    /// `avoid` is a tree of single tokens: the words that strict gaps leave out.
    pub(crate) fn new(lexicon: &'a Lexicon, avoid: &Node) -> Compiler<'a> {
        let mut compiler = Compiler {
            lexicon,
            open: 0,
            strict: 0,
            sets: Vec::new(),
            set_numbers: HashMap::default(),
            shared_sets: HashMap::new(),
            prefixes: HashMap::new(),
            words: lexicon.sorted(),
            drafts: Vec::new(),
            openers: Default::default(),
            kind: Kind::Any,
            places: Vec::new(),
            follows: Table::default(),
            follow_numbers: HashMap::default(),
            groups: Table::default(),
            patterns: 0,
        };
        let avoided = compiler.symbols(avoid);
        let size = u16::try_from(lexicon.len()).unwrap_or(u16::MAX);
        let all = (0..size).map(Symbol).filter(|symbol| !symbol.parts_clauses());
        let open: Vec<Symbol> = all.collect();
        let strict = open
            .iter()
            .copied()
            .filter(|symbol| !avoided.contains(*symbol))
            .collect();
        compiler.open = compiler.number_of(open);
        compiler.strict = compiler.number_of(strict);
        compiler
    }

    /// Says where the patterns that come next are looked for, conditions among them; everywhere, if nothing is said.
    pub(crate) fn kind(&mut self, kind: Kind) {
        self.kind = kind;
    }

    /// Compiles a tree and gives the pattern's number: they are counted from zero.
    ///
    /// # Errors
    /// In words, if it has more than 512 places or may match nothing.
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
        // Groups are of one pattern, so only its own places can be followed by the same.
        self.follow_numbers.clear();
        let whole = self.sequence(items)?;
        if whole.nullable {
            return Err("a pattern that may match nothing".to_owned());
        }
        let pattern = self.patterns;
        self.patterns += 1;
        let base = self.base();
        let openers = whole.first.iter().map(|at| Opener {
            place: base + at,
            start,
        });
        self.openers[self.kind as usize].extend(openers);
        for Draft { set, mut groups } in self.drafts.drain(..) {
            groups.sort_unstable();
            let follows = &mut self.follows;
            let known = self.follow_numbers.entry(groups);
            let follow = *known.or_insert_with_key(|groups| follows.push(groups.iter().copied()));
            self.places.push(Place {
                set,
                end: None,
                follow,
                pattern: pattern | kind,
            });
        }
        for at in whole.last {
            if let Some(place) = self.places.get_mut((base + at) as usize) {
                place.end = Some(end);
            }
        }
        Ok(pattern)
    }

    /// The symbols of a tree of single tokens.
    pub(crate) fn symbols(&mut self, node: &Node) -> SymbolSet {
        let mut set = SymbolSet::empty(self.lexicon.len());
        for atom in single_tokens(node) {
            self.resolve(*atom, |symbol| set.insert(symbol));
        }
        set
    }

    /// The machine of all patterns that were compiled.
    pub(crate) fn finish(mut self) -> Machine {
        self.follows.shrink();
        self.groups.shrink();
        self.places.shrink_to_fit();
        let symbols = self.lexicon.len();
        Machine::new(
            symbols,
            &self.sets,
            self.openers.each_ref().map(Vec::as_slice),
            self.places,
            self.follows,
            self.groups,
        )
    }

    fn resolve(&mut self, atom: Atom, mut take: impl FnMut(Symbol)) {
        match atom {
            Atom::Symbol(symbol) => take(symbol),
            Atom::Prefix(prefix) => {
                let (lexicon, words) = (self.lexicon, &self.words);
                let known = self.prefixes.entry(prefix);
                let all = known.or_insert_with(|| lexicon.symbols_with_prefix(prefix, words));
                all.iter().copied().for_each(take);
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
        let mut set = Vec::with_capacity(atoms.len());
        for atom in atoms.iter() {
            self.resolve(*atom, |symbol| set.push(symbol));
        }
        let number = self.number_of(set);
        if let Some(at) = shared {
            self.shared_sets.insert(at, (Rc::clone(atoms), number));
        }
        number
    }

    fn number_of(&mut self, mut set: Vec<Symbol>) -> u16 {
        if !set.is_sorted_by(|one, next| one < next) {
            set.sort_unstable();
            set.dedup();
        }
        if let Some(known) = self.set_numbers.get(set.as_slice()) {
            return *known;
        }
        let number = u16::try_from(self.sets.len()).unwrap_or(u16::MAX);
        self.sets.push(set.as_slice().into());
        self.set_numbers.insert(set.into(), number);
        number
    }

    /// The number that the pattern's first place will have.
    fn base(&self) -> u32 {
        u32::try_from(self.places.len()).unwrap_or(u32::MAX)
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
                    whole.nullable |= piece.nullable;
                    whole.first.extend(piece.first);
                    whole.last.extend(piece.last);
                }
                Ok(whole)
            }
            Node::Optional(inner) => Ok(Piece {
                nullable: true,
                ..self.piece(inner)?
            }),
            Node::Gap { most, strict } => self.gap(*most, if *strict { self.strict } else { self.open }),
            Node::Start | Node::ClauseStart | Node::End { .. } => Ok(Piece::nothing(true)),
        }
    }

    /// A gap is a chain that may end anywhere, so that being so far into it is one place.
    fn gap(&mut self, most: usize, set: u16) -> Result<Piece, String> {
        let mut whole = Piece::nothing(true);
        for _ in 0..most {
            let one = self.place(set)?;
            match whole.last.last() {
                Some(before) => self.follow(&[*before], &one.first),
                None => whole.first = one.first,
            }
            whole.last.extend(one.last);
        }
        Ok(whole)
    }

    fn sequence(&mut self, nodes: &[Node]) -> Result<Piece, String> {
        let mut whole = Piece::nothing(true);
        for node in nodes {
            let next = self.piece(node)?;
            self.follow(&whole.last, &next.first);
            if whole.nullable {
                whole.first.extend(next.first);
            }
            if next.nullable {
                whole.last.extend(next.last);
            } else {
                whole.last = next.last;
            }
            whole.nullable &= next.nullable;
        }
        Ok(whole)
    }

    /// Makes `next` follow each of `last`.
    fn follow(&mut self, last: &[u32], next: &[u32]) {
        if last.is_empty() || next.is_empty() {
            return;
        }
        let base = self.base();
        let group = self.groups.push(next.iter().map(|at| base + at));
        for at in last {
            if let Some(draft) = self.drafts.get_mut(*at as usize) {
                draft.groups.push(group);
            }
        }
    }

    fn place(&mut self, set: u16) -> Result<Piece, String> {
        let at = self.drafts.len();
        if at >= MOST_PLACES {
            return Err("a pattern of more than 512 places; split it".to_owned());
        }
        self.drafts.push(Draft {
            set,
            groups: Vec::new(),
        });
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        Ok(Piece {
            nullable: false,
            first: vec![at],
            last: vec![at],
        })
    }
}

impl Piece {
    fn nothing(nullable: bool) -> Piece {
        Piece {
            nullable,
            first: Vec::new(),
            last: Vec::new(),
        }
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
