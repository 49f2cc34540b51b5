//! A released mail and the moods of its provider: not now, never, and no answer.

use super::scene::{HELD_BOX, NOTES, Scene, setup};
use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::imap::{Imap, Variant};
use crate::support::letters::{self, Letter};
use crate::support::provider::provider;
use crate::support::script::{Fault, Phase, Script};
use crate::support::wait::eventually;
use crate::support::youward::{House, Setup};
use youward::hold::Settlement;
use youward::store::{State, WorkKind};

/// A rep whose submission server we play, and whose mailboxes are real.
fn played(name: &str, upstream: &FakeUpstream, imap: u16) -> Scene {
    let played = Setup::clear(upstream.port);
    let house = House::new(&Setup {
        smtp: played.smtp,
        ..setup("").imap(imap)
    });
    Scene::of(name, house, imap)
}

/// A mail that is held, everything about it in its place.
fn held(scene: &Scene) -> (Letter, String) {
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    (letter, id)
}

/// Lets time pass: what waits for its next attempt has it now.
fn hurry(scene: &Scene) {
    scene.ledger.tamper("UPDATE work SET due = 0");
}

#[test]
fn not_now_then_taken() {
    let upstream = FakeUpstream::start(Script::new());
    let scene = played("mood-later", &upstream, provider().imap);
    let (letter, id) = held(&scene);
    upstream.misbehave(&[(Phase::EndOfData, Fault::Say(b"452 4.3.1 full today\r\n".to_vec()))]);
    scene.command(&["release", &id, "--reason", "as agreed"]);
    let waits = scene.release_waits();
    assert!(waits.contains("full today"), "{waits}");
    assert_eq!(scene.ledger.state(&id), State::Released);
    upstream.misbehave(&[]);
    hurry(&scene);
    scene.wait_state(&id, State::Sent);
    let accepted = upstream.accepted();
    assert_eq!(accepted.len(), 1);
    letters::assert_same(&accepted[0].octets, &letter.octets, "what went");
    assert_eq!(accepted[0].mail, format!("MAIL FROM:<{}>", scene.account));
    scene.wait_idle();
    let audit = ["held", "released", "sending", "deferred", "sending", "sent"];
    assert_eq!(scene.audit(&id), audit);
}

#[test]
fn never_puts_the_mail_back_with_the_providers_words() {
    let upstream = FakeUpstream::start(Script::new());
    let scene = played("mood-never", &upstream, provider().imap);
    let (letter, id) = held(&scene);
    // The rep has cleared Drafts: what is not sent must come back there.
    let mut mua = scene.mua();
    mua.run("SELECT Drafts");
    mua.run("UID STORE 1:* +FLAGS (\\Deleted)");
    mua.run("EXPUNGE");
    upstream.misbehave(&[(
        Phase::EndOfData,
        Fault::Say(b"554 5.7.1 we saw through it\r\n".to_vec()),
    )]);
    scene.command(&["release", &id, "--reason", "as agreed"]);
    scene.wait_state(&id, State::Refused);
    let draft = scene.wait_for("Drafts", 1).remove(0);
    letters::assert_same(&draft.octets, &letter.octets, "the draft");
    let notice = scene.wait_for(NOTES, 1).remove(0);
    let text = String::from_utf8_lossy(&notice.octets).into_owned();
    assert!(text.contains("we saw through it"), "{text}");
    scene.wait_idle();
    assert_eq!(scene.mails(HELD_BOX), []);
    assert_eq!(upstream.accepted(), []);
}

#[test]
fn no_answer_is_a_doubt_and_nothing_is_sent_again_by_itself() {
    let upstream = FakeUpstream::start(Script::new());
    let scene = played("mood-doubt", &upstream, provider().imap);
    let (letter, id) = held(&scene);
    upstream.misbehave(&[(Phase::EndOfData, Fault::Close)]);
    scene.command(&["release", &id, "--reason", "as agreed"]);
    scene.wait_state(&id, State::InDoubt);
    upstream.misbehave(&[]);
    // The rep's client files its copy late. At this provider that proves nothing.
    scene.mua().append("Sent", "(\\Seen)", &letter.octets);
    eventually("all looks to be over", || {
        hurry(&scene);
        (scene.mails(NOTES).len() == 1).then_some(())
    });
    scene.wait_idle();
    assert_eq!(scene.ledger.state(&id), State::InDoubt);
    assert_eq!(upstream.received().len(), 1, "it was sent once");
    let identical = scene.submit(&letter);
    assert_eq!(identical.code, 250, "{}", identical.text());
    assert_eq!(upstream.received().len(), 1, "nor is it when its client sends it again");
    // A person answers for a second copy.
    scene.ledger.settle(&id, Settlement::SendAgain).unwrap();
    scene.wait_state(&id, State::Sent);
    assert_eq!(upstream.accepted().len(), 1);
    assert_eq!(upstream.received().len(), 2);
    let audit = [
        "held",
        "released",
        "sending",
        "in-doubt",
        "sent-again",
        "sending",
        "sent",
    ];
    assert_eq!(scene.audit(&id), audit);
}

#[test]
fn a_doubt_is_settled_by_the_providers_own_copy_in_sent() {
    let imap = Imap::start(&Variant {
        capability: Some("IMAP4rev1 LITERAL+ UIDPLUS MOVE IDLE NAMESPACE SPECIAL-USE ID X-GM-EXT-1"),
        ..Variant::default()
    });
    let upstream = FakeUpstream::start(Script::new());
    let scene = played("mood-filed", &upstream, imap.starttls);
    let (letter, id) = held(&scene);
    upstream.misbehave(&[(Phase::EndOfData, Fault::Close)]);
    scene.command(&["release", &id, "--reason", "as agreed"]);
    scene.wait_state(&id, State::InDoubt);
    // What is the mail octet by octet may be the client's own copy, and proves nothing.
    scene.mua().append("Sent", "(\\Seen)", &letter.octets);
    let first_look = eventually("a look", || {
        let work = scene.ledger.work();
        let look = work.into_iter().find(|work| work.kind == WorkKind::Look)?;
        (look.attempts > 0 && look.waits_for.is_some()).then_some(look.attempts)
    });
    eventually("another look", || {
        hurry(&scene);
        let work = scene.ledger.work();
        let look = work.into_iter().find(|work| work.kind == WorkKind::Look)?;
        (look.attempts > first_look).then_some(())
    });
    assert_eq!(scene.ledger.state(&id), State::InDoubt);
    let mut filed = b"Received: by mx.provider.example\r\n".to_vec();
    filed.extend_from_slice(&letter.octets);
    scene.mua().append("Sent", "(\\Seen)", &filed);
    eventually("the copy to be seen", || {
        hurry(&scene);
        (scene.ledger.state(&id) == State::Sent).then_some(())
    });
    scene.wait_idle();
    assert_eq!(scene.mails("Sent").len(), 2, "nothing was filed besides");
    assert_eq!(upstream.received().len(), 1);
    assert_eq!(scene.audit(&id).last().map(String::as_str), Some("confirmed"));
}

#[test]
fn a_password_that_is_wrong_by_now_makes_the_release_wait_for_a_login() {
    let upstream = FakeUpstream::start(Script::new());
    let scene = played("mood-password", &upstream, provider().imap);
    let (_, id) = held(&scene);
    upstream.misbehave(&[(Phase::Auth, Fault::Say(b"535 5.7.8 changed yesterday\r\n".to_vec()))]);
    scene.command(&["release", &id, "--reason", "as agreed"]);
    let waits = scene.release_waits();
    assert!(
        waits.starts_with("the account's next login") && waits.contains("changed yesterday"),
        "{waits}"
    );
    assert_eq!(scene.ledger.state(&id), State::Released);
    assert_eq!(upstream.received(), []);
    upstream.misbehave(&[]);
    scene.log_in();
    scene.wait_state(&id, State::Sent);
    assert_eq!(upstream.accepted().len(), 1);
}

#[test]
fn mailboxes_that_refuse_the_login_keep_no_release_from_going() {
    let upstream = FakeUpstream::start(Script::new());
    let scene = played("mood-closed", &upstream, provider().imap);
    // The submission server takes this password, the mailboxes do not.
    let log_in = || {
        let mut client = Client::ready(scene.youward().clear_port());
        assert_eq!(client.login(&scene.account, "of another server").code, 235);
        client
    };
    let letter = letters::selfish();
    let mut client = log_in();
    client.envelope(&scene.account, &[&scene.prospect]);
    assert_eq!(client.data(&letter.octets).code, 250);
    let id = scene.record_of(&letter);
    eventually("the mailboxes to refuse", || {
        let work = scene.ledger.work();
        let refused = |words: &String| words.starts_with("the account's next login: ");
        work.iter()
            .any(|work| work.waits_for.as_ref().is_some_and(refused))
            .then_some(())
    });
    scene.command(&["release", &id, "--reason", "as agreed"]);
    assert!(scene.release_waits().starts_with("the account's next login"));
    log_in();
    scene.wait_state(&id, State::Sent);
    assert_eq!(upstream.accepted().len(), 1);
}
