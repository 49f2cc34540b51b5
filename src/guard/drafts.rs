//! The drafts of one account: each is read once it has been still for a moment, its review filed beside it, replaced as
//! it changes, and taken away when it goes. The draft itself is only looked at.

use super::error::WatchError;
use super::plan::Plan;
use super::review::{self, Version, unfinished};
use super::watch::Guard;
use crate::mail::Mail;
use crate::store::{Draft, Owner};
use crate::upstream::mailbox::{Find, Folder, MailboxCause, MailboxError, Mailboxes};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;

/// So many octets of a draft are fetched; attachments come after the text.
const FETCHED: usize = 1024 * 1024;
/// Drafts that are read in one go; then it is looked what has changed meanwhile.
const AT_ONCE: usize = 4;

/// The drafts of one account, over one connection.
pub(super) struct DraftWatch {
    owner: Owner,
    still: Duration,
    plan: Plan,
    /// Drafts that are no longer there, by their ids, and since when. Some clients take the old version away before they
    /// file the new one.
    gone: HashMap<String, Instant>,
    /// What is known of them; `None` before the store was asked.
    known: Option<Vec<Draft>>,
}

impl DraftWatch {
    pub(super) fn new(owner: Owner, still: Duration) -> DraftWatch {
        DraftWatch {
            owner,
            still,
            plan: Plan::default(),
            gone: HashMap::new(),
            known: None,
        }
    }

    /// Looks at the drafts, and does what is to be done now. Comes back with the time of the next thing to do, if there is one.
    pub(super) async fn look(
        &mut self,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<Option<Instant>, WatchError> {
        let mut known = match self.known.take() {
            Some(known) => known,
            None => self.begin(guard).await?,
        };
        let result = self.look_with(&mut known, guard, mailboxes).await;
        self.known = Some(known);
        result
    }

    /// What the store knows. A review that was read and not filed is read again: the process may have ended in between.
    async fn begin(&self, guard: &Guard) -> Result<Vec<Draft>, WatchError> {
        let mut known = guard.drafts.drafts(Some(&self.owner)).await?;
        for draft in &mut known {
            if review::is_pending(draft) {
                *draft = unfinished(draft);
            }
        }
        Ok(known)
    }

    async fn look_with(
        &mut self,
        known: &mut Vec<Draft>,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<Option<Instant>, WatchError> {
        let there = mailboxes.uids(Folder::Drafts).await?;
        let validity = there.uid_validity;
        let uids: HashSet<u32> = there.uids.iter().copied().collect();
        let read: HashSet<u32> = known.iter().filter_map(|draft| uid(draft, validity)).collect();
        let now = self
            .plan
            .look((validity, &there.uids), &read, Instant::now(), self.still);
        for &due in now.due.iter().take(AT_ONCE) {
            self.read(due, (validity, &uids), known, guard, mailboxes).await?;
        }
        let is_gone = |draft: &Draft| uid(draft, validity).is_none_or(|uid| !uids.contains(&uid));
        let forget_at = self.note_gone(known.iter().filter(|draft| is_gone(draft)));
        if !now.due.is_empty() {
            return Ok(Some(Instant::now()));
        }
        if !now.settled {
            return Ok(now.next);
        }
        let is_over = |draft: &Draft| {
            let since = self.gone.get(&draft.id);
            since.is_some_and(|since| *since + self.still <= Instant::now())
        };
        while let Some(at) = known.iter().position(|draft| is_gone(draft) && is_over(draft)) {
            if let Some(draft) = known.get(at) {
                self.forget(draft, guard, mailboxes).await?;
            }
            known.remove(at);
        }
        Ok(forget_at.filter(|_| known.iter().any(is_gone)))
    }

    /// Notes which drafts are not there. Gives when the first of them can be forgotten.
    fn note_gone<'d>(&mut self, gone: impl Iterator<Item = &'d Draft>) -> Option<Instant> {
        let now = Instant::now();
        let before = std::mem::take(&mut self.gone);
        self.gone = gone
            .map(|draft| (draft.id.clone(), before.get(&draft.id).copied().unwrap_or(now)))
            .collect();
        // One whose time has come is forgotten in this look.
        let ahead = self.gone.values().map(|since| *since + self.still);
        ahead.filter(|at| *at > now).min()
    }

    async fn read(
        &mut self,
        due: u32,
        (validity, uids): (u32, &HashSet<u32>),
        known: &mut Vec<Draft>,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<(), WatchError> {
        let octets = match mailboxes.beginning(Folder::Drafts, due, FETCHED).await {
            Ok(Some(octets)) => octets,
            Ok(None) => {
                self.plan.done(due);
                return Ok(());
            }
            Err(error) if error.leaves_connection_usable() => {
                tracing::debug!(%error, "a draft can't be fetched, and is passed over");
                self.plan.pass_over(due);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let version = Version::of(Mail::new(octets), &self.owner).await;
        if self.is_held_as_written(&version, guard).await? {
            self.plan.pass_over(due);
            return Ok(());
        }
        let is_gone = |draft: &Draft| uid(draft, validity).is_none_or(|uid| !uids.contains(&uid));
        let before = version.continues(known, is_gone).cloned();
        let place = Some((validity, due));
        if let Some(other) = before.as_ref().and_then(|before| uid(before, validity))
            && uids.contains(&other)
        {
            // Two with one Message-ID: a client that has not yet taken the older one away, or a copy.
            self.plan.stand_behind(due.min(other), due.max(other));
            if due < other {
                return Ok(());
            }
        }
        self.plan.done(due);
        let same = before.as_ref().filter(|before| before.text == version.text);
        if let Some(before) = same.filter(|before| !review::is_pending(before)) {
            // Saved again, and nothing in it that is read has changed.
            let same = Draft {
                place,
                message_id: version.headers.message_id.clone(),
                ..before.clone()
            };
            guard.drafts.keep_draft(same.clone()).await?;
            replace(known, same);
            return Ok(());
        }
        let at = (guard.clock)();
        let read = review::read(
            &guard.reader,
            &self.owner,
            &version,
            (before.as_ref(), known),
            place,
            at,
        )
        .await;
        let Some((draft, read, notify)) = read else {
            self.plan.pass_over(due);
            return Ok(());
        };
        if !review::has_findings(&draft) && !draft.filed {
            guard.drafts.keep_draft(draft.clone()).await?;
            replace(known, draft);
            return Ok(());
        }
        // Should this end before the review is filed, whoever comes next begins with this draft anew.
        guard.drafts.keep_draft(unfinished(&draft)).await?;
        replace(known, draft.clone());
        match review::letter(&draft, &version, read.as_ref()) {
            Ok(letter) => match file(mailboxes, &draft.id, &letter, notify).await {
                Ok(()) => {
                    let filed = Draft { filed: true, ..draft };
                    guard.drafts.keep_draft(filed.clone()).await?;
                    replace(known, filed);
                }
                // A full mailbox, most likely: the review is in the store, and that is all for now.
                Err(error) if error.leaves_connection_usable() && !is_missing(&error) => {
                    tracing::warn!(%error, upstream = %self.owner.upstream, "a review of a draft can't be filed");
                }
                Err(error) => return Err(error.into()),
            },
            Err(error) => {
                tracing::debug!(%error, "no review of a draft could be made for its mailbox");
                guard.drafts.keep_draft(draft).await?;
            }
        }
        Ok(())
    }

    /// What is held lies in Drafts exactly as written, and has its annotated copy: it is read once it is changed.
    async fn is_held_as_written(&self, version: &Version, guard: &Guard) -> Result<bool, WatchError> {
        let Owner { upstream, account } = &self.owner;
        let id = version.headers.message_id.as_deref();
        let open = guard.custody.open(account).into_iter();
        for record in open.filter(|record| record.upstream == *upstream && record.message_id.as_deref() == id) {
            let kept = guard.custody.store().get(&record.id.0).await?;
            let Some(mail) = kept.mail else { continue };
            if Version::of(mail, &self.owner).await.text == version.text {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The draft was sent or thrown away.
    async fn forget(&self, draft: &Draft, guard: &Guard, mailboxes: &mut Mailboxes) -> Result<(), WatchError> {
        if mailboxes.has(Folder::Reviews) {
            for uid in mailboxes.find(Folder::Reviews, Find::Record(&draft.id)).await? {
                mailboxes.remove(Folder::Reviews, uid).await?;
            }
        }
        guard.drafts.forget_draft(&draft.id).await?;
        Ok(())
    }
}

/// Files a review, then takes its earlier versions away, so that there is one at any time.
async fn file(mailboxes: &mut Mailboxes, id: &str, letter: &[u8], notify: bool) -> Result<(), MailboxError> {
    let flags: &[&str] = if notify { &[] } else { &["\\Seen"] };
    mailboxes.ensure(Folder::Reviews).await?;
    mailboxes.append(Folder::Reviews, letter, flags, None).await?;
    let mut filed = mailboxes.find(Folder::Reviews, Find::Record(id)).await?;
    filed.pop();
    for uid in filed {
        mailboxes.remove(Folder::Reviews, uid).await?;
    }
    Ok(())
}

/// Whether the mailbox for reviews is not there any more: with a new connection it is made anew.
fn is_missing(error: &MailboxError) -> bool {
    matches!(&error.cause, MailboxCause::Refused { code, .. } if code == "TRYCREATE" || code == "NONEXISTENT")
}

/// Where the version that was read lies, under this UIDVALIDITY.
fn uid(draft: &Draft, validity: u32) -> Option<u32> {
    draft.place.filter(|(under, _)| *under == validity).map(|(_, uid)| uid)
}

fn replace(known: &mut Vec<Draft>, draft: Draft) {
    known.retain(|other| other.id != draft.id);
    known.push(draft);
}
