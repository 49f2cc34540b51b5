//! What the tap saw: it wakes the account's watcher; drafts of an account without one are read from what went by.

use super::review::{self, Version, unfinished};
use super::watch::Guard;
use crate::feed::Told;
use crate::imap::{Appended, Event, SpecialUse};
use crate::mail::Mail;
use crate::reading::BLAST_WINDOW;
use crate::store::{Owner, StoreError};
use crate::upstream::mailbox::{is_drafts_name, on_the_wire};
use jiff::SignedDuration;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Most drafts that wait to be still; beyond that the oldest are dropped.
const WAITING: usize = 64;
/// Most mailboxes of which is remembered that they are for drafts.
const NAMES: usize = 10_000;
/// Nobody says when a draft that only the tap saw has gone: after so long it is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);
/// So long is known what was sent, and what became of it.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How often is looked for such drafts, and for what is older.
const SWEEP: std::time::Duration = std::time::Duration::from_secs(600);

/// A draft that went by, not yet read.
struct Passing {
    owner: Owner,
    place: Option<(u32, u32)>,
    version: Version,
    due: Instant,
}

/// Follows the feed until the stop.
pub(super) async fn run(guard: Arc<Guard>, mut stopping: watch::Receiver<bool>) {
    let mut names: HashSet<(Owner, Vec<u8>)> = HashSet::new();
    let mut waiting: VecDeque<Passing> = VecDeque::new();
    let mut sweep = Instant::now();
    loop {
        let next = waiting.iter().map(|passing| passing.due).min();
        let next = next.unwrap_or(sweep + SWEEP).min(sweep + SWEEP);
        let told = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            told = guard.feed.next() => Some(told),
            () = sleep_until(next) => None,
        };
        if let Some(told) = told {
            hear(&guard, told, &mut names, &mut waiting).await;
        }
        while let Some(at) = waiting.iter().position(|passing| passing.due <= Instant::now()) {
            let Some(passing) = waiting.remove(at) else { break };
            if let Err(error) = read(&guard, passing).await {
                tracing::warn!(%error, "a draft that went by could not be noted");
            }
        }
        if sweep + SWEEP <= Instant::now() {
            sweep = Instant::now();
            if let Err(error) = forget_old(&guard).await {
                tracing::warn!(%error, "what is old could not be forgotten");
            }
        }
    }
}

async fn hear(guard: &Guard, told: Told, names: &mut HashSet<(Owner, Vec<u8>)>, waiting: &mut VecDeque<Passing>) {
    let Some(account) = &told.account else { return };
    let owner = Owner::new(&told.upstream, account);
    match told.event {
        Event::Authenticated { .. } => guard.watched.arrived(),
        Event::SpecialUse {
            mailbox,
            special: SpecialUse::Drafts,
        } => {
            if names.len() >= NAMES {
                names.clear();
            }
            names.insert((owner, mailbox));
        }
        Event::Appended(appended) => {
            // Of a mail that was too long to be kept the beginning is there, and attachments come after the text.
            if guard.watched.nudge(&owner) || !guard.settings_of(&owner).drafts {
                return;
            }
            let set = guard
                .gateways
                .get(&owner.upstream)
                .and_then(|gateway| gateway.mailboxes.drafts.clone());
            let called =
                |name: String| [name.as_bytes(), on_the_wire(&name).as_bytes()].contains(&appended.mailbox.as_slice());
            let is_drafts = set.is_some_and(called)
                || names.contains(&(owner.clone(), appended.mailbox.clone()))
                || is_drafts_name(&appended.mailbox);
            if is_drafts {
                let still = guard.settings_of(&owner).still;
                keep(owner, appended, Instant::now() + still, waiting).await;
            }
        }
        _ => {}
    }
}

/// Of each draft only the newest version waits.
async fn keep(owner: Owner, appended: Appended, due: Instant, waiting: &mut VecDeque<Passing>) {
    let version = Version::of(Mail::new(appended.octets.to_vec()), &owner).await;
    waiting.retain(|other| other.owner != owner || !version.follows(&other.version));
    while waiting.len() >= WAITING {
        waiting.pop_front();
    }
    waiting.push_back(Passing {
        owner,
        place: appended.uid,
        version,
        due,
    });
}

async fn read(guard: &Guard, passing: Passing) -> Result<(), StoreError> {
    let Passing {
        owner, place, version, ..
    } = passing;
    // Its watcher has come meanwhile, and sees the draft where it lies.
    if guard.watched.nudge(&owner) {
        return Ok(());
    }
    let known = guard.drafts.drafts(Some(&owner)).await?;
    // Nobody tells which of them are gone: what is like it is taken for its earlier version.
    let before = version.continues(&known, |_| true);
    if before.is_some_and(|before| before.text == version.text) {
        return Ok(());
    }
    let at = (guard.clock)();
    let read = review::read(&guard.reader, &owner, &version, (before, &known), place, at).await;
    let Some((draft, _, _)) = read else { return Ok(()) };
    if guard.watched.nudge(&owner) {
        return Ok(());
    }
    // The review that lies in the mailbox is of an earlier version: a watcher is to read this one, too.
    let draft = if draft.filed { unfinished(&draft) } else { draft };
    guard.drafts.keep_draft(draft).await
}

/// Drafts of accounts without a watcher, once they are old.
async fn forget_old(guard: &Guard) -> Result<(), StoreError> {
    let now = (guard.clock)();
    for draft in guard.drafts.drafts(None).await? {
        if now.duration_since(draft.at) > FORGOTTEN && !draft.filed && !guard.watched.is_watched(&draft.owner) {
            guard.drafts.forget_draft(&draft.id).await?;
        }
    }
    let sketches = now - BLAST_WINDOW - SignedDuration::from_hours(24);
    guard.reader.history().store().forget_sent(sketches, now - KEPT).await?;
    Ok(())
}
