//! The machine: one client's session, connected through to one upstream session.
//!
//! | phase | takes | goes to |
//! |---|---|---|
//! | Command | command lines | any other |
//! | Collecting | SASL responses to our own challenges | Answering, Command (cancelled, malformed) |
//! | Challenged | one response to the upstream's challenge | Answering |
//! | Answering | nothing until the upstream has answered AUTH | Challenged, Command |
//! | Content | content until its end | Deciding, Command (refused) |
//! | Deciding | nothing until the whole message has been decided on | Command |
//! | Tls | nothing until TLS is made; octets that come are an attack | Command |
//! | Closed | nothing | |
//!
//! MAIL, RCPT, RSET, NOOP, VRFY, HELP are relayed, several at a time where the upstream pipelines (RFC 2920); their
//! replies come back in order and go on verbatim. Everything else waits until no reply is outstanding.

mod auth;
mod commands;
mod step;
mod transfer;

pub use step::{Answer, Protection, SessionSettings, Step, Submission};

use super::content::{ContentReader, Fault};
use super::extension::Extensions;
use super::line::{Line, Lines};
use super::sasl::{Mechanism, Secret};
use super::{Reply, replies};
use crate::mail::{ForwardPath, ReversePath};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// One client's session.
pub struct Session {
    settings: Arc<SessionSettings>,
    lines: Lines,
    /// A line that must wait until no reply is outstanding.
    deferred: Option<Line>,
    phase: Phase,
    tls: bool,
    /// The upstream has agreed to an EHLO or HELO of the client's since TLS.
    greeted: bool,
    extensions: Extensions,
    identity: Option<String>,
    transaction: Option<Transaction>,
    /// Since a MAIL was relayed, accepted or not: how many RCPT were. What is relayed must not depend on how early
    /// replies come.
    asked: Option<usize>,
    outstanding: VecDeque<Outstanding>,
    steps: VecDeque<Step>,
    errors: usize,
    stopping: bool,
    /// When the client was last heard.
    heard: Duration,
}

enum Phase {
    Command,
    Collecting {
        mechanism: Mechanism,
        responses: Vec<Secret>,
    },
    Challenged {
        identity: String,
    },
    Answering,
    Content {
        reader: ContentReader,
        since: Duration,
    },
    Deciding,
    Tls,
    Closed,
}

#[derive(Debug)]
struct Transaction {
    reverse_path: ReversePath,
    recipients: Vec<ForwardPath>,
}

/// What a reply that is still to come will answer.
#[derive(Debug)]
enum Outstanding {
    Ehlo,
    Helo,
    Auth(String),
    Mail(ReversePath),
    Rcpt(ForwardPath),
    Rset,
    /// A RSET of ours before an EHLO that is answered from memory.
    RsetBeforeEhlo,
    /// A RSET of ours that the client need not know of.
    RsetQuietly,
    Plain,
    Quit,
}

impl Session {
    /// A session after the upstream has sent its greeting, which goes on verbatim. All times are measured from one
    /// fixed moment, such as the start of the connection.
    #[must_use]
    pub fn new(settings: Arc<SessionSettings>, greeting: &Reply, now: Duration) -> Session {
        let mut session = Session {
            tls: settings.protection == Protection::Tls,
            settings,
            lines: Lines::default(),
            deferred: None,
            phase: Phase::Command,
            greeted: false,
            extensions: Extensions::default(),
            identity: None,
            transaction: None,
            asked: None,
            outstanding: VecDeque::new(),
            steps: VecDeque::new(),
            errors: 0,
            stopping: false,
            heard: now,
        };
        session.write(greeting);
        if !greeting.is_positive() {
            session.phase = Phase::Closed;
        }
        session
    }

    /// Octets from the client.
    pub fn received(&mut self, octets: &[u8], now: Duration) {
        self.heard = now;
        if matches!(self.phase, Phase::Tls) {
            self.write(&replies::data_before_tls());
            self.close();
        } else if !matches!(self.phase, Phase::Closed) {
            self.lines.push(octets);
        }
    }

    /// What to do next. Call it until it says [`Step::Read`] or [`Step::Wait`].
    #[expect(
        clippy::should_implement_trait,
        reason = "a machine's next step is not an iterator's next item"
    )]
    pub fn next(&mut self) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            match self.phase {
                Phase::Closed => return Step::Close,
                Phase::Answering | Phase::Deciding | Phase::Tls => return Step::Wait,
                Phase::Content { .. } => {
                    if !self.take_content() {
                        return Step::Read;
                    }
                }
                Phase::Command | Phase::Collecting { .. } | Phase::Challenged { .. } => {
                    if !self.take_line() {
                        return if self.outstanding.is_empty() {
                            Step::Read
                        } else {
                            Step::Wait
                        };
                    }
                }
            }
        }
    }

    /// The upstream's reply to the oldest outstanding command.
    pub fn replied(&mut self, reply: &Reply) {
        let Some(outstanding) = self.outstanding.pop_front() else {
            return;
        };
        if reply.code() == 421 && !matches!(outstanding, Outstanding::Quit) {
            self.write(reply);
            return self.close();
        }
        match outstanding {
            Outstanding::Ehlo if reply.is_positive() => {
                self.greeted = true;
                self.transaction = None;
                self.extensions = Extensions::parse(reply);
                self.write_offer();
            }
            Outstanding::Helo if reply.is_positive() => {
                self.greeted = true;
                self.transaction = None;
                self.extensions = Extensions {
                    greeting: reply.last_text(),
                    ..Extensions::default()
                };
                self.write(reply);
            }
            Outstanding::Auth(identity) => self.auth_replied(identity, reply),
            Outstanding::Mail(reverse_path) => {
                if reply.is_positive() {
                    self.begin_transaction(reverse_path);
                }
                self.write(reply);
            }
            Outstanding::Rcpt(forward_path) => {
                if let (true, Some(transaction)) = (reply.is_positive(), &mut self.transaction) {
                    transaction.recipients.push(forward_path);
                }
                self.write(reply);
            }
            Outstanding::Rset => {
                if reply.is_positive() {
                    self.transaction = None;
                }
                self.write(reply);
            }
            Outstanding::RsetBeforeEhlo => {
                self.transaction = None;
                self.write_offer();
            }
            Outstanding::RsetQuietly => {}
            Outstanding::Quit => {
                self.write(&if reply.is_positive() {
                    reply.clone()
                } else {
                    replies::bye()
                });
                self.close();
            }
            Outstanding::Ehlo | Outstanding::Helo | Outstanding::Plain => self.write(reply),
        }
    }

    /// The decision on the message that [`Step::Content`] gave out.
    pub fn answered(&mut self, answer: &Answer) {
        if !matches!(self.phase, Phase::Deciding) {
            return;
        }
        self.phase = Phase::Command;
        self.forget_transaction();
        match answer {
            Answer::Upstream(reply) => {
                self.write(reply);
                if reply.code() == 421 {
                    self.close();
                }
            }
            Answer::Own(reply) => {
                self.write(reply);
                self.relay(b"RSET\r\n".to_vec(), Outstanding::RsetQuietly);
            }
            Answer::Last(reply) => {
                self.write(reply);
                self.close();
            }
        }
        if self.stopping {
            self.close();
        }
    }

    /// TLS is up on the client's side; everything known before is forgotten (RFC 3207 §4.2).
    pub fn tls_started(&mut self, now: Duration) {
        self.phase = Phase::Command;
        self.tls = true;
        self.greeted = false;
        self.extensions = Extensions::default();
        self.identity = None;
        self.forget_transaction();
        self.heard = now;
    }

    /// The session can't go on: `last` (a 421) is the client's answer to whatever it waits for. A message that is being
    /// decided on still gets its own answer first.
    pub fn stop(&mut self, last: &Reply) {
        match self.phase {
            Phase::Closed => {}
            Phase::Deciding => self.stopping = true,
            _ => {
                self.write(last);
                self.close();
            }
        }
    }

    /// When, if nothing is heard before, [`Session::tick`] has something to say.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let timeouts = &self.settings.timeouts;
        match &self.phase {
            Phase::Command | Phase::Collecting { .. } | Phase::Challenged { .. } => {
                let silence = if self.identity.is_some() {
                    timeouts.command
                } else {
                    timeouts.before_auth
                };
                Some(self.heard + silence)
            }
            Phase::Content { reader, since } => {
                let fair = reader.length() as u64 / u64::from(timeouts.data_rate.max(1));
                Some((self.heard + timeouts.data_block).min(*since + Duration::from_secs(60 + fair)))
            }
            Phase::Answering | Phase::Deciding | Phase::Tls | Phase::Closed => None,
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) {
        if self.outstanding.is_empty() && self.deadline().is_some_and(|deadline| now >= deadline) {
            let slow = matches!(self.phase, Phase::Content { .. });
            let reply = if slow {
                replies::too_slow()
            } else {
                replies::silent_too_long()
            };
            self.stop(&reply);
        }
    }

    /// Octets of content in memory, for the driver's budget.
    #[must_use]
    pub fn content_held(&self) -> usize {
        match &self.phase {
            Phase::Content { reader, .. } => reader.held(),
            _ => 0,
        }
    }

    /// Whether the client is sending content and does not listen for replies.
    #[must_use]
    pub fn is_receiving_content(&self) -> bool {
        matches!(self.phase, Phase::Content { .. })
    }

    /// There is no room for the content that is coming in: the rest is read and refused with a temporary reply.
    pub fn refuse_content(&mut self) {
        if let Phase::Content { reader, .. } = &mut self.phase {
            reader.refuse(Fault::NoRoom);
        }
    }

    /// The authenticated identity.
    #[must_use]
    pub fn identity(&self) -> Option<&str> {
        self.identity.as_deref()
    }

    // What follows is shared by the parts in this folder.

    fn write(&mut self, reply: &Reply) {
        self.steps.push_back(Step::Write(reply.octets().to_vec()));
    }

    fn relay(&mut self, line: Vec<u8>, outstanding: Outstanding) {
        self.steps.push_back(Step::Relay(line));
        self.outstanding.push_back(outstanding);
    }

    /// A reply to something that the client did wrong. Too many end the session.
    fn fault(&mut self, reply: &Reply) {
        self.errors += 1;
        let limits = &self.settings.limits;
        let most = if self.identity.is_some() {
            limits.errors
        } else {
            limits.errors_before_auth
        };
        if self.errors >= most {
            self.write(reply);
            self.write(&replies::too_many_errors());
            self.close();
        } else {
            self.write(reply);
        }
    }

    fn forget_transaction(&mut self) {
        self.transaction = None;
        self.asked = None;
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.outstanding.clear();
        self.deferred = None;
        self.lines.clear();
    }
}

#[cfg(test)]
mod tests;
