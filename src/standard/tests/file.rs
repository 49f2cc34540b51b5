//! Reading the file: defaults, faults with their places, files that are named.

use super::super::form::KEYS;
use super::*;

#[test]
fn the_shipped_file_shows_the_defaults() {
    assert_eq!(Standard::builtin(), Standard::parse("empty.toml", "").unwrap());
    // `table.key`, as the lines show them; those without a default are commented out.
    let mut table = "";
    let mut shown = Vec::new();
    for line in BUILTIN.lines().map(|line| line.strip_prefix('#').unwrap_or(line)) {
        if let Some(named) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = named;
        } else if let Some((key, _)) = line.split_once(" = ") {
            let dot = if table.is_empty() { "" } else { "." };
            shown.push(format!("{table}{dot}{key}"));
        }
    }
    for key in KEYS {
        let is_shown = shown.iter().any(|shown| shown == key) || key == "modes";
        assert!(is_shown, "{key} is not shown");
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

/// What can be explained can be locked, and the other way round.
#[test]
fn every_key_is_explained() {
    let all = standards("");
    let explained: Vec<&str> = all
        .default
        .settings
        .iter()
        .map(|setting| setting.key.as_str())
        .collect();
    let mut known: Vec<&str> = KEYS.into_iter().filter(|key| *key != "modes").collect();
    assert_eq!(explained, known);
    known.dedup();
    assert_eq!(known.len() + 1, KEYS.len());
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
fn files_that_are_named_are_read() {
    let all = standards(
        "overlays = [\"overlay.toml\"]\n[scope]\ncustomers_file = \"customers.txt\"\nexempt_accounts = [\"@a.example\"]",
    );
    let standard = &all.default.standard;
    assert_eq!(standard.overlays[0].file, "overlay.toml");
    assert_eq!(standard.gate().customers, ["@tulsa.example", "jo@leeds.example"]);
    assert_eq!(standard.gate().exempt_accounts, ["@a.example"]);
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
