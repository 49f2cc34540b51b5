//! What was sent: the same text to many, what became of it, and what went past.

use super::scene::{NOTES, Options, Scene, delete, has};
use crate::support::letters::{self, Letter};
use crate::support::provider::REP;
use crate::support::youward::HOLDING;
use youward::store::Outcome;

/// A pitch whose words are the same but for its subject's token.
fn pitch() -> Letter {
    letters::selfish()
}

#[test]
fn the_same_text_to_many_organisations_is_told_also_after_a_restart() {
    let mut scene = Scene::new();
    let copies = |scene: &Scene, count: usize| {
        let notes = scene.wait(NOTES, &format!("{count} notes"), |mails| mails.len() == count);
        notes
            .iter()
            .filter(|mail| has(&mail.octets, "of this text went to"))
            .count()
    };
    for number in 1..=5 {
        scene.send(&pitch(), &format!("jo@org{number}.example"));
    }
    assert_eq!(copies(&scene, 5), 0, "few enough");
    scene.send(&pitch(), "jo@org6.example");
    assert_eq!(copies(&scene, 6), 1);
    scene.restart(|_| ());
    scene.send(&pitch(), "jo@org7.example");
    assert_eq!(copies(&scene, 7), 2);
}

fn mail(header: &str, body: &str) -> Vec<u8> {
    format!("{header}\r\n{body}\r\n")
        .replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .into_bytes()
}

/// As Postfix writes it.
fn report(action: &str, letter: &Letter) -> Vec<u8> {
    let header = "From: MAILER-DAEMON@mail.corp.example (Mail Delivery System)\nSubject: About your mail\n\
                  Auto-Submitted: auto-replied\nMessage-ID: <report@mail.corp.example>\nMIME-Version: 1.0\n\
                  Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"x/y\"\n";
    let body = format!(
        "--x/y\nContent-Type: text/plain\n\nThis is the mail system.\n\n--x/y\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mail.corp.example\n\nFinal-Recipient: rfc822; jo@acme.example\nAction: {action}\nStatus: 5.1.1\n\n\
         --x/y\nContent-Type: text/rfc822-headers\n\nFrom: {REP}\nMessage-ID: <{}@corp.example>\n\n--x/y--",
        letter.token
    );
    mail(header, &body)
}

#[test]
fn replies_automatic_replies_and_bounces_are_told_apart() {
    let scene = Scene::new();
    let _mua = scene.mua();
    scene.until("the mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let letters = [pitch(), pitch(), pitch(), pitch()];
    for (number, letter) in letters.iter().enumerate() {
        scene.send(letter, &format!("jo@acme{number}.example"));
    }
    let [answered, automatic, bounced, late] = &letters;
    let to = |letter: &Letter, from: &str, more: &str| {
        let id = &letter.token;
        mail(
            &format!("From: {from}\nSubject: Re: x\nIn-Reply-To: <{id}@corp.example>\n{more}"),
            "Thank you.",
        )
    };
    let mut server = scene.elsewhere();
    for mail in [
        to(answered, "Jo <jo@acme0.example>", ""),
        to(automatic, "jo@acme1.example", "Auto-Submitted: auto-replied\n"),
        report("failed", bounced),
        // None of these is an answer of theirs.
        report("delayed", late),
        to(late, REP, ""),
        to(late, "colleague@corp.example", ""),
    ] {
        server.append("INBOX", "()", &mail);
    }
    let rows = scene.until("the answers to be noted", || {
        let rows = scene.books.outcomes();
        let noted = rows.iter().filter(|row| kinds(row) != [false; 3]).count();
        (noted == 3).then_some(rows)
    });
    let kinds: Vec<[bool; 3]> = rows.iter().map(kinds).collect();
    assert_eq!(
        kinds,
        [
            [true, false, false],
            [false, true, false],
            [false, false, true],
            [false; 3]
        ]
    );
    scene.looked();
    assert_eq!(scene.books.outcomes(), rows);
    assert!(rows.iter().all(|row| !row.elsewhere && row.recipients == 1));
}

/// Answered by a person, by a program, by a mail server.
fn kinds(row: &Outcome) -> [bool; 3] {
    [row.answered_at, row.automatic_at, row.bounced_at].map(|at| at.is_some())
}

#[test]
fn what_went_past_is_counted_and_annotated_where_the_standard_says_so() {
    let mut scene = Scene::with(&Options {
        terms: "[elsewhere]\nnotes = true\n",
        ..Options::default()
    });
    let mut mua = scene.mua();
    scene.until("the mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let past = letters::selfish_about("Sent from my phone", "");
    scene.elsewhere().append("Sent", "(\\Seen)", &past.octets);
    let note = scene.wait(NOTES, "the note", |mails| mails.len() == 1).remove(0);
    assert!(has(&note.octets, "Sent from my phone"));
    assert!(!has(&note.octets, "the last one on"), "it was the first mail to them");
    let rows = scene.books.outcomes();
    assert_eq!((rows.len(), rows[0].elsewhere), (1, true));

    // One that went through is filed in Sent by its client as always.
    let through = letters::better_about("Sent as it should be", "");
    scene.send(&through, "pat@customer.example");
    mua.append("Sent", "(\\Seen)", &through.octets);
    scene.looked();
    let counts = |scene: &Scene| {
        let rows = scene.books.outcomes();
        let past = rows.iter().filter(|row| row.elsewhere).count();
        (rows.len(), past)
    };
    assert_eq!(counts(&scene), (2, 1));

    // Nobody looks while Youward does not run; afterwards somebody does.
    drop(mua);
    scene.restart(|scene| {
        let mut phone = scene.elsewhere();
        let mail = letters::selfish_about("Sent from web mail", "").octets;
        let mail = String::from_utf8(mail).unwrap().replace("pat@", "kim@");
        phone.append("Sent", "(\\Seen)", mail.as_bytes());
        delete(&mut phone, NOTES, "1:*");
    });
    let _mua = scene.mua();
    let note = scene.wait(NOTES, "the note", |mails| mails.len() == 1).remove(0);
    assert!(has(&note.octets, "Sent from web mail"));
    assert_eq!(counts(&scene), (3, 2));
}

#[test]
fn what_went_past_has_no_notes_unless_the_standard_says_so() {
    let scene = Scene::new();
    let _mua = scene.mua();
    scene.until("the mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    scene.elsewhere().append("Sent", "(\\Seen)", &letters::selfish().octets);
    scene.until("it to be counted", || (scene.books.outcomes().len() == 1).then_some(()));
    scene.until("its recipient to be known", || {
        scene.books.acquainted("pat@customer.example").written
    });
    assert_eq!(scene.mails(NOTES), []);
}

#[test]
fn a_copy_in_sent_of_what_is_held_did_not_go() {
    let scene = Scene::with(&Options {
        standard: HOLDING,
        ..Options::default()
    });
    let mut mua = scene.mua();
    scene.until("the mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let letter = letters::selfish();
    assert!(scene.submit(&letter, "pat@customer.example").text().contains("Held"));
    mua.append("Sent", "(\\Seen)", &letter.octets);
    scene.wait("Sent", "the copy to go", |mails| mails.is_empty());
    scene.looked();
    assert_eq!(scene.books.outcomes(), []);
    assert_eq!(scene.books.acquainted("pat@customer.example").written, None);
}

#[test]
fn what_was_held_and_released_counts_like_any_other_mail_that_went() {
    let scene = Scene::with(&Options {
        standard: HOLDING,
        ..Options::default()
    });
    let mut mua = scene.mua();
    scene.until("the mailboxes to be looked through", || {
        scene.books.is_whole().then_some(())
    });
    let letter = pitch();
    let answer = scene.submit(&letter, "jo@acme.example");
    assert_eq!(answer.code, 250, "{}", answer.text());
    let copy = scene
        .wait("Youward/Held", "the held copy", |mails| mails.len() == 1)
        .remove(0);
    mua.run("SELECT Youward/Held");
    mua.run(&format!("UID MOVE {} \"Youward/Send as written\"", copy.uid));
    let row = scene.until("the released mail to be noted", || {
        scene.books.outcomes().into_iter().next()
    });
    assert!(!row.elsewhere && row.score.is_some_and(|score| score < 50), "{row:?}");
    scene.looked();
    assert_eq!(scene.books.outcomes().len(), 1);
}
