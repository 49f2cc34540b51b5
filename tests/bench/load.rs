//! One run: so many messages, one way, and what it cost.

use crate::bench::Stage;
use crate::case::{Case, Connections, From};
use crate::generator::{self, Job};
use crate::letter::{FROM, TO};
use crate::process::run_timed;
use crate::way::Way;
use crate::{kernel, stop};
use anyhow::Result;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

/// No run may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// What one run gave.
pub(crate) struct Sample {
    pub(crate) messages: usize,
    pub(crate) elapsed: Duration,
    /// CPU time of the proxy; nothing when there is none.
    pub(crate) proxy_cpu: Duration,
    /// CPU time of everything that took part: load, proxy and destination, the work that it does afterwards included.
    pub(crate) all_cpu: Duration,
    /// One for each message; empty for `smtp-source`.
    pub(crate) latencies: Vec<Duration>,
}

/// Runs `messages` messages of this case one way.
pub(crate) fn run(case: &Case, way: Way, messages: usize, stage: &Stage) -> Result<Sample> {
    stop::check()?;
    let destination = stage.destination(case.to)?;
    let port = stage.port(case.to, way)?;
    if case.connections == Connections::PerMessage {
        // A proxy makes a second one to the destination.
        kernel::wait_for_ports(2 * messages)?;
    }
    let proxy = stage.proxy(way)?.map(crate::process::Process::pid);
    let cpu = || -> (Duration, Duration) {
        let proxy = proxy.map(kernel::cpu_of_tree).unwrap_or_default();
        (proxy, proxy + kernel::cpu_of_us() + destination.cpu())
    };
    let before = cpu();
    let (elapsed, latencies) = match case.from {
        From::SmtpSource => (smtp_source(case, port, messages, stage)?, Vec::new()),
        From::Generator => {
            let outcome = generator::run(&Job {
                messages,
                ..job(case, port, stage)
            })?;
            (outcome.elapsed, outcome.latencies)
        }
    };
    destination.settle()?;
    let after = cpu();
    Ok(Sample {
        messages,
        elapsed,
        proxy_cpu: after.0.saturating_sub(before.0),
        all_cpu: after.1.saturating_sub(before.1),
        latencies,
    })
}

/// This case for our own generator.
pub(crate) fn job(case: &Case, port: u16, stage: &Stage) -> Job {
    Job {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        tls: case.to.is_tls().then(|| stage.tls.clone()),
        content: stage.letter(case.size).content.clone(),
        connections: case.connections,
        sessions: case.sessions,
        messages: case.messages,
        limit: LIMIT,
    }
}

fn smtp_source(case: &Case, port: u16, messages: usize, stage: &Stage) -> Result<Duration> {
    let mut command = Command::new(&stage.tools.smtp_source);
    if case.connections == Connections::Kept {
        command.arg("-d");
    }
    command.args(["-M", "bench.example", "-f", FROM, "-t", TO]);
    command.args(["-s", &case.sessions.to_string(), "-m", &messages.to_string()]);
    command.arg("-F").arg(&stage.letter(case.size).file);
    command.arg(format!("inet:127.0.0.1:{port}"));
    run_timed(&mut command, LIMIT)
}
