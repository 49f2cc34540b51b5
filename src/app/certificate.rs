//! Certificates for our own listeners: a company's, or one that this machine makes for its loopback addresses.

use crate::proxy::Certificate;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The certificate that clients on this machine are to trust.
pub const LOOPBACK_CERTIFICATE: &str = "loopback-cert.pem";
const LOOPBACK_KEY: &str = "loopback-key.pem";
/// Valid for so long, as browsers and mail clients accept at most 398 days.
const VALID: SignedDuration = SignedDuration::from_hours(24 * 397);
/// Made anew when older than this.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_hours(24 * 365);

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// This machine's own certificate could not be made.
    #[error("the loopback certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
    /// Certificate and key don't go together, or are of a kind that TLS can't use.
    #[error("certificate and key can't be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// TLS for a listener. Without files of its own it gets this machine's loopback certificate from `data_dir`, which is
/// made or renewed where needed.
///
/// # Errors
/// Unreadable files, or a certificate and key that TLS can't use.
pub fn server_config(
    certificate: &Certificate,
    data_dir: &Path,
    now: Timestamp,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let (chain, key) = match (&certificate.chain, &certificate.key) {
        (Some(chain), Some(key)) => (chain.clone(), key.clone()),
        _ => loopback(data_dir, now)?,
    };
    let unreadable = |path: &Path, cause: String| CertificateError::File {
        path: path.to_owned(),
        cause,
    };
    let certificates = CertificateDer::pem_file_iter(&chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(&chain, error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable(&chain, "it holds no PEM certificate".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(&key).map_err(|error| unreadable(&key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, private)?;
    Ok(Arc::new(config))
}

/// Paths of this machine's certificate and key: a leaf that can sign nothing, for loopback names only.
fn loopback(data_dir: &Path, now: Timestamp) -> Result<(PathBuf, PathBuf), CertificateError> {
    let (chain, key) = (data_dir.join(LOOPBACK_CERTIFICATE), data_dir.join(LOOPBACK_KEY));
    let written = fs::metadata(&chain).and_then(|metadata| metadata.modified()).ok();
    let written = written.and_then(|written| Timestamp::try_from(written).ok());
    let fresh = written.is_some_and(|written| now.duration_since(written) < RENEWED_AFTER);
    if !fresh || !key.exists() {
        let (chain_pem, key_pem) = make(now)?;
        write_private(&key, &key_pem)?;
        write_private(&chain, &chain_pem)?;
    }
    Ok((chain, key))
}

fn make(now: Timestamp) -> Result<(String, String), CertificateError> {
    let key = KeyPair::generate()?;
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Youward on this machine");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Midnight UTC of a day.
    let day = |at: Timestamp| {
        let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
    };
    params.not_before = day(now - SignedDuration::from_hours(24));
    params.not_after = day(now + VALID - SignedDuration::from_hours(24));
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// Whole or not at all, and for this user's eyes only from the first octet.
fn write_private(path: &Path, text: &str) -> Result<(), CertificateError> {
    let unwritable = |error: std::io::Error| CertificateError::File {
        path: path.to_owned(),
        cause: error.to_string(),
    };
    let half = path.with_extension("pem.new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&half).map_err(unwritable)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(unwritable)?;
    fs::rename(&half, path).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_certificate_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let now =
            Timestamp::try_from(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_900_000_000))
                .unwrap();
        let written = fs::metadata(folder.path()).unwrap().modified().unwrap();
        let now_here = Timestamp::try_from(written).unwrap();
        server_config(&Certificate::default(), folder.path(), now_here).unwrap();
        let first = fs::read(folder.path().join(LOOPBACK_CERTIFICATE)).unwrap();
        server_config(&Certificate::default(), folder.path(), now_here).unwrap();
        assert_eq!(first, fs::read(folder.path().join(LOOPBACK_CERTIFICATE)).unwrap());
        server_config(&Certificate::default(), folder.path(), now).unwrap();
        assert_ne!(
            first,
            fs::read(folder.path().join(LOOPBACK_CERTIFICATE)).unwrap(),
            "renewed when old"
        );
        #[cfg(unix)]
        for name in [LOOPBACK_CERTIFICATE, LOOPBACK_KEY] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn errors_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Certificate {
            chain: Some(folder.path().join("no.pem")),
            key: Some(folder.path().join("no.key")),
        };
        let error = server_config(&missing, folder.path(), Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().contains("no.pem"), "{error}");
    }
}
