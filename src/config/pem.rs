//! Files with certificates and keys: there, and with what they should hold in them.

use super::checker::Checker;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use toml::Spanned;

pub(super) fn check_certificates(checker: &mut Checker<'_>, field: &str, written: &Spanned<String>) -> Option<PathBuf> {
    check_pem(checker, field, written, "certificate", |pem| {
        let mut all = CertificateDer::pem_slice_iter(pem).peekable();
        all.peek().is_some() && all.all(|certificate| certificate.is_ok())
    })
}

pub(super) fn check_key(checker: &mut Checker<'_>, field: &str, written: &Spanned<String>) -> Option<PathBuf> {
    check_pem(checker, field, written, "private key", |pem| {
        PrivateKeyDer::from_pem_slice(pem).is_ok()
    })
}

fn check_pem(
    checker: &mut Checker<'_>,
    field: &str,
    written: &Spanned<String>,
    what: &str,
    holds: impl Fn(&[u8]) -> bool,
) -> Option<PathBuf> {
    let path = checker.file(field, written)?;
    let message = match read_short(&path) {
        Ok(pem) if holds(&pem) => return Some(path),
        Ok(_) => format!("{} holds no {what} in PEM", path.display()),
        Err(error) => format!("can't read {}: {error}", path.display()),
    };
    checker.fault(&written.span(), field, &message, &format!("a PEM file with a {what}"));
    None
}

/// The file's octets; a bundle of all the world's roots has about 200 KiB.
fn read_short(path: &Path) -> std::io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.len() > 16 * 1024 * 1024 {
        return Err(std::io::Error::other("it is longer than 16MiB"));
    }
    std::fs::read(path)
}
