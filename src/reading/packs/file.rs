//! The forms of the rule files. Unknown keys are faults.

use crate::reading::{Category, Level};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `classes.toml`: words that patterns and the tokenizer know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassesFile {
    /// How a written form is read: `"don't" = "do not"`.
    pub(super) contractions: BTreeMap<Spanned<String>, String>,
    /// Word classes: a name and its entries, in the spelling of patterns.
    pub(super) classes: BTreeMap<String, Vec<String>>,
}

/// `message.toml`: what is asked of the whole mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageFile {
    /// The whole-mail categories in words.
    pub(super) check: Vec<CheckForm>,
    /// Lists of patterns that the checks and the gate ask for by name.
    pub(super) list: Vec<ListForm>,
}

/// One whole-mail category.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckForm {
    pub(super) id: Category,
    pub(super) title: String,
    pub(super) explain: String,
    pub(super) ask: String,
    pub(super) source: String,
    pub(super) fires: Vec<Spanned<String>>,
    pub(super) silent: Vec<Spanned<String>>,
}

/// A named list of patterns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListForm {
    pub(super) id: Spanned<String>,
    /// What it is for; only for people who read the file.
    #[expect(dead_code, reason = "it is there so that every list must say what it is for")]
    pub(super) about: String,
    #[serde(rename = "match")]
    pub(super) matches: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) unless: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) fires: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) silent: Vec<Spanned<String>>,
}

/// One category's rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackFile {
    pub(super) id: Spanned<Category>,
    pub(super) title: String,
    pub(super) level: Level,
    /// The most points that this category may cost.
    pub(super) cap: i32,
    pub(super) lang: Spanned<String>,
    /// Where the idea comes from.
    pub(super) source: String,
    pub(super) explain: String,
    pub(super) ask: String,
    /// Sentences that no rule at all may find.
    #[serde(default)]
    pub(super) silent: Vec<Spanned<String>>,
    pub(super) rule: Vec<Spanned<RuleForm>>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleForm {
    pub(super) id: Spanned<String>,
    /// Only in an overlay: the category that it is added to.
    pub(super) category: Option<Spanned<Category>>,
    #[serde(rename = "match")]
    pub(super) matches: Vec<Spanned<String>>,
    /// Silences a match that one of these overlaps or touches.
    #[serde(default)]
    pub(super) unless: Vec<Spanned<String>>,
    /// Silences the rule in a sentence that holds one of these.
    #[serde(default)]
    pub(super) unless_sentence: Vec<Spanned<String>>,
    /// Silences the rule if this sentence or the next asks the recipient to confirm or correct.
    #[serde(default)]
    pub(super) unless_asks: bool,
    #[serde(default, rename = "where")]
    pub(super) place: Place,
    /// Only in sentences about this party.
    pub(super) subject: Option<PartyForm>,
    /// Only while these facts hold.
    #[serde(default)]
    pub(super) needs: FactSet,
    pub(super) raise: Option<Raise>,
    pub(super) level: Option<Level>,
    pub(super) explain: Option<String>,
    pub(super) ask: Option<String>,
    pub(super) fires: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) silent: Vec<Spanned<String>>,
}

/// Where a rule looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// Everywhere.
    #[default]
    Any,
    /// In the Subject field.
    Subject,
    /// In the Subject field, and before the first unflagged words about the reader.
    First,
    /// In the text below the Subject field.
    Body,
}

/// Whom a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PartyForm {
    Seller,
    Customer,
    Neutral,
}

/// A heavier level while a fact holds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raise {
    pub(crate) when: Fact,
    pub(crate) to: Level,
}

/// A fact about the mail that a rule may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fact {
    /// No In-Reply-To and no References: the mail answers nothing.
    NoThread,
    /// It is known that no recipient has ever written to the account.
    NeverWrote,
    /// The mail asks nothing about the recipient's side.
    NoQuestion,
    /// The place is in the Subject field.
    InSubject,
    /// Other rules have shown that the mail is a pitch: broad rules need it, so that they leave other mail alone.
    Pitch,
    /// The sentence is an item of a list that a sentence about the seller opens.
    Listed,
}

/// Facts, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Vec<Fact>")]
pub(crate) struct FactSet(u8);

impl FactSet {
    /// The same, with a fact if it holds.
    pub(crate) fn with(self, fact: Fact, holds: bool) -> FactSet {
        FactSet(self.0 | u8::from(holds) << fact as u8)
    }

    /// Whether a fact is among them.
    pub(crate) fn has(self, fact: Fact) -> bool {
        self.0 >> fact as u8 & 1 == 1
    }

    /// Whether all that are needed are among them.
    pub(crate) fn holds(self, needed: FactSet) -> bool {
        needed.0 & !self.0 == 0
    }
}

impl From<Vec<Fact>> for FactSet {
    fn from(facts: Vec<Fact>) -> FactSet {
        let all = facts.into_iter();
        all.fold(FactSet::default(), |set, fact| set.with(fact, true))
    }
}
