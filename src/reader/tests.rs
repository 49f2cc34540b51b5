use super::*;
use crate::history::Gone;
use crate::reading::{Category, Packs, ProspectingClass};
use crate::standard::Standard;
use crate::store::contract::noon;
use crate::store::{AddressKey, Lesson, Scan, SqliteStore};
use tempfile::TempDir;

const PITCH: &str = "From: Ana <ana@norvane.example>\r\nTo: Jo <jo@tulsamills.example>\r\nSubject: Your depots\r\n\
    Message-ID: <m1@norvane.example>\r\n\r\nHi Jo,\r\n\r\nWe help mills save time with our award-winning platform, which \
    puts late slots on one screen so that drivers hear about a change in minutes. Do you have 15 minutes on Thursday?\r\n\
    \r\nAna\r\n";

async fn reader() -> (Reader, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
    let history = History::open(store.clone(), AddressKey::of([9; 32])).await.unwrap();
    let policies = PolicyCell::new(Policy::new(Standard::builtin(), Packs::builtin()));
    (
        Reader::new(policies, store, Arc::new(history), Duration::from_secs(60)),
        dir,
    )
}

fn owner() -> Owner {
    Owner::new("corp", "ana@norvane.example")
}

async fn read(reader: &Reader, octets: &[u8], to: &str) -> Result<ReadMail, String> {
    let policy = reader.policy(&owner().account);
    let asked = Asked {
        mail: Mail::new(octets.to_vec()),
        owner: owner(),
        envelope: Some(Envelope::plain("ana@norvane.example", &[to])),
        at: noon(0),
    };
    reader.read(asked, &policy).await
}

#[tokio::test]
async fn a_first_touch_becomes_a_fact_once_the_mailboxes_are_known() {
    let (reader, _dir) = reader().await;
    let class = async |to| read(&reader, PITCH.as_bytes(), to).await.unwrap().reading.prospecting;
    let before = class("jo@tulsamills.example").await;
    let shown: Vec<&str> = before.signals.iter().map(|signal| signal.shown.as_str()).collect();
    assert!(
        shown.contains(&"As far as is known, no recipient has ever written to this account"),
        "{shown:?}"
    );
    let history = reader.history();
    let bo = Address::parse("bo@leeds.example").unwrap();
    let lesson = Lesson {
        wrote: vec![(history.key().whom(&owner(), &bo), noon(-60))],
        scans: vec![Scan {
            mailbox: "inbox".to_owned(),
            uid_validity: 1,
            lowest: 1,
            highest: 1,
            mails: 1,
            done: 1,
            whole_at: Some(noon(-1)),
            looked_at: noon(-1),
        }],
        ..Lesson::default()
    };
    history.store().learn(&owner(), lesson).await.unwrap();
    history.refresh(&owner());
    let first = class("jo@tulsamills.example").await;
    assert_eq!(first.class, ProspectingClass::Yes);
    let shown: Vec<&str> = first.signals.iter().map(|signal| signal.shown.as_str()).collect();
    assert!(
        shown
            .iter()
            .any(|shown| shown.starts_with("First mail to jo@tulsamills.example")),
        "{shown:?}"
    );
    assert!(
        shown.contains(&"Nobody at tulsamills.example has written to it"),
        "{shown:?}"
    );
    let known = class("bo@leeds.example").await;
    assert!(
        known.signals.iter().any(|signal| signal.name == "relationship"),
        "{known:?}"
    );
    assert_eq!(known.class, ProspectingClass::No);
}

#[tokio::test]
async fn the_same_text_to_many_is_found_in_the_next_mail() {
    let (reader, _dir) = reader().await;
    for n in 0..6 {
        let to = format!("jo@mill{n}.example");
        let read = read(&reader, PITCH.as_bytes(), &to).await.unwrap();
        let blasts = read
            .reading
            .findings
            .iter()
            .any(|finding| finding.category == Category::Blast);
        assert_eq!(blasts, n >= 5, "{n}");
        let gone = Gone {
            message: [n; 16],
            at: noon(0),
            elsewhere: false,
            reading: Some(&read.reading),
            sketch: read.sketch.as_ref(),
            outside: &read.outside,
        };
        let row = reader.history().gone(&owner(), &gone);
        assert!(row.sketch.is_some() && row.score == Some(read.reading.score), "{row:?}");
        reader.history().store().note_sent(vec![row]).await.unwrap();
    }
}

#[tokio::test]
async fn a_mail_over_the_limits_is_not_read_and_says_why() {
    let (reader, _dir) = reader().await;
    let mut deep = String::from("From: a@b.example\r\n");
    for n in 0..200 {
        deep.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
        ));
    }
    let why = read(&reader, deep.as_bytes(), "jo@x.example").await.unwrap_err();
    assert!(!why.is_empty());
    let large = format!("{PITCH}{}", "x y z\r\n".repeat(10_000));
    let read = read(&reader, large.as_bytes(), "jo@x.example").await.unwrap();
    assert!(!read.reading.findings.is_empty(), "on a thread of its own");
}
