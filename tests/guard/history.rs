//! Earlier mail: who has written to an account, and to whom it wrote, learned from its mailboxes.

use super::scene::{NOTES, Options, Scene, has};
use crate::support::imap::Variant;
use crate::support::letters;
use crate::support::provider::REP;

const WITH_ARCHIVE: Variant = Variant {
    prefix: "",
    separator: '/',
    capability: None,
    mailboxes: &[("Drafts", "\\Drafts"), ("Sent", "\\Sent"), ("Archive", "\\Archive")],
    settings: "",
};

fn from(address: &str) -> Vec<u8> {
    format!("From: X <{address}>\r\nTo: {REP}\r\nSubject: Docks\r\n\r\nWe have three.\r\n").into_bytes()
}

fn with_archive() -> Options {
    Options {
        variant: WITH_ARCHIVE,
        ..Options::default()
    }
}

#[test]
fn who_has_written_is_no_stranger_and_colleagues_of_theirs_are_told_of() {
    let scene = Scene::prepared(&with_archive(), |imap| {
        let mut server = imap.client(REP);
        server.append("INBOX", "()", &from("Jo@acme.example"));
        server.append("INBOX", "()", &from("only-in-inbox@quiet.example"));
        server.append("Archive", "(\\Seen)", &from("ivy@archived.example"));
        let sent = format!("From: {REP}\r\nTo: kim@once.example\r\nMessage-ID: <old@corp.example>\r\n\r\nHello\r\n");
        server.append("Sent", "(\\Seen)", sent.as_bytes());
    });
    let _mua = scene.mua();
    scene.until("all mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let names: Vec<String> = scene.books.scans().into_iter().map(|scan| scan.mailbox).collect();
    assert_eq!(names, ["archive", "inbox", "sent"]);
    for known in ["jo@acme.example", "ivy@archived.example", "only-in-inbox@quiet.example"] {
        assert!(scene.books.acquainted(known).wrote.is_some(), "{known}");
    }
    let kim = scene.books.acquainted("kim@once.example");
    assert!(kim.wrote.is_none() && kim.written.is_some() && kim.unanswered == 1);

    scene.send(&letters::selfish(), "jo@acme.example");
    scene.send(
        &letters::selfish_about("To a colleague of Jo's", ""),
        "stranger@acme.example",
    );
    let notes = scene.wait(NOTES, "the note on the mail to a stranger", |mails| {
        mails.iter().any(|mail| has(&mail.octets, "stranger@acme.example"))
    });
    let text: String = notes
        .iter()
        .map(|mail| unfolded(&mail.octets))
        .filter(|text| text.contains("To a colleague of Jo's"))
        .collect();
    assert!(
        text.contains("First mail to stranger@acme.example, who has never written"),
        "{text}"
    );
    assert!(text.contains("someone at acme.example wrote on"), "{text}");
    assert!(
        !notes
            .iter()
            .any(|mail| unfolded(&mail.octets).contains("First mail to jo@"))
    );

    // As mail arrives.
    scene.elsewhere().append("INBOX", "()", &from("new@epsilon.example"));
    scene.until("new mail to be learned", || {
        scene.books.acquainted("new@epsilon.example").wrote
    });
    // Whoever has the files alone does not find out who wrote.
    assert!(scene.books.mention("SQLite format 3"));
    assert!(!scene.books.mention("only-in-inbox") && !scene.books.mention("quiet.example"));
}

/// Lines of a text made one, so that words can be found wherever they are broken.
fn unfolded(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets).replace("=\r\n", "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_large_mailbox_with_sparse_uids_is_learned_while_drafts_are_reviewed() {
    let scene = Scene::prepared(&Options::default(), |imap| {
        let mail = |number: u32| (number * 1_300_000, from(&format!("p{number}@c{}.example", number % 50)));
        imap.fill(REP, 7, (1..=3_000).map(mail));
    });
    let mut mua = scene.mua();
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    scene.reviews(1);
    scene.until("all mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let scan = scene.books.scan("inbox").unwrap();
    assert_eq!(
        (scan.done, scan.mails, scan.uid_validity, scan.lowest),
        (3_000, 3_000, 7, 1)
    );
    assert_eq!(scan.highest, 3_900_000_000);
    for known in ["p1@c1.example", "p1500@c0.example", "p3000@c0.example"] {
        assert!(scene.books.acquainted(known).wrote.is_some(), "{known}");
    }
    assert!(scene.books.acquainted("nobody@c1.example").wrote.is_none());
}

#[test]
fn a_mailbox_with_other_uids_is_looked_through_anew_and_what_was_learned_stays() {
    let scene = Scene::prepared(&with_archive(), |imap| {
        imap.client(REP).append("Archive", "()", &from("ivy@archived.example"));
    });
    let _mua = scene.mua();
    scene.until("all mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let before = scene.books.scan("archive").unwrap();
    let mut phone = scene.elsewhere();
    phone.run("DELETE Archive");
    phone.append("Archive", "()", &from("later@archived.example"));
    scene.until("the new mailbox to be learned", || {
        scene.books.acquainted("later@archived.example").wrote
    });
    let after = scene.books.scan("archive").unwrap();
    assert_ne!(before.uid_validity, after.uid_validity);
    assert!(after.whole_at.is_some() && scene.books.acquainted("ivy@archived.example").wrote.is_some());
}

#[test]
fn a_mailbox_that_is_no_more_keeps_nobody_waiting() {
    let mut scene = Scene::prepared(&Options::default(), |imap| {
        let mut server = imap.client(REP);
        server.run("CREATE Archive");
        server.append("Archive", "()", &from("ivy@archived.example"));
    });
    let mua = scene.mua();
    scene.until("all mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    assert!(scene.books.scan("archive").is_some());
    drop(mua);
    scene.restart(|scene| {
        scene.elsewhere().run("RENAME Archive \"Old stuff\"");
    });
    let _mua = scene.mua();
    scene.until("the archive's end to be noted", || {
        scene.books.scan("archive").is_none().then_some(())
    });
    assert!(scene.books.is_whole());
    assert!(
        scene.books.acquainted("ivy@archived.example").wrote.is_some(),
        "what was learned stays"
    );
}

#[test]
fn a_mailbox_that_can_not_be_opened_is_nobody_elses_fault() {
    // The archive is there, and nobody may read it.
    let scene = Scene::prepared(&with_archive(), |imap| {
        imap.client(REP).append("Archive", "()", &from("ivy@archived.example"));
        imap.lock(REP, ".Archive");
        imap.client(REP).append("INBOX", "()", &from("jo@acme.example"));
    });
    let mut mua = scene.mua();
    scene.until("INBOX to be learned", || {
        scene.books.acquainted("jo@acme.example").wrote
    });
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    scene.reviews(1);
    assert!(!scene.books.is_whole(), "nothing found there says nothing");
    assert!(scene.books.scan("archive").is_some_and(|scan| scan.whole_at.is_none()));
}
