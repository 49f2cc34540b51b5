//! What came out, in numbers.

use crate::case::{Case, Connections, From, To};
use crate::letter::Size;
use crate::load::Sample;
use crate::way::Way;
use serde::Serialize;
use std::fs;
use std::thread;
use std::time::Duration;

/// The whole run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) versions: Vec<String>,
    pub(crate) rounds: u32,
    pub(crate) rows: Vec<Row>,
    pub(crate) memory: Vec<Memory>,
    /// What was left out, and why.
    pub(crate) skipped: Vec<String>,
}

/// Where it ran.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    /// Load average of the last minute before the run: what else the machine had to do.
    pub(crate) load_before: String,
    pub(crate) kernel: String,
}

/// Resident memory in octets.
#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    pub(crate) way: Way,
    pub(crate) idle: u64,
    pub(crate) after_load: u64,
}

/// One line of the table: one case, one way.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) from: From,
    pub(crate) to: To,
    pub(crate) tls: bool,
    pub(crate) connections: Connections,
    pub(crate) sessions: usize,
    pub(crate) size: Size,
    pub(crate) way: Way,
    /// The median of the rounds.
    pub(crate) messages_per_second: f64,
    /// Messages per second of this way by those of the direct way in the same round, the median.
    pub(crate) of_direct: Option<f64>,
    /// The same by haproxy's.
    pub(crate) of_haproxy: Option<f64>,
    /// CPU time of the proxy for one message, microseconds, over all rounds.
    pub(crate) proxy_cpu_us: Option<f64>,
    /// CPU time of load, proxy and destination for one message, microseconds, over all rounds.
    pub(crate) all_cpu_us: f64,
    /// Latency of one message over all rounds; our generator's rows only.
    pub(crate) latency: Option<Latency>,
}

/// Milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// p50 less the direct way's.
    pub(crate) added_p50: f64,
    /// p99 less the direct way's.
    pub(crate) added_p99: f64,
}

impl Row {
    /// The lines of one case from the rounds of its ways.
    pub(crate) fn all(case: &Case, turns: &[(Way, Vec<Sample>)]) -> Vec<Row> {
        let rates = |way: Way| -> Vec<f64> {
            let samples = turns
                .iter()
                .find(|(of, _)| *of == way)
                .map(|(_, samples)| samples.as_slice());
            samples.unwrap_or_default().iter().map(rate).collect()
        };
        let ratio = |own: &[f64], other: Way| {
            let ratios = own.iter().zip(rates(other)).map(|(own, other)| own / other).collect();
            median(ratios)
        };
        let latencies = |way: Way| -> Vec<Duration> {
            let samples = turns
                .iter()
                .filter(|(of, _)| *of == way)
                .flat_map(|(_, samples)| samples);
            let mut all: Vec<_> = samples.flat_map(|sample| sample.latencies.iter().copied()).collect();
            all.sort_unstable();
            all
        };
        let direct = latencies(Way::Direct);
        let row = |way: Way| {
            let own = rates(way);
            let sums = turns
                .iter()
                .filter(|(of, _)| *of == way)
                .flat_map(|(_, samples)| samples);
            let (messages, proxy, all) =
                sums.fold((0, Duration::ZERO, Duration::ZERO), |(messages, proxy, all), sample| {
                    (
                        messages + sample.messages,
                        proxy + sample.proxy_cpu,
                        all + sample.all_cpu,
                    )
                });
            let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / count(messages);
            Some(Row {
                from: case.from,
                to: case.to,
                tls: case.to.is_tls(),
                connections: case.connections,
                sessions: case.sessions,
                size: case.size,
                way,
                of_direct: ratio(&own, Way::Direct).filter(|_| way != Way::Direct),
                of_haproxy: ratio(&own, Way::Haproxy).filter(|_| !matches!(way, Way::Direct | Way::Haproxy)),
                messages_per_second: median(own)?,
                proxy_cpu_us: (way != Way::Direct).then(|| each(proxy)),
                all_cpu_us: each(all),
                latency: latency(&latencies(way), &direct),
            })
        };
        turns.iter().filter_map(|(way, _)| row(*way)).collect()
    }
}

impl Machine {
    pub(crate) fn look() -> Machine {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Machine {
            cores: thread::available_parallelism().map_or(1, usize::from),
            load_before: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }
}

fn rate(sample: &Sample) -> f64 {
    count(sample.messages) / sample.elapsed.as_secs_f64()
}

fn latency(own: &[Duration], direct: &[Duration]) -> Option<Latency> {
    let (p50, p99) = (percentile(own, 50)?, percentile(own, 99)?);
    let (direct_p50, direct_p99) = (percentile(direct, 50)?, percentile(direct, 99)?);
    Some(Latency {
        p50,
        p99,
        added_p50: p50 - direct_p50,
        added_p99: p99 - direct_p99,
    })
}

/// Of sorted values, the smallest that at least so many percent do not exceed; milliseconds.
fn percentile(sorted: &[Duration], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).map(|value| value.as_secs_f64() * 1e3)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied()?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some((upper + values.get(middle.checked_sub(1)?)?) / 2.0)
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}
