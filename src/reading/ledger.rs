//! The ledger: every point of the score on a line of its own.
//!
//! Points are added by category and capped there, so that one habit can't sink a mail and length is not punished. The
//! ledger is made from nothing but findings, so it can be made again for some of them; leaving one out never lowers the
//! score.

use super::packs::name_of;
use super::{Category, Finding, LedgerLine, Level, Scale};
use std::collections::BTreeMap;

/// The lines with their sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) lines: Vec<LedgerLine>,
    pub(crate) score: i32,
}

/// Points for a flagged subject line, and for a flagged opening.
const PROMINENT: i32 = 2;

impl Level {
    /// As files and outputs spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Strong => "strong",
        }
    }

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
    /// Adds up the findings that are kept.
    pub(crate) fn of(findings: &[Finding], scale: &Scale, keep: impl Fn(&Finding) -> bool) -> Ledger {
        let mut places: BTreeMap<Category, (usize, i32)> = BTreeMap::new();
        let mut whole = Vec::new();
        let (mut in_subject, mut in_opening) = (false, false);
        for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| keep(finding)) {
            let Some(span) = &finding.span else {
                whole.push(LedgerLine {
                    what: name_of(finding.category),
                    points: finding.points,
                });
                continue;
            };
            let (count, sum) = places.entry(finding.category).or_default();
            (*count, *sum) = (*count + 1, sum.saturating_add(finding.points));
            let subject = span.part == "subject";
            in_subject |= subject;
            in_opening |= !subject && index < scale.opening;
        }
        let mut lines: Vec<LedgerLine> = places
            .into_iter()
            .map(|(category, (count, sum))| line(category, count, sum, scale.caps.get(&category).copied()))
            .collect();
        let prominent = [
            (in_subject, "in the subject line"),
            (in_opening, "before anything about the reader"),
        ];
        lines.extend(prominent.iter().filter(|(is, _)| *is).map(|(_, what)| LedgerLine {
            what: (*what).to_owned(),
            points: PROMINENT,
        }));
        lines.extend(whole);
        lines.retain(|line| line.points > 0);
        let taken = lines.iter().fold(0_i32, |sum, line| sum.saturating_add(line.points));
        Ledger {
            lines,
            score: 100_i32.saturating_sub(taken).max(0),
        }
    }
}

fn line(category: Category, count: usize, sum: i32, cap: Option<i32>) -> LedgerLine {
    let mut what = name_of(category);
    what.push_str(if count == 1 { ": 1 place" } else { ": " });
    if count != 1 {
        what.push_str(&count.to_string());
        what.push_str(" places");
    }
    let cap = cap.filter(|cap| sum > *cap);
    if let Some(cap) = cap {
        what.push_str(", at most ");
        what.push_str(&cap.to_string());
    }
    LedgerLine {
        what,
        points: cap.unwrap_or(sum),
    }
}
