//! From settings to a running proxy, and its end.

use super::certificate::{self, CertificateError};
use crate::config::{Settings, env};
use crate::feed::Feed;
use crate::guard::{Guard, Watched};
use crate::history::History;
use crate::hold::{Custody, Decider, Gateway, HoldError, Worker};
use crate::proxy::{
    Accept, ImapProvider, Listen, ListenTls, Parts, Provider, Proxy, Service, Stopper, UpstreamSettings,
};
use crate::reader::{Policies, PolicyCell, Reader};
use crate::secrets::{Vault, VaultError};
use crate::store::{AddressKey, Store, StoreError, Stores};
use crate::upstream::mailbox::MailboxTimeouts;
use crate::upstream::{ClientTls, Endpoint, Tls, TlsSetupError};
use crate::web;
use jiff::Timestamp;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How long the work for records may go on once a stop is asked for.
const WORK_GRACE: Duration = Duration::from_secs(20);

/// A proxy that is running.
pub struct Running {
    listening: Vec<Listening>,
    policies: PolicyCell,
    stopper: Stopper,
    served: Vec<JoinHandle<()>>,
    /// Ends what is done for records besides serving sessions.
    stop_work: watch::Sender<bool>,
    work: Vec<JoinHandle<()>>,
    store: Arc<dyn Store>,
    page: Option<String>,
}

/// One address that is being listened on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// The upstream that it leads to.
    pub upstream: String,
    /// The address, with the real port.
    pub address: SocketAddr,
    /// `none`, `implicit` or `starttls`.
    pub tls: &'static str,
    /// `submission` or `imap`.
    pub service: &'static str,
}

/// Why it could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// TLS towards a provider can't be prepared.
    #[error("upstream {upstream}: {error}")]
    Upstream {
        /// The upstream's name.
        upstream: String,
        /// What is wrong.
        error: TlsSetupError,
    },
    /// A listener's certificate can't be used.
    #[error("upstream {upstream}, listener {address}: {error}")]
    Certificate {
        /// The upstream's name.
        upstream: String,
        /// The listener.
        address: SocketAddr,
        /// What is wrong.
        error: CertificateError,
    },
    /// What the last run left open can't be taken up.
    #[error("records of the last run can't be taken up: {0}")]
    Recovery(HoldError),
    /// What is known of earlier mail can't be reached.
    #[error("what is known of earlier mail can't be reached: {0}")]
    Memory(StoreError),
    /// There is no safe place for credentials.
    #[error(transparent)]
    Secrets(VaultError),
    /// The threads for connections can't be started.
    #[error("the threads for connections could not be started: {0}")]
    Threads(io::Error),
    /// An address can't be listened on.
    #[error("upstream {upstream}: cannot listen on {address}: {error}; is another program using it?")]
    Listen {
        /// The upstream's name.
        upstream: String,
        /// The listener.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// Starts all listeners, or none.
///
/// # Errors
/// The first thing that does not work; whatever was started is stopped again.
pub async fn start(
    settings: &Settings,
    policies: impl Into<Policies>,
    stores: Stores,
    clock: fn() -> Timestamp,
) -> Result<Running, StartError> {
    let mut ready = Vec::new();
    for upstream in &settings.upstreams {
        let submission = Service::Submission(Arc::new(provider(upstream)?));
        let mut services = vec![(submission, &upstream.listen)];
        if let Some(endpoint) = upstream.imap.as_ref().filter(|_| !upstream.listen_imap.is_empty()) {
            let provider = ImapProvider::new(upstream, endpoint, client_tls(upstream, endpoint)?);
            services.push((Service::Imap(Arc::new(provider)), &upstream.listen_imap));
        }
        for (service, addresses) in services {
            for listen in addresses {
                let accept = accept(upstream, listen, settings, clock())?;
                if let Some(listener) = bind(upstream, listen).await? {
                    ready.push((listener, service.clone(), accept, upstream.name.clone()));
                }
            }
        }
    }
    let policies = PolicyCell::new(policies);
    let reached = settings.upstreams.iter().filter(|upstream| upstream.has_mailboxes());
    let custody = Arc::new(Custody::new(
        stores.records.clone(),
        reached.map(|upstream| upstream.name.clone()).collect(),
    ));
    let vault = Arc::new(Vault::new().map_err(StartError::Secrets)?);
    let feed = Arc::new(Feed::new());
    let key = AddressKey::open(&settings.data_dir).map_err(StartError::Memory)?;
    let history = History::open(stores.histories.clone(), key).await;
    let history = Arc::new(history.map_err(StartError::Memory)?);
    let reader = Arc::new(Reader::new(
        policies.clone(),
        stores.records.clone(),
        history,
        settings.timeouts.reading,
    ));
    let parts = Parts {
        reader: reader.clone(),
        stores: stores.clone(),
        custody: custody.clone(),
        vault: vault.clone(),
        feed: feed.clone(),
        clock,
        resend_window: settings.resend_window,
        limits: settings.limits.clone(),
        timeouts: settings.timeouts.clone(),
        capacity: settings.capacity.clone(),
    };
    let gateways = gateways(settings)?;
    let worker = Worker {
        custody: custody.clone(),
        vault: vault.clone(),
        gateways: gateways.clone(),
        clock,
        keep_closed: settings.keep_closed,
    };
    worker.recover().await.map_err(StartError::Recovery)?;
    let pages = web::Parts {
        custody: custody.clone(),
        histories: stores.histories.clone(),
        drafts: stores.drafts.clone(),
        policies: policies.clone(),
        sending: Vec::new(),
        data_dir: settings.data_dir.clone(),
        resend_window: settings.resend_window,
        same_user_only: settings.capacity.same_user_only,
        // As for the commands; the link to the page comes from this user's data folder.
        who: env::user().map_or_else(|| Decider::Claimed(env::who()), Decider::User),
        clock,
    };
    let guard = Guard {
        custody,
        drafts: stores.drafts.clone(),
        reader,
        vault,
        gateways,
        settings: settings.watching.clone(),
        feed,
        clock,
        watched: Watched::default(),
    };
    let (stop_work, work_stopping) = watch::channel(false);
    let (proxy, stopper) = Proxy::new(parts).map_err(StartError::Threads)?;
    let mut listening = Vec::new();
    let mut served = Vec::new();
    for (listener, service, accept, upstream) in ready {
        if let Ok(address) = listener.local_addr() {
            listening.push(Listening {
                upstream,
                address,
                tls: name(&accept),
                service: match &service {
                    Service::Submission(_) => "submission",
                    Service::Imap(_) => "imap",
                },
            });
        }
        served.push(tokio::spawn(proxy.clone().serve(listener, service, accept)));
    }
    let pages = web::Parts {
        sending: sending(settings, &listening),
        ..pages
    };
    let serving = web::serve(&settings.web, pages, work_stopping.clone()).await;
    let page = serving.as_ref().and_then(web::Serving::url);
    let mut work = vec![
        tokio::spawn(worker.run(work_stopping.clone())),
        tokio::spawn(guard.run(work_stopping)),
    ];
    work.extend(serving.into_iter().flat_map(|serving| serving.tasks));
    Ok(Running {
        listening,
        policies,
        stopper,
        served,
        stop_work,
        work,
        store: stores.records,
        page,
    })
}

impl Running {
    /// What is being listened on.
    #[must_use]
    pub fn listening(&self) -> &[Listening] {
        &self.listening
    }

    /// Where the review page is served, if it is.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }

    /// What mails are judged by, to be exchanged while it runs.
    #[must_use]
    pub fn policies(&self) -> &PolicyCell {
        &self.policies
    }

    /// Stops in order: no new connections, sessions finish their mail or end with a reply, audit written, store closed.
    pub async fn stop(self) {
        self.stopper.stop(self.served).await;
        let _ = self.stop_work.send(true);
        for task in self.work {
            // What is begun ends, but nobody waits for a provider for ever.
            let _ = tokio::time::timeout(WORK_GRACE, task).await;
        }
        self.store.close().await;
    }
}

/// Where mail clients send to, for the page.
fn sending(settings: &Settings, listening: &[Listening]) -> Vec<web::Sending> {
    let of = |upstream: &UpstreamSettings, service: &str| {
        let those = listening
            .iter()
            .filter(|one| one.upstream == upstream.name && one.service == service);
        those.map(|one| one.address.to_string()).collect()
    };
    let upstreams = settings.upstreams.iter().map(|upstream| web::Sending {
        upstream: upstream.name.clone(),
        submission: of(upstream, "submission"),
        imap: of(upstream, "imap"),
        mailboxes: upstream.has_mailboxes(),
    });
    upstreams.collect()
}

fn provider(upstream: &UpstreamSettings) -> Result<Provider, StartError> {
    Ok(Provider::new(upstream, client_tls(upstream, &upstream.smtp)?))
}

fn client_tls(upstream: &UpstreamSettings, endpoint: &Endpoint) -> Result<Option<ClientTls>, StartError> {
    match endpoint.tls {
        Tls::None => Ok(None),
        Tls::Implicit | Tls::StartTls => ClientTls::prepare(endpoint)
            .map(Some)
            .map_err(|error| StartError::Upstream {
                upstream: upstream.name.clone(),
                error,
            }),
    }
}

/// How work for records reaches the providers.
fn gateways(settings: &Settings) -> Result<HashMap<String, Arc<Gateway>>, StartError> {
    let mut gateways = HashMap::new();
    for upstream in &settings.upstreams {
        let imap = match upstream.imap.as_ref().filter(|_| upstream.has_mailboxes()) {
            Some(endpoint) => Some((endpoint.clone(), client_tls(upstream, endpoint)?)),
            None => None,
        };
        let gateway = Gateway {
            name: upstream.name.clone(),
            smtp: (upstream.smtp.clone(), client_tls(upstream, &upstream.smtp)?),
            imap,
            mailboxes: upstream.mailboxes.clone(),
            require_auth: upstream.require_auth,
            timeouts: settings.timeouts.clone(),
            mailbox_timeouts: MailboxTimeouts::default(),
        };
        gateways.insert(upstream.name.clone(), Arc::new(gateway));
    }
    Ok(gateways)
}

fn accept(
    upstream: &UpstreamSettings,
    listen: &Listen,
    settings: &Settings,
    now: Timestamp,
) -> Result<Accept, StartError> {
    let acceptor = |certificate| {
        certificate::server_config(certificate, &settings.data_dir, now)
            .map(TlsAcceptor::from)
            .map_err(|error| StartError::Certificate {
                upstream: upstream.name.clone(),
                address: listen.address,
                error,
            })
    };
    Ok(match &listen.tls {
        ListenTls::None => Accept::Plain,
        ListenTls::Implicit(certificate) => Accept::Implicit(acceptor(certificate)?),
        ListenTls::StartTls(certificate) => Accept::StartTls(acceptor(certificate)?),
    })
}

/// `None` for the IPv6 loopback address on a machine without IPv6: nobody can squat there either.
async fn bind(upstream: &UpstreamSettings, listen: &Listen) -> Result<Option<TcpListener>, StartError> {
    match TcpListener::bind(listen.address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && listen.address.is_ipv6() => {
            tracing::info!(address = %listen.address, "not listening there: this machine has no IPv6");
            Ok(None)
        }
        Err(error) => Err(StartError::Listen {
            upstream: upstream.name.clone(),
            address: listen.address,
            error,
        }),
    }
}

fn name(accept: &Accept) -> &'static str {
    match accept {
        Accept::Plain => "none",
        Accept::Implicit(_) => "implicit",
        Accept::StartTls(_) => "starttls",
    }
}
