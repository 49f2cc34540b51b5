//! The reading: what in a mail talks about its sender instead of its recipient, and whether the mail is prospecting.
//!
//! In: [`Prose`](crate::mail::Prose), the author's own text; [`Context`], who writes to whom and what is known of them;
//! [`Packs`], rules as data. Out: a [`Reading`]: findings with spans, why and ask; prospecting signals with points; a
//! score whose every point stands on a line of the ledger.
//!
//! Must never: decide anything (that is the standard's), look at masked text, depend on anything but its arguments: the
//! same prose, context and packs give the same reading on every machine, in linear time.

mod context;
mod gate;
mod ledger;
mod packs;
mod pattern;
mod place;
mod read;
mod result;
mod study;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod whole;

pub use context::{Context, GateSettings, History, HistoryUnknown};
pub use packs::{Broken, CategoryInfo, Packs, RuleInfo};
pub use read::read;
pub use result::{
    Category, Excerpt, Finding, HardNo, Help, Lamps, Layer, LedgerLine, Level, Prospecting, ProspectingClass, Reading,
    Signal, Silence, Silenced, Span,
};
