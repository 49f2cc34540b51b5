//! Only one proxy serves a data folder. Commands need no lock: they stand beside it on the same database.

use super::{StoreError, folder};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The right to run the proxy on a data folder, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct InstanceLock {
    /// The lock is the operating system's, on this open file.
    _file: File,
}

impl InstanceLock {
    /// Whether somebody has the lock of a data folder, which is not made.
    #[must_use]
    pub fn is_taken(data_dir: &Path) -> bool {
        let Ok(file) = OpenOptions::new().write(true).open(data_dir.join("youward.lock")) else {
            return false;
        };
        matches!(file.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Takes the lock on `youward.lock` in the data folder, which is made if need be.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process has it, without waiting.
    pub fn acquire(data_dir: &Path) -> Result<InstanceLock, StoreError> {
        folder::prepare(data_dir)?;
        let path = data_dir.join("youward.lock");
        let failed = |error: std::io::Error| StoreError::Other(format!("can't lock {}: {error}", path.display()));
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = options.open(&path).map_err(failed)?;
        folder::only_for_owner(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(InstanceLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
                path: folder::database(data_dir).display().to_string(),
            }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let lock = InstanceLock::acquire(dir.path()).unwrap();
        assert!(matches!(
            InstanceLock::acquire(dir.path()),
            Err(StoreError::InUse { .. })
        ));
        assert!(InstanceLock::is_taken(dir.path()));
        drop(lock);
        assert!(!InstanceLock::is_taken(dir.path()));
        InstanceLock::acquire(dir.path()).unwrap();
    }
}
