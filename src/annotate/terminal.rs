//! Text for a terminal, in the manner of a good compiler: the line, the place underlined, why, and what to ask oneself.
//!
//! One mail begins with what is decided and why, then come the findings, the ledger with every point of the score, the
//! four lamps, and the way to a rewrite. What needs no attention takes one quiet line.

use super::Annotated;
use super::lamps;
use super::view::{SHOWN, ranked};
use super::words;
use crate::reading::{Prospecting, ProspectingClass, Reading};
use crate::standard::Disposition;
use finding::Report;
use miette::{GraphicalReportHandler, GraphicalTheme, Severity};

mod finding;

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns to keep to; less than 40 counts as 40.
    pub width: usize,
    /// Whether to colour by ANSI escape sequences.
    pub colour: bool,
    /// Whether lines and signs are drawn in ASCII. The mail's own text stays as it is.
    pub ascii: bool,
    /// Whether to show every finding rather than the five that cost most.
    pub all: bool,
}

impl Look {
    /// What stands for text that is left out.
    fn elided(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }
}

/// One mail: a line with the disposition, then findings, ledger, lamps and what was not read. Ends with a line end.
/// Whatever the mail contains, the text holds no control characters but line ends and, if asked for, our own colours.
#[must_use]
pub fn render(mail: &Annotated<'_>, look: Look) -> String {
    let look = Look {
        width: look.width.max(40),
        ..look
    };
    if let Some(line) = quiet(mail, look) {
        return line;
    }
    let mut text = headline(mail, look);
    if let Some(reading) = mail.reading {
        push_gate(&mut text, &reading.prospecting, look);
    }
    push_reasons(&mut text, mail, look);
    if let Some(reading) = mail.reading {
        if reading.not_read.is_none() {
            push_findings(&mut text, mail, reading, look);
            push_ledger(&mut text, reading, look);
            push_lamps(&mut text, reading, look);
            push_help(&mut text, reading, look);
        }
        push_end(&mut text, mail, reading, look);
    }
    text
}

/// One line for a mail that needs no attention: nothing found, nothing read, or no prospecting.
fn quiet(mail: &Annotated<'_>, look: Look) -> Option<String> {
    let reading = mail.reading.filter(|_| mail.verdict.disposition == Disposition::Pass)?;
    let class = reading.prospecting.class;
    let findings = !reading.findings.is_empty();
    let ordinary = class == ProspectingClass::No && (!findings || !look.all);
    let nothing_to_show = reading.silenced.is_empty() || !look.all;
    let (score, why) = if let Some(not_read) = &reading.not_read {
        (None, format!("not read: {}", words::line(not_read)))
    } else if ordinary {
        (None, words::gate(&reading.prospecting))
    } else if !findings && nothing_to_show {
        (Some(reading.score), words::class(class).to_owned())
    } else {
        return None;
    };
    let silenced = words::silenced(reading)
        .map(|silenced| format!(", {silenced}"))
        .unwrap_or_default();
    let mut parts = vec![name(mail), disposition(mail)];
    parts.extend(score.map(|score| (format!("score {score} of 100"), "")));
    parts.push((format!("{}{silenced}", own_words(&why, look)), "2"));
    Some(joined(&parts, look))
}

/// `intro.eml  return  score 34 of 100`.
fn headline(mail: &Annotated<'_>, look: Look) -> String {
    let score = match mail.reading.filter(|reading| reading.not_read.is_none()) {
        Some(reading) => format!("score {} of 100", reading.score),
        None => "not read".to_owned(),
    };
    joined(&[name(mail), disposition(mail), (score, "")], look)
}

fn name(mail: &Annotated<'_>) -> (String, &'static str) {
    (words::line(mail.name), "1")
}

fn disposition(mail: &Annotated<'_>) -> (String, &'static str) {
    let style = match mail.verdict.disposition {
        Disposition::Pass => "1;32",
        Disposition::Annotate => "1;33",
        Disposition::Return | Disposition::Hold => "1;31",
    };
    (mail.verdict.disposition.to_string(), style)
}

/// Parts in one line, or in several where the terminal is narrow. Each has its style.
fn joined(parts: &[(String, &str)], look: Look) -> String {
    let mut text = String::new();
    let mut column = 0;
    for (part, style) in parts {
        let length = words::columns(part);
        let room = look.width.saturating_sub(2);
        if column > 0 && column + 2 + length > look.width {
            text.push_str("\n  ");
            column = 2;
        } else if column > 0 {
            text.push_str("  ");
            column += 2;
        }
        let wrapped = if length > room {
            words::wrapped(part, room).replace('\n', "\n  ")
        } else {
            part.clone()
        };
        column += length;
        text.push_str(&paint(&wrapped, style, look));
    }
    text.push('\n');
    text
}

/// `prospecting, 6 points`, and a line for each signal.
fn push_gate(text: &mut String, prospecting: &Prospecting, look: Look) {
    push_wrapped(text, "  ", &own_words(&words::gate(prospecting), look), look);
    for (points, shown) in words::signals(prospecting) {
        push_hanging(text, &format!("{points:>8}  "), &own_words(&shown, look), look);
    }
}

fn push_reasons(text: &mut String, mail: &Annotated<'_>, look: Look) {
    let standard = mail
        .verdict
        .standard
        .as_deref()
        .map(words::line)
        .filter(|name| !name.is_empty());
    let by = standard.map(|name| format!(" (standard {name})")).unwrap_or_default();
    for (at, reason) in words::reasons(mail).enumerate() {
        let by = if at == 0 { by.as_str() } else { "" };
        let reason = words::continued(&reason);
        let reason = format!("{}: {reason}{by}", mail.verdict.disposition);
        push_hanging(text, "  ", &reason, look);
    }
}

fn push_findings(text: &mut String, mail: &Annotated<'_>, reading: &Reading, look: Look) {
    let mut theme = if look.ascii {
        GraphicalTheme::ascii()
    } else {
        GraphicalTheme::unicode()
    };
    if !look.colour {
        theme.styles = GraphicalTheme::none().styles;
    }
    let findings = ranked(reading);
    let shown = if look.all { findings.len() } else { SHOWN };
    for numbered in findings.iter().take(shown) {
        let report = Report::new(mail, numbered, look);
        theme.styles.highlights = vec![match report.severity {
            Severity::Error => theme.styles.error,
            Severity::Warning => theme.styles.warning,
            Severity::Advice => theme.styles.advice,
        }];
        let handler = GraphicalReportHandler::new_themed(theme.clone())
            .with_links(false)
            .with_wrap_lines(false);
        text.push('\n');
        // Writing into a string can't fail; a report that could not be drawn must not take the others with it.
        let _ = handler.render_report(text, &report);
        let hash = words::line(&numbered.finding.hash);
        if !hash.is_empty() {
            text.push_str(&format!("  {}\n", paint(&format!("hash: {hash}"), "2", look)));
        }
    }
    if let Some(more) = findings.len().checked_sub(shown).filter(|&more| more > 0) {
        text.push_str(&format!("\n  {more} more (--all shows them)\n"));
    }
}

/// A ledger is as good as its sum: every point of the score has its line.
fn push_ledger(text: &mut String, reading: &Reading, look: Look) {
    text.push_str(&format!("\n  score {:>4}\n", 100));
    for line in &reading.ledger {
        let points = line.points.saturating_neg();
        push_hanging(text, &format!("        {points:>4}  "), &words::line(&line.what), look);
    }
    text.push_str(&format!("      = {:>4}\n", reading.score));
}

/// Which of the customer's layers the mail speaks to, in the mail's own words; for the others the question.
fn push_lamps(text: &mut String, reading: &Reading, look: Look) {
    let (lit, dark) = if look.ascii { ("*", "-") } else { ("●", "○") };
    text.push_str("\n  lamps\n");
    for lamp in lamps::lamps(reading) {
        let (sign, style, shown) = match lamp.lit_by.as_slice() {
            [] => (dark, "2", own_words(&lamp.question, look)),
            words => (lit, "1;33", words.join(", ")),
        };
        let label = format!("    {} {:<10}", paint(sign, style, look), lamp.layer.name());
        push_labelled(text, &label, 16, &shown, look);
    }
}

/// The way to a rewrite.
fn push_help(text: &mut String, reading: &Reading, look: Look) {
    let Some(help) = &reading.help else { return };
    text.push_str("\n  to rewrite it\n");
    for step in lamps::steps(help) {
        for (at, line) in step.lines.iter().enumerate() {
            let label = if at == 0 { step.what } else { "" };
            let line = match step.what {
                // These quote the mail, whose text stays as it is.
                "Keep" | "Moves" => quoting(line, look),
                _ => own_words(line, look),
            };
            push_hanging(text, &format!("    {label:<10}"), &line, look);
        }
    }
}

/// What is not among the findings: silenced ones, and what was not read.
fn push_end(text: &mut String, mail: &Annotated<'_>, reading: &Reading, look: Look) {
    let silenced = words::silenced(reading);
    let not_read = words::not_read(mail.prose, reading);
    if silenced.is_some() || not_read.is_some() {
        text.push('\n');
    }
    if let Some(silenced) = silenced {
        text.push_str(&format!("  {silenced}\n"));
        for one in reading.silenced.iter().filter(|_| look.all) {
            let (rule, excerpt) = (words::line(&one.finding.rule), words::line(&one.finding.excerpt));
            let (author, reason) = (words::line(&one.silence.author), words::line(&one.silence.reason));
            push_hanging(
                text,
                "    ",
                &format!("{rule} \"{excerpt}\", by {author}: {reason}"),
                look,
            );
        }
    }
    if let Some(not_read) = not_read {
        push_hanging(text, "  ", &format!("not read: {not_read}"), look);
    }
}

/// Words of rules and of ours; in ASCII if that is wanted.
fn own_words(text: &str, look: Look) -> String {
    if look.ascii {
        words::ascii(text)
    } else {
        words::line(text)
    }
}

/// Words of ours around words of the mail: in ASCII only the quotation marks change.
fn quoting(text: &str, look: Look) -> String {
    if look.ascii {
        text.replace(['“', '”'], "\"").replace('…', "...")
    } else {
        text.to_owned()
    }
}

/// Words of one paragraph in lines of at most the width, each indented.
fn push_wrapped(text: &mut String, indent: &str, paragraph: &str, look: Look) {
    push_labelled(text, indent, indent.len(), paragraph, look);
}

/// The same with more words before the first line; the others stand under where those end.
fn push_hanging(text: &mut String, label: &str, paragraph: &str, look: Look) {
    push_labelled(text, label, words::columns(label), paragraph, look);
}

fn push_labelled(text: &mut String, label: &str, columns: usize, paragraph: &str, look: Look) {
    let wrapped = words::wrapped(paragraph, look.width.saturating_sub(columns));
    for (at, line) in wrapped.split('\n').enumerate() {
        if at == 0 {
            text.push_str(label);
        } else {
            text.push_str(&" ".repeat(columns));
        }
        text.push_str(line);
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
}

fn paint(text: &str, style: &str, look: Look) -> String {
    if look.colour && !style.is_empty() {
        format!("\u{1b}[{style}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Look = Look {
        width: 80,
        colour: false,
        ascii: false,
        all: false,
    };

    #[test]
    fn a_mail_as_a_rep_sees_it() {
        let pitch = samples::pitch();
        let text = render(&pitch.annotated(), PLAIN);
        assert_eq!(text, include_str!("terminal/pitch.txt"));
    }

    #[test]
    fn a_mail_with_nothing_found_takes_one_line() {
        let mut sample = samples::pitch();
        sample.reading = samples::reading(Vec::new());
        sample.verdict = samples::verdict(Disposition::Pass);
        assert_eq!(
            render(&sample.annotated(), PLAIN),
            "pitch.eml  pass  score 100 of 100  prospecting\n"
        );
    }

    #[test]
    fn a_mail_with_lamps_and_help() {
        let sample = samples::guided();
        assert_eq!(
            render(&sample.annotated(), PLAIN),
            include_str!("terminal/guided.txt"),
            "{}",
            render(&sample.annotated(), PLAIN)
        );
        let narrow = Look {
            width: 40,
            ascii: true,
            all: true,
            ..PLAIN
        };
        let text = render(&sample.annotated(), narrow);
        assert_eq!(text, include_str!("terminal/narrow.txt"), "{text}");
    }

    #[test]
    fn what_is_not_prospecting_takes_one_line_unless_all_is_asked_for() {
        let mut sample = samples::pitch();
        sample.verdict = samples::verdict(Disposition::Pass);
        sample.reading.prospecting.class = ProspectingClass::No;
        sample.reading.prospecting.hard_no = Some(crate::reading::HardNo {
            name: "internal".to_owned(),
            shown: "Every recipient is inside the company".to_owned(),
        });
        assert_eq!(
            render(&sample.annotated(), PLAIN),
            "pitch.eml  pass  not prospecting: Every recipient is inside the company\n"
        );
        assert!(render(&sample.annotated(), Look { all: true, ..PLAIN }).contains("hype/our-adjective"));
    }

    #[test]
    fn a_language_that_no_rule_speaks_takes_one_line() {
        let sample = samples::foreign();
        assert_eq!(
            render(&sample.annotated(), PLAIN),
            "pitch.eml  pass  not read: language: German\n"
        );
    }

    #[test]
    fn a_mail_that_was_not_read_says_why() {
        let mut sample = samples::pitch();
        sample.verdict.reasons[0].shown = "nested too deeply".to_owned();
        let mail = Annotated {
            prose: None,
            reading: None,
            ..sample.annotated()
        };
        assert_eq!(
            render(&mail, PLAIN),
            "pitch.eml  return  not read\n  return: nested too deeply (standard field)\n"
        );
    }

    #[test]
    fn colour_is_only_there_when_asked_for() {
        let pitch = samples::pitch();
        let text = render(
            &pitch.annotated(),
            Look {
                colour: true,
                ascii: true,
                ..PLAIN
            },
        );
        assert!(text.contains("\u{1b}[1;31mreturn\u{1b}[0m"), "{text}");
        assert!(!render(&pitch.annotated(), PLAIN).contains('\u{1b}'));
    }

    proptest! {
    // Each case makes a whole document; fewer of them keep the tests quick.
    #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn nothing_in_a_mail_can_steer_the_terminal(
            reading in samples::hostile_reading(),
            verdict in samples::hostile_verdict(),
            body in samples::hostile_text(),
            name in samples::hostile_text(),
            width in 0usize..130,
        ) {
            let mut sample = samples::pitch();
            sample.prose.parts[1].text = body;
            let mail = Annotated { name: &name, reading: Some(&reading), verdict: &verdict, ..sample.annotated() };
            let text = render(&mail, Look { width, colour: false, ascii: true, all: true });
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
            prop_assert!(text.ends_with('\n'));
            if !reading.findings.is_empty() && reading.not_read.is_none() {
                let rules = text.lines().filter(|line| line.contains("want/would-like: ") && !line.contains("1 place"));
                prop_assert_eq!(rules.count(), reading.findings.len());
            }
        }
    }
}
