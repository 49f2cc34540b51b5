//! From trees to the machine.

use super::lexicon::{Lexicon, SortedWords, Symbol, SymbolSet, WordHasher};
use super::machine::{CONDITION, End, Gaps, Kind, Machine, Opener, Place, Start, Table};
use super::states::NOTHING;
use super::syntax::{Atom, Atoms, Node};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::rc::Rc;

/// Compiles patterns over one lexicon, which must be complete. Equal sets are kept once.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    lexicon: &'a Lexicon,
    sets: Vec<Box<[Symbol]>>,
    set_numbers: HashMap<Box<[Symbol]>, u16, BuildHasherDefault<WordHasher>>,
    /// The sets of atoms that several trees share, by their place in memory, where they are kept as long.
    shared_sets: HashMap<usize, (Atoms, u16)>,
    /// What prefixes stand for, and all words in order.
    prefixes: HashMap<Symbol, Vec<Symbol>>,
    words: SortedWords,
    /// Of the pattern at hand: for each place its set and the groups that may follow.
    drafts: Vec<Draft>,
    /// Of the pattern at hand: groups of places, counted within the pattern.
    groups: Table<u32>,
    openers: [Vec<Opener>; Kind::COUNT],
    /// Of the patterns that come next.
    kind: Kind,
    places: Vec<Place>,
    nexts: Table<(u32, u16)>,
    /// Of the pattern at hand: the rows of `nexts` by their groups.
    next_rows: HashMap<Vec<u32>, u32, BuildHasherDefault<WordHasher>>,
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
/// Nor may more follow all of them together, so that what a step costs stays in bounds.
const MOST_FOLLOWING: usize = 8_192;
/// Sets of symbols have numbers of 16 bits.
const MOST_SETS: usize = u16::MAX as usize;

impl<'a> Compiler<'a> {
    /// `avoid` is a tree of single tokens: the words that strict gaps leave out.
    pub(crate) fn new(lexicon: &'a Lexicon, avoid: &Node) -> Compiler<'a> {
        let mut compiler = Compiler {
            lexicon,
            sets: Vec::new(),
            set_numbers: HashMap::default(),
            shared_sets: HashMap::new(),
            prefixes: HashMap::new(),
            words: lexicon.sorted(),
            drafts: Vec::new(),
            groups: Table::default(),
            openers: Default::default(),
            kind: Kind::Any,
            places: Vec::new(),
            nexts: Table::default(),
            next_rows: HashMap::default(),
            patterns: 0,
        };
        let avoided = compiler.symbols(avoid);
        let all = (0..=u16::MAX).take(lexicon.len()).map(Symbol);
        let all = all.filter(|symbol| !symbol.parts_clauses());
        let open: Vec<Symbol> = all.collect();
        let strict: Vec<Symbol> = open
            .iter()
            .copied()
            .filter(|symbol| !avoided.contains(*symbol))
            .collect();
        // Each has a number of its own, even if they are the same.
        for set in [open, strict] {
            let number = u16::try_from(compiler.sets.len()).unwrap_or(u16::MAX);
            compiler.sets.push(set.as_slice().into());
            compiler.set_numbers.insert(set.into(), number);
        }
        let nothing = compiler.nexts.push([]);
        debug_assert_eq!(nothing, NOTHING, "the first row is the empty one");
        compiler
    }

    /// Says where the patterns that come next are looked for, conditions among them; everywhere, if nothing is said.
    pub(crate) fn kind(&mut self, kind: Kind) {
        self.kind = kind;
    }

    /// Compiles a tree and gives the pattern's number: they are counted from zero.
    ///
    /// # Errors
    /// In words, if it has more than 512 places or too many that may be missing, may match nothing, or is one too many.
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
        self.groups.clear();
        // Groups are of one pattern, so only its own places can be followed by the same.
        self.next_rows.clear();
        self.next_rows.insert(Vec::new(), NOTHING);
        let whole = self.sequence(items)?;
        if whole.nullable {
            return Err("a pattern that may match nothing".to_owned());
        }
        if self.sets.len() > MOST_SETS {
            return Err(
                "one choice between words too many: all patterns together have more than 65,535 different ones"
                    .to_owned(),
            );
        }
        let known = self.nexts.items();
        let pattern = self.patterns;
        self.patterns += 1;
        let base = self.base();
        let drafts = std::mem::take(&mut self.drafts);
        let set_of = |at: u32| drafts.get(at as usize).map_or(0, |draft| draft.set);
        let openers = whole.first.iter().map(|at| Opener {
            place: base + at,
            set: set_of(*at),
            start,
        });
        self.openers[self.kind as usize].extend(openers);
        for draft in &drafts {
            let (nexts, groups) = (&mut self.nexts, &self.groups);
            let known = self.next_rows.get(&draft.groups).copied();
            let follow = known.unwrap_or_else(|| {
                let mut row: Vec<u32> = draft
                    .groups
                    .iter()
                    .flat_map(|group| groups.row(*group as usize))
                    .copied()
                    .collect();
                row.sort_unstable();
                row.dedup();
                let row = row.into_iter().map(|at| (base + at, set_of(at)));
                nexts.push(row)
            });
            if known.is_none() {
                self.next_rows.insert(draft.groups.clone(), follow);
            }
            self.places.push(Place {
                end: None,
                follow,
                pattern: pattern | kind,
            });
        }
        self.drafts = drafts;
        if self.nexts.items() - known > MOST_FOLLOWING {
            return Err("a pattern with too many parts in a row that may be missing; split it".to_owned());
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
        self.places.shrink_to_fit();
        let symbols = self.lexicon.len();
        Machine::new(
            symbols,
            &self.sets,
            self.openers.each_ref().map(Vec::as_slice),
            self.places,
            &self.nexts,
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
        let group = self.groups.push(next.iter().copied());
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
