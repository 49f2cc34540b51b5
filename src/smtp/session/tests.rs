//! The machine against a made-up upstream: any splitting of the client's octets gives the same conversation.

use super::*;
use crate::smtp::{Limits, Timeouts};
use proptest::prelude::*;

const OFFER: &[&str] = &[
    "mx.example",
    "PIPELINING",
    "SIZE 5000",
    "8BITMIME",
    "DSN",
    "SMTPUTF8",
    "AUTH PLAIN LOGIN XOAUTH2",
];

/// What was said on both sides.
#[derive(Debug, Default, PartialEq, Eq)]
struct Conversation {
    to_client: String,
    to_upstream: String,
    messages: Vec<Submission>,
    closed: bool,
}

fn settings(require_auth: bool, protection: Protection) -> Arc<SessionSettings> {
    let limits = Limits {
        command_line: 200,
        auth_line: 400,
        recipients: 5,
        ..Limits::default()
    };
    Arc::new(SessionSettings {
        limits,
        timeouts: Timeouts::default(),
        require_auth,
        protection,
    })
}

/// An upstream that agrees to everything but to addresses that say no.
fn upstream(line: &str) -> Reply {
    match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
        "EHLO" => Reply::new(250, "", OFFER),
        "HELO" => Reply::new(250, "", &["mx.example"]),
        "MAIL" | "RCPT" if line.contains("no@") => Reply::new(550, "5.1.1", &["No such user"]),
        "QUIT" => Reply::new(221, "2.0.0", &["Bye"]),
        verb => Reply::new(250, "2.0.0", &[&format!("Ok {verb}")]),
    }
}

fn converse(settings: Arc<SessionSettings>, input: &[u8], step: usize) -> Conversation {
    let mut session = Session::new(settings, &Reply::new(220, "", &["mx.example ESMTP"]), Duration::ZERO);
    let mut said = Conversation::default();
    let mut replies = VecDeque::new();
    for chunk in input.chunks(step.max(1)).map(Some).chain([None]) {
        loop {
            match session.next() {
                Step::Read => break,
                Step::Write(octets) => said.to_client.push_str(std::str::from_utf8(&octets).unwrap()),
                Step::Relay(line) => {
                    let line = String::from_utf8(line).unwrap();
                    replies.push_back(upstream(&line));
                    said.to_upstream.push_str(&line);
                }
                Step::Authenticate(credentials) => {
                    said.to_upstream.push_str(&format!(
                        "AUTH {} {}\r\n",
                        credentials.mechanism.name(),
                        credentials.identity
                    ));
                    replies.push_back(match credentials.identity.as_str() {
                        "rep" => Reply::new(235, "2.7.0", &["Welcome"]),
                        "oauth" => Reply::new(334, "", &["eyJzdGF0dXMiOiI0MDAifQ=="]),
                        _ => Reply::new(535, "5.7.8", &["Bad credentials"]),
                    });
                }
                Step::Respond(response) => {
                    said.to_upstream
                        .push_str(&format!("response of {}\r\n", response.expose().len()));
                    replies.push_back(Reply::new(535, "5.7.8", &["Bad token"]));
                }
                Step::Wait => match replies.pop_front() {
                    Some(reply) => session.replied(&reply),
                    None => break,
                },
                Step::Content(submission) => {
                    let held = submission.mail.octets().starts_with(b"hold");
                    said.messages.push(submission);
                    let reply = Reply::new(250, "2.0.0", &["Ok"]);
                    session.answered(&if held {
                        Answer::Own(reply)
                    } else {
                        Answer::Upstream(reply)
                    });
                }
                Step::StartTls => break,
                Step::Close => {
                    said.closed = true;
                    return said;
                }
            }
        }
        if let Some(chunk) = chunk {
            session.received(chunk, Duration::ZERO);
        }
    }
    said
}

fn on_loopback(input: &str) -> Conversation {
    converse(
        settings(false, Protection::Loopback { starttls: true }),
        input.as_bytes(),
        10_000,
    )
}

fn codes(conversation: &Conversation) -> Vec<&str> {
    conversation
        .to_client
        .split_terminator("\r\n")
        .filter(|line| line.as_bytes()[3] == b' ')
        .map(|line| &line[..3])
        .collect()
}

#[test]
fn a_mail_goes_through_with_its_parameters_verbatim() {
    let said = on_loopback(
        "EHLO [127.0.0.1]\r\nMAIL FROM:<a@x.example> SIZE=10 RET=HDRS\r\nRCPT TO:<b@y.example> NOTIFY=NEVER\r\nRCPT TO:<no@y.example>\r\nDATA\r\nA: b\r\n\r\n..x\r\n.\r\nQUIT\r\n",
    );
    assert_eq!(codes(&said), ["220", "250", "250", "250", "550", "354", "250", "221"]);
    assert_eq!(
        said.to_upstream,
        "EHLO [127.0.0.1]\r\nMAIL FROM:<a@x.example> SIZE=10 RET=HDRS\r\nRCPT TO:<b@y.example> NOTIFY=NEVER\r\nRCPT TO:<no@y.example>\r\nQUIT\r\n"
    );
    let [message] = said.messages.as_slice() else {
        panic!("{said:?}")
    };
    assert_eq!(message.mail.octets(), b"A: b\r\n\r\n.x\r\n");
    assert_eq!(
        message.envelope.recipients.len(),
        1,
        "only those that the upstream accepted"
    );
    assert!(said.closed);
}

#[test]
fn what_did_not_go_upstream_is_reset_there() {
    let said =
        on_loopback("EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nhold\r\n.\r\nMAIL FROM:<a@x>\r\nNOOP\r\n");
    assert!(
        said.to_upstream.ends_with("RSET\r\nMAIL FROM:<a@x>\r\nNOOP\r\n"),
        "{}",
        said.to_upstream
    );
    assert_eq!(
        codes(&said),
        ["220", "250", "250", "250", "354", "250", "250", "250"],
        "the RSET's reply is not shown"
    );
}

#[test]
fn mail_needs_auth_and_auth_is_the_upstreams_to_decide() {
    let plain = |user: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("\0{user}\0pw"))
    };
    let input = format!(
        "EHLO c\r\nMAIL FROM:<a@x>\r\nAUTH PLAIN {}\r\nAUTH PLAIN\r\n{}\r\nMAIL FROM:<a@x> AUTH=<>\r\nEHLO c\r\nMAIL FROM:<a@x>\r\n",
        plain("other"),
        plain("rep")
    );
    let said = converse(settings(true, Protection::Tls), input.as_bytes(), 7);
    assert_eq!(
        codes(&said),
        ["220", "250", "530", "535", "334", "235", "250", "250", "250"],
        "{}",
        said.to_client
    );
    assert!(
        said.to_upstream.contains("MAIL FROM:<a@x>\r\nRSET\r\nMAIL"),
        "AUTH= is dropped, EHLO resets: {}",
        said.to_upstream
    );
}

#[test]
fn an_oauth_error_is_relayed_as_a_challenge() {
    use base64::Engine as _;
    let token = base64::engine::general_purpose::STANDARD.encode("user=oauth\x01auth=Bearer old\x01\x01");
    let said = on_loopback(&format!("EHLO c\r\nAUTH XOAUTH2 {token}\r\n\r\nNOOP\r\n"));
    assert_eq!(codes(&said), ["220", "250", "334", "535", "250"]);
    assert!(said.to_upstream.contains("response of 0\r\n"));
}

#[test]
fn auth_can_be_cancelled_and_is_not_taken_in_the_clear() {
    let said = on_loopback("EHLO c\r\nAUTH LOGIN\r\ncmVw\r\n*\r\nAUTH CRAM-MD5\r\nNOOP\r\n");
    assert_eq!(codes(&said), ["220", "250", "334", "334", "501", "504", "250"]);
    let said = converse(
        settings(true, Protection::Network),
        b"EHLO c\r\nAUTH PLAIN AGEAYg==\r\n",
        5,
    );
    assert_eq!(codes(&said), ["220", "250", "538"]);
    assert!(!said.to_client.contains("AUTH PLAIN") && !said.to_upstream.contains("AUTH"));
}

#[test]
fn octets_after_starttls_end_the_connection() {
    for step in [1, 9, 1000] {
        let said = converse(
            settings(false, Protection::Loopback { starttls: true }),
            b"EHLO c\r\nSTARTTLS\r\nMAIL FROM:<evil@x>\r\n",
            step,
        );
        assert!(
            said.closed && said.to_client.ends_with("before TLS; the connection ends here\r\n"),
            "{said:?}"
        );
        assert!(!said.to_upstream.contains("evil"));
    }
}

#[test]
fn browsers_are_sent_away() {
    let said = on_loopback("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nEHLO c\r\nMAIL FROM:<a@x>\r\n");
    assert!(said.closed && said.to_upstream.is_empty());
    assert_eq!(codes(&said), ["220", "421"]);
}

#[test]
fn limits_and_errors_are_counted() {
    let recipients = "RCPT TO:<b@y>\r\n".repeat(6);
    let said = on_loopback(&format!("EHLO c\r\nMAIL FROM:<a@x>\r\n{recipients}"));
    assert_eq!(codes(&said).last(), Some(&"452"));
    assert_eq!(said.to_upstream.matches("RCPT").count(), 5);
    let said = on_loopback(
        "EHLO c\r\nMAIL FROM:<a@x> SIZE=5001\r\nMAIL FROM:<a@x> BODY=BINARYMIME\r\nFOO\r\nFOO\r\nFOO\r\nFOO\r\nNOOP\r\n",
    );
    assert_eq!(
        codes(&said),
        ["220", "250", "552", "555", "500", "500", "500", "500", "421"]
    );
    let too_large = "x".repeat(100) + "\r\n";
    let said = on_loopback(&format!(
        "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n{}.\r\nNOOP\r\n",
        too_large.repeat(50)
    ));
    assert_eq!(codes(&said), ["220", "250", "250", "250", "354", "552", "250"]);
}

#[test]
fn silence_and_slowness_end_with_a_reply() {
    let start = || {
        Session::new(
            settings(false, Protection::Tls),
            &Reply::new(220, "", &["mx"]),
            Duration::ZERO,
        )
    };
    let mut session = start();
    let _ = session.next();
    session.tick(Duration::from_secs(59));
    assert_eq!(session.next(), Step::Read);
    session.tick(Duration::from_secs(60));
    assert!(matches!(session.next(), Step::Write(octets) if octets.starts_with(b"421 4.4.2")));
    assert_eq!(session.next(), Step::Close);

    let mut session = start();
    let mut now = Duration::ZERO;
    session.received(b"EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n", now);
    while session.next() != Step::Read {
        session.replied(&Reply::new(250, "", OFFER));
    }
    while !matches!(session.next(), Step::Close) {
        now += Duration::from_secs(1);
        session.received(b"drop by drop\r\n", now);
        session.tick(now);
        assert!(now < Duration::from_secs(100), "14 octets a second are too slow");
    }
    assert!(now >= Duration::from_secs(60));
}

fn command() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("EHLO c\r\n".to_owned()),
        Just("HELO c\r\n".to_owned()),
        Just("MAIL FROM:<a@x> BODY=8BITMIME\r\n".to_owned()),
        Just("MAIL FROM:<no@x>\r\n".to_owned()),
        Just("RCPT TO:<b@y>\r\n".to_owned()),
        Just("RCPT TO:<no@y> NOTIFY=NEVER\r\n".to_owned()),
        Just("DATA\r\nhold a\r\n.\r\n".to_owned()),
        Just("DATA\r\n..a\nb\r\n.\r\n".to_owned()),
        Just("DATA\r\nS: t\r\n\r\n.\r\n".to_owned()),
        Just("AUTH PLAIN AHJlcABwdw==\r\n".to_owned()),
        Just("AUTH LOGIN\r\ncmVw\r\ncHc=\r\n".to_owned()),
        Just("RSET\r\n".to_owned()),
        Just("NOOP\r\n".to_owned()),
        Just("VRFY b\r\n".to_owned()),
        Just("QUIT\r\n".to_owned()),
        Just("BDAT 3\r\n".to_owned()),
        Just("NOOP\n".to_owned()),
        "[ -~]{0,300}\r\n",
        "[\\x00-\\x7f]{0,20}",
    ]
}

proptest! {
    #[test]
    fn any_splitting_gives_the_same_conversation(commands in proptest::collection::vec(command(), 0..25), step in 1usize..50, auth: bool) {
        let input = commands.concat().replace("STARTTLS", "NOOP");
        let whole = converse(settings(auth, Protection::Tls), input.as_bytes(), input.len());
        let split = converse(settings(auth, Protection::Tls), input.as_bytes(), step);
        prop_assert_eq!(&whole, &split);
        prop_assert!(!split.to_upstream.replace("\r\n", "").contains(['\r', '\n', '\0']));
    }
}
