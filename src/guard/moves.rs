//! What a rep asks for by moving a held copy to `Youward/Send as written`.

use super::error::WatchError;
use crate::hold::{Custody, Decider, HoldError};
use crate::mail::Mail;
use crate::store::{OpenRecord, Owner, State, StoreError, WorkKind};
use crate::upstream::mailbox::{Folder, Mailboxes, Marked};
use jiff::Timestamp;

/// Largest mail that is compared with what is held.
const LARGEST: usize = 64 * 1024 * 1024;

/// Releases what was moved there, and moves back what may not be released.
pub(super) async fn take_up(
    custody: &Custody,
    mailboxes: &mut Mailboxes,
    Owner { upstream, account }: &Owner,
    now: Timestamp,
) -> Result<(), WatchError> {
    for marked in mailboxes.marked(Folder::SendAsWritten).await? {
        let mut open = custody.open(account);
        open.retain(|record| record.upstream == *upstream);
        match open.iter().find(|record| is_of(&marked, record)) {
            // Taken back a moment ago: the copy is on its way to where it was.
            Some(record) if is_moved_back(custody, record).await? => {}
            // An edited draft is its author's: it is sent by their mail client, and not by us.
            Some(record) if !stands_for(custody, mailboxes, &marked, record).await? => {}
            Some(record) if record.state == State::Held => {
                let asked = custody.release(&record.id.0, "", &Decider::Author, now).await;
                match asked {
                    Ok(_) => tracing::info!(id = %record.id, "released by its author's move"),
                    Err(HoldError::Forbidden { why, .. }) => {
                        // The notice first: if this ends in between, the copy is still there and is looked at again.
                        custody.tell_not_released(record, &why, now).await?;
                        mailboxes
                            .move_to(Folder::SendAsWritten, marked.uid, Folder::Held)
                            .await?;
                    }
                    // Somebody decided at this moment: the next look tells.
                    Err(HoldError::NotPossible { .. } | HoldError::Store(StoreError::Changed { .. })) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            // On its way, in doubt, or with its author: the copy goes when that is over.
            Some(_) => {}
            None => clear(custody, mailboxes, &marked).await?,
        }
    }
    Ok(())
}

async fn is_moved_back(custody: &Custody, record: &OpenRecord) -> Result<bool, HoldError> {
    let work = custody.store().work().await?;
    Ok(work
        .iter()
        .any(|work| work.record == record.id && work.kind == WorkKind::FileCopy))
}

/// The annotated copy by its record's id, or the mail itself by its Message-ID.
fn is_of(marked: &Marked, record: &OpenRecord) -> bool {
    match &marked.record {
        Some(id) => *id == record.id.0,
        None => marked.message_id.is_some() && marked.bare_message_id() == record.message_id.as_deref(),
    }
}

/// Whether what lies there is what would be sent: the annotated copy stands for it, but a draft with the same Message-ID may
/// have been edited.
async fn stands_for(
    custody: &Custody,
    mailboxes: &mut Mailboxes,
    marked: &Marked,
    record: &OpenRecord,
) -> Result<bool, WatchError> {
    if marked.record.is_some() {
        return Ok(true);
    }
    let kept = custody.store().get(&record.id.0).await.map_err(HoldError::from)?;
    let octets = mailboxes.fetch(Folder::SendAsWritten, marked.uid, LARGEST).await?;
    Ok(octets.is_some() && octets.as_deref() == kept.mail.as_ref().map(Mail::octets))
}

/// A copy of what is settled already goes; a mail that is not ours stays as it is.
async fn clear(custody: &Custody, mailboxes: &mut Mailboxes, marked: &Marked) -> Result<(), WatchError> {
    let Some(id) = &marked.record else { return Ok(()) };
    match custody.store().get(id).await {
        Ok(record) if !State::OPEN.contains(&record.summary.state) => {
            mailboxes.remove(Folder::SendAsWritten, marked.uid).await?;
            Ok(())
        }
        // Opened since the last look, of another store, or mistyped.
        Ok(_) | Err(StoreError::Unknown { .. } | StoreError::Ambiguous { .. }) => Ok(()),
        Err(error) => Err(HoldError::from(error).into()),
    }
}
