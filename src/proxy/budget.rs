//! The memory that all sessions share for content.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reserved in steps of this many octets, so that a small mail costs one atomic operation.
const STEP: usize = 64 * 1024;

/// Octets still free, over all sessions.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    free: Arc<AtomicUsize>,
}

impl Budget {
    pub(super) fn new(octets: usize) -> Budget {
        Budget {
            free: Arc::new(AtomicUsize::new(octets)),
        }
    }

    /// A session's share, empty at first; given back when dropped.
    pub(super) fn share(&self) -> Share {
        Share {
            budget: self.clone(),
            held: 0,
        }
    }
}

/// What one session holds.
#[derive(Debug)]
pub(super) struct Share {
    budget: Budget,
    held: usize,
}

impl Share {
    /// Makes sure that the share covers `octets`. False if there is no room.
    pub(super) fn cover(&mut self, octets: usize) -> bool {
        if octets <= self.held {
            return true;
        }
        let more = (octets - self.held).next_multiple_of(STEP);
        let taken = self
            .budget
            .free
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(more))
            .is_ok();
        if taken {
            self.held += more;
        }
        taken
    }

    pub(super) fn release(&mut self) {
        self.budget.free.fetch_add(self.held, Ordering::AcqRel);
        self.held = 0;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let budget = Budget::new(3 * STEP);
        let (mut one, mut other) = (budget.share(), budget.share());
        assert!(one.cover(1) && one.cover(STEP) && one.cover(STEP + 1));
        assert!(other.cover(STEP) && !other.cover(STEP + 1));
        drop(one);
        assert!(other.cover(3 * STEP) && !other.cover(3 * STEP + 1));
    }
}
