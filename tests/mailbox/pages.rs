//! Real servers: what is in mailboxes, page by page, and waiting that can be nudged.

use super::dovecot::log_in;
use crate::support::imap::{BARE, Imap, Variant};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use youward::upstream::mailbox::{Folder, Heads, MailboxCause, MailboxSettings, Mailboxes, Waited};

const FIELDS: [&str; 2] = ["From", "Message-ID"];

fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: Ada <ada{number}@customer.example>\r\nSubject: x\r\nMessage-ID: <{number}@x>\r\n\r\nText {number}\r\n"
    )
    .into_bytes()
}

async fn located(imap: &Imap, user: &str) -> Mailboxes {
    let mut mailboxes = log_in(imap, user).await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    mailboxes
}

/// All UIDs from one end to the other, in pages.
async fn paged(mailboxes: &mut Mailboxes, forwards: bool, most: usize) -> Vec<u32> {
    let mut uids: Vec<u32> = Vec::new();
    loop {
        let from = uids.last().copied();
        let page = match forwards {
            true => {
                let after = from.unwrap_or(0);
                mailboxes.heads_after(Folder::Inbox, after, most, &FIELDS).await
            }
            false => {
                let before = from.unwrap_or(u32::MAX);
                mailboxes.heads_before(Folder::Inbox, before, most, &FIELDS).await
            }
        };
        let Heads { heads, more, .. } = page.unwrap();
        assert!(heads.len() <= most && (!more || !heads.is_empty()));
        for head in &heads {
            let header = String::from_utf8_lossy(&head.header);
            assert!(
                header.contains("@customer.example>") && !header.contains("Subject"),
                "{header}"
            );
            assert!(head.at.is_some());
        }
        uids.extend(heads.iter().map(|head| head.uid));
        if !more {
            return uids;
        }
    }
}

#[tokio::test]
async fn three_thousand_mails_with_gaps_are_paged_both_ways() {
    let imap = Imap::start(&Variant::default());
    let user = "pages@corp.example";
    let mut mua = imap.client(user);
    for number in 0..4_100 {
        mua.append("INBOX", "()", &mail(number));
    }
    // Gaps: every sixth is expunged, and a long row; some are only marked as deleted.
    mua.run("SELECT INBOX");
    let every_sixth: Vec<String> = (0..684).map(|number| (number * 6 + 1).to_string()).collect();
    mua.run(&format!(
        "UID STORE {} +FLAGS.SILENT (\\Deleted)",
        every_sixth.join(",")
    ));
    mua.run("UID STORE 1500:1900 +FLAGS.SILENT (\\Deleted)");
    mua.run("EXPUNGE");
    mua.run("UID STORE 3000:3009 +FLAGS.SILENT (\\Deleted)");
    mua.run("UNSELECT");
    let expected: Vec<u32> = (1..=4_100)
        .filter(|uid| uid % 6 != 1 && !(1_500..=1_900).contains(uid) && !(3_000..3_010).contains(uid))
        .collect();

    let mut mailboxes = located(&imap, user).await;
    let extent = mailboxes.extent(Folder::Inbox).await.unwrap();
    assert_eq!(extent.next_uid, 4_101);
    assert!(extent.uid_validity > 0 && extent.mails as usize >= expected.len());
    for most in [700, 2_000] {
        let begun = Instant::now();
        let forwards = paged(&mut mailboxes, true, most).await;
        assert!(forwards == expected, "{} of {}", forwards.len(), expected.len());
        let mut backwards = paged(&mut mailboxes, false, most).await;
        backwards.reverse();
        assert!(backwards == expected, "{} of {}", backwards.len(), expected.len());
        let took = begun.elapsed();
        assert!(
            took < Duration::from_secs(30),
            "{} mails, pages of {most}: {took:?}",
            expected.len()
        );
    }
    let some = mailboxes.heads_after(Folder::Inbox, 1_490, 7, &FIELDS).await.unwrap();
    let uids: Vec<u32> = some.heads.iter().map(|head| head.uid).collect();
    assert_eq!(
        (uids, some.more),
        (vec![1491, 1492, 1493, 1494, 1496, 1497, 1498], true)
    );
    assert_eq!(some.uid_validity, extent.uid_validity);
    let some = mailboxes.heads_before(Folder::Inbox, 1_902, 3, &FIELDS).await.unwrap();
    let uids: Vec<u32> = some.heads.iter().map(|head| head.uid).collect();
    assert_eq!((uids, some.more), (vec![1901, 1499, 1498], true));
    let all = mailboxes.uids(Folder::Inbox).await.unwrap();
    assert!(all.uids == expected && all.uid_validity == extent.uid_validity);

    // Mails go while we page.
    let mut seen = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = mailboxes.heads_after(Folder::Inbox, after, 300, &FIELDS).await.unwrap();
        for head in &page.heads {
            assert!(seen.insert(head.uid) && head.uid > after);
        }
        after = page.heads.last().map_or(after, |head| head.uid);
        if !page.more {
            break;
        }
        mua.run("SELECT INBOX");
        mua.run("STORE 1:40 +FLAGS.SILENT (\\Deleted)");
        mua.run("EXPUNGE");
        mua.run("UNSELECT");
    }
    let left = mailboxes.uids(Folder::Inbox).await.unwrap();
    assert!(left.uids.iter().all(|uid| seen.contains(uid)));

    // Nothing was marked as read.
    mua.run("EXAMINE INBOX");
    let unseen = mua.run("UID SEARCH SEEN");
    assert!(
        unseen.iter().all(|line| line.trim_ascii_end() == b"* SEARCH"),
        "{unseen:?}"
    );
}

#[tokio::test]
async fn inbox_archive_and_all_mail_are_found_and_never_made() {
    let marked = Variant {
        mailboxes: &[
            ("Drafts", "\\Drafts"),
            ("Abgelegt", "\\Archive"),
            ("Alles", "\\All"),
            ("Archive", ""),
        ],
        ..Variant::default()
    };
    let named = Variant {
        prefix: "INBOX.",
        separator: '.',
        mailboxes: &[("Archiv", "")],
        capability: Some(BARE),
        ..Variant::default()
    };
    for (variant, archive, all) in [
        (marked, Some("Abgelegt"), Some("Alles")),
        (named, Some("Archiv"), None),
        (Variant::default(), None, None),
    ] {
        let imap = Imap::start(&variant);
        let user = "places@corp.example";
        let mut mailboxes = log_in(&imap, user).await;
        assert!(!mailboxes.has(Folder::Inbox));
        mailboxes.locate(&MailboxSettings::default()).await.unwrap();
        assert_eq!(mailboxes.name(Folder::Inbox), Some("INBOX"));
        assert!(mailboxes.has(Folder::Inbox) && mailboxes.has(Folder::Drafts));
        assert_eq!(mailboxes.name(Folder::Archive), archive);
        assert_eq!(mailboxes.name(Folder::All), all);
        assert_eq!(mailboxes.has(Folder::All), all.is_some());
        let there = imap.mailboxes(user);
        assert_eq!(
            there
                .iter()
                .any(|name| name.contains("Archiv") || name.contains("All Mail")),
            archive.is_some()
        );
        let empty = mailboxes.extent(Folder::Inbox).await.unwrap();
        assert_eq!((empty.mails, empty.next_uid), (0, 1));
        assert!(mailboxes.uids(Folder::Inbox).await.unwrap().uids.is_empty());
        let none = mailboxes
            .heads_before(Folder::Inbox, u32::MAX, 10, &FIELDS)
            .await
            .unwrap();
        assert!(none.heads.is_empty() && !none.more);
        if archive.is_none() {
            for folder in [Folder::Archive, Folder::All] {
                let error = mailboxes.extent(folder).await.unwrap_err();
                assert_eq!(error.cause, MailboxCause::NotLocated);
                assert!(mailboxes.ensure(folder).await.is_err());
            }
            assert_eq!(imap.mailboxes(user), there);
        }
        mailboxes.leave().await;
    }
}

#[tokio::test]
async fn beginnings_are_read_and_nothing_more() {
    let imap = Imap::start(&Variant::default());
    let user = "beginning@corp.example";
    let mut mua = imap.client(user);
    let large = [mail(1), vec![b'x'; 3_000_000]].concat();
    mua.append("INBOX", "()", &large);
    mua.append("INBOX", "()", b"S: t\r\n\r\n");
    let mut mailboxes = located(&imap, user).await;
    for octets in [0, 1, 100, 200_000, 5_000_000] {
        let begun = mailboxes.beginning(Folder::Inbox, 1, octets).await.unwrap().unwrap();
        assert!(begun == large[..octets.min(large.len())], "{octets}: {}", begun.len());
    }
    let short = mailboxes.beginning(Folder::Inbox, 2, 5_000_000_000).await.unwrap();
    assert_eq!(short.as_deref(), Some(&b"S: t\r\n\r\n"[..]));
    assert_eq!(mailboxes.beginning(Folder::Inbox, 3, 10).await.unwrap(), None);
    assert!(imap.mails(user, "INBOX").iter().all(|mail| mail.flags.is_empty()));
}

#[tokio::test]
async fn headers_of_any_length_are_cut() {
    let imap = Imap::start(&Variant::default());
    let user = "long@corp.example";
    let mut mua = imap.client(user);
    let to: String = (0..20_000)
        .map(|number| format!("To: r{number}@corp.example\r\n"))
        .collect();
    mua.append("INBOX", "()", format!("{to}From: a@b.example\r\n\r\nx\r\n").as_bytes());
    mua.append("INBOX", "()", &mail(2));
    let mut mailboxes = located(&imap, user).await;
    let page = mailboxes
        .heads_after(Folder::Inbox, 0, 10, &["To", "From"])
        .await
        .unwrap();
    assert_eq!(page.heads.len(), 2);
    assert!(page.heads[0].header == to.as_bytes()[..64 * 1024]);
    assert!(page.heads[1].header.starts_with(b"From: Ada"));
}

#[tokio::test]
async fn a_nudge_ends_waiting_and_the_connection_goes_on() {
    for capability in [None, Some(BARE)] {
        let variant = Variant {
            capability,
            ..Variant::default()
        };
        let imap = Imap::start(&variant);
        let user = "nudge@corp.example";
        let mut mailboxes = located(&imap, user).await;
        let mut mua = imap.client(user);
        mailboxes.extent(Folder::Inbox).await.unwrap();
        let begun = Instant::now();
        for nudge in [0, 200, 0] {
            let nudge = tokio::time::sleep(Duration::from_millis(nudge));
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
            assert!(mailboxes.uids(Folder::Drafts).await.unwrap().uids.is_empty());
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        // What comes is told as before, and nothing is lost to a nudge.
        mua.append("INBOX", "()", &mail(1));
        let never = std::future::pending();
        let waited = mailboxes
            .wait_or(Folder::Inbox, Duration::from_secs(20), never)
            .await
            .unwrap();
        assert_eq!(
            waited,
            Waited {
                changed: true,
                nudged: false
            }
        );
        let page = mailboxes.heads_after(Folder::Inbox, 0, 10, &FIELDS).await.unwrap();
        assert_eq!((page.heads.len(), page.more), (1, false));
        // Looking back does not hide what is new.
        mua.append("INBOX", "()", &mail(2));
        mailboxes.heads_before(Folder::Inbox, 2, 10, &FIELDS).await.unwrap();
        assert!(mailboxes.wait(Folder::Inbox, Duration::from_millis(50)).await.unwrap());
        let in_vain = mailboxes
            .wait_or(Folder::Inbox, Duration::from_millis(300), std::future::pending())
            .await
            .unwrap();
        assert_eq!(in_vain, Waited::default());
    }
}
