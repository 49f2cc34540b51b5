//! `youward held`: look after mail that was returned or held.
//!
//! In: the store, which a running `youward run` may have open at the same time. Out: lists, one record whole, and the
//! decisions that a person can take: consent, release, taking that back, settling a doubt, giving up. The audit keeps them.

mod change;
pub(super) mod list;
mod show;

use super::{Common, Format, logging};
use crate::config::Settings;
use crate::store::SqliteStore;
use crate::store::{State, Store, StoreError, Stores};
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::process::ExitCode;
use std::sync::Arc;
use tracing::level_filters::LevelFilter;

/// Arguments of `held`.
#[derive(Debug, Args)]
pub struct HeldArgs {
    #[command(subcommand)]
    command: HeldCommand,
}

#[derive(Debug, Subcommand)]
enum HeldCommand {
    /// List them, newest first
    List {
        /// Only those in this state; can be given several times
        #[arg(long, value_name = "STATE", value_parser = states())]
        state: Vec<State>,
        /// Only those of this account
        #[arg(long, value_name = "ADDRESS")]
        account: Option<String>,
        /// At most so many; 0 for all
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// The form
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show one: what was found, why it counts, and what to ask instead
    Show {
        /// The id, or as much of its beginning as is needed
        id: String,
        /// The form
        #[arg(long, value_enum, default_value_t, conflicts_with = "raw")]
        format: Format,
        /// Write the mail itself, byte for byte as it was submitted
        #[arg(long)]
        raw: bool,
        /// Write the annotated copy, a mail of its own
        #[arg(long, conflicts_with_all = ["raw", "format"])]
        annotated: bool,
    },
    /// Consent to sending a returned mail exactly as it is written
    #[command(after_help = "\
Then send the same mail again from your mail client: it passes once, as long as it is the same. Whether consent is possible \
is up to the outreach standard.

Example:
  youward held allow 7Q2M --reason \"they asked for our news\"")]
    Allow(change::ChangeArgs),
    /// Send a held mail as written, where the standard lets you
    #[command(after_help = "\
It goes out as soon as that is possible: at once while Youward runs and has the account's login in memory, otherwise after \
the account's next login. `youward status` says what it waits for.

Example:
  youward held release 7Q2M --reason \"they asked for our news\"")]
    Release(change::ReleaseArgs),
    /// Take a release back, as long as the mail has not been sent
    #[command(after_help = "Example:\n  youward held withdraw 7Q2M --reason \"wrong recipient\"")]
    Withdraw(change::ChangeArgs),
    /// Say what became of a mail that is in doubt
    #[command(after_help = "\
A mail is in doubt when the provider's answer to it was lost. Youward never sends such a mail again by itself.

Examples:
  youward held settle 7Q2M --sent --reason \"Pat has it\"
  youward held settle 7Q2M --send-again --reason \"Pat has not got it\"")]
    Settle(change::SettleArgs),
    /// Give one up: its octets are erased, its row stays for the audit
    #[command(after_help = "Example:\n  youward held discard 7Q2M --reason \"rewritten\"")]
    Discard(change::ChangeArgs),
}

/// Runs `held`.
///
/// # Errors
/// If the settings or the store fail, there is no such record, or standard output can't be written.
pub fn run(args: HeldArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    match args.command {
        HeldCommand::List {
            state,
            account,
            limit,
            format,
        } => {
            let account = account.map(|account| account.to_lowercase());
            list::run(
                crate::store::Filter {
                    states: state,
                    account,
                    limit,
                },
                format,
                common,
            )
        }
        HeldCommand::Show { id, raw: true, .. } => show::octets(&id, common),
        HeldCommand::Show {
            id, annotated: true, ..
        } => show::annotated_copy(&id, common),
        HeldCommand::Show { id, format, .. } => show::run(&id, format, common),
        HeldCommand::Allow(args) => change::allow(args, common),
        HeldCommand::Release(args) => change::release(args, common),
        HeldCommand::Withdraw(args) => change::withdraw(args, common),
        HeldCommand::Settle(args) => change::settle(args, common),
        HeldCommand::Discard(args) => change::discard(args, common),
    }
}

/// Opens the store for a command, does something, and closes it. `None` if there is no store yet: looking makes none.
pub(super) fn with_store<T>(
    common: &Common,
    work: impl AsyncFnOnce(&dyn Store) -> Result<T, StoreError>,
) -> anyhow::Result<Option<T>> {
    let settings = common.settings()?;
    with_store_of(&settings, async |store| work(store.as_ref()).await)
}

fn with_store_of<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(Arc<dyn Store>) -> Result<T, StoreError>,
) -> anyhow::Result<Option<T>> {
    with_stores(settings, async |stores| work(stores.records).await)
}

/// The same with everything that is kept.
pub(super) fn with_stores<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(Stores) -> Result<T, StoreError>,
) -> anyhow::Result<Option<T>> {
    if !SqliteStore::exists(&settings.data_dir) {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(&settings.data_dir).await?);
        let result = work(Stores::of(store.clone())).await;
        store.close().await;
        Ok(Some(result?))
    })
}

/// What there is to say when a record is asked for and there is no store at all.
fn no_store(id: &str) -> StoreError {
    StoreError::Unknown { id: id.to_owned() }
}

/// A time for people, to the second.
pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn states() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::word))
        .try_map(|word| State::from_word(&word).ok_or("this is no state"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{self, Cli};
    use crate::store::contract::{noon, returned};
    use clap::Parser;
    use std::path::Path;

    fn typed(data_dir: &Path, words: &[&str]) -> anyhow::Result<ExitCode> {
        let mut all = vec!["youward", "--data-dir", data_dir.to_str().unwrap()];
        all.extend(words);
        cli::dispatch(Cli::try_parse_from(all)?)
    }

    fn in_store<T>(data_dir: &Path, work: impl AsyncFnOnce(SqliteStore) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { work(SqliteStore::open(data_dir).await.unwrap()).await })
    }

    #[test]
    fn the_life_of_a_returned_mail() {
        let dir = tempfile::tempdir().unwrap();
        let id = in_store(dir.path(), async |store| {
            store.commit(returned(1, noon(0))).await.unwrap()
        });
        let beginning = &id.0[..6].to_lowercase();
        for words in [
            ["held", "list", "--state", "returned"],
            ["held", "show", beginning, "--raw"],
            ["held", "show", beginning, "--annotated"],
            ["held", "show", beginning, "--format=json"],
            ["held", "allow", beginning, "--reason=they asked"],
            ["audit", "list", "--limit", "5"],
        ] {
            typed(dir.path(), &words).unwrap();
        }
        let error = typed(dir.path(), &["held", "allow", beginning, "--reason=again"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("consent has been given already"), "{error}");
        typed(dir.path(), &["held", "discard", beginning, "--reason=rewritten"]).unwrap();
        let error = typed(dir.path(), &["held", "show", beginning, "--raw"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("not kept, or erased"), "{error}");

        let rows = in_store(dir.path(), async |store| store.audit_rows(9).await.unwrap());
        let told: Vec<_> = rows.iter().map(|row| (row.what.as_str(), row.why.as_str())).collect();
        assert_eq!(told[..2], [("discarded", "rewritten"), ("allowed", "they asked")]);
        let who = crate::config::env::user().unwrap_or_else(crate::config::env::who);
        assert_eq!(rows[0].who, who);
    }

    #[test]
    fn looking_makes_no_store() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        typed(&data, &["held", "list"]).unwrap();
        typed(&data, &["audit", "list", "--format=json"]).unwrap();
        assert!(typed(&data, &["held", "show", "7Q2M"]).is_err());
        assert!(!data.exists());
    }

    #[test]
    fn a_decision_needs_a_reason() {
        assert!(Cli::try_parse_from(["youward", "held", "allow", "7Q2M"]).is_err());
        assert!(Cli::try_parse_from(["youward", "held", "discard", "7Q2M", "--reason", " "]).is_err());
    }
}
