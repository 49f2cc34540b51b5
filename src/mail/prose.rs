//! The author's own text of one mail, with every place traceable back to the octets.

mod chars;
mod decode;
mod extract;
mod html;
mod language;
mod lines;
mod masks;
mod offsets;
mod passage;
mod withdraw;

pub use language::Language;
pub use offsets::Offsets;

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
    /// The language of the own text. Paragraphs of an English mail that are clearly in another are masked.
    pub language: Language,
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
    /// The raw offset at which the octets of each decoded byte begin, one more at the end.
    Table(Offsets),
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
    pub offsets: Offsets,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MaskKind {
    /// Quoted text and the line that introduces it.
    Quote,
    /// Forwarded mail.
    Forward,
    /// The signature.
    Signature,
    /// A legal disclaimer.
    Disclaimer,
    /// What a machine adds for a mailing: how to unsubscribe, why one gets this mail.
    Footer,
    /// Code.
    Code,
    /// OpenPGP armor, and files written as text.
    Armor,
    /// A URL.
    Url,
    /// A mail address.
    Address,
    /// Text that HTML hides from the reader.
    Hidden,
    /// A paragraph in a language that is not read.
    Language,
    /// A paragraph that an admin requires.
    RequiredText,
}

impl MaskKind {
    /// Whether it may stand within a sentence, as a link does, so that the text around it goes on.
    #[must_use]
    pub fn is_inline(self) -> bool {
        matches!(self, MaskKind::Url | MaskKind::Address | MaskKind::Hidden)
    }
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
        prose.tell_language();
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
            RawMap::Table(table) => table.source(range).unwrap_or(raw.end..raw.end),
            RawMap::Whole => raw.clone(),
        }
    }
}

impl Passage {
    /// Where `range` of the normalised text stands in the part's text. White space that was folded away at its end is
    /// left out.
    #[must_use]
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let end = self.offsets.last().unwrap_or_default();
        self.offsets.source(range).unwrap_or(end..end)
    }
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
    fn phrases_are_found_however_they_are_hidden() {
        for hidden in [
            "we\u{200b}'d lo\u{ad}ve to sh\u{2060}ow",
            "w\u{435}'d l\u{43e}v\u{435} to sh\u{43e}w",
            "w\u{3b5}'d l\u{3bf}ve t\u{3bf} show",
            "\u{ff57}\u{ff45}\u{2019}\u{ff44}\u{a0}\u{ff4c}\u{ff4f}\u{ff56}\u{ff45} to\u{3000}show",
            "w\u{335}e\u{335}'d l\u{301}\u{327}ove to sho\u{20dd}w",
            "\u{202e}we'd\u{202c} \u{1d425}\u{1d428}\u{1d42f}\u{1d41e} to show\u{fe0f}",
            "we'd\u{2003}love\u{e0041} to\u{feff} s\u{200d}how",
            "\u{1d21}\u{1d07}'d love to show",
        ] {
            let text = format!("Ana, {hidden} you the dock.");
            let prose = Prose::from_text(&text);
            let passage = &prose.passages[0];
            let place = passage.text.find("we'd love to show");
            let place = place.unwrap_or_else(|| panic!("{hidden:?} is {:?}", passage.text));
            let source = passage.source_range(place..place + 17);
            assert!(
                text[source].contains(hidden.trim_start_matches('\u{202e}').trim_end_matches('\u{fe0f}')),
                "{hidden:?}"
            );
        }
        for proper in ["Мы хотели бы показать", "Θα θέλαμε να σας δείξουμε", "Привет, оса!"]
        {
            assert_eq!(own(proper), vec![proper]);
        }
    }

    #[test]
    fn required_texts_are_masked_wherever_they_stand() {
        let text = "Your dock is full.\n\nCapital at risk. Past performance\n  is no guide to the future; see https://a.example/x for more.\n\nWho tells the drivers?\nCAPITAL AT RISK.\n";
        let mut prose = Prose::from_text(text);
        prose.mask_text(&[
            "Capital at risk. Past performance is no guide to the future; see https://a.example/x for more.".to_owned(),
            "capital at  risk.".to_owned(),
            "dock is ful".to_owned(),
            String::new(),
        ]);
        let texts: Vec<_> = prose.passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts, vec!["Your dock is full.", "Who tells the drivers?"]);
        let masked: Vec<_> = prose
            .masks
            .iter()
            .map(|mask| (mask.kind, &text[mask.range.clone()]))
            .collect();
        assert_eq!(masked.len(), 2, "{masked:?}");
        assert!(
            masked.iter().all(|(kind, _)| *kind == MaskKind::RequiredText),
            "{masked:?}"
        );
        assert_eq!(masked[1].1, "CAPITAL AT RISK.");
        assert!(masked[0].1.starts_with("Capital at") && masked[0].1.ends_with("for more."));
    }

    #[test]
    fn required_paragraphs_are_masked_one_by_one() {
        let mut prose = Prose::from_text(
            "Mine is here.\n\nOur terms apply to all offers.\n\nMine again.\n\nOffers end when we say so.\n",
        );
        prose.mask_text(&["Our terms apply to all offers.\n\nOffers end when we say so.".to_owned()]);
        assert_eq!(prose.passages.len(), 2);
        assert_eq!(prose.masks.len(), 2);
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
