//! Whom a standard is for, and whom it spares: lists of accounts, customers and recipients, in files of their own or not.

use super::accounts::AccountPattern;
use super::form::key;
use super::layers::{Layer, Layers, Open};
use super::{Entry, Member, Origin};
use crate::toml_file::Fault;
use toml::Spanned;

/// The customers of the file that a layer names.
pub(super) fn customers(keys: &mut Layers<'_>, open: &mut impl Open) -> Vec<String> {
    let Some(list) = keys.text(key!(scope.customers_file), open) else {
        return Vec::new();
    };
    let mut customers = Vec::new();
    for (line, column, entry) in entries(&list.text) {
        match recipient(entry) {
            Ok(customer) => customers.push(customer),
            Err((message, expected)) => keys.faults.push(Fault {
                file: list.file.clone(),
                line,
                column,
                field: String::new(),
                message,
                expected: expected.to_owned(),
            }),
        }
    }
    customers
}

/// The accounts of a named standard, in the order of its keys.
pub(super) fn accounts(
    layer: &Layer<'_>,
    place: &std::ops::Range<usize>,
    open: &mut impl Open,
    faults: &mut Vec<Fault>,
) -> Vec<Member> {
    const EXPECTED: &str = "an account such as \"ana@norvane.example\" or \"*@sales.norvane.example\"";
    let mut members = Vec::new();
    for written in layer.form.accounts.iter().flat_map(Spanned::get_ref) {
        let origin = layer.origin(&written.span());
        match AccountPattern::parse(written.get_ref()) {
            Ok(pattern) => members.push(Member { pattern, origin }),
            Err(message) => faults.push(layer.fault(&written.span(), "standard.accounts", &message, EXPECTED)),
        }
    }
    if let Some(written) = &layer.form.accounts_file {
        match open(layer.file, written.get_ref()) {
            Err(why) => {
                let message = format!("can't read {:?}: {why}", written.get_ref());
                let expected = "a file with an account a line";
                faults.push(layer.fault(&written.span(), "standard.accounts_file", &message, expected));
            }
            Ok((file, text)) => {
                for (line, column, entry) in entries(&text) {
                    let file = file.clone();
                    match AccountPattern::parse(entry) {
                        Ok(pattern) => members.push(Member {
                            pattern,
                            origin: Origin { file, line, column },
                        }),
                        Err(message) => faults.push(Fault {
                            file,
                            line,
                            column,
                            field: String::new(),
                            message,
                            expected: EXPECTED.to_owned(),
                        }),
                    }
                }
            }
        }
    }
    let named = layer.form.accounts.is_some() || layer.form.accounts_file.is_some();
    if members.is_empty() && faults.is_empty() {
        let message = if named { "it names no account" } else { "it is missing" };
        faults.push(layer.fault(place, "standard.accounts", message, EXPECTED));
    }
    members
}

/// A standard whose accounts are all taken by those before it is a fault; single ones are worth a warning.
pub(super) fn reach(named: &[Entry], faults: &mut Vec<Fault>) -> Vec<Fault> {
    let mut warnings = Vec::new();
    for (at, entry) in named.iter().enumerate() {
        let before = named.get(..at).unwrap_or_default();
        let taken = |member: &Member| {
            before.iter().find_map(|entry| {
                let by = entry
                    .accounts
                    .iter()
                    .find(|other| other.pattern.covers(&member.pattern))?;
                Some((entry, by))
            })
        };
        let fault = |origin: &Origin, message: String, expected: &str| Fault {
            file: origin.file.clone(),
            line: origin.line,
            column: origin.column,
            field: "standard.accounts".to_owned(),
            message,
            expected: expected.to_owned(),
        };
        if let Some(origin) = &entry.origin
            && !entry.accounts.is_empty()
            && entry.accounts.iter().all(|member| taken(member).is_some())
        {
            let by = entry
                .accounts
                .first()
                .and_then(taken)
                .map(|(by, _)| by.standard.name.clone());
            let message = format!(
                "{:?} can never count: its accounts are all taken by {:?}, which comes first",
                entry.standard.name,
                by.unwrap_or_default()
            );
            faults.push(fault(origin, message, "the narrower standard first"));
            continue;
        }
        for member in &entry.accounts {
            let meets = || {
                before.iter().find_map(|entry| {
                    let by = entry
                        .accounts
                        .iter()
                        .find(|other| other.pattern.overlaps(&member.pattern))?;
                    Some((entry, by))
                })
            };
            if let Some((by, other)) = taken(member) {
                let message = format!(
                    "{} gets {:?}, which comes first ({})",
                    member.pattern, by.standard.name, other.pattern
                );
                warnings.push(fault(&member.origin, message, ""));
            } else if let Some((by, other)) = meets() {
                let message = format!(
                    "accounts of {} that {} takes too get {:?}, which comes first",
                    member.pattern, other.pattern, by.standard.name
                );
                warnings.push(fault(&member.origin, message, ""));
            }
        }
    }
    warnings
}

/// The entries of a list file with line and column: one a line, `#` begins a comment.
fn entries(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    text.lines().enumerate().filter_map(|(at, line)| {
        let line = line.trim_start_matches('\u{feff}');
        let entry = line.split('#').next().unwrap_or_default();
        let column = entry.len() - entry.trim_start().len() + 1;
        let entry = entry.trim();
        (!entry.is_empty()).then_some((at + 1, column, entry))
    })
}

/// A domain, in lower case; or what is wrong, and what was expected.
pub(super) fn domain(written: &str) -> Result<String, (String, &'static str)> {
    let domain = written.trim_start_matches('@').to_lowercase();
    if is_domain(&domain) {
        return Ok(domain);
    }
    Err((format!("{written:?} is no domain"), "a domain such as \"acme.example\""))
}

/// An address or `@domain`, in lower case; or what is wrong, and what was expected.
pub(super) fn recipient(written: &str) -> Result<String, (String, &'static str)> {
    let entry = written.to_lowercase();
    let fine = match entry.split_once('@') {
        Some(("", domain)) => is_domain(domain),
        Some(_) => crate::mail::Address::parse(&entry).is_some(),
        None => false,
    };
    if fine {
        return Ok(entry);
    }
    let expected = "\"name@acme.example\" or \"@acme.example\"";
    Err((format!("{written:?} is neither an address nor a domain"), expected))
}

/// A user name of the operating system, as it is; or what is wrong, and what was expected.
pub(super) fn user(written: &str) -> Result<String, (String, &'static str)> {
    let fine = |c: char| c.is_alphanumeric() || ".-_@\\".contains(c);
    if (1..=64).contains(&written.chars().count()) && written.chars().all(fine) {
        return Ok(written.to_owned());
    }
    let expected = "1 to 64 letters, digits or characters of . _ - @ \\, such as \"mia\"";
    Err((format!("{written:?} is no user name"), expected))
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').count() >= 2
        && domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
        })
}
