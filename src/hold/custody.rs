//! Begin, commit, and the proof that it happened.

use super::HoldError;
use super::matching::{self, Candidate};
use super::steps;
use crate::annotate;
use crate::mail::Fingerprint;
use crate::reading::Reading;
use crate::smtp::Reply;
use crate::standard::{Consent, Disposition, Verdict};
use crate::store::{NewRecord, NewWork, OpenRecord, RecordId, State, Store, StoreError, Transition, WorkKind};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, Notify};

/// Proof that a mail is in custody, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    id: RecordId,
}

/// Proof that a returned mail is kept for review, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    id: RecordId,
}

/// What is known of a mail that is identical to one decided on before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It is in custody.
    Held(Held),
    /// It was returned.
    Returned(Returned),
    /// It was returned, and its author consented to exactly these octets.
    Allowed(RecordId, Consent),
}

/// The one place where records of held and returned mails are made and go through their life.
pub struct Custody {
    pub(super) store: Arc<dyn Store>,
    /// Upstreams at which the account's own mailboxes can be reached.
    mailboxes: HashSet<String>,
    /// Looking for an identical mail and committing a new record are one step.
    one_at_a_time: Mutex<()>,
    /// Open records by account, as of the last look: most mail is from accounts without any, and must not ask the store.
    open: RwLock<HashMap<String, Vec<OpenRecord>>>,
    /// The store's last change when all of them were looked at.
    seen: AtomicI64,
    /// Told when there is new work.
    work: Notify,
}

/// How often a step is tried again when somebody else was quicker.
pub(super) const ATTEMPTS: usize = 4;

impl Custody {
    /// Custody in this store; `mailboxes` are the upstreams at which an account's own mailboxes can be reached.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, mailboxes: HashSet<String>) -> Custody {
        Custody {
            store,
            mailboxes,
            one_at_a_time: Mutex::new(()),
            open: RwLock::default(),
            seen: AtomicI64::new(-1),
            work: Notify::new(),
        }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Whether mailboxes can be reached at this upstream.
    #[must_use]
    pub fn has_mailboxes(&self, upstream: &str) -> bool {
        self.mailboxes.contains(upstream)
    }

    /// Waits until there may be new work.
    pub async fn new_work(&self) {
        self.work.notified().await;
    }

    pub(super) fn tell_of_work(&self) {
        self.work.notify_one();
    }

    /// Looks at the open records again, if anything has changed. Other processes change them, too.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let last = self.store.last_change().await?;
        if self.seen.load(Ordering::Relaxed) == last {
            return Ok(());
        }
        let mut by_account: HashMap<String, Vec<OpenRecord>> = HashMap::new();
        for record in self.store.open_records(None).await? {
            by_account.entry(record.account.clone()).or_default().push(record);
        }
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = by_account;
        self.seen.store(last, Ordering::Relaxed);
        Ok(())
    }

    pub(super) async fn refresh_account(&self, account: &str) -> Result<(), StoreError> {
        let records = self.store.open_records(Some(account)).await?;
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if records.is_empty() {
            open.remove(account);
        } else {
            open.insert(account.to_owned(), records);
        }
        Ok(())
    }

    /// The open records of an account, as of the last look.
    #[must_use]
    pub fn open(&self, account: &str) -> Vec<OpenRecord> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.get(account).cloned().unwrap_or_default()
    }

    /// Whether an account has open records, as of the last look.
    #[must_use]
    pub fn has_open(&self, account: &str) -> bool {
        self.open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(account)
    }

    /// All open records, as of the last look.
    #[must_use]
    pub fn all_open(&self) -> Vec<OpenRecord> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.values().flatten().cloned().collect()
    }

    /// What is known of an identical mail of this account, decided at or after `since`.
    ///
    /// # Errors
    /// The store's.
    pub async fn known(
        &self,
        account: &str,
        fingerprint: &Fingerprint,
        since: Timestamp,
    ) -> Result<Option<Known>, StoreError> {
        let Some(summary) = self.store.find_identical(account, fingerprint, since).await? else {
            return Ok(None);
        };
        Ok(match (summary.state, summary.allowed_at) {
            (State::Held | State::Released | State::Sending | State::InDoubt, _) => {
                Some(Known::Held(Held { id: summary.id }))
            }
            (State::Returned, _) => Some(Known::Returned(Returned { id: summary.id })),
            (State::Allowed, Some(given_at)) => {
                let reason = summary.allowed_reason.unwrap_or_default();
                Some(Known::Allowed(summary.id, Consent { given_at, reason }))
            }
            _ => None,
        })
    }

    /// Takes a mail into custody, or finds that an identical one is there already. Open records that it is a rewrite of
    /// are superseded by it: it is their next round.
    ///
    /// # Errors
    /// The store's; the mail is then not in custody, and nothing may be promised.
    pub async fn hold(&self, record: NewRecord, candidate: &Candidate, since: Timestamp) -> Result<Held, StoreError> {
        let _guard = self.one_at_a_time.lock().await;
        match self.known(&record.account, &record.fingerprint, since).await? {
            Some(Known::Held(held)) => {
                // Its client files it in Sent once more.
                if let Err(error) = self.look_for_another_copy(&record.account, &held.id, record.at).await {
                    tracing::warn!(%error, "a second copy may stay in Sent");
                }
                Ok(held)
            }
            _ => Ok(Held {
                id: self.commit(record, candidate).await?,
            }),
        }
    }

    async fn look_for_another_copy(&self, account: &str, id: &RecordId, at: Timestamp) -> Result<(), StoreError> {
        let open = self.store.open_records(Some(account)).await?;
        let waits = |record: &&OpenRecord| matches!(record.state, State::Held | State::Released);
        let Some(record) = open.iter().filter(waits).find(|record| record.id == *id) else {
            return Ok(());
        };
        let work = self.store.work().await?;
        let looks = work
            .iter()
            .any(|work| work.record == *id && work.kind == WorkKind::TakeFromSent);
        if looks || !self.has_mailboxes(&record.upstream) {
            return Ok(());
        }
        match self.store.step(steps::submitted_again(record, at)).await {
            Ok(()) | Err(StoreError::Changed { .. }) => {
                self.tell_of_work();
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps a returned mail, or finds that an identical one is kept already. Supersedes as [`hold`](Custody::hold) does.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep_returned(
        &self,
        record: NewRecord,
        candidate: &Candidate,
        since: Timestamp,
    ) -> Result<Returned, StoreError> {
        let _guard = self.one_at_a_time.lock().await;
        match self.known(&record.account, &record.fingerprint, since).await? {
            Some(Known::Returned(returned)) => Ok(returned),
            Some(Known::Allowed(id, _)) => Ok(Returned { id }),
            _ => Ok(Returned {
                id: self.commit(record, candidate).await?,
            }),
        }
    }

    async fn commit(&self, mut record: NewRecord, candidate: &Candidate) -> Result<RecordId, StoreError> {
        record.work = self.filing(&record.upstream, record.verdict.disposition, record.at);
        let account = record.account.clone();
        for _ in 0..ATTEMPTS {
            let mut attempt = record.clone();
            attempt.replaces = self.replaced(&record, candidate);
            match self.store.commit(attempt).await {
                // Somebody decided on the older one at this moment: look again which are open.
                Err(StoreError::Changed { .. }) => self.refresh_account(&account).await?,
                Err(error) => return Err(error),
                Ok(id) => return self.committed(&account, id).await,
            }
        }
        // What is owed is the mail; that an older one stays open beside it is harmless.
        let id = self.store.commit(record).await?;
        self.committed(&account, id).await
    }

    async fn committed(&self, account: &str, id: RecordId) -> Result<RecordId, StoreError> {
        if let Err(error) = self.refresh_account(account).await {
            tracing::warn!(%error, "the open records could not be looked at");
        }
        self.tell_of_work();
        Ok(id)
    }

    fn replaced(&self, record: &NewRecord, candidate: &Candidate) -> Vec<Transition> {
        let outcome = if record.verdict.disposition == Disposition::Hold {
            "was held"
        } else {
            "was returned"
        };
        let open = self.open(&record.account);
        let reading = record.reading.as_ref();
        candidate
            .rewrites(&open)
            .into_iter()
            // Its author may still send what they consented to: the other one did not go.
            .filter(|old| !matches!(old.state, State::Allowed | State::Released | State::InDoubt))
            .filter_map(|old| {
                let mut rewrite = matching::compared(old, reading, outcome, record.at);
                rewrite.message_id.clone_from(&record.message_id);
                steps::supersede(old, rewrite, None, record.at, self.has_mailboxes(&old.upstream)).ok()
            })
            .collect()
    }

    /// What a new record brings to do.
    #[must_use]
    pub fn filing(&self, upstream: &str, disposition: Disposition, at: Timestamp) -> Vec<NewWork> {
        if !self.has_mailboxes(upstream) {
            return Vec::new();
        }
        let kinds: &[WorkKind] = match disposition {
            Disposition::Hold => &[WorkKind::FileDraft, WorkKind::FileCopy, WorkKind::TakeFromSent],
            Disposition::Return | Disposition::Annotate => &[WorkKind::FileCopy],
            Disposition::Pass => &[],
        };
        kinds.iter().cloned().map(|kind| NewWork::now(kind, at)).collect()
    }

    /// A mail has gone: open records that it is a rewrite of are superseded. Of others to the same recipients is looked
    /// later whether their draft has gone, which tells the same. `used` is the record whose consent let it
    /// pass; it is not its own rewrite.
    ///
    /// # Errors
    /// The store's; the mail has gone all the same, and the records stay open.
    pub async fn rewritten(
        &self,
        candidate: &Candidate,
        used: Option<&RecordId>,
        reading: Option<&Reading>,
        disposition: Disposition,
        at: Timestamp,
    ) -> Result<(), HoldError> {
        let outcome = if disposition == Disposition::Annotate {
            "went with notes"
        } else {
            "passed"
        };
        // Most mail is nobody's rewrite, and then the store is asked nothing.
        let mut stepped = false;
        for _ in 0..ATTEMPTS {
            let open = self.open(&candidate.account);
            let mut changed = false;
            let mut rewrites = candidate.rewrites(&open);
            rewrites.retain(|old| used != Some(&old.id));
            if rewrites.is_empty() {
                break;
            }
            stepped = true;
            for old in rewrites {
                let mut rewrite = matching::compared(old, reading, outcome, at);
                rewrite.message_id.clone_from(&candidate.message_id);
                let step = steps::supersede(old, rewrite, None, at, self.has_mailboxes(&old.upstream))?;
                match self.store.step(step).await {
                    Err(StoreError::Changed { .. }) => changed = true,
                    other => other?,
                }
            }
            self.refresh_account(&candidate.account).await?;
            if !changed {
                break;
            }
        }
        let open = self.open(&candidate.account);
        for old in candidate.to_the_same(&open) {
            if used == Some(&old.id) || !self.has_mailboxes(&old.upstream) {
                continue;
            }
            stepped = true;
            let mut rewrite = matching::compared(old, reading, outcome, at);
            rewrite.message_id.clone_from(&candidate.message_id);
            match self.store.step(steps::perhaps_rewritten(old, rewrite, at)).await {
                Ok(()) | Err(StoreError::Changed { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if stepped {
            self.tell_of_work();
        }
        Ok(())
    }

    /// The mail that was allowed has gone: its consent is used up.
    ///
    /// # Errors
    /// The store's; the mail has gone all the same.
    pub async fn sent(&self, id: &RecordId, at: Timestamp) -> Result<(), HoldError> {
        self.decide(&id.0, |record| {
            steps::use_consent(record, at, self.has_mailboxes(&record.summary.upstream))
        })
        .await
        .map(|_| ())
    }
}

impl Held {
    /// The record.
    #[must_use]
    pub fn id(&self) -> &RecordId {
        &self.id
    }

    /// `250 2.0.0 held for rewrite as ID`: from here on the message is ours to look after (RFC 5321 §6.1).
    #[must_use]
    pub fn reply(&self, reading: Option<&Reading>, verdict: &Verdict) -> Reply {
        let lines = annotate::reply::held(reading, verdict, &self.id.0);
        Reply::new(250, "2.0.0", &lines.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

impl Returned {
    /// The record.
    #[must_use]
    pub fn id(&self) -> &RecordId {
        &self.id
    }

    /// `550 5.7.1` with the reasons.
    #[must_use]
    pub fn reply(&self, reading: Option<&Reading>, verdict: &Verdict) -> Reply {
        let lines = annotate::reply::returned(reading, verdict, Some(&self.id.0));
        Reply::new(550, "5.7.1", &lines.iter().map(String::as_str).collect::<Vec<_>>())
    }
}
