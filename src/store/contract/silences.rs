//! What every store must do with silences.

use super::{Shared, noon};
use crate::reading::Silence;
use crate::store::{KeptSilence, StoreError};

const ONE: &str = "9f2c41d07be35a18";
const TWO: &str = "00112233445566aa";

fn silence(hash: &str, reason: &str) -> Silence {
    Silence {
        hash: hash.to_owned(),
        reason: reason.to_owned(),
        author: "ana@seller.example".to_owned(),
    }
}

pub(in crate::store) async fn a_silence_is_kept_until_it_is_taken_away(store: Shared) {
    assert_eq!(store.silences().await.unwrap(), []);
    store
        .silence(&silence(ONE, "they asked"), "os-user", noon(1))
        .await
        .unwrap();
    store.silence(&silence(TWO, "Grüße"), "os-user", noon(0)).await.unwrap();
    let kept = |silence, at| KeptSilence { silence, at };
    assert_eq!(
        store.silences().await.unwrap(),
        [
            kept(silence(TWO, "Grüße"), noon(0)),
            kept(silence(ONE, "they asked"), noon(1))
        ]
    );
    store.unsilence(TWO, "os-user", noon(2)).await.unwrap();
    assert_eq!(
        store.silences().await.unwrap(),
        [kept(silence(ONE, "they asked"), noon(1))]
    );
}

pub(in crate::store) async fn silencing_has_its_audit_rows(store: Shared) {
    store
        .silence(&silence(ONE, "they asked"), "os-user", noon(0))
        .await
        .unwrap();
    store.unsilence(ONE, "other-user", noon(1)).await.unwrap();
    let rows = store.audit_rows(9).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.at, row.who.as_str(), row.what.as_str(), row.why.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (noon(1), "other-user", "unsilenced", ONE),
            (
                noon(0),
                "os-user",
                "silenced",
                "9f2c41d07be35a18, for ana@seller.example: they asked"
            ),
        ]
    );
}

pub(in crate::store) async fn a_finding_is_silenced_once(store: Shared) {
    store
        .silence(&silence(ONE, "they asked"), "os-user", noon(0))
        .await
        .unwrap();
    let again = store.silence(&silence(ONE, "again"), "os-user", noon(1)).await;
    assert!(
        matches!(&again, Err(StoreError::AlreadySilenced { hash, author }) if hash == ONE && author == "ana@seller.example"),
        "{again:?}"
    );
    let unknown = store.unsilence(TWO, "os-user", noon(1)).await;
    assert!(
        matches!(&unknown, Err(StoreError::NotSilenced { hash }) if hash == TWO),
        "{unknown:?}"
    );
    assert_eq!(store.audit_rows(9).await.unwrap().len(), 1);
    assert_eq!(store.silences().await.unwrap()[0].silence.reason, "they asked");
}
