//! The same life at servers of every kind: other names, other separators, fewer extensions, no mailboxes at all.

use super::scene::{Scene, setup};
use crate::support::imap::{BARE, Imap, Variant};
use crate::support::letters;
use crate::support::provider::provider;
use crate::support::youward::{HOLDING, House, Setup};
use youward::store::State;

#[test]
fn below_inbox_with_dots() {
    live_and_release(
        "servers-dots",
        &Variant {
            prefix: "INBOX.",
            separator: '.',
            ..Variant::default()
        },
    );
}

#[test]
fn with_the_oldest_of_commands() {
    live_and_release(
        "servers-bare",
        &Variant {
            capability: Some(BARE),
            mailboxes: &[("Entwürfe", ""), ("Gesendet", "")],
            ..Variant::default()
        },
    );
}

#[test]
fn below_inbox_with_the_oldest_of_commands() {
    live_and_release(
        "servers-bare-dots",
        &Variant {
            prefix: "INBOX.",
            separator: '.',
            capability: Some(BARE),
            mailboxes: &[("Drafts", ""), ("Sent", "")],
            ..Variant::default()
        },
    );
}

/// Held, the client's copy taken out of Sent, released by a move, gone; then another, rewritten.
fn live_and_release(name: &str, variant: &Variant) {
    let imap = Imap::start(variant);
    let scene = Scene::of(name, House::new(&setup("").imap(imap.starttls)), imap.starttls);
    let own = |leaf: &str| format!("{}{leaf}", variant.prefix);
    // As IMAP writes other letters than ASCII (modified UTF-7).
    let wire = |shown: &str| shown.replace('ü', "&APw-");
    let drafts = wire(&own(variant.mailboxes[0].0));
    let sent = wire(&own(variant.mailboxes[1].0));
    let ours = |leaf: &str| own(&format!("Youward{}{leaf}", variant.separator));
    let held_box = ours("Held");

    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.mua().append(&sent, "(\\Seen)", &letter.octets);
    let draft = scene.wait_for(&drafts, 1).remove(0);
    letters::assert_same(&draft.octets, &letter.octets, "the draft");
    scene.wait_for(&sent, 0);
    scene.wait_for(&held_box, 1);
    scene.wait_for(&ours("Not sent"), 1);
    let mut mua = scene.mua();
    mua.run(&format!("SELECT \"{held_box}\""));
    mua.run(&format!("UID COPY 1:* \"{}\"", ours("Send as written")));
    mua.run("UID STORE 1:* +FLAGS (\\Deleted)");
    mua.run("EXPUNGE");
    // Where there is no IDLE, it is asked only now and then; a login does not change that, a command does.
    if scene.ledger.state(&id) == State::Held && variant.capability == Some(BARE) {
        scene.command(&["release", &id, "--reason", "as agreed"]);
    }
    scene.wait_state(&id, State::Sent);
    scene.arrived(&letter);
    scene.wait_idle();
    assert_eq!(scene.mails(&ours("Send as written")), []);
    assert_eq!(scene.mails(&held_box), []);
    assert_eq!(scene.mails(&ours("Not sent")), []);
    assert_eq!(scene.mails(&drafts), []);
    assert_eq!(scene.mails(&sent).len(), 1);

    let subject = "Saving time at your Lille docks";
    let id = scene.hold(&letters::selfish_about(subject, ""));
    scene.wait_for(&held_box, 1);
    scene.pass(&letters::better_about(subject, ""));
    scene.wait_state(&id, State::Superseded);
    scene.wait_idle();
    assert_eq!((scene.mails(&held_box), scene.mails(&drafts)), (vec![], vec![]));
    assert_eq!(scene.mails(&sent).len(), 1);
}

#[test]
fn without_mailboxes_nothing_is_filed_and_release_works_all_the_same() {
    let setup = Setup {
        imap: None,
        ..setup("").standard(HOLDING)
    };
    let scene = Scene::of("servers-none", House::new(&setup), provider().imap);
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    assert_eq!(scene.ledger.work(), []);
    scene.command(&["release", &id, "--reason", "as agreed"]);
    scene.wait_state(&id, State::Sent);
    scene.arrived(&letter);
    assert_eq!(scene.ledger.work(), []);
    assert_eq!(scene.mua().list("LIST"), ["Drafts", "Sent"]);
    assert!(scene.ledger.record(&id).mail.is_none(), "its octets are erased");
}
