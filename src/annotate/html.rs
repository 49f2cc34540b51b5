//! A self-contained HTML page: the own text with the places marked and numbered, and for each number why and ask.
//!
//! No script, nothing loaded from anywhere, every word of the mail escaped, one style sheet for light and dark, wide and
//! narrow. It is for browsers; what goes into a mail is made by [`copy`](super::copy), which trusts no style sheet.

use super::Annotated;
use super::json;
use super::lamps;
use super::view::{LISTED, Numbered, Piece, SHOWN, Sheet, ranked, sheets};
use super::words;
use crate::mail::{MaskKind, TextKind};
use crate::reading::{Prospecting, Reading};
use crate::standard::Disposition;

/// A page for the mails, in their order.
#[must_use]
pub fn page(mails: &[Annotated<'_>]) -> String {
    let mut body = String::new();
    if mails.len() > 1 {
        body.push_str(&overview(mails));
    }
    for (at, mail) in mails.iter().enumerate() {
        body.push_str(&format!("<article id=\"m{}\">\n", at + 1));
        body.push_str(&format!("<h2>{}</h2>\n", escape_line(mail.name)));
        body.push_str(&badges(mail));
        body.push_str(&content(mail, &format!("m{}-", at + 1)));
        body.push_str("</article>\n");
    }
    let title = match mails {
        [mail] => format!("{}: {}", escape_line(mail.name), mail.verdict.disposition),
        mails => words::count(mails.len(), "mail"),
    };
    let head =
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
    document(&title, head, &format!("<h1>Youward</h1>\n{body}"))
}

/// A whole document around escaped HTML. `title` is escaped already.
fn document(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{head}\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n{body}</body>\n</html>\n"
    )
}

/// What is said about one mail: why, text, findings, score. `prefix` keeps the targets of the numbers apart when several
/// mails share a page.
fn content(mail: &Annotated<'_>, prefix: &str) -> String {
    let mut html = String::new();
    for reason in words::reasons(mail) {
        html.push_str(&format!(
            "<p class=\"reason\">{}</p>\n",
            escape(&words::sentence(&reason))
        ));
    }
    let Some(reading) = mail.reading else { return html };
    html.push_str(&signals(&reading.prospecting));
    let findings = ranked(reading);
    if let Some(prose) = mail.prose {
        html.push_str(
            &sheets(prose, &findings)
                .iter()
                .map(|sheet| text(sheet, prefix))
                .collect::<String>(),
        );
    }
    if reading.not_read.is_none() {
        html.push_str(&notes(&findings, prefix));
        html.push_str(&lamp_list(reading));
        html.push_str(&help(reading));
        html.push_str(&ledger(reading));
    }
    html.push_str(&silenced(reading));
    if let Some(not_read) = words::not_read(mail.prose, reading) {
        html.push_str(&format!("<p class=\"signals\">Not read: {}.</p>\n", escape(&not_read)));
    }
    html
}

/// The four lamps: lit by the mail's own words, or dark with the question that lights it.
fn lamp_list(reading: &Reading) -> String {
    let mut html = "<h3>Whom it speaks to</h3>\n<dl class=\"lamps\">\n".to_owned();
    for lamp in lamps::lamps(reading) {
        let (class, sign, shown) = if lamp.lit_by.is_empty() {
            ("dark", "○", lamp.question)
        } else {
            ("lit", "●", lamp.lit_by.join(", "))
        };
        html.push_str(&format!(
            "<dt class=\"{class}\"><span>{sign}</span> {}</dt><dd class=\"{class}\">{}</dd>\n",
            lamp.layer.name(),
            escape_line(&shown)
        ));
    }
    html.push_str("</dl>\n");
    html
}

/// The way to a rewrite.
fn help(reading: &Reading) -> String {
    let steps = reading.help.as_ref().map(lamps::steps).unwrap_or_default();
    if steps.is_empty() {
        return String::new();
    }
    let mut html = "<h3>To rewrite it</h3>\n<dl class=\"help\">\n".to_owned();
    for step in steps {
        let lines: Vec<String> = step.lines.iter().map(|line| escape_line(line)).collect();
        html.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", step.what, lines.join("<br>")));
    }
    html.push_str("</dl>\n");
    html
}

/// Findings that somebody silenced, folded away where the reader's program can.
fn silenced(reading: &Reading) -> String {
    let Some(count) = words::silenced(reading) else {
        return String::new();
    };
    let mut html = format!("<details class=\"signals\">\n<summary>{count}</summary>\n<ul>\n");
    for silenced in reading.silenced.iter().take(LISTED) {
        html.push_str(&format!(
            "<li>“{}” <small>{}</small><br>{}: {}</li>\n",
            escape_line(&silenced.finding.excerpt),
            escape_line(&silenced.finding.rule),
            escape_line(&silenced.silence.author),
            escape_line(&silenced.silence.reason)
        ));
    }
    html.push_str("</ul>\n</details>\n");
    html
}

/// One row a mail, leading to it.
fn overview(mails: &[Annotated<'_>]) -> String {
    let mut html = "<table class=\"overview\">\n".to_owned();
    for (at, mail) in mails.iter().enumerate() {
        let score = json::score(mail).map_or_else(|| "–".to_owned(), |score| score.to_string());
        let findings = mail.reading.map_or(0, |reading| reading.findings.len());
        html.push_str(&format!(
            "<tr><td>{}</td><td class=\"number\">{score}</td><td><a href=\"#m{}\">{}</a></td><td>{}</td></tr>\n",
            badge(mail.verdict.disposition),
            at + 1,
            escape_line(mail.name),
            words::count(findings, "finding"),
        ));
    }
    html.push_str("</table>\n");
    html
}

fn badges(mail: &Annotated<'_>) -> String {
    let mut html = format!("<p>{}", badge(mail.verdict.disposition));
    match json::score(mail) {
        Some(score) => html.push_str(&format!(" <strong>score {score} of 100</strong>")),
        None => html.push_str(" not read"),
    }
    if let Some(standard) = mail
        .verdict
        .standard
        .as_deref()
        .map(escape_line)
        .filter(|name| !name.is_empty())
    {
        html.push_str(&format!(" <small>by the standard {standard}</small>"));
    }
    html.push_str("</p>\n");
    html
}

fn badge(disposition: Disposition) -> String {
    format!("<span class=\"badge {disposition}\">{disposition}</span>")
}

/// Whether it is prospecting, and each signal that says so.
fn signals(prospecting: &Prospecting) -> String {
    let mut html = format!("<p>{}</p>\n", escape(&words::sentence(&words::gate(prospecting))));
    let signals = words::signals(prospecting);
    if signals.is_empty() {
        return html;
    }
    html.push_str("<table class=\"signals\">\n");
    for (points, shown) in signals {
        html.push_str(&format!(
            "<tr><td class=\"number\">{points}</td><td>{}</td></tr>\n",
            escape(&shown)
        ));
    }
    html.push_str("</table>\n");
    html
}

/// A part's text, line ends kept, in a block of its own.
fn text(sheet: &Sheet<'_>, prefix: &str) -> String {
    let mut html = String::new();
    for piece in &sheet.pieces {
        match piece {
            Piece::Text { text, level, ends } => {
                match level {
                    Some(level) => html.push_str(&format!(
                        "<mark class=\"{}\">{}</mark>",
                        words::level(*level),
                        escape(text)
                    )),
                    None => html.push_str(&escape(text)),
                }
                for number in ends {
                    html.push_str(&format!("<sup><a href=\"#{prefix}{number}\">{number}</a></sup>"));
                }
            }
            Piece::Unread { kind, lines } => html.push_str(&unread(*kind, *lines)),
            Piece::Cut => html.push_str("\n<em class=\"unread\">The rest was not read: the text is too long.</em>"),
        }
    }
    match sheet.part.kind {
        TextKind::Subject => format!("<p class=\"subject\"><b>Subject:</b> {html}</p>\n"),
        TextKind::Plain | TextKind::Html => {
            format!("<blockquote class=\"text\">{}</blockquote>\n", html.trim_matches('\n'))
        }
    }
}

fn unread(kind: MaskKind, lines: usize) -> String {
    let lines = if lines > 1 {
        format!(", {lines} lines")
    } else {
        String::new()
    };
    format!("<em class=\"unread\">{}{lines}: not read</em>\n", words::mask(kind))
}

/// Why and ask for each number: the costliest in full, the rest folded away where the reader's program can.
fn notes(findings: &[Numbered<'_>], prefix: &str) -> String {
    if findings.is_empty() {
        return "<p>Nothing found.</p>\n".to_owned();
    }
    let (first, rest) = findings.split_at(findings.len().min(SHOWN));
    let mut html = list(first, prefix, 1);
    if !rest.is_empty() {
        let (listed, unlisted) = rest.split_at(rest.len().min(LISTED - SHOWN));
        let mut more = list(listed, prefix, first.len() + 1);
        if !unlisted.is_empty() {
            more.push_str(&format!("<p>and {} more that are not listed</p>\n", unlisted.len()));
        }
        html.push_str(&format!(
            "<details>\n<summary>{} more</summary>\n{more}</details>\n",
            rest.len()
        ));
    }
    html
}

fn list(findings: &[Numbered<'_>], prefix: &str, start: usize) -> String {
    let mut html = format!("<ol start=\"{start}\">\n");
    for numbered in findings {
        let finding = numbered.finding;
        let what = match words::line(&finding.excerpt) {
            excerpt if excerpt.is_empty() => "The whole mail".to_owned(),
            excerpt => format!("“{}”", escape(&excerpt)),
        };
        let cost = numbered.cost();
        html.push_str(&format!(
            "<li id=\"{prefix}{number}\" class=\"{level}\"><b>{what}</b> <small>{rule}, {severity}{cost}</small>{hash}\n\
             <p>{why}</p>\n<p class=\"ask\">{ask}</p></li>\n",
            number = numbered.number,
            level = words::level(finding.severity),
            rule = escape_line(&finding.rule),
            severity = words::level(finding.severity),
            hash = match escape_line(&finding.hash) {
                hash if hash.is_empty() => String::new(),
                hash => format!(" <code class=\"hash\">{hash}</code>"),
            },
            why = escape_line(&finding.why),
            ask = escape(&numbered.ask()),
        ));
    }
    html.push_str("</ol>\n");
    html
}

fn ledger(reading: &Reading) -> String {
    let mut html = "<table class=\"ledger\">\n<tr><td>Score</td><td class=\"number\">100</td></tr>\n".to_owned();
    for line in &reading.ledger {
        let points = if line.points == 0 {
            "0".to_owned()
        } else {
            format!("−{}", line.points)
        };
        html.push_str(&format!(
            "<tr><td>{}</td><td class=\"number\">{points}</td></tr>\n",
            escape_line(&line.what)
        ));
    }
    html.push_str(&format!(
        "<tr class=\"sum\"><td>remains</td><td class=\"number\">{}</td></tr>\n</table>\n",
        reading.score
    ));
    html
}

/// One line of text as HTML.
pub(crate) fn escape_line(text: &str) -> String {
    escape(&words::line(text))
}

/// Text as HTML, line ends kept; what could end or steer it is made harmless.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' | '\u{a0}' => html.push(c),
            '\r' => {}
            c => html.push(words::visible(c)),
        }
    }
    html
}

const STYLE: &str = include_str!("html.css");

#[cfg(test)]
pub(super) mod tests;
