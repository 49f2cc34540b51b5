//! The plain-text half of the annotated copy.

use super::super::lamps;
use super::super::view::{LISTED, Piece, SHOWN, ranked, sheets};
use super::super::words;
use super::{CopyInput, EDIT, after_consent, consent, decided, subject_line};
use crate::mail::TextKind;
use crate::reading::{Prospecting, Reading};
use crate::standard::Disposition;

/// Columns of a paragraph; the mail's own lines stay as long as they are.
const WIDTH: usize = 72;

pub(super) fn plain(input: &CopyInput<'_>) -> String {
    let verdict = input.mail.verdict;
    let recipients: Vec<String> = input
        .recipients
        .iter()
        .map(|recipient| words::line(recipient))
        .collect();
    let mut text = words::wrapped(decided(verdict.disposition), WIDTH);
    text.push_str(&format!(
        "\n\nTo: {}\nSubject: {}\n",
        recipients.join(", "),
        subject_line(input.subject)
    ));
    if let Some(reading) = input.mail.reading.filter(|reading| reading.not_read.is_none()) {
        text.push_str(&format!("Score: {} of 100\n", reading.score));
    }
    if let Some(standard) = &verdict.standard {
        text.push_str(&format!("Standard: {}\n", words::line(standard)));
    }
    text.push('\n');
    for reason in words::reasons(&input.mail) {
        text.push_str(&format!("{}\n", words::wrapped(&words::sentence(&reason), WIDTH)));
    }
    if let Some(reading) = input.mail.reading {
        push_gate(&mut text, &reading.prospecting);
        push_sheets(&mut text, input, reading);
        if reading.not_read.is_none() {
            push_notes(&mut text, reading);
            push_lamps(&mut text, reading);
            push_help(&mut text, reading);
            push_ledger(&mut text, reading);
        }
        push_rest(&mut text, input, reading);
    }
    if matches!(verdict.disposition, Disposition::Hold | Disposition::Return) {
        heading(&mut text, "What you can do");
        text.push_str(&format!(
            "- {}\n",
            words::wrapped(EDIT, WIDTH - 2).replace('\n', "\n  ")
        ));
        if let Some(command) = consent(input) {
            let after = after_consent(verdict.disposition);
            text.push_str(&format!(
                "- Or let it go as written, with a reason:\n    {command}\n  {after}\n"
            ));
        }
    }
    text.push_str(&format!("\nRecord {}\n", words::line(input.record)));
    text
}

fn push_gate(text: &mut String, prospecting: &Prospecting) {
    text.push_str(&format!(
        "{}\n",
        words::wrapped(&words::sentence(&words::gate(prospecting)), WIDTH)
    ));
    for (points, shown) in words::signals(prospecting) {
        let shown = words::wrapped(&shown, WIDTH - 6).replace('\n', "\n      ");
        text.push_str(&format!("{points:>4}  {shown}\n"));
    }
}

/// The mail's text behind a bar, each place in «» with its number after it.
fn push_sheets(text: &mut String, input: &CopyInput<'_>, reading: &Reading) {
    let Some(prose) = input.mail.prose else { return };
    let findings = ranked(reading);
    for sheet in sheets(prose, &findings) {
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
        if sheet.part.kind == TextKind::Subject {
            if marked.contains('«') {
                text.push_str(&format!("\n| Subject: {}\n", words::line(&marked)));
            }
            continue;
        }
        text.push('\n');
        for line in marked.trim_matches(['\r', '\n']).split('\n') {
            let line: String = line.trim_end().chars().map(words::visible).collect();
            text.push_str(format!("| {line}").trim_end());
            text.push('\n');
        }
    }
}

fn push_notes(text: &mut String, reading: &Reading) {
    let findings = ranked(reading);
    for numbered in findings.iter().take(LISTED) {
        if numbered.number == SHOWN + 1 {
            heading(text, &format!("{} more", findings.len() - SHOWN));
        }
        let finding = numbered.finding;
        let what = match words::line(&finding.excerpt) {
            excerpt if excerpt.is_empty() => "The whole mail".to_owned(),
            excerpt => format!("«{excerpt}»"),
        };
        let cost = numbered.cost();
        let hash = match words::line(&finding.hash) {
            hash if hash.is_empty() => hash,
            hash => format!(", hash {hash}"),
        };
        let indented = |paragraph: &str| words::wrapped(&words::line(paragraph), WIDTH - 4).replace('\n', "\n    ");
        text.push_str(&format!(
            "\n[{}] {} ({}{cost}{hash})\n    {}\n    > {}\n",
            numbered.number,
            words::wrapped(&what, WIDTH - 4).replace('\n', "\n    "),
            words::line(&finding.rule),
            indented(&finding.why),
            words::wrapped(&numbered.ask(), WIDTH - 6).replace('\n', "\n    > "),
        ));
    }
    if let Some(unlisted) = findings.len().checked_sub(LISTED).filter(|&unlisted| unlisted > 0) {
        text.push_str(&format!("\nand {unlisted} more that are not listed\n"));
    }
}

/// The four lamps: `[x]` lit by the mail's own words, `[ ]` dark with the question that lights it.
fn push_lamps(text: &mut String, reading: &Reading) {
    heading(text, "Whom it speaks to");
    for lamp in lamps::lamps(reading) {
        let (sign, shown) = if lamp.lit_by.is_empty() {
            ("[ ]", lamp.question)
        } else {
            ("[x]", lamp.lit_by.join(", "))
        };
        push_labelled(text, &format!("{sign} {:<9} ", lamp.layer.name()), &words::line(&shown));
    }
}

/// The way to a rewrite.
fn push_help(text: &mut String, reading: &Reading) {
    let steps = reading.help.as_ref().map(lamps::steps).unwrap_or_default();
    if steps.is_empty() {
        return;
    }
    heading(text, "To rewrite it");
    for step in steps {
        for (at, line) in step.lines.iter().enumerate() {
            let label = if at == 0 { step.what } else { "" };
            push_labelled(text, &format!("{label:<6} "), line);
        }
    }
}

fn push_labelled(text: &mut String, label: &str, paragraph: &str) {
    let indent = format!("\n{}", " ".repeat(label.len()));
    let wrapped = words::wrapped(paragraph, WIDTH.saturating_sub(label.len()));
    text.push_str(&format!("{label}{}\n", wrapped.replace('\n', &indent)));
}

/// What is not among the findings.
fn push_rest(text: &mut String, input: &CopyInput<'_>, reading: &Reading) {
    if let Some(count) = words::silenced(reading) {
        text.push_str(&format!("\n{count}:\n"));
        for silenced in reading.silenced.iter().take(LISTED) {
            let excerpt = words::line(&silenced.finding.excerpt);
            let (author, reason) = (
                words::line(&silenced.silence.author),
                words::line(&silenced.silence.reason),
            );
            push_labelled(text, "- ", &format!("«{excerpt}», by {author}: {reason}"));
        }
    }
    if let Some(not_read) = words::not_read(input.mail.prose, reading) {
        text.push_str(&format!(
            "\n{}\n",
            words::wrapped(&format!("Not read: {not_read}."), WIDTH)
        ));
    }
}

fn push_ledger(text: &mut String, reading: &Reading) {
    heading(text, "The score");
    text.push_str(" 100\n");
    for line in &reading.ledger {
        text.push_str(&format!(
            "{:>4}  {}\n",
            line.points.saturating_neg(),
            words::line(&line.what)
        ));
    }
    text.push_str(&format!("={:>3}\n", reading.score));
}

fn heading(text: &mut String, title: &str) {
    text.push_str(&format!("\n{title}\n{}\n", "-".repeat(title.len())));
}
