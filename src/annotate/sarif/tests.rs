//! The rules of the SARIF 2.1.0 specification that apply to what we write, checked by hand.

use super::*;
use crate::annotate::samples;
use proptest::prelude::*;
use serde_json::Value;

fn parsed(mails: &[Annotated<'_>]) -> Value {
    serde_json::from_str(&log(mails).unwrap()).unwrap()
}

#[test]
fn a_place_in_a_text_file_counts_characters_and_bytes() {
    let file = samples::text_file();
    let log = parsed(&[file.annotated()]);
    let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "brief%20an%20jo.txt");
    let region = &location["region"];
    assert_eq!(
        (region["startLine"].as_u64(), region["startColumn"].as_u64()),
        (Some(2), Some(1))
    );
    assert_eq!(
        (region["endLine"].as_u64(), region["endColumn"].as_u64()),
        (Some(2), Some(12))
    );
    // "Grüße, Jo.\n" has 11 characters and 13 bytes.
    assert_eq!(
        (region["charOffset"].as_u64(), region["charLength"].as_u64()),
        (Some(11), Some(11))
    );
    assert_eq!(
        (region["byteOffset"].as_u64(), region["byteLength"].as_u64()),
        (Some(13), Some(11))
    );
}

#[test]
fn a_place_in_a_mail_is_the_place_in_the_file() {
    let pitch = samples::pitch();
    let log = parsed(&[pitch.annotated()]);
    let result = &log["runs"][0]["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    let (at, length) = (
        region["byteOffset"].as_u64().unwrap(),
        region["byteLength"].as_u64().unwrap(),
    );
    let place = &pitch.octets[usize::try_from(at).unwrap()..usize::try_from(at + length).unwrap()];
    assert_eq!(place, b"I would like to see if");
    assert_eq!(region["startLine"], 5);
    assert_eq!(result["properties"]["part"], "1");
    assert_eq!(result["properties"]["start"], 10);
}

#[test]
fn without_the_octets_no_region_is_made_up() {
    let pitch = samples::pitch();
    let log = parsed(&[Annotated {
        octets: None,
        ..pitch.annotated()
    }]);
    let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location.get("region"), None);
    assert_eq!(location["artifactLocation"]["uri"], "pitch.eml");
}

#[test]
fn paths_become_uri_references() {
    assert_eq!(uri("a b/ü#?.eml"), "a%20b/%C3%BC%23%3F.eml");
    assert_eq!(uri("/home/ana/x.eml"), "file:///home/ana/x.eml");
    assert_eq!(uri("//host/x.eml"), "file:///host/x.eml");
    assert_eq!(uri("c:x%20.eml"), "c%3Ax%2520.eml");
}

#[test]
fn the_same_words_have_the_same_fingerprint() {
    let mut finding = samples::pitch().reading.findings.remove(0);
    assert_eq!(fingerprint(&finding), finding.hash);
    finding.hash.clear();
    let print = fingerprint(&finding);
    finding.excerpt = " i  would LIKE\nto see if".to_owned();
    assert_eq!(fingerprint(&finding), print);
    finding.rule = "want/other".into();
    assert_ne!(fingerprint(&finding), print);
}

#[test]
fn what_is_silenced_is_suppressed() {
    let sample = samples::guided();
    let log = parsed(&[sample.annotated()]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<&Value> = results
        .iter()
        .filter(|result| result["suppressions"] != serde_json::json!([]))
        .collect();
    assert_eq!((results.len(), suppressed.len()), (4, 1));
    assert_eq!(
        suppressed[0]["suppressions"][0],
        serde_json::json!({
            "kind": "external", "status": "accepted", "justification": "they asked for one",
            "properties": {"author": "ana@norvane.example"},
        })
    );
}

#[test]
fn what_was_not_read_is_told() {
    let sample = samples::foreign();
    let log = parsed(&[sample.annotated()]);
    let run = &log["runs"][0];
    assert_eq!(run["artifacts"][0]["properties"]["score"], Value::Null);
    assert_eq!(
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
        "Not read: language: German, and 1 region (quoted text)"
    );
}

/// SARIF 2.1.0 §3.13, 3.14, 3.18, 3.19, 3.27, 3.28, 3.29, 3.30, 3.49.
fn valid(log: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(&log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    prop_assert_eq!(&driver["name"], "Youward");
    let rules = driver["rules"].as_array().unwrap();
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    prop_assert_eq!(ids.len(), rules.len(), "rule ids are unique");
    for rule in rules {
        prop_assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        prop_assert!(rule["help"]["text"].is_string() && rule["help"]["markdown"].is_string());
    }
    prop_assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&run["columnKind"].as_str().unwrap()));
    let artifacts = run["artifacts"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let rule = result["ruleIndex"]
            .as_u64()
            .and_then(|index| rules.get(usize::try_from(index).unwrap()))
            .unwrap();
        prop_assert_eq!(&rule["id"], &result["ruleId"]);
        prop_assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        prop_assert!(result["message"]["text"].is_string());
        for (key, print) in result["partialFingerprints"].as_object().unwrap() {
            prop_assert!(key.ends_with("/v1") && print.as_str().unwrap().len() == 16);
        }
        let location = &result["locations"][0]["physicalLocation"];
        let artifact = usize::try_from(location["artifactLocation"]["index"].as_u64().unwrap()).unwrap();
        prop_assert_eq!(
            &artifacts[artifact]["location"]["uri"],
            &location["artifactLocation"]["uri"]
        );
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        prop_assert!(
            uri.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~/%:".contains(&b)),
            "{uri}"
        );
        if let Some(region) = location.get("region") {
            let number = |field: &str| region[field].as_u64().unwrap();
            prop_assert!(number("startLine") >= 1 && number("startColumn") >= 1);
            let (start, end) = (
                (number("startLine"), number("startColumn")),
                (number("endLine"), number("endColumn")),
            );
            prop_assert!(start <= end);
            prop_assert!(number("charLength") <= number("byteLength") && number("charOffset") <= number("byteOffset"));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_found_the_log_keeps_to_the_specification(
        readings in prop::collection::vec(samples::hostile_reading(), 0..3),
        name in samples::hostile_text(),
        octets in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let pitch = samples::pitch();
        let mails: Vec<Annotated<'_>> = readings
            .iter()
            .map(|reading| Annotated { name: &name, octets: Some(&octets), reading: Some(reading), ..pitch.annotated() })
            .collect();
        valid(&parsed(&mails))?;
    }
}
