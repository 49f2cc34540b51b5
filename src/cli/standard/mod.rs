//! `youward standard`: is a standard sound, what is in force for whom and why, and what would a changed one change?
//!
//! In: the files that the settings name, or others. Must never: put a standard in force, send or keep anything.

mod attempt;
mod check;
mod explain;

use super::{Common, Format, TROUBLE, faults, logging};
use crate::app::{self, PolicyError};
use crate::config::Settings;
use crate::reader::Policies;
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Arguments of `standard`.
#[derive(Debug, Args)]
pub struct StandardArgs {
    #[command(subcommand)]
    command: StandardCommand,
    /// How to say it: text or json
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum StandardCommand {
    /// Say whether standards hold, with everything that they name
    #[command(after_help = "Exit codes: 0 they hold, 1 they don't, 2 a file can't be read.")]
    Check {
        /// Standards; without any, the one that the settings name
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Tell the value in force of each key, and where it comes from
    #[command(
        after_help = "Examples:\n  youward standard explain\n  youward standard explain --account ana@norvane.example act_below"
    )]
    Explain(explain::ExplainArgs),
    /// Say what a changed standard would change, mail by mail
    #[command(
        after_help = "Examples:\n  youward standard try next-quarter.toml --over outbox/\n  youward standard try next-quarter.toml \
                      --last 200\n\nExit codes: 0 it could be tried, 1 the standard has faults, 2 trouble."
    )]
    Try(attempt::TryArgs),
}

/// Runs `standard`.
///
/// # Errors
/// If the settings or the store can't be used, or standard output can't be written.
pub fn run(args: StandardArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let settings = common.settings()?;
    match args.command {
        StandardCommand::Check { files } => check::run(&files, &settings, args.format, common),
        StandardCommand::Explain(explain) => explain::run(&explain, &settings, args.format, common),
        StandardCommand::Try(attempt) => attempt::run(&attempt, &settings, args.format, common),
    }
}

/// The settings with another standard.
fn with_standard(settings: &Settings, file: &Path) -> Settings {
    Settings {
        standard_file: Some(file.to_owned()),
        ..settings.clone()
    }
}

/// The policies, or the exit code after the faults were told on standard error.
fn policies(settings: &Settings, common: &Common) -> anyhow::Result<Result<Policies, ExitCode>> {
    let error = match app::load_policy(settings) {
        Ok(policies) => return Ok(Ok(policies)),
        Err(error) => error,
    };
    let mut err = io::stderr();
    Ok(Err(match error {
        PolicyError::Faults(found) => {
            err.write_all(faults::render_each(&found, &common.stderr()).as_bytes())?;
            let count = found.len();
            let noun = if count == 1 { "fault" } else { "faults" };
            writeln!(
                err,
                "{count} {noun}. Nothing of these files is used until they are mended."
            )?;
            ExitCode::from(1)
        }
        unreadable => {
            writeln!(err, "youward: {unreadable}")?;
            ExitCode::from(TROUBLE)
        }
    }))
}
