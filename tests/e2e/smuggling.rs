//! What must not pass: ends of data that only some servers see, and octets that only some servers repair.

use crate::support::client::{Client, stuffed};
use crate::support::fake_upstream::{FakeUpstream, Session};
use crate::support::letters;
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::youward::{Setup, Youward};
use std::time::Duration;

/// Ends of data that are none, for some server has taken each for one.
const FALSE_ENDS: [&[u8]; 22] = [
    b"\n.\n",
    b"\n.\r\n",
    b"\n.\r",
    b"\r.\r",
    b"\r.\n",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\n\n.\r\n",
    b"\r\n\n.\r\n",
    b"\n.\n\r\n",
    b"\r\n.\r\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\n\r",
    b"\n\r.\n\r",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\0\n.\r\n",
    b"\r\0\n.\r\0\n",
    b"\r\n\r.\r\n",
    b"\r\n.\r\0\n",
    b"\n.\0\n",
];

#[test]
fn nothing_is_smuggled_past_the_end_of_data() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    let port = youward.clear_port();
    let mut sent = 0;
    for end in FALSE_ENDS {
        let head = letters::kind().octets;
        let smuggled = format!(
            "MAIL FROM:<smuggled@corp.example>\r\nRCPT TO:<{PROSPECT}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\nQUIT\r\n"
        );
        let content = [&head[..head.len() - 2], end, smuggled.as_bytes()].concat();
        // In two writes, split at every octet of the false end; and in one.
        for split in (head.len() - 3..=head.len() + end.len()).chain([0]) {
            let (first, second) = content.split_at(split);
            let mut client = Client::ready(port);
            client.envelope(REP, &[PROSPECT]);
            client.command("DATA", 354);
            client.send(first);
            // Not needed for the result, but makes it likely that the parts are read apart.
            std::thread::sleep(Duration::from_millis(1));
            // The rest may find the connection closed, which is fine.
            let _ = client.write(second);
            client.half_close();
            client.rest();
            sent += 1;
        }
    }
    assert!(sent > 100, "{sent}");
    for session in upstream.all_ended() {
        assert_nothing_smuggled(&session);
    }
}

#[test]
fn bare_octets_are_refused_with_a_reply() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    for (what, octets) in [
        ("a bare LF", &b"a\nb\r\n"[..]),
        ("a bare CR", b"a\rb\r\n"),
        ("a NUL", b"a\0b\r\n"),
        ("CR CR LF", b"a\r\r\n"),
        ("LF CR", b"a\n\r\n"),
    ] {
        let mut client = Client::ready(youward.clear_port());
        client.envelope(REP, &[PROSPECT]);
        client.command("DATA", 354);
        client.send(&stuffed(&letters::kind_with(octets).octets));
        let answer = client
            .answer()
            .unwrap_or_else(|error| panic!("{what}: no reply: {error}"));
        assert_eq!(answer.code, 550, "{what}: {}", answer.text());
    }
    assert_eq!(upstream.accepted(), []);
    for session in upstream.sessions() {
        assert_nothing_smuggled(&session);
    }
}

#[test]
fn no_command_hides_behind_another() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    for line in [
        &b"NOOP\nMAIL FROM:<smuggled@corp.example>\r\n"[..],
        b"NOOP\rMAIL FROM:<smuggled@corp.example>\r\n",
        b"NOOP\0\r\nMAIL FROM:<smuggled@corp.example>\n",
        b"EHLO x\nMAIL FROM:<smuggled@corp.example>\r\n",
        b"MAIL FROM:<rep@corp.example\r\nMAIL FROM:<smuggled@corp.example>\n",
        b"RSET\r\n\nMAIL FROM:<smuggled@corp.example>\n",
        b"BDAT 10 LAST\nMAIL FROM:<smuggled@corp.example>\n",
    ] {
        let mut client = Client::ready(youward.clear_port());
        client.send(line);
        client.half_close();
        client.rest();
    }
    for session in upstream.all_ended() {
        assert!(
            !session.clear.windows(8).any(|window| window == b"smuggled"),
            "{:?}",
            session.commands
        );
    }
}

/// At most one mail, no command from inside a mail, no bare CR, LF or NUL on the wire.
fn assert_nothing_smuggled(session: &Session) {
    let commands = &session.commands;
    assert!(session.mails.len() <= 1, "{commands:?}");
    assert!(
        !commands.iter().any(|command| command.contains("smuggled")),
        "{commands:?}"
    );
    for (at, octet) in session.clear.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| session.clear.get(at));
        let after = session.clear.get(at + 1);
        let stray = match octet {
            b'\n' => before != Some(&b'\r'),
            b'\r' => after != Some(&b'\n'),
            0 => true,
            _ => false,
        };
        assert!(
            !stray,
            "a stray octet {octet} went upstream at {at}: {}",
            session.clear.escape_ascii()
        );
    }
}
