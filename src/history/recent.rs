//! Sketches of what accounts sent lately, in memory: every mail is compared with them.

use crate::reading::{BLAST_WINDOW, Sent, Sketch, Whom};
use crate::store::{Histories, Owner, StoreError};
use jiff::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Accounts that are kept at one time; the one that sent longest ago goes first.
const ACCOUNTS: usize = 256;
/// Most mails of one account.
const MAILS: usize = 2_000;

/// What accounts sent lately.
#[derive(Default)]
pub(super) struct Recent {
    accounts: Mutex<Accounts>,
}

#[derive(Default)]
struct Accounts {
    sent: HashMap<Owner, Lately>,
    uses: u64,
}

struct Lately {
    mails: VecDeque<Sent>,
    used: u64,
}

impl Recent {
    /// Shows what an account sent since a time, read from the store the first time.
    pub(super) async fn show<T>(
        &self,
        store: &dyn Histories,
        owner: &Owner,
        since: Timestamp,
        look: impl Fn(&mut dyn Iterator<Item = &Sent>) -> T,
    ) -> Result<Option<T>, StoreError> {
        if let Some(told) = self.lock().show(owner, since, &look) {
            return Ok(Some(told));
        }
        let kept = store.sketches(owner, since).await?;
        let mut accounts = self.lock();
        // Somebody else may have been quicker, and mails may have gone meanwhile; then his list has them.
        if !accounts.sent.contains_key(owner) {
            accounts.insert(owner, kept.into());
        }
        Ok(accounts.show(owner, since, &look))
    }

    /// A mail has gone. Accounts that nobody has asked about are read from the store when somebody does.
    pub(super) fn add(&self, owner: &Owner, sketch: &Sketch, to: &[Whom], at: Timestamp) {
        if let Some(lately) = self.lock().sent.get_mut(owner) {
            let sent = Sent {
                sketch: sketch.clone(),
                to: to.to_vec(),
                at,
            };
            lately.mails.push_back(sent);
            while lately.mails.len() > MAILS
                || lately
                    .mails
                    .front()
                    .is_some_and(|first| at.duration_since(first.at) > BLAST_WINDOW)
            {
                lately.mails.pop_front();
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    fn show<T>(
        &mut self,
        owner: &Owner,
        since: Timestamp,
        look: impl Fn(&mut dyn Iterator<Item = &Sent>) -> T,
    ) -> Option<T> {
        self.uses += 1;
        let uses = self.uses;
        let lately = self.sent.get_mut(owner)?;
        lately.used = uses;
        Some(look(&mut lately.mails.iter().filter(|sent| sent.at >= since)))
    }

    fn insert(&mut self, owner: &Owner, mails: VecDeque<Sent>) {
        if self.sent.len() >= ACCOUNTS {
            let oldest = self.sent.iter().min_by_key(|(_, lately)| lately.used);
            if let Some(oldest) = oldest.map(|(owner, _)| owner.clone()) {
                self.sent.remove(&oldest);
            }
        }
        let used = self.uses;
        self.sent.insert(owner.clone(), Lately { mails, used });
    }
}
