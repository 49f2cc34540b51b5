//! Text for a terminal, in the manner of a good compiler: the line, the place underlined, why, and what to ask oneself.

use super::Annotated;
use super::view::{Numbered, SHOWN, ranked};
use super::window::Window;
use super::words;
use crate::reading::{Level, Prospecting, ProspectingClass, Reading};
use crate::standard::Disposition;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};
use std::fmt;

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

/// One mail: a line with the disposition, then findings, ledger and what was not read. Ends with a line end. Whatever
/// the mail contains, the text holds no control characters but line ends and, if asked for, our own colours.
#[must_use]
pub fn render(mail: &Annotated<'_>, look: Look) -> String {
    let look = Look {
        width: look.width.max(40),
        ..look
    };
    let brief = mail.verdict.disposition == Disposition::Pass
        && mail.reading.is_some_and(|reading| reading.findings.is_empty());
    let mut text = headline(mail, look, brief);
    if brief {
        return text;
    }
    if let Some(reading) = mail.reading {
        push_gate(&mut text, &reading.prospecting, look.width);
    }
    push_reasons(&mut text, mail, look.width);
    if let Some(reading) = mail.reading {
        if reading.prospecting.class == ProspectingClass::No && !look.all {
            let findings = words::count(reading.findings.len(), "finding");
            text.push_str(&format!(
                "  {findings}, not shown: what is not prospecting is not judged by them\n"
            ));
            return text;
        }
        push_findings(&mut text, mail, reading, look);
        push_ledger(&mut text, mail, reading, look);
    }
    text
}

/// `intro.eml  return  score 34 of 100`, and whether it is prospecting where nothing more is said.
fn headline(mail: &Annotated<'_>, look: Look, brief: bool) -> String {
    let disposition = mail.verdict.disposition;
    let colour = match disposition {
        Disposition::Pass => "32",
        Disposition::Annotate => "33",
        Disposition::Return | Disposition::Hold => "31",
    };
    let mut text = format!(
        "{}  {}",
        paint(&words::line(mail.name), "1", look.colour),
        paint(&disposition.to_string(), &format!("1;{colour}"), look.colour)
    );
    match mail.reading {
        Some(reading) => text.push_str(&format!("  score {} of 100", reading.score)),
        None => text.push_str("  not read"),
    }
    if let Some(reading) = mail.reading.filter(|_| brief) {
        text.push_str(&format!("  {}", words::class(reading.prospecting.class)));
    }
    text.push('\n');
    text
}

/// `prospecting, 6 points`, and a line for each signal.
fn push_gate(text: &mut String, prospecting: &Prospecting, width: usize) {
    push_wrapped(text, "  ", &words::gate(prospecting), width);
    for (points, shown) in words::signals(prospecting) {
        let shown = words::wrapped(&shown, width.saturating_sub(10)).replace('\n', "\n          ");
        text.push_str(&format!("{points:>8}  {shown}\n"));
    }
}

fn push_reasons(text: &mut String, mail: &Annotated<'_>, width: usize) {
    for reason in words::reasons(mail) {
        push_wrapped(
            text,
            "  ",
            &format!("{}: {}", mail.verdict.disposition, words::continued(&reason)),
            width,
        );
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
    }
    if let Some(more) = findings.len().checked_sub(shown).filter(|&more| more > 0) {
        text.push_str(&format!("\n  and {more} more\n"));
    }
}

/// A ledger is as good as its sum: every point of the score has its line.
fn push_ledger(text: &mut String, mail: &Annotated<'_>, reading: &Reading, look: Look) {
    text.push_str(&format!("\n  score {:>4}\n", 100));
    for line in &reading.ledger {
        let what = words::shorten(&words::line(&line.what), look.width.saturating_sub(16), "…");
        text.push_str(&format!("        {:>4}  {what}\n", line.points.saturating_neg()));
    }
    text.push_str(&format!("      = {:>4}\n", reading.score));
    if let Some(not_read) = words::not_read(mail.prose, reading) {
        push_wrapped(text, "  ", &format!("not read: {not_read}"), look.width);
    }
}

/// Words of one paragraph in lines of at most `width` columns, the indent counted.
fn push_wrapped(text: &mut String, indent: &str, paragraph: &str, width: usize) {
    for line in words::wrapped(paragraph, width.saturating_sub(indent.len())).split('\n') {
        text.push_str(&format!("{indent}{line}\n"));
    }
}

fn paint(text: &str, style: &str, colour: bool) -> String {
    if colour {
        format!("\u{1b}[{style}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// What miette puts before each line of a message, in columns.
const MESSAGE_INDENT: usize = 4;
/// What miette puts before each line of the help, in columns.
const HELP_INDENT: usize = 8;

/// A finding as miette draws it. Its paragraphs are wrapped here.
#[derive(Debug)]
struct Report {
    message: String,
    ask: String,
    severity: Severity,
    window: Option<Window>,
}

impl Report {
    fn new(mail: &Annotated<'_>, numbered: &Numbered<'_>, look: Look) -> Report {
        let finding = numbered.finding;
        // A text's name stays whole, since line and column are places in that file; a part's are not.
        let short = mail.name.rsplit('/').next().unwrap_or(mail.name);
        let name = |part: &str| match part {
            "text" => words::line(mail.name),
            "subject" => format!("{}, subject", words::line(short)),
            part => format!("{}, part {}", words::line(short), words::line(part)),
        };
        // miette's gutter: a space, the number, a space, the bar, a space.
        let window = finding.span.as_ref().and_then(|span| {
            let gutter = span.line.saturating_add(3).to_string().len() + 4;
            Window::around(mail.prose?, span, name(&span.part), look.width.saturating_sub(gutter))
        });
        let cost = numbered.cost();
        let whole = if finding.span.is_none() {
            " (the whole mail)"
        } else {
            ""
        };
        let excerpt = match (&window, &finding.span) {
            (None, Some(_)) => format!("\"{}\": ", words::line(&finding.excerpt)),
            _ => String::new(),
        };
        let rule = words::line(&finding.rule);
        Report {
            message: format!(
                "{}  {rule}{cost}{whole}\n{}",
                numbered.number,
                words::wrapped(
                    &format!("{excerpt}{}", words::line(&finding.why)),
                    look.width.saturating_sub(MESSAGE_INDENT)
                )
            ),
            ask: words::wrapped(&numbered.ask(), look.width.saturating_sub(HELP_INDENT)),
            severity: match finding.severity {
                Level::Strong => Severity::Error,
                Level::Warn => Severity::Warning,
                Level::Note => Severity::Advice,
            },
            window,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.ask.is_empty()).then(|| Box::new(&self.ask) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.window.as_ref().map(|window| window as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.window
            .as_ref()
            .map(|window| Box::new(window.labels()) as Box<dyn Iterator<Item = LabeledSpan>>)
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
    fn what_is_not_prospecting_shows_its_findings_only_when_asked() {
        let mut sample = samples::pitch();
        sample.reading.prospecting.class = ProspectingClass::No;
        let text = render(&sample.annotated(), PLAIN);
        assert!(
            text.ends_with("  3 findings, not shown: what is not prospecting is not judged by them\n"),
            "{text}"
        );
        assert!(render(&sample.annotated(), Look { all: true, ..PLAIN }).contains("hype/our-adjective"));
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
            "pitch.eml  return  not read\n  return: nested too deeply\n"
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
            if !reading.findings.is_empty() {
                let rules = text.lines().filter(|line| line.contains("  want/would-like") && !line.contains("1 place"));
                prop_assert_eq!(rules.count(), reading.findings.len());
            }
        }
    }
}
