//! Steps of records: each one transaction with its audit row and its work.

use super::{Fault, audit, rows, work};
use crate::store::{AuditRow, Erase, Mark, RecordId, State, StoreError, Transition};
use sqlx::{Row, SqliteConnection};

/// Takes a step, if the record stands where it begins and the work that it ends is still claimed. `replacement` is the
/// record that takes this one's place.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    transition: Transition,
    replacement: Option<&RecordId>,
) -> Result<(), Fault> {
    let Transition {
        record: id,
        from,
        to,
        at,
        who,
        what,
        why,
        erase,
        mark,
        ends_work,
        work: follows,
        done,
        during,
    } = transition;
    let row = sqlx::query("SELECT state, account, upstream FROM record WHERE id = $1")
        .bind(&id.0)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| StoreError::Unknown { id: id.to_string() })?;
    let state = State::from_word(row.try_get("state")?).ok_or_else(|| rows::unreadable(&id.0, "state"))?;
    let changed = || Fault::Refused(StoreError::Changed { id: id.clone() });
    if state != from {
        return Err(changed());
    }
    if let Some(claim) = done
        && !work::remove(connection, claim).await?
    {
        return Err(changed());
    }
    if let Some(claim) = during
        && !work::is_claimed(connection, claim).await?
    {
        return Err(changed());
    }
    sqlx::query("UPDATE record SET state = $2, replaced_by = coalesce($3, replaced_by), since = $4 WHERE id = $1")
        .bind(&id.0)
        .bind(to.word())
        .bind(replacement.map(|id| &id.0))
        .bind(at.as_microsecond())
        .execute(&mut *connection)
        .await?;
    if let Some(mut mark) = mark {
        if let Mark::Rewrite(rewrite) = &mut mark {
            rewrite.record = replacement.cloned().or(rewrite.record.take());
        }
        note(connection, &id, &mark, at.as_microsecond()).await?;
    }
    erase_content(connection, &id.0, erase).await?;
    if ends_work {
        sqlx::query("DELETE FROM work WHERE record = $1")
            .bind(&id.0)
            .execute(&mut *connection)
            .await?;
    }
    let account: String = row.try_get("account")?;
    let upstream: String = row.try_get("upstream")?;
    for new in &follows {
        work::add(connection, &id, &account, &upstream, new, at).await?;
    }
    let row = AuditRow {
        at,
        who: who.unwrap_or(account),
        what: what.to_owned(),
        record: Some(id),
        upstream: Some(upstream),
        why,
    };
    audit::append(connection, &[row]).await
}

/// Erases content of a record.
pub(super) async fn erase_content(connection: &mut SqliteConnection, id: &str, erase: Erase) -> Result<(), Fault> {
    let statement = match erase {
        Erase::Nothing => return Ok(()),
        Erase::Mail => "UPDATE content SET mail = NULL WHERE record = $1",
        Erase::All => "DELETE FROM content WHERE record = $1",
    };
    sqlx::query(statement).bind(id.to_owned()).execute(connection).await?;
    Ok(())
}

async fn note(connection: &mut SqliteConnection, id: &RecordId, mark: &Mark, at: i64) -> Result<(), Fault> {
    let statement = match mark {
        Mark::Consent { reason } => sqlx::query("UPDATE record SET allowed_at = $2, allowed_reason = $3 WHERE id = $1")
            .bind(&id.0)
            .bind(at)
            .bind(reason.clone()),
        Mark::Release(permit) => sqlx::query("UPDATE record SET permit = $2 WHERE id = $1")
            .bind(&id.0)
            .bind(rows::to_json(permit)?),
        Mark::Rewrite(rewrite) => sqlx::query("UPDATE record SET rewrite = $2 WHERE id = $1")
            .bind(&id.0)
            .bind(rows::to_json(rewrite)?),
        Mark::Reminded(count) => sqlx::query("UPDATE record SET reminders = $2 WHERE id = $1")
            .bind(&id.0)
            .bind(*count),
    };
    statement.execute(connection).await?;
    Ok(())
}

/// Which attempt a record is that replaces these.
pub(super) async fn next_round(connection: &mut SqliteConnection, replaced: &[Transition]) -> Result<u32, Fault> {
    let mut round = 1;
    for transition in replaced {
        let before: Option<u32> = sqlx::query_scalar("SELECT round FROM record WHERE id = $1")
            .bind(&transition.record.0)
            .fetch_optional(&mut *connection)
            .await?;
        round = round.max(before.unwrap_or(0) + 1);
    }
    Ok(round)
}
