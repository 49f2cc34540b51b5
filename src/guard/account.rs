//! One account watched: a connection that waits for drafts, and looks at the other mailboxes in between.

use super::drafts::DraftWatch;
use super::error::WatchError;
use super::learn::{Learner, Progress};
use super::settings::WatchSettings;
use super::watch::Guard;
use crate::store::Owner;
use crate::upstream::mailbox::{Folder, Mailboxes};
use std::sync::Arc;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// Watches until the stop, or until there is no reason to any more.
pub(super) async fn run(
    guard: &Guard,
    owner: &Owner,
    settings: &WatchSettings,
    mut mailboxes: Mailboxes,
    nudge: Arc<Notify>,
    mut stopping: watch::Receiver<bool>,
) -> Result<(), WatchError> {
    let mut drafts = settings.drafts.then(|| DraftWatch::new(owner.clone(), settings.still));
    let mut learner = settings.history.then(|| Learner::new(owner.clone()));
    let mut look_at = Instant::now();
    while guard.may_watch(owner) {
        let mut next = Instant::now() + settings.look;
        if let Some(drafts) = &mut drafts
            && let Some(due) = quietly(drafts.look(guard, &mut mailboxes).await)?.flatten()
        {
            next = next.min(due);
        }
        if let Some(learner) = &mut learner
            && look_at <= Instant::now()
        {
            match quietly(learner.step(guard, &mut mailboxes).await)? {
                // The next page at once, but for a look at the drafts.
                Some(Progress::More) if *stopping.borrow() => break,
                Some(Progress::More) => continue,
                Some(Progress::Rest) | None => look_at = Instant::now() + settings.look,
            }
        }
        if learner.is_some() {
            next = next.min(look_at);
        }
        let limit = next.saturating_duration_since(Instant::now());
        if limit.is_zero() {
            continue;
        }
        let stop = async {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        let woken = async {
            tokio::select! {
                () = stop => {}
                () = nudge.notified() => {}
            }
        };
        mailboxes.wait_or(Folder::Drafts, limit, woken).await?;
        if *stopping.borrow() {
            break;
        }
    }
    mailboxes.leave().await;
    Ok(())
}

/// Our own side's failure is told and does not end the watch; it may work at the next look.
fn quietly<T>(result: Result<T, WatchError>) -> Result<Option<T>, WatchError> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(WatchError::Mailbox(error)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "an account's drafts or earlier mail could not be looked at now");
            Ok(None)
        }
    }
}
