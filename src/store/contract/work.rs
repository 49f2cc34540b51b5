//! Work: durable, in order, done by whoever holds the claim and nobody else; and steps that bring and end it.

use super::{Shared, discarded, held, noon, returned, step};
use crate::standard::Who;
use crate::store::{
    AuditRow, Claim, Erase, Finish, Mark, NewRecord, NewWork, Notice, RecordId, Rewrite, State, StoreError, Transition,
    WorkKind,
};

fn with_work(n: u8, kinds: &[WorkKind]) -> NewRecord {
    NewRecord {
        work: kinds.iter().map(|kind| NewWork::now(kind.clone(), noon(0))).collect(),
        ..held(n, noon(0), Who::Author)
    }
}

async fn kinds(store: &Shared, id: &RecordId) -> Vec<WorkKind> {
    let all = store.work().await.unwrap();
    all.into_iter()
        .filter(|work| work.record == *id)
        .map(|work| work.kind)
        .collect()
}

async fn claim(store: &Shared, seq: i64) -> Option<Claim> {
    store.claim(seq, noon(1), noon(2)).await.unwrap()
}

pub(crate) async fn work_is_kept_in_its_order(store: Shared) {
    let given = [
        WorkKind::FileDraft,
        WorkKind::FileCopy,
        WorkKind::Notify(Notice::InDoubt),
    ];
    let id = store.commit(with_work(1, &given)).await.unwrap();
    let work = store.work().await.unwrap();
    assert_eq!(kinds(&store, &id).await, given);
    assert!(work.is_sorted_by_key(|work| work.seq));
    let first = &work[0];
    assert_eq!(
        (first.account.as_str(), first.upstream.as_str()),
        ("ana@seller.example", "corp")
    );
    assert_eq!((first.due, first.attempts, &first.waits_for), (noon(0), 0, &None));
}

pub(crate) async fn a_claim_is_for_one_and_for_a_time(store: Shared) {
    let id = store.commit(with_work(1, &[WorkKind::Send])).await.unwrap();
    let seq = store.work().await.unwrap()[0].seq;
    let first = claim(&store, seq).await.unwrap();
    assert_eq!(claim(&store, seq).await, None);
    let later = store.claim(seq, noon(2), noon(3)).await.unwrap().unwrap();
    store.finish(first, Finish::Done).await.unwrap();
    assert_eq!(kinds(&store, &id).await, [WorkKind::Send], "the first claim has lapsed");
    store.finish(later, Finish::Done).await.unwrap();
    assert_eq!(store.work().await.unwrap(), []);
    assert_eq!(store.claim(seq, noon(9), noon(10)).await.unwrap(), None);
}

pub(crate) async fn a_restart_ends_every_claim(store: Shared) {
    store.commit(with_work(1, &[WorkKind::Send])).await.unwrap();
    let seq = store.work().await.unwrap()[0].seq;
    let before = claim(&store, seq).await.unwrap();
    store.end_claims().await.unwrap();
    assert!(claim(&store, seq).await.is_some());
    store.finish(before, Finish::Done).await.unwrap();
    assert_eq!(store.work().await.unwrap().len(), 1);
}

pub(crate) async fn what_is_put_off_says_what_it_waits_for(store: Shared) {
    store.commit(with_work(1, &[WorkKind::Send])).await.unwrap();
    let seq = store.work().await.unwrap()[0].seq;
    let claimed = claim(&store, seq).await.unwrap();
    let waits_for = "the provider: 451 later".to_owned();
    store
        .finish(
            claimed,
            Finish::Later {
                due: noon(7),
                waits_for,
            },
        )
        .await
        .unwrap();
    let work = store.work().await.unwrap().remove(0);
    assert_eq!(
        (work.due, work.attempts, work.waits_for.as_deref()),
        (noon(7), 1, Some("the provider: 451 later"))
    );
    store
        .note_waiting("corp", "bea@seller.example", "nothing")
        .await
        .unwrap();
    store
        .note_waiting("corp", "ana@seller.example", "the next login")
        .await
        .unwrap();
    assert_eq!(
        store.work().await.unwrap()[0].waits_for.as_deref(),
        Some("the next login")
    );
    assert!(claim(&store, seq).await.is_some());
}

pub(crate) async fn finished_work_erases_or_brings_other_work(store: Shared) {
    let id = store
        .commit(with_work(1, &[WorkKind::Look, WorkKind::FileSent]))
        .await
        .unwrap();
    let seqs: Vec<i64> = store.work().await.unwrap().iter().map(|work| work.seq).collect();
    let looked = claim(&store, seqs[0]).await.unwrap();
    let notice = NewWork::now(WorkKind::Notify(Notice::InDoubt), noon(3));
    store
        .finish(looked, Finish::DoneBringing(notice.clone()))
        .await
        .unwrap();
    store.finish(looked, Finish::DoneBringing(notice)).await.unwrap();
    assert_eq!(
        kinds(&store, &id).await,
        [WorkKind::FileSent, WorkKind::Notify(Notice::InDoubt)]
    );
    let filed = claim(&store, seqs[1]).await.unwrap();
    assert!(store.get(&id.0).await.unwrap().mail.is_some());
    store.finish(filed, Finish::DoneErasing(Erase::Mail)).await.unwrap();
    assert_eq!(store.get(&id.0).await.unwrap().mail, None);
}

pub(crate) async fn a_step_takes_its_work_with_it(store: Shared) {
    let id = store
        .commit(with_work(1, &[WorkKind::FileDraft, WorkKind::Send]))
        .await
        .unwrap();
    let seq = store.work().await.unwrap()[1].seq;
    let lapsed = claim(&store, seq).await.unwrap();
    let now = store.claim(seq, noon(2), noon(3)).await.unwrap().unwrap();
    let taken = |claim| Transition {
        done: Some(claim),
        work: vec![NewWork::now(WorkKind::FileSent, noon(4))],
        ..step(&id, State::Held, State::Sent, noon(4))
    };
    let error = store.step(taken(lapsed)).await.unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    assert_eq!(store.get(&id.0).await.unwrap().summary.state, State::Held);
    store.step(taken(now)).await.unwrap();
    assert_eq!(kinds(&store, &id).await, [WorkKind::FileDraft, WorkKind::FileSent]);
    let over = Transition {
        ends_work: true,
        work: vec![NewWork::now(WorkKind::Tidy { draft: true }, noon(5))],
        ..step(&id, State::Sent, State::Discarded, noon(5))
    };
    store.step(over).await.unwrap();
    assert_eq!(kinds(&store, &id).await, [WorkKind::Tidy { draft: true }]);
}

pub(crate) async fn a_record_replaces_others_in_one_transaction(store: Shared) {
    let old = store.commit(held(1, noon(0), Who::Author)).await.unwrap();
    let rewrite = Rewrite {
        at: noon(1),
        outcome: "was held".to_owned(),
        record: None,
        message_id: None,
        score_before: Some(42),
        score: Some(60),
        gone: vec!["hype/thrilled".to_owned()],
        left: Vec::new(),
        new: Vec::new(),
    };
    let replaced = Transition {
        mark: Some(Mark::Rewrite(rewrite)),
        ..step(&old, State::Held, State::Superseded, noon(1))
    };
    let next = |n, transition: &Transition| NewRecord {
        replaces: vec![transition.clone()],
        ..held(n, noon(1), Who::Author)
    };
    let new = store.commit(next(2, &replaced)).await.unwrap();
    let (before, after) = (store.get(&old.0).await.unwrap(), store.get(&new.0).await.unwrap());
    assert_eq!(before.summary.state, State::Superseded);
    assert_eq!(
        (before.summary.replaced_by, after.summary.round),
        (Some(new.clone()), 2)
    );
    assert_eq!(before.rewrite.unwrap().record, Some(new.clone()));
    assert_eq!(store.replaced_by(&new).await.unwrap(), Some(old));
    // The old one does not stand there any more: then neither is the new one kept.
    let count = store.list(&Default::default()).await.unwrap().len();
    let error = store.commit(next(3, &replaced)).await.unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    assert_eq!(store.list(&Default::default()).await.unwrap().len(), count);
}

pub(crate) async fn open_records_are_those_in_which_something_is_to_be_done(store: Shared) {
    let before = store.last_change().await.unwrap();
    let held = store.commit(held(1, noon(0), Who::Author)).await.unwrap();
    let gone = store.commit(returned(2, noon(1))).await.unwrap();
    let open = store.open_records(None).await.unwrap();
    assert_eq!(open.iter().map(|record| &record.id).collect::<Vec<_>>(), [&held, &gone]);
    assert_eq!(open[0].rules, ["hype/thrilled"]);
    assert!(open[0].terms.is_some() && open[1].terms.is_none());
    let between = store.last_change().await.unwrap();
    let passed = AuditRow {
        at: noon(1),
        who: "ana@seller.example".to_owned(),
        what: "passed".to_owned(),
        record: None,
        upstream: None,
        why: String::new(),
    };
    store.audit(vec![passed]).await.unwrap();
    let same = store.last_change().await.unwrap();
    assert_eq!(same, between, "mail that passes changes no record");
    store.step(discarded(&gone, noon(2))).await.unwrap();
    assert_eq!(store.open_records(Some("ana@seller.example")).await.unwrap().len(), 1);
    assert_eq!(store.open_records(Some("bea@seller.example")).await.unwrap(), []);
    let after = store.last_change().await.unwrap();
    assert!(before < between && between < after);
}

pub(crate) async fn superseded_content_goes_in_time(store: Shared) {
    let mut kept = Vec::new();
    for (n, over) in [(1, noon(5)), (2, noon(9))] {
        let id = store.commit(held(n, noon(0), Who::Author)).await.unwrap();
        store
            .step(step(&id, State::Held, State::Superseded, over))
            .await
            .unwrap();
        kept.push(id);
    }
    store.erase_superseded(noon(7)).await.unwrap();
    let mail = async |id: &RecordId| store.get(&id.0).await.unwrap().mail.is_some();
    assert!(!mail(&kept[0]).await && mail(&kept[1]).await);
}

pub(crate) async fn a_sound_audit_verifies_and_tells_its_head(store: Shared) {
    let empty = store.verify_audit(None).await.unwrap();
    assert_eq!((empty.rows, empty.head, empty.broken), (0, None, None));
    let id = store.commit(returned(1, noon(0))).await.unwrap();
    let one = store.verify_audit(None).await.unwrap();
    store.step(discarded(&id, noon(1))).await.unwrap();
    let two = store.verify_audit(one.head.as_deref()).await.unwrap();
    assert_eq!((two.rows, two.head_found, &two.broken), (2, Some(true), &None));
    assert_ne!(one.head, two.head);
    let other = store.verify_audit(Some(&"0".repeat(64))).await.unwrap();
    assert_eq!(other.head_found, Some(false));
}
