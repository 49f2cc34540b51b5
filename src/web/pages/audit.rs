//! *Audit*: who did what, when and why; to be searched, and taken along.

mod export;

pub(in crate::web) use export::{csv, json_lines};

use super::{Chrome, Page, html};
use crate::annotate::words;
use crate::store::{AuditSearch, FoundRow};
use crate::web::app::App;
use crate::web::session::Session;
use crate::web::show::When;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use serde::Deserialize;
use std::sync::Arc;

/// Rows on one page.
const PAGE: u32 = 50;
/// What was typed is cut to this.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    chrome: Chrome,
    search: String,
    rows: Vec<Row>,
    /// Leads to the next page, if there is one.
    older: Option<String>,
    /// Whether this is not the first page.
    later: bool,
    /// What is exported: the same search.
    query: String,
}

struct Row {
    seq: i64,
    at: When,
    who: String,
    what: String,
    record: Option<String>,
    upstream: String,
    why: String,
}

/// What is looked for, and from which row on.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    q: Option<String>,
    before: Option<i64>,
}

impl Asked {
    fn search(&self) -> String {
        let line = words::line(self.q.as_deref().unwrap_or_default());
        line.chars().take(LONGEST).collect()
    }
}

/// One page of rows, newest first.
pub(in crate::web) async fn page(
    State(app): State<Arc<App>>,
    Extension(session): Extension<Session>,
    Query(asked): Query<Asked>,
) -> Page {
    let search = asked.search();
    let mut found = app
        .store()
        .search_audit(&AuditSearch::of(&search, asked.before, PAGE + 1))
        .await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let query = query(&search);
    let last = found.last().filter(|_| more).map(|found| found.seq);
    Ok(html(&AuditPage {
        chrome: Chrome::new(&app, &session, "audit"),
        rows: found.into_iter().map(row).collect(),
        older: last.map(|seq| format!("/audit?{query}&before={seq}")),
        later: asked.before.is_some(),
        query,
        search,
    }))
}

fn row(found: FoundRow) -> Row {
    let FoundRow { seq, row } = found;
    Row {
        seq,
        at: When::of(row.at),
        who: words::line(&row.who),
        what: words::line(&row.what),
        record: row.record.map(|id| id.0),
        upstream: row.upstream.as_deref().map(words::line).unwrap_or_default(),
        why: words::line(&row.why),
    }
}

/// A search as part of an address: every octet that could mean something else is written by its number.
fn query(search: &str) -> String {
    let mut query = "q=".to_owned();
    for octet in search.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => query.push(char::from(octet)),
            octet => query.push_str(&format!("%{octet:02X}")),
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_comes_back_from_its_address() {
        for search in ["ana released", "100% sure & more", "Grüße=#?/+"] {
            let asked: Asked = serde_json::from_value(serde_json::json!({ "q": search })).unwrap();
            assert_eq!(asked.search(), search);
            let uri: axum::http::Uri = format!("/audit?{}", query(search)).parse().unwrap();
            let Query(back): Query<Asked> = Query::try_from_uri(&uri).unwrap();
            assert_eq!(back.search(), search);
        }
    }
}
