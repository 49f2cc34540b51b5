//! Work that leaves much more memory behind than it makes, done where the memory can be given back.
//!
//! Compiling rules takes several times what the compiled rules take. Freed in place, it would stay with the process for
//! ever, as holes between what is still in use. What a thread allocates lies apart from the rest (with glibc in an arena of
//! its own), so the work is done on one, its result is copied out whole, and nothing of the thread's memory stays in use.

use std::panic::resume_unwind;
use std::thread;

/// So much is taken and let go once nothing else is left, which makes the allocator look what it can give back. Less than
/// it would ask the system for separately.
const LAST: usize = 100 * 1024;

/// Does it on a thread of its own, and gives a copy of what that made. `copy` shares nothing with what it copies: the least
/// that stays in use there keeps all that lies below it.
pub(super) fn apart<T: Send>(work: impl FnOnce() -> T + Send, copy: impl FnOnce(&T) -> T) -> T {
    let made = alone(work);
    let copied = copy(&made);
    // Each thread takes the place of the one before. What a thread frees it keeps at hand in part, until its end: here that
    // would be for ever.
    alone(|| drop(made));
    // And nobody tidies up after a thread's end but the next one.
    alone(|| drop(std::hint::black_box(Vec::<u8>::with_capacity(LAST))));
    copied
}

fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|panic| resume_unwind(panic))
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
