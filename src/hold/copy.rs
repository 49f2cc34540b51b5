//! The annotated copy of one mail, from what is known of it.
//!
//! For a held or returned mail it is made when it is wanted, from the record; for an annotated mail, whose octets are not
//! kept, it is made before they are forgotten.

use crate::annotate::Annotated;
use crate::annotate::copy::{CopyError, CopyInput, compose};
use crate::mail::{Address, Mail, Prose, ScanLimits};
use crate::store::{NewRecord, Record, RecordId};

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
    put_together(
        &annotated,
        &id,
        &record.account,
        &record.subject,
        &recipients,
        record.message_id.as_deref(),
        record.at,
    )
}

/// The copy of a recorded mail: the one that was kept, or made now while its octets are there. `None` when they are
/// erased.
///
/// # Errors
/// As [`for_new`].
pub fn of_record(record: &Record) -> Result<Option<Vec<u8>>, CopyError> {
    let summary = &record.summary;
    let (None, Some(mail)) = (&record.annotated_copy, &record.mail) else {
        return Ok(record.annotated_copy.clone());
    };
    let prose = Prose::extract(mail, &ScanLimits::default()).ok();
    let annotated = Annotated {
        name: &summary.subject,
        octets: Some(mail.octets()),
        prose: prose.as_ref(),
        reading: record.reading.as_ref(),
        verdict: &record.verdict,
    };
    let message_id = record.message_id.as_deref();
    put_together(
        &annotated,
        &summary.id,
        &summary.account,
        &summary.subject,
        &summary.recipients,
        message_id,
        summary.at,
    )
    .map(Some)
}

fn put_together(
    annotated: &Annotated<'_>,
    id: &RecordId,
    account: &str,
    subject: &str,
    recipients: &[String],
    original_message_id: Option<&str>,
    date: jiff::Timestamp,
) -> Result<Vec<u8>, CopyError> {
    let author = Address::parse(account).ok_or_else(|| CopyError::Author(format!("{account:?} is no address")))?;
    compose(&CopyInput {
        mail: *annotated,
        author: &author,
        subject,
        recipients,
        original_message_id,
        record: &id.0,
        message_id: &format!("youward-{id}-{}@{}", date.as_second(), author.domain()),
        date,
        boundary: &format!("youward{id}{}", date.as_nanosecond()),
    })
}
