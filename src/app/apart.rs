//! Work that leaves much more memory behind than it makes, done where the memory can be given back.
//!
//! Compiling rules takes several times what the compiled rules take. Freed in place, it would stay with the process for
//! ever, as holes between what is still in use. What a thread allocates lies apart from the rest (with glibc in an arena of
//! its own), so the work is done on one, its result is copied out whole, and nothing of the thread's memory stays in use.

use std::panic::resume_unwind;
use std::sync::{Arc, mpsc};
use std::thread;

/// So much is taken and let go once nothing else is left, which makes the allocator look what it can give back. Less than
/// it would ask the system for separately.
const LAST: usize = 100 * 1024;

/// Does it on a thread of its own, and gives a copy of what that made. `copy` shares nothing with what it copies: the least
/// that stays in use there keeps all that lies below it.
pub(super) fn apart<T: Send + Sync>(work: impl FnOnce() -> T + Send, copy: impl FnOnce(&T) -> T) -> T {
    let copied = thread::scope(|scope| {
        let (give, given) = mpsc::sync_channel(1);
        let (over, copied) = mpsc::channel::<()>();
        let thread = scope.spawn(move || {
            let made = Arc::new(work());
            // Who asked copies, and is done with it when the other channel closes: what is freed here goes back to here.
            let _ = give.send(made.clone());
            let _ = copied.recv();
        });
        let copy = given.recv().ok().map(|made: Arc<T>| copy(&made));
        drop(over);
        match (copy, thread.join()) {
            (Some(copy), _) => Ok(copy),
            (None, Err(panic)) => Err(panic),
            (None, Ok(())) => unreachable!("a thread that ends without a panic has sent what it made"),
        }
    });
    // What the first thread kept at hand for itself was freed at its end, with nobody left to tidy up. The next one takes
    // its place.
    thread::scope(|scope| {
        scope.spawn(|| drop(std::hint::black_box(Vec::<u8>::with_capacity(LAST))));
    });
    copied.unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_comes_back_and_a_panic_too() {
        let before = thread::current().id();
        let (made, on) = apart(|| (vec!["a".to_owned(); 3], thread::current().id()), Clone::clone);
        assert_eq!(made, ["a"; 3]);
        assert_ne!(on, before);
        let panicked =
            std::panic::catch_unwind(|| apart(|| -> u8 { panic!("as a reading of rules must not") }, |made| *made));
        assert!(panicked.is_err());
    }
}
