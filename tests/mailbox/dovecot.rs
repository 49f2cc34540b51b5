//! Real servers: everything that is done in mailboxes, in every variant.

use super::{connect_within, endpoint, patient, plain};
use crate::support::imap::{BARE, Imap, Variant};
use crate::support::provider::PASSWORD;
use std::time::{Duration, Instant};
use youward::upstream::Tls;
use youward::upstream::mailbox::{Find, Folder, MailboxCause, MailboxSettings, Mailboxes};

/// All octets that a mail can have, lines that look like protocol, and a line end at the end.
fn letter(id: &str, record: &str) -> Vec<u8> {
    let mut mail =
        format!("Message-ID:\r\n {id}\r\nX-Youward-Record: {record}\r\nSubject: Gr\u{fc}\u{df}e\r\n\r\n").into_bytes();
    mail.extend((1..=255u8).filter(|octet| !b"\r\n".contains(octet)));
    mail.extend_from_slice(b"\r\n.\r\na9 DELETE INBOX\r\n{5}\r\n)\r\n");
    mail
}

pub(super) async fn log_in(imap: &Imap, user: &str) -> Mailboxes {
    let endpoint = endpoint(imap.implicit, Tls::Implicit, Some(&imap.ca));
    connect_within(&endpoint, &plain(user, PASSWORD), &patient())
        .await
        .unwrap()
}

/// The names that a server has for Drafts, Sent, Held, Notes and Send as written.
type Names = [&'static str; 5];

/// The life of a hold's mails in an account's mailboxes.
async fn works(what: &str, variant: &Variant, before: &[&str], names: Names) {
    let imap = Imap::start(variant);
    let user = "rep@corp.example";
    let mut mua = imap.client(user);
    for name in before {
        mua.run(&format!("CREATE \"{name}\""));
    }
    let mut mailboxes = log_in(&imap, user).await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    let [drafts, sent, held, notes, as_written] = names;
    let there = imap.mailboxes(user);
    for name in names {
        assert!(there.iter().any(|one| one == name), "{what}: {name} in {there:?}");
    }
    let subscribed = imap.subscribed(user);
    for name in [held, notes, as_written] {
        assert!(
            subscribed.iter().any(|one| one == name),
            "{what}: {name} in {subscribed:?}"
        );
    }
    assert_eq!(mailboxes.name(Folder::Held), Some("Youward/Held"), "{what}");
    assert_eq!(
        mailboxes.name(Folder::SendAsWritten),
        Some("Youward/Send as written"),
        "{what}"
    );
    assert!(!mailboxes.files_sent_itself(), "{what}");

    // Twice the same changes nothing.
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    assert_eq!(imap.mailboxes(user), there, "{what}");

    // File, find, fetch.
    let (one, two) = (
        letter("<one@corp.example>", "r1"),
        letter("<one@corp.example.org>", "r11"),
    );
    let date = "2026-03-05T07:08:09Z".parse().unwrap();
    mailboxes
        .append(Folder::Held, &one, &["\\Seen"], Some(date))
        .await
        .unwrap();
    mailboxes.append(Folder::Held, &two, &[], None).await.unwrap();
    mailboxes
        .append(Folder::Drafts, &one, &["\\Draft", "\\Seen"], None)
        .await
        .unwrap();
    let in_drafts = imap.mails(user, drafts);
    assert_eq!(in_drafts.len(), 1, "{what}");
    assert_eq!(
        (&in_drafts[0].octets, in_drafts[0].flags.join(" ").as_str()),
        (&one, "\\Draft \\Seen"),
        "{what}"
    );
    let found = mailboxes
        .find(Folder::Held, Find::MessageId("<one@corp.example>"))
        .await
        .unwrap();
    let [uid] = found[..] else { panic!("{what}: {found:?}") };
    assert_eq!(
        mailboxes.find(Folder::Held, Find::Record("r1")).await.unwrap(),
        [uid],
        "{what}"
    );
    assert!(
        mailboxes
            .find(Folder::Held, Find::MessageId("one@corp"))
            .await
            .unwrap()
            .is_empty(),
        "{what}"
    );
    assert_eq!(
        mailboxes.fetch(Folder::Held, uid, 10_000).await.unwrap(),
        Some(one.clone()),
        "{what}"
    );
    assert_eq!(
        mailboxes.fetch(Folder::Held, 4711, 10_000).await.unwrap(),
        None,
        "{what}"
    );
    let marked = mailboxes.marked(Folder::Held).await.unwrap();
    let shown: Vec<_> = marked
        .iter()
        .map(|mail| (mail.message_id.as_deref(), mail.record.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            (Some("<one@corp.example>"), Some("r1")),
            (Some("<one@corp.example.org>"), Some("r11"))
        ],
        "{what}"
    );
    assert!(
        imap.mails(user, held)[1].flags.is_empty(),
        "{what}: looking marks nothing as read"
    );

    // Mark, move, remove.
    mailboxes
        .flag(Folder::Held, uid, &["\\Flagged", "$YouwardSeen"])
        .await
        .unwrap();
    assert!(
        imap.mails(user, held)[0].flags.contains(&"\\Flagged".to_owned()),
        "{what}"
    );
    assert!(
        mailboxes
            .flag(Folder::Held, 4711, &["\\Seen"])
            .await
            .unwrap_err()
            .is_gone(),
        "{what}"
    );
    mailboxes
        .move_to(Folder::Held, uid, Folder::SendAsWritten)
        .await
        .unwrap();
    assert!(
        mailboxes
            .move_to(Folder::Held, uid, Folder::SendAsWritten)
            .await
            .unwrap_err()
            .is_gone(),
        "{what}"
    );
    let moved = imap.mails(user, as_written);
    assert_eq!(
        moved.iter().map(|mail| &mail.octets).collect::<Vec<_>>(),
        [&one],
        "{what}"
    );
    let left = imap.mails(user, held);
    assert_eq!(
        left.iter().map(|mail| &mail.octets).collect::<Vec<_>>(),
        [&two],
        "{what}"
    );
    let moved = mailboxes
        .find(Folder::SendAsWritten, Find::MessageId("<one@corp.example>"))
        .await
        .unwrap();
    mailboxes.remove(Folder::SendAsWritten, moved[0]).await.unwrap();
    mailboxes.remove(Folder::SendAsWritten, moved[0]).await.unwrap();
    assert!(imap.mails(user, as_written).is_empty(), "{what}");

    // What the rep's own client marked as deleted is not ours to expunge, and what is so marked is not found.
    mua.run(&format!("SELECT \"{held}\""));
    mua.run("STORE 1 +FLAGS (\\Deleted)");
    mua.run("UNSELECT");
    assert!(mailboxes.marked(Folder::Held).await.unwrap().is_empty(), "{what}");
    mailboxes.append(Folder::Held, &one, &[], None).await.unwrap();
    let again = mailboxes.find(Folder::Held, Find::Record("r1")).await.unwrap();
    mailboxes.remove(Folder::Held, again[0]).await.unwrap();
    assert!(imap.mails(user, held).iter().any(|mail| mail.octets == two), "{what}");
    assert!(
        mailboxes
            .find(Folder::Held, Find::Record("r1"))
            .await
            .unwrap()
            .is_empty(),
        "{what}"
    );

    // Waiting: in vain, and for what the rep's own client files.
    let begun = Instant::now();
    assert!(
        !mailboxes.wait(Folder::Sent, Duration::from_millis(1500)).await.unwrap(),
        "{what}"
    );
    assert!(begun.elapsed() >= Duration::from_millis(1500), "{what}");
    let sent_name = sent.to_owned();
    let later = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        mua.append(&sent_name, "(\\Seen)", &letter("<sent@corp.example>", "r3"));
        mua
    });
    assert!(
        mailboxes.wait(Folder::Sent, Duration::from_secs(20)).await.unwrap(),
        "{what}"
    );
    let mut mua = later.join().unwrap();
    assert_eq!(mailboxes.marked(Folder::Sent).await.unwrap().len(), 1, "{what}");
    // What comes between a look and waiting is not missed.
    mua.append(sent, "(\\Seen)", &letter("<sent2@corp.example>", "r4"));
    assert!(
        mailboxes.wait(Folder::Sent, Duration::from_millis(10)).await.unwrap(),
        "{what}"
    );

    // Reviews are made when asked for, and found the next time.
    assert_eq!(mailboxes.name(Folder::Reviews), None, "{what}");
    mailboxes.ensure(Folder::Reviews).await.unwrap();
    assert_eq!(mailboxes.name(Folder::Reviews), Some("Youward/Drafts"), "{what}");
    mailboxes.append(Folder::Reviews, &two, &[], None).await.unwrap();
    mailboxes.leave().await;
    let mut next = log_in(&imap, user).await;
    next.locate(&MailboxSettings::default()).await.unwrap();
    assert_eq!(next.marked(Folder::Reviews).await.unwrap().len(), 1, "{what}");
    assert_eq!(imap.mails(user, drafts).len(), 1, "{what}");
    next.leave().await;
}

#[tokio::test]
async fn a_server_as_most_are() {
    let names = [
        "Drafts",
        "Sent",
        "Youward/Held",
        "Youward/Notes",
        "Youward/Send as written",
    ];
    works("all", &Variant::default(), &[], names).await;
}

#[tokio::test]
async fn a_server_that_can_do_the_least() {
    let variant = Variant {
        capability: Some(BARE),
        ..Variant::default()
    };
    let names = [
        "Drafts",
        "Sent",
        "Youward/Held",
        "Youward/Notes",
        "Youward/Send as written",
    ];
    works("bare", &variant, &[], names).await;
}

#[tokio::test]
async fn everything_below_inbox_and_in_german() {
    let variant = Variant {
        prefix: "INBOX.",
        separator: '.',
        mailboxes: &[],
        ..Variant::default()
    };
    let before = [
        "INBOX.Entw&APw-rfe",
        "INBOX.Gesendete Elemente",
        "INBOX.Alt.Drafts.Sent",
    ];
    let names = [
        "INBOX.Entw&APw-rfe",
        "INBOX.Gesendete Elemente",
        "INBOX.Youward.Held",
        "INBOX.Youward.Notes",
        "INBOX.Youward.Send as written",
    ];
    works("INBOX. with NAMESPACE", &variant, &before, names).await;
}

#[tokio::test]
async fn everything_below_inbox_and_nobody_says_so() {
    let variant = Variant {
        prefix: "INBOX.",
        separator: '.',
        mailboxes: &[],
        capability: Some(BARE),
        ..Variant::default()
    };
    let names = [
        "INBOX.Drafts",
        "INBOX.Sent",
        "INBOX.Youward.Held",
        "INBOX.Youward.Notes",
        "INBOX.Youward.Send as written",
    ];
    works("INBOX. without NAMESPACE", &variant, &[], names).await;
}

#[tokio::test]
async fn marks_count_before_names_and_settings_before_marks() {
    let variant = Variant {
        mailboxes: &[("Черновое", "\\Drafts"), ("Drafts", ""), ("Sent", "\\Sent")],
        ..Variant::default()
    };
    let imap = Imap::start(&variant);
    let user = "two@corp.example";
    let mut mailboxes = log_in(&imap, user).await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    assert_eq!(mailboxes.name(Folder::Drafts), Some("Черновое"));
    let settings = MailboxSettings {
        drafts: Some("Später/Größer & kleiner".to_owned()),
        sent: None,
        prefix: "Ansprache/\"Ü\"".to_owned(),
    };
    mailboxes.locate(&settings).await.unwrap();
    assert_eq!(mailboxes.name(Folder::Drafts), Some("Später/Größer & kleiner"));
    assert_eq!(mailboxes.name(Folder::Held), Some("Ansprache/\"Ü\"/Held"));
    mailboxes
        .append(Folder::Drafts, &letter("<a@b>", "1"), &["\\Draft"], None)
        .await
        .unwrap();
    assert_eq!(imap.mails(user, "Sp&AOQ-ter/Gr&APYA3w-er &- kleiner").len(), 1);
    mailboxes
        .append(Folder::Held, &letter("<a@b>", "1"), &[], None)
        .await
        .unwrap();
    assert_eq!(mailboxes.marked(Folder::Held).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_mailbox_is_told_in_the_servers_words() {
    let variant = Variant {
        settings: "protocol imap {\nmail_plugins = quota\n}\nplugin {\nquota = count:User quota\nquota_rule = *:storage=100K\n\
                   quota_vsizes = yes\n}\n",
        ..Variant::default()
    };
    let imap = Imap::start(&variant);
    let mut mailboxes = log_in(&imap, "full@corp.example").await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    let large = vec![b'x'; 300_000];
    let error = mailboxes.append(Folder::Held, &large, &[], None).await.unwrap_err();
    let MailboxCause::Refused { code, text } = &error.cause else {
        panic!("{error}")
    };
    assert!(code == "OVERQUOTA" && text.contains("Quota exceeded"), "{error}");
    assert!(error.is_temporary() && error.leaves_connection_usable(), "{error}");
    mailboxes
        .append(Folder::Held, &letter("<a@b>", "1"), &[], None)
        .await
        .unwrap();
}

#[tokio::test]
async fn mails_of_thirty_megabytes_come_back_as_they_went() {
    let imap = Imap::start(&Variant::default());
    let mut mailboxes = log_in(&imap, "large@corp.example").await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    let mut mail = b"Message-ID: <large@corp.example>\r\n\r\n".to_vec();
    while mail.len() < 30_000_000 {
        let line = format!("line {} {{12}} \u{e4} )\r\n", mail.len());
        mail.extend_from_slice(line.as_bytes());
    }
    mailboxes.append(Folder::Held, &mail, &[], None).await.unwrap();
    let found = mailboxes
        .find(Folder::Held, Find::MessageId("<large@corp.example>"))
        .await
        .unwrap();
    let error = mailboxes.fetch(Folder::Held, found[0], 1_000_000).await.unwrap_err();
    assert!(
        matches!(error.cause, MailboxCause::TooLarge { size, .. } if size == mail.len()),
        "{error}"
    );
    let back = mailboxes.fetch(Folder::Held, found[0], 40_000_000).await.unwrap();
    assert!(back.as_deref() == Some(mail.as_slice()), "octets differ");
}

#[tokio::test]
async fn thousands_of_mails_are_looked_through() {
    let imap = Imap::start(&Variant::default());
    let user = "many@corp.example";
    let mut mailboxes = log_in(&imap, user).await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    let mut mua = imap.client(user);
    for number in 0..1_234 {
        mua.append(
            "Sent",
            "()",
            format!("Message-ID: <{number}@x>\r\n\r\nx\r\n").as_bytes(),
        );
    }
    let marked = mailboxes.marked(Folder::Sent).await.unwrap();
    assert_eq!(marked.len(), 1_234);
    assert!(
        marked
            .iter()
            .enumerate()
            .all(|(at, mail)| mail.message_id == Some(format!("<{at}@x>")))
    );
    assert_eq!(
        mailboxes.find(Folder::Sent, Find::MessageId("<77@x>")).await.unwrap(),
        [marked[77].uid]
    );
}

#[tokio::test]
async fn ids_are_searched_for_as_they_are() {
    let imap = Imap::start(&Variant::default());
    let mut mailboxes = log_in(&imap, "ids@corp.example").await;
    mailboxes.locate(&MailboxSettings::default()).await.unwrap();
    let odd = [r#"<"quoted \" part"@x>"#, r"<back\slash@x>", "<a b (c) {5} %*@x>"];
    for id in odd {
        mailboxes
            .append(Folder::Notes, &letter(id, "1"), &[], None)
            .await
            .unwrap();
    }
    for id in odd {
        assert_eq!(
            mailboxes.find(Folder::Notes, Find::MessageId(id)).await.unwrap().len(),
            1,
            "{id}"
        );
    }
    for id in ["", " ", "<ü@x>", "<a\r\nb LOGOUT@x>", "<a\0@x>", &"x".repeat(2000)] {
        let error = mailboxes.find(Folder::Notes, Find::MessageId(id)).await.unwrap_err();
        assert!(matches!(error.cause, MailboxCause::Unfit(_)), "{id:?}: {error}");
        assert!(error.leaves_connection_usable());
    }
}

#[tokio::test]
async fn every_way_to_a_login_is_taken_and_a_wrong_password_is_not() {
    let imap = Imap::start(&Variant::default());
    for (tls, port) in [
        (Tls::Implicit, imap.implicit),
        (Tls::StartTls, imap.starttls),
        (Tls::None, imap.starttls),
    ] {
        let endpoint = endpoint(port, tls, (tls != Tls::None).then_some(imap.ca.as_path()));
        let mailboxes = connect_within(&endpoint, &plain("rep@corp.example", PASSWORD), &patient())
            .await
            .unwrap();
        mailboxes.leave().await;
        let error = connect_within(&endpoint, &plain("rep@corp.example", "wrong-Secret-0815"), &patient())
            .await
            .unwrap_err();
        assert!(error.is_login_refused(), "{tls:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("wrong-Secret"), "{error}");
    }
    assert!(!imap.log().contains("wrong-Secret-0815"), "{}", imap.log());
}
