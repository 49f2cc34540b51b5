//! Pages that say why there is no page.

use super::pages::html;
use crate::hold::HoldError;
use crate::store::StoreError;
use askama::Template;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// Why there is no page, as one.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub(super) struct PageError {
    status: StatusCode,
    title: String,
    text: String,
    /// What to type to get on.
    command: &'static str,
    /// Where the browser goes by itself, at once.
    again: Option<String>,
    /// Whether whoever reads it may use the pages.
    inside: bool,
}

impl PageError {
    pub(super) fn plain(status: StatusCode, title: &str, text: &str) -> PageError {
        PageError {
            status,
            title: title.to_owned(),
            text: text.to_owned(),
            command: "",
            again: None,
            inside: false,
        }
    }

    fn inside(status: StatusCode, title: &str, text: &str) -> PageError {
        PageError {
            inside: true,
            ..PageError::plain(status, title, text)
        }
    }

    pub(super) fn other_host() -> PageError {
        let text =
            "This page is only for addresses on this machine. Open it with the link that the command below gives.";
        PageError {
            command: "youward open",
            ..PageError::plain(StatusCode::MISDIRECTED_REQUEST, "Another address", text)
        }
    }

    pub(super) fn other_site() -> PageError {
        let text = "The request came from another site, so nothing was shown or changed.";
        PageError::plain(StatusCode::FORBIDDEN, "Not from here", text)
    }

    pub(super) fn not_signed_in() -> PageError {
        let text = "This shows mail, so it asks who you are. Type the command below on this machine: it opens your browser here, signed in.";
        PageError {
            command: "youward open",
            ..PageError::plain(StatusCode::FORBIDDEN, "Not signed in", text)
        }
    }

    /// The same page asked for from here.
    pub(super) fn once_more(uri: &Uri) -> PageError {
        PageError {
            again: Some(uri.path().to_owned()),
            ..PageError::not_signed_in()
        }
    }

    pub(super) fn used_link(status: StatusCode, text: &str) -> PageError {
        PageError {
            command: "youward open",
            ..PageError::plain(status, "This link does not let you in", text)
        }
    }

    pub(super) fn stale_form() -> PageError {
        let text = "This form was made for another session, so nothing was changed. Go back, load the page again, and send it once more.";
        PageError::inside(StatusCode::FORBIDDEN, "An old form", text)
    }

    pub(super) fn bad_form(text: &str) -> PageError {
        PageError::inside(StatusCode::BAD_REQUEST, "This form can't be read", text)
    }

    pub(super) fn too_slow() -> PageError {
        let text = "The request or its answer took too long. Whether it changed something is shown when the page is loaded again.";
        PageError::inside(StatusCode::REQUEST_TIMEOUT, "Too slow", text)
    }

    pub(super) fn no_page() -> PageError {
        PageError::inside(
            StatusCode::NOT_FOUND,
            "No such page",
            "There is nothing at this address.",
        )
    }

    pub(super) fn gone(text: &str) -> PageError {
        PageError::inside(StatusCode::NOT_FOUND, "It is not there any more", text)
    }

    pub(super) fn ours(error: impl std::fmt::Display) -> PageError {
        tracing::error!(%error, "a page could not be made");
        let text = "Something went wrong here; the log of `youward run` says what. No mail is lost by it.";
        PageError::inside(StatusCode::INTERNAL_SERVER_ERROR, "That did not work", text)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = self.status;
        (status, html(&self)).into_response()
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> PageError {
        match error {
            StoreError::Unknown { id } => PageError::inside(
                StatusCode::NOT_FOUND,
                "No such mail",
                &format!("There is no record {id}. What is held or returned is listed under Now."),
            ),
            StoreError::Ambiguous { .. } => {
                PageError::inside(StatusCode::NOT_FOUND, "Several mails", &sentence(&error))
            }
            error if error.is_temporary() => {
                PageError::inside(StatusCode::SERVICE_UNAVAILABLE, "Not now", &sentence(&error))
            }
            error => PageError::ours(error),
        }
    }
}

impl From<HoldError> for PageError {
    fn from(error: HoldError) -> PageError {
        match error {
            HoldError::Store(error) => error.into(),
            error => PageError::inside(StatusCode::CONFLICT, "Not possible", &sentence(&error)),
        }
    }
}

/// An error as a sentence.
pub(super) fn sentence(error: &impl std::fmt::Display) -> String {
    crate::annotate::words::sentence(&error.to_string())
}
