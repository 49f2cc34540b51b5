//! From the forms of rules to rules: a category's file at a time.

use super::build::{Builder, Source, name_of};
use super::examples::{Example, Of};
use super::file::{PackFile, RuleForm};
use super::later::Later;
use super::overlay::{Change, Changes, DisabledRule};
use super::{CategoryInfo, Owner, Role, Rule, Written};
use crate::reading::pattern::Classes;
use crate::toml_file::line_column;
use std::collections::HashSet;
use toml::Spanned;

/// Each category has at least so many examples of either kind, and each rule so many that it finds.
const FEWEST_EXAMPLES: usize = 6;
const FEWEST_OF_A_RULE: usize = 2;

/// What has been read of the rule files.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) rules: Vec<Rule>,
    pub(super) categories: Vec<CategoryInfo>,
    pub(super) examples: Vec<Example>,
    pub(super) disabled: Vec<DisabledRule>,
    ids: HashSet<String>,
}

impl Reader {
    /// Reads a category's file.
    pub(super) fn read<'a>(
        &mut self,
        source: &Source<'a>,
        pack: &PackFile,
        changes: &Changes<'a>,
        classes: &Classes<'_>,
        builder: &mut Builder<'a>,
    ) {
        if pack.lang.get_ref() != "en" {
            builder
                .faults
                .push(source.fault(&pack.lang.span(), "lang", "a language that is not read yet", "\"en\""));
        }
        let fires: usize = pack.rule.iter().map(|rule| rule.get_ref().fires.len()).sum();
        let silent = pack.silent.len() + pack.rule.iter().map(|rule| rule.get_ref().silent.len()).sum::<usize>();
        if fires < FEWEST_EXAMPLES || silent < FEWEST_EXAMPLES {
            let message = format!("{fires} examples that it finds and {silent} that it leaves alone");
            let expected = format!("at least {FEWEST_EXAMPLES} of each");
            builder
                .faults
                .push(source.fault(&pack.id.span(), "id", &message, &expected));
        }
        let category = *pack.id.get_ref();
        for form in &pack.rule {
            if let Some(category) = &form.get_ref().category {
                let expected = "no such key: a rule's category is its file's";
                let fault = source.fault(&category.span(), "rule.category", "only overlays say it", expected);
                builder.faults.push(fault);
            }
            self.rule(source, pack, form, changes, classes, builder);
        }
        for (source, form) in changes.added(category) {
            self.rule(&source, pack, form, changes, classes, builder);
        }
        self.examples
            .extend(Example::all(source, Of::Category(category), false, &pack.silent));
        self.categories.push(info_of_pack(pack));
    }

    /// Reads a rule, which takes from the category's file what it does not say itself.
    fn rule<'a>(
        &mut self,
        source: &Source<'a>,
        pack: &PackFile,
        spanned: &Spanned<RuleForm>,
        changes: &Changes<'a>,
        classes: &Classes<'_>,
        builder: &mut Builder<'a>,
    ) {
        let form = spanned.get_ref();
        let category = *pack.id.get_ref();
        let id = format!("{}/{}", name_of(category), form.id.get_ref());
        let field = |key: &str| format!("rule.{}.{key}", form.id.get_ref());
        if form.fires.len() < FEWEST_OF_A_RULE {
            let message = format!("{} examples; a rule without examples does not load", form.fires.len());
            let expected = format!("at least {FEWEST_OF_A_RULE} sentences that it finds");
            builder
                .faults
                .push(source.fault(&form.id.span(), &field("fires"), &message, &expected));
        }
        if !self.ids.insert(id.clone()) {
            builder
                .faults
                .push(source.fault(&form.id.span(), &field("id"), "this id is taken", "an id of its own"));
        }
        if form.matches.is_empty() {
            builder
                .faults
                .push(source.fault(&spanned.span(), &field("match"), "no patterns", "at least one"));
        }
        if let Some(change) = changes.disabled(&id) {
            let of = Of::Disabled(self.disabled.len());
            self.examples.extend(Example::all(source, of, true, &form.fires));
            let of = Of::Category(category);
            self.examples.extend(Example::all(source, of, false, &form.silent));
            let change = change.clone();
            self.disabled.push(DisabledRule { id, change });
            return;
        }
        let index = self.rules.len();
        let mut written = Written {
            file: source.file.to_owned(),
            line: line_column(source.text, form.id.span().start).0,
            matches: texts(&form.matches),
            unless: texts(&form.unless),
            unless_sentence: texts(&form.unless_sentence),
            changes: Vec::new(),
        };
        let owner = Owner::Rule(index);
        let mut add = |source: &Source<'a>, field: &str, texts: &[Spanned<String>], role| {
            builder.patterns(classes, source, field, texts, owner, role);
        };
        // What belongs to one rule stands together, in the order of the roles.
        add(source, &field("match"), &form.matches, Role::Match);
        add(source, &field("unless"), &form.unless, Role::Unless);
        for (source, more) in changes.extensions(&id) {
            add(source, "extend.unless", &more.unless, Role::Unless);
        }
        add(
            source,
            &field("unless_sentence"),
            &form.unless_sentence,
            Role::UnlessSentence,
        );
        for (source, more) in changes.extensions(&id) {
            add(
                source,
                "extend.unless_sentence",
                &more.unless_sentence,
                Role::UnlessSentence,
            );
            self.examples
                .extend(Example::all(source, Of::Rule(index), false, &more.silent));
            written.unless.extend(texts(&more.unless));
            written.unless_sentence.extend(texts(&more.unless_sentence));
            written.changes.push(more.change(source));
        }
        let own = form.level.unwrap_or(pack.level);
        // A level that a team sets is meant: no fact makes it heavier.
        let (level, raise) = match changes.level(&id) {
            Some((level, change)) => {
                written.changes.push(Change {
                    what: format!("{} (it was {})", change.what, own.name()),
                    ..change.clone()
                });
                (*level, None)
            }
            None => (own, form.raise),
        };
        self.examples
            .extend(Example::all(source, Of::Rule(index), true, &form.fires));
        self.examples
            .extend(Example::all(source, Of::Rule(index), false, &form.silent));
        self.rules.push(Rule {
            id: id.into(),
            category,
            level,
            explain: form.explain.as_ref().unwrap_or(&pack.explain).as_str().into(),
            ask: form.ask.as_ref().unwrap_or(&pack.ask).as_str().into(),
            place: form.place,
            subject: form.subject,
            needs: form.needs,
            raise,
            later: Later::of(form.place, form.needs, form.unless_asks, raise.is_some()),
            fires: texts(&form.fires),
            silent: texts(&form.silent),
            written,
        });
    }
}

fn info_of_pack(pack: &PackFile) -> CategoryInfo {
    let of_rules = |examples: fn(&RuleForm) -> &Vec<Spanned<String>>| -> Vec<String> {
        pack.rule
            .iter()
            .flat_map(|rule| texts(examples(rule.get_ref())))
            .collect()
    };
    let mut silent = of_rules(|rule| &rule.silent);
    silent.extend(texts(&pack.silent));
    CategoryInfo {
        category: *pack.id.get_ref(),
        title: pack.title.clone(),
        explain: pack.explain.clone(),
        ask: pack.ask.clone(),
        source: pack.source.clone(),
        cap: pack.cap.max(0),
        fires: of_rules(|rule| &rule.fires),
        silent,
    }
}

/// The texts without their places.
pub(super) fn texts(spanned: &[Spanned<String>]) -> Vec<String> {
    spanned.iter().map(|text| text.get_ref().clone()).collect()
}
