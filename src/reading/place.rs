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
        let excerpt = if written.len() <= LONGEST_EXCERPT && is_plain(written) {
            written.to_owned()
        } else {
            folded(written)
        };
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

/// The beginning of a text, its white space folded.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(2 * LONGEST_EXCERPT));
    for word in text.split_ascii_whitespace().flat_map(str::split_whitespace) {
        if folded.len() > LONGEST_EXCERPT {
            break;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    if folded.len() > LONGEST_EXCERPT
        && let Some((end, _)) = folded.char_indices().nth(LONGEST_EXCERPT)
    {
        folded.truncate(end);
    }
    folded
}

/// Whether a text is printable ASCII with single spaces between words and none around them. It looks at all octets, so that
/// it can look at many together.
fn is_plain(text: &str) -> bool {
    let octets = text.as_bytes();
    let printable = octets
        .iter()
        .fold(true, |all, octet| all & matches!(octet, b' '..=b'~'));
    let pairs = octets.iter().zip(octets.get(1..).unwrap_or_default());
    let doubled = pairs.fold(false, |any, (one, next)| any | ((*one == b' ') & (*next == b' ')));
    let within = octets.first().is_some_and(|first| *first != b' ') && octets.last() != Some(&b' ');
    printable && within && !doubled
}

fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_text_is_what_folding_leaves_alone(text in "([a-zA-Z0-9]{1,4}|[ ]|[ -~]|[\x00-\x7f]|\\PC){0,30}") {
            prop_assume!(text.chars().count() <= LONGEST_EXCERPT);
            if is_plain(&text) {
                prop_assert_eq!(folded(&text), &*text);
            } else {
                let printable = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
                prop_assert!(text.is_empty() || !printable || folded(&text) != text);
            }
        }
    }
}
