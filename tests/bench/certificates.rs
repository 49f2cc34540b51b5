//! A certificate authority for one run, and one server certificate by it.

use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use std::fs;
use std::path::{Path, PathBuf};

/// The files, all PEM.
pub(crate) struct Certificates {
    /// What clients trust.
    pub(crate) ca: PathBuf,
    /// The chain for `localhost` and 127.0.0.1.
    pub(crate) chain: PathBuf,
    /// Its key.
    pub(crate) key: PathBuf,
    /// Key and chain in one file, as haproxy and Postfix take it.
    pub(crate) both: PathBuf,
}

/// Makes them in `folder`.
pub(crate) fn make(folder: &Path) -> Result<Certificates> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, "Benchmark CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let key = KeyPair::generate()?;
    let mut server = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.is_ca = IsCa::ExplicitNoCa;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let chain = server.signed_by(&key, &authority)?.pem();

    let write = |name: &str, text: &str| -> Result<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, text)?;
        Ok(path)
    };
    Ok(Certificates {
        ca: write("ca.pem", &authority.pem())?,
        key: write("server.key", &key.serialize_pem())?,
        both: write("server-both.pem", &format!("{}{chain}", key.serialize_pem()))?,
        chain: write("server.pem", &chain)?,
    })
}
