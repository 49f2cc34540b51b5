//! The data folder: nobody but its owner looks into it, whatever the umask.

use super::StoreError;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The database's file in a data folder.
pub(super) fn database(data_dir: &Path) -> PathBuf {
    data_dir.join("youward.db")
}

/// Makes the folder, or sees to it that an existing one is for its owner only.
///
/// A folder that others can read and that holds anything but ours is refused rather than closed: it is more likely a
/// wrong path, and closing `/tmp` to everybody would be worse.
pub(super) fn prepare(dir: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::Other(format!("can't use the data folder {}: {error}", dir.display()));
    match fs::metadata(dir) {
        Ok(found) if !found.is_dir() => {
            return Err(StoreError::Other(format!(
                "the data folder {} is not a folder",
                dir.display()
            )));
        }
        Ok(found) if is_private(&found) => return Ok(()),
        Ok(_) if is_ours_or_empty(dir).map_err(failed)? => {}
        Ok(_) => {
            return Err(StoreError::Other(format!(
                "the data folder {} is open to other users and holds other files: name a folder of its own, or close \
                 this one with `chmod 700`",
                dir.display()
            )));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(dir).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    close_to_others(dir, 0o700).map_err(failed)
}

/// Makes an empty file for the owner only and its name durable; does nothing if it is there.
///
/// An existing file is not even opened: closing a second descriptor would drop the locks that SQLite holds on it in
/// this process (POSIX advisory locks belong to the process, not to the descriptor).
pub(super) fn create_private(path: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full {
            path: path.display().to_string(),
        },
        _ => StoreError::Other(format!("can't create {}: {error}", path.display())),
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            close_to_others(path, 0o600).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            path.parent().map_or(Ok(()), sync_folder).map_err(failed)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => only_for_owner(path),
        Err(error) => Err(failed(error)),
    }
}

/// Writes a file that is not there yet: for its owner only, whole or not at all, durable with its name. If another was
/// quicker, his stays.
pub(super) fn write_new(path: &Path, octets: &[u8]) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::Other(format!("can't write {}: {error}", path.display()));
    let begun = path.with_extension(format!("{}.new", std::process::id()));
    create_private(&begun)?;
    let written = (|| {
        let mut file = OpenOptions::new().write(true).open(&begun)?;
        io::Write::write_all(&mut file, octets)?;
        file.sync_all()?;
        match fs::hard_link(&begun, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => path.parent().map_or(Ok(()), sync_folder),
        }
    })();
    let removed = fs::remove_file(&begun);
    written.and(removed).map_err(failed)
}

/// Sees to it that a file is for its owner only.
pub(super) fn only_for_owner(path: &Path) -> Result<(), StoreError> {
    let failed =
        |error: io::Error| StoreError::Other(format!("can't close {} to other users: {error}", path.display()));
    if is_private(&fs::metadata(path).map_err(failed)?) {
        return Ok(());
    }
    close_to_others(path, 0o600).map_err(failed)
}

fn create(dir: &Path) -> io::Result<()> {
    let dir = std::path::absolute(dir)?;
    let new: Vec<&Path> = dir.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(&dir)?;
    new.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
}

/// A new name is durable only once its folder is (without this, files that were synced lose their names in a power cut).
fn sync_folder(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}

fn is_ours_or_empty(dir: &Path) -> io::Result<bool> {
    let mut empty = true;
    for entry in fs::read_dir(dir)? {
        if entry?.file_name() == "youward.db" {
            return Ok(true);
        }
        empty = false;
    }
    Ok(empty)
}

#[cfg(unix)]
fn is_private(found: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 == 0
}

#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(
        path,
        <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(mode),
    )
}

/// Elsewhere the folders of a user's profile are closed to others by what they inherit.
#[cfg(not(unix))]
fn is_private(_found: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_foreign_open_folder_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        close_to_others(dir.path(), 0o755).unwrap();
        fs::write(dir.path().join("letter.txt"), "").unwrap();
        let error = prepare(dir.path()).unwrap_err().to_string();
        assert!(error.contains("holds other files"), "{error}");
        assert_eq!(mode(dir.path()), 0o755);
    }

    #[test]
    fn an_empty_folder_and_our_own_are_closed() {
        let dir = tempfile::tempdir().unwrap();
        close_to_others(dir.path(), 0o755).unwrap();
        prepare(dir.path()).unwrap();
        assert_eq!(mode(dir.path()), 0o700);
        create_private(&database(dir.path())).unwrap();
        close_to_others(dir.path(), 0o777).unwrap();
        close_to_others(&database(dir.path()), 0o644).unwrap();
        prepare(dir.path()).unwrap();
        create_private(&database(dir.path())).unwrap();
        assert_eq!((mode(dir.path()), mode(&database(dir.path()))), (0o700, 0o600));
    }

    #[test]
    fn a_file_is_not_a_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(
            prepare(file.path())
                .unwrap_err()
                .to_string()
                .contains("is not a folder")
        );
    }
}
