//! What may stand where: which keys belong to named standards, to the admin's file or to a personal one, and which keys
//! there are to lock. Values are looked at elsewhere.

use super::form::KEYS;
use super::layers::{Layer, Lock};
use crate::toml_file::Fault;
use std::collections::HashMap;
use toml::Spanned;

/// Keys that belong elsewhere, and names.
pub(super) fn shape(below: &Layer<'_>, above: Option<&Layer<'_>>, faults: &mut Vec<Fault>) {
    let in_named = "it inside a [[standard]], which is for a group of accounts";
    for layer in above.into_iter().chain([below]) {
        let form = layer.form;
        let mut misplaced = |place: Option<std::ops::Range<usize>>, key: &str, message: &str, expected: &str| {
            if let Some(span) = place {
                faults.push(layer.fault(&span, key, message, expected));
            }
        };
        let names = "only a named standard has it";
        misplaced(form.name.as_ref().map(Spanned::span), "name", names, in_named);
        misplaced(form.accounts.as_ref().map(Spanned::span), "accounts", names, in_named);
        misplaced(
            form.accounts_file.as_ref().map(Spanned::span),
            "accounts_file",
            names,
            in_named,
        );
        if layer.rep {
            let (message, expected) = ("only the admin's file may have it", "no such key in a personal file");
            let first = form.standard.first().map(Spanned::span);
            misplaced(first, "standard", message, expected);
            misplaced(form.locked.as_ref().map(Spanned::span), "locked", message, expected);
            let named = form.approvers.as_ref().map(Spanned::span);
            misplaced(named, "approvers", message, expected);
        }
    }
    let mut taken: HashMap<&str, usize> = HashMap::new();
    for named in &below.form.standard {
        let form = named.get_ref();
        if let Some(inner) = form.standard.first() {
            let message = "standards don't nest";
            faults.push(below.fault(
                &inner.span(),
                "standard.standard",
                message,
                "all [[standard]] at the top",
            ));
        }
        let Some(name) = &form.name else {
            faults.push(below.fault(
                &named.span(),
                "standard.name",
                "it is missing",
                "a name such as \"sales\"",
            ));
            continue;
        };
        let written = name.get_ref().as_str();
        let fine = !written.is_empty() && written.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !fine || written == "default" {
            let expected = "letters, digits and hyphens, and not \"default\"";
            faults.push(below.fault(
                &name.span(),
                "standard.name",
                &format!("{written:?} is no name"),
                expected,
            ));
        }
        let line = below.origin(&name.span()).line;
        if let Some(first) = taken.insert(written, line) {
            let message = format!("{written:?} is taken by the standard in line {first}");
            faults.push(below.fault(&name.span(), "standard.name", &message, "a name of its own"));
        }
    }
}

/// The keys that an admin locks against a personal file.
pub(super) fn locks(layer: &Layer<'_>, faults: &mut Vec<Fault>) -> Vec<Lock> {
    let mut locks = Vec::new();
    for key in layer.form.locked.iter().flat_map(Spanned::get_ref) {
        let written = key.get_ref().as_str();
        let table = |known: &&str| known.strip_prefix(written).is_some_and(|rest| rest.starts_with('.'));
        let of_modes = written.strip_prefix("modes.").is_some_and(|rest| !rest.is_empty());
        if written == "*" || of_modes || KEYS.contains(&written) || KEYS.iter().any(table) {
            locks.push(Lock {
                key: written.to_owned(),
                origin: layer.origin(&key.span()),
            });
        } else {
            let near = crate::reading::nearest(written, KEYS.into_iter());
            let expected = match near.first() {
                Some(near) => format!("a key, perhaps `{near}`, or \"*\" for all"),
                None => "a key such as `act_below`, a table such as `consent`, or \"*\" for all".to_owned(),
            };
            faults.push(layer.fault(
                &key.span(),
                "locked",
                &format!("there is no key `{written}`"),
                &expected,
            ));
        }
    }
    locks
}
