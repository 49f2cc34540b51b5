//! What pages show, as plain values for the templates: readings, times, states in words.
//!
//! Everything that came from a mail has passed [`words`](crate::annotate::words), so that no control character and no
//! change of direction reaches a page; the templates escape the rest.

pub(super) mod plot;
mod reading;
mod sheet;
mod states;
mod when;

pub(super) use reading::ReadingView;
pub(super) use sheet::{Run, SheetView};
pub(super) use states::{is_waiting, state_words, tone};
pub(super) use when::When;
