//! Whom a sentence is about: seller, customer or neither. A heuristic without a tagger.

use super::packs::Packs;
use super::pattern::Symbol;
use super::text::{Sentence, Text};

/// Whom a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// The person who writes, or their company.
    Seller,
    /// The person who is written to, or their company.
    Customer,
    /// Neither, or it can't be told.
    Neutral,
}

/// How far into a statement its subject is looked for.
const REACH: usize = 5;

/// `lists` are the lists that match in the sentence, as bits.
pub(crate) fn party_of(text: &Text, sentence: &Sentence, lists: u64, packs: &Packs) -> Party {
    let has = |list: usize| lists >> list & 1 == 1;
    // Work done for the reader, or an honest question, is not about the seller, whatever its pronoun.
    if has(packs.lists.attention) || has(packs.lists.indirect_question) {
        return Party::Neutral;
    }
    if has(packs.lists.seller_opener) {
        return Party::Seller;
    }
    let symbols = text.symbols(sentence).get(sentence.start..).unwrap_or_default();
    if let Some(main) = main_clause(symbols, packs)
        && let Some(party) = first_party(main, REACH, packs)
    {
        return party;
    }
    let reach = if sentence.question { symbols.len() } else { REACH };
    first_party(symbols, reach, packs).unwrap_or(Party::Neutral)
}

/// What follows the first comma, if the sentence starts with a subordinate clause.
fn main_clause<'a>(symbols: &'a [Symbol], packs: &Packs) -> Option<&'a [Symbol]> {
    let first = symbols.first()?;
    if !packs.parties.subordinators.contains(*first) {
        return None;
    }
    let comma = symbols.iter().position(|symbol| *symbol == Symbol::COMMA)?;
    symbols.get(comma + 1..)
}

fn first_party(symbols: &[Symbol], reach: usize, packs: &Packs) -> Option<Party> {
    let parties = &packs.parties;
    let skipped = symbols
        .iter()
        .take_while(|symbol| parties.interrogatives.contains(**symbol))
        .count();
    symbols.iter().skip(skipped).take(reach).find_map(|symbol| {
        if parties.seller.contains(*symbol) {
            Some(Party::Seller)
        } else if parties.customer.contains(*symbol) {
            Some(Party::Customer)
        } else {
            None
        }
    })
}
