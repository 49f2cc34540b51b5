//! What Youward wants to reach, and whether this run did.

use crate::case::{Connections, To};
use crate::report::{Report, Row};
use crate::way::Way;
use serde::Serialize;

/// Resident memory that an idle Youward may take, octets.
const IDLE: u64 = 20_000_000;
/// Part of the direct rate that is to be left before a Postfix.
const OF_DIRECT: f64 = 0.95;
/// Latency that may be added to one small mail, milliseconds.
const ADDED_P50: f64 = 0.5;
const ADDED_P99: f64 = 5.0;

/// One goal.
#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) met: bool,
}

/// All goals that the run says something about.
pub(crate) fn check(report: &Report) -> Vec<Goal> {
    let mut goals = Vec::new();
    let rows = || report.rows.iter().filter(|row| row.way == Way::Youward);
    let worst = |ratio: fn(&Row) -> Option<f64>, belongs: fn(&&Row) -> bool| {
        let ratios = rows().filter(belongs).filter_map(|row| Some((ratio(row)?, row)));
        ratios.min_by(|one, other| one.0.total_cmp(&other.0))
    };
    if let Some((ratio, row)) = worst(|row| row.of_haproxy, |row| row.sessions > 1) {
        goals.push(Goal {
            what: "not slower than haproxy under load".to_owned(),
            measured: format!("worst {ratio:.2} ({})", short(row)),
            met: ratio >= 1.0,
        });
    }
    if let Some((ratio, row)) = worst(|row| row.of_direct, |row| row.sessions > 1 && row.to != To::Sink) {
        goals.push(Goal {
            what: format!("at least {OF_DIRECT:.2} of direct before Postfix"),
            measured: format!("worst {ratio:.2} ({})", short(row)),
            met: ratio >= OF_DIRECT,
        });
    }
    for row in rows().filter(|row| row.sessions == 1) {
        if let Some(latency) = &row.latency {
            goals.push(Goal {
                what: format!("added p50 < {ADDED_P50} ms, p99 < {ADDED_P99} ms"),
                measured: format!(
                    "{:+.2} and {:+.2} ms ({})",
                    latency.added_p50,
                    latency.added_p99,
                    short(row)
                ),
                met: latency.added_p50 < ADDED_P50 && latency.added_p99 < ADDED_P99,
            });
        }
    }
    for memory in report.memory.iter().filter(|memory| memory.way == Way::Youward) {
        goals.push(Goal {
            what: format!("idle below {} MB", IDLE / 1_000_000),
            measured: format!("{} MB", crate::table::megabytes(memory.idle)),
            met: memory.idle < IDLE,
        });
    }
    goals
}

fn short(row: &Row) -> String {
    let kept = if row.connections == Connections::Kept {
        "kept connections"
    } else {
        "new connections"
    };
    format!("{}, {kept}, {}", row.to.words(), row.size.words())
}
