//! What every store must do with drafts.

use super::{noon, reading, verdict};
use crate::standard::Disposition;
use crate::store::{Draft, Drafts, Owner};
use std::sync::Arc;

fn draft(id: &str, account: &str, minutes: i64) -> Draft {
    Draft {
        id: id.to_owned(),
        owner: Owner::new("corp", account),
        place: Some((7, 4_294_967_295)),
        message_id: Some("d@seller.example".to_owned()),
        subject: "Grüße".to_owned(),
        recipients: vec!["bob@prospect.example".to_owned()],
        at: noon(minutes),
        round: 2,
        text: "9f2c".to_owned(),
        sketch: None,
        reading: Some(reading()),
        verdict: verdict(Disposition::Hold, false),
        filed: false,
    }
}

pub(in crate::store) async fn a_draft_is_kept_until_it_is_gone(store: Arc<dyn Drafts>) {
    let (one, two) = (
        draft("AAAA0001", "ana@a.example", 1),
        draft("AAAA0002", "ben@a.example", 2),
    );
    let mut changes = vec![store.last_draft_change().await.unwrap()];
    store.keep_draft(one.clone()).await.unwrap();
    changes.push(store.last_draft_change().await.unwrap());
    store.keep_draft(two.clone()).await.unwrap();
    assert_eq!(store.drafts(None).await.unwrap(), [two, one.clone()]);
    let newer = Draft {
        place: None,
        reading: None,
        filed: true,
        round: 3,
        at: noon(9),
        ..one
    };
    store.keep_draft(newer.clone()).await.unwrap();
    let ana = Owner::new("corp", "Ana@a.example");
    assert_eq!(store.drafts(Some(&ana)).await.unwrap(), [newer]);
    changes.push(store.last_draft_change().await.unwrap());
    store.forget_draft("AAAA0001").await.unwrap();
    changes.push(store.last_draft_change().await.unwrap());
    changes.dedup();
    assert_eq!(changes.len(), 4, "{changes:?}");
    store.forget_draft("AAAA0001").await.unwrap();
    assert_eq!(store.drafts(Some(&ana)).await.unwrap(), []);
}
