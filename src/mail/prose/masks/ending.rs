//! What stands at the end of own text: signature, disclaimers, and what mailing machines add.

use super::words::{Beginnings, CLOSINGS, DISCLAIMERS, FOOTERS, LEGAL, NOTICES, SENT_FROM};
use super::{Marked, MaskKind, Page};
use crate::mail::steps;
use std::ops::Range;

mod signature;

/// Octets of a paragraph that are looked at.
const LOOK: usize = 4_000;

/// Words of the longest paragraph that a mailing machine adds.
const LONGEST_FOOTER: usize = 80;

/// Finds what ends a run of own lines. `first` is the line after the first paragraph, which is always read.
pub(super) fn find(page: &Page<'_>, own: Range<usize>, first: usize) -> Vec<Marked> {
    let mut marked = notices(page, own.start.max(first)..own.end);
    // What the notices leave, a signature may take.
    let mut start = own.start;
    let mut signatures = Vec::new();
    for end in marked.iter().map(|(range, _)| range.start).chain([own.end]) {
        signatures.extend(signature::find(page, start..end, first));
        start = marked
            .iter()
            .find(|(range, _)| range.start >= end)
            .map_or(own.end, |(range, _)| range.end);
    }
    marked.extend(signatures.into_iter().map(|range| (range, MaskKind::Signature)));
    marked.sort_by_key(|(range, _)| range.start);
    marked
}

/// Paragraphs that say that the mail is confidential, what the company is, or how to unsubscribe.
fn notices(page: &Page<'_>, lines: Range<usize>) -> Vec<Marked> {
    let mut marked: Vec<Marked> = Vec::new();
    let mut index = lines.start;
    while index < lines.end {
        if page.is_blank(index) {
            index += 1;
            continue;
        }
        let end = (index..lines.end)
            .find(|&line| page.is_blank(line))
            .unwrap_or(lines.end);
        let mut looks = 4;
        for line in index..end {
            let Some(kind) = begins_notice(page, line, index, end, &mut looks) else {
                continue;
            };
            marked.push((line..end, kind));
            break;
        }
        index = end;
    }
    marked
}

/// Whether a notice begins at a line: at the front of its paragraph, or where the line before ends something.
fn begins_notice(page: &Page<'_>, line: usize, start: usize, end: usize, looks: &mut usize) -> Option<MaskKind> {
    if !page.beginnings(line).may_be(Beginnings::NOTICE) {
        return None;
    }
    let content = page.line(line);
    let front = content.trim_start_matches(['*', '_', '-', '=', '~', '|', '[', '(', '#', ' ']);
    let disclaims = DISCLAIMERS.begin(front);
    let offers = FOOTERS.begin(front);
    let notes = NOTICES.begin(front) || (front.len() < content.len() && NOTICES.begin(content));
    if !(disclaims || offers || notes) || *looks == 0 {
        return None;
    }
    if line > start {
        let before = page.line(line - 1);
        let apart = before.len() < 50 || before.ends_with(['.', '!', ':', '_', '-', '*', '=']);
        if !apart || (notes && !disclaims && !offers && content.len() > 120) {
            return None;
        }
    }
    *looks -= 1;
    let text = paragraph(page, line..end);
    if disclaims && LEGAL.all().any(|word| text.contains(word)) {
        return Some(MaskKind::Disclaimer);
    }
    let machine = || MACHINE.iter().any(|word| text.contains(word));
    if offers && text.split_ascii_whitespace().take(LONGEST_FOOTER + 1).count() <= LONGEST_FOOTER && machine() {
        return Some(MaskKind::Footer);
    }
    notes.then_some(MaskKind::Disclaimer)
}

/// What a footer of a mailing machine has in it, in lower case: a person who offers to stop writing uses other words.
const MACHINE: &[&str] = &[
    "unsubscri",
    "subscri",
    "opt out",
    "opt-out",
    "preferences",
    "mailing list",
    "newsletter",
    "©",
    "(c)",
    "rights reserved",
    "browser",
    "view online",
    "click",
    "http",
    "address book",
    "advertisement",
    "mailing address",
    "privacy policy",
    "abmelden",
    "abbestell",
    "rechte vorbehalten",
    "désabonn",
    "désinscri",
    "navigateur",
    "droits réservés",
    "baja",
    "suscripci",
    "navegador",
    "derechos",
    "iscrizione",
    "cancellarti",
    "diritti",
    "cancelar",
    "direitos",
    "afmelden",
    "uitschrijven",
    "prenumeration",
    "meld deg av",
    "afmeld",
    "wypisz",
    "zrezygnować",
    "peruuta",
    "odhlá",
    "abonelik",
];

/// The front of a paragraph in lower case, in one line.
fn paragraph(page: &Page<'_>, lines: Range<usize>) -> String {
    let Some(bytes) = page.bytes(lines) else {
        return String::new();
    };
    let end = page
        .text
        .floor_char_boundary(bytes.end.min(bytes.start + LOOK))
        .max(bytes.start);
    let text = page.text.get(bytes.start..end).unwrap_or_default();
    steps::count(text.len());
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// A phone's line.
fn is_sent_from(content: &str) -> bool {
    content.len() <= 120 && SENT_FROM.begin(content.trim_start_matches(['*', '_', '-', '<', ' ', '[']))
}

/// A line that closes a letter, alone or with the name on the same line: `Best regards,`, `Thanks, Tom`.
fn is_closing(content: &str) -> bool {
    let trimmed = content.trim_matches(['*', '_', ' ']);
    let closing = trimmed.trim_end_matches([',', '.', '!', ';', ':', '-', '–', '—', ' ', '…', ')', '(']);
    if closing.len() > 60 {
        return false;
    }
    if CLOSINGS.are(closing) {
        return true;
    }
    let Some(rest) = CLOSINGS.front(trimmed).and_then(|length| trimmed.get(length..)) else {
        return false;
    };
    let Some(name) = rest.strip_prefix([',', '!', '.', '-', '–', '—']) else {
        return false;
    };
    is_name(name.trim_end_matches('.')) && name.starts_with(' ')
}

/// One to four words with a capital in front, as names have.
fn is_name(text: &str) -> bool {
    let mut words = 0;
    for word in text.split_whitespace() {
        words += 1;
        let particle = matches!(
            word,
            "de" | "da" | "van" | "von" | "der" | "den" | "del" | "di" | "la" | "le" | "bin" | "al"
        );
        let letters = word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’' | ','));
        if !letters || !(particle || word.starts_with(char::is_uppercase)) {
            return false;
        }
    }
    (1..=4).contains(&words)
}
