//! The JSON Schemas of `config/schema` say what the parsers take: every key and word of the ones is a key and word of the
//! others, and every shipped file is as its schema says.

use super::{Standards, WrittenText};
use crate::reading::Packs;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each schema, places in it, and a text that makes the parser name the keys or words that it takes there.
const PLACES: &[(&str, &[(&str, &str)])] = &[
    (
        "rules",
        &[
            ("", "zzz = 1"),
            ("/properties/level", "level = \"zzz\""),
            ("/properties/rule/items", "[[rule]]\nzzz = 1"),
            ("/properties/rule/items/properties/where", "[[rule]]\nwhere = \"zzz\""),
            (
                "/properties/rule/items/properties/subject",
                "[[rule]]\nsubject = \"zzz\"",
            ),
            (
                "/properties/rule/items/properties/needs/items",
                "[[rule]]\nneeds = [\"zzz\"]",
            ),
            (
                "/properties/rule/items/properties/raise",
                "[[rule]]\nraise = { zzz = 1 }",
            ),
        ],
    ),
    ("classes", &[("", "zzz = 1")]),
    (
        "message",
        &[
            ("", "zzz = 1"),
            ("/properties/check/items", "[[check]]\nzzz = 1"),
            ("/properties/check/items/properties/id", "[[check]]\nid = \"zzz\""),
            ("/properties/list/items", "[[list]]\nzzz = 1"),
        ],
    ),
    (
        "overlay",
        &[
            ("", "zzz = 1"),
            ("/properties/names", "[names]\nzzz = 1"),
            ("/properties/exempt", "[exempt]\nzzz = 1"),
            ("/properties/disable/items", "[[disable]]\nzzz = 1"),
            ("/properties/relevel/items", "[[relevel]]\nzzz = 1"),
            ("/properties/extend/items", "[[extend]]\nzzz = 1"),
            ("/properties/rule/items", "[[rule]]\nzzz = 1"),
        ],
    ),
    (
        "standard",
        &[
            ("", "zzz = 1"),
            ("/properties/act", "act = \"zzz\""),
            ("/properties/mode", "mode = \"zzz\""),
            ("/properties/modes/additionalProperties", "[modes]\nhype = \"zzz\""),
            ("/properties/history_unknown", "history_unknown = \"zzz\""),
            ("/properties/on_error", "on_error = \"zzz\""),
            ("/properties/consent", "[consent]\nzzz = 1"),
            ("/properties/consent/properties/by", "[consent]\nby = \"zzz\""),
            ("/properties/release", "[release]\nzzz = 1"),
            ("/properties/release/properties/by", "[release]\nby = \"zzz\""),
            ("/properties/hold", "[hold]\nzzz = 1"),
            ("/properties/hold/properties/expires", "[hold.expires]\nzzz = 1"),
            ("/properties/hold/properties/then", "[hold]\nthen = \"zzz\""),
            ("/properties/scope", "[scope]\nzzz = 1"),
            ("/properties/gate", "[gate]\nzzz = 1"),
            ("/properties/drafts", "[drafts]\nzzz = 1"),
            ("/properties/elsewhere", "[elsewhere]\nzzz = 1"),
            ("/properties/standard/items", "[[standard]]\nzzz = 1"),
        ],
    ),
];

/// Keys that a parser takes so that it can say better where they belong.
const ELSEWHERE: &[(&str, &str, &[&str])] = &[
    ("rules", "/properties/rule/items", &["category"]),
    ("standard", "", &["name", "accounts", "accounts_file"]),
    ("standard", "/properties/standard/items", &["standard"]),
];

fn config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(config().join(format!("schema/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What a parser says that it would have taken instead of `zzz`.
fn taken_by_parser(name: &str, text: &str) -> BTreeSet<String> {
    let minimal = [
        ("classes.toml", "contractions = {}\nclasses = {}"),
        ("message.toml", "check = []\nlist = []"),
    ];
    let faults = match name {
        "standard" => {
            let none = |_: &str, _: &str| Err("none".to_owned());
            Standards::parse(WrittenText { file: "s", text }, None, none).unwrap_err()
        }
        "overlay" => Packs::parse_with(None, &[("o", text)]).unwrap_err(),
        "rules" => Packs::parse(&[minimal[0], minimal[1], ("x.toml", text)]).unwrap_err(),
        "classes" => Packs::parse(&[("classes.toml", text), minimal[1]]).unwrap_err(),
        _ => Packs::parse(&[minimal[0], ("message.toml", text)]).unwrap_err(),
    };
    let fault = faults.iter().find(|fault| fault.message.contains("`zzz`"));
    let fault = fault.unwrap_or_else(|| panic!("{name}: {text}: {faults:?}"));
    let words = fault.expected.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

#[test]
fn schemas_and_parsers_take_the_same() {
    let mut wrong = Vec::new();
    for (name, places) in PLACES {
        let schema = schema(name);
        for (place, text) in *places {
            let at = schema.pointer(place).unwrap_or_else(|| panic!("{name}: no {place}"));
            let mut told: BTreeSet<String> = match (at.get("properties"), at.get("enum")) {
                (Some(properties), _) => properties.as_object().unwrap().keys().cloned().collect(),
                (None, words) => {
                    let words = words.unwrap_or_else(|| panic!("{name}: {place}")).as_array().unwrap();
                    words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
                }
            };
            let elsewhere = ELSEWHERE.iter().find(|(of, at, _)| of == name && at == place);
            told.extend(
                elsewhere
                    .into_iter()
                    .flat_map(|(_, _, keys)| keys.iter().map(|key| (*key).to_owned())),
            );
            let taken = taken_by_parser(name, text);
            if told != taken {
                wrong.push(format!("{name}{place}:\n  schema {told:?}\n  parser {taken:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ranges and defaults of the standard's numbers and flags are the parser's.
#[test]
fn defaults_and_ranges_are_the_parsers() {
    fn leaves(schema: &Value, key: &str, found: &mut Vec<(String, Value)>) {
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            let key = if key.is_empty() {
                name.clone()
            } else {
                format!("{key}.{name}")
            };
            match inner["type"].as_str() {
                Some("object") => leaves(inner, &key, found),
                Some("integer" | "boolean") => found.push((key, inner.clone())),
                _ if inner["enum"].is_array() => found.push((key, inner.clone())),
                _ => {}
            }
        }
    }
    let none = |_: &str, _: &str| Err("none".to_owned());
    let parse = |text: &str| Standards::parse(WrittenText { file: "s", text }, None, none);
    let settings = parse("").unwrap().default.settings;
    let whole = schema("standard");
    for place in ["", "/properties/standard/items"] {
        let mut found = Vec::new();
        leaves(whole.pointer(place).unwrap(), "", &mut found);
        assert!(found.len() >= 20, "{found:?}");
        for (key, leaf) in found {
            if let Some(default) = leaf.get("default") {
                let setting = settings.iter().find(|setting| setting.key == key);
                let value = setting
                    .unwrap_or_else(|| panic!("{key} is not explained"))
                    .value
                    .clone();
                assert_eq!(value, default.to_string(), "{key}");
            }
            // The lower threshold of two may not be above the other, so that its own range is never the whole.
            if leaf["type"] != "integer" || ["act_below", "gate.unsure_from"].contains(&key.as_str()) {
                continue;
            }
            let (least, most) = (leaf["minimum"].as_i64().unwrap(), leaf["maximum"].as_i64().unwrap());
            for (number, fine) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
                let told = parse(&format!("{key} = {number}")).err().unwrap_or_default();
                let named = told.iter().any(|fault| fault.field == key);
                assert_eq!(named, !fine, "{key} = {number}: {told:?}");
            }
        }
    }
}

#[test]
fn every_object_of_a_schema_is_tried() {
    fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
        if let Some(map) = value.as_object() {
            if map.get("properties").is_some_and(Value::is_object) && map.get("type").is_some_and(Value::is_string) {
                found.push(at.to_owned());
            }
            for (key, inner) in map {
                objects(inner, &format!("{at}/{key}"), found);
            }
        }
    }
    for (name, places) in PLACES {
        let mut found = Vec::new();
        objects(&schema(name), "", &mut found);
        for object in found {
            // Tables of a named standard and an overlay's `raise` are the same forms as those tried elsewhere.
            let again = object.starts_with("/properties/standard/items/properties/")
                || (*name == "overlay" && object.ends_with("/raise"));
            assert!(
                again || places.iter().any(|(place, _)| *place == object),
                "{name}{object} is not tried"
            );
        }
    }
}

/// Every shipped file names its schema in its first line, and is as it says.
#[test]
fn shipped_files_are_as_their_schemas_say() {
    let mut files = vec![config().join("standard.toml"), config().join("overlay.toml")];
    for entry in fs::read_dir(config().join("rules/en")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    assert!(files.len() >= 18);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap().strip_prefix("#:schema ");
        let named = first.unwrap_or_else(|| panic!("{}: its first line names no schema", file.display()));
        let schema = fs::read_to_string(file.parent().unwrap().join(named)).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let value: toml::Value = toml::from_str(&text).unwrap();
        let mut wrong = Vec::new();
        validate(&serde_json::to_value(value).unwrap(), &schema, "", &mut wrong);
        assert!(wrong.is_empty(), "{}:\n{}", file.display(), wrong.join("\n"));
    }
}

/// As much of JSON Schema as the files use.
fn validate(value: &Value, schema: &Value, at: &str, wrong: &mut Vec<String>) {
    let fine = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        other => panic!("{at}: the schema has the type {other:?}"),
    };
    let listed = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    let is_const = schema.get("const").is_none_or(|only| only == value);
    let least = schema["minItems"].as_u64().unwrap_or(0);
    let enough = value.as_array().is_none_or(|items| items.len() as u64 >= least);
    let number = value.as_i64().unwrap_or(0);
    let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
    let within = (schema["minimum"].as_i64().unwrap_or(i64::MIN)..=most).contains(&number) || !value.is_i64();
    if !(fine && listed && is_const && enough && within) {
        wrong.push(format!("{at}: {value}"));
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        let place = format!("{at}/{key}");
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(known), _) => validate(inner, known, &place, wrong),
            (None, any) if any.is_object() => validate(inner, any, &place, wrong),
            (None, _) => wrong.push(format!("{place}: not in the schema")),
        }
    }
    for key in schema["required"].as_array().into_iter().flatten() {
        if value.get(key.as_str().unwrap()).is_none() {
            wrong.push(format!("{at}: {key} is missing"));
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        validate(inner, &schema["items"], &format!("{at}/{index}"), wrong);
    }
}
