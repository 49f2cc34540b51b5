//! From a standard's layers to standards: every fault with its place, nothing half-applied.

use super::form::Form;
use super::layers::{Layer, Layers};
use super::members::{accounts, customers, domain, reach, recipient};
use super::modes::Modes;
use super::shape::{locks, shape};
use super::{Act, Entry, HoldExpiry, Mode, OnError, Release, Standard, Standards, Then, Who, WrittenText};
use crate::reading::{Category, GateSettings, HistoryUnknown};
use crate::toml_file::{self, Fault};
use std::collections::BTreeMap;
use toml::Spanned;

/// Reads the admin's file, and a rep's on top of each of its standards. `open` gives a file that is named, by the file
/// that names it and the name as written, as its path to show and its text.
pub(super) fn parse(
    main: WrittenText<'_>,
    rep: Option<WrittenText<'_>>,
    mut open: impl FnMut(&str, &str) -> Result<(String, String), String>,
) -> Result<Standards, Vec<Fault>> {
    let top: Form = toml_file::parse(main.file, main.text).map_err(|fault| vec![fault])?;
    let own: Option<Form> = match rep {
        Some(rep) => Some(toml_file::parse(rep.file, rep.text).map_err(|fault| vec![fault])?),
        None => None,
    };
    let below = layer(&top, main, false);
    let above = match (&own, rep) {
        (Some(form), Some(written)) => Some(layer(form, written, true)),
        _ => None,
    };
    let mut faults = Vec::new();
    shape(&below, above.as_ref(), &mut faults);
    let default_locks = locks(&below, &mut faults);
    let mut resolve = |named: Option<Layer<'_>>, faults: &mut Vec<Fault>| {
        let mut locks_here = default_locks.clone();
        if let Some(named) = &named {
            locks_here.extend(locks(named, faults));
        }
        let layers = [above, named, Some(below)].into_iter().flatten().collect();
        let mut layers = Layers {
            layers,
            locks: locks_here,
            settings: Vec::new(),
            faults: Vec::new(),
        };
        let name = named.and_then(|named| Some(named.form.name.as_ref()?.get_ref().clone()));
        let standard = standard(&mut layers, name.unwrap_or_else(|| "default".to_owned()), &mut open);
        faults.append(&mut layers.faults);
        (standard, layers.settings)
    };
    let (standard, settings) = resolve(None, &mut faults);
    let default = Entry {
        standard,
        settings,
        accounts: Vec::new(),
        origin: None,
    };
    let mut named = Vec::new();
    for form in &top.standard {
        let layer = layer(form.get_ref(), main, false);
        let (standard, settings) = resolve(Some(layer), &mut faults);
        named.push(Entry {
            standard,
            settings,
            accounts: Vec::new(),
            origin: form.get_ref().name.as_ref().map(|name| layer.origin(&name.span())),
        });
    }
    for (form, entry) in top.standard.iter().zip(&mut named) {
        entry.accounts = accounts(
            &layer(form.get_ref(), main, false),
            &form.span(),
            &mut open,
            &mut faults,
        );
    }
    let warnings = reach(&named, &mut faults);
    // A fault in the default's keys is found again with every standard that inherits them.
    let mut seen = Vec::new();
    faults.retain(|fault| {
        let new = !seen.contains(fault);
        seen.push(fault.clone());
        new
    });
    if faults.is_empty() {
        Ok(Standards {
            default,
            named,
            warnings,
        })
    } else {
        faults.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
        Err(faults)
    }
}

fn layer<'a>(form: &'a Form, of: WrittenText<'a>, rep: bool) -> Layer<'a> {
    Layer {
        file: of.file,
        text: of.text,
        form,
        rep,
    }
}

fn standard(
    keys: &mut Layers<'_>,
    name: String,
    open: &mut impl FnMut(&str, &str) -> Result<(String, String), String>,
) -> Standard {
    let (annotate_below, act_below) = thresholds(
        keys,
        ("annotate_below", 75, 0..=100),
        ("act_below", 50, 0),
        |form| form.annotate_below.as_ref(),
        |form| form.act_below.as_ref(),
    );
    let act = keys.value("act", |form| form.act.as_ref(), Act::Return, Act::to_string);
    let mode = keys.value("mode", |form| form.mode.as_ref(), Mode::Enforce, Mode::to_string);
    let modes = modes(keys);
    let history_unknown = keys.value(
        "history_unknown",
        |form| form.history_unknown.as_ref(),
        HistoryUnknown::FirstTouch,
        |history| match history {
            HistoryUnknown::FirstTouch => "\"first_touch\"".to_owned(),
            HistoryUnknown::Unsure => "\"unsure\"".to_owned(),
        },
    );
    let on_error = keys.value(
        "on_error",
        |form| form.on_error.as_ref(),
        OnError::Pass,
        OnError::to_string,
    );
    let overlays = keys.texts("overlays", |form| form.overlays.as_ref(), open);
    let facts = keys.text("facts_file", |form| form.facts_file.as_ref(), open);
    let silences = keys.text("silences_file", |form| form.silences_file.as_ref(), open);

    let flag = bool::to_string;
    let allowed = keys.value("consent.allowed", |form| form.consent.allowed.as_ref(), true, flag);
    let consent_by = keys.value(
        "consent.by",
        |form| form.consent.by.as_ref(),
        Who::Author,
        Who::to_string,
    );
    let reason_required = keys.value(
        "consent.reason_required",
        |form| form.consent.reason_required.as_ref(),
        true,
        flag,
    );
    let valid_for_hours = keys.number(
        "consent.valid_for_hours",
        |form| form.consent.valid_for_hours.as_ref(),
        24,
        1..=24 * 30,
        " hours",
    );
    let release = Release {
        by: keys.value(
            "release.by",
            |form| form.release.by.as_ref(),
            Who::Author,
            Who::to_string,
        ),
        approvers: Vec::new(),
        retry_for_hours: 72,
        reason_required: keys.value(
            "release.reason_required",
            |form| form.release.reason_required.as_ref(),
            true,
            flag,
        ),
    };
    let hold_expiry = HoldExpiry {
        after_hours: unsigned(keys.number(
            "hold.expires_after_hours",
            |form| form.hold.expires_after_hours.as_ref(),
            0,
            0..=24 * 90,
            " hours, 0 for never",
        )),
        then: keys.value(
            "hold.then",
            |form| form.hold.then.as_ref(),
            Then::Return,
            Then::to_string,
        ),
    };

    let internal_domains = keys.list(
        "scope.internal_domains",
        |form| form.scope.internal_domains.as_ref(),
        domain,
    );
    let exempt_recipients = keys.list(
        "scope.exempt_recipients",
        |form| form.scope.exempt_recipients.as_ref(),
        recipient,
    );
    let exempt_accounts = keys.list(
        "scope.exempt_accounts",
        |form| form.scope.exempt_accounts.as_ref(),
        recipient,
    );
    let customers = customers(keys, open);
    let (prospecting_from, unsure_from) = thresholds(
        keys,
        ("gate.prospecting_from", 5, 1..=20),
        ("gate.unsure_from", 3, 1),
        |form| form.gate.prospecting_from.as_ref(),
        |form| form.gate.unsure_from.as_ref(),
    );
    Standard {
        name,
        annotate_below,
        act_below,
        act,
        mode,
        modes,
        on_error,
        consent_allowed: allowed && consent_by == Who::Author,
        consent_by: if allowed { consent_by } else { Who::Nobody },
        reason_required,
        valid_for_hours: unsigned(valid_for_hours),
        release,
        hold_expiry,
        overlays,
        facts,
        silences,
        gate: GateSettings {
            prospecting_from,
            unsure_from,
            history_unknown,
            internal_domains,
            exempt_recipients,
            customers,
            exempt_accounts,
        },
    }
}

/// A threshold, and another that may not be above it. The one of the more specific layer is at fault.
fn thresholds<'a>(
    keys: &mut Layers<'a>,
    (upper_key, upper_default, range): (&str, i32, std::ops::RangeInclusive<i32>),
    (lower_key, lower_default, least): (&str, i32, i32),
    get_upper: impl Fn(&'a Form) -> Option<&'a Spanned<i32>> + Copy,
    get_lower: impl Fn(&'a Form) -> Option<&'a Spanned<i32>> + Copy,
) -> (i32, i32) {
    let upper = keys.number(upper_key, get_upper, upper_default, range.clone(), "");
    let position = |get: &dyn Fn(&'a Form) -> Option<&'a Spanned<i32>>| {
        keys.layers.iter().position(|layer| get(layer.form).is_some())
    };
    let (at_upper, at_lower) = (position(&get_upper), position(&get_lower));
    let specific = matches!((at_upper, at_lower), (Some(upper), Some(lower)) if upper < lower);
    let most = if specific {
        *range.end()
    } else {
        upper.min(*range.end())
    };
    let lower = keys.number(
        lower_key,
        get_lower,
        lower_default.min(upper),
        least..=most.max(least),
        "",
    );
    if let (true, Some(layer)) = (specific && lower > upper, at_upper.and_then(|at| keys.layers.get(at)))
        && let Some(written) = get_upper(layer.form)
    {
        let message = format!("{upper} is below {lower_key}");
        let expected = format!("at least {lower}, or a lower {lower_key}");
        let fault = layer.fault(&written.span(), upper_key, &message, &expected);
        keys.faults.push(fault);
    }
    (upper, lower)
}

/// Modes of rules and categories; each entry is a key of its own, so that layers add to one another.
fn modes(keys: &mut Layers<'_>) -> Modes {
    let mut names: Vec<String> = Vec::new();
    for layer in &keys.layers {
        let written = layer.form.modes.keys();
        for name in written {
            let category = name.get_ref().split('/').next().unwrap_or_default();
            if !Category::is_name(category) {
                let near = crate::reading::nearest(category, Category::NAMES.into_iter());
                let expected = match near.first() {
                    Some(near) => format!("a category, perhaps {near:?}, or a rule of one"),
                    None => "a category such as \"hype\", or a rule such as \"want/would-like\"".to_owned(),
                };
                let message = format!("there is no category {category:?}");
                keys.faults
                    .push(layer.fault(&name.span(), "modes", &message, &expected));
            }
            if !names.contains(name.get_ref()) {
                names.push(name.get_ref().clone());
            }
        }
    }
    names.sort();
    let mut modes = BTreeMap::new();
    for name in names {
        let key = format!("modes.{name}");
        let mode = keys.value(&key, |form| Form::mode_of(form, &name), Mode::Enforce, Mode::to_string);
        modes.insert(name, mode);
    }
    Modes::new(modes)
}

fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
