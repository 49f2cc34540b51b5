//! One JSON object a mail, on one line: for scripts and editors. Fields are only ever added within a version.

use super::Annotated;
use super::words;
use crate::reading::{Finding, HardNo, LedgerLine, Level, ProspectingClass, Signal};
use crate::standard::{Disposition, Reason};
use serde::Serialize;

/// The object for one mail, without a line end. What belongs to a reading is `null` when the mail could not be read;
/// `part`, `start`, `end`, `line` and `column` are `null` in findings about the whole mail. `start` and `end` are byte
/// offsets into the decoded UTF-8 text of the part (for a plain file: into the file), `line` and `column` count from 1,
/// columns in characters. Findings stand in the order of the text.
///
/// # Errors
/// None in practice: there is nothing in it that JSON can't say.
pub fn line(mail: &Annotated<'_>) -> serde_json::Result<String> {
    let reading = mail.reading;
    serde_json::to_string(&Object {
        version: 1,
        file: mail.name,
        disposition: mail.verdict.disposition,
        score: reading.map(|reading| reading.score),
        prospecting: reading.map(|reading| Gate {
            is: reading.prospecting.class == ProspectingClass::Yes,
            class: reading.prospecting.class,
            points: reading.prospecting.points,
            signals: &reading.prospecting.signals,
            hard_no: reading.prospecting.hard_no.as_ref(),
        }),
        findings: reading.map(|reading| reading.findings.iter().map(Place::of).collect()),
        ledger: reading.map(|reading| reading.ledger.as_slice()),
        reasons: &mail.verdict.reasons,
        consent_allowed: mail.verdict.consent_allowed,
        words: reading.map(|reading| reading.words),
        masks: reading.map(|reading| reading.masks),
        cut: reading.map(|reading| reading.cut),
        packs: reading.map(|reading| reading.packs.as_str()),
    })
}

#[derive(Serialize)]
struct Object<'a> {
    version: u8,
    file: &'a str,
    disposition: Disposition,
    score: Option<i32>,
    prospecting: Option<Gate<'a>>,
    findings: Option<Vec<Place<'a>>>,
    ledger: Option<&'a [LedgerLine]>,
    reasons: &'a [Reason],
    consent_allowed: bool,
    words: Option<usize>,
    masks: Option<usize>,
    cut: Option<bool>,
    packs: Option<&'a str>,
}

#[derive(Serialize)]
struct Gate<'a> {
    is: bool,
    class: ProspectingClass,
    points: i32,
    signals: &'a [Signal],
    hard_no: Option<&'a HardNo>,
}

#[derive(Serialize)]
struct Place<'a> {
    rule: &'a str,
    category: &'static str,
    severity: Level,
    part: Option<&'a str>,
    start: Option<usize>,
    end: Option<usize>,
    line: Option<usize>,
    column: Option<usize>,
    excerpt: &'a str,
    why: &'a str,
    ask: &'a str,
    points: i32,
}

impl Place<'_> {
    fn of(finding: &Finding) -> Place<'_> {
        let span = finding.span.as_ref();
        Place {
            rule: &finding.rule,
            category: words::category_id(finding.category),
            severity: finding.severity,
            part: span.map(|span| span.part.as_str()),
            start: span.map(|span| span.range.start),
            end: span.map(|span| span.range.end),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
            excerpt: &finding.excerpt,
            why: &finding.why,
            ask: &finding.ask,
            points: finding.points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::reading::Category;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn has_every_promised_field() {
        let file = samples::text_file();
        let object: Value = serde_json::from_str(&line(&file.annotated()).unwrap()).unwrap();
        assert_eq!(object["version"], 1);
        assert_eq!(object["file"], "brief an jo.txt");
        assert_eq!(object["disposition"], "return");
        assert_eq!(object["score"], 94);
        assert_eq!(object["prospecting"]["is"], true);
        assert_eq!(object["prospecting"]["class"], "yes");
        assert_eq!(object["prospecting"]["points"], 6);
        assert_eq!(object["prospecting"]["hard_no"], Value::Null);
        assert_eq!(
            object["prospecting"]["signals"][0],
            json!({"name": "first-touch", "points": 3, "shown": "No recipient has ever written to this account"})
        );
        assert_eq!(
            object["findings"],
            json!([{
                "rule": "want/just", "category": "want", "severity": "warn", "part": "text", "start": 13, "end": 24,
                "line": 2, "column": 1, "excerpt": "Just wanted", "points": 6,
                "why": file.reading.findings[0].why, "ask": file.reading.findings[0].ask,
            }])
        );
        assert_eq!(object["ledger"], json!([{"what": "want/just: 1 place", "points": 6}]));
        assert_eq!(object["reasons"][0]["name"], "score-below-act");
        assert_eq!(
            (&object["words"], &object["masks"], &object["cut"]),
            (&json!(24), &json!(1), &json!(false))
        );
        assert_eq!(object["packs"], "0f".repeat(32));
    }

    #[test]
    fn what_has_no_place_says_null() {
        let pitch = samples::pitch();
        let object: Value = serde_json::from_str(&line(&pitch.annotated()).unwrap()).unwrap();
        for field in ["part", "start", "end", "line", "column"] {
            assert_eq!(object["findings"][2][field], Value::Null, "{field}");
            assert_ne!(object["findings"][0][field], Value::Null, "{field}");
        }
        let unread = Annotated {
            prose: None,
            reading: None,
            ..pitch.annotated()
        };
        let object: Value = serde_json::from_str(&line(&unread).unwrap()).unwrap();
        for field in [
            "score",
            "prospecting",
            "findings",
            "ledger",
            "words",
            "masks",
            "cut",
            "packs",
        ] {
            assert_eq!(object.get(field), Some(&Value::Null), "{field}");
        }
    }

    #[test]
    fn categories_are_written_as_serde_writes_them() {
        use Category::*;
        for category in [
            Want,
            Sell,
            Mask,
            Hype,
            Ask,
            Pretext,
            Route,
            Unbacked,
            News,
            Tell,
            Nudge,
            Generic,
            Blame,
            Merge,
            SellerSubject,
            NoCustomerQuestion,
            Layers,
            InsightNoNext,
        ] {
            assert_eq!(
                serde_json::to_value(category).unwrap(),
                json!(words::category_id(category))
            );
        }
    }

    proptest! {
        #[test]
        fn is_one_line_and_reads_back(reading in samples::hostile_reading(), name in samples::hostile_text()) {
            let sample = samples::pitch();
            let mail = Annotated { name: &name, reading: Some(&reading), ..sample.annotated() };
            let text = line(&mail).unwrap();
            prop_assert!(!text.contains('\n') && !text.contains('\r'));
            let object: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(object["file"].as_str().unwrap(), &name);
            for (shown, finding) in object["findings"].as_array().unwrap().iter().zip(&reading.findings) {
                prop_assert_eq!(shown["excerpt"].as_str().unwrap(), &finding.excerpt);
            }
        }
    }
}
