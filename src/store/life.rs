//! Where a record can go from where it stands. One table for every store.

use super::State;
use std::fmt;

/// A step that somebody wants to take with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The author consents to sending it as written.
    Allow,
    /// It has gone upstream after consent.
    MarkSent,
    /// It is given up.
    Discard,
}

impl State {
    /// The state after a step, or what would be needed for it, in words.
    ///
    /// # Errors
    /// The words, when the step does not fit.
    pub fn after(self, step: Step, consent_allowed: bool) -> Result<State, &'static str> {
        match (step, self) {
            (Step::Allow, State::Returned) if consent_allowed => Ok(State::Allowed),
            (Step::Allow, State::Returned) => Err("the standard asks for a rewrite here; consent is not possible"),
            (Step::Allow, State::Allowed) => Err("consent has been given already; send the same mail again"),
            (Step::Allow, State::Held) => Err("a held mail is not sent by consent; rewrite it, or discard it"),

            (Step::MarkSent, State::Allowed) => Ok(State::Sent),
            (Step::MarkSent, State::Returned | State::Held) => Err("nothing may be sent without consent"),

            (Step::Discard, State::Returned | State::Allowed | State::Held) => Ok(State::Discarded),

            (_, State::Annotated | State::Sent) => {
                Err("it has gone to its recipients; there is nothing left to decide")
            }
            (_, State::Discarded) => Err("it was given up, and its octets are erased"),
        }
    }

    /// A stable word, the same as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Annotated => "annotated",
            State::Returned => "returned",
            State::Allowed => "allowed",
            State::Held => "held",
            State::Sent => "sent",
            State::Discarded => "discarded",
        }
    }

    /// Every state, in the order of a mail's life.
    pub const ALL: [State; 6] = [
        State::Annotated,
        State::Returned,
        State::Allowed,
        State::Held,
        State::Sent,
        State::Discarded,
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

    /// The whole table: everything that is not named here is refused.
    #[test]
    fn only_these_steps_lead_on() {
        let mut led_on = Vec::new();
        for step in [Step::Allow, Step::MarkSent, Step::Discard] {
            for state in State::ALL {
                for consent_allowed in [true, false] {
                    if let Ok(next) = state.after(step, consent_allowed) {
                        led_on.push((step, state, consent_allowed, next));
                    }
                }
            }
        }
        assert_eq!(
            led_on,
            [
                (Step::Allow, State::Returned, true, State::Allowed),
                (Step::MarkSent, State::Allowed, true, State::Sent),
                (Step::MarkSent, State::Allowed, false, State::Sent),
                (Step::Discard, State::Returned, true, State::Discarded),
                (Step::Discard, State::Returned, false, State::Discarded),
                (Step::Discard, State::Allowed, true, State::Discarded),
                (Step::Discard, State::Allowed, false, State::Discarded),
                (Step::Discard, State::Held, true, State::Discarded),
                (Step::Discard, State::Held, false, State::Discarded),
            ]
        );
    }

    #[test]
    fn words_are_those_of_json() {
        for state in State::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
            assert_eq!(State::from_word(state.word()), Some(state));
        }
    }
}
