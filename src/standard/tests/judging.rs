//! From a reading to a disposition: the two keys, what passes, reasons.

use super::*;

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

#[test]
fn what_was_not_read_passes_and_is_never_annotated() {
    let mut german = reading(ProspectingClass::Yes, 20, Vec::new());
    german.not_read = Some("language: German".to_owned());
    let verdict = judge(&Standard::builtin(), &german);
    assert_eq!(
        (verdict.disposition, verdict.reasons[0].name.as_str()),
        (Disposition::Pass, "not-read")
    );
}
