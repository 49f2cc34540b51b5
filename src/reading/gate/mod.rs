//! Is this mail prospecting? Hard noes first, then signals with points; every one is shown.
//!
//! In: headers and masks of the prose, the context, the study of the own text. Out: a [`Prospecting`]. The class follows
//! from the sum of the points and the settings alone, but for three caps: nobody can be sure on a day without history,
//! of a mail that can't be read, or of a text without any header.
//!
//! Must never: take a mail for prospecting without pitch language; a first letter is no offence.

mod hard;
mod headers;
mod language;
mod people;

pub(crate) use language::Pitch;
pub(crate) use people::People;

use super::context::{Context, GateSettings, HistoryUnknown};
use super::{Prospecting, ProspectingClass, Signal};
use crate::mail::{Headers, Prose};

/// Weighs the signals of one mail.
pub(crate) fn judge(prose: &Prose, context: &Context, people: &People, pitch: &Pitch) -> Prospecting {
    if context.assume_prospecting {
        let shown = "Read as a first-touch mail, as asked";
        let signals = vec![signal("assumed", context.gate.prospecting_from, shown)];
        return Prospecting {
            class: ProspectingClass::Yes,
            points: context.gate.prospecting_from,
            hard_no: None,
            signals,
        };
    }
    if has_no_header(prose, context) {
        return of_bare_text(context, pitch);
    }
    let mut signals = headers::signals(prose, context, people, pitch.chases());
    signals.extend(pitch.signals(prose));
    let unknown = !context.correspondence.is_known() && context.gate.history_unknown == HistoryUnknown::Unsure;
    weighed(prose, context, people, signals, unknown)
}

/// The same for a mail whose text can't be read: only headers tell.
pub(crate) fn judge_unread(prose: &Prose, context: &Context, people: &People) -> Prospecting {
    let signals = headers::signals(prose, context, people, false);
    weighed(prose, context, people, signals, true)
}

fn weighed(prose: &Prose, context: &Context, people: &People, signals: Vec<Signal>, unsure: bool) -> Prospecting {
    let points = signals.iter().map(|signal| signal.points).sum();
    let hard_no = hard::no(prose, context, people);
    let class = match class_of(points, &context.gate) {
        _ if hard_no.is_some() => ProspectingClass::No,
        ProspectingClass::Yes if unsure => ProspectingClass::Unsure,
        other => other,
    };
    Prospecting {
        class,
        points,
        hard_no,
        signals,
    }
}

fn class_of(points: i32, gate: &GateSettings) -> ProspectingClass {
    if points >= gate.prospecting_from {
        ProspectingClass::Yes
    } else if points >= gate.unsure_from {
        ProspectingClass::Unsure
    } else {
        ProspectingClass::No
    }
}

/// A plain text tells nothing of who writes to whom.
fn has_no_header(prose: &Prose, context: &Context) -> bool {
    context.envelope.is_none() && prose.headers == Headers::default()
}

/// Only its language tells, so it is "unsure" at most.
fn of_bare_text(context: &Context, pitch: &Pitch) -> Prospecting {
    let signal = if pitch.shows() {
        let shown = "Its language is that of a pitch; without a header nobody can be sure";
        signal("pitch-language", context.gate.unsure_from, shown)
    } else {
        signal("no-pitch", 0, "Nothing in it sells")
    };
    Prospecting {
        class: if pitch.shows() {
            ProspectingClass::Unsure
        } else {
            ProspectingClass::No
        },
        points: signal.points,
        hard_no: None,
        signals: vec![signal],
    }
}

fn signal(name: &str, points: i32, shown: &str) -> Signal {
    Signal {
        name: name.to_owned(),
        points,
        shown: shown.to_owned(),
    }
}
