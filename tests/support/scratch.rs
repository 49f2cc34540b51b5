//! Folders that go away.

use super::janitor;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A temporary folder, removed on drop, and by the janitor if there is no drop.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A new empty folder. Its path is short, because Unix sockets allow few octets, and everyone may pass through, because
    /// the provider's servers run as users of their own.
    pub(crate) fn new(name: &str) -> Scratch {
        let folder = tempfile::Builder::new()
            .prefix(&format!("yw-{name}-"))
            .tempdir()
            .expect("a temporary folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        janitor::watch_folder(folder.path());
        Scratch { folder }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file or folder in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }
}
