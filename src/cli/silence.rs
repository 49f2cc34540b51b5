//! `youward silence`: say that a finding is right as it stands.
//!
//! In: the hash that `youward check` prints, a reason, whose word it is. Out: an entry in the store, by which the proxy
//! reads too, or in a file beside the mails. Nothing can be silenced inside a mail: its bytes are sacred. Must never:
//! silence without a reason.

use super::check::silences::FILE;
use super::output::{self, clean};
use super::table::{self, Column};
use super::{Common, Format, held, logging};
use crate::app;
use crate::config::env;
use crate::reading::{NotedSilence, Silence, Silences, is_hash};
use crate::store::{SqliteStore, Store, StoreError};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Arguments of `silence`.
#[derive(Debug, Args)]
#[command(after_help = "\
A finding's hash stands below it in what `youward check` prints. It is that of its category and words, so it stays the same \
when the mail around it changes, and silences the same words in every mail. Nothing can be silenced inside a mail: what \
is sent is never altered.

Examples:
  youward silence add 9f2c41d07be35a18 --reason \"they asked for our news\"
      Silences it for the proxy and for `youward check`.
  youward silence add 9f2c41d07be35a18 --reason \"a quotation\" --file outbox/.youward-silences.toml
      Silences it for the mails beside and below that file.
  youward silence list
  youward silence remove 9f2c41d07be35a18")]
pub struct SilenceArgs {
    #[command(subcommand)]
    command: SilenceCommand,
}

#[derive(Debug, Subcommand)]
enum SilenceCommand {
    /// Silence a finding
    Add {
        /// The finding's hash, as `youward check` prints it
        #[arg(value_parser = hash)]
        hash: String,
        /// Why it is right as it stands
        #[arg(long, value_name = "WORDS", value_parser = words)]
        reason: String,
        /// Whose word it is; by default who runs this
        #[arg(long, value_name = "NAME", value_parser = words)]
        author: Option<String>,
        /// Write it to FILE instead of the store
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// List what is silenced, the oldest first
    List {
        /// What is silenced in FILE instead of in the store
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The form
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Let a finding count again
    Remove {
        /// The finding's hash
        #[arg(value_parser = hash)]
        hash: String,
        /// Take it out of FILE instead of the store
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// Runs `silence`.
///
/// # Errors
/// If the settings, the store or the file fail, or the finding is silenced already, or is not.
pub fn run(args: SilenceArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    match args.command {
        SilenceCommand::Add {
            hash,
            reason,
            author,
            file,
        } => {
            let author = author.unwrap_or_else(env::who);
            add(Silence { hash, reason, author }, file.as_deref(), common)?;
        }
        SilenceCommand::List { file, format } => list(file.as_deref(), format, common)?,
        SilenceCommand::Remove { hash, file } => remove(&hash, file.as_deref(), common)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn add(silence: Silence, file: Option<&Path>, common: &Common) -> anyhow::Result<()> {
    let hash = silence.hash.clone();
    let place = match file {
        Some(path) => {
            let text = read(path)?.unwrap_or_default();
            let known = parse(path, &text)?;
            if let Some(known) = known.noted.iter().find(|noted| noted.silence.hash == hash) {
                let author = known.silence.author.clone();
                return Err(StoreError::AlreadySilenced { hash, author }.into());
            }
            let date = app::now().to_zoned(TimeZone::UTC).date();
            let date = Some(date);
            write(path, &Silences::with(&text, &NotedSilence { silence, date }))?;
            path.display().to_string()
        }
        None => {
            in_store(common, async |store| {
                store.silence(&silence, &env::who(), app::now()).await
            })?;
            "the store".to_owned()
        }
    };
    output::print(|out| writeln!(out, "{hash} is silenced in {}.", clean(&place)))?;
    let read_by_itself = file.and_then(Path::file_name).is_none_or(|name| name == FILE);
    if !read_by_itself {
        output::print(|out| {
            writeln!(
                out,
                "`youward check --silences {}` reads by it; beside the mails {FILE} is read by itself.",
                clean(&place)
            )
        })?;
    }
    Ok(())
}

fn remove(hash: &str, file: Option<&Path>, common: &Common) -> anyhow::Result<()> {
    match file {
        Some(path) => {
            let text = read(path)?.with_context(|| format!("{}: there is no such file", path.display()))?;
            let known = parse(path, &text)?;
            if !known.noted.iter().any(|noted| noted.silence.hash == hash) {
                anyhow::bail!("{}: {hash} is not silenced there", path.display());
            }
            let without = Silences::without(&text, hash);
            let without = without.with_context(|| {
                format!(
                    "{}: {hash} stands there in a form that only you can take out",
                    path.display()
                )
            })?;
            write(path, &without)?;
        }
        None => in_store(common, async |store| {
            store.unsilence(hash, &env::who(), app::now()).await
        })?,
    }
    output::print(|out| writeln!(out, "{hash} counts again."))?;
    Ok(())
}

/// One silence as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    hash: String,
    reason: String,
    author: String,
    /// When, or on which day.
    at: Option<String>,
}

fn list(file: Option<&Path>, format: Format, common: &Common) -> anyhow::Result<()> {
    let listed = |silence: Silence, at: Option<String>| Listed {
        hash: silence.hash,
        reason: silence.reason,
        author: silence.author,
        at,
    };
    let all: Vec<Listed> = match file {
        Some(path) => {
            let text = read(path)?.with_context(|| format!("{}: there is no such file", path.display()))?;
            let noted = parse(path, &text)?.noted.into_iter();
            noted
                .map(|noted| listed(noted.silence, noted.date.map(|date| date.to_string())))
                .collect()
        }
        None => {
            let kept = held::with_store(common, async |store| store.silences().await)?.unwrap_or_default();
            let time = |at: Timestamp| match format {
                Format::Text => held::utc(at),
                Format::Json => at.to_string(),
            };
            kept.into_iter()
                .map(|kept| listed(kept.silence, Some(time(kept.at))))
                .collect()
        }
    };
    match format {
        Format::Json => output::print_json(&all)?,
        Format::Text => output::print(|out| write_rows(out, &all, common.stdout().width))?,
    }
    Ok(())
}

const COLUMNS: [Column; 4] = [
    Column {
        head: "HASH",
        may_be_cut: false,
    },
    Column {
        head: "WHEN",
        may_be_cut: false,
    },
    Column {
        head: "AUTHOR",
        may_be_cut: true,
    },
    Column {
        head: "REASON",
        may_be_cut: true,
    },
];

fn write_rows(out: &mut dyn Write, all: &[Listed], width: Option<usize>) -> std::io::Result<()> {
    if all.is_empty() {
        return writeln!(
            out,
            "Nothing is silenced. `youward check` prints the hash of each finding, and `youward silence add` takes it."
        );
    }
    let cells: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let at = one.at.as_deref().unwrap_or("-");
            [one.hash.as_str(), at, &one.author, &one.reason].map(clean).to_vec()
        })
        .collect();
    table::write(out, &COLUMNS, &cells, width)
}

/// Opens the store, and makes it if it is not there.
fn in_store(common: &Common, work: impl AsyncFnOnce(&dyn Store) -> Result<(), StoreError>) -> anyhow::Result<()> {
    let settings = common.settings()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = SqliteStore::open(&settings.data_dir).await?;
        let result = work(&store).await;
        store.close().await;
        Ok(result?)
    })
}

/// A file's text; `None` if there is no such file.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

fn parse(path: &Path, text: &str) -> anyhow::Result<Silences> {
    Silences::parse(&path.display().to_string(), text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(lines.join("\n"))
    })
}

/// Writes the file whole or not at all.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let put = || {
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if let Ok(found) = fs::metadata(path) {
            fs::set_permissions(&new, found.permissions())?;
        }
        fs::rename(&new, path)
    };
    put().with_context(|| format!("{} can't be written", path.display()))
}

fn hash(typed: &str) -> Result<String, String> {
    let hash = typed.trim().to_ascii_lowercase();
    if is_hash(&hash) {
        Ok(hash)
    } else {
        Err("expected the 16 hex digits that `youward check` prints below a finding".to_owned())
    }
}

/// Words that say something, in one line.
fn words(typed: &str) -> Result<String, String> {
    let words = clean(typed).trim().to_owned();
    match words.chars().count() {
        0 => Err("say it in a few words".to_owned()),
        1..=200 => Ok(words),
        _ => Err("at most 200 characters".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{self, Cli};
    use clap::Parser;

    const HASH: &str = "9f2c41d07be35a18";

    fn typed(data_dir: &Path, words: &[&str]) -> anyhow::Result<ExitCode> {
        let mut all = vec!["youward", "--data-dir", data_dir.to_str().unwrap(), "silence"];
        all.extend(words);
        cli::dispatch(Cli::try_parse_from(all)?)
    }

    #[test]
    fn a_finding_is_silenced_in_the_store_and_counts_again() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        typed(&data, &["list"]).unwrap();
        assert!(!data.exists(), "looking makes no store");
        typed(&data, &["add", &HASH.to_uppercase(), "--reason", "they asked"]).unwrap();
        let error = typed(&data, &["add", HASH, "--reason", "again"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("is silenced already, by "), "{error}");
        typed(&data, &["list", "--format", "json"]).unwrap();
        typed(&data, &["remove", HASH]).unwrap();
        let error = typed(&data, &["remove", HASH]).unwrap_err().to_string();
        assert!(error.contains("is not silenced"), "{error}");
    }

    #[test]
    fn a_finding_is_silenced_in_a_file_and_counts_again() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let path = dir.path().join(FILE);
        let file = path.to_str().unwrap();
        typed(
            &data,
            &[
                "add",
                HASH,
                "--reason",
                "a \"quotation\"",
                "--author",
                "ana",
                "--file",
                file,
            ],
        )
        .unwrap();
        let silences = Silences::parse(FILE, &fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(silences.noted[0].silence.reason, "a \"quotation\"");
        assert_eq!(silences.noted[0].silence.author, "ana");
        assert!(silences.noted[0].date.is_some());
        assert!(typed(&data, &["add", HASH, "--reason", "again", "--file", file]).is_err());
        typed(&data, &["list", "--file", file]).unwrap();
        typed(&data, &["remove", HASH, "--file", file]).unwrap();
        assert!(typed(&data, &["remove", HASH, "--file", file]).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
        assert!(!data.exists(), "a file needs no store");
        fs::write(&path, "[[silence]]\nhash = 3\n").unwrap();
        let error = typed(&data, &["add", HASH, "--reason", "a", "--file", file])
            .unwrap_err()
            .to_string();
        assert!(error.contains(":2:8: silence.hash"), "{error}");
    }

    #[test]
    fn a_silence_needs_a_hash_and_a_reason() {
        for words in [
            &["add", HASH][..],
            &["add", "9f2c", "--reason", "a"],
            &["add", HASH, "--reason", " "],
        ] {
            let mut all = vec!["youward", "silence"];
            all.extend(words);
            assert!(Cli::try_parse_from(all).is_err(), "{words:?}");
        }
    }
}
