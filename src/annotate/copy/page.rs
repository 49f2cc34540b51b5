//! The HTML half of the annotated copy.

use super::super::html::{escape, escape_line};
use super::super::lamps;
use super::super::letter::page::{self, QUOTE, SMALL, TEXT, Tone};
use super::super::letter::{recipients_line, subject_line};
use super::super::view::{LISTED, Numbered, Piece, SHOWN, Sheet, ranked, sheets};
use super::super::words;
use super::CopyInput;
use super::flow::sheet_wraps;
use super::ways::{decided, round, ways};
use crate::mail::TextKind;
use crate::reading::{Level, Prospecting, ProspectingClass, Reading};
use crate::standard::Disposition;

const NUMBER: &str = "display:inline-block;min-width:10px;padding:0 5px;border-radius:9px;font-size:12px;line-height:18px;\
    font-weight:700;text-align:center;background-color:#2a5fb8;color:#ffffff";
const MAIL: &str = "margin:0;white-space:pre-wrap;unicode-bidi:plaintext";
const FINDING: &str = "font-size:16px;line-height:1.4;font-weight:700;margin:20px 0 4px";
const ASIDE: &str = "font-size:14px";
const LAMP: &str =
    "display:inline-block;padding:1px 10px;border-radius:12px;border:1px solid rgba(128,136,150,.6);font-size:14px";
const LIT: &str = "background-color:#ffd866;color:#33250a";
const BLOCK_END: &str = "<br><span style=\"display:block;height:8px\"></span>";
const FOLD: &str = "font-weight:700;margin:0 0 8px";

pub(super) fn html(input: &CopyInput<'_>) -> String {
    let decided = decided(input);
    let tone = match input.mail.verdict.disposition {
        Disposition::Hold | Disposition::Return => Tone::Stopped,
        Disposition::Annotate => Tone::Look,
        Disposition::Pass => Tone::Gone,
    };
    let mut body = page::head(tone, decided.badge, decided.title, decided.lead);
    if let Some(round) = round(input) {
        body.push_str(&format!(
            "<p style=\"{TEXT}\"><strong>{}</strong></p>\n",
            escape_line(&round)
        ));
    }
    body.push_str(&page::about(&[
        ("To", recipients_line(input.recipients)),
        ("Subject", subject_line(input.subject)),
    ]));
    let ways = ways(input);
    if !ways.is_empty() {
        body.push_str(&page::card("What you can do", &page::steps(&ways)));
    }
    body.push_str(&why(input));
    if let Some(reading) = input.mail.reading {
        let findings = ranked(reading);
        body.push_str(&mail(input, &findings));
        if reading.not_read.is_none() {
            body.push_str(&page::card("What the numbers say", &notes(&findings)));
            body.push_str(&page::card(SPEAKS, &lamp_list(reading)));
            body.push_str(&help(reading));
        }
        body.push_str(&small_print(input, reading));
    }
    body.push_str(&page::foot(input.record));
    let title = format!("{}: {}", decided.badge, subject_line(input.subject));
    page::document(&title, &body)
}

pub(super) const SPEAKS: &str = "Which sides of the customer it speaks to";

/// Whether it is prospecting, as a sentence before its signals.
pub(super) fn classed(prospecting: &Prospecting) -> String {
    if let Some(hard_no) = &prospecting.hard_no {
        return words::sentence(&format!(
            "it does not count as prospecting: {}",
            words::line(&hard_no.shown)
        ));
    }
    let class = match prospecting.class {
        ProspectingClass::Yes => "counts as prospecting",
        ProspectingClass::Unsure => "may be prospecting",
        ProspectingClass::No => "does not count as prospecting",
    };
    let points = prospecting.points;
    let unit = if points.abs() == 1 { "point" } else { "points" };
    let colon = if prospecting.signals.is_empty() { "." } else { ":" };
    format!("It {class}, with {points} {unit}{colon}")
}

/// The score, the standard's reasons, and the signals.
fn why(input: &CopyInput<'_>) -> String {
    let verdict = input.mail.verdict;
    let mut html = String::new();
    if let Some(reading) = input.mail.reading.filter(|reading| reading.not_read.is_none()) {
        html.push_str(&score(reading.score));
    }
    for reason in words::reasons(&input.mail) {
        html.push_str(&format!(
            "<p style=\"{TEXT}\">{}</p>\n",
            escape(&words::sentence(&reason))
        ));
    }
    if let Some(reading) = input.mail.reading {
        let prospecting = &reading.prospecting;
        html.push_str(&format!(
            "<p style=\"{TEXT}\">{}</p>\n",
            escape_line(&classed(prospecting))
        ));
        let signals = words::signals(prospecting);
        if !signals.is_empty() {
            html.push_str("<ul style=\"margin:0 0 8px;padding:0 0 0 20px\">\n");
            for (points, shown) in signals {
                let points = points.replace('-', "−");
                html.push_str(&format!(
                    "<li>{} <span class=\"soft\">({points})</span></li>\n",
                    escape_line(&shown)
                ));
            }
            html.push_str("</ul>\n");
        }
    }
    if let Some(standard) = verdict
        .standard
        .as_deref()
        .map(escape_line)
        .filter(|name| !name.is_empty())
    {
        html.push_str(&format!(
            "<p class=\"soft\" style=\"{SMALL}\">Judged by the standard {standard}</p>\n"
        ));
    }
    if html.is_empty() {
        html
    } else {
        page::card("Why", &html)
    }
}

/// The score in figures and as a bar.
fn score(score: i32) -> String {
    let width = score.clamp(0, 100);
    format!(
        "<p style=\"margin:0 0 4px\"><strong style=\"font-size:28px;line-height:1.2\">{score}</strong> of 100</p>\n\
         <div class=\"track\" aria-hidden=\"true\" style=\"height:6px;border-radius:3px;margin:0 0 12px;\
         background-color:#dde1e8\"><div style=\"width:{width}%;height:6px;border-radius:3px;\
         background-color:#2a66c4\"></div></div>\n"
    )
}

/// The mail's text, part by part, with its places marked.
fn mail(input: &CopyInput<'_>, findings: &[Numbered<'_>]) -> String {
    let sheets = input
        .mail
        .prose
        .map(|prose| sheets(prose, findings))
        .unwrap_or_default();
    let shown: String = sheets.iter().map(sheet).collect();
    if shown.is_empty() {
        return shown;
    }
    page::card("Your mail", &shown)
}

fn sheet(sheet: &Sheet<'_>) -> String {
    let mut html = String::new();
    let mut wraps = sheet_wraps(sheet).into_iter();
    for piece in &sheet.pieces {
        match piece {
            Piece::Text { text, level, ends } => {
                let (open, close) = level.map_or((String::new(), ""), |level| (mark(level), "</mark>"));
                html.push_str(&open);
                for (at, line) in text.split('\n').enumerate() {
                    if at > 0 {
                        let wraps = wraps.next().unwrap_or_default();
                        html.push(if wraps { ' ' } else { '\n' });
                    }
                    html.push_str(&escape(line));
                }
                html.push_str(close);
                for number in ends {
                    html.push_str(&format!(" {}", self::number(*number)));
                }
            }
            Piece::Unread { kind, lines } => {
                let lines = if *lines > 1 {
                    format!(", {lines} lines")
                } else {
                    String::new()
                };
                let what = words::mask(*kind);
                html.push_str(&format!(
                    "<em class=\"soft\" style=\"{ASIDE}\">({what}{lines}: not read)</em>\n"
                ));
            }
            Piece::Cut => html.push_str(&format!(
                "\n<em class=\"soft\" style=\"{ASIDE}\">(The rest was not read: the text is too long.)</em>"
            )),
        }
    }
    // Where white space is not kept, line ends still are. Blocks of a page get a little room between them.
    let html = html.trim_matches('\n');
    let html = match sheet.part.kind {
        TextKind::Html => html.replace('\n', BLOCK_END),
        TextKind::Subject | TextKind::Plain => html.replace('\n', "<br>"),
    };
    let marked = sheet
        .pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Text { ends, .. } if !ends.is_empty()));
    match sheet.part.kind {
        TextKind::Subject if !marked => String::new(),
        TextKind::Subject => format!("<p style=\"{TEXT}\"><strong>Subject:</strong> <bdi>{html}</bdi></p>\n"),
        TextKind::Plain | TextKind::Html => format!("<div dir=\"auto\" style=\"{MAIL}\">{html}</div>\n"),
    }
}

/// The beginning of a mark. The levels differ in the line below, not in the colour alone.
fn mark(level: Level) -> String {
    let (background, ink, line) = match level {
        Level::Note => ("#dce9ff", "#14233d", "dotted"),
        Level::Warn => ("#ffebb8", "#33250a", "solid"),
        Level::Strong => ("#ffd6ce", "#3d110b", "double"),
    };
    format!(
        "<mark class=\"{}\" style=\"background-color:{background};color:{ink};padding:1px 0;border-radius:2px;\
         text-decoration:underline;text-decoration-style:{line};text-underline-offset:3px\">",
        words::level(level)
    )
}

/// A number in the text and before its note: a mark is told by it even where no colour is shown.
fn number(number: usize) -> String {
    format!("<b class=\"number\" style=\"{NUMBER}\">{number}</b>")
}

/// Why and ask for each number: the costliest in full, the rest folded away where the reader's program can.
fn notes(findings: &[Numbered<'_>]) -> String {
    if findings.is_empty() {
        return format!("<p style=\"{TEXT}\">Nothing found.</p>\n");
    }
    let (first, rest) = findings.split_at(findings.len().min(SHOWN));
    let mut html: String = first.iter().map(note).collect();
    if !rest.is_empty() {
        let (listed, unlisted) = rest.split_at(rest.len().min(LISTED - SHOWN));
        let mut more: String = listed.iter().map(note).collect();
        if !unlisted.is_empty() {
            more.push_str(&format!(
                "<p style=\"{TEXT}\">and {} more that are not listed</p>\n",
                unlisted.len()
            ));
        }
        html.push_str(&folded(&format!("{} more", rest.len()), &more));
    }
    html
}

fn note(numbered: &Numbered<'_>) -> String {
    let finding = numbered.finding;
    let what = match escape_line(&finding.excerpt) {
        excerpt if excerpt.is_empty() => "The whole mail".to_owned(),
        excerpt => format!("<bdi>“{excerpt}”</bdi>"),
    };
    let hash = match escape_line(&finding.hash) {
        hash if hash.is_empty() => hash,
        hash => format!(", {hash}"),
    };
    format!(
        "<h3 style=\"{FINDING}\">{} {what}</h3>\n\
         <p class=\"soft\" style=\"{SMALL}\">{}{}<br><small style=\"font-size:12px\">{}{hash}</small></p>\n\
         <p style=\"{TEXT}\">{}</p>\n<p class=\"ask\" style=\"{QUOTE}\">{}</p>\n",
        number(numbered.number),
        words::category(finding.category),
        numbered.cost(),
        escape_line(&finding.rule),
        escape_line(&finding.why),
        escape(&numbered.ask()),
    )
}

/// The four lamps: lit by the mail's own words, or dark with the question that lights it.
fn lamp_list(reading: &Reading) -> String {
    let mut html = String::new();
    for lamp in lamps::lamps(reading) {
        let layer = words::sentence(lamp.layer.name());
        let layer = layer.trim_end_matches('.');
        let (class, look, state, shown) = if lamp.lit_by.is_empty() {
            ("", LAMP.to_owned(), "not yet", lamp.question)
        } else {
            (" class=\"lit\"", format!("{LAMP};{LIT}"), "yes", lamp.lit_by.join(", "))
        };
        html.push_str(&format!(
            "<p style=\"margin:0 0 12px\"><strong{class} style=\"{look}\">{layer}</strong> {state}<br>\
             <bdi class=\"soft\">{}</bdi></p>\n",
            escape_line(&shown)
        ));
    }
    html
}

/// The way to a rewrite.
fn help(reading: &Reading) -> String {
    let steps = reading.help.as_ref().map(lamps::steps).unwrap_or_default();
    if steps.is_empty() {
        return String::new();
    }
    let mut html = String::new();
    for step in steps {
        let lines: Vec<String> = step.lines.iter().map(|line| escape_line(line)).collect();
        html.push_str(&format!(
            "<p style=\"{TEXT}\"><strong>{}</strong><br>{}</p>\n",
            step.what,
            lines.join("<br>")
        ));
    }
    page::card("To rewrite it", &html)
}

/// The ledger, what was silenced and what was not read.
fn small_print(input: &CopyInput<'_>, reading: &Reading) -> String {
    let mut html = String::new();
    if reading.not_read.is_none() {
        html.push_str(&folded(
            &format!("How the score {} came about", reading.score),
            &ledger(reading),
        ));
    }
    if let Some(count) = words::silenced(reading) {
        let silenced: String = reading
            .silenced
            .iter()
            .take(LISTED)
            .map(|silenced| {
                format!(
                    "<p style=\"{SMALL}\"><bdi>“{}”</bdi><br>{}: {}</p>\n",
                    escape_line(&silenced.finding.excerpt),
                    escape_line(&silenced.silence.author),
                    escape_line(&silenced.silence.reason)
                )
            })
            .collect();
        html.push_str(&folded(&count, &silenced));
    }
    if let Some(not_read) = words::not_read(input.mail.prose, reading) {
        html.push_str(&format!(
            "<p class=\"soft\" style=\"margin:12px 0 0;font-size:14px\">Not read: {}.</p>\n",
            escape_line(&not_read)
        ));
    }
    html
}

fn ledger(reading: &Reading) -> String {
    let mut lines = vec!["100 to begin with".to_owned()];
    for line in &reading.ledger {
        let points = line.points.saturating_neg().to_string().replace('-', "−");
        lines.push(format!("{points} {}", escape_line(&line.what)));
    }
    lines.push(format!("<strong>{} remains</strong>", reading.score));
    format!("<p style=\"{SMALL}\">{}</p>\n", lines.join("<br>\n"))
}

/// Folded away where the reader's program can, else simply there.
fn folded(summary: &str, html: &str) -> String {
    format!(
        "<details style=\"margin:12px 0 0\">\n<summary class=\"fold\" style=\"{FOLD}\">{}</summary>\n{html}</details>\n",
        escape_line(summary)
    )
}
