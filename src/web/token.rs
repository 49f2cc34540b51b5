//! The one-time link that signs a browser in, handed over through the data folder.
//!
//! Whoever can write there can read every mail that is kept, so it proves enough; it needs no socket, works on every
//! system, and a link outlives a restart of the proxy. `youward open` makes a token and leaves only its hash; the page
//! takes the file away when the token comes, and who takes it away has used it. A copy of the folder is worth nothing:
//! the token itself was never in it.

use super::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// How long a link can be used.
const VALID: SignedDuration = SignedDuration::from_mins(2);

/// A page says in a file where it is served.
const ADDRESS: &str = "address";

/// The part of the data folder that page and commands share.
#[derive(Debug, Clone)]
pub struct Doorstep {
    folder: PathBuf,
}

/// Why a token does not let anybody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such token, or it was used.
    Unknown,
    /// It was made too long ago.
    Expired,
}

impl Doorstep {
    /// The doorstep in this data folder. Nothing is made yet.
    #[must_use]
    pub fn of(data_dir: &Path) -> Doorstep {
        Doorstep {
            folder: data_dir.join("web"),
        }
    }

    /// Makes a token and leaves its hash.
    ///
    /// # Errors
    /// When the folder can't be written, or there is no randomness to be had.
    pub fn leave_token(&self, now: Timestamp) -> io::Result<Secret> {
        self.make()?;
        self.sweep(now);
        let token = Secret::random()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let until = now.saturating_add(VALID).unwrap_or(now);
        let name = self.folder.join(name_of(&token));
        let mut file = options.open(&name)?;
        write!(file, "{}", until.as_second())?;
        self.hand_over(&name)?;
        Ok(token)
    }

    /// Uses a token up.
    ///
    /// # Errors
    /// When it lets nobody in.
    pub fn take_token(&self, token: &Secret, now: Timestamp) -> Result<(), Refused> {
        let file = self.folder.join(name_of(token));
        let until = fs::read_to_string(&file).ok().and_then(|text| text.parse().ok());
        // Of two who bring the same token, one takes the file away.
        fs::remove_file(&file).map_err(|_| Refused::Unknown)?;
        match until {
            Some(until) if now.as_second() <= until => Ok(()),
            _ => Err(Refused::Expired),
        }
    }

    /// Says where the page is served.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn put_address(&self, address: SocketAddr) -> io::Result<()> {
        self.make()?;
        let new = self.folder.join("address.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        private(&mut options);
        write!(options.open(&new)?, "{address}")?;
        fs::rename(new, self.folder.join(ADDRESS))
    }

    /// Takes that back. A page that ended without it left an address where nobody answers, or somebody else does:
    /// whether the proxy runs at all is asked first.
    pub fn take_address_away(&self) {
        let _ = fs::remove_file(self.folder.join(ADDRESS));
    }

    /// Where the page is served; `None` if it is not.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let written = fs::read_to_string(self.folder.join(ADDRESS)).ok()?;
        let address: SocketAddr = written.parse().ok()?;
        address.ip().is_loopback().then_some(address)
    }

    fn make(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&self.folder) {
            Ok(()) => self.hand_over(&self.folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.is_sound(),
            Err(error) => Err(error),
        }
    }

    /// A folder of the data folder's owner and for nobody else: root, who may write here, is not to be led elsewhere.
    #[cfg(unix)]
    fn is_sound(&self) -> io::Result<()> {
        use std::os::unix::fs::MetadataExt;
        let data_dir = self.folder.parent().unwrap_or(&self.folder);
        let owner = fs::metadata(data_dir)?.uid();
        let found = fs::symlink_metadata(&self.folder)?;
        let sound = found.is_dir() && found.uid() == owner && found.mode() & 0o077 == 0;
        let why = || format!("{} is not a folder for its owner only", self.folder.display());
        if sound { Ok(()) } else { Err(io::Error::other(why())) }
    }

    #[cfg(not(unix))]
    fn is_sound(&self) -> io::Result<()> {
        Ok(())
    }

    /// What root makes here belongs to the data folder's owner, who serves the page.
    #[cfg(unix)]
    fn hand_over(&self, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, chown};
        let data_dir = self.folder.parent().unwrap_or(&self.folder);
        let owner = fs::metadata(data_dir)?.uid();
        if fs::metadata(path)?.uid() == owner {
            return Ok(());
        }
        chown(path, Some(owner), None)
    }

    #[cfg(not(unix))]
    fn hand_over(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Tokens that nobody used in time. That one stays is harmless: it lets nobody in.
    fn sweep(&self, now: Timestamp) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().starts_with("token-") {
                continue;
            }
            let path = entry.path();
            let until: Option<i64> = fs::read_to_string(&path).ok().and_then(|text| text.parse().ok());
            if until.is_some_and(|until| until < now.as_second()) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn name_of(token: &Secret) -> String {
    format!("token-{}", token.hash_for("youward-sign-in-1"))
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

/// Elsewhere the folders of a user's profile are closed to others by what they inherit.
#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_token_lets_in_once_and_not_for_long() {
        let dir = tempfile::tempdir().unwrap();
        let step = Doorstep::of(dir.path());
        let token = step.leave_token(at(0)).unwrap();
        assert_eq!(step.take_token(&token, at(119)), Ok(()));
        assert_eq!(step.take_token(&token, at(119)), Err(Refused::Unknown));
        let late = step.leave_token(at(0)).unwrap();
        assert_eq!(step.take_token(&late, at(121)), Err(Refused::Expired));
        assert_eq!(step.take_token(&late, at(1)), Err(Refused::Unknown));
        let wrong = Secret::random().unwrap();
        assert_eq!(step.take_token(&wrong, at(0)), Err(Refused::Unknown));
    }

    #[test]
    fn the_token_itself_is_never_in_the_folder_and_old_ones_go() {
        let dir = tempfile::tempdir().unwrap();
        let step = Doorstep::of(dir.path());
        let token = step.leave_token(at(0)).unwrap();
        let left: Vec<PathBuf> = fs::read_dir(dir.path().join("web"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        let [file] = left.as_slice() else { panic!("{left:?}") };
        assert!(!file.display().to_string().contains(token.shown()));
        assert!(!fs::read_to_string(file).unwrap().contains(token.shown()));
        step.put_address("127.0.0.1:8465".parse().unwrap()).unwrap();
        step.leave_token(at(121)).unwrap();
        assert!(!file.exists());
        assert_eq!(step.address(), Some("127.0.0.1:8465".parse().unwrap()));
        step.take_address_away();
        assert_eq!(step.address(), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_looks_into_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Doorstep::of(dir.path()).leave_token(at(0)).unwrap();
        let folder = dir.path().join("web");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        assert_eq!(mode(&file), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn what_root_leaves_belongs_to_the_folders_owner() {
        use std::os::unix::fs::{MetadataExt, chown};
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        chown(dir.path(), Some(65_534), None).unwrap();
        Doorstep::of(dir.path()).leave_token(at(0)).unwrap();
        let folder = dir.path().join("web");
        let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        for path in [folder, file] {
            assert_eq!(fs::metadata(path).unwrap().uid(), 65_534);
        }
    }

    #[test]
    fn an_address_off_loopback_is_none() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("web")).unwrap();
        fs::write(dir.path().join("web/address"), "192.0.2.1:8465").unwrap();
        assert_eq!(Doorstep::of(dir.path()).address(), None);
    }
}
