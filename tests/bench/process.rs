//! Programs that run beside the benchmark and end with it.

use crate::{kernel, stop};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A running program; stopped by its pid when dropped.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it prints goes to a file in `folder`.
    pub(crate) fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Process> {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn();
        let child = child.with_context(|| format!("{name} does not start"))?;
        Ok(Process { name, child, log })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed so far.
    pub(crate) fn printed(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it does what `ready` looks for.
    pub(crate) fn wait_until<T>(&mut self, mut ready: impl FnMut(&str) -> Option<T>) -> Result<T> {
        let begin = Instant::now();
        loop {
            stop::check()?;
            if let Some(found) = ready(&self.printed()) {
                return Ok(found);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} has ended ({status}): {}", self.name, self.printed());
            }
            if begin.elapsed() > Duration::from_secs(30) {
                bail!("{} is not ready after 30 s: {}", self.name, self.printed());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until it listens.
    pub(crate) fn wait_for_port(&mut self, port: u16) -> Result<()> {
        self.wait_until(|_| TcpStream::connect(("127.0.0.1", port)).ok().map(drop))
    }

    /// Resident memory in octets.
    pub(crate) fn resident(&self) -> Result<u64> {
        kernel::resident(self.pid())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        signal(self.pid(), Signal::TERM);
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(5) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to one process.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Runs a program to its end and says how long it took.
///
/// # Errors
/// It failed, with what it printed, or took longer than `limit` and was stopped.
pub(crate) fn run_timed(command: &mut Command, limit: Duration) -> Result<Duration> {
    let program = command.get_program().to_string_lossy().into_owned();
    let begin = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let pid = child.id();
    let (done, wait_for_done) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let late = matches!(wait_for_done.recv_timeout(limit), Err(mpsc::RecvTimeoutError::Timeout));
        if late {
            signal(pid, Signal::KILL);
        }
        late
    });
    let output = child.wait_with_output()?;
    let elapsed = begin.elapsed();
    drop(done);
    if watch.join().unwrap_or_default() {
        bail!("{program} was stopped after {} s", limit.as_secs());
    }
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        bail!("{program} failed: {}", text.lines().next().unwrap_or("without a word"));
    }
    Ok(elapsed)
}
