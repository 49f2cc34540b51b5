//! A dialogue with the machine alone; what the proxy and the upstream client would do is done here.

use super::script::{Said, Script, fits};
use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use youward::mail::{Address, Mail, Prose, ScanLimits};
use youward::reading::{Context, Packs, read};
use youward::smtp::sasl::{Mechanism, Secret};
use youward::smtp::{Answer, Limits, Protection, Reply, Session, SessionSettings, Step, Submission, Timeouts, stuffed};
use youward::standard::{Disposition, Judged, Standard};

/// What the upstream's next reply is for.
enum Awaiting {
    Command,
    Auth(VecDeque<Secret>),
    Data(Mail),
    Content,
}

struct Stage {
    session: Option<Session>,
    settings: Arc<SessionSettings>,
    to_client: Vec<u8>,
    to_upstream: Vec<u8>,
    reply: Vec<u8>,
    awaiting: VecDeque<Awaiting>,
    closed: bool,
}

pub(super) fn hold(script: &Script, piece: usize) {
    let settings = Arc::new(SessionSettings {
        limits: Limits::default(),
        timeouts: Timeouts::default(),
        require_auth: script.require_auth,
        protection: Protection::Loopback {
            starttls: script.starttls,
        },
    });
    let mut stage = Stage {
        session: None,
        settings,
        to_client: Vec::new(),
        to_upstream: Vec::new(),
        reply: Vec::new(),
        awaiting: VecDeque::new(),
        closed: false,
    };
    for line in &script.lines {
        let place = format!("{}:{} in pieces of {piece}", script.name, line.number);
        match &line.said {
            Said::Client(octets) => {
                for part in octets.chunks(piece.min(octets.len().max(1))) {
                    if let Some(session) = &mut stage.session {
                        session.received(part, Duration::ZERO);
                    }
                    stage.go_on();
                }
            }
            Said::Upstream(words) => stage.upstream_says(words),
            Said::ToClient(expected) => {
                let line = take_line(&mut stage.to_client);
                assert!(
                    fits(expected, &line),
                    "{place}: expected {expected:?}, the client got {line:?}"
                );
            }
            Said::ToClientSome(start) => {
                let mut count = 0;
                while stage.to_client.starts_with(start.as_bytes()) {
                    take_line(&mut stage.to_client);
                    count += 1;
                }
                assert!(count > 0, "{place}: no line begins with {start:?}");
            }
            Said::ToUpstream(expected) => {
                let line = take_line(&mut stage.to_upstream);
                assert!(
                    fits(expected, &line),
                    "{place}: expected {expected:?}, the upstream got {line:?}"
                );
            }
            Said::ClientGoes => unreachable!("only over TCP"),
            Said::Closed => assert!(stage.closed, "{place}: the session goes on"),
        }
    }
    let rest = [stage.to_client, stage.to_upstream].concat();
    assert!(
        rest.is_empty(),
        "{}: more was said: {:?}",
        script.name,
        String::from_utf8_lossy(&rest)
    );
}

impl Stage {
    fn go_on(&mut self) {
        let Some(session) = &mut self.session else { return };
        loop {
            match session.next() {
                Step::Read | Step::Wait | Step::StartTls => return,
                Step::Write(octets) => self.to_client.extend(octets),
                Step::Relay(line) => {
                    self.to_upstream.extend(line);
                    self.awaiting.push_back(Awaiting::Command);
                }
                Step::Authenticate(credentials) => {
                    let mut responses: VecDeque<Secret> = credentials.responses.into();
                    let mut line = format!("AUTH {}", credentials.mechanism.name()).into_bytes();
                    if credentials.mechanism != Mechanism::Login
                        && let Some(initial) = responses.pop_front()
                    {
                        line.push(b' ');
                        line.extend_from_slice(initial.expose());
                    }
                    self.to_upstream.extend([line, b"\r\n".to_vec()].concat());
                    self.awaiting.push_back(Awaiting::Auth(responses));
                }
                Step::Respond(response) => {
                    self.to_upstream.extend([response.expose(), b"\r\n"].concat());
                    self.awaiting.push_back(Awaiting::Auth(VecDeque::new()));
                }
                Step::Content(submission) => match judge(&submission) {
                    Some(reply) => session.answered(&Answer::Own(reply)),
                    None => {
                        self.to_upstream.extend(b"DATA\r\n");
                        self.awaiting.push_back(Awaiting::Data(submission.mail));
                    }
                },
                Step::Close => {
                    self.closed = true;
                    return;
                }
            }
        }
    }

    fn upstream_says(&mut self, words: &str) {
        self.reply.extend([words.as_bytes(), b"\r\n"].concat());
        if words.as_bytes().get(3) == Some(&b'-') {
            return;
        }
        let code = words[..3].parse().expect("a code");
        let reply = Reply::verbatim(code, std::mem::take(&mut self.reply));
        let Some(session) = &mut self.session else {
            self.session = Some(Session::new(self.settings.clone(), &reply, Duration::ZERO));
            return self.go_on();
        };
        match self.awaiting.pop_front() {
            Some(Awaiting::Auth(mut responses)) if code == 334 && !responses.is_empty() => {
                let response = responses.pop_front().expect("one is there");
                self.to_upstream.extend([response.expose(), b"\r\n"].concat());
                self.awaiting.push_front(Awaiting::Auth(responses));
            }
            Some(Awaiting::Command | Awaiting::Auth(_)) => session.replied(&reply),
            Some(Awaiting::Data(mail)) if code == 354 => {
                self.to_upstream.extend(stuffed(mail.octets()).flatten());
                self.awaiting.push_back(Awaiting::Content);
            }
            Some(Awaiting::Data(_) | Awaiting::Content) => session.answered(&Answer::Upstream(reply)),
            None => session.stop(&reply),
        }
        self.go_on();
    }
}

/// Compiled once.
static PACKS: LazyLock<Packs> = LazyLock::new(Packs::builtin);

/// The built-in standard's answer; `None` to send it on.
fn judge(submission: &Submission) -> Option<Reply> {
    let standard = Standard::builtin();
    let prose = Prose::extract(&submission.mail, &ScanLimits::default()).expect("a readable mail");
    let context = Context {
        account: submission
            .envelope
            .reverse_path
            .address()
            .or_else(|| Address::parse("rep@norvane.example")),
        envelope: Some(submission.envelope.clone()),
        gate: standard.gate(),
        ..Context::default()
    };
    let reading = read(&prose, &context, &PACKS);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let verdict = standard.judge(Judged::Read(&reading), Some(&submission.envelope), None, now);
    (verdict.disposition >= Disposition::Return).then(|| {
        let lines = youward::annotate::reply::returned(Some(&reading), &verdict, Some("K7Q2M4XZ"));
        Reply::new(550, "5.7.1", &lines.iter().map(String::as_str).collect::<Vec<_>>())
    })
}

fn take_line(octets: &mut Vec<u8>) -> String {
    let Some(end) = octets.windows(2).position(|pair| pair == b"\r\n") else {
        return format!("(no line, but {:?})", String::from_utf8_lossy(octets));
    };
    let line = String::from_utf8_lossy(&octets[..end]).into_owned();
    octets.drain(..end + 2);
    line
}
