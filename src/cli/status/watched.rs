//! What the guard knows: how far it has looked through each account's mailboxes, drafts, and mail that went past.

use crate::cli::output::clean;
use crate::history::is_known;
use crate::reading::ProspectingClass;
use crate::store::{Draft, Outcome, Owner, Scan};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Mail that went past is counted for so long.
pub(super) const COUNTED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One account that is watched.
#[derive(Debug, Serialize)]
pub(super) struct Watched {
    #[serde(flatten)]
    owner: Owner,
    /// How far its mailboxes have been looked through.
    history: Vec<Scan>,
    /// Whether a first touch can be told from a later one.
    history_known: bool,
    /// Drafts that were read and are still there.
    drafts: usize,
    /// Prospecting mail of the last 30 days that went through here.
    prospecting: usize,
    /// The same that went past.
    prospecting_elsewhere: usize,
    /// How many of both were answered by a person.
    answered: usize,
}

/// Everything by account.
pub(super) fn gather(
    scans: Vec<(Owner, Scan)>,
    drafts: &[Draft],
    outcomes: &[Outcome],
    now: Timestamp,
) -> Vec<Watched> {
    let mut all: BTreeMap<Owner, Watched> = BTreeMap::new();
    let mut of = |owner: &Owner, change: &mut dyn FnMut(&mut Watched)| {
        let watched = all.entry(owner.clone()).or_insert_with(|| Watched {
            owner: owner.clone(),
            history: Vec::new(),
            history_known: false,
            drafts: 0,
            prospecting: 0,
            prospecting_elsewhere: 0,
            answered: 0,
        });
        change(watched);
    };
    for (owner, scan) in scans {
        of(&owner, &mut |watched| watched.history.push(scan.clone()));
    }
    for draft in drafts {
        of(&draft.owner, &mut |watched| watched.drafts += 1);
    }
    let prospecting = outcomes.iter().filter(|outcome| outcome.class == ProspectingClass::Yes);
    for outcome in prospecting {
        of(&outcome.owner, &mut |watched| {
            watched.prospecting += usize::from(!outcome.elsewhere);
            watched.prospecting_elsewhere += usize::from(outcome.elsewhere);
            watched.answered += usize::from(outcome.answered_at.is_some());
        });
    }
    let mut all: Vec<Watched> = all.into_values().collect();
    for watched in &mut all {
        watched.history_known = is_known(&watched.history, now);
    }
    all
}

/// A paragraph for each account.
pub(super) fn write(out: &mut dyn Write, all: &[Watched]) -> io::Result<()> {
    for watched in all {
        writeln!(out)?;
        writeln!(
            out,
            "{} at {}:",
            clean(&watched.owner.account),
            clean(&watched.owner.upstream)
        )?;
        if !watched.history.is_empty() {
            writeln!(out, "  earlier mail: {}", progress(watched))?;
        }
        if watched.drafts > 0 {
            writeln!(
                out,
                "  drafts that were read: {}. See them: youward drafts",
                watched.drafts
            )?;
        }
        let (through, past) = (watched.prospecting, watched.prospecting_elsewhere);
        if through + past > 0 {
            writeln!(
                out,
                "  prospecting mail in 30 days: {through} through Youward, {past} past it (phone, web mail); {} answered",
                watched.answered
            )?;
        }
    }
    Ok(())
}

fn progress(watched: &Watched) -> String {
    let looked = watched.history.iter().map(|scan| scan.looked_at).min();
    let at = looked.map_or_else(String::new, |at: Timestamp| at.strftime("%Y-%m-%d %H:%MZ").to_string());
    if watched.history_known {
        return format!("known ({at})");
    }
    if watched.history.iter().all(|scan| scan.whole_at.is_some()) {
        return format!("known until {at}, which is too long ago; waits for the account's next login");
    }
    let parts: Vec<String> = watched
        .history
        .iter()
        .map(|scan| match scan.whole_at {
            Some(_) => format!("{} done", scan.mailbox),
            None => format!("{} {} of {}", scan.mailbox, scan.done, scan.mails.max(scan.done)),
        })
        .collect();
    format!("being looked through: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::noon;

    fn scan(mailbox: &str, done: u32, whole: bool) -> (Owner, Scan) {
        let scan = Scan {
            mailbox: mailbox.to_owned(),
            uid_validity: 1,
            lowest: 1,
            highest: 900,
            mails: 900,
            done,
            whole_at: whole.then(|| noon(0)),
            looked_at: noon(0),
        };
        (Owner::new("corp", "ana@seller.example"), scan)
    }

    fn outcome(elsewhere: bool, answered: bool) -> Outcome {
        Outcome {
            owner: Owner::new("corp", "ana@seller.example"),
            at: noon(0),
            elsewhere,
            class: ProspectingClass::Yes,
            score: Some(40),
            categories: Vec::new(),
            recipients: 1,
            answered_at: answered.then(|| noon(1)),
            automatic_at: None,
            bounced_at: None,
        }
    }

    fn shown(all: &[Watched]) -> String {
        let mut out = Vec::new();
        write(&mut out, all).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_says_how_far_it_has_looked_and_what_went_past() {
        let outcomes = [outcome(false, true), outcome(false, false), outcome(true, false)];
        let all = gather(
            vec![scan("inbox", 400, false), scan("sent", 900, true)],
            &[],
            &outcomes,
            noon(1),
        );
        let text = shown(&all);
        assert!(
            text.contains("being looked through: inbox 400 of 900, sent done"),
            "{text}"
        );
        assert!(text.contains("2 through Youward, 1 past it"), "{text}");
        assert!(text.contains("; 1 answered"), "{text}");
        let text = shown(&gather(vec![scan("inbox", 900, true)], &[], &[], noon(1)));
        let late = noon(9 * 24 * 60);
        let stale = shown(&gather(vec![scan("inbox", 900, true)], &[], &[], late));
        assert!(
            stale.contains("known until 20") && stale.contains("next login"),
            "{stale}"
        );
        assert!(text.contains("known (20") && !text.contains("prospecting"), "{text}");
    }
}
