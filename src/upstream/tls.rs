//! TLS towards the provider: always verified, never downgraded.

use super::{Endpoint, Stream, Trust};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Why TLS towards a provider can't even be prepared.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// The CA file can't be read.
    #[error("cannot read the CA file {}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// The file holds no certificate.
    #[error("the CA file {} holds no PEM certificate", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The platform has no usable roots.
    #[error(
        "this machine has no root certificates to verify the provider with: install the package ca-certificates, or name a CA file ({0})"
    )]
    NoRoots(String),
    /// The host is neither a DNS name nor an address.
    #[error("{0:?} is no host name that a certificate could be valid for")]
    Name(String),
    /// The TLS library refuses the settings.
    #[error("TLS can't be set up: {0}")]
    Library(#[from] rustls::Error),
}

/// Verification and name for one endpoint, ready to connect. Sessions are resumed where the server allows it.
#[derive(Clone)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl ClientTls {
    /// Reads the roots and checks the name.
    ///
    /// # Errors
    /// When the CA file or the platform's roots can't be used, or the host can't be in a certificate.
    pub fn prepare(endpoint: &Endpoint) -> Result<ClientTls, TlsSetupError> {
        let name =
            ServerName::try_from(endpoint.host.clone()).map_err(|_| TlsSetupError::Name(endpoint.host.clone()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = match &endpoint.trust {
            Trust::Platform => builder
                .with_platform_verifier()
                .map_err(|error| TlsSetupError::NoRoots(error.to_string()))?
                .with_no_client_auth(),
            Trust::File(path) => builder.with_root_certificates(roots(path)?).with_no_client_auth(),
        };
        Ok(ClientTls {
            config: Arc::new(config),
            name,
        })
    }

    /// Makes TLS over a connection.
    pub(super) async fn over(&self, plain: TcpStream) -> io::Result<Stream> {
        let stream = TlsConnector::from(self.config.clone())
            .connect(self.name.clone(), plain)
            .await?;
        // Servers send session tickets and the greeting in two writes; without this the second waits 40 ms for our
        // delayed acknowledgement of the first.
        #[cfg(target_os = "linux")]
        let _ = rustix::net::sockopt::set_tcp_quickack(stream.get_ref().0, true);
        Ok(Stream::Tls(Box::new(stream.into())))
    }
}

fn roots(path: &PathBuf) -> Result<RootCertStore, TlsSetupError> {
    let unreadable = |cause: String| TlsSetupError::File {
        path: path.clone(),
        cause,
    };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(TlsSetupError::Empty { path: path.clone() });
    }
    Ok(roots)
}
