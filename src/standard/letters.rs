//! Whole letters of `tests/letters`, read with the shipped packs and judged by the shipped standard.

use super::{Disposition, Judged, Standard};
use crate::mail::{Address, Envelope, Mail, Prose, ScanLimits};
use crate::reading::{Category, Context, Packs, Reading, read};
use serde::Deserialize;
use std::collections::BTreeSet;

macro_rules! letters {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../tests/letters/", $file)))),*]
    };
}

const LETTERS: &[(&str, &str)] = letters!(
    "invitation.eml",
    "who-we-are.eml",
    "booth.eml",
    "bump.eml",
    "masked-stat.eml",
    "content-push.eml",
    "fake-personal.eml",
    "template-hole.eml",
    "quarter-end.eml",
    "break-up.eml",
    "clipped-pitch.eml",
    "customer-led-audit.eml",
    "customer-led-short.eml",
    "customer-led-talk.eml",
    "mixed.eml",
    "soft-offer.eml",
    "invoice.eml",
    "reply.eml",
    "internal.eml",
    "supplier-notice.eml",
    "buyer.eml",
    "calendar-only.eml",
    "exporter.eml",
    "event-sponsor.eml",
    "recruiter.eml",
    "law-firm.eml",
    "playful-pitch.eml",
    "stat-and-names.eml",
    "insurance-broker.eml",
    "customer-led-posts.eml",
    "customer-led-recall.eml",
    "customer-led-owns-up.eml",
    "job-interview.eml",
    "journalist.eml",
    "parents-evening.eml",
    "reference-request.eml",
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    letter: Vec<Letter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Letter {
    file: String,
    disposition: Disposition,
    score: [i32; 2],
    #[serde(default)]
    has: Vec<Category>,
    #[serde(default)]
    hasnt: Vec<Category>,
}

#[test]
fn every_letter_is_judged_as_expected() {
    let text = include_str!("../../tests/letters/expected.toml");
    let expected: Expected = crate::toml_file::parse("expected.toml", text).unwrap();
    assert_eq!(expected.letter.len(), LETTERS.len());
    let packs = Packs::builtin();
    let standard = Standard::builtin();
    let mut wrong = Vec::new();
    for letter in &expected.letter {
        let (_, eml) = LETTERS.iter().find(|(file, _)| *file == letter.file).expect("listed");
        let reading = read_letter(eml, &standard, &packs);
        let verdict = standard.judge(Judged::Read(&reading), None, None, jiff::Timestamp::UNIX_EPOCH);
        let found: BTreeSet<Category> = reading.findings.iter().map(|finding| finding.category).collect();
        let fine = verdict.disposition == letter.disposition
            && (letter.score[0]..=letter.score[1]).contains(&reading.score)
            && letter.has.iter().all(|category| found.contains(category))
            && !letter.hasnt.iter().any(|category| found.contains(category));
        if !fine {
            wrong.push(told(&letter.file, verdict.disposition, &reading));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn told(file: &str, disposition: Disposition, reading: &Reading) -> String {
    let findings: Vec<String> = reading
        .findings
        .iter()
        .map(|f| format!("    {} {:?} {:?} {}", f.points, f.rule, f.excerpt, f.why))
        .collect();
    let signals: Vec<String> = reading
        .prospecting
        .signals
        .iter()
        .map(|signal| format!("{} {}", signal.points, signal.name))
        .collect();
    format!(
        "{file}: {disposition}, score {}, {:?} {:?} [{}]\n{}",
        reading.score,
        reading.prospecting.class,
        reading.prospecting.hard_no.as_ref().map(|no| &no.name),
        signals.join(", "),
        findings.join("\n")
    )
}

fn read_letter(eml: &str, standard: &Standard, packs: &Packs) -> Reading {
    let prose = prose_of(eml);
    let to: Vec<String> = prose.headers.to.iter().map(ToString::to_string).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let from = prose.headers.from.first().cloned();
    let envelope = Envelope::plain(&from.as_ref().map(Address::to_string).unwrap_or_default(), &to);
    let context = Context {
        account: from,
        envelope: Some(envelope),
        gate: standard.gate(),
        ..Context::default()
    };
    read(&prose, &context, packs)
}

fn prose_of(eml: &str) -> Prose {
    let mail = Mail::new(eml.replace('\n', "\r\n").into_bytes());
    Prose::extract(&mail, &ScanLimits::default()).unwrap()
}
