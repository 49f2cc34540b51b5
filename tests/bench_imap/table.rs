//! The throughput as one table of plain text.

use crate::fetch::{Report, Sample};
use crate::way::Way;
use std::fmt::Write;
use std::time::Duration;

/// Draws it.
pub(crate) fn draw(report: &Report) -> String {
    let mut out = format!(
        "{:<8}  {:<10}  {:>7}  {:>7}  {:>8}  {:>12}  {:>12}\n",
        "sessions", "through", "MB/s", "/direct", "/haproxy", "proxy CPU s", "CPU s per GB"
    );
    let mut sessions: Vec<usize> = report.samples.iter().map(|sample| sample.sessions).collect();
    sessions.dedup();
    for count in sessions {
        for way in [Way::Direct, Way::Haproxy, Way::Stunnel, Way::Emailproxy, Way::Youward] {
            let own = rates(report, way, count);
            let Some(rate) = median(own.clone()) else { continue };
            let ratio = |other| {
                let ratios = own
                    .iter()
                    .zip(rates(report, other, count))
                    .map(|(own, other)| own / other);
                median(ratios.collect()).filter(|_| way != Way::Direct && way != other)
            };
            let (mut cpu, mut octets) = (Duration::ZERO, 0.0);
            for sample in report
                .samples
                .iter()
                .filter(|one| one.way == way && one.sessions == count)
            {
                cpu += sample.cpu;
                octets += megabytes(sample);
            }
            let cpu = (way != Way::Direct).then_some(cpu.as_secs_f64());
            let _ = writeln!(
                out,
                "{count:<8}  {:<10}  {rate:>7.1}  {:>7}  {:>8}  {:>12}  {:>12}",
                way.words(),
                or_dash(ratio(Way::Direct)),
                or_dash(ratio(Way::Haproxy)),
                or_dash(cpu),
                or_dash(cpu.map(|cpu| cpu * 1000.0 / octets)),
            );
        }
    }
    let _ = writeln!(
        out,
        "\n{} rounds in turns; MB/s: median of the rounds; ratios: median within each round; CPU of all rounds together.\n\
         TLS on both sides of every proxy; the mails came out the same, octet for octet.",
        report.rounds
    );
    for skipped in &report.skipped {
        let _ = writeln!(out, "skipped: {skipped}");
    }
    out
}

fn rates(report: &Report, way: Way, sessions: usize) -> Vec<f64> {
    let own = report
        .samples
        .iter()
        .filter(|sample| sample.way == way && sample.sessions == sessions);
    own.map(|sample| megabytes(sample) / sample.elapsed.as_secs_f64())
        .collect()
}

fn megabytes(sample: &Sample) -> f64 {
    u32::try_from(sample.octets / 1_000).map_or(f64::MAX, f64::from) / 1_000.0
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn or_dash(number: Option<f64>) -> String {
    number.map_or("-".to_owned(), |number| format!("{number:.2}"))
}
