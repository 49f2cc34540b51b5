//! `youward check`: reads mails from files and says what would be done with them.
//!
//! For the author before sending, for an admin who tries a standard, for a script. It reads as the proxy does, with the
//! same standard and rules; only who has written before is not known from a file. Must never: send or keep anything.

mod reader;
mod sources;

use super::{Common, logging};
use crate::annotate::{Annotated, html, json, sarif, terminal};
use crate::app;
use crate::mail::Address;
use crate::standard::Disposition;
use clap::{Args, ValueEnum};
use reader::{Checked, Reader};
use sources::Fault;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Read mails and say what would be done with them
///
/// Each mail is read as the proxy would read it on its way out: what in it talks about you instead of the recipient,
/// whether it is prospecting, and whether it would pass, pass with notes, be returned or be held. Nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Mails (.eml), texts (.txt), folders of them, Maildirs; `-` reads one from standard input
    ///
    /// A folder stands for every .eml and .txt file in it and below. What is neither is taken for a mail if it begins
    /// with header fields, else for a text.
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

    /// Show every finding, not only the five that cost most (text format)
    #[arg(long)]
    pub all: bool,

    /// Draw lines and signs in ASCII (text format)
    #[arg(long)]
    pub ascii: bool,

    /// Print nothing; the exit status tells
    #[arg(short, long)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  youward check draft.eml
      Shows what in the draft talks about you, with a question for each place.
  youward check --assume-prospecting opener.txt
      Reads a text as if it were the first mail to somebody.
  pbpaste | youward check --assume-prospecting -
      Reads what is on the clipboard (Linux: wl-paste or xclip -o).
  youward check --format html outbox/ > outbox.html
      Makes one page for a folder of mails.
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
    /// For scripts: one object a mail, each on a line
    Json,
    /// For code scanning and editors: SARIF 2.1.0
    Sarif,
    /// For a browser: one page without scripts
    Html,
}

/// Runs the command with the process's own streams: with the standard and the rules that the settings name, unless the
/// arguments name others.
///
/// # Errors
/// If the settings, the standard or the rules can't be used, or standard output can't be written for another reason than
/// that its reader has gone.
pub fn run(args: CheckArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let mut settings = common.settings()?;
    settings.standard_file = args.standard.clone().or(settings.standard_file);
    settings.rules_dir = args.rules.clone().or(settings.rules_dir);
    let reader = Reader {
        policy: app::load_policy(&settings)?,
        account: args.account.clone(),
        assume_prospecting: args.assume_prospecting,
    };
    let terminal = common.stdout();
    let surroundings = Surroundings {
        stdin_is_terminal: io::stdin().is_terminal(),
        // Longer lines than this are hard to read, however wide the window is.
        width: terminal.width.map_or(80, |width| width.min(110)),
        colour: terminal.colour,
    };
    let (mut stdin, mut out) = (io::stdin().lock(), BufWriter::new(io::stdout().lock()));
    let status = check(
        args,
        &reader,
        surroundings,
        &mut stdin,
        &mut out,
        &mut io::stderr().lock(),
    );
    // After a broken pipe there is nobody to write the rest for; without one nothing is left.
    let _ = out.into_parts();
    Ok(ExitCode::from(status?))
}

/// What the command must know of its process.
#[derive(Debug, Clone, Copy)]
struct Surroundings {
    stdin_is_terminal: bool,
    colour: bool,
    width: usize,
}

/// The command as a function of its streams. Gives the exit status.
fn check(
    args: CheckArgs,
    reader: &Reader,
    surroundings: Surroundings,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<u8> {
    let mut files = args.files;
    if files.is_empty() {
        if surroundings.stdin_is_terminal {
            complain(
                err,
                "nothing to read: name a file or a folder, or pipe a mail in (see youward check --help)",
            );
            return Ok(2);
        }
        files.push("-".into());
    }
    let look = terminal::Look {
        width: surroundings.width,
        colour: surroundings.colour,
        ascii: args.ascii,
        all: args.all,
    };
    let mut report = Report::new(if args.quiet { None } else { Some(args.format) }, look);
    let (sources, faults) = sources::find(&files);
    for fault in faults {
        report.unreadable(err, &fault);
    }
    for source in sources {
        let checked = source.read(stdin).map(|content| reader.check(source.name(), content));
        let written = match checked {
            Ok(checked) => {
                if let Some(why) = &checked.unreadable {
                    report.unreadable(
                        err,
                        &Fault {
                            name: checked.name.clone(),
                            why: why.clone(),
                        },
                    );
                }
                report.add(out, checked)
            }
            Err(fault) => {
                report.unreadable(err, &fault);
                Ok(())
            }
        };
        if let Some(status) = report.ended_by(written)? {
            return Ok(status);
        }
    }
    let written = report.finish(out);
    report.ended_by(written)?;
    Ok(report.status())
}

/// What has been found so far, and how to print it.
struct Report {
    /// `None` prints nothing.
    format: Option<Format>,
    look: terminal::Look,
    /// For the formats that need all mails at once.
    kept: Vec<Checked>,
    /// Mails by disposition, from mild to strict.
    counts: [(Disposition, usize); 4],
    unreadable: usize,
}

impl Report {
    fn new(format: Option<Format>, look: terminal::Look) -> Report {
        use Disposition::{Annotate, Hold, Pass, Return};
        Report {
            format,
            look,
            kept: Vec::new(),
            counts: [Pass, Annotate, Return, Hold].map(|disposition| (disposition, 0)),
            unreadable: 0,
        }
    }

    fn add(&mut self, out: &mut dyn Write, checked: Checked) -> io::Result<()> {
        let first = self.mails() == 0;
        for (disposition, count) in &mut self.counts {
            *count += usize::from(*disposition == checked.verdict.disposition);
        }
        match self.format {
            None => Ok(()),
            Some(Format::Text) => {
                let gap = if first { "" } else { "\n" };
                write!(out, "{gap}{}", terminal::render(&checked.annotated(), self.look))?;
                out.flush()
            }
            Some(Format::Json) => {
                writeln!(out, "{}", json::line(&checked.annotated())?)?;
                out.flush()
            }
            Some(Format::Sarif | Format::Html) => {
                self.kept.push(checked);
                Ok(())
            }
        }
    }

    fn unreadable(&mut self, err: &mut dyn Write, fault: &Fault) {
        self.unreadable += 1;
        complain(err, format_args!("{}: {}", fault.name, fault.why));
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mails: Vec<Annotated<'_>> = self.kept.iter().map(Checked::annotated).collect();
        match self.format {
            Some(Format::Text) if self.mails() + self.unreadable > 1 => writeln!(out, "\n{}", self.summary())?,
            Some(Format::Sarif) => writeln!(out, "{}", sarif::log(&mails)?)?,
            Some(Format::Html) => write!(out, "{}", html::page(&mails))?,
            None | Some(Format::Text | Format::Json) => {}
        }
        out.flush()
    }

    /// `12 mails: 8 pass, 3 annotate, 1 return; 1 not readable`.
    fn summary(&self) -> String {
        let mails = self.mails();
        let counts: Vec<String> = self
            .counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(disposition, count)| format!("{count} {disposition}"))
            .collect();
        let colon = if counts.is_empty() { "" } else { ": " };
        let mut text = format!(
            "{mails} mail{}{colon}{}",
            if mails == 1 { "" } else { "s" },
            counts.join(", ")
        );
        if self.unreadable > 0 {
            text.push_str(&format!("; {} not readable", self.unreadable));
        }
        text
    }

    fn mails(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    fn status(&self) -> u8 {
        let kept_back = self
            .counts
            .iter()
            .any(|&(disposition, count)| disposition >= Disposition::Return && count > 0);
        match (self.unreadable > 0, kept_back) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        }
    }

    /// A reader that has gone (`youward check … | head`) is a quiet end with what is known so far.
    fn ended_by(&self, written: io::Result<()>) -> anyhow::Result<Option<u8>> {
        match written {
            Ok(()) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Some(self.status())),
            Err(error) => Err(anyhow::Error::new(error).context("can't write the result")),
        }
    }
}

/// One line on standard error. When even that can't be written to, the exit status has to do.
fn complain(err: &mut dyn Write, what: impl std::fmt::Display) {
    let _ = writeln!(err, "youward: {what}");
}

fn address(text: &str) -> Result<Address, String> {
    Address::parse(text).ok_or_else(|| "expected an address like ana@norvane.example".to_owned())
}

#[cfg(test)]
mod tests;
