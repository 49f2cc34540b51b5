//! Where a record stands, in words for its author.

use crate::store::State;

/// In a word or two.
pub(in crate::web) fn state_words(state: State) -> &'static str {
    match state {
        State::Annotated => "Sent, with notes",
        State::Returned => "Returned",
        State::Allowed => "Allowed",
        State::Held => "Held",
        State::Released => "Released",
        State::Sending => "Being sent",
        State::InDoubt => "In doubt",
        State::Refused => "Refused",
        State::Sent => "Sent",
        State::Superseded => "Rewritten",
        State::Discarded => "Given up",
    }
}

/// The colour that goes with it: `stop`, `wait`, `go` or `over`. Never the only thing that tells.
pub(in crate::web) fn tone(state: State) -> &'static str {
    match state {
        State::Returned | State::Held | State::Refused | State::InDoubt => "stop",
        State::Allowed | State::Released | State::Sending => "wait",
        State::Annotated | State::Sent => "go",
        State::Superseded | State::Discarded => "over",
    }
}

/// Whether somebody has to do something about it.
pub(in crate::web) fn is_waiting(state: State) -> bool {
    tone(state) == "stop"
}
