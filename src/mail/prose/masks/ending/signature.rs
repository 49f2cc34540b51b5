//! Signatures: below `-- `, below a closing, a contact block at the very end, and the line that a phone adds. A postscript
//! is own text wherever it stands.

use super::super::Page;
use super::super::words::Beginnings;
use super::{is_closing, is_name, is_sent_from};
use std::ops::Range;

/// Lines that a signature below a closing has at most.
const LONGEST: usize = 18;

/// Lines of the longest contact block that no closing announces.
const LONGEST_CONTACT: usize = 10;

/// Finds signatures in own lines. `first` is the line after the first paragraph: before it, only a phone's line counts.
pub(super) fn find(page: &Page<'_>, own: Range<usize>, first: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = own.start.max(first);
    while at < own.end {
        let Some(signature) = announced(page, at..own.end) else {
            break;
        };
        at = after_postscript(page, signature.end..own.end);
        found.push(signature);
    }
    if found.is_empty()
        && let Some(contact) = contact_block(page, own.start.max(first)..own.end)
    {
        found.push(contact);
    }
    if let Some(phone) = phone(page, own.clone())
        && found.last().is_none_or(|last: &Range<usize>| last.end <= phone)
        && (own.start..phone).any(|line| !page.line(line).is_empty())
    {
        found.push(phone..own.end);
    }
    found
}

/// The first signature that something announces.
fn announced(page: &Page<'_>, own: Range<usize>) -> Option<Range<usize>> {
    let may_close = |index: &usize| page.beginnings(*index).may_be(Beginnings::CLOSING);
    for index in own.clone().filter(may_close) {
        let content = page.line(index);
        let Some(first) = content.bytes().next() else { continue };
        if first == b'-' && (content == "--" || content == "- --") {
            let exact = page
                .lines
                .get(index)
                .is_some_and(|line| line.text(page.text).ends_with("-- "));
            let end = postscript(page, index + 1..own.end).unwrap_or(own.end);
            if exact || short_lines(page, index + 1..end).is_some_and(|short| short >= end) {
                return Some(index..end);
            }
        } else if content.len() <= 80
            && is_closing(content)
            && let Some(end) = short_lines(page, index + 1..own.end)
            && let Some(start) = page.next_text(index + 1, end - index)
        {
            return Some(start..end);
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
        if count > LONGEST {
            return None;
        }
    }
    (count > 0).then_some(lines.end)
}

/// The last paragraph, if it is a name over ways to reach its owner.
fn contact_block(page: &Page<'_>, own: Range<usize>) -> Option<Range<usize>> {
    let last = own.clone().rev().find(|&line| !page.line(line).is_empty())?;
    let before = (own.start..last).rev().find(|&line| page.line(line).is_empty())?;
    let block = before + 1..last + 1;
    if !(2..=LONGEST_CONTACT).contains(&block.len()) || !is_name(page.line(block.start)) {
        return None;
    }
    let mut reached = false;
    for line in block.clone().skip(1) {
        let content = page.line(line);
        if content.len() > 90 || is_sentence(content) || is_postscript(content) {
            return None;
        }
        reached |= is_contact(content);
    }
    reached.then_some(block.start..own.end)
}

/// A telephone number, an address, or a web site alone.
fn is_contact(content: &str) -> bool {
    let digits = content.bytes().filter(u8::is_ascii_digit).count();
    let words = content.split_ascii_whitespace().count();
    let phone = digits >= 7 && content.chars().filter(|c| c.is_alphabetic()).count() <= 12;
    phone || (words <= 3 && (content.contains('@') || content.contains("://") || content.contains("www.")))
}

/// The last line, if a phone has added it.
fn phone(page: &Page<'_>, own: Range<usize>) -> Option<usize> {
    let last = own.clone().rev().find(|&line| !page.line(line).is_empty())?;
    // Links may stand on a line of their own below.
    let line = match page.line(last).starts_with(['<', '(', 'h']) && !page.line(last).contains(' ') {
        true => own.start.max(last.saturating_sub(1)),
        false => last,
    };
    is_sent_from(page.line(line)).then_some(line)
}

/// Where the first postscript at the front of a paragraph begins.
fn postscript(page: &Page<'_>, lines: Range<usize>) -> Option<usize> {
    lines
        .into_iter()
        .find(|&line| is_postscript(page.line(line)) && (line == 0 || page.line(line - 1).is_empty()))
}

/// The line after the paragraph of a postscript, if one stands at the front.
fn after_postscript(page: &Page<'_>, lines: Range<usize>) -> usize {
    match lines.clone().next() {
        Some(line) if is_postscript(page.line(line)) => lines
            .clone()
            .find(|&line| page.line(line).is_empty())
            .unwrap_or(lines.end),
        _ => lines.start,
    }
}

/// What a line of a signature may end with, although it is no sentence. In lower case.
const ABBREVIATIONS: &[&str] = &[
    "inc.", "ltd.", "co.", "corp.", "llc.", "l.l.c.", "s.a.", "s.l.", "s.r.l.", "s.p.a.", "b.v.", "n.v.", "e.v.",
    "jr.", "sr.", "ph.d.", "m.a.", "b.a.", "m.sc.", "b.sc.", "st.", "rd.", "ave.", "str.", "s.r.o.", "a.s.", "sp.",
    "o.o.", "pty.", "pvt.", "bhd.", "u.s.a.", "u.k.", "d.c.",
];

/// Text is read, even under a closing.
fn is_sentence(content: &str) -> bool {
    let words = content.split_ascii_whitespace().take(13).count();
    let last = content
        .rsplit(|c: char| c.is_whitespace() || c == ',')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let ends = content.ends_with(['.', '!', '…']) && !ABBREVIATIONS.contains(&last.as_str());
    (words > 12 && !is_ways_to_reach(content)) || content.len() > 160 || (words >= 4 && ends) || content.ends_with('?')
}

/// `T +49 40 1234 | M +49 170 1234 | tom@seller.example | www.seller.example`
fn is_ways_to_reach(content: &str) -> bool {
    content.matches(['|', '·', '•']).count() >= 2 || content.bytes().filter(u8::is_ascii_digit).count() >= 14
}

/// `P.S. …`, `PS: …`, `PPS …`, `N.B. …`.
pub(super) fn is_postscript(content: &str) -> bool {
    let mut letters = String::new();
    let mut rest = content.trim_start_matches(['*', '_']).chars();
    let after = loop {
        match rest.next() {
            Some('.') => {}
            Some(' ') if letters.len() == 1 || letters.eq_ignore_ascii_case("pp") => {}
            Some(c @ ('p' | 'P' | 's' | 'S' | 'n' | 'N' | 'b' | 'B')) if letters.len() < 4 => {
                letters.push(c.to_ascii_lowercase())
            }
            after => break after,
        }
    };
    let ends = after.is_none_or(|c| c.is_whitespace() || matches!(c, ':' | ',' | '-' | '–' | '—' | ')' | '*'));
    ends && matches!(letters.as_str(), "ps" | "pps" | "nb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postscripts_are_known() {
        for text in [
            "P.S. We sell",
            "PS: we",
            "ps we",
            "P.P.S. one",
            "PPS - x",
            "N.B. x",
            "P. S. x",
            "*PS:* x",
        ] {
            assert!(is_postscript(text), "{text}");
        }
        for text in ["PSA Group", "Pspice", "Nb3Sn", "P Smith", "Best", "", "psst"] {
            assert!(!is_postscript(text), "{text}");
        }
    }
}
