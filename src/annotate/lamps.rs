//! The four lamps and the way to a rewrite, in words that terminal, page and copy share.

use super::words;
use crate::reading::{Excerpt, Help, Layer, Reading};

/// So many places are quoted for a lamp, and so many facts for a rewrite: a reminder, not an index.
const QUOTED: usize = 2;
const FACTS: usize = 5;

/// One lamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lamp {
    pub(crate) layer: Layer,
    /// The words that light it, each quoted; none where it is dark.
    pub(crate) lit_by: Vec<String>,
    /// The question that lights it.
    pub(crate) question: String,
}

/// All four, in their order.
pub(crate) fn lamps(reading: &Reading) -> [Lamp; 4] {
    Layer::ALL.map(|layer| {
        let places = reading.lamps.of(layer);
        let mut lit_by: Vec<String> = places.iter().take(QUOTED).map(quoted).collect();
        if let Some(more) = places.len().checked_sub(QUOTED).filter(|&more| more > 0) {
            lit_by.push(format!("and {more} more"));
        }
        Lamp {
            layer,
            lit_by,
            question: question(layer, reading.help.as_ref()),
        }
    })
}

/// One step of the way to a rewrite: what to do, and with what, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) what: &'static str,
    pub(crate) lines: Vec<String>,
}

/// The way to a rewrite. Never a sentence to paste.
pub(crate) fn steps(help: &Help) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut push = |what, lines: Vec<String>| {
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            steps.push(Step { what, lines });
        }
    };
    push("Ask", vec![words::line(&help.ask)]);
    push(
        "Light",
        help.dark
            .map(|layer| format!("the {} lamp, the one nearest to the reader", layer.name()))
            .into_iter()
            .collect(),
    );
    push("Keep", help.facts.iter().take(FACTS).map(quoted).collect());
    let moves = help
        .moves
        .iter()
        .map(|one| words::line(one))
        .filter(|one| !one.is_empty());
    push(
        "Moves",
        moves
            .enumerate()
            .map(|(at, one)| format!("{}. {one}", at + 1))
            .collect(),
    );
    steps
}

fn quoted(excerpt: &Excerpt) -> String {
    format!("\"{}\"", words::shorten(&words::line(&excerpt.excerpt), 120, "…"))
}

/// The question that lights a lamp: the rewrite help's own for its layer.
fn question(layer: Layer, help: Option<&Help>) -> String {
    let own = help
        .filter(|help| help.dark == Some(layer))
        .map(|help| words::line(&help.dark_ask));
    own.filter(|ask| !ask.is_empty()).unwrap_or_else(|| {
        match layer {
            Layer::Market => "What happens around them now: a rule, a supplier, a price, a competitor?",
            Layer::Company => "What did their company open, close, file or announce lately?",
            Layer::Function => "Which team or role feels it, and what does it answer for?",
            Layer::Person => "What has this person said or taken on, and what must they answer for?",
        }
        .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn lit_lamps_have_words_and_dark_ones_a_question() {
        let sample = samples::guided();
        let lamps = lamps(&sample.reading);
        let lit: Vec<usize> = lamps.iter().map(|lamp| lamp.lit_by.len()).collect();
        assert_eq!(lit, [0, 3, 0, 0]);
        assert_eq!(lamps[1].lit_by[2], "and 1 more");
        assert_eq!(lamps[3].question, "What does Jo answer for this quarter?");
        assert!(lamps[0].question.starts_with("What happens around them"));
    }

    #[test]
    fn the_way_to_a_rewrite_leaves_out_what_is_not_there() {
        let help = samples::guided().reading.help.unwrap();
        let steps: Vec<&str> = steps(&help).iter().map(|step| step.what).collect();
        assert_eq!(steps, ["Ask", "Light", "Keep", "Moves"]);
        assert_eq!(super::steps(&Help::default()), []);
    }
}
