//! The benchmark of submission: `cargo bench --bench submission`, with `-- --quick` for a short try, `-- --json` for
//! machines.
//!
//! The same mails go straight to a server, through haproxy in TCP mode, through emailproxy where it is installed, and
//! through Youward with reading on; to Postfix's `smtp-sink` and to a real Postfix with a queue of its own; in the clear
//! and under TLS on both sides. The ways take turns, several rounds of them, so that a busy machine is busy for all; what
//! counts is the ratio between them in the same run. One table comes out.
//!
//! [`case`] says what is measured, [`bench`] sets it up and runs it, [`load`] and [`generator`] make the mails go,
//! [`destination`] and [`way`] are the servers and proxies, [`report`] is the table. Everything stays on loopback, and
//! everything that is started ends with the benchmark, after an error or Ctrl-C too.

mod bench;
mod case;
mod certificates;
mod destination;
mod generator;
mod goals;
mod kernel;
mod letter;
mod load;
mod process;
mod report;
mod stop;
mod table;
mod tools;
mod way;

use anyhow::Result;
use clap::Parser;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Messages per second, CPU time and latency: direct, through haproxy, emailproxy and Youward.
#[derive(Debug, Parser)]
#[command(name = "submission")]
struct Arguments {
    /// A short run, for trying: few messages, so rough figures.
    #[arg(long)]
    quick: bool,
    /// JSON in place of the table.
    #[arg(long)]
    json: bool,
    /// Rounds of every case; the median counts. At least 3.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(3..=99))]
    rounds: u32,
    /// Only cases whose name, as `--list` prints it, contains this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Print the names of the cases and measure nothing.
    #[arg(long)]
    list: bool,
    /// Where emailproxy is, if not in the search path.
    #[arg(long, value_name = "PATH")]
    emailproxy: Option<PathBuf>,
    /// Given by `cargo bench`, and not by `cargo test`, which is to measure nothing.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let mut out = io::stdout().lock();
    if arguments.list {
        for case in case::all(arguments.quick) {
            writeln!(out, "{}", case.name())?;
        }
        return Ok(());
    }
    if !arguments.bench {
        writeln!(out, "nothing measured: run `cargo bench --bench submission`")?;
        return Ok(());
    }
    stop::listen();
    let rounds = if arguments.quick { 3 } else { arguments.rounds };
    let cases = case::all(arguments.quick)
        .into_iter()
        .filter(|case| arguments.only.as_ref().is_none_or(|text| case.name().contains(text)))
        .collect();
    let report = bench::run(cases, rounds, arguments.emailproxy.as_deref())?;
    if arguments.json {
        let all = serde_json::json!({ "report": report, "goals": goals::check(&report) });
        writeln!(out, "{all:#}")?;
    } else {
        write!(out, "{}", table::draw(&report))?;
    }
    Ok(())
}
