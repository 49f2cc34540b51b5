//! The ways from a mail client to the server: straight, or through one of the proxies, TLS on both sides of each.

use crate::certificates::Certificates;
use crate::dovecot::{PASSWORD, USER};
use crate::kernel;
use crate::process::Process;
use anyhow::{Context, Result};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// A way, in the order of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// No proxy.
    Direct,
    /// haproxy in TCP mode: it forwards octets and understands none.
    Haproxy,
    /// stunnel, one service behind the other.
    Stunnel,
    /// A proxy in Python that adds OAuth 2.0.
    Emailproxy,
    /// Youward.
    Youward,
}

impl Way {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Way::Direct => "direct",
            Way::Haproxy => "haproxy",
            Way::Stunnel => "stunnel",
            Way::Emailproxy => "emailproxy",
            Way::Youward => "youward",
        }
    }
}

/// A proxy that runs, and the port that leads through it.
pub(crate) struct Proxy {
    pub(crate) way: Way,
    pub(crate) process: Process,
    pub(crate) port: u16,
}

/// All proxies before the server at `behind` that are to be had, and why the others are not.
pub(crate) fn all(
    behind: u16,
    certificates: &Certificates,
    folder: &Path,
    emailproxy_at: Option<&Path>,
) -> Result<(Vec<Proxy>, Vec<String>)> {
    let (mut proxies, mut skipped) = (Vec::new(), Vec::new());
    let emailproxy_at = emailproxy_at.map(Path::to_owned).or_else(|| find("emailproxy"));
    let others: [(&str, Option<PathBuf>, Start); 3] = [
        ("haproxy", find("haproxy"), haproxy),
        ("stunnel", find("stunnel"), stunnel),
        ("emailproxy", emailproxy_at, emailproxy),
    ];
    for (name, program, start) in others {
        match program {
            Some(program) => match start(&program, behind, certificates, folder) {
                Ok(proxy) => proxies.push(proxy),
                Err(error) => skipped.push(format!("{name}: {error:#}")),
            },
            None => skipped.push(format!("{name}: it is not installed")),
        }
    }
    proxies.push(youward(behind, certificates, folder, "")?);
    Ok((proxies, skipped))
}

type Start = fn(&Path, u16, &Certificates, &Path) -> Result<Proxy>;

fn haproxy(program: &Path, behind: u16, files: &Certificates, folder: &Path) -> Result<Proxy> {
    let port = kernel::free_port()?;
    let (both, ca) = (files.both.display(), files.ca.display());
    let config = format!(
        "global\n  maxconn 2000\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  timeout server 1m\n\
         listen imap\n  bind 127.0.0.1:{port} ssl crt {both}\n  \
         server s 127.0.0.1:{behind} ssl ca-file {ca} verify required verifyhost localhost\n"
    );
    let file = folder.join("haproxy.cfg");
    fs::write(&file, config)?;
    started(
        Way::Haproxy,
        Command::new(program).arg("-db").arg("-f").arg(&file),
        folder,
        port,
    )
}

fn stunnel(program: &Path, behind: u16, files: &Certificates, folder: &Path) -> Result<Proxy> {
    let (port, between) = (kernel::free_port()?, kernel::free_port()?);
    let (chain, key, ca) = (files.chain.display(), files.key.display(), files.ca.display());
    let config = format!(
        "foreground = yes\npid =\n[near]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{between}\ncert = {chain}\n\
         key = {key}\n[far]\nclient = yes\naccept = 127.0.0.1:{between}\nconnect = 127.0.0.1:{behind}\nverifyChain = yes\n\
         checkHost = localhost\nCAfile = {ca}\n"
    );
    let file = folder.join("stunnel.conf");
    fs::write(&file, config)?;
    started(Way::Stunnel, Command::new(program).arg(&file), folder, port)
}

/// With an account whose tokens are given out here.
fn emailproxy(program: &Path, behind: u16, files: &Certificates, folder: &Path) -> Result<Proxy> {
    let (port, tokens) = (kernel::free_port()?, tokens()?);
    let config = format!(
        "[Server setup]\n[IMAP-{port}]\nserver_address = localhost\nserver_port = {behind}\nlocal_address = 127.0.0.1\n\
         local_certificate_path = {}\nlocal_key_path = {}\n[Account setup]\n[{USER}]\n\
         token_url = http://127.0.0.1:{tokens}/\noauth2_scope = mail\noauth2_flow = password\nredirect_uri = http://localhost\n\
         client_id = bench\nclient_secret = bench\n[emailproxy]\n",
        files.chain.display(),
        files.key.display()
    );
    let file = folder.join("emailproxy.config");
    fs::write(&file, config)?;
    let mut command = Command::new(program);
    command.args(["--no-gui", "--config-file"]).arg(&file);
    command.arg("--log-file").arg(folder.join("emailproxy-own.log"));
    command.env("SSL_CERT_FILE", &files.ca);
    started(Way::Emailproxy, &mut command, folder, port)
}

/// Gives the same token to everybody who asks; its port.
fn tokens() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let body = format!("{{\"access_token\": \"{PASSWORD}\", \"expires_in\": 3600}}");
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length:";
            // The question is short and comes in one piece; what it says is of no interest.
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "{head} {}\r\n\r\n{body}", body.len());
        }
    });
    Ok(port)
}

/// Youward with its defaults, but for the guard: what is measured is the proxy. `more` goes to the end of its settings.
pub(crate) fn youward(behind: u16, files: &Certificates, folder: &Path, more: &str) -> Result<Proxy> {
    let data = folder.join("youward");
    fs::create_dir(&data)?;
    let port = kernel::free_port()?;
    let [ca, chain, key] = [&files.ca, &files.chain, &files.key].map(|file| file.display().to_string());
    let config = format!(
        "data_dir = {:?}\n[[upstream]]\nname = \"bench\"\nsmtp = {{ host = \"127.0.0.1\", port = 9, tls = \"none\" }}\n\
         imap = {{ host = \"localhost\", port = {behind}, tls = \"implicit\", ca = {ca:?} }}\n\
         [upstream.guard]\ndrafts = false\nhistory = false\n\
         [[upstream.listen_imap]]\naddress = \"127.0.0.1:{port}\"\ntls = \"implicit\"\ncertificate = {chain:?}\n\
         key = {key:?}\n{more}",
        data.display().to_string()
    );
    let file = folder.join("youward.toml");
    fs::write(&file, config)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_youward"));
    command.arg("run").arg("--config").arg(&file);
    let mut process = Process::start("youward", &mut command, folder)?;
    process.wait_until(|printed| printed.lines().any(|line| line == "ready").then_some(()))?;
    Ok(Proxy {
        way: Way::Youward,
        process,
        port,
    })
}

fn started(way: Way, command: &mut Command, folder: &Path, port: u16) -> Result<Proxy> {
    let mut process = Process::start(way.words(), command, folder)?;
    process.wait_for_port(port).with_context(|| way.words())?;
    Ok(Proxy { way, process, port })
}

/// As a shell finds it, with the folders where servers live.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let script = r#"PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin" command -v "$0""#;
    let output = Command::new("sh")
        .args(["-c", script, name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    let path = path.trim();
    (output.status.success() && path.starts_with('/')).then(|| path.into())
}
