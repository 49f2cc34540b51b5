//! Which drafts are to be read now, which later, and which have gone. No I/O, and time comes in as an argument.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;

/// Drafts that lay there before anybody looked: only so many of them are read, the newest.
const BEFORE: usize = 20;
/// Most drafts that wait to be read; beyond that the oldest are passed over.
const WAITING: usize = 64;

/// What is known of one Drafts mailbox, under one UIDVALIDITY.
#[derive(Debug, Default)]
pub(super) struct Plan {
    validity: Option<u32>,
    /// Drafts that were not read yet, and when they were first seen.
    waiting: BTreeMap<u32, Instant>,
    /// Drafts that are not to be read: not ours to judge, too many, or older than another version, which is named.
    passed_over: HashMap<u32, Option<u32>>,
}

/// What to do now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Now {
    /// Drafts that have been still for long enough, the newest first.
    pub(super) due: Vec<u32>,
    /// When the next one will have been.
    pub(super) next: Option<Instant>,
    /// Whether reviews whose drafts are no longer there can go: no draft waits that may be a newer version of one.
    pub(super) settled: bool,
}

impl Plan {
    /// The drafts that are there, and those among them whose last version was read.
    pub(super) fn look(
        &mut self,
        (validity, uids): (u32, &[u32]),
        read: &HashSet<u32>,
        now: Instant,
        still: Duration,
    ) -> Now {
        let first = self.validity != Some(validity);
        if first {
            *self = Plan {
                validity: Some(validity),
                ..Plan::default()
            };
        }
        let there: BTreeSet<u32> = uids.iter().copied().collect();
        self.passed_over
            .retain(|uid, newer| there.contains(uid) && newer.is_none_or(|newer| there.contains(&newer)));
        self.waiting.retain(|uid, _| there.contains(uid) && !read.contains(uid));
        for uid in there {
            if !read.contains(&uid) && !self.passed_over.contains_key(&uid) {
                self.waiting.entry(uid).or_insert(now);
            }
        }
        let most = if first { BEFORE } else { WAITING };
        while self.waiting.len() > most {
            if let Some((oldest, _)) = self.waiting.pop_first() {
                self.passed_over.insert(oldest, None);
            }
        }
        let due_at = |seen: &Instant| *seen + still;
        let is_due = |seen: &Instant| due_at(seen) <= now;
        Now {
            due: self
                .waiting
                .iter()
                .rev()
                .filter(|(_, seen)| is_due(seen))
                .map(|(uid, _)| *uid)
                .collect(),
            next: self.waiting.values().filter(|seen| !is_due(seen)).map(due_at).min(),
            settled: self.waiting.is_empty(),
        }
    }

    /// A draft was read, or is gone.
    pub(super) fn done(&mut self, uid: u32) {
        self.waiting.remove(&uid);
    }

    /// A draft is not to be read, as long as it is there.
    pub(super) fn pass_over(&mut self, uid: u32) {
        self.waiting.remove(&uid);
        self.passed_over.insert(uid, None);
    }

    /// An older version of a draft is not to be read, as long as the newer one is there, too.
    pub(super) fn stand_behind(&mut self, uid: u32, newer: u32) {
        self.waiting.remove(&uid);
        self.passed_over.insert(uid, Some(newer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STILL: Duration = Duration::from_secs(2);

    fn after(begin: Instant, seconds: u64) -> Instant {
        begin + Duration::from_secs(seconds)
    }

    #[test]
    fn a_draft_is_read_once_it_is_still_and_only_its_newest_version() {
        let (begin, none) = (Instant::now(), HashSet::new());
        let mut plan = Plan::default();
        let first = plan.look((1, &[5]), &none, begin, STILL);
        assert_eq!(
            (first.due, first.next, first.settled),
            (vec![], Some(after(begin, 2)), false)
        );
        // Saved again before it was still: another UID, and the first one is gone.
        let second = plan.look((1, &[6]), &none, after(begin, 1), STILL);
        assert_eq!((second.due, second.next), (vec![], Some(after(begin, 3))));
        assert_eq!(plan.look((1, &[6]), &none, after(begin, 3), STILL).due, [6]);
        plan.done(6);
        let read = HashSet::from([6]);
        assert!(plan.look((1, &[6]), &read, after(begin, 4), STILL).settled);
    }

    #[test]
    fn two_drafts_wait_each_for_itself() {
        let (begin, none) = (Instant::now(), HashSet::new());
        let mut plan = Plan::default();
        plan.look((1, &[5]), &none, begin, STILL);
        plan.look((1, &[5, 6]), &none, after(begin, 1), STILL);
        let now = plan.look((1, &[5, 6]), &none, after(begin, 2), STILL);
        assert_eq!((now.due, now.next), (vec![5], Some(after(begin, 3))));
    }

    #[test]
    fn of_many_that_lay_there_only_the_newest_are_read_and_of_many_that_come_the_oldest_are_passed_over() {
        let (begin, none) = (Instant::now(), HashSet::new());
        let mut plan = Plan::default();
        let old: Vec<u32> = (1..=5_000).collect();
        plan.look((1, &old), &none, begin, STILL);
        let due = plan.look((1, &old), &none, after(begin, 2), STILL).due;
        assert_eq!((due.len(), due[0], due[19]), (20, 5_000, 4_981));
        let more: Vec<u32> = (1..=5_100).collect();
        plan.look((1, &more), &none, after(begin, 3), STILL);
        let due = plan.look((1, &more), &none, after(begin, 9), STILL).due;
        assert_eq!((due.len(), due[0], due[63]), (64, 5_100, 5_037));
    }

    #[test]
    fn what_is_passed_over_stays_so_until_it_goes() {
        let (begin, none) = (Instant::now(), HashSet::new());
        let mut plan = Plan::default();
        plan.look((1, &[5]), &none, begin, STILL);
        plan.pass_over(5);
        assert!(plan.look((1, &[5]), &none, after(begin, 9), STILL).settled);
        plan.look((1, &[]), &none, after(begin, 10), STILL);
        assert!(plan.passed_over.is_empty());
        // An older version comes to the fore when the newer one goes.
        plan.look((1, &[5, 6]), &none, after(begin, 10), STILL);
        plan.stand_behind(5, 6);
        plan.done(6);
        let read = HashSet::from([6]);
        assert!(plan.look((1, &[5, 6]), &read, after(begin, 13), STILL).settled);
        plan.look((1, &[5]), &read, after(begin, 14), STILL);
        assert_eq!(plan.look((1, &[5]), &read, after(begin, 16), STILL).due, [5]);
        // Another UIDVALIDITY: nothing is known any more.
        plan.pass_over(7);
        plan.look((2, &[7]), &none, after(begin, 11), STILL);
        assert_eq!(plan.look((2, &[7]), &none, after(begin, 13), STILL).due, [7]);
    }

    /// What happens in a Drafts mailbox between two looks.
    #[derive(Debug, Clone)]
    enum Change {
        Save,
        Delete(prop::sample::Index),
        SaveAgain(prop::sample::Index),
        Nothing,
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            Just(Change::Save),
            any::<prop::sample::Index>().prop_map(Change::Delete),
            any::<prop::sample::Index>().prop_map(Change::SaveAgain),
            Just(Change::Nothing),
        ]
    }

    proptest! {
        #[test]
        fn every_draft_that_stays_still_is_due_exactly_once(
            changes in prop::collection::vec((change(), 0_u64..3_000), 0..40),
            lay_there in 0_u32..15,
        ) {
            let mut now = Instant::now();
            let mut plan = Plan::default();
            let mut there: BTreeMap<u32, Instant> = (1..=lay_there).map(|uid| (uid, now)).collect();
            let (mut next_uid, mut read) = (lay_there + 1, HashSet::new());
            let quiet = (0..4).map(|_| (Change::Nothing, 2_000));
            for (change, wait) in changes.into_iter().chain(quiet) {
                let some = |there: &BTreeMap<u32, Instant>, index: prop::sample::Index| {
                    (!there.is_empty()).then(|| *index.get(&there.keys().collect::<Vec<_>>())).copied()
                };
                match change {
                    Change::Delete(index) | Change::SaveAgain(index) if some(&there, index).is_some() => {
                        there.remove(&some(&there, index).unwrap());
                        if matches!(change, Change::SaveAgain(_)) {
                            there.insert(next_uid, now);
                            next_uid += 1;
                        }
                    }
                    Change::Save => {
                        there.insert(next_uid, now);
                        next_uid += 1;
                    }
                    _ => {}
                }
                let uids: Vec<u32> = there.keys().copied().collect();
                let found = plan.look((1, &uids), &read, now, STILL);
                for uid in &found.due {
                    prop_assert!(there[uid] + STILL <= now, "it was still");
                    prop_assert!(read.insert(*uid), "and only once");
                    plan.done(*uid);
                }
                let waits = uids.iter().any(|uid| !read.contains(uid) || found.due.contains(uid));
                prop_assert_eq!(found.settled, !waits);
                prop_assert!(found.next.is_none_or(|next| next > now));
                now += Duration::from_millis(wait);
            }
            prop_assert!(there.keys().all(|uid| read.contains(uid)), "none was lost");
        }

        #[test]
        fn what_waits_is_bounded_and_the_newest(counts in prop::collection::vec(0_u32..200, 1..8)) {
            let (begin, none) = (Instant::now(), HashSet::new());
            let (mut plan, mut last) = (Plan::default(), 0);
            for (look, count) in counts.into_iter().enumerate() {
                last += count;
                let uids: Vec<u32> = (1..=last).collect();
                plan.look((1, &uids), &none, begin + Duration::from_secs(look as u64), STILL);
                let most = if look == 0 { BEFORE } else { WAITING };
                prop_assert!(plan.waiting.len() <= most);
                prop_assert!(plan.waiting.keys().all(|uid| plan.passed_over.keys().all(|passed| passed < uid)));
                prop_assert_eq!(plan.waiting.len() + plan.passed_over.len(), last as usize);
            }
        }
    }
}
