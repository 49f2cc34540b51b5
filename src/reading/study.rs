//! The study of one text: every sentence with its party, its hits, and whether it asks about the reader.
//!
//! A sentence with a hit never counts in the mail's favour: it asks nothing and lights no lamp. So taking a flagged
//! sentence away can only help.

use super::packs::{Fact, Packs, PartyForm, Place, Scratch};
use super::subject::{self, Party};
use super::text::{Names, Sentence, Text};
use super::{Category, Level};
use crate::mail::{Prose, TextKind};
use std::ops::Range;

/// The text and what was found in each sentence.
#[derive(Debug)]
pub(crate) struct Study {
    pub(crate) text: Text,
    /// One for each sentence of the text.
    pub(crate) sentences: Vec<Studied>,
}

/// One sentence, studied.
#[derive(Debug, Clone)]
pub(crate) struct Studied {
    pub(crate) party: Party,
    /// What was found, in the order of the text.
    pub(crate) hits: Vec<Hit>,
    /// The lists that match, as bits.
    pub(crate) lists: u64,
    /// It asks about the reader's side, or invites them to correct.
    pub(crate) asks: bool,
    /// It is the first sentence of the body that is no salutation.
    pub(crate) first: bool,
}

/// One place that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into the packs' rules.
    pub(crate) rule: usize,
    pub(crate) category: Category,
    pub(crate) level: Level,
    /// Tokens, counted within the sentence.
    pub(crate) tokens: Range<usize>,
}

/// Facts that rules may need and that the text does not tell.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// The mail has no In-Reply-To and no References.
    pub(crate) no_thread: bool,
    /// No recipient has ever written to the account, for certain.
    pub(crate) never_wrote: bool,
    /// The mail is taken for a pitch whatever else it says: examples of rules are single sentences.
    pub(crate) pitch: bool,
}

impl Studied {
    /// Whether a list matches in it.
    pub(crate) fn has(&self, list: usize) -> bool {
        self.lists >> list & 1 == 1
    }
}

impl Study {
    /// Studies the own text. Of each category one hit a sentence stands: the heaviest.
    pub(crate) fn of(prose: &Prose, names: &Names, known: Known, packs: &Packs) -> Study {
        let mut study = Study::of_all(prose, names, known, packs);
        for studied in &mut study.sentences {
            studied.hits = heaviest_of_each_category(std::mem::take(&mut studied.hits));
        }
        study
    }

    /// The same with every hit, for checking rules.
    pub(crate) fn of_all(prose: &Prose, names: &Names, known: Known, packs: &Packs) -> Study {
        let is_subject = |passage: &crate::mail::Passage| {
            prose
                .parts
                .get(passage.part)
                .is_some_and(|part| part.kind == TextKind::Subject)
        };
        let mut text = Text::read(&prose.passages, is_subject, &packs.lexicon, &packs.text, names);
        learn_names(&mut text, prose, packs);
        let mut study = Study {
            text,
            sentences: Vec::new(),
        };
        let raw = study.scan(prose, known, packs);
        study.settle(raw, known, packs);
        study
    }

    /// Sentences with what was found in them, the subject's too.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&Sentence, &Studied)> {
        self.text.sentences.iter().zip(&self.sentences)
    }

    /// The same, only of the body and without salutations.
    pub(crate) fn body(&self) -> impl Iterator<Item = (&Sentence, &Studied)> {
        self.pairs()
            .filter(|(sentence, _)| !sentence.subject && !sentence.greeting)
    }

    /// Whether anything in the mail asks about the reader's side.
    pub(crate) fn asks(&self) -> bool {
        self.sentences.iter().any(|studied| studied.asks)
    }

    /// First pass: parties, lists and every match that place and facts allow.
    fn scan(&mut self, prose: &Prose, known: Known, packs: &Packs) -> Vec<Vec<Hit>> {
        let mut scratch = Scratch::default();
        let mut matches = Vec::new();
        let mut raw = Vec::with_capacity(self.text.sentences.len());
        let mut begun = false;
        // Whether the sentence that opened the list, if one is open, is about the seller.
        let mut sellers_list = false;
        for sentence in &self.text.sentences {
            matches.clear();
            let item = self.text.is_item(&prose.passages, sentence);
            let clauses = self.text.clauses(sentence);
            let lists = packs.scan(self.text.symbols(sentence), &clauses, &mut scratch, &mut matches);
            let party = subject::party_of(&self.text, sentence, lists, packs);
            let first = !begun && !sentence.subject && !sentence.greeting;
            begun |= first;
            if !item {
                sellers_list = !sentence.subject && !sentence.question && party == Party::Seller;
            }
            let hits = matches.iter().filter_map(|found| {
                let rule = packs.rules.get(found.rule)?;
                let here = match rule.place {
                    Place::Any => true,
                    Place::Subject => sentence.subject,
                    Place::First => sentence.subject || first,
                    Place::Body => !sentence.subject,
                };
                let right_party = rule.subject.is_none_or(|wanted| wanted == party.into());
                let facts = rule.needs.iter().all(|fact| match fact {
                    Fact::NoThread => known.no_thread,
                    Fact::NeverWrote => known.never_wrote,
                    Fact::InSubject => sentence.subject,
                    Fact::Listed => item && sellers_list,
                    // Known only later; see `settle`.
                    Fact::NoQuestion | Fact::Pitch => true,
                });
                (here && right_party && facts).then(|| Hit {
                    rule: found.rule,
                    category: rule.category,
                    level: rule.level,
                    tokens: found.tokens.clone(),
                })
            });
            raw.push(hits.collect());
            self.sentences.push(Studied {
                party,
                hits: Vec::new(),
                lists,
                asks: false,
                first,
            });
        }
        raw
    }

    /// Second pass: what asks about the reader, and which hits stand.
    fn settle(&mut self, mut raw: Vec<Vec<Hit>>, known: Known, packs: &Packs) {
        let waits = |hit: &Hit| packs.rules.get(hit.rule).is_some_and(|rule| rule.unless_asks);
        let broad = |hit: &Hit| {
            let needs = packs.rules.get(hit.rule).map(|rule| rule.needs.as_slice());
            needs.is_some_and(|needs| needs.contains(&Fact::Pitch))
        };
        let pitch = known.pitch || is_pitch(&raw, |hit| !broad(hit) && !waits(hit));
        if !pitch {
            raw.iter_mut().for_each(|hits| hits.retain(|hit| !broad(hit)));
        }
        let mut topic = false;
        for (index, hits) in raw.iter().enumerate() {
            let flagged = hits.iter().any(|hit| !waits(hit));
            let (Some(sentence), Some(studied)) = (self.text.sentences.get(index), self.sentences.get_mut(index))
            else {
                continue;
            };
            if flagged || sentence.greeting {
                continue;
            }
            let about_reader = studied.party == Party::Customer || names_reader(&self.text, sentence, packs);
            studied.asks = asks(&self.text, sentence, studied, about_reader, topic, packs);
            topic = about_reader || (topic && studied.party == Party::Neutral);
        }
        let asking = self.asks();
        let invites: Vec<bool> = self
            .sentences
            .iter()
            .map(|studied| studied.asks || studied.has(packs.lists.invites_correction))
            .collect();
        for (index, mut hits) in raw.into_iter().enumerate() {
            let confirmed = invites.iter().skip(index).take(2).any(|invites| *invites);
            let subject = self.text.sentences.get(index).is_some_and(|sentence| sentence.subject);
            hits.retain(|hit| !(confirmed && waits(hit)));
            hits.retain_mut(|hit| {
                let Some(rule) = packs.rules.get(hit.rule) else {
                    return false;
                };
                if let Some(raise) = rule.raise {
                    let holds = match raise.when {
                        Fact::NoThread => known.no_thread,
                        Fact::NeverWrote => known.never_wrote,
                        Fact::NoQuestion => !asking,
                        Fact::InSubject => subject,
                        Fact::Pitch => pitch,
                        Fact::Listed => false,
                    };
                    hit.level = if holds { raise.to } else { hit.level };
                }
                !rule.needs.contains(&Fact::NoQuestion) || !asking
            });
            if let Some(studied) = self.sentences.get_mut(index) {
                studied.hits = hits;
            }
        }
    }
}

/// Whether the hits that count are such as only a pitch has: two, of two categories or in two sentences.
fn is_pitch(raw: &[Vec<Hit>], counts: impl Fn(&Hit) -> bool) -> bool {
    let mut seen: Option<(usize, Category)> = None;
    let all = raw
        .iter()
        .enumerate()
        .flat_map(|(sentence, hits)| hits.iter().map(move |hit| (sentence, hit)));
    for (sentence, hit) in all.filter(|(_, hit)| counts(hit)) {
        match seen {
            None => seen = Some((sentence, hit.category)),
            Some(first) if first != (sentence, hit.category) => return true,
            Some(_) => {}
        }
    }
    false
}

/// "I'm Ana from Norvane": the seller's company, where the account's domain does not tell it.
fn learn_names(text: &mut Text, prose: &Prose, packs: &Packs) {
    const LOOKED_AT: usize = 12;
    let list = packs.lists.introduces_seller;
    let found: Vec<(Sentence, usize)> = text
        .sentences
        .iter()
        .take(LOOKED_AT)
        .filter_map(|sentence| {
            let tokens = packs.find_list(list, text.symbols(sentence), &text.clauses(sentence))?;
            let last = tokens.end.checked_sub(1)?;
            text.capital(sentence, last).then(|| (sentence.clone(), last))
        })
        .collect();
    for (sentence, at) in found {
        text.learn_seller(&prose.passages, &sentence, at);
    }
}

fn names_reader(text: &Text, sentence: &Sentence, packs: &Packs) -> bool {
    text.symbols(sentence)
        .iter()
        .any(|symbol| packs.parties.customer.contains(*symbol))
}

/// Whether an unflagged sentence asks about the reader's side. `topic` says that the sentences before were about them.
fn asks(text: &Text, sentence: &Sentence, studied: &Studied, about_reader: bool, topic: bool, packs: &Packs) -> bool {
    if studied.has(packs.lists.indirect_question) || studied.has(packs.lists.invites_correction) {
        return true;
    }
    if !sentence.question || studied.has(packs.lists.not_curious) {
        return false;
    }
    // A question that names neither side is about the reader's if the sentences before were, or if it is no mere tag.
    const SHORT: usize = 5;
    let symbols = text.symbols(sentence).get(sentence.start..).unwrap_or_default();
    let opens = symbols
        .iter()
        .any(|symbol| packs.parties.interrogatives.contains(*symbol));
    let about_seller = studied.party == Party::Seller;
    !about_seller && (about_reader || (opens && (topic || symbols.len() >= SHORT)))
}

/// One hit a category: the heaviest, then the first, then the longest. In the order of the text.
fn heaviest_of_each_category(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| {
        (
            hit.category,
            std::cmp::Reverse(hit.level),
            hit.tokens.start,
            std::cmp::Reverse(hit.tokens.end),
            hit.rule,
        )
    });
    hits.dedup_by_key(|hit| hit.category);
    hits.sort_by_key(|hit| (hit.tokens.start, hit.category));
    hits
}

impl From<Party> for PartyForm {
    fn from(party: Party) -> PartyForm {
        match party {
            Party::Seller => PartyForm::Seller,
            Party::Customer => PartyForm::Customer,
            Party::Neutral => PartyForm::Neutral,
        }
    }
}
