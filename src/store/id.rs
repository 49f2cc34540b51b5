//! Ids for people: short, derived, forgiving when typed.

use super::RecordId;
use crate::mail::Fingerprint;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Crockford's base 32: the digits and the letters without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How long an id is. Forty bits: among 10,000 records two share an id with a chance of 1 in 20,000, and then the
/// second one is derived again.
const LENGTH: usize = 8;

impl RecordId {
    /// The id of a mail of this account, decided at this time. No randomness: the same arguments give the same id, and
    /// `attempt` tells apart what would collide.
    #[must_use]
    pub fn derive(account: &str, fingerprint: &Fingerprint, at: Timestamp, attempt: u32) -> RecordId {
        let mut hash = Sha256::new();
        for field in [
            b"youward-record-1".as_slice(),
            account.as_bytes(),
            fingerprint.to_string().as_bytes(),
            &at.as_nanosecond().to_be_bytes(),
            &attempt.to_be_bytes(),
        ] {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        let bits = hash
            .finalize()
            .iter()
            .take(5)
            .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        RecordId((0..LENGTH).rev().map(|place| letter(bits >> (5 * place))).collect())
    }

    /// What somebody typed as an id or its beginning, in the form in which ids are kept: capitals, `O` read as `0`, `I`
    /// and `L` as `1`, hyphens and spaces left out. `None` if it can't be the beginning of an id.
    #[must_use]
    pub fn beginning(typed: &str) -> Option<String> {
        let mut beginning = String::with_capacity(LENGTH);
        for c in typed.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !c.is_ascii() || !ALPHABET.contains(&(c as u8)) || beginning.len() == LENGTH {
                return None;
            }
            beginning.push(c);
        }
        (!beginning.is_empty()).then_some(beginning)
    }
}

/// The letter for the lowest five bits.
fn letter(bits: u64) -> char {
    ALPHABET
        .get((bits & 31) as usize)
        .map_or('0', |letter| char::from(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fingerprint() -> Fingerprint {
        Fingerprint::from_hex(&"0a".repeat(32)).unwrap()
    }

    #[test]
    fn everything_counts_and_nothing_else() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let id = |account: &str, at, attempt| RecordId::derive(account, &fingerprint(), at, attempt);
        let first = id("ana@acme.example", at, 0);
        assert_eq!(first, id("ana@acme.example", at, 0));
        assert_ne!(first, id("bea@acme.example", at, 0));
        assert_ne!(first, id("ana@acme.example", at, 1));
        assert_ne!(
            first,
            id("ana@acme.example", at + jiff::SignedDuration::from_nanos(1), 0)
        );
    }

    #[test]
    fn look_alikes_are_one() {
        assert_eq!(RecordId::beginning("oilA-7").as_deref(), Some("011A7"));
        for not_an_id in ["", " ", "U", "ä", "A.B", "123456789"] {
            assert_eq!(RecordId::beginning(not_an_id), None, "{not_an_id:?}");
        }
    }

    proptest! {
        #[test]
        fn an_id_is_its_own_beginning(account in ".{0,40}", second in 0_i64..4_000_000_000, attempt: u32) {
            let at = Timestamp::from_second(second).unwrap();
            let RecordId(id) = RecordId::derive(&account, &fingerprint(), at, attempt);
            prop_assert_eq!(id.len(), LENGTH);
            prop_assert_eq!(RecordId::beginning(&id.to_lowercase()), Some(id));
        }

        #[test]
        fn any_typing_is_borne(typed in ".*") {
            if let Some(beginning) = RecordId::beginning(&typed) {
                prop_assert_eq!(RecordId::beginning(&beginning), Some(beginning));
            }
        }
    }
}
