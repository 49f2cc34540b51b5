//! Who has written to whom, and when: the gate's memory, handed in as a value.

use crate::mail::Address;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known of earlier mail between the account and the recipients of one mail. Unknown by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondence {
    /// When somebody looked; `None` while nobody has.
    looked: Option<Timestamp>,
    /// Whether they looked through everything, so that nothing found means that there is nothing.
    whole: bool,
    people: Vec<Acquaintance>,
}

/// What is known of earlier mail with one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquaintance {
    /// Whom it is about.
    pub address: Address,
    /// When this address last wrote to the account.
    pub wrote: Option<Timestamp>,
    /// When anyone of its organisation's domain last wrote to the account, this address included. Always `None` for
    /// providers where anyone may have a mailbox.
    pub organisation_wrote: Option<Timestamp>,
    /// How often the account has written to it since it last wrote, or ever.
    pub unanswered: u32,
    /// When the account last wrote to it.
    pub written: Option<Timestamp>,
}

/// How the account stands with the people outside that a mail goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has looked.
    Unknown,
    /// Most have never written, nor anyone of their organisations; with the most mails that one of them left unanswered.
    Strangers(u32),
    /// Most have never written, but someone of an organisation among theirs has; with the same number.
    NewAtKnown(u32),
    /// At least half have written; whether within [`RECENT`].
    Known { recently: bool },
}

/// Mail that came in within this time makes a relationship.
const RECENT: SignedDuration = SignedDuration::from_hours(180 * 24);

impl Correspondence {
    /// Somebody has looked, at this time, and this is what there was. An address that is not among `people` has never
    /// written, and was never written to.
    #[must_use]
    pub fn known(at: Timestamp, people: Vec<Acquaintance>) -> Correspondence {
        Correspondence {
            looked: Some(at),
            whole: true,
            people,
        }
    }

    /// Somebody is looking, and this is what there is up to now. Who is among `people` has written or was written to; of
    /// everybody else nothing is known.
    #[must_use]
    pub fn partly(at: Timestamp, people: Vec<Acquaintance>) -> Correspondence {
        Correspondence {
            looked: Some(at),
            whole: false,
            people,
        }
    }

    /// Whether somebody has looked through everything.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.looked.is_some() && self.whole
    }

    /// When somebody looked.
    pub(crate) fn looked(&self) -> Option<Timestamp> {
        self.looked
    }

    /// What is known of one address, if it ever wrote or was written to.
    #[must_use]
    pub fn with(&self, address: &Address) -> Option<&Acquaintance> {
        let folded = address.folded();
        self.people.iter().find(|known| known.address.folded() == folded)
    }

    pub(crate) fn standing(&self, outside: &[Address]) -> Standing {
        let Some(now) = self.looked else {
            return Standing::Unknown;
        };
        let known: Vec<&Acquaintance> = outside.iter().filter_map(|address| self.with(address)).collect();
        let wrote: Vec<Timestamp> = known.iter().filter_map(|person| person.wrote).collect();
        // A mail to fifty strangers is no relationship because one of them once wrote.
        if !wrote.is_empty() && wrote.len() * 2 >= outside.len() {
            let recently = wrote.iter().any(|at| now.duration_since(*at) <= RECENT);
            return Standing::Known { recently };
        }
        if !self.whole {
            return Standing::Unknown;
        }
        let unanswered = known.iter().map(|person| person.unanswered).max().unwrap_or(0);
        if known.iter().any(|person| person.organisation_wrote.is_some()) {
            Standing::NewAtKnown(unanswered)
        } else {
            Standing::Strangers(unanswered)
        }
    }

    /// Whether none of them has ever written, for certain.
    pub(crate) fn never_wrote(&self, outside: &[Address]) -> bool {
        self.is_known()
            && !outside
                .iter()
                .any(|address| self.with(address).is_some_and(|person| person.wrote.is_some()))
    }

    /// Whether one of them has ever written.
    pub(crate) fn any_wrote(&self, outside: &[Address]) -> bool {
        outside
            .iter()
            .any(|address| self.with(address).is_some_and(|person| person.wrote.is_some()))
    }
}

impl Acquaintance {
    /// Nobody has written yet, either way.
    #[must_use]
    pub fn of(address: Address) -> Acquaintance {
        Acquaintance {
            address,
            wrote: None,
            organisation_wrote: None,
            unanswered: 0,
            written: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn days(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn half_of_the_recipients_make_a_relationship() {
        let wrote = |name: &str, day: i64| Acquaintance {
            wrote: Some(days(day)),
            organisation_wrote: Some(days(day)),
            ..Acquaintance::of(address(name))
        };
        let correspondence =
            Correspondence::known(days(300), vec![wrote("jo@a.example", 290), wrote("bo@b.example", 9)]);
        let to = |names: &[&str]| {
            let to: Vec<Address> = names.iter().map(|name| address(name)).collect();
            correspondence.standing(&to)
        };
        assert_eq!(to(&["JO@a.example"]), Standing::Known { recently: true });
        assert_eq!(to(&["bo@b.example"]), Standing::Known { recently: false });
        assert_eq!(to(&["jo@a.example", "x@x.example"]), Standing::Known { recently: true });
        assert_eq!(
            to(&["jo@a.example", "x@x.example", "y@y.example"]),
            Standing::NewAtKnown(0)
        );
        assert_eq!(to(&["x@x.example"]), Standing::Strangers(0));
        assert_eq!(Correspondence::default().standing(&[]), Standing::Unknown);
    }

    #[test]
    fn what_is_found_counts_before_the_end_and_what_is_not_found_does_not() {
        let jo = Acquaintance {
            wrote: Some(days(9)),
            organisation_wrote: Some(days(9)),
            ..Acquaintance::of(address("jo@a.example"))
        };
        let partly = Correspondence::partly(days(10), vec![jo]);
        assert_eq!(
            partly.standing(&[address("jo@a.example")]),
            Standing::Known { recently: true }
        );
        assert_eq!(partly.standing(&[address("bo@a.example")]), Standing::Unknown);
        assert!(!partly.is_known() && !partly.never_wrote(&[address("bo@a.example")]));
        assert!(partly.any_wrote(&[address("jo@a.example")]));
    }

    #[test]
    fn unanswered_mails_are_counted_for_the_one_who_got_most() {
        let person = Acquaintance {
            unanswered: 2,
            written: Some(days(3)),
            ..Acquaintance::of(address("jo@a.example"))
        };
        let correspondence = Correspondence::known(days(5), vec![person]);
        assert_eq!(
            correspondence.standing(&[address("jo@a.example")]),
            Standing::Strangers(2)
        );
        assert!(correspondence.never_wrote(&[address("jo@a.example")]));
    }
}
