//! Where a rewrite could begin: questions, what the mail already knows, and moves. Never a sentence to paste.

use super::lamps::Lit;
use super::place::Places;
use super::study::Study;
use super::{Category, Excerpt, Finding, Help, Layer};

/// More facts than this are no help.
const MOST_FACTS: usize = 4;

/// The help for one mail; `None` where nothing was found.
pub(crate) fn help(findings: &[Finding], lit: &Lit, study: &Study, places: &mut Places<'_>) -> Option<Help> {
    let costliest = findings
        .iter()
        .reduce(|most, next| if next.points > most.points { next } else { most })?;
    // Nearest to the reader first: what is said about a person is said to nobody else.
    let by_value = [Layer::Person, Layer::Function, Layer::Company, Layer::Market];
    let dark = by_value.into_iter().find(|layer| !lit.has(*layer));
    let sentences = lit.sentences();
    let facts: Vec<Excerpt> = sentences
        .iter()
        .filter_map(|index| whole(*index, study, places))
        .take(MOST_FACTS)
        .collect();
    let moves = moves(findings, lit, &facts, study, places);
    Some(Help {
        ask: costliest.ask.clone(),
        dark,
        dark_ask: dark.map(question_of).unwrap_or_default().to_owned(),
        facts,
        moves,
    })
}

/// A fact about them, what it may mean for whom, a question: adapted to what is there.
fn moves(findings: &[Finding], lit: &Lit, facts: &[Excerpt], study: &Study, places: &mut Places<'_>) -> Vec<String> {
    let mut moves = Vec::new();
    let starts_elsewhere = findings.iter().any(|finding| {
        let starts = |finding: &Finding, fact: &Excerpt| {
            finding
                .span
                .as_ref()
                .is_some_and(|span| span.part == fact.span.part && span.range.start < fact.span.range.start)
        };
        facts.first().is_some_and(|fact| starts(finding, fact))
    });
    moves.push(match facts.first() {
        Some(fact) if starts_elsewhere => {
            format!(
                "Begin with what you know of them, before any word about you: {}",
                quoted(fact)
            )
        }
        Some(fact) => format!("Keep your beginning, the fact about them: {}", quoted(fact)),
        None => {
            "Begin with one fact about them that is true for nobody else, and say where you have it from.".to_owned()
        }
    });
    let whom = [Layer::Person, Layer::Function].into_iter().find_map(|layer| {
        let (index, range) = lit.of_layer(layer).next()?;
        let sentence = study.text.sentences.get(*index)?;
        places.excerpt(sentence.passage, range.clone())
    });
    moves.push(match whom {
        Some(whom) => format!(
            "Say what it may mean for those you name in {}, as a guess they may correct.",
            quoted(&whom)
        ),
        None => "Say what it may mean, and for whom among them: which team, which person; as a guess they may correct."
            .to_owned(),
    });
    let asks = study
        .sentences
        .iter()
        .position(|studied| studied.asks)
        .and_then(|index| whole(index, study, places));
    let instead = findings
        .iter()
        .find(|finding| finding.span.is_some() && matches!(finding.category, Category::Ask | Category::Route));
    moves.push(match (asks, instead) {
        (Some(question), Some(ask)) => format!(
            "End with your question {}, in the place of \u{201c}{}\u{201d}.",
            quoted(&question),
            ask.excerpt
        ),
        (Some(question), None) => format!("End with your question: {}", quoted(&question)),
        (None, Some(ask)) => format!(
            "In the place of \u{201c}{}\u{201d}, end with one question about their side that they can answer in a line.",
            ask.excerpt
        ),
        (None, None) => "End with one question about their side that they can answer in a line.".to_owned(),
    });
    moves
}

/// What lights a dark lamp.
fn question_of(layer: Layer) -> &'static str {
    match layer {
        Layer::Person => "What has this person said, or what do they have to answer for this quarter?",
        Layer::Function => "Which team of theirs carries this, and what does it do differently in a bad week?",
        Layer::Company => "Which site, plan or number of this company would make the mail wrong for any other?",
        Layer::Market => {
            "What has changed in their market that they did not choose: a rule, a price, a rival, a supplier?"
        }
    }
}

fn whole(index: usize, study: &Study, places: &mut Places<'_>) -> Option<Excerpt> {
    let sentence = study.text.sentences.get(index)?;
    let range = study.text.range(sentence, &(0..sentence.tokens.len()));
    places.excerpt(sentence.passage, range)
}

fn quoted(excerpt: &Excerpt) -> String {
    format!("\u{201c}{}\u{201d}", excerpt.excerpt)
}
