//! Sessions at rest: what they cost, and what one more than allowed is told.

use crate::fetch;
use crate::kernel;
use crate::process::Process;
use crate::stop;
use crate::way;
use anyhow::{Context, Result, bail};
use rustix::process::{Resource, getrlimit};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// For all sessions to be made.
const LIMIT: Duration = Duration::from_secs(300);
/// How long idle CPU is looked at.
const REST: Duration = Duration::from_secs(10);

/// Runs it with so many sessions.
pub(crate) fn run(count: usize) -> Result<String> {
    let descriptors = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let most = usize::try_from(descriptors / 2)
        .unwrap_or(usize::MAX)
        .saturating_sub(200);
    if count > most {
        bail!("the limit of open files is {descriptors}, which is enough for {most} sessions");
    }
    let (folder, certificates) = fetch::folder()?;
    let files = [&certificates.chain, &certificates.key].map(|file| file.display().to_string());
    let server = kernel::free_port()?;
    let mut provider = peer(&["server", &server.to_string(), &files[0], &files[1]], folder.path())?;
    provider.wait_until(|printed| printed.contains("ready").then_some(()))?;
    let more = format!("[capacity]\nconnections = {count}\nconnections_per_address = {count}\n");
    let mut youward = way::youward(server, &certificates, folder.path(), &more)?;
    let pid = youward.process.pid();
    thread::sleep(Duration::from_millis(500));
    let empty = kernel::resident(pid)?;
    let begin = Instant::now();
    let ca = certificates.ca.display().to_string();
    let mut clients = Clients::start(&["clients", &youward.port.to_string(), &count.to_string(), &ca])?;
    clients.hear("ready", LIMIT)?;
    let made = begin.elapsed();
    thread::sleep(Duration::from_secs(2));
    let full = kernel::resident(pid)?;
    let (before, begin) = (kernel::cpu_of_tree(pid), Instant::now());
    while begin.elapsed() < REST {
        stop::check()?;
        thread::sleep(Duration::from_millis(100));
    }
    let (cpu, rest) = (kernel::cpu_of_tree(pid).saturating_sub(before), begin.elapsed());
    let open = fs::read_dir(format!("/proc/{pid}/fd"))?.count();
    clients.say("probe")?;
    let probe = clients.hear("probed ", LIMIT)?;
    clients.say("more")?;
    let refused = clients.hear("refused ", LIMIT)?;
    clients.say("end one")?;
    let after = clients.hear("after ", LIMIT)?;
    youward.process.wait_until(|_| Some(()))?;
    let mut out = format!(
        "{count} sessions in IDLE, TLS on both sides of Youward, made in {:.1} s\n",
        made.as_secs_f64()
    );
    let each = full.saturating_sub(empty) / u64::try_from(count)?.max(1);
    let _ = writeln!(
        out,
        "resident memory: {} MiB before, {} MiB with them: {:.1} KiB a session; {open} descriptors",
        empty >> 20,
        full >> 20,
        f64::from(u32::try_from(each)?) / 1024.0
    );
    let share = cpu.as_secs_f64() * 100.0 / rest.as_secs_f64();
    let _ = writeln!(
        out,
        "CPU at rest: {:.2} s in {:.0} s, {share:.2} % of a core",
        cpu.as_secs_f64(),
        rest.as_secs_f64()
    );
    let _ = writeln!(out, "a command in up to 1,000 of them: {probe}");
    let _ = writeln!(out, "session {} is told: {refused}", count + 1);
    let _ = writeln!(out, "after one has ended, another is told: {after}");
    if !refused.starts_with("* BYE [UNAVAILABLE]") || !after.starts_with("* OK") {
        bail!("not what was expected\n{out}");
    }
    Ok(out)
}

fn command(words: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--peer").args(words);
    Ok(command)
}

fn peer(words: &[&str], folder: &Path) -> Result<Process> {
    Process::start("provider", &mut command(words)?, folder)
}

/// The process with the mail clients: told what to do by lines, and answers so.
struct Clients {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Clients {
    fn start(words: &[&str]) -> Result<Clients> {
        let mut child = command(words)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).context("pipes")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Ok(Clients { child, input, lines })
    }

    fn say(&mut self, words: &str) -> Result<()> {
        writeln!(self.input, "{words}")?;
        Ok(())
    }

    /// What stands after these words in the next line.
    fn hear(&mut self, start: &str, limit: Duration) -> Result<String> {
        let begin = Instant::now();
        while begin.elapsed() < limit {
            stop::check()?;
            if let Ok(line) = self.lines.recv_timeout(Duration::from_millis(200)) {
                let rest = line.strip_prefix(start).map(str::to_owned);
                return rest.with_context(|| format!("the clients said: {line}"));
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the clients have ended: {status}");
            }
        }
        bail!("the clients did not say {start:?} in time")
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
