//! The machine that finds a pattern: Glushkov's position automaton with its states as bits.
//!
//! Each token that a pattern mentions is a place, at most 512 of them. A search keeps the set of places reached and
//! takes one step a token, so its time is bounded by places and tokens, and in practice it ends at once.

use super::lexicon::{Lexicon, Symbol, SymbolSet};
use super::syntax::{Atom, Node};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    start: Anchor,
    end: Anchor,
    /// Places where a match may begin and end.
    first: Places,
    last: Places,
    /// For each place, what may stand there and which places may follow.
    places: Vec<Place>,
    /// The places that may follow, each set once.
    follows: Vec<Box<[u16]>>,
    /// The same sets as bits, where all places fit into one word, as they do in most patterns.
    follow_bits: Option<Vec<u64>>,
    /// Everything that a match may begin with.
    openers: Arc<SymbolSet>,
    /// Sets of symbols of each of which every match holds one, the rarest first.
    needed: Vec<Arc<SymbolSet>>,
}

#[derive(Debug)]
struct Place {
    fits: Arc<SymbolSet>,
    /// Index into the pattern's follow sets.
    follow: u16,
}

/// A place while its pattern is put together.
#[derive(Debug)]
struct Draft {
    fits: Arc<SymbolSet>,
    follow: Places,
}

/// A set of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Places([u64; Places::MOST / 64]);

impl Places {
    const MOST: usize = 512;

    fn one(at: usize) -> Places {
        let mut places = Places::default();
        places.insert(at);
        places
    }

    fn insert(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn contains(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn extend(&mut self, other: &Places) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(index, word)| bits(*word).map(move |bit| index * 64 + bit))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Anywhere,
    Sentence,
    Clause,
    Question,
}

/// What anchors need to know of a sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clauses<'a> {
    /// For each token, whether a clause starts there.
    pub(crate) starts: &'a [bool],
    /// The token after introductory words ("So, …", "Well …"); a sentence may be said to start here, too.
    pub(crate) start: usize,
    /// Whether it is a question.
    pub(crate) question: bool,
}

/// Places of a part of a pattern while it is put together.
struct Piece {
    nullable: bool,
    first: Places,
    last: Places,
}

impl Piece {
    fn nothing(nullable: bool) -> Piece {
        Piece {
            nullable,
            first: Places::default(),
            last: Places::default(),
        }
    }
}

impl Pattern {
    /// Symbols of which every match holds at least one: the rarest such set.
    pub(crate) fn needed(&self) -> &SymbolSet {
        self.needed.first().unwrap_or(&self.openers)
    }

    /// Whether a sentence holds something of every set that a match needs; false means that nothing matches.
    pub(crate) fn may_match(&self, symbols: &[Symbol]) -> bool {
        let others = self.needed.get(1..).unwrap_or_default();
        others
            .iter()
            .all(|set| symbols.iter().any(|symbol| set.contains(*symbol)))
    }

    /// The first match that begins at `from` or later, as long as it can be.
    pub(crate) fn find(&self, symbols: &[Symbol], clauses: &Clauses<'_>, from: usize) -> Option<Range<usize>> {
        (from..symbols.len()).find_map(|at| self.match_at(symbols, clauses, at))
    }

    /// The longest match that begins exactly at `at`.
    pub(crate) fn match_at(&self, symbols: &[Symbol], clauses: &Clauses<'_>, at: usize) -> Option<Range<usize>> {
        if !symbols.get(at).is_some_and(|symbol| self.openers.contains(*symbol)) || !self.may_start(clauses, at) {
            return None;
        }
        match &self.follow_bits {
            Some(follow_bits) => {
                let found = self.match_in_a_word(symbols, clauses, at, follow_bits);
                debug_assert_eq!(
                    found,
                    self.match_in_places(symbols, clauses, at),
                    "both ways find the same"
                );
                found
            }
            None => self.match_in_places(symbols, clauses, at),
        }
    }

    fn match_in_a_word(
        &self,
        symbols: &[Symbol],
        clauses: &Clauses<'_>,
        at: usize,
        follow_bits: &[u64],
    ) -> Option<Range<usize>> {
        let [mut reachable, ..] = self.first.0;
        let [last, ..] = self.last.0;
        let mut end = None;
        for (offset, symbol) in symbols.get(at..).unwrap_or_default().iter().enumerate() {
            let (mut next, mut reached) = (0, 0);
            for index in bits(reachable) {
                if let Some(place) = self.places.get(index).filter(|place| place.fits.contains(*symbol)) {
                    next |= follow_bits.get(usize::from(place.follow)).copied().unwrap_or_default();
                    reached |= 1 << index;
                }
            }
            let after = at + offset + 1;
            if reached & last != 0 && self.may_end(clauses, after, symbols.len()) {
                end = Some(after);
            }
            if next == 0 {
                break;
            }
            reachable = next;
        }
        end.map(|end| at..end)
    }

    fn match_in_places(&self, symbols: &[Symbol], clauses: &Clauses<'_>, at: usize) -> Option<Range<usize>> {
        let mut reachable = self.first;
        let mut end = None;
        for (offset, symbol) in symbols.get(at..).unwrap_or_default().iter().enumerate() {
            let mut next = Places::default();
            let mut done = false;
            for index in reachable.iter() {
                let Some(place) = self.places.get(index).filter(|place| place.fits.contains(*symbol)) else {
                    continue;
                };
                let follow = self.follows.get(usize::from(place.follow)).into_iter().flatten();
                follow.for_each(|after| next.insert(usize::from(*after)));
                done |= self.last.contains(index);
            }
            let after = at + offset + 1;
            if done && self.may_end(clauses, after, symbols.len()) {
                end = Some(after);
            }
            if next.is_empty() {
                break;
            }
            reachable = next;
        }
        end.map(|end| at..end)
    }

    fn may_start(&self, clauses: &Clauses<'_>, at: usize) -> bool {
        match self.start {
            Anchor::Sentence => at == 0 || at == clauses.start,
            Anchor::Clause => clauses.starts.get(at).copied().unwrap_or(false),
            Anchor::Anywhere | Anchor::Question => true,
        }
    }

    fn may_end(&self, clauses: &Clauses<'_>, at: usize, len: usize) -> bool {
        match self.end {
            Anchor::Sentence | Anchor::Clause => at == len,
            Anchor::Question => at == len && clauses.question,
            Anchor::Anywhere => true,
        }
    }
}

/// Compiles patterns over one lexicon, which must be complete. Equal sets are kept once.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    lexicon: &'a Lexicon,
    /// What gaps reach over, and what strict gaps do.
    open: Arc<SymbolSet>,
    strict: Arc<SymbolSet>,
    common: SymbolSet,
    sets: HashMap<SymbolSet, Arc<SymbolSet>>,
    places: Vec<Draft>,
}

impl<'a> Compiler<'a> {
    /// `avoid` is a tree of single tokens: the words that strict gaps leave out.
    pub(crate) fn new(lexicon: &'a Lexicon, avoid: &Node) -> Compiler<'a> {
        let size = u16::try_from(lexicon.len()).unwrap_or(u16::MAX);
        let mut open = SymbolSet::empty(lexicon.len());
        (0..size)
            .map(Symbol)
            .filter(|symbol| !symbol.parts_clauses())
            .for_each(|symbol| open.insert(symbol));
        let mut strict = open.clone();
        single_tokens(avoid)
            .flat_map(|atom| resolve(atom, lexicon))
            .for_each(|symbol| strict.remove(symbol));
        let mut common = SymbolSet::empty(lexicon.len());
        (0..Symbol::FIRST_WORD.0)
            .map(Symbol)
            .for_each(|symbol| common.insert(symbol));
        let words = COMMON.split(' ').filter_map(|word| lexicon.get(word));
        words
            .flat_map(|entry| entry.symbols().to_vec())
            .for_each(|symbol| common.insert(symbol));
        let (open, strict) = (Arc::new(open), Arc::new(strict));
        Compiler {
            lexicon,
            open,
            strict,
            common,
            sets: HashMap::new(),
            places: Vec::new(),
        }
    }

    /// Compiles a tree.
    ///
    /// # Errors
    /// In words, if it has more than 512 places or may match nothing.
    pub(crate) fn compile(&mut self, node: &Node) -> Result<Pattern, String> {
        let items: &[Node] = match node {
            Node::Sequence(items) => items,
            other => std::slice::from_ref(other),
        };
        let start = match items.first() {
            Some(Node::Start) => Anchor::Sentence,
            Some(Node::ClauseStart) => Anchor::Clause,
            _ => Anchor::Anywhere,
        };
        let end = match items.last() {
            Some(Node::End { question: true }) => Anchor::Question,
            Some(Node::End { question: false }) => Anchor::Sentence,
            _ => Anchor::Anywhere,
        };
        self.places.clear();
        let whole = self.sequence(items)?;
        if whole.nullable {
            return Err("a pattern that may match nothing".to_owned());
        }
        let mut openers = SymbolSet::empty(self.lexicon.len());
        whole
            .first
            .iter()
            .filter_map(|at| self.places.get(at))
            .for_each(|place| openers.extend(&place.fits));
        let mut needed: Vec<SymbolSet> = items.iter().filter_map(|node| self.needed(node)).collect();
        needed.sort_by_cached_key(|set| self.commonness(set));
        let openers = self.shared(openers);
        let needed = needed.into_iter().map(|set| self.shared(set)).collect();
        let mut follows: Vec<Places> = Vec::new();
        let mut places = Vec::with_capacity(self.places.len());
        for Draft { fits, follow } in self.places.drain(..) {
            let index = follows.iter().position(|known| *known == follow).unwrap_or_else(|| {
                follows.push(follow);
                follows.len() - 1
            });
            places.push(Place {
                fits,
                follow: u16::try_from(index).unwrap_or(u16::MAX),
            });
        }
        let listed = |set: &Places| set.iter().filter_map(|at| u16::try_from(at).ok()).collect();
        let follows: Vec<Box<[u16]>> = follows.iter().map(listed).collect();
        let in_a_word = |follow: &[u16]| follow.iter().fold(0_u64, |word, place| word | 1 << place);
        let follow_bits = (places.len() <= 64).then(|| follows.iter().map(|follow| in_a_word(follow)).collect());
        Ok(Pattern {
            start,
            end,
            first: whole.first,
            last: whole.last,
            places,
            follows,
            follow_bits,
            openers,
            needed,
        })
    }

    /// The symbols of a tree of single tokens.
    pub(crate) fn symbols(&self, node: &Node) -> SymbolSet {
        let mut set = SymbolSet::empty(self.lexicon.len());
        single_tokens(node)
            .flat_map(|atom| resolve(atom, self.lexicon))
            .for_each(|symbol| set.insert(symbol));
        set
    }

    fn shared(&mut self, set: SymbolSet) -> Arc<SymbolSet> {
        self.sets
            .entry(set)
            .or_insert_with_key(|set| Arc::new(set.clone()))
            .clone()
    }

    fn piece(&mut self, node: &Node) -> Result<Piece, String> {
        match node {
            Node::Token(atoms) => {
                let fits = self.set(atoms);
                let fits = self.shared(fits);
                self.place(fits)
            }
            Node::Sequence(nodes) => self.sequence(nodes),
            Node::Choice(nodes) => {
                let mut whole = Piece::nothing(false);
                for node in nodes {
                    let piece = self.piece(node)?;
                    whole.nullable |= piece.nullable;
                    whole.first.extend(&piece.first);
                    whole.last.extend(&piece.last);
                }
                Ok(whole)
            }
            Node::Optional(inner) => Ok(Piece {
                nullable: true,
                ..self.piece(inner)?
            }),
            Node::Gap { most, strict } => {
                let fits = Arc::clone(if *strict { &self.strict } else { &self.open });
                let mut whole = Piece::nothing(true);
                for _ in 0..*most {
                    let one = Piece {
                        nullable: true,
                        ..self.place(Arc::clone(&fits))?
                    };
                    whole = self.join(&whole, &one);
                }
                Ok(whole)
            }
            Node::Start | Node::ClauseStart | Node::End { .. } => Ok(Piece::nothing(true)),
        }
    }

    fn sequence(&mut self, nodes: &[Node]) -> Result<Piece, String> {
        let mut whole = Piece::nothing(true);
        for node in nodes {
            let next = self.piece(node)?;
            whole = self.join(&whole, &next);
        }
        Ok(whole)
    }

    fn join(&mut self, left: &Piece, right: &Piece) -> Piece {
        for at in left.last.iter() {
            if let Some(place) = self.places.get_mut(at) {
                place.follow.extend(&right.first);
            }
        }
        let (mut first, mut last) = (left.first, right.last);
        if left.nullable {
            first.extend(&right.first);
        }
        if right.nullable {
            last.extend(&left.last);
        }
        Piece {
            nullable: left.nullable && right.nullable,
            first,
            last,
        }
    }

    fn place(&mut self, fits: Arc<SymbolSet>) -> Result<Piece, String> {
        let at = self.places.len();
        if at >= Places::MOST {
            return Err("a pattern of more than 512 places; split it".to_owned());
        }
        self.places.push(Draft {
            fits,
            follow: Places::default(),
        });
        Ok(Piece {
            nullable: false,
            first: Places::one(at),
            last: Places::one(at),
        })
    }

    fn set(&self, atoms: &[Atom]) -> SymbolSet {
        let mut set = SymbolSet::empty(self.lexicon.len());
        atoms
            .iter()
            .flat_map(|atom| resolve(atom, self.lexicon))
            .for_each(|symbol| set.insert(symbol));
        set
    }

    /// Of the parts that can't be missing, the one that the fewest texts have.
    fn rarest(&self, nodes: &[Node]) -> Option<SymbolSet> {
        nodes
            .iter()
            .filter_map(|node| self.needed(node))
            .min_by_key(|set| self.commonness(set))
    }

    fn needed(&self, node: &Node) -> Option<SymbolSet> {
        match node {
            Node::Token(atoms) => Some(self.set(atoms)),
            Node::Sequence(nodes) => self.rarest(nodes),
            Node::Choice(nodes) => {
                let mut all = SymbolSet::empty(self.lexicon.len());
                for node in nodes {
                    all.extend(&self.needed(node)?);
                }
                Some(all)
            }
            Node::Optional(_) | Node::Gap { .. } | Node::Start | Node::ClauseStart | Node::End { .. } => None,
        }
    }

    /// A rough measure of how often a text has one of these.
    fn commonness(&self, set: &SymbolSet) -> u32 {
        set.iter()
            .map(|symbol| if self.common.contains(symbol) { 200 } else { 1 })
            .sum()
    }
}

/// Words so common that looking for them saves nothing.
const COMMON: &str = "the a an and or but of to in on at by for from with as is are was were be been am i we you your \
     our my me us it this that these those have has had do does did not will would can could should may might if so \
     just more how what who which when where all any about up out there they their he she his her its";

fn resolve(atom: &Atom, lexicon: &Lexicon) -> Vec<Symbol> {
    match atom {
        Atom::Symbol(symbol) => vec![*symbol],
        Atom::Prefix(prefix) => lexicon.symbols_with_prefix(prefix),
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

/// The numbers of the bits that are set.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (mask != 0).then(|| {
            let at = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            at
        })
    })
}
