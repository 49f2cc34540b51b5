//! Waiting for a condition instead of sleeping.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine; a test that waits so long has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none within [`DEADLINE`]; `what` says what was waited for.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    match within(DEADLINE, &mut ask) {
        Some(answer) => answer,
        None => panic!("waited {DEADLINE:?} in vain for {what}"),
    }
}

/// Asks again and again until there is an answer or the time is over.
pub(crate) fn within<T>(time: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + time;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() >= end {
            return None;
        }
        sleep(Duration::from_millis(5));
    }
}
