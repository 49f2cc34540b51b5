//! What happens between the first attempt and the last: rounds, several clients, copies that come late, time, restarts.

use super::scene::{HELD_BOX, NOT_SENT, NOTES, Scene};
use crate::support::ledger::Ledger;
use crate::support::letters;
use crate::support::wait::eventually;
use youward::store::State;

#[test]
fn without_a_login_after_a_restart_work_waits_and_then_goes_on() {
    let mut scene = Scene::new("rounds-restart", "");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    scene.restart(|house| {
        let released = house.held(&["release", &id, "--reason", "as agreed"]);
        assert!(released.status.success(), "{released:?}");
    });
    let waits = scene.release_waits();
    assert_eq!(waits, "the account's next login");
    let status = scene.house().status().stdout;
    assert!(
        status.contains("send the released mail") && status.contains("next login"),
        "{status}"
    );
    scene.not_arrived(&letter);
    scene.log_in();
    scene.wait_state(&id, State::Sent);
    scene.arrived(&letter);
}

#[test]
fn a_rewrite_that_is_held_again_is_the_next_round() {
    let scene = Scene::new("rounds-two", "");
    let subject = "Saving time at your Lille docks";
    let first = letters::selfish_about(subject, "");
    let one = scene.hold(&first);
    scene.wait_for(HELD_BOX, 1);
    let second = letters::selfish_about(&format!("Re: {subject}"), "X-Round: two\r\n");
    let two = scene.hold(&second);
    assert_eq!(scene.ledger.state(&one), State::Superseded);
    let record = scene.ledger.record(&two);
    assert_eq!((record.summary.state, record.summary.round), (State::Held, 2));
    scene.wait_idle();
    let copies = scene.mails(HELD_BOX);
    assert_eq!(copies.len(), 1);
    assert!(
        memchr::memmem::find(&copies[0].octets, two.as_bytes()).is_some(),
        "the copy is of the second"
    );
    let drafts = scene.mails("Drafts");
    assert_eq!(drafts.len(), 1);
    letters::assert_same(&drafts[0].octets, &second.octets, "the draft");
    let third = letters::better_about(subject, &format!("References: <{}@corp.example>\r\n", second.token));
    scene.pass(&third);
    scene.wait_state(&two, State::Superseded);
    scene.wait_idle();
    assert_eq!((scene.mails(HELD_BOX), scene.mails("Drafts")), (vec![], vec![]));
    scene.arrived(&third);
    scene.not_arrived(&first);
    scene.not_arrived(&second);
}

#[test]
fn a_draft_that_the_client_saved_while_writing_is_not_taken_for_the_one_put_back() {
    let scene = Scene::new("rounds-autosave", "");
    let letter = letters::selfish();
    let mut mua = scene.mua();
    // The client saves as it goes, under the Message-ID that the mail will have, and clears up after its 250.
    mua.append("Drafts", "(\\Draft)", &letter.octets[..letter.octets.len() / 2]);
    let id = scene.hold(&letter);
    scene.wait_for("Drafts", 2);
    mua.run("SELECT Drafts");
    mua.run("UID STORE 1 +FLAGS (\\Deleted)");
    mua.run("EXPUNGE");
    let drafts = scene.wait_for("Drafts", 1);
    letters::assert_same(&drafts[0].octets, &letter.octets, "the draft");
    assert_eq!(scene.ledger.state(&id), State::Held);
}

#[test]
fn one_client_is_held_and_another_sends_the_better_mail() {
    let scene = Scene::new("rounds-clients", "");
    let subject = "Saving time at your Lille docks";
    let held = letters::selfish_about(subject, "");
    let id = scene.hold(&held);
    // Both clients have the account open; the first files its copy, the second sees the draft.
    let (mut laptop, mut phone) = (scene.mua(), scene.mua());
    laptop.append("Sent", "(\\Seen)", &held.octets);
    laptop.run("SELECT Sent");
    scene.wait_for("Sent", 0);
    let draft = scene.wait_for("Drafts", 1).remove(0);
    let better = letters::better_about(subject, "");
    scene.pass(&better);
    phone.append("Sent", "(\\Seen)", &better.octets);
    scene.wait_state(&id, State::Superseded);
    scene.wait_idle();
    // Nobody has touched the draft, so it is gone, for both.
    assert_eq!(laptop.mails("Drafts"), []);
    phone.run("SELECT Drafts");
    assert_eq!(phone.run(&format!("UID FETCH {} (FLAGS)", draft.uid)).len(), 0);
    let sent = laptop.mails("Sent");
    assert_eq!(sent.len(), 1);
    letters::assert_same(&sent[0].octets, &better.octets, "Sent");
    scene.arrived(&better);
    scene.not_arrived(&held);
}

#[test]
fn a_copy_that_is_filed_late_leaves_sent_all_the_same() {
    let scene = Scene::new("rounds-late", "");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    eventually("some looks in vain", || {
        let work = scene.ledger.work();
        work.iter().any(|work| work.attempts >= 2).then_some(())
    });
    scene.mua().append("Sent", "", &letter.octets);
    scene.ledger.tamper("UPDATE work SET due = 0");
    scene.wait_for("Sent", 0);
    scene.wait_for(NOT_SENT, 1);
    // The client lost its 250 and sends the same mail again: it files another copy.
    let again = scene.submit(&letter);
    assert!(again.text().contains(&id), "{}", again.text());
    scene.mua().append("Sent", "", &letter.octets);
    scene.wait_for("Sent", 0);
    assert_eq!(scene.ledger.records().len(), 1);
}

#[test]
fn a_copy_that_was_never_taken_out_of_sent_goes_with_the_hold() {
    let scene = Scene::new("rounds-untaken", "");
    let subject = "Saving time at your Lille docks";
    let held = letters::selfish_about(subject, "");
    let id = scene.hold(&held);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    scene.ledger.tamper("DELETE FROM work");
    scene.mua().append("Sent", "(\\Seen)", &held.octets);
    let better = letters::better_about(subject, "");
    scene.mua().append("Sent", "(\\Seen)", &better.octets);
    scene.pass(&better);
    scene.wait_state(&id, State::Superseded);
    scene.wait_idle();
    let sent = scene.mails("Sent");
    assert_eq!(sent.len(), 1);
    letters::assert_same(&sent[0].octets, &better.octets, "Sent holds only what went");
}

#[test]
fn a_hold_that_nobody_ends_goes_back_to_its_author_with_a_notice() {
    let mut scene = Scene::new("rounds-expiry", "[hold]\nexpires_after_hours = 1\nthen = \"return\"\n");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    let ledger = Ledger::open(&scene.house().data(), true);
    scene.restart(|_| {
        assert_eq!(ledger.tamper("UPDATE record SET at = at - 3700000000"), 1);
    });
    scene.log_in();
    scene.wait_state(&id, State::Returned);
    let notice = scene.wait_for(NOTES, 1).remove(0);
    assert!(memchr::memmem::find(&notice.octets, id.as_bytes()).is_some());
    scene.wait_idle();
    let drafts = scene.mails("Drafts");
    assert_eq!(drafts.len(), 1);
    letters::assert_same(&drafts[0].octets, &letter.octets, "the draft");
    assert_eq!(scene.mails(HELD_BOX), []);
    scene.not_arrived(&letter);
    assert_eq!(scene.audit(&id), ["held", "expired"]);
}

#[test]
fn where_the_standard_says_remind_it_stays_and_its_author_is_reminded() {
    let mut scene = Scene::new(
        "rounds-reminder",
        "[hold]\nexpires_after_hours = 1\nthen = \"remind\"\n",
    );
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    let ledger = Ledger::open(&scene.house().data(), true);
    scene.restart(|_| {
        assert_eq!(ledger.tamper("UPDATE record SET at = at - 3700000000"), 1);
    });
    scene.log_in();
    scene.wait_for(NOTES, 1);
    scene.wait_idle();
    assert_eq!(scene.ledger.state(&id), State::Held);
    assert_eq!(scene.mails(HELD_BOX).len(), 1);
    assert_eq!(scene.audit(&id), ["held", "reminded"]);
}
