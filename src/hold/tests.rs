//! Decisions, rewrites and their terms, over a real store.

use super::{Candidate, Custody, Decider, HoldError, Settlement};
use crate::mail::Mail;
use crate::reading::Reading;
use crate::standard::{Disposition, Who};
use crate::store::contract::{held, noon, returned, step};
use crate::store::{NewRecord, RecordId, SqliteStore, State, Summary, WorkKind};
use std::collections::HashSet;
use std::sync::Arc;
use tempfile::TempDir;

async fn custody() -> (Custody, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    (Custody::new(store, HashSet::from(["corp".to_owned()])), dir)
}

fn author() -> Decider {
    Decider::User("ana".to_owned())
}

fn candidate(record: &NewRecord) -> Candidate {
    Candidate {
        account: record.account.clone(),
        upstream: record.upstream.clone(),
        message_id: record.message_id.clone(),
        recipients: record
            .envelope
            .recipients
            .iter()
            .map(|path| path.path.clone())
            .collect(),
        subject: record.subject.clone(),
        ..Candidate::default()
    }
}

async fn hold(custody: &Custody, record: NewRecord) -> RecordId {
    let candidate = candidate(&record);
    let since = record.at;
    custody.hold(record, &candidate, since).await.unwrap().id().clone()
}

async fn state(custody: &Custody, id: &RecordId) -> State {
    custody.store().get(&id.0).await.unwrap().summary.state
}

async fn kinds(custody: &Custody, id: &RecordId) -> Vec<WorkKind> {
    let work = custody.store().work().await.unwrap();
    work.into_iter()
        .filter(|work| work.record == *id)
        .map(|work| work.kind)
        .collect()
}

fn refused(result: Result<Summary, HoldError>) -> String {
    match result {
        Err(error @ (HoldError::Forbidden { .. } | HoldError::NotPossible { .. })) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_may_release_is_for_the_terms_to_say() {
    let (custody, _dir) = custody().await;
    let claimed = Decider::Claimed("mia".to_owned());
    let mia = Decider::User("mia".to_owned());
    let by_author = hold(&custody, held(1, noon(0), Who::Author)).await;
    custody
        .release(&by_author.0, "", &Decider::Author, noon(1))
        .await
        .unwrap();

    let mut other = held(2, noon(0), Who::Approver);
    other.subject = "Quite another".to_owned();
    other.message_id = None;
    let by_approver = hold(&custody, other).await;
    for who in [author(), Decider::Author, claimed] {
        let why = refused(custody.release(&by_approver.0, "they asked", &who, noon(1)).await);
        assert!(why.contains("an approver: mia"), "{why}");
    }
    let why = refused(custody.release(&by_approver.0, " ", &mia, noon(1)).await);
    assert!(why.contains("asks why"), "{why}");
    custody
        .release(&by_approver.0, "they asked", &mia, noon(1))
        .await
        .unwrap();

    let mut none = held(3, noon(0), Who::Nobody);
    none.subject = "A third".to_owned();
    none.message_id = None;
    let by_nobody = hold(&custody, none).await;
    refused(custody.release(&by_nobody.0, "please", &mia, noon(1)).await);
    assert_eq!(state(&custody, &by_nobody).await, State::Held);
}

#[tokio::test]
async fn consent_is_for_whom_the_verdict_names() {
    let (custody, _dir) = custody().await;
    let mut asking = returned(1, noon(0));
    asking.verdict.consent_by = Who::Approver;
    asking.verdict.approvers = vec!["mia".to_owned()];
    let id = custody.store().commit(asking).await.unwrap();
    refused(custody.allow(&id.0, "please", &author(), noon(1)).await);
    custody
        .allow(&id.0, "please", &Decider::User("mia".to_owned()), noon(1))
        .await
        .unwrap();
    let why = refused(custody.allow(&id.0, "again", &author(), noon(2)).await);
    assert!(why.contains("consent has been given already"), "{why}");

    let mut strict = returned(2, noon(0));
    strict.verdict.consent_allowed = false;
    let id = custody.store().commit(strict).await.unwrap();
    let why = refused(custody.allow(&id.0, "please", &author(), noon(1)).await);
    assert!(why.contains("asks for a rewrite"), "{why}");
}

#[tokio::test]
async fn a_hold_brings_its_filing_and_a_release_its_sending() {
    let (custody, _dir) = custody().await;
    let id = hold(&custody, held(1, noon(0), Who::Author)).await;
    let filing = [WorkKind::FileDraft, WorkKind::FileCopy, WorkKind::TakeFromSent];
    assert_eq!(kinds(&custody, &id).await, filing);
    custody.release(&id.0, "", &author(), noon(1)).await.unwrap();
    assert_eq!(kinds(&custody, &id).await.last(), Some(&WorkKind::Send));
    let permit = custody.store().get(&id.0).await.unwrap().permit.unwrap();
    assert_eq!(
        (permit.by.as_str(), permit.at, permit.digest.len()),
        ("ana", noon(1), 64)
    );
    custody
        .withdraw(&id.0, "wrong person", &author(), noon(2))
        .await
        .unwrap();
    assert_eq!(kinds(&custody, &id).await, filing);
    assert_eq!(state(&custody, &id).await, State::Held);
    custody.discard(&id.0, "not needed", &author(), noon(3)).await.unwrap();
    assert_eq!(kinds(&custody, &id).await, [WorkKind::Tidy { draft: false }]);
}

#[tokio::test]
async fn where_no_mailboxes_can_be_reached_nothing_is_filed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    let custody = Custody::new(store, HashSet::new());
    let id = hold(&custody, held(1, noon(0), Who::Author)).await;
    assert_eq!(kinds(&custody, &id).await, []);
    custody.release(&id.0, "", &author(), noon(1)).await.unwrap();
    assert_eq!(kinds(&custody, &id).await, [WorkKind::Send]);
}

#[tokio::test]
async fn a_doubt_is_settled_by_people() {
    let (custody, _dir) = custody().await;
    for settlement in [Settlement::Sent, Settlement::SendAgain] {
        let mut record = held(1, noon(0), Who::Author);
        record.message_id = None;
        record.subject = format!("{settlement:?}");
        let id = hold(&custody, record).await;
        refused(custody.settle(&id.0, settlement, "?", &author(), noon(1)).await);
        let store = custody.store();
        store
            .step(step(&id, State::Held, State::InDoubt, noon(1)))
            .await
            .unwrap();
        refused(custody.release(&id.0, "", &author(), noon(2)).await);
        custody
            .settle(&id.0, settlement, "Pat says so", &author(), noon(2))
            .await
            .unwrap();
        let (expected, last) = match settlement {
            Settlement::Sent => (State::Sent, WorkKind::Tidy { draft: true }),
            Settlement::SendAgain => (State::Released, WorkKind::Send),
        };
        assert_eq!(state(&custody, &id).await, expected);
        assert_eq!(kinds(&custody, &id).await.last(), Some(&last));
    }
}

#[tokio::test]
async fn a_rewrite_that_is_held_again_is_the_next_round() {
    let (custody, _dir) = custody().await;
    let mut original = held(1, noon(0), Who::Author);
    original.subject = "Saving time at the docks".to_owned();
    let first = hold(&custody, original).await;
    let mut rewrite = held(2, noon(5), Who::Author);
    rewrite.subject = "Saving time at your docks".to_owned();
    rewrite.message_id = Some("2@seller.example".to_owned());
    let second = hold(&custody, rewrite).await;
    let (first, second) = (
        custody.store().get(&first.0).await.unwrap(),
        custody.store().get(&second.0).await.unwrap(),
    );
    assert_eq!(
        (first.summary.state, second.summary.state),
        (State::Superseded, State::Held)
    );
    assert_eq!((first.summary.round, second.summary.round), (1, 2));
    assert_eq!(first.summary.replaced_by, Some(second.summary.id.clone()));
    let told = first.rewrite.unwrap();
    assert_eq!(
        (told.outcome.as_str(), told.record),
        ("was held", Some(second.summary.id.clone()))
    );
    assert_eq!(custody.open("ana@seller.example").len(), 1);
    assert_eq!(
        kinds(&custody, &first.summary.id).await,
        [WorkKind::Tidy { draft: true }]
    );
    let before = custody.store().replaced_by(&second.summary.id).await.unwrap();
    assert_eq!(before, Some(first.summary.id));
}

#[tokio::test]
async fn a_rewrite_that_passes_closes_the_hold_and_the_audit_tells_what_changed() {
    let (custody, _dir) = custody().await;
    let mut record = held(1, noon(0), Who::Author);
    record.subject = "Saving time at the docks".to_owned();
    let candidate = Candidate {
        message_id: None,
        ..candidate(&record)
    };
    let id = hold(&custody, record).await;
    let reading: Option<&Reading> = None;
    let at = noon(9);
    custody
        .rewritten(&candidate, Some(&id), reading, Disposition::Pass, at)
        .await
        .unwrap();
    assert_eq!(state(&custody, &id).await, State::Held, "not its own rewrite");
    custody
        .rewritten(&candidate, None, reading, Disposition::Pass, at)
        .await
        .unwrap();
    assert_eq!(state(&custody, &id).await, State::Superseded);
    assert!(!custody.has_open("ana@seller.example"));
    let rows = custody.store().audit_rows(1).await.unwrap();
    assert_eq!(rows[0].what, "superseded");
    assert!(
        rows[0].why.contains("score 42 to none; gone: hype/thrilled"),
        "{}",
        rows[0].why
    );
}

/// A rewrite from the first word to the last: the draft tells, and somebody has to look.
#[tokio::test]
async fn a_quite_different_mail_to_the_same_people_is_looked_into() {
    let (custody, _dir) = custody().await;
    let record = held(1, noon(0), Who::Author);
    let mut other = candidate(&record);
    other.message_id = None;
    other.subject = "Which of the two lines loses more?".to_owned();
    let id = hold(&custody, record).await;
    custody
        .rewritten(&other, None, None, Disposition::Pass, noon(1))
        .await
        .unwrap();
    assert_eq!(state(&custody, &id).await, State::Held);
    assert!(matches!(
        kinds(&custody, &id).await.last(),
        Some(WorkKind::Settle { .. })
    ));
    other.recipients = vec!["somebody@else.example".to_owned()];
    custody
        .rewritten(&other, None, None, Disposition::Pass, noon(2))
        .await
        .unwrap();
    let settling = kinds(&custody, &id).await;
    assert_eq!(
        settling
            .iter()
            .filter(|kind| matches!(kind, WorkKind::Settle { .. }))
            .count(),
        1
    );
}

/// Another process (a command) changes a record while this one thinks that it is open.
#[tokio::test]
async fn what_changed_elsewhere_is_seen_in_time() {
    let (custody, dir) = custody().await;
    let id = hold(&custody, held(1, noon(0), Who::Author)).await;
    let elsewhere = Custody::new(Arc::new(SqliteStore::open(dir.path()).await.unwrap()), HashSet::new());
    elsewhere.discard(&id.0, "elsewhere", &author(), noon(1)).await.unwrap();
    let mut rewrite = held(2, noon(5), Who::Author);
    rewrite.mail = Some(Mail::new(b"Subject: two\r\n\r\nx\r\n".to_vec()));
    let second = hold(&custody, rewrite).await;
    assert_eq!(state(&custody, &id).await, State::Discarded);
    assert_eq!(custody.store().get(&second.0).await.unwrap().summary.round, 1);
}
