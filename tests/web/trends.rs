//! The page of trends: empty, with too little to tell, and with enough.

use super::scene::Scene;
use crate::support::letters;
use jiff::SignedDuration;
use youward::reading::{Category, ProspectingClass, Whom};
use youward::store::{Answer, Draft, Drafts, Histories, Lesson, Owner, SentMail, SqliteStore};

/// What an account sent in the last weeks, some of it answered: `count` mails, every fourth with an answer.
pub(super) fn seed(scene: &Scene, count: u8) {
    let owner = Owner::new("0", "robin@corp.example");
    let now = youward::app::now();
    let sent = |n: u8| SentMail {
        owner: owner.clone(),
        message: [n; 16],
        at: now - SignedDuration::from_hours(24 * (20 + i64::from(n % 40))),
        elsewhere: n.is_multiple_of(7),
        class: ProspectingClass::Yes,
        score: Some(if n.is_multiple_of(4) { 95 } else { 40 }),
        categories: if n.is_multiple_of(4) {
            Vec::new()
        } else {
            vec![Category::Want, Category::Sell]
        },
        sketch: None,
        to: vec![Whom {
            person: [n; 16],
            organisation: [n; 16],
        }],
    };
    let mails: Vec<SentMail> = (0..count).map(sent).collect();
    let answered = mails.iter().filter(|mail| mail.message[0].is_multiple_of(4));
    let answers = answered.map(|mail| (mail.message, mail.at + SignedDuration::from_hours(30), Answer::Reply));
    let lesson = Lesson {
        answers: answers.collect(),
        ..Lesson::default()
    };
    in_store(scene, async |store| {
        store.note_sent(mails).await.unwrap();
        store.learn(&owner, lesson).await.unwrap();
    });
}

/// A draft with everything that was found in a letter that came back; gives its id.
pub(super) fn seed_draft(scene: &Scene) -> String {
    let id = scene.stopped(&letters::selfish());
    let record = scene.ledger.record(&id);
    let draft = Draft {
        id: "DRAFT001".to_owned(),
        owner: Owner::new("0", "robin@corp.example"),
        place: None,
        message_id: None,
        subject: "Our award-winning platform, with a subject that is a good deal longer than any line".to_owned(),
        recipients: vec!["pat@customer.example".to_owned()],
        at: youward::app::now(),
        round: 2,
        text: String::new(),
        sketch: None,
        reading: record.reading,
        verdict: record.verdict,
        filed: true,
    };
    in_store(scene, async |store| store.keep_draft(draft).await.unwrap());
    "DRAFT001".to_owned()
}

fn in_store<T>(scene: &Scene, work: impl AsyncFnOnce(&SqliteStore) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(&scene.youward.house().data()).await.unwrap();
        let done = work(&store).await;
        youward::store::Store::close(&store).await;
        done
    })
}

#[test]
fn too_little_says_so_and_enough_has_its_range() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    assert!(browser.page("/trends").contains("No prospecting mail in this time."));
    seed(&scene, 8);
    let few = browser.page("/trends");
    assert!(few.contains("2 of 8: too few to tell"), "{few}");
    seed(&scene, 120);
    let enough = browser.page("/trends?weeks=12");
    for expected in [
        "30 of 120, 25 % (18 to 33 % is likely)",
        "<svg class=\"plot\"",
        "What you do and sell",
        "differs",
        "aria-current=\"page\">12 weeks",
    ] {
        assert!(enough.contains(expected), "{expected}: {enough}");
    }
    assert!(
        browser
            .page("/trends?account=nobody%40x.example")
            .contains("No prospecting mail")
    );
    // What is not offered is as if it had not been asked.
    assert!(
        browser
            .page("/trends?weeks=7")
            .contains("aria-current=\"page\">12 weeks")
    );
}

#[test]
fn a_draft_is_shown_whole_and_gone_when_it_is_gone() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    let id = seed_draft(&scene);
    let page = browser.page(&format!("/draft/{id}"));
    assert!(
        page.contains("As it is, it would come back") && page.contains("2 versions read"),
        "{page}"
    );
    assert!(
        page.contains("What the numbers say") && !page.contains("<form class=\"ways\""),
        "nothing is decided here"
    );
    let gone = browser.get("/draft/NONE0001");
    assert!(
        gone.status == 404 && gone.body.contains("on the page Now"),
        "{}",
        gone.body
    );
}
