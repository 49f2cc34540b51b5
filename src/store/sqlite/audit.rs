//! Audit rows in and out, each linked to the one before.

use super::{Fault, rows};
use crate::store::chain::{self, Link};
use crate::store::{AuditCheck, AuditRow};
use sqlx::{Row, SqliteConnection, SqlitePool};

/// Appends a row, inside the transaction of what it tells about.
pub(super) async fn append(connection: &mut SqliteConnection, row: &AuditRow) -> Result<(), Fault> {
    let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?;
    let (seq, previous) = match last {
        None => (0, chain::BEGINNING),
        Some(last) => (last.try_get::<i64, _>("seq")?, hash_of(&last)?),
    };
    let seq = seq + 1;
    sqlx::query(
        "INSERT INTO audit (seq, at, who, what, record, upstream, why, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(seq)
    .bind(row.at.as_microsecond())
    .bind(&row.who)
    .bind(&row.what)
    .bind(row.record.as_ref().map(|id| &id.0))
    .bind(&row.upstream)
    .bind(&row.why)
    .bind(chain::link(&previous, seq, row).to_vec())
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest rows, newest first.
pub(super) async fn newest(readers: &SqlitePool, limit: u32) -> Result<Vec<AuditRow>, Fault> {
    let found = sqlx::query("SELECT at, who, what, record, upstream, why FROM audit ORDER BY seq DESC LIMIT $1")
        .bind(i64::from(limit))
        .fetch_all(readers)
        .await?;
    found.iter().map(rows::audit_row).collect()
}

/// The number of the newest row about a record; 0 before the first. Every change of a record has its row, and mail that
/// passes has none.
pub(super) async fn last(readers: &SqlitePool) -> Result<i64, Fault> {
    let last: Option<i64> = sqlx::query_scalar(
        "SELECT seq FROM audit INDEXED BY audit_of_records WHERE record IS NOT NULL ORDER BY seq DESC LIMIT 1",
    )
    .fetch_optional(readers)
    .await?;
    Ok(last.unwrap_or(0))
}

/// See [`Store::verify_audit`](crate::store::Store::verify_audit). In pages, so that a long audit fits in memory.
pub(super) async fn verify(readers: &SqlitePool, head: Option<&str>) -> Result<AuditCheck, Fault> {
    const PAGE: i64 = 1_000;
    let (mut rows, mut seq, mut link) = (0_u64, 0_i64, chain::BEGINNING);
    let mut head_found = false;
    let mut transaction = readers.begin().await?;
    let broken = 'all: loop {
        let page = sqlx::query(
            "SELECT seq, at, who, what, record, upstream, why, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(PAGE)
        .fetch_all(&mut *transaction)
        .await?;
        if page.is_empty() {
            break None;
        }
        for row in &page {
            let found: i64 = row.try_get("seq")?;
            if found != seq + 1 {
                break 'all Some((seq + 1, "it is missing".to_owned()));
            }
            let sound = rows::audit_row(row)
                .ok()
                .zip(hash_of(row).ok())
                .filter(|(told, hash)| chain::link(&link, found, told) == *hash);
            let Some((_, hash)) = sound else {
                break 'all Some((
                    found,
                    "it does not follow from the row before it: one of them was changed".to_owned(),
                ));
            };
            (seq, link) = (found, hash);
            head_found |= head.is_some_and(|head| head == hex(&link));
            rows += 1;
        }
    };
    Ok(AuditCheck {
        rows,
        head: (rows > 0).then(|| hex(&link)),
        head_found: head.map(|_| head_found),
        broken,
    })
}

fn hex(link: &Link) -> String {
    link.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn hash_of(row: &sqlx::sqlite::SqliteRow) -> Result<Link, Fault> {
    let hash: &[u8] = row.try_get("hash")?;
    Link::try_from(hash).map_err(|_| rows::unreadable("audit", "hash"))
}
