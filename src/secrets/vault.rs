//! Credentials of accounts, sealed, each with an end.

use crate::smtp::sasl::{Credentials, Mechanism, Secret};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use zeroize::Zeroizing;

/// Whose credentials: upstream and account.
type Owner = (String, String);

/// Credentials of accounts, for work on their behalf.
pub struct Vault {
    key: LessSafeKey,
    random: SystemRandom,
    /// Counts different credentials.
    generations: AtomicU64,
    kept: Mutex<HashMap<Owner, Sealed>>,
    /// Told when credentials come in.
    deposited: Notify,
}

/// The system gave no randomness, or a seal does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("credentials can't be kept in memory: {0}")]
pub struct VaultError(&'static str);

struct Sealed {
    mechanism: Mechanism,
    identity: String,
    nonce: [u8; NONCE_LEN],
    /// Each response with its length before it, then the tag.
    octets: Vec<u8>,
    until: Instant,
    /// Another one for other credentials.
    generation: u64,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// An empty one, with a new key.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub fn new() -> Result<Vault, VaultError> {
        let random = SystemRandom::new();
        let mut octets = Zeroizing::new([0_u8; 32]);
        random.fill(octets.as_mut()).map_err(|_| NO_RANDOMNESS)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, octets.as_ref()).map_err(|_| NO_RANDOMNESS)?;
        Ok(Vault {
            key: LessSafeKey::new(key),
            random,
            generations: AtomicU64::new(0),
            kept: Mutex::default(),
            deposited: Notify::new(),
        })
    }

    /// Keeps credentials that the upstream has just accepted, for so long; they replace the account's earlier ones.
    ///
    /// # Errors
    /// The system gives no randomness; nothing is kept then.
    pub fn deposit(&self, upstream: &str, credentials: &Credentials, lifetime: Duration) -> Result<(), VaultError> {
        let account = credentials.identity.to_lowercase();
        let Some(until) = Instant::now().checked_add(lifetime).filter(|_| !lifetime.is_zero()) else {
            return Ok(());
        };
        let mut nonce = [0_u8; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| NO_RANDOMNESS)?;
        let mut octets = Vec::new();
        for response in &credentials.responses {
            // As large as it will be, so that growing leaves no copy behind.
            octets.reserve_exact(response.expose().len() + 4 + self.key.algorithm().tag_len());
            let length = u32::try_from(response.expose().len()).map_err(|_| TOO_LONG)?;
            octets.extend_from_slice(&length.to_be_bytes());
            octets.extend_from_slice(response.expose());
            // Sealing comes below; until then this is the only copy, and it is overwritten in place.
        }
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(account.as_bytes()),
                &mut octets,
            )
            .map_err(|_| TOO_LONG)?;
        let same = self
            .get(upstream, &account)
            .is_some_and(|before| before == *credentials);
        let mut kept = self.kept();
        let before = kept.get(&(upstream.to_owned(), account.clone()));
        let generation = match before.filter(|_| same) {
            Some(before) => before.generation,
            None => self.generations.fetch_add(1, Ordering::Relaxed),
        };
        let sealed = Sealed {
            mechanism: credentials.mechanism,
            identity: credentials.identity.clone(),
            nonce,
            octets,
            until,
            generation,
        };
        kept.insert((upstream.to_owned(), account), sealed);
        drop(kept);
        self.deposited.notify_one();
        Ok(())
    }

    /// An account's credentials, if there are any and their time is not over.
    #[must_use]
    pub fn get(&self, upstream: &str, account: &str) -> Option<Credentials> {
        let owner = (upstream.to_owned(), account.to_owned());
        let mut kept = self.kept();
        let sealed = kept.get(&owner)?;
        if sealed.until <= Instant::now() {
            kept.remove(&owner);
            return None;
        }
        self.open(sealed, account)
    }

    /// Whether [`get`](Vault::get) would give something.
    #[must_use]
    pub fn has(&self, upstream: &str, account: &str) -> bool {
        let kept = self.kept();
        let sealed = kept.get(&(upstream.to_owned(), account.to_owned()));
        sealed.is_some_and(|sealed| sealed.until > Instant::now())
    }

    /// A number that is another one for other credentials of the same account.
    #[must_use]
    pub fn generation(&self, upstream: &str, account: &str) -> Option<u64> {
        let kept = self.kept();
        let sealed = kept.get(&(upstream.to_owned(), account.to_owned()))?;
        Some(sealed.generation)
    }

    /// Upstream and account of everyone whose credentials are kept, in order.
    #[must_use]
    pub fn owners(&self) -> Vec<(String, String)> {
        let now = Instant::now();
        let kept = self.kept();
        let owners = kept.iter().filter(|(_, sealed)| sealed.until > now);
        let mut owners: Vec<Owner> = owners.map(|(owner, _)| owner.clone()).collect();
        owners.sort_unstable();
        owners
    }

    /// Drops an account's credentials: the provider does not accept them any more.
    pub fn forget(&self, upstream: &str, account: &str) {
        self.kept().remove(&(upstream.to_owned(), account.to_owned()));
    }

    /// Drops what has outlived its time.
    pub fn sweep(&self) {
        let now = Instant::now();
        self.kept().retain(|_, sealed| sealed.until > now);
    }

    /// Waits until credentials have come in.
    pub async fn deposited(&self) {
        self.deposited.notified().await;
    }

    fn open(&self, sealed: &Sealed, account: &str) -> Option<Credentials> {
        let mut octets = Zeroizing::new(sealed.octets.clone());
        let nonce = Nonce::assume_unique_for_key(sealed.nonce);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(account.as_bytes()), &mut octets)
            .ok()?;
        let mut rest: &[u8] = opened;
        let mut responses = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (response, after) = after.split_at_checked(length)?;
            responses.push(Secret::new(response.to_vec()));
            rest = after;
        }
        Some(Credentials {
            mechanism: sealed.mechanism,
            identity: sealed.identity.clone(),
            responses,
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Sealed>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const NO_RANDOMNESS: VaultError = VaultError("the system gives no randomness");
const TOO_LONG: VaultError = VaultError("they are too long");

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn credentials(identity: &str, responses: &[&str]) -> Credentials {
        Credentials {
            mechanism: Mechanism::Login,
            identity: identity.to_owned(),
            responses: responses
                .iter()
                .map(|word| Secret::new(word.as_bytes().to_vec()))
                .collect(),
        }
    }

    #[test]
    fn what_is_kept_comes_back_to_its_account_only() {
        let vault = Vault::new().unwrap();
        let ana = credentials("Ana@Acme.example", &["QW5h", "c2VjcmV0", ""]);
        vault.deposit("corp", &ana, HOUR).unwrap();
        assert_eq!(vault.get("corp", "ana@acme.example"), Some(ana));
        assert_eq!(vault.get("home", "ana@acme.example"), None);
        assert_eq!(vault.get("corp", "ben@acme.example"), None);
        vault.forget("corp", "ana@acme.example");
        assert!(!vault.has("corp", "ana@acme.example"));
    }

    #[test]
    fn it_is_sealed_and_nothing_shows_it() {
        let vault = Vault::new().unwrap();
        let word = "bm90LXRvLWJlLXNlZW4";
        vault
            .deposit("corp", &credentials("ana@acme.example", &[word]), HOUR)
            .unwrap();
        for sealed in vault.kept().values() {
            assert!(
                !sealed
                    .octets
                    .windows(8)
                    .any(|octets| word.as_bytes().windows(8).any(|part| part == octets))
            );
        }
        assert!(!format!("{vault:?}").contains(word));
    }

    #[test]
    fn newer_ones_replace_older_ones_and_time_ends_them() {
        let vault = Vault::new().unwrap();
        let (old, new) = (
            credentials("a@x.example", &["b2xk"]),
            credentials("a@x.example", &["bmV3"]),
        );
        vault.deposit("corp", &old, HOUR).unwrap();
        vault.deposit("corp", &new, HOUR).unwrap();
        assert_eq!(vault.get("corp", "a@x.example"), Some(new.clone()));
        vault.deposit("home", &new, Duration::ZERO).unwrap();
        assert!(!vault.has("home", "a@x.example"));
        vault.deposit("short", &new, Duration::from_nanos(1)).unwrap();
        std::thread::sleep(Duration::from_millis(1));
        assert_eq!(vault.get("short", "a@x.example"), None);
        vault.sweep();
        assert_eq!(vault.kept().len(), 1);
    }

    #[tokio::test]
    async fn a_deposit_wakes_who_waits() {
        let vault = Vault::new().unwrap();
        vault
            .deposit("corp", &credentials("a@x.example", &["eA"]), HOUR)
            .unwrap();
        vault.deposited().await;
    }
}
