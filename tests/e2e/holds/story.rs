//! A rep's whole story: send, held, open the draft, edit, send, delivered.

use super::scene::{HELD_BOX, NOT_SENT, Scene};
use crate::support::letters::{self, assert_same};
use youward::store::State;

#[test]
fn held_then_rewritten_then_delivered() {
    let scene = Scene::new("story", "");
    let subject = "Saving time at your Lille docks";
    let held = letters::selfish_about(subject, "");
    let id = scene.hold(&held);
    // Every mail client files its own copy once it has its 250.
    scene.mua().append("Sent", "(\\Seen)", &held.octets);

    // The mail lies in Drafts as it was written, what is said about it in Youward/Held.
    let drafts = scene.wait_for("Drafts", 1);
    assert_same(&drafts[0].octets, &held.octets, "the draft");
    assert_eq!(drafts[0].flags, ["\\Draft", "\\Seen"]);
    scene.wait_for("Sent", 0);
    let copy = scene.wait_for(HELD_BOX, 1).remove(0);
    let field = format!("X-Youward-Record: {id}\r\n");
    assert!(memchr::memmem::find(&copy.octets, field.as_bytes()).is_some());
    assert_eq!(copy.flags, [] as [&str; 0], "the annotated copy is unread");
    let apart = scene.wait_for(NOT_SENT, 1).remove(0);
    assert_same(&apart.octets, &held.octets, "the client's own copy waits apart");
    scene.not_arrived(&held);

    // The rep edits the draft: the client saves a new one, takes the old one away, and sends it.
    let better = letters::better_about(subject, "");
    let mut mua = scene.mua();
    mua.append("Drafts", "(\\Draft \\Seen)", &better.octets);
    mua.run("SELECT Drafts");
    mua.run(&format!("UID STORE {} +FLAGS (\\Deleted)", drafts[0].uid));
    mua.run(&format!("UID EXPUNGE {}", drafts[0].uid));
    scene.pass(&better);
    mua.append("Sent", "(\\Seen)", &better.octets);
    mua.run("UID STORE 1:* +FLAGS (\\Deleted)");
    mua.run("EXPUNGE");

    scene.wait_state(&id, State::Superseded);
    scene.arrived(&better);
    scene.wait_idle();
    assert_eq!((scene.mails(HELD_BOX), scene.mails(NOT_SENT)), (vec![], vec![]));
    assert_eq!(scene.mails("Drafts"), []);
    let sent = scene.mails("Sent");
    assert_eq!(sent.len(), 1);
    assert_same(&sent[0].octets, &better.octets, "Sent holds only what went");
    scene.not_arrived(&held);
    assert_eq!(scene.audit(&id), ["held", "superseded"]);
    let rewrite = scene.ledger.record(&id).rewrite.expect("both readings are kept");
    assert!(
        rewrite.score > rewrite.score_before && !rewrite.gone.is_empty(),
        "{rewrite:?}"
    );
    assert_eq!(scene.ledger.broken_audit(), None);
}

#[test]
fn rewritten_from_the_first_word_to_the_last_the_draft_tells() {
    let scene = Scene::new("story-anew", "");
    let held = letters::selfish();
    let id = scene.hold(&held);
    let draft = scene.wait_for("Drafts", 1).remove(0);
    scene.wait_idle();
    let better = letters::better_about("Which dock loses most?", "");
    scene.pass(&better);
    assert_eq!(scene.ledger.state(&id), State::Held, "so far it may be another mail");
    let mut mua = scene.mua();
    mua.run("SELECT Drafts");
    mua.run(&format!("UID STORE {} +FLAGS (\\Deleted)", draft.uid));
    mua.run("EXPUNGE");
    scene.ledger.tamper("UPDATE work SET due = 0");
    scene.wait_state(&id, State::Superseded);
    scene.wait_idle();
    assert_eq!(scene.mails(HELD_BOX), []);
    scene.arrived(&better);
    scene.not_arrived(&held);
}
