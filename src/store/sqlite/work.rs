//! Work in and out, and the claims on it.

use super::{Fault, rows, steps};
use crate::store::{Claim, Finish, NewWork, RecordId, Work};
use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

/// Notes work, inside the transaction of the step that brings it.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    record: &RecordId,
    account: &str,
    upstream: &str,
    new: &NewWork,
    at: Timestamp,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO work (record, kind, account, upstream, added, due) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&record.0)
        .bind(rows::to_json(&new.kind)?)
        .bind(account)
        .bind(upstream)
        .bind(at.as_microsecond())
        .bind(new.due.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// All of it, in its order.
pub(super) async fn all(readers: &SqlitePool) -> Result<Vec<Work>, Fault> {
    let found = sqlx::query("SELECT * FROM work ORDER BY seq")
        .fetch_all(readers)
        .await?;
    found.iter().map(rows::work).collect()
}

/// See [`Store::claim`](crate::store::Store::claim).
pub(super) async fn claim(
    connection: &mut SqliteConnection,
    seq: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Claim>, Fault> {
    let fence: Option<i64> = sqlx::query_scalar(
        "UPDATE work SET fence = fence + 1, attempts = attempts + 1, claimed_until = $3 \
         WHERE seq = $1 AND (claimed_until IS NULL OR claimed_until <= $2) RETURNING fence",
    )
    .bind(seq)
    .bind(now.as_microsecond())
    .bind(until.as_microsecond())
    .fetch_optional(connection)
    .await?;
    Ok(fence.map(|fence| Claim { seq, fence }))
}

/// Whether a claim still counts.
pub(super) async fn is_claimed(connection: &mut SqliteConnection, claim: Claim) -> Result<bool, Fault> {
    Ok(record_of(connection, claim).await?.is_some())
}

/// Takes claimed work away; false if the claim has lapsed.
pub(super) async fn remove(connection: &mut SqliteConnection, claim: Claim) -> Result<bool, Fault> {
    let removed = sqlx::query("DELETE FROM work WHERE seq = $1 AND fence = $2")
        .bind(claim.seq)
        .bind(claim.fence)
        .execute(connection)
        .await?;
    Ok(removed.rows_affected() == 1)
}

/// The record of claimed work, unless the claim has lapsed.
async fn record_of(connection: &mut SqliteConnection, claim: Claim) -> Result<Option<String>, Fault> {
    Ok(
        sqlx::query_scalar("SELECT record FROM work WHERE seq = $1 AND fence = $2")
            .bind(claim.seq)
            .bind(claim.fence)
            .fetch_optional(connection)
            .await?,
    )
}

/// See [`Store::finish`](crate::store::Store::finish).
pub(super) async fn finish(connection: &mut SqliteConnection, claim: Claim, finish: Finish) -> Result<(), Fault> {
    match finish {
        Finish::Done => {
            remove(connection, claim).await?;
        }
        Finish::DoneErasing(erase) => {
            let record = record_of(connection, claim).await?;
            if let Some(record) = record {
                remove(connection, claim).await?;
                steps::erase_content(connection, &record, erase).await?;
            }
        }
        Finish::DoneBringing(new) => {
            let brought = sqlx::query(
                "INSERT INTO work (record, kind, account, upstream, added, due) \
                 SELECT record, $3, account, upstream, $4, $4 FROM work WHERE seq = $1 AND fence = $2",
            )
            .bind(claim.seq)
            .bind(claim.fence)
            .bind(rows::to_json(&new.kind)?)
            .bind(new.due.as_microsecond())
            .execute(&mut *connection)
            .await?;
            if brought.rows_affected() == 1 {
                remove(connection, claim).await?;
            }
        }
        Finish::Later { due, waits_for } => {
            sqlx::query("UPDATE work SET claimed_until = NULL, due = $3, waits_for = $4 WHERE seq = $1 AND fence = $2")
                .bind(claim.seq)
                .bind(claim.fence)
                .bind(due.as_microsecond())
                .bind(waits_for)
                .execute(connection)
                .await?;
        }
    }
    Ok(())
}

/// See [`Store::note_waiting`](crate::store::Store::note_waiting).
pub(super) async fn note_waiting(
    connection: &mut SqliteConnection,
    upstream: String,
    account: String,
    waits_for: String,
) -> Result<(), Fault> {
    // What says the same with more words stays.
    sqlx::query(
        "UPDATE work SET waits_for = $3 WHERE upstream = $1 AND account = $2 AND claimed_until IS NULL \
         AND (waits_for IS NULL OR substr(waits_for, 1, length($3)) <> $3)",
    )
    .bind(upstream)
    .bind(account)
    .bind(waits_for)
    .execute(connection)
    .await?;
    Ok(())
}

/// See [`Store::end_claims`](crate::store::Store::end_claims).
pub(super) async fn end_claims(connection: &mut SqliteConnection) -> Result<(), Fault> {
    sqlx::query("UPDATE work SET claimed_until = NULL, fence = fence + 1 WHERE claimed_until IS NOT NULL")
        .execute(connection)
        .await?;
    Ok(())
}
