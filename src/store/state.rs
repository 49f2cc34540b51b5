//! Where a record stands. Which step leads from where to where is not the store's to know: see `hold::life`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Sent on, with an annotated copy for the author.
    Annotated,
    /// Returned to the author, at once or after a hold that nobody ended; nobody received it.
    Returned,
    /// Returned, and the author consented to sending it as written.
    Allowed,
    /// In custody; nobody received it.
    Held,
    /// In custody, to be sent as written as soon as that is possible.
    Released,
    /// The end of its content may be on its way to the provider.
    Sending,
    /// Whether the provider took it is not known. It is never sent again by itself.
    InDoubt,
    /// The provider did not take it; it is back with its author.
    Refused,
    /// Sent on after consent or release.
    Sent,
    /// Its author wrote a better one.
    Superseded,
    /// Given up; the octets are erased.
    Discarded,
}

impl State {
    /// A stable word, the same as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Annotated => "annotated",
            State::Returned => "returned",
            State::Allowed => "allowed",
            State::Held => "held",
            State::Released => "released",
            State::Sending => "sending",
            State::InDoubt => "in-doubt",
            State::Refused => "refused",
            State::Sent => "sent",
            State::Superseded => "superseded",
            State::Discarded => "discarded",
        }
    }

    /// Every state, in the order of a mail's life.
    pub const ALL: [State; 11] = [
        State::Annotated,
        State::Returned,
        State::Allowed,
        State::Held,
        State::Released,
        State::Sending,
        State::InDoubt,
        State::Refused,
        State::Sent,
        State::Superseded,
        State::Discarded,
    ];

    /// Those in which somebody still has to decide or to do something.
    pub const OPEN: [State; 7] = [
        State::Returned,
        State::Allowed,
        State::Held,
        State::Released,
        State::Sending,
        State::InDoubt,
        State::Refused,
    ];

    /// Takes back what [`word`](State::word) gave.
    #[must_use]
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_json() {
        for state in State::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
            assert_eq!(State::from_word(state.word()), Some(state));
        }
    }
}
