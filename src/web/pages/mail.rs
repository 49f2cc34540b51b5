//! *One mail*: as written with its places marked, why it counts, its rounds, and what can be decided about it.
//!
//! The decisions are those of `youward held`, taken by the same [`Custody`](crate::hold::Custody): what a button may do is
//! decided there, and a button that should not have been there leads to a sentence, not to a mail that went.

mod frame;
mod rounds;
mod ways;

pub(in crate::web) use frame::page as frame;

use super::now::{recipients, subject};
use super::{Chrome, Page, html};
use crate::annotate::{Annotated, words};
use crate::hold::{HoldError, Settlement};
use crate::mail::{Mail, Prose, ScanLimits, TextKind};
use crate::store::{Record, Summary};
use crate::web::app::App;
use crate::web::error::{PageError, sentence};
use crate::web::posted::Posted;
use crate::web::session::Session;
use crate::web::show::{ReadingView, Run, When, state_words, tone};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use rounds::{Comparison, Round};
use serde::Deserialize;
use std::sync::Arc;
use ways::{Way, Ways};

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    chrome: Chrome,
    /// The store's last change before anything was asked for.
    seen: i64,
    id: String,
    subject: String,
    to: String,
    at: When,
    state: &'static str,
    tone: &'static str,
    round: u32,
    /// What was just done, or why not.
    told: Option<Told>,
    ways: Ways,
    read: ReadingView,
    /// HTML parts, by number.
    frames: Vec<usize>,
    rounds: Vec<Round>,
    comparison: Option<Comparison>,
    /// What became of it, where no other record tells.
    rewritten: Option<String>,
    facts: Vec<(&'static str, String)>,
}

/// An answer to what was typed.
struct Told {
    wrong: bool,
    text: String,
    /// What was typed, to be mended.
    reason: String,
}

/// What a page that follows a decision says.
#[derive(Deserialize)]
pub(in crate::web) struct Done {
    done: Option<String>,
}

/// The page of one mail.
pub(in crate::web) async fn page(
    State(app): State<Arc<App>>,
    Extension(session): Extension<Session>,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Page {
    let seen = app.change().await?;
    let record = app.store().get(&id).await?;
    let told = done
        .done
        .as_deref()
        .and_then(|name| ways::done(name, record.summary.state))
        .map(|text| Told {
            wrong: false,
            text: text.to_owned(),
            reason: String::new(),
        });
    Ok(html(&of(&app, &session, (record, seen), told).await?))
}

async fn of(
    app: &App,
    session: &Session,
    (record, seen): (Record, i64),
    told: Option<Told>,
) -> Result<MailPage, PageError> {
    let history = rounds::of(app, &record).await?;
    let chrome = Chrome::new(app, session, "now");
    let ways = Ways::of(&record, &app.parts);
    // Parsing a mail takes its time, and a page must not keep the others waiting.
    let made = tokio::task::spawn_blocking(move || {
        let prose = prose(&record);
        let read = ReadingView::of(&annotated(&record, prose.as_ref()));
        let comparison = history
            .before
            .as_ref()
            .map(|before| Comparison::of(before, &record, prose.as_ref(), &read));
        let summary = &record.summary;
        MailPage {
            chrome,
            seen,
            id: summary.id.to_string(),
            subject: subject(&summary.subject),
            to: recipients(&summary.recipients),
            at: When::of(summary.at),
            state: state_words(summary.state),
            tone: tone(summary.state),
            round: summary.round,
            told,
            ways,
            read,
            frames: frames(prose.as_ref()),
            rounds: history.rounds,
            comparison,
            rewritten: rounds::rewritten(&record),
            facts: facts(&record),
        }
    });
    made.await.map_err(PageError::ours)
}

/// Takes a decision, and goes back to the page that shows what came of it.
pub(in crate::web) async fn decide(
    State(app): State<Arc<App>>,
    Path((id, decision)): Path<(String, String)>,
    posted: Posted,
) -> Page {
    let way = Way::named(&decision).ok_or_else(PageError::no_page)?;
    let record = app.store().get(&id).await?;
    let id = record.summary.id.0.clone();
    let reason = words::line(posted.field("reason"));
    let outcome = match ways::sound(way, &record, &reason) {
        Ok(()) => take(&app, way, &id, &reason).await.map_err(|error| match error {
            HoldError::Store(error) => Refusal::Trouble(error.into()),
            error => Refusal::Words(sentence(&error)),
        }),
        Err(words) => Err(Refusal::Words(words)),
    };
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/mail/{id}?done={}", way.name())).into_response()),
        Err(Refusal::Trouble(error)) => Err(error),
        Err(Refusal::Words(text)) => {
            let told = Told {
                wrong: true,
                text,
                reason,
            };
            let seen = app.change().await?;
            let record = app.store().get(&id).await?;
            let page = of(&app, &posted.session, (record, seen), Some(told)).await?;
            Ok((StatusCode::CONFLICT, html(&page)).into_response())
        }
    }
}

enum Refusal {
    Words(String),
    Trouble(PageError),
}

async fn take(app: &App, way: Way, id: &str, reason: &str) -> Result<Summary, HoldError> {
    let (custody, who, now) = (&app.parts.custody, &app.parts.who, app.now());
    match way {
        Way::Allow => custody.allow(id, reason, who, now).await,
        Way::Release => custody.release(id, reason, who, now).await,
        Way::Withdraw => custody.withdraw(id, reason, who, now).await,
        Way::Discard => custody.discard(id, reason, who, now).await,
        Way::Went => custody.settle(id, Settlement::Sent, reason, who, now).await,
        Way::SendAgain => custody.settle(id, Settlement::SendAgain, reason, who, now).await,
    }
}

/// The mail's text, while its octets are there.
fn prose(record: &Record) -> Option<Prose> {
    let mail = record.mail.as_ref()?;
    Prose::extract(mail, &ScanLimits::default()).ok()
}

fn annotated<'a>(record: &'a Record, prose: Option<&'a Prose>) -> Annotated<'a> {
    Annotated {
        name: &record.summary.subject,
        octets: record.mail.as_ref().map(Mail::octets),
        prose,
        reading: record.reading.as_ref(),
        verdict: &record.verdict,
    }
}

/// The numbers of the parts that are HTML.
fn frames(prose: Option<&Prose>) -> Vec<usize> {
    let parts = prose.map(|prose| prose.parts.as_slice()).unwrap_or_default();
    let html = parts.iter().enumerate().filter(|(_, part)| part.kind == TextKind::Html);
    html.map(|(at, _)| at).collect()
}

/// What else is known of it, as `youward held show` tells it.
fn facts(record: &Record) -> Vec<(&'static str, String)> {
    let summary = &record.summary;
    let line = words::line;
    let mut facts = vec![
        ("Record", summary.id.to_string()),
        ("Decided", summary.disposition.to_string()),
        (
            "Account",
            format!("{} at {}", line(&summary.account), line(&summary.upstream)),
        ),
        ("From", path(&record.envelope.reverse_path.command())),
    ];
    let paths = record.envelope.recipients.iter();
    facts.extend(paths.map(|one| ("To", path(&one.command()))));
    if let Some(message_id) = &record.message_id {
        facts.push(("Message", format!("<{}>", line(message_id))));
    }
    facts.push(match &record.mail {
        Some(mail) => ("Size", format!("{} octets", mail.octets().len())),
        None => ("Size", "the octets were not kept, or are erased".to_owned()),
    });
    facts.push((
        "Session",
        if record.tls { "under TLS" } else { "not under TLS" }.to_owned(),
    ));
    if let Some(reason) = summary
        .allowed_reason
        .as_deref()
        .filter(|_| summary.allowed_at.is_some())
    {
        facts.push(("Allowed", line(reason)));
    }
    if let Some(permit) = &record.permit {
        let by = line(&permit.by);
        let why = if permit.reason.is_empty() {
            by
        } else {
            format!("{by}: {}", line(&permit.reason))
        };
        facts.push(("Released", why));
    }
    facts
}

/// A path with its parameters, as the command had it.
fn path(command: &str) -> String {
    words::line(command.split_once(':').map_or(command, |(_, path)| path))
}
