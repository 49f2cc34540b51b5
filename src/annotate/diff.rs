//! What a rewrite changed: two readings side by side.
//!
//! In: the old mail and the new one, each with its reading. Out: the score before and after, findings that are gone, new
//! or kept, lamps lit and gone dark, questions asked, as text and as JSON. Findings are matched by their hash, and those
//! whose words changed by their rule and the nearest place.

use super::Annotated;
use super::json;
use crate::mail::Prose;
use crate::reading::{Finding, Layer, Reading};

mod show;

pub use show::{json_line, text};

/// What changed from one mail to the other.
#[derive(Debug)]
pub struct Diff<'a> {
    old: Annotated<'a>,
    new: Annotated<'a>,
    /// Only in the old one.
    gone: Vec<&'a Finding>,
    /// Only in the new one.
    added: Vec<&'a Finding>,
    /// In both, as the new one has them.
    kept: Vec<&'a Finding>,
    /// Lamps that the new one lights and the old one does not.
    lit: Vec<Layer>,
    /// Lamps that have gone dark.
    darkened: Vec<Layer>,
    /// Questions that only the new one asks; a finding is no question.
    asked: Vec<String>,
}

/// Lines apart at which two findings of one rule can still be the same place reworded.
const NEAR: usize = 12;

impl<'a> Diff<'a> {
    /// Compares them.
    #[must_use]
    pub fn of(old: Annotated<'a>, new: Annotated<'a>) -> Diff<'a> {
        let (gone, kept, added) = matched(findings(&old), findings(&new));
        let lit_in = |mail: &Annotated<'_>, layer| mail.reading.is_some_and(|reading| reading.lamps.lit(layer));
        let layers = |from: &Annotated<'_>, to: &Annotated<'_>| -> Vec<Layer> {
            let changed = |layer: &Layer| lit_in(to, *layer) && !lit_in(from, *layer);
            Layer::ALL.into_iter().filter(changed).collect()
        };
        let before = questions(&old);
        let mut asked = questions(&new);
        asked.retain(|question| !before.iter().any(|old| folded(old) == folded(question)));
        asked.dedup();
        Diff {
            lit: layers(&old, &new),
            darkened: layers(&new, &old),
            gone,
            added,
            kept,
            asked,
            old,
            new,
        }
    }

    /// Findings that only the old one has, only the new one, and both; each in the order of reading.
    #[must_use]
    pub fn findings(&self) -> [&[&'a Finding]; 3] {
        [&self.gone, &self.added, &self.kept]
    }

    /// Lamps that the new one lights and the old one does not, and the other way round.
    #[must_use]
    pub fn layers(&self) -> [&[Layer]; 2] {
        [&self.lit, &self.darkened]
    }

    /// Questions that only the new one asks.
    #[must_use]
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    /// The scores, where they were read.
    #[must_use]
    pub fn scores(&self) -> (Option<i32>, Option<i32>) {
        (json::score(&self.old), json::score(&self.new))
    }
}

fn findings<'a>(mail: &Annotated<'a>) -> Vec<&'a Finding> {
    mail.reading
        .map(|reading| reading.findings.iter().collect())
        .unwrap_or_default()
}

/// Old ones without a match, matched ones as the new mail has them, new ones without a match.
fn matched<'a>(old: Vec<&'a Finding>, new: Vec<&'a Finding>) -> (Vec<&'a Finding>, Vec<&'a Finding>, Vec<&'a Finding>) {
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut gone = Vec::new();
    let mut left = Vec::new();
    for (at, finding) in old.iter().enumerate() {
        let same = |other: &&Finding| !finding.hash.is_empty() && other.hash == finding.hash;
        match new
            .iter()
            .zip(&partner)
            .position(|(other, partner)| partner.is_none() && same(other))
        {
            Some(found) => mark(&mut partner, found, at),
            None => left.push((at, *finding)),
        }
    }
    // The nearest pairs first, so that a place that moved a little is not taken for its neighbour.
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (at, finding) in &left {
        for (index, other) in new.iter().enumerate() {
            if let Some(distance) = distance(finding, other).filter(|_| partner.get(index) == Some(&None)) {
                pairs.push((distance, *at, index));
            }
        }
    }
    pairs.sort_unstable();
    for (_, at, index) in pairs {
        let free = partner.get(index) == Some(&None) && !partner.contains(&Some(at));
        if free {
            mark(&mut partner, index, at);
        }
    }
    for (at, finding) in left {
        if !partner.contains(&Some(at)) {
            gone.push(finding);
        }
    }
    let (mut kept, mut added) = (Vec::new(), Vec::new());
    for (finding, partner) in new.into_iter().zip(partner) {
        if partner.is_some() {
            kept.push(finding)
        } else {
            added.push(finding)
        }
    }
    (gone, kept, added)
}

fn mark(partner: &mut [Option<usize>], index: usize, with: usize) {
    if let Some(slot) = partner.get_mut(index) {
        *slot = Some(with);
    }
}

/// How far apart two findings of one rule are, in lines; `None` if they can't be the same.
fn distance(one: &Finding, other: &Finding) -> Option<usize> {
    if one.rule != other.rule {
        return None;
    }
    match (&one.span, &other.span) {
        (None, None) => Some(0),
        (Some(one), Some(other)) => {
            let subject = |part: &str| part == "subject";
            let lines = one.line.abs_diff(other.line);
            (subject(&one.part) == subject(&other.part) && lines <= NEAR).then_some(lines)
        }
        _ => None,
    }
}

/// The sentences of the own text that end with a question mark, apart from those in which something was found.
fn questions(mail: &Annotated<'_>) -> Vec<String> {
    match (mail.prose, mail.reading) {
        (Some(prose), Some(reading)) if reading.not_read.is_none() => questions_of(prose, reading),
        _ => Vec::new(),
    }
}

fn questions_of(prose: &Prose, reading: &Reading) -> Vec<String> {
    let mut questions = Vec::new();
    for passage in &prose.passages {
        let part = prose.parts.get(passage.part).map_or("", |part| part.id.as_str());
        let mut start = 0;
        for (at, c) in passage.text.char_indices() {
            let end = at + c.len_utf8();
            let rest = passage.text.get(end..).unwrap_or_default();
            let ends =
                c == '\n' || (matches!(c, '.' | '!' | '?') && (rest.is_empty() || rest.starts_with([' ', '\n'])));
            if !ends {
                continue;
            }
            let sentence = passage.text.get(start..end).unwrap_or_default();
            let source = passage.source_range(start..end);
            let flagged = reading
                .findings
                .iter()
                .filter_map(|finding| finding.span.as_ref())
                .any(|span| span.part == part && span.range.start < source.end && source.start < span.range.end);
            if c == '?' && !flagged {
                questions.push(sentence.trim().to_owned());
            }
            start = end;
        }
    }
    questions
}

fn folded(question: &str) -> String {
    question.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
