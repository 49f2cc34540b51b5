//! The outreach standard: an admin's thresholds and dispositions, and the judgement by them.
//!
//! In: a [`Reading`](crate::reading::Reading) or the news that there could be none, the envelope, and the author's consent
//! if given. Out: a [`Verdict`]: pass, annotate, return or hold, with its reasons.
//!
//! Must never: read the mail itself, know the clock (time comes in), or hold what is not prospecting.

mod verdict;

pub use verdict::{Disposition, Reason, Verdict};
