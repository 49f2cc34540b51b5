//! The benchmark of IMAP: `cargo bench --bench imap`.
//!
//! Without more, large mails are fetched under TLS straight from a Dovecot, through haproxy, stunnel and emailproxy where
//! they are installed, and through Youward, in turns; one table comes out. `-- --sync` lets mbsync take a mailbox of 200 MB,
//! straight and through Youward, and compares the Maildirs. `-- --idle 9500` opens so many sessions through Youward, TLS on
//! both sides, leaves them in IDLE, and says what they cost and what one more is told.
//!
//! [`dovecot`] is the server, [`way`] the proxies, [`fetch`] the load, [`sync`] and [`idle`] the other two, [`peers`] what
//! stands at both ends of idle sessions. Everything stays on loopback and ends with the benchmark.

#[path = "../bench/certificates.rs"]
mod certificates;
mod dovecot;
mod fetch;
mod idle;
#[path = "../bench/kernel.rs"]
#[expect(
    dead_code,
    reason = "shared with the benchmark of submission, which needs more of it"
)]
mod kernel;
mod peers;
#[path = "../bench/process.rs"]
#[expect(
    dead_code,
    reason = "shared with the benchmark of submission, which needs more of it"
)]
mod process;
#[path = "../bench/stop.rs"]
mod stop;
mod sync;
mod table;
mod way;

use anyhow::Result;
use clap::Parser;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Throughput of FETCH, a whole synchronisation, and the cost of sessions at rest.
#[derive(Debug, Parser)]
#[command(name = "imap")]
struct Arguments {
    /// A short run, for trying: fewer mails, so rough figures.
    #[arg(long)]
    quick: bool,
    /// Rounds; the median counts. At least 3.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(3..=99))]
    rounds: u32,
    /// Where emailproxy is, if not in the search path.
    #[arg(long, value_name = "PATH")]
    emailproxy: Option<PathBuf>,
    /// Let mbsync take a mailbox, straight and through Youward.
    #[arg(long)]
    sync: bool,
    /// So many sessions at rest.
    #[arg(long, value_name = "COUNT")]
    idle: Option<usize>,
    /// One end of the idle sessions, in a process of its own.
    #[arg(long, hide = true, num_args = 1..)]
    peer: Option<Vec<String>>,
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
    if let Some(words) = &arguments.peer {
        return peers::run(words);
    }
    let mut out = io::stdout().lock();
    if !arguments.bench {
        writeln!(out, "nothing measured: run `cargo bench --bench imap`")?;
        return Ok(());
    }
    stop::listen();
    let text = match arguments.idle {
        Some(count) => idle::run(count)?,
        None if arguments.sync => sync::run(if arguments.quick { 200 } else { 2_000 })?,
        None => {
            let rounds = if arguments.quick { 3 } else { arguments.rounds };
            let size = if arguments.quick { 5_000_000 } else { 25_000_000 };
            table::draw(&fetch::run(rounds, size, arguments.emailproxy.as_deref())?)
        }
    };
    write!(out, "{text}")?;
    Ok(())
}
