//! SARIF 2.1.0 (OASIS standard, 2020), for code scanning and editors: one run with a result for each finding.
//!
//! A region is a place in the *file*, since that is what an editor opens: for a plain file that is the finding's place, for
//! a mail the octets that encode it, as narrow as they can be told (a phrase in base64 is a run of base64 lines). The place
//! in the decoded text stands in the result's properties. Characters are Unicode code points (`columnKind`).

use super::Annotated;
use super::words;
use crate::reading::{Category, Finding, Level};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// A SARIF log for the mails, as indented JSON. A mail's name is taken for its file's path.
///
/// # Errors
/// None in practice: there is nothing in it that JSON can't say.
pub fn log(mails: &[Annotated<'_>]) -> serde_json::Result<String> {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in mails
        .iter()
        .filter_map(|mail| mail.reading)
        .flat_map(|reading| &reading.findings)
    {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, &rule)| (rule, at)).collect();
    let results = mails.iter().enumerate().flat_map(|(artifact, mail)| {
        let lines = Lines::of(mail.octets.unwrap_or_default());
        let findings = mail
            .reading
            .map(|reading| reading.findings.as_slice())
            .unwrap_or_default();
        let index = &index;
        findings
            .iter()
            .map(move |finding| result(mail, artifact, finding, &lines, index))
            .collect::<Vec<_>>()
    });
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "Youward",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.values().map(|finding| rule(finding)).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            artifacts: mails.iter().map(artifact).collect(),
            results: results.collect(),
        }],
    };
    serde_json::to_string_pretty(&log)
}

fn rule(finding: &Finding) -> Rule<'_> {
    let help = format!("{} {}", finding.why, finding.ask);
    let markdown = format!("{}\n\n**Ask yourself:** {}", finding.why, finding.ask);
    Rule {
        id: &finding.rule,
        short_description: Text {
            text: words::category(finding.category).to_owned(),
            markdown: None,
        },
        help: Text {
            text: help,
            markdown: Some(markdown),
        },
        default_configuration: Configuration {
            level: level(finding.severity),
        },
        properties: RuleProperties {
            category: finding.category,
        },
    }
}

fn artifact<'a>(mail: &Annotated<'a>) -> Artifact<'a> {
    Artifact {
        location: ArtifactLocation {
            uri: uri(mail.name),
            index: None,
        },
        properties: ArtifactProperties {
            disposition: mail.verdict.disposition.to_string(),
            score: mail.reading.map(|reading| reading.score),
            prospecting: mail.reading.map(|reading| words::class(reading.prospecting.class)),
            packs: mail.reading.map(|reading| reading.packs.as_str()),
        },
    }
}

fn result<'a>(
    mail: &Annotated<'a>,
    artifact: usize,
    finding: &'a Finding,
    lines: &Lines<'_>,
    index: &BTreeMap<&str, usize>,
) -> ResultObject<'a> {
    let quoted = match words::line(&finding.excerpt) {
        excerpt if excerpt.is_empty() => String::new(),
        excerpt => format!("\"{excerpt}\": "),
    };
    let region = finding
        .span
        .as_ref()
        .filter(|_| mail.octets.is_some())
        .and_then(|span| lines.region(&span.raw));
    ResultObject {
        rule_id: &finding.rule,
        rule_index: index.get(finding.rule.as_str()).copied(),
        level: level(finding.severity),
        message: Text {
            text: format!("{quoted}{} {}", finding.why, finding.ask),
            markdown: None,
        },
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(mail.name),
                    index: Some(artifact),
                },
                region,
            },
        }],
        partial_fingerprints: Fingerprints {
            span: fingerprint(finding),
        },
        properties: ResultProperties {
            points: finding.points,
            part: finding.span.as_ref().map(|span| span.part.as_str()),
            start: finding.span.as_ref().map(|span| span.range.start),
            end: finding.span.as_ref().map(|span| span.range.end),
        },
    }
}

fn level(severity: Level) -> &'static str {
    match severity {
        Level::Strong => "error",
        Level::Warn => "warning",
        Level::Note => "note",
    }
}

/// The same for the same words under the same rule, wherever they stand and however they are spaced or capitalised.
fn fingerprint(finding: &Finding) -> String {
    let words: Vec<String> = finding.excerpt.split_whitespace().map(str::to_lowercase).collect();
    let digest = Sha256::digest(format!("{}\0{}", finding.rule, words.join(" ")));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A path as a URI reference (RFC 3986): absolute paths as `file:` URIs, relative ones as relative references, anything
/// but unreserved characters and `/` percent-encoded.
fn uri(path: &str) -> String {
    let encoded: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    match encoded.strip_prefix('/') {
        // More than one slash would make the next segment a host's name.
        Some(rest) => format!("file:///{}", rest.trim_start_matches('/')),
        None => encoded,
    }
}

/// A file's octets with positions known at the beginning of each line and, in long lines, every [`STRIDE`] octets, so
/// that telling a position never costs more than a step from the last one known.
struct Lines<'a> {
    octets: &'a [u8],
    known: Vec<Position>,
}

/// Octets between two known positions at most.
const STRIDE: usize = 1024;

#[derive(Debug, Clone, Copy)]
struct Position {
    offset: usize,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// Characters before it.
    characters: usize,
}

impl<'a> Lines<'a> {
    fn of(octets: &'a [u8]) -> Lines<'a> {
        let mut at = Position {
            offset: 0,
            line: 1,
            column: 1,
            characters: 0,
        };
        let mut known = vec![at];
        for line in octets.split_inclusive(|&byte| byte == b'\n') {
            for stretch in line.chunks(STRIDE) {
                at = at.after(stretch);
                known.push(at);
            }
            if line.ends_with(b"\n") {
                at = Position {
                    line: at.line + 1,
                    column: 1,
                    ..at
                };
                known.push(at);
            }
        }
        Lines { octets, known }
    }

    fn region(&self, range: &Range<usize>) -> Option<Region> {
        if range.start > range.end || range.end > self.octets.len() {
            return None;
        }
        let (start, end) = (self.position(range.start)?, self.position(range.end)?);
        Some(Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            char_offset: start.characters,
            char_length: end.characters - start.characters,
            byte_offset: range.start,
            byte_length: range.end - range.start,
        })
    }

    fn position(&self, offset: usize) -> Option<Position> {
        let last = self
            .known
            .partition_point(|known| known.offset <= offset)
            .checked_sub(1)?;
        let known = self.known.get(last)?;
        Some(known.after(self.octets.get(known.offset..offset)?))
    }
}

impl Position {
    /// The position after octets without a line end among them. An octet counts for a character unless it continues one
    /// (RFC 3629 §3), so that the count is the same however the octets are cut.
    fn after(self, octets: &[u8]) -> Position {
        let characters = octets.iter().filter(|&&octet| octet & 0xc0 != 0x80).count();
        Position {
            offset: self.offset + octets.len(),
            column: self.column + characters,
            characters: self.characters + characters,
            ..self
        }
    }
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    artifacts: Vec<Artifact<'a>>,
    results: Vec<ResultObject<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text,
    help: Text,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    category: Category,
}

#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

#[derive(Serialize)]
struct Artifact<'a> {
    location: ArtifactLocation,
    properties: ArtifactProperties<'a>,
}

#[derive(Serialize)]
struct ArtifactProperties<'a> {
    disposition: String,
    score: Option<i32>,
    prospecting: Option<&'static str>,
    packs: Option<&'a str>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultObject<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    char_offset: usize,
    char_length: usize,
    byte_offset: usize,
    byte_length: usize,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "youwardSpan/v1")]
    span: String,
}

#[derive(Serialize)]
struct ResultProperties<'a> {
    points: i32,
    part: Option<&'a str>,
    start: Option<usize>,
    end: Option<usize>,
}

#[cfg(test)]
mod tests;
