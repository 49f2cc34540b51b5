//! Each step as a transaction: where it leads, what it erases, and the work that follows. Pure.
//!
//! The table of [`life`](super::life) says whether a step fits; who may take it is asked in [`decisions`](super::decisions).

use super::life::{self, Step};
use super::{HoldError, matching};
use crate::store::{
    Claim, Erase, Mark, NewWork, Notice, OpenRecord, Permit, Record, RecordId, Rewrite, State, Transition, WorkKind,
};
use jiff::Timestamp;

/// Where a record stands, as far as a step needs it.
pub(super) struct Stand<'a> {
    id: &'a RecordId,
    state: State,
}

impl<'a> From<&'a Record> for Stand<'a> {
    fn from(record: &'a Record) -> Stand<'a> {
        Stand {
            id: &record.summary.id,
            state: record.summary.state,
        }
    }
}

impl<'a> From<&'a OpenRecord> for Stand<'a> {
    fn from(record: &'a OpenRecord) -> Stand<'a> {
        Stand {
            id: &record.id,
            state: record.state,
        }
    }
}

/// The bare step, or why it does not fit.
fn take<'a>(record: impl Into<Stand<'a>>, step: Step, at: Timestamp, why: &str) -> Result<Transition, HoldError> {
    let stand = record.into();
    let to = life::after(stand.state, step).map_err(|why| HoldError::NotPossible {
        id: stand.id.clone(),
        state: stand.state,
        why,
    })?;
    Ok(Transition {
        record: stand.id.clone(),
        from: stand.state,
        to,
        at,
        who: None,
        what: step.word(),
        why: why.to_owned(),
        erase: Erase::Nothing,
        mark: None,
        ends_work: false,
        work: Vec::new(),
        done: None,
        during: None,
    })
}

/// Only in mailboxes that can be reached.
fn filed(mailboxes: bool, kinds: impl IntoIterator<Item = WorkKind>, at: Timestamp) -> Vec<NewWork> {
    let kinds = kinds.into_iter().filter(|_| mailboxes);
    kinds.map(|kind| NewWork::now(kind, at)).collect()
}

pub(super) fn allow(record: &Record, reason: &str, who: &str, at: Timestamp) -> Result<Transition, HoldError> {
    let reason = reason.to_owned();
    Ok(Transition {
        who: Some(who.to_owned()),
        mark: Some(Mark::Consent { reason: reason.clone() }),
        ..take(record, Step::Allow, at, &reason)?
    })
}

pub(super) fn use_consent(record: &Record, at: Timestamp, mailboxes: bool) -> Result<Transition, HoldError> {
    Ok(Transition {
        erase: Erase::Mail,
        ends_work: true,
        work: filed(mailboxes, [WorkKind::Tidy { draft: false }], at),
        ..take(record, Step::UseConsent, at, "sent as written, after consent")?
    })
}

pub(super) fn release(record: &Record, permit: Permit) -> Result<Transition, HoldError> {
    let at = permit.at;
    let why = match permit.reason.as_str() {
        "" => "to be sent as written",
        reason => reason,
    };
    Ok(Transition {
        who: Some(permit.by.clone()),
        work: vec![NewWork::now(WorkKind::Send, at)],
        ..take(record, Step::Release, at, why)?
    })
    .map(|transition| Transition {
        mark: Some(Mark::Release(permit)),
        ..transition
    })
}

pub(super) fn withdraw(
    record: &Record,
    reason: &str,
    who: &str,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        who: Some(who.to_owned()),
        ends_work: true,
        // What filing was still to be done is begun anew; what is done already is found done.
        work: filed(
            mailboxes,
            [WorkKind::FileDraft, WorkKind::FileCopy, WorkKind::TakeFromSent],
            at,
        ),
        ..take(record, Step::Withdraw, at, reason)?
    })
}

/// The end of the content is about to be sent. This stands before the final dot does.
pub(super) fn begin(record: &Record, claim: Claim, at: Timestamp) -> Result<Transition, HoldError> {
    Ok(Transition {
        during: Some(claim),
        ..take(record, Step::Begin, at, "the end of its content is being sent")?
    })
}

/// After [`begin`] a record stands there, whatever was read of it before.
fn sending(record: &Record) -> Stand<'_> {
    Stand {
        id: &record.summary.id,
        state: State::Sending,
    }
}

pub(super) fn taken(
    record: &Record,
    code: u16,
    claim: Claim,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        // With mailboxes its octets are needed once more, for Sent; the last piece of work erases them.
        erase: if mailboxes { Erase::Nothing } else { Erase::Mail },
        work: filed(mailboxes, [WorkKind::FileSent, WorkKind::Tidy { draft: true }], at),
        done: Some(claim),
        ..take(sending(record), Step::Taken, at, &format!("upstream {code}"))?
    })
}

pub(super) fn deferred(record: &Record, words: &str, at: Timestamp) -> Result<Transition, HoldError> {
    take(sending(record), Step::Defer, at, words)
}

/// The provider did not take it for good (`Notice::Refused`), or not for too long (`Notice::GivenUp`). Without a claim it was
/// time alone that ended it.
pub(super) fn refused(
    record: &Record,
    begun: bool,
    notice: Notice,
    claim: Option<Claim>,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    let words = match &notice {
        Notice::Refused { words } => words.clone(),
        Notice::GivenUp { words, hours } => format!("given up after {hours} hours: {words}"),
        _ => String::new(),
    };
    let stand = if begun { sending(record) } else { record.into() };
    Ok(Transition {
        ends_work: claim.is_none(),
        work: filed(
            mailboxes,
            [
                WorkKind::FileDraft,
                WorkKind::Notify(notice),
                WorkKind::Tidy { draft: false },
            ],
            at,
        ),
        done: claim,
        ..take(stand, Step::Refuse, at, &words)?
    })
}

/// The answer to the final dot was lost. `claim` is the sending's, if it is known; otherwise a restart found it.
pub(super) fn lost(
    record: &Record,
    why: &str,
    claim: Option<Claim>,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        ends_work: claim.is_none(),
        done: claim,
        work: filed(mailboxes, [WorkKind::Look], at),
        ..take(sending(record), Step::Lose, at, why)?
    })
}

pub(super) fn confirm(
    record: &Record,
    why: &str,
    who: Option<&str>,
    claim: Option<Claim>,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        who: who.map(str::to_owned),
        erase: if mailboxes { Erase::Nothing } else { Erase::Mail },
        ends_work: claim.is_none(),
        done: claim,
        work: filed(mailboxes, [WorkKind::FileSent, WorkKind::Tidy { draft: true }], at),
        ..take(record, Step::Confirm, at, why)?
    })
}

pub(super) fn send_again(record: &Record, reason: &str, who: &str, at: Timestamp) -> Result<Transition, HoldError> {
    // The permission is given anew, for the same octets: the time for which it is tried again counts from now.
    let renewed = |permit: &Permit| Permit {
        at,
        by: who.to_owned(),
        reason: reason.to_owned(),
        digest: permit.digest.clone(),
    };
    Ok(Transition {
        who: Some(who.to_owned()),
        mark: record.permit.as_ref().map(renewed).map(Mark::Release),
        ends_work: true,
        work: vec![NewWork::now(WorkKind::Send, at)],
        ..take(record, Step::SendAgain, at, reason)?
    })
}

pub(super) fn supersede<'a>(
    record: impl Into<Stand<'a>>,
    rewrite: Rewrite,
    claim: Option<Claim>,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        ends_work: true,
        done: claim,
        work: filed(mailboxes, [WorkKind::Tidy { draft: true }], at),
        ..take(record, Step::Supersede, at, &matching::in_words(&rewrite))?
    })
    .map(|transition| Transition {
        mark: Some(Mark::Rewrite(rewrite)),
        ..transition
    })
}

/// The hold ends by itself: as if it had been returned.
pub(super) fn expire(
    record: &OpenRecord,
    after_hours: u32,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        who: Some("youward".to_owned()),
        ends_work: true,
        work: filed(
            mailboxes,
            [
                WorkKind::FileDraft,
                WorkKind::Notify(Notice::Expired { after_hours }),
                WorkKind::Tidy { draft: false },
            ],
            at,
        ),
        ..take(record, Step::Expire, at, &format!("held for {after_hours} hours"))?
    })
}

/// Its author is reminded; it stays where it is.
pub(super) fn remind(
    record: &OpenRecord,
    held_for_hours: u32,
    reminders: u32,
    at: Timestamp,
    mailboxes: bool,
) -> Transition {
    Transition {
        record: record.id.clone(),
        from: record.state,
        to: record.state,
        at,
        who: Some("youward".to_owned()),
        what: "reminded",
        why: format!("held for {held_for_hours} hours"),
        erase: Erase::Nothing,
        mark: Some(Mark::Reminded(reminders)),
        ends_work: false,
        work: filed(mailboxes, [WorkKind::Notify(Notice::Reminder { held_for_hours })], at),
        done: None,
        during: None,
    }
}

/// Its author sent it once more, as it is; it stays where it is.
pub(super) fn submitted_again(record: &OpenRecord, at: Timestamp) -> Transition {
    Transition {
        who: None,
        what: "submitted again",
        why: "the same mail as the one that is held".to_owned(),
        mark: None,
        work: vec![NewWork::now(WorkKind::TakeFromSent, at)],
        ..remind(record, 0, 0, at, false)
    }
}

/// Another mail went to the same people: whether it was the rewrite is to be seen by the draft.
pub(super) fn perhaps_rewritten(record: &OpenRecord, rewrite: Rewrite, at: Timestamp) -> Transition {
    Transition {
        who: None,
        what: "another went",
        why: matching::in_words(&rewrite),
        mark: None,
        work: vec![NewWork::now(WorkKind::Settle { rewrite }, at)],
        ..remind(record, 0, 0, at, false)
    }
}

/// Its author is told why it was not released; it stays where it is.
pub(super) fn not_released(record: &OpenRecord, why: &str, at: Timestamp, mailboxes: bool) -> Transition {
    let notice = Notice::NotReleased { why: why.to_owned() };
    Transition {
        who: None,
        what: "not released",
        why: why.to_owned(),
        mark: None,
        work: filed(mailboxes, [WorkKind::Notify(notice)], at),
        ..remind(record, 0, 0, at, false)
    }
}

pub(super) fn discard(
    record: &Record,
    reason: &str,
    who: &str,
    at: Timestamp,
    mailboxes: bool,
) -> Result<Transition, HoldError> {
    Ok(Transition {
        who: Some(who.to_owned()),
        erase: Erase::All,
        ends_work: true,
        work: filed(mailboxes, [WorkKind::Tidy { draft: false }], at),
        ..take(record, Step::Discard, at, reason)?
    })
}
