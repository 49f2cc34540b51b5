//! `held allow` and `held discard`: the two decisions.

use super::{no_store, with_store_of};
use crate::app;
use crate::cli::{Common, Format, output};
use crate::config::{env, show_duration};
use crate::standard::{Verdict, Who};
use crate::store::{RecordId, Store, StoreError, Summary};
use clap::Args;
use std::process::ExitCode;

/// Arguments of a decision.
#[derive(Debug, Args)]
pub(super) struct ChangeArgs {
    /// The id, or as much of its beginning as is needed
    id: String,
    /// Why, for the audit
    #[arg(long, value_name = "WORDS", value_parser = reason)]
    reason: String,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn allow(args: ChangeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let window = show_duration(common.settings()?.resend_window);
    let told = |id: &RecordId| {
        format!("{id} is allowed. Send the same mail again within {window}, and it goes out exactly as written.")
    };
    change(&args, common, told, async |store, id| {
        let record = store.get(&id.0).await?;
        if let Some(why) = consent_refused(&record.verdict, env::user) {
            let (id, state) = (id.clone(), record.summary.state.to_string());
            return Err(StoreError::NotPossible { id, state, why });
        }
        store.allow(id, &args.reason, &env::who(), app::now()).await
    })
}

/// Why the user who runs the command can't consent, where that is theirs to know: the store tells all the rest.
fn consent_refused(verdict: &Verdict, user: impl FnOnce() -> Option<String>) -> Option<String> {
    if !verdict.consent_allowed || verdict.consent_by != Who::Approver {
        return None;
    }
    let user = user().unwrap_or_default();
    if verdict.consent_by.is(&user, &verdict.approvers) {
        return None;
    }
    Some(match verdict.approvers.as_slice() {
        [] => "the standard asks for an approver's consent, and names no approver".to_owned(),
        names => format!("only an approver may consent: {}", names.join(", ")),
    })
}

pub(super) fn discard(args: ChangeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let told = |id: &RecordId| format!("{id} is discarded and its octets are erased. Nobody received it.");
    change(&args, common, told, async |store, id| {
        store.discard(id, &args.reason, &env::who(), app::now()).await
    })
}

fn change(
    args: &ChangeArgs,
    common: &Common,
    told: impl Fn(&RecordId) -> String,
    step: impl AsyncFnOnce(&dyn Store, &RecordId) -> Result<(), StoreError>,
) -> anyhow::Result<ExitCode> {
    let settings = common.settings()?;
    let summary: Summary = with_store_of(&settings, async |store| {
        let id = store.get(&args.id).await?.summary.id;
        step(store, &id).await?;
        Ok(store.get(&id.0).await?.summary)
    })?
    .ok_or_else(|| no_store(&args.id))?;
    match args.format {
        Format::Json => output::print_json(&summary)?,
        Format::Text => output::print(|out| writeln!(out, "{}", told(&summary.id)))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A reason that says something, in one line.
fn reason(typed: &str) -> Result<String, String> {
    let reason = output::clean(typed).trim().to_owned();
    match reason.chars().count() {
        0 => Err("say in a few words why; the audit keeps it".to_owned()),
        1..=500 => Ok(reason),
        _ => Err("at most 500 characters".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::Disposition;
    use crate::store::contract::verdict;

    #[test]
    fn an_approver_is_asked_for_by_name() {
        let mut verdict = verdict(Disposition::Return, true);
        let refused = |verdict: &Verdict, user: Option<&str>| consent_refused(verdict, || user.map(str::to_owned));
        assert_eq!(refused(&verdict, Some("ana")), None);
        verdict.consent_by = Who::Approver;
        let told = refused(&verdict, Some("ana"));
        assert!(told.is_some_and(|why| why.contains("names no approver")));
        verdict.approvers = vec!["mia".to_owned(), "eve".to_owned()];
        assert_eq!(refused(&verdict, Some("mia")), None);
        for other in [Some("ana"), Some(""), None] {
            let told = refused(&verdict, other);
            assert_eq!(told.as_deref(), Some("only an approver may consent: mia, eve"));
        }
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(reason(" they asked\n"), Ok("they asked".to_owned()));
        assert!(reason(" \t").is_err() && reason("").is_err() && reason(&"x".repeat(501)).is_err());
    }
}
