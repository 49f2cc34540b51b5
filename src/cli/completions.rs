//! `youward completions`: a script that completes commands in a shell.

use super::{Cli, output};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::process::ExitCode;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  youward completions bash > ~/.local/share/bash-completion/completions/youward
  youward completions fish > ~/.config/fish/completions/youward.fish
  youward completions zsh  > ~/.zfunc/_youward")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// If standard output can't be written.
pub fn run(args: CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "youward", &mut script);
    output::print(|out| out.write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}
