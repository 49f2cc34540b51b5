//! Random words that stand for a right: sign-in tokens, session cookies.

use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io;

/// 32 random octets, in hexadecimal. Compared and looked up by hash only, so that the time that takes tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Its length in hexadecimal.
const LENGTH: usize = 64;

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> io::Result<Secret> {
        let mut octets = [0_u8; LENGTH / 2];
        SystemRandom::new()
            .fill(&mut octets)
            .map_err(|_| io::Error::other("the system gives no randomness"))?;
        Ok(Secret(hex(&octets)))
    }

    /// What somebody brought; `None` if it can't be one.
    #[must_use]
    pub fn brought(text: &str) -> Option<Secret> {
        let sound = text.len() == LENGTH && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        sound.then(|| Secret(text.to_owned()))
    }

    /// To hand it over.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// Its hash for one purpose; hashes for different purposes have nothing to do with one another.
    #[must_use]
    pub fn hash_for(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.0.as_bytes());
        hex(&hash.finalize())
    }
}

/// Never shown by accident.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one.as_bytes()) == Sha256::digest(other.as_bytes())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_come_back() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one, other);
        assert_eq!(Secret::brought(one.shown()), Some(one.clone()));
        assert_ne!(one.hash_for("a"), one.hash_for("b"));
        assert_eq!(format!("{one:?}"), "Secret(…)");
        for wrong in ["", "00", &"G".repeat(64), &"A".repeat(64), &"0".repeat(65)] {
            assert_eq!(Secret::brought(wrong), None, "{wrong}");
        }
        assert!(same("a", "a") && !same("a", "b") && !same("a", "aa"));
    }
}
