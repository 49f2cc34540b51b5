//! The ways from the load to a destination: straight, or through one of the proxies.

use crate::case::To;
use crate::certificates::Certificates;
use crate::kernel;
use crate::process::Process;
use crate::tools::Tools;
use anyhow::Result;
use serde::Serialize;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A way, in the order of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    /// No proxy.
    Direct,
    /// haproxy in TCP mode: it forwards octets and understands none.
    Haproxy,
    /// A proxy in Python that adds OAuth 2.0; it reads commands, not mails.
    Emailproxy,
    /// Youward with reading on.
    Youward,
}

impl Way {
    pub(crate) const ALL: [Way; 4] = [Way::Direct, Way::Haproxy, Way::Emailproxy, Way::Youward];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Way::Direct => "direct",
            Way::Haproxy => "haproxy",
            Way::Emailproxy => "emailproxy",
            Way::Youward => "youward",
        }
    }

    /// emailproxy speaks nothing but TLS to the provider.
    pub(crate) fn leads_to(self, to: To) -> bool {
        self != Way::Emailproxy || to.is_tls()
    }

    /// How many times fewer messages it gets, so that its turns end too.
    pub(crate) fn slowness(self) -> usize {
        if self == Way::Emailproxy { 10 } else { 1 }
    }
}

/// A destination's own port.
pub(crate) type Backend = (To, u16);

/// A proxy that runs, and its ports.
pub(crate) struct Proxy {
    pub(crate) process: Process,
    ports: Vec<Backend>,
    /// Resident memory once it was ready, octets.
    pub(crate) idle: u64,
}

impl Proxy {
    /// The port that leads there.
    pub(crate) fn port(&self, to: To) -> Option<u16> {
        self.ports
            .iter()
            .find(|(leads_to, _)| *leads_to == to)
            .map(|(_, port)| *port)
    }

    fn ready(process: Process, ports: Vec<Backend>) -> Result<Proxy> {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let idle = process.resident()?;
        Ok(Proxy { process, ports, idle })
    }
}

/// haproxy as it is set up by default: as many threads as there are cores. Under TLS it ends TLS and makes it anew, with
/// the server's certificate verified, as Youward does.
pub(crate) fn haproxy(tools: &Tools, backends: &[Backend], files: &Certificates, folder: &Path) -> Result<Proxy> {
    let mut config = "global\n  maxconn 2000\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  \
                      timeout server 1m\n"
        .to_owned();
    let mut ports = Vec::new();
    for (to, behind) in backends {
        let port = kernel::free_port()?;
        let (both, ca) = (files.both.display(), files.ca.display());
        let (front, back) = if to.is_tls() {
            (
                format!(" ssl crt {both}"),
                format!(" ssl ca-file {ca} verify required verifyhost localhost"),
            )
        } else {
            (String::new(), String::new())
        };
        writeln!(
            config,
            "listen to{behind}\n  bind 127.0.0.1:{port}{front}\n  server s 127.0.0.1:{behind}{back}"
        )?;
        ports.push((*to, port));
    }
    let file = folder.join("haproxy.cfg");
    fs::write(&file, config)?;
    let mut process = Process::start(
        "haproxy",
        Command::new(&tools.haproxy).arg("-db").arg("-f").arg(&file),
        folder,
    )?;
    for (_, port) in &ports {
        process.wait_for_port(*port)?;
    }
    Proxy::ready(process, ports)
}

/// emailproxy, under TLS on both sides. Nobody logs in, so it needs no account.
pub(crate) fn emailproxy(program: &Path, behind: u16, files: &Certificates, folder: &Path) -> Result<Proxy> {
    let port = kernel::free_port()?;
    let config = format!(
        "[Server setup]\n[SMTP-{port}]\nserver_address = localhost\nserver_port = {behind}\n\
         local_address = 127.0.0.1\nlocal_certificate_path = {}\nlocal_key_path = {}\n[Account setup]\n[emailproxy]\n",
        files.chain.display(),
        files.key.display()
    );
    let file = folder.join("emailproxy.config");
    fs::write(&file, config)?;
    let mut command = Command::new(program);
    command
        .args(["--no-gui", "--config-file"])
        .arg(&file)
        .arg("--log-file")
        .arg(folder.join("emailproxy-own.log"));
    command.env("SSL_CERT_FILE", &files.ca);
    let mut process = Process::start("emailproxy", &mut command, folder)?;
    process.wait_for_port(port)?;
    Proxy::ready(process, vec![(To::PostfixTls, port)])
}

/// Youward with its defaults, one upstream for each destination.
pub(crate) fn youward(backends: &[Backend], files: &Certificates, folder: &Path) -> Result<Proxy> {
    let data = folder.join("youward");
    fs::create_dir(&data)?;
    let mut config = format!("data_dir = {:?}\n", data.display().to_string());
    let mut ports = Vec::new();
    for (to, behind) in backends {
        let port = kernel::free_port()?;
        let (upstream, listen) = if to.is_tls() {
            let [ca, chain, key] = [&files.ca, &files.chain, &files.key].map(|file| file.display().to_string());
            (
                format!("tls = \"implicit\", ca = {ca:?}"),
                format!("tls = \"implicit\"\ncertificate = {chain:?}\nkey = {key:?}"),
            )
        } else {
            ("tls = \"none\"".to_owned(), "tls = \"none\"".to_owned())
        };
        writeln!(
            config,
            "[[upstream]]\nname = \"to-{behind}\"\nrequire_auth = false\n\
             smtp = {{ host = \"127.0.0.1\", port = {behind}, {upstream} }}\n\
             [[upstream.listen]]\naddress = \"127.0.0.1:{port}\"\n{listen}"
        )?;
        ports.push((*to, port));
    }
    let file = folder.join("youward.toml");
    fs::write(&file, config)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_youward"));
    command.arg("run").arg("--config").arg(&file);
    let mut process = Process::start("youward", &mut command, folder)?;
    process.wait_until(|printed| printed.lines().any(|line| line == "ready").then_some(()))?;
    Proxy::ready(process, ports)
}
