//! Which accounts are watched: those whose credentials are at hand, each by one watcher, and by another one as long as
//! something of theirs is held.

use super::error::WatchError;
use super::settings::WatchSettings;
use super::{account, moves, tapped};
use crate::feed::Feed;
use crate::hold::{Custody, Gateway};
use crate::reader::Reader;
use crate::secrets::Vault;
use crate::store::{Drafts, Owner, State};
use crate::upstream::mailbox::{Folder, MailboxError, Mailboxes};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often is looked which accounts want watching.
const POLL: Duration = Duration::from_secs(1);
/// After a login it is looked so soon.
const GATHER: Duration = Duration::from_millis(50);
/// How long one wait for a move lasts before it is looked whether there is still a reason to watch.
const WAIT: Duration = Duration::from_secs(60);
/// After a failure, from the first to the last.
const PAUSES: [u64; 5] = [2, 10, 30, 120, 600];
/// A watch that lasted for so long was a good one: the next failure is a first one again.
const WELL: Duration = Duration::from_secs(60);
/// Watchers at one time.
const AT_ONCE: usize = 512;

/// Watches accounts.
pub struct Guard {
    /// The records' life.
    pub custody: Arc<Custody>,
    /// Where reviews of drafts are kept.
    pub drafts: Arc<dyn Drafts>,
    /// By whom drafts are read; it knows earlier mail, too.
    pub reader: Arc<Reader>,
    /// Credentials at hand.
    pub vault: Arc<Vault>,
    /// The providers, by name.
    pub gateways: HashMap<String, Arc<Gateway>>,
    /// What is watched of their accounts; the defaults for one that is not named.
    pub settings: HashMap<String, WatchSettings>,
    /// What IMAP connections show.
    pub feed: Arc<Feed>,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
    /// Who is watched now, and how to wake that watcher.
    pub watched: Watched,
}

/// Accounts with a watcher, each with what wakes it.
#[derive(Debug, Default)]
pub struct Watched {
    watchers: Mutex<HashMap<Owner, Arc<Notify>>>,
    /// Somebody has logged in, who may want a watcher.
    arrived: Notify,
}

/// An account's watcher is at work.
struct Seat<'w> {
    watched: &'w Watched,
    owner: &'w Owner,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.watched.lock().remove(self.owner);
    }
}

/// What one watcher is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Task {
    /// What was moved to be sent as written.
    Moves(Owner),
    /// Drafts and earlier mail.
    Account(Owner),
}

/// Failures in a row, and until when it is left alone.
#[derive(Debug, Clone, Copy)]
struct Pause {
    failures: usize,
    until: Instant,
    /// The credentials that the server did not take.
    refused: Option<u64>,
}

impl Watched {
    /// Wakes an account's watcher. False if it has none.
    pub(super) fn nudge(&self, owner: &Owner) -> bool {
        let nudge = self.lock().get(owner).cloned();
        if let Some(nudge) = &nudge {
            nudge.notify_one();
        }
        nudge.is_some()
    }

    /// Says that an account has a watcher, until what comes back is dropped, however the watcher ends.
    fn sit<'w>(&'w self, owner: &'w Owner, nudge: &Arc<Notify>) -> Seat<'w> {
        self.lock().insert(owner.clone(), nudge.clone());
        Seat { watched: self, owner }
    }

    /// Somebody has logged in.
    pub(super) fn arrived(&self) {
        self.arrived.notify_one();
    }

    /// Waits until somebody has logged in, and a little longer: in the morning many do.
    async fn arrivals(&self) {
        self.arrived.notified().await;
        tokio::time::sleep(GATHER).await;
    }

    /// Whether an account has a watcher.
    pub(super) fn is_watched(&self, owner: &Owner) -> bool {
        self.lock().contains_key(owner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Arc<Notify>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guard {
    /// Watches until the stop.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        let guard = Arc::new(self);
        let tapped = tokio::spawn(tapped::run(guard.clone(), stopping.clone()));
        let mut watchers: JoinSet<(Task, Result<(), MailboxError>)> = JoinSet::new();
        // By the ids of their tasks, so that one that panicked is known, too.
        let mut running: HashMap<tokio::task::Id, (Task, Instant)> = HashMap::new();
        let mut pauses: HashMap<Task, Pause> = HashMap::new();
        loop {
            let mut runs: HashSet<Task> = running.values().map(|(task, _)| task.clone()).collect();
            for task in guard.wanted() {
                let paused = pauses.get(&task).is_some_and(|pause| guard.is_paused(pause, &task));
                if paused || running.len() >= AT_ONCE || !runs.insert(task.clone()) {
                    continue;
                }
                let (guard, stopping, of) = (guard.clone(), stopping.clone(), task.clone());
                let handle = watchers.spawn(async move {
                    let result = guard.watch(&of, stopping).await;
                    (of, result)
                });
                running.insert(handle.id(), (task, Instant::now()));
            }
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => break,
                Some(ended) = watchers.join_next_with_id() => match ended {
                    Ok((id, (task, result))) => {
                        if let Some((_, since)) = running.remove(&id)
                            && since.elapsed() > WELL
                        {
                            pauses.remove(&task);
                        }
                        guard.note(task, result, &mut pauses);
                    }
                    Err(error) => {
                        tracing::error!("a watcher failed; it begins anew in a while");
                        if let Some((task, _)) = running.remove(&error.id()) {
                            pause(&mut pauses, task, None);
                        }
                    }
                },
                () = guard.watched.arrivals() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
        while watchers.join_next().await.is_some() {}
        let _ = tapped.await;
    }

    fn note(&self, task: Task, result: Result<(), MailboxError>, pauses: &mut HashMap<Task, Pause>) {
        let Err(error) = result else {
            pauses.remove(&task);
            return;
        };
        let owner = task.owner();
        tracing::warn!(%error, upstream = %owner.upstream, "an account's mailboxes can't be watched now");
        // The same credentials may still be good for sending: they are kept, and not tried here again.
        let refused = error
            .is_login_refused()
            .then(|| self.vault.generation(&owner.upstream, &owner.account))
            .flatten();
        pause(pauses, task, refused);
    }

    fn is_paused(&self, pause: &Pause, task: &Task) -> bool {
        let Owner { upstream, account } = task.owner();
        match pause.refused {
            // Others, which the server has let in by now, are tried at once.
            Some(refused) => self.vault.generation(upstream, account) == Some(refused),
            None => pause.until > Instant::now(),
        }
    }

    /// Accounts with reachable mailboxes and credentials at hand, and what they are watched for.
    fn wanted(&self) -> Vec<Task> {
        let held = self.custody.all_open().into_iter();
        let held = held
            .filter(|record| record.state == State::Held)
            .map(|record| Owner::new(&record.upstream, &record.account))
            .filter(|owner| self.is_reachable(owner));
        let mut wanted: Vec<Task> = held.map(Task::Moves).collect();
        let owners = self.vault.owners().into_iter();
        let owners = owners.map(|(upstream, account)| Owner::new(&upstream, &account));
        wanted.extend(
            owners
                .filter(|owner| self.may_watch(owner) && self.settings_of(owner).watches())
                .map(Task::Account),
        );
        wanted
    }

    fn is_reachable(&self, owner: &Owner) -> bool {
        self.custody.has_mailboxes(&owner.upstream) && self.vault.has(&owner.upstream, &owner.account)
    }

    /// Whether an account's mailboxes may still be looked at.
    pub(super) fn may_watch(&self, owner: &Owner) -> bool {
        self.is_reachable(owner)
    }

    pub(super) fn settings_of(&self, owner: &Owner) -> WatchSettings {
        self.settings.get(&owner.upstream).cloned().unwrap_or_default()
    }

    async fn watch(&self, task: &Task, mut stopping: watch::Receiver<bool>) -> Result<(), MailboxError> {
        let owner = task.owner();
        let connected = tokio::select! {
            // Nothing has been begun that a stop would have to wait for.
            _ = stopping.wait_for(|stop| *stop) => return Ok(()),
            connected = self.connect(owner) => connected?,
        };
        let Some(mailboxes) = connected else {
            return Ok(());
        };
        let result = match task {
            Task::Moves(owner) => self.watch_moves(owner, mailboxes, stopping).await,
            Task::Account(owner) => {
                let nudge = Arc::new(Notify::new());
                let _seat = self.watched.sit(owner, &nudge);
                let settings = self.settings_of(owner);
                account::run(self, owner, &settings, mailboxes, nudge, stopping).await
            }
        };
        match result {
            Err(WatchError::Mailbox(error)) => Err(error),
            Err(error) => {
                tracing::error!(%error, "an account is not watched for a moment");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn connect(&self, owner: &Owner) -> Result<Option<Mailboxes>, MailboxError> {
        let Owner { upstream, account } = owner;
        let Some(gateway) = self.gateways.get(upstream) else {
            return Ok(None);
        };
        let (Some((endpoint, tls)), Some(credentials)) = (&gateway.imap, self.vault.get(upstream, account)) else {
            return Ok(None);
        };
        let timeouts = &gateway.mailbox_timeouts;
        let mut mailboxes = Mailboxes::connect(endpoint, tls.as_ref(), &credentials, timeouts).await?;
        mailboxes.locate(&gateway.mailboxes).await?;
        Ok(Some(mailboxes))
    }

    async fn watch_moves(
        &self,
        owner: &Owner,
        mut mailboxes: Mailboxes,
        mut stopping: watch::Receiver<bool>,
    ) -> Result<(), WatchError> {
        let held = || self.wanted().contains(&Task::Moves(owner.clone()));
        while held() {
            match moves::take_up(&self.custody, &mut mailboxes, owner, (self.clock)()).await {
                Ok(()) => {}
                Err(WatchError::Mailbox(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::error!(%error, "what was moved to be sent can't be taken up");
                }
            }
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => break,
                waited = mailboxes.wait(Folder::SendAsWritten, WAIT) => {
                    waited?;
                }
            }
        }
        mailboxes.leave().await;
        Ok(())
    }
}

impl Task {
    fn owner(&self) -> &Owner {
        match self {
            Task::Moves(owner) | Task::Account(owner) => owner,
        }
    }
}

fn pause(pauses: &mut HashMap<Task, Pause>, task: Task, refused: Option<u64>) {
    let failures = pauses.get(&task).map_or(0, |pause| pause.failures);
    let seconds = PAUSES.get(failures).copied().unwrap_or(600);
    let pause = Pause {
        failures: failures + 1,
        until: Instant::now() + Duration::from_secs(seconds),
        refused,
    };
    pauses.insert(task, pause);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_that_panics_is_none_any_more() {
        let (watched, owner) = (Watched::default(), Owner::new("corp", "rep@corp.example"));
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _seat = watched.sit(&owner, &Arc::new(Notify::new()));
            assert!(watched.nudge(&owner));
            panic!("on purpose");
        }));
        assert!(ended.is_err() && !watched.is_watched(&owner));
    }

    #[test]
    fn failures_in_a_row_take_longer_and_longer() {
        let task = Task::Account(Owner::new("corp", "rep@corp.example"));
        let mut pauses = HashMap::new();
        let mut waits = Vec::new();
        for _ in 0..7 {
            pause(&mut pauses, task.clone(), None);
            waits.push((pauses[&task].until - Instant::now()).as_secs_f64().round());
        }
        assert_eq!(waits, [2.0, 10.0, 30.0, 120.0, 600.0, 600.0, 600.0]);
    }
}
