//! The author's own text of one mail, with every place traceable back to the octets.

mod chars;
mod decode;
mod extract;
mod html;
mod lines;
mod masks;
mod passage;

use super::Headers;
use passage::Budget;
use std::ops::Range;

/// A mail as a reader of its text sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// Facts from headers and structure.
    pub headers: Headers,
    /// The text parts, the subject among them, in the order of reading: subject first.
    pub parts: Vec<TextPart>,
    /// The author's own text, normalised for matching, in the order of reading. When a mail has the same text as plain
    /// and as HTML (multipart/alternative), only one of them is here: the plain one, unless it is empty.
    pub passages: Vec<Passage>,
    /// What was not read, in the order of the text.
    pub masks: Vec<Mask>,
    /// True if the own text was longer than the limit (256 KiB) and its rest was left out.
    pub cut: bool,
}

/// One text part, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    /// `subject`, or the IMAP section number (RFC 9051 §6.4.5), such as `1` or `1.2`; `text` for a plain file.
    pub id: String,
    /// What it is.
    pub kind: TextKind,
    /// The decoded UTF-8 text: transfer encoding and charset undone, nothing else. For HTML, its source.
    pub text: String,
    /// How its bytes came from the raw octets.
    pub origin: Origin,
}

/// What a text part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// The Subject field.
    Subject,
    /// text/plain.
    Plain,
    /// text/html.
    Html,
}

/// Where a decoded text came from: the raw octets and how they were encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The encoded octets in the raw mail.
    pub raw: Range<usize>,
    /// For each byte range of the decoded text the raw range that encodes it; see [`TextPart::raw_range`].
    pub map: RawMap,
}

/// How decoded bytes and raw octets correspond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawMap {
    /// Byte by byte.
    Identity,
    /// The raw offset at which the octets of each decoded byte begin, ascending, one more at the end.
    Table(Vec<u32>),
    /// Can't be traced: the whole encoded text stands for any place in it.
    Whole,
}

/// A run of own text, normalised for matching: white space folded, typographic quotes made plain, invisible characters
/// left out, look-alikes folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Index into [`Prose::parts`].
    pub part: usize,
    /// The normalised text. `\n` stands for the end of a paragraph or of a line that stands alone; other line ends of the
    /// source are spaces.
    pub text: String,
    /// For each byte of `text` the offset of the byte in the part's text that it came from, and one more at the end.
    pub offsets: Vec<u32>,
}

/// A region that is not the author's own text for this mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Index into [`Prose::parts`].
    pub part: usize,
    /// Byte range in that part's text.
    pub range: Range<usize>,
    /// Why it is not read.
    pub kind: MaskKind,
}

/// Why a region is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskKind {
    /// Quoted text and the line that introduces it.
    Quote,
    /// Forwarded mail.
    Forward,
    /// The signature.
    Signature,
    /// A legal disclaimer.
    Disclaimer,
    /// Code.
    Code,
    /// A URL.
    Url,
}

impl Prose {
    /// Reads a plain text file: one part with the id `text`, no headers.
    #[must_use]
    pub fn from_text(text: &str) -> Prose {
        let part = TextPart {
            id: "text".to_owned(),
            kind: TextKind::Plain,
            text: text.to_owned(),
            origin: Origin {
                raw: 0..text.len(),
                map: RawMap::Identity,
            },
        };
        let mut prose = Prose {
            parts: vec![part],
            ..Prose::default()
        };
        let mut budget = Budget::default();
        let read = extract::read_plain(0, text, lines::Flow::Fixed, &mut budget);
        prose.passages = read.passages;
        prose.masks = read
            .masks
            .into_iter()
            .map(|(range, kind)| Mask { part: 0, range, kind })
            .collect();
        prose.cut = budget.cut();
        prose
    }
}

impl TextPart {
    /// The raw octets that encode `range` of the decoded text: the smallest range that surely holds them. Out of bounds
    /// or empty ranges give the empty range where they begin.
    #[must_use]
    pub fn raw_range(&self, range: Range<usize>) -> Range<usize> {
        let raw = &self.origin.raw;
        match &self.origin.map {
            RawMap::Identity => {
                let at = |place: usize| raw.start.saturating_add(place).min(raw.end);
                at(range.start)..at(range.end.max(range.start))
            }
            RawMap::Table(table) => traced(table, range).unwrap_or(raw.end..raw.end),
            RawMap::Whole => raw.clone(),
        }
    }
}

impl Passage {
    /// Where `range` of the normalised text stands in the part's text. White space that was folded away at its end is
    /// left out.
    #[must_use]
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let end = self.offsets.last().map_or(0, |&offset| offset as usize);
        traced(&self.offsets, range).unwrap_or(end..end)
    }
}

/// Looks up a byte range in a table of offsets. Bytes that come from the same source have the same offset, so the end is
/// the next offset that differs.
fn traced(table: &[u32], range: Range<usize>) -> Option<Range<usize>> {
    let start = *table.get(range.start)?;
    if range.end <= range.start {
        return Some(start as usize..start as usize);
    }
    let last = *table.get(range.end - 1).or(table.last())?;
    let after = table
        .get(range.end..)
        .unwrap_or_default()
        .iter()
        .find(|&&offset| offset > last)
        .or(table.last())?;
    Some(start as usize..(*after).max(start) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Vec<String> {
        Prose::from_text(text)
            .passages
            .into_iter()
            .map(|passage| passage.text)
            .collect()
    }

    #[test]
    fn wrapped_paragraphs_are_joined_and_lines_that_stand_alone_kept() {
        let text = "Hi Ana,\n\nyour team opened a second warehouse in March, and the drivers now\n                    wait at two gates. What changed first?\n- the dock\n- the contract\n\nTom\n";
        assert_eq!(
            own(text),
            vec![
                "Hi Ana,\nyour team opened a second warehouse in March, and the drivers now wait at two gates. \
                 What changed first?\n- the dock\n- the contract\nTom"
            ]
        );
    }

    #[test]
    fn text_is_made_plain_and_every_byte_traced() {
        let text = "We\u{200b}\u{a0}  \u{2019}re\tthe \u{201c}\u{fb01}rst\u{201d} to \u{ff57}in \u{2014} d\u{435}mo…";
        let prose = Prose::from_text(text);
        let passage = &prose.passages[0];
        assert_eq!(passage.text, "We 're the \"first\" to win - demo...");
        let place = passage.text.find("demo").unwrap();
        assert_eq!(text.get(passage.source_range(place..place + 4)), Some("d\u{435}mo"));
        let place = passage.text.find("first").unwrap();
        assert_eq!(text.get(passage.source_range(place..place + 5)), Some("\u{fb01}rst"));
    }

    #[test]
    fn cyrillic_words_stay_cyrillic() {
        assert_eq!(
            own("привет demo, d\u{435}m\u{43e} \u{43e}"),
            vec!["привет demo, demo \u{43e}"]
        );
    }

    #[test]
    fn own_text_beyond_the_limit_is_cut() {
        let prose = Prose::from_text(&"our our \n".repeat(40_000));
        assert!(prose.cut && prose.passages[0].text.len() <= 256 * 1024);
        assert!(!Prose::from_text("short").cut);
    }

    #[test]
    fn quotes_are_masked() {
        let prose = Prose::from_text("mine\n> theirs\n> more\nmine again\n");
        let texts: Vec<_> = prose.passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts, vec!["mine", "mine again"]);
        assert_eq!(
            prose.masks,
            vec![Mask {
                part: 0,
                range: 5..21,
                kind: MaskKind::Quote
            }]
        );
    }
}
