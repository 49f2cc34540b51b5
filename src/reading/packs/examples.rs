//! The rules' own examples, run as tests.

use super::{CategoryInfo, Packs};
use crate::mail::{Prose, TextKind};
use crate::reading::study::{Known, Study};
use crate::reading::text::Names;
use crate::reading::{Category, whole};

/// An example that does not do what its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The rule, list or category that the example belongs to.
    pub of: String,
    /// The example.
    pub example: String,
    /// What happened instead.
    pub instead: String,
}

/// Examples of a list.
#[derive(Debug)]
pub(super) struct ListExamples {
    pub(super) id: String,
    pub(super) fires: Vec<String>,
    pub(super) silent: Vec<String>,
}

/// The company that sells in all examples.
const SELLER: &str = "norvane";

impl Packs {
    /// Runs every example against every rule: what a rule is to find it must find, what it is to leave alone no rule of
    /// any category may find.
    #[must_use]
    pub fn check_examples(&self) -> Vec<Broken> {
        let mut broken = Vec::new();
        for rule in &self.rules {
            for example in &rule.fires {
                let found = self.rules_in(example);
                if !found.iter().any(|(id, _)| *id == rule.id) {
                    broken.push(Broken {
                        of: rule.id.clone(),
                        example: example.clone(),
                        instead: listed(&found),
                    });
                }
            }
        }
        let whole_mail = |info: &&CategoryInfo| info.category >= Category::SellerSubject;
        for info in self.categories.iter().filter(|info| !whole_mail(info)) {
            for example in &info.silent {
                let found = self.rules_in(example);
                if !found.is_empty() {
                    let of = super::name_of(info.category);
                    broken.push(Broken {
                        of,
                        example: example.clone(),
                        instead: listed(&found),
                    });
                }
            }
        }
        for info in self.categories.iter().filter(whole_mail) {
            self.check_whole(info, &mut broken);
        }
        for (index, list) in self.list_examples.iter().enumerate() {
            let has = |example: &String| self.study(example).sentences.iter().any(|studied| studied.has(index));
            let missed = list
                .fires
                .iter()
                .filter(|example| !has(example))
                .map(|example| (example, "no match"));
            let wrong = list
                .silent
                .iter()
                .filter(|example| has(example))
                .map(|example| (example, "a match"));
            broken.extend(missed.chain(wrong).map(|(example, instead)| Broken {
                of: format!("list {}", list.id),
                example: example.clone(),
                instead: instead.to_owned(),
            }));
        }
        broken
    }

    fn check_whole(&self, info: &CategoryInfo, broken: &mut Vec<Broken>) {
        for (examples, expected) in [(&info.fires, true), (&info.silent, false)] {
            for example in examples {
                let study = self.study(example);
                let fires = match info.category {
                    Category::SellerSubject => whole::seller_subject(&study).is_some(),
                    Category::NoCustomerQuestion => !study.asks(),
                    Category::Layers => whole::lamps(&study, self).iter().filter(|(_, lit)| *lit).count() < 2,
                    _ => whole::look(&study, self)
                        .iter()
                        .any(|found| found.category == info.category),
                };
                if fires != expected {
                    let lit = whole::lamps(&study, self);
                    let instead = format!("fires: {fires}; asks: {}; lamps: {lit:?}", study.asks());
                    broken.push(Broken {
                        of: super::name_of(info.category),
                        example: example.clone(),
                        instead,
                    });
                }
            }
        }
    }

    /// Every rule that stands in a text, with the words it found.
    fn rules_in(&self, example: &str) -> Vec<(String, String)> {
        let prose = prose_of(example);
        let study = Study::of_all(&prose, &self.example_names(), self.example_facts(), self);
        study
            .pairs()
            .flat_map(|(sentence, studied)| studied.hits.iter().map(move |hit| (sentence, hit)))
            .filter_map(|(sentence, hit)| {
                let range = study.text.range(sentence, &hit.tokens);
                let words = prose
                    .passages
                    .get(sentence.passage)
                    .and_then(|passage| passage.text.get(range));
                Some((
                    self.rules.get(hit.rule)?.id.clone(),
                    words.unwrap_or_default().to_owned(),
                ))
            })
            .collect()
    }

    fn study(&self, example: &str) -> Study {
        Study::of(&prose_of(example), &self.example_names(), self.example_facts(), self)
    }

    fn example_names(&self) -> Names {
        Names {
            seller: vec![SELLER.to_owned()],
            customer: Vec::new(),
        }
    }

    fn example_facts(&self) -> Known {
        Known {
            no_thread: true,
            never_wrote: false,
            pitch: true,
        }
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

fn listed(found: &[(String, String)]) -> String {
    if found.is_empty() {
        return "nothing found".to_owned();
    }
    found
        .iter()
        .map(|(rule, words)| format!("{rule} found {words:?}"))
        .collect::<Vec<_>>()
        .join("; ")
}
