//! `youward standard explain`: the value in force of each key, where it comes from, and which standard an account gets.

use super::super::output::{self, print_json};
use super::super::{Common, Format, TROUBLE, table};
use super::policies;
use crate::config::Settings;
use crate::standard::{Member, Setting, Standards};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;

/// Arguments of `standard explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The account that sends; without it the default standard is explained
    #[arg(long, value_name = "ADDRESS")]
    account: Option<String>,
    /// A key such as act_below, or a table such as consent
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

#[derive(Debug, Serialize)]
struct Explained<'a> {
    standard: &'a str,
    account: Option<&'a str>,
    why: String,
    settings: Vec<&'a Setting>,
}

pub(super) fn run(
    args: &ExplainArgs,
    settings: &Settings,
    format: Format,
    common: &Common,
) -> anyhow::Result<ExitCode> {
    let policies = match policies(settings, common)? {
        Ok(policies) => policies,
        Err(code) => return Ok(code),
    };
    let standards = policies.standards();
    let (at, member) = match &args.account {
        Some(account) => standards.choose(account),
        None => (0, None),
    };
    let Some(entry) = standards.all().nth(at) else {
        return Ok(ExitCode::from(TROUBLE));
    };
    let wanted = |setting: &&Setting| {
        args.key.as_deref().is_none_or(|key| {
            let rest = setting.key.strip_prefix(key);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let shown: Vec<&Setting> = entry.settings.iter().filter(wanted).collect();
    if let (Some(key), true) = (&args.key, shown.is_empty()) {
        let keys = entry.settings.iter().map(|setting| setting.key.as_str());
        let near = crate::reading::nearest(key, keys);
        let meant = match near.as_slice() {
            [] => String::new(),
            near => format!(" Perhaps: {}.", near.join(", ")),
        };
        writeln!(io::stderr(), "youward: there is no key {key:?}.{meant}")?;
        return Ok(ExitCode::from(TROUBLE));
    }
    let explained = Explained {
        standard: &entry.standard.name,
        account: args.account.as_deref(),
        why: why(standards, args.account.as_deref(), member),
        settings: shown,
    };
    match format {
        Format::Json => print_json(&explained)?,
        Format::Text => output::print(|out| text(out, &explained, common.stdout().width))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Why it is this standard.
fn why(standards: &Standards, account: Option<&str>, member: Option<&Member>) -> String {
    match (account, member) {
        (Some(_), Some(member)) => {
            let Member { pattern, origin } = member;
            format!("{pattern} is named first ({}:{})", origin.file, origin.line)
        }
        (Some(_), None) if standards.named.is_empty() => "there are no named standards".to_owned(),
        (Some(_), None) => "no named standard names the account".to_owned(),
        (None, _) => "no account was asked for".to_owned(),
    }
}

fn text(out: &mut dyn Write, explained: &Explained<'_>, width: Option<usize>) -> io::Result<()> {
    let whose = explained
        .account
        .map_or_else(String::new, |account| format!("{} gets ", output::clean(account)));
    writeln!(out, "{whose}{}: {}\n", explained.standard, explained.why)?;
    let column = |head, may_be_cut| table::Column { head, may_be_cut };
    let columns = [column("KEY", false), column("VALUE", true), column("FROM", false)];
    let rows: Vec<Vec<String>> = explained
        .settings
        .iter()
        .map(|setting| {
            let from = match &setting.origin {
                Some(origin) => format!("{}:{}", origin.file, origin.line),
                None => "default".to_owned(),
            };
            vec![setting.key.clone(), output::clean(&setting.value), from]
        })
        .collect();
    table::write(out, &columns, &rows, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::WrittenText;

    #[test]
    fn the_reason_names_file_and_line() {
        let text = "act_below = 40\n[[standard]]\nname = \"sales\"\naccounts = [\"@norvane.example\"]\n";
        let none = |_: &str, _: &str| Err("none".to_owned());
        let standards = Standards::parse(WrittenText { file: "s.toml", text }, None, none).unwrap();
        let told = |account: &str| {
            let (at, member) = standards.choose(account);
            let entry = standards.all().nth(at).unwrap();
            let settings = entry.settings.iter().filter(|setting| setting.key == "act_below");
            let explained = Explained {
                standard: &entry.standard.name,
                account: Some(account),
                why: why(&standards, Some(account), member),
                settings: settings.collect(),
            };
            let mut out = Vec::new();
            super::text(&mut out, &explained, None).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            told("ana@norvane.example"),
            "ana@norvane.example gets sales: *@norvane.example is named first (s.toml:4)\n\n\
             KEY        VALUE  FROM\nact_below  40     s.toml:1\n"
        );
        assert!(
            told("eve@else.example").starts_with("eve@else.example gets default: no named standard names the account")
        );
    }
}
