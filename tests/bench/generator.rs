//! A load generator that speaks TLS and measures how long each mail takes. Like `smtp-source` and most mail clients it
//! waits for every reply before it goes on.

use crate::case::Connections;
use crate::letter::{FROM, TO};
use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long one reply may take.
const REPLY_LIMIT: Duration = Duration::from_secs(20);

/// What to send, and where.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) address: SocketAddr,
    /// TLS from the first octet, if set.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    /// As DATA carries it.
    pub(crate) content: Arc<Vec<u8>>,
    pub(crate) connections: Connections,
    pub(crate) sessions: usize,
    pub(crate) messages: usize,
    pub(crate) limit: Duration,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) elapsed: Duration,
    /// Of every message: from connecting to the reply to QUIT where each has its own connection, else from MAIL to the
    /// reply to the content.
    pub(crate) latencies: Vec<Duration>,
}

/// TLS that trusts one authority, with sessions resumed as clients do it.
pub(crate) fn client_tls(ca: &Path) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca)?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Sends all messages.
///
/// # Errors
/// The first reply that is not positive, a broken connection, or the limit.
pub(crate) fn run(job: &Job) -> Result<Outcome> {
    let left = AtomicUsize::new(job.messages);
    let begin = Instant::now();
    let results: Vec<Result<Vec<Duration>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..job.sessions)
            .map(|_| scope.spawn(|| session(job, &left, begin)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| bail!("a session broke down")))
            .collect()
    });
    let elapsed = begin.elapsed();
    let mut latencies = Vec::with_capacity(job.messages);
    for result in results {
        latencies.extend(result?);
    }
    Ok(Outcome { elapsed, latencies })
}

/// Sends one message and returns the reply to its content, whatever it is.
pub(crate) fn send_one(job: &Job) -> Result<String> {
    let mut connection = Connection::open(job)?;
    let reply = connection.transaction(&job.content)?;
    connection.quit()?;
    Ok(reply)
}

fn session(job: &Job, left: &AtomicUsize, begin: Instant) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut kept = None;
    let take_one = || {
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_ok()
    };
    while take_one() {
        crate::stop::check()?;
        if begin.elapsed() > job.limit {
            bail!("not done after {} s", job.limit.as_secs());
        }
        let mut start = Instant::now();
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => Connection::open(job)?,
        };
        if job.connections == Connections::Kept {
            start = Instant::now();
        }
        let reply = connection.transaction(&job.content)?;
        if !reply.starts_with("250") {
            bail!("the content was answered with {reply}");
        }
        match job.connections {
            Connections::PerMessage => connection.quit()?,
            Connections::Kept => kept = Some(connection),
        }
        latencies.push(start.elapsed());
    }
    if let Some(mut connection) = kept {
        connection.quit()?;
    }
    Ok(latencies)
}

/// One SMTP connection past EHLO.
struct Connection {
    stream: BufReader<Stream>,
}

impl Connection {
    fn open(job: &Job) -> Result<Connection> {
        let plain = TcpStream::connect_timeout(&job.address, REPLY_LIMIT).context("no connection")?;
        plain.set_nodelay(true)?;
        plain.set_read_timeout(Some(REPLY_LIMIT))?;
        plain.set_write_timeout(Some(REPLY_LIMIT))?;
        let stream = match &job.tls {
            None => Stream::Plain(plain),
            Some(config) => Stream::Tls(Box::new(handshake(config, plain)?)),
        };
        let mut connection = Connection {
            stream: BufReader::with_capacity(4096, stream),
        };
        connection.expect('2')?;
        connection.command("EHLO bench.example\r\n")?;
        connection.expect('2')?;
        Ok(connection)
    }

    fn transaction(&mut self, content: &[u8]) -> Result<String> {
        for (command, code) in [
            (format!("MAIL FROM:<{FROM}>\r\n"), '2'),
            (format!("RCPT TO:<{TO}>\r\n"), '2'),
            ("DATA\r\n".to_owned(), '3'),
        ] {
            self.command(&command)?;
            self.expect(code)?;
        }
        self.stream.get_mut().write_all(content)?;
        self.reply()
    }

    fn quit(&mut self) -> Result<()> {
        self.command("QUIT\r\n")?;
        self.expect('2')
    }

    fn command(&mut self, line: &str) -> Result<()> {
        Ok(self.stream.get_mut().write_all(line.as_bytes())?)
    }

    fn expect(&mut self, first: char) -> Result<()> {
        let reply = self.reply()?;
        if !reply.starts_with(first) {
            bail!("unexpected reply: {reply}");
        }
        Ok(())
    }

    /// The last line of the next reply.
    fn reply(&mut self) -> Result<String> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                bail!("the connection was closed");
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line.trim_end().to_owned());
            }
        }
    }
}

/// Makes TLS. A server that sends session tickets and then its greeting as two small writes waits for the first to be
/// acknowledged (Nagle's algorithm), which a client may put off for 40 ms. Acknowledging at once measures the server
/// and not this pause.
fn handshake(config: &Arc<ClientConfig>, plain: TcpStream) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let session = ClientConnection::new(config.clone(), ServerName::try_from("localhost")?)?;
    let mut stream = StreamOwned::new(session, plain);
    stream.conn.complete_io(&mut stream.sock)?;
    rustix::net::sockopt::set_tcp_quickack(&stream.sock, true)?;
    Ok(stream)
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => stream.read(buffer),
            Stream::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => stream.write(octets),
            Stream::Tls(stream) => stream.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(stream) => stream.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}
