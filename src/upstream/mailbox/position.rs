//! Where in a mailbox a UID stands, without asking for all of them.
//!
//! UIDs may have any gaps, so that a range of them says nothing about how many mails it holds. Sequence numbers have none: a
//! few of them, spread evenly, are asked for their UIDs, and the space between two is narrowed down again. Two or three
//! rounds do for a million mails.

use super::Mailboxes;
use super::error::{MailboxCause, is_gone_code};
use super::search::set;
use super::talk::{End, refused};
use async_imap::imap_proto::{AttributeValue, Response};
use std::collections::BTreeMap;

/// Sequence numbers asked about at one time.
const PROBES: u32 = 100;
/// What remains may be as many: it costs less to look at a few mails too many than to ask once more.
const NEAR: u32 = 100;
/// More than a mailbox of any size needs with a server that answers.
const MOST_ROUNDS: usize = 12;

/// What is known of where a UID stands. Both ends hold as long as no mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// All mails with lower sequence numbers have lower UIDs.
    pub(super) low: u32,
    /// All mails with higher sequence numbers have this UID or higher ones.
    pub(super) high: u32,
}

impl Bounds {
    fn new(mails: u32) -> Bounds {
        Bounds {
            low: 1,
            high: mails.min(u32::MAX - 1),
        }
    }

    fn is_near(self) -> bool {
        self.high < self.low || self.high - self.low < NEAR
    }

    /// What to ask about, in order: evenly spread, both ends included.
    fn probes(self) -> Vec<u32> {
        let span = u64::from(self.high.saturating_sub(self.low));
        let probe = |number: u32| {
            let step = span * u64::from(number) / u64::from(PROBES - 1);
            self.low.saturating_add(u32::try_from(step).unwrap_or(u32::MAX))
        };
        let mut probes: Vec<u32> = (0..PROBES).map(probe).collect();
        // What is asked for most often is what has just come.
        probes.push(self.high.saturating_sub(NEAR).max(self.low));
        probes.sort_unstable();
        probes.dedup();
        probes
    }

    /// Narrows down by UIDs of sequence numbers. False if that told nothing.
    fn learn(&mut self, uid: u32, found: &BTreeMap<u32, u32>) -> bool {
        let before = *self;
        for (&number, &one) in found.range(self.low..=self.high.max(self.low)) {
            if one >= uid {
                self.high = number - 1;
                break;
            }
            self.low = number + 1;
        }
        *self != before
    }
}

impl Mailboxes {
    /// Where a UID stands in the mailbox that is open. `None` if the server does not tell, since mails have gone.
    pub(super) async fn position(&mut self, mails: u32, uid: u32) -> Result<Option<Bounds>, MailboxCause> {
        let mut bounds = Bounds::new(mails);
        for _ in 0..MOST_ROUNDS {
            if bounds.is_near() {
                return Ok(Some(bounds));
            }
            let probes = bounds.probes();
            let found = self.uids_at(&probes).await?;
            if !bounds.learn(uid, &found) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// The UIDs of mails by their sequence numbers.
    async fn uids_at(&mut self, numbers: &[u32]) -> Result<BTreeMap<u32, u32>, MailboxCause> {
        let mut found = BTreeMap::new();
        let end = self
            .talk
            .attempt(&format!("FETCH {} (UID)", set(numbers)), |response| {
                if let Response::Fetch(number, attributes) = response
                    && numbers.binary_search(number).is_ok()
                {
                    for attribute in attributes {
                        if let AttributeValue::Uid(uid) = attribute {
                            found.insert(*number, *uid);
                        }
                    }
                }
            })
            .await?;
        match end {
            End::Refused(status) if !is_gone_code(&status.code) => Err(refused(status)),
            _ => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Narrows down among these UIDs, and tells in how many rounds.
    fn narrow(uids: &[u32], uid: u32) -> (Bounds, usize) {
        let mut bounds = Bounds::new(u32::try_from(uids.len()).unwrap());
        for round in 0..=MOST_ROUNDS {
            if bounds.is_near() {
                return (bounds, round);
            }
            let probes = bounds.probes();
            assert!(probes.len() <= PROBES as usize + 1 && probes.is_sorted());
            let answers = probes
                .iter()
                .map(|&number| (number, uids[number as usize - 1]))
                .collect();
            assert!(bounds.learn(uid, &answers), "{bounds:?}");
        }
        panic!("{bounds:?}");
    }

    #[test]
    fn a_million_mails_need_three_rounds() {
        let uids: Vec<u32> = (1..=1_000_000).map(|number| number * 4_000).collect();
        for uid in [1, 4_000, 4_001, 2_000_000_000, 4_000_000_000, u32::MAX] {
            assert!(narrow(&uids, uid).1 <= 3, "{uid}");
        }
        assert_eq!(narrow(&uids, 3_999_999_999).1, 1);
    }

    #[test]
    fn the_largest_mailbox_has_probes() {
        let probes = Bounds::new(u32::MAX).probes();
        assert_eq!((probes[0], probes[100]), (1, u32::MAX - 1));
        assert_eq!(Bounds::new(1).probes(), [1]);
    }

    #[test]
    fn answers_that_tell_nothing_are_known_as_such() {
        let mut bounds = Bounds::new(10);
        assert!(!bounds.learn(5, &BTreeMap::new()));
        assert!(!bounds.learn(5, &BTreeMap::from([(11, 3), (0, 9)])));
        assert!(bounds.learn(5, &BTreeMap::from([(1, 5)])));
        assert_eq!(bounds, Bounds { low: 1, high: 0 });
        assert!(!bounds.learn(5, &BTreeMap::from([(2, 5)])));
    }

    proptest! {
        #[test]
        fn both_ends_hold(
            uids in proptest::collection::btree_set(1..=u32::MAX, 1..3_000),
            uid in any::<u32>(),
            near in any::<bool>(),
        ) {
            let uids: Vec<u32> = uids.into_iter().collect();
            let uid = if near { uids[uid as usize % uids.len()] } else { uid };
            let (bounds, _) = narrow(&uids, uid);
            let below = uids.iter().filter(|&&one| one < uid).count() as u32;
            prop_assert!(bounds.low <= below + 1 && bounds.high >= below);
        }

        #[test]
        fn lies_end_it(answers in proptest::collection::vec(proptest::collection::btree_map(any::<u32>(), any::<u32>(), 0..20), 0..20)) {
            let mut bounds = Bounds::new(1_000_000);
            for answer in &answers {
                let before = bounds;
                if bounds.learn(77, answer) {
                    prop_assert!(bounds.low >= before.low && bounds.high <= before.high);
                }
                let _ = bounds.probes();
            }
        }
    }
}
