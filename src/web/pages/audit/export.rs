//! The audit as CSV and as JSON lines: every row that has what is looked for, newest first.

use super::Asked;
use crate::store::{AuditRow, AuditSearch, FoundRow};
use crate::web::app::App;
use crate::web::error::PageError;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::sync::Arc;

/// Rows that are taken from the store at a time, so that a long audit needs no memory.
const STEP: u32 = 500;

/// For a spreadsheet.
pub(in crate::web) async fn csv(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let head = "row,when,who,what,record,upstream,why\r\n";
    let kind = "text/csv; charset=utf-8; header=present";
    Ok(export(app, asked.search(), head, csv_line, kind, "youward-audit.csv"))
}

/// For programs: a JSON object a line.
pub(in crate::web) async fn json_lines(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let kind = "application/jsonl; charset=utf-8";
    Ok(export(app, asked.search(), "", json_line, kind, "youward-audit.jsonl"))
}

fn export(
    app: Arc<App>,
    search: String,
    head: &'static str,
    line: fn(&FoundRow) -> String,
    kind: &'static str,
    name: &str,
) -> Response {
    // `None` before the first step, then the number of the last row.
    let begin = Some((None, head.to_owned()));
    let rows = stream::unfold(begin, move |next| {
        let (app, search) = (app.clone(), search.clone());
        async move {
            let (before, mut text) = next?;
            let found = app.store().search_audit(&AuditSearch::of(&search, before, STEP)).await;
            let found = match found {
                Ok(found) => found,
                // The connection breaks off, so that nobody takes a part for the whole.
                Err(error) => return Some((Err(error), None)),
            };
            text.extend(found.iter().map(line));
            let last = found.last().filter(|_| found.len() == STEP as usize);
            let next = last.map(|last| (Some(last.seq), String::new()));
            Some((Ok(Bytes::from(text)), next))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, Body::from_stream(rows)).into_response()
}

/// RFC 4180, with times as ISO 8601.
fn csv_line(found: &FoundRow) -> String {
    let FoundRow { seq, row } = found;
    let AuditRow {
        at,
        who,
        what,
        record,
        upstream,
        why,
    } = row;
    let record = record.as_ref().map_or("", |id| id.0.as_str());
    let cells = [who, what, record, upstream.as_deref().unwrap_or_default(), why].map(cell);
    format!("{seq},{at},{}\r\n", cells.join(","))
}

/// A cell in quotes. A spreadsheet takes what begins with `=` and the like for a formula, whoever wrote it: a `'` before
/// it makes it a text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn json_line(found: &FoundRow) -> String {
    let mut object = serde_json::to_value(&found.row).unwrap_or_default();
    if let Some(fields) = object.as_object_mut() {
        fields.insert("row".to_owned(), found.seq.into());
    }
    format!("{object}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RecordId;
    use jiff::Timestamp;

    fn found(why: &str) -> FoundRow {
        FoundRow {
            seq: 7,
            row: AuditRow {
                at: Timestamp::UNIX_EPOCH,
                who: "=cmd|'/C calc'!A0".to_owned(),
                what: "allowed".to_owned(),
                record: Some(RecordId("7Q2M0001".to_owned())),
                upstream: None,
                why: why.to_owned(),
            },
        }
    }

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(
            csv_line(&found("they \"asked\",\r\nnow")),
            "7,1970-01-01T00:00:00Z,\"'=cmd|'/C calc'!A0\",\"allowed\",\"7Q2M0001\",\"\",\"they \"\"asked\"\",\r\nnow\"\r\n"
        );
        for begin in ["=", "+", "-", "@", "\t", "\r"] {
            assert!(cell(&format!("{begin}1")).starts_with("\"'"), "{begin:?}");
        }
        assert_eq!(cell("a=b"), "\"a=b\"");
    }

    #[test]
    fn a_line_of_json_is_a_line() {
        let line = json_line(&found("a\nb"));
        assert_eq!(line.matches('\n').count(), 1);
        let back: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&back["row"], &back["why"]), (&7.into(), &"a\nb".into()));
    }
}
