//! What people decide about a record: consent, release, taking that back, settling a doubt, giving up.

use super::custody::{ATTEMPTS, Custody};
use super::{HoldError, steps};
use crate::mail::{Envelope, ForwardPath, Mail};
use crate::standard::Who;
use crate::store::{OpenRecord, Permit, Record, State, StoreError, Summary, Transition};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decider {
    /// The account itself, by moving its own mail.
    Author,
    /// Somebody at a command line, by the operating system's word. On a laptop that is the author.
    User(String),
    /// Somebody at a command line who says so themselves; never an approver.
    Claimed(String),
}

/// What is known of a mail that was in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It went.
    Sent,
    /// It did not; it is sent again.
    SendAgain,
}

impl Custody {
    /// Consents to sending a returned mail as written.
    ///
    /// # Errors
    /// The standard does not let them, or the record is not returned.
    pub async fn allow(&self, id: &str, reason: &str, who: &Decider, at: Timestamp) -> Result<Summary, HoldError> {
        self.decide(id, |record| {
            if record.summary.state == State::Returned && !record.summary.consent_allowed {
                return Err(forbidden(
                    record,
                    "the standard asks for a rewrite here; consent is not possible",
                ));
            }
            if record.summary.state == State::Returned {
                let verdict = &record.verdict;
                may(record, verdict.consent_by, &verdict.approvers, who)?;
            }
            steps::allow(record, reason, &name(who, record), at)
        })
        .await
    }

    /// Releases a held mail: it is sent as written as soon as that is possible. The permission is for exactly these
    /// octets and this envelope.
    ///
    /// # Errors
    /// The standard does not let them or asks for a reason, or the record is not held.
    pub async fn release(&self, id: &str, reason: &str, who: &Decider, at: Timestamp) -> Result<Summary, HoldError> {
        self.decide(id, |record| {
            if record.summary.state == State::Held {
                may_release(record, reason, who)?;
            }
            let permit = Permit {
                at,
                by: name(who, record),
                reason: reason.to_owned(),
                digest: digest_of(record)?,
            };
            steps::release(record, permit)
        })
        .await
    }

    /// Takes a release back, as long as it has not been sent.
    ///
    /// # Errors
    /// The record is not released.
    pub async fn withdraw(&self, id: &str, reason: &str, who: &Decider, at: Timestamp) -> Result<Summary, HoldError> {
        self.decide(id, |record| {
            let mailboxes = self.has_mailboxes(&record.summary.upstream);
            steps::withdraw(record, reason, &name(who, record), at, mailboxes)
        })
        .await
    }

    /// Says what became of a mail in doubt.
    ///
    /// # Errors
    /// The record is not in doubt, or the standard does not let them have it sent again.
    pub async fn settle(
        &self,
        id: &str,
        settlement: Settlement,
        reason: &str,
        who: &Decider,
        at: Timestamp,
    ) -> Result<Summary, HoldError> {
        self.decide(id, |record| {
            let name = name(who, record);
            match settlement {
                Settlement::Sent => {
                    let mailboxes = self.has_mailboxes(&record.summary.upstream);
                    steps::confirm(record, reason, Some(&name), None, at, mailboxes)
                }
                Settlement::SendAgain => {
                    if record.summary.state == State::InDoubt {
                        may_release(record, reason, who)?;
                    }
                    steps::send_again(record, reason, &name, at)
                }
            }
        })
        .await
    }

    /// Notes that an author asked for release and may not have it, and tells them so in their mailbox.
    ///
    /// # Errors
    /// The store's.
    pub async fn tell_not_released(&self, record: &OpenRecord, why: &str, at: Timestamp) -> Result<(), HoldError> {
        let step = steps::not_released(record, why, at, self.has_mailboxes(&record.upstream));
        match self.store.step(step).await {
            Ok(()) | Err(StoreError::Changed { .. }) => {
                self.tell_of_work();
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a record up.
    ///
    /// # Errors
    /// It has gone, or is being sent.
    pub async fn discard(&self, id: &str, reason: &str, who: &Decider, at: Timestamp) -> Result<Summary, HoldError> {
        self.decide(id, |record| {
            let mailboxes = self.has_mailboxes(&record.summary.upstream);
            steps::discard(record, reason, &name(who, record), at, mailboxes)
        })
        .await
    }

    /// Takes a step with the record as it stands now; again if somebody else was quicker.
    pub(super) async fn decide(
        &self,
        id: &str,
        step: impl Fn(&Record) -> Result<Transition, HoldError>,
    ) -> Result<Summary, HoldError> {
        let mut record = self.store.get(id).await?;
        for _ in 0..ATTEMPTS {
            let full = record.summary.id.clone();
            match self.store.step(step(&record)?).await {
                Ok(()) => {
                    let summary = self.store.get(&full.0).await?.summary;
                    self.refresh_account(&summary.account).await?;
                    self.tell_of_work();
                    return Ok(summary);
                }
                Err(StoreError::Changed { .. }) => record = self.store.get(&full.0).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Changed { id: record.summary.id }.into())
    }
}

fn name(who: &Decider, record: &Record) -> String {
    match who {
        Decider::Author => record.summary.account.clone(),
        Decider::User(name) | Decider::Claimed(name) => name.clone(),
    }
}

fn forbidden(record: &Record, why: impl Into<String>) -> HoldError {
    HoldError::Forbidden {
        id: record.summary.id.clone(),
        why: why.into(),
    }
}

/// By the terms under which it was held.
fn may_release(record: &Record, reason: &str, who: &Decider) -> Result<(), HoldError> {
    let Some(terms) = &record.verdict.terms else {
        return Err(forbidden(
            record,
            "it was held by a version that noted no terms of release; rewrite or discard it",
        ));
    };
    may(record, terms.release_by, &terms.approvers, who)?;
    if terms.reason_required && reason.trim().is_empty() {
        return Err(forbidden(
            record,
            "the standard asks why: youward held release ID --reason \"...\"",
        ));
    }
    Ok(())
}

/// Whether the standard lets them.
fn may(record: &Record, by: Who, approvers: &[String], who: &Decider) -> Result<(), HoldError> {
    match (by, who) {
        (Who::Author, _) => Ok(()),
        (Who::Approver, Decider::User(name)) if by.is(name, approvers) => Ok(()),
        (Who::Approver, _) => Err(forbidden(
            record,
            format!("the standard asks for an approver: {}", listed(approvers)),
        )),
        (Who::Nobody, _) => Err(forbidden(
            record,
            "the standard asks for a rewrite here; nobody may let it go as written",
        )),
    }
}

fn listed(approvers: &[String]) -> String {
    match approvers {
        [] => "but it names none".to_owned(),
        names => names.join(", "),
    }
}

fn digest_of(record: &Record) -> Result<String, HoldError> {
    match &record.mail {
        Some(mail) => Ok(digest(mail, &record.envelope)),
        None => Err(forbidden(record, "its octets are erased")),
    }
}

/// What a permission is bound to: the octets, and the envelope with every parameter.
pub(super) fn digest(mail: &Mail, envelope: &Envelope) -> String {
    let mut hash = Sha256::new();
    hash.update(b"youward-permit-1");
    hash.update((mail.octets().len() as u64).to_be_bytes());
    hash.update(mail.octets());
    let recipients = envelope.recipients.iter().map(ForwardPath::command);
    for command in std::iter::once(envelope.reverse_path.command()).chain(recipients) {
        hash.update((command.len() as u64).to_be_bytes());
        hash.update(command.as_bytes());
    }
    hash.finalize().iter().map(|octet| format!("{octet:02x}")).collect()
}
