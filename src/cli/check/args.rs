//! The arguments of `youward check`.

use crate::mail::Address;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Read mails and say what would be done with them
///
/// Each mail is read as the proxy would read it on its way out: what in it talks about you instead of the recipient,
/// whether it is prospecting, and whether it would pass, pass with notes, be returned or be held. Nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Mails (.eml), texts (.txt), mailbox files (mbox), Maildirs, folders of these; `-` reads standard input
    ///
    /// A folder stands for every .eml, .txt and .mbox file and every Maildir in it and below. What is none of these is
    /// taken for a mailbox file if it begins with a `From ` line, for a mail if it begins with header fields, else for a
    /// text. The twelfth mail of a mailbox file is called box.mbox#12.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// How to say it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,

    /// Read every text as a first mail to a stranger
    ///
    /// A text without header fields does not say whom it is for, so by itself it rarely counts as prospecting.
    #[arg(long)]
    pub assume_prospecting: bool,

    /// Show what a rewrite changed: score, findings gone, new and kept, lamps, questions
    ///
    /// The exit status is that of NEW.
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["files", "summary_only", "all"])]
    pub diff: Option<Vec<PathBuf>>,

    /// Say why a rule or category counts, what to ask, and what it finds and leaves alone
    #[arg(long, value_name = "RULE", conflicts_with_all = ["files", "diff", "summary_only", "schema"])]
    pub explain: Option<String>,

    /// The outreach standard to judge by, instead of the one in force
    #[arg(long, value_name = "FILE")]
    pub standard: Option<PathBuf>,

    /// The rule packs to read by, instead of those in force
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,

    /// The account that sends; by default the address in From
    ///
    /// Recipients in its domain count as internal.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub account: Option<Address>,

    /// Findings that are right as they stand, instead of those in .youward-silences.toml beside the mails
    ///
    /// Nothing can be silenced inside a mail: its bytes are sacred. `youward silence add` writes the file. What is
    /// silenced in the store counts as well.
    #[arg(long, value_name = "FILE")]
    pub silences: Option<PathBuf>,

    /// Show every finding, not only the five that cost most, and those of mail that is not prospecting (text, line)
    #[arg(long)]
    pub all: bool,

    /// Draw lines and signs in ASCII (text format)
    #[arg(long)]
    pub ascii: bool,

    /// Print only the summary over all mails (text format)
    #[arg(long, conflicts_with = "quiet")]
    pub summary_only: bool,

    /// Print nothing; the exit status tells
    #[arg(short, long)]
    pub quiet: bool,

    /// Print the JSON Schema of the json format
    #[arg(long, conflicts_with_all = ["files", "diff"])]
    pub schema: bool,
}

const EXAMPLES: &str = "\
Examples:
  youward check draft.eml
      Shows what in the draft talks about you, with a question for each place.
  youward check --assume-prospecting opener.txt
      Reads a text as if it were the first mail to somebody.
  pbpaste | youward check --assume-prospecting -
      Reads what is on the clipboard (Linux: wl-paste or xclip -o).
  youward check --diff draft.eml rewrite.eml
      Shows what a rewrite changed.
  youward check --summary-only ~/Maildir/.Sent
      Counts what would have been done with everything that was sent.
  youward check --format html outbox/ > outbox.html
      Makes one page for a folder of mails.
  youward check --explain hype
      Says what a category of rules is about.
  youward check --standard next-quarter.toml -q sent/ || echo \"some would come back\"
      Tries a standard before it is in force.

Exit status:
  0  every mail would pass, with or without notes
  1  at least one would be returned or held
  2  wrong usage, or something could not be read (the rest is checked all the same)";

/// The formats of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people: the lines underlined, why, and what to ask yourself
    #[default]
    Text,
    /// For editors and grep: file:line:col: level[category/rule] message
    Line,
    /// For scripts: one object a mail, each on a line (see --schema)
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For a browser: one page without scripts
    Html,
}

fn address(text: &str) -> Result<Address, String> {
    Address::parse(text).ok_or_else(|| "expected an address like ana@norvane.example".to_owned())
}
