//! `held list`: records in a table.

use super::with_store;
use crate::app;
use crate::cli::output::{self, Terminal, clean};
use crate::cli::table::{self, Column};
use crate::cli::{Common, Format};
use crate::store::{Filter, State, Summary};
use jiff::Timestamp;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(filter: Filter, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let found = with_store(common, async |store| store.list(&filter).await)?.unwrap_or_default();
    match format {
        Format::Json => output::print_json(&found)?,
        Format::Text => output::print(|out| write_list(out, &found, &filter, app::now(), &common.stdout()))?,
    }
    Ok(ExitCode::SUCCESS)
}

const COLUMNS: [Column; 6] = [
    Column {
        head: "ID",
        may_be_cut: false,
    },
    Column {
        head: "WHEN",
        may_be_cut: false,
    },
    Column {
        head: "STATE",
        may_be_cut: false,
    },
    Column {
        head: "SCORE",
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

fn write_list(
    out: &mut dyn Write,
    found: &[Summary],
    filter: &Filter,
    now: Timestamp,
    terminal: &Terminal,
) -> io::Result<()> {
    if found.is_empty() {
        return write_nothing(out, filter);
    }
    let rows: Vec<Vec<String>> = found.iter().map(|summary| cells(summary, now)).collect();
    table::write(out, &COLUMNS, &rows, terminal.width)?;
    writeln!(out)?;
    if found.len() == filter.limit as usize {
        writeln!(out, "These are the newest {}; `--limit 0` shows all.", found.len())?;
    }
    match found.iter().find(|summary| summary.state == State::Returned) {
        Some(summary) => writeln!(out, "See what was found in one: youward held show {}", summary.id),
        None => writeln!(out, "See one whole: youward held show ID"),
    }
}

fn write_nothing(out: &mut dyn Write, filter: &Filter) -> io::Result<()> {
    if !filter.states.is_empty() || filter.account.is_some() {
        return writeln!(
            out,
            "Nothing fits. Without --state and --account all records are listed."
        );
    }
    writeln!(out, "Nothing has been returned or held.")?;
    writeln!(out)?;
    writeln!(
        out,
        "When a prospecting mail talks about its sender, it is listed here until you have rewritten it, consented to"
    )?;
    writeln!(out, "sending it as written, or given it up.")
}

fn cells(summary: &Summary, now: Timestamp) -> Vec<String> {
    vec![
        summary.id.to_string(),
        ago(summary.at, now),
        summary.state.to_string(),
        summary.score.map_or("-".to_owned(), |score| score.to_string()),
        first_of(&summary.recipients),
        clean(&summary.subject),
    ]
}

/// The first recipient, and how many more there are.
pub(in crate::cli) fn first_of(recipients: &[String]) -> String {
    match recipients {
        [] => "-".to_owned(),
        [one] => clean(one),
        [first, others @ ..] => format!("{} +{}", clean(first), others.len()),
    }
}

/// How long ago, in one unit; a date once it is weeks.
pub(in crate::cli) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        ..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..1_209_600 => format!("{} d ago", seconds / 86_400),
        _ => at.strftime("%Y-%m-%d").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::Disposition;
    use crate::store::RecordId;
    use jiff::SignedDuration;

    const NARROW: Terminal = Terminal {
        width: Some(80),
        colour: false,
    };

    fn now() -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap()
    }

    fn summary(id: &str, minutes: i64, state: State, recipients: &[&str], subject: &str) -> Summary {
        Summary {
            id: RecordId(id.to_owned()),
            at: now() - SignedDuration::from_mins(minutes),
            state,
            disposition: Disposition::Return,
            account: "ana@seller.example".to_owned(),
            upstream: "corp".to_owned(),
            recipients: recipients.iter().map(|path| (*path).to_owned()).collect(),
            subject: subject.to_owned(),
            score: Some(42),
            findings: 3,
            allowed_at: None,
            allowed_reason: None,
            consent_allowed: true,

            round: 1,
            replaced_by: None,
        }
    }

    fn written(found: &[Summary], filter: &Filter) -> String {
        let mut out = Vec::new();
        write_list(&mut out, found, filter, now(), &NARROW).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_list_fits_the_terminal() {
        let long = "A thought about how your teams in Lyon and Porto hand over at night\x1b[2J";
        let found = [
            summary("7Q2M0001", 0, State::Sent, &["bob@prospect.example"], "Hello"),
            summary(
                "7Q2M0002",
                90,
                State::Returned,
                &["eve@prospect.example", "x@y.example"],
                long,
            ),
            summary("7Q2M0003", 100_000, State::Held, &[], ""),
        ];
        assert_eq!(
            written(&found, &Filter::default()),
            "\
ID        WHEN        STATE     SCORE  TO                   SUBJECT
7Q2M0001  just now    sent      42     bob@prospect.examp…  Hello
7Q2M0002  1 h ago     returned  42     eve@prospect.examp…  A thought about how…
7Q2M0003  2026-07-14  held      42     -

See what was found in one: youward held show 7Q2M0002
"
        );
    }

    #[test]
    fn an_empty_list_teaches() {
        assert!(
            written(&[], &Filter::default()).starts_with("Nothing has been returned or held.\n\nWhen a prospecting")
        );
        let filter = Filter {
            states: vec![State::Held],
            ..Filter::default()
        };
        assert!(written(&[], &filter).starts_with("Nothing fits."));
    }

    #[test]
    fn what_is_left_out_is_said() {
        let found = [summary("7Q2M0001", 0, State::Sent, &["bob@prospect.example"], "Hello")];
        let filter = Filter {
            limit: 1,
            ..Filter::default()
        };
        assert!(written(&found, &filter).contains("`--limit 0` shows all"));
        assert!(
            !written(
                &found,
                &Filter {
                    limit: 2,
                    ..Filter::default()
                }
            )
            .contains("--limit")
        );
    }
}
