//! A dialogue with the whole proxy over TCP; client and upstream are played from the script.

use super::script::{Said, Script, fits};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use youward::config::Settings;
use youward::proxy::{Capacity, Certificate, Listen, ListenTls, UpstreamSettings};
use youward::reader::Policy;
use youward::reading::Packs;
use youward::smtp::{Limits, Timeouts};
use youward::standard::Standard;
use youward::store::{SqliteStore, Stores};
use youward::upstream::{Endpoint, Tls, Trust};

/// Nothing in a dialogue takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn hold(script: &Script) {
    let folder = tempfile::tempdir().expect("a folder");
    let provider = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let settings = settings(script, provider.local_addr().expect("an address"), folder.path());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let running = runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(folder.path()).await.expect("a store"));
        let policy = Policy::new(Standard::builtin(), Packs::builtin());
        youward::app::start(&settings, policy, Stores::of(store), youward::app::now)
            .await
            .expect("a proxy")
    });
    let address = running.listening()[0].address;
    let mut client = Side::new(TcpStream::connect(address).expect("the proxy"));
    let mut upstream = Side::new(provider.accept().expect("the proxy's connection").0);
    for line in &script.lines {
        let place = format!("{}:{} over TCP", script.name, line.number);
        match &line.said {
            Said::Client(octets) => client.say(octets),
            Said::Upstream(words) => upstream.say(format!("{words}\r\n").as_bytes()),
            Said::ToClient(expected) => {
                let line = client.hear();
                assert!(
                    fits(expected, &line),
                    "{place}: expected {expected:?}, the client got {line:?}"
                );
            }
            Said::ToClientSome(start) => {
                let mut count = 0;
                while client.next_begins_with(start) {
                    client.hear();
                    count += 1;
                }
                assert!(count > 0, "{place}: no line begins with {start:?}");
            }
            Said::ToUpstream(expected) => {
                let line = upstream.hear();
                assert!(
                    fits(expected, &line),
                    "{place}: expected {expected:?}, the upstream got {line:?}"
                );
            }
            Said::ClientGoes => {
                client.reader.get_mut().shutdown(Shutdown::Both).expect("a socket");
            }
            Said::Closed => {
                let mut rest = Vec::new();
                client.reader.read_to_end(&mut rest).expect("the end");
                assert!(
                    rest.is_empty(),
                    "{place}: more was said: {:?}",
                    String::from_utf8_lossy(&rest)
                );
            }
        }
    }
    drop(client);
    runtime.block_on(running.stop());
}

struct Side {
    reader: BufReader<TcpStream>,
}

impl Side {
    fn new(stream: TcpStream) -> Side {
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        Side {
            reader: BufReader::new(stream),
        }
    }

    fn say(&mut self, octets: &[u8]) {
        // The other end may have closed already; what it said before is looked at next.
        let _ = self.reader.get_mut().write_all(octets);
    }

    fn hear(&mut self) -> String {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line).expect("a line in time");
        let line = String::from_utf8_lossy(&line).into_owned();
        line.strip_suffix("\r\n")
            .map_or_else(|| format!("(no line, but {line:?})"), str::to_owned)
    }

    /// Looks at the line that comes next, which may have to be waited for.
    fn next_begins_with(&mut self, start: &str) -> bool {
        loop {
            let buffered = self.reader.buffer();
            let common = buffered.len().min(start.len());
            if buffered[..common] != start.as_bytes()[..common] {
                return false;
            }
            if common == start.len() {
                return true;
            }
            assert!(buffered.is_empty(), "a reply comes in one piece");
            if self.reader.fill_buf().expect("more in time").is_empty() {
                return false;
            }
        }
    }
}

fn settings(script: &Script, provider: SocketAddr, folder: &std::path::Path) -> Settings {
    let tls = if script.starttls {
        ListenTls::StartTls(Certificate::default())
    } else {
        ListenTls::None
    };
    Settings {
        watching: std::collections::HashMap::new(),
        file: None,
        team: false,
        upstreams: vec![UpstreamSettings {
            name: "script".to_owned(),
            smtp: Endpoint {
                host: provider.ip().to_string(),
                port: provider.port(),
                tls: Tls::None,
                trust: Trust::Platform,
            },
            imap: None,
            listen: vec![Listen {
                address: SocketAddr::from(([127, 0, 0, 1], 0)),
                tls,
            }],
            listen_imap: Vec::new(),
            hide_capabilities: Vec::new(),
            require_auth: script.require_auth,
            keep_credentials: Duration::ZERO,
            mailboxes: Default::default(),
        }],
        limits: Limits::default(),
        timeouts: Timeouts::default(),
        capacity: Capacity::default(),
        data_dir: folder.to_owned(),
        resend_window: Duration::from_secs(24 * 3600),
        keep_closed: Duration::ZERO,
        standard_file: None,
        rep_file: None,
        rules_dir: None,
        web: youward::web::WebSettings::off(),
    }
}
