//! Work by several threads at once, with results in the order of what went in.
//!
//! One thread feeds, some work, the caller takes. So much is under way at most, so that a mailbox of any size takes no
//! more memory than a few mails.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

/// Pieces under way for each worker.
const AHEAD: usize = 8;
/// Room for deep recursion in a parser.
const STACK: usize = 4 * 1024 * 1024;

/// How many workers this machine has use for.
pub(super) fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(16)
}

/// `feed` gives pieces to its argument, which says `false` when no more are wanted; `work` turns them into results; `take`
/// gets those in the order of the pieces, and says `false` when it wants no more.
///
/// # Errors
/// If the system gives no threads.
pub(super) fn in_order<I: Send, O: Send>(
    workers: usize,
    feed: impl FnOnce(&mut dyn FnMut(I) -> bool) + Send,
    work: impl Fn(I) -> O + Sync,
    mut take: impl FnMut(O) -> bool,
) -> io::Result<()> {
    let workers = workers.max(1);
    // A token for each piece under way: what is done early waits for what is late, and must not pile up.
    let (tokens, taken) = sync_channel::<()>(workers * AHEAD);
    let (pieces, waiting) = sync_channel::<(usize, I)>(workers * AHEAD);
    let (results, done) = sync_channel::<(usize, O)>(workers * AHEAD);
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        let (work, waiting) = (&work, &waiting);
        for _ in 0..workers {
            let results = results.clone();
            let worker = move || {
                while let Some((at, piece)) = next(waiting) {
                    if results.send((at, work(piece))).is_err() {
                        break;
                    }
                }
            };
            Builder::new().stack_size(STACK).spawn_scoped(scope, worker)?;
        }
        drop(results);
        let feeder = move || {
            let mut at = 0;
            feed(&mut |piece| {
                let wanted = tokens.send(()).is_ok() && pieces.send((at, piece)).is_ok();
                at += 1;
                wanted
            });
        };
        Builder::new().stack_size(STACK).spawn_scoped(scope, feeder)?;
        give_in_order(&done, &taken, &mut take);
        // Dropping these tells feeder and workers that nobody waits for them any more.
        drop((done, taken));
        Ok(())
    })
}

fn next<I>(waiting: &Mutex<Receiver<(usize, I)>>) -> Option<(usize, I)> {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.recv().ok()
}

fn give_in_order<O>(done: &Receiver<(usize, O)>, taken: &Receiver<()>, take: &mut impl FnMut(O) -> bool) {
    let mut early = BTreeMap::new();
    let mut next = 0;
    while let Ok((at, result)) = done.recv() {
        early.insert(at, result);
        while let Some(result) = early.remove(&next) {
            next += 1;
            let _ = taken.recv();
            if !take(result) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn results_come_in_the_order_of_the_pieces() {
        let mut got = Vec::new();
        in_order(
            4,
            |give| {
                (0..500usize).all(give);
            },
            |piece: usize| {
                if piece.is_multiple_of(50) {
                    thread::sleep(Duration::from_millis(3));
                }
                piece * 2
            },
            |result| {
                got.push(result);
                true
            },
        )
        .unwrap();
        assert_eq!(got, (0..500).map(|piece| piece * 2).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_goes_on_when_no_more_is_wanted() {
        let fed = AtomicUsize::new(0);
        let mut got = 0;
        in_order(
            3,
            |give| {
                while give(0) {
                    fed.fetch_add(1, Ordering::Relaxed);
                }
            },
            |piece: usize| piece,
            |_| {
                got += 1;
                got < 10
            },
        )
        .unwrap();
        assert_eq!(got, 10);
        assert!(fed.into_inner() <= 10 + 3 * AHEAD + 1);
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        in_order(2, |_| (), |(): ()| (), |()| true).unwrap();
    }
}
