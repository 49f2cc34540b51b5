//! What is asked of the whole mail, only where it is, or may be, prospecting.

use super::blast::BlastSeen;
use super::lamps::Lit;
use super::packs::Packs;
use super::study::Study;
use super::subject::Party;
use super::{Category, Layer};

/// One whole-mail observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) category: Category,
    /// Points that it costs.
    pub(crate) points: i32,
    /// What was seen, in words.
    pub(crate) seen: String,
}

/// Absence is only counted against mails of at least so many words.
const FEWEST_WORDS: usize = 20;
const NO_QUESTION: i32 = 14;
const MOST_FOR_SUBJECT: i32 = 16;

/// Everything that the whole mail lacks, in the order of the categories.
pub(crate) fn look(study: &Study, lit: &Lit, packs: &Packs) -> Vec<Whole> {
    let mut found = Vec::new();
    found.extend(seller_subject(study, lit));
    // Questions about the reader do not make a mail longer, so that adding one can never cost anything.
    let words: usize = study
        .pairs()
        .filter(|(sentence, studied)| !sentence.subject && !studied.asks)
        .map(|(sentence, _)| sentence.words)
        .sum();
    let asks = study.asks();
    if words >= FEWEST_WORDS {
        if !asks {
            let seen = "Nothing in this mail asks about the reader's side.".to_owned();
            found.push(Whole {
                category: Category::NoCustomerQuestion,
                points: NO_QUESTION,
                seen,
            });
        }
        found.extend(layers(lit));
    }
    if !asks && study.body().any(|(_, studied)| studied.has(packs.lists.insight)) {
        let seen = "It states a finding and leaves the reader no way to react to it.".to_owned();
        found.push(Whole {
            category: Category::InsightNoNext,
            points: 0,
            seen,
        });
    }
    found
}

/// The share of sentences about the seller, from half of them (0 points) to all (16), from two sentences. Those that ask
/// about the reader's side or light a lamp are about the reader, whatever their pronouns.
pub(crate) fn seller_subject(study: &Study, lit: &Lit) -> Option<Whole> {
    let lit = lit.sentences();
    let mut seller = 0_usize;
    let mut customer = 0_usize;
    for (index, (sentence, studied)) in study.pairs().enumerate() {
        if sentence.subject || sentence.greeting {
            continue;
        }
        if studied.party == Party::Seller {
            seller += 1;
        } else if !studied.is_flagged()
            && (studied.party == Party::Customer || studied.asks || lit.binary_search(&index).is_ok())
        {
            // A flagged sentence never counts for the reader.
            customer += 1;
        }
    }
    let all = seller + customer;
    if all < 2 || seller * 2 <= all {
        return None;
    }
    let [twice, all_i32] = [seller * 2 - all, all].map(|count| i32::try_from(count).unwrap_or(i32::MAX / 64));
    let points = MOST_FOR_SUBJECT * twice / all_i32;
    let seen = format!("{seller} of the {all} sentences that are about someone are about the sender.");
    (points > 0).then_some(Whole {
        category: Category::SellerSubject,
        points,
        seen,
    })
}

fn layers(lit: &Lit) -> Option<Whole> {
    let names = |wanted: bool| {
        let names: Vec<&str> = Layer::ALL
            .iter()
            .filter(|layer| lit.has(**layer) == wanted)
            .map(|layer| layer.name())
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let points = match lit.count() {
        0 => 16,
        1 => 10,
        2 => 5,
        _ => return None,
    };
    let seen = format!("It seems to speak to: {}. Not to: {}.", names(true), names(false));
    Some(Whole {
        category: Category::Layers,
        points,
        seen,
    })
}

/// The same text to many; nothing below five organisations.
pub(crate) fn blast(seen: &BlastSeen) -> Option<Whole> {
    let points = seen.points();
    (points > 0).then(|| Whole {
        category: Category::Blast,
        points,
        seen: seen.shown(),
    })
}
