//! `youward drafts`: what was found in the drafts that lie in the account's mailbox now.

use super::held::list::{ago, first_of};
use super::held::with_stores;
use super::output::{self, Terminal, clean};
use super::table::{self, Column};
use super::{Common, Format, logging};
use crate::annotate::Annotated;
use crate::annotate::terminal::{Look, render};
use crate::app;
use crate::reading::{ProspectingClass, Reading};
use crate::standard::Disposition;
use crate::store::Draft;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::io::{self, Write};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Arguments of `drafts`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DraftsArgs {
    #[command(subcommand)]
    command: Option<DraftsCommand>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, Subcommand)]
enum DraftsCommand {
    /// List them, the one that was read last first (this is what happens without a word, too)
    List(ListArgs),
    /// Show what was found in one, and what to ask instead
    Show {
        /// The id, or as much of its beginning as is needed
        id: String,
        /// The form
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

#[derive(Debug, Default, Args)]
struct ListArgs {
    /// Only those of this account
    #[arg(long, value_name = "ADDRESS")]
    account: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs `drafts`.
///
/// # Errors
/// If the settings or the store fail, there is no such draft, or standard output can't be written.
pub fn run(args: DraftsArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let settings = common.settings()?;
    let kept = with_stores(&settings, async |stores| stores.drafts.drafts(None).await)?;
    let drafts = kept.unwrap_or_default();
    match args.command.unwrap_or(DraftsCommand::List(args.list)) {
        DraftsCommand::List(ListArgs { account, format }) => {
            let account = account.map(|account| account.to_lowercase());
            let wanted = |draft: &&Draft| account.as_ref().is_none_or(|account| draft.owner.account == *account);
            let found: Vec<&Draft> = drafts.iter().filter(wanted).collect();
            match format {
                Format::Json => output::print_json(&found)?,
                Format::Text => output::print(|out| write_list(out, &found, app::now(), &common.stdout()))?,
            }
        }
        DraftsCommand::Show { id, format } => {
            let draft = one(&drafts, &id)?;
            match format {
                Format::Json => output::print_json(draft)?,
                Format::Text => output::print(|out| write_draft(out, draft, app::now(), &common.stdout()))?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The draft whose id begins so.
fn one<'d>(drafts: &'d [Draft], typed: &str) -> anyhow::Result<&'d Draft> {
    let beginning = crate::store::RecordId::beginning(typed);
    let begins = |draft: &&Draft| beginning.as_ref().is_some_and(|typed| draft.id.starts_with(typed));
    let found: Vec<&Draft> = drafts.iter().filter(begins).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => anyhow::bail!("there is no draft {}; `youward drafts` shows all", clean(typed)),
        _ => anyhow::bail!(
            "{} is the beginning of several drafts' ids; give more of it",
            clean(typed)
        ),
    }
}

const COLUMNS: [Column; 6] = [
    Column {
        head: "ID",
        may_be_cut: false,
    },
    Column {
        head: "READ",
        may_be_cut: false,
    },
    Column {
        head: "SCORE",
        may_be_cut: false,
    },
    Column {
        head: "AS IT IS",
        may_be_cut: false,
    },
    Column {
        head: "TO",
        may_be_cut: true,
    },
    Column {
        head: "SUBJECT",
        may_be_cut: true,
    },
];

fn write_list(out: &mut dyn Write, drafts: &[&Draft], now: Timestamp, terminal: &Terminal) -> io::Result<()> {
    if drafts.is_empty() {
        writeln!(out, "No draft has been read that is still there.")?;
        writeln!(out)?;
        return writeln!(
            out,
            "Drafts are read as they are saved, once Youward runs and your mail client has logged in through it."
        );
    }
    let rows: Vec<Vec<String>> = drafts.iter().map(|draft| cells(draft, now)).collect();
    table::write(out, &COLUMNS, &rows, terminal.width)?;
    writeln!(out)?;
    writeln!(out, "See what was found in one: youward drafts show ID")
}

fn cells(draft: &Draft, now: Timestamp) -> Vec<String> {
    vec![
        draft.id.clone(),
        ago(draft.at, now),
        draft
            .reading
            .as_ref()
            .filter(|reading| is_judged(reading))
            .map_or("-".to_owned(), |reading| reading.score.to_string()),
        outlook(draft).to_owned(),
        first_of(&draft.recipients),
        clean(&draft.subject),
    ]
}

/// What is not prospecting is not judged: its hundred points would say something that nobody has looked at.
fn is_judged(reading: &Reading) -> bool {
    reading.not_read.is_none() && reading.prospecting.class != ProspectingClass::No
}

/// What would become of it.
fn outlook(draft: &Draft) -> &'static str {
    match draft.verdict.disposition {
        Disposition::Pass => "would pass",
        Disposition::Annotate => "would pass, with notes",
        Disposition::Return => "would come back",
        Disposition::Hold => "would be held",
    }
}

fn write_draft(out: &mut dyn Write, draft: &Draft, now: Timestamp, terminal: &Terminal) -> io::Result<()> {
    let subject = clean(&draft.subject);
    writeln!(out, "Draft {}: {subject}", draft.id)?;
    writeln!(
        out,
        "Read {}, {}. As it is, it {}. The draft itself is as you left it.",
        ago(draft.at, now),
        match draft.round {
            ..=1 => "once".to_owned(),
            round => format!("{round} versions so far"),
        },
        outlook(draft),
    )?;
    writeln!(out)?;
    let annotated = Annotated {
        name: &draft.subject,
        octets: None,
        prose: None,
        reading: draft.reading.as_ref(),
        verdict: &draft.verdict,
    };
    let look = Look {
        width: terminal.width.unwrap_or(100),
        colour: terminal.colour,
        ascii: false,
        all: true,
    };
    write!(out, "{}", render(&annotated, look))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Owner;
    use crate::store::contract::{noon, reading, verdict};

    fn draft(id: &str, disposition: Disposition) -> Draft {
        Draft {
            id: id.to_owned(),
            owner: Owner::new("corp", "ana@seller.example"),
            place: Some((1, 1)),
            message_id: None,
            subject: "Your\u{1b}[31m depots".to_owned(),
            recipients: vec!["bob@prospect.example".to_owned(), "eve@prospect.example".to_owned()],
            at: noon(0),
            round: 3,
            text: String::new(),
            sketch: None,
            reading: Some(reading()),
            verdict: verdict(disposition, false),
            filed: true,
        }
    }

    const PLAIN: Terminal = Terminal {
        width: None,
        colour: false,
    };

    #[test]
    fn a_list_says_what_would_become_of_each() {
        let (one, two) = (
            draft("AAAA0001", Disposition::Hold),
            draft("AAAA0002", Disposition::Annotate),
        );
        let mut out = Vec::new();
        write_list(&mut out, &[&one, &two], noon(5), &PLAIN).unwrap();
        let text = String::from_utf8(out).unwrap();
        for expected in [
            "5 min ago",
            "would be held",
            "would pass, with notes",
            "bob@prospect.example +1",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(!text.contains('\u{1b}'));
        let mut out = Vec::new();
        write_list(&mut out, &[], noon(5), &PLAIN).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("as they are saved"));
    }

    #[test]
    fn one_is_shown_whole_by_the_beginning_of_its_id() {
        let drafts = [
            draft("AAAA0001", Disposition::Return),
            draft("AAAB0002", Disposition::Pass),
        ];
        assert_eq!(one(&drafts, "aaab").unwrap().id, "AAAB0002");
        assert!(one(&drafts, "aaa").unwrap_err().to_string().contains("several"));
        assert!(one(&drafts, "ZZ").unwrap_err().to_string().contains("youward drafts"));
        let mut out = Vec::new();
        write_draft(&mut out, &drafts[0], noon(5), &PLAIN).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("3 versions so far") && text.contains("would come back"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "{text}");
        let ask = &drafts[0].reading.as_ref().unwrap().findings[0].ask;
        assert!(text.contains(ask.split(' ').next().unwrap()), "{text}");
    }
}
