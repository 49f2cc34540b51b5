//! The ledger: every point of the score on a line of its own.
//!
//! Points are added by category and capped there, so that one habit can't sink a mail and length is not punished. The
//! same text always gives the same score. What is taken away from a mail that was flagged can only help it.

use super::packs::Packs;
use super::study::Study;
use super::whole::Whole;
use super::{Category, LedgerLine, Level};

/// A finding's points, in the order of the study's hits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// For each sentence, for each of its hits.
    pub(crate) points: Vec<Vec<i32>>,
    pub(crate) lines: Vec<LedgerLine>,
    pub(crate) score: i32,
}

/// Points for a flagged subject line, and for a flagged first sentence.
const PROMINENT: i32 = 2;

impl Level {
    /// What a finding of this level costs.
    #[must_use]
    pub fn points(self) -> i32 {
        match self {
            Level::Note => 4,
            Level::Warn => 6,
            Level::Strong => 10,
        }
    }
}

impl Ledger {
    /// Adds everything up.
    pub(crate) fn of(study: &Study, whole: &[Whole], packs: &Packs) -> Ledger {
        let points: Vec<Vec<i32>> = study.sentences.iter().map(|studied| costs(&studied.hits)).collect();
        let mut lines = Vec::new();
        for info in packs.categories() {
            let costs: Vec<i32> = study
                .sentences
                .iter()
                .zip(&points)
                .flat_map(|(studied, points)| studied.hits.iter().zip(points))
                .filter(|(hit, _)| hit.category == info.category)
                .map(|(_, points)| *points)
                .collect();
            let places = match costs.len() {
                0 => continue,
                1 => "1 place".to_owned(),
                many => format!("{many} places"),
            };
            let name = name_of(info.category);
            let sum: i32 = costs.iter().sum();
            let capped = if sum > info.cap {
                format!(", at most {}", info.cap)
            } else {
                String::new()
            };
            lines.push(LedgerLine {
                what: format!("{name}: {places}{capped}"),
                points: sum.min(info.cap),
            });
        }
        let flagged_subject = study
            .pairs()
            .any(|(sentence, studied)| sentence.subject && !studied.hits.is_empty());
        if flagged_subject {
            lines.push(LedgerLine {
                what: "in the subject line".to_owned(),
                points: PROMINENT,
            });
        }
        if study
            .sentences
            .iter()
            .any(|studied| studied.first && !studied.hits.is_empty())
        {
            lines.push(LedgerLine {
                what: "in the first sentence".to_owned(),
                points: PROMINENT,
            });
        }
        for whole in whole.iter().filter(|whole| whole.points > 0) {
            lines.push(LedgerLine {
                what: name_of(whole.category),
                points: whole.points,
            });
        }
        let taken: i32 = lines.iter().map(|line| line.points).sum();
        Ledger {
            points,
            lines,
            score: (100 - taken).max(0),
        }
    }
}

/// Points of a sentence's hits: of two that overlap, the lighter one costs half.
fn costs(hits: &[super::study::Hit]) -> Vec<i32> {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    order.sort_by_key(|index| {
        hits.get(*index)
            .map(|hit| (std::cmp::Reverse(hit.level), hit.tokens.start))
    });
    let mut costs = vec![0; hits.len()];
    let mut counted: Vec<std::ops::Range<usize>> = Vec::new();
    for index in order {
        let Some(hit) = hits.get(index) else { continue };
        let overlaps = counted
            .iter()
            .any(|other| other.start < hit.tokens.end && hit.tokens.start < other.end);
        let full = hit.level.points();
        if let Some(cost) = costs.get_mut(index) {
            *cost = if overlaps { full / 2 } else { full };
        }
        counted.push(hit.tokens.clone());
    }
    costs
}

fn name_of(category: Category) -> String {
    super::packs::name_of(category)
}
