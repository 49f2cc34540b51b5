//! Capabilities in their three places, STARTTLS, COMPRESS, and limits before login.

use super::*;

#[test]
fn capabilities_change_in_all_three_places() {
    let mut talk = Talk::new();
    talk.server("* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE AUTH=PLAIN STARTTLS] ready\r\n");
    talk.client("a1 CAPABILITY\r\n");
    talk.server("* CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN X-GM-EXT-1\r\na1 OK\r\n");
    talk.client("a2 LOGIN u p\r\n");
    talk.server("a2 OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE UTF8=ACCEPT AUTH=X-PLUS] in\r\n");
    talk.server("* CAPABILITY COMPRESS=DEFLATE ID\r\n");
    talk.client_got(
        "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN X-GM-EXT-1\r\na1 OK\r\n\
         a2 OK [CAPABILITY IMAP4rev1 UTF8=ACCEPT AUTH=X-PLUS] in\r\n* CAPABILITY ID\r\n",
    );
    talk.server_got("a1 CAPABILITY\r\na2 LOGIN u p\r\n");
}

#[test]
fn starttls_is_ours_and_waits_for_the_answers_before_it() {
    let settings = TapSettings {
        starttls: true,
        in_the_clear: true,
        hidden: vec!["ID".to_owned()],
    };
    let mut talk = Talk::with(settings.clone());
    talk.server("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ID] ready\r\n");
    talk.client("a1 CAPABILITY\r\na2 STARTTLS\r\n");
    assert!(!talk.tls);
    talk.server("* CAPABILITY IMAP4rev1 ID LOGINDISABLED\r\na1 OK done\r\n");
    assert!(talk.tls);
    talk.client_got(
        "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS\r\n\
         a1 OK done\r\na2 OK Begin TLS negotiation now\r\n",
    );
    talk.client("a3 CAPABILITY\r\na4 STARTTLS\r\n");
    talk.server("* CAPABILITY IMAP4rev1 AUTH=PLAIN ID\r\na3 OK done\r\n");
    talk.client_got("a4 BAD STARTTLS is not on offer\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na3 OK done\r\n");
    talk.server_got("a1 CAPABILITY\r\na3 CAPABILITY\r\n");

    for login in ["a1 LOGIN u p\r\n", "a1 AUTHENTICATE PLAIN AHUAcA==\r\n"] {
        let mut talk = Talk::with(settings.clone());
        talk.server("* OK hi\r\n");
        talk.client(login);
        talk.client_got("* OK hi\r\na1 NO [PRIVACYREQUIRED] Begin TLS first: STARTTLS\r\n");
        talk.server_got("");
    }

    let mut talk = Talk::with(settings.clone());
    talk.server("* OK hi\r\n");
    talk.client("a1 STARTTLS\r\na2 LOGIN u p\r\n");
    assert!(talk.closed.is_some());
    talk.server_got("");

    let mut talk = Talk::with(settings);
    talk.server("* PREAUTH in\r\n");
    assert!(talk.closed.is_some());
    talk.client_got("");
}

#[test]
fn compression_is_answered_by_us_between_responses() {
    let mut talk = Talk::logged_in();
    talk.client("a1 FETCH 1 BODY[]\r\n");
    talk.server("* 1 FETCH (BODY[] {6}\r\nabc");
    talk.client("a2 COMPRESS DEFLATE\r\na3 NOOP\r\n");
    talk.server_got("a1 FETCH 1 BODY[]\r\n");
    talk.server("def)\r\n");
    talk.client_got("* 1 FETCH (BODY[] {6}\r\nabcdef)\r\na2 NO Compression is not on offer\r\n");
    talk.server_got("a3 NOOP\r\n");
    talk.server("a1 OK\r\na3 OK\r\n");
    assert!(talk.closed.is_none() && talk.events.is_empty());
    talk.client("a4 COMPRESS {30}\r\na9 DELETE INBOX\r\n");
    assert!(talk.closed.is_some());
    talk.server_got("");
}

#[test]
fn before_login_a_client_can_not_use_up_much() {
    let greeted = || {
        let mut talk = Talk::new();
        talk.server("* OK hi\r\n");
        talk
    };
    let mut long = greeted();
    long.client([b"a1 LOGIN ".as_slice(), &[b'x'; 70_000]].concat());
    assert!(long.closed.is_some());

    let mut many = greeted();
    for tag in 0..1_001 {
        assert!(many.closed.is_none());
        many.client(format!("a{tag} ID {{0+}}\r\n\r\n"));
    }
    assert!(many.closed.is_some());

    let mut large = greeted();
    large.client("a1 LOGIN {1048577}\r\n");
    assert!(large.closed.is_some());
    large.server_got("");

    let mut bad = greeted();
    bad.client("x\r\ny\r\nz\r\n");
    bad.server("x BAD what\r\n* BAD what\r\nz BAD what\r\n");
    assert!(bad.closed.is_some());
    bad.client_got("* OK hi\r\nx BAD what\r\n* BAD what\r\nz BAD what\r\n");

    for words in ["GET / HTTP/1.1\r\n", "x y\r\nHost: localhost\r\n"] {
        let mut browser = greeted();
        browser.client(words);
        assert!(browser.closed.is_some());
    }

    let mut after = Talk::logged_in();
    let line = format!("a1 UID FETCH {}1 FLAGS\r\n", "1,".repeat(50_000));
    for piece in line.as_bytes().chunks(999) {
        after.client(piece);
    }
    after.client("a2 NOOP\r\n");
    after.server("a1 OK\r\na2 OK\r\n");
    after.server_got(&format!("{line}a2 NOOP\r\n"));
    assert!(after.events.is_empty());
}

#[test]
fn a_farewell_for_a_greeting_is_passed_on() {
    let mut talk = Talk::new();
    talk.server("* BYE come back later\r\n");
    talk.client_got("* BYE come back later\r\n");
}
