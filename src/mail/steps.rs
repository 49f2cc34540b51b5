//! Steps of reading, counted: how work grows with a text is told without a clock, which other load would move.
//!
//! Counted is what may look at the same octets more than once: lines looked at by masks, elements, walks over tokens. In
//! the program itself nothing is counted.

#[cfg(test)]
thread_local! {
    static TAKEN: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts so many steps.
#[cfg(test)]
pub(crate) fn count(steps: usize) {
    TAKEN.set(TAKEN.get() + u64::try_from(steps).unwrap_or(u64::MAX));
}

/// Counts so many steps.
#[cfg(not(test))]
#[inline]
pub(crate) fn count(_: usize) {}

/// The steps that `work` takes on this thread.
#[cfg(test)]
pub(crate) fn taken<T>(work: impl FnOnce() -> T) -> u64 {
    let before = TAKEN.get();
    drop(work());
    TAKEN.get() - before
}
