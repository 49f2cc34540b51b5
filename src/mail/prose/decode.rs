//! Transfer encoding and charset of one text part undone, with every decoded byte traced to its octets.
//!
//! The decoders are our own because they must tell positions; the tests hold them against mail-parser's. They are as
//! lenient as MUAs are: what is not of the encoding is passed over, never a reason to lose the text.

use super::{Offsets, Origin, TextKind, TextPart};
use crate::mail::mime::Entity;
use std::borrow::Cow;

mod charset;

/// Encoded octets of one text part that are read at most: 8 MiB. Own text ends long before; this bounds what quoted text
/// and markup can cost.
const LONGEST: usize = 8 * 1024 * 1024;

/// Decodes a text part; the flag says whether its end was left out.
pub(super) fn decode(octets: &[u8], entity: &Entity, id: String, kind: TextKind) -> (TextPart, bool) {
    let range = entity.body.start..entity.body.end.min(entity.body.start.saturating_add(LONGEST));
    let cut = range.end < entity.body.end;
    let raw = octets.get(range.clone()).unwrap_or_default();
    let transfer = match entity.encoding.as_str() {
        "quoted-printable" => quoted_printable(raw, range.start),
        "base64" => base64(raw, range.start),
        _ => unencoded(raw, range.start),
    };
    let charset = entity.content.parameters.word("charset").unwrap_or_default();
    let text = charset::to_text(&transfer.octets, &charset);
    let map = charset::map(&text, transfer, &charset);
    (
        TextPart {
            id,
            kind,
            text,
            origin: Origin { raw: range, map },
        },
        cut,
    )
}

/// Octets with the transfer encoding undone.
struct Transfer<'o> {
    octets: Cow<'o, [u8]>,
    /// Where in the mail the encoding of each octet begins, and one more at the end.
    places: Offsets,
}

/// Octets that stand for themselves.
fn unencoded(raw: &[u8], start: usize) -> Transfer<'_> {
    let mut places = Offsets::default();
    places.copy(start..start + raw.len() + 1);
    Transfer {
        octets: Cow::Borrowed(raw),
        places,
    }
}

/// RFC 2045 §6.7. White space at the end of a line is not text (rule 3); an `=` that encodes nothing stays.
fn quoted_printable(raw: &[u8], start: usize) -> Transfer<'_> {
    let mut octets: Vec<u8> = Vec::with_capacity(raw.len());
    let mut places = Offsets::default();
    let mut at = 0;
    while at < raw.len() {
        let rest = raw.get(at..).unwrap_or_default();
        let line = rest
            .get(..memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1))
            .unwrap_or(rest);
        let content = without_end(line);
        let kept = content.trim_ascii_end();
        let soft = kept.ends_with(b"=");
        let kept = kept.strip_suffix(b"=").unwrap_or(kept);
        quoted_printable_line(kept, start + at, &mut octets, &mut places);
        if !soft {
            let end = line.get(content.len()..).unwrap_or_default();
            octets.extend_from_slice(end);
            places.copy(start + at + content.len()..start + at + line.len());
        }
        at += line.len();
    }
    places.push(start + raw.len());
    Transfer {
        octets: Cow::Owned(octets),
        places,
    }
}

fn quoted_printable_line(line: &[u8], start: usize, octets: &mut Vec<u8>, places: &mut Offsets) {
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let literal = memchr::memchr(b'=', rest).unwrap_or(rest.len());
        octets.extend_from_slice(rest.get(..literal).unwrap_or_default());
        places.copy(start + at..start + at + literal);
        at += literal;
        let Some(encoded) = rest.get(literal..).filter(|encoded| !encoded.is_empty()) else {
            return;
        };
        places.push(start + at);
        match encoded {
            [_, high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                octets.push(hex(*high) << 4 | hex(*low));
                at += 3;
            }
            _ => {
                octets.push(b'=');
                at += 1;
            }
        }
    }
}

/// RFC 2045 §6.8. Characters outside the alphabet are passed over. All octets of a group of four characters have the
/// group's place, since none of them can be decoded alone.
fn base64(raw: &[u8], start: usize) -> Transfer<'_> {
    let mut octets: Vec<u8> = Vec::with_capacity(raw.len() / 4 * 3 + 3);
    let mut places = Offsets::default();
    let (mut group, mut digits, mut begin) = (0_u32, 0_u32, 0_usize);
    let mut flush = |group: u32, digits: u32, begin: usize| {
        let bytes = digits.saturating_sub(1) as usize;
        let aligned = group << (6 * (4 - digits.min(4)));
        octets.extend(aligned.to_be_bytes().iter().skip(1).take(bytes));
        places.repeat(start + begin, bytes);
    };
    for (at, &character) in raw.iter().enumerate() {
        if let Some(value) = base64_digit(character) {
            if digits == 0 {
                begin = at;
            }
            group = group << 6 | value;
            digits += 1;
        } else if character != b'=' {
            continue;
        }
        if digits == 4 || character == b'=' {
            flush(group, digits, begin);
            (group, digits) = (0, 0);
        }
    }
    flush(group, digits, begin);
    places.push(start + raw.len());
    Transfer {
        octets: Cow::Owned(octets),
        places,
    }
}

fn base64_digit(character: u8) -> Option<u32> {
    Some(match character {
        b'A'..=b'Z' => u32::from(character - b'A'),
        b'a'..=b'z' => u32::from(character - b'a') + 26,
        b'0'..=b'9' => u32::from(character - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).unwrap_or_default() as u8
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests;
