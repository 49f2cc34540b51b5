//! The decisions about one record: allow, release, withdraw, settle, discard.

use super::{no_store, with_store_of};
use crate::app;
use crate::cli::{Common, Format, output};
use crate::config::{env, show_duration};
use crate::hold::{Custody, Decider, HoldError, Settlement};
use crate::store::{RecordId, Summary};
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

/// Arguments of a release.
#[derive(Debug, Args)]
pub(super) struct ReleaseArgs {
    /// The id, or as much of its beginning as is needed
    id: String,
    /// Why, for the audit; the standard may ask for it
    #[arg(long, value_name = "WORDS", value_parser = reason)]
    reason: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Arguments of settling a doubt.
#[derive(Debug, Args)]
#[group(id = "settlement", required = true, multiple = false, args = ["sent", "send_again"])]
pub(super) struct SettleArgs {
    #[command(flatten)]
    change: ChangeArgs,
    /// It went: the recipient has it, or it is in Sent
    #[arg(long)]
    sent: bool,
    /// It did not go, or a second copy is wanted all the same: send it again
    #[arg(long)]
    send_again: bool,
}

pub(super) fn release(args: ReleaseArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let told = |id: &RecordId| {
        format!("{id} is released: it goes out exactly as written as soon as that is possible; see `youward status`.")
    };
    let why = args.reason.unwrap_or_default();
    change(&args.id, args.format, common, told, async |custody, id| {
        custody.release(id, &why, &who(), app::now()).await
    })
}

pub(super) fn withdraw(args: ChangeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let told = |id: &RecordId| format!("{id} is held again. Nobody received it.");
    change(&args.id, args.format, common, told, async |custody, id| {
        custody.withdraw(id, &args.reason, &who(), app::now()).await
    })
}

pub(super) fn settle(args: SettleArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let (settlement, told) = if args.sent {
        (Settlement::Sent, "is settled: it went.")
    } else {
        (
            Settlement::SendAgain,
            "is sent again as soon as that is possible; see `youward status`.",
        )
    };
    let SettleArgs { change: args, .. } = args;
    let told = |id: &RecordId| format!("{id} {told}");
    change(&args.id, args.format, common, told, async |custody, id| {
        custody.settle(id, settlement, &args.reason, &who(), app::now()).await
    })
}

pub(super) fn allow(args: ChangeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let window = show_duration(common.settings()?.resend_window);
    let told = |id: &RecordId| {
        format!("{id} is allowed. Send the same mail again within {window}, and it goes out exactly as written.")
    };
    change(&args.id, args.format, common, told, async |custody, id| {
        custody.allow(id, &args.reason, &who(), app::now()).await
    })
}

pub(super) fn discard(args: ChangeArgs, common: &Common) -> anyhow::Result<ExitCode> {
    let told = |id: &RecordId| format!("{id} is discarded and its octets are erased. Nobody received it.");
    change(&args.id, args.format, common, told, async |custody, id| {
        custody.discard(id, &args.reason, &who(), app::now()).await
    })
}

fn change(
    id: &str,
    format: Format,
    common: &Common,
    told: impl Fn(&RecordId) -> String,
    step: impl AsyncFnOnce(&Custody, &str) -> Result<Summary, HoldError>,
) -> anyhow::Result<ExitCode> {
    let settings = common.settings()?;
    let reached = settings.upstreams.iter().filter(|upstream| upstream.has_mailboxes());
    let reached = reached.map(|upstream| upstream.name.clone()).collect();
    let summary = with_store_of(&settings, async |store| {
        let custody = Custody::new(store, reached);
        Ok(step(&custody, id).await)
    })?
    .ok_or_else(|| no_store(id))??;
    match format {
        Format::Json => output::print_json(&summary)?,
        Format::Text => output::print(|out| writeln!(out, "{}", told(&summary.id)))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Who runs this command, by the operating system's word if it can be had.
fn who() -> Decider {
    env::user().map_or_else(|| Decider::Claimed(env::who()), Decider::User)
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

    #[test]
    fn a_reason_says_something() {
        assert_eq!(reason(" they asked\n"), Ok("they asked".to_owned()));
        assert!(reason(" \t").is_err() && reason("").is_err() && reason(&"x".repeat(501)).is_err());
    }
}
