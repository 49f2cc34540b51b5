//! One finding as miette draws it: the message, the lines with the place underlined, the question.

use super::super::view::Numbered;
use super::super::window::Window;
use super::super::words;
use super::{Annotated, Look, own_words};
use crate::reading::Level;
use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};
use std::fmt;

/// What miette puts before each line of a message, in columns.
const MESSAGE_INDENT: usize = 4;
/// What miette puts before each line of the help, in columns.
const HELP_INDENT: usize = 8;

/// A finding as miette draws it. Its paragraphs are wrapped here.
#[derive(Debug)]
pub(super) struct Report {
    message: String,
    ask: String,
    pub(super) severity: Severity,
    window: Option<Window>,
}

impl Report {
    pub(super) fn new(mail: &Annotated<'_>, numbered: &Numbered<'_>, look: Look) -> Report {
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
            let room = look.width.saturating_sub(gutter);
            Window::around(mail.prose?, span, name(&span.part), room, look.elided())
        });
        let whole = if finding.span.is_none() {
            " (the whole mail)"
        } else {
            ""
        };
        let excerpt = match (&window, &finding.span) {
            (None, Some(_)) => format!("\"{}\": ", words::line(&finding.excerpt)),
            _ => String::new(),
        };
        let head = format!(
            "{}: {}{}{whole}",
            words::line(&finding.rule),
            words::level(finding.severity),
            numbered.cost()
        );
        let why = format!("{excerpt}{}", own_words(&finding.why, look));
        let room = look.width.saturating_sub(MESSAGE_INDENT);
        Report {
            message: format!(
                "{}  {}\n{}",
                numbered.number,
                words::wrapped(&head, room.saturating_sub(numbered.number.to_string().len() + 2)),
                words::wrapped(&why, room)
            ),
            ask: words::wrapped(
                &own_words(&numbered.ask(), look),
                look.width.saturating_sub(HELP_INDENT),
            ),
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
