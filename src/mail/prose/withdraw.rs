//! Taking own text back: places in passages that turn out not to be read become masks.

use super::passage::plain;
use super::{Mask, MaskKind, Passage, Prose, TextKind, language, masks};
use std::collections::BTreeMap;
use std::ops::Range;

/// A required text that does not stand there as a whole is looked for by its paragraphs, if they have so many words.
const FEWEST_WORDS: usize = 4;

impl Prose {
    /// Masks each place where one of these texts stands: paragraphs that an admin requires, which the author did not
    /// choose. White space is folded and case ignored; a text begins and ends with whole words. A text of several
    /// paragraphs that does not stand there as a whole is masked paragraph by paragraph.
    pub fn mask_text(&mut self, texts: &[String]) {
        let mut places: Vec<(usize, Range<usize>)> = Vec::new();
        if texts.is_empty() {
            return;
        }
        let haystacks: Vec<String> = self.passages.iter().map(|passage| folded(&passage.text)).collect();
        for text in texts {
            let needle = folded(&own_text(text));
            if needle.is_empty() || self.find(&haystacks, &needle, &mut places) {
                continue;
            }
            for paragraph in text.split('\n') {
                let needle = folded(&own_text(paragraph));
                if needle.split(' ').count() >= FEWEST_WORDS {
                    self.find(&haystacks, &needle, &mut places);
                }
            }
        }
        self.withdraw(places, MaskKind::RequiredText);
        self.tell_language();
    }

    /// Finds whole words; says whether they were found anywhere.
    fn find(&self, haystacks: &[String], needle: &str, places: &mut Vec<(usize, Range<usize>)>) -> bool {
        let finder = memchr::memmem::Finder::new(needle);
        let before = places.len();
        for (index, haystack) in haystacks.iter().enumerate() {
            for start in finder.find_iter(haystack.as_bytes()) {
                let end = start + needle.len();
                let joined = |c: Option<char>, edge: Option<char>| {
                    c.is_some_and(char::is_alphanumeric) && edge.is_some_and(char::is_alphanumeric)
                };
                let (front, back) = (haystack.get(..start), haystack.get(end..));
                let inside = joined(front.and_then(|front| front.chars().next_back()), needle.chars().next())
                    || joined(back.and_then(|back| back.chars().next()), needle.chars().next_back());
                if !inside {
                    places.push((index, start..end));
                }
            }
        }
        places.len() > before
    }

    /// Says which language the own text is in, and masks paragraphs in another one.
    pub(super) fn tell_language(&mut self) {
        let parts = &self.parts;
        let is_body = |passage: &Passage| {
            parts
                .get(passage.part)
                .is_none_or(|part| part.kind != TextKind::Subject)
        };
        let language::Verdict { language, foreign } = language::judge(&self.passages, is_body);
        self.withdraw(foreign, MaskKind::Language);
        self.language = language;
    }

    /// Masks places of passages, each given by the passage's index and a range of its text. What is left of a passage
    /// becomes passages of its own.
    fn withdraw(&mut self, places: Vec<(usize, Range<usize>)>, kind: MaskKind) {
        if places.is_empty() {
            return;
        }
        let mut of_passage: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for (index, range) in places {
            of_passage.entry(index).or_default().push(range);
        }
        let passages = std::mem::take(&mut self.passages);
        for (index, passage) in passages.into_iter().enumerate() {
            let Some(mut ranges) = of_passage.remove(&index) else {
                self.passages.push(passage);
                continue;
            };
            ranges.sort_by_key(|range| (range.start, usize::MAX - range.end));
            let mut at = 0;
            for range in ranges {
                if range.end <= at {
                    continue;
                }
                let range = range.start.max(at)..range.end;
                self.passages.extend(piece(&passage, at..range.start));
                self.masks.push(Mask {
                    part: passage.part,
                    range: passage.source_range(range.clone()),
                    kind,
                });
                at = range.end;
            }
            self.passages.extend(piece(&passage, at..passage.text.len()));
        }
        // A link in a masked paragraph is part of it.
        let mut by_part: BTreeMap<usize, Vec<(Range<usize>, MaskKind)>> = BTreeMap::new();
        for mask in std::mem::take(&mut self.masks) {
            by_part.entry(mask.part).or_default().push((mask.range, mask.kind));
        }
        for (part, masks) in by_part {
            let masks = masks::merged(masks).into_iter();
            self.masks.extend(masks.map(|(range, kind)| Mask { part, range, kind }));
        }
    }
}

/// A part of a passage as a passage, without white space around it; `None` if nothing is left.
fn piece(passage: &Passage, range: Range<usize>) -> Option<Passage> {
    let text = passage.text.get(range.clone())?;
    let start = range.start + (text.len() - text.trim_start().len());
    let text = text.trim();
    let end = start + text.len();
    (!text.is_empty()).then(|| Passage {
        part: passage.part,
        text: text.to_owned(),
        offsets: passage.offsets.slice(start..end + 1),
    })
}

/// A text as a passage would show it: normalised, links left out.
fn own_text(text: &str) -> String {
    let mut own = String::new();
    let mut at = 0;
    for (range, _) in masks::inline(text) {
        own.push_str(text.get(at..range.start).unwrap_or_default());
        own.push(' ');
        at = range.end;
    }
    own.push_str(text.get(at..).unwrap_or_default());
    plain(&own)
}

/// Lower case with line ends as spaces, byte for byte as long as before.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            _ if c == '\n' => folded.push(' '),
            (Some(lower), None) if lower.len_utf8() == c.len_utf8() => folded.push(lower),
            _ => folded.push(c),
        }
    }
    folded
}
