//! The store of a laptop: one SQLite file, `youward.db`.
//!
//! In: records and audit rows. Out: `Ok` only once they are on the disk: WAL with `synchronous=FULL`, set and read back.
//! One connection writes, a few read. Every writing transaction begins IMMEDIATE, so that it never finds out half-way
//! that somebody else wrote; it runs to its end even if whoever asked for it has gone.
//!
//! Must never: go on writing after a failed write or sync. The operating system may report such a failure once and then
//! deny it, so what was written since can't be believed; see [`health`].

mod audit;
mod drafts;
mod health;
mod history;
mod open;
mod records;
mod remembering;
mod rows;
mod search;
mod sent;
mod silences;
mod steps;
#[cfg(test)]
mod tests;
mod work;

use super::{
    AuditCheck, AuditRow, AuditSearch, Claim, Erase, Filter, Finish, FoundRow, KeptSilence, NewRecord, OpenRecord,
    Record, RecordId, Rewrite, Store, StoreError, Summary, Transition, Work, folder,
};
use crate::mail::Fingerprint;
use crate::reading::Silence;
use async_trait::async_trait;
use health::Health;
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection, SqlitePool};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// The store in one SQLite file. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    /// The one connection that writes; `None` once closed.
    writer: Arc<Mutex<Option<SqliteConnection>>>,
    readers: SqlitePool,
    health: Arc<Health>,
}

impl SqliteStore {
    /// Opens the store in a data folder, and makes both if they are not there: the folder 0700, the files 0600, whatever
    /// the umask. Older stores are brought up to date.
    ///
    /// Several processes may have the same store open; see [`InstanceLock`](super::InstanceLock) for the one that
    /// runs the proxy.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer version wrote it; [`StoreError::Other`] if the folder is not ours to use, or if the
    /// database does not grant what durability needs (a file system that can't do WAL, for one).
    pub async fn open(data_dir: &Path) -> Result<SqliteStore, StoreError> {
        let (writer, readers, health) = open::open(data_dir).await?;
        Ok(SqliteStore {
            writer: Arc::new(Mutex::new(Some(writer))),
            readers,
            health: Arc::new(health),
        })
    }

    /// Whether there is a store in this folder. Commands that only show use it, so as not to make one.
    #[must_use]
    pub fn exists(data_dir: &Path) -> bool {
        folder::database(data_dir).exists()
    }

    /// Runs one writing transaction, in a task of its own: if the caller goes away, it still ends.
    async fn write<T: Send + 'static>(
        &self,
        after: After,
        steps: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Steps<'c, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let writer = Arc::clone(&self.writer).lock_owned().await;
        let health = Arc::clone(&self.health);
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move { run(writer, &health, after, steps, answer).await });
        answered
            .await
            .unwrap_or_else(|_| Err(self.health.stop("a writing task ended without an answer")))
    }

    fn read_fault(&self, fault: Fault) -> StoreError {
        self.health.judge(fault)
    }
}

/// One transaction's statements.
type Steps<'c, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'c>>;

/// Why a transaction did not happen: the database's fault, or a refusal of ours.
#[derive(Debug)]
enum Fault {
    Database(sqlx::Error),
    Refused(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Fault {
        Fault::Database(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Refused(error)
    }
}

/// What a transaction owes after its COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing; the log is folded into the database when it has grown.
    Nothing,
    /// What was deleted must not linger in the log either.
    Erase,
}

async fn run<T>(
    mut writer: OwnedMutexGuard<Option<SqliteConnection>>,
    health: &Health,
    after: After,
    steps: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Steps<'c, T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
) {
    let Some(connection) = writer.as_mut() else {
        let _ = answer.send(Err(StoreError::Other("it is closed".to_owned())));
        return;
    };
    let result = match health.check() {
        Ok(()) => transaction(connection, steps)
            .await
            .map_err(|fault| health.judge(fault)),
        Err(stopped) => Err(stopped),
    };
    let done = result.is_ok();
    if done && after == After::Erase {
        // The step itself is durable; that the log could not be emptied now is not its failure.
        open::checkpoint(connection, health, open::Checkpoint::Truncate).await;
    }
    let _ = answer.send(result);
    if done && after == After::Nothing && health.log_has_grown() {
        open::checkpoint(connection, health, open::Checkpoint::Passive).await;
    }
}

/// BEGIN IMMEDIATE, the steps, COMMIT; or ROLLBACK.
async fn transaction<T>(
    connection: &mut SqliteConnection,
    steps: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Steps<'c, T>,
) -> Result<T, Fault> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let result = match steps(connection).await {
        Ok(value) => sqlx::query("COMMIT")
            .execute(&mut *connection)
            .await
            .map(|_| value)
            .map_err(Fault::from),
        Err(fault) => Err(fault),
    };
    if result.is_err() {
        // After some errors SQLite has rolled back by itself, and says so here; both ways nothing of it is left.
        let _ = sqlx::query("ROLLBACK").execute(connection).await;
    }
    result
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, record: NewRecord) -> Result<RecordId, StoreError> {
        let erases = record.replaces.iter().any(|step| step.erase != Erase::Nothing);
        let after = if erases { After::Erase } else { After::Nothing };
        let prepared = records::Prepared::new(record)?;
        self.write(after, |connection| Box::pin(records::insert(connection, prepared)))
            .await
    }

    async fn find_identical(
        &self,
        account: &str,
        fingerprint: &Fingerprint,
        since: Timestamp,
    ) -> Result<Option<Summary>, StoreError> {
        records::find_identical(&self.readers, account, fingerprint, since)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn replaced_by(&self, id: &RecordId) -> Result<Option<RecordId>, StoreError> {
        records::replaced_by(&self.readers, id)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn list(&self, filter: &Filter) -> Result<Vec<Summary>, StoreError> {
        records::list(&self.readers, filter)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn get(&self, id: &str) -> Result<Record, StoreError> {
        records::get(&self.readers, id)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn open_records(&self, account: Option<&str>) -> Result<Vec<OpenRecord>, StoreError> {
        records::open_records(&self.readers, account)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn last_change(&self) -> Result<i64, StoreError> {
        audit::last(&self.readers).await.map_err(|fault| self.read_fault(fault))
    }

    async fn step(&self, transition: Transition) -> Result<(), StoreError> {
        let after = match transition.erase {
            Erase::Nothing => After::Nothing,
            Erase::Mail | Erase::All => After::Erase,
        };
        self.write(after, |connection| Box::pin(steps::take(connection, transition, None)))
            .await
    }

    async fn work(&self) -> Result<Vec<Work>, StoreError> {
        work::all(&self.readers).await.map_err(|fault| self.read_fault(fault))
    }

    async fn claim(&self, seq: i64, now: Timestamp, until: Timestamp) -> Result<Option<Claim>, StoreError> {
        self.write(After::Nothing, move |connection| {
            Box::pin(work::claim(connection, seq, now, until))
        })
        .await
    }

    async fn finish(&self, claim: Claim, finish: Finish) -> Result<(), StoreError> {
        let after = match finish {
            Finish::DoneErasing(_) => After::Erase,
            _ => After::Nothing,
        };
        self.write(after, move |connection| {
            Box::pin(work::finish(connection, claim, finish))
        })
        .await
    }

    async fn note_waiting(&self, upstream: &str, account: &str, waits_for: &str) -> Result<(), StoreError> {
        let (upstream, account, waits_for) = (upstream.to_owned(), account.to_owned(), waits_for.to_owned());
        self.write(After::Nothing, move |connection| {
            Box::pin(work::note_waiting(connection, upstream, account, waits_for))
        })
        .await
    }

    async fn erase_superseded(&self, before: Timestamp) -> Result<(), StoreError> {
        if records::superseded_before(&self.readers, before)
            .await
            .map_err(|fault| self.read_fault(fault))?
        {
            return self
                .write(After::Erase, move |connection| {
                    Box::pin(records::erase_superseded(connection, before))
                })
                .await;
        }
        Ok(())
    }

    async fn end_claims(&self) -> Result<(), StoreError> {
        self.write(After::Nothing, |connection| Box::pin(work::end_claims(connection)))
            .await
    }

    async fn silence(&self, silence: &Silence, who: &str, at: Timestamp) -> Result<(), StoreError> {
        let (silence, who) = (silence.clone(), who.to_owned());
        self.write(After::Nothing, move |connection| {
            Box::pin(silences::add(connection, silence, who, at))
        })
        .await
    }

    async fn unsilence(&self, hash: &str, who: &str, at: Timestamp) -> Result<(), StoreError> {
        let (hash, who) = (hash.to_owned(), who.to_owned());
        self.write(After::Nothing, move |connection| {
            Box::pin(silences::remove(connection, hash, who, at))
        })
        .await
    }

    async fn silences(&self) -> Result<Vec<KeptSilence>, StoreError> {
        silences::all(&self.readers)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn rewrites(&self, account: Option<&str>, since: Timestamp) -> Result<Vec<Rewrite>, StoreError> {
        records::rewrites(&self.readers, account, since)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn audit(&self, rows: Vec<AuditRow>) -> Result<(), StoreError> {
        self.write(After::Nothing, |connection| {
            Box::pin(async move { audit::append(connection, &rows).await })
        })
        .await
    }

    async fn audit_rows(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        audit::newest(&self.readers, limit)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn search_audit(&self, looked_for: &AuditSearch) -> Result<Vec<FoundRow>, StoreError> {
        search::audit(&self.readers, looked_for)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn verify_audit(&self, head: Option<&str>) -> Result<AuditCheck, StoreError> {
        audit::verify(&self.readers, head)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn close(&self) {
        let mut writer = self.writer.lock().await;
        self.readers.close().await;
        if let Some(mut connection) = writer.take() {
            if self.health.check().is_ok() {
                open::checkpoint(&mut connection, &self.health, open::Checkpoint::Truncate).await;
            }
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "the store did not close cleanly");
            }
        }
    }
}
