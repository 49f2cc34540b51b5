//! Audit rows in and out, each linked to the one before.

use super::{Fault, rows};
use crate::store::chain::{self, Link};
use crate::store::{AuditCheck, AuditRow};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};

/// Appends rows, inside the transaction of what they tell about.
pub(super) async fn append(connection: &mut SqliteConnection, rows: &[AuditRow]) -> Result<(), Fault> {
    let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?;
    let (mut seq, mut link) = match last {
        None => (0, chain::BEGINNING),
        Some(last) => (last.try_get::<i64, _>("seq")?, hash_of(&last)?),
    };
    for some in rows.chunks(rows::OF_AN_INSERT) {
        let mut insert: QueryBuilder<Sqlite> =
            QueryBuilder::new("INSERT INTO audit (seq, at, who, what, record, upstream, why, hash) ");
        insert.push_values(some, |mut values, row| {
            seq += 1;
            link = chain::link(&link, seq, row);
            values
                .push_bind(seq)
                .push_bind(row.at.as_microsecond())
                .push_bind(row.who.as_str())
                .push_bind(row.what.as_str())
                .push_bind(row.record.as_ref().map(|id| id.0.as_str()))
                .push_bind(row.upstream.as_deref())
                .push_bind(row.why.as_str())
                .push_bind(link.to_vec());
        });
        rows::insert(connection, insert, some.len()).await?;
    }
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
