//! The reading: what in a mail talks about its sender instead of its recipient, and whether the mail is prospecting.
//!
//! In: [`Prose`](crate::mail::Prose), the author's own text; [`Context`], who writes to whom and what is known of them;
//! [`Packs`], rules as data. Out: a [`Reading`]: findings with spans, why and ask; prospecting signals with points; a
//! score whose every point stands on a line of the ledger.
//!
//! Must never: decide anything (that is the standard's), look at masked text, depend on anything but its arguments: the
//! same prose, context and packs give the same reading on every machine, in linear time.

mod blast;
mod context;
mod correspondence;
mod facts;
mod gate;
mod hash;
mod help;
mod lamps;
mod ledger;
mod packs;
mod pattern;
mod place;
mod read;
mod result;
mod shared;
mod silence;
mod sketch;
mod study;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod whole;

pub use blast::{BlastSeen, SAME_TEXT, Sent, WINDOW as BLAST_WINDOW, Whom, organisation};
pub use context::{Context, GateSettings, HistoryUnknown};
pub use correspondence::{Acquaintance, Correspondence};
pub use facts::{Fact, Facts};
pub(crate) use packs::nearest;
pub use packs::{Broken, CategoryInfo, Change, DisabledRule, Expected, Packs, RuleInfo, RuleScore, Scores};
pub use read::{outside, read};
pub use result::{
    Category, Excerpt, Finding, HardNo, Help, Lamps, Layer, LedgerLine, Level, Prospecting, ProspectingClass, Reading,
    Scale, Signal, Silence, Silenced, Span,
};
pub use shared::SharedText;
pub use silence::{NotedSilence, Silences, is_hash};
pub use sketch::{Sketch, sketch};
pub use text::is_freemail;
