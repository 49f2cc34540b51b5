//! From tokens back to the part's text and the raw octets.

use super::Span;
use super::text::{Sentence, Text};
use crate::mail::Prose;
use std::ops::Range;

/// An excerpt is no longer than this, in characters.
const LONGEST_EXCERPT: usize = 200;

/// Finds places in the order of the text, in one walk over it.
pub(crate) struct Places<'a> {
    prose: &'a Prose,
    text: &'a Text,
    /// Where the walk stands: part, offset, line, column.
    part: usize,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> Places<'a> {
    /// Stands at the beginning.
    pub(crate) fn new(prose: &'a Prose, text: &'a Text) -> Places<'a> {
        Places {
            prose,
            text,
            part: 0,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// Where tokens (counted within the sentence) stand, and the words as written.
    pub(crate) fn locate(&mut self, sentence: &Sentence, tokens: &Range<usize>) -> Option<(Span, String)> {
        let passage = self.prose.passages.get(sentence.passage)?;
        let part = self.prose.parts.get(passage.part)?;
        let range = passage.source_range(self.text.range(sentence, tokens));
        let (line, column) = self.walk_to(passage.part, &part.text, range.start);
        let raw = part.raw_range(range.clone());
        let written = part.text.get(range.clone()).unwrap_or_default();
        let mut excerpt = String::new();
        for word in written.split_whitespace() {
            if excerpt.len() > LONGEST_EXCERPT {
                break;
            }
            if !excerpt.is_empty() {
                excerpt.push(' ');
            }
            excerpt.push_str(word);
        }
        let excerpt = excerpt.chars().take(LONGEST_EXCERPT).collect();
        Some((
            Span {
                part: part.id.clone(),
                range,
                line,
                column,
                raw,
            },
            excerpt,
        ))
    }

    fn walk_to(&mut self, part: usize, text: &str, offset: usize) -> (usize, usize) {
        if part != self.part || offset < self.offset {
            (self.part, self.offset, self.line, self.column) = (part, 0, 1, 1);
        }
        for c in text.get(self.offset..offset).unwrap_or_default().chars() {
            if c == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.offset = offset;
        (self.line, self.column)
    }
}
