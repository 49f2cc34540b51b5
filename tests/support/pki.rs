//! A certificate authority for the tests, and server certificates with every fault.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::{Arc, OnceLock};

/// A server certificate and its key, as PEM.
#[derive(Debug, Clone)]
pub(crate) struct ServerCertificate {
    /// The certificate.
    pub(crate) chain: String,
    /// Its private key.
    pub(crate) key: String,
}

/// What is wrong with a server certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing: for `localhost` and 127.0.0.1, by the authority that the tests trust.
    None,
    /// It ended in 2020.
    Expired,
    /// It begins in 2090.
    NotYetValid,
    /// It is for another name.
    WrongHost,
    /// The name stands in the common name only, which RFC 6125 no longer counts.
    CommonNameOnly,
    /// It is by an authority that nobody trusts.
    UnknownAuthority,
    /// It signed itself.
    SelfSigned,
    /// It is for clients, not for servers.
    WrongUsage,
}

/// All flaws.
pub(crate) const FLAWS: [Flaw; 7] = [
    Flaw::Expired,
    Flaw::NotYetValid,
    Flaw::WrongHost,
    Flaw::CommonNameOnly,
    Flaw::UnknownAuthority,
    Flaw::SelfSigned,
    Flaw::WrongUsage,
];

/// The trusted authority's certificate, as PEM.
pub(crate) fn authority() -> &'static str {
    &trusted().pem
}

/// A server certificate with a flaw, or none.
pub(crate) fn server_certificate(flaw: Flaw) -> ServerCertificate {
    let names: &[&str] = match flaw {
        Flaw::WrongHost => &["mail.elsewhere.test", "192.0.2.1"],
        Flaw::CommonNameOnly => &[],
        _ => &["localhost", "127.0.0.1"],
    };
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match flaw {
        Flaw::WrongUsage => ExtendedKeyUsagePurpose::ClientAuth,
        _ => ExtendedKeyUsagePurpose::ServerAuth,
    }];
    (params.not_before, params.not_after) = match flaw {
        Flaw::Expired => (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1)),
        Flaw::NotYetValid => (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1)),
        _ => (date_time_ymd(2020, 1, 1), date_time_ymd(2089, 1, 1)),
    };
    let key = KeyPair::generate().unwrap();
    let certificate = match flaw {
        Flaw::SelfSigned => params.self_signed(&key).unwrap(),
        Flaw::UnknownAuthority => params.signed_by(&key, &Authority::new("Rogue CA").issuer).unwrap(),
        _ => params.signed_by(&key, &trusted().issuer).unwrap(),
    };
    ServerCertificate {
        chain: certificate.pem(),
        key: key.serialize_pem(),
    }
}

/// The TLS settings of a server with this certificate.
pub(crate) fn server_config(certificate: &ServerCertificate) -> Arc<rustls::ServerConfig> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate.chain.as_bytes())
        .map(Result::unwrap)
        .collect();
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// The TLS settings of a client that trusts the certificates in this PEM text, and no others.
pub(crate) fn client_config(trusted: &str) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(trusted.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2089, 1, 1));
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority {
            pem,
            issuer: Issuer::new(params, key),
        }
    }
}

fn trusted() -> &'static Authority {
    static TRUSTED: OnceLock<Authority> = OnceLock::new();
    TRUSTED.get_or_init(|| Authority::new("Test CA"))
}
