//! Credentials: none kept, or no longer good. And mailboxes that take nothing.

use super::scene::{Options, REVIEWS, Scene};
use crate::support::imap::Variant;
use crate::support::letters;
use std::time::Duration;

#[test]
fn without_credentials_a_draft_is_read_from_what_went_by_and_nothing_is_filed() {
    let scene = Scene::with(&Options {
        upstream: "keep_credentials = \"0s\"\n",
        ..Options::default()
    });
    let mut mua = scene.mua();
    let to = |address: &str| {
        let letter = letters::selfish();
        let text = String::from_utf8(letter.octets).unwrap();
        text.replace("pat@customer.example", address)
    };
    let (pat, kim) = (to("pat@customer.example"), to("kim@other.example"));
    mua.append("Drafts", "(\\Draft)", pat.as_bytes());
    mua.append("Drafts", "(\\Draft)", kim.as_bytes());
    let known = scene.until("the drafts to be read", || {
        let known = scene.books.drafts();
        (known.len() == 2).then_some(known)
    });
    for draft in &known {
        assert!(
            draft
                .reading
                .as_ref()
                .is_some_and(|reading| !reading.findings.is_empty())
        );
        assert!(!draft.filed && draft.round == 1 && draft.place.is_some());
    }
    // Saved again, and edited.
    mua.append("Drafts", "(\\Draft)", pat.as_bytes());
    mua.append("Drafts", "(\\Draft)", kim.replace("Hi Pat", "Dear Kim").as_bytes());
    scene.until("the new version to be read", || {
        let known = scene.books.drafts();
        let rounds: Vec<(u32, String)> = known
            .iter()
            .map(|draft| (draft.round, draft.recipients.join(" ")))
            .collect();
        (rounds
            == [
                (2, "kim@other.example".to_owned()),
                (1, "pat@customer.example".to_owned()),
            ])
        .then_some(())
    });
    assert_eq!(scene.mails("Drafts").len(), 4);
    assert_eq!(scene.mails(REVIEWS), []);
    // What comes through Youward has TLS.
    let log = scene.imap.log();
    let logins = log
        .lines()
        .filter(|line| line.contains("Login: user=") && line.contains("TLS"));
    assert_eq!(logins.count(), 1, "only the client has logged in:\n{log}");
}

#[test]
fn what_went_by_is_reviewed_when_there_are_credentials_again() {
    // Of no use for the guard: nothing is kept until the client says so by logging in again.
    let mut scene = Scene::with(&Options {
        upstream: "keep_credentials = \"0s\"\n",
        ..Options::default()
    });
    let mut mua = scene.mua();
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    let seen = scene.until("the draft to be read", || scene.books.drafts().pop());
    drop(mua);
    scene.restart_with("keep_credentials = \"0s\"", "keep_credentials = \"1h\"");
    let _mua = scene.mua();
    scene.reviews(1);
    let known = scene.until("the review to be noted", || {
        scene.books.drafts().pop().filter(|draft| draft.filed)
    });
    assert_eq!(
        (known.id, scene.books.drafts().len()),
        (seen.id, 1),
        "it is the same draft"
    );
}

#[test]
fn a_password_that_counts_no_longer_is_tried_once_and_a_new_login_brings_the_watcher_back() {
    let scene = Scene::new();
    let _mua = scene.mua();
    scene.until("the watcher", || scene.books.is_whole().then_some(()));
    scene.imap.change_password("another-Secret-0815");
    scene.imap.kick(&scene.account);
    let refused = || scene.imap.log().matches("auth failed").count();
    scene.until("the watcher to be refused", || (refused() > 0).then_some(()));
    // It would have come back after two seconds.
    std::thread::sleep(Duration::from_millis(3_500));
    assert_eq!(refused(), 1, "{}", scene.imap.log());
    let mut mua = scene.mua_as("another-Secret-0815");
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    let mut server =
        crate::support::imap_client::ImapClient::log_in(scene.imap.starttls, &scene.account, "another-Secret-0815");
    scene.until("the review", || (server.mails(REVIEWS).len() == 1).then_some(()));
}

#[test]
fn in_a_full_mailbox_drafts_are_read_and_nothing_is_filed() {
    let scene = Scene::with(&Options {
        variant: Variant {
            settings: "mail_plugins = quota\nplugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  \
                       quota_grace = 0\n  quota_rule = *:storage=5K\n}\n",
            ..Variant::default()
        },
        ..Options::default()
    });
    let mut mua = scene.mua();
    for subject in ["One", "Two"] {
        mua.append("Drafts", "(\\Draft)", &letters::selfish_about(subject, "").octets);
    }
    scene.until("both to be read", || (scene.books.drafts().len() == 2).then_some(()));
    assert_eq!(scene.mails(REVIEWS), []);
    assert_eq!(scene.mails("Drafts").len(), 2);
    assert!(scene.youward().log().contains("a review of a draft can't be filed"));
}
