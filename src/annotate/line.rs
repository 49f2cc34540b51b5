//! One line a finding, for editors and for grep: `file:line:col: level[category/rule] message`.
//!
//! Line and column are places in the *file*, since that is what an editor opens; in a mail whose text is encoded, the
//! place where the encoded words begin. What concerns the whole mail stands at its first line.

use super::Annotated;
use super::places::Places;
use super::words;
use crate::reading::{Finding, ProspectingClass, Reading};

/// The lines for one mail, in the order of the text; empty when nothing is found. What is not prospecting is only shown
/// with `all`, since it is not judged by its findings. Each line holds harmless characters only.
#[must_use]
pub fn lines(mail: &Annotated<'_>, all: bool) -> String {
    let judged = |reading: &&Reading| all || reading.prospecting.class != ProspectingClass::No;
    let Some(reading) = mail.reading.filter(judged) else {
        return String::new();
    };
    let places = mail.octets.filter(|_| !reading.findings.is_empty()).map(Places::of);
    reading
        .findings
        .iter()
        .map(|finding| line(mail.name, finding, places.as_ref()))
        .collect()
}

fn line(name: &str, finding: &Finding, places: Option<&Places<'_>>) -> String {
    let (line, column) = match &finding.span {
        None => (1, 1),
        Some(span) => places
            .and_then(|places| places.range(&span.raw))
            .map_or((span.line, span.column), |(start, _)| (start.line, start.column)),
    };
    let excerpt = match words::line(&finding.excerpt) {
        excerpt if excerpt.is_empty() => String::new(),
        excerpt => format!("\"{excerpt}\": "),
    };
    format!(
        "{}:{line}:{column}: {}[{}] {excerpt}{} {}\n",
        words::line(name),
        words::level(finding.severity),
        words::line(&finding.rule),
        words::line(&finding.why),
        words::line(&finding.ask),
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn editors_find_the_place_in_the_file() {
        let pitch = samples::pitch();
        let lines = lines(&pitch.annotated(), false);
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(
            lines[0],
            "pitch.eml:5:1: warn[want/would-like] \"I would like to see if\": Says what you want before it gives the \
             reader a reason to care. What is on this person's desk this week that made you write today? Start the \
             sentence there."
        );
        assert!(lines[1].starts_with("pitch.eml:5:67: strong[hype/our-adjective] "));
        assert!(lines[2].starts_with("pitch.eml:1:1: warn[no-customer-question/none] Nothing in the mail"));
    }

    #[test]
    fn what_is_not_prospecting_is_only_shown_when_asked_for() {
        let mut sample = samples::pitch();
        sample.reading.prospecting.class = ProspectingClass::No;
        assert_eq!(lines(&sample.annotated(), false), "");
        assert_eq!(lines(&sample.annotated(), true).lines().count(), 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_finding_is_one_harmless_line(reading in samples::hostile_reading(), name in samples::hostile_text()) {
            let sample = samples::pitch();
            let mail = Annotated { name: &name, reading: Some(&reading), ..sample.annotated() };
            let text = lines(&mail, true);
            prop_assert_eq!(text.lines().count(), reading.findings.len());
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        }
    }
}
