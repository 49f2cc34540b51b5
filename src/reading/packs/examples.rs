//! The rules' own examples, run as tests: each is tried against every rule.

use super::build::Source;
use super::{Packs, name_of};
use crate::mail::{Prose, TextKind};
use crate::reading::lamps::Lit;
use crate::reading::study::{Known, Study};
use crate::reading::text::Names;
use crate::reading::{Category, whole};
use crate::toml_file::line_column;
use serde::Serialize;
use toml::Spanned;

/// An example that does not do what its file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The file that it stands in, as it was named.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The rule, list or category that the example belongs to.
    pub of: String,
    /// The example.
    pub example: String,
    /// What its file says of it.
    pub expected: Expected,
    /// What happened instead.
    pub instead: String,
}

/// What a file says of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// That its rule finds it.
    Fires,
    /// That nothing finds it.
    Silent,
}

/// An example where it stands.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) of: Of,
    pub(super) expected: Expected,
    pub(super) text: String,
    file: String,
    line: usize,
}

/// What an example belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Index into [`Packs::rules`].
    Rule(usize),
    /// Index into [`Packs::disabled`]: the examples of a rule that is out.
    Disabled(usize),
    /// An overlay's own sentences, which nothing may find.
    Overlay,
    /// A category's own sentences, which nothing may find.
    Category(Category),
    /// A whole-mail category.
    Whole(Category),
    /// A list of `message.toml`.
    List(usize),
}

/// What was found in an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Index into [`Packs::rules`].
    pub(super) rule: usize,
    /// The words.
    words: String,
}

impl Example {
    /// All examples of one kind.
    pub(super) fn all<'a>(
        source: &Source<'a>,
        of: Of,
        fires: bool,
        texts: &'a [Spanned<String>],
    ) -> impl Iterator<Item = Example> + use<'a> {
        let source = *source;
        let first = texts.first().map_or(0, |text| text.span().start);
        // The texts of an array follow one another, so lines are counted on from the last one.
        let (mut counted, mut line) = (first, line_column(source.text, first).0);
        texts.iter().map(move |text| {
            let start = text.span().start;
            line += memchr::memchr_iter(b'\n', source.text.as_bytes().get(counted..start).unwrap_or_default()).count();
            counted = start;
            Example {
                of,
                expected: if fires { Expected::Fires } else { Expected::Silent },
                text: text.get_ref().clone(),
                file: source.file.to_owned(),
                line,
            }
        })
    }
}

/// The company that sells in all examples.
const SELLER: &str = "norvane";

impl Packs {
    /// Runs every example against every rule: what a rule is to find it must find, what it is to leave alone no rule of
    /// any category may find.
    #[must_use]
    pub fn check_examples(&self) -> Vec<Broken> {
        self.score_examples().broken
    }

    /// How many examples there are.
    #[must_use]
    pub fn count_examples(&self) -> usize {
        self.examples.len()
    }

    /// The same without the examples, which reading mails does not need.
    #[must_use]
    pub fn without_examples(mut self) -> Packs {
        self.examples = Vec::new();
        self
    }

    /// What is wrong with an example, given what was found in it.
    pub(super) fn broken(&self, example: &Example, found: &[Found]) -> Option<Broken> {
        let fires = example.expected == Expected::Fires;
        let (right, instead) = match example.of {
            Of::Rule(rule) if fires => (found.iter().any(|found| found.rule == rule), self.listed(found)),
            Of::Disabled(disabled) => {
                let change = self.disabled.get(disabled).map(|disabled| &disabled.change);
                let by = change.map(|change| format!("the rule is {} ({}:{})", change.what, change.file, change.line));
                (false, by.unwrap_or_default())
            }
            Of::Rule(_) | Of::Category(_) | Of::Overlay => (found.is_empty(), self.listed(found)),
            Of::List(list) => {
                let has = self
                    .study(&example.text)
                    .sentences
                    .iter()
                    .any(|studied| studied.has(list));
                let instead = if has { "a match" } else { "no match" };
                (has == fires, instead.to_owned())
            }
            Of::Whole(category) => {
                let study = self.study(&example.text);
                let lit = Lit::of(&study, &[], &prose_of(&example.text), self);
                let has = self.whole_mail(category, &study, &lit);
                let instead = format!("fires: {has}; asks: {}; lamps: {lit:?}", study.asks());
                (has == fires, instead)
            }
        };
        (!right).then(|| Broken {
            file: example.file.clone(),
            line: example.line,
            of: self.owner_of(example.of),
            example: example.text.clone(),
            expected: example.expected,
            instead,
        })
    }

    /// Whether an overlay means what is wrong with a packs' example.
    pub(super) fn meant(&self, example: &Example, found: &[Found]) -> bool {
        if self.overlays.contains(&example.file) {
            return false;
        }
        let by_rule = match example.of {
            Of::Disabled(_) => true,
            Of::Rule(rule) if example.expected == Expected::Fires => self
                .rules
                .get(rule)
                .is_some_and(|rule| !rule.written.changes.is_empty()),
            _ => false,
        };
        // A sentence that an overlay's rule is to find need not stay silent for it, but for all others.
        let says_so = |rule: &Found| {
            self.examples.iter().any(|other| {
                other.of == Of::Rule(rule.rule)
                    && other.expected == Expected::Fires
                    && other.text == example.text
                    && self.overlays.contains(&other.file)
            })
        };
        by_rule || (example.expected == Expected::Silent && !found.is_empty() && found.iter().all(says_so))
    }

    fn owner_of(&self, of: Of) -> String {
        match of {
            Of::Rule(rule) => self.rules.get(rule).map(|rule| rule.id.to_string()).unwrap_or_default(),
            Of::Disabled(index) => self
                .disabled
                .get(index)
                .map(|disabled| disabled.id.clone())
                .unwrap_or_default(),
            Of::Overlay => "overlay".to_owned(),
            Of::Category(category) | Of::Whole(category) => name_of(category),
            Of::List(list) => format!("list {}", self.list_ids.get(list).map_or("", String::as_str)),
        }
    }

    fn whole_mail(&self, category: Category, study: &Study, lit: &Lit) -> bool {
        match category {
            Category::SellerSubject => whole::seller_subject(study, lit).is_some(),
            Category::NoCustomerQuestion => !study.asks(),
            Category::Layers => lit.count() < 2,
            _ => whole::look(study, lit, self)
                .iter()
                .any(|found| found.category == category),
        }
    }

    /// Every rule that stands in a text, with the words it found.
    pub(super) fn find(&self, example: &str) -> Vec<Found> {
        let prose = prose_of(example);
        let study = Study::of_all(&prose, &self.example_names(), example_facts(), self);
        study
            .pairs()
            .flat_map(|(sentence, studied)| study.hits_of(studied).iter().map(move |hit| (sentence, hit)))
            .map(|(sentence, hit)| {
                let range = study.text.range(sentence, &hit.tokens());
                let words = prose
                    .passages
                    .get(sentence.passage)
                    .and_then(|passage| passage.text.get(range));
                Found {
                    rule: hit.rule,
                    words: words.unwrap_or_default().to_owned(),
                }
            })
            .collect()
    }

    pub(super) fn study(&self, example: &str) -> Study {
        Study::of(&prose_of(example), &self.example_names(), example_facts(), self)
    }

    fn example_names(&self) -> Names {
        Names {
            seller: std::iter::once(SELLER.to_owned())
                .chain(self.seller_names().iter().cloned())
                .collect(),
            customer: Vec::new(),
        }
    }

    fn listed(&self, found: &[Found]) -> String {
        if found.is_empty() {
            return "nothing found".to_owned();
        }
        found
            .iter()
            .filter_map(|found| Some(format!("{} found {:?}", self.rules.get(found.rule)?.id, found.words)))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

fn example_facts() -> Known {
    Known {
        no_thread: true,
        never_wrote: false,
        pitch: true,
    }
}

/// An example as prose; `Subject: ` before it makes it a subject line.
fn prose_of(example: &str) -> Prose {
    let Some(subject) = example.strip_prefix("Subject: ") else {
        return Prose::from_text(example);
    };
    let mut prose = Prose::from_text(subject);
    prose.parts.iter_mut().for_each(|part| part.kind = TextKind::Subject);
    prose
}
