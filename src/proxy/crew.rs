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
    /// Whose turn it is to accept for a listener.
    turn: AtomicUsize,
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
            turn: AtomicUsize::new(0),
        })
    }

    /// A thread to accept connections for one listener, by its number; another one for the next listener.
    pub(super) fn acceptor(&self) -> (usize, Handle) {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.hands.len().max(1);
        // There is at least one; if there were not, the caller's own thread would do.
        let runtime = self.hands.get(turn).map(|hand| hand.runtime.clone());
        (turn, runtime.unwrap_or_else(Handle::current))
    }

    /// The thread that carries fewest connections now, and a token that counts the new one until it is dropped. No
    /// thread is named if it is the one that asks, by its number; it is chosen where none carries fewer, since nothing
    /// has to be woken for that.
    pub(super) fn least_busy(&self, here: usize) -> (Option<Handle>, Carried) {
        let loads = self.hands.iter().enumerate();
        let least = loads.min_by_key(|(at, hand)| (hand.carries.load(Ordering::Relaxed), *at != here));
        match least {
            Some((at, hand)) => {
                hand.carries.fetch_add(1, Ordering::Relaxed);
                let elsewhere = (at != here).then(|| hand.runtime.clone());
                (elsewhere, Carried(hand.carries.clone()))
            }
            None => (None, Carried(Arc::default())),
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
        let all: Vec<Carried> = (0..crew.hands.len() * 2).map(|_| crew.least_busy(0).1).collect();
        assert!(crew.hands.iter().all(|hand| hand.carries.load(Ordering::Relaxed) == 2));
        drop(all);
        assert!(crew.hands.iter().all(|hand| hand.carries.load(Ordering::Relaxed) == 0));
    }

    #[test]
    fn a_connection_stays_with_who_accepted_it_if_nobody_carries_fewer() {
        let crew = Crew::start().unwrap();
        for (here, _) in crew.hands.iter().enumerate() {
            let (elsewhere, _carried) = crew.least_busy(here);
            assert!(elsewhere.is_none());
            let (elsewhere, _carried) = crew.least_busy(here);
            assert_eq!(elsewhere.is_some(), crew.hands.len() > 1);
        }
    }

    #[test]
    fn work_given_to_a_thread_is_done_there() {
        let crew = Crew::start().unwrap();
        let (number, runtime) = crew.acceptor();
        let name = runtime.spawn(async { thread::current().name().map(str::to_owned) });
        let name = Builder::new_current_thread().build().unwrap().block_on(name).unwrap();
        assert_eq!(name, Some(format!("sessions-{number}")));
    }
}
