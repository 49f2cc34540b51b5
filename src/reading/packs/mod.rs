//! The rule packs: rules as data, compiled once and shared by all sessions.
//!
//! In: the texts of `config/rules/en/*.toml`, compiled in or read elsewhere. Out: [`Packs`], or every fault with file,
//! line, column and field. A rule without examples does not load.
//!
//! Must never: read a file itself, load half of the packs.

mod build;
mod examples;
mod file;
mod scan;

pub(crate) use build::{Lists, name_of};
pub use examples::Broken;
pub(crate) use file::{Fact, PartyForm, Place, Raise};
pub(crate) use scan::Scratch;

use super::pattern::{Lexicon, Pattern, SymbolSet};
use super::text::TextClasses;
use super::{Category, Level};
use crate::toml_file::Fault;

/// Compiled rule packs.
#[derive(Debug)]
pub struct Packs {
    pub(crate) lexicon: Lexicon,
    pub(crate) text: TextClasses,
    pub(crate) parties: PartyClasses,
    pub(crate) rules: Vec<Rule>,
    pub(crate) categories: Vec<CategoryInfo>,
    pub(crate) lists: Lists,
    patterns: Vec<Pattern>,
    owners: Vec<Owner>,
    /// For each symbol the patterns that need it.
    triggers: Vec<Vec<u32>>,
    list_unless: Vec<Vec<usize>>,
    list_examples: Vec<examples::ListExamples>,
    hash: String,
}

/// What the subject heuristic asks of a word.
#[derive(Debug)]
pub(crate) struct PartyClasses {
    pub(crate) seller: SymbolSet,
    pub(crate) customer: SymbolSet,
    pub(crate) subordinators: SymbolSet,
    pub(crate) interrogatives: SymbolSet,
}

/// What a pattern belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A rule's `match`.
    Rule(usize),
    /// A list's `match`.
    List(usize),
    /// An `unless`, looked at only where a match is.
    Condition,
}

/// One compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) category: Category,
    pub(crate) level: Level,
    pub(crate) explain: String,
    pub(crate) ask: String,
    pub(crate) place: Place,
    pub(crate) subject: Option<PartyForm>,
    pub(crate) needs: Vec<Fact>,
    pub(crate) raise: Option<Raise>,
    pub(crate) unless_asks: bool,
    unless: Vec<usize>,
    unless_sentence: Vec<usize>,
    fires: Vec<String>,
    silent: Vec<String>,
}

/// A category in words.
#[derive(Debug, Clone)]
pub struct CategoryInfo {
    /// Which.
    pub category: Category,
    /// Its title.
    pub title: String,
    /// Why it counts against a mail.
    pub explain: String,
    /// The question that helps to rewrite.
    pub ask: String,
    /// Where the idea comes from.
    pub source: String,
    /// The most points that it may cost.
    pub cap: i32,
    /// Sentences that it must find; for whole-mail categories, mails.
    pub fires: Vec<String>,
    /// Sentences that nothing must find; for whole-mail categories, mails that it must leave alone.
    pub silent: Vec<String>,
}

/// A rule in words, for listing and explaining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo<'a> {
    /// `category/name`.
    pub id: &'a str,
    /// Its category.
    pub category: Category,
    /// How heavy it is.
    pub level: Level,
    /// Why it counts against a mail.
    pub explain: &'a str,
    /// The question that helps to rewrite.
    pub ask: &'a str,
    /// Sentences that it finds.
    pub fires: &'a [String],
    /// Sentences that it leaves alone.
    pub silent: &'a [String],
}

macro_rules! shipped {
    ($($name:literal),*) => {
        &[$((concat!("config/rules/en/", $name), include_str!(concat!("../../../config/rules/en/", $name)))),*]
    };
}

/// The rule files that are compiled in.
const SHIPPED: &[(&str, &str)] = shipped!(
    "classes.toml",
    "message.toml",
    "want.toml",
    "sell.toml",
    "mask.toml",
    "hype.toml",
    "ask.toml",
    "pretext.toml",
    "route.toml",
    "unbacked.toml",
    "news.toml",
    "tell.toml",
    "nudge.toml",
    "generic.toml",
    "blame.toml",
    "merge.toml"
);

impl Packs {
    /// The packs that are compiled in.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the texts are compiled in and a test loads them")]
    pub fn builtin() -> Packs {
        Packs::parse(SHIPPED).expect("the shipped packs load")
    }

    /// Compiles packs from files, each given by name and text. The names end in `classes.toml`, `message.toml`, or
    /// anything else for a category's rules.
    ///
    /// # Errors
    /// Every fault found; nothing is half-applied.
    pub fn parse(files: &[(&str, &str)]) -> Result<Packs, Vec<Fault>> {
        build::build(files)
    }

    /// Hash of all texts, in hex: the same packs give the same readings.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Every rule, category by category.
    pub fn rules(&self) -> impl Iterator<Item = RuleInfo<'_>> {
        self.rules.iter().map(|rule| RuleInfo {
            id: &rule.id,
            category: rule.category,
            level: rule.level,
            explain: &rule.explain,
            ask: &rule.ask,
            fires: &rule.fires,
            silent: &rule.silent,
        })
    }

    /// Every category, span categories first.
    #[must_use]
    pub fn categories(&self) -> &[CategoryInfo] {
        &self.categories
    }

    pub(crate) fn category(&self, category: Category) -> Option<&CategoryInfo> {
        self.categories.iter().find(|info| info.category == category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packs() -> Packs {
        match Packs::parse(SHIPPED) {
            Ok(packs) => packs,
            Err(faults) => panic!(
                "{}",
                faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            ),
        }
    }

    #[test]
    fn every_example_does_what_its_file_says() {
        let broken = packs().check_examples();
        let listed: Vec<String> = broken
            .iter()
            .map(|b| format!("{}: {:?}: {}", b.of, b.example, b.instead))
            .collect();
        assert!(broken.is_empty(), "{} broken\n{}", broken.len(), listed.join("\n"));
    }
}
