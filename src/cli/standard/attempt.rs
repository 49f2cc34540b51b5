//! `youward standard try`: mails judged by the standard in force and by a changed one, side by side.

use super::super::check::compare::{Compared, compare, compare_kept};
use super::super::held::with_store;
use super::super::output::{self, clean, print_json};
use super::super::{Common, Format, TROUBLE};
use super::{policies, with_standard};
use crate::config::Settings;
use crate::standard::Disposition;
use crate::store::{Filter, Record};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `standard try`.
#[derive(Debug, Args)]
pub(super) struct TryArgs {
    /// The changed standard
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Mails (.eml), texts, folders or Maildirs to try it over
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "last", conflicts_with = "last")]
    over: Vec<PathBuf>,
    /// Try it over the last N mails that the store keeps
    #[arg(long, value_name = "N")]
    last: Option<u32>,
    /// Read every text as a first mail to a stranger
    #[arg(long)]
    assume_prospecting: bool,
    /// Show mails that would stay as they are, too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Serialize)]
struct Outcome<'a> {
    mails: Vec<&'a Compared>,
    summary: Summary,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Summary {
    mails: usize,
    changed: usize,
    /// `pass -> annotate` and the like, with how often.
    changes: BTreeMap<String, usize>,
    unreadable: usize,
}

pub(super) fn run(args: &TryArgs, settings: &Settings, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let old = match policies(settings, common)? {
        Ok(policies) => policies,
        Err(code) => return Ok(code),
    };
    let new = match policies(&with_standard(settings, &args.new), common)? {
        Ok(policies) => policies,
        Err(code) => return Ok(code),
    };
    let (compared, unreadable) = match args.last {
        Some(last) => {
            let kept = records(common, last)?;
            let compared = kept
                .iter()
                .filter_map(|record| compare_kept(&old, &new, record))
                .collect();
            (compared, Vec::new())
        }
        None => compare(&old, &new, &args.over, args.assume_prospecting),
    };
    for fault in &unreadable {
        writeln!(io::stderr(), "youward: {fault}")?;
    }
    let summary = summary(&compared, unreadable.len());
    let shown = compared.iter().filter(|mail| args.all || mail.changes());
    match format {
        Format::Json => print_json(&Outcome {
            mails: shown.collect(),
            summary,
        })?,
        Format::Text => output::print(|out| {
            for mail in shown {
                write_mail(out, mail)?;
            }
            writeln!(out, "{}", in_words(&summary))
        })?,
    }
    Ok(ExitCode::from(if unreadable.is_empty() { 0 } else { TROUBLE }))
}

/// The newest records, whole.
fn records(common: &Common, last: u32) -> anyhow::Result<Vec<Record>> {
    let kept = with_store(common, async |store| {
        let filter = Filter {
            limit: last,
            ..Filter::default()
        };
        let mut records = Vec::new();
        for summary in store.list(&filter).await? {
            records.push(store.get(&summary.id.0).await?);
        }
        Ok(records)
    })?;
    Ok(kept.unwrap_or_default())
}

fn summary(compared: &[Compared], unreadable: usize) -> Summary {
    let mut summary = Summary {
        mails: compared.len(),
        unreadable,
        ..Summary::default()
    };
    for mail in compared.iter().filter(|mail| mail.changes()) {
        summary.changed += 1;
        let change = format!("{} -> {}", mail.old.disposition, mail.new.disposition);
        *summary.changes.entry(change).or_default() += 1;
    }
    summary
}

fn in_words(summary: &Summary) -> String {
    let plural = if summary.mails == 1 { "" } else { "s" };
    let mut words = match summary.changed {
        0 => format!("{} mail{plural}: nothing would change", summary.mails),
        changed => {
            let changes: Vec<String> = summary
                .changes
                .iter()
                .map(|(change, count)| format!("{count} {change}"))
                .collect();
            format!(
                "{} mail{plural}: {changed} would change: {}",
                summary.mails,
                changes.join(", ")
            )
        }
    };
    if summary.unreadable > 0 {
        words.push_str(&format!("; {} not readable", summary.unreadable));
    }
    words
}

fn write_mail(out: &mut dyn Write, mail: &Compared) -> io::Result<()> {
    let sign = match mail.new.disposition.cmp(&mail.old.disposition) {
        std::cmp::Ordering::Less => "milder",
        std::cmp::Ordering::Greater => "stricter",
        std::cmp::Ordering::Equal => "the same",
    };
    let (old, new) = (&mail.old, &mail.new);
    let score = |side: &super::super::check::compare::Side| match (side.disposition, side.score) {
        (_, Some(score)) => format!("{} (score {score}, {})", side.disposition, side.standard),
        (disposition @ Disposition::Pass, None) => format!("{disposition} ({})", side.standard),
        (disposition, None) => format!("{disposition} (not read, {})", side.standard),
    };
    writeln!(out, "{}", clean(&mail.name))?;
    writeln!(out, "  now   {}", score(old))?;
    writeln!(out, "  then  {}, {sign}", score(new))?;
    if let Some(reason) = new.reasons.first() {
        writeln!(out, "        {}", clean(reason))?;
    }
    if mail.kept_reading {
        writeln!(out, "        by its kept reading: rules and gate as they were then")?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Policies, Policy};
    use crate::reading::Packs;
    use crate::standard::Standard;

    fn policies(standard: &str) -> Policies {
        Policy::new(Standard::parse("s", standard).unwrap(), Packs::builtin()).into()
    }

    #[test]
    fn what_would_change_is_told_mail_by_mail() {
        let dir = tempfile::tempdir().unwrap();
        let bad = "We are a leading provider of claims software. I would like to show you a demo on Thursday.\n";
        std::fs::write(dir.path().join("bad.txt"), bad).unwrap();
        std::fs::write(
            dir.path().join("good.txt"),
            "Which of the two deadlines worries you more?\n",
        )
        .unwrap();
        std::fs::write(dir.path().join("odd.txt"), b"\xff\xfe").unwrap();
        let (old, new) = (
            policies("annotate_below = 0"),
            policies("annotate_below = 100\nact_below = 0"),
        );
        let (compared, unreadable) = compare(&old, &new, &[dir.path().to_owned()], true);
        assert_eq!(unreadable.len(), 1, "{unreadable:?}");
        let changed: Vec<&Compared> = compared.iter().filter(|mail| mail.changes()).collect();
        assert!(
            changed.iter().any(|mail| mail.name.ends_with("bad.txt")),
            "{compared:?}"
        );
        let summary = summary(&compared, unreadable.len());
        assert_eq!((summary.mails, summary.changed), (2, changed.len()));
        let words = in_words(&summary);
        assert!(
            words.contains("pass -> annotate") && words.ends_with("; 1 not readable"),
            "{words}"
        );

        let mut out = Vec::new();
        write_mail(&mut out, changed[0]).unwrap();
        let told = String::from_utf8(out).unwrap();
        assert!(
            told.contains("now   pass (score") && told.contains("stricter"),
            "{told}"
        );
    }

    #[test]
    fn nothing_changes_under_the_same_standard() {
        let same = Summary {
            mails: 1,
            ..Summary::default()
        };
        assert_eq!(in_words(&same), "1 mail: nothing would change");
    }
}
