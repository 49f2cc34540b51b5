//! How outreach has gone: scores over time, what is found most, what was stopped, what a rewrite changed, and who answered.
//!
//! In: outcomes of mails that went, records of those that were stopped, rewrites. Out: counts and shares, each with how
//! much they are worth. Who shows them (a page, a command) draws; here is only arithmetic, and the same everywhere.
//!
//! Must never: show a share of too few as if it told something, count a mail as unanswered before its reader had time,
//! name a person.

mod share;

pub use share::Share;

use crate::reading::{Category, ProspectingClass};
use crate::store::{Outcome, Rewrite, State, Summary};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// A mail counts as unanswered once it is so old; answers that come later don't count.
pub const TIME_TO_ANSWER: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Bands of scores, each from its first to its last score.
pub const BANDS: [(i32, i32); 4] = [(0, 49), (50, 74), (75, 89), (90, 100)];

/// Everything of one time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trends {
    /// From when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Week by week, the oldest first, weeks without mail too.
    pub weeks: Vec<Week>,
    /// Of prospecting mails that went: in how many each category found something, the most frequent first.
    pub categories: Vec<Found>,
    /// Of prospecting mails that were submitted: how many were returned or held at their first attempt.
    pub stopped: Share,
    /// What rewrites changed.
    pub rewrites: Rewrites,
    /// Answered by a person in time, of all that had the time and did not come back.
    pub answered: Share,
    /// The same by score, in the order of [`BANDS`].
    pub by_score: Vec<Band>,
    /// The same for mails with and without findings of a category.
    pub by_category: Vec<Compared>,
    /// Mails whose readers may still answer.
    pub waiting: usize,
    /// Answers by programs.
    pub automatic: usize,
    /// Mails that came back.
    pub bounced: usize,
}

/// Seven days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Week {
    /// When they begin.
    pub from: Timestamp,
    /// Prospecting mails that went.
    pub mails: usize,
    /// Their scores' median; `None` without mails.
    pub median: Option<i32>,
    /// Prospecting mails that were returned or held at their first attempt.
    pub stopped: usize,
}

/// A category, and in how many mails it was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Which.
    pub category: Category,
    /// In how many of them.
    pub share: Share,
}

/// Answers within a band of scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// The lowest score.
    pub from: i32,
    /// The highest.
    pub to: i32,
    /// Answered.
    pub answered: Share,
}

/// Answers with and without findings of a category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Which.
    pub category: Category,
    /// Of mails with them.
    pub with: Share,
    /// Of mails without.
    pub without: Share,
}

/// What rewrites changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Rewrites {
    /// How many there were.
    pub all: usize,
    /// How many of them passed.
    pub passed: usize,
    /// By how much the score rose, the median; `None` if none can be compared.
    pub rise: Option<i32>,
}

impl Trends {
    /// From what is kept. What was before `since` is left out.
    #[must_use]
    pub fn of(
        outcomes: &[Outcome],
        records: &[Summary],
        rewrites: &[Rewrite],
        since: Timestamp,
        until: Timestamp,
    ) -> Trends {
        let within = |at: Timestamp| at >= since && at <= until;
        let went: Vec<&Outcome> = outcomes
            .iter()
            .filter(|mail| mail.class == ProspectingClass::Yes && within(mail.at))
            .collect();
        // An annotated mail has gone, and is among the outcomes.
        let stopped: Vec<&Summary> = records
            .iter()
            .filter(|record| {
                let acted = record.disposition != crate::standard::Disposition::Annotate;
                acted && record.round == 1 && within(record.at)
            })
            .collect();
        let through = went.iter().filter(|mail| !mail.elsewhere).count();
        let sound: Vec<&Outcome> = went.iter().copied().filter(|mail| mail.bounced_at.is_none()).collect();
        let (ripe, green): (Vec<&Outcome>, Vec<&Outcome>) = sound
            .into_iter()
            .partition(|mail| until.duration_since(mail.at) >= TIME_TO_ANSWER);
        Trends {
            since,
            until,
            weeks: weeks(&went, &stopped, since, until),
            categories: categories(&went),
            // What was stopped and went later is among both.
            stopped: Share::of(
                stopped.len(),
                stopped.len() + through.saturating_sub(went_later(&stopped, records)),
            ),
            rewrites: Rewrites::of(rewrites.iter().filter(|rewrite| within(rewrite.at))),
            answered: answered(&ripe),
            by_score: BANDS
                .iter()
                .map(|&(from, to)| Band {
                    from,
                    to,
                    answered: answered_of(&ripe, |mail| {
                        mail.score.is_some_and(|score| (from..=to).contains(&score))
                    }),
                })
                .collect(),
            by_category: by_category(&ripe),
            waiting: green.iter().filter(|mail| mail.answered_at.is_none()).count(),
            automatic: went.iter().filter(|mail| mail.automatic_at.is_some()).count(),
            bounced: went.iter().filter(|mail| mail.bounced_at.is_some()).count(),
        }
    }

    /// Whether there is nothing at all to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stopped.of == 0 && self.weeks.iter().all(|week| week.mails == 0) && self.rewrites.all == 0
    }
}

impl Rewrites {
    fn of<'r>(rewrites: impl Iterator<Item = &'r Rewrite>) -> Rewrites {
        let mut found = Rewrites::default();
        let mut rises = Vec::new();
        for rewrite in rewrites {
            found.all += 1;
            found.passed += usize::from(!rewrite.outcome.starts_with("was "));
            if let (Some(before), Some(after)) = (rewrite.score_before, rewrite.score) {
                rises.push(after - before);
            }
        }
        found.rise = median(rises);
        found
    }
}

/// How many of these went in the end, as written or rewritten.
fn went_later(stopped: &[&Summary], records: &[Summary]) -> usize {
    let by_id: BTreeMap<&str, &Summary> = records.iter().map(|record| (record.id.0.as_str(), record)).collect();
    let went = |first: &&&Summary| {
        let mut last: &Summary = first;
        // Rounds are few; a chain that leads back to itself is none of ours.
        for _ in 0..1_000 {
            match last.replaced_by.as_ref().and_then(|next| by_id.get(next.0.as_str())) {
                Some(next) => last = next,
                None => break,
            }
        }
        matches!(last.state, State::Sent | State::Superseded | State::Annotated)
    };
    stopped.iter().filter(went).count()
}

fn weeks(went: &[&Outcome], stopped: &[&Summary], since: Timestamp, until: Timestamp) -> Vec<Week> {
    const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
    let mut weeks = Vec::new();
    let mut from = since;
    while from < until && weeks.len() < 1_000 {
        let end = from.checked_add(WEEK).unwrap_or(until);
        let within = |at: Timestamp| at >= from && at < end;
        let mails = went.iter().filter(|mail| within(mail.at));
        let scores: Vec<i32> = mails.clone().filter_map(|mail| mail.score).collect();
        weeks.push(Week {
            from,
            mails: mails.count(),
            median: median(scores),
            stopped: stopped.iter().filter(|record| within(record.at)).count(),
        });
        from = end;
    }
    weeks
}

fn categories(went: &[&Outcome]) -> Vec<Found> {
    let judged = went.iter().filter(|mail| mail.score.is_some());
    let all = judged.clone().count();
    let mut counts: BTreeMap<Category, usize> = BTreeMap::new();
    for category in judged.flat_map(|mail| &mail.categories) {
        *counts.entry(*category).or_default() += 1;
    }
    let mut found: Vec<Found> = counts
        .into_iter()
        .map(|(category, count)| Found {
            category,
            share: Share::of(count, all),
        })
        .collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.share.count));
    found
}

fn by_category(ripe: &[&Outcome]) -> Vec<Compared> {
    let mut all: Vec<Category> = ripe.iter().flat_map(|mail| mail.categories.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .map(|category| Compared {
            category,
            with: answered_of(ripe, |mail| mail.categories.contains(&category)),
            without: answered_of(ripe, |mail| {
                mail.score.is_some() && !mail.categories.contains(&category)
            }),
        })
        .collect()
}

fn answered(ripe: &[&Outcome]) -> Share {
    answered_of(ripe, |_| true)
}

fn answered_of(ripe: &[&Outcome], wanted: impl Fn(&Outcome) -> bool) -> Share {
    let in_time = |mail: &Outcome| {
        mail.answered_at
            .is_some_and(|at| at.duration_since(mail.at) <= TIME_TO_ANSWER)
    };
    let of: Vec<&&Outcome> = ripe.iter().filter(|mail| wanted(mail)).collect();
    Share::of(of.iter().filter(|mail| in_time(mail)).count(), of.len())
}

/// The middle one; of two in the middle, the lower.
fn median(mut numbers: Vec<i32>) -> Option<i32> {
    numbers.sort_unstable();
    let middle = numbers.len().checked_sub(1)? / 2;
    numbers.get(middle).copied()
}

#[cfg(test)]
mod tests;
