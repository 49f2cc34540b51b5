//! Where a whole message is decided on: the pure rooms are asked one after the other, custody is asked where needed.
//!
//! Three steps, so that the driver can look in between whether the client is still there: [`Desk::judge`] has no effect,
//! [`Desk::settle`] makes holds and returns durable, [`Desk::forwarded`] notes what the upstream said.

use super::journal::{Entry, Journal};
use crate::history::Gone;
use crate::hold::{self, Candidate, Custody, Known};
use crate::mail::{Address, Fingerprint, Headers, Prose};
use crate::reader::{Asked, Policy, ReadMail, Reader};
use crate::reading::{self, Context, Reading, Sketch};
use crate::secrets::Vault;
use crate::smtp::sasl::Credentials;
use crate::smtp::{Reply, Submission};
use crate::standard::{Consent, Disposition, Judged, Verdict};
use crate::store::{AuditRow, NewRecord, Owner, RecordId, SentMail, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Decides for all sessions.
pub struct Desk {
    reader: Arc<Reader>,
    custody: Arc<Custody>,
    vault: Arc<Vault>,
    journal: Journal,
    clock: fn() -> Timestamp,
    resend_window: Duration,
}

/// A message with its verdict; nothing has happened yet.
pub(super) struct Opinion {
    submission: Submission,
    upstream: Arc<str>,
    account: String,
    at: Timestamp,
    policy: Arc<Policy>,
    read: Option<ReadMail>,
    /// Why it could not be read.
    not_read: Option<String>,
    verdict: Verdict,
    /// The record whose consent lets it pass.
    consented: Option<RecordId>,
}

/// What is to be done with it.
pub(super) enum Decision {
    /// Send it upstream, then call [`Desk::forwarded`].
    Forward(Box<Opinion>),
    /// Don't; this is the client's answer.
    Answer(Reply),
}

impl Desk {
    pub(super) fn new(
        reader: Arc<Reader>,
        (custody, vault): (Arc<Custody>, Arc<Vault>),
        journal: Journal,
        clock: fn() -> Timestamp,
        resend_window: Duration,
    ) -> Desk {
        Desk {
            reader,
            custody,
            vault,
            journal,
            clock,
            resend_window,
        }
    }

    /// Reads the mail and asks the standard. If reading fails or takes too long, the standard's `on_error` decides.
    pub(super) async fn judge(&self, submission: Submission, upstream: &Arc<str>) -> Opinion {
        let at = (self.clock)();
        let account = account_of(&submission);
        let policy = self.reader.policy(&account);
        let asked = Asked {
            mail: submission.mail.clone(),
            owner: Owner::new(upstream, &account),
            envelope: Some(submission.envelope.clone()),
            at,
        };
        let (read, not_read) = match self.reader.read(asked, &policy).await {
            Ok(read) => (Some(read), None),
            Err(why) => (None, Some(why)),
        };
        let judged = match (&read, &not_read) {
            (Some(read), _) => Judged::Read(&read.reading),
            (None, why) => Judged::NotRead {
                why: why.as_deref().unwrap_or_default(),
            },
        };
        let verdict = policy.standard.judge(judged, Some(&submission.envelope), None, at);
        Opinion {
            submission,
            upstream: upstream.clone(),
            account,
            at,
            policy,
            read,
            not_read,
            verdict,
            consented: None,
        }
    }

    /// Carries the verdict out as far as it is ours to: commits a hold or a returned mail, or finds the author's consent.
    pub(super) async fn settle(&self, mut opinion: Opinion) -> Decision {
        if opinion.verdict.disposition < Disposition::Return {
            return Decision::Forward(Box::new(opinion));
        }
        match self.settle_strict(&mut opinion).await {
            Ok(Some(reply)) => Decision::Answer(reply),
            Ok(None) => Decision::Forward(Box::new(opinion)),
            Err(error) => {
                tracing::error!(%error, upstream = %opinion.upstream, "a mail could not be kept; its client was told to try again");
                let code = if matches!(error, StoreError::Full { .. }) {
                    (452, "4.3.1")
                } else {
                    (451, "4.3.0")
                };
                let lines = [
                    "Not sent: it needs a second look, and could not be kept for that",
                    "Nothing was sent; try again later",
                ];
                Decision::Answer(Reply::new(code.0, code.1, &lines))
            }
        }
    }

    /// `None` when consent lets it pass after all.
    async fn settle_strict(&self, opinion: &mut Opinion) -> Result<Option<Reply>, StoreError> {
        let submission = &opinion.submission;
        let fingerprint = Fingerprint::of(&opinion.account, &submission.envelope, &submission.mail);
        let since = opinion.at - jiff::SignedDuration::try_from(self.resend_window).unwrap_or_default();
        let known = self.custody.known(&opinion.account, &fingerprint, since).await?;
        if let Some(Known::Allowed(id, consent)) = &known {
            let verdict = rejudge(opinion, consent);
            if verdict.disposition < Disposition::Return {
                opinion.verdict = verdict;
                opinion.consented = Some(id.clone());
                return Ok(None);
            }
        }
        let candidate = opinion.candidate();
        let record = opinion.record(fingerprint, candidate.sketch.clone());
        let (reading, verdict) = (opinion.reading(), &opinion.verdict);
        let (id, reply) = if verdict.disposition == Disposition::Hold {
            let held = self.custody.hold(record, &candidate, since).await?;
            (held.id().clone(), held.reply(reading, verdict))
        } else {
            let returned = self.custody.keep_returned(record, &candidate, since).await?;
            (returned.id().clone(), returned.reply(reading, verdict))
        };
        log(opinion, reply.code(), Some(&id));
        Ok(Some(reply))
    }

    /// The upstream has said its word about a forwarded mail, or `None` if the client was gone and nothing was sent on.
    pub(super) async fn forwarded(&self, opinion: Box<Opinion>, reply: Option<&Reply>) {
        let code = reply.map_or(0, Reply::code);
        log(&opinion, code, opinion.consented.as_ref());
        let taken = reply.is_some_and(Reply::is_positive);
        if let (true, Some(id)) = (taken, &opinion.consented)
            && let Err(error) = self.custody.sent(id, (self.clock)()).await
        {
            tracing::error!(%error, %id, "the consent of a mail that has gone could not be closed");
        }
        if let (true, Some(sent)) = (taken, self.sent(&opinion)) {
            self.journal.add(Entry::Sent(Box::new(sent))).await;
        }
        if taken && self.custody.has_open(&opinion.account) {
            let (used, reading) = (opinion.consented.as_ref(), opinion.reading());
            let disposition = opinion.verdict.disposition;
            let candidate = opinion.candidate();
            if let Err(error) = self
                .custody
                .rewritten(&candidate, used, reading, disposition, (self.clock)())
                .await
            {
                tracing::warn!(%error, "a record whose rewrite has gone could not be closed");
            }
        }
        if taken && opinion.verdict.disposition == Disposition::Annotate {
            let fingerprint = Fingerprint::of(&opinion.account, &opinion.submission.envelope, &opinion.submission.mail);
            let mut record = opinion.record(fingerprint, None);
            record.work = self.custody.filing(&record.upstream, Disposition::Annotate, record.at);
            record.mail = None;
            match hold::copy::for_new(&record, opinion.mail(), opinion.prose()) {
                Ok(copy) => record.annotated_copy = Some(copy),
                Err(error) => tracing::warn!(%error, "no annotated copy could be made"),
            }
            return self.journal.add(Entry::Record(Box::new(record))).await;
        }
        let what = match (reply, taken) {
            (None, _) => "abandoned",
            (_, true) => "passed",
            (_, false) => "refused",
        };
        let why = format!(
            "{}, {} recipients, upstream {code}",
            opinion
                .reading()
                .map_or_else(|| "not read".to_owned(), |reading| format!("score {}", reading.score)),
            opinion.submission.envelope.recipients.len(),
        );
        let row = AuditRow {
            at: opinion.at,
            who: opinion.account.clone(),
            what: what.to_owned(),
            record: opinion.consented.clone(),
            upstream: Some(opinion.upstream.to_string()),
            why,
        };
        self.journal.add(Entry::Row(row)).await;
    }

    /// What is to be known of it when later mail is read; nothing of mail that stays in the company.
    fn sent(&self, opinion: &Opinion) -> Option<SentMail> {
        let read = opinion.read.as_ref().filter(|read| !read.outside.is_empty())?;
        let owner = Owner::new(&opinion.upstream, &opinion.account);
        let history = self.reader.history();
        let submission = &opinion.submission;
        let fingerprint = || Fingerprint::of(&opinion.account, &submission.envelope, &submission.mail);
        let gone = Gone {
            message: history.message(&owner, read.prose.headers.message_id.as_deref(), fingerprint),
            at: opinion.at,
            elsewhere: false,
            reading: Some(&read.reading),
            sketch: read.sketch.as_ref(),
            outside: &read.outside,
        };
        Some(history.gone(&owner, &gone))
    }

    /// The provider has let an account in: its credentials serve the work that its records owe.
    pub(super) fn logged_in(&self, upstream: &str, credentials: &Credentials, lifetime: Duration) {
        if let Err(error) = self.vault.deposit(upstream, credentials, lifetime) {
            tracing::warn!(%error, "work for this account waits for its next login");
        }
    }

    /// Somebody was kept out, or something was not sent, before there was a message to decide on.
    pub(super) async fn note(&self, what: &str, who: &str, upstream: &str, why: &str) {
        let row = AuditRow {
            at: (self.clock)(),
            who: who.to_owned(),
            what: what.to_owned(),
            record: None,
            upstream: Some(upstream.to_owned()),
            why: why.to_owned(),
        };
        self.journal.add(Entry::Row(row)).await;
    }
}

impl Opinion {
    pub(super) fn mail(&self) -> &crate::mail::Mail {
        &self.submission.mail
    }

    fn prose(&self) -> Option<&Prose> {
        self.read.as_ref().map(|read| &read.prose)
    }

    fn reading(&self) -> Option<&Reading> {
        self.read.as_ref().map(|read| &read.reading)
    }

    fn headers(&self) -> Headers {
        self.prose().map(|prose| prose.headers.clone()).unwrap_or_default()
    }

    /// What the store keeps of it.
    fn record(&self, fingerprint: Fingerprint, sketch: Option<Sketch>) -> NewRecord {
        let headers = self.headers();
        NewRecord {
            at: self.at,
            account: self.account.clone(),
            upstream: self.upstream.to_string(),
            envelope: self.submission.envelope.clone(),
            mail: Some(self.submission.mail.clone()),
            annotated_copy: None,
            fingerprint,
            message_id: headers.message_id.clone(),
            subject: headers.subject.clone(),
            tls: self.submission.tls,
            verdict: self.verdict.clone(),
            reading: self.reading().cloned(),
            sketch,
            work: Vec::new(),
            replaces: Vec::new(),
        }
    }

    /// By which its earlier or later versions are known.
    fn candidate(&self) -> Candidate {
        let context = Context {
            account: Address::parse(&self.account),
            envelope: Some(self.submission.envelope.clone()),
            ..Context::default()
        };
        let headers = self.headers();
        Candidate {
            account: self.account.clone(),
            upstream: self.upstream.to_string(),
            message_id: headers.message_id,
            references: headers.references,
            recipients: self
                .submission
                .envelope
                .recipients
                .iter()
                .map(|recipient| recipient.path.clone())
                .collect(),
            subject: headers.subject,
            resent: headers.resent,
            sketch: match self.read.as_ref().and_then(|read| read.sketch.clone()) {
                Some(sketch) => Some(sketch),
                None => self.prose().and_then(|prose| reading::sketch(prose, &context)),
            },
        }
    }
}

/// The authenticated identity, else the reverse-path, in lower case.
fn account_of(submission: &Submission) -> String {
    match &submission.identity {
        Some(identity) => identity.to_lowercase(),
        None => submission
            .envelope
            .reverse_path
            .address()
            .map_or_else(|| "<>".to_owned(), |address| address.folded()),
    }
}

fn rejudge(opinion: &Opinion, consent: &Consent) -> Verdict {
    let judged = match opinion.reading() {
        Some(reading) => Judged::Read(reading),
        None => Judged::NotRead {
            why: opinion.not_read.as_deref().unwrap_or_default(),
        },
    };
    opinion
        .policy
        .standard
        .judge(judged, Some(&opinion.submission.envelope), Some(consent), opinion.at)
}

/// One event a message: no address, no subject, no content.
fn log(opinion: &Opinion, code: u16, record: Option<&RecordId>) {
    tracing::info!(
        upstream = %opinion.upstream,
        disposition = %opinion.verdict.disposition,
        score = opinion.reading().map(|reading| reading.score),
        findings = opinion.reading().map(|reading| reading.findings.len()),
        not_read = opinion.not_read,
        recipients = opinion.submission.envelope.recipients.len(),
        octets = opinion.submission.mail.octets().len(),
        reply = code,
        record = record.map(tracing::field::display),
        "message"
    );
}
