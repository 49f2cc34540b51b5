//! The rule packs: rules as data, compiled once and shared by all sessions.
//!
//! In: the texts of `config/rules/en/*.toml`, compiled in or read elsewhere. Out: [`Packs`], or every fault with file,
//! line, column and field. A rule without examples does not load.
//!
//! Must never: read a file itself, load half of the packs.

mod build;
mod examples;
mod file;
mod later;
mod near;
mod overlay;
mod rules;
mod scan;
mod score;

pub(crate) use build::{Lists, name_of, spelled};
pub use examples::{Broken, Expected};
pub(crate) use file::{Fact, FactSet, PartyForm, Place, Raise};
pub(crate) use later::Later;
pub(crate) use near::nearest;
pub use overlay::{Change, DisabledRule};
pub(crate) use scan::{Listed, Match, Scan};
pub use score::{RuleScore, Scores};

use super::pattern::{Lexicon, Machine, SymbolSet};
use super::text::{Kinds, TextClasses};
use super::{Category, Level, SharedText};
use crate::toml_file::Fault;

/// Compiled rule packs.
#[derive(Debug, Clone)]
pub struct Packs {
    pub(crate) lexicon: Lexicon,
    pub(crate) text: TextClasses,
    pub(crate) kinds: Kinds,
    pub(crate) parties: PartyClasses,
    pub(crate) rules: Vec<Rule>,
    pub(crate) categories: Vec<CategoryInfo>,
    pub(crate) lists: Lists,
    machine: Machine,
    /// For each pattern what it belongs to; those of one owner stand together, in the order of their roles.
    owners: Vec<(Owner, Role)>,
    conditions: Vec<scan::Conditions>,
    list_ids: Vec<String>,
    examples: Vec<examples::Example>,
    disabled: Vec<DisabledRule>,
    overlays: Vec<String>,
    terms: overlay::Terms,
    hash: String,
}

/// What the subject heuristic asks of a word.
#[derive(Debug, Clone)]
pub(crate) struct PartyClasses {
    pub(crate) seller: SymbolSet,
    pub(crate) customer: SymbolSet,
    pub(crate) subordinators: SymbolSet,
    pub(crate) interrogatives: SymbolSet,
}

/// What a pattern belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A rule.
    Rule(usize),
    /// A list.
    List(usize),
}

/// What a pattern's match means to its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The owner matches here.
    Match,
    /// It does not match here after all.
    Unless,
    /// It does not match in this sentence.
    UnlessSentence,
}

/// One compiled rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: SharedText,
    pub(crate) category: Category,
    pub(crate) level: Level,
    pub(crate) explain: SharedText,
    pub(crate) ask: SharedText,
    pub(crate) place: Place,
    pub(crate) subject: Option<PartyForm>,
    pub(crate) needs: FactSet,
    pub(crate) raise: Option<Raise>,
    /// What it asks beyond its sentence.
    pub(crate) later: Later,
    fires: Vec<String>,
    silent: Vec<String>,
    written: Written,
}

/// A rule as its file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    file: String,
    line: usize,
    matches: Vec<String>,
    unless: Vec<String>,
    unless_sentence: Vec<String>,
    changes: Vec<Change>,
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

impl CategoryInfo {
    /// The category as files spell it.
    #[must_use]
    pub fn name(&self) -> String {
        name_of(self.category)
    }
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
    /// The file that it stands in, as it was named.
    pub file: &'a str,
    /// Its line there, from 1.
    pub line: usize,
    /// What finds.
    pub matches: &'a [String],
    /// What silences a match that it overlaps or touches.
    pub unless: &'a [String],
    /// What silences the rule in a sentence.
    pub unless_sentence: &'a [String],
    /// What overlays changed in it.
    pub changes: &'a [Change],
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
        build::build(files, &[])
    }

    /// The same with a team's overlays, in their order, on top. Without `files` the packs that are compiled in.
    ///
    /// # Errors
    /// Every fault found, in packs and overlays; nothing is half-applied.
    pub fn parse_with(files: Option<&[(&str, &str)]>, overlays: &[(&str, &str)]) -> Result<Packs, Vec<Fault>> {
        build::build(files.unwrap_or(SHIPPED), overlays)
    }

    /// A clone that shares no memory with these, not even the texts that clones share otherwise.
    #[must_use]
    pub fn copied_whole(&self) -> Packs {
        let mut copy = self.clone();
        for rule in &mut copy.rules {
            for text in [&mut rule.id, &mut rule.explain, &mut rule.ask] {
                *text = text.copied();
            }
        }
        copy
    }

    /// The overlays' files, in their order, as they were named.
    #[must_use]
    pub fn overlays(&self) -> &[String] {
        &self.overlays
    }

    /// Names of the seller's company and products that overlays give: lower case, without spaces and hyphens.
    #[must_use]
    pub fn seller_names(&self) -> &[String] {
        &self.terms.seller_names
    }

    /// Texts that overlays require in mails, and that are therefore not the author's own.
    #[must_use]
    pub fn required_texts(&self) -> &[String] {
        &self.terms.required_texts
    }

    /// Addresses and `@domain` entries that overlays exempt: never prospects.
    #[must_use]
    pub fn exempt_recipients(&self) -> &[String] {
        &self.terms.exempt_recipients
    }

    /// Whether there is such a rule, even if an overlay takes it out.
    #[must_use]
    pub fn is_rule(&self, id: &str) -> bool {
        self.rules.iter().any(|rule| *rule.id == *id) || self.disabled.iter().any(|rule| rule.id == id)
    }

    /// Rules and categories that somebody may have meant, the nearest first.
    #[must_use]
    pub fn near(&self, name: &str) -> Vec<String> {
        let disabled = self.disabled.iter().map(|rule| rule.id.as_str());
        let categories: Vec<String> = self.categories.iter().map(|info| name_of(info.category)).collect();
        let rules = self.rules.iter().map(|rule| &*rule.id).chain(disabled);
        let all = rules.chain(categories.iter().map(String::as_str));
        nearest(name, all).into_iter().map(str::to_owned).collect()
    }

    /// Rules that overlays take out.
    #[must_use]
    pub fn disabled(&self) -> &[DisabledRule] {
        &self.disabled
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
            file: &rule.written.file,
            line: rule.written.line,
            matches: &rule.written.matches,
            unless: &rule.written.unless,
            unless_sentence: &rule.written.unless_sentence,
            changes: &rule.written.changes,
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
    fn a_whole_copy_says_the_same_from_other_memory() {
        let packs = packs();
        let copy = packs.copied_whole();
        assert_eq!(format!("{copy:?}"), format!("{packs:?}"));
        let texts = |packs: &Packs| -> Vec<(SharedText, *const u8)> {
            let rules = packs.rules.iter();
            let texts = rules.flat_map(|rule| [&rule.id, &rule.explain, &rule.ask]);
            texts.map(|text| (text.clone(), text.as_ptr())).collect()
        };
        for (ours, theirs) in texts(&packs).into_iter().zip(texts(&copy)) {
            assert_eq!(ours.0, theirs.0);
            assert_ne!(ours.1, theirs.1, "{ours:?}");
        }
    }

    #[test]
    fn every_example_does_what_its_file_says() {
        let broken = packs().check_examples();
        let listed: Vec<String> = broken
            .iter()
            .map(|b| format!("{}:{}: {}: {:?}: {}", b.file, b.line, b.of, b.example, b.instead))
            .collect();
        assert!(broken.is_empty(), "{} broken\n{}", broken.len(), listed.join("\n"));
    }
}
