//! The listener: who may connect, how many at a time, and for how long.

use super::app::{App, Parts};
use super::session::Sessions;
use super::settings::WebSettings;
use super::token::Doorstep;
use super::{live, routes};
use crate::proxy;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// A browser opens six and keeps one for what changes; this is for a few windows.
const CONNECTIONS: usize = 64;
/// A request's head comes within this time, or the connection ends; also one that says nothing more.
const HEAD: Duration = Duration::from_secs(20);
/// No connection, not even one that waits for changes, lasts longer; browsers make another.
const LONGEST: Duration = Duration::from_secs(3600);
/// How long answers may still take when the program ends.
const GRACE: Duration = Duration::from_secs(2);

/// The page while it is served.
pub struct Serving {
    /// Where, with the real ports; never empty.
    pub addresses: Vec<SocketAddr>,
    /// What does it.
    pub tasks: Vec<JoinHandle<()>>,
}

impl Serving {
    /// Where the page is, for people.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        self.addresses.first().map(|address| format!("http://{address}/"))
    }
}

/// Serves the page until `stopping` is true. `None` when it is switched off or no address can be had: mail must flow with
/// or without a page, so that is only told in the log.
pub async fn serve(settings: &WebSettings, parts: Parts, stopping: watch::Receiver<bool>) -> Option<Serving> {
    let doorstep = Doorstep::of(&parts.data_dir);
    // Left by a page that was killed.
    doorstep.take_address_away();
    let listeners = bind(settings).await;
    let addresses: Vec<SocketAddr> = listeners
        .iter()
        .filter_map(|listener| listener.local_addr().ok())
        .collect();
    let first = *addresses.first()?;
    if let Err(error) = doorstep.put_address(first) {
        tracing::warn!(%error, "`youward open` will not find the page");
    }
    let (changed, changes) = watch::channel(live::UNKNOWN);
    let (store, drafts) = (parts.custody.store().clone(), parts.drafts.clone());
    let same_user_only = parts.same_user_only;
    let app = Arc::new(App {
        sessions: Sessions::default(),
        doorstep: doorstep.clone(),
        hosts: hosts(&addresses),
        cookie: format!("youward-{}", first.port()),
        changes,
        stopping: stopping.clone(),
        parts,
    });
    let router = routes::router(app);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut tasks = vec![tokio::spawn(live::follow(store, drafts, changed, stopping.clone()))];
    for listener in listeners {
        let door = Door {
            router: router.clone(),
            room: room.clone(),
            same_user_only,
        };
        let (stopping, doorstep) = (stopping.clone(), doorstep.clone());
        tasks.push(tokio::spawn(async move {
            door.accept(listener, stopping).await;
            doorstep.take_address_away();
        }));
    }
    Some(Serving { addresses, tasks })
}

async fn bind(settings: &WebSettings) -> Vec<TcpListener> {
    let mut listeners = Vec::new();
    for address in &settings.listen {
        match TcpListener::bind(address).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && address.is_ipv6() => {
                tracing::info!(%address, "no review page there: this machine has no IPv6");
            }
            Err(error) => tracing::warn!(
                %address, %error,
                "no review page there, mail flows all the same; is another program using the port? `listen` below [web] \
                 in the settings names another"
            ),
        }
    }
    listeners
}

/// What browsers put into Host for these addresses.
fn hosts(addresses: &[SocketAddr]) -> Vec<String> {
    let mut hosts = Vec::new();
    for address in addresses {
        hosts.push(address.to_string());
        hosts.push(format!("localhost:{}", address.port()));
    }
    hosts
}

/// Waits until the program ends.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Where nobody is left to say so, it has ended.
    let _ = stopping.wait_for(|stop| *stop).await;
}

#[derive(Clone)]
struct Door {
    router: Router,
    room: Arc<Semaphore>,
    same_user_only: bool,
}

impl Door {
    async fn accept(self, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                () = stopped(&mut stopping) => break,
            };
            match accepted {
                Ok((stream, client)) => {
                    // Where there is no room, the connection is closed at once: whoever fills it waits least.
                    if let Ok(permit) = self.room.clone().try_acquire_owned() {
                        let (door, stopping) = (self.clone(), stopping.clone());
                        connections.spawn(async move {
                            door.connection(stream, client, stopping).await;
                            drop(permit);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection to the page could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        let all = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, all).await;
    }

    async fn connection(&self, stream: TcpStream, client: SocketAddr, mut stopping: watch::Receiver<bool>) {
        let ours = stream.local_addr().is_ok_and(|local| proxy::is_ours(client, local));
        if self.same_user_only && !ours {
            tracing::warn!("another user of this machine was not let in to the review page");
            return;
        }
        let _ = stream.set_nodelay(true);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(64 * 1024);
        let service = TowerToHyperService::new(self.router.clone());
        let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = tokio::time::sleep(LONGEST) => return,
            () = stopped(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection to the page ended");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_names_are_hosts() {
        let told = hosts(&["127.0.0.1:8465".parse().unwrap(), "[::1]:8465".parse().unwrap()]);
        assert_eq!(
            told,
            ["127.0.0.1:8465", "localhost:8465", "[::1]:8465", "localhost:8465"]
        );
    }
}
