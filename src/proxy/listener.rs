//! Listeners: who is let in, how many at once, and their way to the upstream.

use super::budget::Budget;
use super::connection::{Connection, Stopping, Surroundings, say_goodbye, stop_asked, write};
use super::crew::{Carried, Crew};
use super::descriptors;
use super::desk::Desk;
use super::imap;
use super::journal::Journal;
use super::peer;
use super::places::{Place, Present};
use super::replies::NotLetIn;
use super::service::{Accept, Provider, Service};
use super::settings::Capacity;
use crate::feed::Feed;
use crate::hold::Custody;
use crate::reader::Reader;
use crate::secrets::Vault;
use crate::smtp::{Limits, Protection, SessionSettings, Timeouts};
use crate::store::Stores;
use crate::upstream::{Stream, Submission};
use jiff::Timestamp;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

/// How long sessions in the middle of a mail may go on once a stop is asked for.
const GRACE: Duration = Duration::from_secs(20);
/// How many of those who are not let in are told so with patience at one time.
const REFUSALS: usize = 64;
/// How long their handshake may take.
const REFUSAL_LIMIT: Duration = Duration::from_secs(5);

/// What all listeners share.
#[derive(Clone)]
pub struct Proxy {
    pub(super) desk: Arc<Desk>,
    budget: Budget,
    capacity: Arc<Capacity>,
    limits: Limits,
    pub(super) timeouts: Timeouts,
    present: Arc<Mutex<Present>>,
    refusals: Arc<Semaphore>,
    crew: Arc<Crew>,
    pub(super) feed: Arc<Feed>,
    pub(super) stopping: watch::Receiver<Stopping>,
}

/// What the proxy is made of.
pub struct Parts {
    /// By whom mails are read.
    pub reader: Arc<Reader>,
    /// Where audit rows go, and what was sent.
    pub stores: Stores,
    /// Where held and returned mails go.
    pub custody: Arc<Custody>,
    /// Where credentials that a provider accepted are kept.
    pub vault: Arc<Vault>,
    /// Where is told what IMAP connections show.
    pub feed: Arc<Feed>,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
    /// How long an identical resend gets the same answer.
    pub resend_window: Duration,
    /// Limits of a session.
    pub limits: Limits,
    /// Time-outs of a session.
    pub timeouts: Timeouts,
    /// Limits over all sessions.
    pub capacity: Capacity,
}

/// Stops the proxy in order.
pub struct Stopper {
    stopping: watch::Sender<Stopping>,
    journal: JoinHandle<()>,
}

impl Proxy {
    /// Puts the parts together, and starts the audit writer and the threads for connections.
    ///
    /// # Errors
    /// A thread can't be started.
    pub fn new(parts: Parts) -> io::Result<(Proxy, Stopper)> {
        descriptors::make_room(&parts.capacity);
        let crew = Arc::new(Crew::start()?);
        let (stopping, stopping_seen) = watch::channel(Stopping::No);
        let (journal, writer) = Journal::start(parts.stores.records, parts.stores.histories);
        let desk = Desk::new(
            parts.reader,
            (parts.custody, parts.vault),
            journal,
            parts.clock,
            parts.resend_window,
        );
        let proxy = Proxy {
            desk: Arc::new(desk),
            budget: Budget::new(parts.capacity.memory),
            capacity: Arc::new(parts.capacity),
            limits: parts.limits,
            timeouts: parts.timeouts,
            present: Arc::default(),
            refusals: Arc::new(Semaphore::new(REFUSALS)),
            crew,
            feed: parts.feed,
            stopping: stopping_seen,
        };
        let stopper = Stopper {
            stopping,
            journal: writer,
        };
        Ok((proxy, stopper))
    }

    /// Accepts connections until the stop, then waits for the sessions to end.
    ///
    /// One of the threads that carry connections does it: a connection that it keeps for itself wakes nobody else.
    pub async fn serve(self, listener: TcpListener, service: Service, accept: Accept) {
        let (here, runtime) = self.crew.acceptor();
        let accepting = async move {
            match listener.into_std().and_then(TcpListener::from_std) {
                Ok(listener) => self.accept(here, listener, service, accept).await,
                Err(error) => tracing::error!(%error, "a listener could not be moved to its thread"),
            }
        };
        let _ = runtime.spawn(accepting).await;
    }

    async fn accept(self, here: usize, listener: TcpListener, service: Service, accept: Accept) {
        // Nothing is ever sent: the last session that ends closes it.
        let (present, mut all_gone) = mpsc::channel::<Infallible>(1);
        let mut stopping = self.stopping.clone();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok(client) => self.carry(here, client, service.clone(), accept.clone(), present.clone()),
                    Err(error) => {
                        // Out of descriptors, most likely: give sessions time to end.
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
                () = stop_asked(&mut stopping, Stopping::Soon) => break,
            }
        }
        drop((listener, present));
        let _ = all_gone.recv().await;
    }

    /// Gives a new connection to the thread that carries fewest.
    fn carry(
        &self,
        here: usize,
        (stream, address): (TcpStream, SocketAddr),
        service: Service,
        accept: Accept,
        present: mpsc::Sender<Infallible>,
    ) {
        let proxy = self.clone();
        match self.crew.least_busy(here) {
            (None, carried) => {
                tokio::spawn(async move {
                    proxy.connection(stream, address, service, accept, carried).await;
                    drop(present);
                });
            }
            (Some(elsewhere), carried) => {
                // The socket moves to that thread's own reactor.
                let Ok(stream) = stream.into_std() else { return };
                elsewhere.spawn(async move {
                    if let Ok(stream) = TcpStream::from_std(stream) {
                        proxy.connection(stream, address, service, accept, carried).await;
                    }
                    drop(present);
                });
            }
        }
    }

    async fn connection(
        self,
        stream: TcpStream,
        address: SocketAddr,
        service: Service,
        accept: Accept,
        carried: Carried,
    ) {
        let local = stream.local_addr().unwrap_or(address);
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let place = Box::pin(self.let_in(address, local, service.name())).await;
        let _place = match place {
            Ok(place) => place,
            Err(why) => return Box::pin(self.refuse(stream, &accept, &service, why)).await,
        };
        match service {
            Service::Submission(provider) => Box::pin(self.submission(stream, local, provider, accept, carried)).await,
            Service::Imap(provider) => imap::run(self, stream, local, provider, accept).await,
        }
    }

    /// The gate: whose connection it is, and whether there is room.
    async fn let_in(&self, address: SocketAddr, local: SocketAddr, name: &str) -> Result<Place, NotLetIn> {
        if self.capacity.same_user_only && address.ip().to_canonical().is_loopback() {
            let other = peer::look_up(address, local);
            if !peer::is_allowed(other) {
                tracing::warn!(upstream = %name, peer = ?other, "a connection of another user was refused");
                self.desk
                    .note("connection refused", "another user", name, &format!("{other:?}"))
                    .await;
                return Err(NotLetIn::OtherUser);
            }
        }
        Place::take(&self.present, address.ip(), &self.capacity).ok_or(NotLetIn::TooMany)
    }

    /// Words for somebody who is not let in. Only so many are waited for: they must not become what they are refused for.
    async fn refuse(&self, stream: TcpStream, accept: &Accept, service: &Service, why: NotLetIn) {
        let words = service.refusal(why);
        let patient = self.refusals.try_acquire();
        let mut client = match accept {
            // Nothing can be said without a handshake, which other users are not worth.
            Accept::Implicit(_) if patient.is_err() || matches!(why, NotLetIn::OtherUser) => return,
            Accept::Implicit(acceptor) => match tokio::time::timeout(REFUSAL_LIMIT, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => Stream::Tls(Box::new(stream.into())),
                _ => return,
            },
            Accept::Plain | Accept::StartTls(_) => Stream::Plain(stream),
        };
        let _ = write(&mut client, &words).await;
        if patient.is_ok() {
            say_goodbye(&mut client).await;
        }
    }

    async fn submission(
        self,
        stream: TcpStream,
        local: SocketAddr,
        provider: Arc<Provider>,
        accept: Accept,
        carried: Carried,
    ) {
        // The client's TLS and the way to the upstream are made at the same time.
        let secured = self.secure(Stream::Plain(stream), &accept);
        let connected = Submission::connect(&provider.endpoint, provider.tls.as_ref(), &self.timeouts);
        match tokio::join!(secured, connected) {
            (Some(client), Ok((upstream, greeting))) => {
                let around = self.surroundings(&provider, &accept, local);
                let connection = Connection::new(client, upstream, &greeting, self.budget.share(), around);
                Box::pin(connection.run(carried)).await;
            }
            (Some(mut client), Err(error)) => {
                self.unreachable(&provider.name, &error).await;
                let _ = write(&mut client, error.reply().octets()).await;
                say_goodbye(&mut client).await;
            }
            (None, Ok((upstream, _))) => upstream.leave().await,
            (None, Err(error)) => self.unreachable(&provider.name, &error).await,
        }
    }

    pub(super) async fn unreachable(&self, name: &str, error: &(impl fmt::Display + Sync)) {
        tracing::warn!(%error, upstream = %name, "no upstream session");
        self.desk
            .note("upstream unreachable", "", name, &error.to_string())
            .await;
    }

    /// Implicit TLS, if this listener gives it. `None` when the handshake fails.
    pub(super) async fn secure(&self, mut client: Stream, accept: &Accept) -> Option<Stream> {
        let Accept::Implicit(acceptor) = accept else {
            return Some(client);
        };
        let plain = client.take_plain()?;
        match tokio::time::timeout(self.timeouts.before_auth, acceptor.accept(plain)).await {
            Ok(Ok(stream)) => Some(Stream::Tls(Box::new(stream.into()))),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a client's TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }

    fn surroundings(&self, provider: &Provider, accept: &Accept, local: SocketAddr) -> Surroundings {
        let starttls = matches!(accept, Accept::StartTls(_));
        let protection = match accept {
            Accept::Implicit(_) => Protection::Tls,
            _ if local.ip().to_canonical().is_loopback() => Protection::Loopback { starttls },
            _ => Protection::Network,
        };
        Surroundings {
            name: provider.name.clone(),
            keep_credentials: provider.keep_credentials,
            session: Arc::new(SessionSettings {
                limits: self.limits.clone(),
                timeouts: self.timeouts.clone(),
                require_auth: provider.require_auth,
                protection,
            }),
            tls: match accept {
                Accept::StartTls(acceptor) => Some(acceptor.clone()),
                _ => None,
            },
            desk: self.desk.clone(),
            stopping: self.stopping.clone(),
        }
    }
}

impl Stopper {
    /// Asks idle sessions to end, gives the others time to finish their mail, then ends all with a reply. `served` are
    /// the tasks that run [`Proxy::serve`]; every clone of the proxy must be in them.
    pub async fn stop(self, served: Vec<JoinHandle<()>>) {
        let _ = self.stopping.send(Stopping::Soon);
        let mut all = Box::pin(async {
            for task in served {
                let _ = task.await;
            }
        });
        if tokio::time::timeout(GRACE, &mut all).await.is_err() {
            let _ = self.stopping.send(Stopping::Now);
            let _ = tokio::time::timeout(GRACE, &mut all).await;
        }
        let _ = tokio::time::timeout(GRACE, self.journal).await;
    }
}
