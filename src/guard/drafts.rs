//! The drafts of one account: each is read once it has been still for a moment, its review filed beside it, replaced as
//! it changes, and taken away when it goes. The draft itself is only looked at.

use super::error::WatchError;
use super::plan::Plan;
use super::review::{self, Version};
use super::watch::Guard;
use crate::mail::Mail;
use crate::store::{Draft, Owner};
use crate::upstream::mailbox::{Find, Folder, MailboxError, Mailboxes};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;

/// Largest draft that is fetched, in octets; attachments count.
const LARGEST: usize = 10 * 1024 * 1024;
/// Drafts that are read in one go; then it is looked what has changed meanwhile.
const AT_ONCE: usize = 4;

/// The drafts of one account, over one connection.
pub(super) struct DraftWatch {
    owner: Owner,
    still: Duration,
    plan: Plan,
    /// What is known of them; `None` before the store was asked.
    known: Option<Vec<Draft>>,
}

impl DraftWatch {
    pub(super) fn new(owner: Owner, still: Duration) -> DraftWatch {
        DraftWatch {
            owner,
            still,
            plan: Plan::default(),
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
            if !draft.filed && review::has_findings(draft) {
                draft.place = None;
                draft.text.clear();
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
        if now.settled {
            let is_gone = |draft: &Draft| uid(draft, validity).is_none_or(|uid| !uids.contains(&uid));
            while let Some(at) = known.iter().position(is_gone) {
                if let Some(draft) = known.get(at) {
                    self.forget(draft, guard, mailboxes).await?;
                }
                known.remove(at);
            }
        }
        Ok(if now.due.is_empty() {
            now.next
        } else {
            Some(Instant::now())
        })
    }

    async fn read(
        &mut self,
        due: u32,
        (validity, uids): (u32, &HashSet<u32>),
        known: &mut Vec<Draft>,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<(), WatchError> {
        let octets = match mailboxes.fetch(Folder::Drafts, due, LARGEST).await {
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
            self.plan.pass_over(due.min(other));
            if due < other {
                return Ok(());
            }
        }
        self.plan.done(due);
        if let Some(before) = before.as_ref().filter(|before| before.text == version.text) {
            // Saved again, and nothing in it that is read has changed.
            let same = Draft {
                place,
                message_id: version.headers.message_id.clone(),
                ..before.clone()
            };
            guard.drafts.keep_draft(same.clone()).await?;
            return Ok(replace(known, same));
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
        let files = review::has_findings(&draft) || draft.filed;
        let unfiled = Draft { filed: false, ..draft };
        guard.drafts.keep_draft(unfiled.clone()).await?;
        replace(known, unfiled.clone());
        if files {
            match review::letter(&unfiled, &version, read.as_ref()) {
                Ok(letter) => {
                    match file(mailboxes, &unfiled.id, &letter, notify).await {
                        // A full mailbox, most likely: the review is in the store, and that is all for now.
                        Err(error) if error.leaves_connection_usable() => {
                            tracing::warn!(%error, upstream = %self.owner.upstream, "a review of a draft can't be filed");
                            return Ok(());
                        }
                        other => other?,
                    }
                    let filed = Draft { filed: true, ..unfiled };
                    guard.drafts.keep_draft(filed.clone()).await?;
                    replace(known, filed);
                }
                Err(error) => tracing::debug!(%error, "no review of a draft could be made for its mailbox"),
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

/// Where the version that was read lies, under this UIDVALIDITY.
fn uid(draft: &Draft, validity: u32) -> Option<u32> {
    draft.place.filter(|(under, _)| *under == validity).map(|(_, uid)| uid)
}

fn replace(known: &mut Vec<Draft>, draft: Draft) {
    known.retain(|other| other.id != draft.id);
    known.push(draft);
}
