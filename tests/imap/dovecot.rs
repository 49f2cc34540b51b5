//! Against a real server: logins, IDLE, large mails in bounded memory.

use super::raw::Raw;
use super::{before, before_dovecot, memory, port};
use crate::support::imap::{Imap, Variant};
use crate::support::imap_client::ImapClient;
use crate::support::provider::PASSWORD;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

#[test]
fn every_way_in_works_and_a_wrong_password_does_not() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    let certificate = youward.loopback_certificate();
    let response = STANDARD.encode(format!("\0rep@corp.example\0{PASSWORD}"));
    let connect = |kind: usize| match kind % 3 {
        0 => Raw::connect(port(&youward, "none")),
        1 => Raw::connect_tls(port(&youward, "implicit"), &certificate),
        _ => {
            let (greeting, raw) = Raw::connect_starttls(port(&youward, "starttls"), &certificate);
            assert!(greeting.contains(" STARTTLS"), "{greeting}");
            raw
        }
    };
    let ways = [
        vec![format!("a LOGIN rep@corp.example {PASSWORD}")],
        vec![format!("a AUTHENTICATE PLAIN {response}")],
        vec!["a AUTHENTICATE PLAIN".to_owned(), response],
    ];
    for (kind, lines) in (0..9).map(|kind| (kind, &ways[kind / 3])) {
        let mut client = connect(kind);
        if kind % 3 != 2 {
            assert!(client.line().starts_with("* OK"));
        }
        client.say("w LOGIN rep@corp.example wrong\r\n");
        client.until("w NO");
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                client.until("+");
            }
            client.say(format!("{line}\r\n"));
        }
        let said = client.until("a ");
        let last = said.last().unwrap();
        assert!(last.starts_with("a OK") && !last.contains("COMPRESS"), "{said:?}");
        client.say("b LOGOUT\r\n");
        client.until("b OK");
        assert!(client.rest().is_empty(), "the end of one side is the end of the other");
    }
    youward.stop();
}

#[test]
fn upstream_starttls_is_ours_to_make() {
    let imap = Imap::start(&Variant::default());
    let ca = format!(", ca = \"{}\"", imap.ca.display());
    let youward = before(imap.starttls, "starttls", &ca, "hide_capabilities = [\"ID\"]").start();
    let mut client = Raw::connect(port(&youward, "none"));
    let greeting = client.line();
    assert!(greeting.starts_with("* OK [CAPABILITY IMAP4rev1"), "{greeting}");
    assert!(
        !greeting.contains("STARTTLS") && !greeting.contains(" ID "),
        "{greeting}"
    );
    client.say(format!("a LOGIN rep@corp.example {PASSWORD}\r\n"));
    client.until("a OK");
}

#[test]
fn idle_tells_at_once() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    let mut other = imap.client("rep@corp.example");
    let mut client = Raw::connect(port(&youward, "none"));
    client.say(format!("a LOGIN rep@corp.example {PASSWORD}\r\n"));
    client.until("a OK");
    client.say("b SELECT INBOX\r\n");
    client.until("b OK");
    for round in 1..=3 {
        client.say("c IDLE\r\n");
        client.until("+");
        other.append("INBOX", "", b"Subject: x\r\n\r\nx\r\n");
        client.until(&format!("* {round} EXISTS"));
        client.say("DONE\r\n");
        client.until("c OK");
    }
}

#[test]
fn whoever_idles_is_told_on_both_sides() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    let mut idle = [imap.starttls, port(&youward, "none"), port(&youward, "none")].map(|port| {
        let mut client = Raw::connect(port);
        client.line();
        client.say(format!(
            "a LOGIN rep@corp.example {PASSWORD}\r\nb SELECT INBOX\r\nc IDLE\r\n"
        ));
        client.until("+");
        client
    });
    // Delivered by one way and by the other: everybody is told of both.
    for (round, by) in [(1, imap.starttls), (2, port(&youward, "none"))] {
        ImapClient::log_in(by, "rep@corp.example", PASSWORD).append("INBOX", "", b"Subject: x\r\n\r\nx\r\n");
        for client in &mut idle {
            client.until(&format!("* {round} EXISTS"));
        }
    }
    for client in &mut idle {
        client.say("DONE\r\nd FETCH 2 FLAGS\r\n");
        client.until("d OK");
    }
}

#[test]
fn fifty_megabytes_each_way_in_little_memory() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    let mut client = Raw::connect_tls(port(&youward, "implicit"), &youward.loopback_certificate());
    client.say(format!("a LOGIN rep@corp.example {PASSWORD}\r\n"));
    client.until("a OK");
    let line = format!("{}\r\n", "a9 DELETE INBOX {5}".repeat(5));
    let mail = [
        b"Subject: large\r\n\r\n".to_vec(),
        line.as_bytes().repeat(52_428_800 / line.len()),
    ]
    .concat();
    let pid = youward.pid();
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    let (before, _) = memory(pid);
    // To a mailbox whose mails are looked at, so that their beginning is kept for a moment.
    client.say(format!("b APPEND Drafts {{{}}}\r\n", mail.len()));
    client.until("+");
    client.say(&mail);
    client.say("\r\n");
    client.until("b OK");
    client.say("c EXAMINE Drafts\r\n");
    client.until("c OK");
    client.say("d FETCH 1 BODY[]\r\n");
    let head = client.line();
    assert!(head.ends_with(&format!("{{{}}}", mail.len())), "{head}");
    assert!(client.octets(mail.len()) == mail, "the mail came back as it went");
    client.until("d OK");
    let (_, most) = memory(pid);
    println!("VmHWM grew by {} KiB", most.saturating_sub(before));
    assert!(most < before + 8 * 1024, "{before} KiB before, {most} KiB at most");
}

#[test]
fn what_the_client_files_is_there() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    let mut client = ImapClient::log_in(port(&youward, "none"), "rep@corp.example", PASSWORD);
    let mail: &[u8] = b"Subject: x\r\n\r\na9 DELETE INBOX\r\n{5}\r\n\x80\xff\r\n";
    client.append("Sent", "(\\Seen)", mail);
    assert_eq!(imap.mails("rep@corp.example", "Sent")[0].octets, mail);
    assert_eq!(client.mails("Sent"), imap.mails("rep@corp.example", "Sent"));
}
