//! What the kernel counts: CPU time and memory of processes, ports in use.

use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// CPU time so far, user and system, of a process and all its descendants, those that have ended included.
pub(crate) fn cpu_of_tree(root: u32) -> Duration {
    let all: HashMap<u32, (u32, u64)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let (parent, own, reaped) = stat(pid)?;
            Some((pid, (parent, own + reaped)))
        })
        .collect();
    let belongs = |mut pid: u32| {
        // A chain of parents can't be longer than there are processes.
        for _ in 0..all.len() {
            if pid == root {
                return true;
            }
            match all.get(&pid) {
                Some((parent, _)) => pid = *parent,
                None => return false,
            }
        }
        false
    };
    ticks(
        all.iter()
            .filter(|(pid, _)| belongs(**pid))
            .map(|(_, (_, time))| time)
            .sum(),
    )
}

/// CPU time so far of this process and of the children that it has waited for, without those that still run.
pub(crate) fn cpu_of_us() -> Duration {
    stat(std::process::id())
        .map(|(_, own, reaped)| ticks(own + reaped))
        .unwrap_or_default()
}

/// Parent, own ticks, ticks of waited-for children; see proc(5).
fn stat(pid: u32) -> Option<(u32, u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may hold anything.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    Some((parent, number(11)? + number(12)?, number(13)? + number(14)?))
}

fn ticks(count: u64) -> Duration {
    static PER_SECOND: OnceLock<u64> = OnceLock::new();
    let per_second = *PER_SECOND.get_or_init(|| {
        let output = Command::new("getconf").arg("CLK_TCK").output().ok();
        let text = output.and_then(|output| String::from_utf8(output.stdout).ok());
        text.and_then(|text| text.trim().parse().ok())
            .filter(|ticks| *ticks > 0)
            .unwrap_or(100)
    });
    Duration::from_micros(count * 1_000_000 / per_second)
}

/// Resident memory in octets.
pub(crate) fn resident(pid: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS in /proc")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024)
}

/// A loopback port that nobody uses, below those that the kernel gives to outgoing connections: none of these can take it
/// before its server does.
pub(crate) fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let (first_outgoing, _) = outgoing_ports();
    let start = u16::try_from(std::process::id() % 10_000).unwrap_or_default();
    for _ in 0..2_000 {
        let port = 12_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 15_000;
        if port < first_outgoing && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port found on 127.0.0.1")
}

/// Waits until the kernel has enough ports for so many more connections: closed ones keep theirs for a minute where the
/// kernel does not reuse them.
pub(crate) fn wait_for_ports(connections: usize) -> Result<()> {
    let reused = fs::read_to_string("/proc/sys/net/ipv4/tcp_tw_reuse").is_ok_and(|text| text.trim() != "0");
    let (first, last) = outgoing_ports();
    let ports = usize::from(last.saturating_sub(first));
    if connections > ports {
        bail!("net.ipv4.ip_local_port_range has {ports} ports, too few for {connections} connections in one round");
    }
    let begin = Instant::now();
    while !reused && time_wait() + connections > ports {
        crate::stop::check()?;
        if begin.elapsed() > Duration::from_secs(120) {
            bail!("the kernel keeps too many closed connections: {}", time_wait());
        }
        thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

fn outgoing_ports() -> (u16, u16) {
    let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut numbers = text.split_ascii_whitespace().filter_map(|number| number.parse().ok());
    (numbers.next().unwrap_or(32_768), numbers.next().unwrap_or(60_999))
}

/// Connections in the state TIME-WAIT (RFC 9293 §3.3.2).
fn time_wait() -> usize {
    let text = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("TCP:"))
        .unwrap_or_default();
    let mut words = line.split_ascii_whitespace().skip_while(|word| *word != "tw").skip(1);
    words.next().and_then(|count| count.parse().ok()).unwrap_or_default()
}
