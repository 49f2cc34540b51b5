//! What is reported, and what is not.

use super::super::SpecialUse;
use super::*;

fn names(talk: &Talk) -> Vec<String> {
    let short = |event: &Event| match event {
        Event::Authenticated { mechanism, login } => {
            format!(
                "in by {mechanism}: {}",
                login.as_ref().map_or("?", |login| &login.identity)
            )
        }
        Event::Refused { mechanism, identity } => {
            format!("refused {mechanism}: {}", identity.as_deref().unwrap_or("?"))
        }
        Event::Selected { mailbox, read_only } => format!("{} {read_only}", String::from_utf8_lossy(mailbox)),
        Event::SpecialUse { mailbox, special } => format!("{special:?} is {}", String::from_utf8_lossy(mailbox)),
        Event::Appended(one) => format!(
            "{} {:?} {:?} {:?} {} {:?}",
            String::from_utf8_lossy(&one.mailbox),
            one.flags,
            one.date,
            String::from_utf8_lossy(&one.octets),
            one.truncated,
            one.uid
        ),
        other => format!("{other:?}"),
    };
    talk.events.iter().map(short).collect()
}

fn said(lines: &[&str]) -> Vec<String> {
    play(Talk::logged_in(), lines)
}

/// `>` is the client, `<` the server.
fn play(mut talk: Talk, lines: &[&str]) -> Vec<String> {
    for line in lines {
        match line.split_at(2) {
            ("> ", words) => talk.client(format!("{words}\r\n")),
            (">~", words) => talk.client(words),
            (_, words) => talk.server(format!("{words}\r\n")),
        }
    }
    assert!(talk.waiting.is_empty());
    let whole: String = lines
        .iter()
        .filter(|line| line.starts_with('>'))
        .map(|line| format!("{}{}", &line[2..], if line.starts_with(">~") { "" } else { "\r\n" }))
        .collect();
    assert_eq!(String::from_utf8_lossy(&talk.to_server), whole);
    names(&talk)
}

#[test]
fn logins_of_every_kind() {
    for (lines, expected) in [
        (vec!["> a LOGIN rep \"p \\\" {3}\"", "< a OK in"], "in by LOGIN: rep"),
        (
            vec!["> a LOGIN {3+}", ">~rep", ">  {1+}", ">~p", "> ", "< a OK"],
            "in by LOGIN: rep",
        ),
        (
            vec![
                "> a LOGIN {3}",
                "< + go",
                ">~rep",
                ">  {1}",
                "< + go",
                ">~p",
                "> ",
                "< a NO",
            ],
            "refused LOGIN: rep",
        ),
        (vec!["> a LOGIN {3}", "< a NO go away"], "refused LOGIN: ?"),
        (vec!["> a authenticate plain AHJlcABw", "< a OK in"], "in by PLAIN: rep"),
        (
            vec!["> a AUTHENTICATE PLAIN", "< + ", "> AHJlcABw", "< a OK in"],
            "in by PLAIN: rep",
        ),
        (
            vec!["> a AUTHENTICATE PLAIN", "< +", "> *", "< a BAD cancelled"],
            "refused PLAIN: ?",
        ),
        (
            vec![
                "> a AUTHENTICATE LOGIN",
                "< + VXNlcg",
                "> cmVw",
                "< + UGFz",
                "> cA==",
                "< a OK",
            ],
            "in by LOGIN: rep",
        ),
        (
            vec![
                "> a AUTHENTICATE XOAUTH2 dXNlcj1yZXABYXV0aD1CZWFyZXIgdAEB",
                "< + eyJzIjoiNDAxIn0=",
                "> ",
                "< a NO",
            ],
            "refused XOAUTH2: rep",
        ),
        (
            vec![
                "> a AUTHENTICATE OAUTHBEARER bixhPXJlcCwBYXV0aD1CZWFyZXIgdAEB",
                "< a OK",
            ],
            "in by OAUTHBEARER: rep",
        ),
        (
            vec![
                "> a AUTHENTICATE SCRAM-SHA-256",
                "< +",
                "> biws",
                "< + cj0=",
                "> Yz0=",
                "< a OK",
            ],
            "in by SCRAM-SHA-256: ?",
        ),
        (vec!["< * PREAUTH"], "in by PREAUTH: ?"),
    ] {
        let mut talk = Talk::new();
        if !lines[0].contains("PREAUTH") {
            talk.server("* OK hi\r\n");
        }
        assert_eq!(play(talk, &lines), [expected], "{lines:?}");
    }
}

#[test]
fn no_secret_is_shown() {
    let mut talk = Talk::new();
    talk.server("* OK hi\r\n");
    talk.client("a LOGIN rep {7}\r\n");
    talk.server("+\r\n");
    talk.client("hunter2");
    let step = talk.tap.client_said(b"hunter2");
    assert!(!format!("{:?} {step:?}", talk.tap).contains("hunter2"));
    let step = talk.tap.client_said(b"\r\n");
    assert!(!format!("{:?} {step:?}", talk.tap).contains("hunter2"));
    let mut talk = Talk::new();
    talk.server("* OK hi\r\n");
    talk.client("a LOGIN rep hunter2\r\n");
    talk.server("a OK\r\n");
    assert!(!format!("{:?} {:?}", talk.events, talk.tap).contains("hunter2"));
    let Event::Authenticated { login: Some(login), .. } = &talk.events[0] else {
        panic!()
    };
    assert_eq!(login.responses[0].as_slice(), b"AHJlcABodW50ZXIy");
}

#[test]
fn mailboxes_that_are_opened_and_closed() {
    let lines = [
        "> a SELECT INBOX",
        "> b EXAMINE {1+}",
        ">~x",
        "> ",
        "< * 3 EXISTS",
        "< a OK [READ-WRITE]",
        "< b OK",
        "> c SELECT nowhere",
        "< c NO",
        "> d SELECT \"a \\\"b\"",
        "< d OK",
        "> e CLOSE",
        "< e OK",
        "> f UNSELECT",
        "< f BAD",
        "> g SELECT",
        "< g BAD",
    ];
    assert_eq!(
        said(&lines),
        ["INBOX false", "x true", "Unselected", "a \"b false", "Unselected"]
    );
}

#[test]
fn special_uses() {
    let lines = [
        "> a LIST \"\" * RETURN (SPECIAL-USE)",
        "< * LIST (\\HasNoChildren \\Drafts) \"/\" \"Entw&APw-rfe\"",
        "< * LIST (\\sent) NIL {4}\r\nSent",
        "< * XLIST (\\AllMail \\HasNoChildren) \"/\" [Gmail]/All ",
        "< * LIST (\\Noselect) \"/\" x",
        "< * LSUB (\\Drafts) \"/\" y",
        "< a OK",
    ];
    let expected = [
        (SpecialUse::Drafts, "Entw&APw-rfe"),
        (SpecialUse::Sent, "Sent"),
        (SpecialUse::All, "[Gmail]/All"),
    ];
    assert_eq!(
        said(&lines),
        expected.map(|(special, name)| format!("{special:?} is {name}"))
    );
}

#[test]
fn mails_that_are_filed() {
    let one = "Drafts [\"\\\\Draft\"] Some(\"01-Jan-2026 00:00:00 +0000\") \"a {5}\" false Some((7, 42))";
    assert_eq!(
        said(&[
            "> a APPEND Drafts (\\Draft) \"01-Jan-2026 00:00:00 +0000\" {5}",
            "< + go",
            ">~a {5}",
            "> ",
            "< a OK [APPENDUID 7 42] done",
        ]),
        [one]
    );
    // Others: no interest, refused, refused before its content, no literal at all.
    assert_eq!(
        said(&[
            "> a APPEND Other {1+}",
            ">~x",
            "> ",
            "< a OK",
            "> b APPEND Drafts {1+}",
            ">~x",
            "> ",
            "< b NO",
            "> c APPEND INBOX {1}",
            "< c NO [OVERQUOTA]",
            "> d APPEND Drafts",
            "< d BAD",
        ]),
        Vec::<String>::new()
    );
    // The name as a literal, an empty mail, UTF8, several mails.
    assert_eq!(
        said(&["> a APPEND {6+}", ">~Drafts", ">  () {0+}", "> ", "< a OK"]),
        ["Drafts [] None \"\" false None"]
    );
    assert_eq!(
        said(&[
            "> a APPEND inbox (\\Seen) UTF8 (~{2}",
            "< +",
            ">~hi",
            "> )",
            "< a OK [APPENDUID 1 2]"
        ]),
        ["inbox [\"\\\\Seen\"] None \"hi\" false Some((1, 2))"]
    );
    assert_eq!(
        said(&[
            "> a APPEND Drafts {2}",
            "< +",
            ">~hi",
            ">  (\\Seen) {2}",
            "< +",
            ">~ho",
            "> ",
            "< a OK [APPENDUID 1 7:8] x",
        ]),
        [
            "Drafts [] None \"hi\" false Some((1, 7))",
            "Drafts [\"\\\\Seen\"] None \"ho\" false Some((1, 8))"
        ]
    );
    // CATENATE is left alone.
    assert_eq!(
        said(&[
            "> a APPEND Drafts CATENATE (URL \"/x\" TEXT {2}",
            "< +",
            ">~hi",
            "> )",
            "< a OK"
        ]),
        Vec::<String>::new()
    );
    // Only so much is kept.
    let large = format!(">~{}", "x".repeat(150));
    let events = said(&["> a APPEND Drafts {150}", "< +", &large, "> ", "< a OK"]);
    assert_eq!(events, [format!("Drafts [] None {:?} true None", "x".repeat(100))]);
}

#[test]
fn idle_and_what_is_said_meanwhile() {
    assert_eq!(
        said(&[
            "> a IDLE",
            "< + idling",
            "< * 4 EXISTS",
            "> DONE",
            "> b SELECT x",
            "< a OK",
            "< b OK"
        ]),
        ["x false"]
    );
    // At once, refused, and ended by the server.
    assert_eq!(
        said(&[
            "> a IDLE",
            "> DONE",
            "> b SELECT {1}",
            "< + idling",
            "< a OK",
            "< +",
            ">~x",
            "> ",
            "< b OK"
        ]),
        ["x false"]
    );
    assert_eq!(said(&["> a IDLE", "< a BAD no", "> b SELECT x", "< b OK"]), ["x false"]);
    assert_eq!(
        said(&["> a IDLE", "< +", "< a NO too long", "> DONE", "< DONE BAD what"]),
        Vec::<String>::new()
    );
}

#[test]
fn what_looks_like_a_literal_is_none() {
    assert_eq!(
        said(&[
            "> a SEARCH SUBJECT \"x {100}\"",
            "< * OK in text {100}",
            "< * NO \"quoted {7}",
            "< * SEARCH 1",
            "< a OK see {3}",
            "> b NOOP {3} x",
            "< * 1 FETCH (ENVELOPE (\"{5}\" \"a \\\"{6}\"))",
            "< b BAD what {9}",
            "> c SELECT x",
            "< c OK",
        ]),
        ["x false"]
    );
}

#[test]
fn it_goes_blind_once_and_forwards_on() {
    for (who, words) in [
        ('<', "+ go on"),
        ('<', "zz OK never asked"),
        ('<', "what is this"),
        ('<', "* 1 FETCH (X \"a {3}"),
        ('<', "* 1 FETCH (BODY[] {3+}"),
        ('>', "a SEARCH \"x {3}"),
        ('>', "a SELECT x{3}"),
        ('>', "a SELECT {3-}"),
    ] {
        let mut talk = Talk::logged_in();
        let line = format!("{words}\r\n");
        if who == '<' {
            talk.server(&line)
        } else {
            talk.client(&line)
        }
        assert!(talk.is_blind(), "{words}");
        talk.client("b COMPRESS DEFLATE\r\n\x00\x01{5}\r\n");
        talk.server("b OK\r\n+\r\n* CAPABILITY COMPRESS=DEFLATE\r\nx");
        assert_eq!(talk.events.len(), 1, "{words}");
        let to_server = String::from_utf8_lossy(&talk.to_server).into_owned();
        assert!(to_server.ends_with("b COMPRESS DEFLATE\r\n\x00\x01{5}\r\n"));
        assert!(talk.to_client.ends_with(b"COMPRESS=DEFLATE\r\nx"));
    }
    // What was kept of a line goes on.
    let mut talk = Talk::logged_in();
    talk.client("a SELE");
    talk.server("* LIS");
    talk.server_got("");
    talk.server("T () NIL x\r\nzz OK\r\n");
    assert!(talk.is_blind());
    talk.server_got("a SELE");
}

#[test]
fn nobody_is_logged_in_after_unauthenticate() {
    let mut talk = Talk::logged_in();
    talk.client("a SELECT x\r\nb UNAUTHENTICATE\r\n");
    talk.server("a OK\r\nb OK\r\n");
    assert_eq!(names(&talk), ["x false", "Unselected", "Unauthenticated"]);
    assert!(!talk.tap.is_authenticated());
}
