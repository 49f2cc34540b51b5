//! Silences in and out, each step with its audit row in the same transaction.

use super::{Fault, audit, rows};
use crate::reading::Silence;
use crate::store::{AuditRow, KeptSilence, StoreError};
use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

/// Adds one, unless the finding is silenced already.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    silence: Silence,
    who: String,
    at: Timestamp,
) -> Result<(), Fault> {
    let known: Option<String> = sqlx::query_scalar("SELECT author FROM silence WHERE hash = $1")
        .bind(&silence.hash)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(author) = known {
        let hash = silence.hash;
        return Err(Fault::Refused(StoreError::AlreadySilenced { hash, author }));
    }
    sqlx::query("INSERT INTO silence (hash, reason, author, at) VALUES ($1, $2, $3, $4)")
        .bind(&silence.hash)
        .bind(&silence.reason)
        .bind(&silence.author)
        .bind(at.as_microsecond())
        .execute(&mut *connection)
        .await?;
    let why = format!("{}, for {}: {}", silence.hash, silence.author, silence.reason);
    audit::append(connection, &[row("silenced", who, why, at)]).await
}

/// Takes one away.
pub(super) async fn remove(
    connection: &mut SqliteConnection,
    hash: String,
    who: String,
    at: Timestamp,
) -> Result<(), Fault> {
    let done = sqlx::query("DELETE FROM silence WHERE hash = $1")
        .bind(&hash)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() == 0 {
        return Err(Fault::Refused(StoreError::NotSilenced { hash }));
    }
    audit::append(connection, &[row("unsilenced", who, hash, at)]).await
}

/// All of them, the oldest first.
pub(super) async fn all(readers: &SqlitePool) -> Result<Vec<KeptSilence>, Fault> {
    let found = sqlx::query("SELECT hash, reason, author, at FROM silence ORDER BY at, hash")
        .fetch_all(readers)
        .await?;
    found.iter().map(rows::silence).collect()
}

fn row(what: &str, who: String, why: String, at: Timestamp) -> AuditRow {
    AuditRow {
        at,
        who,
        what: what.to_owned(),
        record: None,
        upstream: None,
        why,
    }
}
