//! From octets to text, although labels lie, and where each character came from.

use super::Transfer;
use crate::mail::prose::{Offsets, RawMap};
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// Decodes octets. A label is believed unless the octets say otherwise: what is UTF-8 by accident hardly exists, so octets
/// that are UTF-8 are read so whatever Western charset they claim; what claims to be UTF-8 or nothing and is not is
/// windows-1252, as is a charset that nobody knows.
pub(super) fn to_text(octets: &[u8], charset: &str) -> String {
    let utf16 = matches!(octets, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if is_vague(charset) || is_western(charset) {
        if let Ok(text) = std::str::from_utf8(octets) {
            return text.to_owned();
        }
        if !is_western(charset) && !utf16 && is_mostly_utf8(octets) {
            return String::from_utf8_lossy(octets).into_owned();
        }
    }
    let named = match charset {
        _ if utf16 && is_vague(charset) => "utf-16",
        charset if is_vague(charset) => "windows-1252",
        charset => charset,
    };
    let decoder = charset_decoder(named.as_bytes());
    let decoder = decoder.or_else(|| match std::str::from_utf8(octets) {
        Ok(_) => None,
        Err(_) => charset_decoder(b"windows-1252"),
    });
    decoder.map_or_else(|| String::from_utf8_lossy(octets).into_owned(), |decode| decode(octets))
}

/// Labels that say little: many clients write them without looking.
fn is_vague(charset: &str) -> bool {
    const VAGUE: &[&str] = &[
        "",
        "us-ascii",
        "ascii",
        "utf-8",
        "utf8",
        "unknown-8bit",
        "x-unknown",
        "unknown",
        "default",
        "8bit",
        "7bit",
        "binary",
        "ansi_x3.4-1968",
    ];
    VAGUE.contains(&charset)
}

/// The charsets that are written over mail in UTF-8.
fn is_western(charset: &str) -> bool {
    const WESTERN: &[&str] = &[
        "iso-8859-1",
        "iso8859-1",
        "iso_8859-1",
        "latin1",
        "l1",
        "windows-1252",
        "cp1252",
        "x-cp1252",
        "iso-8859-15",
    ];
    WESTERN.contains(&charset)
}

/// Whether octets are UTF-8 with a fault here and there, rather than of another charset.
fn is_mostly_utf8(octets: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in octets.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

/// Finds out how text and octets correspond: byte by byte, character by octet, in pairs of octets, line by line, or not at
/// all.
pub(super) fn map(text: &str, transfer: Transfer<'_>, charset: &str) -> RawMap {
    let Transfer { octets, places } = transfer;
    if text.as_bytes() == octets.as_ref() {
        return match octets {
            Cow::Borrowed(_) => RawMap::Identity,
            Cow::Owned(_) => RawMap::Table(places),
        };
    }
    let octets = octets.as_ref();
    let count = text.bytes().filter(|byte| (byte & 0xc0) != 0x80).count();
    let pairs = charset.starts_with("utf-16") || matches!(octets, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let ends: Option<Vec<usize>> = if count == octets.len() && !pairs {
        Some((1..=count).collect())
    } else if pairs {
        in_pairs(text, octets.len())
    } else {
        None
    };
    if let Some(ends) = ends {
        return table(text, &ends, octets.len(), &places);
    }
    if pairs {
        return RawMap::Whole;
    }
    by_lines(text, octets, charset).map_or(RawMap::Whole, |table| RawMap::Table(table.through(&places)))
}

/// The table in which each character ends at the octet that `ends` says. Octets that are left over, half a pair, may have
/// the place of the last character, as all of a group of base64 do: the text ends behind that.
fn table(text: &str, ends: &[usize], octets: usize, places: &Offsets) -> RawMap {
    let mut table = Offsets::default();
    let mut begin = 0;
    for (c, &end) in text.chars().zip(ends) {
        table.repeat(begin, c.len_utf8());
        begin = end;
    }
    let mut table = table.through(places);
    let last = table.last();
    let beyond = (begin..=octets)
        .filter_map(|octet| places.get(octet))
        .find(|place| last.is_none_or(|last| *place > last));
    if let Some(end) = beyond.or(last) {
        table.push(end);
    }
    RawMap::Table(table)
}

/// UTF-16: where each character ends, if the text accounts for all octets but a byte order mark and half a pair.
fn in_pairs(text: &str, octets: usize) -> Option<Vec<usize>> {
    let units: usize = text.chars().map(char::len_utf16).sum();
    let mark = (octets / 2).checked_sub(units).filter(|mark| *mark <= 1)? * 2;
    let mut end = mark;
    let ends = text.chars().map(|c| {
        end += 2 * c.len_utf16();
        end
    });
    Some(ends.collect())
}

/// Charsets of several octets a character: line ends are never part of a character, so lines can be decoded one by one;
/// within a line everything before the first octet beyond ASCII stands for itself. Gives the octet for each byte.
fn by_lines(text: &str, octets: &[u8], charset: &str) -> Option<Offsets> {
    let mut table = Offsets::default();
    let mut rest = text;
    let mut at = 0;
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        let decoded = to_text(line, charset);
        rest = rest.strip_prefix(decoded.as_str())?;
        let plain = line
            .iter()
            .zip(decoded.bytes())
            .take_while(|(octet, byte)| **octet == *byte && byte.is_ascii());
        let plain = plain
            .take_while(|(octet, _)| !matches!(octet, b'+' | b'~' | 0x1b))
            .count();
        table.copy(at..at + plain);
        table.repeat(at + plain, decoded.len() - plain);
        at += line.len();
    }
    table.push(at);
    rest.is_empty().then_some(table)
}
