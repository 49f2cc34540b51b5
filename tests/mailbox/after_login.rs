//! A server that misbehaves once we are logged in: every call ends in its time, with an error that says what happened.

use super::{connect, connect_within, endpoint, patient, rep, timeouts};
use crate::support::fake_imap::{FakeImap, ImapScript};
use crate::support::script::{Fault, ServerTls};
use std::time::{Duration, Instant};
use youward::upstream::Tls;
use youward::upstream::mailbox::{
    Find, Folder, MailboxCause, MailboxError, MailboxSettings, MailboxTimeouts, Mailboxes,
};

const BOUND: Duration = Duration::from_secs(4);

async fn session(script: ImapScript) -> (FakeImap, Mailboxes) {
    let imap = FakeImap::start(script);
    let endpoint = endpoint(imap.port, Tls::None, None);
    let mailboxes = connect_within(&endpoint, &rep(), &patient()).await.unwrap();
    (imap, mailboxes)
}

fn good() -> ImapScript {
    ImapScript::new(ServerTls::None)
}

/// One of each call, in this order, until one fails.
async fn all_calls(mailboxes: &mut Mailboxes) -> Result<(), MailboxError> {
    mailboxes.locate(&MailboxSettings::default()).await?;
    mailboxes
        .append(Folder::Held, b"Subject: x\r\n\r\nx\r\n", &["\\Seen"], None)
        .await?;
    mailboxes.find(Folder::Held, Find::MessageId("<a@b.test>")).await?;
    mailboxes.marked(Folder::Held).await?;
    mailboxes.fetch(Folder::Held, 7, 1000).await?;
    mailboxes.flag(Folder::Held, 7, &["\\Seen"]).await?;
    mailboxes.move_to(Folder::Held, 7, Folder::Notes).await?;
    mailboxes.remove(Folder::Held, 7).await?;
    mailboxes.ensure(Folder::Reviews).await?;
    mailboxes.extent(Folder::Inbox).await?;
    mailboxes.uids(Folder::Drafts).await?;
    mailboxes.heads_after(Folder::Inbox, 0, 10, &["From"]).await?;
    mailboxes.heads_before(Folder::Inbox, 9, 10, &["From"]).await?;
    mailboxes.beginning(Folder::Inbox, 7, 1000).await?;
    mailboxes.wait(Folder::Sent, Duration::from_millis(50)).await?;
    Ok(())
}

#[tokio::test]
async fn a_good_server_is_served() {
    let (imap, mut mailboxes) = session(good()).await;
    all_calls(&mut mailboxes).await.unwrap();
    assert_eq!(
        mailboxes
            .find(Folder::Held, Find::MessageId("<a@b.test>"))
            .await
            .unwrap(),
        [7]
    );
    assert!(
        mailboxes
            .find(Folder::Held, Find::MessageId("<a@b>"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        mailboxes.fetch(Folder::Held, 7, 5).await.unwrap().as_deref(),
        Some(&b"hello"[..])
    );
    mailboxes.leave().await;
    let lines = imap.record().lines;
    assert!(lines.last().is_some_and(|line| line.ends_with("LOGOUT")), "{lines:?}");
    // Async-imap's own empty LOGIN stays here.
    assert!(!lines.iter().any(|line| line.contains("LOGIN")), "{lines:?}");
    // Looking opens nothing for writing.
    let looks = lines.iter().filter(|line| line.contains("EXAMINE")).count();
    assert!(looks >= 5, "{lines:?}");
}

#[tokio::test]
async fn every_call_ends_in_its_time() {
    let places = [
        "in NAMESPACE",
        "in LIST",
        "in SUBSCRIBE",
        "in APPEND",
        "in +APPEND",
        "in EXAMINE",
        "in UID SEARCH",
        "in UID FETCH 7 (UID BODY.PEEK[HEADER",
        "in UID FETCH 7 (UID RFC822",
        "in UID FETCH 7 (UID BODY.PEEK[])",
        "in UID FETCH 7 (UID INTERNALDATE",
        "in UID FETCH 7 (UID BODY.PEEK[]<",
        "in UID FETCH 7 (UID)",
        "in SELECT",
        "in UID STORE",
        "in UID MOVE",
        "in UID EXPUNGE",
        "in CREATE",
        "in IDLE",
        "in DONE",
    ];
    let faults = [
        Fault::Silence,
        Fault::Close,
        Fault::Say(b"* BYE [UNAVAILABLE] maintenance \x1b[31m\r\n".to_vec()),
        Fault::Say(b"* OK still working\r\n* XUNKNOWN {3}\r\nabc (\r\n".to_vec()),
        Fault::Say(b"HTTP/1.1 400 Bad Request\r\n".to_vec()),
        Fault::Say(b"A9999 OK not yours\r\n".to_vec()),
        Fault::Say(b"* 1 FETCH (UID 7 BODY[] {2147483648}\r\n".to_vec()),
        Fault::Say(b"* 1 FETCH (UID 7 BODY[] {99999999999999999999}\r\n".to_vec()),
        Fault::Say(b"* LIST () \"/\" {1000000}\r\n".to_vec()),
        Fault::Say([b"* 1 FETCH ".to_vec(), b"(".repeat(100_000), b"\r\n".to_vec()].concat()),
        Fault::Say([b"* SEARCH".to_vec(), b" 1".repeat(400_000), b"\r\n".to_vec()].concat()),
        Fault::Say(b"* OK half a li".to_vec()),
        Fault::SayAndClose(b"* OK half a li".to_vec()),
        Fault::Say(b"* OK a\0b\r\n".to_vec()),
    ];
    // Some at a time, so that a busy machine has time for each.
    for places in places.chunks(3) {
        let mut tasks = Vec::new();
        for at in places {
            for fault in &faults {
                tasks.push(tokio::spawn(one_fault(at, fault.clone())));
            }
        }
        for task in tasks {
            task.await.unwrap();
        }
    }
}

async fn one_fault(at: &'static str, fault: Fault) {
    let name = match &fault {
        Fault::Say(words) => format!("{at}, {}", String::from_utf8_lossy(&words[..words.len().min(40)])),
        fault => format!("{at}, {fault:?}"),
    };
    let imap = FakeImap::start(good().with(at, fault));
    let mut mailboxes = connect(&endpoint(imap.port, Tls::None, None), &rep()).await.unwrap();
    let begun = Instant::now();
    let error = all_calls(&mut mailboxes).await.unwrap_err();
    assert!(begun.elapsed() < BOUND, "{name}: {:?}", begun.elapsed());
    assert!(
        error.is_temporary() && !error.leaves_connection_usable(),
        "{name}: {error}"
    );
    assert!(!error.to_string().contains('\x1b'), "{name}: {error}");
    // Nothing is tried on a connection whose answers got lost.
    let next = mailboxes.marked(Folder::Held).await.unwrap_err();
    assert_eq!(next.cause, MailboxCause::CutOff, "{name}");
    mailboxes.leave().await;
}

#[tokio::test]
async fn refusals_come_in_the_servers_words_and_leave_the_session_usable() {
    for (at, doing) in [
        ("in APPEND", "filing a mail in Youward/Held"),
        ("in +APPEND", "filing a mail in Youward/Held"),
        ("in UID SEARCH", "searching Youward/Held"),
        ("in UID FETCH 7 (UID BODY.PEEK[])", "fetching a mail from Youward/Held"),
        ("in SELECT", "marking a mail in Youward/Held"),
        ("in UID STORE", "marking a mail in Youward/Held"),
        ("in UID MOVE", "moving a mail out of Youward/Held"),
        ("in UID EXPUNGE", "removing a mail from Youward/Held"),
        ("in CREATE", "making a mailbox"),
    ] {
        let words = "* NO [ALERT]\u{e9} careful\r\n$T NO [OverQuota] Mailbox \u{fc}ber quota\r\n";
        let (_imap, mut mailboxes) = session(good().saying(at, words)).await;
        let error = all_calls(&mut mailboxes).await.unwrap_err();
        assert_eq!(error.doing, doing, "{at}");
        let MailboxCause::Refused { code, text } = &error.cause else {
            panic!("{at}: {error}")
        };
        assert_eq!(
            (code.as_str(), text.as_str()),
            ("OVERQUOTA", "[OverQuota] Mailbox über quota"),
            "{at}"
        );
        assert!(error.leaves_connection_usable());
        assert!(
            mailboxes.wait(Folder::Sent, Duration::from_millis(10)).await.is_ok(),
            "{at}"
        );
    }
}

#[tokio::test]
async fn odd_but_lawful_answers_do_no_harm() {
    for (at, words) in [
        ("in APPEND", "* 5 EXISTS\r\n* OK [HIGHESTMODSEQ 9] x\r\n+ go\r\n"),
        ("in +APPEND", "* 6 EXISTS\r\n$T OK [APPENDUID 1 7]\u{e9}\r\n"),
        (
            "in UID FETCH 7 (UID BODY.PEEK[])",
            "* 2 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 BODY[] NIL)\r\n$T OK x\r\n",
        ),
        (
            "in UID FETCH 7 (UID RFC822",
            "* 2 FETCH (UID 9 RFC822.SIZE 999999)\r\n* 1 FETCH (UID 7 RFC822.SIZE 5)\r\n$T OK x\r\n",
        ),
        (
            "in UID SEARCH",
            "* ESEARCH (TAG \"x\") UID ALL 1:9\r\n* SEARCH\r\n* SEARCH 7 7 \r\n$T OK x\r\n",
        ),
        (
            "in LIST",
            "* LIST (\\HasNoChildren \\Drafts) \"/\" {6}\r\nDrafts\r\n* LIST () \"/\" \"a\\\"b\"\r\n* LIST () NIL \u{fc}\r\n$T OK x\r\n",
        ),
        ("in NAMESPACE", "* NAMESPACE NIL NIL NIL\r\n$T OK x\r\n"),
        ("in NAMESPACE", "$T BAD what\r\n"),
        ("in SUBSCRIBE", "$T NO no subscriptions here\r\n"),
        ("in IDLE", "$T NO not today\r\n"),
        ("in IDLE", "$T BAD not known\r\n"),
        (
            "in EXAMINE",
            "* FLAGS (\\Seen $x)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [PERMANENTFLAGS ()] x\r\n* OK [UNSEEN 1]\r\n* OK [MAILBOXID (F1)] x\r\n$T OK\r\n",
        ),
    ] {
        let (_imap, mut mailboxes) = session(good().saying(at, words)).await;
        if let Err(error) = all_calls(&mut mailboxes).await {
            panic!("{at}: {words}: {error}");
        }
    }
}

#[tokio::test]
async fn idle_that_is_refused_becomes_asking() {
    for words in ["$T NO not today\r\n", "$T BAD not known\r\n"] {
        let script = good()
            .saying("in IDLE", words)
            .saying("in NOOP", "* 2 EXISTS\r\n$T OK x\r\n");
        let (_imap, mut mailboxes) = session(script).await;
        mailboxes.locate(&MailboxSettings::default()).await.unwrap();
        assert!(
            mailboxes.wait(Folder::Sent, Duration::from_secs(10)).await.unwrap(),
            "{words}"
        );
    }
}

#[tokio::test]
async fn idle_is_renewed_and_news_end_it() {
    let short = MailboxTimeouts {
        idle: Duration::from_millis(150),
        ..timeouts()
    };
    let imap = FakeImap::start(good());
    let endpoint = endpoint(imap.port, Tls::None, None);
    let mut mailboxes = connect_within(&endpoint, &rep(), &short).await.unwrap();
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    assert!(!mailboxes.wait(Folder::Sent, Duration::from_millis(700)).await.unwrap());
    let lines = imap.record().lines;
    let count = |what: &str| lines.iter().filter(|line| line.ends_with(what)).count();
    assert!(count("IDLE") >= 3 && count("IDLE") == count("DONE"), "{lines:?}");

    for (words, changed) in [
        ("+ idling\r\n* OK Still here\r\n* 1 EXISTS\r\n", false),
        ("+ idling\r\n* 2 EXISTS\r\n", true),
        ("* 1 EXPUNGE\r\n+ idling\r\n", true),
        ("+ idling\r\n* 1 FETCH (FLAGS (\\Seen))\r\n", true),
    ] {
        let script = good().saying("in IDLE", words);
        let (_imap, mut mailboxes) = session(script).await;
        mailboxes.locate(&MailboxSettings::default()).await.unwrap();
        let begun = Instant::now();
        assert_eq!(
            mailboxes.wait(Folder::Sent, Duration::from_millis(600)).await.unwrap(),
            changed,
            "{words}"
        );
        assert_eq!(begun.elapsed() < Duration::from_millis(500), changed, "{words}");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing_behind_to_be_mistaken() {
    let (_imap, mut mailboxes) = session(good().with("in UID SEARCH", Fault::Slowly(Duration::from_millis(30)))).await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    let dropped = tokio::time::timeout(Duration::from_millis(100), mailboxes.marked(Folder::Held)).await;
    assert!(dropped.is_err());
    let error = mailboxes.marked(Folder::Held).await.unwrap_err();
    assert_eq!(error.cause, MailboxCause::CutOff);
    let error = mailboxes.append(Folder::Held, b"x", &[], None).await.unwrap_err();
    assert_eq!(error.cause, MailboxCause::CutOff);
}

#[tokio::test]
async fn a_server_without_levels_gets_flat_names() {
    for (script, held) in [
        (
            good()
                .saying("in NAMESPACE", "* NAMESPACE ((\"\" NIL)) NIL NIL\r\n$T OK x\r\n")
                .saying("in LIST", "* LIST (\\NoInferiors) NIL INBOX\r\n$T OK x\r\n"),
            "Youward Held",
        ),
        (
            good()
                .saying(
                    "in LIST",
                    "* LIST (\\Drafts) \"/\" Drafts\r\n* LIST (\\Sent) \"/\" Sent\r\n$T OK x\r\n",
                )
                .saying("in CREATE \"YOUWARD/", "$T NO [CANNOT] one level only\r\n"),
            "Youward Held",
        ),
    ] {
        let (imap, mut mailboxes) = session(script).await;
        mailboxes.locate(&MailboxSettings::default()).await.unwrap();
        assert_eq!(mailboxes.name(Folder::Held), Some(held), "{:?}", imap.record().lines);
        assert_eq!(mailboxes.name(Folder::SendAsWritten), Some("Youward Send as written"));
    }
}

#[tokio::test]
async fn providers_that_file_sent_mail_are_recognised() {
    let gmail = ImapScript {
        able: "IMAP4rev1 AUTH=PLAIN X-GM-EXT-1",
        ..good()
    };
    for (script, files) in [(gmail, true), (good(), false)] {
        let (_imap, mailboxes) = session(script).await;
        assert_eq!(mailboxes.files_sent_itself(), files);
    }
}

#[tokio::test]
async fn what_is_removed_from_gmail_goes_to_the_trash() {
    let list = "* LIST (\\Drafts) \"/\" \"[Gmail]/Drafts\"\r\n* LIST (\\Sent) \"/\" \"[Gmail]/Sent Mail\"\r\n\
                * LIST (\\Trash) \"/\" \"[Gmail]/Bin\"\r\n$T OK x\r\n";
    let gmail = ImapScript {
        able: "IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS X-GM-EXT-1",
        ..good().saying("in LIST", list)
    };
    let (imap, mut mailboxes) = session(gmail).await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    assert_eq!(mailboxes.name(Folder::Sent), Some("[Gmail]/Sent Mail"));
    mailboxes.remove(Folder::Held, 7).await.unwrap();
    let lines = imap.record().lines;
    assert!(
        lines.iter().any(|line| line.ends_with("UID MOVE 7 \"[Gmail]/Bin\"")),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.contains("EXPUNGE")), "{lines:?}");
}
