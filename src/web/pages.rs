//! The pages. Each takes what it needs from the store, and gives a template its values.

pub(super) mod audit;
pub(super) mod drafts;
pub(super) mod mail;
pub(super) mod now;
pub(super) mod standard;
pub(super) mod trends;

use super::app::App;
use super::error::PageError;
use super::session::Session;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// What every page has around it.
#[derive(Debug, Clone)]
pub(super) struct Chrome {
    /// Which of the main pages it belongs to: `now`, `trends`, `standard`, `audit`.
    here: &'static str,
    /// Who decides here.
    user: String,
    /// The word that every form carries.
    csrf: String,
}

impl Chrome {
    fn new(app: &App, session: &Session, here: &'static str) -> Chrome {
        Chrome {
            here,
            user: crate::annotate::words::line(app.user()),
            csrf: session.csrf.clone(),
        }
    }
}

/// A page, or why there is none.
type Page = Result<Response, PageError>;

/// A template as an answer. Writing into memory does not fail, so the other way is only for a fault of ours.
pub(super) fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
