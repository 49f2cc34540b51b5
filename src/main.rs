//! Arguments in, exit code out.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use youward::cli::{self, Cli};
use youward::config::ConfigError;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let common = cli.common.clone();
    cli::dispatch(cli).unwrap_or_else(|error| {
        let told = match error.downcast_ref::<ConfigError>() {
            Some(error) => cli::faults::render(error, &common.stderr()),
            None => format!("youward: {error:#}\n"),
        };
        // Where standard error is gone too, there is nobody left to tell.
        let _ = std::io::stderr().write_all(told.as_bytes());
        ExitCode::from(cli::TROUBLE)
    })
}
