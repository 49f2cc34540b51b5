//! Inline OpenPGP (RFC 9580 §6, §7): armor is no text, and an encrypted message can't be read. Files that stand in a text as
//! uuencode or base64 are no text either.

use super::Page;
use crate::mail::{MaskKind, Protection};

/// How far an armor header goes at most, in lines.
const LONGEST_HEADER: usize = 10;

/// What has been seen so far.
#[derive(Debug, Default)]
pub(super) struct Armor {
    pub(super) protection: Protection,
    /// A block that does not end was found: no need to look for an end again.
    endless: bool,
}

impl Armor {
    /// Looks at a line that begins armor; gives the line after it. `own` says whether own text stands before.
    pub(super) fn find(&mut self, page: &Page<'_>, index: usize, own: bool) -> Option<(usize, MaskKind)> {
        let content = page.line(index);
        if content.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
            if self.protection == Protection::None {
                self.protection = Protection::Signed;
            }
            let end = (index..page.lines.len())
                .take(LONGEST_HEADER)
                .find(|&line| page.line(line).is_empty());
            return Some((end.unwrap_or(index + 1), MaskKind::Armor));
        }
        if content.starts_with("-----BEGIN PGP SIGNATURE-----") {
            return Some((self.end(page, index, "-----END PGP SIGNATURE-----"), MaskKind::Armor));
        }
        if content.starts_with("-----BEGIN PGP MESSAGE-----") {
            if !own {
                self.protection = Protection::Encrypted;
            }
            return Some((self.end(page, index, "-----END PGP MESSAGE-----"), MaskKind::Armor));
        }
        let end = if content.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
            "-----END PGP PUBLIC"
        } else {
            return None;
        };
        Some((self.end(page, index, end), MaskKind::Armor))
    }

    /// The line after the one that begins with `end`; armor that does not end goes on to the end of the text.
    fn end(&mut self, page: &Page<'_>, index: usize, end: &str) -> usize {
        if !self.endless
            && let Some(last) = (index + 1..page.lines.len()).find(|&line| page.line(line).starts_with(end))
        {
            return last + 1;
        }
        self.endless = true;
        page.lines.len()
    }
}

/// Lines of base64 that make a file; fewer may be a code in a sentence of its own.
const FEWEST_LINES: usize = 3;

/// A word of so many octets is no word.
const LONGEST_WORD: usize = 200;

/// The line after a file written as text.
pub(super) fn blob(page: &Page<'_>, index: usize) -> Option<(usize, MaskKind)> {
    let content = page.line(index);
    if content.starts_with("begin ") && is_uuencode(content) {
        let end = (index + 1..page.lines.len()).find(|&line| !is_uuencoded(page.line(line)));
        let end = end.unwrap_or(page.lines.len());
        let closed = page.line(end.saturating_sub(1)) == "end";
        return (end > index + 1 && closed).then_some((end, MaskKind::Armor));
    }
    if content.len() < 56 || !is_base64(content) {
        return None;
    }
    let same = |line: usize| page.line(line).len() == content.len() && is_base64(page.line(line));
    let mut end = (index..page.lines.len())
        .find(|&line| !same(line))
        .unwrap_or(page.lines.len());
    // The last line is shorter.
    let last = page.line(end);
    end += usize::from(last.len() < content.len() && last.len().is_multiple_of(4) && is_base64(last));
    let long = end - index >= FEWEST_LINES || content.len() >= LONGEST_WORD;
    long.then_some((end, MaskKind::Armor))
}

/// `begin 644 name`.
fn is_uuencode(content: &str) -> bool {
    let mut words = content.split_ascii_whitespace().skip(1);
    let mode = words.next().unwrap_or_default();
    (3..=4).contains(&mode.len()) && mode.bytes().all(|octet| matches!(octet, b'0'..=b'7')) && words.next().is_some()
}

/// A line of a uuencoded file: its first character says how long it is.
fn is_uuencoded(content: &str) -> bool {
    let length = content
        .bytes()
        .next()
        .map_or(0, |first| usize::from(first.wrapping_sub(b' ') & 63));
    // White space at the end of a line is often lost.
    let encoded = length.div_ceil(3) * 4 + 1;
    matches!(content, "end" | "`")
        || (length > 0 && content.len() <= encoded + 1 && content.len() + 8 >= encoded && content.is_ascii())
}

/// Nothing but the alphabet of base64.
fn is_base64(content: &str) -> bool {
    let alphabet = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    !content.is_empty() && content.bytes().all(alphabet)
}
