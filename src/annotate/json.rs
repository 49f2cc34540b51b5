//! One JSON object a mail, on one line: for scripts and editors.
//!
//! Its form is [`SCHEMA`], and its version stands in each object. Within a version fields are only ever added, so who reads
//! it must not mind fields that it does not know.

use super::Annotated;
use super::words;
use crate::mail::MaskKind;
use crate::reading::{
    Excerpt, Finding, HardNo, Help, Lamps, LedgerLine, Level, Prospecting, ProspectingClass, Signal, Silenced,
};
use crate::standard::{Disposition, Reason};
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the objects.
pub const VERSION: u8 = 1;

/// What an object looks like, as a JSON Schema (draft 2020-12).
pub const SCHEMA: &str = include_str!("../../config/schema/check-output.schema.json");

/// The object for one mail, without a line end. What belongs to a reading is `null` when the mail could not be read;
/// `part`, `start`, `end`, `line`, `column` and `hash` are `null` in findings about the whole mail. `start` and `end` are
/// byte offsets into the decoded UTF-8 text of the part (for a plain file: into the file), `line` and `column` count from
/// 1, columns in characters. Findings stand in the order of the text. The score is `null` when nothing was read to score.
///
/// # Errors
/// None in practice: there is nothing in it that JSON can't say.
pub fn line(mail: &Annotated<'_>) -> serde_json::Result<String> {
    serde_json::to_string(&Object::of(mail))
}

/// One mail as an object.
#[derive(Debug, Serialize)]
pub(super) struct Object<'a> {
    version: u8,
    file: &'a str,
    standard: Option<&'a str>,
    disposition: Disposition,
    score: Option<i32>,
    prospecting: Option<Gate<'a>>,
    findings: Option<Vec<Place<'a>>>,
    silenced: Option<Vec<SilencedPlace<'a>>>,
    ledger: Option<&'a [LedgerLine]>,
    lamps: Option<LampsForm<'a>>,
    help: Option<HelpForm<'a>>,
    reasons: &'a [Reason],
    consent_allowed: bool,
    words: Option<usize>,
    not_read: Option<&'a str>,
    masks: Option<usize>,
    masks_by_kind: Option<BTreeMap<&'static str, usize>>,
    cut: Option<bool>,
    packs: Option<&'a str>,
}

impl<'a> Object<'a> {
    pub(super) fn of(mail: &Annotated<'a>) -> Object<'a> {
        let reading = mail.reading;
        Object {
            version: VERSION,
            file: mail.name,
            standard: mail.verdict.standard.as_deref(),
            disposition: mail.verdict.disposition,
            score: score(mail),
            prospecting: reading.map(|reading| Gate::of(&reading.prospecting)),
            findings: reading.map(|reading| reading.findings.iter().map(Place::of).collect()),
            silenced: reading.map(|reading| reading.silenced.iter().map(SilencedPlace::of).collect()),
            ledger: reading.map(|reading| reading.ledger.as_slice()),
            lamps: reading.map(|reading| LampsForm::of(&reading.lamps)),
            help: reading.and_then(|reading| reading.help.as_ref()).map(HelpForm::of),
            reasons: &mail.verdict.reasons,
            consent_allowed: mail.verdict.consent_allowed,
            words: reading.map(|reading| reading.words),
            not_read: reading.and_then(|reading| reading.not_read.as_deref()),
            masks: reading.map(|reading| reading.masks),
            masks_by_kind: mail
                .prose
                .map(|prose| by_kind(prose.masks.iter().map(|mask| mask.kind))),
            cut: reading.map(|reading| reading.cut),
            packs: reading.map(|reading| reading.packs.as_str()),
        }
    }
}

/// The score, where there was something to score.
pub(super) fn score(mail: &Annotated<'_>) -> Option<i32> {
    let read = mail.reading.filter(|reading| reading.not_read.is_none());
    read.map(|reading| reading.score)
}

fn by_kind(kinds: impl Iterator<Item = MaskKind>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for kind in kinds {
        *counts.entry(words::mask_id(kind)).or_insert(0) += 1;
    }
    counts
}

#[derive(Debug, Serialize)]
pub(super) struct Gate<'a> {
    is: bool,
    class: ProspectingClass,
    points: i32,
    signals: &'a [Signal],
    hard_no: Option<&'a HardNo>,
}

impl Gate<'_> {
    pub(super) fn of(prospecting: &Prospecting) -> Gate<'_> {
        Gate {
            is: prospecting.class == ProspectingClass::Yes,
            class: prospecting.class,
            points: prospecting.points,
            signals: &prospecting.signals,
            hard_no: prospecting.hard_no.as_ref(),
        }
    }
}

/// A finding.
#[derive(Debug, Serialize)]
pub(super) struct Place<'a> {
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
    hash: Option<&'a str>,
}

impl Place<'_> {
    pub(super) fn of(finding: &Finding) -> Place<'_> {
        let span = finding.span.as_ref();
        Place {
            rule: &finding.rule,
            category: words::category_id(finding.category),
            severity: finding.severity,
            part: span.map(|span| &*span.part),
            start: span.map(|span| span.range.start),
            end: span.map(|span| span.range.end),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
            excerpt: &finding.excerpt,
            why: &finding.why,
            ask: &finding.ask,
            points: finding.points,
            hash: Some(finding.hash.as_str()).filter(|hash| !hash.is_empty()),
        }
    }
}

/// A finding that somebody silenced, with their word.
#[derive(Debug, Serialize)]
struct SilencedPlace<'a> {
    #[serde(flatten)]
    finding: Place<'a>,
    reason: &'a str,
    author: &'a str,
}

impl SilencedPlace<'_> {
    fn of(silenced: &Silenced) -> SilencedPlace<'_> {
        SilencedPlace {
            finding: Place::of(&silenced.finding),
            reason: &silenced.silence.reason,
            author: &silenced.silence.author,
        }
    }
}

/// Words of the mail and where they stand.
#[derive(Debug, Serialize)]
struct Words<'a> {
    part: &'a str,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
    excerpt: &'a str,
}

impl Words<'_> {
    fn of(excerpt: &Excerpt) -> Words<'_> {
        let span = &excerpt.span;
        Words {
            part: &span.part,
            start: span.range.start,
            end: span.range.end,
            line: span.line,
            column: span.column,
            excerpt: &excerpt.excerpt,
        }
    }
}

#[derive(Debug, Serialize)]
struct LampsForm<'a> {
    market: Vec<Words<'a>>,
    company: Vec<Words<'a>>,
    function: Vec<Words<'a>>,
    person: Vec<Words<'a>>,
}

impl LampsForm<'_> {
    fn of(lamps: &Lamps) -> LampsForm<'_> {
        LampsForm {
            market: lamps.market.iter().map(Words::of).collect(),
            company: lamps.company.iter().map(Words::of).collect(),
            function: lamps.function.iter().map(Words::of).collect(),
            person: lamps.person.iter().map(Words::of).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct HelpForm<'a> {
    ask: &'a str,
    dark: Option<&'static str>,
    dark_ask: &'a str,
    facts: Vec<Words<'a>>,
    moves: &'a [String],
}

impl HelpForm<'_> {
    fn of(help: &Help) -> HelpForm<'_> {
        HelpForm {
            ask: &help.ask,
            dark: help.dark.map(|layer| layer.name()),
            dark_ask: &help.dark_ask,
            facts: help.facts.iter().map(Words::of).collect(),
            moves: &help.moves,
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
                "hash": "00112233445566aa",
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
            "lamps",
            "help",
            "silenced",
            "masks_by_kind",
            "not_read",
        ] {
            assert_eq!(object.get(field), Some(&Value::Null), "{field}");
        }
    }

    #[test]
    fn lamps_help_and_silenced_findings_are_told() {
        let sample = samples::guided();
        let object: Value = serde_json::from_str(&line(&sample.annotated()).unwrap()).unwrap();
        assert_eq!(object["lamps"]["company"][0]["excerpt"], "Hi Jo");
        assert_eq!(object["lamps"]["person"], json!([]));
        assert_eq!(object["help"]["dark"], "person");
        assert_eq!(object["help"]["facts"][0]["line"], 3);
        assert_eq!(object["silenced"][0]["rule"], "ask/demo");
        assert_eq!(object["silenced"][0]["reason"], "they asked for one");
        assert_eq!(object["masks_by_kind"], json!({"quote": 1}));
        assert_eq!(object["standard"], "field");
    }

    #[test]
    fn what_was_not_read_has_no_score() {
        let sample = samples::foreign();
        let object: Value = serde_json::from_str(&line(&sample.annotated()).unwrap()).unwrap();
        assert_eq!(object["score"], Value::Null);
        assert_eq!(object["not_read"], "language: German");
    }

    #[test]
    fn the_objects_are_of_the_published_form() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let unread = samples::pitch();
        let unread = Annotated {
            prose: None,
            reading: None,
            ..unread.annotated()
        };
        let (pitch, guided, foreign, text) = (
            samples::pitch(),
            samples::guided(),
            samples::foreign(),
            samples::text_file(),
        );
        let mails = [
            unread,
            pitch.annotated(),
            guided.annotated(),
            foreign.annotated(),
            text.annotated(),
        ];
        for mail in &mails {
            let object: Value = serde_json::from_str(&line(mail).unwrap()).unwrap();
            assert_eq!(super::super::schema::faults(&schema, &object), Vec::<String>::new());
        }
        let mut object: Value = serde_json::from_str(&line(&mails[1]).unwrap()).unwrap();
        object["findings"][0]["severity"] = json!("fatal");
        object["score"] = json!("high");
        assert_eq!(super::super::schema::faults(&schema, &object).len(), 2);
    }

    #[test]
    fn every_field_is_described() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let sample = samples::guided();
        let object: Value = serde_json::from_str(&line(&sample.annotated()).unwrap()).unwrap();
        for field in object.as_object().unwrap().keys() {
            let described = &schema["properties"][field]["description"];
            assert!(described.as_str().is_some_and(|text| !text.is_empty()), "{field}");
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
            Blast,
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
            let schema: Value = serde_json::from_str(SCHEMA).unwrap();
            prop_assert_eq!(super::super::schema::faults(&schema, &object), Vec::<String>::new());
            for (shown, finding) in object["findings"].as_array().unwrap().iter().zip(&reading.findings) {
                prop_assert_eq!(shown["excerpt"].as_str().unwrap(), &finding.excerpt);
            }
        }
    }
}
