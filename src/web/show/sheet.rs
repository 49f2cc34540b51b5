//! A mail's text with its places marked.

use crate::annotate::copy::flow::sheet_wraps;
use crate::annotate::view::{LISTED, Piece, Sheet};
use crate::annotate::{level_id, words};
use crate::mail::TextKind;

/// One text part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct SheetView {
    pub(in crate::web) subject: bool,
    pub(in crate::web) runs: Vec<Run>,
}

/// A run of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) enum Run {
    /// Text as it stands.
    Text {
        text: String,
        /// `note`, `warn`, `strong`, or nothing where nothing was found.
        level: &'static str,
        /// The numbers of the findings that end here.
        ends: Vec<usize>,
    },
    /// What was not read: which kind, and how many lines.
    Unread(String),
    /// The end of a very long text.
    Cut,
}

impl SheetView {
    pub(in crate::web) fn of(sheet: &Sheet<'_>) -> SheetView {
        let mut wraps = sheet_wraps(sheet).into_iter();
        let mut runs: Vec<Run> = sheet.pieces.iter().map(|piece| run(piece, &mut wraps)).collect();
        trim(&mut runs);
        SheetView {
            subject: sheet.part.kind == TextKind::Subject,
            runs,
        }
    }

    /// Whether anything is marked in it.
    pub(in crate::web) fn is_marked(&self) -> bool {
        let marks = |run: &Run| matches!(run, Run::Text { ends, .. } if !ends.is_empty());
        self.runs.iter().any(marks)
    }
}

fn run(piece: &Piece<'_>, wraps: &mut impl Iterator<Item = bool>) -> Run {
    match piece {
        Piece::Text { text, level, ends } => Run::Text {
            text: unwrapped(&harmless(text), wraps),
            level: level.map_or("", level_id),
            ends: ends.iter().copied().filter(|&number| number <= LISTED).collect(),
        },
        Piece::Unread { kind, lines } => {
            let lines = if *lines > 1 {
                format!(", {lines} lines")
            } else {
                String::new()
            };
            Run::Unread(format!("{}{lines}: not read", words::mask(*kind)))
        }
        Piece::Cut => Run::Cut,
    }
}

/// Text in which line ends that only wrap are spaces: on a phone they would break a line twice.
fn unwrapped(text: &str, wraps: &mut impl Iterator<Item = bool>) -> String {
    let end = |c: char| match c {
        '\n' if wraps.next().unwrap_or_default() => ' ',
        c => c,
    };
    text.chars().map(end).collect()
}

/// Text with its line ends, and without what could steer a page.
fn harmless(text: &str) -> String {
    let kept = |c: char| match c {
        '\r' => None,
        '\n' | '\t' | '\u{a0}' => Some(c),
        c => Some(words::visible(c)),
    };
    text.chars().filter_map(kept).collect()
}

/// Takes empty lines off both ends.
fn trim(runs: &mut Vec<Run>) {
    let blank = |run: Option<&Run>| match run {
        Some(Run::Text { text, ends, .. }) => ends.is_empty() && text.trim_matches('\n').is_empty(),
        _ => false,
    };
    while blank(runs.last()) {
        runs.pop();
    }
    if let Some(Run::Text { text, .. }) = runs.last_mut() {
        text.truncate(text.trim_end_matches('\n').len());
    }
    while blank(runs.first()) {
        runs.remove(0);
    }
    if let Some(Run::Text { text, .. }) = runs.first_mut() {
        *text = text.trim_start_matches('\n').to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_and_steering_goes() {
        assert_eq!(harmless("a\r\n\tb\u{202e}\u{1b}"), "a\n\tb\u{fffd}\u{fffd}");
    }

    #[test]
    fn lines_that_only_wrap_are_joined() {
        let mut wraps = [true, false].into_iter();
        assert_eq!(unwrapped("a\nb\nc\nd", &mut wraps), "a b\nc\nd");
    }

    #[test]
    fn empty_lines_at_the_ends_go() {
        let text = |text: &str, ends: &[usize]| Run::Text {
            text: text.to_owned(),
            level: "",
            ends: ends.to_vec(),
        };
        let mut runs = vec![
            text("\n\n", &[]),
            text("\nHi", &[]),
            text("\n\n", &[1]),
            text("\n", &[]),
        ];
        trim(&mut runs);
        assert_eq!(runs, [text("Hi", &[]), text("", &[1])]);
        let mut none = vec![text("\n", &[])];
        trim(&mut none);
        assert_eq!(none, []);
    }
}
