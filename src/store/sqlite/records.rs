//! Records in and out, and their steps.

use super::{Fault, audit, rows};
use crate::mail::Fingerprint;
use crate::standard::Disposition;
use crate::store::life::Step;
use crate::store::{AuditRow, Filter, NewRecord, Record, RecordId, State, StoreError, Summary};
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
pub(super) async fn insert(connection: &mut SqliteConnection, prepared: Prepared) -> Result<RecordId, Fault> {
    let id = insert_row(connection, &prepared).await?;
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
    audit::append(connection, &prepared.audit_row(&id)).await?;
    Ok(id)
}

async fn insert_row(connection: &mut SqliteConnection, prepared: &Prepared) -> Result<RecordId, Fault> {
    let Prepared { record, state, .. } = prepared;
    for attempt in 0..ATTEMPTS {
        let id = RecordId::derive(&record.account, &record.fingerprint, record.at, attempt);
        let inserted = sqlx::query(
            "INSERT INTO record (id, at, state, disposition, account, upstream, recipients, subject, message_id, \
             fingerprint, tls, score, findings, consent_allowed, envelope, verdict, reading) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
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
        "SELECT * FROM record WHERE account = $1 AND fingerprint = $2 AND state IN ('returned', 'allowed', 'held') \
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
        "SELECT * FROM record WHERE ($1 IS NULL OR account = $1) AND ($2 = '' OR instr($2, state) > 0) \
         ORDER BY at DESC, seq DESC LIMIT $3",
    )
    .bind(&filter.account)
    .bind(states.join(" "))
    .bind(if filter.limit == 0 { -1 } else { i64::from(filter.limit) })
    .fetch_all(readers)
    .await?;
    found.iter().map(rows::summary).collect()
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

/// One step of a record.
#[derive(Debug)]
pub(super) struct Change {
    step: Step,
    id: RecordId,
    reason: String,
    /// Who takes it; `None` for the account itself.
    who: Option<String>,
    at: Timestamp,
}

impl Change {
    pub(super) fn new(step: Step, id: &RecordId, reason: &str, who: Option<&str>, at: Timestamp) -> Change {
        Change {
            step,
            id: id.clone(),
            reason: reason.to_owned(),
            who: who.map(str::to_owned),
            at,
        }
    }
}

/// The step, if the record's life has it, and its audit row.
pub(super) async fn change(connection: &mut SqliteConnection, change: Change) -> Result<(), Fault> {
    let Change {
        step,
        id,
        reason,
        who,
        at,
    } = change;
    let row = sqlx::query("SELECT state, consent_allowed, account, upstream FROM record WHERE id = $1")
        .bind(&id.0)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| StoreError::Unknown { id: id.to_string() })?;
    let state = State::from_word(row.try_get("state")?).ok_or_else(|| rows::unreadable(&id.0, "state"))?;
    let next = state
        .after(step, row.try_get("consent_allowed")?)
        .map_err(|why| StoreError::NotPossible {
            id: id.clone(),
            state: state.to_string(),
            why: why.to_owned(),
        })?;

    sqlx::query("UPDATE record SET state = $2 WHERE id = $1")
        .bind(&id.0)
        .bind(next.word())
        .execute(&mut *connection)
        .await?;
    let consequence = match step {
        Step::Allow => sqlx::query("UPDATE record SET allowed_at = $2, allowed_reason = $3 WHERE id = $1")
            .bind(&id.0)
            .bind(at.as_microsecond())
            .bind(&reason),
        // The annotated copy stays, as it does for a mail that was sent with annotations.
        Step::MarkSent => sqlx::query("UPDATE content SET mail = NULL WHERE record = $1").bind(&id.0),
        Step::Discard => sqlx::query("DELETE FROM content WHERE record = $1").bind(&id.0),
    };
    consequence.execute(&mut *connection).await?;

    let account: String = row.try_get("account")?;
    audit::append(
        connection,
        &AuditRow {
            at,
            who: who.unwrap_or(account),
            what: next.word().to_owned(),
            record: Some(id),
            upstream: Some(row.try_get("upstream")?),
            why: reason,
        },
    )
    .await
}
