//! Reviews of drafts in and out.

use super::history::whose;
use super::{Fault, rows};
use crate::reading::Sketch;
use crate::store::{Draft, Owner};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

pub(super) async fn all(readers: &SqlitePool, owner: Option<&Owner>) -> Result<Vec<Draft>, Fault> {
    let found =
        sqlx::query("SELECT * FROM draft WHERE $1 IS NULL OR (upstream = $1 AND account = $2) ORDER BY at DESC, id")
            .bind(owner.map(|owner| owner.upstream.as_str()))
            .bind(owner.map(|owner| owner.account.as_str()))
            .fetch_all(readers)
            .await?;
    found.iter().map(draft).collect()
}

/// Milliseconds of all readings: every reading has its own time, and a draft that goes takes its own along.
pub(super) async fn change(readers: &SqlitePool) -> Result<i64, Fault> {
    let sum: i64 = sqlx::query_scalar("SELECT coalesce(sum(at / 1000), 0) FROM draft")
        .fetch_one(readers)
        .await?;
    Ok(sum)
}

pub(super) async fn keep(connection: &mut SqliteConnection, draft: Draft) -> Result<(), Fault> {
    sqlx::query(
        "INSERT OR REPLACE INTO draft (id, upstream, account, uid_validity, uid, message_id, subject, recipients, at, round, \
         text, sketch, reading, verdict, filed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(&draft.id)
    .bind(&draft.owner.upstream)
    .bind(&draft.owner.account)
    .bind(draft.place.map(|(validity, _)| validity))
    .bind(draft.place.map(|(_, uid)| uid))
    .bind(&draft.message_id)
    .bind(&draft.subject)
    .bind(rows::to_json(&draft.recipients)?)
    .bind(draft.at.as_microsecond())
    .bind(draft.round)
    .bind(&draft.text)
    .bind(draft.sketch.as_ref().map(Sketch::to_bytes))
    .bind(draft.reading.as_ref().map(rows::to_json).transpose()?)
    .bind(rows::to_json(&draft.verdict)?)
    .bind(draft.filed)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn forget(connection: &mut SqliteConnection, id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM draft WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

fn draft(row: &SqliteRow) -> Result<Draft, Fault> {
    let id: String = row.try_get("id")?;
    let validity: Option<u32> = row.try_get("uid_validity")?;
    let sketch: Option<&[u8]> = row.try_get("sketch")?;
    Ok(Draft {
        owner: whose(row)?,
        place: validity.zip(row.try_get("uid")?),
        message_id: row.try_get("message_id")?,
        subject: row.try_get("subject")?,
        recipients: rows::from_json(&id, "recipients", row.try_get("recipients")?)?,
        at: rows::time(&id, row.try_get("at")?)?,
        round: row.try_get("round")?,
        text: row.try_get("text")?,
        sketch: sketch.and_then(Sketch::from_bytes),
        reading: rows::optional(row, &id, "reading")?,
        verdict: rows::from_json(&id, "verdict", row.try_get("verdict")?)?,
        filed: row.try_get("filed")?,
        id,
    })
}
