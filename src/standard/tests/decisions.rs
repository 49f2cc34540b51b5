//! Consent, release, and how a hold ends.

use super::super::decisions::HOLD_REASONS;
use super::*;

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
fn consent_of_an_approver_is_told_with_their_names() {
    let bad = strong(ProspectingClass::Yes, 10);
    let told = |text: &str| {
        let verdict = judge(&Standard::parse("s", text).unwrap(), &bad);
        (
            verdict.consent_allowed,
            verdict.consent_by,
            verdict.approvers.clone(),
            verdict.author_may_consent(),
        )
    };
    let names = || vec!["mia".to_owned()];
    assert_eq!(told("approvers = [\"mia\"]"), (true, Who::Author, Vec::new(), true));
    assert_eq!(
        told("approvers = [\"mia\"]\n[consent]\nby = \"approver\""),
        (true, Who::Approver, names(), false)
    );
    assert_eq!(
        told("[consent]\nby = \"nobody\""),
        (false, Who::Nobody, Vec::new(), false)
    );
    assert_eq!(
        told("[consent]\nallowed = false\nby = \"approver\""),
        (false, Who::Nobody, Vec::new(), false)
    );
    let held = told("act = \"hold\"\napprovers = [\"mia\"]\n[consent]\nby = \"approver\"");
    assert_eq!(held, (false, Who::Approver, Vec::new(), false));

    let standard = Standard::parse("s", "approvers = [\"mia\"]\n[consent]\nby = \"approver\"").unwrap();
    let consent = Consent {
        given_at: now(),
        reason: "They asked".to_owned(),
    };
    let passed = standard.judge(Judged::Read(&bad), None, Some(&consent), now());
    assert_eq!(passed.disposition, Disposition::Pass);
    assert_eq!(
        passed.reasons[0].shown,
        "An approver wants it sent as written: They asked"
    );
}

#[test]
fn a_verdict_of_before_there_were_approvers_is_its_authors() {
    let old = r#"{"disposition":"return","reasons":[],"consent_allowed":true}"#;
    let verdict: Verdict = serde_json::from_str(old).unwrap();
    assert!(verdict.author_may_consent());
}

#[test]
fn who_may_is_told_by_the_name_alone() {
    let approvers = ["mia".to_owned(), "NORVANE\\eve".to_owned()];
    for (who, user, may) in [
        (Who::Author, "ana", true),
        (Who::Approver, "mia", true),
        (Who::Approver, "NORVANE\\eve", true),
        (Who::Approver, "Mia", false),
        (Who::Approver, "mi", false),
        (Who::Approver, "", false),
        (Who::Nobody, "mia", false),
    ] {
        assert_eq!(who.is(user, &approvers), may, "{who} {user}");
    }
}

#[test]
fn the_terms_of_a_hold_are_those_of_the_standard() {
    let bad = strong(ProspectingClass::Yes, 10);
    let terms = |text: &str| judge(&Standard::parse("s", text).unwrap(), &bad).terms;
    assert_eq!(terms(""), None);
    assert_eq!(
        terms("act = \"hold\""),
        Some(Terms {
            release_by: Who::Author,
            approvers: Vec::new(),
            reason_required: false,
            retry_for_hours: 72,
            expires_after_hours: 0,
            then: Then::Return,
        })
    );
    let strict = "act = \"hold\"\napprovers = [\"mia\"]\n[release]\nby = \"approver\"\nreason_required = true\n\
                  retry_for_hours = 4\n[hold]\nexpires_after_hours = 48\nthen = \"remind\"\n[hold.expires]\nnot-read = 1\n";
    assert_eq!(
        terms(strict),
        Some(Terms {
            release_by: Who::Approver,
            approvers: vec!["mia".to_owned()],
            reason_required: true,
            retry_for_hours: 4,
            expires_after_hours: 48,
            then: Then::Remind,
        })
    );
    assert_eq!(terms(&strict.replace("\"hold\"\n", "\"return\"\n")), None);
}

#[test]
fn a_hold_ends_by_its_own_reason_first() {
    let hours = |text: &str, reasons: &[&str]| {
        let standard = Standard::parse("s", &format!("[hold]\n{text}")).unwrap();
        let reasons: Vec<Reason> = reasons
            .iter()
            .map(|name| Reason {
                name: (*name).to_owned(),
                shown: String::new(),
            })
            .collect();
        standard.hold_expiry.hours(&reasons)
    };
    let text = "expires_after_hours = 48\nexpires = { not-read = 4, unfilled = 96, score-below-act = 0 }";
    for (reasons, expected) in [
        (vec!["not-read"], 4),
        (vec!["unfilled", "finding"], 96),
        (vec!["not-read", "unfilled"], 4),
        (vec!["score-below-act"], 0),
        (vec!["score-below-act", "unfilled"], 96),
        (vec!["finding"], 48),
        (Vec::new(), 48),
    ] {
        assert_eq!(hours(text, &reasons), expected, "{reasons:?}");
    }
    assert_eq!(hours("expires.not-read = 4", &["unfilled"]), 0);
    assert_eq!(hours("expires_after_hours = 48", &["not-read"]), 48);
}

/// What `[hold.expires]` knows is what a mail can be held for.
#[test]
fn every_hold_has_one_reason_to_expire_by() {
    let standard = Standard::parse("s", "act = \"hold\"\non_error = \"hold\"").unwrap();
    let hole = vec![finding("merge/unfilled-field", Category::Merge, Level::Strong)];
    let verdicts = [
        judge(&standard, &strong(ProspectingClass::Yes, 10)),
        judge(&standard, &reading(ProspectingClass::Yes, 10, hole)),
        standard.judge(Judged::NotRead { why: "too deep" }, None, None, now()),
    ];
    let known = HOLD_REASONS.map(|(name, _)| name);
    let mut used = Vec::new();
    for verdict in verdicts {
        assert_eq!(verdict.disposition, Disposition::Hold);
        let names = verdict.reasons.iter().map(|reason| reason.name.as_str());
        let mut of_hold = names.filter(|name| known.contains(name));
        used.extend(of_hold.next().map(str::to_owned));
        assert_eq!(of_hold.next(), None, "{:?}", verdict.reasons);
    }
    used.sort();
    assert_eq!(used, known);
}

#[test]
fn hours_of_reasons_are_inherited_one_by_one() {
    let all = standards(
        "[hold]\nexpires_after_hours = 48\n[hold.expires]\nnot-read = 4\n\
         [[standard]]\nname = \"sales\"\naccounts = [\"@norvane.example\"]\n\
         [standard.hold]\nexpires_after_hours = 24\n[standard.hold.expires]\nunfilled = 8\n",
    );
    let entry = all.for_account("ana@norvane.example");
    assert_eq!(entry.standard.hold_expiry.by_reason, [("not-read", 4), ("unfilled", 8)]);
    let told = |key: &str| {
        let setting = entry.settings.iter().find(|setting| setting.key == key).unwrap();
        (setting.value.clone(), setting.origin.as_ref().map(|origin| origin.line))
    };
    assert_eq!(told("hold.expires_after_hours"), ("24".to_owned(), Some(9)));
    assert_eq!(told("hold.expires.not-read"), ("4".to_owned(), Some(4)));
    assert_eq!(told("hold.expires.unfilled"), ("8".to_owned(), Some(11)));
    // A reason without hours of its own is explained by the general number.
    assert_eq!(told("hold.expires.score-below-act"), ("24".to_owned(), Some(9)));
}

#[test]
fn an_approver_who_is_nobody_is_warned_of() {
    let told = |text: &str| -> Vec<String> { standards(text).warnings.iter().map(ToString::to_string).collect() };
    assert_eq!(
        told("[release]\nby = \"approver\"\n[consent]\nby = \"approver\""),
        [
            "s:4:6: consent.by: it asks for an approver, and `approvers` names none: nobody can consent; \
             expected users in `approvers`, or \"nobody\"",
            "s:2:6: release.by: it asks for an approver, and `approvers` names none: nobody can release; \
             expected users in `approvers`, or \"nobody\"",
        ]
    );
    for fine in [
        "approvers = [\"mia\"]\n[release]\nby = \"approver\"",
        "[consent]\nallowed = false\nby = \"approver\"",
        "[release]\nby = \"nobody\"",
        "",
    ] {
        assert_eq!(told(fine), Vec::<String>::new(), "{fine}");
    }
    // A named standard that inherits it is warned of once; one that empties the list, where it does so.
    let named = |keys: &str| {
        told(&format!(
            "approvers = [\"mia\"]\n[release]\nby = \"approver\"\n\
             [[standard]]\nname = \"a\"\naccounts = [\"a@b.example\"]\n{keys}"
        ))
    };
    assert_eq!(named("act = \"hold\""), Vec::<String>::new());
    let emptied = named("approvers = []");
    assert_eq!(emptied.len(), 1, "{emptied:?}");
    assert!(emptied[0].starts_with("s:7:13: release.by: "), "{emptied:?}");
}
