//! Excerpts as people saw them. A reading quotes an HTML part as its source, `our <b>great</b> tool`; its author never
//! wrote the tags and would not know the words again.

use super::super::view::in_passage;
use super::super::words;
use crate::mail::{Passage, Prose, TextKind};
use crate::reading::{Excerpt, Finding, Reading, Span};
use std::borrow::Cow;

/// So many characters are quoted at most, as in a reading.
const QUOTED: usize = 200;

/// The reading with every excerpt of an HTML part as its visible text; the same reading where there is none.
pub(super) fn reading<'a>(reading: &'a Reading, prose: &Prose) -> Cow<'a, Reading> {
    if prose.parts.iter().all(|part| part.kind != TextKind::Html) {
        return Cow::Borrowed(reading);
    }
    let show = |span: &Span, excerpt: &mut String| {
        if let Some(seen) = seen(span, prose) {
            *excerpt = seen;
        }
    };
    let finding = |finding: &mut Finding| {
        if let Some(span) = &finding.span {
            show(span, &mut finding.excerpt);
        }
    };
    let excerpt = |excerpt: &mut Excerpt| show(&excerpt.span, &mut excerpt.excerpt);
    let mut shown = reading.clone();
    shown.findings.iter_mut().for_each(finding);
    shown
        .silenced
        .iter_mut()
        .for_each(|silenced| finding(&mut silenced.finding));
    let lamps = &mut shown.lamps;
    for lamp in [
        &mut lamps.market,
        &mut lamps.company,
        &mut lamps.function,
        &mut lamps.person,
    ] {
        lamp.iter_mut().for_each(excerpt);
    }
    if let Some(help) = &mut shown.help {
        help.facts.iter_mut().for_each(excerpt);
    }
    Cow::Owned(shown)
}

/// The visible text of a place in an HTML part; `None` elsewhere, and where there is none.
fn seen(span: &Span, prose: &Prose) -> Option<String> {
    let (index, part) = prose
        .parts
        .iter()
        .enumerate()
        .find(|(_, part)| *part.id == *span.part)?;
    if part.kind != TextKind::Html {
        return None;
    }
    let passages: Vec<&Passage> = prose.passages.iter().filter(|passage| passage.part == index).collect();
    let (passage, range) = in_passage(&passages, &span.range)?;
    let line = words::line(passage.text.get(range)?);
    (!line.is_empty()).then(|| line.chars().take(QUOTED).collect())
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn tags_and_entities_are_not_quoted() {
        let mut page = samples::html_pitch();
        page.reading.findings[0].excerpt = "We <b>help".to_owned();
        assert_eq!(reading(&page.reading, &page.prose).findings[0].excerpt, "We help");
        let plain = samples::pitch();
        assert!(matches!(reading(&plain.reading, &plain.prose), Cow::Borrowed(_)));
    }
}
