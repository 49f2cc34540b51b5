//! The threads that carry connections: each with a runtime of its own, so that a session's two sockets, its reading and
//! its replies stay on one thread and nothing has to be woken across threads for every line.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Room for the recursion of a deeply nested mail, on the threads that read large ones.
const STACK: usize = 4 * 1024 * 1024;

/// Threads for connections. They end when this is dropped; sessions must have ended before.
pub(super) struct Crew {
    hands: Vec<Hand>,
}

struct Hand {
    runtime: Handle,
    carries: Arc<AtomicUsize>,
    /// Dropped with the crew, which ends the thread.
    _stop: oneshot::Sender<()>,
}

/// One connection that a thread carries; dropped when it ends.
pub(super) struct Carried(Arc<AtomicUsize>);

impl Crew {
    /// Starts one thread for each core.
    ///
    /// # Errors
    /// A thread or its runtime can't be made.
    pub(super) fn start() -> io::Result<Crew> {
        let count = thread::available_parallelism().map_or(1, usize::from);
        Ok(Crew {
            hands: (0..count).map(hand).collect::<io::Result<_>>()?,
        })
    }

    /// The thread that carries fewest connections now, and a token that counts the new one until it is dropped.
    pub(super) fn least_busy(&self) -> (Handle, Carried) {
        let hand = self
            .hands
            .iter()
            .min_by_key(|hand| hand.carries.load(Ordering::Relaxed));
        match hand {
            Some(hand) => {
                hand.carries.fetch_add(1, Ordering::Relaxed);
                (hand.runtime.clone(), Carried(hand.carries.clone()))
            }
            // There is at least one; if there were not, the caller's own thread would do.
            None => (Handle::current(), Carried(Arc::default())),
        }
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1));
    }
}

fn hand(index: usize) -> io::Result<Hand> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()?;
    let handle = runtime.handle().clone();
    let (stop, stopped) = oneshot::channel::<()>();
    thread::Builder::new()
        .name(format!("sessions-{index}"))
        .stack_size(STACK)
        .spawn(move || {
            // An error is what is waited for: the other end is gone.
            let _ = runtime.block_on(stopped);
        })?;
    Ok(Hand {
        runtime: handle,
        carries: Arc::default(),
        _stop: stop,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_go_where_fewest_are() {
        let crew = Crew::start().unwrap();
        let all: Vec<Carried> = (0..crew.hands.len() * 2).map(|_| crew.least_busy().1).collect();
        assert!(crew.hands.iter().all(|hand| hand.carries.load(Ordering::Relaxed) == 2));
        drop(all);
        assert!(crew.hands.iter().all(|hand| hand.carries.load(Ordering::Relaxed) == 0));
    }

    #[test]
    fn work_given_to_a_thread_is_done_there() {
        let crew = Crew::start().unwrap();
        let (runtime, _carried) = crew.least_busy();
        let name = runtime.spawn(async { thread::current().name().map(str::to_owned) });
        let name = Builder::new_current_thread().build().unwrap().block_on(name).unwrap();
        assert!(name.is_some_and(|name| name.starts_with("sessions-")));
    }
}
