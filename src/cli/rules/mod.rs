//! `youward rules`: the rules in force, why each is there, and whether they do what their examples say.
//!
//! In: the rule files that the settings name, or others. Must never: change a rule.

mod explain;
mod list;
mod test;

use super::{Common, Format, logging};
use crate::app;
use crate::config::Settings;
use crate::reading::Packs;
use crate::standard::{Mode, Standard};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tracing::level_filters::LevelFilter;

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
    #[command(flatten)]
    of: Of,
}

/// Which rules.
#[derive(Debug, Clone, Default, Args)]
struct Of {
    /// The rule files in DIR, instead of those in force
    #[arg(long, global = true, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// An overlay over them, instead of those of the standard in force; may be given more than once
    #[arg(long, global = true, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The account whose standard counts, with its overlays and modes; without it the default
    #[arg(long, global = true, value_name = "ADDRESS")]
    account: Option<String>,
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
enum RulesCommand {
    /// Try every example of the rule files against every rule, and score the rules
    #[command(after_long_help = test::HELP)]
    Test(test::TestArgs),
    /// List the rules: level, category, examples, file, and the mode in force; `*` marks what an overlay changed
    List,
    /// Say why a rule or category is there, what it finds and leaves alone, and who changed it
    #[command(after_help = "Example:\n  youward rules explain want/would-like")]
    Explain {
        /// A rule such as want/would-like, or a category such as want
        rule: String,
    },
}

/// Runs `rules`.
///
/// # Errors
/// If the settings or the rules can't be used, or standard output can't be written.
pub fn run(args: RulesArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let of = args.of.in_force(&common.settings()?)?;
    match args.command {
        RulesCommand::Test(test) => test::run(&test, &of.packs, args.of.format, common),
        RulesCommand::List => list::run(&of, args.of.format, common),
        RulesCommand::Explain { rule } => explain::run(&rule, &of, args.of.format),
    }
}

/// Rules, and the standard that says how far each goes.
struct InForce {
    packs: Arc<Packs>,
    standard: Standard,
}

impl InForce {
    /// What a rule or category may bring about.
    fn mode(&self, rule: &str) -> Mode {
        self.standard.modes.of(rule).min(self.standard.mode)
    }
}

impl Of {
    fn in_force(&self, settings: &Settings) -> anyhow::Result<InForce> {
        let mut settings = settings.clone();
        settings.rules_dir = self.rules.clone().or(settings.rules_dir);
        let policy = app::load_policy(&settings)?.for_account(self.account.as_deref().unwrap_or_default());
        let packs = if self.overlay.is_empty() {
            policy.packs.clone()
        } else {
            Arc::new(app::load_packs(settings.rules_dir.as_deref(), &self.overlay)?)
        };
        Ok(InForce {
            packs,
            standard: policy.standard.clone(),
        })
    }
}
