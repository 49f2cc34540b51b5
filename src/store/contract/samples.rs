//! Records and steps to try a store with.

use crate::mail::{Envelope, Fingerprint, Mail, Parameter};
use crate::reading::{Category, Finding, LedgerLine, Level, Prospecting, ProspectingClass, Reading, Signal, Span};
use crate::standard::{Disposition, Reason, Terms, Then, Verdict, Who};
use crate::store::{Erase, Mark, NewRecord, RecordId, State, Transition};
use jiff::{SignedDuration, Timestamp};

/// Noon on some day, and `minutes` after it.
pub(crate) fn noon(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_mins(minutes)
}

pub(crate) fn fingerprint(n: u8) -> Fingerprint {
    Fingerprint::from_hex(&format!("{n:02x}").repeat(32)).unwrap()
}

pub(crate) fn verdict(disposition: Disposition, consent_allowed: bool) -> Verdict {
    let reason = Reason {
        name: "score-below-return".to_owned(),
        shown: "The score is 42; 60 is asked for.".to_owned(),
    };
    Verdict {
        disposition,
        reasons: vec![reason],
        consent_allowed,
        consent_by: Who::Author,
        approvers: Vec::new(),
        standard: Some("sales".to_owned()),
        terms: None,
    }
}

/// A returned mail of Ana's with everything in it that a record can have.
pub(crate) fn returned(n: u8, at: Timestamp) -> NewRecord {
    let mut envelope = Envelope::plain("ana@seller.example", &["bob@prospect.example", "eve@prospect.example"]);
    envelope.reverse_path.parameters.push(Parameter {
        keyword: "SIZE".to_owned(),
        value: Some("1234".to_owned()),
    });
    NewRecord {
        at,
        account: "ana@seller.example".to_owned(),
        upstream: "corp".to_owned(),
        envelope,
        mail: Some(Mail::new(
            format!("Subject: Grüße {n}\r\n\r\nWe are thrilled\0\u{ff}\r\n").into_bytes(),
        )),
        annotated_copy: Some(b"Subject: [Youward]\r\n\r\ncopy\r\n".to_vec()),
        fingerprint: fingerprint(n),
        message_id: Some(format!("{n}@seller.example")),
        subject: "Grüße".to_owned(),
        tls: true,
        verdict: verdict(Disposition::Return, true),
        reading: Some(reading()),
        sketch: None,
        work: Vec::new(),
        replaces: Vec::new(),
    }
}

/// A held mail of Ana's, to be released by these.
pub(crate) fn held(n: u8, at: Timestamp, release_by: Who) -> NewRecord {
    let terms = Terms {
        release_by,
        approvers: vec!["mia".to_owned()],
        reason_required: release_by == Who::Approver,
        retry_for_hours: 72,
        expires_after_hours: 48,
        then: Then::Return,
    };
    NewRecord {
        verdict: Verdict {
            terms: Some(terms),
            ..verdict(Disposition::Hold, false)
        },
        annotated_copy: None,
        ..returned(n, at)
    }
}

/// A step that changes nothing but the state.
pub(crate) fn step(id: &RecordId, from: State, to: State, at: Timestamp) -> Transition {
    Transition {
        record: id.clone(),
        from,
        to,
        at,
        who: None,
        what: to.word(),
        why: "for a test".to_owned(),
        erase: Erase::Nothing,
        mark: None,
        ends_work: false,
        work: Vec::new(),
        done: None,
        during: None,
    }
}

/// Consent to a returned mail.
pub(crate) fn allowed(id: &RecordId, reason: &str, at: Timestamp) -> Transition {
    Transition {
        who: Some("os-user".to_owned()),
        why: reason.to_owned(),
        mark: Some(Mark::Consent {
            reason: reason.to_owned(),
        }),
        ..step(id, State::Returned, State::Allowed, at)
    }
}

/// A consented mail has gone.
pub(crate) fn sent(id: &RecordId, at: Timestamp) -> Transition {
    Transition {
        erase: Erase::Mail,
        ..step(id, State::Allowed, State::Sent, at)
    }
}

/// A returned mail is given up.
pub(crate) fn discarded(id: &RecordId, at: Timestamp) -> Transition {
    Transition {
        who: Some("os-user".to_owned()),
        erase: Erase::All,
        ..step(id, State::Returned, State::Discarded, at)
    }
}

pub(crate) fn reading() -> Reading {
    Reading {
        prospecting: Prospecting {
            class: ProspectingClass::Yes,
            points: 7,
            hard_no: None,
            signals: vec![Signal {
                name: "new-thread".to_owned(),
                points: 2,
                shown: "It begins a thread.".to_owned(),
            }],
        },
        findings: vec![Finding {
            rule: "hype/thrilled".into(),
            category: Category::Hype,
            severity: Level::Strong,
            span: Some(Span {
                part: "1".into(),
                range: 0..15,
                line: 1,
                column: 1,
                raw: 20..35,
            }),
            excerpt: "We are thrilled".to_owned(),
            why: "It is about the sender.".into(),
            ask: "What would they be glad of?".into(),
            points: 10,
            hash: "ab12".to_owned(),
        }],
        score: 42,
        ledger: vec![LedgerLine {
            what: "hype: 1 place".to_owned(),
            points: 10,
        }],
        words: 3,
        masks: 1,
        cut: false,
        packs: "ab12".to_owned(),
        not_read: None,
        lamps: crate::reading::Lamps::default(),
        help: None,
        silenced: Vec::new(),
        scale: crate::reading::Scale::default(),
    }
}
