//! The channel between `proxy` and `guard`: what IMAP connections show, on its way to whoever is interested. Nobody waits for him: when too much has gathered, the
//! oldest is dropped.

use crate::imap::Event;
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Most that waits at one time. Filed mails are the largest, half a mebibyte each.
const WAITING: usize = 128;

/// Something that a connection showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The upstream's name.
    pub upstream: Arc<str>,
    /// Who is logged in, in lower case, if the login showed it.
    pub account: Option<Arc<str>>,
    /// What it was.
    pub event: Event,
}

/// A queue from all connections to one listener.
#[derive(Default)]
pub struct Feed {
    waiting: Mutex<VecDeque<Told>>,
    dropped: AtomicU64,
    told: Notify,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feed(…)")
    }
}

impl Feed {
    /// An empty one.
    #[must_use]
    pub fn new() -> Feed {
        Feed::default()
    }

    /// Tells something; the oldest goes when there is no room.
    pub fn tell(&self, told: Told) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            waiting.pop_front();
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        waiting.push_back(told);
        drop(waiting);
        self.told.notify_one();
    }

    /// The oldest that waits, or the next that is told.
    pub async fn next(&self) -> Told {
        loop {
            let first = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match first {
                Some(told) => return told,
                None => self.told.notified().await,
            }
        }
    }

    /// How many nobody heard.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_is_dropped_and_the_order_stays() {
        let feed = Feed::new();
        for number in 0..WAITING + 2 {
            feed.tell(Told {
                upstream: number.to_string().into(),
                account: None,
                event: Event::Unselected,
            });
        }
        assert_eq!(feed.dropped(), 2);
        for number in 2..WAITING + 2 {
            assert_eq!(feed.next().await.upstream.as_ref(), number.to_string());
        }
    }
}
