//! Which of SQLite's errors pass, and which end the writing.
//!
//! A full disk passes: the transaction did not happen, and the next one may. A failed write or sync does not: after a
//! failed `fsync` the operating system may have thrown the pages away and answer the next `fsync` with success (seen: SQLite
//! says `disk I/O error` once and `ok` from then on). We choose to stop writing until somebody has looked at the disk and
//! started anew, at the price that mail which would have to be kept is refused for the time being.

use super::{Fault, StoreError};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// SQLite's result codes (<https://www.sqlite.org/rescode.html>) that need an answer of their own. The low octet is the
/// primary code.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOTADB: i32 = 26;
    /// The shared index of the log could not grow, which means no room. Nothing durable was touched.
    pub(super) const IOERR_SHMSIZE: i32 = IOERR | (19 << 8);
}

/// From this size on the log is folded into the database after a write.
const LOG_LIMIT: u64 = 4 * 1024 * 1024;

/// Whether the store may still be written to.
#[derive(Debug)]
pub(super) struct Health {
    path: String,
    log: PathBuf,
    stopped: OnceLock<String>,
}

impl Health {
    pub(super) fn new(database: &Path) -> Health {
        let path = database.display().to_string();
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        Health {
            path,
            log: PathBuf::from(log),
            stopped: OnceLock::new(),
        }
    }

    /// The stop, if there was a reason for it.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.stopped.get() {
            None => Ok(()),
            Some(cause) => Err(StoreError::Stopped {
                path: self.path.clone(),
                cause: cause.clone(),
            }),
        }
    }

    /// Ends the writing. The first cause stays.
    pub(super) fn stop(&self, cause: &str) -> StoreError {
        let first = self.stopped.get_or_init(|| {
            tracing::error!(store = %self.path, cause, "the store stopped after a failure; check the disk, then restart");
            cause.to_owned()
        });
        StoreError::Stopped {
            path: self.path.clone(),
            cause: first.clone(),
        }
    }

    /// The error for a fault; ends the writing if it must.
    pub(super) fn judge(&self, fault: Fault) -> StoreError {
        let error = match fault {
            Fault::Refused(error) => return error,
            Fault::Database(error) => error,
        };
        let Some(code) = error
            .as_database_error()
            .and_then(|error| error.code()?.parse::<i32>().ok())
        else {
            return match error {
                sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => self.stop(&error.to_string()),
                sqlx::Error::PoolClosed => StoreError::Other("it is closed".to_owned()),
                sqlx::Error::PoolTimedOut => StoreError::Busy {
                    path: self.path.clone(),
                },
                other => StoreError::Other(other.to_string()),
            };
        };
        match (code, code & 0xff) {
            (code::IOERR_SHMSIZE, _) | (_, code::FULL) => StoreError::Full {
                path: self.path.clone(),
            },
            (_, code::BUSY | code::LOCKED) => StoreError::Busy {
                path: self.path.clone(),
            },
            (_, code::IOERR | code::CORRUPT | code::NOTADB) => self.stop(&error.to_string()),
            _ => StoreError::Other(error.to_string()),
        }
    }

    /// Whether the log is due to be folded into the database.
    pub(super) fn log_has_grown(&self) -> bool {
        std::fs::metadata(&self.log).is_ok_and(|log| log.len() > LOG_LIMIT)
    }
}
