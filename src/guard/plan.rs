//! Which drafts are to be read now, which later, and which have gone. No I/O, and time comes in as an argument.

use std::collections::{BTreeMap, BTreeSet, HashSet};
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
    /// Drafts that are not to be read: too large, not ours to judge, too many.
    passed_over: HashSet<u32>,
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
        self.passed_over.retain(|uid| there.contains(uid));
        self.waiting.retain(|uid, _| there.contains(uid) && !read.contains(uid));
        for uid in there {
            if !read.contains(&uid) && !self.passed_over.contains(&uid) {
                self.waiting.entry(uid).or_insert(now);
            }
        }
        let most = if first { BEFORE } else { WAITING };
        while self.waiting.len() > most {
            if let Some((oldest, _)) = self.waiting.pop_first() {
                self.passed_over.insert(oldest);
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
        self.passed_over.insert(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        // Another UIDVALIDITY: nothing is known any more.
        plan.pass_over(7);
        plan.look((2, &[7]), &none, after(begin, 11), STILL);
        assert_eq!(plan.look((2, &[7]), &none, after(begin, 13), STILL).due, [7]);
    }
}
