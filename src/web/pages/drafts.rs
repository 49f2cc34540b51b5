//! *Drafts*: what the drafts that lie in the mailbox look like at this moment, and one of them whole.

use super::now::{recipients, subject};
use super::{Chrome, Page, html};
use crate::annotate::{Annotated, words};
use crate::reading::ProspectingClass;
use crate::standard::Disposition;
use crate::store::Draft;
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::session::Session;
use crate::web::show::{ReadingView, Run, When};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State as Of};
use std::sync::Arc;

/// A draft in the list of the page *Now*.
pub(super) struct DraftRow {
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) to: String,
    pub(super) at: When,
    /// What would become of it.
    pub(super) outlook: &'static str,
    pub(super) tone: &'static str,
    /// Its score, where it was judged.
    pub(super) score: Option<i32>,
    pub(super) findings: String,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct OneDraft {
    chrome: Chrome,
    /// The last change before anything was asked for.
    seen: i64,
    row: DraftRow,
    rounds: String,
    read: ReadingView,
}

impl DraftRow {
    pub(super) fn of(draft: &Draft) -> DraftRow {
        let reading = draft.reading.as_ref();
        let judged =
            reading.filter(|reading| reading.not_read.is_none() && reading.prospecting.class != ProspectingClass::No);
        let (outlook, tone) = match draft.verdict.disposition {
            Disposition::Pass => ("would pass", "go"),
            Disposition::Annotate => ("would pass, with notes", "go"),
            Disposition::Return => ("would come back", "stop"),
            Disposition::Hold => ("would be held", "stop"),
        };
        DraftRow {
            id: draft.id.clone(),
            subject: subject(&draft.subject),
            to: if draft.recipients.is_empty() {
                "nobody yet".to_owned()
            } else {
                recipients(&draft.recipients)
            },
            at: When::of(draft.at),
            outlook,
            tone,
            score: judged.map(|reading| reading.score),
            findings: words::count(reading.map_or(0, |reading| reading.findings.len()), "finding"),
        }
    }
}

pub(in crate::web) async fn page(
    Of(app): Of<Arc<App>>,
    Extension(session): Extension<Session>,
    Path(id): Path<String>,
) -> Page {
    let seen = app.change().await?;
    let drafts = app.parts.drafts.drafts(None).await?;
    let Some(draft) = drafts.iter().find(|draft| draft.id == id) else {
        return Err(PageError::gone(
            "This draft was sent, thrown away, or begun anew. The ones that are there are on the page Now.",
        ));
    };
    let mut read = ReadingView::of(&Annotated {
        name: &draft.subject,
        octets: None,
        prose: None,
        reading: draft.reading.as_ref(),
        verdict: &draft.verdict,
    });
    read.elsewhere = "It is in your mail program, as you left it. What was found in it is quoted here.";
    Ok(html(&OneDraft {
        chrome: Chrome::new(&app, &session, "now"),
        seen,
        row: DraftRow::of(draft),
        rounds: match draft.round {
            ..=1 => "read once".to_owned(),
            round => format!("{round} versions read"),
        },
        read,
    }))
}
