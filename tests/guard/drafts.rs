//! Drafts: saved, edited, sent, thrown away.

use super::scene::{REVIEWS, Scene};
use crate::support::imap::Variant;
use crate::support::letters;

const NO_TERMS: &str = "";

fn has(octets: &[u8], text: &str) -> bool {
    memchr::memmem::find(octets, text.as_bytes()).is_some()
}

#[test]
fn a_draft_is_reviewed_the_review_follows_it_and_goes_with_it() {
    let scene = Scene::new(&Variant::default(), NO_TERMS);
    let mut mua = scene.mua();
    let first = letters::selfish();
    mua.append("Drafts", "(\\Draft)", &first.octets);
    let review = scene.reviews(1).remove(0);
    assert!(
        has(&review.octets, "Subject: Draft: Our award-winning platform"),
        "{review:?}"
    );
    assert_eq!(review.flags, ["\\Seen"], "quiet");
    let draft = scene.mails("Drafts").remove(0);
    assert_eq!(
        (draft.flags.as_slice(), &draft.octets),
        (["\\Draft".to_owned()].as_slice(), &first.octets)
    );

    // The rep writes on: the client saves a new version, then takes the old one away.
    let second = letters::selfish_about("Another beginning", "");
    mua.append("Drafts", "(\\Draft)", &second.octets);
    mua.run("SELECT Drafts");
    mua.run(&format!("UID STORE {} +FLAGS.SILENT (\\Deleted)", draft.uid));
    mua.run("EXPUNGE");
    let follows = |mails: &[crate::support::imap::Stored]| {
        mails.len() == 1 && has(&mails[0].octets, "Subject: Draft: Another beginning")
    };
    scene.wait(REVIEWS, "the review of the new version", follows);
    let drafts = scene.mails("Drafts");
    assert_eq!((drafts.len(), &drafts[0].octets), (1, &second.octets));

    mua.run("UID STORE 1:* +FLAGS.SILENT (\\Deleted)");
    mua.run("EXPUNGE");
    scene.reviews(0);
}
