//! The commands, one file each.
//!
//! In: arguments. Out: text on standard output, complaints on standard error, an exit code: 0 for yes, 1 for "the answer
//! is no" (faults, findings), 2 for trouble.
//!
//! Must never: take a secret as an argument, let mail text reach the terminal with its control characters, decide what the
//! rooms below decide.

pub mod audit;
pub mod check;
pub mod completions;
pub mod config;
pub mod demo;
pub mod drafts;
pub mod faults;
pub mod held;
pub mod logging;
pub mod open;
pub mod output;
pub mod rules;
pub mod run;
pub mod silence;
pub mod standard;
pub mod status;
mod table;
pub mod trends;

use crate::config::{ConfigError, Environment, Settings};
use clap::{ArgAction, Args, ColorChoice, Parser, Subcommand, ValueEnum};
use output::Terminal;
use std::path::PathBuf;
use std::process::ExitCode;

/// The exit code of trouble: wrong usage, something unreadable, a store that fails.
pub const TROUBLE: u8 = 2;

/// Youward, as the command line sees it.
#[derive(Debug, Parser)]
#[command(name = "youward", version, about, long_about = LONG_ABOUT, after_long_help = AFTER_HELP)]
#[command(propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const LONG_ABOUT: &str = "\
Reads outgoing prospecting mail for phrasing that talks about its sender instead of its recipient.

Youward stands between your mail client and your provider's server. Mail that speaks to its reader passes untouched, byte \
for byte. Mail that talks about its sender comes back with a question at each such place, before anybody else has seen it.";

const AFTER_HELP: &str = "\
Examples:
  youward check letter.eml                  what Youward would say of a mail
  youward check --diff old.eml new.eml      what a rewrite changed
  youward config default > youward.toml     begin with the commented settings
  youward config check youward.toml         see that they hold, and where you would listen
  youward status                            what is held, and what waits for what
  youward drafts                            what your drafts look like at this moment
  youward open                              see and decide about all that in your browser
  youward held list                         mail that was returned or held
  youward held show 7Q2M                    what was found in one, and what to ask instead
  youward held allow 7Q2M --reason \"they asked for our news\"

Exit codes: 0 yes, 1 the answer is no (faults or findings), 2 trouble.";

/// The options of every command stand together, after those of the command itself.
const EVERYWHERE: &str = "Options of every command";

/// What holds for every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// Say more; twice for details, three times for the libraries' words too
    #[arg(short, long, global = true, help_heading = EVERYWHERE, action = ArgAction::Count)]
    pub verbose: u8,
    /// Read the settings from FILE
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep data in DIR, whatever the settings say
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Colour: auto, always or never
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "WHEN", default_value_t = ColorChoice::Auto, hide_possible_values = true)]
    pub color: ColorChoice,
}

impl Common {
    /// The settings for this run.
    ///
    /// # Errors
    /// As [`Settings::load_from`].
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        Settings::load_from(self.config.as_deref(), self.data_dir.as_deref(), &Environment::read())
    }

    /// What standard output can show.
    #[must_use]
    pub fn stdout(&self) -> Terminal {
        Terminal::stdout(self.color)
    }

    /// What standard error can show.
    #[must_use]
    pub fn stderr(&self) -> Terminal {
        Terminal::stderr(self.color)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the proxy
    Run,
    /// See the whole story in one terminal, without configuration and without a network
    Demo(demo::DemoArgs),
    /// Read mails and texts, and print what is found
    Check(check::CheckArgs),
    /// See whether it runs, what is held, and what waits for what
    Status(status::StatusArgs),
    /// Open the review page in the browser, signed in
    Open(open::OpenArgs),
    /// See what was found in the drafts that lie in your mailbox now
    Drafts(drafts::DraftsArgs),
    /// Look after mail that was returned or held
    Held(held::HeldArgs),
    /// See the rules, and try their examples
    Rules(rules::RulesArgs),
    /// Check, explain and try outreach standards
    Standard(standard::StandardArgs),
    /// Say that a finding is right as it stands
    Silence(silence::SilenceArgs),
    /// Check the settings, or begin with some
    Config(config::ConfigArgs),
    /// See how outreach has gone: scores, findings, rewrites, answers
    Trends(trends::TrendsArgs),
    /// See who did what, when and why
    Audit(audit::AuditArgs),
    /// Print a script that completes commands in your shell
    Completions(completions::CompletionsArgs),
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Runs the command.
///
/// # Errors
/// Trouble of any kind; the caller tells it and exits with [`TROUBLE`].
pub fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { common, command } = cli;
    match command {
        Command::Run => run::run(&common),
        Command::Demo(args) => demo::run(&args, &common),
        Command::Check(args) => check::run(args, &common),
        Command::Status(args) => status::run(&args, &common),
        Command::Open(args) => open::run(&args, &common),
        Command::Drafts(args) => drafts::run(args, &common),
        Command::Held(args) => held::run(args, &common),
        Command::Rules(args) => rules::run(args, &common),
        Command::Standard(args) => standard::run(args, &common),
        Command::Silence(args) => silence::run(args, &common),
        Command::Config(args) => config::run(args, &common),
        Command::Trends(args) => trends::run(&args, &common),
        Command::Audit(args) => audit::run(args, &common),
        Command::Completions(args) => completions::run(args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_hang_together() {
        Cli::command().debug_assert();
    }

    /// The examples in the help are commands that exist.
    #[test]
    fn the_examples_can_be_typed() {
        for line in AFTER_HELP.lines().filter_map(|line| line.strip_prefix("  youward ")) {
            let typed = line.split("  ").next().unwrap_or_default();
            let typed = typed.split(" > ").next().unwrap_or_default();
            let mut words: Vec<String> = vec!["youward".to_owned()];
            for (n, piece) in typed.split('"').enumerate() {
                if n % 2 == 1 {
                    words.push(piece.to_owned());
                } else {
                    words.extend(piece.split_whitespace().map(str::to_owned));
                }
            }
            Cli::try_parse_from(&words).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn common_options_go_anywhere() {
        let cli = Cli::try_parse_from(["youward", "held", "list", "--data-dir", "/d", "-vv", "--color=never"]).unwrap();
        assert_eq!(
            (cli.common.verbose, cli.common.data_dir),
            (2, Some(PathBuf::from("/d")))
        );
    }
}
