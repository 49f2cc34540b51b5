//! Patterns over words: how rule writers spell them, and the machine that finds them.
//!
//! In: texts such as `^ @us (would|will)? like ..3 show~ you`. Out: one [`Machine`] for all of them, whose [`Search`] finds
//! each pattern's longest match at each place of a sentence of [`Symbol`]s, in time linear in the sentence and hardly
//! dependent on how many patterns there are, without backtracking.
//!
//! | spelled | means |
//! |---|---|
//! | `word` | that word, lower case, contractions written out (`do not`), hyphens as spaces |
//! | `word~` | its forms: help, helps, helped, helping |
//! | `word*` | every word that begins so (three letters at least) |
//! | `@class` | any entry of a word class; entries may be several words |
//! | `(a b\|c)` | either |
//! | `x?` `(x y)?` | may be missing |
//! | `..3` | up to three words, commas included, never over `; : -` or brackets |
//! | `--3` | the same, but no word for the recipient (class `you-words`) among them |
//! | `^` `/` first | only at the start of the sentence; of a clause |
//! | `$` `$?` last | only at the end of the sentence; of a question |
//! | `, ; : -` `'s` | punctuation and the possessive ending |
//! | `<num>` `<name>` `<seller>` `<customer>` `<url>` `<email>` `<field>` `<word>` | kinds of words |

mod cache;
mod choices;
mod compile;
mod drafts;
mod inflect;
mod kept;
mod lexicon;
mod machine;
mod memory;
mod nexts;
mod places;
#[cfg(test)]
mod reference;
mod search;
mod sets;
mod states;
mod steps;
mod syntax;
mod words;

pub(crate) use compile::Compiler;
pub(crate) use lexicon::{Lexicon, Symbol, SymbolSet};
pub(crate) use machine::{ClauseStarts, Clauses, Found, Kind, Machine};
#[cfg(test)]
pub(crate) use memory::Memory;
pub(crate) use search::{Conditions, Search};
pub(crate) use syntax::{Classes, Node};
pub(crate) use words::WordKey;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Finds a pattern in words parted by spaces; unknown words are `<word>`. Gives the words found.
    fn find(pattern: &str, sentence: &str) -> Option<String> {
        let entries = BTreeMap::from([
            (
                "us".to_owned(),
                vec!["i".to_owned(), "we".to_owned(), "our team".to_owned()],
            ),
            ("you-words".to_owned(), vec!["you".to_owned(), "your".to_owned()]),
        ]);
        let classes = Classes::new(&entries);
        let mut lexicon = Lexicon::default();
        let node = classes.parse(pattern, &mut lexicon).unwrap();
        let avoid = classes.parse("@you-words", &mut lexicon).unwrap();
        let mut compiler = Compiler::new(&lexicon, &avoid);
        compiler.compile(&node).unwrap();
        let machine = compiler.finish();
        let question = sentence.ends_with('?');
        let words: Vec<&str> = sentence.trim_end_matches('?').split_whitespace().collect();
        let symbols: Vec<Symbol> = words
            .iter()
            .map(|w| {
                Symbol::fixed(w)
                    .or_else(|| lexicon.get(w).map(|e| e.symbols()[0]))
                    .unwrap_or(Symbol::UNKNOWN)
            })
            .collect();
        let starts = (0..symbols.len())
            .map(|at| at == 0 || symbols[at - 1] == Symbol::COMMA)
            .collect();
        let clauses = Clauses {
            starts,
            start: 0,
            question,
        };
        let mut found = Vec::new();
        machine.search().sentence(Kind::Any, &symbols, &clauses, &mut found);
        found.first().map(|found| words[found.tokens()].join(" "))
    }

    #[test]
    fn words_forms_prefixes_classes_and_choices() {
        assert_eq!(
            find("we help~ you", "so we helped you much").as_deref(),
            Some("we helped you")
        );
        assert_eq!(find("help*", "be helpful").as_deref(), Some("helpful"));
        assert_eq!(
            find("@us offer~", "our team offers pumps").as_deref(),
            Some("our team offers")
        );
        assert_eq!(
            find("(reach~ out|get in touch)", "i get in touch").as_deref(),
            Some("get in touch")
        );
        assert_eq!(find("we help~ you", "we you help"), None);
    }

    #[test]
    fn optional_parts_and_gaps_take_the_longest() {
        assert_eq!(
            find("we (really|also)? help~ teams?", "we also help teams").as_deref(),
            Some("we also help teams")
        );
        assert_eq!(find("we ..2 help", "we a b help").as_deref(), Some("we a b help"));
        assert_eq!(find("we ..2 help", "we a b c help"), None);
        assert_eq!(find("we ..2 help", "we ; help"), None);
        assert_eq!(find("our --2 plan", "our own plan").as_deref(), Some("our own plan"));
        assert_eq!(find("our --2 plan", "our and your plan"), None);
    }

    #[test]
    fn anchors() {
        assert_eq!(find("^ we help", "we help").as_deref(), Some("we help"));
        assert_eq!(find("^ we help", "today , we help"), None);
        assert_eq!(find("/ we help", "today , we help").as_deref(), Some("we help"));
        assert_eq!(
            find("make sense $?", "does it make sense?").as_deref(),
            Some("make sense")
        );
        assert_eq!(find("make sense $?", "they make sense"), None);
        assert_eq!(find("make sense $", "they make sense now"), None);
    }

    #[test]
    fn what_is_spelled_wrongly_is_refused() {
        let entries = BTreeMap::from([
            ("a".to_owned(), vec!["@b".to_owned()]),
            ("b".to_owned(), vec!["@a".to_owned()]),
        ]);
        let classes = Classes::new(&entries);
        let mut lexicon = Lexicon::default();
        for wrong in [
            "",
            "(a",
            "a)",
            "@none",
            "@a",
            "he*",
            "We",
            "don't",
            "..x",
            "a ^ b",
            "| a",
            "()",
            "well-known",
            "a..3",
            "x (a|b?)",
        ] {
            assert!(classes.parse(wrong, &mut lexicon).is_err(), "{wrong:?} was taken");
        }
        for empty in ["a?", "..3", "a? ..2"] {
            let node = classes.parse(empty, &mut lexicon).unwrap();
            assert!(
                Compiler::new(&lexicon, &node).compile(&node).is_err(),
                "{empty:?} may match nothing"
            );
        }
    }

    #[test]
    fn what_would_take_too_long_or_too_much_is_refused() {
        let entries = BTreeMap::new();
        let classes = Classes::new(&entries);
        let mut lexicon = Lexicon::default();
        let words: Vec<String> = (0..480).map(|number| format!("word{number}")).collect();
        let choice = format!("we ..12 ({})", words.join("|"));
        let chain = |parts: usize| format!("{} b", vec!["a?"; parts].join(" "));
        let mut compiled = |text: &str| {
            let node = classes.parse(text, &mut lexicon)?;
            Compiler::new(&lexicon, &node).compile(&node)
        };
        for fine in [&choice, &chain(100)] {
            assert_eq!(compiled(fine), Ok(0));
        }
        let nested = |deep: usize| format!("{}a b{}", "(".repeat(deep), ")".repeat(deep));
        assert_eq!(compiled(&nested(30)), Ok(0));
        assert!(compiled(&nested(100_000)).unwrap_err().contains("brackets"));
        let alike = |long: usize| format!("({0} b|{0} c)", "a ".repeat(long));
        assert_eq!(compiled(&alike(500)), Ok(0));
        assert!(compiled(&alike(100_000)).unwrap_err().contains("512 places"));
        assert!(compiled(&chain(500)).unwrap_err().contains("split it"));
        assert!(compiled(&chain(520)).unwrap_err().contains("512 places"));
    }

    #[test]
    fn as_many_words_as_there_are_numbers_make_a_machine() {
        let entries = BTreeMap::new();
        let classes = Classes::new(&entries);
        let mut lexicon = Lexicon::default();
        let node = classes.parse("first ..2 help", &mut lexicon).unwrap();
        let mut last = None;
        for number in 0.. {
            let Some(symbol) = lexicon.add_word(&format!("w{number}")) else {
                break;
            };
            last = Some(symbol);
        }
        assert_eq!(last, Some(Symbol(u16::MAX)));
        let mut compiler = Compiler::new(&lexicon, &node);
        compiler.compile(&node).unwrap();
        let machine = compiler.finish();
        let symbol = |word: &str| lexicon.get(word).unwrap().symbols()[0];
        let symbols = [symbol("first"), Symbol(u16::MAX), symbol("help")];
        let clauses = Clauses {
            starts: ClauseStarts::default(),
            start: 0,
            question: false,
        };
        let mut found = Vec::new();
        machine.search().sentence(Kind::Any, &symbols, &clauses, &mut found);
        assert_eq!(
            found,
            [Found {
                pattern: 0,
                start: 0,
                end: 3
            }]
        );
    }

    #[test]
    fn more_choices_between_words_than_numbers_are_refused() {
        let entries = BTreeMap::new();
        let classes = Classes::new(&entries);
        let mut lexicon = Lexicon::default();
        let words: Vec<String> = (0..400).map(|number| format!("word{number}")).collect();
        let pairs = words.iter().enumerate().flat_map(|(at, one)| {
            let others = words.iter().skip(at + 1);
            others.map(move |other| format!("({one}|{other})"))
        });
        let nodes: Vec<Node> = pairs
            .take(usize::from(u16::MAX))
            .map(|pair| classes.parse(&pair, &mut lexicon).unwrap())
            .collect();
        let mut compiler = Compiler::new(&lexicon, &nodes[0]);
        // What gaps reach over takes two numbers.
        let compiled: Vec<bool> = nodes.iter().map(|node| compiler.compile(node).is_ok()).collect();
        assert_eq!(compiled.iter().filter(|fine| **fine).count(), usize::from(u16::MAX) - 2);
        assert_eq!(&compiled[compiled.len() - 3..], [true, false, false]);
    }
}
