//! Mail that appears in Sent and did not come through here: from a phone, from web mail. It is counted, and read afterwards
//! where the standard says so.

use super::error::WatchError;
use super::learn::{headers, message_key, written};
use super::watch::Guard;
use crate::annotate::Annotated;
use crate::annotate::copy::{CopyError, CopyInput, Occasion, Ways, compose};
use crate::history::Gone;
use crate::mail::{Address, Fingerprint, Mail};
use crate::reader::{Asked, ReadMail};
use crate::reading::{ProspectingClass, Whom};
use crate::standard::{Judged, Verdict};
use crate::store::{Lesson, MessageKey, Owner, RecordId, State};
use crate::upstream::mailbox::{Folder, Heads, Mailboxes};
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;

/// Most mails that wait to be looked at; beyond that the oldest are passed over.
const WAITING: usize = 200;
/// Mails looked at in one go.
const AT_ONCE: usize = 10;
/// So much of a mail is fetched; attachments come after the text.
const FETCHED: usize = 512 * 1024;
/// A provider may change a Message-ID: a mail to the same people that went through here within this time is the same.
const NEAR: SignedDuration = SignedDuration::from_mins(15);

/// The mails in Sent that are not known.
pub(super) struct Coverage {
    owner: Owner,
    waiting: VecDeque<Unknown>,
}

struct Unknown {
    uid: u32,
    message: MessageKey,
    /// What is to be learned of it.
    written: Vec<(Whom, MessageKey, Timestamp)>,
    message_id: Option<String>,
    at: Timestamp,
    /// A mail's copy may be in Sent before it is noted here that it went: it is looked at twice.
    seen_before: bool,
}

impl Coverage {
    pub(super) fn new(owner: Owner) -> Coverage {
        Coverage {
            owner,
            waiting: VecDeque::new(),
        }
    }

    /// Mails have appeared in Sent. What comes back is to be learned now: of what is passed over.
    pub(super) fn saw(&mut self, found: &Heads, guard: &Guard) -> Lesson {
        let now = (guard.clock)();
        for head in &found.heads {
            let Some(headers) = headers(head) else { continue };
            if self.waiting.iter().any(|unknown| unknown.uid == head.uid) {
                continue;
            }
            let at = head.at.unwrap_or(now).min(now);
            self.waiting.push_back(Unknown {
                uid: head.uid,
                message: message_key(guard, &self.owner, &headers, head),
                written: written(guard, &self.owner, &headers, head, at),
                message_id: headers.message_id,
                at,
                seen_before: false,
            });
        }
        let mut lesson = Lesson::default();
        let over = self.waiting.len().saturating_sub(WAITING);
        for unknown in self.waiting.drain(..over) {
            lesson.written.extend(unknown.written);
        }
        lesson
    }

    /// Up to which UID everything has been looked at.
    pub(super) fn seen_to(&self, highest: u32) -> u32 {
        let first = self.waiting.iter().map(|unknown| unknown.uid).min();
        first.map_or(highest, |first| first.saturating_sub(1).min(highest))
    }

    /// UIDs of before mean nothing any more. What waited stays unknown.
    pub(super) fn forget_places(&mut self) {
        self.waiting.clear();
    }

    /// Looks at mails that were seen at an earlier look already, and gives what is to be learned of them.
    pub(super) async fn look(&mut self, guard: &Guard, mailboxes: &mut Mailboxes) -> Result<Lesson, WatchError> {
        let mut lesson = Lesson::default();
        let keys: Vec<MessageKey> = self.waiting.iter().map(|unknown| unknown.message).collect();
        if keys.is_empty() {
            return Ok(lesson);
        }
        let noted = guard.reader.history().store().noted(&self.owner, &keys).await?;
        for unknown in &mut self.waiting {
            if noted.contains(&unknown.message) {
                lesson.written.append(&mut unknown.written);
            }
        }
        self.waiting.retain(|unknown| !noted.contains(&unknown.message));
        for _ in 0..AT_ONCE {
            let Some(unknown) = self.waiting.pop_front_if(|unknown| unknown.seen_before) else {
                break;
            };
            if self.look_at(&unknown, guard, mailboxes).await? {
                lesson.written.extend(unknown.written);
            }
        }
        for unknown in &mut self.waiting {
            unknown.seen_before = true;
        }
        Ok(lesson)
    }

    /// Whether it is still there. A copy of what is held is not for long.
    async fn look_at(&self, unknown: &Unknown, guard: &Guard, mailboxes: &mut Mailboxes) -> Result<bool, WatchError> {
        let history = guard.reader.history();
        let octets = match mailboxes.beginning(Folder::Sent, unknown.uid, FETCHED).await {
            Ok(Some(octets)) => octets,
            Ok(None) => return Ok(false),
            Err(error) if error.leaves_connection_usable() => return Ok(true),
            Err(error) => return Err(error.into()),
        };
        // What is or was held has its record. Of what was released, its own reading counts.
        let recorded = match &unknown.message_id {
            Some(id) => history.store().recorded(&self.owner, id).await?,
            None => None,
        };
        let released = match recorded {
            Some(id) => {
                let record = guard.custody.store().get(&id.0).await?;
                if record.summary.state != State::Sent {
                    return Ok(true);
                }
                Some(record)
            }
            None => None,
        };
        let mail = Mail::new(octets);
        let policy = guard.reader.policy(&self.owner.account);
        let asked = Asked {
            mail: mail.clone(),
            owner: self.owner.clone(),
            envelope: None,
            at: unknown.at,
        };
        let Ok(read) = guard.reader.read(asked, &policy).await else {
            return Ok(true);
        };
        let (from, until) = (unknown.at - NEAR, unknown.at + NEAR);
        let whom = history.all(&self.owner, &read.outside);
        let through = released.is_none() && history.store().noted_to(&self.owner, &whom, from, until).await?;
        if read.outside.is_empty() || through {
            return Ok(true);
        }
        let gone = history.gone(
            &self.owner,
            &Gone {
                message: unknown.message,
                at: unknown.at,
                elsewhere: released.is_none(),
                reading: released
                    .as_ref()
                    .map_or(Some(&read.reading), |record| record.reading.as_ref()),
                sketch: read.sketch.as_ref(),
                outside: &read.outside,
            },
        );
        history.store().note_sent(vec![gone]).await?;
        if released.is_some() {
            return Ok(true);
        }
        let prospects = read.reading.prospecting.class == ProspectingClass::Yes;
        if prospects && policy.standard.notes_on_elsewhere && !read.reading.findings.is_empty() {
            let verdict = policy
                .standard
                .judge(Judged::Read(&read.reading), None, None, unknown.at);
            match self.letter(&mail, &read, &verdict, unknown) {
                Ok(letter) => match mailboxes.append(Folder::Notes, &letter, &[], None).await {
                    Err(error) if error.leaves_connection_usable() => {
                        tracing::warn!(%error, "notes on a mail that was sent elsewhere can't be filed");
                    }
                    other => other?,
                },
                Err(error) => tracing::debug!(%error, "no notes could be made on a mail that was sent elsewhere"),
            }
        }
        Ok(true)
    }

    fn letter(&self, mail: &Mail, read: &ReadMail, verdict: &Verdict, unknown: &Unknown) -> Result<Vec<u8>, CopyError> {
        let account = &self.owner.account;
        let headers = &read.prose.headers;
        // Some servers have names for accounts that are no addresses.
        let author = Address::parse(account).or_else(|| headers.from.first().cloned());
        let author = author.ok_or_else(|| CopyError::Author(format!("{account:?} is no address")))?;
        let digits: String = unknown.message.iter().map(|octet| format!("{octet:02x}")).collect();
        let fingerprint = Fingerprint::from_hex(&digits.repeat(2))
            .ok_or_else(|| CopyError::Build("it has no fingerprint".to_owned()))?;
        let id = RecordId::derive(account, &fingerprint, unknown.at, 0);
        let to = headers.to.iter().chain(&headers.others);
        let recipients: Vec<String> = to.map(Address::folded).collect();
        compose(&CopyInput {
            mail: Annotated {
                name: &headers.subject,
                octets: Some(mail.octets()),
                prose: Some(&read.prose),
                reading: Some(&read.reading),
                verdict,
            },
            occasion: Occasion::Elsewhere,
            author: &author,
            subject: &headers.subject,
            recipients: &recipients,
            original_message_id: headers.message_id.as_deref(),
            record: &id.0,
            ways: Ways::default(),
            round: 1,
            previous: None,
            message_id: &format!("youward-elsewhere-{id}@{}", author.domain()),
            date: unknown.at,
            boundary: &format!("youward{id}{}", unknown.at.as_nanosecond()),
        })
    }
}
