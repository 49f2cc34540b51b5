//! The joint machine: what both sides have said so far, and what is still to be answered.

use super::append::{Append, Interest};
use super::capability::Offer;
use super::client::{ClientSide, Mode};
use super::event::Event;
use super::login::Login;
use super::server::ServerSide;
use super::step::{Step, Then};
use super::words;
use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Longest line of a client before login, and longest line that is kept to be understood at all.
pub(super) const LONGEST_LINE: usize = 64 * 1024;
/// Most literals before login, and octets in them.
const MOST_LITERALS: u16 = 1_000;
const MOST_OCTETS: u32 = 1024 * 1024;
/// Most parentheses that a command before login has open at one time.
pub(super) const MOST_OPEN: usize = 100;
/// Commands before login that the server calls bad, or that we refuse.
const MOST_BAD: u8 = 3;
/// Most commands before login without an answer: what comes after them waits.
const MANY_PENDING: usize = 64;
/// Most commands without an answer.
const MOST_PENDING: usize = 16 * 1024;

/// What the tap is told of its surroundings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TapSettings {
    /// Capabilities that the client is not told of.
    pub hidden: Vec<String>,
    /// Whether the client may begin TLS by STARTTLS.
    pub starttls: bool,
    /// Whether what the client says crosses a network in the clear, as long as it has not begun TLS.
    pub in_the_clear: bool,
}

/// The tap over one connection.
pub struct Tap {
    settings: Arc<TapSettings>,
    pub(super) interest: Option<Arc<Interest>>,
    pub(super) stage: Stage,
    /// Whether the client has begun TLS by STARTTLS.
    tls_started: bool,
    pub(super) blind: bool,
    selected: bool,
    /// Whether a login or its end is on its way. What the client says after it waits: only then is it known what it means.
    pub(super) turns: bool,
    tally: Tally,
    pub(super) client: ClientSide,
    pub(super) server: ServerSide,
    /// Commands on their way, in the order in which they were given.
    pending: VecDeque<Pending>,
}

/// How far login has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The server has not greeted.
    Greeting,
    /// Nobody is logged in.
    Before,
    /// Somebody is.
    After,
}

/// What a client has used up before login.
#[derive(Default)]
struct Tally {
    literals: u16,
    octets: u32,
    bad: u8,
}

/// A command without an answer. The tag itself is not kept: two that differ and hash alike are not to be expected.
struct Pending {
    tag: u64,
    then: Outcome,
}

/// What comes of a command once it is answered.
pub(super) enum Outcome {
    Nothing,
    /// LOGIN or AUTHENTICATE.
    LoggedIn(Box<Attempt>),
    Selected {
        mailbox: Box<[u8]>,
        read_only: bool,
    },
    /// CLOSE or UNSELECT.
    Closed,
    Idle {
        begun: bool,
    },
    Appended(Box<Append>),
    Unauthenticated,
}

/// Somebody tries to log in.
pub(super) struct Attempt {
    pub(super) mechanism: String,
    pub(super) login: Option<Login>,
}

/// How a command was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
}

/// Without what was said: it may be secret.
impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("stage", &self.stage)
            .field("blind", &self.blind)
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}

impl Tap {
    /// For a connection on which nothing has been said.
    #[must_use]
    pub fn new(settings: Arc<TapSettings>) -> Tap {
        Tap {
            settings,
            interest: None,
            stage: Stage::Greeting,
            tls_started: false,
            blind: false,
            selected: false,
            turns: false,
            tally: Tally::default(),
            client: ClientSide::default(),
            server: ServerSide::default(),
            pending: VecDeque::new(),
        }
    }

    /// From now on, mails that are filed in these mailboxes are reported.
    pub fn interest(&mut self, interest: Arc<Interest>) {
        self.interest = Some(interest);
    }

    /// TLS has been made after [`Then::StartTls`].
    pub fn tls_started(&mut self) {
        self.tls_started = true;
        self.client.mode = Mode::Line;
    }

    /// Whether somebody is logged in.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.stage == Stage::After
    }

    /// Whether we could say a line of our own to the client: the server is between two responses.
    #[must_use]
    pub fn is_between_responses(&self) -> bool {
        !self.blind && self.server.is_between()
    }

    /// Whether nothing is on its way but IDLE.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let idles = |pending: &Pending| matches!(pending.then, Outcome::Idle { .. });
        self.is_between_responses() && self.client.is_between() && self.pending.iter().all(idles)
    }

    /// Whether octets of the client wait until the server has said more.
    #[must_use]
    pub fn client_waits(&self) -> bool {
        self.client.waits
    }

    /// Whether the server has said that it ends the connection.
    #[must_use]
    pub fn server_said_bye(&self) -> bool {
        self.server.said_bye
    }

    /// How many octets are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        let pending = self.pending.iter().map(|pending| match &pending.then {
            Outcome::LoggedIn(attempt) => {
                let responses = attempt.login.iter().flat_map(|login| &login.responses);
                responses.map(|response| response.capacity()).sum()
            }
            Outcome::Selected { mailbox, .. } => mailbox.len(),
            Outcome::Appended(append) => append.kept(),
            _ => 0,
        });
        let queue = self.pending.capacity() * size_of::<Pending>();
        self.client.kept() + self.server.kept() + queue + pending.sum::<usize>()
    }

    pub(super) fn offer(&self) -> Offer<'_> {
        Offer {
            before_login: self.stage != Stage::After,
            starttls: self.offers_starttls(),
            in_the_clear: self.is_in_the_clear(),
            hidden: &self.settings.hidden,
        }
    }

    pub(super) fn offers_starttls(&self) -> bool {
        self.settings.starttls && !self.tls_started && self.stage != Stage::After
    }

    pub(super) fn is_in_the_clear(&self) -> bool {
        self.settings.in_the_clear && !self.tls_started
    }

    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Nothing is understood from here on, and nothing is changed.
    pub(super) fn go_blind(&mut self, why: &'static str, step: &mut Step) {
        if !self.blind {
            self.blind = true;
            self.client.current = None;
            self.client.waits = false;
            self.pending = VecDeque::new();
            step.events.push(Event::Blind { why });
        }
    }

    pub(super) fn close(&mut self, words: &'static str, step: &mut Step) {
        self.client.mode = Mode::Over;
        self.client.waits = false;
        step.then = Then::Close(words);
    }

    /// Counts a literal, or a response of an exchange, before login. False when it is too much.
    pub(super) fn tally(&mut self, octets: Option<u64>) -> bool {
        if self.stage == Stage::After {
            return true;
        }
        let octets = octets.and_then(|octets| u32::try_from(octets).ok()).unwrap_or(u32::MAX);
        self.tally.literals = self.tally.literals.saturating_add(1);
        self.tally.octets = self.tally.octets.saturating_add(octets);
        self.tally.literals <= MOST_LITERALS && self.tally.octets <= MOST_OCTETS
    }

    /// The server called something bad, or we did.
    pub(super) fn is_bad(&mut self, step: &mut Step) {
        if self.stage != Stage::After {
            self.tally.bad = self.tally.bad.saturating_add(1);
            if self.tally.bad >= MOST_BAD {
                self.close(words::TOO_MANY_ERRORS, step);
            }
        }
    }

    /// Whether enough commands are on their way for somebody who is not logged in.
    pub(super) fn has_many_pending(&self) -> bool {
        self.pending.len() >= MANY_PENDING
    }

    /// A command is complete and on its way.
    pub(super) fn expect(&mut self, tag: u64, then: Outcome, step: &mut Step) {
        if self.pending.len() >= MOST_PENDING {
            return self.go_blind("more commands at once than can be followed", step);
        }
        self.turns = matches!(then, Outcome::LoggedIn(_) | Outcome::Unauthenticated);
        self.pending.push_back(Pending { tag, then });
    }

    /// How many octets of mails on their way may still be kept.
    pub(super) fn room(&self) -> usize {
        let Some(interest) = &self.interest else { return 0 };
        let kept = self.pending.iter().map(|pending| match &pending.then {
            Outcome::Appended(append) => append.kept(),
            _ => 0,
        });
        interest.limit.saturating_sub(kept.sum())
    }

    /// The server asks for more.
    pub(super) fn continued(&mut self, step: &mut Step) {
        let idle = self.pending.iter_mut().find_map(|pending| match &mut pending.then {
            Outcome::Idle { begun } if !*begun => Some(begun),
            _ => None,
        });
        // IDLE was given before what waits now, if anything does.
        match idle {
            Some(begun) => *begun = true,
            None => self.client_may_go_on(step),
        }
    }

    /// A command is answered.
    pub(super) fn answered(&mut self, tag: u64, status: Status, text: &[u8], step: &mut Step) {
        if self.client.current.as_ref().is_some_and(|current| current.tag == tag) {
            self.answered_early(status, text, step);
        } else if let Some(at) = self.pending.iter().position(|pending| pending.tag == tag) {
            let pending = self.pending.remove(at);
            if self.pending.is_empty() {
                // At rest there is nothing to remember.
                self.pending = VecDeque::new();
            }
            if let Some(pending) = pending {
                self.come_of(tag, pending.then, status, text, step);
            }
        } else {
            self.go_blind("an answer to a command that nobody gave", step);
        }
        if status == Status::Bad {
            self.is_bad(step);
        }
    }

    pub(super) fn come_of(&mut self, tag: u64, then: Outcome, status: Status, text: &[u8], step: &mut Step) {
        if matches!(then, Outcome::LoggedIn(_) | Outcome::Unauthenticated) {
            self.turns = false;
        }
        match (then, status) {
            (Outcome::LoggedIn(attempt), Status::Ok) => {
                self.stage = Stage::After;
                step.events.push(Event::Authenticated {
                    mechanism: attempt.mechanism,
                    login: attempt.login,
                });
            }
            (Outcome::LoggedIn(attempt), _) => step.events.push(Event::Refused {
                mechanism: attempt.mechanism,
                identity: attempt.login.map(|login| login.identity),
            }),
            (Outcome::Selected { mailbox, read_only }, Status::Ok) => {
                self.selected = true;
                step.events.push(Event::Selected {
                    mailbox: mailbox.into_vec(),
                    read_only,
                });
            }
            // A mailbox that can't be opened leaves none open (RFC 9051 §6.3.2).
            (Outcome::Selected { .. }, Status::No) | (Outcome::Closed, Status::Ok) => self.unselected(step),
            (Outcome::Idle { .. }, _) => self.client.idle_is_over(tag),
            (Outcome::Appended(append), Status::Ok) => {
                step.events.extend(append.done(text).into_iter().map(Event::Appended));
            }
            (Outcome::Unauthenticated, Status::Ok) => {
                self.stage = Stage::Before;
                self.tally = Tally::default();
                self.unselected(step);
                step.events.push(Event::Unauthenticated);
            }
            _ => {}
        }
    }

    fn unselected(&mut self, step: &mut Step) {
        if std::mem::take(&mut self.selected) {
            step.events.push(Event::Unselected);
        }
    }
}

pub(super) fn hashed(tag: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    tag.hash(&mut hasher);
    hasher.finish()
}
