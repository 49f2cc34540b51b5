//! A small validator for the part of JSON Schema (draft 2020-12) that our schemas use. A keyword that it does not know
//! is a fault, so that no part of a schema goes untried.

use serde_json::Value;

/// What in `value` is not as `schema` says, each with its place.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, value, "", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        if schema == &Value::Bool(false) {
            faults.push(format!("{at}: nothing may be here"));
        }
        return;
    };
    for (keyword, wanted) in keywords {
        let sound = match keyword.as_str() {
            "$schema" | "$id" | "$comment" | "$defs" | "title" | "description" | "examples" => true,
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(root, &root["$defs"][name], value, at, faults);
                !root["$defs"][name].is_null()
            }
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|one| is(one.as_str().unwrap(), value)),
                one => is(one.as_str().unwrap(), value),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "const" => wanted == value,
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
            "pattern" => value
                .as_str()
                .is_none_or(|text| matches(wanted.as_str().unwrap(), text)),
            "oneOf" | "anyOf" => {
                let fitting = wanted.as_array().unwrap().iter().filter(|one| {
                    let mut inner = Vec::new();
                    check(root, one, value, at, &mut inner);
                    inner.is_empty()
                });
                let fitting = fitting.count();
                if keyword == "oneOf" { fitting == 1 } else { fitting > 0 }
            }
            "allOf" => {
                for one in wanted.as_array().unwrap() {
                    check(root, one, value, at, faults);
                }
                true
            }
            "required" => value.as_object().is_none_or(|object| {
                let names = wanted.as_array().unwrap();
                names.iter().all(|name| object.contains_key(name.as_str().unwrap()))
            }),
            "properties" => {
                for (name, property) in wanted.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        check(root, property, inner, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = keywords.get("properties").and_then(Value::as_object);
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if !known.is_some_and(|known| known.contains_key(name)) {
                        check(root, wanted, inner, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &format!("{at}/{index}"), faults);
                }
                true
            }
            unknown => {
                faults.push(format!("{at}: the validator does not know the keyword {unknown}"));
                true
            }
        };
        if !sound {
            faults.push(format!("{at}: {keyword} {wanted} is not met by {value}"));
        }
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}

/// The only patterns that we use: hex digits of a fixed length.
fn matches(pattern: &str, text: &str) -> bool {
    let length = pattern
        .strip_prefix("^[0-9a-f]{")
        .and_then(|rest| rest.strip_suffix("}$"));
    let length: usize = length
        .unwrap_or_else(|| panic!("no such pattern {pattern}"))
        .parse()
        .unwrap();
    text.len() == length
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
