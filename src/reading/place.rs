//! From tokens back to the part's text and the raw octets.

use super::text::{Sentence, Text};
use super::{Excerpt, SharedText, Span};
use crate::mail::{Prose, steps};
use std::ops::Range;

/// An excerpt is no longer than this, in characters.
const LONGEST_EXCERPT: usize = 200;

/// Finds places in the order of the text, in one walk over it.
pub(crate) struct Places<'a> {
    prose: &'a Prose,
    text: &'a Text,
    /// The part that was met last, with its name.
    named: Option<(usize, SharedText)>,
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
            named: None,
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
        let normal = passage.text.get(range.clone()).unwrap_or_default();
        let range = passage.source_range(range);
        let (line, column) = self.walk_to(passage.part, &part.text, range.start);
        let raw = part.raw_range(range.clone());
        let written = part.text.get(range.clone()).unwrap_or_default();
        let excerpt = excerpt(written, normal);
        let span = Span {
            part: self.name(passage.part, &part.id),
            range,
            line,
            column,
            raw,
        };
        Some(Excerpt { span, excerpt })
    }

    /// The name of a part, which all that is found in it share.
    fn name(&mut self, index: usize, id: &str) -> SharedText {
        match &self.named {
            Some((known, name)) if *known == index => name.clone(),
            _ => self.named.insert((index, id.into())).1.clone(),
        }
    }

    fn walk_to(&mut self, part: usize, text: &str, offset: usize) -> (usize, usize) {
        if part != self.part || offset < self.offset {
            (self.part, self.offset, self.line, self.column) = (part, 0, 1, 1);
        }
        let between = text.get(self.offset..offset).unwrap_or_default();
        steps::count(between.len());
        match memchr::memrchr(b'\n', between.as_bytes()) {
            Some(at) => {
                self.line += memchr::memchr_iter(b'\n', between.as_bytes()).count();
                self.column = 1 + characters(between.get(at + 1..).unwrap_or_default());
            }
            None => self.column += characters(between),
        }
        self.offset = offset;
        (self.line, self.column)
    }
}

/// The beginning of what is written, its white space folded. Mostly the normal text is just that.
fn excerpt(written: &str, normal: &str) -> String {
    let short = normal.len() <= LONGEST_EXCERPT && memchr::memchr(b'\n', normal.as_bytes()).is_none();
    if short && (written == normal || is_wrapped(written, normal)) {
        normal.to_owned()
    } else {
        folded(written)
    }
}

/// Whether what is written is the normal text, but for line ends in the place of spaces.
fn is_wrapped(written: &str, normal: &str) -> bool {
    let mut lines = written.split('\n').map(str::trim_ascii);
    let first = lines.next().unwrap_or_default();
    let rest = normal.strip_prefix(first);
    let rest = rest.and_then(|rest| lines.try_fold(rest, |rest, line| rest.strip_prefix(' ')?.strip_prefix(line)));
    rest == Some("")
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
        fn what_is_normal_needs_no_folding(
            text in "([a-zA-Z0-9]{1,4}|[ ]{1,2}|[ -~]|\r?\n|[\t\u{a0}\u{2028}\u{2003}\u{200b}\u{2014}]|https://a.example/b|\\PC){0,30}",
            from in 0_usize..40,
            len in 1_usize..40,
        ) {
            let prose = Prose::from_text(&text);
            for passage in &prose.passages {
                let words = |range: Range<usize>| passage.text.get(range).filter(|words| words.trim() == *words);
                let range = from..from + len;
                let Some(normal) = words(range.clone()) else { continue };
                let written = text.get(passage.source_range(range)).unwrap_or_default();
                prop_assert_eq!(excerpt(written, normal), folded(written));
            }
        }
    }
}
