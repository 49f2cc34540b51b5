//! One timer for all deadlines of a connection.
//!
//! Nearly every deadline is moved on before it is reached, with every command anew. Setting the timer each time costs
//! the thread a wake-up by itself whenever the new deadline comes before all others it knows; so the timer is left
//! alone as long as it rings early enough, and set anew only when it rings too early.

use std::pin::Pin;
use tokio::time::{Instant, Sleep, sleep_until};

/// Rings at a deadline, whichever that is by then.
pub(super) struct Alarm {
    timer: Pin<Box<Sleep>>,
}

impl Alarm {
    /// Set to a first deadline.
    pub(super) fn new(deadline: Instant) -> Alarm {
        Alarm {
            timer: Box::pin(sleep_until(deadline)),
        }
    }

    /// Completes at the deadline, or never if there is none. Safe to drop while waiting.
    pub(super) async fn ring(&mut self, deadline: Option<Instant>) {
        let Some(deadline) = deadline else {
            return std::future::pending().await;
        };
        if deadline < self.timer.deadline() {
            self.timer.as_mut().reset(deadline);
        }
        loop {
            self.timer.as_mut().await;
            if self.timer.deadline() >= deadline {
                return;
            }
            self.timer.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::{sleep, timeout};

    const MOMENT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn it_rings_at_the_deadline_it_was_last_asked_for() {
        let start = Instant::now();
        let mut alarm = Alarm::new(start + LONG);
        // Earlier than set.
        alarm.ring(Some(start + MOMENT)).await;
        assert!(start.elapsed() >= MOMENT && start.elapsed() < LONG);
        // Moved on before it was reached: it may not ring at the old time.
        let _ = timeout(MOMENT, alarm.ring(Some(start + 3 * MOMENT))).await;
        alarm.ring(Some(start + 6 * MOMENT)).await;
        assert!(start.elapsed() >= 6 * MOMENT);
        // Past already.
        sleep(2 * MOMENT).await;
        alarm.ring(Some(start + 7 * MOMENT)).await;
        assert!(timeout(2 * MOMENT, alarm.ring(None)).await.is_err(), "no deadline");
    }
}
