//! `youward audit`: who did what, when and why.

use super::output::{self, clean};
use super::table::{self, Column};
use super::{Common, Format, held, logging};
use crate::store::AuditRow;
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// The newest rows, newest first
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// The form
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Runs `audit`.
///
/// # Errors
/// If the settings or the store fail, or standard output can't be written.
pub fn run(args: AuditArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let AuditCommand::List { limit, format } = args.command;
    let rows = held::with_store(common, async |store| store.audit_rows(limit).await)?.unwrap_or_default();
    match format {
        Format::Json => output::print_json(&rows)?,
        Format::Text => output::print(|out| write_rows(out, &rows, common.stdout().width))?,
    }
    Ok(ExitCode::SUCCESS)
}

const COLUMNS: [Column; 6] = [
    Column {
        head: "WHEN",
        may_be_cut: false,
    },
    Column {
        head: "WHO",
        may_be_cut: true,
    },
    Column {
        head: "WHAT",
        may_be_cut: false,
    },
    Column {
        head: "RECORD",
        may_be_cut: false,
    },
    Column {
        head: "UPSTREAM",
        may_be_cut: true,
    },
    Column {
        head: "WHY",
        may_be_cut: true,
    },
];

fn write_rows(out: &mut dyn Write, rows: &[AuditRow], width: Option<usize>) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(
            out,
            "The audit is empty. Every mail that Youward decides about gets a row here, and every decision of yours."
        );
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let record = row.record.as_ref().map_or("-", |id| id.0.as_str());
            let upstream = row.upstream.as_deref().unwrap_or("-");
            let when = held::utc(row.at);
            [when.as_str(), &row.who, &row.what, record, upstream, &row.why]
                .map(clean)
                .to_vec()
        })
        .collect();
    table::write(out, &COLUMNS, &cells, width)
}
