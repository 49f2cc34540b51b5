//! The study of one text: every sentence with its party, its hits, and whether it asks about the reader.
//!
//! A sentence with a hit never counts in the mail's favour: it asks nothing and lights no lamp. So taking a flagged
//! sentence away can only help.

mod weigh;

use super::packs::{Fact, Listed, Match, Packs, PartyForm, Place, Scan};
use super::subject::{self, Party};
use super::text::{Names, Sentence, Text};
use super::{Category, Level};
use crate::mail::{Prose, TextKind};
use std::collections::BTreeSet;
use std::ops::Range;
use weigh::{heaviest_of_each_category, weigh};

/// The text and what was found in each sentence.
#[derive(Debug)]
pub(crate) struct Study {
    pub(crate) text: Text,
    /// One for each sentence of the text.
    pub(crate) sentences: Vec<Studied>,
    /// All that rules found, before it is known which of it stands, in the order of the sentences; and for each sentence
    /// where that of it ends.
    raw: Vec<Hit>,
    raw_ends: Vec<usize>,
    /// Where lists match, in the order of the sentences; see [`Study::listed`].
    listed: Vec<(usize, Listed)>,
}

/// One sentence, studied.
#[derive(Debug, Clone)]
pub(crate) struct Studied {
    pub(crate) party: Party,
    /// What was found, in the order of the text.
    pub(crate) hits: Vec<Hit>,
    /// What was found and is right as it stands, with the index of who said so.
    pub(crate) silenced: Vec<(Hit, usize)>,
    /// The lists that match, as bits.
    pub(crate) lists: u64,
    /// It asks about the reader's side, or invites them to correct.
    pub(crate) asks: bool,
    /// It stands before the first unflagged sentence about the reader.
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
    /// What it costs: of two that overlap, the lighter one costs half; a further one of its category nothing.
    pub(crate) points: i32,
    /// A heavier one of the same category stands in the sentence.
    pub(crate) further: bool,
}

/// Categories, as bits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kinds(u32);

impl Kinds {
    /// There are fewer than this.
    pub(crate) const MOST: usize = 32;

    /// Adds one.
    pub(crate) fn add(&mut self, category: Category) {
        self.0 |= 1 << (category as u32);
    }

    /// Whether it is among them.
    pub(crate) fn has(self, category: Category) -> bool {
        self.0 >> (category as u32) & 1 == 1
    }

    /// How many there are.
    pub(crate) fn len(self) -> usize {
        self.0.count_ones() as usize
    }
}

const _: () = assert!((Category::Blast as usize) < Kinds::MOST);

/// See [`Study::at_most`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AtMost {
    /// Of each category one a sentence.
    pub(crate) places: usize,
    pub(crate) kinds: usize,
    /// A sentence in which nothing is found asks about the reader's side.
    pub(crate) asks: bool,
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
        study.choose();
        study
    }

    /// Lets broad rules speak, too: the mail is known to be a pitch.
    pub(crate) fn wake(&mut self, known: Known, packs: &Packs) {
        self.settle(Known { pitch: true, ..known }, packs);
        self.choose();
    }

    /// What all rules together would find, the broad ones too.
    pub(crate) fn at_most(&self) -> AtMost {
        let mut most = AtMost::default();
        let mut kinds = Kinds::default();
        for (index, studied) in self.sentences.iter().enumerate() {
            let mut here = Kinds::default();
            self.raw_of(index).iter().for_each(|hit| here.add(hit.category));
            most.places += here.len();
            most.asks |= here.len() == 0 && studied.asks;
            kinds.0 |= here.0;
        }
        most.kinds = kinds.len();
        most
    }

    /// What rules found in a sentence.
    fn raw_of(&self, sentence: usize) -> &[Hit] {
        let end = |index: usize| self.raw_ends.get(index).copied().unwrap_or_default();
        let start = sentence.checked_sub(1).map_or(0, end);
        self.raw.get(start..end(sentence)).unwrap_or_default()
    }

    /// Of all that stands, what is shown and what it costs.
    fn choose(&mut self) {
        for studied in &mut self.sentences {
            if studied.hits.len() > 1 {
                studied.hits = heaviest_of_each_category(std::mem::take(&mut studied.hits));
            }
            weigh(&mut studied.hits);
        }
    }

    /// The same with every hit, for checking rules.
    pub(crate) fn of_all(prose: &Prose, names: &Names, known: Known, packs: &Packs) -> Study {
        let is_subject = |passage: &crate::mail::Passage| {
            prose
                .parts
                .get(passage.part)
                .is_some_and(|part| part.kind == TextKind::Subject)
        };
        let text = Text::read(
            &prose.passages,
            is_subject,
            &packs.lexicon,
            (&packs.text, &packs.kinds),
            names,
        );
        let mut study = Study {
            text,
            sentences: Vec::new(),
            raw: Vec::new(),
            raw_ends: Vec::new(),
            listed: Vec::new(),
        };
        study.scan(prose, known, packs);
        study.settle(known, packs);
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

    /// The tokens of the first match of a list in a sentence.
    pub(crate) fn listed(&self, sentence: usize, list: usize) -> Option<Range<usize>> {
        let from = self.listed.partition_point(|(index, _)| *index < sentence);
        let of_sentence = self.listed.get(from..).unwrap_or_default().iter();
        let mut of_sentence = of_sentence.take_while(|(index, _)| *index == sentence);
        let found = of_sentence.find(|(_, listed)| listed.list == list);
        found.map(|(_, listed)| listed.tokens.clone())
    }

    /// Whether anything in the mail asks about the reader's side.
    pub(crate) fn asks(&self) -> bool {
        self.sentences.iter().any(|studied| studied.asks)
    }

    /// First pass: parties, lists and every match that place and facts allow.
    fn scan(&mut self, prose: &Prose, known: Known, packs: &Packs) {
        self.sentences.reserve(self.text.sentences.len());
        self.raw_ends.reserve(self.text.sentences.len());
        let mut scan = packs.scan();
        let scanned = scanned(&mut self.text, prose, packs, (&mut scan, &mut self.listed));
        // Whether the sentence that opened the list, if one is open, is about the seller.
        let mut sellers_list = false;
        for (sentence, (lists, mut matches)) in self.text.sentences.iter().zip(scanned) {
            let item = self.text.is_item(&prose.passages, sentence);
            let party = subject::party_of(&self.text, sentence, lists, packs);
            // Elsewhere they only matter in that they keep a list open.
            if item || (sellers_list && party != Party::Seller && matches.is_empty()) {
                let (symbols, clauses) = (self.text.symbols(sentence), self.text.clauses(sentence));
                scan.item(symbols, &clauses, &mut matches);
            }
            // A flagged sentence closes no list, so that taking it away opens none.
            if !item && (matches.is_empty() || party == Party::Seller) {
                sellers_list = !sentence.subject && !sentence.question && party == Party::Seller;
            }
            let hits = matches.iter().filter_map(|found| {
                let rule = packs.rules.get(found.rule)?;
                let here = match rule.place {
                    Place::Any => true,
                    Place::Subject => sentence.subject,
                    // Known only later; see `settle`.
                    Place::First => !sentence.greeting,
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
                    points: 0,
                    further: false,
                })
            });
            self.raw.extend(hits);
            self.raw_ends.push(self.raw.len());
            self.sentences.push(Studied {
                party,
                hits: Vec::new(),
                silenced: Vec::new(),
                lists,
                asks: false,
                first: false,
            });
        }
    }

    /// Second pass: what asks about the reader, and which hits stand.
    fn settle(&mut self, known: Known, packs: &Packs) {
        let rule = |hit: &Hit| packs.rules.get(hit.rule);
        let waits = |hit: &Hit| rule(hit).is_some_and(|rule| rule.unless_asks);
        let only_first = |hit: &Hit| rule(hit).is_some_and(|rule| rule.place == Place::First);
        let broad = |hit: &Hit| rule(hit).is_some_and(|rule| rule.needs.contains(&Fact::Pitch));
        let (mut topic, mut opening) = (false, true);
        let mut start = 0;
        for ((sentence, studied), end) in self.text.sentences.iter().zip(&mut self.sentences).zip(&self.raw_ends) {
            let raw = self.raw.get(start..*end).unwrap_or_default();
            start = *end;
            studied.asks = false;
            // Who settles again silences again.
            studied.silenced.clear();
            studied.first = opening && !sentence.subject && !sentence.greeting;
            let early = studied.first || sentence.subject;
            let stands = |hit: &&Hit| (known.pitch || !broad(hit)) && (early || !only_first(hit));
            studied.hits.clear();
            studied.hits.extend(raw.iter().filter(stands).cloned());
            let hits = &studied.hits;
            if hits.iter().any(|hit| !waits(hit)) || sentence.greeting {
                continue;
            }
            let about_reader = studied.party == Party::Customer || names_reader(&self.text, sentence, packs);
            studied.asks = asks(&self.text, sentence, studied, about_reader, topic, packs);
            topic = about_reader || (topic && studied.party == Party::Neutral);
            // The opening ends with the first words about the reader, not with the first sentence: neither neutral words
            // before a pitch nor the deletion of a flagged sentence move what comes after it.
            opening &= sentence.subject || !studied.hits.is_empty() || !(about_reader || studied.asks);
        }
        let asking = self.asks();
        let confirmed = self.confirmed();
        let all = self.text.sentences.iter().zip(&mut self.sentences).zip(confirmed);
        for ((sentence, studied), confirmed) in all.filter(|((_, studied), _)| !studied.hits.is_empty()) {
            let (hits, subject) = (&mut studied.hits, sentence.subject);
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
                        Fact::Pitch => known.pitch,
                        Fact::Listed => false,
                    };
                    hit.level = if holds { raise.to } else { hit.level };
                }
                !rule.needs.contains(&Fact::NoQuestion) || !asking
            });
        }
    }
}

impl Study {
    /// For each sentence whether it, or the next that is about anybody, asks the reader. Only unflagged sentences ask:
    /// taking a flagged one away leaves no claim alone. Neutral ones between change nothing.
    fn confirmed(&self) -> Vec<bool> {
        let mut confirmed = vec![false; self.sentences.len()];
        let mut next = false;
        for (studied, confirmed) in self.sentences.iter().zip(&mut confirmed).rev() {
            *confirmed = studied.asks || next;
            let passes = studied.party == Party::Neutral && studied.hits.is_empty();
            next = studied.asks || (next && passes);
        }
        confirmed
    }
}

/// The lists and matches of every sentence. A company that introduces itself ("I'm Ana from Norvane"), where the account's
/// domain does not tell its name, is known in the whole text.
fn scanned(
    text: &mut Text,
    prose: &Prose,
    packs: &Packs,
    (scan, listed): (&mut Scan<'_>, &mut Vec<(usize, Listed)>),
) -> Vec<(u64, Vec<Match>)> {
    let list = packs.lists.introduces_seller;
    let mut read = |text: &Text, index: usize, sentence: &Sentence, listed: &mut Vec<(usize, Listed)>| {
        let mut matches = Vec::new();
        let mut lists = 0;
        let (symbols, clauses) = (text.symbols(sentence), text.clauses(sentence));
        scan.sentence(symbols, &clauses, &mut matches, |found| {
            // Of each list the first is enough.
            if lists >> found.list & 1 == 0 {
                lists |= 1 << found.list;
                listed.push((index, found));
            }
        });
        (lists, matches)
    };
    let mut scanned = Vec::with_capacity(text.sentences.len());
    for (index, sentence) in text.sentences.iter().enumerate() {
        scanned.push(read(text, index, sentence, listed));
    }
    let mut names = BTreeSet::new();
    for (index, Listed { tokens, .. }) in listed.iter().filter(|(_, found)| found.list == list) {
        let last = text.sentences.get(*index).zip(tokens.end.checked_sub(1));
        names.extend(last.and_then(|(sentence, last)| text.capitalised(&prose.passages, sentence, last)));
    }
    let changed = text.learn_sellers(&prose.passages, &names);
    listed.retain(|(index, _)| changed.binary_search(index).is_err());
    for index in &changed {
        if let (Some(sentence), Some(place)) = (text.sentences.get(*index), scanned.get_mut(*index)) {
            *place = read(text, *index, sentence, listed);
        }
    }
    listed.sort_by_key(|(index, _)| *index);
    scanned
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

impl From<Party> for PartyForm {
    fn from(party: Party) -> PartyForm {
        match party {
            Party::Seller => PartyForm::Seller,
            Party::Customer => PartyForm::Customer,
            Party::Neutral => PartyForm::Neutral,
        }
    }
}
