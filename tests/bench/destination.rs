//! The servers that the mails go to.

use crate::certificates::Certificates;
use crate::kernel;
use crate::process::{Process, signal};
use crate::stop;
use crate::tools::Tools;
use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// A server that takes mail and delivers it nowhere.
pub(crate) trait Destination {
    /// CPU time so far.
    fn cpu(&self) -> Duration;

    /// Waits until it has done the work that comes after its last reply.
    fn settle(&self) -> Result<()>;
}

/// Postfix's `smtp-sink`.
pub(crate) struct Sink {
    process: Process,
    pub(crate) port: u16,
}

impl Sink {
    pub(crate) fn start(tools: &Tools, folder: &Path) -> Result<Sink> {
        let port = kernel::free_port()?;
        let mut command = Command::new(&tools.smtp_sink);
        if rustix::process::geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        command.args([&format!("127.0.0.1:{port}"), "256"]);
        let mut process = Process::start("smtp-sink", &mut command, folder)?;
        process.wait_for_port(port)?;
        Ok(Sink { process, port })
    }
}

impl Destination for Sink {
    fn cpu(&self) -> Duration {
        kernel::cpu_of_tree(self.process.pid())
    }

    fn settle(&self) -> Result<()> {
        Ok(())
    }
}

/// A Postfix of our own: its configuration, queue and log are in the benchmark's folder.
pub(crate) struct Postfix {
    folder: PathBuf,
    master: u32,
    pub(crate) port: u16,
    pub(crate) tls_port: u16,
}

impl Postfix {
    pub(crate) fn start(postfix: &Path, certificates: &Certificates, folder: &Path) -> Result<Postfix> {
        let folder = folder.join("postfix");
        let (port, tls_port) = (kernel::free_port()?, kernel::free_port()?);
        for part in ["", "etc", "queue", "data"] {
            fs::create_dir(folder.join(part))?;
            // Its own user must get there.
            fs::set_permissions(folder.join(part), fs::Permissions::from_mode(0o755))?;
        }
        let etc = folder.join("etc");
        own(&folder.join("data"), "postfix")?;
        fs::write(etc.join("main.cf"), main_cf(&folder, certificates))?;
        fs::write(etc.join("master.cf"), master_cf(port, tls_port))?;
        let output = Command::new(postfix).arg("-c").arg(&etc).arg("start").output()?;
        // Whatever it said: if there is a master, it is ours to stop.
        let master = wait_for_master(&folder);
        if !output.status.success() {
            if let Ok(pid) = master {
                signal(pid, Signal::TERM);
            }
            bail!(
                "Postfix does not start: {}{}",
                String::from_utf8_lossy(&output.stderr),
                log(&folder)
            );
        }
        let started = Postfix {
            master: master?,
            folder,
            port,
            tls_port,
        };
        started.wait_for_port()?;
        Ok(started)
    }

    fn wait_for_port(&self) -> Result<()> {
        let begin = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.tls_port)).is_err() {
            stop::check()?;
            if begin.elapsed() > Duration::from_secs(20) {
                bail!("Postfix does not listen: {}", log(&self.folder));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Mails that are still in the queue.
    fn queued(&self) -> usize {
        ["maildrop", "incoming", "active"]
            .iter()
            .filter_map(|queue| fs::read_dir(self.folder.join("queue").join(queue)).ok())
            .map(Iterator::count)
            .sum()
    }
}

impl Destination for Postfix {
    fn cpu(&self) -> Duration {
        kernel::cpu_of_tree(self.master)
    }

    fn settle(&self) -> Result<()> {
        let begin = Instant::now();
        while self.queued() > 0 {
            stop::check()?;
            if begin.elapsed() > Duration::from_secs(60) {
                bail!(
                    "{} mails are still in Postfix's queue after 60 s: {}",
                    self.queued(),
                    log(&self.folder)
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // The master is a daemon, so not our child; its command line tells that the pid is still its own. It ends its
        // children.
        let command_line = format!("/proc/{}/cmdline", self.master);
        let is_running = || fs::read(&command_line).is_ok_and(|line| String::from_utf8_lossy(&line).contains("master"));
        for (signal_name, patience) in [(Signal::TERM, 100), (Signal::KILL, 100)] {
            if !is_running() {
                return;
            }
            signal(self.master, signal_name);
            for _ in 0..patience {
                if !is_running() {
                    break;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

fn wait_for_master(folder: &Path) -> Result<u32> {
    let begin = Instant::now();
    loop {
        let text = fs::read_to_string(folder.join("queue/pid/master.pid")).unwrap_or_default();
        if let Ok(pid) = text.trim().parse() {
            return Ok(pid);
        }
        if begin.elapsed() > Duration::from_secs(5) {
            bail!("Postfix's master has left no pid: {}", log(folder));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn own(path: &Path, user: &str) -> Result<()> {
    let status = Command::new("chown")
        .arg(user)
        .arg(path)
        .status()
        .context("chown does not start")?;
    if !status.success() {
        bail!("{} cannot be given to {user}", path.display());
    }
    Ok(())
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

/// Nothing leaves this machine: whatever comes from loopback is discarded, and there is no other transport.
fn main_cf(folder: &Path, certificates: &Certificates) -> String {
    let (at, both) = (folder.display(), certificates.both.display());
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {at}/queue\n\
         data_directory = {at}/data\n\
         maillog_file = {at}/log\n\
         maillog_file_prefixes = {at}\n\
         multi_instance_enable = no\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         myhostname = mail.bench.example\n\
         mydestination =\n\
         mynetworks = 127.0.0.0/8\n\
         alias_maps =\n\
         alias_database =\n\
         local_recipient_maps =\n\
         relay_domains =\n\
         default_transport = discard:bench\n\
         local_transport = discard:bench\n\
         relay_transport = discard:bench\n\
         disable_dns_lookups = yes\n\
         smtpd_peername_lookup = no\n\
         smtpd_relay_restrictions = permit_mynetworks, reject\n\
         smtpd_recipient_restrictions =\n\
         smtpd_client_connection_count_limit = 0\n\
         in_flow_delay = 0\n\
         notify_classes =\n\
         smtpd_tls_chain_files = {both}\n\
         smtpd_tls_security_level = may\n"
    )
}

/// The services that take, queue and discard.
fn master_cf(port: u16, tls_port: u16) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd\n\
         127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         proxymap unix - - n - - proxymap\n\
         discard unix - - n - - discard\n\
         anvil unix - - n - 1 anvil\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    )
}
