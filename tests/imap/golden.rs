//! Golden dialogues, twice.

use super::{before, port};
use crate::dialogues::script::{Said, Script, fits};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use youward::imap::{Event, Interest, Step, Tap, TapSettings, Then};

fn scripts() -> Vec<Script> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/imap/dialogues");
    let entries = std::fs::read_dir(folder).expect("the dialogues");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 8, "the dialogues are gone");
    files.iter().map(Script::read).collect()
}

#[test]
fn golden_imap_dialogues_in_memory_however_they_are_split() {
    for script in scripts().iter().filter(|script| !script.tcp_only) {
        for piece in [usize::MAX, 1, 2, 3, 7, 13] {
            Memory::hold(script, piece);
        }
    }
}

#[test]
fn golden_imap_dialogues_over_tcp() {
    let provider = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = provider.local_addr().unwrap().port();
    let youward = before(server, "none", "", "").start();
    for script in scripts() {
        let tls = if script.starttls { "starttls" } else { "none" };
        let client = TcpStream::connect(("127.0.0.1", port(&youward, tls))).unwrap();
        wire(&script, client, provider.accept().unwrap().0);
    }
}

/// The tap, and what a driver does.
struct Memory {
    tap: Tap,
    waiting: Vec<u8>,
    to_client: Vec<u8>,
    to_upstream: Vec<u8>,
    closed: bool,
}

impl Memory {
    fn hold(script: &Script, piece: usize) {
        let mut tap = Tap::new(Arc::new(TapSettings {
            starttls: script.starttls,
            ..TapSettings::default()
        }));
        tap.interest(Arc::new(Interest {
            names: vec![b"Drafts".to_vec()],
            limit: 1000,
        }));
        let mut memory = Memory {
            tap,
            waiting: Vec::new(),
            to_client: Vec::new(),
            to_upstream: Vec::new(),
            closed: false,
        };
        for line in &script.lines {
            let place = format!("{}:{} in pieces of {piece}", script.name, line.number);
            match &line.said {
                Said::Client(octets) => {
                    for part in octets.chunks(piece) {
                        memory.waiting.extend_from_slice(part);
                        memory.client();
                    }
                }
                Said::Upstream(words) => {
                    for part in format!("{words}\r\n").as_bytes().chunks(piece) {
                        memory.server(part);
                    }
                }
                Said::ToClient(expected) => {
                    let line = take_line(&mut memory.to_client);
                    assert!(
                        fits(expected, &line),
                        "{place}: expected {expected:?}, the client got {line:?}"
                    );
                }
                Said::ToUpstream(expected) => {
                    let line = take_line(&mut memory.to_upstream);
                    assert!(
                        fits(expected, &line),
                        "{place}: expected {expected:?}, the upstream got {line:?}"
                    );
                }
                Said::Closed => assert!(memory.closed, "{place}: it goes on"),
                Said::ToClientSome(_) | Said::ClientGoes => panic!("{place}: not in memory"),
            }
        }
        let left = [memory.to_client, memory.to_upstream].concat();
        assert_eq!(String::from_utf8_lossy(&left), "", "{}", script.name);
    }

    fn client(&mut self) {
        if self.closed {
            return;
        }
        let input = std::mem::take(&mut self.waiting);
        let step = self.tap.client_said(&input);
        self.to_upstream.extend(step.forwarded(&input));
        self.waiting = input[step.used..].to_vec();
        self.done(step);
    }

    fn server(&mut self, octets: &[u8]) {
        if self.closed {
            return;
        }
        let step = self.tap.server_said(octets);
        self.to_client.extend(step.forwarded(octets));
        let blind = self.done(step);
        if blind || !self.waiting.is_empty() {
            self.client();
        }
    }

    fn done(&mut self, step: Step) -> bool {
        self.to_client.extend(&step.answer);
        if let Then::Close(words) = step.then {
            self.to_client.extend(format!("* BYE {words}\r\n").into_bytes());
            self.closed = true;
        }
        if step.then == Then::StartTls && !self.waiting.is_empty() {
            self.to_client
                .extend(b"* BYE Nothing may come between STARTTLS and TLS\r\n");
            self.closed = true;
        }
        step.events.iter().any(|event| matches!(event, Event::Blind { .. }))
    }
}

fn take_line(octets: &mut Vec<u8>) -> String {
    let Some(end) = octets.iter().position(|&octet| octet == b'\n') else {
        return format!("(no line, but {:?})", String::from_utf8_lossy(octets));
    };
    let line: Vec<u8> = octets.drain(..=end).collect();
    String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()
}

fn wire(script: &Script, client: TcpStream, upstream: TcpStream) {
    let mut sides = [client, upstream].map(|stream| {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.set_nodelay(true).unwrap();
        BufReader::new(stream)
    });
    let [client, upstream] = &mut sides;
    for line in &script.lines {
        let place = format!("{}:{} over TCP", script.name, line.number);
        match &line.said {
            // The other end may have closed already.
            Said::Client(octets) => drop(client.get_mut().write_all(octets)),
            Said::Upstream(words) => drop(upstream.get_mut().write_all(format!("{words}\r\n").as_bytes())),
            Said::ToClient(expected) => {
                let line = hear(client);
                assert!(
                    fits(expected, &line),
                    "{place}: expected {expected:?}, the client got {line:?}"
                );
            }
            Said::ToUpstream(expected) => {
                let line = hear(upstream);
                assert!(
                    fits(expected, &line),
                    "{place}: expected {expected:?}, the upstream got {line:?}"
                );
            }
            Said::Closed => {
                let mut rest = Vec::new();
                client.read_to_end(&mut rest).expect("the end");
                assert_eq!(String::from_utf8_lossy(&rest), "", "{place}");
                let mut rest = Vec::new();
                upstream.read_to_end(&mut rest).expect("the end");
                assert_eq!(String::from_utf8_lossy(&rest), "", "{place}: to the upstream");
            }
            Said::ClientGoes => client.get_mut().shutdown(Shutdown::Both).unwrap(),
            Said::ToClientSome(_) => panic!("{place}: not for IMAP"),
        }
    }
}

fn hear(side: &mut BufReader<TcpStream>) -> String {
    let mut line = Vec::new();
    side.read_until(b'\n', &mut line).expect("a line in time");
    let line = String::from_utf8_lossy(&line).into_owned();
    line.strip_suffix("\r\n")
        .map_or_else(|| format!("(no line, but {line:?})"), str::to_owned)
}
