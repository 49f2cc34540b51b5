//! The judge of holds and releases: what clients were told, what was released, what is kept and what arrived.
//!
//! Nothing here knows how Youward works inside; the states are those that `youward held list` shows.

use super::judge::Submitted;
use super::judge::Told;
use super::ledger::Ledger;
use super::letters::token_of;
use std::collections::{HashMap, HashSet};

/// What is wrong with a mail, by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It was acknowledged as held, and there is no record of it.
    Lost(String),
    /// Its release was acknowledged, and the record does not know it.
    ReleaseLost(String),
    /// The record says that it went, and nobody got it.
    SaidSent(String),
    /// It arrived, and the record says that it is still to be decided or to be sent.
    Unmarked(String),
    /// It arrived more than once, and nobody had answered for that.
    Doubled(String),
    /// What is kept, or what arrived, has other octets.
    Altered(String),
    /// It is kept twice.
    KeptTwice(String),
    /// It arrived or is kept, and nobody submitted it.
    Invented(String),
    /// The program never came to rest with it after a restart.
    Unsettled(String),
}

/// A record, as far as the judge looks.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// `held`, `released`, …
    pub(crate) state: String,
    /// The octets, unless they are erased.
    pub(crate) octets: Option<Vec<u8>>,
    /// By its Message-ID.
    pub(crate) token: String,
}

/// Everything that is kept.
pub(crate) fn kept(ledger: &Ledger) -> Vec<Kept> {
    let all = ledger.records();
    all.iter()
        .map(|summary| {
            let record = ledger.record(&summary.id.0);
            let id = record.message_id.unwrap_or_default();
            Kept {
                state: summary.state.word().to_owned(),
                octets: record.mail.map(|mail| mail.octets().to_vec()),
                token: id.split('@').next().unwrap_or_default().to_owned(),
            }
        })
        .collect()
}

/// Lays the ledgers side by side. `at_rest` if the program has looked at all records since the last kill.
pub(crate) fn judge(
    client: &[Submitted],
    released: &HashSet<String>,
    store: &[Kept],
    provider: &[Vec<u8>],
    at_rest: bool,
) -> Vec<Wrong> {
    let mut records: HashMap<&str, Vec<&Kept>> = HashMap::new();
    for record in store {
        records.entry(&record.token).or_default().push(record);
    }
    let mut arrived: HashMap<String, Vec<&[u8]>> = HashMap::new();
    for octets in provider {
        arrived
            .entry(token_of(octets).unwrap_or_default())
            .or_default()
            .push(octets);
    }
    let mut wrong = Vec::new();
    for mail in client {
        let token = || mail.token.clone();
        let records = records.remove(mail.token.as_str()).unwrap_or_default();
        let arrived = arrived.remove(&mail.token).unwrap_or_default();
        let whole = arrived.iter().all(|octets| *octets == mail.octets)
            && records
                .iter()
                .all(|record| record.octets.as_ref().is_none_or(|octets| *octets == mail.octets));
        if !whole {
            wrong.push(Wrong::Altered(token()));
        }
        if arrived.len() > 1 {
            wrong.push(Wrong::Doubled(token()));
        }
        if records.len() > 1 {
            wrong.push(Wrong::KeptTwice(token()));
        }
        let Some(record) = records.first() else {
            if mail.told == Told::Held {
                wrong.push(Wrong::Lost(token()));
            }
            continue;
        };
        match record.state.as_str() {
            "held" | "released" if !arrived.is_empty() => wrong.push(Wrong::Unmarked(token())),
            "held" if released.contains(&mail.token) => wrong.push(Wrong::ReleaseLost(token())),
            "held" | "released" if record.octets.is_none() => wrong.push(Wrong::Lost(token())),
            "sent" if arrived.is_empty() => wrong.push(Wrong::SaidSent(token())),
            "sending" | "released" if at_rest => wrong.push(Wrong::Unsettled(token())),
            "held" | "released" | "sending" | "in-doubt" | "sent" => {}
            _ => wrong.push(Wrong::Lost(token())),
        }
    }
    wrong.extend(records.into_keys().map(|token| Wrong::Invented(token.to_owned())));
    wrong.extend(arrived.into_keys().map(Wrong::Invented));
    wrong
}

mod tests {
    use super::*;

    fn submitted(token: &str) -> Submitted {
        Submitted {
            token: token.to_owned(),
            octets: octets(token),
            told: Told::Held,
        }
    }

    fn octets(token: &str) -> Vec<u8> {
        format!("X-First: {token}\r\n").into_bytes()
    }

    fn record(token: &str, state: &str) -> Kept {
        Kept {
            state: state.to_owned(),
            octets: (state != "sent").then(|| octets(token)),
            token: token.to_owned(),
        }
    }

    fn judged(states: &[&str], released: bool, copies: usize, at_rest: bool) -> Vec<Wrong> {
        let store: Vec<Kept> = states.iter().map(|state| record("a", state)).collect();
        let released = released.then(|| "a".to_owned()).into_iter().collect();
        judge(
            &[submitted("a")],
            &released,
            &store,
            &vec![octets("a"); copies],
            at_rest,
        )
    }

    #[test]
    fn every_honest_end_is_no_fault() {
        assert_eq!(judged(&["held"], false, 0, true), []);
        assert_eq!(judged(&["released"], true, 0, false), []);
        assert_eq!(judged(&["sending"], true, 1, false), []);
        for copies in [0, 1] {
            assert_eq!(judged(&["in-doubt"], true, copies, true), []);
        }
        assert_eq!(judged(&["sent"], true, 1, true), []);
    }

    #[test]
    fn every_fault_is_named() {
        let a = || "a".to_owned();
        assert_eq!(judged(&[], false, 0, false), [Wrong::Lost(a())]);
        assert_eq!(judged(&["discarded"], false, 0, false), [Wrong::Lost(a())]);
        assert_eq!(judged(&["held"], true, 0, false), [Wrong::ReleaseLost(a())]);
        assert_eq!(judged(&["held"], false, 1, false), [Wrong::Unmarked(a())]);
        assert_eq!(judged(&["released"], true, 1, false), [Wrong::Unmarked(a())]);
        assert_eq!(judged(&["sent"], true, 0, false), [Wrong::SaidSent(a())]);
        assert_eq!(judged(&["sent"], true, 2, false), [Wrong::Doubled(a())]);
        assert_eq!(judged(&["held", "held"], false, 0, false), [Wrong::KeptTwice(a())]);
        assert_eq!(judged(&["sending"], true, 0, true), [Wrong::Unsettled(a())]);
        assert_eq!(judged(&["released"], true, 0, true), [Wrong::Unsettled(a())]);
        let stray = judge(&[], &HashSet::new(), &[record("b", "held")], &[octets("c")], false);
        assert_eq!(
            stray,
            [Wrong::Invented("b".to_owned()), Wrong::Invented("c".to_owned())]
        );
        let mut other = record("a", "held");
        other.octets = Some(b"X-First: a\r\nother".to_vec());
        let wrong = judge(&[submitted("a")], &HashSet::new(), &[other], &[], false);
        assert_eq!(wrong, [Wrong::Altered(a())]);
    }
}
