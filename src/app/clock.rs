//! The wall clock, read here and nowhere else.

use jiff::Timestamp;

/// Now.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
