//! The author's own text of one mail, with every place traceable back to the octets.

use super::Headers;
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
