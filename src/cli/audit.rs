//! `youward audit`: who did what, when and why.

use super::output::{self, clean};
use super::table::{self, Column};
use super::{Common, Format, held, logging};
use crate::store::{AuditCheck, AuditRow, AuditSearch};
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
    /// Check that no row was changed, dropped or added since it was written
    #[command(after_help = "\
Every row carries a hash of the one before. That the end was cut off, or an old copy of the store put back, can be seen only \
by a hash that was kept elsewhere: keep the one that is printed, and give it back with --head.

Examples:
  youward audit verify
  youward audit verify --head 9f86d081884c7d65...")]
    Verify {
        /// A hash that an earlier check printed: it must still be in the chain
        #[arg(long, value_name = "HASH", value_parser = hash)]
        head: Option<String>,
        /// The form
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// The newest rows, newest first
    #[command(after_help = "Example:\n  youward audit list --search \"ana released\"")]
    List {
        /// Only rows that have all these words, each anywhere in it
        #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
        search: String,
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
    let (search, limit, format) = match args.command {
        AuditCommand::Verify { head, format } => return verify(head.as_deref(), format, common),
        AuditCommand::List { search, limit, format } => (AuditSearch::of(&search, None, limit), limit, format),
    };
    let rows = held::with_store(common, async |store| match search.words.is_empty() {
        true => store.audit_rows(limit).await,
        false => Ok(store
            .search_audit(&search)
            .await?
            .into_iter()
            .map(|found| found.row)
            .collect()),
    })?;
    let rows = rows.unwrap_or_default();
    match format {
        Format::Json => output::print_json(&rows)?,
        Format::Text => output::print(|out| write_rows(out, &rows, common.stdout().width))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(head: Option<&str>, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let check = held::with_store(common, async |store| store.verify_audit(head).await)?.unwrap_or_default();
    let sound = check.broken.is_none() && check.head_found != Some(false);
    match format {
        Format::Json => output::print_json(&check)?,
        Format::Text => output::print(|out| write_check(out, &check))?,
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write_check(out: &mut dyn Write, check: &AuditCheck) -> io::Result<()> {
    if let Some((row, what)) = &check.broken {
        writeln!(out, "The audit is NOT as it was written. Row {row}: {what}.")?;
        return writeln!(out, "{} rows before it are sound.", check.rows);
    }
    match &check.head {
        None => writeln!(out, "The audit is empty.")?,
        Some(head) => {
            writeln!(
                out,
                "The audit is sound: {} rows, each following from the one before.",
                check.rows
            )?;
            writeln!(out, "Its last hash, to be kept elsewhere: {head}")?;
        }
    }
    match check.head_found {
        None => Ok(()),
        Some(true) => writeln!(out, "The hash that you gave is in it: nothing up to there was cut off."),
        Some(false) => writeln!(
            out,
            "The hash that you gave is NOT in it: rows were cut off, or an old copy of the store was put back."
        ),
    }
}

/// A hash as `verify` prints it.
fn hash(typed: &str) -> Result<String, String> {
    let typed = typed.trim().to_ascii_lowercase();
    if typed.len() == 64 && typed.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        Ok(typed)
    } else {
        Err("64 hexadecimal digits, as `youward audit verify` prints them".to_owned())
    }
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
