//! What time alone brings: holds end or remind, releases are given up, content that is kept long enough is erased.

use super::worker::Worker;
use super::{HoldError, steps};
use crate::standard::{Terms, Then};
use crate::store::{Notice, OpenRecord, State, StoreError, Transition};
use jiff::{SignedDuration, Timestamp};

impl Worker {
    /// Ends holds whose time is over, reminds, gives up releases that waited for too long, and erases.
    pub(super) async fn sweep(&self) {
        self.vault.sweep();
        let now = (self.clock)();
        for open in self.custody.all_open() {
            let step = match (&open.terms, open.state) {
                (Some(terms), State::Held) => self.of_held(&open, terms, now).transpose(),
                (Some(terms), State::Released) => self.of_released(&open, terms, now).await.transpose(),
                _ => None,
            };
            let result = match step {
                None => continue,
                Some(Ok(step)) => self.custody.store().step(step).await.map_err(HoldError::from),
                Some(Err(error)) => Err(error),
            };
            match result {
                // Somebody decided at this moment.
                Ok(()) | Err(HoldError::Store(StoreError::Changed { .. })) => {}
                Err(error) => tracing::error!(%error, id = %open.id, "a record whose time is over can't be ended"),
            }
        }
        let keep = SignedDuration::try_from(self.keep_closed).unwrap_or(SignedDuration::MAX);
        if let Ok(before) = now.checked_sub(keep)
            && let Err(error) = self.custody.store().erase_superseded(before).await
        {
            tracing::error!(%error, "the content of superseded mail can't be erased");
        }
    }

    fn of_held(&self, open: &OpenRecord, terms: &Terms, now: Timestamp) -> Result<Option<Transition>, HoldError> {
        let hours = terms.expires_after_hours;
        if hours == 0 {
            return Ok(None);
        }
        let mailboxes = self.custody.has_mailboxes(&open.upstream);
        match terms.then {
            Then::Return if is_over(open.at, hours, now) => steps::expire(open, hours, now, mailboxes).map(Some),
            Then::Return => Ok(None),
            Then::Remind => {
                // One for all that fell into a time when nothing ran.
                let age = u32::try_from(now.duration_since(open.at).as_hours()).unwrap_or(0);
                let due = age / hours;
                let next = (due > open.reminders).then(|| steps::remind(open, age, due, now, mailboxes));
                Ok(next)
            }
        }
    }

    /// A release that waited for its account's login for as long as it would be tried again: its author counts on it no more.
    async fn of_released(
        &self,
        open: &OpenRecord,
        terms: &Terms,
        now: Timestamp,
    ) -> Result<Option<Transition>, HoldError> {
        let record = self.custody.store().get(&open.id.0).await?;
        let hours = terms.retry_for_hours;
        let Some(permit) = &record.permit else { return Ok(None) };
        if record.summary.state != State::Released || !is_over(permit.at, hours, now) {
            return Ok(None);
        }
        let words = "it waited for the account's next login".to_owned();
        let mailboxes = self.custody.has_mailboxes(&open.upstream);
        steps::refused(&record, false, Notice::GivenUp { words, hours }, None, now, mailboxes).map(Some)
    }
}

fn is_over(since: Timestamp, hours: u32, now: Timestamp) -> bool {
    now.duration_since(since) >= SignedDuration::from_hours(hours.into())
}
