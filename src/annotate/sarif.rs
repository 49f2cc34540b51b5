//! SARIF 2.1.0 (OASIS standard, 2020), for code scanning and editors: one run with a result for each finding.
//!
//! A region is a place in the *file*, since that is what an editor opens: for a plain file that is the finding's place, for
//! a mail the octets that encode it, as narrow as they can be told (a phrase in base64 is a run of base64 lines). The place
//! in the decoded text stands in the result's properties. Characters are Unicode code points (`columnKind`).

use super::Annotated;
use super::places::Places;
use super::words;
use crate::reading::{Finding, Level, Silence};
use form::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

mod form;

/// A SARIF log for the mails, as indented JSON. A mail's name is taken for its file's path.
///
/// # Errors
/// None in practice: there is nothing in it that JSON can't say.
pub fn log(mails: &[Annotated<'_>]) -> serde_json::Result<String> {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for (finding, _) in mails.iter().flat_map(findings) {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, &rule)| (rule, at)).collect();
    let results = mails.iter().enumerate().flat_map(|(artifact, mail)| {
        let places = mail.octets.map(Places::of);
        let index = &index;
        findings(mail)
            .map(move |(finding, silence)| {
                let mut result = result(mail, artifact, finding, places.as_ref(), index);
                result.suppressions.extend(silence.map(suppression));
                result
            })
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
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: mails.iter().enumerate().filter_map(notification).collect(),
            }],
            results: results.collect(),
        }],
    };
    serde_json::to_string_pretty(&log)
}

/// Every finding of a mail, the silenced ones with who silenced them last.
fn findings<'a>(mail: &Annotated<'a>) -> impl Iterator<Item = (&'a Finding, Option<&'a Silence>)> + use<'a> {
    mail.reading.into_iter().flat_map(|reading| {
        let silenced = reading.silenced.iter();
        let silenced = silenced.map(|silenced| (&silenced.finding, Some(&silenced.silence)));
        reading.findings.iter().map(|finding| (finding, None)).chain(silenced)
    })
}

/// Nothing can be written into a mail, so a silence always stands elsewhere.
fn suppression(silence: &Silence) -> Suppression<'_> {
    Suppression {
        kind: "external",
        status: "accepted",
        justification: &silence.reason,
        properties: SuppressionProperties {
            author: &silence.author,
        },
    }
}

/// A mail that was not read, or not as a whole.
fn notification((artifact, mail): (usize, &Annotated<'_>)) -> Option<Notification> {
    let why = match mail.reading {
        Some(reading) if reading.not_read.is_none() && !reading.cut => return None,
        Some(reading) => words::not_read(mail.prose, reading)?,
        None => words::reasons(mail)
            .next()
            .unwrap_or_else(|| "it could not be read".to_owned()),
    };
    Some(Notification {
        level: if mail.reading.is_some() { "note" } else { "warning" },
        message: Text {
            text: format!("Not read: {why}"),
            markdown: None,
        },
        locations: [location(mail, artifact, None)],
    })
}

fn location(mail: &Annotated<'_>, artifact: usize, region: Option<Region>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri(mail.name),
                index: Some(artifact),
            },
            region,
        },
    }
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
        length: mail.octets.map(<[u8]>::len),
        roles: ["analysisTarget"],
        mime_type: if is_text(mail) { "text/plain" } else { "message/rfc822" },
        properties: ArtifactProperties {
            disposition: mail.verdict.disposition.to_string(),
            score: mail
                .reading
                .filter(|reading| reading.not_read.is_none())
                .map(|reading| reading.score),
            prospecting: mail.reading.map(|reading| words::class(reading.prospecting.class)),
            packs: mail.reading.map(|reading| reading.packs.as_str()),
            standard: mail.verdict.standard.as_deref(),
            not_read: mail.reading.and_then(|reading| reading.not_read.clone()),
        },
    }
}

fn result<'a>(
    mail: &Annotated<'a>,
    artifact: usize,
    finding: &'a Finding,
    places: Option<&Places<'_>>,
    index: &BTreeMap<&str, usize>,
) -> ResultObject<'a> {
    let quoted = match words::line(&finding.excerpt) {
        excerpt if excerpt.is_empty() => String::new(),
        excerpt => format!("\"{excerpt}\": "),
    };
    let region = finding.span.as_ref().and_then(|span| region(places?, &span.raw));
    ResultObject {
        rule_id: &finding.rule,
        rule_index: index.get(&*finding.rule).copied(),
        level: level(finding.severity),
        message: Text {
            text: format!("{quoted}{} {}", finding.why, finding.ask),
            markdown: None,
        },
        locations: [location(mail, artifact, region)],
        partial_fingerprints: Fingerprints {
            span: fingerprint(finding),
        },
        suppressions: Vec::new(),
        properties: ResultProperties {
            points: finding.points,
            part: finding.span.as_ref().map(|span| &*span.part),
            start: finding.span.as_ref().map(|span| span.range.start),
            end: finding.span.as_ref().map(|span| span.range.end),
            hash: Some(finding.hash.as_str()).filter(|hash| !hash.is_empty()),
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

/// Whether the file was read as a text rather than as a mail.
fn is_text(mail: &Annotated<'_>) -> bool {
    let first = mail.prose.and_then(|prose| prose.parts.first());
    first.is_some_and(|part| part.id == "text")
}

fn region(places: &Places<'_>, range: &Range<usize>) -> Option<Region> {
    let (start, end) = places.range(range)?;
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

/// The finding's own hash, by which it is silenced. What concerns the whole mail has none: there the rule stands for it.
/// The same words have the same fingerprint wherever they stand and however they are spaced or capitalised.
fn fingerprint(finding: &Finding) -> String {
    if !finding.hash.is_empty() {
        return finding.hash.clone();
    }
    let words: Vec<String> = finding.excerpt.split_whitespace().map(str::to_lowercase).collect();
    let digest = Sha256::digest(format!("{}\0{}", finding.rule, words.join(" ")));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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

#[cfg(test)]
mod tests;
