//! The plain-text half of the annotated copy.

use super::super::lamps;
use super::super::letter::page::FOOT;
use super::super::letter::plain::Plain;
use super::super::letter::{recipients_line, subject_line};
use super::super::view::{LISTED, Numbered, Piece, SHOWN, Sheet, ranked, sheets};
use super::super::words;
use super::CopyInput;
use super::page::{SPEAKS, classed};
use super::ways::{decided, round, ways};
use crate::mail::TextKind;
use crate::reading::{Prospecting, Reading};

pub(super) fn plain(input: &CopyInput<'_>) -> String {
    let verdict = input.mail.verdict;
    let read = input.mail.reading.filter(|reading| reading.not_read.is_none());
    let mut text = Plain::default();
    let decided = decided(input);
    text.paragraph(&format!("{}: {}. {}", decided.badge, decided.title, decided.lead));
    if let Some(round) = round(input) {
        text.paragraph(&round);
    }
    text.gap();
    text.line(&format!("To: {}", recipients_line(input.recipients)));
    text.line(&format!("Subject: {}", subject_line(input.subject)));
    if let Some(reading) = read {
        text.line(&format!("Score: {} of 100", reading.score));
    }
    if let Some(standard) = &verdict.standard {
        text.line(&format!("Standard: {}", words::line(standard)));
    }
    let ways = ways(input);
    if !ways.is_empty() {
        text.heading("What you can do");
        text.steps(&ways);
    }
    push_why(&mut text, input);
    if let Some(reading) = input.mail.reading {
        let findings = ranked(reading);
        push_sheets(&mut text, input, &findings);
        if let Some(reading) = read {
            push_notes(&mut text, &findings);
            push_lamps(&mut text, reading);
            push_help(&mut text, reading);
            push_ledger(&mut text, reading);
        }
        push_rest(&mut text, input, reading);
    }
    text.gap();
    text.paragraph(&format!("Record {}. {FOOT}", words::line(input.record)));
    text.into_text()
}

/// The standard's reasons, and what tells that the mail is prospecting.
fn push_why(text: &mut Plain, input: &CopyInput<'_>) {
    let reasons: Vec<String> = words::reasons(&input.mail).collect();
    if reasons.is_empty() && input.mail.reading.is_none() {
        return;
    }
    text.heading("Why");
    for reason in reasons {
        text.paragraph(&words::sentence(&reason));
    }
    if let Some(reading) = input.mail.reading {
        push_gate(text, &reading.prospecting);
    }
}

fn push_gate(text: &mut Plain, prospecting: &Prospecting) {
    text.paragraph(&classed(prospecting));
    for (points, shown) in words::signals(prospecting) {
        text.labelled(&format!("{points:>4}  "), &shown);
    }
}

/// The mail's text behind a bar, each place in «» with its number after it.
fn push_sheets(text: &mut Plain, input: &CopyInput<'_>, findings: &[Numbered<'_>]) {
    let sheets = input
        .mail
        .prose
        .map(|prose| sheets(prose, findings))
        .unwrap_or_default();
    if sheets.is_empty() {
        return;
    }
    text.heading("Your mail");
    for (at, sheet) in sheets.iter().enumerate() {
        let marked = marked(sheet);
        if sheet.part.kind == TextKind::Subject {
            if marked.contains('[') {
                text.line(&format!("| Subject: {}", words::line(&marked)));
                text.line("|");
            }
            continue;
        }
        if at > 1 {
            text.gap();
        }
        for line in marked.trim_matches(['\r', '\n']).split('\n') {
            let line: String = line.trim_end().chars().map(words::visible).collect();
            text.line(&format!("| {line}"));
        }
    }
}

fn marked(sheet: &Sheet<'_>) -> String {
    let mut marked = String::new();
    for piece in &sheet.pieces {
        match piece {
            Piece::Text { text, level, ends } => {
                match level {
                    Some(_) => marked.push_str(&format!("«{text}»")),
                    None => marked.push_str(text),
                }
                marked.extend(ends.iter().map(|number| format!("[{number}]")));
            }
            Piece::Unread { kind, lines } => {
                let lines = if *lines > 1 {
                    format!(", {lines} lines")
                } else {
                    String::new()
                };
                marked.push_str(&format!("({}{lines}: not read)\n", words::mask(*kind)));
            }
            Piece::Cut => marked.push_str("\n(The rest was not read: the text is too long.)"),
        }
    }
    marked
}

fn push_notes(text: &mut Plain, findings: &[Numbered<'_>]) {
    text.heading("What the numbers say");
    if findings.is_empty() {
        text.line("Nothing found.");
    }
    for numbered in findings.iter().take(LISTED) {
        if numbered.number == SHOWN + 1 {
            text.heading(&format!("{} more", findings.len() - SHOWN));
        } else if numbered.number > 1 {
            text.gap();
        }
        let finding = numbered.finding;
        let what = match words::line(&finding.excerpt) {
            excerpt if excerpt.is_empty() => "The whole mail".to_owned(),
            excerpt => format!("«{excerpt}»"),
        };
        let hash = match words::line(&finding.hash) {
            hash if hash.is_empty() => hash,
            hash => format!(", hash {hash}"),
        };
        text.labelled(
            &format!("[{}] ", numbered.number),
            &format!("{what} ({}{})", words::category(finding.category), numbered.cost()),
        );
        text.labelled("    ", &finding.why);
        text.labelled("    > ", &numbered.ask());
        text.labelled("    ", &format!("{}{hash}", words::line(&finding.rule)));
    }
    if let Some(unlisted) = findings.len().checked_sub(LISTED).filter(|&unlisted| unlisted > 0) {
        text.gap();
        text.line(&format!("and {unlisted} more that are not listed"));
    }
}

/// The four lamps: `[x]` lit by the mail's own words, `[ ]` dark with the question that lights it.
fn push_lamps(text: &mut Plain, reading: &Reading) {
    text.heading(SPEAKS);
    for lamp in lamps::lamps(reading) {
        let (sign, shown) = if lamp.lit_by.is_empty() {
            ("[ ]", lamp.question)
        } else {
            ("[x]", lamp.lit_by.join(", "))
        };
        text.labelled(&format!("{sign} {:<9} ", lamp.layer.name()), &shown);
    }
}

/// The way to a rewrite.
fn push_help(text: &mut Plain, reading: &Reading) {
    let steps = reading.help.as_ref().map(lamps::steps).unwrap_or_default();
    if steps.is_empty() {
        return;
    }
    text.heading("To rewrite it");
    for step in steps {
        for (at, line) in step.lines.iter().enumerate() {
            let label = if at == 0 { step.what } else { "" };
            text.labelled(&format!("{label:<6} "), line);
        }
    }
}

fn push_ledger(text: &mut Plain, reading: &Reading) {
    text.heading("The score");
    text.line(" 100");
    for line in &reading.ledger {
        text.line(&format!(
            "{:>4}  {}",
            line.points.saturating_neg(),
            words::line(&line.what)
        ));
    }
    text.line(&format!("={:>3}", reading.score));
}

/// What is not among the findings.
fn push_rest(text: &mut Plain, input: &CopyInput<'_>, reading: &Reading) {
    if let Some(count) = words::silenced(reading) {
        text.gap();
        text.line(&format!("{count}:"));
        for silenced in reading.silenced.iter().take(LISTED) {
            let excerpt = words::line(&silenced.finding.excerpt);
            let (author, reason) = (
                words::line(&silenced.silence.author),
                words::line(&silenced.silence.reason),
            );
            text.labelled("- ", &format!("«{excerpt}», by {author}: {reason}"));
        }
    }
    if let Some(not_read) = words::not_read(input.mail.prose, reading) {
        text.gap();
        text.paragraph(&format!("Not read: {not_read}."));
    }
}
