//! One watcher for each account that has something held and whose credentials are at hand.

use super::moves;
use crate::hold::{Custody, Gateway};
use crate::secrets::Vault;
use crate::store::State;
use crate::upstream::mailbox::{Folder, MailboxError, Mailboxes};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often is looked which accounts want watching.
const POLL: Duration = Duration::from_secs(1);
/// How long one wait for a change lasts before it is looked whether there is still a reason to watch.
const WAIT: Duration = Duration::from_secs(60);
/// After a failure, from the first to the last.
const PAUSES: [u64; 5] = [2, 10, 30, 120, 600];
/// Accounts that are watched at one time.
const AT_ONCE: usize = 256;

/// Whose mailboxes: upstream and account.
type Owner = (String, String);

/// Watches accounts.
pub struct Guard {
    /// The records' life.
    pub custody: Arc<Custody>,
    /// Credentials at hand.
    pub vault: Arc<Vault>,
    /// The providers, by name.
    pub gateways: HashMap<String, Arc<Gateway>>,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
}

/// Failures in a row, and until when it is left alone.
#[derive(Debug, Clone, Copy)]
struct Pause {
    failures: usize,
    until: Instant,
}

impl Guard {
    /// Watches until the stop.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        let guard = Arc::new(self);
        let mut watchers: JoinSet<(Owner, Result<(), MailboxError>)> = JoinSet::new();
        let mut watched: HashSet<Owner> = HashSet::new();
        let mut pauses: HashMap<Owner, Pause> = HashMap::new();
        loop {
            for owner in guard.wanted() {
                let paused = pauses.get(&owner).is_some_and(|pause| pause.until > Instant::now());
                if paused || watched.len() >= AT_ONCE || !watched.insert(owner.clone()) {
                    continue;
                }
                let (guard, stopping) = (guard.clone(), stopping.clone());
                watchers.spawn(async move {
                    let result = guard.watch(&owner, stopping).await;
                    (owner, result)
                });
            }
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => break,
                Some(ended) = watchers.join_next() => match ended {
                    Ok((owner, result)) => {
                        watched.remove(&owner);
                        guard.note(owner, result, &mut pauses);
                    }
                    Err(_) if watchers.is_empty() => watched.clear(),
                    Err(_) => {}
                },
                () = tokio::time::sleep(POLL) => {}
            }
        }
        while watchers.join_next().await.is_some() {}
    }

    fn note(&self, owner: Owner, result: Result<(), MailboxError>, pauses: &mut HashMap<Owner, Pause>) {
        let Err(error) = result else {
            pauses.remove(&owner);
            return;
        };
        tracing::warn!(%error, upstream = %owner.0, "an account's mailboxes can't be watched now");
        if error.is_login_refused() {
            self.vault.forget(&owner.0, &owner.1);
        }
        let failures = pauses.get(&owner).map_or(0, |pause| pause.failures);
        let seconds = PAUSES.get(failures).copied().unwrap_or(600);
        let pause = Pause {
            failures: failures + 1,
            until: Instant::now() + Duration::from_secs(seconds),
        };
        pauses.insert(owner, pause);
    }

    /// Accounts with something held, reachable mailboxes, and credentials at hand.
    fn wanted(&self) -> HashSet<Owner> {
        let all = self.custody.all_open();
        let held = all.into_iter().filter(|record| record.state == State::Held);
        held.map(|record| (record.upstream, record.account))
            .filter(|(upstream, account)| self.custody.has_mailboxes(upstream) && self.vault.has(upstream, account))
            .collect()
    }

    async fn watch(&self, owner: &Owner, mut stopping: watch::Receiver<bool>) -> Result<(), MailboxError> {
        let (upstream, account) = owner;
        let Some(gateway) = self.gateways.get(upstream) else {
            return Ok(());
        };
        let (Some((endpoint, tls)), Some(credentials)) = (&gateway.imap, self.vault.get(upstream, account)) else {
            return Ok(());
        };
        let timeouts = &gateway.mailbox_timeouts;
        let mut mailboxes = Mailboxes::connect(endpoint, tls.as_ref(), &credentials, timeouts).await?;
        drop(credentials);
        mailboxes.locate(&gateway.mailboxes).await?;
        while self.wanted().contains(owner) {
            match moves::take_up(&self.custody, &mut mailboxes, owner, (self.clock)()).await {
                Ok(()) => {}
                Err(moves::MoveError::Mailbox(error)) => return Err(error),
                Err(moves::MoveError::Hold(error)) => {
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
