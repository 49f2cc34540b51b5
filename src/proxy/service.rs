//! Where listeners lead to, and how they speak to their clients.

use super::imap::{self, ImapProvider};
use super::replies::NotLetIn;
use super::settings::UpstreamSettings;
use crate::upstream::{ClientTls, Endpoint};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// Where a listener leads to.
#[derive(Clone)]
pub enum Service {
    /// A provider's submission server.
    Submission(Arc<Provider>),
    /// A provider's IMAP server.
    Imap(Arc<ImapProvider>),
}

impl Service {
    /// The upstream's name in the configuration.
    pub(super) fn name(&self) -> &Arc<str> {
        match self {
            Service::Submission(provider) => &provider.name,
            Service::Imap(provider) => &provider.name,
        }
    }

    /// How somebody is told that he is not let in.
    pub(super) fn refusal(&self, why: NotLetIn) -> Vec<u8> {
        match self {
            Service::Submission(_) => why.reply().octets().to_vec(),
            Service::Imap(_) => imap::refusal(why),
        }
    }
}

/// One provider, ready to be connected to.
pub struct Provider {
    pub(super) name: Arc<str>,
    pub(super) endpoint: Endpoint,
    pub(super) tls: Option<ClientTls>,
    pub(super) require_auth: bool,
    pub(super) keep_credentials: Duration,
}

impl Provider {
    /// From settings and prepared TLS; `None` only where the endpoint has none.
    #[must_use]
    pub fn new(settings: &UpstreamSettings, tls: Option<ClientTls>) -> Provider {
        Provider {
            name: settings.name.as_str().into(),
            endpoint: settings.smtp.clone(),
            tls,
            require_auth: settings.require_auth,
            keep_credentials: settings.keep_credentials,
        }
    }
}

/// How a listener gives TLS to its clients.
#[derive(Clone)]
pub enum Accept {
    /// Not at all.
    Plain,
    /// From the first octet.
    Implicit(TlsAcceptor),
    /// By STARTTLS.
    StartTls(TlsAcceptor),
}
