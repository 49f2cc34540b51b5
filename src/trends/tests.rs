use super::*;
use crate::standard::Disposition;
use crate::store::contract::noon;
use crate::store::{Owner, RecordId, State};

fn days(days: i64) -> Timestamp {
    noon(days * 24 * 60)
}

fn mail(day: i64, score: i32, categories: &[Category]) -> Outcome {
    Outcome {
        owner: Owner::new("corp", "ana@seller.example"),
        at: days(day),
        elsewhere: false,
        class: ProspectingClass::Yes,
        score: Some(score),
        categories: categories.to_vec(),
        recipients: 1,
        answered_at: None,
        automatic_at: None,
        bounced_at: None,
    }
}

fn stopped(day: i64, round: u32, disposition: Disposition) -> Summary {
    Summary {
        id: RecordId("AAAA0001".to_owned()),
        at: days(day),
        state: State::Held,
        disposition,
        account: "ana@seller.example".to_owned(),
        upstream: "corp".to_owned(),
        recipients: Vec::new(),
        subject: String::new(),
        score: Some(30),
        findings: 3,
        allowed_at: None,
        allowed_reason: None,
        consent_allowed: false,
        round,
        replaced_by: None,
    }
}

fn of(outcomes: &[Outcome], records: &[Summary], rewrites: &[Rewrite]) -> Trends {
    Trends::of(outcomes, records, rewrites, days(0), days(60))
}

#[test]
fn an_empty_time_is_empty() {
    let trends = of(&[], &[], &[]);
    assert!(trends.is_empty());
    assert_eq!(trends.weeks.len(), 9);
    assert!(trends.answered.is_too_few() && trends.categories.is_empty());
}

#[test]
fn weeks_have_their_median_and_what_was_stopped() {
    let outcomes = [
        mail(1, 40, &[]),
        mail(2, 80, &[]),
        mail(3, 90, &[]),
        mail(15, 55, &[]),
        Outcome {
            class: ProspectingClass::No,
            ..mail(1, 0, &[])
        },
        mail(-1, 10, &[]),
    ];
    let records = [
        stopped(2, 1, Disposition::Hold),
        stopped(3, 2, Disposition::Hold),
        stopped(3, 1, Disposition::Annotate),
    ];
    let trends = of(&outcomes, &records, &[]);
    let told: Vec<_> = trends
        .weeks
        .iter()
        .map(|week| (week.mails, week.median, week.stopped))
        .collect();
    assert_eq!(told[..3], [(3, Some(80), 1), (0, None, 0), (1, Some(55), 0)]);
    assert_eq!(
        (trends.stopped.count, trends.stopped.of),
        (1, 5),
        "a second round is no first attempt"
    );
}

#[test]
fn only_those_count_who_had_the_time_to_answer() {
    let answered = |day: i64, after: i64, score| Outcome {
        answered_at: Some(days(day + after)),
        ..mail(day, score, &[Category::Want])
    };
    let outcomes = [
        answered(1, 3, 95),
        answered(2, 20, 95),
        mail(3, 40, &[Category::Want]),
        mail(4, 40, &[]),
        // Two weeks are not over.
        mail(50, 40, &[]),
        answered(55, 1, 40),
        Outcome {
            bounced_at: Some(days(6)),
            automatic_at: Some(days(6)),
            ..mail(5, 40, &[])
        },
    ];
    let trends = of(&outcomes, &[], &[]);
    assert_eq!(
        (trends.answered.count, trends.answered.of),
        (1, 4),
        "an answer after three weeks is late"
    );
    assert_eq!((trends.waiting, trends.automatic, trends.bounced), (1, 1, 1));
    let bands: Vec<_> = trends
        .by_score
        .iter()
        .map(|band| (band.answered.count, band.answered.of))
        .collect();
    assert_eq!(bands, [(0, 2), (0, 0), (0, 0), (1, 2)]);
    let want = &trends.by_category[0];
    assert_eq!((want.category, want.with.of, want.without.of), (Category::Want, 3, 1));
}

#[test]
fn categories_are_ordered_by_how_often_they_are_found() {
    let outcomes = [
        mail(1, 40, &[Category::Sell, Category::Want]),
        mail(2, 60, &[Category::Want]),
        mail(3, 100, &[]),
    ];
    let trends = of(&outcomes, &[], &[]);
    let told: Vec<_> = trends
        .categories
        .iter()
        .map(|found| (found.category, found.share.count, found.share.of))
        .collect();
    assert_eq!(told, [(Category::Want, 2, 3), (Category::Sell, 1, 3)]);
}

#[test]
fn rewrites_tell_by_how_much_they_rose() {
    let rewrite = |outcome: &str, before, after| Rewrite {
        at: days(1),
        outcome: outcome.to_owned(),
        record: None,
        message_id: None,
        score_before: before,
        score: after,
        gone: Vec::new(),
        left: Vec::new(),
        new: Vec::new(),
    };
    let rewrites = [
        rewrite("passed", Some(40), Some(90)),
        rewrite("was held", Some(40), Some(45)),
        rewrite("went with notes", Some(30), Some(70)),
        rewrite("passed", None, Some(70)),
    ];
    let trends = of(&[], &[], &rewrites);
    assert_eq!(
        trends.rewrites,
        Rewrites {
            all: 4,
            passed: 3,
            rise: Some(40)
        }
    );
}
