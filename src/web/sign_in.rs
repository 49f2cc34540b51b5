//! A browser comes with the link of `youward open`, and leaves with a session.

use super::app::App;
use super::door::set_cookie;
use super::error::PageError;
use super::posted::Posted;
use super::secret::Secret;
use super::token::Refused;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// The link's parameters.
#[derive(Deserialize)]
pub(super) struct Link {
    token: Option<String>,
    /// Which page to go to.
    to: Option<String>,
}

/// Takes the token and gives a session for it.
pub(super) async fn enter(State(app): State<Arc<App>>, Query(link): Query<Link>) -> Result<Response, PageError> {
    let now = app.now();
    let token = link.token.as_deref().and_then(Secret::brought);
    let refused = match token.map(|token| app.doorstep.take_token(&token, now)) {
        Some(Ok(())) => {
            let cookie = app.sessions.begin(now).map_err(PageError::ours)?;
            tracing::info!("a browser was let in to the review page");
            let target = target(link.to.as_deref());
            return Ok((
                [(header::SET_COOKIE, set_cookie(&app, cookie.shown()))],
                Redirect::to(&target),
            )
                .into_response());
        }
        Some(Err(refused)) => refused,
        None => Refused::Unknown,
    };
    if app.sessions.wrong_too_often(now) {
        let text = "Too many wrong links came within a minute. A right one is let in all the same.";
        return Err(PageError::used_link(StatusCode::TOO_MANY_REQUESTS, text));
    }
    tracing::warn!(?refused, "a link to the review page let nobody in");
    let text = match refused {
        Refused::Unknown => "A link lets one browser in, once. The command below makes a new one.",
        Refused::Expired => "A link lasts for two minutes, and this one is older. The command below makes a new one.",
    };
    Err(PageError::used_link(StatusCode::FORBIDDEN, text))
}

/// Ends the session.
pub(super) async fn leave(State(app): State<Arc<App>>, posted: Posted) -> Response {
    app.sessions.end(&posted.session);
    ([(header::SET_COOKIE, set_cookie(&app, ""))], Redirect::to("/")).into_response()
}

/// A path of ours from what a link names. Anything else leads to the first page, and never to another site.
fn target(to: Option<&str>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.');
    let sound = |to: &&str| to.len() <= 64 && !to.starts_with('/') && to.chars().all(plain);
    format!("/{}", to.filter(sound).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_link_leads_to_a_page_of_ours() {
        assert_eq!(target(None), "/");
        assert_eq!(target(Some("mail/7Q2M0001")), "/mail/7Q2M0001");
        for wrong in [
            "/evil.example",
            "http://evil.example/",
            "\\evil.example",
            "a\r\nb",
            "a?b=c",
        ] {
            assert_eq!(target(Some(wrong)), "/", "{wrong}");
        }
    }
}
