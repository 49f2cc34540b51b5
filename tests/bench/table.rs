//! The report as one table of plain text.

use crate::goals;
use crate::report::{Report, Row};
use std::fmt::Write;

const HEADINGS: [&str; 14] = [
    "from",
    "to",
    "sess",
    "conn",
    "mail",
    "through",
    "msg/s",
    "/direct",
    "/haproxy",
    "proxy us",
    "all us",
    "p50 ms",
    "p99 ms",
    "added p50/p99",
];
/// How many of them are words, aligned to the left.
const WORDS: usize = 6;

/// Draws it.
pub(crate) fn draw(report: &Report) -> String {
    let mut lines: Vec<Vec<String>> = vec![HEADINGS.map(str::to_owned).to_vec()];
    let mut before: Option<&Row> = None;
    for row in &report.rows {
        if before.is_some_and(|before| !is_same_case(before, row)) {
            lines.push(Vec::new());
        }
        lines.push(cells(row));
        before = Some(row);
    }
    let mut out = aligned(&lines, WORDS);
    out.push('\n');
    for note in [
        "msg/s: median of the rounds; /direct and /haproxy: median of the ratios within each round.",
        "us: microseconds of CPU for one message, of the proxy, and of load, proxy and server together.",
        "conn new: a connection for every message, latency from connecting to the reply to QUIT; kept: from MAIL to the \
         reply to the content.",
        "Postfix TLS: implicit TLS from the client and to the server; haproxy ends it and makes it anew.",
    ] {
        out.push_str(note);
        out.push('\n');
    }
    let machine = &report.machine;
    let _ = writeln!(
        out,
        "{} cores, load {} before, Linux {}; {} rounds in turns; {}",
        machine.cores,
        machine.load_before,
        machine.kernel,
        report.rounds,
        report.versions.join(", ")
    );
    out.push('\n');
    for memory in &report.memory {
        let (idle, after) = (megabytes(memory.idle), megabytes(memory.after_load));
        let _ = writeln!(
            out,
            "resident memory of {}: {idle} MB idle, {after} MB after the load",
            memory.way.words()
        );
    }
    for skipped in &report.skipped {
        let _ = writeln!(out, "skipped: {skipped}");
    }
    out.push('\n');
    let goals = goals::check(report).into_iter();
    let goals: Vec<_> = goals
        .map(|goal| {
            vec![
                if goal.met { "met" } else { "MISSED" }.to_owned(),
                goal.what,
                goal.measured,
            ]
        })
        .collect();
    out.push_str(&aligned(&goals, 3));
    out
}

/// In units of a million octets.
pub(crate) fn megabytes(octets: u64) -> String {
    format!("{}.{}", octets / 1_000_000, octets / 100_000 % 10)
}

fn is_same_case(one: &Row, other: &Row) -> bool {
    let case = |row: &Row| (row.from, row.to, row.connections, row.sessions, row.size);
    case(one) == case(other)
}

fn cells(row: &Row) -> Vec<String> {
    let or_dash =
        |number: Option<f64>, digits: usize| number.map_or("-".to_owned(), |number| format!("{number:.digits$}"));
    let latency = row.latency.as_ref();
    let added = latency.filter(|_| row.of_direct.is_some());
    vec![
        row.from.words().to_owned(),
        row.to.words().to_owned(),
        row.sessions.to_string(),
        row.connections.words().to_owned(),
        row.size.words().to_owned(),
        row.way.words().to_owned(),
        format!("{:.0}", row.messages_per_second),
        or_dash(row.of_direct, 2),
        or_dash(row.of_haproxy, 2),
        or_dash(row.proxy_cpu_us, 0),
        format!("{:.0}", row.all_cpu_us),
        or_dash(latency.map(|latency| latency.p50), 2),
        or_dash(latency.map(|latency| latency.p99), 2),
        added.map_or("-".to_owned(), |latency| {
            format!("{:+.2} / {:+.2}", latency.added_p50, latency.added_p99)
        }),
    ]
}

fn aligned(lines: &[Vec<String>], words: usize) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines
                .iter()
                .filter_map(|line| Some(line.get(column)?.chars().count()))
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut out = String::new();
    for line in lines {
        let mut text = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let width = *width;
            let _ = if column < words {
                write!(text, "{cell:<width$}  ")
            } else {
                write!(text, "{cell:>width$}  ")
            };
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}
