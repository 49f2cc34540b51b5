//! Begin, commit, and the proof that it happened.

use crate::annotate;
use crate::mail::Fingerprint;
use crate::reading::Reading;
use crate::smtp::Reply;
use crate::standard::{Consent, Verdict};
use crate::store::{NewRecord, RecordId, State, Store, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::Mutex;

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

/// The one place where records of held and returned mails are made.
pub struct Custody {
    store: Arc<dyn Store>,
    /// Looking for an identical mail and committing a new record are one step.
    one_at_a_time: Mutex<()>,
}

impl Custody {
    /// Custody in this store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Custody {
        Custody {
            store,
            one_at_a_time: Mutex::new(()),
        }
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
            (State::Held, _) => Some(Known::Held(Held { id: summary.id })),
            (State::Returned, _) => Some(Known::Returned(Returned { id: summary.id })),
            (State::Allowed, Some(given_at)) => {
                let reason = summary.allowed_reason.unwrap_or_default();
                Some(Known::Allowed(summary.id, Consent { given_at, reason }))
            }
            _ => None,
        })
    }

    /// Takes a mail into custody, or finds that an identical one is there already.
    ///
    /// # Errors
    /// The store's; the mail is then not in custody, and nothing may be promised.
    pub async fn hold(&self, record: NewRecord, since: Timestamp) -> Result<Held, StoreError> {
        let _guard = self.one_at_a_time.lock().await;
        match self.known(&record.account, &record.fingerprint, since).await? {
            Some(Known::Held(held)) => Ok(held),
            _ => Ok(Held {
                id: self.store.commit(record).await?,
            }),
        }
    }

    /// Keeps a returned mail, or finds that an identical one is kept already.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep_returned(&self, record: NewRecord, since: Timestamp) -> Result<Returned, StoreError> {
        let _guard = self.one_at_a_time.lock().await;
        match self.known(&record.account, &record.fingerprint, since).await? {
            Some(Known::Returned(returned)) => Ok(returned),
            Some(Known::Allowed(id, _)) => Ok(Returned { id }),
            _ => Ok(Returned {
                id: self.store.commit(record).await?,
            }),
        }
    }

    /// The mail that was allowed has gone: its consent is used up.
    ///
    /// # Errors
    /// The store's; the mail has gone all the same.
    pub async fn sent(&self, id: &RecordId, at: Timestamp) -> Result<(), StoreError> {
        self.store.mark_sent(id, at).await
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
