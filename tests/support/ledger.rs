//! The store, asked and told through the library: what people do by commands, without a process for each.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;
use youward::app;
use youward::hold::{Custody, Decider, HoldError, Settlement};
use youward::store::{AuditRow, Filter, Record, SqliteStore, State, Store, Summary, Work};

/// A store that a running proxy may have open, too.
pub(crate) struct Ledger {
    runtime: Runtime,
    custody: Custody,
    database: PathBuf,
}

impl Ledger {
    /// The store in this data folder; `mailboxes` if those of the first provider are used.
    pub(crate) fn open(data: &Path, mailboxes: bool) -> Ledger {
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(SqliteStore::open(data)).unwrap();
        let upstreams: HashSet<String> = mailboxes.then(|| "0".to_owned()).into_iter().collect();
        Ledger {
            custody: Custody::new(Arc::new(store), upstreams),
            runtime,
            database: data.join("youward.db"),
        }
    }

    /// All records, newest first.
    pub(crate) fn records(&self) -> Vec<Summary> {
        let filter = Filter::default();
        self.runtime.block_on(self.store().list(&filter)).unwrap()
    }

    /// One record, whole.
    pub(crate) fn record(&self, id: &str) -> Record {
        self.runtime.block_on(self.store().get(id)).unwrap()
    }

    /// Where it stands.
    pub(crate) fn state(&self, id: &str) -> State {
        self.record(id).summary.state
    }

    /// Work that waits.
    pub(crate) fn work(&self) -> Vec<Work> {
        self.runtime.block_on(self.store().work()).unwrap()
    }

    /// The audit of one record, oldest first.
    pub(crate) fn audit(&self, id: &str) -> Vec<AuditRow> {
        let mut rows = self.runtime.block_on(self.store().audit_rows(u32::MAX)).unwrap();
        rows.reverse();
        rows.retain(|row| row.record.as_ref().is_some_and(|record| record.0 == id));
        rows
    }

    /// The first row of the audit that does not follow from the one before it.
    pub(crate) fn broken_audit(&self) -> Option<(i64, String)> {
        self.runtime.block_on(self.store().verify_audit(None)).unwrap().broken
    }

    /// Releases, as its author at the command line.
    pub(crate) fn release(&self, id: &str, reason: &str) -> Result<Summary, HoldError> {
        let author = author();
        self.runtime
            .block_on(self.custody.release(id, reason, &author, app::now()))
    }

    /// Takes a release back.
    pub(crate) fn withdraw(&self, id: &str) -> Result<Summary, HoldError> {
        let author = author();
        self.runtime
            .block_on(self.custody.withdraw(id, "not yet", &author, app::now()))
    }

    /// Says what became of a mail in doubt.
    pub(crate) fn settle(&self, id: &str, settlement: Settlement) -> Result<Summary, HoldError> {
        let author = author();
        self.runtime
            .block_on(self.custody.settle(id, settlement, "I asked them", &author, app::now()))
    }

    /// Changes the database past the library, as a fault or an intruder would. Gives the number of rows.
    pub(crate) fn tamper(&self, sql: &str) -> u64 {
        use sqlx::{ConnectOptions, Connection};
        self.runtime.block_on(async {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&self.database);
            let mut connection = options.connect().await.unwrap();
            let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
            done.rows_affected()
        })
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.custody.store()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.runtime.block_on(self.store().close());
    }
}

fn author() -> Decider {
    Decider::User("robin".to_owned())
}
