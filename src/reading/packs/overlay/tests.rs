//! What overlays change, and the bad files of `tests/overlays`.

use super::*;
use crate::mail::{Address, Prose};
use crate::reading::{Context, Packs, read};
use std::fs;
use std::path::Path;

const SAMPLE: &str = include_str!("../../../../config/overlay.toml");

fn with(overlay: &str) -> Packs {
    match Packs::parse_with(None, &[("team.toml", overlay)]) {
        Ok(packs) => packs,
        Err(faults) => panic!(
            "{}",
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        ),
    }
}

fn rules_in(packs: &Packs, text: &str) -> Vec<String> {
    let context = Context {
        account: Address::parse("ana@elsewhere.example"),
        assume_prospecting: true,
        ..Context::default()
    };
    let reading = read(&Prose::from_text(text), &context, packs);
    let spans = reading.findings.into_iter().filter(|finding| finding.span.is_some());
    spans.map(|finding| finding.rule.to_string()).collect()
}

#[test]
fn the_sample_does_what_it_says() {
    let packs = with(SAMPLE);
    let scores = packs.score_examples();
    assert_eq!(scores.broken, []);
    assert!(
        scores.changed.iter().all(|changed| changed.of == "sell/third-person"),
        "{:?}",
        scores.changed
    );
    assert!(scores.changed.len() >= 2);
    assert_eq!(packs.required_texts().len(), 1);
    assert_eq!(packs.exempt_recipients(), ["@partner.example"]);
    assert_eq!(packs.overlays(), ["team.toml"]);
    assert_eq!(packs.disabled()[0].id, "sell/third-person");
    assert_eq!(packs.disabled()[0].change.file, "team.toml");
}

#[test]
fn names_of_company_and_products_are_the_sellers() {
    let plain = Packs::builtin();
    let packs = with("[names]\ncompany = [\"Quillon\"]\nproducts = [\"Blue Harbor\", \"Tidewater Route Planner\"]");
    assert_eq!(packs.seller_names(), ["quillon", "blueharbor", "tidewaterrouteplanner"]);
    for text in [
        "Quillon lets planners see every order.",
        "Blue Harbor lets planners see every order.",
        "Today Blue-Harbor helps forty banks.",
        "Tidewater Route Planner helps dispatchers save time.",
    ] {
        assert!(
            rules_in(&packs, text).iter().any(|rule| rule.starts_with("sell/")),
            "{text}: {:?}",
            rules_in(&packs, text)
        );
    }
    let half = "What did the Blue line in Porto say about it?";
    assert_eq!(rules_in(&packs, half), rules_in(&plain, half));
}

#[test]
fn the_hash_covers_overlays() {
    let (plain, one) = (Packs::builtin(), with("[names]\ncompany = [\"Norvane\"]"));
    assert_ne!(plain.hash(), one.hash());
    assert_eq!(plain.hash(), Packs::parse_with(None, &[]).unwrap().hash());
    assert_eq!(one.hash(), with("[names]\ncompany = [\"Norvane\"]").hash());
}

#[test]
fn rules_are_added_disabled_releveled_and_extended() {
    let text = "I would like to show you our new depot tool.";
    let plain = Packs::builtin();
    assert!(rules_in(&plain, text).contains(&"want/would-like".to_owned()));
    let disabled = with("[[disable]]\nrule = \"want/would-like\"\nreason = \"we are asked to\"");
    assert!(!rules_in(&disabled, text).contains(&"want/would-like".to_owned()));
    let extended = with(
        "[[extend]]\nrule = \"want/would-like\"\nunless_sentence = [\"depot tool\"]\n\
         silent = [\"You asked whether the depot tool was mine.\"]",
    );
    assert!(!rules_in(&extended, text).contains(&"want/would-like".to_owned()));
    let releveled = with("[[relevel]]\nrule = \"want\"\nlevel = \"note\"");
    let rule = releveled.rules().find(|rule| rule.id == "want/would-like").unwrap();
    assert_eq!(rule.level, Level::Note);
    assert_eq!(rule.changes[0].what, "level set to note (it was warn)");
    assert_eq!((rule.changes[0].file.as_str(), rule.changes[0].line), ("team.toml", 2));
}

#[test]
fn an_added_rule_that_intrudes_is_broken_unless_its_overlay_says_so() {
    let added = |fires: &str| {
        with(&format!(
            "[[rule]]\ncategory = \"hype\"\nid = \"porto\"\nmatch = [\"the porto line\"]\n\
             fires = [\"We run the Porto line.\", {fires}]\nsilent = [\"The Lyon line ran late.\"]"
        ))
        .score_examples()
    };
    let intrudes = added("\"Ask about the Porto line.\"");
    assert!(
        intrudes
            .broken
            .iter()
            .any(|broken| broken.example.contains("the Porto line")),
        "{:?}",
        intrudes.broken
    );
    let meant = added("\"Would you like to see the scrap numbers from the Porto line?\"");
    assert!(
        meant
            .changed
            .iter()
            .any(|changed| changed.example.contains("scrap numbers")),
        "{:?}",
        meant.changed
    );
    assert!(
        meant
            .broken
            .iter()
            .all(|broken| !broken.example.contains("scrap numbers"))
    );
}

/// Each file begins with the faults that it must have, in order: `# expect: line:column: field: message`.
#[test]
fn bad_overlays_are_refused_at_the_right_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/overlays");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{}", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let expected: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# expect: "))
            .collect();
        let told: Vec<String> = Packs::parse_with(None, &[("o", &text)])
            .err()
            .unwrap_or_default()
            .iter()
            .map(|fault| fault.to_string().replacen("o:", "", 1))
            .collect();
        assert_eq!(told, expected, "{}", file.display());
    }
}
