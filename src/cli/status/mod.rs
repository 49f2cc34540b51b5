//! `youward status`: whether it runs, what is held, and what waits for what.

mod watched;

use super::output::{self, clean};
use super::table::{self, Column};
use super::{Common, Format, held, logging};
use crate::app;
use crate::config::Settings;
use crate::proxy::Listen;
use crate::store::{Filter, InstanceLock, State, Work};
use crate::web::Doorstep;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;
use watched::Watched;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How things stand.
#[derive(Debug, Serialize)]
struct Status {
    /// Whether the proxy runs on this data folder.
    running: bool,
    data_dir: String,
    /// Where the review page is.
    page: Option<String>,
    upstreams: Vec<Upstream>,
    /// Number of records in each state in which something is still to be decided or done.
    open: BTreeMap<&'static str, usize>,
    /// What records still owe.
    work: Vec<Work>,
    /// What is known of each account's mailboxes.
    watched: Vec<Watched>,
}

#[derive(Debug, Serialize)]
struct Upstream {
    name: String,
    listen: Vec<String>,
    listen_imap: Vec<String>,
    /// Whether held mail is filed in the account's own mailboxes.
    mailboxes: bool,
}

/// Runs `status`.
///
/// # Errors
/// If the settings or the store fail, or standard output can't be written.
pub fn run(args: &StatusArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let settings = common.settings()?;
    let status = gather(&settings)?;
    match args.format {
        Format::Json => output::print_json(&status)?,
        Format::Text => output::print(|out| write_status(out, &status, common.stdout().width, app::now()))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn gather(settings: &Settings) -> anyhow::Result<Status> {
    let since = app::now() - watched::COUNTED;
    let kept = held::with_stores(settings, async |stores| {
        let store = &stores.records;
        let filter = Filter {
            states: State::OPEN.to_vec(),
            ..Filter::default()
        };
        let drafts = stores.drafts.drafts(None).await?;
        let scans = stores.histories.scans(None).await?;
        let outcomes = stores.histories.outcomes(since).await?;
        let watched = watched::gather(scans, &drafts, &outcomes, app::now());
        Ok((store.list(&filter).await?, store.work().await?, watched))
    })?;
    let (records, work, watched) = kept.unwrap_or_default();
    let mut open = BTreeMap::new();
    for record in records {
        *open.entry(record.state.word()).or_insert(0) += 1;
    }
    let addresses = |listen: &[Listen]| listen.iter().map(|listen| listen.address.to_string()).collect();
    let upstreams = settings.upstreams.iter().map(|upstream| Upstream {
        name: upstream.name.clone(),
        listen: addresses(&upstream.listen),
        listen_imap: addresses(&upstream.listen_imap),
        mailboxes: upstream.has_mailboxes(),
    });
    let running = InstanceLock::is_taken(&settings.data_dir);
    let page = Doorstep::of(&settings.data_dir).address().filter(|_| running);
    Ok(Status {
        running,
        page: page.map(|address| format!("http://{address}/")),
        data_dir: settings.data_dir.display().to_string(),
        upstreams: upstreams.collect(),
        open,
        work,
        watched,
    })
}

const COLUMNS: [Column; 4] = [
    Column {
        head: "RECORD",
        may_be_cut: false,
    },
    Column {
        head: "ACCOUNT",
        may_be_cut: true,
    },
    Column {
        head: "TO DO",
        may_be_cut: true,
    },
    Column {
        head: "WAITS FOR",
        may_be_cut: true,
    },
];

fn write_status(out: &mut dyn Write, status: &Status, width: Option<usize>, now: Timestamp) -> io::Result<()> {
    let runs = if status.running { "running" } else { "not running" };
    writeln!(out, "Youward is {runs}. Data: {}", clean(&status.data_dir))?;
    for upstream in &status.upstreams {
        let mailboxes = if upstream.mailboxes {
            "held mail is filed in its mailboxes"
        } else {
            "no mailboxes"
        };
        let imap = if upstream.listen_imap.is_empty() {
            String::new()
        } else {
            format!("; IMAP: {}", upstream.listen_imap.join(", "))
        };
        let listen = upstream.listen.join(", ");
        writeln!(out, "  {}: {listen}{imap} ({mailboxes})", clean(&upstream.name))?;
    }
    if let Some(page) = &status.page {
        writeln!(out, "  review page: {page} (sign in with: youward open)")?;
    }
    writeln!(out)?;
    if status.open.is_empty() {
        writeln!(out, "Nothing is held, returned or on its way.")?;
    } else {
        let counts: Vec<String> = State::OPEN
            .iter()
            .filter_map(|state| status.open.get(state.word()).map(|count| format!("{count} {state}")))
            .collect();
        writeln!(out, "{}. See them: youward held list", counts.join(", "))?;
    }
    if status.work.is_empty() {
        writeln!(out, "Nothing waits.")?;
    } else {
        writeln!(out)?;
        let work = status.work.iter();
        let rows: Vec<Vec<String>> = work.map(|work| cells(work, status.running, now)).collect();
        table::write(out, &COLUMNS, &rows, width)?;
    }
    watched::write(out, &status.watched)
}

fn cells(work: &Work, running: bool, now: Timestamp) -> Vec<String> {
    let waits = match (&work.waits_for, running) {
        (_, false) => "Youward to run".to_owned(),
        (Some(what), true) if work.due > now => {
            let again = work.due.strftime("%H:%M:%SZ");
            format!("{} (again at {again})", clean(what))
        }
        (Some(what), true) => clean(what),
        (None, true) => "its turn".to_owned(),
    };
    vec![
        work.record.to_string(),
        clean(&work.account),
        work.kind.shown().to_owned(),
        waits,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::noon;
    use crate::store::{RecordId, WorkKind};

    fn work(waits_for: Option<&str>, due: Timestamp) -> Work {
        Work {
            seq: 1,
            record: RecordId("7Q2M0000".to_owned()),
            kind: WorkKind::Send,
            account: "ana@seller.example".to_owned(),
            upstream: "corp".to_owned(),
            added: noon(0),
            due,
            attempts: 1,
            waits_for: waits_for.map(str::to_owned),
        }
    }

    fn shown(running: bool, work: Vec<Work>) -> String {
        let status = Status {
            running,
            data_dir: "/data".to_owned(),
            page: Some("http://127.0.0.1:8465/".to_owned()),
            upstreams: vec![Upstream {
                name: "corp".to_owned(),
                listen: vec!["127.0.0.1:1465".to_owned()],
                listen_imap: vec!["127.0.0.1:1993".to_owned()],
                mailboxes: true,
            }],
            open: BTreeMap::from([("held", 2), ("in-doubt", 1)]),
            work,
            watched: Vec::new(),
        };
        let mut out = Vec::new();
        write_status(&mut out, &status, None, noon(1)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_says_what_waits_and_for_what() {
        let text = shown(
            true,
            vec![
                work(Some("the account's next login"), noon(0)),
                work(Some("the provider: 451 later"), noon(5)),
                work(None, noon(0)),
            ],
        );
        for expected in [
            "Youward is running. Data: /data",
            "corp: 127.0.0.1:1465; IMAP: 127.0.0.1:1993 (",
            "review page: http://127.0.0.1:8465/ (",
            "2 held, 1 in-doubt. See them",
            "the account's next login\n",
            "the provider: 451 later (again at ",
            "its turn",
            "send the released mail",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }

    #[test]
    fn without_the_proxy_everything_waits_for_it() {
        assert!(shown(false, vec![work(None, noon(0))]).contains("Youward to run"));
        assert!(shown(false, Vec::new()).contains("not running") && shown(true, Vec::new()).contains("Nothing waits."));
    }
}
