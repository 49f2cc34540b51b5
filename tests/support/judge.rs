//! The judge: three ledgers are laid side by side, and what does not agree is named.
//!
//! The client's ledger says what was submitted and what was answered; the store's what is kept; the provider's what
//! arrived there. Mails are told apart by a token in them. Nothing here knows how Youward works inside.

use std::collections::HashMap;

/// What the client was told about a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The provider has it (250, in the provider's words).
    Sent,
    /// It is held (250, in Youward's words).
    Held,
    /// It was refused, for good or for now.
    Refused,
    /// Nothing: the connection ended first.
    Nothing,
}

/// The client's line about a mail.
#[derive(Debug, Clone)]
pub(crate) struct Submitted {
    /// Its token.
    pub(crate) token: String,
    /// The octets.
    pub(crate) octets: Vec<u8>,
    /// What came back.
    pub(crate) told: Told,
}

/// A mail kept in the store.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// Where it stands: `held`, `returned`, …
    pub(crate) state: String,
    /// The octets.
    pub(crate) octets: Vec<u8>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// J1: acknowledged as held, and not in the store.
    LostHold(String),
    /// J1: acknowledged as sent, and the provider does not have it.
    LostSent(String),
    /// J1: in the store or at the provider, with other octets than submitted.
    Altered(String),
    /// J2: more copies at the provider than were submitted.
    Doubled(String),
    /// J3: held, and the provider has it all the same.
    Leaked(String),
    /// J4: the provider has a mail that nobody submitted.
    Invented(String),
    /// J2: several records for one submission.
    StoredTwice(String),
}

/// Lays the ledgers side by side. `token_of` finds a mail's token.
pub(crate) fn judge(
    client: &[Submitted],
    store: &[Stored],
    provider: &[Vec<u8>],
    token_of: impl Fn(&[u8]) -> Option<String>,
) -> Vec<Fault> {
    let mut kept: HashMap<String, Vec<&Stored>> = HashMap::new();
    for record in store {
        kept.entry(token_of(&record.octets).unwrap_or_default())
            .or_default()
            .push(record);
    }
    let mut arrived: HashMap<String, Vec<&[u8]>> = HashMap::new();
    for octets in provider {
        arrived
            .entry(token_of(octets).unwrap_or_default())
            .or_default()
            .push(octets);
    }
    let mut faults = Vec::new();
    for mail in client {
        let token = mail.token.clone();
        let kept = kept.remove(&token).unwrap_or_default();
        let arrived = arrived.remove(&token).unwrap_or_default();
        let held = kept.iter().filter(|record| record.state == "held").count();
        if mail.told == Told::Held && held == 0 {
            faults.push(Fault::LostHold(token.clone()));
        }
        if mail.told == Told::Sent && arrived.is_empty() {
            faults.push(Fault::LostSent(token.clone()));
        }
        let whole = |octets: &[u8]| octets == mail.octets;
        if !kept.iter().all(|record| whole(&record.octets)) || !arrived.iter().all(|octets| whole(octets)) {
            faults.push(Fault::Altered(token.clone()));
        }
        if arrived.len() > 1 {
            faults.push(Fault::Doubled(token.clone()));
        }
        if kept.len() > 1 {
            faults.push(Fault::StoredTwice(token.clone()));
        }
        if held > 0 && !arrived.is_empty() {
            faults.push(Fault::Leaked(token));
        }
    }
    faults.extend(kept.into_keys().chain(arrived.into_keys()).map(Fault::Invented));
    faults
}

mod tests {
    use super::*;

    /// The token is the first word.
    fn token_of(octets: &[u8]) -> Option<String> {
        Some(String::from_utf8_lossy(octets).split(' ').next()?.to_owned())
    }

    fn submitted(text: &str, told: Told) -> Submitted {
        Submitted {
            token: token_of(text.as_bytes()).unwrap(),
            octets: text.into(),
            told,
        }
    }

    fn stored(text: &str, state: &str) -> Stored {
        Stored {
            state: state.into(),
            octets: text.into(),
        }
    }

    fn judged(client: &[Submitted], store: &[Stored], provider: &[&str]) -> Vec<Fault> {
        let provider: Vec<Vec<u8>> = provider.iter().map(|text| text.as_bytes().to_vec()).collect();
        judge(client, store, &provider, token_of)
    }

    #[test]
    fn agreeing_ledgers_have_no_fault() {
        let client = [
            submitted("a held", Told::Held),
            submitted("b sent", Told::Sent),
            submitted("c refused", Told::Refused),
            submitted("d cut off", Told::Nothing),
            submitted("e cut off, held", Told::Nothing),
            submitted("f cut off, sent", Told::Nothing),
            submitted("g returned", Told::Refused),
        ];
        let store = [
            stored("a held", "held"),
            stored("e cut off, held", "held"),
            stored("g returned", "returned"),
        ];
        assert_eq!(judged(&client, &store, &["b sent", "f cut off, sent"]), []);
    }

    #[test]
    fn an_acknowledged_hold_must_be_kept_as_held() {
        let client = [submitted("a x", Told::Held)];
        assert_eq!(judged(&client, &[], &[]), [Fault::LostHold("a".into())]);
        assert_eq!(
            judged(&client, &[stored("a x", "discarded")], &[]),
            [Fault::LostHold("a".into())]
        );
    }

    #[test]
    fn an_acknowledged_mail_must_have_arrived() {
        let client = [submitted("a x", Told::Sent)];
        assert_eq!(judged(&client, &[], &[]), [Fault::LostSent("a".into())]);
    }

    #[test]
    fn octets_must_be_the_same_everywhere() {
        let client = [submitted("a x", Told::Held), submitted("b x", Told::Sent)];
        let faults = judged(&client, &[stored("a ", "held")], &["b x\r\n"]);
        assert_eq!(faults, [Fault::Altered("a".into()), Fault::Altered("b".into())]);
    }

    #[test]
    fn one_submission_makes_one_mail() {
        let client = [submitted("a x", Told::Sent), submitted("b x", Told::Held)];
        let faults = judged(
            &client,
            &[stored("b x", "held"), stored("b x", "held")],
            &["a x", "a x"],
        );
        assert_eq!(faults, [Fault::Doubled("a".into()), Fault::StoredTwice("b".into())]);
    }

    #[test]
    fn nothing_held_may_leave() {
        let client = [submitted("a x", Told::Held)];
        assert_eq!(
            judged(&client, &[stored("a x", "held")], &["a x"]),
            [Fault::Leaked("a".into())]
        );
    }

    #[test]
    fn nothing_comes_from_nowhere() {
        assert_eq!(
            judged(&[], &[stored("b x", "held")], &[]),
            [Fault::Invented("b".into())]
        );
        assert_eq!(judged(&[], &[], &["a x"]), [Fault::Invented("a".into())]);
    }
}
