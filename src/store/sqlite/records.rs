//! Records in and out, and their steps.

use super::{Fault, audit, rows, steps, work};
use crate::mail::Fingerprint;
use crate::reading::Sketch;
use crate::standard::Disposition;
use crate::store::{AuditRow, Filter, NewRecord, OpenRecord, Record, RecordId, Rewrite, State, StoreError, Summary};
use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, SqlitePool};

/// How often an id is derived again when it is taken. With a million records one collision has a chance of 1 in a
/// million; ten in a row don't happen.
const ATTEMPTS: u32 = 10;

/// A new record with everything that does not need the database done.
#[derive(Debug)]
pub(super) struct Prepared {
    record: NewRecord,
    state: State,
    recipients: String,
    envelope: String,
    verdict: String,
    reading: Option<String>,
}

impl Prepared {
    pub(super) fn new(record: NewRecord) -> Result<Prepared, StoreError> {
        let state = match record.verdict.disposition {
            Disposition::Annotate => State::Annotated,
            Disposition::Return => State::Returned,
            Disposition::Hold => State::Held,
            Disposition::Pass => return Err(StoreError::Other("a passed mail is not kept".to_owned())),
        };
        let paths: Vec<&str> = record
            .envelope
            .recipients
            .iter()
            .map(|recipient| recipient.path.as_str())
            .collect();
        Ok(Prepared {
            state,
            recipients: rows::to_json(&paths)?,
            envelope: rows::to_json(&record.envelope)?,
            verdict: rows::to_json(&record.verdict)?,
            reading: record.reading.as_ref().map(rows::to_json).transpose()?,
            record,
        })
    }

    /// What the audit says of it: counts and names, nothing of the mail.
    fn audit_row(&self, id: &RecordId) -> AuditRow {
        let mut why: Vec<String> = Vec::new();
        match &self.record.reading {
            Some(reading) => why.push(format!("score {}, {} findings", reading.score, reading.findings.len())),
            None => why.push("not read".to_owned()),
        }
        why.push(format!("{} recipients", self.record.envelope.recipients.len()));
        // The findings stand in the record; here only why the mail was acted on.
        let reasons = self
            .record
            .verdict
            .reasons
            .iter()
            .filter(|reason| reason.name != "finding");
        why.extend(reasons.map(|reason| reason.name.clone()));
        AuditRow {
            at: self.record.at,
            who: self.record.account.clone(),
            what: self.state.word().to_owned(),
            record: Some(id.clone()),
            upstream: Some(self.record.upstream.clone()),
            why: why.join("; "),
        }
    }
}

/// The record, its content and its audit row.
pub(super) async fn insert(connection: &mut SqliteConnection, mut prepared: Prepared) -> Result<RecordId, Fault> {
    let replaces = std::mem::take(&mut prepared.record.replaces);
    let round = steps::next_round(connection, &replaces).await?;
    let id = insert_row(connection, &prepared, round).await?;
    for transition in replaces {
        steps::take(connection, transition, Some(&id)).await?;
    }
    let NewRecord {
        mail, annotated_copy, ..
    } = &prepared.record;
    if mail.is_some() || annotated_copy.is_some() {
        sqlx::query("INSERT INTO content (record, mail, annotated_copy) VALUES ($1, $2, $3)")
            .bind(&id.0)
            .bind(mail.as_ref().map(|mail| mail.octets().to_vec()))
            .bind(annotated_copy.clone())
            .execute(&mut *connection)
            .await?;
    }
    let record = &prepared.record;
    for new in &record.work {
        work::add(connection, &id, &record.account, &record.upstream, new, record.at).await?;
    }
    audit::append(connection, &[prepared.audit_row(&id)]).await?;
    Ok(id)
}

async fn insert_row(connection: &mut SqliteConnection, prepared: &Prepared, round: u32) -> Result<RecordId, Fault> {
    let Prepared { record, state, .. } = prepared;
    for attempt in 0..ATTEMPTS {
        let id = RecordId::derive(&record.account, &record.fingerprint, record.at, attempt);
        let inserted = sqlx::query(
            "INSERT INTO record (id, at, state, disposition, account, upstream, recipients, subject, message_id, \
             fingerprint, tls, score, findings, consent_allowed, envelope, verdict, reading, sketch, round) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&id.0)
        .bind(record.at.as_microsecond())
        .bind(state.word())
        .bind(record.verdict.disposition.to_string())
        .bind(&record.account)
        .bind(&record.upstream)
        .bind(&prepared.recipients)
        .bind(&record.subject)
        .bind(&record.message_id)
        .bind(record.fingerprint.to_string())
        .bind(record.tls)
        .bind(record.reading.as_ref().map(|reading| reading.score))
        .bind(
            record
                .reading
                .as_ref()
                .map_or(0, |reading| reading.findings.len() as i64),
        )
        .bind(record.verdict.consent_allowed)
        .bind(&prepared.envelope)
        .bind(&prepared.verdict)
        .bind(&prepared.reading)
        .bind(record.sketch.as_ref().map(Sketch::to_bytes))
        .bind(round)
        .execute(&mut *connection)
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(id);
        }
    }
    Err(Fault::Refused(StoreError::Other(
        "no id is free for this record".to_owned(),
    )))
}

/// See [`Store::find_identical`](crate::store::Store::find_identical).
pub(super) async fn find_identical(
    readers: &SqlitePool,
    account: &str,
    fingerprint: &Fingerprint,
    since: Timestamp,
) -> Result<Option<Summary>, Fault> {
    let found = sqlx::query(
        "SELECT * FROM record WHERE account = $1 AND fingerprint = $2 AND state IN ('returned', 'allowed', 'held', 'released', 'sending', \
         'in-doubt') \
         AND max(at, coalesce(allowed_at, at)) >= $3 ORDER BY state = 'allowed' DESC, at DESC, seq DESC LIMIT 1",
    )
    .bind(account)
    .bind(fingerprint.to_string())
    .bind(since.as_microsecond())
    .fetch_optional(readers)
    .await?;
    found.as_ref().map(rows::summary).transpose()
}

pub(super) async fn list(readers: &SqlitePool, filter: &Filter) -> Result<Vec<Summary>, Fault> {
    let states: Vec<&str> = filter.states.iter().map(|state| state.word()).collect();
    let found = sqlx::query(
        "SELECT id, at, state, disposition, account, upstream, recipients, subject, score, findings, allowed_at, allowed_reason, \
         consent_allowed, round, replaced_by FROM record WHERE ($1 IS NULL OR account = $1) AND ($2 = '' OR instr($2, state) > 0) \
         ORDER BY at DESC, seq DESC LIMIT $3",
    )
    .bind(&filter.account)
    .bind(states.join(" "))
    .bind(if filter.limit == 0 { -1 } else { i64::from(filter.limit) })
    .fetch_all(readers)
    .await?;
    found.iter().map(rows::summary).collect()
}

/// See [`Store::replaced_by`](crate::store::Store::replaced_by).
pub(super) async fn replaced_by(readers: &SqlitePool, id: &RecordId) -> Result<Option<RecordId>, Fault> {
    let found = sqlx::query_scalar("SELECT id FROM record WHERE replaced_by = $1 ORDER BY seq DESC LIMIT 1")
        .bind(&id.0)
        .fetch_optional(readers)
        .await?;
    Ok(found.map(RecordId))
}

/// See [`Store::rewrites`](crate::store::Store::rewrites).
pub(super) async fn rewrites(
    readers: &SqlitePool,
    account: Option<&str>,
    since: Timestamp,
) -> Result<Vec<Rewrite>, Fault> {
    let found = sqlx::query(
        "SELECT id, rewrite FROM record WHERE rewrite IS NOT NULL AND ($1 IS NULL OR account = $1) \
         AND coalesce(since, at) >= $2 ORDER BY coalesce(since, at), seq",
    )
    .bind(account)
    .bind(since.as_microsecond())
    .fetch_all(readers)
    .await?;
    let mut rewrites = Vec::with_capacity(found.len());
    for row in &found {
        let id: String = row.try_get("id")?;
        rewrites.push(rows::from_json(&id, "rewrite", row.try_get("rewrite")?)?);
    }
    Ok(rewrites)
}

/// See [`Store::open_records`](crate::store::Store::open_records).
pub(super) async fn open_records(readers: &SqlitePool, account: Option<&str>) -> Result<Vec<OpenRecord>, Fault> {
    let found = sqlx::query(
        "SELECT * FROM record WHERE state IN ('returned', 'allowed', 'held', 'released', 'sending', 'in-doubt', 'refused') \
         AND ($1 IS NULL OR account = $1) ORDER BY seq",
    )
    .bind(account)
    .fetch_all(readers)
    .await?;
    found.iter().map(rows::open_record).collect()
}

pub(super) async fn get(readers: &SqlitePool, typed: &str) -> Result<Record, Fault> {
    let unknown = || Fault::Refused(StoreError::Unknown { id: typed.to_owned() });
    let beginning = RecordId::beginning(typed).ok_or_else(unknown)?;
    // Z is the last letter that an id can have.
    let found = sqlx::query(
        "SELECT record.*, content.mail, content.annotated_copy FROM record \
         LEFT JOIN content ON content.record = record.id \
         WHERE record.id IN (SELECT id FROM record WHERE id BETWEEN $1 AND $1 || 'ZZZZZZZZ' LIMIT 2)",
    )
    .bind(beginning)
    .fetch_all(readers)
    .await?;
    match found.as_slice() {
        [] => Err(unknown()),
        [one] => rows::record(one),
        _ => Err(Fault::Refused(StoreError::Ambiguous { id: typed.to_owned() })),
    }
}

/// Whether there is content that [`erase_superseded`] would erase.
pub(super) async fn superseded_before(readers: &SqlitePool, before: Timestamp) -> Result<bool, Fault> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM content JOIN record ON record.id = content.record \
         WHERE record.state = 'superseded' AND coalesce(record.since, record.at) < $1 \
         AND record.id NOT IN (SELECT record FROM work) LIMIT 1",
    )
    .bind(before.as_microsecond())
    .fetch_optional(readers)
    .await?;
    Ok(found.is_some())
}

/// See [`Store::erase_superseded`](crate::store::Store::erase_superseded).
pub(super) async fn erase_superseded(connection: &mut SqliteConnection, before: Timestamp) -> Result<(), Fault> {
    sqlx::query(
        "DELETE FROM content WHERE record IN (SELECT id FROM record WHERE state = 'superseded' AND coalesce(since, at) < $1) \
         AND record NOT IN (SELECT record FROM work)",
    )
    .bind(before.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}
