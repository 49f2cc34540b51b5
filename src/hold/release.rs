//! Sending a released mail: the envelope and parameters as first given, command by command, in the account's own name.
//!
//! A durable note that it may have gone stands before the final dot does. From then on an answer that is lost is a doubt,
//! and nothing is sent again by itself.

use super::decisions::digest;
use super::gateway::Gateway;
use super::{Custody, HoldError, steps};
use crate::mail::{Envelope, ForwardPath, Mail};
use crate::smtp::Reply;
use crate::smtp::sasl::{Credentials, Secret};
use crate::store::{Claim, Finish, Notice, Record, State, StoreError, Work};
use crate::upstream::{Begun, Submission, UpstreamError};
use jiff::{SignedDuration, Timestamp};

/// How a piece of work of sending ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It went, or it was settled some other way.
    Over,
    /// It is tried again.
    Later,
    /// The provider does not take these credentials any more.
    LoginRefused,
}

/// What came of one attempt before the end of the content.
enum Attempt {
    /// Everything is there but for the end.
    Ready(Box<Submission>),
    /// Not now.
    NotNow(String),
    /// Not at all.
    Never(String),
    /// The credentials are not accepted.
    LoginRefused(String),
}

/// One release on its way.
pub(super) struct Releasing<'a> {
    pub(super) custody: &'a Custody,
    pub(super) gateway: &'a Gateway,
    pub(super) clock: fn() -> Timestamp,
}

impl Releasing<'_> {
    /// Sends a released mail, and notes what came of it.
    pub(super) async fn send(
        &self,
        work: &Work,
        claim: Claim,
        credentials: Option<&Credentials>,
    ) -> Result<Sent, HoldError> {
        let store = self.custody.store();
        let record = store.get(&work.record.0).await?;
        if record.summary.state == State::Sending {
            // An earlier attempt began it and could not note its end.
            let why = "how an earlier attempt ended could not be noted";
            let mailboxes = self.mailboxes(&record);
            store
                .step(steps::lost(&record, why, Some(claim), (self.clock)(), mailboxes)?)
                .await?;
            return Ok(Sent::Over);
        }
        let (Some(mail), State::Released) = (&record.mail, record.summary.state) else {
            store.finish(claim, Finish::Done).await?;
            return Ok(Sent::Over);
        };
        if record.permit.as_ref().map(|permit| permit.digest.as_str()) != Some(&digest(mail, &record.envelope)) {
            tracing::error!(id = %record.summary.id, "what was released is not what is kept; it is held again");
            let why = "what was released is not what is kept";
            let mailboxes = self.mailboxes(&record);
            store
                .step(steps::withdraw(&record, why, "youward", (self.clock)(), mailboxes)?)
                .await?;
            return Ok(Sent::Over);
        }
        match self.prepare(&record.envelope, mail, credentials).await {
            Attempt::Ready(submission) => self.finish(&record, mail, *submission, work, claim).await,
            Attempt::NotNow(words) => self.later(&record, false, work, claim, words).await,
            Attempt::Never(words) => self.refused(&record, false, claim, words).await,
            Attempt::LoginRefused(words) => {
                let waits_for = format!("the account's next login: the provider refused the last one ({words})");
                let due = (self.clock)();
                store.finish(claim, Finish::Later { due, waits_for }).await?;
                Ok(Sent::LoginRefused)
            }
        }
    }

    /// Everything up to the end of the content.
    async fn prepare(&self, envelope: &Envelope, mail: &Mail, credentials: Option<&Credentials>) -> Attempt {
        match self.converse(envelope, mail, credentials).await {
            Ok(attempt) => attempt,
            Err(error) => Attempt::NotNow(error.to_string()),
        }
    }

    async fn converse(
        &self,
        envelope: &Envelope,
        mail: &Mail,
        credentials: Option<&Credentials>,
    ) -> Result<Attempt, UpstreamError> {
        let (endpoint, tls) = &self.gateway.smtp;
        let (mut submission, greeting) = Submission::connect(endpoint, tls.as_ref(), &self.gateway.timeouts).await?;
        if !greeting.is_positive() {
            return Ok(Attempt::NotNow(words(&greeting)));
        }
        submission.queue(b"EHLO [127.0.0.1]\r\n");
        let hello = submission.reply().await?;
        if !hello.is_positive() {
            return Ok(Attempt::NotNow(words(&hello)));
        }
        if let Some(credentials) = credentials {
            let mut reply = submission.authenticate(credentials).await?;
            if reply.is_intermediate() {
                // An OAuth error comes as a challenge; the empty answer asks for the verdict (RFC 7628 §3.2.3).
                reply = submission.respond(&Secret::new(Vec::new())).await?;
            }
            match reply.code() {
                200..300 => {}
                // A temporary failure says nothing about the credentials (RFC 4954 §4).
                400..500 => return Ok(Attempt::NotNow(words(&reply))),
                _ => return Ok(Attempt::LoginRefused(words(&reply))),
            }
        }
        let commands = std::iter::once(envelope.reverse_path.command())
            .chain(envelope.recipients.iter().map(ForwardPath::command));
        let mut not_now = None;
        for command in commands {
            if command.bytes().any(|octet| octet < b' ') {
                return Ok(Attempt::Never("its envelope can't be sent".to_owned()));
            }
            submission.queue(command.as_bytes());
            submission.queue(b"\r\n");
            let reply = submission.reply().await?;
            // To all its recipients or to none: part of them would have it twice after the next attempt.
            match reply.code() {
                200..300 => {}
                400..500 => not_now = not_now.or_else(|| Some(words(&reply))),
                _ => {
                    submission.leave().await;
                    return Ok(Attempt::Never(words(&reply)));
                }
            }
        }
        if let Some(words) = not_now {
            submission.leave().await;
            return Ok(Attempt::NotNow(words));
        }
        Ok(match submission.begin_content(mail).await? {
            Begun::ButForTheEnd => Attempt::Ready(Box::new(submission)),
            Begun::Refused(reply) => refusal(&reply),
        })
    }

    /// The note, the end, and what the provider says.
    async fn finish(
        &self,
        record: &Record,
        mail: &Mail,
        mut submission: Submission,
        work: &Work,
        claim: Claim,
    ) -> Result<Sent, HoldError> {
        let store = self.custody.store();
        // If the record was withdrawn, superseded or discarded meanwhile, this fails, and without its end the content is
        // no mail.
        match store.step(steps::begin(record, claim, (self.clock)())?).await {
            Err(StoreError::Changed { .. }) => {
                store.finish(claim, Finish::Done).await?;
                return Ok(Sent::Over);
            }
            other => other?,
        }
        match submission.end_content(mail).await {
            Ok(reply) if reply.is_positive() => {
                submission.leave().await;
                let mailboxes = self.mailboxes(record);
                let step = steps::taken(record, reply.code(), claim, (self.clock)(), mailboxes)?;
                store.step(step).await?;
                tracing::info!(id = %record.summary.id, code = reply.code(), "a released mail was sent");
                Ok(Sent::Over)
            }
            Ok(reply) => {
                submission.leave().await;
                match refusal(&reply) {
                    Attempt::Never(words) => self.refused(record, true, claim, words).await,
                    _ => self.later(record, true, work, claim, words(&reply)).await,
                }
            }
            Err(error) => {
                tracing::warn!(%error, id = %record.summary.id, "whether a released mail was sent is not known");
                let (why, mailboxes) = (error.to_string(), self.mailboxes(record));
                store
                    .step(steps::lost(record, &why, Some(claim), (self.clock)(), mailboxes)?)
                    .await?;
                Ok(Sent::Over)
            }
        }
    }

    /// Tried again, or given up if that has gone on for too long.
    async fn later(
        &self,
        record: &Record,
        begun: bool,
        work: &Work,
        claim: Claim,
        words: String,
    ) -> Result<Sent, HoldError> {
        let store = self.custody.store();
        let now = (self.clock)();
        let hours = record.verdict.terms.as_ref().map_or(72, |terms| terms.retry_for_hours);
        let since = record.permit.as_ref().map_or(work.added, |permit| permit.at);
        if now.duration_since(since) >= SignedDuration::from_hours(i64::from(hours)) {
            let notice = Notice::GivenUp { words, hours };
            let step = steps::refused(record, begun, notice, Some(claim), now, self.mailboxes(record))?;
            store.step(step).await?;
            return Ok(Sent::Over);
        }
        if begun {
            store.step(steps::deferred(record, &words, now)?).await?;
        }
        let due = now + backoff(work.attempts);
        let waits_for = format!("the provider: {words}");
        store.finish(claim, Finish::Later { due, waits_for }).await?;
        Ok(Sent::Later)
    }

    async fn refused(&self, record: &Record, begun: bool, claim: Claim, words: String) -> Result<Sent, HoldError> {
        let (at, mailboxes) = ((self.clock)(), self.mailboxes(record));
        let step = steps::refused(record, begun, Notice::Refused { words }, Some(claim), at, mailboxes)?;
        self.custody.store().step(step).await?;
        Ok(Sent::Over)
    }

    fn mailboxes(&self, record: &Record) -> bool {
        self.custody.has_mailboxes(&record.summary.upstream)
    }
}

/// RFC 5321 §4.2.1: 4yz may succeed later, 5yz will not.
fn refusal(reply: &Reply) -> Attempt {
    if (400..500).contains(&reply.code()) {
        Attempt::NotNow(words(reply))
    } else {
        Attempt::Never(words(reply))
    }
}

/// A reply in a line, for people.
fn words(reply: &Reply) -> String {
    let text: String = reply.texts().join(" ");
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    format!("{} {}", reply.code(), clean.take(300).collect::<String>().trim())
}

/// The time until the next attempt: from half a minute to an hour (RFC 5321 §4.5.4.1 asks for at least 30 minutes between
/// attempts in the long run, and sooner ones at the beginning).
pub(super) fn backoff(attempts: u32) -> SignedDuration {
    const MINUTES: [i64; 5] = [1, 2, 5, 10, 30];
    match attempts {
        0 | 1 => SignedDuration::from_secs(30),
        n => {
            let at = usize::try_from(n - 2).unwrap_or(usize::MAX);
            SignedDuration::from_mins(MINUTES.get(at).copied().unwrap_or(60))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_ever_later_up_to_an_hour() {
        let times: Vec<SignedDuration> = (0..12).map(backoff).collect();
        assert!(times.is_sorted());
        assert_eq!(times.last(), Some(&SignedDuration::from_hours(1)));
        assert_eq!(backoff(u32::MAX), SignedDuration::from_hours(1));
    }

    #[test]
    fn the_providers_words_are_one_harmless_line() {
        let reply = Reply::verbatim(550, b"550-5.7.1 No\r\n550 5.7.1 thank\x1b you\r\n".to_vec());
        let words = words(&reply);
        assert!(
            words.starts_with("550 ") && words.chars().all(|c| !c.is_control()),
            "{words}"
        );
    }
}
