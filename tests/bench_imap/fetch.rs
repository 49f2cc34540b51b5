//! FETCH of all mails of a mailbox, over every way in turns.

use crate::certificates::{self, Certificates};
use crate::dovecot::{self, PASSWORD, USER};
use crate::kernel;
use crate::process::Process;
use crate::stop;
use crate::way::{self, Proxy, Way};
use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Mails in the mailbox.
const MAILS: usize = 8;
/// Sessions at one time, in both cases.
const SESSIONS: [usize; 2] = [1, 4];
/// For one session to end.
const LIMIT: Duration = Duration::from_secs(120);

/// Everything that was measured.
pub(crate) struct Report {
    pub(crate) rounds: u32,
    pub(crate) samples: Vec<Sample>,
    pub(crate) skipped: Vec<String>,
}

/// One round of one way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) way: Way,
    pub(crate) sessions: usize,
    pub(crate) octets: usize,
    pub(crate) elapsed: Duration,
    /// CPU time of the proxy.
    pub(crate) cpu: Duration,
}

/// A folder for everything, certificates in it.
pub(crate) fn folder() -> Result<(TempDir, Certificates)> {
    let folder = tempfile::Builder::new().prefix("youward-bench").tempdir()?;
    // Servers under users of their own must get to their parts; keys are of this run only.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    let certificates = certificates::make(folder.path())?;
    Ok((folder, certificates))
}

/// Runs it, with mails of so many octets.
pub(crate) fn run(rounds: u32, size: usize, emailproxy: Option<&Path>) -> Result<Report> {
    let (folder, certificates) = folder()?;
    let server = dovecot::start(&certificates, folder.path(), MAILS, size)?;
    let tls = client_tls(&certificates.ca)?;
    let (mut proxies, mut skipped) = way::all(server.port, &certificates, folder.path(), emailproxy)?;
    let expected = fetch(server.port, &tls, true).context("direct")?;
    // Who changes an octet is not measured.
    proxies.retain(|proxy| match fetch(proxy.port, &tls, true) {
        Ok(fetched) if fetched.same == expected.same => true,
        Ok(_) => {
            skipped.push(format!("{}: the mails came out otherwise", proxy.way.words()));
            false
        }
        Err(error) => {
            skipped.push(format!("{}: {error:#}", proxy.way.words()));
            false
        }
    });
    if !proxies.iter().any(|proxy| proxy.way == Way::Youward) {
        bail!("{}", skipped.join("; "));
    }
    let mut samples = Vec::new();
    for sessions in SESSIONS {
        for _ in 0..rounds {
            samples.push(measure(Way::Direct, server.port, None, sessions, &tls)?);
            for Proxy { way, process, port } in &proxies {
                // It carries everything on one thread of Python, and its turns are to end too.
                if *way != Way::Emailproxy || sessions == 1 {
                    samples.push(measure(*way, *port, Some(process), sessions, &tls)?);
                }
            }
        }
    }
    Ok(Report {
        rounds,
        samples,
        skipped,
    })
}

fn measure(way: Way, port: u16, process: Option<&Process>, sessions: usize, tls: &Arc<ClientConfig>) -> Result<Sample> {
    stop::check()?;
    let cpu = || process.map_or(Duration::ZERO, |process| kernel::cpu_of_tree(process.pid()));
    let before = cpu();
    let begin = Instant::now();
    let threads: Vec<_> = (0..sessions)
        .map(|_| {
            let tls = tls.clone();
            thread::spawn(move || fetch(port, &tls, false))
        })
        .collect();
    let mut octets = 0;
    for session in threads {
        let Ok(fetched) = session.join() else {
            bail!("a session broke")
        };
        octets += fetched.with_context(|| way.words())?.octets;
    }
    let elapsed = begin.elapsed();
    Ok(Sample {
        way,
        sessions,
        octets,
        elapsed,
        cpu: cpu().saturating_sub(before),
    })
}

struct Fetched {
    octets: usize,
    /// Of all mails, where asked for.
    same: Option<[u8; 32]>,
}

fn fetch(port: u16, tls: &Arc<ClientConfig>, compare: bool) -> Result<Fetched> {
    let socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_read_timeout(Some(LIMIT))?;
    socket.set_nodelay(true)?;
    let connection = ClientConnection::new(tls.clone(), ServerName::try_from("localhost")?)?;
    let mut stream = BufReader::with_capacity(64 * 1024, StreamOwned::new(connection, socket));
    say(&mut stream, &format!("a LOGIN {USER} {PASSWORD}\r\n"))?;
    until(&mut stream, "a OK")?;
    say(&mut stream, "b EXAMINE INBOX\r\n")?;
    until(&mut stream, "b OK")?;
    say(&mut stream, "c FETCH 1:* BODY.PEEK[]\r\n")?;
    let (mut octets, mut hash) = (0, Sha256::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let head = line(&mut stream)?;
        if head.starts_with("c ") {
            if !head.starts_with("c OK") {
                bail!("FETCH was answered with {head}");
            }
            break;
        }
        let Some(size) = head.strip_suffix('}').and_then(|head| head.rsplit_once('{')) else {
            continue;
        };
        let mut left: usize = size.1.parse()?;
        octets += left;
        while left > 0 {
            let room = left.min(buffer.len());
            let read = stream.read(buffer.get_mut(..room).unwrap_or_default())?;
            if read == 0 {
                bail!("the connection ended in a mail");
            }
            if compare {
                hash.update(buffer.get(..read).unwrap_or_default());
            }
            left -= read;
        }
    }
    say(&mut stream, "d LOGOUT\r\n")?;
    until(&mut stream, "d OK")?;
    Ok(Fetched {
        octets,
        same: compare.then(|| hash.finalize().into()),
    })
}

type Client = BufReader<StreamOwned<ClientConnection, TcpStream>>;

fn say(stream: &mut Client, words: &str) -> Result<()> {
    stream.get_mut().write_all(words.as_bytes())?;
    Ok(())
}

fn line(stream: &mut Client) -> Result<String> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line)? == 0 {
        bail!("the connection ended");
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn until(stream: &mut Client, start: &str) -> Result<()> {
    loop {
        let line = line(stream)?;
        if line.starts_with(start) {
            return Ok(());
        }
        if start.get(..2).is_some_and(|tag| line.starts_with(tag)) {
            bail!("{line}");
        }
    }
}

/// Trusts the authority of this run.
pub(crate) fn client_tls(ca: &Path) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca)? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
