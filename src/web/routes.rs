//! Which page is where.

use super::app::App;
use super::error::PageError;
use super::pages::{audit, drafts, mail, now, standard, trends};
use super::{assets, door, live, sign_in};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use std::sync::Arc;

/// The longest form: a text to try, percent-encoded.
const LONGEST_FORM: usize = 1024 * 1024;

/// All pages, behind the door.
pub(super) fn router(app: Arc<App>) -> Router {
    let inside = Router::new()
        .route("/", get(now::page))
        .route("/mail/{id}", get(mail::page))
        .route("/mail/{id}/html/{part}", get(mail::frame))
        .route("/mail/{id}/{decision}", post(mail::decide))
        .route("/draft/{id}", get(drafts::page))
        .route("/trends", get(trends::page))
        .route("/standard", get(standard::page))
        .route("/standard/rules/{category}", get(standard::rules))
        .route("/try", get(standard::attempt).post(standard::tried))
        .route("/audit", get(audit::page))
        .route("/audit.csv", get(audit::csv))
        .route("/audit.jsonl", get(audit::json_lines))
        .route("/events", get(live::events))
        .route("/sign-out", post(sign_in::leave))
        .fallback(no_page)
        .layer(middleware::from_fn(door::signed_in));
    Router::new()
        .route("/sign-in", get(sign_in::enter))
        .route("/style.css", get(assets::style))
        .route("/live.js", get(assets::script))
        .route("/icon.svg", get(assets::icon))
        .merge(inside)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(middleware::from_fn_with_state(app.clone(), door::keep))
        .with_state(app)
}

async fn no_page() -> PageError {
    PageError::no_page()
}
