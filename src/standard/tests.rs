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
        scale: crate::reading::Scale::default(),
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
        "overlays",
        "exempt_accounts",
        "expires_after_hours",
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

fn no_files(_: &str, name: &str) -> Result<(String, String), String> {
    let text = match name {
        "sales.txt" => "# the pilot\nana@norvane.example\n  *@sales.norvane.example # all\n",
        "bad.txt" => "ana@norvane.example\n  norvane.example\n",
        "customers.txt" => "@tulsa.example\njo@leeds.example\n",
        "bad-customers.txt" => "@tulsa.example\ntulsa\n",
        "overlay.toml" => "[names]\ncompany = [\"Norvane\"]\n",
        _ => return Err("there is no such file".to_owned()),
    };
    Ok((name.to_owned(), text.to_owned()))
}

fn standards(text: &str) -> Standards {
    match Standards::parse(WrittenText { file: "s", text }, None, no_files) {
        Ok(standards) => standards,
        Err(faults) => panic!("{faults:#?}"),
    }
}

#[test]
fn the_first_standard_that_names_an_account_counts() {
    let all = standards(
        "act_below = 40\n[consent]\nvalid_for_hours = 8\n\
         [[standard]]\nname = \"boss\"\naccounts = [\"eve@norvane.example\"]\nmode = \"observe\"\n\
         [[standard]]\nname = \"sales\"\naccounts_file = \"sales.txt\"\nact_below = 30\n\
         [standard.consent]\nby = \"approver\"\n\
         [[standard]]\nname = \"rest\"\naccounts = [\"@norvane.example\"]\nact = \"hold\"\n",
    );
    let of = |account: &str| all.for_account(account).standard.clone();
    assert_eq!(of("EVE@norvane.example").mode, Mode::Observe);
    assert_eq!(of("EVE@norvane.example").act_below, 40);
    let sales = of("bob@sales.norvane.example");
    assert_eq!(
        (sales.name.as_str(), sales.act_below, sales.valid_for_hours),
        ("sales", 30, 8)
    );
    assert_eq!((sales.consent_by, sales.consent_allowed), (Who::Approver, false));
    assert_eq!(of("ana@norvane.example").name, "sales");
    assert_eq!(of("zoe@norvane.example").act, Act::Hold);
    assert_eq!(of("zoe@elsewhere.example").name, "default");
    let (at, member) = all.choose("bob@sales.norvane.example");
    let origin = &member.unwrap().origin;
    assert_eq!(
        (at, origin.file.as_str(), origin.line, origin.column),
        (2, "sales.txt", 3, 3)
    );
    let setting = |account: &str, key: &str| {
        let settings = &all.for_account(account).settings;
        settings.iter().find(|setting| setting.key == key).cloned().unwrap()
    };
    assert_eq!(setting("ana@norvane.example", "act_below").origin.unwrap().line, 11);
    assert_eq!(
        setting("ana@norvane.example", "consent.valid_for_hours")
            .origin
            .unwrap()
            .line,
        3
    );
    assert_eq!(setting("ana@norvane.example", "annotate_below").origin, None);
    // "rest" takes two of the accounts that others take first.
    let warned: Vec<String> = all.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("accounts of *@norvane.example that eve@norvane.example takes too get \"boss\""));
}

#[test]
fn files_that_are_named_are_read() {
    let all = standards(
        "overlays = [\"overlay.toml\"]\n[scope]\ncustomers_file = \"customers.txt\"\nexempt_accounts = [\"@a.example\"]",
    );
    let standard = &all.default.standard;
    assert_eq!(standard.overlays[0].file, "overlay.toml");
    assert_eq!(standard.gate().customers, ["@tulsa.example", "jo@leeds.example"]);
    assert_eq!(standard.gate().exempt_accounts, ["@a.example"]);
}

#[test]
fn a_reps_file_goes_on_top_as_far_as_it_is_let() {
    let main = "act_below = 40\nlocked = [\"consent\", \"modes\"]\n[[standard]]\nname = \"x\"\naccounts = [\"x@y.example\"]\n\
                locked = [\"annotate_below\"]\nannotate_below = 60\n";
    let with = |rep: &str| {
        let rep = WrittenText { file: "rep", text: rep };
        Standards::parse(WrittenText { file: "s", text: main }, Some(rep), no_files)
    };
    let all = with("act_below = 45\nmode = \"coach\"").unwrap();
    for account in ["x@y.example", "else@where.example"] {
        let standard = &all.for_account(account).standard;
        assert_eq!((standard.act_below, standard.mode), (45, Mode::Coach));
    }
    let told = |rep: &str| -> Vec<String> {
        let faults = with(rep).err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        told("[consent]\nreason_required = false"),
        [
            "rep:2:19: consent.reason_required: it is locked by s:2; expected the admin's value; ask there to unlock the key"
        ]
    );
    assert_eq!(told("annotate_below = 70").len(), 1);
    assert!(told("annotate_below = 70")[0].contains("it is locked by s:6"));
    assert!(told("[modes]\nhype = \"observe\"")[0].starts_with("rep:2:8: modes.hype: it is locked by s:2"));
    assert!(told("locked = []")[0].contains("only the admin's file may have it"));
    assert!(told("accounts = [\"*\"]")[0].contains("only a named standard has it"));
    // Whoever moves a threshold below the other is at fault.
    let below = told("annotate_below = 30");
    assert!(
        below[0].starts_with("rep:1:18: annotate_below: 30 is below act_below"),
        "{below:?}"
    );
}

#[test]
fn modes_of_rules_soften_what_they_find() {
    let rules = |modes: &str| Standard::parse("s", &format!("[modes]\n{modes}")).unwrap();
    let read = crate::reading::Packs::builtin();
    let text = "We are a leading provider of claims software. I would like to show you a demo. \
                Our award-winning platform speaks for itself. We help CFOs close faster. Are you free on Thursday?";
    let context = crate::reading::Context {
        assume_prospecting: true,
        ..crate::reading::Context::default()
    };
    let reading = crate::reading::read(&crate::mail::Prose::from_text(text), &context, &read);
    let categories: std::collections::BTreeSet<&str> = reading
        .findings
        .iter()
        .filter_map(|finding| finding.rule.split('/').next())
        .collect();
    let all = |mode: &str| {
        rules(
            &categories
                .iter()
                .map(|name| format!("{name} = \"{mode}\"\n"))
                .collect::<String>(),
        )
    };
    assert_eq!(judge(&Standard::builtin(), &reading).disposition, Disposition::Return);
    let coached = judge(&all("coach"), &reading);
    assert_eq!(coached.disposition, Disposition::Annotate);
    assert!(
        coached.reasons.iter().any(|reason| reason.name == "coached"),
        "{coached:?}"
    );
    let observed = judge(&all("observe"), &reading);
    assert_eq!(observed.disposition, Disposition::Pass);
    assert!(observed.reasons.iter().any(|reason| reason.name == "observed"));
    assert!(observed.reasons.iter().all(|reason| reason.name != "finding"));
    // A rule's own mode goes before its category's.
    let own = rules("sell = \"observe\"\n\"sell/we-help\" = \"coach\"");
    assert_eq!(
        (own.modes.of("sell/we-help"), own.modes.of("sell/we-are-a")),
        (Mode::Coach, Mode::Observe)
    );
    assert_eq!(own.modes.of("want/would-like"), Mode::Enforce);
}

#[test]
fn an_unfilled_field_of_an_observed_rule_does_not_act() {
    let standard = Standard::parse("s", "[modes]\n\"merge/unfilled-field\" = \"observe\"").unwrap();
    let hole = vec![finding("merge/unfilled-field", Category::Merge, Level::Strong)];
    assert_eq!(
        judge(&standard, &reading(ProspectingClass::Yes, 90, hole)).disposition,
        Disposition::Pass
    );
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

/// Each file begins with the faults that it must have, in order: `# expect: line:column: field: message`.
#[test]
fn bad_standards_are_refused_at_the_right_place() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standards");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{}", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let expected: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# expect: "))
            .collect();
        let told: Vec<String> = Standards::parse(WrittenText { file: "s", text: &text }, None, no_files)
            .err()
            .unwrap_or_default()
            .iter()
            .map(|fault| fault.to_string().replacen("s:", "", 1))
            .collect();
        assert_eq!(told, expected, "{}", file.display());
    }
}
