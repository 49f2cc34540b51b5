//! The life of a record as one table: which step leads from where to where. Pure.

use crate::store::State;

/// A step that somebody wants to take with a record, or that happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The author consents to sending a returned mail as written.
    Allow,
    /// The consented mail was sent by its author again, and went.
    UseConsent,
    /// A held mail is to be sent as written.
    Release,
    /// That is taken back.
    Withdraw,
    /// The end of its content is about to be sent.
    Begin,
    /// The provider took it.
    Taken,
    /// The provider did not take it now; it is tried again.
    Defer,
    /// The provider did not take it for good, or not for too long.
    Refuse,
    /// The provider's answer was lost, or this program ended before it came.
    Lose,
    /// It is known that it went.
    Confirm,
    /// It is known that it did not go, or somebody answers for a second copy.
    SendAgain,
    /// Its author wrote another one instead.
    Supersede,
    /// Nobody ended the hold.
    Expire,
    /// It is given up.
    Discard,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 14] = [
        Step::Allow,
        Step::UseConsent,
        Step::Release,
        Step::Withdraw,
        Step::Begin,
        Step::Taken,
        Step::Defer,
        Step::Refuse,
        Step::Lose,
        Step::Confirm,
        Step::SendAgain,
        Step::Supersede,
        Step::Expire,
        Step::Discard,
    ];

    /// What the audit calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Step::Allow => "allowed",
            Step::UseConsent | Step::Taken => "sent",
            Step::Release => "released",
            Step::Withdraw => "withdrawn",
            Step::Begin => "sending",
            Step::Defer => "deferred",
            Step::Refuse => "refused",
            Step::Lose => "in-doubt",
            Step::Confirm => "confirmed",
            Step::SendAgain => "sent-again",
            Step::Supersede => "superseded",
            Step::Expire => "expired",
            Step::Discard => "discarded",
        }
    }
}

/// Where a step leads, or in words why it can't be taken. Whether somebody may take it is not asked here.
///
/// # Errors
/// The words, when the step does not fit.
pub fn after(state: State, step: Step) -> Result<State, &'static str> {
    match (step, state) {
        (Step::Allow, State::Returned) => Ok(State::Allowed),
        (Step::UseConsent, State::Allowed) => Ok(State::Sent),

        (Step::Release, State::Held) => Ok(State::Released),
        (Step::Withdraw, State::Released) => Ok(State::Held),
        (Step::Begin, State::Released) => Ok(State::Sending),
        (Step::Taken, State::Sending) => Ok(State::Sent),
        (Step::Defer, State::Sending) => Ok(State::Released),
        (Step::Refuse, State::Sending | State::Released) => Ok(State::Refused),
        (Step::Lose, State::Sending) => Ok(State::InDoubt),
        (Step::Confirm, State::InDoubt) => Ok(State::Sent),
        (Step::SendAgain, State::InDoubt) => Ok(State::Released),

        (Step::Expire, State::Held) => Ok(State::Returned),
        (
            Step::Supersede,
            State::Returned | State::Allowed | State::Held | State::Released | State::InDoubt | State::Refused,
        ) => Ok(State::Superseded),
        (
            Step::Discard,
            State::Returned | State::Allowed | State::Held | State::Released | State::InDoubt | State::Refused,
        ) => Ok(State::Discarded),

        _ => Err(why_not(state, step)),
    }
}

/// What would be needed, in words.
fn why_not(state: State, step: Step) -> &'static str {
    match (step, state) {
        (Step::Allow, State::Allowed) => "consent has been given already; send the same mail again",
        (Step::Allow, State::Held) => "a held mail is not sent by consent; release, rewrite or discard it",
        (Step::Release, State::Returned | State::Allowed) => {
            "a returned mail is with its author: `youward held allow` lets it go when it is sent again"
        }
        (Step::Release, State::Released) => "it is released already, and goes as soon as it can",
        (Step::Release | Step::Withdraw | Step::Discard | Step::Supersede, State::Sending) => {
            "it is being sent at this moment"
        }
        (Step::Release, State::InDoubt) => "whether it went is not known; `youward held settle` says which it is",
        (Step::Release, State::Refused) => "the provider did not take it; change it and send it again",
        (Step::Confirm | Step::SendAgain, _) if state != State::InDoubt => "it is not in doubt whether it went",
        (_, State::Annotated | State::Sent) => "it has gone to its recipients; there is nothing left to decide",
        (_, State::Superseded) => "its author wrote another one instead",
        (_, State::Discarded) => "it was given up, and its octets are erased",
        (Step::UseConsent | Step::Begin, _) => "nothing may be sent without consent",
        _ => "this step does not fit where it stands",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table: everything that is not named here is refused.
    const TABLE: [(Step, State, State); 25] = [
        (Step::Allow, State::Returned, State::Allowed),
        (Step::UseConsent, State::Allowed, State::Sent),
        (Step::Release, State::Held, State::Released),
        (Step::Withdraw, State::Released, State::Held),
        (Step::Begin, State::Released, State::Sending),
        (Step::Taken, State::Sending, State::Sent),
        (Step::Defer, State::Sending, State::Released),
        (Step::Refuse, State::Released, State::Refused),
        (Step::Refuse, State::Sending, State::Refused),
        (Step::Lose, State::Sending, State::InDoubt),
        (Step::Confirm, State::InDoubt, State::Sent),
        (Step::SendAgain, State::InDoubt, State::Released),
        (Step::Supersede, State::Returned, State::Superseded),
        (Step::Supersede, State::Allowed, State::Superseded),
        (Step::Supersede, State::Held, State::Superseded),
        (Step::Supersede, State::Released, State::Superseded),
        (Step::Supersede, State::InDoubt, State::Superseded),
        (Step::Supersede, State::Refused, State::Superseded),
        (Step::Expire, State::Held, State::Returned),
        (Step::Discard, State::Returned, State::Discarded),
        (Step::Discard, State::Allowed, State::Discarded),
        (Step::Discard, State::Held, State::Discarded),
        (Step::Discard, State::Released, State::Discarded),
        (Step::Discard, State::InDoubt, State::Discarded),
        (Step::Discard, State::Refused, State::Discarded),
    ];

    #[test]
    fn every_transition_that_is_not_in_the_table_is_refused() {
        let mut led_on = Vec::new();
        for step in Step::ALL {
            for state in State::ALL {
                match after(state, step) {
                    Ok(next) => led_on.push((step, state, next)),
                    Err(why) => assert!(!why.is_empty(), "{step:?} {state}"),
                }
            }
        }
        assert_eq!(led_on, TABLE);
    }

    #[test]
    fn nothing_reaches_sent_but_by_consent_or_release() {
        for (step, from, to) in TABLE {
            if to == State::Sent {
                assert!(
                    matches!(
                        (step, from),
                        (Step::UseConsent, State::Allowed)
                            | (Step::Taken, State::Sending)
                            | (Step::Confirm, State::InDoubt)
                    ),
                    "{step:?}"
                );
            }
            if to == State::Sending {
                assert_eq!(from, State::Released);
            }
        }
    }

    #[test]
    fn open_states_are_those_that_can_be_given_up_or_are_under_way() {
        for state in State::ALL {
            let open = after(state, Step::Discard).is_ok() || state == State::Sending;
            assert_eq!(State::OPEN.contains(&state), open, "{state}");
        }
    }
}
