//! What patterns mean, said as plainly as can be, without regard to speed; and the machine held against it.

use super::syntax::Atom;
use super::{Classes, Clauses, Compiler, Conditions, Found, Kind, Lexicon, Machine, Node, Symbol};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Patterns as trees, with what they need to be matched.
struct Reference {
    lexicon: Lexicon,
    avoided: Vec<Symbol>,
    patterns: Vec<Node>,
}

impl Reference {
    /// Where a part may end if it begins at `at`.
    fn ends(&self, node: &Node, symbols: &[Symbol], at: usize) -> BTreeSet<usize> {
        let symbol = symbols.get(at).copied();
        match node {
            Node::Token(atoms) => {
                let fits = |symbol: Symbol| atoms.iter().any(|atom| self.fits(*atom, symbol));
                symbol
                    .filter(|symbol| fits(*symbol))
                    .map(|_| at + 1)
                    .into_iter()
                    .collect()
            }
            Node::Sequence(nodes) => nodes.iter().fold(BTreeSet::from([at]), |starts, node| {
                starts
                    .iter()
                    .flat_map(|start| self.ends(node, symbols, *start))
                    .collect()
            }),
            Node::Choice(nodes) => nodes.iter().flat_map(|node| self.ends(node, symbols, at)).collect(),
            Node::Optional(inner) => {
                let mut ends = self.ends(inner, symbols, at);
                ends.insert(at);
                ends
            }
            Node::Gap { most, strict } => {
                let over = |symbol: &&Symbol| !(symbol.parts_clauses() || *strict && self.avoided.contains(symbol));
                let reach = symbols.iter().skip(at).take(*most).take_while(over).count();
                (at..=at + reach).collect()
            }
            Node::Start | Node::ClauseStart | Node::End { .. } => BTreeSet::from([at]),
        }
    }

    fn fits(&self, atom: Atom, symbol: Symbol) -> bool {
        match atom {
            Atom::Symbol(wanted) => wanted == symbol,
            Atom::Prefix(prefix) => self
                .lexicon
                .symbols_with_prefix(prefix, &self.lexicon.sorted())
                .contains(&symbol),
        }
    }

    /// Of every pattern, from every token on, the longest match.
    fn find(&self, symbols: &[Symbol], clauses: &Clauses) -> Vec<Found> {
        let mut found = Vec::new();
        for (pattern, node) in (0..).zip(&self.patterns) {
            let items = match node {
                Node::Sequence(items) => items.as_slice(),
                other => std::slice::from_ref(other),
            };
            for at in 0..symbols.len() {
                let begins = match items.first() {
                    Some(Node::Start) => at == 0 || at == clauses.start,
                    Some(Node::ClauseStart) => clauses.starts.contain(at),
                    _ => true,
                };
                let over = |end: usize| match items.last() {
                    Some(Node::End { question }) => end == symbols.len() && (clauses.question || !question),
                    _ => true,
                };
                let mut ends = self.ends(node, symbols, at).into_iter().rev();
                if let Some(end) = ends.find(|end| over(*end)).filter(|_| begins) {
                    let [start, end] = [at, end].map(|at| u32::try_from(at).unwrap());
                    found.push(Found { pattern, start, end });
                }
            }
        }
        found
    }
}

/// Compiles patterns both ways.
fn compiled(patterns: &[String]) -> (Reference, Machine) {
    compiled_by(patterns, |compiler, node| compiler.compile(node).is_ok())
}

/// The same with every pattern as a condition.
fn conditions(patterns: &[String]) -> (Reference, Machine) {
    compiled_by(patterns, |compiler, node| compiler.compile_condition(node).is_ok())
}

fn compiled_by(patterns: &[String], compile: impl Fn(&mut Compiler<'_>, &Node) -> bool) -> (Reference, Machine) {
    let class = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let entries = BTreeMap::from([
        ("us".to_owned(), class(&["we", "i", "our team"])),
        ("offer".to_owned(), class(&["help~", "show~", "give (you)? a hand"])),
        ("you-words".to_owned(), class(&["you", "your"])),
    ]);
    let classes = Classes::new(&entries);
    let mut lexicon = Lexicon::default();
    let avoid = classes.parse("@you-words", &mut lexicon).unwrap();
    let parsed = |pattern: &String| classes.parse(pattern, &mut lexicon).ok();
    let mut patterns: Vec<Node> = patterns.iter().filter_map(parsed).collect();
    let mut compiler = Compiler::new(&lexicon, &avoid);
    let avoided = ["you", "your"].map(|word| lexicon.get(word).unwrap().symbols()[0]);
    patterns.retain(|node| compile(&mut compiler, node));
    let machine = compiler.finish();
    let avoided = avoided.to_vec();
    (
        Reference {
            lexicon,
            avoided,
            patterns,
        },
        machine,
    )
}

const WORDS: [&str; 18] = [
    "we", "i", "our", "team", "you", "your", "help", "helps", "showed", "helpful", "give", "a", "hand", "depot", ",",
    ";", "<name>", "<word>",
];

fn pattern() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "we",
        "our",
        "team",
        "you",
        "help",
        "hel*",
        "helpf*",
        "show~",
        "a",
        "hand",
        "@us",
        "@offer",
        "@you-words",
        ",",
        "<name>",
        "..2",
        "..5",
        "--3",
        "we?",
        "a?",
        "@us?",
    ]);
    let part = token.prop_map(str::to_owned).prop_recursive(3, 12, 4, |inner| {
        let several = prop::collection::vec(inner, 1..4);
        prop_oneof![
            several.clone().prop_map(|parts| parts.join(" ")),
            several.clone().prop_map(|parts| format!("({})", parts.join("|"))),
            several.clone().prop_map(|parts| format!("({})?", parts.join(" "))),
            several.prop_map(|parts| format!("({})?", parts.join("|"))),
        ]
    });
    let anchored = (
        prop::sample::select(vec!["", "", "^ ", "/ "]),
        part,
        prop::sample::select(vec!["", "", " $", " $?"]),
    );
    anchored.prop_map(|(start, part, end)| format!("{start}{part}{end}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// All patterns in one machine, several sentences through one cache: the same matches as one by one.
    #[test]
    fn the_machine_finds_what_the_patterns_mean(
        patterns in prop::collection::vec(pattern(), 1..8),
        sentences in prop::collection::vec(
            (prop::collection::vec(prop::sample::select(&WORDS[..]), 1..14), any::<bool>(), 0_usize..3),
            1..6,
        ),
    ) {
        let (reference, machine) = compiled(&patterns);
        for (words, question, start) in sentences {
            let symbol = |word: &&str| {
                let known = Symbol::fixed(word).or_else(|| reference.lexicon.get(word).map(|entry| entry.symbols()[0]));
                known.unwrap_or(Symbol::UNKNOWN)
            };
            let symbols: Vec<Symbol> = words.iter().map(symbol).collect();
            let starts = (0..words.len()).map(|at| at == 0 || words[at - 1] == ",").collect();
            let clauses = Clauses { starts, start, question };
            let mut found = Vec::new();
            machine.search().sentence(Kind::Any, &symbols, &clauses, &mut found);
            found.sort_unstable();
            let meant = reference.find(&symbols, &clauses);
            prop_assert_eq!(&found, &meant, "{:?} in {:?}", patterns, words);
            let (_, machine) = conditions(&patterns);
            for forgetful in [false, true] {
                let mut search = machine.search();
                if forgetful {
                    search.forget_always();
                }
                search.sentence(Kind::Any, &symbols, &clauses, &mut found);
                for pattern in 0..u32::try_from(reference.patterns.len()).unwrap() {
                    let all = || meant.iter().filter(|found| found.pattern == pattern);
                    let only = Conditions::new(pattern..pattern + 1);
                    prop_assert_eq!(search.met(&only, None), all().next().is_some(), "{:?} in {:?}", patterns, words);
                    for at in 0..u32::try_from(symbols.len()).unwrap() {
                        let near = at..at + 1;
                        let touches = all().any(|found| found.start <= near.end && near.start <= found.end);
                        prop_assert_eq!(search.met(&only, Some(&near)), touches, "{:?} in {:?}", patterns, words);
                    }
                }
            }
        }
    }
}

/// A cache that is thrown away again and again finds the same, and a step is taken for each token that a match may reach,
/// however long the text is.
#[test]
fn steps_grow_with_the_text_and_not_faster() {
    let patterns: Vec<String> = [
        "our ..12 help",
        "@us --5 @offer",
        "(our|we) (our)? ..3 you",
        "^ our ..8 $",
    ]
    .map(str::to_owned)
    .to_vec();
    let (reference, machine) = compiled(&patterns);
    let our = reference.lexicon.get("our").unwrap().symbols()[0];
    let cost = |sentences: usize| {
        let symbols = [our; 120];
        let starts = [true; 120].into_iter().collect();
        let clauses = Clauses {
            starts,
            start: 0,
            question: false,
        };
        let mut search = machine.search();
        let before = search.cost();
        let mut found = Vec::new();
        for _ in 0..sentences {
            search.sentence(Kind::Any, &symbols, &clauses, &mut found);
            found.clear();
        }
        let after = search.cost();
        (after.0 - before.0, after.1 - before.1)
    };
    let (once, _) = cost(1_000);
    let (twice, computed) = cost(2_000);
    assert_eq!(twice, 2 * once, "twice the text, twice the steps");
    assert!(once <= 1_000 * 120 * 16, "a walk ends where no pattern goes on: {once}");
    assert_eq!(computed, 0, "what has been met is not computed again");
}
