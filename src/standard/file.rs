//! The form of a standard's file, its defaults, and what its types alone can't refuse.

use super::{Act, Mode, OnError, Standard};
use crate::reading::{GateSettings, HistoryUnknown};
use crate::toml_file::{self, Fault};
use serde::Deserialize;
use std::ops::RangeInclusive;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    annotate_below: Option<Spanned<i32>>,
    act_below: Option<Spanned<i32>>,
    act: Option<Act>,
    mode: Option<Mode>,
    history_unknown: Option<HistoryUnknown>,
    on_error: Option<OnError>,
    consent: ConsentFile,
    scope: ScopeFile,
    gate: GateFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConsentFile {
    allowed: Option<bool>,
    reason_required: Option<bool>,
    valid_for_hours: Option<Spanned<u32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScopeFile {
    internal_domains: Vec<Spanned<String>>,
    exempt_recipients: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct GateFile {
    prospecting_from: Option<Spanned<i32>>,
    unsure_from: Option<Spanned<i32>>,
}

/// Reads a standard; keys that are missing have the defaults that `config/standard.toml` shows.
pub(super) fn parse(file: &str, text: &str) -> Result<Standard, Fault> {
    let form: File = toml_file::parse(file, text)?;
    let check = Checker { file, text };
    let annotate_below = check.number(form.annotate_below.as_ref(), 75, 0..=100, "annotate_below")?;
    let act_below = check.number(
        form.act_below.as_ref(),
        50.min(annotate_below),
        0..=annotate_below,
        "act_below",
    )?;
    let prospecting_from = check.number(form.gate.prospecting_from.as_ref(), 5, 1..=20, "gate.prospecting_from")?;
    let unsure_from = check.number(
        form.gate.unsure_from.as_ref(),
        3.min(prospecting_from),
        1..=prospecting_from,
        "gate.unsure_from",
    )?;
    let valid_for_hours = match &form.consent.valid_for_hours {
        None => 24,
        Some(hours) if (1..=24 * 30).contains(hours.get_ref()) => *hours.get_ref(),
        Some(hours) => {
            return Err(check.fault(hours, "consent.valid_for_hours", "out of range", "1 to 720 hours"));
        }
    };
    let internal_domains = form
        .scope
        .internal_domains
        .iter()
        .map(|domain| check.domain(domain))
        .collect::<Result<_, _>>()?;
    let exempt_recipients = form
        .scope
        .exempt_recipients
        .iter()
        .map(|entry| check.exempt(entry))
        .collect::<Result<_, _>>()?;
    Ok(Standard {
        annotate_below,
        act_below,
        act: form.act.unwrap_or(Act::Return),
        mode: form.mode.unwrap_or(Mode::Enforce),
        on_error: form.on_error.unwrap_or(OnError::Pass),
        consent_allowed: form.consent.allowed.unwrap_or(true),
        reason_required: form.consent.reason_required.unwrap_or(true),
        valid_for_hours,
        gate: GateSettings {
            prospecting_from,
            unsure_from,
            history_unknown: form.history_unknown.unwrap_or(HistoryUnknown::FirstTouch),
            internal_domains,
            exempt_recipients,
        },
    })
}

struct Checker<'a> {
    file: &'a str,
    text: &'a str,
}

impl Checker<'_> {
    fn number(
        &self,
        value: Option<&Spanned<i32>>,
        default: i32,
        range: RangeInclusive<i32>,
        field: &str,
    ) -> Result<i32, Fault> {
        match value {
            None => Ok(default),
            Some(value) if range.contains(value.get_ref()) => Ok(*value.get_ref()),
            Some(value) => {
                let expected = format!("{} to {}", range.start(), range.end());
                Err(self.fault(value, field, &format!("{} is out of range", value.get_ref()), &expected))
            }
        }
    }

    fn domain(&self, value: &Spanned<String>) -> Result<String, Fault> {
        let domain = value.get_ref().trim_start_matches('@').to_lowercase();
        if is_domain(&domain) {
            return Ok(domain);
        }
        let message = format!("{:?} is no domain", value.get_ref());
        Err(self.fault(
            value,
            "scope.internal_domains",
            &message,
            "a domain such as \"acme.example\"",
        ))
    }

    fn exempt(&self, value: &Spanned<String>) -> Result<String, Fault> {
        let entry = value.get_ref().to_lowercase();
        let fine = match entry.split_once('@') {
            Some(("", domain)) => is_domain(domain),
            Some(_) => crate::mail::Address::parse(&entry).is_some(),
            None => false,
        };
        if fine {
            return Ok(entry);
        }
        let message = format!("{:?} is neither an address nor a domain", value.get_ref());
        let expected = "\"name@acme.example\" or \"@acme.example\"";
        Err(self.fault(value, "scope.exempt_recipients", &message, expected))
    }

    fn fault<T>(&self, value: &Spanned<T>, field: &str, message: &str, expected: &str) -> Fault {
        Fault::at(self.file, self.text, &value.span(), field, message, expected)
    }
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').count() >= 2
        && domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
        })
}
