//! Work in the account's own mailboxes. Each kind looks first and then does what is missing, so that doing it twice comes
//! to the same.

use super::worker::WorkError;
use super::{Custody, HoldError, copy, steps, wording};
use crate::annotate::copy::CopyError;
use crate::store::{Claim, Erase, Finish, NewWork, Notice, Record, Rewrite, State, StoreError, Work, WorkKind};
use crate::upstream::mailbox::{Find, Folder, Mailboxes};
use jiff::{SignedDuration, Timestamp};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How often is looked for the copy that a MUA files after the 250, and when: MUAs take seconds, a slow phone minutes.
const LOOKS: [i64; 9] = [1, 1, 2, 4, 8, 16, 60, 300, 600];
/// How often is looked whether the draft goes that a mail to the same people may have been written from.
const DRAFTS: [i64; 4] = [2, 5, 30, 120];
/// How often is looked in Sent for a mail in doubt.
const DOUBTS: [i64; 4] = [5, 30, 120, 600];
/// Largest draft that is compared with what was held.
const LARGEST: usize = 64 * 1024 * 1024;

/// One piece of work in mailboxes.
pub(super) struct Filing<'a> {
    pub(super) custody: &'a Custody,
    pub(super) mailboxes: &'a mut Mailboxes,
    pub(super) clock: fn() -> Timestamp,
}

impl Filing<'_> {
    /// Does one piece of work. `Ok(false)` when it is to be tried again by its own plan.
    pub(super) async fn work(&mut self, work: &Work, claim: Claim) -> Result<bool, WorkError> {
        let record = self.custody.store().get(&work.record.0).await?;
        let end = match &work.kind {
            WorkKind::FileDraft => self.file_draft(&record).await?,
            WorkKind::FileCopy => self.file_copy(&record).await?,
            WorkKind::TakeFromSent => self.take_from_sent(&record, work.attempts).await?,
            WorkKind::FileSent => self.file_sent(&record).await?,
            WorkKind::Tidy { draft } => self.tidy(&record, *draft).await?,
            WorkKind::Notify(notice) => self.notify(&record, notice, work).await?,
            WorkKind::Look => return self.look(&record, work.attempts, claim).await,
            WorkKind::Settle { rewrite } => return self.settle(&record, rewrite, work.attempts, claim).await,
            WorkKind::Send => End::Done,
        };
        let finish = match end {
            End::Done => Finish::Done,
            End::Erase => Finish::DoneErasing(Erase::Mail),
            End::Again(seconds, waits_for) => Finish::Later {
                due: (self.clock)() + SignedDuration::from_secs(seconds),
                waits_for: waits_for.to_owned(),
            },
        };
        let done = !matches!(finish, Finish::Later { .. });
        self.custody.store().finish(claim, finish).await?;
        Ok(done)
    }

    /// The mail exactly as written, where the author writes.
    async fn file_draft(&mut self, record: &Record) -> Result<End, WorkError> {
        let wanted = matches!(
            record.summary.state,
            State::Held | State::Released | State::Returned | State::Refused
        );
        let Some(mail) = record.mail.as_ref().filter(|_| wanted) else {
            return Ok(End::Done);
        };
        // A draft with other octets is the mail client's own, and goes when the client has had its 250.
        if !self.as_written(Folder::Drafts, record).await?.is_empty() {
            return Ok(End::Done);
        }
        self.mailboxes
            .append(Folder::Drafts, mail.octets(), &["\\Draft", "\\Seen"], None)
            .await?;
        Ok(End::Done)
    }

    /// The annotated copy, unread so that it is seen.
    async fn file_copy(&mut self, record: &Record) -> Result<End, WorkError> {
        let folder = match record.summary.state {
            State::Held | State::Released | State::Returned | State::Allowed => Folder::Held,
            State::Annotated => Folder::Notes,
            // It is settled already.
            _ => return Ok(End::Done),
        };
        let id = &record.summary.id.0;
        let moved = self.mailboxes.find(Folder::SendAsWritten, Find::Record(id)).await?;
        if record.summary.state == State::Held {
            // A release that was taken back: left where it is, the copy would ask for it again.
            for uid in &moved {
                self.mailboxes
                    .move_to(Folder::SendAsWritten, *uid, Folder::Held)
                    .await?;
            }
        }
        if !moved.is_empty() || !self.mailboxes.find(folder, Find::Record(id)).await?.is_empty() {
            return Ok(End::Done);
        }
        let before = match self.custody.store().replaced_by(&record.summary.id).await? {
            Some(id) => Some(self.custody.store().get(&id.0).await?),
            None => None,
        };
        let stage = wording::stage(record, before.as_ref(), wording::ways(record, self.mailboxes));
        let made = match &record.annotated_copy {
            Some(kept) => Ok(Some(kept.clone())),
            // A mail that could not be read may have been held for that very reason.
            None => catch_unwind(AssertUnwindSafe(|| copy::at_stage(record, &stage)))
                .unwrap_or_else(|_| Err(CopyError::Build("the mail can't be read".to_owned()))),
        };
        match made {
            Ok(Some(octets)) => self.mailboxes.append(folder, &octets, &[], None).await?,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, %id, "no annotated copy could be made"),
        }
        Ok(End::Done)
    }

    /// The MUA's own copy says that the mail went; as long as it did not, that copy waits elsewhere.
    async fn take_from_sent(&mut self, record: &Record, attempts: u32) -> Result<End, WorkError> {
        let waits = matches!(record.summary.state, State::Held | State::Released);
        let Some(id) = searchable(record).filter(|_| waits) else {
            return Ok(End::Done);
        };
        let found = self.mailboxes.find(Folder::Sent, Find::MessageId(id)).await?;
        if !found.is_empty() {
            self.mailboxes.ensure(Folder::NotSent).await?;
            for uid in found {
                // The search took its time: a rewrite with the same Message-ID may have gone meanwhile.
                let now = self.custody.store().get(&record.summary.id.0).await?;
                if !matches!(now.summary.state, State::Held | State::Released) {
                    break;
                }
                self.mailboxes.move_to(Folder::Sent, uid, Folder::NotSent).await?;
            }
            return Ok(End::Done);
        }
        Ok(planned(&LOOKS, attempts, "the copy that the mail client files in Sent"))
    }

    /// Now that it went: the MUA's copy goes back, or ours is filed, unless the provider files sent mail itself.
    async fn file_sent(&mut self, record: &Record) -> Result<End, WorkError> {
        if record.summary.state != State::Sent || self.mailboxes.files_sent_itself() {
            return Ok(End::Done);
        }
        if let Some(id) = searchable(record) {
            if !self.mailboxes.find(Folder::Sent, Find::MessageId(id)).await?.is_empty() {
                return Ok(End::Done);
            }
            if self.mailboxes.name(Folder::NotSent).is_some()
                && let Some(uid) = self.mailboxes.find(Folder::NotSent, Find::MessageId(id)).await?.first()
            {
                self.mailboxes.move_to(Folder::NotSent, *uid, Folder::Sent).await?;
                return Ok(End::Done);
            }
        }
        if let Some(mail) = &record.mail {
            self.mailboxes
                .append(Folder::Sent, mail.octets(), &["\\Seen"], None)
                .await?;
        }
        Ok(End::Done)
    }

    /// Takes away what was put beside the mail, and the draft if it is still as it was put there.
    async fn tidy(&mut self, record: &Record, draft: bool) -> Result<End, WorkError> {
        let id = &record.summary.id.0;
        for folder in [Folder::Held, Folder::SendAsWritten] {
            for uid in self.mailboxes.find(folder, Find::Record(id)).await? {
                self.mailboxes.remove(folder, uid).await?;
            }
        }
        // Only what was moved there lies there.
        if let Some(id) = searchable(record)
            && self.mailboxes.name(Folder::NotSent).is_some()
        {
            for uid in self.mailboxes.find(Folder::NotSent, Find::MessageId(id)).await? {
                self.mailboxes.remove(Folder::NotSent, uid).await?;
            }
        }
        // A copy that the mail client filed as sent, and that was not taken out before the hold was over. Where the mail was
        // released once, or the same mail passed later, it may have gone.
        let passed = record
            .rewrite
            .as_ref()
            .is_some_and(|rewrite| rewrite.message_id.is_none() || rewrite.message_id == record.message_id);
        let never_left = record.summary.state != State::Sent && record.permit.is_none() && !passed;
        for (folder, clears) in [
            (Folder::Drafts, draft),
            (Folder::SendAsWritten, true),
            (Folder::Sent, never_left),
        ] {
            if clears {
                for uid in self.as_written(folder, record).await? {
                    self.mailboxes.remove(folder, uid).await?;
                }
            }
        }
        Ok(if record.summary.state == State::Sent {
            End::Erase
        } else {
            End::Done
        })
    }

    /// Mails in a mailbox that are the record's, octet by octet.
    async fn as_written(&mut self, folder: Folder, record: &Record) -> Result<Vec<u32>, WorkError> {
        let (Some(id), Some(mail)) = (searchable(record), &record.mail) else {
            return Ok(Vec::new());
        };
        let mut same = Vec::new();
        for uid in self.mailboxes.find(folder, Find::MessageId(id)).await? {
            let octets = self.mailboxes.fetch(folder, uid, LARGEST).await?;
            if octets.as_deref() == Some(mail.octets()) {
                same.push(uid);
            }
        }
        Ok(same)
    }

    /// Another mail went to the same people. Its MUA takes the draft that it was written from away once it has sent it:
    /// if that is the held one, the held mail is rewritten, however little the two have in common.
    async fn settle(
        &mut self,
        record: &Record,
        rewrite: &Rewrite,
        attempts: u32,
        claim: Claim,
    ) -> Result<bool, WorkError> {
        let store = self.custody.store();
        let filed = matches!(record.summary.state, State::Held | State::Refused);
        let Some(id) = searchable(record).filter(|_| filed) else {
            store.finish(claim, Finish::Done).await?;
            return Ok(true);
        };
        let now = (self.clock)();
        if self
            .mailboxes
            .find(Folder::Drafts, Find::MessageId(id))
            .await?
            .is_empty()
        {
            let step = steps::supersede(record, rewrite.clone(), Some(claim), now, true)?;
            return match store.step(step).await {
                Ok(()) | Err(StoreError::Changed { .. }) => Ok(true),
                Err(error) => Err(HoldError::from(error).into()),
            };
        }
        let finish = match planned(&DRAFTS, attempts, "the draft to go") {
            End::Again(seconds, waits_for) => Finish::Later {
                due: now + SignedDuration::from_secs(seconds),
                waits_for: waits_for.to_owned(),
            },
            End::Done | End::Erase => Finish::Done,
        };
        let done = finish == Finish::Done;
        store.finish(claim, finish).await?;
        Ok(done)
    }

    async fn notify(&mut self, record: &Record, notice: &Notice, work: &Work) -> Result<End, WorkError> {
        let ways = wording::ways(record, self.mailboxes);
        let made = wording::with_notice(notice, |notice| {
            let id = copy::notice_id(record, &notice, work.added)?;
            Ok((id, copy::notice_of(record, notice, &ways, work.added)?))
        });
        let (id, octets) = match made {
            Ok(made) => made,
            Err(error) => {
                let error: CopyError = error;
                tracing::warn!(%error, id = %record.summary.id, "no notice could be made");
                return Ok(End::Done);
            }
        };
        if self
            .mailboxes
            .find(Folder::Notes, Find::MessageId(&id))
            .await?
            .is_empty()
        {
            self.mailboxes.append(Folder::Notes, &octets, &[], None).await?;
        }
        Ok(End::Done)
    }

    /// A mail in doubt that is in Sent, where the provider files sent mail itself, went.
    async fn look(&mut self, record: &Record, attempts: u32, claim: Claim) -> Result<bool, WorkError> {
        let store = self.custody.store();
        if record.summary.state != State::InDoubt {
            store.finish(claim, Finish::Done).await?;
            return Ok(true);
        }
        // Where it does not, a copy in Sent is the mail client's, and proves nothing. Where it does, one that is the mail octet by
        // octet may be the client's all the same: providers add what they know of its way.
        let found = match searchable(record).filter(|_| self.mailboxes.files_sent_itself()) {
            Some(id) => {
                let copies = self.mailboxes.find(Folder::Sent, Find::MessageId(id)).await?.len();
                copies > self.as_written(Folder::Sent, record).await?.len()
            }
            None => false,
        };
        let now = (self.clock)();
        if found {
            let step = steps::confirm(record, "it is in Sent", Some("youward"), Some(claim), now, true)?;
            return match store.step(step).await {
                Ok(()) | Err(StoreError::Changed { .. }) => Ok(true),
                Err(error) => Err(HoldError::from(error).into()),
            };
        }
        match planned(&DOUBTS, attempts, "the mail to appear in Sent") {
            End::Again(seconds, waits_for) => {
                let due = now + SignedDuration::from_secs(seconds);
                let waits_for = waits_for.to_owned();
                store.finish(claim, Finish::Later { due, waits_for }).await?;
                Ok(false)
            }
            _ => {
                // Nobody but a person can tell now.
                let ask = NewWork::now(WorkKind::Notify(Notice::InDoubt), now);
                store.finish(claim, Finish::DoneBringing(ask)).await?;
                Ok(true)
            }
        }
    }
}

/// The Message-ID, if a server can be asked for it.
fn searchable(record: &Record) -> Option<&str> {
    const LONGEST: usize = 900;
    let id = record.message_id.as_deref()?;
    (id.len() <= LONGEST && id.bytes().all(|octet| octet.is_ascii_graphic() || octet == b' ')).then_some(id)
}

/// How one piece ended.
enum End {
    Done,
    /// Done, and the octets are needed no more.
    Erase,
    /// After so many seconds, waiting for that.
    Again(i64, &'static str),
}

/// The next look by a plan; done when the plan is.
fn planned(plan: &[i64], attempts: u32, waits_for: &'static str) -> End {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    plan.get(at)
        .map_or(End::Done, |seconds| End::Again(*seconds, waits_for))
}
