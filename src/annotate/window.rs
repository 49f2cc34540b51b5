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
}

impl Window {
    /// The lines that hold `span`, each cut to `room` characters around it. Plain text stands as it was written, HTML as
    /// its visible text under the line number of its source. `None` if the part is not there.
    pub(super) fn around(prose: &Prose, span: &Span, name: String, room: usize) -> Option<Window> {
        let (index, part) = prose.parts.iter().enumerate().find(|(_, part)| part.id == span.part)?;
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

    /// One line: `place` and what stands around it in the same line, cut to `room` characters.
    fn push_line(&mut self, text: &str, place: Range<usize>, room: usize) {
        let room = room.max(20);
        let inside: Vec<char> = text
            .get(place.clone())
            .unwrap_or_default()
            .chars()
            .take(room + 1)
            .collect();
        let (inside, whole) = match inside.get(..room.saturating_sub(2)) {
            Some(head) if inside.len() > room.saturating_sub(2) => (head, false),
            _ => (inside.as_slice(), true),
        };
        // No more than the window can show is looked at, so that a text of one endless line costs no more than others.
        let before = text
            .get(..place.start)
            .unwrap_or_default()
            .chars()
            .rev()
            .take_while(|&c| c != '\n');
        let before: Vec<char> = before.take(room + 1).collect();
        let after = text
            .get(place.end..)
            .unwrap_or_default()
            .chars()
            .take_while(|&c| c != '\n');
        let after: Vec<char> = if whole {
            after.take(room + 1).collect()
        } else {
            Vec::new()
        };
        let free = room.saturating_sub(inside.len() + usize::from(!whole));
        // What one side does not need, the other gets.
        let left = before.len().min((free / 2).max(free.saturating_sub(after.len())));
        let right = after.len().min(free.saturating_sub(left));
        let mut left: Vec<char> = before.iter().take(left).rev().copied().collect();
        let mut right: Vec<char> = after.iter().take(right).copied().collect();
        if before.len() > left.len() {
            elide_start(&mut left);
        }
        if after.len() > right.len() {
            right.reverse();
            elide_start(&mut right);
            right.reverse();
        }
        self.text.extend(left.into_iter().map(words::visible));
        let from = self.text.len();
        self.text
            .extend(inside.iter().copied().filter(|&c| c != '\r').map(words::visible));
        if !whole {
            self.text.push('…');
        }
        self.labels.push(from..self.text.len());
        self.text
            .extend(right.into_iter().filter(|&c| c != '\r').map(words::visible));
        let trimmed = self
            .text
            .trim_end_matches(' ')
            .len()
            .max(self.labels.last().map_or(0, |label| label.end));
        self.text.truncate(trimmed);
    }

    /// What is to be underlined.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.labels
            .iter()
            .map(|label| LabeledSpan::new(None, label.start, label.len()))
    }
}

/// Puts an ellipsis in place of the first word, or of the first character if the word fills most of the room.
fn elide_start(text: &mut Vec<char>) {
    let word = (1..text.len() / 2).find(|&at| text.get(at) == Some(&' ')).unwrap_or(1);
    text.splice(..word.min(text.len()), ['…']);
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
        Window::around(&sample.prose, &span, "a.txt".to_owned(), room).unwrap()
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
    fn html_stands_as_it_is_seen() {
        let sample = samples::html_pitch();
        let span = sample.reading.findings[0].span.clone().unwrap();
        let window = Window::around(&sample.prose, &span, "a".to_owned(), 40).unwrap();
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
            let span = Span { part: "text".to_owned(), range: start..start + length, line: 1, column: 1, raw: 0..0 };
            let window = Window::around(&sample.prose, &span, "a.txt".to_owned(), room).unwrap();
            prop_assert!(window.text.split('\n').all(|line| line.chars().count() <= room), "{window:?}");
            let steers = window.text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}');
            prop_assert!(!steers, "{window:?}");
            prop_assert!(window.labels.iter().all(|label| window.text.get(label.clone()).is_some()));
        }
    }
}
