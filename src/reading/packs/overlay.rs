//! Team overlays: what a team changes in the rules without copying them.
//!
//! An overlay adds rules, disables or relevels some, extends their `unless`, and names the team's company, products,
//! required texts and exempt recipients. It is applied to the forms before anything is compiled, so that the hash of the
//! packs covers it. What it changes it must try: its examples are run like the packs' own.

use super::build::{Builder, Source, name_of};
use super::file::{PackFile, RuleForm};
use crate::reading::{Category, Level};
use crate::toml_file::{Fault, line_column};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use toml::Spanned;

/// An overlay's file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OverlayFile {
    /// What it is for; only for people who read the file.
    title: Option<String>,
    names: NamesForm,
    /// Texts that must be in every mail, a legal notice for one: they are not read.
    required_text: Vec<Spanned<String>>,
    /// Sentences that no rule may find.
    pub(super) silent: Vec<Spanned<String>>,
    exempt: ExemptForm,
    disable: Vec<DisableForm>,
    relevel: Vec<RelevelForm>,
    extend: Vec<ExtendForm>,
    rule: Vec<Spanned<RuleForm>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NamesForm {
    company: Vec<Spanned<String>>,
    products: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExemptForm {
    recipients: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DisableForm {
    rule: Spanned<String>,
    reason: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelevelForm {
    /// A rule, or a category for all its rules.
    rule: Spanned<String>,
    level: Level,
}

/// More conditions under which a rule keeps silent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtendForm {
    rule: Spanned<String>,
    #[serde(default)]
    pub(super) unless: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) unless_sentence: Vec<Spanned<String>>,
    /// Sentences that the rule found, and that it must leave alone now.
    pub(super) silent: Vec<Spanned<String>>,
}

/// Where a change stands, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What was changed, in words.
    pub what: String,
    /// The overlay, as it was named.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

/// A rule that an overlay takes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisabledRule {
    /// `category/name`.
    pub id: String,
    /// Who took it out, where and why.
    pub change: Change,
}

/// What overlays say besides rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Terms {
    /// Names of company and products, folded for looking up.
    pub(super) seller_names: Vec<String>,
    pub(super) required_texts: Vec<String>,
    pub(super) exempt_recipients: Vec<String>,
}

/// All overlays as one set of changes, by rule.
#[derive(Debug, Default)]
pub(super) struct Changes<'a> {
    disabled: BTreeMap<String, Change>,
    /// By rule, and by category.
    levels: BTreeMap<String, (Level, Change)>,
    extended: BTreeMap<String, Vec<(Source<'a>, &'a ExtendForm)>>,
    added: Vec<(Source<'a>, Category, &'a Spanned<RuleForm>)>,
    pub(super) terms: Terms,
}

/// A required text is a sentence at least, or it would mask words everywhere.
const SHORTEST_REQUIRED: usize = 20;

impl<'a> Changes<'a> {
    /// Reads overlays in their order; where two speak of one rule's level, the later counts. Faults go to the builder.
    pub(super) fn of(
        overlays: &'a [(Source<'a>, OverlayFile)],
        packs: &[(Source<'_>, PackFile)],
        builder: &mut Builder<'a>,
    ) -> Changes<'a> {
        let known = Known::of(overlays, packs);
        let mut changes = Changes::default();
        for (source, overlay) in overlays {
            changes.read(*source, overlay, &known, builder);
        }
        changes
    }

    fn read(&mut self, source: Source<'a>, overlay: &'a OverlayFile, known: &Known, builder: &mut Builder<'a>) {
        let mut fault = |span: std::ops::Range<usize>, field: &str, message: &str, expected: &str| {
            builder.faults.push(source.fault(&span, field, message, expected));
        };
        for disable in &overlay.disable {
            if let Err((message, expected)) = known.rule(disable.rule.get_ref()) {
                fault(disable.rule.span(), "disable.rule", &message, &expected);
            }
            if disable.reason.get_ref().trim().is_empty() {
                fault(
                    disable.reason.span(),
                    "disable.reason",
                    "it is empty",
                    "why the rule is out",
                );
            }
            let what = format!("disabled: {}", disable.reason.get_ref().trim());
            let change = change(&source, &disable.rule, what);
            self.disabled.insert(disable.rule.get_ref().clone(), change);
        }
        for relevel in &overlay.relevel {
            let named = relevel.rule.get_ref();
            if !known.categories.contains(named)
                && let Err((message, expected)) = known.rule(named)
            {
                fault(relevel.rule.span(), "relevel.rule", &message, &expected);
            }
            let what = format!("level set to {}", relevel.level.name());
            let change = change(&source, &relevel.rule, what);
            self.levels.insert(named.clone(), (relevel.level, change));
        }
        for extend in &overlay.extend {
            if let Err((message, expected)) = known.rule(extend.rule.get_ref()) {
                fault(extend.rule.span(), "extend.rule", &message, &expected);
            }
            if extend.unless.is_empty() && extend.unless_sentence.is_empty() {
                let expected = "`unless` or `unless_sentence`";
                fault(extend.rule.span(), "extend", "it extends nothing", expected);
            }
            if extend.silent.is_empty() {
                let expected = "at least one sentence under `silent` that shows the change";
                fault(extend.rule.span(), "extend.silent", "no examples", expected);
            }
            let of_rule = self.extended.entry(extend.rule.get_ref().clone()).or_default();
            of_rule.push((source, extend));
        }
        for rule in &overlay.rule {
            let form = rule.get_ref();
            match &form.category {
                Some(category) if known.packs.contains(category.get_ref()) => {
                    self.added.push((source, *category.get_ref(), rule));
                }
                Some(category) => {
                    let expected = "a category that has a rule file";
                    fault(
                        category.span(),
                        "rule.category",
                        "there are no rules of this category",
                        expected,
                    );
                }
                None => fault(
                    form.id.span(),
                    "rule.category",
                    "it is missing",
                    "the category that the rule belongs to",
                ),
            }
            if form.silent.is_empty() {
                let expected = "at least one sentence that the rule must leave alone";
                fault(form.id.span(), "rule.silent", "no examples", expected);
            }
        }
        for (field, names) in [
            ("names.company", &overlay.names.company),
            ("names.products", &overlay.names.products),
        ] {
            for name in names {
                let folded = folded_name(name.get_ref());
                if folded.chars().count() < 2 || !name.get_ref().starts_with(char::is_uppercase) {
                    let message = format!("{:?} can't be told from other words", name.get_ref());
                    fault(
                        name.span(),
                        field,
                        &message,
                        "a name that begins with a capital, such as \"Norvane\"",
                    );
                } else if !self.terms.seller_names.contains(&folded) {
                    self.terms.seller_names.push(folded);
                }
            }
        }
        for text in &overlay.required_text {
            if text.get_ref().trim().chars().count() < SHORTEST_REQUIRED {
                let expected = format!("a text of {SHORTEST_REQUIRED} characters or more");
                fault(
                    text.span(),
                    "required_text",
                    "too short to be told from other text",
                    &expected,
                );
            }
            self.terms.required_texts.push(text.get_ref().clone());
        }
        for entry in &overlay.exempt.recipients {
            let written = entry.get_ref().to_lowercase();
            if !is_recipient(&written) {
                let message = format!("{:?} is neither an address nor a domain", entry.get_ref());
                let expected = "\"name@acme.example\" or \"@acme.example\"";
                fault(entry.span(), "exempt.recipients", &message, expected);
            }
            self.terms.exempt_recipients.push(written);
        }
    }

    /// Who took a rule out, if anybody.
    pub(super) fn disabled(&self, id: &str) -> Option<&Change> {
        self.disabled.get(id)
    }

    /// The level that overlays give a rule, and who gave it. A rule's own goes before its category's.
    pub(super) fn level(&self, id: &str) -> Option<&(Level, Change)> {
        let category = id.split('/').next().unwrap_or_default();
        self.levels.get(id).or_else(|| self.levels.get(category))
    }

    /// Further conditions of a rule.
    pub(super) fn extensions(&self, id: &str) -> &[(Source<'a>, &'a ExtendForm)] {
        self.extended.get(id).map_or(&[], Vec::as_slice)
    }

    /// Rules that overlays add to a category.
    pub(super) fn added(&self, category: Category) -> Vec<(Source<'a>, &'a Spanned<RuleForm>)> {
        let of_category = self.added.iter().filter(|(_, of, _)| *of == category);
        of_category.map(|(source, _, rule)| (*source, *rule)).collect()
    }
}

impl ExtendForm {
    /// The change that this is.
    pub(super) fn change(&self, source: &Source<'_>) -> Change {
        let count = self.unless.len() + self.unless_sentence.len();
        let what = match count {
            1 => "one more condition".to_owned(),
            many => format!("{many} more conditions"),
        };
        change(source, &self.rule, what)
    }
}

/// What overlays may speak of.
struct Known {
    rules: Vec<String>,
    categories: HashSet<String>,
    packs: HashSet<Category>,
}

impl Known {
    fn of(overlays: &[(Source<'_>, OverlayFile)], packs: &[(Source<'_>, PackFile)]) -> Known {
        let of_pack = |pack: &PackFile| {
            let category = name_of(*pack.id.get_ref());
            let ids = pack.rule.iter().map(|rule| rule.get_ref().id.get_ref());
            ids.map(|id| format!("{category}/{id}")).collect::<Vec<String>>()
        };
        let mut rules: Vec<String> = packs.iter().flat_map(|(_, pack)| of_pack(pack)).collect();
        for rule in overlays.iter().flat_map(|(_, overlay)| &overlay.rule) {
            if let Some(category) = &rule.get_ref().category {
                rules.push(format!(
                    "{}/{}",
                    name_of(*category.get_ref()),
                    rule.get_ref().id.get_ref()
                ));
            }
        }
        Known {
            rules,
            categories: packs.iter().map(|(_, pack)| name_of(*pack.id.get_ref())).collect(),
            packs: packs.iter().map(|(_, pack)| *pack.id.get_ref()).collect(),
        }
    }

    /// Whether there is such a rule; else what is wrong and what was expected.
    fn rule(&self, id: &str) -> Result<(), (String, String)> {
        if self.rules.iter().any(|known| known == id) {
            return Ok(());
        }
        let near = super::near::nearest(id, self.rules.iter().map(String::as_str));
        let expected = match near.as_slice() {
            [] => "a rule such as \"want/would-like\"".to_owned(),
            near => format!("a rule, perhaps {}", near.join(" or ")),
        };
        Err((format!("there is no rule {id:?}"), expected))
    }
}

fn change(source: &Source<'_>, at: &Spanned<String>, what: String) -> Change {
    Change {
        what,
        file: source.file.to_owned(),
        line: line_column(source.text, at.span().start).0,
    }
}

/// A name as the tokenizer looks names up: lower case, without spaces and hyphens.
fn folded_name(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_recipient(entry: &str) -> bool {
    match entry.strip_prefix('@') {
        Some(domain) => domain.contains('.') && !domain.contains(['@', ' ']),
        None => crate::mail::Address::parse(entry).is_some(),
    }
}

/// Overlays are read before anything of them counts.
pub(super) fn parse<'a>(files: &[(&'a str, &'a str)], faults: &mut Vec<Fault>) -> Vec<(Source<'a>, OverlayFile)> {
    let mut overlays = Vec::new();
    for (file, text) in files {
        match crate::toml_file::parse::<OverlayFile>(file, text) {
            Ok(overlay) => {
                if overlay.title.as_deref().is_some_and(|title| title.trim().is_empty()) {
                    faults.push(Fault::whole(file, "its title is empty", "a title, or none"));
                }
                overlays.push((Source { file, text }, overlay));
            }
            Err(fault) => faults.push(fault),
        }
    }
    overlays
}

#[cfg(test)]
mod tests;
