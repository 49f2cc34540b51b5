//! A comparison as text for a terminal, and as one line of JSON.

use super::Diff;
use crate::annotate::Annotated;
use crate::annotate::json::{self, Place};
use crate::annotate::terminal::Look;
use crate::annotate::words;
use crate::reading::{Finding, Layer, ProspectingClass};
use crate::standard::Disposition;
use serde::Serialize;

/// The comparison for people. Ends with a line end; harmless whatever the mails contain.
#[must_use]
pub fn text(diff: &Diff<'_>, look: Look) -> String {
    let mut page = Page {
        text: String::new(),
        look: Look {
            width: look.width.max(40),
            ..look
        },
    };
    let arrow = if look.ascii { "->" } else { "→" };
    let (old, new) = (&diff.old, &diff.new);
    page.row(
        "",
        &format!("{} {arrow} {}", words::line(old.name), words::line(new.name)),
        "1",
    );
    let (before, after) = diff.scores();
    let score = |score: Option<i32>| score.map_or_else(|| "not read".to_owned(), |score| score.to_string());
    let change = match (before, after) {
        (Some(before), Some(after)) if before != after => format!("  ({:+})", after - before),
        _ => String::new(),
    };
    let better = match (before, after) {
        (Some(before), Some(after)) if after > before => "1;32",
        (Some(before), Some(after)) if after < before => "1;31",
        _ => "1",
    };
    page.row(
        "score",
        &format!("{} {arrow} {}{change}", score(before), score(after)),
        better,
    );
    page.change("decided", old.verdict.disposition, new.verdict.disposition, arrow);
    page.change("gate", gate(old), gate(new), arrow);
    page.findings("gone", "-", "32", &diff.gone);
    page.findings("new", "+", "31", &diff.added);
    page.findings("kept", "=", "2", &diff.kept);
    page.layers("lit", &diff.lit);
    page.layers("gone dark", &diff.darkened);
    for question in &diff.asked {
        page.row("asks", &words::shorten(&words::line(question), 200, "..."), "");
    }
    if diff.gone.is_empty() && diff.added.is_empty() && diff.kept.is_empty() {
        page.row("", "nothing found in either", "2");
    }
    page.text
}

/// The comparison as one JSON object, without a line end.
///
/// # Errors
/// None in practice: there is nothing in it that JSON can't say.
pub fn json_line(diff: &Diff<'_>) -> serde_json::Result<String> {
    let (before, after) = diff.scores();
    serde_json::to_string(&Object {
        version: json::VERSION,
        old: Side::of(&diff.old),
        new: Side::of(&diff.new),
        score_change: before.zip(after).map(|(before, after)| after - before),
        gone: diff.gone.iter().map(|finding| Place::of(finding)).collect(),
        added: diff.added.iter().map(|finding| Place::of(finding)).collect(),
        kept: diff.kept.iter().map(|finding| Place::of(finding)).collect(),
        lamps_lit: diff.lit.iter().map(|layer| layer.name()).collect(),
        lamps_gone_dark: diff.darkened.iter().map(|layer| layer.name()).collect(),
        questions_asked: &diff.asked,
    })
}

#[derive(Serialize)]
struct Object<'a> {
    version: u8,
    old: Side<'a>,
    new: Side<'a>,
    score_change: Option<i32>,
    gone: Vec<Place<'a>>,
    added: Vec<Place<'a>>,
    kept: Vec<Place<'a>>,
    lamps_lit: Vec<&'static str>,
    lamps_gone_dark: Vec<&'static str>,
    questions_asked: &'a [String],
}

#[derive(Serialize)]
struct Side<'a> {
    file: &'a str,
    disposition: Disposition,
    score: Option<i32>,
    class: Option<ProspectingClass>,
    points: Option<i32>,
    findings: Option<usize>,
    silenced: Option<usize>,
    not_read: Option<&'a str>,
}

impl<'a> Side<'a> {
    fn of(mail: &Annotated<'a>) -> Side<'a> {
        let reading = mail.reading;
        Side {
            file: mail.name,
            disposition: mail.verdict.disposition,
            score: json::score(mail),
            class: reading.map(|reading| reading.prospecting.class),
            points: reading.map(|reading| reading.prospecting.points),
            findings: reading.map(|reading| reading.findings.len()),
            silenced: reading.map(|reading| reading.silenced.len()),
            not_read: reading.and_then(|reading| reading.not_read.as_deref()),
        }
    }
}

fn gate(mail: &Annotated<'_>) -> String {
    match mail.reading {
        Some(reading) => words::gate(&reading.prospecting),
        None => "not read".to_owned(),
    }
}

/// Rows of a label and what belongs to it.
struct Page {
    text: String,
    look: Look,
}

const LABEL: usize = 11;

impl Page {
    fn change(&mut self, label: &str, before: impl ToString, after: impl ToString, arrow: &str) {
        let (before, after) = (before.to_string(), after.to_string());
        if before == after {
            self.row(label, &after, "");
        } else {
            self.row(label, &format!("{before} {arrow} {after}"), "");
        }
    }

    fn findings(&mut self, label: &str, sign: &str, style: &str, findings: &[&Finding]) {
        if findings.is_empty() {
            return;
        }
        self.row(label, &words::count(findings.len(), "finding"), "");
        for finding in findings {
            let excerpt = match words::line(&finding.excerpt) {
                excerpt if excerpt.is_empty() => "(the whole mail)".to_owned(),
                excerpt => format!("\"{excerpt}\""),
            };
            let points = match finding.points {
                ..=0 => String::new(),
                points => format!(", {}", words::count(points.unsigned_abs() as usize, "point")),
            };
            let shown = format!("{sign} {}{points}  {excerpt}", words::line(&finding.rule));
            self.row("", &words::shorten(&shown, 200, "..."), style);
        }
    }

    fn layers(&mut self, label: &str, layers: &[Layer]) {
        if !layers.is_empty() {
            let names: Vec<&str> = layers.iter().map(|layer| layer.name()).collect();
            self.row(label, &names.join(", "), "");
        }
    }

    fn row(&mut self, label: &str, shown: &str, style: &str) {
        let first = self.text.is_empty();
        let indent = if first { 0 } else { LABEL };
        let wrapped = words::wrapped(shown, self.look.width.saturating_sub(indent));
        for (at, line) in wrapped.split('\n').enumerate() {
            let label = if at == 0 { label } else { "" };
            let line = if self.look.colour && !style.is_empty() {
                format!("\u{1b}[{style}m{line}\u{1b}[0m")
            } else {
                line.to_owned()
            };
            if first {
                self.text.push_str(&format!("{line}\n"));
            } else {
                self.text
                    .push_str(&format!("  {label:<width$}{line}\n", width = LABEL - 2));
            }
        }
    }
}
