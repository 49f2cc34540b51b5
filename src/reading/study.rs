//! The study of one text: every sentence with its party, its hits, and whether it asks about the reader.
//!
//! A sentence with a hit never counts in the mail's favour: it asks nothing and lights no lamp. So taking a flagged
//! sentence away can only help.

mod scanned;
mod settle;
mod weigh;

use super::packs::{Fact, FactSet, Later, Listed, Match, Packs, PartyForm, Place, Rule};
use super::subject::{self, Party};
use super::text::{Names, Sentence, Text};
use super::{Category, Level};
use crate::mail::{Prose, TextKind};
use scanned::Scanned;
use std::ops::Range;
use weigh::{keep_heaviest, weigh};

/// The text and what was found in each sentence.
#[derive(Debug)]
pub(crate) struct Study {
    pub(crate) text: Text,
    /// One for each sentence of the text.
    pub(crate) sentences: Vec<Studied>,
    /// All that rules found, before it is known which of it stands, in the order of the sentences.
    raw: Vec<Hit>,
    /// What of it stands, in the same order.
    hits: Vec<Hit>,
    /// What stood and is right as it is, with its sentence and the index of who said so.
    pub(crate) silenced: Vec<(usize, Hit, usize)>,
    /// Where lists match, in the order of the sentences; see [`Study::listed`].
    listed: Vec<(usize, Listed)>,
}

/// One sentence, studied.
#[derive(Debug, Clone)]
pub(crate) struct Studied {
    pub(crate) party: Party,
    /// Where among all hits those that stand here are, and where among all raw ones.
    hits: Range<usize>,
    raw: Range<usize>,
    /// The lists that match, as bits.
    pub(crate) lists: u64,
    /// It asks about the reader's side, or invites them to correct.
    pub(crate) asks: bool,
    /// It stands before the first unflagged sentence about the reader.
    pub(crate) first: bool,
    /// It, or the next that is about anybody, asks the reader.
    confirmed: bool,
}

/// One place that a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into the packs' rules.
    pub(crate) rule: usize,
    pub(crate) category: Category,
    pub(crate) level: Level,
    /// Tokens, counted within the sentence.
    start: u32,
    end: u32,
    /// What it costs: of two that overlap, the lighter one costs half; a further one of its category nothing.
    pub(crate) points: i32,
    /// A heavier one of the same category stands in the sentence.
    pub(crate) further: bool,
    /// What is asked of it once more is known.
    later: Later,
}

impl Hit {
    /// Its tokens, counted within the sentence.
    pub(crate) fn tokens(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
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
    /// Of each category one a sentence; in sentences that ask about the reader's side none.
    pub(crate) places: usize,
    pub(crate) kinds: usize,
    /// A sentence in which nothing is found asks about the reader's side.
    pub(crate) asks: bool,
    /// So many sentences ask about the reader's side, whatever broad rules would find in them.
    pub(crate) asking: usize,
    /// So many sentences are about the reader, and nothing is found in them.
    pub(crate) of_reader: usize,
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
    /// Whether anything stands here.
    pub(crate) fn is_flagged(&self) -> bool {
        !self.hits.is_empty()
    }

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
        for studied in &self.sentences {
            let mut here = Kinds::default();
            self.raw_of(studied).iter().for_each(|hit| here.add(hit.category));
            if studied.asks {
                // A real question is never held against the mail, whatever broad rules take it for.
                most.asks |= here.len() == 0;
                most.asking += 1;
            } else {
                most.places += here.len();
                kinds.0 |= here.0;
            }
            most.of_reader += usize::from(here.len() == 0 && studied.party == Party::Customer);
        }
        most.kinds = kinds.len();
        most
    }

    /// What rules found in a sentence.
    fn raw_of(&self, studied: &Studied) -> &[Hit] {
        self.raw.get(studied.raw.clone()).unwrap_or_default()
    }

    /// What stands in a sentence, in the order of the text.
    pub(crate) fn hits_of(&self, studied: &Studied) -> &[Hit] {
        self.hits.get(studied.hits.clone()).unwrap_or_default()
    }

    /// All that stands.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Of all that stands, what is shown and what it costs.
    fn choose(&mut self) {
        self.thin_out(|_, _, hits| {
            let kept = keep_heaviest(hits);
            weigh(hits.get_mut(..kept).unwrap_or_default());
            kept
        });
    }

    /// Takes out what somebody has said is right as it stands: `said` gives who.
    pub(crate) fn silence(&mut self, said: impl Fn(&Text, &Sentence, &Hit) -> Option<usize>) {
        let mut silenced = Vec::new();
        self.thin_out(|text, index, hits| {
            let Some(sentence) = text.sentences.get(index) else {
                return hits.len();
            };
            let mut kept = 0;
            for at in 0..hits.len() {
                match said(text, sentence, &hits[at]) {
                    Some(silence) => silenced.push((index, hits[at], silence)),
                    None => {
                        hits.swap(kept, at);
                        kept += 1;
                    }
                }
            }
            kept
        });
        self.silenced = silenced;
    }

    /// Lets `keep` put what it keeps of each sentence's hits in front; it says how many that is. Sentences without any are
    /// passed over.
    fn thin_out(&mut self, mut keep: impl FnMut(&Text, usize, &mut [Hit]) -> usize) {
        let mut end = 0;
        for (index, studied) in self
            .sentences
            .iter_mut()
            .enumerate()
            .filter(|(_, studied)| studied.is_flagged())
        {
            let all = studied.hits.clone();
            let kept = keep(&self.text, index, self.hits.get_mut(all.clone()).unwrap_or_default());
            self.hits.copy_within(all.start..all.start + kept, end);
            studied.hits = end..end + kept;
            end += kept;
        }
        self.hits.truncate(end);
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
            hits: Vec::new(),
            silenced: Vec::new(),
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

    /// Says of a list in how many sentences it matches; 2 stands for more, too.
    pub(crate) fn sentences_with_lists(&self) -> impl Fn(usize) -> usize + use<> {
        let (mut once, mut again) = (0_u64, 0_u64);
        for studied in &self.sentences {
            again |= once & studied.lists;
            once |= studied.lists;
        }
        move |list| [once, again].map(|bits| (bits >> list & 1) as usize).iter().sum()
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
        let mut scan = packs.scan();
        let scanned = Scanned::of(&mut self.text, prose, packs, (&mut scan, &mut self.listed));
        self.raw.reserve(scanned.len());
        // Those that are known only later pass; see `settle`.
        let of_mail = FactSet::default()
            .with(Fact::NoThread, known.no_thread)
            .with(Fact::NeverWrote, known.never_wrote)
            .with(Fact::NoQuestion, true)
            .with(Fact::Pitch, true);
        let mut of_item = Vec::new();
        // Whether the sentence that opened the list, if one is open, is about the seller.
        let mut sellers_list = false;
        for (sentence, (lists, matches)) in self.text.sentences.iter().zip(scanned.sentences()) {
            let item = self.text.is_item(&prose.passages, sentence);
            let party = subject::party_of(&self.text, sentence, lists, packs);
            // Elsewhere they only matter in that they keep a list open.
            of_item.clear();
            if item || (sellers_list && party != Party::Seller && matches.is_empty()) {
                let (symbols, clauses) = (self.text.symbols(sentence), self.text.clauses(sentence));
                scan.item(symbols, &clauses, &mut of_item);
            }
            // A flagged sentence closes no list, so that taking it away opens none.
            if !item && ((matches.is_empty() && of_item.is_empty()) || party == Party::Seller) {
                sellers_list = !sentence.subject && !sentence.question && party == Party::Seller;
            }
            let facts = of_mail
                .with(Fact::InSubject, sentence.subject)
                .with(Fact::Listed, item && sellers_list);
            let from = self.raw.len();
            let honest = lists >> packs.lists.honest & 1 == 1;
            let stands = |rule: &Rule| {
                let here = match rule.place {
                    Place::Any => true,
                    Place::Subject => sentence.subject,
                    Place::First => !sentence.greeting,
                    Place::Body => !sentence.subject,
                };
                let spared = honest && rule.needs.has(Fact::Pitch);
                !spared && here && facts.holds(rule.needs) && rule.subject.is_none_or(|wanted| wanted == party.into())
            };
            let hit = |found: &Match| {
                let rule = packs.rules.get(found.rule).filter(|rule| stands(rule))?;
                Some(Hit {
                    rule: found.rule,
                    category: rule.category,
                    level: rule.level,
                    start: found.start,
                    end: found.end,
                    points: 0,
                    further: false,
                    later: rule.later,
                })
            };
            self.raw.extend(matches.iter().filter_map(hit));
            self.raw.extend(of_item.iter().filter_map(hit));
            self.sentences.push(Studied {
                party,
                hits: 0..0,
                raw: from..self.raw.len(),
                lists,
                asks: false,
                first: false,
                confirmed: false,
            });
        }
    }
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
