//! The standard's own tests: its file, the two keys, modes, consent.

use super::*;
use crate::mail::Envelope;
use crate::reading::{Category, Finding, HardNo, HistoryUnknown, Level, Prospecting, ProspectingClass, Span};

fn finding(rule: &str, category: Category, severity: Level) -> Finding {
    Finding {
        rule: rule.to_owned(),
        category,
        severity,
        span: Some(Span {
            part: "1".to_owned(),
            range: 0..4,
            line: 1,
            column: 1,
            raw: 0..4,
        }),
        excerpt: "We help".to_owned(),
        why: "It describes the sender.".to_owned(),
        ask: "What would still be useful to them?".to_owned(),
        points: severity.points(),
        hash: String::new(),
    }
}

fn reading(class: ProspectingClass, score: i32, findings: Vec<Finding>) -> Reading {
    Reading {
        prospecting: Prospecting {
            class,
            points: 7,
            hard_no: None,
            signals: Vec::new(),
        },
        findings,
        score,
        ledger: Vec::new(),
        words: 80,
        masks: 0,
        cut: false,
        packs: "00".to_owned(),
        not_read: None,
        lamps: crate::reading::Lamps::default(),
        help: None,
        silenced: Vec::new(),
    }
}

fn strong(class: ProspectingClass, score: i32) -> Reading {
    reading(
        class,
        score,
        vec![finding("sell/we-help", Category::Sell, Level::Strong)],
    )
}

fn now() -> Timestamp {
    "2026-10-05T09:00:00Z".parse().unwrap()
}

fn judge(standard: &Standard, reading: &Reading) -> Verdict {
    standard.judge(Judged::Read(reading), None, None, now())
}

#[test]
fn the_shipped_file_shows_the_defaults() {
    assert_eq!(Standard::builtin(), Standard::parse("empty.toml", "").unwrap());
    for key in [
        "annotate_below",
        "act_below",
        "act",
        "mode",
        "history_unknown",
        "on_error",
        "allowed",
        "reason_required",
        "valid_for_hours",
        "internal_domains",
        "exempt_recipients",
        "prospecting_from",
        "unsure_from",
    ] {
        let shown = BUILTIN.lines().any(|line| line.starts_with(&format!("{key} = ")));
        assert!(shown, "{key} is not shown");
    }
    assert_eq!(Standard::builtin().gate().history_unknown, HistoryUnknown::FirstTouch);
}

#[test]
fn faults_name_their_place() {
    for (text, line, field, expected) in [
        ("annotate_below = 175", 1, "annotate_below", "0 to 100"),
        ("annotate_below = 40\nact_below = 60", 2, "act_below", "0 to 40"),
        ("act = \"delete\"", 1, "act", "`return` or `hold`"),
        (
            "[consent]\nvalid_for_hours = 0",
            2,
            "consent.valid_for_hours",
            "1 to 720 hours",
        ),
        (
            "[scope]\ninternal_domains = [\"acme\"]",
            2,
            "scope.internal_domains",
            "a domain such as",
        ),
        (
            "[scope]\nexempt_recipients = [\n  \"acme.example\",\n]",
            3,
            "scope.exempt_recipients",
            "@acme.example",
        ),
        ("[gate]\nunsure_from = 9", 2, "gate.unsure_from", "1 to 5"),
    ] {
        let fault = Standard::parse("standard.toml", text).unwrap_err();
        assert_eq!((fault.line, fault.field.as_str()), (line, field), "{fault}");
        assert!(fault.expected.contains(expected), "{fault}");
    }
    let fault = Standard::parse("standard.toml", "anotate_below = 60").unwrap_err();
    assert!(fault.message.contains("unknown field `anotate_below`"), "{fault}");
}

#[test]
fn lists_are_taken_in_lower_case() {
    let text =
        "[scope]\ninternal_domains = [\"Acme.example\"]\nexempt_recipients = [\"@Partner.example\", \"Jo@x.example\"]";
    let gate = Standard::parse("standard.toml", text).unwrap().gate();
    assert_eq!(gate.internal_domains, ["acme.example"]);
    assert_eq!(gate.exempt_recipients, ["@partner.example", "jo@x.example"]);
}

#[test]
fn both_keys_are_needed_to_act() {
    let standard = Standard::builtin();
    let yes = ProspectingClass::Yes;
    let disposition = |reading: &Reading| judge(&standard, reading).disposition;
    assert_eq!(disposition(&strong(yes, 49)), Disposition::Return);
    assert_eq!(disposition(&strong(yes, 50)), Disposition::Annotate);
    assert_eq!(disposition(&strong(yes, 75)), Disposition::Pass);
    assert_eq!(
        disposition(&strong(ProspectingClass::Unsure, 10)),
        Disposition::Annotate
    );
    assert_eq!(disposition(&strong(ProspectingClass::No, 10)), Disposition::Pass);
    let note = finding("ask/call", Category::Ask, Level::Note);
    let warn = finding("want/would-like", Category::Want, Level::Warn);
    assert_eq!(
        disposition(&reading(yes, 40, vec![note.clone()])),
        Disposition::Annotate
    );
    assert_eq!(
        disposition(&reading(yes, 40, vec![note.clone(), note.clone()])),
        Disposition::Annotate
    );
    assert_eq!(disposition(&reading(yes, 40, vec![note, warn])), Disposition::Return);
    assert_eq!(disposition(&reading(yes, 40, Vec::new())), Disposition::Annotate);
}

#[test]
fn an_unfilled_field_acts_alone_and_only_where_it_is_prospecting() {
    let standard = Standard::builtin();
    let hole = || vec![finding("merge/unfilled-field", Category::Merge, Level::Strong)];
    assert_eq!(
        judge(&standard, &reading(ProspectingClass::Yes, 90, hole())).disposition,
        Disposition::Return
    );
    assert_eq!(
        judge(&standard, &reading(ProspectingClass::Unsure, 90, hole())).disposition,
        Disposition::Pass
    );
    let greeting = vec![finding("merge/salutation-to-anyone", Category::Merge, Level::Warn)];
    assert_eq!(
        judge(&standard, &reading(ProspectingClass::Yes, 90, greeting)).disposition,
        Disposition::Pass
    );
}

#[test]
fn a_hard_no_passes_and_says_why() {
    let mut internal = strong(ProspectingClass::No, 0);
    internal.prospecting.hard_no = Some(HardNo {
        name: "internal".to_owned(),
        shown: "All inside".to_owned(),
    });
    let verdict = judge(&Standard::builtin(), &internal);
    assert_eq!(
        (verdict.disposition, verdict.reasons[0].name.as_str()),
        (Disposition::Pass, "internal")
    );
    assert!(!verdict.consent_allowed);
}

#[test]
fn modes_only_ever_soften() {
    let bad = strong(ProspectingClass::Yes, 10);
    for (mode, disposition) in [
        ("observe", Disposition::Pass),
        ("coach", Disposition::Annotate),
        ("enforce", Disposition::Hold),
    ] {
        let standard = Standard::parse("s", &format!("act = \"hold\"\nmode = \"{mode}\"")).unwrap();
        let verdict = judge(&standard, &bad);
        assert_eq!(verdict.disposition, disposition);
        assert!(
            verdict.reasons.iter().any(|reason| reason.name == "score-below-act"),
            "{:?}",
            verdict.reasons
        );
        assert_eq!(
            judge(&standard, &strong(ProspectingClass::Yes, 90)).disposition,
            Disposition::Pass
        );
    }
}

#[test]
fn reasons_come_weightiest_first_and_name_the_words() {
    let mut bad = strong(ProspectingClass::Yes, 30);
    bad.findings.insert(0, finding("ask/call", Category::Ask, Level::Note));
    let verdict = judge(&Standard::builtin(), &bad);
    assert_eq!(verdict.reasons[0].name, "score-below-act");
    assert!(
        verdict.reasons[1]
            .shown
            .starts_with("sell/we-help: \u{201c}We help\u{201d}"),
        "{:?}",
        verdict.reasons
    );
    assert!(verdict.consent_allowed);
}

#[test]
fn consent_lets_pass_within_its_time_and_with_a_reason() {
    let bad = strong(ProspectingClass::Yes, 10);
    let standard = Standard::builtin();
    let judge = |standard: &Standard, hours: i64, reason: &str| {
        let consent = Consent {
            given_at: now() - SignedDuration::from_hours(hours),
            reason: reason.to_owned(),
        };
        standard.judge(Judged::Read(&bad), None, Some(&consent), now())
    };
    use jiff::SignedDuration;
    let passed = judge(&standard, 24, "She asked for it by phone");
    assert_eq!(
        (passed.disposition, passed.reasons[0].name.as_str()),
        (Disposition::Pass, "consent")
    );
    assert!(passed.reasons[0].shown.contains("She asked for it by phone"));
    assert_eq!(
        judge(&standard, 25, "She asked for it").disposition,
        Disposition::Return
    );
    assert_eq!(judge(&standard, 1, "  ").disposition, Disposition::Return);
    let without_reason = Standard::parse("s", "[consent]\nreason_required = false").unwrap();
    assert_eq!(judge(&without_reason, 1, "").disposition, Disposition::Pass);
    let never = Standard::parse("s", "[consent]\nallowed = false").unwrap();
    let refused = judge(&never, 1, "She asked for it");
    assert_eq!(
        (refused.disposition, refused.consent_allowed),
        (Disposition::Return, false)
    );
    let good = strong(ProspectingClass::Yes, 90);
    let consent = Consent {
        given_at: now(),
        reason: "x".to_owned(),
    };
    let verdict = standard.judge(Judged::Read(&good), None, Some(&consent), now());
    assert!(verdict.reasons.iter().all(|reason| reason.name != "consent"));
}

#[test]
fn what_could_not_be_read_follows_on_error() {
    for (text, disposition) in [
        ("", Disposition::Pass),
        ("on_error = \"annotate\"", Disposition::Annotate),
        ("on_error = \"return\"", Disposition::Return),
        ("on_error = \"hold\"", Disposition::Hold),
        ("on_error = \"hold\"\nmode = \"observe\"", Disposition::Pass),
    ] {
        let standard = Standard::parse("s", text).unwrap();
        let envelope = Envelope::plain("ana@norvane.example", &["jo@tulsa.example"]);
        let verdict = standard.judge(
            Judged::NotRead {
                why: "nested too deeply",
            },
            Some(&envelope),
            None,
            now(),
        );
        assert_eq!(verdict.disposition, disposition, "{text}");
        assert!(
            verdict
                .reasons
                .iter()
                .any(|reason| reason.shown.contains("nested too deeply"))
        );
    }
}
