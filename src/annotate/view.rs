//! What the outputs show in common: the findings numbered by what they cost, and the mail's text with the places marked.
//!
//! Number 1 is the finding to begin with, in every output, so that the number in an SMTP reply is the number in the
//! annotated copy. A text part becomes a [`Sheet`]: a plain part as it was written, an HTML part as its visible text.
//! What was not read (quotes, signatures) stands there as one line that says so.

use super::words;
use crate::mail::{Mask, MaskKind, Passage, Prose, TextKind, TextPart};
use crate::reading::{Finding, Level, Reading};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// How many findings are shown in full at once; the rest is behind "more". People stop reading after a few.
pub(crate) const SHOWN: usize = 5;

/// How many findings a page or a copy lists at all: nobody reads thousands, and the copy is a mail.
pub(crate) const LISTED: usize = 200;

/// A finding and its number, from 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbered<'a> {
    pub(crate) number: usize,
    pub(crate) finding: &'a Finding,
    /// The number of the first finding that asks the same question, if that is another one.
    asked: Option<usize>,
}

impl Numbered<'_> {
    /// `, 6 points`, and nothing for what costs none.
    pub(crate) fn cost(&self) -> String {
        match self.finding.points {
            ..=0 => String::new(),
            points => format!(", {}", words::count(points.unsigned_abs() as usize, "point")),
        }
    }

    /// The question as one line. Asked once, it is only referred to after that: the same question ten times is noise.
    pub(crate) fn ask(&self) -> String {
        match self.asked {
            Some(number) => format!("(the same question as for {number})"),
            None => words::line(&self.finding.ask),
        }
    }
}

/// All findings, the costliest first; at the same cost the more severe, then the one that comes first in the text. Hints
/// about the whole mail come last whatever they cost: they may be wrong, and a marked place is easier to work on.
pub(crate) fn ranked<'a>(reading: &'a Reading) -> Vec<Numbered<'a>> {
    let mut findings: Vec<&'a Finding> = reading.findings.iter().collect();
    let is_hint = |finding: &Finding| finding.span.is_none() && finding.severity == Level::Note;
    findings.sort_by_key(|finding| (is_hint(finding), Reverse((finding.points, finding.severity))));
    let mut asked: HashMap<&str, usize> = HashMap::new();
    let numbered = |(at, finding): (usize, &'a Finding)| {
        let number = at + 1;
        let first = *asked.entry(&finding.ask).or_insert(number);
        let asked = Some(first).filter(|&first| first != number && !finding.ask.is_empty());
        Numbered { number, finding, asked }
    };
    findings.into_iter().enumerate().map(numbered).collect()
}

/// One text part as it is shown.
#[derive(Debug)]
pub(crate) struct Sheet<'a> {
    pub(crate) part: &'a TextPart,
    pub(crate) pieces: Vec<Piece<'a>>,
}

/// A run of a sheet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text as it stands, line ends included.
    Text {
        text: &'a str,
        /// The severest finding that lies over it.
        level: Option<Level>,
        /// Numbers of the findings that end where it ends.
        ends: Vec<usize>,
    },
    /// A region that was not read, of so many lines.
    Unread { kind: MaskKind, lines: usize },
    /// The rest of a text that is longer than the limit.
    Cut,
}

/// The parts that were read, in the order of reading, with the findings' places marked.
pub(crate) fn sheets<'a>(prose: &'a Prose, findings: &[Numbered<'_>]) -> Vec<Sheet<'a>> {
    let sheet = |(index, part): (usize, &'a TextPart)| {
        let passages: Vec<&Passage> = prose.passages.iter().filter(|passage| passage.part == index).collect();
        let masks: Vec<&Mask> = prose
            .masks
            .iter()
            .filter(|mask| mask.part == index && is_block(part, mask))
            .collect();
        let marks: Vec<Mark> = findings
            .iter()
            .filter_map(|numbered| Mark::of(numbered, part))
            .collect();
        if part.text.trim().is_empty() || (passages.is_empty() && marks.is_empty() && part.kind != TextKind::Subject) {
            return None;
        }
        let pieces = match part.kind {
            TextKind::Html => visible_text(part, &passages, &masks, &marks, prose.cut),
            TextKind::Subject | TextKind::Plain => as_written(part, &passages, &masks, &marks, prose.cut),
        };
        Some(Sheet { part, pieces })
    };
    prose.parts.iter().enumerate().filter_map(sheet).collect()
}

/// Where visible text of an HTML part stands: the passage that holds a place of the source, and the place in its text.
pub(crate) fn in_passage<'a>(passages: &[&'a Passage], source: &Range<usize>) -> Option<(&'a Passage, Range<usize>)> {
    let after = passages.partition_point(|passage| first_offset(passage) <= source.start);
    let passage = *passages.get(after.saturating_sub(1))?;
    let byte = |offset: usize| {
        let at = passage.offsets.place_of(offset).min(passage.text.len());
        passage.text.floor_char_boundary(at)
    };
    let start = byte(source.start);
    Some((passage, start..byte(source.end).max(start)))
}

/// A finding's place in the text of one part.
#[derive(Debug, Clone)]
struct Mark {
    range: Range<usize>,
    number: usize,
    level: Level,
}

impl Mark {
    fn of(numbered: &Numbered<'_>, part: &TextPart) -> Option<Mark> {
        let span = numbered.finding.span.as_ref().filter(|span| *span.part == *part.id)?;
        let start = part.text.floor_char_boundary(span.range.start.min(part.text.len()));
        let end = part
            .text
            .floor_char_boundary(span.range.end.min(part.text.len()))
            .max(start);
        Some(Mark {
            range: start..end,
            number: numbered.number,
            level: numbered.finding.severity,
        })
    }
}

/// Whether a mask takes lines of its own, rather than being a link or a word of code in a sentence.
fn is_block(part: &TextPart, mask: &Mask) -> bool {
    match mask.kind {
        kind if kind.is_inline() => false,
        MaskKind::Code | MaskKind::RequiredText => part
            .text
            .get(mask.range.clone())
            .is_some_and(|code| code.trim().contains('\n')),
        _ => true,
    }
}

fn as_written<'a>(
    part: &'a TextPart,
    passages: &[&Passage],
    masks: &[&Mask],
    marks: &[Mark],
    cut: bool,
) -> Vec<Piece<'a>> {
    let read_to = passages.iter().map(|passage| last_offset(passage)).max();
    let end = match read_to {
        Some(read_to) if cut => part.text.floor_char_boundary(read_to.min(part.text.len())),
        _ => part.text.len(),
    };
    let mut marks = marks.to_vec();
    marks.sort_by_key(|mark| mark.range.start);
    let mut rest = marks.as_slice();
    let mut pieces = Vec::new();
    let mut at = 0;
    for mask in masks {
        let from = part.text.floor_char_boundary(mask.range.start.clamp(at, end));
        let to = part.text.floor_char_boundary(mask.range.end.clamp(from, end));
        if from == to {
            continue;
        }
        let here;
        (here, rest) = rest.split_at(rest.partition_point(|mark| mark.range.start < from));
        marked(&part.text, at..from, here, &mut pieces);
        pieces.push(unread(mask.kind, part.text.get(from..to).unwrap_or_default()));
        at = to;
    }
    marked(&part.text, at..end, rest, &mut pieces);
    if end < part.text.len() {
        pieces.push(Piece::Cut);
    }
    pieces
}

fn visible_text<'a>(
    part: &'a TextPart,
    passages: &[&'a Passage],
    masks: &[&Mask],
    marks: &[Mark],
    cut: bool,
) -> Vec<Piece<'a>> {
    let mut places: Vec<(&Passage, Mark)> = marks
        .iter()
        .filter_map(|mark| in_passage(passages, &mark.range).map(|(passage, range)| (passage, range, mark)))
        .map(|(passage, range, mark)| (passage, Mark { range, ..mark.clone() }))
        .collect();
    places.sort_by_key(|(passage, mark)| (first_offset(passage), mark.range.start));
    let mut pieces = Vec::new();
    let mut masks = masks.iter().peekable();
    let mut next = 0;
    for passage in passages {
        while let Some(mask) = masks.next_if(|mask| mask.range.start <= first_offset(passage)) {
            pieces.push(unread(mask.kind, part.text.get(mask.range.clone()).unwrap_or_default()));
        }
        let here: Vec<Mark> = places
            .iter()
            .skip(next)
            .take_while(|(p, _)| first_offset(p) == first_offset(passage))
            .map(|(_, mark)| mark.clone())
            .collect();
        next += here.len();
        marked(&passage.text, 0..passage.text.len(), &here, &mut pieces);
        if !passage.text.ends_with('\n') {
            pieces.push(Piece::Text {
                text: "\n",
                level: None,
                ends: Vec::new(),
            });
        }
    }
    for mask in masks {
        pieces.push(unread(mask.kind, part.text.get(mask.range.clone()).unwrap_or_default()));
    }
    if cut {
        pieces.push(Piece::Cut);
    }
    pieces
}

/// Cuts `text[range]` where marks begin and end. Marks that reach beyond the range are cut to it.
fn marked<'a>(text: &'a str, range: Range<usize>, marks: &[Mark], pieces: &mut Vec<Piece<'a>>) {
    let marks: Vec<Mark> = marks
        .iter()
        .map(|mark| {
            let edge = |at: usize| at.clamp(range.start, range.end);
            Mark {
                range: edge(mark.range.start)..edge(mark.range.end),
                ..mark.clone()
            }
        })
        .collect();
    let mut edges: Vec<usize> = marks
        .iter()
        .flat_map(|mark| [mark.range.start, mark.range.end])
        .collect();
    edges.push(range.end);
    edges.sort_unstable();
    edges.dedup();
    let mut starts: Vec<&Mark> = marks.iter().filter(|mark| !mark.range.is_empty()).collect();
    starts.sort_by_key(|mark| mark.range.start);
    let mut ends: Vec<&Mark> = marks.iter().collect();
    ends.sort_by_key(|mark| (mark.range.end, mark.number));
    // How many marks of each level lie over the text at hand: this keeps the sweep linear however marks overlap.
    let mut over = [0usize; 3];
    let (mut starts, mut ends) = (starts.into_iter().peekable(), ends.into_iter().peekable());
    let mut at = range.start;
    for edge in edges {
        while let Some(mark) = starts.next_if(|mark| mark.range.start <= at) {
            bump(&mut over, mark.level, 1);
        }
        let level = [Level::Strong, Level::Warn, Level::Note]
            .into_iter()
            .find(|&level| bump(&mut over, level, 0) > 0);
        let mut numbers = Vec::new();
        while let Some(mark) = ends.next_if(|mark| mark.range.end <= edge) {
            if !mark.range.is_empty() {
                bump(&mut over, mark.level, -1);
            }
            numbers.push(mark.number);
        }
        let run = text.get(at..edge).unwrap_or_default();
        if !run.is_empty() || !numbers.is_empty() {
            pieces.push(Piece::Text {
                text: run,
                level: level.filter(|_| !run.is_empty()),
                ends: numbers,
            });
        }
        at = edge;
    }
}

/// Adds to the count of a level and tells it.
fn bump(over: &mut [usize; 3], level: Level, by: isize) -> usize {
    let [note, warn, strong] = over;
    let count = match level {
        Level::Note => note,
        Level::Warn => warn,
        Level::Strong => strong,
    };
    *count = count.saturating_add_signed(by);
    *count
}

fn unread<'a>(kind: MaskKind, text: &str) -> Piece<'a> {
    Piece::Unread {
        kind,
        lines: text.trim_matches('\n').lines().count().max(1),
    }
}

fn first_offset(passage: &Passage) -> usize {
    passage.offsets.first().unwrap_or_default()
}

fn last_offset(passage: &Passage) -> usize {
    passage.offsets.last().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::reading::Category;
    use proptest::prelude::*;

    fn shown(pieces: &[Piece<'_>]) -> String {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text { text, level, ends } => {
                    let numbers: String = ends.iter().map(|number| format!("#{number}")).collect();
                    if level.is_some() {
                        format!("<{text}>{numbers}")
                    } else {
                        format!("{text}{numbers}")
                    }
                }
                Piece::Unread { kind, lines } => format!("({} {lines})", words::mask(*kind)),
                Piece::Cut => "(cut)".to_owned(),
            })
            .collect()
    }

    #[test]
    fn the_costliest_is_number_one_and_hints_come_last() {
        let mut pitch = samples::pitch();
        let hint = samples::finding("layers", Category::Layers, Level::Note, 16, None);
        pitch.reading.findings.insert(0, hint);
        let mut ranked = ranked(&pitch.reading);
        assert_eq!(ranked.pop().unwrap().finding.rule, "layers");
        let costs: Vec<i32> = ranked.iter().map(|numbered| numbered.finding.points).collect();
        assert!(costs.is_sorted_by(|a, b| a >= b), "{costs:?}");
        assert_eq!(ranked[0].number, 1);
    }

    #[test]
    fn places_are_marked_and_quotes_are_one_line() {
        let pitch = samples::pitch();
        let sheets = sheets(&pitch.prose, &ranked(&pitch.reading));
        assert_eq!(shown(&sheets[0].pieces), "A quick call");
        let body = shown(&sheets[1].pieces);
        assert!(body.contains("<I would like to see if>#"), "{body}");
        assert!(body.contains("(quoted text 2)"), "{body}");
        assert!(!body.contains("secret quote"), "{body}");
    }

    #[test]
    fn html_parts_show_what_people_see() {
        let page = samples::html_pitch();
        let sheets = sheets(&page.prose, &ranked(&page.reading));
        assert_eq!(shown(&sheets[0].pieces), "Hi Jo,\n<We help>#1 teams & more.\n");
    }

    #[test]
    fn overlapping_places_are_cut_at_every_edge() {
        let mark = |range: Range<usize>, number, level| Mark { range, number, level };
        let marks = [
            mark(0..7, 1, Level::Note),
            mark(4..12, 2, Level::Strong),
            mark(9..9, 3, Level::Warn),
        ];
        let mut pieces = Vec::new();
        marked("one two three", 0..13, &marks, &mut pieces);
        assert_eq!(shown(&pieces), "<one ><two>#1< t>#3<hre>#2e");
        let levels: Vec<_> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text { level, .. } => *level,
                _ => None,
            })
            .collect();
        assert_eq!(
            levels,
            [
                Some(Level::Note),
                Some(Level::Strong),
                Some(Level::Strong),
                Some(Level::Strong),
                None
            ]
        );
    }

    proptest! {
        #[test]
        fn marks_never_lose_text_or_numbers(
            text in "[a-z é\n]{1,80}",
            places in prop::collection::vec((0usize..90, 0usize..30), 0..12),
        ) {
            let marks: Vec<Mark> = places
                .iter()
                .enumerate()
                .map(|(at, (start, length))| {
                    let start = text.floor_char_boundary(*start.min(&text.len()));
                    let end = text.floor_char_boundary((start + length).min(text.len()));
                    Mark { range: start..end, number: at + 1, level: Level::Warn }
                })
                .collect();
            let mut pieces = Vec::new();
            marked(&text, 0..text.len(), &marks, &mut pieces);
            let (mut whole, mut numbers) = (String::new(), Vec::<usize>::new());
            for piece in &pieces {
                if let Piece::Text { text, ends, .. } = piece {
                    whole.push_str(text);
                    numbers.extend(ends);
                }
            }
            prop_assert_eq!(whole, text.clone());
            numbers.sort_unstable();
            prop_assert_eq!(numbers, (1..=marks.len()).collect::<Vec<_>>());
        }
    }
}
