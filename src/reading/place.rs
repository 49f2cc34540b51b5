//! From tokens back to the part's text and the raw octets.

use super::text::{Sentence, Text};
use super::{Excerpt, Span};
use crate::mail::{Prose, steps};
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
    pub(crate) fn locate(&mut self, sentence: &Sentence, tokens: &Range<usize>) -> Option<Excerpt> {
        self.excerpt(sentence.passage, self.text.range(sentence, tokens))
    }

    /// Where bytes of a passage stand, and the words as written.
    pub(crate) fn excerpt(&mut self, passage: usize, range: Range<usize>) -> Option<Excerpt> {
        let passage = self.prose.passages.get(passage)?;
        let part = self.prose.parts.get(passage.part)?;
        let range = passage.source_range(range);
        let (line, column) = self.walk_to(passage.part, &part.text, range.start);
        let raw = part.raw_range(range.clone());
        let written = part.text.get(range.clone()).unwrap_or_default();
        let mut excerpt = String::with_capacity(written.len().min(2 * LONGEST_EXCERPT));
        if is_plain(written) {
            excerpt.push_str(written.get(..LONGEST_EXCERPT).unwrap_or(written));
        }
        let folded = if excerpt.is_empty() { written } else { "" };
        for word in folded.split_ascii_whitespace().flat_map(str::split_whitespace) {
            if excerpt.len() > LONGEST_EXCERPT {
                break;
            }
            if !excerpt.is_empty() {
                excerpt.push(' ');
            }
            excerpt.push_str(word);
        }
        if excerpt.len() > LONGEST_EXCERPT
            && let Some((end, _)) = excerpt.char_indices().nth(LONGEST_EXCERPT)
        {
            excerpt.truncate(end);
        }
        let span = Span {
            part: part.id.clone(),
            range,
            line,
            column,
            raw,
        };
        Some(Excerpt { span, excerpt })
    }

    fn walk_to(&mut self, part: usize, text: &str, offset: usize) -> (usize, usize) {
        if part != self.part || offset < self.offset {
            (self.part, self.offset, self.line, self.column) = (part, 0, 1, 1);
        }
        let between = text.get(self.offset..offset).unwrap_or_default();
        steps::count(between.len());
        self.line += memchr::memchr_iter(b'\n', between.as_bytes()).count();
        match memchr::memrchr(b'\n', between.as_bytes()) {
            Some(at) => self.column = 1 + characters(between.get(at + 1..).unwrap_or_default()),
            None => self.column += characters(between),
        }
        self.offset = offset;
        (self.line, self.column)
    }
}

/// Whether a text is printable ASCII with single spaces between words and none around them.
fn is_plain(text: &str) -> bool {
    let mut after_space = true;
    let plain = text.bytes().all(|octet| {
        let space = octet == b' ';
        let fits = octet.is_ascii_graphic() || (space && !after_space);
        after_space = space;
        fits
    });
    plain && !after_space
}

fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}
