//! Sketches of what accounts sent lately, in memory: every mail is compared with them.

use crate::reading::{BLAST_WINDOW, Sent, Sketch, Whom};
use crate::store::{Histories, Owner, StoreError};
use jiff::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

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
    mails: VecDeque<Arc<Sent>>,
    used: u64,
}

impl Recent {
    /// What an account sent since a time, read from the store the first time.
    pub(super) async fn of(
        &self,
        store: &dyn Histories,
        owner: &Owner,
        since: Timestamp,
    ) -> Result<Vec<Arc<Sent>>, StoreError> {
        if let Some(known) = self.lock().of(owner, since) {
            return Ok(known);
        }
        let kept = store.sketches(owner, since).await?;
        let mut accounts = self.lock();
        // Somebody else may have been quicker, and mails may have gone meanwhile; then his list has them.
        if accounts.of(owner, since).is_none() {
            accounts.insert(owner, kept.into_iter().map(Arc::new).collect());
        }
        Ok(accounts.of(owner, since).unwrap_or_default())
    }

    /// A mail has gone. Accounts that nobody has asked about are read from the store when somebody does.
    pub(super) fn add(&self, owner: &Owner, sketch: &Sketch, to: &[Whom], at: Timestamp) {
        if let Some(lately) = self.lock().sent.get_mut(owner) {
            let sent = Sent {
                sketch: sketch.clone(),
                to: to.to_vec(),
                at,
            };
            lately.mails.push_back(Arc::new(sent));
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
    fn of(&mut self, owner: &Owner, since: Timestamp) -> Option<Vec<Arc<Sent>>> {
        self.uses += 1;
        let uses = self.uses;
        let lately = self.sent.get_mut(owner)?;
        lately.used = uses;
        Some(lately.mails.iter().filter(|sent| sent.at >= since).cloned().collect())
    }

    fn insert(&mut self, owner: &Owner, mails: VecDeque<Arc<Sent>>) {
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
