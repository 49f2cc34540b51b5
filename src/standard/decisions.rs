//! What people may decide about returned and held mail, and how custody ends without them: the keys of `[consent]`,
//! `[release]` and `[hold]`, and the approvers whom the first two may ask for.

use super::form::{Key, key};
use super::layers::Layers;
use super::members::user;
use super::{Consenting, HoldExpiry, Reason, Release, Then, Who};
use crate::toml_file::Fault;

/// The reasons that a mail can be held for, with the key that gives each its own hours.
pub(super) const HOLD_REASONS: [(&str, Key<i32>); 3] = [
    (
        "not-read",
        Key {
            name: "hold.expires.not-read",
            get: |form| form.hold.expires.not_read.as_ref(),
        },
    ),
    (
        "score-below-act",
        Key {
            name: "hold.expires.score-below-act",
            get: |form| form.hold.expires.score_below_act.as_ref(),
        },
    ),
    (
        "unfilled",
        Key {
            name: "hold.expires.unfilled",
            get: |form| form.hold.expires.unfilled.as_ref(),
        },
    ),
];

/// What these keys came to.
pub(super) struct Decisions {
    pub(super) approvers: Vec<String>,
    pub(super) consent: Consenting,
    pub(super) release: Release,
    pub(super) hold_expiry: HoldExpiry,
}

pub(super) fn decisions(keys: &mut Layers<'_>) -> Decisions {
    let approvers = keys.list(key!(approvers), user);
    let allowed = keys.value(key!(consent.allowed), true);
    let consent = Consenting {
        by: match keys.value(key!(consent.by), Who::Author) {
            by if allowed => by,
            _ => Who::Nobody,
        },
        reason_required: keys.value(key!(consent.reason_required), true),
        valid_for_hours: unsigned(keys.number(key!(consent.valid_for_hours), 24, 1..=24 * 30, " hours")),
    };
    let release = Release {
        by: keys.value(key!(release.by), Who::Author),
        reason_required: keys.value(key!(release.reason_required), false),
        retry_for_hours: unsigned(keys.number(key!(release.retry_for_hours), 72, 1..=24 * 30, " hours")),
    };
    for (by, name, do_it) in [
        (consent.by, key!(consent.by).name, "consent"),
        (release.by, key!(release.by).name, "release"),
    ] {
        if by == Who::Approver && approvers.is_empty() {
            warn_of_nobody(keys, name, do_it);
        }
    }
    Decisions {
        approvers,
        consent,
        release,
        hold_expiry: hold_expiry(keys),
    }
}

/// An approver is asked for, and there is none. It is told where the list was emptied, or else where it was asked for.
fn warn_of_nobody(keys: &mut Layers<'_>, name: &str, do_it: &str) {
    let Some(origin) = keys.origin("approvers").or_else(|| keys.origin(name)) else {
        return;
    };
    keys.warnings.push(Fault {
        file: origin.file,
        line: origin.line,
        column: origin.column,
        field: name.to_owned(),
        message: format!("it asks for an approver, and `approvers` names none: nobody can {do_it}"),
        expected: "users in `approvers`, or \"nobody\"".to_owned(),
    });
}

fn hold_expiry(keys: &mut Layers<'_>) -> HoldExpiry {
    const HOURS: std::ops::RangeInclusive<i32> = 0..=24 * 90;
    const UNIT: &str = " hours, 0 for never";
    let key = key!(hold.expires_after_hours);
    let after = keys.number(key, 0, HOURS, UNIT);
    let then = keys.value(key!(hold.then), Then::Return);
    let from = keys.origin(key.name);
    let own = HOLD_REASONS.into_iter().filter_map(|(reason, key)| {
        let hours = keys.number_else(key, (after, from.clone()), HOURS, UNIT)?;
        Some((reason, unsigned(hours)))
    });
    HoldExpiry {
        by_reason: own.collect(),
        after_hours: unsigned(after),
        then,
    }
}

impl HoldExpiry {
    /// The hours for a mail that is held for these reasons: the shortest that applies, 0 for never.
    #[must_use]
    pub fn hours(&self, reasons: &[Reason]) -> u32 {
        let own = |reason: &Reason| self.by_reason.iter().find(|(name, _)| *name == reason.name);
        let ends = |hours: &u32| *hours > 0;
        let mut found = reasons.iter().filter_map(own).map(|(_, hours)| *hours).peekable();
        if found.peek().is_none() {
            return self.after_hours;
        }
        found.filter(ends).min().unwrap_or(0)
    }
}

impl Who {
    /// Whether a user of the operating system is one of them. Anybody counts as the author: that they are is for the
    /// caller to know, who has let them at the author's mail.
    #[must_use]
    pub fn is(self, user: &str, approvers: &[String]) -> bool {
        match self {
            Who::Author => true,
            Who::Approver => approvers.iter().any(|approver| approver == user),
            Who::Nobody => false,
        }
    }
}

fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
