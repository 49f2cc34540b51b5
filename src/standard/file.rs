//! From a standard's layers to standards: every fault with its place, nothing half-applied.

use super::decisions::{Decisions, decisions};
use super::form::{Form, Key, key};
use super::layers::{Layer, Layers, Open};
use super::members::{accounts, customers, domain, reach, recipient};
use super::modes::Modes;
use super::shape::{locks, shape};
use super::{Act, DraftReviews, Entry, Mode, OnError, Standard, Standards, WrittenText};
use crate::reading::{Category, GateSettings, HistoryUnknown};
use crate::toml_file::{self, Fault};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Reads the admin's file, and a rep's on top of each of its standards. `open` gives a file that is named, by the file
/// that names it and the name as written, as its path to show and its text.
pub(super) fn parse(
    main: WrittenText<'_>,
    rep: Option<WrittenText<'_>>,
    mut open: impl Open,
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
    let mut warnings = Vec::new();
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
            warnings: Vec::new(),
        };
        let name = named.and_then(|named| Some(named.form.name.as_ref()?.get_ref().clone()));
        let standard = standard(&mut layers, name.unwrap_or_else(|| "default".to_owned()), &mut open);
        faults.append(&mut layers.faults);
        warnings.append(&mut layers.warnings);
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
    warnings.extend(reach(&named, &mut faults));
    once_each(&mut faults);
    once_each(&mut warnings);
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

/// What is wrong with the default's keys is found again with every standard that inherits them.
fn once_each(faults: &mut Vec<Fault>) {
    let mut seen = Vec::new();
    faults.retain(|fault| {
        let new = !seen.contains(fault);
        seen.push(fault.clone());
        new
    });
}

fn layer<'a>(form: &'a Form, of: WrittenText<'a>, rep: bool) -> Layer<'a> {
    Layer {
        file: of.file,
        text: of.text,
        form,
        rep,
    }
}

fn standard(keys: &mut Layers<'_>, name: String, open: &mut impl Open) -> Standard {
    let (annotate_below, act_below) = thresholds(keys, (key!(annotate_below), 75, 0..=100), (key!(act_below), 50, 0));
    let act = keys.value(key!(act), Act::Return);
    let mode = keys.value(key!(mode), Mode::Enforce);
    let modes = modes(keys);
    let key = key!(history_unknown);
    let history_unknown = keys.value_shown(key.name, key.get, HistoryUnknown::FirstTouch, |history| {
        match history {
            HistoryUnknown::FirstTouch => "\"first_touch\"",
            HistoryUnknown::Unsure => "\"unsure\"",
        }
        .to_owned()
    });
    let on_error = keys.value(key!(on_error), OnError::Pass);
    let overlays = keys.texts(key!(overlays), open);
    let facts = keys.text(key!(facts_file), open);
    let silences = keys.text(key!(silences_file), open);
    let Decisions {
        approvers,
        consent,
        release,
        hold_expiry,
    } = decisions(keys);
    let internal_domains = keys.list(key!(scope.internal_domains), domain);
    let exempt_recipients = keys.list(key!(scope.exempt_recipients), recipient);
    let exempt_accounts = keys.list(key!(scope.exempt_accounts), recipient);
    let customers = customers(keys, open);
    let (prospecting_from, unsure_from) = thresholds(
        keys,
        (key!(gate.prospecting_from), 5, 1..=20),
        (key!(gate.unsure_from), 3, 1),
    );
    let drafts = DraftReviews {
        review: keys.value(key!(drafts.review), true),
        notify: keys.value(key!(drafts.notify), false),
    };
    let notes_on_elsewhere = keys.value(key!(elsewhere.notes), false);
    Standard {
        name,
        annotate_below,
        act_below,
        act,
        mode,
        modes,
        on_error,
        approvers,
        consent,
        release,
        hold_expiry,
        overlays,
        facts,
        silences,
        drafts,
        notes_on_elsewhere,
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
fn thresholds(
    keys: &mut Layers<'_>,
    (upper_key, upper_default, range): (Key<i32>, i32, RangeInclusive<i32>),
    (lower_key, lower_default, least): (Key<i32>, i32, i32),
) -> (i32, i32) {
    let upper = keys.number(upper_key, upper_default, range.clone(), "");
    let position = |key: Key<i32>| keys.layers.iter().position(|layer| (key.get)(layer.form).is_some());
    let (at_upper, at_lower) = (position(upper_key), position(lower_key));
    let specific = matches!((at_upper, at_lower), (Some(upper), Some(lower)) if upper < lower);
    let most = if specific {
        *range.end()
    } else {
        upper.min(*range.end())
    };
    let lower = keys.number(lower_key, lower_default.min(upper), least..=most.max(least), "");
    if let (true, Some(layer)) = (specific && lower > upper, at_upper.and_then(|at| keys.layers.get(at)))
        && let Some(written) = (upper_key.get)(layer.form)
    {
        let message = format!("{upper} is below {}", lower_key.name);
        let expected = format!("at least {lower}, or a lower {}", lower_key.name);
        let fault = layer.fault(&written.span(), upper_key.name, &message, &expected);
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
        let mode = keys.value_shown(&key, |form| Form::mode_of(form, &name), Mode::Enforce, Mode::to_string);
        modes.insert(name, mode);
    }
    Modes::new(modes)
}
