//! The form of a standard's file: every key may be missing, unknown ones are faults, each value knows its place.

use super::{Act, Mode, OnError, Then, Who};
use crate::reading::HistoryUnknown;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// One layer of keys: the admin's default, a named standard, or a rep's own file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Form {
    /// Only of a named standard.
    pub(super) name: Option<Spanned<String>>,
    pub(super) accounts: Option<Spanned<Texts>>,
    pub(super) accounts_file: Option<Spanned<String>>,
    /// Only of the admin's file, at its top.
    pub(super) standard: Vec<Spanned<Form>>,
    /// Not of a rep's file.
    pub(super) locked: Option<Spanned<Texts>>,

    pub(super) annotate_below: Option<Spanned<i32>>,
    pub(super) act_below: Option<Spanned<i32>>,
    pub(super) act: Option<Spanned<Act>>,
    pub(super) mode: Option<Spanned<Mode>>,
    pub(super) modes: BTreeMap<Spanned<String>, Spanned<Mode>>,
    pub(super) history_unknown: Option<Spanned<HistoryUnknown>>,
    pub(super) on_error: Option<Spanned<OnError>>,
    pub(super) overlays: Option<Spanned<Texts>>,
    pub(super) facts_file: Option<Spanned<String>>,
    pub(super) silences_file: Option<Spanned<String>>,
    /// Not of a rep's file: nobody appoints themselves.
    pub(super) approvers: Option<Spanned<Texts>>,
    pub(super) consent: ConsentForm,
    pub(super) release: ReleaseForm,
    pub(super) hold: HoldForm,
    pub(super) scope: ScopeForm,
    pub(super) gate: GateForm,
    pub(super) drafts: DraftsForm,
    pub(super) elsewhere: ElsewhereForm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConsentForm {
    pub(super) allowed: Option<Spanned<bool>>,
    pub(super) by: Option<Spanned<Who>>,
    pub(super) reason_required: Option<Spanned<bool>>,
    pub(super) valid_for_hours: Option<Spanned<i32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReleaseForm {
    pub(super) by: Option<Spanned<Who>>,
    pub(super) reason_required: Option<Spanned<bool>>,
    pub(super) retry_for_hours: Option<Spanned<i32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HoldForm {
    pub(super) expires_after_hours: Option<Spanned<i32>>,
    pub(super) then: Option<Spanned<Then>>,
    pub(super) expires: ExpiresForm,
}

/// By the names of reasons for a hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct ExpiresForm {
    pub(super) not_read: Option<Spanned<i32>>,
    pub(super) score_below_act: Option<Spanned<i32>>,
    pub(super) unfilled: Option<Spanned<i32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ScopeForm {
    pub(super) internal_domains: Option<Spanned<Texts>>,
    pub(super) exempt_recipients: Option<Spanned<Texts>>,
    pub(super) exempt_accounts: Option<Spanned<Texts>>,
    pub(super) customers_file: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GateForm {
    pub(super) prospecting_from: Option<Spanned<i32>>,
    pub(super) unsure_from: Option<Spanned<i32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DraftsForm {
    pub(super) review: Option<Spanned<bool>>,
    pub(super) notify: Option<Spanned<bool>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ElsewhereForm {
    pub(super) notes: Option<Spanned<bool>>,
}

/// A key: its dotted name, and where its value is in a layer.
pub(super) struct Key<T: 'static> {
    pub(super) name: &'static str,
    pub(super) get: fn(&Form) -> Option<&Spanned<T>>,
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Key<T> {
        *self
    }
}

impl<T> Copy for Key<T> {}

/// A list of texts, each with its place.
pub(super) type Texts = Vec<Spanned<String>>;

/// The key of that name, such as `key!(consent.by)`. Keys with hyphens are written out.
macro_rules! key {
    ($first:ident $(. $rest:ident)*) => {
        $crate::standard::form::Key {
            name: concat!(stringify!($first) $(, ".", stringify!($rest))*),
            get: |form| form.$first $(. $rest)*.as_ref(),
        }
    };
}
pub(super) use key;

/// Every key that a layer may set, as it is locked and explained. `modes` stands for all of its entries.
pub(super) const KEYS: [&str; 32] = [
    "annotate_below",
    "act_below",
    "act",
    "mode",
    "modes",
    "history_unknown",
    "on_error",
    "overlays",
    "facts_file",
    "silences_file",
    "approvers",
    "consent.allowed",
    "consent.by",
    "consent.reason_required",
    "consent.valid_for_hours",
    "release.by",
    "release.reason_required",
    "release.retry_for_hours",
    "hold.expires_after_hours",
    "hold.then",
    "hold.expires.not-read",
    "hold.expires.score-below-act",
    "hold.expires.unfilled",
    "scope.internal_domains",
    "scope.exempt_recipients",
    "scope.exempt_accounts",
    "scope.customers_file",
    "gate.prospecting_from",
    "gate.unsure_from",
    "drafts.review",
    "drafts.notify",
    "elsewhere.notes",
];

impl Form {
    pub(super) fn mode_of<'a>(form: &'a Form, name: &str) -> Option<&'a Spanned<Mode>> {
        let entry = form.modes.iter().find(|(key, _)| key.get_ref() == name);
        entry.map(|(_, mode)| mode)
    }
}
