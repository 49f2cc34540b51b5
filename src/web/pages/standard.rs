//! *Standard*: what is in force for whom, each rule with its examples, and a box to try a text.

mod attempt;

pub(in crate::web) use attempt::{attempt, tried};

use super::{Chrome, Page, html};
use crate::annotate::words;
use crate::reader::{Policies, Policy};
use crate::reading::{CategoryInfo, RuleInfo};
use crate::standard::{Entry, Mode};
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::session::Session;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "standard.html")]
struct StandardPage {
    chrome: Chrome,
    standards: Vec<StandardLink>,
    name: String,
    accounts: Vec<String>,
    /// In a sentence: what happens below which score.
    gist: String,
    settings: Vec<SettingRow>,
    categories: Vec<CategoryRow>,
    warnings: Vec<String>,
}

/// A standard to choose.
struct StandardLink {
    name: String,
    here: bool,
}

struct SettingRow {
    key: String,
    value: String,
    from: String,
}

struct CategoryRow {
    name: String,
    title: &'static str,
    explain: String,
    cap: i32,
    mode: String,
    rules: usize,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    chrome: Chrome,
    standard: String,
    title: &'static str,
    explain: String,
    ask: String,
    source: String,
    cap: i32,
    fires: Vec<String>,
    silent: Vec<String>,
    rules: Vec<RuleRow>,
    /// Rules that an overlay took out, and by which.
    disabled: Vec<(String, String)>,
}

struct RuleRow {
    id: String,
    level: &'static str,
    mode: String,
    why: String,
    ask: String,
    from: String,
    fires: Vec<String>,
    silent: Vec<String>,
    changes: Vec<String>,
}

/// Which standard is shown.
#[derive(Deserialize)]
pub(in crate::web) struct Of {
    standard: Option<String>,
}

/// The standard in force.
pub(in crate::web) async fn page(
    State(app): State<Arc<App>>,
    Extension(session): Extension<Session>,
    Query(of): Query<Of>,
) -> Page {
    let policies = app.parts.policies.current();
    let (entry, policy) = chosen(&policies, of.standard.as_deref())?;
    let standards = policies.standards();
    let links = standards.all().map(|one| StandardLink {
        name: one.standard.name.clone(),
        here: one.standard.name == entry.standard.name,
    });
    let settings = entry.settings.iter().map(|setting| SettingRow {
        key: setting.key.clone(),
        value: words::line(&setting.value),
        from: setting.origin.as_ref().map_or_else(
            || "default".to_owned(),
            |origin| format!("{}:{}", file_name(&origin.file), origin.line),
        ),
    });
    Ok(html(&StandardPage {
        chrome: Chrome::new(&app, &session, "standard"),
        standards: links.collect(),
        name: entry.standard.name.clone(),
        accounts: entry.accounts.iter().map(|member| member.pattern.to_string()).collect(),
        gist: gist(entry),
        settings: settings.collect(),
        categories: policy
            .packs
            .categories()
            .iter()
            .map(|info| category_row(info, &policy))
            .collect(),
        warnings: standards
            .warnings
            .iter()
            .map(|warning| words::line(&warning.to_string()))
            .collect(),
    }))
}

/// The rules of one category, with their examples.
pub(in crate::web) async fn rules(
    State(app): State<Arc<App>>,
    Extension(session): Extension<Session>,
    Path(category): Path<String>,
    Query(of): Query<Of>,
) -> Page {
    let policies = app.parts.policies.current();
    let (entry, policy) = chosen(&policies, of.standard.as_deref())?;
    let info = policy.packs.categories().iter().find(|info| info.name() == category);
    let info = info.ok_or_else(PageError::no_page)?;
    let within = format!("{category}/");
    let rules = policy.packs.rules().filter(|rule| rule.id.starts_with(&within));
    let disabled = policy
        .packs
        .disabled()
        .iter()
        .filter(|rule| rule.id.starts_with(&within));
    Ok(html(&RulesPage {
        chrome: Chrome::new(&app, &session, "standard"),
        standard: entry.standard.name.clone(),
        title: words::category(info.category),
        explain: words::line(&info.explain),
        ask: words::line(&info.ask),
        source: words::line(&info.source),
        cap: info.cap,
        fires: info.fires.clone(),
        silent: info.silent.clone(),
        rules: rules.map(|rule| rule_row(&rule, &policy)).collect(),
        disabled: disabled
            .map(|rule| {
                let change = &rule.change;
                (
                    rule.id.clone(),
                    format!("{} ({}:{})", change.what, file_name(&change.file), change.line),
                )
            })
            .collect(),
    }))
}

/// A standard by its name, the default without one, and the policy made from it.
fn chosen<'a>(policies: &'a Policies, name: Option<&str>) -> Result<(&'a Entry, Arc<Policy>), PageError> {
    let mut all = policies.standards().all().zip(policies.all());
    let found = all.find(|(entry, _)| name.is_none_or(|name| entry.standard.name == name));
    found
        .map(|(entry, policy)| (entry, policy.clone()))
        .ok_or_else(|| PageError::gone("No standard has this name now."))
}

/// What happens below which score.
fn gist(entry: &Entry) -> String {
    let standard = &entry.standard;
    let act = standard.act.to_string();
    let acts = if act.contains("hold") { "is held" } else { "is returned" };
    match standard.mode {
        Mode::Observe => "Every mail passes; what was found is only recorded.".to_owned(),
        Mode::Coach => format!(
            "Every mail passes; a prospecting mail with a score below {} comes with notes for its author.",
            standard.annotate_below.max(standard.act_below)
        ),
        Mode::Enforce => format!(
            "A prospecting mail with a score below {} {acts}, if what was found in it bears that; below {} it goes, with \
             notes for its author.",
            standard.act_below, standard.annotate_below
        ),
    }
}

fn category_row(info: &CategoryInfo, policy: &Policy) -> CategoryRow {
    let name = info.name();
    let within = format!("{name}/");
    CategoryRow {
        title: words::category(info.category),
        explain: words::line(&info.explain),
        cap: info.cap,
        mode: mode(policy, &name),
        rules: policy.packs.rules().filter(|rule| rule.id.starts_with(&within)).count(),
        name,
    }
}

fn rule_row(rule: &RuleInfo<'_>, policy: &Policy) -> RuleRow {
    let changes = rule.changes.iter();
    RuleRow {
        id: rule.id.to_owned(),
        level: rule.level.name(),
        mode: mode(policy, rule.id),
        why: words::line(rule.explain),
        ask: words::line(rule.ask),
        from: format!("{}:{}", file_name(rule.file), rule.line),
        fires: rule.fires.to_vec(),
        silent: rule.silent.to_vec(),
        changes: changes
            .map(|change| format!("{} ({}:{})", change.what, file_name(&change.file), change.line))
            .collect(),
    }
}

/// How far a rule or category goes under this standard.
fn mode(policy: &Policy, rule: &str) -> String {
    let mode = policy.standard.modes.of(rule).min(policy.standard.mode);
    mode.to_string().trim_matches('"').to_owned()
}

/// The file's own name; whoever needs the path asks `youward standard explain`.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
