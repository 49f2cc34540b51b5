//! A server that misbehaves while a mailbox is looked through.

use super::{connect_within, endpoint, patient, rep, timeouts};
use crate::support::fake_imap::{FakeImap, ImapScript};
use crate::support::script::ServerTls;
use std::time::{Duration, Instant};
use youward::upstream::Tls;
use youward::upstream::mailbox::{Folder, MailboxCause, MailboxSettings, MailboxTimeouts, Mailboxes, Waited};

const SECTION: &str = "BODY[HEADER.FIELDS (FROM)]";
const FROM: &str = "From: a@b.test\r\n\r\n";

async fn session_within(script: ImapScript, timeouts: &MailboxTimeouts) -> (FakeImap, Mailboxes) {
    let imap = FakeImap::start(script);
    let endpoint = endpoint(imap.port, Tls::None, None);
    let mut mailboxes = connect_within(&endpoint, &rep(), timeouts).await.unwrap();
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    (imap, mailboxes)
}

async fn session(script: ImapScript) -> (FakeImap, Mailboxes) {
    session_within(script, &patient()).await
}

fn good() -> ImapScript {
    ImapScript::new(ServerTls::None)
}

fn head(uid: u32, date: &str) -> String {
    format!("* 1 FETCH (UID {uid} {date}{SECTION} {{{}}}\r\n{FROM})\r\n", FROM.len())
}

async fn uids(mailboxes: &mut Mailboxes) -> Vec<u32> {
    let page = mailboxes.heads_after(Folder::Inbox, 0, 50, &["From"]).await.unwrap();
    assert!(!page.more);
    page.heads.iter().map(|head| head.uid).collect()
}

#[tokio::test]
async fn only_what_was_asked_for_is_taken() {
    let done = "$T OK done\r\n";
    let date = "INTERNALDATE \"05-Mar-2026 07:08:09 +0000\" ";
    let pieces = format!("* 1 FETCH (UID 7 {date})\r\n{}", head(7, ""));
    for (words, expected) in [
        (
            format!("{}{}{}{done}", head(8, date), head(7, date), head(9, date)),
            vec![(7, true)],
        ),
        (format!("{}{done}", head(7, "")), vec![(7, false)]),
        (format!("{}{done}", head(7, "INTERNALDATE NIL ")), vec![(7, false)]),
        (format!("{}{done}", head(7, "INTERNALDATE \"\" ")), vec![(7, false)]),
        (
            format!("{}{done}", head(7, "INTERNALDATE \"31-Foo-0 99:99\" ")),
            vec![(7, false)],
        ),
        (
            format!("{}{done}", head(7, "INTERNALDATE {26}\r\n05-Mar-2026 07:08:09 +0000 ")),
            vec![(7, true)],
        ),
        (format!("{pieces}{done}"), vec![(7, true)]),
        (format!("* 1 FETCH (UID 7 {SECTION} NIL)\r\n{done}"), vec![(7, false)]),
        (
            format!("* 1 FETCH (UID 7 BODY[] {{1}}\r\nx FLAGS ())\r\n{done}"),
            vec![],
        ),
        // gone in between, in all the ways that servers have for it
        (done.to_owned(), vec![]),
        ("$T NO [EXPUNGEISSUED] some are gone\r\n".to_owned(), vec![]),
        (
            format!("{}* 1 EXPUNGE\r\n$T OK [EXPUNGEISSUED] x\r\n", head(7, date)),
            vec![(7, true)],
        ),
    ] {
        let script = good().saying(
            "in UID FETCH 7 (UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM)])",
            &words,
        );
        let (_imap, mut mailboxes) = session(script).await;
        let result = mailboxes.heads_after(Folder::Inbox, 0, 50, &["From"]).await;
        let page = result.unwrap_or_else(|error| panic!("{words}: {error}"));
        let found: Vec<_> = page.heads.iter().map(|head| (head.uid, head.at.is_some())).collect();
        assert_eq!(found, expected, "{words}");
        assert_eq!(page.uid_validity, 1);
        assert!(
            page.heads.len() == expected.len() && mailboxes.extent(Folder::Inbox).await.is_ok(),
            "{words}"
        );
    }
}

#[tokio::test]
async fn huge_headers_cost_no_more_than_their_beginning() {
    let size = 3_000_000;
    let words = format!(
        "* 1 FETCH (UID 7 {SECTION} {{{size}}}\r\n{})\r\n$T OK done\r\n",
        "x".repeat(size)
    );
    let (_imap, mut mailboxes) = session(good().saying("in UID FETCH 7", &words)).await;
    let page = mailboxes.heads_before(Folder::Inbox, 8, 50, &["From"]).await.unwrap();
    assert_eq!(page.heads[0].header.len(), 64 * 1024);
    // A server that knows no parts sends all of a mail.
    let words = format!(
        "* 1 FETCH (UID 7 BODY[] {{{size}}}\r\n{})\r\n$T OK done\r\n",
        "x".repeat(size)
    );
    let (_imap, mut mailboxes) = session(good().saying("in UID FETCH 7", &words)).await;
    assert_eq!(
        mailboxes
            .beginning(Folder::Inbox, 7, 100)
            .await
            .unwrap()
            .map(|begun| begun.len()),
        Some(100)
    );
    let words = "* 1 FETCH (UID 7 BODY[]<50> {3}\r\nabc)\r\n* 1 FETCH (UID 8 BODY[]<0> {3}\r\nabc)\r\n$T OK done\r\n";
    let (_imap, mut mailboxes) = session(good().saying("in UID FETCH 7", words)).await;
    assert_eq!(mailboxes.beginning(Folder::Inbox, 7, 100).await.unwrap(), None);
    let words = format!("* 1 FETCH (UID 7 {SECTION} {{4000000000}}\r\n");
    let (_imap, mut mailboxes) = session(good().saying("in UID FETCH 7", &words)).await;
    let error = mailboxes
        .heads_after(Folder::Inbox, 0, 50, &["From"])
        .await
        .unwrap_err();
    assert!(matches!(error.cause, MailboxCause::Flooded(_)), "{error}");
}

#[tokio::test]
async fn answers_to_search_are_not_believed() {
    let usual = ["* SEARCH 7 3 7\r\n", "* SEARCH 4294967295 2 7 3\r\n"];
    for (words, after, before) in [(usual[0], 3, 7), (usual[1], 6, 7)] {
        let (_imap, mut mailboxes) = session(good().saying("in UID SEARCH", &format!("{words}$T OK x\r\n"))).await;
        let newer = mailboxes
            .heads_after(Folder::Inbox, after, 50, &["From"])
            .await
            .unwrap();
        assert_eq!(newer.heads.iter().map(|head| head.uid).collect::<Vec<_>>(), [7]);
        let older = mailboxes
            .heads_before(Folder::Inbox, before, 50, &["From"])
            .await
            .unwrap();
        assert!(older.heads.is_empty() && !older.more);
    }
}

#[tokio::test]
async fn a_mailbox_that_never_holds_still_is_given_up() {
    let crowd = "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n$T OK done\r\n";
    for (at, words) in [
        ("in FETCH", "$T OK done\r\n"),
        ("in FETCH", "* 5 FETCH (UID 9)\r\n$T OK done\r\n"),
        ("in FETCH", "$T NO [EXPUNGEISSUED] gone\r\n"),
        ("in UID SEARCH", "* 1 EXPUNGE\r\n* SEARCH\r\n$T OK done\r\n"),
    ] {
        let mut script = good().saying(at, words);
        if at == "in FETCH" {
            script = script.saying("in EXAMINE", crowd);
        }
        let (imap, mut mailboxes) = session(script).await;
        let begun = Instant::now();
        let error = mailboxes
            .heads_after(Folder::Inbox, 0, 50, &["From"])
            .await
            .unwrap_err();
        assert!(
            matches!(error.cause, MailboxCause::NoImap(_)) && error.is_temporary(),
            "{at}: {error}"
        );
        assert!(begun.elapsed() < Duration::from_secs(10));
        assert!(imap.record().lines.len() < 100);
    }
}

#[tokio::test]
async fn uid_validity_and_next_uid_are_told_as_far_as_the_server_does() {
    for (words, validity, next) in [
        (
            "* 1 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT 30] x\r\n$T OK x\r\n",
            5,
            30,
        ),
        ("* 1 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n$T OK x\r\n", 5, 8),
        ("* 1 EXISTS\r\n$T OK x\r\n", 0, 8),
        ("* 0 EXISTS\r\n$T OK x\r\n", 0, 1),
        (
            "* 1 EXISTS\r\n* OK [UIDVALIDITY 99999999999] x\r\n* OK [UIDNEXT] x\r\n$T OK x\r\n",
            0,
            8,
        ),
    ] {
        let (_imap, mut mailboxes) = session(good().saying("in EXAMINE", words)).await;
        let extent = mailboxes.extent(Folder::Inbox).await.unwrap();
        assert_eq!((extent.uid_validity, extent.next_uid), (validity, next), "{words}");
    }
    let words = "* SEARCH 7\r\n* OK [UIDVALIDITY 2] all anew\r\n$T OK x\r\n";
    let (_imap, mut mailboxes) = session(good().saying("in UID SEARCH", words)).await;
    let error = mailboxes
        .heads_after(Folder::Inbox, 0, 50, &["From"])
        .await
        .unwrap_err();
    assert!(matches!(error.cause, MailboxCause::NoImap(_)), "{error}");
}

#[tokio::test]
async fn one_mail_that_the_server_cannot_show_hides_no_other() {
    let three = "* SEARCH 5 6 7\r\n$T OK x\r\n";
    let script = good()
        .saying("in UID SEARCH", three)
        .saying(
            "in UID FETCH 5,6,7",
            &format!("{}$T NO some could not be fetched\r\n", head(5, "")),
        )
        .saying("in UID FETCH 6 ", "$T NO not this one\r\n");
    let (_imap, mut mailboxes) = session(script).await;
    assert_eq!(uids(&mut mailboxes).await, [5, 7]);
    for words in [
        "$T NO [UNAVAILABLE] later\r\n",
        "$T NO nothing at all\r\n",
        "$T BAD what\r\n",
    ] {
        let script = good().saying("in UID SEARCH", three).saying("in UID FETCH", words);
        let (_imap, mut mailboxes) = session(script).await;
        let error = mailboxes
            .heads_after(Folder::Inbox, 0, 50, &["From"])
            .await
            .unwrap_err();
        assert!(matches!(error.cause, MailboxCause::Refused { .. }), "{words}: {error}");
        assert!(error.leaves_connection_usable() && mailboxes.extent(Folder::Inbox).await.is_ok());
    }
}

#[tokio::test]
async fn names_that_are_no_fields_never_reach_the_server() {
    let (imap, mut mailboxes) = session(good()).await;
    for fields in [&["From)] BODY[]"][..], &[], &["a\r\nb LOGOUT"]] {
        let error = mailboxes.heads_after(Folder::Inbox, 0, 50, fields).await.unwrap_err();
        assert!(matches!(error.cause, MailboxCause::Unfit(_)), "{error}");
    }
    assert_eq!(uids(&mut mailboxes).await, [7]);
    assert!(!imap.record().lines.iter().any(|line| line.contains("LOGOUT")));
}

#[tokio::test]
async fn old_marks_of_all_mail_are_known() {
    let list = "* LIST (\\Drafts) \"/\" Drafts\r\n* LIST (\\Sent) \"/\" Sent\r\n\
                * LIST (\\HasNoChildren \\AllMail) \"/\" \"[Gmail]/Tout\"\r\n* LIST (\\Archive) \"/\" A\r\n$T OK x\r\n";
    let (_imap, mailboxes) = session(good().saying("in LIST", list)).await;
    assert_eq!(mailboxes.name(Folder::All), Some("[Gmail]/Tout"));
    assert_eq!(mailboxes.name(Folder::Archive), Some("A"));
}

#[tokio::test]
async fn a_nudge_says_done_and_waits_for_the_answer() {
    let (imap, mut mailboxes) = session(good()).await;
    let nudge = tokio::time::sleep(Duration::from_millis(100));
    let waited = mailboxes
        .wait_or(Folder::Inbox, Duration::from_secs(20), nudge)
        .await
        .unwrap();
    assert_eq!(
        waited,
        Waited {
            changed: false,
            nudged: true
        }
    );
    assert!(imap.record().lines.last().is_some_and(|line| line == "DONE"));
    // News that come with the answer to DONE are told, too.
    let (_imap, mut mailboxes) = session(good().saying("in DONE", "* 2 EXISTS\r\n$T OK x\r\n")).await;
    let nudge = std::future::ready(());
    let waited = mailboxes
        .wait_or(Folder::Inbox, Duration::from_secs(20), nudge)
        .await
        .unwrap();
    assert_eq!(
        waited,
        Waited {
            changed: true,
            nudged: true
        }
    );
    // No answer: the call ends in its time.
    let script = good().saying("in DONE", "* OK still here\r\n");
    let (_imap, mut mailboxes) = session_within(script, &timeouts()).await;
    let nudge = std::future::ready(());
    let error = mailboxes
        .wait_or(Folder::Inbox, Duration::from_secs(20), nudge)
        .await
        .unwrap_err();
    assert_eq!(error.cause, MailboxCause::TimedOut);
}

#[tokio::test]
async fn an_idle_that_ends_by_itself_is_not_begun_without_end() {
    let (imap, mut mailboxes) = session(good().saying("in IDLE", "+ idling\r\n$T OK enough\r\n")).await;
    assert!(!mailboxes.wait(Folder::Inbox, Duration::from_millis(400)).await.unwrap());
    let lines = imap.record().lines;
    let idles = lines.iter().filter(|line| line.ends_with("IDLE")).count();
    assert_eq!(idles, 1, "{lines:?}");
}
