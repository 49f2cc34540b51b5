//! Which parts of a plain text the author did not write for this mail.
//!
//! Masks are conservative: what is not surely somebody else's text or a signature is read. The first paragraph is always
//! read, apart from `>` quotes and from what only a client writes: an introduction right above `>` lines, a separator
//! right above a header block.

mod armor;
mod ending;
mod inline;
mod quotes;
mod words;

use super::MaskKind;
use super::lines::Line;
use crate::mail::{Protection, steps};
use std::ops::Range;
use words::Beginnings;

pub(super) use inline::find as inline;
pub(super) use quotes::is_forward_marker;

/// What was found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// In order, without overlaps.
    pub(super) masks: Vec<(Range<usize>, MaskKind)>,
    /// What inline OpenPGP says.
    pub(super) protection: Protection,
}

/// Lines that are masked.
type Marked = (Range<usize>, MaskKind);

/// Finds the masks of a text.
pub(super) fn find(text: &str, lines: &[Line]) -> Found {
    let page = Page {
        text,
        lines,
        beginnings: lines.iter().map(|line| Beginnings::of(line.content(text))).collect(),
        first: first_paragraph(text, lines),
    };
    let (mut marked, protection) = blocks(&page);
    let mut endings = Vec::new();
    let runs = own_runs(&marked, lines.len());
    let first = first_own_paragraph(&page, &runs);
    for own in runs {
        endings.extend(ending::find(&page, own, first));
    }
    marked.extend(endings);
    marked.sort_by_key(|(range, _)| range.start);
    let masks = marked
        .into_iter()
        .filter_map(|(range, kind)| Some((page.bytes(range)?, kind)))
        .collect();
    Found {
        masks: inline::add(text, masks),
        protection,
    }
}

/// A text with its lines.
struct Page<'t> {
    text: &'t str,
    lines: &'t [Line],
    /// What each line may begin with.
    beginnings: Vec<Beginnings>,
    /// The first line after the first paragraph.
    first: usize,
}

impl<'t> Page<'t> {
    /// A line without white space around it; empty beyond the end.
    fn line(&self, index: usize) -> &'t str {
        steps::count(1);
        self.lines.get(index).map_or("", |line| line.content(self.text))
    }

    /// Whether a line is blank, as are those beyond the end.
    fn is_blank(&self, index: usize) -> bool {
        steps::count(1);
        self.lines.get(index).is_none_or(Line::is_blank)
    }

    /// What a line may begin with.
    fn beginnings(&self, index: usize) -> Beginnings {
        steps::count(1);
        self.beginnings.get(index).copied().unwrap_or(Beginnings::ANY)
    }

    /// Where a line without white space around it stands in the text.
    fn place(&self, index: usize) -> Range<usize> {
        self.lines.get(index).map_or(0..0, Line::place)
    }

    /// The first line from `index` on that is not blank, at most `most` lines further.
    fn next_text(&self, index: usize, most: usize) -> Option<usize> {
        (index..self.lines.len())
            .take(most)
            .find(|&index| !self.line(index).is_empty())
    }

    fn bytes(&self, lines: Range<usize>) -> Option<Range<usize>> {
        let last = lines.end.checked_sub(1)?;
        Some(self.lines.get(lines.start)?.range.start..self.lines.get(last)?.next)
    }
}

/// Where the first paragraph ends. A greeting alone is not a paragraph yet, quoted lines are none.
fn first_paragraph(text: &str, lines: &[Line]) -> usize {
    let mut paragraph = Paragraph::default();
    let contents = lines.iter().map(|line| line.content(text));
    let contents = contents.map(|content| if quotes::is_quoted(content) { "" } else { content });
    let end = contents.enumerate().find(|(_, content)| paragraph.ends_at(content));
    end.map_or(lines.len(), |(index, _)| index)
}

/// Where the first paragraph of own text ends.
fn first_own_paragraph(page: &Page<'_>, runs: &[Range<usize>]) -> usize {
    let mut paragraph = Paragraph::default();
    for run in runs {
        if let Some(end) = run.clone().find(|&line| paragraph.ends_at(page.line(line))) {
            return end;
        }
        if paragraph.ends_at("") {
            return run.end;
        }
    }
    page.lines.len()
}

/// A paragraph as its lines come.
#[derive(Default)]
struct Paragraph {
    lines: usize,
    words: usize,
}

impl Paragraph {
    /// Whether the paragraph is over before this line.
    fn ends_at(&mut self, line: &str) -> bool {
        if line.is_empty() {
            return self.lines > 1 || self.words > 6;
        }
        self.lines += 1;
        self.words += line.split_ascii_whitespace().take(8).count();
        false
    }
}

/// Finds quotes, forwards, code and OpenPGP armor, in order.
fn blocks(page: &Page<'_>) -> (Vec<Marked>, Protection) {
    let mut marked: Vec<Marked> = Vec::new();
    let mut armor = armor::Armor::default();
    let mut fences = true;
    let mut signs = quotes::Signs::new(page.text);
    let mut own = false;
    let mut index = 0;
    while index < page.lines.len() {
        let content = page.line(index);
        let found = match content.as_bytes().first() {
            None => None,
            Some(b'>' | b'|') if quotes::is_quoted(content) => Some((quotes::quoted(page, index), MaskKind::Quote)),
            Some(b'`' | b'~') if fences => {
                let fenced = fenced(page, index);
                fences = fenced.is_some() || !is_fence(content);
                fenced.map(|end| (end, MaskKind::Code))
            }
            Some(b'-') if content.starts_with("-----BEGIN PGP") => armor.find(page, index, own),
            Some(_) => armor::blob(page, index).or_else(|| quotes::find(page, index, &mut signs)),
        };
        own |= found.is_none() && !content.is_empty();
        match found {
            Some((end, kind)) => {
                let end = end.max(index + 1);
                marked.push((index..end, kind));
                index = end;
            }
            None => index += 1,
        }
    }
    (marked, armor.protection)
}

/// A fenced block of code with its fences; `None` if it does not end.
fn fenced(page: &Page<'_>, index: usize) -> Option<usize> {
    let fence = page.line(index).get(..3).filter(|_| is_fence(page.line(index)))?;
    (index + 1..page.lines.len())
        .find(|&end| page.line(end).starts_with(fence))
        .map(|end| end + 1)
}

fn is_fence(content: &str) -> bool {
    content.starts_with("```") || content.starts_with("~~~")
}

/// The runs of lines that nothing has marked.
fn own_runs(marked: &[Marked], lines: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(marked.iter().map(|(range, _)| range.end));
    let ends = marked.iter().map(|(range, _)| range.start).chain([lines]);
    starts
        .zip(ends)
        .map(|(start, end)| start..end)
        .filter(|run| !run.is_empty())
        .collect()
}

/// Makes masks disjoint and puts them in order: the longer of two that begin at the same place swallows the other; one that
/// begins in another is swallowed by it, or begins where that ends.
pub(super) fn merged(mut masks: Vec<(Range<usize>, MaskKind)>) -> Vec<(Range<usize>, MaskKind)> {
    masks.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut merged: Vec<(Range<usize>, MaskKind)> = Vec::with_capacity(masks.len());
    for (range, kind) in masks {
        let start = merged.last().map_or(range.start, |(last, _)| range.start.max(last.end));
        if start < range.end {
            merged.push((start..range.end, kind));
        }
    }
    merged
}

#[cfg(test)]
mod tests;
