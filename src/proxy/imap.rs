//! The IMAP proxy: one upstream connection a client connection, opened at connect, octets moved between them, and the tap
//! over both.
//!
//! In: a client's connection, and where its provider is. Out: the session, until one side ends it; credentials that the
//! provider accepted, into the vault; what the tap saw, into the feed.
//!
//! Must never: change an octet that the tap did not, keep a buffer for a connection that is at rest, go on with one side
//! when the other is gone.

mod account;
mod moving;
mod relay;

use super::connection::{say_goodbye, write};
use super::listener::Proxy;
use super::replies::NotLetIn;
use super::service::Accept;
use super::settings::UpstreamSettings;
use crate::imap::{Interest, TapSettings};
use crate::upstream::mailbox::{on_the_wire, reach};
use crate::upstream::{ClientTls, Endpoint, Stream};
use account::Account;
use relay::{Doors, Relay};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;

/// Most octets of filed mails that are kept for one connection, to be read.
const KEPT: usize = 512 * 1024;
/// How often a connection without traffic is tried, so that the death of the other end is noticed.
const KEEPALIVE: Duration = Duration::from_secs(120);

/// What Drafts and Sent are mostly called, before the server says so.
const USUAL: [&str; 8] = [
    "Drafts",
    "INBOX.Drafts",
    "[Gmail]/Drafts",
    "Sent",
    "INBOX.Sent",
    "Sent Items",
    "Sent Messages",
    "[Gmail]/Sent Mail",
];

/// A provider's IMAP server, ready to be connected to.
pub struct ImapProvider {
    pub(super) name: Arc<str>,
    endpoint: Endpoint,
    tls: Option<ClientTls>,
    keep_credentials: Duration,
    hidden: Vec<String>,
    interest: Arc<Interest>,
}

impl ImapProvider {
    /// From settings and prepared TLS; `None` only where the endpoint has none.
    #[must_use]
    pub fn new(settings: &UpstreamSettings, endpoint: &Endpoint, tls: Option<ClientTls>) -> ImapProvider {
        let named = [&settings.mailboxes.drafts, &settings.mailboxes.sent];
        let named = named.into_iter().flatten().map(String::as_str);
        // As people write them, and in modified UTF-7: clients say either, as the server lets them.
        let named = named.flat_map(|name| [name.as_bytes().to_vec(), on_the_wire(name).into_bytes()]);
        let usual = USUAL.into_iter().map(|name| name.as_bytes().to_vec());
        let names = usual.chain(named);
        ImapProvider {
            name: settings.name.as_str().into(),
            endpoint: endpoint.clone(),
            tls,
            keep_credentials: settings.keep_credentials,
            hidden: settings.hide_capabilities.clone(),
            interest: Arc::new(Interest {
                names: names.collect(),
                limit: KEPT,
            }),
        }
    }
}

/// Runs a session to its end.
pub(super) async fn run(
    proxy: Proxy,
    stream: TcpStream,
    local: SocketAddr,
    provider: Arc<ImapProvider>,
    accept: Accept,
) {
    // What the beginning needs is given back before the session, which may be at rest for days.
    if let Some(relay) = Box::pin(begin(proxy, stream, local, provider, accept)).await {
        relay.run().await;
    }
}

async fn begin(
    proxy: Proxy,
    stream: TcpStream,
    local: SocketAddr,
    provider: Arc<ImapProvider>,
    accept: Accept,
) -> Option<Box<Relay>> {
    keep_alive(&stream);
    let client = proxy.secure(Stream::Plain(stream), &accept);
    let upstream = reach(&provider.endpoint, provider.tls.as_ref(), proxy.timeouts.connect);
    let (client, upstream) = tokio::join!(client, upstream);
    let mut client = client?;
    let (upstream, greeting) = match upstream {
        Ok(reached) => reached,
        Err(error) => {
            proxy.unreachable(&provider.name, &error).await;
            let words = format!("[UNAVAILABLE] {}", capitalised(&error.to_string()));
            let _ = write(&mut client, &farewell(&words)).await;
            say_goodbye(&mut client).await;
            return None;
        }
    };
    if let Some(stream) = tcp(&upstream) {
        keep_alive(stream);
    }
    let acceptor = match accept {
        Accept::StartTls(acceptor) => Some(acceptor),
        Accept::Plain | Accept::Implicit(_) => None,
    };
    let settings = TapSettings {
        hidden: provider.hidden.clone(),
        starttls: acceptor.is_some(),
        in_the_clear: !client.is_tls() && !local.ip().to_canonical().is_loopback(),
    };
    let account = Account::new(proxy.desk, proxy.feed, provider);
    let doors = Doors {
        acceptor,
        before_login: proxy.timeouts.before_auth,
        stopping: proxy.stopping,
    };
    Some(Box::new(Relay::new(
        client, upstream, &greeting, settings, account, doors,
    )))
}

/// How somebody is told that he is not let in.
pub(super) fn refusal(why: NotLetIn) -> Vec<u8> {
    match why {
        NotLetIn::OtherUser => farewell(why.words()),
        NotLetIn::TooMany => farewell(&format!("[UNAVAILABLE] {}", why.words())),
    }
}

/// `* BYE` with words of ours, or of an error: one line, without anything that a client could mistake.
fn farewell(words: &str) -> Vec<u8> {
    let clean = words
        .chars()
        .map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' });
    let clean: String = clean.take(400).collect();
    format!("* BYE {clean}\r\n").into_bytes()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn tcp(stream: &Stream) -> Option<&TcpStream> {
    match stream {
        Stream::Plain(stream) => Some(stream),
        Stream::Tls(stream) => Some(stream.get_ref().0),
        Stream::Gone => None,
    }
}

/// A connection that can't be kept alive so is used all the same.
fn keep_alive(stream: &TcpStream) {
    let _ = rustix::net::sockopt::set_socket_keepalive(stream, true);
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::net::sockopt::set_tcp_keepidle(stream, KEEPALIVE);
        let _ = rustix::net::sockopt::set_tcp_keepintvl(stream, KEEPALIVE / 4);
    }
}
