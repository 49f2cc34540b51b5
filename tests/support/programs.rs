//! Programs that the tests need. A missing one fails the test and is named; nothing is skipped in silence.

use std::path::{Path, PathBuf};

/// The path of a program.
///
/// # Panics
/// When it is not installed.
pub(crate) fn need(name: &str) -> PathBuf {
    let candidates = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/lib/postfix/sbin"];
    match candidates
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file())
    {
        Some(path) => path,
        None => panic!("the tests need {name}, which is not installed: run tests/install"),
    }
}

/// Whether the tests run as root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// For tests with Postfix and Dovecot, which give up root's rights themselves.
///
/// # Panics
/// When not root.
pub(crate) fn need_root() {
    assert!(
        is_root(),
        "the tests with Postfix and Dovecot must run as root, because these servers want it"
    );
}
