//! `/events`: tells a page that is open that something has changed, and nothing of what.

use super::app::App;
use super::server::stopped;
use super::session::Session;
use crate::store::{Drafts, Store, StoreError};
use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often the store is asked: commands change it from other processes.
const POLL: Duration = Duration::from_secs(1);
/// Before the store was asked for the first time.
pub(super) const UNKNOWN: i64 = -1;
/// How often a silent stream says that it is there, which is also how often its session is asked for.
const SIGN_OF_LIFE: Duration = Duration::from_secs(25);

/// Another number after every change of a record or of a draft. Should both change by the same at once, a page is late.
pub(super) async fn change(store: &dyn Store, drafts: &dyn Drafts) -> Result<i64, StoreError> {
    Ok(store
        .last_change()
        .await?
        .wrapping_add(drafts.last_draft_change().await?))
}

/// Follows the store until the program ends.
pub(super) async fn follow(
    store: Arc<dyn Store>,
    drafts: Arc<dyn Drafts>,
    changes: watch::Sender<i64>,
    mut stopping: watch::Receiver<bool>,
) {
    loop {
        // Asking is a look at one row; without a page open it is not even done.
        if changes.receiver_count() > 1 {
            match change(&*store, &*drafts).await {
                Ok(last) => {
                    changes.send_if_modified(|seen| std::mem::replace(seen, last) != last);
                }
                Err(error) => tracing::debug!(%error, "the page does not know whether anything has changed"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = stopped(&mut stopping) => return,
        }
    }
}

/// The stream of one open page. It ends with the session and with the program.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    Extension(session): Extension<Session>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // A change may fall between a page's making and its listening: the last number goes to it at once, and it knows what it
    // was made from.
    let mut changes = app.changes.clone();
    changes.mark_changed();
    let begin = (app, session, changes);
    let stream = stream::unfold(begin, async |(app, session, mut changes)| {
        let mut stopping = app.stopping.clone();
        loop {
            let changed = tokio::select! {
                changed = changes.changed() => changed.is_ok(),
                () = tokio::time::sleep(SIGN_OF_LIFE) => {
                    if app.sessions.goes_on(&session, app.now()) { continue } else { false }
                }
                () = stopped(&mut stopping) => false,
            };
            if !changed || !app.sessions.goes_on(&session, app.now()) {
                return None;
            }
            let number = *changes.borrow_and_update();
            if number == UNKNOWN {
                continue;
            }
            return Some((Ok(Event::default().data(number.to_string())), (app, session, changes)));
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
}
