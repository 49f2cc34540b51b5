//! Which of the hits stand, once it is known what the whole mail asks.

use super::{Hit, Known, Studied, Study};
use crate::reading::packs::{Fact, FactSet, Later, Packs};
use crate::reading::subject::Party;
use crate::reading::text::{Sentence, Text};

impl Study {
    /// Second pass: what asks about the reader, and which hits stand.
    pub(super) fn settle(&mut self, known: Known, packs: &Packs) {
        // What speaks against hits in a sentence; what asks is not yet known.
        let against = |early: bool| {
            let bit = |asked: bool, bit: u8| if asked { bit } else { 0 };
            bit(!known.pitch, Later::PITCH) | bit(!early, Later::EARLY)
        };
        let (mut topic, mut opening) = (false, true);
        for (sentence, studied) in self.text.sentences.iter().zip(&mut self.sentences) {
            studied.asks = false;
            studied.first = opening && !sentence.subject && !sentence.greeting;
            let early = studied.first || sentence.subject;
            let raw = self.raw.get(studied.raw.clone()).unwrap_or_default();
            let against = against(early);
            let mut standing = raw.iter().filter(|hit| !hit.later.asks(against)).peekable();
            let flagged = standing.peek().is_some();
            // For the moment, whether the reader's confirmation may come from beyond it.
            studied.confirmed = !flagged && studied.party == Party::Neutral;
            if standing.any(|hit| !hit.later.asks(Later::UNASKED)) || sentence.greeting {
                continue;
            }
            let about_reader = studied.party == Party::Customer || sentence.names_reader;
            studied.asks = asks(&self.text, sentence, studied, about_reader, topic, packs);
            topic = about_reader || (topic && studied.party == Party::Neutral);
            // The opening ends with the first words about the reader, not with the first sentence: neither neutral words
            // before a pitch nor the deletion of a flagged sentence move what comes after it.
            opening &= sentence.subject || flagged || !(about_reader || studied.asks);
        }
        self.confirm();
        let asking = self.asks();
        let facts = FactSet::default()
            .with(Fact::NoThread, known.no_thread)
            .with(Fact::NeverWrote, known.never_wrote)
            .with(Fact::NoQuestion, !asking)
            .with(Fact::Pitch, known.pitch);
        self.hits.clear();
        self.hits.reserve(self.raw.len());
        // Who settles again silences again.
        self.silenced.clear();
        for (sentence, studied) in self.text.sentences.iter().zip(&mut self.sentences) {
            let from = self.hits.len();
            let mut against = against(studied.first || sentence.subject);
            against |= if studied.confirmed { Later::UNASKED } else { 0 };
            against |= if asking { Later::NO_QUESTION } else { 0 };
            let raw = self.raw.get(studied.raw.clone()).unwrap_or_default();
            for hit in raw.iter().filter(|hit| !hit.later.asks(against)) {
                let rule = packs.rules.get(hit.rule).filter(|_| hit.later.asks(Later::RAISED));
                let facts = facts.with(Fact::InSubject, sentence.subject);
                let raised = rule.and_then(|rule| rule.raise).filter(|raise| facts.has(raise.when));
                let level = raised.map_or(hit.level, |raise| raise.to);
                self.hits.push(Hit { level, ..*hit });
            }
            studied.hits = from..self.hits.len();
        }
    }

    /// Finds for each sentence whether it, or the next that is about anybody, asks the reader; before, `confirmed` says
    /// whether it lets that pass. Only unflagged sentences ask: taking a flagged one away leaves no claim alone. Neutral
    /// ones between change nothing.
    fn confirm(&mut self) {
        let mut next = false;
        for studied in self.sentences.iter_mut().rev() {
            let passes = std::mem::replace(&mut studied.confirmed, studied.asks || next);
            next = studied.asks || (next && passes);
        }
    }
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
    let symbols = || text.symbols(sentence).get(sentence.start..).unwrap_or_default();
    let interrogatives = &packs.parties.interrogatives;
    let opens = || symbols().iter().any(|symbol| interrogatives.contains(*symbol));
    let about_seller = studied.party == Party::Seller;
    !about_seller && (about_reader || ((topic || symbols().len() >= SHORT) && opens()))
}
