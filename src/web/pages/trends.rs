//! *Trends*: how outreach has gone, as plots and as numbers.

use super::{Chrome, Page, html};
use crate::annotate::words;
use crate::store::Filter;
use crate::trends::{Share, TIME_TO_ANSWER, Trends as Numbers};
use crate::web::app::App;
use crate::web::session::Session;
use crate::web::show::{When, plot};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State as Of};
use jiff::SignedDuration;
use serde::Deserialize;
use std::sync::Arc;

/// How far back can be looked, in weeks; the second is where the page begins.
const SPANS: [u16; 4] = [4, 12, 26, 52];
const USUAL: u16 = 12;

#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    weeks: Option<u16>,
    #[serde(default)]
    account: String,
}

#[derive(Template)]
#[template(path = "trends.html")]
struct Trends {
    chrome: Chrome,
    empty: bool,
    /// Weeks that can be asked for, and whether they are shown.
    spans: Vec<(u16, bool)>,
    weeks_back: u16,
    accounts: Vec<(String, bool)>,
    account: String,
    plot: String,
    weeks: Vec<WeekRow>,
    stopped: String,
    rewrites: Option<String>,
    categories: Vec<ShareRow>,
    days: i64,
    answered: String,
    waiting: String,
    by_score: Vec<ShareRow>,
    by_category: Vec<ComparedRow>,
}

struct WeekRow {
    from: When,
    mails: usize,
    stopped: usize,
    median: String,
}

struct ShareRow {
    what: String,
    drawn: String,
    told: String,
}

struct ComparedRow {
    what: String,
    with: String,
    with_drawn: String,
    without: String,
    without_drawn: String,
    differs: bool,
}

pub(in crate::web) async fn page(
    Of(app): Of<Arc<App>>,
    Extension(session): Extension<Session>,
    Query(asked): Query<Asked>,
) -> Page {
    let weeks = asked.weeks.filter(|weeks| SPANS.contains(weeks)).unwrap_or(USUAL);
    let until = app.now();
    let since = until - SignedDuration::from_hours(i64::from(weeks) * 7 * 24);
    let account = asked.account.to_lowercase();
    let of = (!account.is_empty()).then_some(account.as_str());
    let mut outcomes = app.parts.histories.outcomes(since).await?;
    let everybody = app.store().list(&Filter::default()).await?;
    let mut names: Vec<String> = outcomes
        .iter()
        .map(|outcome| outcome.owner.account.clone())
        .chain(everybody.iter().map(|record| record.account.clone()))
        .collect();
    names.sort_unstable();
    names.dedup();
    outcomes.retain(|outcome| of.is_none_or(|of| outcome.owner.account == of));
    let mut records = everybody;
    records.retain(|record| of.is_none_or(|of| record.account == of));
    let rewrites = app.store().rewrites(of, since).await?;
    let numbers = Numbers::of(&outcomes, &records, &rewrites, since, until);
    let accounts = names.into_iter().map(|name| {
        let chosen = of == Some(name.as_str());
        (words::line(&name), chosen)
    });
    Ok(html(&Trends {
        chrome: Chrome::new(&app, &session, "trends"),
        empty: numbers.is_empty(),
        spans: SPANS.iter().map(|&span| (span, span == weeks)).collect(),
        weeks_back: weeks,
        accounts: accounts.collect(),
        account: words::line(&account),
        plot: plot::weeks(&numbers.weeks),
        weeks: numbers.weeks.iter().map(week_row).collect(),
        stopped: plainly(&numbers.stopped),
        rewrites: rewritten(&numbers),
        categories: numbers
            .categories
            .iter()
            .map(|found| ShareRow {
                what: words::category(found.category).to_owned(),
                drawn: plot::bar(&found.share),
                told: plainly(&found.share),
            })
            .collect(),
        days: TIME_TO_ANSWER.as_hours() / 24,
        answered: carefully(&numbers.answered),
        waiting: waiting(&numbers),
        by_score: numbers
            .by_score
            .iter()
            .map(|band| ShareRow {
                what: format!("{} to {}", band.from, band.to),
                drawn: plot::range(&band.answered),
                told: carefully(&band.answered),
            })
            .collect(),
        by_category: numbers
            .by_category
            .iter()
            .map(|one| ComparedRow {
                what: words::category(one.category).to_owned(),
                with: carefully(&one.with),
                with_drawn: plot::range(&one.with),
                without: carefully(&one.without),
                without_drawn: plot::range(&one.without),
                differs: one.with.differs_from(&one.without),
            })
            .collect(),
    }))
}

fn week_row(week: &crate::trends::Week) -> WeekRow {
    WeekRow {
        from: When::of(week.from),
        mails: week.mails,
        stopped: week.stopped,
        median: week.median.map_or_else(|| "–".to_owned(), |median| median.to_string()),
    }
}

fn rewritten(numbers: &Numbers) -> Option<String> {
    let rewrites = &numbers.rewrites;
    let rise = match rewrites.rise {
        None => String::new(),
        Some(0) => " In the middle, the next round scored as much as the one before.".to_owned(),
        Some(rise @ 1..) => format!(" In the middle, the next round scored {rise} points more than the one before."),
        Some(fall) => format!(
            " In the middle, the next round scored {} points less than the one before.",
            -fall
        ),
    };
    (rewrites.all > 0).then(|| {
        format!(
            "{} so far, of which {} went out.{rise}",
            words::count(rewrites.all, "rewrite"),
            rewrites.passed
        )
    })
}

fn waiting(numbers: &Numbers) -> String {
    format!(
        "{} can still be answered; {} came back, {} got an automatic answer.",
        words::count(numbers.waiting, "mail"),
        numbers.bounced,
        numbers.automatic
    )
}

/// `12 of 80, 15 %`.
fn plainly(share: &Share) -> String {
    match share.of {
        0 => "none yet".to_owned(),
        _ => format!("{} of {}, {:.0} %", share.count, share.of, share.value() * 100.0),
    }
}

/// The same with the range in which the true share lies, or that nothing can be told.
fn carefully(share: &Share) -> String {
    match share.of {
        0 => "none yet".to_owned(),
        _ if share.is_too_few() => format!("{} of {}: too few to tell", share.count, share.of),
        _ => format!(
            "{} ({:.0} to {:.0} % is likely)",
            plainly(share),
            share.low * 100.0,
            share.high * 100.0
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_few_is_no_number() {
        assert_eq!(carefully(&Share::of(3, 9)), "3 of 9: too few to tell");
        assert_eq!(carefully(&Share::of(10, 40)), "10 of 40, 25 % (14 to 40 % is likely)");
        assert_eq!(
            (plainly(&Share::of(3, 9)), carefully(&Share::of(0, 0))),
            ("3 of 9, 33 %".into(), "none yet".into())
        );
    }
}
