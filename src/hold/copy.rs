//! The annotated copy of one mail, and notices about it, from what is known of it.
//!
//! For a held or returned mail the copy is made when it is wanted, from the record; for an annotated mail, whose octets are
//! not kept, it is made before they are forgotten.

use crate::annotate::Annotated;
use crate::annotate::copy::{CopyError, CopyInput, Occasion, Previous, Ways, compose};
use crate::annotate::notice::{self, Notice, NoticeInput};
use crate::mail::{Address, Mail, Prose, ScanLimits};
use crate::store::{NewRecord, Record, RecordId};
use jiff::Timestamp;

/// What a copy says besides what its record knows: how to go on from here, and how often it went round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stage<'a> {
    /// What the author can do besides rewriting.
    pub ways: Ways<'a>,
    /// Which round of the same hold it is; 0 and 1 are the first.
    pub round: u32,
    /// What became of the round before.
    pub previous: Option<Previous>,
}

/// The copy of a mail that is about to be recorded.
///
/// # Errors
/// When the account is no address, or the copy can't be put together.
pub fn for_new(record: &NewRecord, mail: &Mail, prose: Option<&Prose>) -> Result<Vec<u8>, CopyError> {
    let id = RecordId::derive(&record.account, &record.fingerprint, record.at, 0);
    let recipients: Vec<String> = record
        .envelope
        .recipients
        .iter()
        .map(|path| path.path.clone())
        .collect();
    let annotated = Annotated {
        name: &record.subject,
        octets: Some(mail.octets()),
        prose,
        reading: record.reading.as_ref(),
        verdict: &record.verdict,
    };
    let about = About {
        id: &id,
        account: &record.account,
        subject: &record.subject,
        recipients: &recipients,
        message_id: record.message_id.as_deref(),
    };
    about.copy(annotated, record.at, &Stage::default())
}

/// The copy of a recorded mail: the one that was kept, or made now while its octets are there. `None` when they are
/// erased.
///
/// # Errors
/// As [`for_new`].
pub fn of_record(record: &Record) -> Result<Option<Vec<u8>>, CopyError> {
    match &record.annotated_copy {
        Some(kept) => Ok(Some(kept.clone())),
        None => at_stage(record, &Stage::default()),
    }
}

/// The copy of a recorded mail, made anew with what is known by now of the ways on. `None` when its octets are erased.
///
/// # Errors
/// As [`for_new`].
pub fn at_stage(record: &Record, stage: &Stage<'_>) -> Result<Option<Vec<u8>>, CopyError> {
    let Some(mail) = &record.mail else { return Ok(None) };
    let prose = Prose::extract(mail, &ScanLimits::default()).ok();
    let annotated = Annotated {
        name: &record.summary.subject,
        octets: Some(mail.octets()),
        prose: prose.as_ref(),
        reading: record.reading.as_ref(),
        verdict: &record.verdict,
    };
    About::of(record).copy(annotated, record.summary.at, stage).map(Some)
}

/// A notice about a recorded mail. `ways` says where the mail lies, and whether its author may be told of the command.
///
/// # Errors
/// As [`for_new`].
pub fn notice_of(record: &Record, what: Notice<'_>, ways: &Ways<'_>, at: Timestamp) -> Result<Vec<u8>, CopyError> {
    let about = About::of(record);
    let author = about.author()?;
    let id = about.id;
    notice::compose(&NoticeInput {
        notice: what,
        author: &author,
        subject: about.subject,
        recipients: about.recipients,
        original_message_id: about.message_id,
        record: &id.0,
        draft: ways.draft,
        release_command: ways.release_command && !ways.approver,
        message_id: &notice_id(record, &what, at)?,
        date: at,
        boundary: &format!("youward{id}{}", at.as_nanosecond()),
    })
}

/// The Message-ID of a notice, without the brackets: the same whenever the notice is made again.
///
/// # Errors
/// When the account is no address.
pub fn notice_id(record: &Record, what: &Notice<'_>, at: Timestamp) -> Result<String, CopyError> {
    let about = About::of(record);
    Ok(format!(
        "youward-{}-{}-{}@{}",
        about.id,
        what.kind(),
        at.as_second(),
        about.author()?.domain()
    ))
}

/// What copies and notices name.
struct About<'a> {
    id: &'a RecordId,
    account: &'a str,
    subject: &'a str,
    recipients: &'a [String],
    message_id: Option<&'a str>,
}

impl<'a> About<'a> {
    fn of(record: &'a Record) -> About<'a> {
        let summary = &record.summary;
        About {
            id: &summary.id,
            account: &summary.account,
            subject: &summary.subject,
            recipients: &summary.recipients,
            message_id: record.message_id.as_deref(),
        }
    }

    fn author(&self) -> Result<Address, CopyError> {
        let account = self.account;
        Address::parse(account).ok_or_else(|| CopyError::Author(format!("{account:?} is no address")))
    }

    fn copy(&self, mail: Annotated<'_>, date: Timestamp, stage: &Stage<'_>) -> Result<Vec<u8>, CopyError> {
        let (author, id) = (self.author()?, self.id);
        let (round, seconds) = (stage.round.max(1), date.as_second());
        compose(&CopyInput {
            mail,
            occasion: Occasion::Submitted,
            author: &author,
            subject: self.subject,
            recipients: self.recipients,
            original_message_id: self.message_id,
            record: &id.0,
            ways: stage.ways,
            round,
            previous: stage.previous,
            message_id: &format!("youward-{id}-{seconds}-{round}@{}", author.domain()),
            date,
            boundary: &format!("youward{id}{}", date.as_nanosecond()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::{noon, returned};
    use crate::store::{SqliteStore, Store};
    use mail_parser::MessageParser;

    #[tokio::test]
    async fn copies_and_notices_of_a_record_are_different_mails_about_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let id = store.commit(returned(1, noon(0))).await.unwrap();
        let mut record = store.get(&id.0).await.unwrap();
        let ways = Ways {
            draft: Some("Drafts"),
            release_command: true,
            approver: true,
            ..Ways::default()
        };
        let stage = |round| Stage {
            ways,
            round,
            previous: None,
        };
        let mut octets: Vec<Vec<u8>> = [0, 1, 2]
            .into_iter()
            .map(|round| at_stage(&record, &stage(round)).unwrap().unwrap())
            .collect();
        assert_eq!(octets.remove(0), octets[0], "no round is the first round");
        for what in [Notice::InDoubt, Notice::Reminder { held_for_hours: 24 }] {
            octets.push(notice_of(&record, what, &ways, noon(1)).unwrap());
        }
        let mails: Vec<_> = octets
            .iter()
            .map(|mail| MessageParser::default().parse(mail).unwrap())
            .collect();
        let mut ids: Vec<_> = mails.iter().map(|mail| mail.message_id().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), mails.len());
        for mail in &mails {
            assert_eq!(mail.header("X-Youward-Record").unwrap().as_text(), Some(id.0.as_str()));
        }
        let reminder = mails[3].body_text(0).unwrap();
        assert!(
            reminder.contains("“Drafts”") && !reminder.contains("held release"),
            "{reminder}"
        );
        record.mail = None;
        assert_eq!(at_stage(&record, &stage(1)).unwrap(), None);
        store.close().await;
    }
}
