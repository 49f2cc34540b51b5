//! *Now*: what waits for somebody, what is on its way, and what work waits for what.

use super::drafts::DraftRow;
use super::{Chrome, Page, html};
use crate::annotate::words;
use crate::store::{Filter, State, Summary, Work};
use crate::web::app::{App, Sending};
use crate::web::session::Session;
use crate::web::show::{When, is_waiting, state_words, tone};
use askama::Template;
use axum::Extension;
use axum::extract::State as Of;
use jiff::Timestamp;
use std::sync::Arc;

/// So many open records, and so many that are over, are listed; `youward held list` lists all.
const OPEN: u32 = 200;
const OVER: u32 = 15;

const CLOSED: [State; 4] = [State::Annotated, State::Sent, State::Superseded, State::Discarded];

#[derive(Template)]
#[template(path = "now.html")]
struct Now {
    chrome: Chrome,
    /// The store's last change before anything was asked for.
    seen: i64,
    waiting: Vec<Row>,
    going: Vec<Row>,
    over: Vec<Row>,
    /// Whether there are more open ones than are listed.
    more: bool,
    work: Vec<WorkRow>,
    sending: Vec<Sending>,
    /// Drafts that lie in the mailbox now.
    drafts: Vec<DraftRow>,
}

/// A mail in the list.
struct Row {
    id: String,
    subject: String,
    to: String,
    /// Where there are several.
    account: Option<String>,
    at: When,
    state: &'static str,
    tone: &'static str,
    score: Option<i32>,
    findings: String,
    round: u32,
}

/// A piece of work that waits.
struct WorkRow {
    record: String,
    account: String,
    what: &'static str,
    waits_for: String,
    /// When it is tried again, if that is not at once.
    again: Option<When>,
}

pub(in crate::web) async fn page(Of(app): Of<Arc<App>>, Extension(session): Extension<Session>) -> Page {
    let seen = app.change().await?;
    let list = async |states: &[State], limit| {
        let filter = Filter {
            states: states.to_vec(),
            limit,
            ..Filter::default()
        };
        app.store().list(&filter).await
    };
    let open = list(&State::OPEN, OPEN).await?;
    let over = list(&CLOSED, OVER).await?;
    let work = app.store().work().await?;
    let drafts = app.parts.drafts.drafts(None).await?;
    let now = app.now();
    let several = open
        .iter()
        .chain(&over)
        .any(|one| one.account != first_account(&open, &over));
    let row = |summary: &Summary| row(summary, several);
    let (waiting, going): (Vec<&Summary>, Vec<&Summary>) = open.iter().partition(|one| is_waiting(one.state));
    Ok(html(&Now {
        chrome: Chrome::new(&app, &session, "now"),
        seen,
        waiting: waiting.into_iter().map(row).collect(),
        going: going.into_iter().map(row).collect(),
        over: over.iter().map(row).collect(),
        more: open.len() == OPEN as usize,
        work: work.iter().map(|work| work_row(work, now)).collect(),
        sending: app.parts.sending.clone(),
        drafts: drafts.iter().map(DraftRow::of).collect(),
    }))
}

/// The account of the first that is listed.
fn first_account<'a>(open: &'a [Summary], over: &'a [Summary]) -> &'a str {
    open.iter().chain(over).next().map_or("", |one| one.account.as_str())
}

fn row(summary: &Summary, several: bool) -> Row {
    Row {
        id: summary.id.to_string(),
        subject: subject(&summary.subject),
        to: recipients(&summary.recipients),
        account: several.then(|| words::line(&summary.account)),
        at: When::of(summary.at),
        state: state_words(summary.state),
        tone: tone(summary.state),
        score: summary.score,
        findings: words::count(summary.findings, "finding"),
        round: summary.round,
    }
}

/// A subject as one line; mails without one have a name, too.
pub(super) fn subject(subject: &str) -> String {
    match words::line(subject) {
        line if line.is_empty() => "(no subject)".to_owned(),
        line => line,
    }
}

/// The first recipients, and how many more there are.
pub(super) fn recipients(recipients: &[String]) -> String {
    const NAMED: usize = 3;
    let mut named: Vec<String> = recipients.iter().take(NAMED).map(|one| words::line(one)).collect();
    if let Some(more) = recipients.len().checked_sub(NAMED).filter(|&more| more > 0) {
        named.push(format!("and {more} more"));
    }
    named.join(", ")
}

fn work_row(work: &Work, now: Timestamp) -> WorkRow {
    WorkRow {
        record: work.record.to_string(),
        account: words::line(&work.account),
        what: work.kind.shown(),
        waits_for: work
            .waits_for
            .as_deref()
            .map_or_else(|| "its turn".to_owned(), words::line),
        again: (work.due > now).then(|| When::of(work.due)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_in_one_list() {
        for state in State::ALL {
            assert_ne!(State::OPEN.contains(&state), CLOSED.contains(&state), "{state}");
        }
    }

    #[test]
    fn few_recipients_are_named() {
        let all: Vec<String> = ["a@x", "b@x", "c@x", "d@x"].map(str::to_owned).to_vec();
        assert_eq!(recipients(&all), "a@x, b@x, c@x, and 1 more");
        assert_eq!(recipients(&all[..1]), "a@x");
        assert_eq!(subject(" \r\n"), "(no subject)");
    }
}
