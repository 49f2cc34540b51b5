//! Mails judged by two sets of policies, for `youward standard try`.

use super::reader::{Checked, Reader};
use super::sources;
use crate::mail::Address;
use crate::mail::{Prose, ScanLimits};
use crate::reader::{Policies, Policy};
use crate::reading::{Context, Reading};
use crate::standard::{Disposition, Judged, Verdict};
use crate::store::Record;
use jiff::Timestamp;
use serde::Serialize;
use std::path::PathBuf;

/// One mail, judged twice.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Compared {
    /// File, or id of a record with the subject.
    pub(in crate::cli) name: String,
    /// By the policies in force.
    pub(in crate::cli) old: Side,
    /// By the changed ones.
    pub(in crate::cli) new: Side,
    /// Its octets are gone: its kept reading was judged, not the mail.
    pub(in crate::cli) kept_reading: bool,
}

/// One verdict in short.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Side {
    /// The standard's name.
    pub(in crate::cli) standard: String,
    pub(in crate::cli) disposition: Disposition,
    /// `None` where the mail could not be read.
    pub(in crate::cli) score: Option<i32>,
    /// The weightiest first.
    pub(in crate::cli) reasons: Vec<String>,
}

impl Compared {
    /// Whether something else would be done with it.
    pub(in crate::cli) fn changes(&self) -> bool {
        self.old.disposition != self.new.disposition
    }
}

/// Every mail that the paths name, judged twice; and what could not be read.
pub(in crate::cli) fn compare(
    old: &Policies,
    new: &Policies,
    paths: &[PathBuf],
    assume_prospecting: bool,
) -> (Vec<Compared>, Vec<String>) {
    let reader = |policies: &Policies| Reader {
        policies: policies.clone(),
        account: None,
        assume_prospecting,
    };
    let (old, new) = (reader(old), reader(new));
    let (sources, faults) = sources::find(paths);
    let mut told: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.name, fault.why))
        .collect();
    let mut compared = Vec::new();
    for source in sources {
        source.read(&mut std::io::empty(), &mut |item| {
            match item.content {
                Ok(content) => {
                    let one = old.check(item.name.clone(), content.clone(), &[]);
                    let other = new.check(item.name, content, &[]);
                    compared.push(Compared {
                        old: side_of(&one),
                        new: side_of(&other),
                        name: one.name,
                        kept_reading: false,
                    });
                }
                Err(why) => told.push(format!("{}: {why}", item.name)),
            }
            true
        });
    }
    (compared, told)
}

/// A kept mail, judged twice: read anew where its octets are still there, else by the reading that was kept. `None` where
/// neither is.
pub(in crate::cli) fn compare_kept(old: &Policies, new: &Policies, record: &Record) -> Option<Compared> {
    let by = |policies: &Policies| {
        let policy = policies.for_account(&record.summary.account);
        let read = record.mail.as_ref().map(|mail| {
            let mut prose = Prose::extract(mail, &ScanLimits::default()).map_err(|error| error.to_string())?;
            let context = Context {
                account: Address::parse(&record.summary.account),
                envelope: Some(record.envelope.clone()),
                ..Context::default()
            };
            Ok(policy.read(&mut prose, context))
        });
        match (read, &record.reading) {
            (Some(Ok(reading)), _) => Some(judged(&policy, Judged::Read(&reading), Some(&reading), record)),
            (Some(Err(why)), _) => {
                let why: String = why;
                Some(judged(&policy, Judged::NotRead { why: &why }, None, record))
            }
            (None, Some(reading)) => Some(judged(&policy, Judged::Read(reading), Some(reading), record)),
            (None, None) => None,
        }
    };
    Some(Compared {
        name: format!("{} {}", record.summary.id, record.summary.subject),
        old: by(old)?,
        new: by(new)?,
        kept_reading: record.mail.is_none(),
    })
}

fn judged(policy: &Policy, what: Judged<'_>, reading: Option<&Reading>, record: &Record) -> Side {
    // Consent does not count here: what would be done with the mail as it came is asked.
    let verdict = policy
        .standard
        .judge(what, Some(&record.envelope), None, Timestamp::UNIX_EPOCH);
    side(&verdict, reading)
}

fn side_of(checked: &Checked) -> Side {
    side(&checked.verdict, checked.annotated().reading)
}

fn side(verdict: &Verdict, reading: Option<&Reading>) -> Side {
    Side {
        standard: verdict.standard.clone().unwrap_or_default(),
        disposition: verdict.disposition,
        score: reading.map(|reading| reading.score),
        reasons: verdict.reasons.iter().map(|reason| reason.shown.clone()).collect(),
    }
}
