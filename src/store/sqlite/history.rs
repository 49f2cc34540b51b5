//! Who wrote and to whom was written, in and out, by keyed numbers.

use super::Fault;
use super::rows::unreadable;
use crate::reading::Whom;
use crate::store::{Acquainted, Answer, Lesson, MessageKey, Owner, Scan};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};
use std::collections::HashMap;

/// Most numbers asked for in one statement.
pub(super) const AT_ONCE: usize = 400;

pub(super) async fn use_key(connection: &mut SqliteConnection, proof: [u8; 16]) -> Result<bool, Fault> {
    let known: Option<Vec<u8>> = sqlx::query_scalar("SELECT proof FROM history_key")
        .fetch_optional(&mut *connection)
        .await?;
    if known.as_deref() == Some(proof.as_slice()) {
        return Ok(false);
    }
    for table in ["scan", "acquaintance", "written", "sent", "history_key"] {
        let erase = format!("DELETE FROM {table}");
        sqlx::query(sqlx::AssertSqlSafe(erase))
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("INSERT INTO history_key (one, proof) VALUES (1, $1)")
        .bind(proof.as_slice())
        .execute(connection)
        .await?;
    Ok(known.is_some())
}

/// The number of an account, made when there is none.
pub(super) async fn owner_id(connection: &mut SqliteConnection, owner: &Owner) -> Result<i64, Fault> {
    sqlx::query("INSERT INTO owner (upstream, account) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(&owner.upstream)
        .bind(&owner.account)
        .execute(&mut *connection)
        .await?;
    let id = sqlx::query_scalar("SELECT id FROM owner WHERE upstream = $1 AND account = $2")
        .bind(&owner.upstream)
        .bind(&owner.account)
        .fetch_one(connection)
        .await?;
    Ok(id)
}

pub(super) async fn known_owner(readers: &SqlitePool, owner: &Owner) -> Result<Option<i64>, Fault> {
    Ok(
        sqlx::query_scalar("SELECT id FROM owner WHERE upstream = $1 AND account = $2")
            .bind(&owner.upstream)
            .bind(&owner.account)
            .fetch_optional(readers)
            .await?,
    )
}

pub(super) async fn scans(readers: &SqlitePool, owner: Option<&Owner>) -> Result<Vec<(Owner, Scan)>, Fault> {
    let found = sqlx::query(
        "SELECT owner.upstream, owner.account, scan.* FROM scan JOIN owner ON owner.id = scan.owner \
         WHERE $1 IS NULL OR (owner.upstream = $1 AND owner.account = $2) \
         ORDER BY owner.upstream, owner.account, scan.mailbox",
    )
    .bind(owner.map(|owner| owner.upstream.as_str()))
    .bind(owner.map(|owner| owner.account.as_str()))
    .fetch_all(readers)
    .await?;
    found.iter().map(scan).collect()
}

pub(super) async fn learn(connection: &mut SqliteConnection, owner: &Owner, lesson: &Lesson) -> Result<(), Fault> {
    let id = owner_id(connection, owner).await?;
    for (whom, at) in &lesson.wrote {
        sqlx::query(
            "INSERT INTO acquaintance (owner, person, organisation, wrote) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (owner, person) DO UPDATE SET wrote = excluded.wrote WHERE excluded.wrote > wrote",
        )
        .bind(id)
        .bind(whom.person.as_slice())
        .bind(whom.organisation.as_slice())
        .bind(at.as_microsecond())
        .execute(&mut *connection)
        .await?;
    }
    for (whom, message, at) in &lesson.written {
        written(connection, id, whom, message, *at).await?;
    }
    for (message, at, answer) in &lesson.answers {
        let column = match answer {
            Answer::Reply => "answered_at",
            Answer::Automatic => "automatic_at",
            Answer::Bounce => "bounced_at",
        };
        let note = format!(
            "UPDATE sent SET {column} = $3 WHERE owner = $1 AND message = $2 AND ({column} IS NULL OR {column} > $3)"
        );
        sqlx::query(sqlx::AssertSqlSafe(note))
            .bind(id)
            .bind(message.as_slice())
            .bind(at.as_microsecond())
            .execute(&mut *connection)
            .await?;
    }
    for scan in &lesson.scans {
        sqlx::query(
            "INSERT INTO scan (owner, mailbox, uid_validity, lowest, highest, mails, done, whole_at, looked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (owner, mailbox) DO UPDATE SET \
             uid_validity = excluded.uid_validity, lowest = excluded.lowest, highest = excluded.highest, \
             mails = excluded.mails, done = excluded.done, whole_at = excluded.whole_at, looked_at = excluded.looked_at",
        )
        .bind(id)
        .bind(&scan.mailbox)
        .bind(scan.uid_validity)
        .bind(scan.lowest)
        .bind(scan.highest)
        .bind(scan.mails)
        .bind(scan.done)
        .bind(scan.whole_at.map(Timestamp::as_microsecond))
        .bind(scan.looked_at.as_microsecond())
        .execute(&mut *connection)
        .await?;
    }
    for mailbox in &lesson.gone {
        sqlx::query("DELETE FROM scan WHERE owner = $1 AND mailbox = $2")
            .bind(id)
            .bind(mailbox)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn written(
    connection: &mut SqliteConnection,
    owner: i64,
    whom: &Whom,
    message: &MessageKey,
    at: Timestamp,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO written (owner, person, message, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(owner)
        .bind(whom.person.as_slice())
        .bind(message.as_slice())
        .bind(at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn acquainted(readers: &SqlitePool, owner: &Owner, whom: &[Whom]) -> Result<Vec<Acquainted>, Fault> {
    let Some(id) = known_owner(readers, owner).await? else {
        return Ok(vec![Acquainted::default(); whom.len()]);
    };
    let mut wrote: HashMap<Vec<u8>, i64> = HashMap::new();
    let mut organisations: HashMap<Vec<u8>, i64> = HashMap::new();
    let mut sent: HashMap<Vec<u8>, (i64, i64)> = HashMap::new();
    for some in whom.chunks(AT_ONCE) {
        let people: Vec<&[u8]> = some.iter().map(|whom| whom.person.as_slice()).collect();
        let domains: Vec<&[u8]> = some.iter().map(|whom| whom.organisation.as_slice()).collect();
        let found = among(
            "SELECT person, wrote FROM acquaintance WHERE owner = ",
            id,
            "person",
            &people,
            "",
        );
        wrote.extend(pairs(readers, found).await?);
        let found = among(
            "SELECT organisation, max(wrote) FROM acquaintance WHERE owner = ",
            id,
            "organisation",
            &domains,
            " GROUP BY organisation",
        );
        organisations.extend(pairs(readers, found).await?);
        // Counted are mails since the person last wrote.
        let mut found = among(
            "SELECT person, max(at), sum(at > coalesce((SELECT wrote FROM acquaintance AS known \
             WHERE known.owner = written.owner AND known.person = written.person), -9223372036854775807)) \
             FROM written WHERE owner = ",
            id,
            "person",
            &people,
            " GROUP BY person",
        );
        for row in found.build().fetch_all(readers).await? {
            sent.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
        }
    }
    let at = |microseconds: Option<&i64>| microseconds.map(|at| time(*at)).transpose();
    whom.iter()
        .map(|whom| {
            let sent = sent.get(whom.person.as_slice());
            Ok(Acquainted {
                wrote: at(wrote.get(whom.person.as_slice()))?,
                organisation_wrote: at(organisations.get(whom.organisation.as_slice()))?,
                written: at(sent.map(|(at, _)| at))?,
                unanswered: sent.map_or(0, |(_, count)| u32::try_from(*count).unwrap_or(u32::MAX)),
            })
        })
        .collect()
}

/// `SELECT … owner = <id> AND <column> IN (…) …`.
pub(super) fn among<'q>(
    select: &'q str,
    owner: i64,
    column: &'q str,
    numbers: &[&'q [u8]],
    end: &'q str,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(select);
    query.push_bind(owner).push(" AND ").push(column).push(" IN (");
    let mut list = query.separated(", ");
    for number in numbers {
        list.push_bind(number.to_vec());
    }
    query.push(")").push(end);
    query
}

async fn pairs(readers: &SqlitePool, mut query: QueryBuilder<Sqlite>) -> Result<Vec<(Vec<u8>, i64)>, Fault> {
    let found = query.build().fetch_all(readers).await?;
    found.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

fn scan(row: &SqliteRow) -> Result<(Owner, Scan), Fault> {
    let scan = Scan {
        mailbox: row.try_get("mailbox")?,
        uid_validity: row.try_get("uid_validity")?,
        lowest: row.try_get("lowest")?,
        highest: row.try_get("highest")?,
        mails: row.try_get("mails")?,
        done: row.try_get("done")?,
        whole_at: row.try_get::<Option<i64>, _>("whole_at")?.map(time).transpose()?,
        looked_at: time(row.try_get("looked_at")?)?,
    };
    Ok((whose(row)?, scan))
}

pub(super) fn whose(row: &SqliteRow) -> Result<Owner, Fault> {
    Ok(Owner {
        upstream: row.try_get("upstream")?,
        account: row.try_get("account")?,
    })
}

pub(super) fn number(octets: &[u8]) -> Option<[u8; 16]> {
    octets.try_into().ok()
}

pub(super) fn time(microseconds: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(microseconds).map_err(|_| unreadable("earlier mail", "time"))
}
