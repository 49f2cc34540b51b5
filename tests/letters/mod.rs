//! Whole letters, read with the shipped rules and judged by the shipped standard, against golden files that people review.
//!
//! Beside each `NAME.eml` stands `NAME.golden`: disposition, class, score, lamps and every finding with its words. A change
//! of the rules shows as a change of these files. `YOUWARD_BLESS=1 cargo test --test all letters` writes them anew; look at
//! the difference before you commit it. The folder says what a letter is, and holds more strictly than its golden file:
//!
//! | folder | what | never |
//! |---|---|---|
//! | `seller/` | sells to a stranger | counts as not prospecting |
//! | `customer/` | a good first mail | is returned or held |
//! | `ordinary/` | everything else people write | is returned or held, or has findings |

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use youward::mail::{Mail, Prose, ScanLimits};
use youward::reading::{Context, Layer, Packs, ProspectingClass, Reading, read};
use youward::standard::{Disposition, Judged, Standard, Verdict};

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no settings; what is asked for is to write its golden files"
)]
fn every_letter_reads_as_its_golden_file_says() {
    let (packs, standard) = (Packs::builtin(), Standard::builtin());
    let bless = std::env::var_os("YOUWARD_BLESS").is_some();
    let letters = letters();
    assert!(letters.len() >= 150, "only {} letters", letters.len());
    let mut wrong = Vec::new();
    for path in &letters {
        let (reading, verdict) = judge(path, &packs, &standard);
        let told = told(&reading, &verdict);
        let golden = path.with_extension("golden");
        if bless {
            fs::write(&golden, &told).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != told {
            wrong.push(format!("{} reads differently:\n{told}", path.display()));
        }
        if let Some(fault) = fault_of(path, &reading, &verdict) {
            wrong.push(format!("{}: {fault}\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_rewrite_scores_higher_than_what_it_rewrites() {
    let (packs, standard) = (Packs::builtin(), Standard::builtin());
    let mut pairs = 0;
    for bad in letters() {
        let name = bad.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(stem) = name.strip_suffix("-bad.eml") else {
            continue;
        };
        let score = |path: &Path| judge(path, &packs, &standard).0.score;
        let (before, after) = (score(&bad), score(&bad.with_file_name(format!("{stem}-good.eml"))));
        assert!(after > before, "{stem}: {before} before, {after} after");
        pairs += 1;
    }
    assert!(pairs >= 10, "only {pairs} pairs");
}

/// What no letter of its folder may come to, whatever its golden file says.
fn fault_of(path: &Path, reading: &Reading, verdict: &Verdict) -> Option<&'static str> {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str())?;
    let stopped = matches!(verdict.disposition, Disposition::Return | Disposition::Hold);
    match folder {
        "seller" if reading.prospecting.class == ProspectingClass::No => Some("a pitch that is not seen as one"),
        "customer" | "ordinary" if stopped => Some("it must be let through"),
        "ordinary" if !reading.findings.is_empty() => Some("ordinary mail has no findings"),
        _ => None,
    }
}

fn letters() -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters")];
    let mut letters = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                letters.push(path);
            }
        }
    }
    letters.sort();
    letters
}

/// As the proxy does for a mail on an account with no history: the account is the author, the envelope is unknown.
fn judge(path: &Path, packs: &Packs, standard: &Standard) -> (Reading, Verdict) {
    let octets = fs::read_to_string(path).unwrap().replace('\n', "\r\n").into_bytes();
    let prose = Prose::extract(&Mail::new(octets), &ScanLimits::default()).unwrap();
    let context = Context {
        account: prose.headers.from.first().cloned(),
        gate: standard.gate(),
        ..Context::default()
    };
    let reading = read(&prose, &context, packs);
    let verdict = standard.judge(Judged::Read(&reading), None, None, jiff::Timestamp::UNIX_EPOCH);
    (reading, verdict)
}

fn told(reading: &Reading, verdict: &Verdict) -> String {
    let mut told = String::new();
    let class = match reading.prospecting.class {
        ProspectingClass::Yes => "yes",
        ProspectingClass::Unsure => "unsure",
        ProspectingClass::No => "no",
    };
    writeln!(told, "disposition: {}", verdict.disposition).unwrap();
    write!(told, "prospecting: {class}, {} points", reading.prospecting.points).unwrap();
    match &reading.prospecting.hard_no {
        Some(no) => writeln!(told, ", {}", no.name).unwrap(),
        None => writeln!(told).unwrap(),
    }
    writeln!(told, "score: {}", reading.score).unwrap();
    let lit: Vec<&str> = Layer::ALL
        .into_iter()
        .filter(|layer| reading.lamps.lit(*layer))
        .map(Layer::name)
        .collect();
    writeln!(
        told,
        "lamps: {}",
        if lit.is_empty() {
            "none".to_owned()
        } else {
            lit.join(", ")
        }
    )
    .unwrap();
    for finding in &reading.findings {
        writeln!(told, "{}: {}", finding.rule, finding.excerpt).unwrap();
    }
    told
}
