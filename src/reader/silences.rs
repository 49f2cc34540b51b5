//! The store's silences, as the readings take them: read again every few seconds, so that a mail does not wait for them.

use crate::reading::Silence;
use crate::store::Store;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For so long what was read counts. Who has just silenced a finding needs longer to send the mail again.
const FRESH: SignedDuration = SignedDuration::from_secs(2);
/// For so long a mail waits for the store; then what was known before counts.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shared by all sessions.
pub(super) struct Silences {
    store: Arc<dyn Store>,
    known: Mutex<Known>,
}

#[derive(Debug, Clone)]
struct Known {
    silences: Arc<[Silence]>,
    /// `None` before the first time.
    read_at: Option<Timestamp>,
}

impl Silences {
    pub(super) fn new(store: Arc<dyn Store>) -> Silences {
        let known = Known {
            silences: Arc::new([]),
            read_at: None,
        };
        Silences {
            store,
            known: Mutex::new(known),
        }
    }

    /// What is silenced now, or was when the store last answered.
    pub(super) async fn current(&self, now: Timestamp) -> Arc<[Silence]> {
        let before = {
            let mut known = self.lock();
            let before = known.clone();
            if let Some(at) = before.read_at {
                let age = now.duration_since(at);
                if !age.is_negative() && age < FRESH {
                    return before.silences;
                }
                // One mail reads them again; the others go on with what was known.
                known.read_at = Some(now);
            }
            before.silences
        };
        match tokio::time::timeout(PATIENCE, self.store.silences()).await {
            Ok(Ok(kept)) => {
                let silences: Arc<[Silence]> = kept.into_iter().map(|kept| kept.silence).collect();
                *self.lock() = Known {
                    silences: silences.clone(),
                    read_at: Some(now),
                };
                silences
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the silences could not be read; those known before count");
                before
            }
            Err(_) => {
                tracing::warn!("the store was too slow to tell the silences; those known before count");
                before
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;
    use crate::store::contract::noon;

    #[tokio::test]
    async fn what_is_silenced_counts_after_a_moment() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
        let silences = Silences::new(store.clone());
        assert!(silences.current(noon(0)).await.is_empty());
        let silence = Silence {
            hash: "9f2c41d07be35a18".to_owned(),
            reason: "they asked".to_owned(),
            author: "ana@seller.example".to_owned(),
        };
        store.silence(&silence, "os-user", noon(0)).await.unwrap();
        assert!(silences.current(noon(0)).await.is_empty());
        assert_eq!(*silences.current(noon(1)).await, *std::slice::from_ref(&silence));
        // A store that fails is no reason to forget.
        store.close().await;
        assert_eq!(*silences.current(noon(2)).await, [silence]);
    }
}
