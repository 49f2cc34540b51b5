//! Earlier mail, as a reading wants it: who has written to an account, and where nearly the same text went.
//!
//! In: addresses and sketches of one mail. Out: [`Correspondence`] and [`BlastSeen`], from what the guard learned and the
//! proxy noted. Addresses become keyed numbers here, and nothing but the numbers goes on. What is asked for every mail is
//! kept in memory: an account of which nothing is known costs a mail nothing.
//!
//! Must never: keep or log an address, hold a mail up for longer than a moment (then earlier mail counts as unknown),
//! take "nothing found" for "nobody wrote" before the mailboxes were looked through.

mod recent;

use crate::mail::{Address, Fingerprint};
use crate::reading::{
    Acquaintance, BLAST_WINDOW, BlastSeen, Category, Correspondence, ProspectingClass, Reading, Sent, Sketch, Whom,
};
use crate::store::{AddressKey, Histories, MessageKey, Owner, Scan, SentMail, StoreError};
use jiff::{SignedDuration, Timestamp};
use recent::Recent;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For so long a mail waits for the store; then earlier mail counts as unknown.
const PATIENCE: Duration = Duration::from_secs(1);
/// For so long counts what was found out about how far an account's mailboxes have been looked through.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// Mailboxes that nobody has looked at for longer tell nothing of who has not written.
const STALE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most recipients of one mail that are looked up.
const MOST_LOOKED_UP: usize = 1_000;

/// What is known of earlier mail.
pub struct History {
    store: Arc<dyn Histories>,
    key: AddressKey,
    learned: Mutex<HashMap<Owner, Learned>>,
    recent: Recent,
}

/// How far an account's mailboxes have been looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Learned {
    how_far: HowFar,
    looked: Timestamp,
    known_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HowFar {
    NotAtAll,
    Partly,
    Whole,
}

/// A mail that has gone, as it is to be noted.
#[derive(Debug, Clone, Copy)]
pub struct Gone<'a> {
    /// By which it is known again; see [`History::message`].
    pub message: MessageKey,
    /// When it went.
    pub at: Timestamp,
    /// Whether it went past Youward.
    pub elsewhere: bool,
    /// What was read, if it could be.
    pub reading: Option<&'a Reading>,
    /// Its sketch.
    pub sketch: Option<&'a Sketch>,
    /// Whom outside the company it went to.
    pub outside: &'a [Address],
}

impl History {
    /// Over a store, with a key. If the key is another one than before, everything is begun anew.
    ///
    /// # Errors
    /// The store fails.
    pub async fn open(store: Arc<dyn Histories>, key: AddressKey) -> Result<History, StoreError> {
        if store.use_key(key.proof()).await? {
            tracing::warn!("the key for addresses is a new one: earlier mail is looked through anew");
        }
        Ok(History {
            store,
            key,
            learned: Mutex::default(),
            recent: Recent::default(),
        })
    }

    /// Where it is kept.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Histories> {
        &self.store
    }

    /// By which addresses become numbers.
    #[must_use]
    pub fn key(&self) -> &AddressKey {
        &self.key
    }

    /// What is known of earlier mail between an account and the people outside whom a mail goes to.
    pub async fn correspondence(&self, owner: &Owner, outside: &[Address], at: Timestamp) -> Correspondence {
        let asked = async {
            let learned = self.learned(owner, at).await?;
            if learned.how_far == HowFar::NotAtAll || outside.is_empty() {
                return Ok(None);
            }
            let outside = outside.get(..MOST_LOOKED_UP).unwrap_or(outside);
            let whom = self.all(owner, outside);
            let found = self.store.acquainted(owner, &whom).await?;
            let known = outside.iter().zip(found).filter_map(|(address, found)| {
                let organisation = found
                    .organisation_wrote
                    .filter(|_| AddressKey::is_organisation(address));
                let known = found.wrote.is_some() || found.written.is_some() || organisation.is_some();
                known.then(|| Acquaintance {
                    wrote: found.wrote,
                    organisation_wrote: organisation,
                    unanswered: found.unanswered,
                    written: found.written,
                    ..Acquaintance::of(address.clone())
                })
            });
            Ok(Some((learned, known.collect())))
        };
        match in_time("who has written before", asked).await.flatten() {
            Some((learned, known)) if learned.how_far == HowFar::Whole => Correspondence::known(learned.looked, known),
            Some((learned, known)) => Correspondence::partly(learned.looked, known),
            None => Correspondence::default(),
        }
    }

    /// Where nearly the same text went before; `None` where that changes nothing.
    pub async fn blast(&self, owner: &Owner, sketch: &Sketch, outside: &[Address], at: Timestamp) -> Option<BlastSeen> {
        let to = self.all(owner, outside);
        let look = |sent: &mut dyn Iterator<Item = &Sent>| BlastSeen::of(sketch, &to, at, sent);
        let seen = self.recent.show(&*self.store, owner, at - BLAST_WINDOW, look);
        let seen = in_time("what was sent before", seen).await.flatten();
        seen.filter(BlastSeen::matters)
    }

    /// A mail has gone. What comes back is to be kept in the store; it counts for the next mail at once.
    #[must_use]
    pub fn gone(&self, owner: &Owner, gone: &Gone<'_>) -> SentMail {
        let to = self.all(owner, gone.outside);
        if let Some(sketch) = gone.sketch {
            self.recent.add(owner, sketch, &to, gone.at);
        }
        let judged = gone.reading.filter(|reading| reading.not_read.is_none());
        let mut categories: Vec<Category> = judged
            .into_iter()
            .flat_map(|reading| reading.findings.iter().map(|finding| finding.category))
            .collect();
        categories.sort_unstable();
        categories.dedup();
        let class = gone
            .reading
            .map_or(ProspectingClass::No, |reading| reading.prospecting.class);
        SentMail {
            owner: owner.clone(),
            message: gone.message,
            at: gone.at,
            elsewhere: gone.elsewhere,
            class,
            // What is not prospecting is not judged, and its hundred points mean nothing.
            score: judged
                .filter(|_| class != ProspectingClass::No)
                .map(|reading| reading.score),
            categories,
            sketch: gone.sketch.cloned(),
            to,
        }
    }

    /// By which a mail is known again: its Message-ID, or its fingerprint where it has none.
    #[must_use]
    pub fn message(
        &self,
        owner: &Owner,
        message_id: Option<&str>,
        fingerprint: impl FnOnce() -> Fingerprint,
    ) -> MessageKey {
        match message_id {
            Some(id) => self.key.message(owner, id),
            None => self.key.message(owner, &format!("without an id: {}", fingerprint())),
        }
    }

    /// Everybody among these, as numbers.
    #[must_use]
    pub fn all(&self, owner: &Owner, addresses: &[Address]) -> Vec<Whom> {
        let whom = addresses.iter().map(|address| self.key.whom(owner, address));
        whom.collect()
    }

    /// Something new has been learned of an account.
    pub fn refresh(&self, owner: &Owner) {
        self.lock().remove(owner);
    }

    async fn learned(&self, owner: &Owner, at: Timestamp) -> Result<Learned, StoreError> {
        let known = self.lock().get(owner).copied();
        if let Some(known) = known
            && at.duration_since(known.known_at).abs() < FRESH
        {
            return Ok(known);
        }
        let scans = self.store.scans(Some(owner)).await?;
        let scans: Vec<Scan> = scans.into_iter().map(|(_, scan)| scan).collect();
        let learned = Learned::of(&scans, at);
        let mut all = self.lock();
        // Accounts come and go on a team's node; what is forgotten here is asked for again.
        const MOST: usize = 10_000;
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(owner.clone(), learned);
        Ok(learned)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Learned>> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether everything was looked through, and lately enough: only then is who is not known a stranger.
#[must_use]
pub fn is_known(scans: &[Scan], at: Timestamp) -> bool {
    let lately = |scan: &Scan| at.duration_since(scan.looked_at) <= STALE;
    !scans.is_empty() && scans.iter().all(|scan| scan.whole_at.is_some() && lately(scan))
}

impl Learned {
    fn of(scans: &[Scan], at: Timestamp) -> Learned {
        let looked = scans.iter().map(|scan| scan.looked_at).min();
        let how_far = match looked {
            None => HowFar::NotAtAll,
            Some(_) if is_known(scans, at) => HowFar::Whole,
            Some(_) => HowFar::Partly,
        };
        Learned {
            how_far,
            looked: looked.unwrap_or(at),
            known_at: at,
        }
    }
}

/// A slow or failing store is no reason to hold a mail up.
async fn in_time<T>(what: &str, asked: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store could not tell {what}; it counts as unknown");
            None
        }
        Err(_) => {
            tracing::warn!("the store was too slow to tell {what}; it counts as unknown");
            None
        }
    }
}

#[cfg(test)]
mod tests;
