//! Modes of the whole standard, of rules and of categories.

use super::*;

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
