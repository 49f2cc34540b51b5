//! Sent as written after all: by command, by moving the copy; and where that is not allowed, or not what was released.

use super::scene::{HELD_BOX, NOT_SENT, NOTES, SEND, Scene};
use crate::support::imap_client::ImapClient;
use crate::support::ledger::Ledger;
use crate::support::letters;
use crate::support::provider::{PASSWORD, provider};
use crate::support::wait::eventually;
use youward::store::State;

#[test]
fn released_by_command_it_goes_as_written() {
    let scene = Scene::new("release-command", "");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.mua().append("Sent", "(\\Seen)", &letter.octets);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_for(NOT_SENT, 1);
    assert_eq!(scene.mails("Sent"), []);
    scene.command(&["release", &id, "--reason", "they asked for the long version"]);
    scene.wait_state(&id, State::Sent);
    scene.arrived(&letter);
    scene.wait_idle();
    let sent = scene.mails("Sent");
    assert_eq!(sent.len(), 1, "the client's own copy is back");
    letters::assert_same(&sent[0].octets, &letter.octets, "the copy in Sent");
    assert_eq!((scene.mails(HELD_BOX), scene.mails(NOT_SENT)), (vec![], vec![]));
    assert_eq!(scene.mails("Drafts"), [], "nobody has touched the draft: it goes");
    assert_eq!(scene.audit(&id), ["held", "released", "sending", "sent"]);
    assert!(scene.ledger.record(&id).mail.is_none(), "its octets are erased");
}

#[test]
fn released_by_moving_the_copy_it_goes_as_written() {
    let scene = Scene::new("release-move", "");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    // Somebody works on the draft: what they wrote stays.
    let draft = scene.wait_for("Drafts", 1).remove(0);
    let mut mua = scene.mua();
    mua.append(
        "Drafts",
        "(\\Draft)",
        &[&draft.octets[..], b"And one more thing\r\n"].concat(),
    );
    mua.run("SELECT Drafts");
    mua.run(&format!("UID STORE {} +FLAGS (\\Deleted)", draft.uid));
    mua.run("EXPUNGE");
    scene.drag(HELD_BOX, SEND);
    scene.wait_state(&id, State::Sent);
    scene.arrived(&letter);
    scene.wait_idle();
    assert_eq!(scene.mails(SEND), []);
    assert_eq!(scene.mails(HELD_BOX), []);
    assert_eq!(scene.mails("Drafts").len(), 1);
    let sent = scene.mails("Sent");
    assert_eq!(sent.len(), 1, "the client filed none, so Youward did");
    letters::assert_same(&sent[0].octets, &letter.octets, "the copy in Sent");
    let by = scene.ledger.record(&id).permit.expect("released").by;
    assert_eq!(by, scene.account);
}

#[test]
fn where_the_standard_forbids_it_the_copy_is_moved_back_with_a_notice() {
    let scene = Scene::new("release-forbidden", "[release]\nby = \"nobody\"\n");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    let copy = scene.wait_for(HELD_BOX, 1).remove(0);
    let text = String::from_utf8_lossy(&copy.octets).into_owned();
    assert!(!text.contains("Send as written"), "a way that is closed is not named");
    scene.drag(HELD_BOX, SEND);
    let notice = scene.wait_for(NOTES, 1).remove(0);
    assert!(memchr::memmem::find(&notice.octets, id.as_bytes()).is_some());
    scene.wait_for(HELD_BOX, 1);
    assert_eq!(scene.mails(SEND), []);
    assert_eq!(scene.ledger.state(&id), State::Held);
    let refused = scene.house().held(&["release", &id, "--reason", "please"]);
    assert!(!refused.status.success(), "{refused:?}");
    scene.not_arrived(&letter);
    assert_eq!(scene.audit(&id), ["held", "not released"]);
}

#[test]
fn a_release_that_is_taken_back_is_not_asked_for_again_by_the_copy() {
    let mut scene = Scene::new("release-withdrawn", "");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    let account = scene.account.clone();
    let ledger = Ledger::open(&scene.house().data(), true);
    scene.restart(|_| {
        ledger.release(&id, "").unwrap();
        let mut mua = ImapClient::log_in(provider().imap, &account, PASSWORD);
        mua.run(&format!("SELECT \"{HELD_BOX}\""));
        mua.run(&format!("UID MOVE 1:* \"{SEND}\""));
        ledger.withdraw(&id).unwrap();
    });
    scene.log_in();
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    assert_eq!(scene.mails(SEND), []);
    assert_eq!(scene.ledger.state(&id), State::Held);
    scene.not_arrived(&letter);
    // Moved there once more it is asked for once more.
    scene.drag(HELD_BOX, SEND);
    scene.wait_state(&id, State::Sent);
    scene.arrived(&letter);
}

#[test]
fn other_octets_than_those_released_are_not_sent() {
    let mut scene = Scene::new("release-tampered", "");
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    let ledger = Ledger::open(&scene.house().data(), true);
    scene.restart(|_| {
        ledger.release(&id, "").unwrap();
        assert_eq!(
            ledger.tamper("UPDATE content SET mail = CAST(replace(mail, 'demo', 'loan') AS BLOB)"),
            1
        );
    });
    scene.log_in();
    eventually("the release to be taken back", || {
        scene.audit(&id).ends_with(&["withdrawn".to_owned()]).then_some(())
    });
    assert_eq!(scene.ledger.state(&id), State::Held);
    assert_eq!(scene.audit(&id), ["held", "released", "withdrawn"]);
    scene.not_arrived(&letter);
}
