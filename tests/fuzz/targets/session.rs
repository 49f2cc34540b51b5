//! The session machine: never panics, never relays a stray line end, and any splitting gives the same conversation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use youward::smtp::{Answer, Limits, Protection, Reply, Session, SessionSettings, Step, Timeouts};

#[derive(Default, PartialEq, Eq, Debug)]
struct Conversation {
    to_client: Vec<u8>,
    to_upstream: Vec<u8>,
    contents: Vec<Vec<u8>>,
    closed: bool,
}

fn upstream(line: &[u8]) -> Reply {
    match line.first().map(u8::to_ascii_uppercase) {
        Some(b'E') => Reply::new(250, "", &["mx", "PIPELINING", "SIZE 9000", "8BITMIME", "DSN", "SMTPUTF8", "AUTH PLAIN LOGIN"]),
        Some(b'R') if line.contains(&b'!') => Reply::new(550, "5.1.1", &["No such user"]),
        Some(b'V') => Reply::new(421, "4.3.2", &["Going down"]),
        _ => Reply::new(250, "2.0.0", &["Ok"]),
    }
}

fn converse(settings: &Arc<SessionSettings>, chunks: &[&[u8]]) -> Conversation {
    let mut session = Session::new(settings.clone(), &Reply::new(220, "", &["mx"]), Duration::ZERO);
    let mut said = Conversation::default();
    let mut replies = VecDeque::new();
    let mut waiting_for_tls = false;
    for chunk in chunks.iter().map(Some).chain([None]) {
        loop {
            match session.next() {
                Step::Read => break,
                Step::Write(octets) => said.to_client.extend(octets),
                Step::Relay(line) => {
                    let inner = line.strip_suffix(b"\r\n").expect("a relayed line ends with CR LF");
                    assert!(!inner.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0)), "{line:?}");
                    replies.push_back(upstream(&line));
                    said.to_upstream.extend(line);
                }
                Step::Authenticate(credentials) => {
                    let right = credentials.identity.len() % 2 == 0;
                    replies.push_back(if right { Reply::new(235, "", &["In"]) } else { Reply::new(334, "", &["e30="]) });
                }
                Step::Respond(_) => replies.push_back(Reply::new(535, "5.7.8", &["Out"])),
                Step::Wait => match replies.pop_front() {
                    Some(reply) => session.replied(&reply),
                    None => {
                        // Only TLS waits without an outstanding reply; octets that come now end the session.
                        assert!(waiting_for_tls);
                        break;
                    }
                },
                Step::Content(submission) => {
                    assert!(!submission.envelope.recipients.is_empty());
                    let content = submission.mail.octets().to_vec();
                    assert!(!content.contains(&0) && content.len() <= 9000);
                    let held = content.len() % 2 == 0;
                    said.contents.push(content);
                    let reply = Reply::new(250, "2.0.0", &["Ok"]);
                    session.answered(&if held { Answer::Own(reply) } else { Answer::Upstream(reply) });
                }
                Step::StartTls => waiting_for_tls = true,
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

fuzz_target!(|data: &[u8]| {
    let Some((&[kind, step], input)) = data.split_first_chunk::<2>() else { return };
    let protection = match kind % 3 {
        0 => Protection::Tls,
        1 => Protection::Loopback { starttls: true },
        _ => Protection::Network,
    };
    let limits = Limits { command_line: 512, auth_line: 1024, recipients: 4, errors: 40, errors_before_auth: 30, ..Limits::default() };
    let timeouts = Timeouts::default();
    let settings = Arc::new(SessionSettings { limits, timeouts, require_auth: kind & 64 != 0, protection });
    let whole = converse(&settings, &[input]);
    let pieces: Vec<&[u8]> = input.chunks(usize::from(step % 40) + 1).collect();
    let mut split = converse(&settings, &pieces);
    if whole.to_client.windows(4).any(|window| window == b"421 ") {
        // How much of a pipelined group had gone upstream before the upstream ended it is a matter of arrival.
        split.to_upstream.clone_from(&whole.to_upstream);
    }
    assert_eq!(whole, split);
});
