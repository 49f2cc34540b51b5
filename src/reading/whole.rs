//! What is asked of the whole mail, only where it is, or may be, prospecting.

use super::Category;
use super::packs::Packs;
use super::study::Study;
use super::subject::Party;

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
pub(crate) fn look(study: &Study, packs: &Packs) -> Vec<Whole> {
    let mut found = Vec::new();
    found.extend(seller_subject(study));
    // Questions about the reader do not make a mail longer, so that adding one can never cost anything.
    let words: usize = study
        .pairs()
        .filter(|(sentence, studied)| !sentence.subject && !studied.asks)
        .map(|(sentence, _)| study.text.words_of(sentence))
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
        found.extend(layers(study, packs));
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

/// The share of sentences about the seller, from half of them (0 points) to all (16), from two sentences.
pub(crate) fn seller_subject(study: &Study) -> Option<Whole> {
    let seller = study
        .body()
        .filter(|(_, studied)| studied.party == Party::Seller)
        .count();
    // A flagged sentence never counts for the reader.
    let about_reader = |party: Party, hits: usize| party == Party::Customer && hits == 0;
    let customer = study
        .body()
        .filter(|(_, studied)| about_reader(studied.party, studied.hits.len()))
        .count();
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

/// The four lamps: market, company, function, person. Each is lit by an unflagged sentence.
pub(crate) fn lamps(study: &Study, packs: &Packs) -> [(&'static str, bool); 4] {
    let lists = &packs.lists;
    let lit = |list: usize| {
        study
            .pairs()
            .any(|(sentence, studied)| !sentence.greeting && studied.hits.is_empty() && studied.has(list))
    };
    [
        ("market", lit(lists.lamp_market)),
        ("company", lit(lists.lamp_company)),
        ("function", lit(lists.lamp_function)),
        ("person", lit(lists.lamp_person)),
    ]
}

fn layers(study: &Study, packs: &Packs) -> Option<Whole> {
    let lamps = lamps(study, packs);
    let names = |wanted: bool| {
        let names: Vec<&str> = lamps
            .iter()
            .filter(|(_, lit)| *lit == wanted)
            .map(|(name, _)| *name)
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let points = match lamps.iter().filter(|(_, lit)| *lit).count() {
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
