//! What can be decided about a mail where it stands, and what each decision is called.

use crate::annotate::words;
use crate::config::show_duration;
use crate::hold::Decider;
use crate::standard::{Then, Who};
use crate::store::{Record, State};
use crate::web::app::Parts;

/// A decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Allow,
    Release,
    Withdraw,
    Went,
    SendAgain,
    Discard,
}

/// A decision as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) name: &'static str,
    pub(super) button: &'static str,
    pub(super) text: String,
    /// Whether a reason must be typed.
    pub(super) reason: bool,
    /// Whether it can't be taken back.
    pub(super) last: bool,
}

/// Where the mail stands, and the ways on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ways {
    pub(super) lead: String,
    /// Who else must decide, or when it ends by itself.
    pub(super) aside: Option<String>,
    pub(super) offers: Vec<Offer>,
}

/// The longest reason, as for the commands.
const LONGEST_REASON: usize = 500;

impl Way {
    const ALL: [Way; 6] = [
        Way::Allow,
        Way::Release,
        Way::Withdraw,
        Way::Went,
        Way::SendAgain,
        Way::Discard,
    ];

    pub(super) fn named(name: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Way::Allow => "allow",
            Way::Release => "release",
            Way::Withdraw => "withdraw",
            Way::Went => "went",
            Way::SendAgain => "send-again",
            Way::Discard => "discard",
        }
    }

    fn leads_to(self) -> State {
        match self {
            Way::Allow => State::Allowed,
            Way::Release | Way::SendAgain => State::Released,
            Way::Withdraw => State::Held,
            Way::Went => State::Sent,
            Way::Discard => State::Discarded,
        }
    }
}

/// What a page says after a decision, as long as the mail stands where that led: it may have gone on meanwhile.
pub(super) fn done(name: &str, state: State) -> Option<&'static str> {
    let way = Way::named(name).filter(|way| way.leads_to() == state)?;
    Some(match way {
        Way::Allow => "Allowed. Send the same mail again from your mail client: it goes out exactly as written.",
        Way::Release => "Released. It goes out exactly as written as soon as that is possible.",
        Way::Withdraw => "Held again. Nobody received it.",
        Way::Went => "Settled: it went.",
        Way::SendAgain => "It is sent again as soon as that is possible.",
        Way::Discard => "Given up. Its octets are erased, and nobody received it.",
    })
}

/// Whether a reason will do.
pub(super) fn sound(way: Way, record: &Record, reason: &str) -> Result<(), String> {
    match reason.chars().count() {
        0 if needs_reason(way, record) => Err("Say in a few words why; the audit keeps it.".to_owned()),
        0..=LONGEST_REASON => Ok(()),
        _ => Err(format!("A reason has at most {LONGEST_REASON} characters.")),
    }
}

/// As for the commands: always, but for a release whose terms do not ask.
fn needs_reason(way: Way, record: &Record) -> bool {
    way != Way::Release || record.verdict.terms.as_ref().is_none_or(|terms| terms.reason_required)
}

impl Ways {
    pub(super) fn of(record: &Record, parts: &Parts) -> Ways {
        let mut ways = Ways {
            lead: lead(record.summary.state, &parts.resend_window).to_owned(),
            aside: None,
            offers: Vec::new(),
        };
        match record.summary.state {
            State::Returned => ways.returned(record, parts),
            State::Held => ways.held(record, &parts.who),
            State::Released => ways.offer(Way::Withdraw, record),
            State::InDoubt => {
                ways.offer(Way::Went, record);
                ways.offer(Way::SendAgain, record);
            }
            _ => {}
        }
        let can_end = crate::hold::life::after(record.summary.state, crate::hold::life::Step::Discard);
        if can_end.is_ok() {
            ways.offer(Way::Discard, record);
        }
        ways
    }

    fn returned(&mut self, record: &Record, parts: &Parts) {
        let verdict = &record.verdict;
        if !record.summary.consent_allowed {
            self.aside = Some("The standard asks for a rewrite here; it can't be sent as it is.".to_owned());
        } else if may(verdict.consent_by, &verdict.approvers, &parts.who) {
            self.offer(Way::Allow, record);
        } else {
            self.aside = Some(only(verdict.consent_by, &verdict.approvers, "allow it as it is"));
        }
    }

    fn held(&mut self, record: &Record, who: &Decider) {
        let Some(terms) = &record.verdict.terms else { return };
        if may(terms.release_by, &terms.approvers, who) {
            self.offer(Way::Release, record);
        } else {
            self.aside = Some(only(terms.release_by, &terms.approvers, "release it as it is"));
            return;
        }
        if terms.expires_after_hours > 0 && terms.then == Then::Return {
            self.aside = Some(format!(
                "The hold ends by itself {} hours after it began; nothing is sent then.",
                terms.expires_after_hours
            ));
        }
    }

    fn offer(&mut self, way: Way, record: &Record) {
        let (button, text) = match way {
            Way::Allow => (
                "Allow as written",
                "You then send the same mail once more, and it goes out exactly as it is.",
            ),
            Way::Release => (
                "Release as written",
                "It goes out exactly as it is, as soon as that is possible.",
            ),
            Way::Withdraw => ("Hold it again", "As long as it has not been sent."),
            Way::Went => ("It went", "The recipient has it, or it is in your Sent mailbox."),
            Way::SendAgain => (
                "Send it again",
                "It did not go, or a second copy is wanted all the same.",
            ),
            Way::Discard => ("Give it up", "Its octets are erased. This can't be undone."),
        };
        self.offers.push(Offer {
            name: way.name(),
            button,
            text: text.to_owned(),
            reason: needs_reason(way, record),
            last: way == Way::Discard,
        });
    }
}

/// Whether the standard lets them; the custody asks once more.
fn may(by: Who, approvers: &[String], who: &Decider) -> bool {
    match (by, who) {
        (Who::Author, _) => true,
        (Who::Approver, Decider::User(name)) => by.is(name, approvers),
        (Who::Approver | Who::Nobody, _) => false,
    }
}

fn only(by: Who, approvers: &[String], what: &str) -> String {
    match by {
        Who::Nobody => format!("The standard asks for a rewrite here; nobody may {what}."),
        Who::Author | Who::Approver if approvers.is_empty() => {
            format!("Only an approver may {what}, and the standard names none.")
        }
        Who::Author | Who::Approver => {
            format!("Only an approver may {what}: {}.", words::line(&approvers.join(", ")))
        }
    }
}

/// Where it stands, in a sentence or two.
fn lead(state: State, window: &std::time::Duration) -> String {
    match state {
        State::Returned | State::Held => {
            "Nobody received it. Rewrite it in your mail client and send it again.".to_owned()
        }
        State::Allowed => format!(
            "Send the same mail once more within {}, and it goes out exactly as written.",
            show_duration(*window)
        ),
        State::Released => "It is released, and goes exactly as written as soon as that is possible.".to_owned(),
        State::Sending => "It is being sent at this moment.".to_owned(),
        State::InDoubt => {
            "The provider's answer was lost, so that nobody knows whether it went. It is not sent again by \
                           itself. Ask the recipient, or look into your Sent mailbox."
                .to_owned()
        }
        State::Refused => {
            "The provider did not take it, and nobody received it. Change it and send it again.".to_owned()
        }
        State::Superseded => "Its author wrote another one instead.".to_owned(),
        State::Annotated | State::Sent => "It has gone to its recipients, exactly as written.".to_owned(),
        State::Discarded => "It was given up. Nobody received it.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hold::Custody;
    use crate::reader::{Policy, PolicyCell};
    use crate::reading::Packs;
    use crate::standard::Standard;
    use crate::store::contract::{held, noon, returned};
    use crate::store::{NewRecord, SqliteStore, Store};
    use std::collections::HashSet;
    use std::sync::Arc;
    use std::time::Duration;

    async fn ways_of(new: NewRecord, who: Decider) -> (Ways, Record) {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
        let id = store.commit(new).await.unwrap();
        let record = store.get(&id.0).await.unwrap();
        let parts = Parts {
            custody: Arc::new(Custody::new(store.clone(), HashSet::new())),
            histories: store.clone(),
            drafts: store,
            policies: PolicyCell::new(Policy::new(Standard::builtin(), Packs::builtin())),
            sending: Vec::new(),
            data_dir: dir.path().to_owned(),
            resend_window: Duration::from_secs(24 * 3600),
            same_user_only: true,
            who,
            clock: || noon(0),
        };
        (Ways::of(&record, &parts), record)
    }

    fn names(ways: &Ways) -> Vec<&'static str> {
        ways.offers.iter().map(|offer| offer.name).collect()
    }

    fn user(name: &str) -> Decider {
        Decider::User(name.to_owned())
    }

    #[tokio::test]
    async fn a_release_is_offered_as_far_as_the_terms_allow_it() {
        for (by, who, offered, aside) in [
            (Who::Author, user("ana"), true, "ends by itself 48 hours"),
            (Who::Approver, user("mia"), true, "ends by itself"),
            (
                Who::Approver,
                user("ana"),
                false,
                "Only an approver may release it as it is: mia.",
            ),
            (
                Who::Approver,
                Decider::Claimed("mia".to_owned()),
                false,
                "Only an approver",
            ),
            (Who::Nobody, user("mia"), false, "nobody may release it"),
        ] {
            let (ways, _) = ways_of(held(1, noon(0), by), who.clone()).await;
            assert_eq!(names(&ways).contains(&"release"), offered, "{by:?} {who:?}");
            assert!(names(&ways).contains(&"discard"));
            assert!(
                ways.aside.as_deref().is_some_and(|told| told.contains(aside)),
                "{ways:?}"
            );
        }
    }

    #[tokio::test]
    async fn consent_is_offered_only_where_it_is_possible() {
        let (ways, record) = ways_of(returned(1, noon(0)), user("ana")).await;
        assert_eq!(names(&ways), ["allow", "discard"]);
        assert!(sound(Way::Allow, &record, "").is_err() && sound(Way::Allow, &record, "they asked").is_ok());
        assert!(sound(Way::Discard, &record, &"x".repeat(501)).is_err());
        let mut strict = returned(1, noon(0));
        strict.verdict.consent_allowed = false;
        let (ways, _) = ways_of(strict, user("ana")).await;
        assert_eq!(names(&ways), ["discard"]);
    }

    #[test]
    fn every_way_has_a_name_of_its_own_and_a_sentence() {
        for way in Way::ALL {
            assert_eq!(Way::named(way.name()), Some(way));
            assert!(done(way.name(), way.leads_to()).is_some());
            assert_eq!(done(way.name(), State::Superseded), None);
        }
        assert_eq!(done("nonsense", State::Held), None);
    }
}
