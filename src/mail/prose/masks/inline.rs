//! URLs, mail addresses and code within a line.

use super::MaskKind;
use crate::mail::steps;
use std::ops::Range;

/// Longest code between backticks, in octets.
const LONGEST_CODE: usize = 200;

/// Adds URLs and inline code to masks of whole lines, where they are not in one of those.
pub(super) fn add(text: &str, masks: Vec<(Range<usize>, MaskKind)>) -> Vec<(Range<usize>, MaskKind)> {
    let found = find(text);
    if found.is_empty() {
        return masks;
    }
    let blocks = masks.len();
    let mut all: Vec<(usize, Range<usize>, MaskKind)> = masks
        .into_iter()
        .chain(found)
        .enumerate()
        .map(|(rank, (range, kind))| (usize::from(rank >= blocks), range, kind))
        .collect();
    // A block goes before what begins at the same place.
    all.sort_by_key(|(rank, range, _)| (range.start, *rank, usize::MAX - range.end));
    let mut kept: Vec<(Range<usize>, MaskKind)> = Vec::with_capacity(all.len());
    for (_, range, kind) in all {
        if kept.last().is_none_or(|(last, _)| range.start >= last.end) {
            kept.push((range, kind));
        }
    }
    kept
}

/// URLs, mail addresses and inline code, in order, without overlaps.
pub(in crate::mail::prose) fn find(text: &str) -> Vec<(Range<usize>, MaskKind)> {
    let mut found = urls(text);
    found.extend(code(text));
    found.extend(addresses(text));
    found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut end = 0;
    found.retain(|(range, _)| {
        let apart = range.start >= end;
        end = if apart { range.end } else { end };
        apart
    });
    found
}

/// `scheme://…`, `www.…` and `mailto:…`, with the angle brackets around them.
fn urls(text: &str) -> Vec<(Range<usize>, MaskKind)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut done = 0;
    let mut take = |start: usize, from: usize| {
        if start < done {
            return;
        }
        let rest = bytes.get(from..).unwrap_or_default();
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace() || byte.is_ascii_control() || matches!(byte, b'<' | b'>' | b'"' | b'`')
        };
        let mut end = from + rest.iter().position(ends).unwrap_or(rest.len());
        steps::count(end - from);
        while end > from
            && matches!(
                bytes.get(end - 1),
                Some(b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b')' | b']' | b'*')
            )
        {
            end -= 1;
        }
        // A character beyond ASCII may stand at the end, but not be cut.
        while !text.is_char_boundary(end) {
            end += 1;
        }
        if end == from {
            return;
        }
        let bracketed = start > 0 && bytes.get(start - 1) == Some(&b'<') && bytes.get(end) == Some(&b'>');
        let range = if bracketed { start - 1..end + 1 } else { start..end };
        done = range.end;
        found.push((range, MaskKind::Url));
    };
    for at in memchr::memchr2_iter(b':', b'.', bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        let before = bytes.get(at.saturating_sub(12)..at).unwrap_or_default();
        if rest.starts_with(b"://") {
            let scheme = before
                .iter()
                .rev()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-'))
                .count();
            if scheme > 0 {
                take(at - scheme, at + 3);
            }
        } else if rest.first() == Some(&b':') {
            if ends_with(before, b"mailto") {
                take(at - 6, at + 1);
            }
        } else if ends_with(before, b"www") && !before.iter().rev().nth(3).is_some_and(u8::is_ascii_alphanumeric) {
            take(at - 3, at + 1);
        }
    }
    found
}

/// Without regard to case.
fn ends_with(octets: &[u8], end: &[u8]) -> bool {
    let from = octets.len().checked_sub(end.len());
    from.and_then(|from| octets.get(from..))
        .is_some_and(|last| last.eq_ignore_ascii_case(end))
}

/// Longest local part of an address (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// `ana.lima@acme.example`, with the angle brackets around it.
fn addresses(text: &str) -> Vec<(Range<usize>, MaskKind)> {
    let bytes = text.as_bytes();
    let mut found: Vec<(Range<usize>, MaskKind)> = Vec::new();
    for at in memchr::memchr_iter(b'@', bytes) {
        let front = bytes.get(at.saturating_sub(LONGEST_LOCAL)..at).unwrap_or_default();
        let local =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%' | b'=');
        let domain = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let before = front.iter().rev().take_while(local).count();
        let rest = bytes.get(at + 1..bytes.len().min(at + 255)).unwrap_or_default();
        let after = rest.iter().take_while(domain).count();
        let name = text
            .get(at + 1..at + 1 + after)
            .unwrap_or_default()
            .trim_end_matches(['.', '-']);
        let start = at - before;
        let inside = text
            .get(..start)
            .and_then(|front| front.chars().next_back())
            .is_some_and(char::is_alphanumeric);
        if before == 0 || inside || !name.contains('.') || name.starts_with('.') {
            continue;
        }
        let end = at + 1 + name.len();
        let bracketed = start > 0 && bytes.get(start - 1) == Some(&b'<') && bytes.get(end) == Some(&b'>');
        let range = if bracketed { start - 1..end + 1 } else { start..end };
        found.push((range, MaskKind::Address));
    }
    found
}

/// Text between two backticks in one line.
fn code(text: &str) -> Vec<(Range<usize>, MaskKind)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut done = 0;
    for at in memchr::memchr_iter(b'`', bytes) {
        if at < done {
            continue;
        }
        let rest = bytes
            .get(at + 1..bytes.len().min(at + LONGEST_CODE))
            .unwrap_or_default();
        if let Some(length) =
            memchr::memchr2(b'`', b'\n', rest).filter(|&length| length > 0 && rest.get(length) == Some(&b'`'))
        {
            done = at + length + 2;
            found.push((at..done, MaskKind::Code));
        }
    }
    found
}
