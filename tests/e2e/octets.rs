//! Sent octets equal submitted octets.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters::{self, assert_same};
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::youward::{ANNOTATING, Setup, Youward};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;

#[test]
fn sent_octets_equal_submitted_octets() {
    let (upstream, youward) = start();
    // All in one session, as a client with a full outbox does.
    let client = RefCell::new(Client::ready(youward.clear_port()));
    let mut runner = TestRunner::new(Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&mail(), |content| {
        let mut client = client.borrow_mut();
        client.envelope(REP, &[PROSPECT]);
        let answer = client.data(&content);
        prop_assert_eq!(answer.code, 250, "{}", answer.text());
        let arrived = upstream.take_accepted();
        prop_assert_eq!(arrived.len(), 1);
        prop_assert_eq!(&arrived[0].octets, &content);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn odd_and_large_mails_stay_as_they_are() {
    let (upstream, youward) = start();
    let line_998 = [&[b'x'; 998][..], b"\r\n"].concat();
    let mails: Vec<(&str, Vec<u8>)> = vec![
        ("nothing at all", Vec::new()),
        ("one empty line", b"\r\n".to_vec()),
        ("only dots", b".\r\n..\r\n...\r\n.\r\n".to_vec()),
        ("a dot at the very beginning", b".Subject: x\r\n\r\n.\r\n".to_vec()),
        ("no header", b"just text\r\n".to_vec()),
        ("trailing empty lines", letters::kind_with(b"\r\n\r\n\r\n\r\n").octets),
        ("trailing white space", letters::kind_with(b"x \t \r\n \r\n").octets),
        ("lines of 998 octets", letters::kind_with(&line_998.repeat(100)).octets),
        (
            "a line of 65,536 octets",
            letters::kind_with(&[&[b'x'; 65_536][..], b"\r\n"].concat()).octets,
        ),
        (
            "every octet but NUL, CR and LF",
            letters::kind_with(&every_octet()).octets,
        ),
        (
            "an mbox From line",
            letters::kind_with(b"From me to you\r\n>From x\r\n").octets,
        ),
        (
            "5 MB of dots",
            letters::kind_with(&b".\r\n..\r\n".repeat(5_000_000 / 7)).octets,
        ),
        (
            "25 MB of lines",
            letters::kind_with(&b"0123456789 0123456789 0123456789 0123456789\r\n".repeat(25_000_000 / 45)).octets,
        ),
    ];
    let mut client = Client::ready(youward.clear_port());
    for (name, content) in &mails {
        client.envelope(REP, &[PROSPECT]);
        let answer = client.data(content);
        assert_eq!(answer.code, 250, "{name}: {}", answer.text());
        let arrived = upstream.take_accepted();
        assert_eq!(arrived.len(), 1, "{name}");
        assert_same(&arrived[0].octets, content, name);
    }
}

#[test]
fn every_parameter_goes_on_as_it_was_written() {
    let (upstream, youward) = start();
    let mut client = Client::ready(youward.clear_port());
    let mail = "MAIL FROM:<rep@corp.example> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B314159";
    let recipients = [
        "RCPT TO:<pat@customer.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;pat+2Bx@customer.example",
        "RCPT TO:<\"quoted local\"@customer.example> NOTIFY=NEVER",
        "RCPT TO:<söndag@customer.example>",
        "rcpt to:<other@[192.0.2.1]> notify=delay",
    ];
    client.command(mail, 250);
    for recipient in recipients {
        client.command(recipient, 250);
    }
    let letter = letters::kind();
    assert_eq!(client.data(&letter.octets).code, 250);
    let arrived = upstream.accepted().remove(0);
    assert_eq!(arrived.mail, mail);
    assert_eq!(arrived.recipients, recipients);
    assert_same(&arrived.octets, &letter.octets, "the mail");
}

#[test]
fn only_what_both_sides_can_do_is_advertised() {
    let mut script = Script::new();
    let foreign = [
        "CHUNKING",
        "BINARYMIME",
        "XCLIENT NAME ADDR",
        "ETRN",
        "BURL imap",
        "X-UNKNOWN",
        "AUTH=LOGIN",
    ];
    script.keywords.extend(foreign.map(str::to_owned));
    script.keywords.push("AUTH SCRAM-SHA-256-PLUS PLAIN".to_owned());
    let upstream = FakeUpstream::start(script);
    let youward = Youward::start(&Setup::clear(upstream.port));
    let offered = Client::connect(youward.clear_port()).hello().text();
    for keyword in [
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "DSN",
        "ENHANCEDSTATUSCODES",
        "SIZE",
        "AUTH",
    ] {
        assert!(offered.contains(keyword), "{keyword} in {offered}");
    }
    for keyword in [
        "CHUNKING",
        "BINARYMIME",
        "XCLIENT",
        "ETRN",
        "BURL",
        "X-UNKNOWN",
        "-PLUS",
        "STARTTLS",
    ] {
        assert!(!offered.contains(keyword), "no {keyword} in {offered}");
    }
}

fn start() -> (FakeUpstream, Youward) {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port).standard(ANNOTATING));
    (upstream, youward)
}

/// Lines with everything that has a meaning somewhere, each ended by CR LF.
fn mail() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop::sample::select(every_octet());
    let line = prop_oneof![
        3 => prop::collection::vec(octet, 0..80).prop_map(|line| line.into_iter().filter(|o| !b"\r\n".contains(o)).collect()),
        1 => Just(Vec::new()),
        2 => "\\.{1,3}[a-z ]{0,3}".prop_map(String::into_bytes),
        1 => Just(b"Subject: =?utf-8?q?x?=".to_vec()),
        1 => Just(b"Content-Type: multipart/mixed; boundary=b".to_vec()),
        1 => Just(b"--b".to_vec()),
        1 => Just(b"QUIT".to_vec()),
    ];
    prop::collection::vec(line, 0..40).prop_map(|lines: Vec<Vec<u8>>| {
        lines
            .into_iter()
            .flat_map(|line| [line, b"\r\n".to_vec()].concat())
            .collect()
    })
}

/// All octets but NUL, bare CR and bare LF, and a CR LF at the end.
fn every_octet() -> Vec<u8> {
    let octets = (1..=255).filter(|octet| !b"\r\n".contains(octet));
    octets.chain(*b"\r\n").collect()
}
