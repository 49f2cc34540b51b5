//! What was sent, and what became of it, in and out.

use super::Fault;
use super::history::{AT_ONCE, among, known_owner, number, owner_id, time, whose};
use super::rows::{self, unreadable};
use crate::reading::{Category, ProspectingClass, Sent, Sketch, Whom};
use crate::store::{MessageKey, Outcome, Owner, RecordId, SentMail};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};
use std::collections::HashMap;

/// Most sketches of one account that are compared with.
const SKETCHES: u32 = 2_000;
/// Most recipients of one mail that are kept.
const RECIPIENTS: usize = 1_000;

pub(super) async fn note_sent(connection: &mut SqliteConnection, mails: &[SentMail]) -> Result<(), Fault> {
    let mut owners: HashMap<&Owner, i64> = HashMap::new();
    let mut rows_of = Vec::with_capacity(mails.len());
    for mail in mails {
        let id = match owners.get(&mail.owner) {
            Some(id) => *id,
            None => {
                let id = owner_id(connection, &mail.owner).await?;
                owners.insert(&mail.owner, id);
                id
            }
        };
        rows_of.push((id, mail, rows::to_json(&mail.class)?, rows::to_json(&mail.categories)?));
    }
    for some in rows_of.chunks(rows::OF_AN_INSERT) {
        let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(
            "INSERT INTO sent (owner, message, at, elsewhere, class, score, categories, sketch, recipients) ",
        );
        insert.push_values(some, |mut row, (owner, mail, class, categories)| {
            row.push_bind(*owner)
                .push_bind(mail.message.to_vec())
                .push_bind(mail.at.as_microsecond())
                .push_bind(mail.elsewhere)
                .push_bind(class.clone())
                .push_bind(mail.score)
                .push_bind(categories.clone())
                .push_bind(mail.sketch.as_ref().map(Sketch::to_bytes))
                .push_bind(octets(&mail.to));
        });
        insert.push(" ON CONFLICT DO NOTHING");
        rows::insert(connection, insert, some.len()).await?;
    }
    let written: Vec<_> = rows_of
        .iter()
        .flat_map(|(owner, mail, ..)| mail.to.iter().map(move |whom| (*owner, whom, mail)))
        .collect();
    for some in written.chunks(rows::OF_AN_INSERT) {
        let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new("INSERT INTO written (owner, person, message, at) ");
        insert.push_values(some, |mut row, (owner, whom, mail)| {
            row.push_bind(*owner)
                .push_bind(whom.person.to_vec())
                .push_bind(mail.message.to_vec())
                .push_bind(mail.at.as_microsecond());
        });
        insert.push(" ON CONFLICT DO NOTHING");
        rows::insert(connection, insert, some.len()).await?;
    }
    Ok(())
}

pub(super) async fn sketches(readers: &SqlitePool, owner: &Owner, since: Timestamp) -> Result<Vec<Sent>, Fault> {
    let found = sqlx::query(
        "SELECT sent.at, sent.sketch, sent.recipients FROM sent JOIN owner ON owner.id = sent.owner \
         WHERE owner.upstream = $1 AND owner.account = $2 AND sent.at >= $3 AND sent.sketch IS NOT NULL \
         ORDER BY sent.at DESC LIMIT $4",
    )
    .bind(&owner.upstream)
    .bind(&owner.account)
    .bind(since.as_microsecond())
    .bind(SKETCHES)
    .fetch_all(readers)
    .await?;
    let mut sketches = Vec::with_capacity(found.len());
    for row in found.iter().rev() {
        // Of a method that is no longer used: as if it had not been kept.
        let Some(sketch) = Sketch::from_bytes(row.try_get("sketch")?) else {
            continue;
        };
        sketches.push(Sent {
            sketch,
            to: people(row.try_get("recipients")?),
            at: time(row.try_get("at")?)?,
        });
    }
    Ok(sketches)
}

pub(super) async fn noted(
    readers: &SqlitePool,
    owner: &Owner,
    messages: &[MessageKey],
) -> Result<Vec<MessageKey>, Fault> {
    let Some(id) = known_owner(readers, owner).await? else {
        return Ok(Vec::new());
    };
    let mut noted = Vec::new();
    for some in messages.chunks(AT_ONCE) {
        let keys: Vec<&[u8]> = some.iter().map(MessageKey::as_slice).collect();
        let mut found = among("SELECT message FROM sent WHERE owner = ", id, "message", &keys, "");
        for row in found.build().fetch_all(readers).await? {
            noted.extend(number(row.try_get(0)?));
        }
    }
    Ok(noted)
}

pub(super) async fn noted_to(
    readers: &SqlitePool,
    owner: &Owner,
    whom: &[Whom],
    from: Timestamp,
    until: Timestamp,
) -> Result<bool, Fault> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM sent JOIN owner ON owner.id = sent.owner WHERE owner.upstream = $1 AND owner.account = $2 \
         AND sent.at BETWEEN $3 AND $4 AND sent.recipients = $5 LIMIT 1",
    )
    .bind(&owner.upstream)
    .bind(&owner.account)
    .bind(from.as_microsecond())
    .bind(until.as_microsecond())
    .bind(octets(whom))
    .fetch_optional(readers)
    .await?;
    Ok(found.is_some())
}

pub(super) async fn recorded(readers: &SqlitePool, owner: &Owner, message_id: &str) -> Result<Option<RecordId>, Fault> {
    let found = sqlx::query_scalar(
        "SELECT id FROM record WHERE message_id = $1 AND upstream = $2 AND account = $3 ORDER BY seq DESC LIMIT 1",
    )
    .bind(message_id)
    .bind(&owner.upstream)
    .bind(&owner.account)
    .fetch_optional(readers)
    .await?;
    Ok(found.map(RecordId))
}

pub(super) async fn outcomes(readers: &SqlitePool, since: Timestamp) -> Result<Vec<Outcome>, Fault> {
    let found = sqlx::query(
        "SELECT owner.upstream, owner.account, sent.at, elsewhere, class, score, categories, recipients, answered_at, \
         automatic_at, bounced_at FROM sent JOIN owner ON owner.id = sent.owner \
         WHERE sent.at >= $1 ORDER BY sent.at, sent.message",
    )
    .bind(since.as_microsecond())
    .fetch_all(readers)
    .await?;
    found.iter().map(outcome).collect()
}

/// Whether there is something to forget.
pub(super) async fn has_sent_before(
    readers: &SqlitePool,
    sketches: Timestamp,
    mails: Timestamp,
) -> Result<bool, Fault> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM sent WHERE (at < $1 AND sketch IS NOT NULL) OR at < $2 LIMIT 1")
            .bind(sketches.as_microsecond())
            .bind(mails.as_microsecond())
            .fetch_optional(readers)
            .await?;
    Ok(found.is_some())
}

pub(super) async fn forget_sent(
    connection: &mut SqliteConnection,
    sketches: Timestamp,
    mails: Timestamp,
) -> Result<(), Fault> {
    sqlx::query("UPDATE sent SET sketch = NULL WHERE at < $1 AND sketch IS NOT NULL")
        .bind(sketches.as_microsecond())
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM sent WHERE at < $1")
        .bind(mails.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

fn outcome(row: &SqliteRow) -> Result<Outcome, Fault> {
    let class: ProspectingClass = json(row, "class")?;
    let categories: Vec<Category> = json(row, "categories")?;
    let recipients: &[u8] = row.try_get("recipients")?;
    let when = |column: &str| -> Result<Option<Timestamp>, Fault> {
        row.try_get::<Option<i64>, _>(column)?.map(time).transpose()
    };
    Ok(Outcome {
        owner: whose(row)?,
        at: time(row.try_get("at")?)?,
        elsewhere: row.try_get("elsewhere")?,
        class,
        score: row.try_get("score")?,
        categories,
        recipients: recipients.len() / 32,
        answered_at: when("answered_at")?,
        automatic_at: when("automatic_at")?,
        bounced_at: when("bounced_at")?,
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, Fault> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| unreadable("a sent mail", column))
}

/// Recipients in an order of their own, so that the same people give the same octets.
fn octets(whom: &[Whom]) -> Vec<u8> {
    let mut whom = whom.to_vec();
    whom.sort_unstable();
    whom.dedup();
    let numbers = whom
        .iter()
        .take(RECIPIENTS)
        .flat_map(|whom| [whom.person, whom.organisation]);
    numbers.flatten().collect()
}

fn people(octets: &[u8]) -> Vec<Whom> {
    let pair = |pair: &[u8]| {
        let (person, organisation) = pair.split_at_checked(16)?;
        Some(Whom {
            person: number(person)?,
            organisation: number(organisation)?,
        })
    };
    octets.chunks_exact(32).filter_map(pair).collect()
}
