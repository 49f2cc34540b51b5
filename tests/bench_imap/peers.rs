//! Both ends of many sessions, each in a process of its own: an IMAP server that knows just enough, and the mail clients.

use crate::fetch::client_tls;
use anyhow::{Context, Result, bail};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Sessions that are made at one time.
const AT_ONCE: usize = 32;
/// Sessions of which a command is timed.
const PROBED: usize = 1_000;
/// For every answer.
const LIMIT: Duration = Duration::from_secs(60);

/// Plays the part that the words say.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match words[..] {
        ["server", port, chain, key] => runtime.block_on(server(port.parse()?, chain.as_ref(), key.as_ref())),
        ["clients", port, count, ca] => runtime.block_on(clients(port.parse()?, count.parse()?, ca.as_ref())),
        _ => bail!("no such peer"),
    }
}

fn tell(words: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{words}")?;
    Ok(out.flush()?)
}

async fn server(port: u16, chain: &Path, key: &Path) -> Result<()> {
    let chain = CertificateDer::pem_file_iter(chain)?.collect::<Result<Vec<_>, _>>()?;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    tell("ready")?;
    loop {
        let (socket, _) = listener.accept().await?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that goes is how each of them ends.
            let _ = serve(acceptor, socket).await;
        });
    }
}

async fn serve(acceptor: TlsAcceptor, socket: TcpStream) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut stream = acceptor.accept(socket).await?;
    stream.write_all(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n").await?;
    let mut line = Vec::new();
    let mut idle = None;
    loop {
        let mut piece = [0; 256];
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        line.extend_from_slice(piece.get(..read).unwrap_or_default());
        while let Some(end) = line.iter().position(|octet| *octet == b'\n') {
            let said: Vec<u8> = line.drain(..=end).collect();
            let said = String::from_utf8_lossy(&said).trim_end().to_owned();
            let (tag, verb) = said.split_once(' ').unwrap_or((&said, ""));
            let answer = match verb {
                "IDLE" => {
                    idle = Some(tag.to_owned());
                    "+ idling\r\n".to_owned()
                }
                "" => format!("{} OK done\r\n", idle.take().unwrap_or_default()),
                _ => format!("{tag} OK done\r\n"),
            };
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}

async fn clients(port: u16, count: usize, ca: &Path) -> Result<()> {
    let connector = TlsConnector::from(client_tls(ca)?);
    let mut sessions = Vec::with_capacity(count);
    let mut making = JoinSet::new();
    let mut begun = 0;
    while sessions.len() < count {
        while begun < count && making.len() < AT_ONCE {
            making.spawn(at_rest(connector.clone(), port));
            begun += 1;
        }
        let made = making.join_next().await.context("no session")?;
        sessions.push(made??);
    }
    tell("ready")?;
    for line in io::stdin().lock().lines() {
        match line?.as_str() {
            "probe" => tell(&format!("probed {}", probe(&mut sessions).await?))?,
            "more" => tell(&format!("refused {}", greeting(&connector, port).await?.1))?,
            _ => {
                drop(sessions.pop());
                tokio::time::sleep(Duration::from_millis(500)).await;
                tell(&format!("after {}", greeting(&connector, port).await?.1))?;
            }
        }
    }
    Ok(())
}

async fn greeting(connector: &TlsConnector, port: u16) -> Result<(TlsStream<TcpStream>, String)> {
    let socket = TcpStream::connect(("127.0.0.1", port)).await?;
    socket.set_nodelay(true)?;
    let mut stream = connector.connect(ServerName::try_from("localhost")?, socket).await?;
    let line = line(&mut stream).await?;
    Ok((stream, line))
}

async fn at_rest(connector: TlsConnector, port: u16) -> Result<TlsStream<TcpStream>> {
    let (mut stream, hello) = greeting(&connector, port).await?;
    if !hello.starts_with("* OK") {
        bail!("{hello}");
    }
    for (words, answer) in [
        ("a LOGIN rep@corp.example secret\r\n", "a OK"),
        ("b SELECT INBOX\r\n", "b OK"),
        ("c IDLE\r\n", "+ idling"),
    ] {
        ask(&mut stream, words, answer).await?;
    }
    Ok(stream)
}

async fn probe(sessions: &mut [TlsStream<TcpStream>]) -> Result<String> {
    let mut times = Vec::new();
    let step = (sessions.len() / PROBED).max(1);
    for stream in sessions.iter_mut().step_by(step) {
        let begin = Instant::now();
        ask(stream, "DONE\r\n", "c OK").await?;
        times.push(begin.elapsed());
        ask(stream, "c IDLE\r\n", "+ idling").await?;
    }
    times.sort_unstable();
    let at = |percent: usize| {
        times
            .get(times.len() * percent / 100)
            .copied()
            .unwrap_or_default()
            .as_secs_f64()
            * 1e3
    };
    Ok(format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99)))
}

async fn ask(stream: &mut TlsStream<TcpStream>, words: &str, answer: &str) -> Result<()> {
    stream.write_all(words.as_bytes()).await?;
    let said = line(stream).await?;
    if said.starts_with(answer) {
        Ok(())
    } else {
        bail!("{words:?} was answered with {said:?}")
    }
}

async fn line(stream: &mut TlsStream<TcpStream>) -> Result<String> {
    let mut line = Vec::new();
    let reading = async {
        loop {
            match stream.read_u8().await {
                Ok(b'\n') => return,
                Ok(octet) => line.push(octet),
                // Some end TLS without a word; what came counts.
                Err(_) => return,
            }
        }
    };
    tokio::time::timeout(LIMIT, reading)
        .await
        .context("no answer in time")?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}
