//! The tap, tried: by conversations in words, with literals that are no literals, and in every splitting.

mod desync;
mod events;
mod generated;
mod lists;

use super::{Event, Interest, Step, Tap, TapSettings, Then};
use std::sync::Arc;

/// A connection with the tap in it, as a driver would run it.
pub(super) struct Talk {
    pub(super) tap: Tap,
    /// Octets of the client that were not taken yet.
    waiting: Vec<u8>,
    pub(super) to_server: Vec<u8>,
    pub(super) to_client: Vec<u8>,
    pub(super) events: Vec<Event>,
    /// The words of its end.
    pub(super) closed: Option<&'static str>,
    pub(super) tls: bool,
}

impl Talk {
    pub(super) fn with(settings: TapSettings) -> Talk {
        let mut tap = Tap::new(Arc::new(settings));
        tap.interest(Arc::new(Interest {
            names: vec![b"Drafts".to_vec(), b"inbox".to_vec()],
            limit: 100,
        }));
        Talk {
            tap,
            waiting: Vec::new(),
            to_server: Vec::new(),
            to_client: Vec::new(),
            events: Vec::new(),
            closed: None,
            tls: false,
        }
    }

    pub(super) fn new() -> Talk {
        Talk::with(TapSettings::default())
    }

    /// Somebody is logged in, and what that took is forgotten.
    pub(super) fn logged_in() -> Talk {
        let mut talk = Talk::new();
        talk.server("* OK hi\r\n");
        talk.client("a0 LOGIN u p\r\n");
        talk.server("a0 OK in\r\n");
        talk.to_server.clear();
        talk.to_client.clear();
        talk.events.clear();
        talk
    }

    pub(super) fn client(&mut self, octets: impl AsRef<[u8]>) {
        if self.closed.is_none() {
            self.waiting.extend_from_slice(octets.as_ref());
            self.give_client();
        }
    }

    fn give_client(&mut self) {
        let input = std::mem::take(&mut self.waiting);
        let step = self.tap.client_said(&input);
        self.to_server.extend(step.forwarded(&input));
        self.waiting = input[step.used..].to_vec();
        assert!(step.then != Then::GoOn || self.waiting.is_empty() || self.tap.client_waits());
        if step.then == Then::StartTls {
            self.tls = true;
            if self.waiting.is_empty() {
                self.tap.tls_started();
            } else {
                self.closed = Some("octets after STARTTLS");
            }
        }
        if self.done(step) {
            self.server("");
        }
    }

    pub(super) fn server(&mut self, octets: impl AsRef<[u8]>) {
        if self.closed.is_some() {
            return;
        }
        let input = octets.as_ref();
        let step = self.tap.server_said(input);
        assert!(step.answer.is_empty());
        assert!(step.used == input.len() || step.then != Then::GoOn);
        self.to_client.extend(step.forwarded(input));
        let blind = self.done(step);
        if self.closed.is_none() && (blind || !self.waiting.is_empty()) {
            self.give_client();
        }
    }

    /// Whether the tap went blind just now.
    fn done(&mut self, step: Step) -> bool {
        self.to_client.extend(&step.answer);
        let blind = step.events.iter().any(|event| matches!(event, Event::Blind { .. }));
        self.events.extend(step.events);
        if let Then::Close(words) = step.then {
            self.closed = Some(words);
        }
        blind && self.closed.is_none()
    }

    pub(super) fn is_blind(&self) -> bool {
        self.events.iter().any(|event| matches!(event, Event::Blind { .. }))
    }

    #[track_caller]
    pub(super) fn server_got(&mut self, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&std::mem::take(&mut self.to_server)), expected);
    }

    #[track_caller]
    pub(super) fn client_got(&mut self, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&std::mem::take(&mut self.to_client)), expected);
    }
}

#[test]
fn a_connection_at_rest_is_small() {
    println!("{}", size_of::<Tap>());
    assert!(size_of::<Tap>() <= 256, "{}", size_of::<Tap>());
}
