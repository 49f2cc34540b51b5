//! Opening: files, connections, what durability needs, and the tables.

use super::Fault;
use super::health::Health;
use crate::store::{StoreError, folder};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqlSafeStr, SqliteConnection, SqlitePool};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// The tables, step by step. A step that has been released is never changed, only followed by another.
pub(super) const MIGRATIONS: [(i64, &str, &str); 4] = [
    (
        1,
        "records and audit",
        include_str!("migrations/0001_records_and_audit.sql"),
    ),
    (2, "silences", include_str!("migrations/0002_silences.sql")),
    (3, "holds", include_str!("migrations/0003_holds.sql")),
    (
        4,
        "history and drafts",
        include_str!("migrations/0004_history_and_drafts.sql"),
    ),
];

/// How long one process waits for another that is writing. Transactions take milliseconds.
const BUSY: Duration = Duration::from_secs(10);

const READERS: u32 = 4;

/// How the log is folded into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checkpoint {
    /// As much as goes without waiting for anybody.
    Passive,
    /// All of it, and the log is emptied.
    Truncate,
}

pub(super) async fn open(data_dir: &Path) -> Result<(SqliteConnection, SqlitePool, Health), StoreError> {
    let failed = |error: std::io::Error| StoreError::Other(format!("{}: {error}", data_dir.display()));
    folder::prepare(data_dir)?;
    let database = std::path::absolute(folder::database(data_dir)).map_err(failed)?;
    folder::create_private(&database)?;

    let health = Health::new(&database);
    let judge = |error: sqlx::Error| health.judge(Fault::Database(error));
    let mut writer = options(&database).connect().await.map_err(judge)?;
    ensure_durable(&mut writer).await.map_err(|fault| health.judge(fault))?;
    bring_up_to_date(&mut writer, &database)
        .await
        .map_err(|fault| health.judge(fault))?;

    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(options(&database).pragma("query_only", "ON"));
    Ok((writer, readers, health))
}

/// The same for every connection. SQLite gives its log and index the permissions of the database file, whatever the umask.
fn options(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        // The driver sets this before anything else, so that switching to WAL waits for others too.
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // macOS: a plain fsync does not reach the platter there. No effect elsewhere.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        // Deleted content is overwritten with zeros.
        .pragma("secure_delete", "ON")
        // Nothing of a mail goes to a temporary file in another folder.
        .pragma("temp_store", "MEMORY")
        // SQLite's own checkpoint after a commit keeps its errors to itself; ours does not.
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", "1048576")
        .disable_statement_logging()
}

/// Reads back what the promise rests on. A file system may not grant it, and a setting may have been misspelt.
pub(super) async fn ensure_durable(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    if journal != "wal" {
        return Err(Fault::Refused(StoreError::Other(format!(
            "the file system does not allow a write-ahead log (SQLite answers {journal:?}): put the data folder on a local \
             disk"
        ))));
    }
    for (question, name, expected) in [
        ("PRAGMA synchronous", "synchronous", 2_i64),
        ("PRAGMA foreign_keys", "foreign_keys", 1),
        ("PRAGMA secure_delete", "secure_delete", 1),
    ] {
        let answer: i64 = sqlx::query_scalar(question).fetch_one(&mut *connection).await?;
        if answer != expected {
            return Err(Fault::Refused(StoreError::Other(format!(
                "SQLite did not take the setting {name}={expected} and answers {answer}; refusing to start"
            ))));
        }
    }
    Ok(())
}

/// Brings the tables up to date, in one transaction: of two processes that open a new store at once, one makes the tables
/// and the other finds them.
async fn bring_up_to_date(connection: &mut SqliteConnection, database: &Path) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let migrator = Migrator::with_migrations(
        MIGRATIONS
            .into_iter()
            .map(|(version, description, sql)| {
                let kind = MigrationType::Simple;
                Migration::new(version, Cow::Borrowed(description), kind, sql.into_sql_str(), false)
            })
            .collect(),
    );
    match migrator.run(&mut *transaction).await {
        Ok(()) => Ok(transaction.commit().await?),
        Err(MigrateError::VersionMissing(_)) => Err(Fault::Refused(StoreError::Newer {
            path: database.display().to_string(),
        })),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => Err(Fault::Database(error)),
        Err(other) => Err(Fault::Refused(StoreError::Other(other.to_string()))),
    }
}

/// Folds the log into the database. What the log held is durable already, so a full disk or a busy reader only means
/// later; a failed write or sync stops the store.
pub(super) async fn checkpoint(connection: &mut SqliteConnection, health: &Health, how: Checkpoint) {
    let statement = match how {
        Checkpoint::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Checkpoint::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    match sqlx::query(statement).fetch_one(connection).await {
        Ok(row) if row.try_get::<i64, _>(0).unwrap_or(0) != 0 => {
            tracing::debug!("the store's log is in use; it will be folded in later");
        }
        Ok(_) => {}
        Err(error) => {
            let error = health.judge(Fault::Database(error));
            tracing::warn!(%error, "the store's log could not be folded into the database");
        }
    }
}
