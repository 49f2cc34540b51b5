//! Mails made to break whoever reads them. Whatever they get, the next mail goes its way.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters::{self, assert_same};
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::youward::{HOLDING, Setup, Youward};
use std::time::{Duration, Instant};

#[test]
fn no_bomb_ends_the_program() {
    let upstream = FakeUpstream::start(Script::new());
    let mut youward = Youward::start(&Setup::clear(upstream.port).standard(HOLDING));
    for (name, octets) in bombs() {
        let started = Instant::now();
        let mut client = Client::ready(youward.clear_port());
        client.envelope(REP, &[PROSPECT]);
        let answer = client.data(&octets);
        // Very generous, for debug builds on a busy machine; what must not happen is minutes.
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{name}: {:?}",
            started.elapsed()
        );
        assert!([250, 550, 552].contains(&answer.code), "{name}: {}", answer.text());
        if answer.octets == b"250 2.0.0 taken as queue-id-42\r\n" {
            assert_same(&upstream.take_accepted()[0].octets, &octets, name);
        }
        let letter = letters::kind();
        client.envelope(REP, &[PROSPECT]);
        assert_eq!(
            client.data(&letter.octets).code,
            250,
            "the mail after {name}\n{}",
            youward.log()
        );
        assert_same(&upstream.take_accepted()[0].octets, &letter.octets, "the mail after it");
        assert!(youward.is_running(), "{name}:\n{}", youward.log());
    }
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000) + "Subject: x\r\n\r\nx\r\n";
    let mut multiparts = String::new();
    for depth in 0..20_000 {
        multiparts += &format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n");
    }
    let parts = "Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_owned()
        + &"--b\r\n\r\nx\r\n".repeat(300_000)
        + "--b--\r\n";
    let same_boundary = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(5_000);
    let parameters: String = (0..4_000).map(|at| format!("; name*{at}*=x%20y")).collect();
    let many_headers = "X-Header: x\r\n".repeat(200_000) + "\r\nx\r\n";
    let addresses = "To: ".to_owned() + &"a@b.example,\r\n ".repeat(7_000) + "c@d.example\r\n\r\nx\r\n";
    let encoded_words = "Subject: ".to_owned() + &"=?utf-8?b?w6Q=?=\r\n ".repeat(5_000) + "x\r\n\r\nx\r\n";
    let comments = format!(
        "To: {}{} a@b.example\r\n\r\nx\r\n",
        "(".repeat(40_000),
        ")".repeat(40_000)
    );
    let html = "Content-Type: text/html\r\n\r\n".to_owned() + &"<div><b>I</b>\r\n".repeat(300_000);
    let entities = "Content-Type: text/html\r\n\r\n".to_owned() + &"&amp;&#x49;&nbsp;\r\n".repeat(200_000);
    let one_word = "Subject: x\r\n\r\n".to_owned() + &("a".repeat(60_000) + "\r\n").repeat(50);
    let wishes = "Subject: x\r\n\r\n".to_owned()
        + &"I would like to show you our incredible product. "
            .repeat(20)
            .repeat(2_000)
            .replace(". I", ".\r\nI")
        + "\r\n";
    let quotes = "Subject: x\r\n\r\n".to_owned() + &(">".repeat(5_000) + "\r\n").repeat(500);
    let texts = [
        ("50,000 nested messages", nested),
        ("20,000 nested multiparts", multiparts),
        ("300,000 parts", parts),
        ("nested multiparts with one boundary", same_boundary),
        (
            "4,000 continued parameters",
            format!("Content-Type: text/plain{parameters}\r\n\r\nx\r\n"),
        ),
        ("200,000 header fields", many_headers),
        ("7,000 addresses", addresses),
        ("5,000 encoded words", encoded_words),
        ("80,000 brackets", comments),
        ("300,000 open tags", html),
        ("600,000 entities", entities),
        ("words of 60,000 letters", one_word),
        ("40,000 wishes", wishes),
        ("quotes in quotes", quotes),
    ];
    texts
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect()
}
