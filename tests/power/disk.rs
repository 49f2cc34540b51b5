//! A disk that can lose its power: a file system in an image.

use crate::support::process::Process;
use crate::support::programs::is_root;
use crate::support::scratch::Scratch;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Room for a few thousand mails, and quick to copy.
const OCTETS: u64 = 48 * 1024 * 1024;

/// A mounted disk.
pub(super) struct Disk {
    image: PathBuf,
    mounted: bool,
    scratch: Scratch,
}

impl Disk {
    /// A new, empty one, or why there can't be one here.
    pub(super) fn new() -> Result<Disk, String> {
        if !is_root() {
            return Err("it takes root to mount an image".to_owned());
        }
        let scratch = Scratch::new("disk");
        let image = scratch.join("image");
        let file = std::fs::File::create(&image).unwrap();
        file.set_len(OCTETS).unwrap();
        run("mkfs.ext4", &["-q", "-F"], &[&image])?;
        Disk::mount(scratch)
    }

    /// Where it is mounted.
    pub(super) fn path(&self) -> PathBuf {
        self.scratch.join("mounted")
    }

    /// What a cut at this moment leaves, mounted anew: its journal is replayed.
    pub(super) fn cut(&self) -> Disk {
        let scratch = Scratch::new("disk");
        std::fs::copy(&self.image, scratch.join("image")).unwrap();
        Disk::mount(scratch).unwrap()
    }

    /// The disk before a cut goes, with all that it still had to write.
    pub(super) fn discard(self) {}

    fn mount(scratch: Scratch) -> Result<Disk, String> {
        let (image, point) = (scratch.join("image"), scratch.join("mounted"));
        std::fs::create_dir(&point).unwrap();
        run("mount", &["-o", "loop"], &[&image, &point])?;
        Ok(Disk {
            image,
            mounted: true,
            scratch,
        })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            self.mounted = false;
            // Lazily: something may still hold a file open; it goes with its last user.
            let _ = run("umount", &["-l"], &[&self.scratch.join("mounted")]);
        }
    }
}

fn run(program: &str, options: &[&str], paths: &[&Path]) -> Result<(), String> {
    let ended = Process::run(
        {
            let mut command = Command::new(program);
            command.args(options).args(paths);
            command
        },
        b"",
    );
    if ended.status.success() {
        Ok(())
    } else {
        Err(format!("{program}: {}", ended.stderr.trim()))
    }
}
