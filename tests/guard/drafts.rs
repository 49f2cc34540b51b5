//! Drafts: saved, saved again, edited, sent, thrown away, held; and what standards say about them.

use super::scene::{Options, REVIEWS, Scene, delete, has};
use crate::support::imap::{BARE, Stored, Variant};
use crate::support::letters;
use crate::support::youward::HOLDING;
use std::time::{Duration, Instant};

/// The only draft is there as its client saved it.
fn untouched(scene: &Scene, mailbox: &str, before: &Stored) {
    let drafts = scene.mails(mailbox);
    assert_eq!(drafts.len(), 1);
    assert_eq!(&drafts[0], before, "UID, flags and octets");
}

#[test]
fn a_draft_is_reviewed_the_review_follows_it_and_goes_with_it() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    let first = letters::selfish();
    mua.append("Drafts", "(\\Draft)", &first.octets);
    let draft = scene.mails("Drafts").remove(0);
    let review = scene.reviews(1).remove(0);
    assert!(
        has(&review.octets, "Subject: Draft: Our award-winning platform"),
        "{review:?}"
    );
    assert_eq!(review.flags, ["\\Seen"], "quiet");
    assert_eq!(
        (draft.flags.as_slice(), &draft.octets),
        (["\\Draft".to_owned()].as_slice(), &first.octets)
    );
    untouched(&scene, "Drafts", &draft);

    // Saved again, nothing changed but the place.
    mua.append("Drafts", "(\\Draft)", &first.octets);
    delete(&mut mua, "Drafts", &draft.uid.to_string());
    let again = scene.mails("Drafts").remove(0);
    scene.until("the new place to be known", || {
        let known = scene.books.drafts();
        (known.len() == 1 && known[0].place.is_some_and(|(_, uid)| uid == again.uid)).then_some(())
    });
    assert_eq!(scene.mails(REVIEWS), [review], "no new review");

    // The rep writes on: the client saves a new version, then takes the old one away.
    let second = letters::selfish_about("Another beginning", "");
    mua.append("Drafts", "(\\Draft)", &second.octets);
    delete(&mut mua, "Drafts", &again.uid.to_string());
    let draft = scene.mails("Drafts").remove(0);
    let follows = |mails: &[Stored]| mails.len() == 1 && has(&mails[0].octets, "Subject: Draft: Another beginning");
    scene.wait(REVIEWS, "the review of the new version", follows);
    untouched(&scene, "Drafts", &draft);

    delete(&mut mua, "Drafts", "1:*");
    scene.reviews(0);
    scene.until("it to be forgotten", || scene.books.drafts().is_empty().then_some(()));
}

#[test]
fn a_draft_that_is_sent_takes_its_review_along() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    let letter = letters::selfish();
    mua.append("Drafts", "(\\Draft)", &letter.octets);
    scene.reviews(1);
    scene.send(&letter, "pat@customer.example");
    mua.append("Sent", "(\\Seen)", &letter.octets);
    delete(&mut mua, "Drafts", "1:*");
    scene.reviews(0);
    assert_eq!(scene.mails("Sent").len(), 1);
}

#[test]
fn two_drafts_at_once_have_a_review_each() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    for subject in ["One thing", "Another thing"] {
        mua.append("Drafts", "(\\Draft)", &letters::selfish_about(subject, "").octets);
    }
    let reviews = scene.reviews(2);
    let of = |subject: &str| reviews.iter().filter(|mail| has(&mail.octets, subject)).count();
    assert_eq!(
        (of("Subject: Draft: One thing"), of("Subject: Draft: Another thing")),
        (1, 1)
    );
    let first = scene.mails("Drafts").remove(0);
    delete(&mut mua, "Drafts", &first.uid.to_string());
    let left = scene.reviews(1).remove(0);
    assert!(has(&left.octets, "Subject: Draft: Another thing"));
}

#[test]
fn of_two_versions_with_one_message_id_the_newer_counts_as_long_as_it_is_there() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    let old = letters::selfish_about("The older one", "");
    let new = String::from_utf8(old.octets.clone())
        .unwrap()
        .replace("The older one", "The newer one");
    mua.append("Drafts", "(\\Draft)", &old.octets);
    scene.reviews(1);
    mua.append("Drafts", "(\\Draft)", new.as_bytes());
    let is = |subject: &'static str| move |mails: &[Stored]| mails.len() == 1 && has(&mails[0].octets, subject);
    scene.wait(REVIEWS, "the newer one's review", is("Subject: Draft: The newer one"));
    let drafts = scene.mails("Drafts");
    assert_eq!(drafts.len(), 2);
    delete(&mut mua, "Drafts", &drafts[1].uid.to_string());
    scene.wait(REVIEWS, "the older one's review", is("Subject: Draft: The older one"));
}

#[test]
fn a_draft_without_id_recipient_or_subject_is_reviewed_too() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    let text = "We are the leading provider of warehouse software and I want to show you our incredible product. Our \
                platform is best in class. I would love to get 15 minutes on your calendar this week. We offer a free demo.";
    let bare = format!("From: rep@corp.example\r\nContent-Type: text/plain\r\n\r\nHello,\r\n\r\n{text}\r\n");
    mua.append("Drafts", "(\\Draft)", bare.as_bytes());
    scene.reviews(1);
    let full = bare.replace("From:", "To: pat@customer.example\r\nSubject: Docks\r\nFrom:");
    // Some clients take the old version away first.
    delete(&mut mua, "Drafts", "1:*");
    mua.append("Drafts", "(\\Draft)", full.as_bytes());
    let follows = |mails: &[Stored]| mails.len() == 1 && has(&mails[0].octets, "Subject: Draft: Docks");
    scene.wait(REVIEWS, "its review", follows);
    assert_eq!(scene.books.drafts().len(), 1);
    assert_eq!(scene.books.drafts()[0].round, 2, "it is the same draft");
}

#[test]
fn nothing_is_said_about_mail_within_the_company() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    let mail = "From: rep@corp.example\r\nTo: ben@corp.example\r\nSubject: Lunch\r\nMessage-ID: <lunch@corp.example>\r\n\r\n\
                Hi Ben,\r\n\r\nI would like to have lunch with you. Are you free on Thursday?\r\n\r\nRobin\r\n";
    mua.append("Drafts", "(\\Draft)", mail.as_bytes());
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS), []);
}

#[test]
fn drafts_are_found_in_other_languages_and_without_marks() {
    let scene = Scene::with(&Options {
        variant: Variant {
            mailboxes: &[("Entwürfe", ""), ("Gesendet", "")],
            capability: Some(BARE),
            ..Variant::default()
        },
        ..Options::default()
    });
    let mut mua = scene.mua();
    mua.append("Entw&APw-rfe", "(\\Draft)", &letters::selfish().octets);
    let draft = scene.mails("Entw&APw-rfe").remove(0);
    // The server has no IDLE, no UIDPLUS and no MOVE either: it is asked from time to time.
    scene.reviews(1);
    untouched(&scene, "Entw&APw-rfe", &draft);
    delete(&mut mua, "Entw&APw-rfe", "1:*");
    scene.reviews(0);
    assert_eq!(
        scene
            .imap
            .mailboxes(&scene.account)
            .iter()
            .filter(|name| *name == "Drafts")
            .count(),
        0
    );
}

#[test]
fn a_standard_may_want_no_reviews() {
    let scene = Scene::with(&Options {
        terms: "[drafts]\nreview = false\n",
        ..Options::default()
    });
    let mut mua = scene.mua();
    scene.until("the watcher", || scene.books.is_whole().then_some(()));
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    scene.looked();
    assert_eq!(scene.mails(REVIEWS), []);
    assert_eq!(scene.books.drafts(), []);
}

#[test]
fn a_standard_may_want_reviews_to_be_seen() {
    let scene = Scene::with(&Options {
        terms: "[drafts]\nnotify = true\n",
        ..Options::default()
    });
    scene.mua().append("Drafts", "(\\Draft)", &letters::selfish().octets);
    assert_eq!(scene.reviews(1)[0].flags, [] as [String; 0], "unread");
}

#[test]
fn what_is_held_is_reviewed_when_it_is_edited_and_not_before() {
    let scene = Scene::with(&Options {
        standard: HOLDING,
        ..Options::default()
    });
    let mut mua = scene.mua();
    let letter = letters::selfish();
    assert!(scene.submit(&letter, "pat@customer.example").text().contains("Held"));
    let held = scene.wait("Drafts", "the draft", |mails| mails.len() == 1).remove(0);
    assert_eq!(held.octets, letter.octets);
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS), [], "its annotated copy lies in Youward/Held");
    let edited = String::from_utf8(letter.octets).unwrap().replace("Hi Pat", "Dear Pat");
    mua.append("Drafts", "(\\Draft)", edited.as_bytes());
    scene.reviews(1);
}

#[test]
fn a_mailbox_for_reviews_that_was_thrown_away_is_made_anew() {
    let scene = Scene::new();
    let mut mua = scene.mua();
    mua.append("Drafts", "(\\Draft)", &letters::selfish_about("One", "").octets);
    scene.reviews(1);
    mua.run(&format!("DELETE \"{REVIEWS}\""));
    mua.append("Drafts", "(\\Draft)", &letters::selfish_about("Two", "").octets);
    let is_two = |mails: &[Stored]| mails.iter().any(|mail| has(&mail.octets, "Subject: Draft: Two"));
    scene.wait(REVIEWS, "the review of the second draft", is_two);
}

#[test]
fn after_a_restart_nothing_is_reviewed_anew_and_what_went_meanwhile_is_gone() {
    let mut scene = Scene::new();
    let mut mua = scene.mua();
    for subject in ["Stays", "Goes"] {
        mua.append("Drafts", "(\\Draft)", &letters::selfish_about(subject, "").octets);
    }
    let reviews = scene.reviews(2);
    let stays = reviews
        .iter()
        .find(|mail| has(&mail.octets, "Draft: Stays"))
        .unwrap()
        .clone();
    drop(mua);
    scene.restart(|scene| {
        let mut phone = scene.elsewhere();
        let drafts = scene.mails("Drafts");
        let goes = drafts.iter().find(|mail| has(&mail.octets, "Subject: Goes")).unwrap();
        delete(&mut phone, "Drafts", &goes.uid.to_string());
    });
    let mut mua = scene.mua();
    scene.reviews(1);
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS), [stays]);
}

#[test]
fn a_mailbox_with_other_uids_has_no_new_reviews() {
    let mut scene = Scene::new();
    let mut mua = scene.mua();
    let letter = letters::selfish();
    mua.append("Drafts", "(\\Draft)", &letter.octets);
    let review = scene.reviews(1);
    drop(mua);
    scene.restart(|scene| {
        let mut phone = scene.elsewhere();
        phone.run("DELETE Drafts");
        phone.append("Drafts", "(\\Draft)", &letter.octets);
    });
    let mut mua = scene.mua();
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS), review);
}

#[test]
fn what_lay_there_unseen_is_reviewed_up_to_the_newest_twenty() {
    let scene = Scene::prepared(&Options::default(), |imap| {
        let mut phone = imap.client("rep@corp.example");
        for number in 0..25 {
            let letter = letters::selfish_about(&format!("Draft number {number}."), "");
            phone.append("Drafts", "(\\Draft)", &letter.octets);
        }
    });
    let mut mua = scene.mua();
    scene.reviews(20);
    scene.settled(&mut mua);
    let reviews = scene.mails(REVIEWS);
    assert_eq!(reviews.len(), 20);
    let has_any = |number: u32| {
        let subject = format!("Subject: Draft: Draft number {number}.");
        reviews.iter().any(|mail| has(&mail.octets, &subject))
    };
    assert!(!has_any(4) && has_any(5) && has_any(24));
}

#[test]
fn with_the_usual_settings_a_review_comes_soon_after_a_draft_is_still() {
    let scene = Scene::with(&Options {
        guard: "",
        ..Options::default()
    });
    let mut mua = scene.mua();
    // The watcher is there when the history is.
    scene.until("the watcher", || scene.books.is_whole().then_some(()));
    let saved = Instant::now();
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    scene.reviews(1);
    println!("review {} ms after saving", saved.elapsed().as_millis());
}

#[test]
fn killed_at_any_moment_it_leaves_one_review_of_the_newest_version() {
    let mut scene = Scene::new();
    let first = letters::selfish_about("Version 0.", "");
    let version = |number: usize| {
        let text = String::from_utf8(first.octets.clone()).unwrap();
        text.replace("Version 0.", &format!("Version {number}."))
    };
    let mut before: Option<String> = None;
    for number in 1..=5 {
        let mut mua = scene.mua();
        mua.append("Drafts", "(\\Draft)", version(number).as_bytes());
        if let Some(before) = before {
            delete(&mut mua, "Drafts", &before);
        }
        before = scene.mails("Drafts").pop().map(|draft| draft.uid.to_string());
        // From before it is read to after its review is filed.
        std::thread::sleep(Duration::from_millis(150 * number as u64));
        scene.kill();
    }
    let mut mua = scene.mua();
    let is_newest = |mails: &[Stored]| mails.len() == 1 && has(&mails[0].octets, "Subject: Draft: Version 5.");
    scene.wait(REVIEWS, "the newest version's review", is_newest);
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS).len(), 1);
    assert_eq!(scene.books.drafts().len(), 1);
}

#[test]
fn when_the_connection_is_lost_nothing_else_is() {
    let scene = Scene::new();
    let mua = scene.mua();
    scene.until("the watcher", || scene.books.is_whole().then_some(()));
    drop(mua);
    scene.imap.kick(&scene.account);
    let mut mua = scene.mua();
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    scene.reviews(1);
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS).len(), 1);
    let known = scene.books.drafts();
    assert_eq!(
        (known.len(), known[0].round),
        (1, 1),
        "it was read from what went by, and is the same"
    );
}
