//! Rows of the tables and the types they stand for.

use super::Fault;
use crate::mail::{Fingerprint, Mail};
use crate::reading::{Reading, Silence, Sketch};
use crate::standard::{Disposition, Verdict};
use crate::store::{AuditRow, KeptSilence, OpenRecord, Record, RecordId, State, StoreError, Summary, Work};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

/// Rows of one INSERT.
pub(super) const OF_AN_INSERT: usize = 50;

/// Writes so many rows with one statement. That for one row and that for the most come again and again; any other number is
/// another statement, and none of these is worth remembering.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    mut statement: QueryBuilder<Sqlite>,
    rows: usize,
) -> Result<(), Fault> {
    let again = rows == 1 || rows == OF_AN_INSERT;
    statement.build().persistent(again).execute(connection).await?;
    Ok(())
}

pub(super) fn summary(row: &SqliteRow) -> Result<Summary, Fault> {
    let id: String = row.try_get("id")?;
    let state = State::from_word(row.try_get("state")?).ok_or_else(|| unreadable(&id, "state"))?;
    let disposition = disposition_from(row.try_get("disposition")?).ok_or_else(|| unreadable(&id, "disposition"))?;
    let allowed_at: Option<i64> = row.try_get("allowed_at")?;
    Ok(Summary {
        at: time(&id, row.try_get("at")?)?,
        state,
        disposition,
        account: row.try_get("account")?,
        upstream: row.try_get("upstream")?,
        recipients: from_json(&id, "recipients", row.try_get("recipients")?)?,
        subject: row.try_get("subject")?,
        score: row.try_get("score")?,
        findings: usize::try_from(row.try_get::<i64, _>("findings")?).map_err(|_| unreadable(&id, "findings"))?,
        allowed_at: allowed_at.map(|at| time(&id, at)).transpose()?,
        allowed_reason: row.try_get("allowed_reason")?,
        consent_allowed: row.try_get("consent_allowed")?,
        round: row.try_get("round")?,
        replaced_by: row.try_get::<Option<String>, _>("replaced_by")?.map(RecordId),
        id: RecordId(id),
    })
}

pub(super) fn record(row: &SqliteRow) -> Result<Record, Fault> {
    let summary = summary(row)?;
    let id = summary.id.0.as_str();
    let reading: Option<&str> = row.try_get("reading")?;
    let fingerprint: &str = row.try_get("fingerprint")?;
    Ok(Record {
        envelope: from_json(id, "envelope", row.try_get("envelope")?)?,
        mail: row.try_get::<Option<Vec<u8>>, _>("mail")?.map(Mail::new),
        annotated_copy: row.try_get("annotated_copy")?,
        message_id: row.try_get("message_id")?,
        fingerprint: Fingerprint::from_hex(fingerprint).ok_or_else(|| unreadable(id, "fingerprint"))?,
        tls: row.try_get("tls")?,
        verdict: from_json(id, "verdict", row.try_get("verdict")?)?,
        reading: reading.map(|reading| from_json(id, "reading", reading)).transpose()?,
        permit: optional(row, id, "permit")?,
        rewrite: optional(row, id, "rewrite")?,
        reminders: row.try_get("reminders")?,
        summary,
    })
}

pub(super) fn open_record(row: &SqliteRow) -> Result<OpenRecord, Fault> {
    let summary = summary(row)?;
    let id = summary.id.0.as_str();
    let verdict: Verdict = from_json(id, "verdict", row.try_get("verdict")?)?;
    let reading: Option<Reading> = optional(row, id, "reading")?;
    let mut rules: Vec<String> = reading
        .into_iter()
        .flat_map(|reading| reading.findings)
        .map(|finding| finding.rule.to_string())
        .collect();
    rules.sort_unstable();
    rules.dedup();
    Ok(OpenRecord {
        rules,
        message_id: row.try_get("message_id")?,
        sketch: row.try_get::<Option<&[u8]>, _>("sketch")?.and_then(Sketch::from_bytes),
        terms: verdict.terms,
        reminders: row.try_get("reminders")?,
        id: summary.id,
        at: summary.at,
        state: summary.state,
        account: summary.account,
        upstream: summary.upstream,
        recipients: summary.recipients,
        subject: summary.subject,
        score: summary.score,
        round: summary.round,
    })
}

pub(super) fn work(row: &SqliteRow) -> Result<Work, Fault> {
    let record: String = row.try_get("record")?;
    Ok(Work {
        seq: row.try_get("seq")?,
        kind: from_json(&record, "work", row.try_get("kind")?)?,
        account: row.try_get("account")?,
        upstream: row.try_get("upstream")?,
        added: time(&record, row.try_get("added")?)?,
        due: time(&record, row.try_get("due")?)?,
        attempts: row.try_get("attempts")?,
        waits_for: row.try_get("waits_for")?,
        record: RecordId(record),
    })
}

pub(super) fn optional<T: DeserializeOwned>(row: &SqliteRow, id: &str, column: &str) -> Result<Option<T>, Fault> {
    row.try_get::<Option<&str>, _>(column)?
        .map(|json| from_json(id, column, json))
        .transpose()
}

pub(super) fn audit_row(row: &SqliteRow) -> Result<AuditRow, Fault> {
    Ok(AuditRow {
        at: time("audit", row.try_get("at")?)?,
        who: row.try_get("who")?,
        what: row.try_get("what")?,
        record: row.try_get::<Option<String>, _>("record")?.map(RecordId),
        upstream: row.try_get("upstream")?,
        why: row.try_get("why")?,
    })
}

pub(super) fn silence(row: &SqliteRow) -> Result<KeptSilence, Fault> {
    Ok(KeptSilence {
        silence: Silence {
            hash: row.try_get("hash")?,
            reason: row.try_get("reason")?,
            author: row.try_get("author")?,
        },
        at: time("silence", row.try_get("at")?)?,
    })
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Other(format!("can't be written as JSON: {error}")))
}

/// The disposition a record was made with; a passed mail has none.
fn disposition_from(word: &str) -> Option<Disposition> {
    [Disposition::Annotate, Disposition::Return, Disposition::Hold]
        .into_iter()
        .find(|known| known.to_string() == word)
}

pub(super) fn from_json<T: DeserializeOwned>(id: &str, column: &str, json: &str) -> Result<T, Fault> {
    serde_json::from_str(json).map_err(|_| unreadable(id, column))
}

pub(super) fn time(id: &str, microseconds: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(microseconds).map_err(|_| unreadable(id, "time"))
}

/// A value that this program did not write. What it says is left out: it may be content.
pub(super) fn unreadable(id: &str, column: &str) -> Fault {
    Fault::Refused(StoreError::Other(format!(
        "{id}: the {column} kept for it can't be read"
    )))
}
