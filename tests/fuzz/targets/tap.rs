//! The tap: never panics, puts out what was put in but for listed words, and any splitting gives the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use youward::imap::{Event, Interest, Step, Tap, TapSettings, Then};

struct Talk {
    tap: Tap,
    waiting: Vec<u8>,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    events: Vec<Event>,
    over: bool,
    /// Whether we answered something ourselves, or went blind, or the client's octets waited while the server spoke: between
    /// which two responses depends on how they arrived.
    spoke: bool,
}

impl Talk {
    fn client(&mut self, octets: &[u8]) {
        if self.over {
            return;
        }
        self.waiting.extend_from_slice(octets);
        let input = std::mem::take(&mut self.waiting);
        let step = self.tap.client_said(&input);
        assert!(step.used <= input.len());
        self.to_server.extend(step.forwarded(&input));
        self.waiting = input[step.used..].to_vec();
        if step.then == Then::StartTls {
            self.tap.tls_started();
        }
        if self.done(step) {
            self.server(b"");
        }
    }

    fn server(&mut self, octets: &[u8]) {
        if self.over {
            return;
        }
        // The client's octets go on after the whole piece: how much of a command the server has when it answers depends on how
        // its octets come.
        self.spoke |= !self.waiting.is_empty();
        let step = self.tap.server_said(octets);
        assert!(step.used <= octets.len() && step.answer.is_empty());
        self.to_client.extend(step.forwarded(octets));
        let blind = self.done(step);
        if blind || !self.waiting.is_empty() {
            self.client(b"");
        }
    }

    fn done(&mut self, step: Step) -> bool {
        self.to_client.extend(&step.answer);
        self.spoke |= !step.answer.is_empty();
        self.over |= matches!(step.then, Then::Close(_)) || (step.then == Then::StartTls && !self.waiting.is_empty());
        let blind = step.events.iter().any(|event| matches!(event, Event::Blind { .. }));
        self.spoke |= blind;
        self.events.extend(step.events);
        blind && !self.over
    }
}

/// What is said, alternating: client after octet 1, server after octet 2.
fn play(input: &[u8], settings: &Arc<TapSettings>, piece: usize) -> Talk {
    let mut tap = Tap::new(settings.clone());
    tap.interest(Arc::new(Interest { names: vec![b"Drafts".to_vec()], limit: 64 }));
    let mut talk = Talk { tap, waiting: vec![], to_server: vec![], to_client: vec![], events: vec![], over: false, spoke: false };
    let mut client = false;
    for turn in input.split_inclusive(|octet| matches!(octet, 1 | 2)) {
        let (said, switch) = match turn.split_last() {
            Some((&mark @ (1 | 2), said)) => (said, Some(mark == 1)),
            _ => (turn, None),
        };
        for part in said.chunks(piece) {
            if client { talk.client(part) } else { talk.server(part) }
        }
        client = switch.unwrap_or(client);
    }
    talk
}

fuzz_target!(|data: &[u8]| {
    let Some((&[kind, piece], input)) = data.split_first_chunk::<2>() else { return };
    let settings = Arc::new(TapSettings {
        starttls: kind & 1 != 0,
        in_the_clear: kind & 2 != 0,
        hidden: if kind & 4 != 0 { vec!["ID".to_owned()] } else { Vec::new() },
    });
    let whole = play(input, &settings, usize::MAX);
    let split = play(input, &settings, usize::from(piece % 40) + 1);
    if ![&whole, &split].iter().any(|talk| talk.over || talk.spoke) {
        assert_eq!(whole.to_server, split.to_server);
        assert_eq!(whole.to_client, split.to_client);
        assert_eq!(whole.events, split.events);
    }
    for talk in [&whole, &split] {
        assert!(talk.to_server.len() <= input.len());
        assert!(talk.events.iter().filter(|event| matches!(event, Event::Blind { .. })).count() <= 1);
    }
});
