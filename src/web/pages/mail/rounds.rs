//! The rounds of one mail, and what changed from one to the next.

use super::{annotated, prose};
use crate::annotate::diff::Diff;
use crate::annotate::words;
use crate::hold::matching::in_words;
use crate::mail::Prose;
use crate::reading::{Finding, Layer};
use crate::store::{Record, RecordId, StoreError};
use crate::web::app::App;
use crate::web::show::{ReadingView, Run, SheetView, When, state_words};

/// Rounds that are listed, before and after this one: nobody writes a mail more often.
const MOST: usize = 12;

/// One round.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) id: String,
    pub(super) number: u32,
    pub(super) at: When,
    pub(super) state: &'static str,
    pub(super) score: Option<i32>,
    /// Whether it is the one that the page is about.
    pub(super) here: bool,
}

/// All that are known, and the one before this.
pub(super) struct History {
    /// Empty where there was only one.
    pub(super) rounds: Vec<Round>,
    pub(super) before: Option<Record>,
}

/// Two rounds side by side.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) before: String,
    pub(super) before_sheets: Vec<SheetView>,
    pub(super) after_sheets: Vec<SheetView>,
    pub(super) score_before: Option<i32>,
    pub(super) score_after: Option<i32>,
    /// What changed: a word for the kind, and each thing.
    pub(super) changes: Vec<(&'static str, Vec<String>)>,
}

/// Looks a mail's rounds up.
pub(super) async fn of(app: &App, record: &Record) -> Result<History, StoreError> {
    let store = app.store();
    let mut rounds = vec![round(record, true)];
    let mut at: RecordId = record.summary.id.clone();
    let mut before = None;
    while let Some(id) = store.replaced_by(&at).await?.filter(|_| rounds.len() < MOST) {
        let earlier = store.get(&id.0).await?;
        rounds.insert(0, round(&earlier, false));
        at = id;
        before.get_or_insert(earlier);
    }
    let mut next = record.summary.replaced_by.clone();
    while let Some(id) = next.filter(|_| rounds.len() < 2 * MOST) {
        let later = store.get(&id.0).await?;
        rounds.push(round(&later, false));
        next = later.summary.replaced_by.clone();
    }
    if rounds.len() == 1 {
        rounds.clear();
    }
    Ok(History { rounds, before })
}

fn round(record: &Record, here: bool) -> Round {
    let summary = &record.summary;
    Round {
        id: summary.id.to_string(),
        number: summary.round,
        at: When::of(summary.at),
        state: state_words(summary.state),
        score: summary.score,
        here,
    }
}

/// What was sent instead, where it left no record.
pub(super) fn rewritten(record: &Record) -> Option<String> {
    let rewrite = record.rewrite.as_ref().filter(|rewrite| rewrite.record.is_none())?;
    Some(words::sentence(&words::line(&in_words(rewrite))))
}

impl Comparison {
    /// Compares a mail with the round before it.
    pub(super) fn of(before: &Record, after: &Record, after_prose: Option<&Prose>, read: &ReadingView) -> Comparison {
        let before_prose = prose(before);
        let old = annotated(before, before_prose.as_ref());
        let diff = Diff::of(old, annotated(after, after_prose));
        let (score_before, score_after) = diff.scores();
        let [gone, added, kept] = diff
            .findings()
            .map(|findings| findings.iter().map(|one| place(one)).collect());
        let [lit, darkened] = diff
            .layers()
            .map(|layers| layers.iter().map(|layer| lamp(*layer)).collect());
        let asked = diff.asked().iter().map(|question| words::line(question)).collect();
        let mut changes: Vec<(&'static str, Vec<String>)> = vec![
            ("Gone", gone),
            ("New", added),
            ("Still there", kept),
            ("Speaks now to", lit),
            ("Speaks no more to", darkened),
            ("Asks now", asked),
        ];
        changes.retain(|(_, what)| !what.is_empty());
        Comparison {
            before: before.summary.id.to_string(),
            before_sheets: without_numbers(ReadingView::of(&old).sheets),
            after_sheets: without_numbers(read.sheets.clone()),
            score_before,
            score_after,
            changes,
        }
    }
}

/// Marks without numbers: the notes of one round are not those of the other.
fn without_numbers(mut sheets: Vec<SheetView>) -> Vec<SheetView> {
    for run in sheets.iter_mut().flat_map(|sheet| &mut sheet.runs) {
        if let Run::Text { ends, .. } = run {
            ends.clear();
        }
    }
    sheets
}

fn place(finding: &Finding) -> String {
    let category = words::category(finding.category);
    match words::line(&finding.excerpt) {
        excerpt if excerpt.is_empty() => format!("{category} (the whole mail)"),
        excerpt => format!("{category}: “{}”", words::shorten(&excerpt, 160, "…")),
    }
}

fn lamp(layer: Layer) -> String {
    format!("the {}", layer.name())
}
