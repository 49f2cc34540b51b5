//! What every store must do, as tests over the trait. A store's own tests run each of them on a fresh store:
//! `contract!(open)`, where `open` gives the store and whatever must outlive it.

use super::{AuditRow, Filter, NewRecord, RecordId, State, Store, StoreError};
use crate::standard::Disposition;

/// One test for each function of the contract.
macro_rules! contract {
    ($open:path) => {
        contract!($open:
            a_record_comes_back_whole,
            an_annotated_mail_has_no_octets,
            a_passed_mail_is_not_kept,
            the_beginning_of_an_id_is_enough,
            the_same_record_twice_gets_two_ids,
            lists_are_newest_first_and_filtered,
            an_identical_mail_is_found_while_it_stands,
            consent_goes_before_a_newer_record_and_counts_from_when_it_was_given,
            consent_is_given_once_and_used_once,
            a_step_needs_the_record_where_it_was_seen,
            what_is_discarded_is_erased,
            nobody_knows_a_record_that_is_not_there,
            every_step_has_its_audit_row,
            audit_rows_go_in_together,
            many_at_once_lose_nothing,
            a_closed_store_says_so,
            a_silence_is_kept_until_it_is_taken_away,
            silencing_has_its_audit_rows,
            a_finding_is_silenced_once,
            work_is_kept_in_its_order,
            a_claim_is_for_one_and_for_a_time,
            a_restart_ends_every_claim,
            what_is_put_off_says_what_it_waits_for,
            finished_work_erases_or_brings_other_work,
            a_step_takes_its_work_with_it,
            a_record_replaces_others_in_one_transaction,
            open_records_are_those_in_which_something_is_to_be_done,
            superseded_content_goes_in_time,
            a_sound_audit_verifies_and_tells_its_head,
            nobody_is_known_before_anything_is_learned,
            who_wrote_is_known_and_their_organisation_too,
            the_same_lesson_twice_comes_to_the_same,
            mails_are_unanswered_since_their_reader_last_wrote,
            answers_are_noted_once_and_told_apart,
            what_was_sent_is_known_again_and_forgotten_in_time,
            a_new_key_begins_anew,
            a_draft_is_kept_until_it_is_gone,
        );
    };
    ($open:path: $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let (store, _alive) = $open().await;
                crate::store::contract::$name(std::sync::Arc::new(store)).await;
            }
        )+
    };
}
pub(super) use contract;

mod drafts;
mod history;
mod samples;
mod silences;
mod work;
pub(super) use drafts::*;
pub(super) use history::*;
pub(crate) use samples::*;
pub(super) use silences::*;
pub(super) use work::*;

type Shared = std::sync::Arc<dyn Store>;
fn states(states: &[State]) -> Filter {
    Filter {
        states: states.to_vec(),
        ..Filter::default()
    }
}

pub(super) async fn a_record_comes_back_whole(store: Shared) {
    let new = returned(1, noon(0));
    let id = store.commit(new.clone()).await.unwrap();
    let record = store.get(&id.0).await.unwrap();
    assert_eq!(record.mail, new.mail);
    assert_eq!(record.annotated_copy, new.annotated_copy);
    assert_eq!(record.envelope, new.envelope);
    assert_eq!(record.message_id, new.message_id);
    assert_eq!(record.fingerprint, new.fingerprint);
    assert_eq!(record.tls, new.tls);
    assert_eq!(record.verdict, new.verdict);
    assert_eq!(record.reading, new.reading);
    let summary = record.summary;
    assert_eq!(summary.id, id);
    assert_eq!(
        (summary.at, summary.state, summary.disposition),
        (noon(0), State::Returned, Disposition::Return)
    );
    assert_eq!(
        (summary.account.as_str(), summary.upstream.as_str()),
        ("ana@seller.example", "corp")
    );
    assert_eq!(summary.recipients, ["bob@prospect.example", "eve@prospect.example"]);
    assert_eq!(
        (summary.subject.as_str(), summary.score, summary.findings),
        ("Grüße", Some(42), 1)
    );
    assert_eq!(
        (summary.allowed_at, summary.allowed_reason, summary.consent_allowed),
        (None, None, true)
    );
}

pub(super) async fn an_annotated_mail_has_no_octets(store: Shared) {
    let verdict = verdict(Disposition::Annotate, true);
    let id = store
        .commit(NewRecord {
            mail: None,
            reading: None,
            verdict,
            ..returned(1, noon(0))
        })
        .await
        .unwrap();
    let record = store.get(&id.0).await.unwrap();
    assert_eq!((record.mail, record.reading, record.summary.score), (None, None, None));
    assert!(record.annotated_copy.is_some());
    assert_eq!(record.summary.state, State::Annotated);
}

pub(super) async fn a_passed_mail_is_not_kept(store: Shared) {
    let passed = NewRecord {
        verdict: verdict(Disposition::Pass, true),
        ..returned(1, noon(0))
    };
    assert!(matches!(store.commit(passed).await, Err(StoreError::Other(_))));
    assert_eq!(store.list(&Filter::default()).await.unwrap(), []);
    assert_eq!(store.audit_rows(9).await.unwrap(), []);
}

pub(super) async fn the_beginning_of_an_id_is_enough(store: Shared) {
    let mut ids: Vec<String> = Vec::new();
    for n in 0..40 {
        ids.push(store.commit(returned(n, noon(n.into()))).await.unwrap().0);
    }
    for id in &ids {
        let unique = (1..=8).find(|length| ids.iter().filter(|other| other[..*length] == id[..*length]).count() == 1);
        let unique = unique.unwrap();
        let typed = id[..unique].to_lowercase().replace('0', "o").replace('1', "l");
        assert_eq!(store.get(&typed).await.unwrap().summary.id.0, *id);
        if unique > 1 {
            let error = store.get(&id[..unique - 1]).await.unwrap_err();
            assert!(matches!(error, StoreError::Ambiguous { .. }), "{error}");
        }
    }
    for typed in ["", "U", "no such", "%", "_"] {
        assert!(
            matches!(store.get(typed).await, Err(StoreError::Unknown { .. })),
            "{typed:?}"
        );
    }
}

pub(super) async fn the_same_record_twice_gets_two_ids(store: Shared) {
    let first = store.commit(returned(1, noon(0))).await.unwrap();
    let second = store.commit(returned(1, noon(0))).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(store.list(&Filter::default()).await.unwrap().len(), 2);
}

pub(super) async fn lists_are_newest_first_and_filtered(store: Shared) {
    let old = store.commit(returned(1, noon(0))).await.unwrap();
    let held = NewRecord {
        verdict: verdict(Disposition::Hold, true),
        ..returned(2, noon(2))
    };
    let held = store.commit(held).await.unwrap();
    let middle = NewRecord {
        account: "bea@seller.example".to_owned(),
        ..returned(3, noon(1))
    };
    let middle = store.commit(middle).await.unwrap();
    let ids = async |filter: Filter| -> Vec<RecordId> {
        store
            .list(&filter)
            .await
            .unwrap()
            .into_iter()
            .map(|summary| summary.id)
            .collect()
    };
    assert_eq!(
        ids(Filter::default()).await,
        [held.clone(), middle.clone(), old.clone()]
    );
    assert_eq!(
        ids(Filter {
            limit: 2,
            ..Filter::default()
        })
        .await,
        [held.clone(), middle.clone()]
    );
    assert_eq!(
        ids(states(&[State::Returned, State::Sent])).await,
        [middle.clone(), old]
    );
    assert_eq!(ids(states(&[State::Sent])).await, []);
    assert_eq!(ids(states(&State::ALL)).await.len(), 3);
    let hers = Filter {
        account: Some("bea@seller.example".to_owned()),
        ..Filter::default()
    };
    assert_eq!(ids(hers).await, [middle]);
}

pub(super) async fn an_identical_mail_is_found_while_it_stands(store: Shared) {
    let find = async |account: &str, n, since| -> Option<RecordId> {
        store
            .find_identical(account, &fingerprint(n), since)
            .await
            .unwrap()
            .map(|summary| summary.id)
    };
    let ana = "ana@seller.example";
    assert_eq!(find(ana, 1, noon(0)).await, None);
    let first = store.commit(returned(1, noon(0))).await.unwrap();
    let second = store.commit(returned(1, noon(5))).await.unwrap();
    assert_eq!(find(ana, 1, noon(5)).await, Some(second.clone()));
    assert_eq!(find(ana, 1, noon(6)).await, None);
    assert_eq!(find(ana, 2, noon(0)).await, None);
    assert_eq!(find("bea@seller.example", 1, noon(0)).await, None);
    store.step(discarded(&second, noon(7))).await.unwrap();
    assert_eq!(find(ana, 1, noon(0)).await, Some(first.clone()));
    store.step(discarded(&first, noon(7))).await.unwrap();
    assert_eq!(find(ana, 1, noon(0)).await, None);
    let annotated = NewRecord {
        verdict: verdict(Disposition::Annotate, true),
        ..returned(1, noon(8))
    };
    store.commit(annotated).await.unwrap();
    assert_eq!(find(ana, 1, noon(0)).await, None);
    let held = NewRecord {
        verdict: verdict(Disposition::Hold, true),
        ..returned(1, noon(9))
    };
    assert_eq!(Some(store.commit(held).await.unwrap()), find(ana, 1, noon(0)).await);
}

pub(super) async fn consent_goes_before_a_newer_record_and_counts_from_when_it_was_given(store: Shared) {
    let consented = store.commit(returned(1, noon(0))).await.unwrap();
    store.commit(returned(1, noon(5))).await.unwrap();
    store
        .step(allowed(&consented, "they asked for it", noon(9)))
        .await
        .unwrap();
    let found = store
        .find_identical("ana@seller.example", &fingerprint(1), noon(8))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.id, found.state, found.allowed_at),
        (consented, State::Allowed, Some(noon(9)))
    );
    assert_eq!(found.allowed_reason.as_deref(), Some("they asked for it"));
    assert_eq!(
        store
            .find_identical("ana@seller.example", &fingerprint(1), noon(10))
            .await
            .unwrap(),
        None
    );
}

pub(super) async fn consent_is_given_once_and_used_once(store: Shared) {
    let id = store.commit(returned(1, noon(0))).await.unwrap();
    store.step(sent(&id, noon(1))).await.unwrap_err();
    store.step(allowed(&id, "yes", noon(1))).await.unwrap();
    store.step(allowed(&id, "yes again", noon(2))).await.unwrap_err();
    store.step(sent(&id, noon(3))).await.unwrap();
    for transition in [
        sent(&id, noon(4)),
        allowed(&id, "again", noon(4)),
        discarded(&id, noon(4)),
    ] {
        let error = store.step(transition).await.unwrap_err();
        assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    }
    let record = store.get(&id.0).await.unwrap();
    assert_eq!((record.summary.state, record.mail), (State::Sent, None));
    assert!(record.annotated_copy.is_some());
    assert_eq!(record.summary.allowed_reason.as_deref(), Some("yes"));
}

pub(super) async fn a_step_needs_the_record_where_it_was_seen(store: Shared) {
    let id = store.commit(returned(1, noon(0))).await.unwrap();
    for from in State::ALL {
        if from == State::Returned {
            continue;
        }
        let error = store.step(step(&id, from, State::Sent, noon(1))).await.unwrap_err();
        assert!(matches!(error, StoreError::Changed { .. }), "{from}");
    }
    assert_eq!(store.get(&id.0).await.unwrap().summary.state, State::Returned);
    assert_eq!(store.audit_rows(9).await.unwrap().len(), 1);
}

pub(super) async fn what_is_discarded_is_erased(store: Shared) {
    let id = store.commit(returned(1, noon(0))).await.unwrap();
    store.step(discarded(&id, noon(1))).await.unwrap();
    let record = store.get(&id.0).await.unwrap();
    assert_eq!((record.mail, record.annotated_copy), (None, None));
    assert_eq!(record.summary.state, State::Discarded);
}

pub(super) async fn nobody_knows_a_record_that_is_not_there(store: Shared) {
    let id = RecordId("00000000".to_owned());
    assert!(matches!(store.get(&id.0).await, Err(StoreError::Unknown { .. })));
    for transition in [
        allowed(&id, "yes", noon(0)),
        sent(&id, noon(0)),
        discarded(&id, noon(0)),
    ] {
        assert!(matches!(store.step(transition).await, Err(StoreError::Unknown { .. })));
    }
    assert_eq!(store.audit_rows(9).await.unwrap(), []);
}

pub(super) async fn every_step_has_its_audit_row(store: Shared) {
    let gone = store.commit(returned(1, noon(0))).await.unwrap();
    store.step(allowed(&gone, "they asked for it", noon(1))).await.unwrap();
    store.step(sent(&gone, noon(2))).await.unwrap();
    let given_up = store.commit(returned(2, noon(3))).await.unwrap();
    store.step(discarded(&given_up, noon(4))).await.unwrap();
    let rows = store.audit_rows(9).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.at, row.what.as_str(), row.who.as_str(), row.record.as_ref()))
        .collect();
    assert_eq!(
        told,
        [
            (noon(4), "discarded", "os-user", Some(&given_up)),
            (noon(3), "returned", "ana@seller.example", Some(&given_up)),
            (noon(2), "sent", "ana@seller.example", Some(&gone)),
            (noon(1), "allowed", "os-user", Some(&gone)),
            (noon(0), "returned", "ana@seller.example", Some(&gone)),
        ]
    );
    assert_eq!(rows[0].why, "for a test");
    assert_eq!(rows[4].why, "score 42, 1 findings; 2 recipients; score-below-return");
    assert!(
        rows.iter()
            .all(|row| row.upstream.as_deref() == Some("corp") && !row.why.contains("thrilled"))
    );
    assert_eq!(store.audit_rows(2).await.unwrap(), rows[..2]);
}

pub(super) async fn audit_rows_go_in_together(store: Shared) {
    let row = |n| AuditRow {
        at: noon(n),
        who: "ana@seller.example".to_owned(),
        what: "passed".to_owned(),
        record: None,
        upstream: None,
        why: format!("250 {n}"),
    };
    store.audit(vec![row(1), row(2)]).await.unwrap();
    store.audit(vec![]).await.unwrap();
    store.audit(vec![row(3)]).await.unwrap();
    assert_eq!(store.audit_rows(9).await.unwrap(), [row(3), row(2), row(1)]);
}

pub(super) async fn many_at_once_lose_nothing(store: Shared) {
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move {
                let id = store.commit(returned(n, noon(n.into()))).await.unwrap();
                assert_eq!(store.get(&id.0).await.unwrap().mail, returned(n, noon(0)).mail);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(store.list(&Filter::default()).await.unwrap().len(), 50);
    assert_eq!(store.audit_rows(99).await.unwrap().len(), 50);
}

pub(super) async fn a_closed_store_says_so(store: Shared) {
    store.commit(returned(1, noon(0))).await.unwrap();
    store.close().await;
    store.close().await;
    assert!(matches!(
        store.commit(returned(2, noon(0))).await,
        Err(StoreError::Other(_))
    ));
    assert!(matches!(
        store.list(&Filter::default()).await,
        Err(StoreError::Other(_))
    ));
}
