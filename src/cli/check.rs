//! `youward check`: reads mails from files and says what would be done with them.
//!
//! For the author before sending, for an admin who tries a standard, for a script. It reads as the proxy does, with the
//! same standard and rules; only who has written before is not known from a file. Must never: send or keep anything.

mod args;
pub(super) mod compare;
mod content;
mod crew;
mod explain;
mod mbox;
mod progress;
mod reader;
mod report;
mod rewrite;
pub(super) mod silences;
mod sources;
mod summary;

pub use args::{CheckArgs, Format};

use super::{Common, logging};
use crate::annotate::{json, terminal::Look};
use crate::app;
use content::Content;
use progress::Progress;
use reader::{Checked, Reader};
use report::{Report, complain};
use silences::Silencing;
use sources::{Fault, Item, Source};
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use tracing::level_filters::LevelFilter;

/// Runs the command with the process's own streams: with the standard and the rules that the settings name, unless the
/// arguments name others.
///
/// # Errors
/// If the settings, the standard, the rules or the silences can't be used, or standard output can't be written for
/// another reason than that its reader has gone.
pub fn run(args: CheckArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    if args.schema {
        super::output::print(|out| out.write_all(json::SCHEMA.as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut settings = common.settings()?;
    settings.standard_file = args.standard.clone().or(settings.standard_file);
    settings.rules_dir = args.rules.clone().or(settings.rules_dir);
    let reader = Reader {
        policies: app::load_policy(&settings)?,
        account: args.account.clone(),
        assume_prospecting: args.assume_prospecting,
    };
    let (in_store, complaint) = if args.explain.is_some() {
        (Vec::new(), None)
    } else {
        silences::in_store(common)
    };
    if let Some(complaint) = complaint {
        complain(&mut io::stderr(), complaint);
    }
    let silencing = Silencing::new(args.silences.as_deref(), in_store)?;
    let (terminal, stdout_is_terminal) = (common.stdout(), io::stdout().is_terminal());
    let streams = matches!(args.format, Format::Text | Format::Line | Format::Json);
    let silent = args.quiet || args.summary_only || !streams;
    let surroundings = Surroundings {
        stdin_is_terminal: io::stdin().is_terminal(),
        // Progress among the results on one terminal would only disturb.
        progress: io::stderr().is_terminal() && (silent || !stdout_is_terminal),
        // Longer lines than this are hard to read, however wide the window is.
        width: terminal.width.map_or(80, |width| width.min(110)),
        colour: terminal.colour,
    };
    let (mut stdin, mut out) = (io::stdin(), BufWriter::new(io::stdout().lock()));
    let streams = Streams {
        stdin: &mut stdin,
        out: &mut out,
        err: &mut io::stderr(),
    };
    let status = check(args, &reader, silencing, surroundings, streams);
    // After a broken pipe there is nobody to write the rest for; without one nothing is left.
    let _ = out.into_parts();
    Ok(ExitCode::from(status?))
}

/// What the command must know of its process.
#[derive(Debug, Clone, Copy)]
struct Surroundings {
    stdin_is_terminal: bool,
    progress: bool,
    colour: bool,
    width: usize,
}

/// Where the command reads and writes.
struct Streams<'a> {
    stdin: &'a mut (dyn Read + Send),
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

/// The command as a function of its streams. Gives the exit status.
fn check(
    args: CheckArgs,
    reader: &Reader,
    mut silencing: Silencing,
    surroundings: Surroundings,
    streams: Streams<'_>,
) -> anyhow::Result<u8> {
    let Streams { stdin, out, err } = streams;
    let look = Look {
        width: surroundings.width,
        colour: surroundings.colour,
        ascii: args.ascii,
        all: args.all,
    };
    let format = if args.quiet { None } else { Some(args.format) };
    if let Some(name) = &args.explain {
        return explained(name, reader, look.width, out, err);
    }
    if let Some(both) = &args.diff {
        return rewrite::compare(both, reader, &mut silencing, (format, look), stdin, (out, err));
    }
    if args.summary_only && args.format != Format::Text {
        complain(err, "--summary-only goes with the text format");
        return Ok(2);
    }
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
    let mut report = Report::new(format, look, args.summary_only);
    let (sources, faults) = sources::find(&files);
    for fault in faults {
        report.unreadable(err, &fault);
    }
    let total = sources.iter().map(Source::size).sum();
    let mut progress = Progress::new(surroundings.progress, total);
    let mut ended = Ok(None);
    crew::in_order(
        crew::workers(),
        |give| feed(&sources, &mut silencing, stdin, give),
        |piece: Piece| piece.checked(reader),
        |result: Result<Checked, Fault>| {
            let written = match result {
                Ok(checked) => {
                    progress.step(err, checked.octets.len());
                    if let Some(why) = &checked.unreadable {
                        progress.clear(err);
                        let (name, why) = (checked.name.clone(), why.clone());
                        report.unreadable(err, &Fault { name, why });
                    }
                    report.add(out, checked)
                }
                Err(fault) => {
                    progress.clear(err);
                    report.unreadable(err, &fault);
                    Ok(())
                }
            };
            ended = report.ended_by(written);
            matches!(ended, Ok(None))
        },
    )?;
    progress.clear(err);
    if let Some(status) = ended? {
        return Ok(status);
    }
    let written = report.finish(out);
    report.ended_by(written)?;
    Ok(report.status())
}

/// What a worker gets: a mail with what is silenced in it, or what could not be read.
enum Piece {
    Mail(String, Content, Arc<[crate::reading::Silence]>),
    Fault(Fault),
}

impl Piece {
    fn checked(self, reader: &Reader) -> Result<Checked, Fault> {
        match self {
            Piece::Mail(name, content, silences) => Ok(reader.check(name, content, &silences)),
            Piece::Fault(fault) => Err(fault),
        }
    }
}

/// Reads all sources, one after the other, until no more is wanted.
fn feed(sources: &[Source], silencing: &mut Silencing, stdin: &mut dyn Read, give: &mut dyn FnMut(Piece) -> bool) {
    for source in sources {
        let (silences, faults) = silencing.for_source(source);
        let mut wanted = faults.into_iter().all(|fault| give(Piece::Fault(fault)));
        wanted = wanted
            && source.read(stdin, &mut |Item { name, content }| {
                give(match content {
                    Ok(content) => Piece::Mail(name, content, silences.clone()),
                    Err(why) => Piece::Fault(Fault { name, why }),
                })
            });
        if !wanted {
            break;
        }
    }
}

fn explained(
    name: &str,
    reader: &Reader,
    width: usize,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<u8> {
    match explain::explain(&reader.policy(None).packs, name, width, out) {
        Ok(written) => match written.and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(0),
        },
        Err(nearest) => {
            let name = super::output::clean(name);
            let hint = if nearest.is_empty() {
                "`--explain hype` explains a category and names its rules".to_owned()
            } else {
                format!("did you mean {}?", nearest.join(" or "))
            };
            complain(err, format_args!("there is no rule {name}; {hint}"));
            Ok(2)
        }
    }
}

#[cfg(test)]
mod tests;
