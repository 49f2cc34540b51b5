//! The lines around a finding, as a terminal shows them: harmless characters only, and no longer than the width allows.

use super::view::in_passage;
use super::words;
use crate::mail::{Passage, Prose, TextKind};
use crate::reading::Span;
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// A finding that runs over more lines than this is shown by its first ones.
const MOST_LINES: usize = 4;

/// Some lines of a text with the places to underline, as miette takes them.
#[derive(Debug)]
pub(super) struct Window {
    name: String,
    text: String,
    labels: Vec<Range<usize>>,
    line: usize,
    column: usize,
    elided: &'static str,
}

impl Window {
    /// The lines that hold `span`, each cut to `room` columns around it, with `elided` where
    /// something is missing. Plain text stands as it was written, HTML as
    /// its visible text under the line number of its source. `None` if the part is not there.
    pub(super) fn around(
        prose: &Prose,
        span: &Span,
        name: String,
        room: usize,
        elided: &'static str,
    ) -> Option<Window> {
        let (index, part) = prose
            .parts
            .iter()
            .enumerate()
            .find(|(_, part)| *part.id == *span.part)?;
        let (text, range) = match part.kind {
            TextKind::Html => {
                let passages: Vec<&Passage> = prose.passages.iter().filter(|passage| passage.part == index).collect();
                let (passage, range) = in_passage(&passages, &span.range)?;
                (passage.text.as_str(), range)
            }
            TextKind::Subject | TextKind::Plain => (part.text.as_str(), span.range.clone()),
        };
        let start = text.floor_char_boundary(range.start.min(text.len()));
        let end = text.floor_char_boundary(range.end.clamp(start, text.len()));
        let mut window = Window {
            name,
            text: String::new(),
            labels: Vec::new(),
            line: span.line,
            column: span.column,
            elided,
        };
        let mut at = start;
        // A place that ends with a line end needs no line of nothing after it.
        let place = text.get(start..end).unwrap_or_default().trim_end();
        for (lines, piece) in place.split('\n').take(MOST_LINES).enumerate() {
            if lines > 0 {
                window.text.push('\n');
            }
            window.push_line(text, at..at + piece.len(), room);
            at += piece.len() + 1;
        }
        Some(window)
    }

    /// One line: `place` and what stands around it in the same line, cut to `room` columns.
    fn push_line(&mut self, text: &str, place: Range<usize>, room: usize) {
        let room = room.max(20);
        let mark = self.elided.chars().count();
        let inside = text.get(place.clone()).unwrap_or_default().chars();
        let (inside, whole) = match fitting(inside, room) {
            (all, true) => (all, true),
            (head, false) => (fitting(head.into_iter(), room - mark).0, false),
        };
        let free = room.saturating_sub(columns(&inside) + if whole { 0 } else { mark });
        // No more than the window can show is looked at, so that a text of one endless line costs no more than others.
        let before = text.get(..place.start).unwrap_or_default().chars().rev();
        let after = text.get(place.end..).unwrap_or_default().chars();
        let (before, _) = fitting(before.take_while(|&c| c != '\n'), room + 1);
        let (after, _) = fitting(after.take_while(|&c| c != '\n' && whole), room + 1);
        // What one side does not need, the other gets.
        let left = columns(&before).min((free / 2).max(free.saturating_sub(columns(&after))));
        let right = columns(&after).min(free.saturating_sub(left));
        let (mut left, all_left) = fitting(before.into_iter(), left);
        let (mut right, all_right) = fitting(after.into_iter(), right);
        if !all_left {
            self.elide_end(&mut left);
        }
        if !all_right {
            self.elide_end(&mut right);
        }
        self.text.extend(left.into_iter().rev());
        let from = self.text.len();
        self.text.extend(inside);
        if !whole {
            self.text.push_str(self.elided);
        }
        self.labels.push(from..self.text.len());
        self.text.extend(right);
        let trimmed = self
            .text
            .trim_end_matches(' ')
            .len()
            .max(self.labels.last().map_or(0, |label| label.end));
        self.text.truncate(trimmed);
    }

    /// Puts the mark in place of the last word, or of the last characters if that word fills most of the room.
    fn elide_end(&self, text: &mut Vec<char>) {
        let mark = self.elided.chars().count();
        let space = text.iter().rposition(|&c| c == ' ').filter(|&at| at * 2 > text.len());
        let mut kept = space.map_or(text.len(), |at| at + 1);
        while kept > 0 && columns(text.get(kept..).unwrap_or_default()) < mark {
            kept -= 1;
        }
        let had = columns(text);
        text.truncate(kept);
        if columns(text) + mark <= had {
            text.extend(self.elided.chars());
        }
    }

    /// What is to be underlined.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.labels
            .iter()
            .map(|label| LabeledSpan::new(None, label.start, label.len()))
    }
}

/// As many characters as `room` columns hold, made harmless, and whether those are all. Carriage returns are no loss.
fn fitting(text: impl Iterator<Item = char>, room: usize) -> (Vec<char>, bool) {
    let mut fit = Vec::new();
    let mut taken = 0;
    for c in text.filter(|&c| c != '\r').map(words::visible) {
        let width = words::columns_of(c);
        // Marks without a width of their own could pile up without end.
        if taken + width > room || fit.len() > room * 4 {
            return (fit, false);
        }
        taken += width;
        fit.push(c);
    }
    (fit, true)
}

fn columns(text: &[char]) -> usize {
    text.iter().copied().map(words::columns_of).sum()
}

/// Gives the whole window whatever is asked for: it holds nothing but what is to be shown.
impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.line.saturating_sub(1),
            self.column.saturating_sub(1),
            self.labels.len(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::samples;
    use proptest::prelude::*;

    fn around(text: &str, words: &str, room: usize) -> Window {
        let mut sample = samples::text_file();
        sample.prose.parts[0].text = text.to_owned();
        let (span, _) = samples::place("text", text, words, 0);
        Window::around(&sample.prose, &span, "a.txt".to_owned(), room, "…").unwrap()
    }

    fn shown(window: &Window) -> String {
        let mut shown = window.text.clone();
        for label in window.labels.iter().rev() {
            shown.insert(label.end, '>');
            shown.insert(label.start, '<');
        }
        shown
    }

    #[test]
    fn a_short_line_stands_whole() {
        let window = around("Hi,\r\nwe just wanted to say hello.\r\nBye", "just wanted", 40);
        assert_eq!(shown(&window), "we <just wanted> to say hello.");
        assert_eq!((window.line, window.column), (2, 4));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{} just wanted {}", "left ".repeat(30), "right ".repeat(30));
        let window = around(&text, "just wanted", 40);
        assert_eq!(shown(&window), "… left left  <just wanted> right right …");
        let window = around(&text, &"left ".repeat(30), 40);
        assert!(shown(&window).starts_with("<left left"), "{}", shown(&window));
        assert!(window.text.chars().count() <= 40, "{}", shown(&window));
    }

    #[test]
    fn a_place_over_two_lines_is_underlined_in_both() {
        let window = around("I would like\nto see you", "would like\nto see", 40);
        assert_eq!(shown(&window), "I <would like>\n<to see> you");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let text = format!("{} just wanted {}", "左".repeat(40), "右".repeat(40));
        let window = around(&text, "just wanted", 40);
        assert!(words::columns(&window.text) <= 40, "{}", shown(&window));
        assert!(shown(&window).contains("左 <just wanted> 右"), "{}", shown(&window));
        let window = around(&text, &"右".repeat(40), 40);
        assert_eq!(shown(&window), format!("…<{}…>", "右".repeat(19)));
    }

    #[test]
    fn html_stands_as_it_is_seen() {
        let sample = samples::html_pitch();
        let span = sample.reading.findings[0].span.clone().unwrap();
        let window = Window::around(&sample.prose, &span, "a".to_owned(), 40, "…").unwrap();
        assert_eq!(shown(&window), "<We help> teams & more.");
    }

    proptest! {
        #[test]
        fn windows_keep_to_the_room_and_to_harmless_characters(
            text in prop_oneof!["(\\PC|\\n|\\r\\n|\\x1b|\\u{202e}){1,300}", "([a-z]{1,6} ){1,60}"],
            start in 0usize..400,
            length in 0usize..300,
            room in 20usize..80,
        ) {
            let mut sample = samples::text_file();
            sample.prose.parts[0].text = text;
            let span = Span { part: "text".into(), range: start..start + length, line: 1, column: 1, raw: 0..0 };
            let window = Window::around(&sample.prose, &span, "a.txt".to_owned(), room, "…").unwrap();
            prop_assert!(window.text.split('\n').all(|line| words::columns(line) <= room), "{window:?}");
            let steers = window.text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}');
            prop_assert!(!steers, "{window:?}");
            prop_assert!(window.labels.iter().all(|label| window.text.get(label.clone()).is_some()));
        }
    }
}
