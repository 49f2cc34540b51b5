//! `youward trends`: how outreach has gone.

use super::held::with_stores;
use super::output;
use super::table::{self, Column};
use super::{Common, Format, logging};
use crate::annotate::category_id;
use crate::app;
use crate::store::Filter;
use crate::trends::{Share, TIME_TO_ANSWER, Trends};
use clap::Args;
use jiff::SignedDuration;
use std::io::{self, Write};
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Arguments of `trends`.
#[derive(Debug, Args)]
pub struct TrendsArgs {
    /// Look back so many weeks
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=520))]
    weeks: u16,
    /// Only those of this account
    #[arg(long, value_name = "ADDRESS")]
    account: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs `trends`.
///
/// # Errors
/// If the settings or the store fail, or standard output can't be written.
pub fn run(args: &TrendsArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let settings = common.settings()?;
    let until = app::now();
    let since = until - SignedDuration::from_hours(i64::from(args.weeks) * 7 * 24);
    let account = args.account.as_ref().map(|account| account.to_lowercase());
    let kept = with_stores(&settings, async |stores| {
        let filter = Filter {
            account: account.clone(),
            ..Filter::default()
        };
        let outcomes = stores.histories.outcomes(since).await?;
        let records = stores.records.list(&filter).await?;
        let rewrites = stores.records.rewrites(account.as_deref(), since).await?;
        Ok((outcomes, records, rewrites))
    })?;
    let (mut outcomes, records, rewrites) = kept.unwrap_or_default();
    outcomes.retain(|outcome| account.as_ref().is_none_or(|account| outcome.owner.account == *account));
    let trends = Trends::of(&outcomes, &records, &rewrites, since, until);
    match args.format {
        Format::Json => output::print_json(&trends)?,
        Format::Text => output::print(|out| write_trends(out, &trends, common.stdout().width))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write_trends(out: &mut dyn Write, trends: &Trends, width: Option<usize>) -> io::Result<()> {
    if trends.is_empty() {
        writeln!(out, "No prospecting mail in this time.")?;
        writeln!(out)?;
        return writeln!(
            out,
            "Once some has gone, this shows its scores week by week, what is found most, what a rewrite changes, and who answers."
        );
    }
    writeln!(out, "Week by week")?;
    let rows: Vec<Vec<String>> = trends
        .weeks
        .iter()
        .map(|week| {
            vec![
                week.from.strftime("%Y-%m-%d").to_string(),
                week.mails.to_string(),
                week.stopped.to_string(),
                week.median.map_or_else(|| "-".to_owned(), |median| median.to_string()),
                bar(week.median),
            ]
        })
        .collect();
    let heads = ["FROM", "SENT", "STOPPED", "MEDIAN SCORE", ""];
    table::write(out, &columns(&heads), &rows, width)?;
    writeln!(out)?;
    writeln!(out, "Returned or held at the first attempt: {}", shown(&trends.stopped))?;
    let rewrites = &trends.rewrites;
    if rewrites.all > 0 {
        let rise = rewrites
            .rise
            .map_or_else(String::new, |rise| format!("; the score rose by {rise} (median)"));
        writeln!(
            out,
            "Rewrites: {}, {} of them passed{rise}",
            rewrites.all, rewrites.passed
        )?;
    }
    if !trends.categories.is_empty() {
        writeln!(out)?;
        writeln!(out, "Found in mail that went")?;
        let found = trends.categories.iter();
        let rows: Vec<Vec<String>> = found
            .map(|found| vec![category_id(found.category).to_owned(), shown(&found.share)])
            .collect();
        table::write(out, &columns(&["CATEGORY", "IN"]), &rows, width)?;
    }
    write_answers(out, trends, width)
}

fn write_answers(out: &mut dyn Write, trends: &Trends, width: Option<usize>) -> io::Result<()> {
    writeln!(out)?;
    let days = TIME_TO_ANSWER.as_hours() / 24;
    writeln!(
        out,
        "Answered by a person within {days} days: {}",
        told(&trends.answered)
    )?;
    writeln!(
        out,
        "({} still have time; {} came back, {} were answered by a program)",
        trends.waiting, trends.bounced, trends.automatic
    )?;
    if trends.answered.of == 0 {
        return Ok(());
    }
    writeln!(out)?;
    let rows: Vec<Vec<String>> = trends
        .by_score
        .iter()
        .map(|band| vec![format!("{} to {}", band.from, band.to), told(&band.answered)])
        .collect();
    table::write(out, &columns(&["SCORE", "ANSWERED"]), &rows, width)?;
    let rows: Vec<Vec<String>> = trends
        .by_category
        .iter()
        .map(|one| {
            let differs = if one.with.differs_from(&one.without) {
                "differs"
            } else {
                ""
            };
            vec![
                category_id(one.category).to_owned(),
                told(&one.with),
                told(&one.without),
                differs.to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        writeln!(out)?;
        table::write(
            out,
            &columns(&["CATEGORY", "ANSWERED WITH IT", "WITHOUT IT", ""]),
            &rows,
            width,
        )?;
    }
    Ok(())
}

/// `12 of 80 (15 %)`.
fn shown(share: &Share) -> String {
    if share.of == 0 {
        return "none".to_owned();
    }
    format!("{} of {} ({:.0} %)", share.count, share.of, share.value() * 100.0)
}

/// The same with its range, or that there are too few.
fn told(share: &Share) -> String {
    match share.of {
        0 => "-".to_owned(),
        _ if share.is_too_few() => format!("{} of {}: too few to tell", share.count, share.of),
        _ => format!(
            "{}, {:.0} to {:.0} % likely",
            shown(share),
            share.low * 100.0,
            share.high * 100.0
        ),
    }
}

fn bar(score: Option<i32>) -> String {
    let length = score.map_or(0, |score| usize::try_from(score / 5).unwrap_or(0));
    "#".repeat(length)
}

fn columns(heads: &[&'static str]) -> Vec<Column> {
    let column = |head: &&'static str| Column {
        head,
        may_be_cut: head.is_empty(),
    };
    heads.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Category, ProspectingClass};
    use crate::store::contract::noon;
    use crate::store::{Outcome, Owner};

    fn mail(minutes: i64, answered: bool) -> Outcome {
        Outcome {
            owner: Owner::new("corp", "ana@seller.example"),
            at: noon(minutes),
            elsewhere: false,
            class: ProspectingClass::Yes,
            score: Some(40),
            categories: vec![Category::Want],
            recipients: 1,
            answered_at: answered.then(|| noon(minutes + 60)),
            automatic_at: None,
            bounced_at: None,
        }
    }

    fn text(outcomes: &[Outcome]) -> String {
        let trends = Trends::of(outcomes, &[], &[], noon(-60), noon(28 * 24 * 60));
        let mut out = Vec::new();
        write_trends(&mut out, &trends, None).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn shares_come_with_their_counts_and_their_worth() {
        let many: Vec<Outcome> = (0..40).map(|n| mail(n, n < 10)).collect();
        let shown = text(&many);
        for expected in [
            "within 14 days: 10 of 40 (25 %), 14 to 40 % likely",
            "0 to 49",
            "want      40 of 40 (100 %)",
            "########",
        ] {
            assert!(shown.contains(expected), "{expected}:\n{shown}");
        }
        assert!(text(&[mail(0, true)]).contains("1 of 1: too few to tell"));
        assert!(text(&[]).contains("No prospecting mail"));
    }
}
