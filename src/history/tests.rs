use super::*;
use crate::store::contract::noon;
use crate::store::{Lesson, SqliteStore};
use tempfile::TempDir;

async fn history() -> (History, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    (History::open(store, AddressKey::of([3; 32])).await.unwrap(), dir)
}

fn owner() -> Owner {
    Owner::new("corp", "ana@seller.example")
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn scan(mailbox: &str, whole: bool) -> Scan {
    Scan {
        mailbox: mailbox.to_owned(),
        uid_validity: 1,
        lowest: 1,
        highest: 9,
        mails: 9,
        done: 9,
        whole_at: whole.then(|| noon(0)),
        looked_at: noon(0),
    }
}

async fn learn(history: &History, wrote: &[&str], scans: Vec<Scan>) {
    let wrote = wrote
        .iter()
        .map(|name| (history.key().whom(&owner(), &address(name)), noon(-60)));
    let lesson = Lesson {
        wrote: wrote.collect(),
        scans,
        ..Lesson::default()
    };
    history.store().learn(&owner(), lesson).await.unwrap();
    history.refresh(&owner());
}

#[tokio::test]
async fn nothing_found_says_nothing_before_everything_was_looked_through() {
    let (history, _dir) = history().await;
    let to = [address("jo@acme.example"), address("bo@gmail.com")];
    let known = async || history.correspondence(&owner(), &to, noon(1)).await;
    assert_eq!(known().await, Correspondence::default());
    learn(
        &history,
        &["jo@acme.example"],
        vec![scan("inbox", true), scan("sent", false)],
    )
    .await;
    let partly = known().await;
    assert!(!partly.is_known());
    assert_eq!(partly.with(&to[0]).unwrap().wrote, Some(noon(-60)));
    learn(&history, &["al@gmail.com", "x@acme.example"], vec![scan("sent", true)]).await;
    let whole = known().await;
    assert!(whole.is_known());
    assert_eq!(whole.with(&to[0]).unwrap().organisation_wrote, Some(noon(-60)));
    assert_eq!(whole.with(&to[1]), None, "at a freemail provider everyone is their own");
    let stranger = [address("new@acme.example")];
    let stranger = history.correspondence(&owner(), &stranger, noon(1)).await;
    assert!(
        stranger
            .with(&address("new@acme.example"))
            .unwrap()
            .organisation_wrote
            .is_some()
    );
    let later = noon(8 * 24 * 60);
    assert!(
        !history.correspondence(&owner(), &to, later).await.is_known(),
        "nobody has looked for a week"
    );
    let other = Owner::new("corp", "ben@seller.example");
    assert_eq!(
        history.correspondence(&other, &to, noon(1)).await,
        Correspondence::default()
    );
}

#[tokio::test]
async fn a_blast_is_seen_at_once_and_after_a_restart() {
    let (history, dir) = history().await;
    let sketch = Sketch::from_bytes(&[2, 5, 5, 5, 5]).unwrap();
    assert_eq!(
        history
            .blast(&owner(), &sketch, &[address("a@a.example")], noon(0))
            .await,
        None
    );
    let mut rows = Vec::new();
    for n in 0..6_u8 {
        let to = [address(&format!("p@mill{n}.example"))];
        let gone = Gone {
            message: [n; 16],
            at: noon(i64::from(n)),
            elsewhere: false,
            reading: None,
            sketch: Some(&sketch),
            outside: &to,
        };
        rows.push(history.gone(&owner(), &gone));
    }
    let asked = [address("jo@acme.example")];
    let seen = history.blast(&owner(), &sketch, &asked, noon(9)).await.unwrap();
    assert_eq!((seen.people, seen.organisations, seen.since), (7, 6, noon(0)));
    history.store().note_sent(rows).await.unwrap();
    let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    let again = History::open(store, AddressKey::of([3; 32])).await.unwrap();
    assert_eq!(again.blast(&owner(), &sketch, &asked, noon(9)).await, Some(seen));
    let late = noon(15 * 24 * 60);
    assert_eq!(
        again.blast(&owner(), &sketch, &asked, late).await,
        None,
        "two weeks are over"
    );
}

#[tokio::test]
async fn a_store_that_fails_is_no_knowledge_and_no_delay() {
    let (history, dir) = history().await;
    learn(&history, &["jo@acme.example"], vec![scan("inbox", true)]).await;
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let broken = History::open(Arc::new(store.clone()), AddressKey::of([3; 32]))
        .await
        .unwrap();
    crate::store::Store::close(&store).await;
    let to = [address("jo@acme.example")];
    assert_eq!(
        broken.correspondence(&owner(), &to, noon(1)).await,
        Correspondence::default()
    );
}
