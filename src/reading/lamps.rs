//! The four lamps: market, company, function, person. Each is lit by places in sentences that nothing was found in.

use super::facts::Fact;
use super::packs::Packs;
use super::pattern::Symbol;
use super::place::Places;
use super::study::{Studied, Study};
use super::subject::Party;
use super::text::Sentence;
use super::{Lamps, Layer};
use crate::mail::Prose;
use std::ops::Range;

/// More places than this light a lamp no brighter.
const MOST_PLACES: usize = 5;
/// More words of facts than this are not looked for in one mail.
const MOST_FACT_WORDS: usize = 200;

/// Where each lamp is lit: the sentence, and bytes in its passage. In the order of [`Layer::ALL`].
#[derive(Debug, Default)]
pub(crate) struct Lit {
    places: [Vec<(usize, Range<usize>)>; 4],
}

impl Lit {
    /// Looks for places that speak to the customer's layers.
    pub(crate) fn of(study: &Study, facts: &[Fact], prose: &Prose, packs: &Packs) -> Lit {
        let mut lit = Lit::default();
        let words = fact_words(facts);
        let lists = Layer::ALL.map(|layer| list_of(layer, packs));
        for (index, (sentence, studied)) in study.pairs().enumerate() {
            if !may_light(sentence, studied, packs) {
                continue;
            }
            for ((places, layer), list) in lit.places.iter_mut().zip(Layer::ALL).zip(lists) {
                if places.len() >= MOST_PLACES {
                    continue;
                }
                let tokens = if studied.has(list) {
                    study.listed(index, list)
                } else {
                    None
                };
                let tokens = tokens.or_else(|| named(layer, study, sentence, studied, packs));
                let range = tokens.map(|tokens| study.text.range(sentence, &tokens));
                if let Some(range) = range.or_else(|| told(study, sentence, prose, layer, &words)) {
                    places.push((index, range));
                }
            }
        }
        lit
    }

    /// Whether a layer is spoken to.
    pub(crate) fn has(&self, layer: Layer) -> bool {
        self.of_layer(layer).next().is_some()
    }

    /// How many layers are.
    pub(crate) fn count(&self) -> usize {
        Layer::ALL.iter().filter(|layer| self.has(**layer)).count()
    }

    /// The places of one layer.
    pub(crate) fn of_layer(&self, layer: Layer) -> impl Iterator<Item = &(usize, Range<usize>)> {
        Layer::ALL
            .iter()
            .position(|known| *known == layer)
            .and_then(|at| self.places.get(at))
            .into_iter()
            .flatten()
    }

    /// The sentences in which any lamp is lit, in the order of the text.
    pub(crate) fn sentences(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.places.iter().flatten().map(|(sentence, _)| *sentence).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The places with their words.
    pub(crate) fn shown(&self, study: &Study, places: &mut Places<'_>) -> Lamps {
        let mut lamps = Lamps::default();
        for layer in Layer::ALL {
            let shown = self.of_layer(layer).filter_map(|(index, range)| {
                let sentence = study.text.sentences.get(*index)?;
                places.excerpt(sentence.passage, range.clone())
            });
            let shown = shown.collect();
            match layer {
                Layer::Market => lamps.market = shown,
                Layer::Company => lamps.company = shown,
                Layer::Function => lamps.function = shown,
                Layer::Person => lamps.person = shown,
            }
        }
        lamps
    }
}

/// A flagged sentence lights nothing, so that taking it away costs nothing; nor does one about the seller, nor a compliment
/// that fits anyone.
fn may_light(sentence: &Sentence, studied: &Studied, packs: &Packs) -> bool {
    let about_them = studied.party != Party::Seller && !studied.has(packs.lists.lamp_nothing);
    about_them && !sentence.greeting && !studied.is_flagged()
}

/// How far from "you" or "your" a name or a number still belongs to the reader, in tokens.
const NEAR: usize = 6;

/// Names and numbers, where no list knows the words: next to the reader they speak to their company; in a sentence about
/// nobody here they tell of what happens around it.
fn named(layer: Layer, study: &Study, sentence: &Sentence, studied: &Studied, packs: &Packs) -> Option<Range<usize>> {
    if sentence.subject || studied.has(packs.lists.not_curious) {
        return None;
    }
    let symbols = study.text.symbols(sentence);
    let readers = || all_of(symbols, |symbol| packs.parties.customer.contains(symbol));
    let names = || all_of(symbols, |symbol| symbol == Symbol::NAME);
    let numbers = || all_of(symbols, |symbol| symbol == Symbol::NUMBER);
    match layer {
        Layer::Company => {
            let mut pairs = readers().flat_map(|reader| names().chain(numbers()).map(move |name| (reader, name)));
            let (reader, name) = pairs.find(|(reader, name)| reader.abs_diff(*name) <= NEAR)?;
            Some(reader.min(name)..reader.max(name) + 1)
        }
        Layer::Market => {
            let told =
                names().next().is_some() && names().count() + numbers().count() >= 2 && readers().next().is_none();
            let first = names().chain(numbers()).min().filter(|_| told)?;
            let last = names().chain(numbers()).max()?;
            Some(first..last + 1)
        }
        // A question to the reader about their own doing: what they decide, see, run.
        Layer::Person => {
            let you = packs.lexicon.get("you")?;
            let you = you.symbols().first()?;
            let at = symbols
                .iter()
                .position(|symbol| symbol == you)
                .filter(|_| studied.asks)?;
            let does = symbols.get(at + 1).is_some_and(|next| next.is_word());
            (does && at > 0).then(|| at - 1..at + 2)
        }
        Layer::Function => None,
    }
}

/// Where the symbols of a kind stand.
fn all_of(symbols: &[Symbol], is: impl Fn(Symbol) -> bool) -> impl Iterator<Item = usize> {
    let all = symbols.iter().enumerate();
    all.filter(move |(_, symbol)| is(**symbol)).map(|(at, _)| at)
}

fn list_of(layer: Layer, packs: &Packs) -> usize {
    let lists = &packs.lists;
    match layer {
        Layer::Market => lists.lamp_market,
        Layer::Company => lists.lamp_company,
        Layer::Function => lists.lamp_function,
        Layer::Person => lists.lamp_person,
    }
}

/// Layer and words in ASCII lower case.
fn fact_words(facts: &[Fact]) -> Vec<(Layer, String)> {
    let words = facts
        .iter()
        .flat_map(|fact| fact.words.iter().map(|word| (fact.layer, word.to_ascii_lowercase())));
    words.take(MOST_FACT_WORDS).collect()
}

/// Where a sentence holds the words of a fact about this layer.
fn told(
    study: &Study,
    sentence: &Sentence,
    prose: &Prose,
    layer: Layer,
    words: &[(Layer, String)],
) -> Option<Range<usize>> {
    if words.is_empty() {
        return None;
    }
    let range = study.text.range(sentence, &(0..sentence.tokens.len()));
    let text = prose.passages.get(sentence.passage)?.text.get(range.clone())?;
    // ASCII only, so that offsets stay.
    let text = text.to_ascii_lowercase();
    let mut of_layer = words.iter().filter(|(known, _)| *known == layer);
    of_layer.find_map(|(_, word)| {
        let mut places = text.match_indices(word.as_str());
        places.find_map(|(at, found)| {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|text| text.chars().next());
            (!letter(before) && !letter(after)).then(|| range.start + at..range.start + at + found.len())
        })
    })
}
