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
        many.server(format!("a{tag} OK\r\n"));
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

    let mut ours = greeted();
    ours.client("x STARTTLS\r\ny COMPRESS DEFLATE\r\nz STARTTLS\r\nw NOOP\r\n");
    assert_eq!(ours.closed, Some("Too many errors"));
    ours.client_got(
        "* OK hi\r\nx BAD STARTTLS is not on offer\r\ny NO Compression is not on offer\r\n\
         z BAD STARTTLS is not on offer\r\n",
    );
    ours.server_got("");

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

#[test]
fn parentheses_before_login_are_counted() {
    let say = |mut talk: Talk, octets: &str| {
        talk.client(octets);
        talk.closed
    };
    let greeted = || {
        let mut talk = Talk::new();
        talk.server("* OK hi\r\n");
        talk
    };
    let deep = |count: usize| format!("a ID {}\r\n", "(".repeat(count));
    assert_eq!(say(greeted(), &deep(100)), None);
    assert_eq!(say(greeted(), &deep(101)), Some("Too many open parentheses"));
    // Those in quotes and literals are none, those before a literal are open after it, those closed are closed.
    assert_eq!(say(greeted(), &format!("a ID \"{}\"\r\n", "(".repeat(500))), None);
    assert_eq!(
        say(greeted(), &format!("a ID {{500+}}\r\n{}\r\n", "(".repeat(500))),
        None
    );
    assert_eq!(say(greeted(), &format!("a ID {}\r\n", "()".repeat(500))), None);
    let half = "(".repeat(51);
    let split = format!("a ID {half} {{1+}}\r\nx {half}\r\n");
    assert_eq!(say(greeted(), &split), Some("Too many open parentheses"));
    // Whom the server knows it judges itself.
    let mut after = Talk::logged_in();
    after.client(deep(1_000));
    after.server_got(&deep(1_000));
    assert!(after.closed.is_none());
}

#[test]
fn what_follows_a_login_waits_for_its_answer() {
    let mut talk = Talk::new();
    talk.server("* OK hi\r\n");
    talk.client("a LOGIN u p\r\nb SELECT INBOX\r\nc APPEND Drafts {2+}\r\nhi\r\n");
    talk.server_got("a LOGIN u p\r\n");
    talk.server("a OK in\r\n");
    talk.server_got("b SELECT INBOX\r\nc APPEND Drafts {2+}\r\nhi\r\n");
    talk.server("b OK\r\nc OK\r\n");
    assert!(matches!(talk.events[1..], [Event::Selected { .. }, Event::Appended(_)]));
    // The same where somebody becomes nobody, and somebody else.
    talk.client("d UNAUTHENTICATE\r\ne LOGIN v p\r\nf NOOP\r\n");
    talk.server("d OK\r\n");
    talk.server("e OK\r\n");
    talk.server_got("d UNAUTHENTICATE\r\ne LOGIN v p\r\nf NOOP\r\n");
    let Some(Event::Authenticated { login: Some(login), .. }) = talk.events.last() else {
        panic!("{:?}", talk.events)
    };
    assert_eq!(login.identity, "v");
}

#[test]
fn before_login_only_so_many_commands_are_on_their_way() {
    let mut talk = Talk::new();
    talk.server("* OK hi\r\n");
    let all: String = (0..200).map(|tag| format!("t{tag} NOOP\r\n")).collect();
    talk.client(&all);
    assert_eq!(talk.to_server.iter().filter(|&&octet| octet == b'\n').count(), 64);
    for tag in 0..200 {
        talk.server(format!("t{tag} OK\r\n"));
    }
    assert!(talk.closed.is_none() && !talk.is_blind());
    talk.server_got(&all);
}

#[test]
fn a_secret_that_is_too_long_is_none() {
    let long = "QUJD".repeat(5_000);
    for lines in [
        vec![format!("a LOGIN u {long}")],
        vec![format!("a AUTHENTICATE XOAUTH2 {long}")],
        vec!["a AUTHENTICATE PLAIN".to_owned(), long.clone()],
        vec!["a AUTHENTICATE LOGIN".to_owned(), "dQ==".to_owned(), long],
    ] {
        let mut talk = Talk::new();
        talk.server("* OK hi\r\n");
        let mut whole = String::new();
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                talk.server("+ \r\n");
            }
            talk.client(format!("{line}\r\n"));
            whole += &format!("{line}\r\n");
        }
        talk.server("a OK\r\n");
        talk.server_got(&whole);
        assert!(
            matches!(&talk.events[..], [Event::Authenticated { login: None, .. }]),
            "{:?}",
            talk.events
        );
    }
}
