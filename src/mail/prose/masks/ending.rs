//! What stands at the end of own text: signature and disclaimers.

use super::words::{CLOSINGS, DISCLAIMERS, LEGAL, NOTICES, SENT_FROM, begins_with_any, same_fold};
use super::{Marked, MaskKind, Page};
use std::ops::Range;

/// Lines that a signature has at most.
const LONGEST_SIGNATURE: usize = 15;

/// Octets of a disclaimer that are looked at.
const DISCLAIMER_LOOK: usize = 4_000;

/// Finds signature and disclaimers in a run of own lines.
pub(super) fn find(page: &Page<'_>, own: Range<usize>) -> Vec<Marked> {
    let mut marked = disclaimers(page, own.clone());
    // What the disclaimers leave at the end, a signature may take.
    let mut end = own.end;
    for (range, _) in marked.iter().rev() {
        if page.next_text(range.end, end.saturating_sub(range.end)).is_none() {
            end = range.start;
        }
    }
    if let Some(signature) = signature(page, own.start.max(page.first)..end) {
        marked.retain(|(range, _)| range.start >= signature.end || range.end <= signature.start);
        marked.push((signature, MaskKind::Signature));
    }
    marked.sort_by_key(|(range, _)| range.start);
    marked
}

/// Paragraphs, after the first, that say that the mail is confidential, and notices after them or at the end.
fn disclaimers(page: &Page<'_>, own: Range<usize>) -> Vec<Marked> {
    let mut marked: Vec<Marked> = Vec::new();
    let mut index = own.start.max(page.first);
    while index < own.end {
        let content = page.line(index);
        if content.is_empty() {
            index += 1;
            continue;
        }
        let end = (index..own.end)
            .find(|&line| page.line(line).is_empty())
            .unwrap_or(own.end);
        if is_disclaimer(page, content, index..end) || begins_with_any(content, NOTICES) {
            marked.push((index..end, MaskKind::Disclaimer));
        }
        index = end;
    }
    marked
}

fn is_disclaimer(page: &Page<'_>, content: &str, paragraph: Range<usize>) -> bool {
    let front = content.trim_start_matches(['*', '_', '-', '=', ' ']);
    if !begins_with_any(front, DISCLAIMERS) {
        return false;
    }
    let Some(bytes) = page.bytes(paragraph) else {
        return false;
    };
    let mut end = bytes.end.min(bytes.start + DISCLAIMER_LOOK);
    while !page.text.is_char_boundary(end) {
        end -= 1;
    }
    let text = page.text.get(bytes.start..end).unwrap_or_default().to_lowercase();
    LEGAL.iter().any(|word| text.contains(word))
}

/// The signature: everything after `-- `, or the short lines after a closing, or a line that a phone adds.
fn signature(page: &Page<'_>, own: Range<usize>) -> Option<Range<usize>> {
    for index in own.clone() {
        let content = page.line(index);
        let first = content.bytes().next();
        if content == "--" || content == "- --" {
            let exact = page
                .lines
                .get(index)
                .is_some_and(|line| line.text(page.text).ends_with("-- "));
            if exact || short_lines(page, index + 1..own.end) == Some(own.end) {
                return Some(index..own.end);
            }
        } else if first.is_some() && content.len() <= 60 {
            if is_closing(content)
                && let Some(end) = short_lines(page, index + 1..own.end)
            {
                let start = page.next_text(index + 1, end - index)?;
                return Some(start..end);
            }
            if begins_with_any(content, SENT_FROM) && page.next_text(index + 1, own.end - index - 1).is_none() {
                return Some(index..own.end);
            }
        }
    }
    None
}

/// Where the short lines after a closing end: before a postscript or the paragraph with the first sentence, else where the
/// run ends. `None` if it begins with a sentence, or there are too many lines for a signature.
fn short_lines(page: &Page<'_>, lines: Range<usize>) -> Option<usize> {
    let mut count = 0;
    let mut paragraph = lines.start;
    for index in lines.clone() {
        let content = page.line(index);
        if content.is_empty() {
            paragraph = index;
            continue;
        }
        if is_postscript(content) {
            return (count > 0).then_some(index);
        }
        if is_sentence(content) {
            return (count > 0 && paragraph > lines.start).then_some(paragraph);
        }
        count += 1;
        if count > LONGEST_SIGNATURE {
            return None;
        }
    }
    (count > 0).then_some(lines.end)
}

fn is_closing(content: &str) -> bool {
    let closing = content.trim_end_matches([',', '.', '!', ';', ':', '-', '–', '—', ' ', '…']);
    closing.len() <= 40 && CLOSINGS.iter().any(|known| same_fold(closing, known))
}

/// What a line of a signature may end with, although it is no sentence. In lower case.
const ABBREVIATIONS: &[&str] = &[
    "inc.", "ltd.", "co.", "corp.", "llc.", "l.l.c.", "s.a.", "s.l.", "s.r.l.", "s.p.a.", "b.v.", "n.v.", "e.v.",
    "jr.", "ph.d.", "m.a.", "b.a.",
];

/// Text is read, even under a closing.
fn is_sentence(content: &str) -> bool {
    let words = content.split_ascii_whitespace().take(13).count();
    let last = content
        .rsplit(|c: char| c.is_whitespace() || c == ',')
        .next()
        .unwrap_or_default();
    let ends = content.ends_with(['.', '!', '…']) && !ABBREVIATIONS.iter().any(|known| same_fold(last, known));
    words > 12 || content.len() > 120 || (words >= 4 && ends) || content.ends_with('?')
}

fn is_postscript(content: &str) -> bool {
    let letters: String = content.chars().take(6).filter(|c| !matches!(c, '.' | ' ')).collect();
    let letters = letters.to_lowercase();
    let marked = |word: &str| {
        letters.strip_prefix(word).is_some_and(|rest| {
            !rest.starts_with(char::is_alphabetic) || content.starts_with("P.") || content.starts_with("PS")
        })
    };
    marked("ps") || marked("pps") || marked("nb")
}
