//! One session: two sockets, the tap between them, and what may end it.

use super::account::Account;
use super::farewell;
use super::moving::{Outgoing, Read, read};
use crate::imap::{Event, Step, Tap, TapSettings, Then};
use crate::proxy::connection::{Stopping, say_goodbye, stop_asked};
use crate::upstream::Stream;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// How long a session may be at rest after login. RFC 9051 §5.4 asks for 30 min at least; servers end it themselves then.
const AT_REST: Duration = Duration::from_secs(35 * 60);
/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(60);
/// The same, where nobody waits for them.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How often sockets are tried before others get their turn: half a mebibyte each way.
const TURNS: usize = 8;

/// What a session needs of the listener it came by.
pub(super) struct Doors {
    pub(super) acceptor: Option<TlsAcceptor>,
    pub(super) before_login: Duration,
    pub(super) stopping: watch::Receiver<Stopping>,
}

/// A running session.
pub(super) struct Relay {
    client: Stream,
    server: Stream,
    to_client: Outgoing,
    to_server: Outgoing,
    tap: Tap,
    /// Octets of the client that the tap has not taken.
    waiting: Zeroizing<Vec<u8>>,
    ending: Option<End>,
    /// An orderly stop is asked for: it ends when nothing is on its way.
    leaving: bool,
    /// When something last came: from the client before login, from either side after.
    heard: Instant,
    account: Account,
    doors: Doors,
}

/// Why it ends, or stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    ClientGone,
    ServerGone,
    Said(&'static str),
    StartTls,
}

const STOPPING: End = End::Said("Youward is being stopped; try again in a minute");
const TOO_QUIET: End = End::Said("[UNAVAILABLE] Nothing was said for too long");
const LOST: &str = "[UNAVAILABLE] The provider's server closed the connection";

impl Relay {
    pub(super) fn new(
        client: Stream,
        server: Stream,
        greeting: &[u8],
        settings: TapSettings,
        account: Account,
        doors: Doors,
    ) -> Relay {
        let mut tap = Tap::new(Arc::new(settings));
        tap.interest(account.interest());
        let mut relay = Relay {
            client,
            server,
            to_client: Outgoing::default(),
            to_server: Outgoing::default(),
            tap,
            waiting: Zeroizing::default(),
            ending: None,
            leaving: false,
            heard: Instant::now(),
            account,
            doors,
        };
        if !greeting.is_empty() {
            let step = relay.tap.server_said(greeting);
            relay.to_client.keep(step.forwarded(greeting));
            relay.note(step);
        }
        relay
    }

    /// Runs it to its end.
    pub(super) async fn run(mut self: Box<Self>) {
        let mut stopping = self.doors.stopping.clone();
        let mut alarm = Box::pin(tokio::time::sleep(self.doors.before_login));
        let end = loop {
            let stage = if self.leaving { Stopping::Now } else { Stopping::Soon };
            tokio::select! {
                biased;
                end = poll_fn(|cx| self.go_on(cx)) => match end {
                    End::StartTls => match Box::pin(self.start_tls()).await {
                        Ok(()) => {}
                        Err(end) => break end,
                    },
                    end => break end,
                },
                () = stop_asked(&mut stopping, stage) => {
                    if self.leaving {
                        break STOPPING;
                    }
                    self.leaving = true;
                }
                () = &mut alarm => {
                    let limit = if self.tap.is_authenticated() { AT_REST } else { self.doors.before_login };
                    let until = self.heard + limit;
                    if until <= Instant::now() {
                        break TOO_QUIET;
                    }
                    alarm.as_mut().reset(until);
                }
            }
        };
        drop(alarm);
        Box::pin(self.finish(end)).await;
    }

    /// Moves octets until something ends it.
    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        for _ in 0..TURNS {
            let moved = match self.turn(cx) {
                Ok(moved) => moved,
                Err(end) => {
                    if end == End::ServerGone {
                        self.hear_last_words(cx);
                    }
                    return Poll::Ready(end);
                }
            };
            // What was said before STARTTLS goes out in the clear.
            if self
                .ending
                .is_some_and(|end| end != End::StartTls || self.to_client.is_empty())
                && let Some(end) = self.ending.take()
            {
                return Poll::Ready(end);
            } else if self.leaving && self.tap.is_quiet() && self.to_client.is_empty() && self.to_server.is_empty() {
                return Poll::Ready(STOPPING);
            }
            if !moved {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut moved = self.to_client.go_on(&mut self.client, cx).map_err(client_gone)?;
        moved |= self.to_server.go_on(&mut self.server, cx).map_err(server_gone)?;
        if self.ending.is_some() {
            return Ok(moved);
        }
        if self.to_client.is_empty() {
            moved |= self.hear_server(cx)?;
        }
        if self.ending.is_none() && self.to_server.is_empty() && self.waiting.is_empty() {
            moved |= self.hear_client(cx)?;
        }
        Ok(moved)
    }

    fn hear_server(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let wipe = !self.tap.is_authenticated();
        let Relay {
            server,
            client,
            tap,
            to_client,
            ..
        } = self;
        let heard = read(server, cx, wipe, |cx, input| {
            let step = tap.server_said(input);
            to_client.pass(client, cx, &step, input).map(|()| step)
        });
        match heard {
            Read::NotNow => return Ok(false),
            Read::End => self.ending = Some(End::ServerGone),
            Read::Octets(step) => {
                if self.tap.is_authenticated() {
                    self.heard = Instant::now();
                }
                let blind = self.note(step.map_err(client_gone)?);
                self.again(cx, blind)?;
            }
        }
        Ok(true)
    }

    /// What the server said before it went, where it takes no more itself: a farewell, mostly.
    fn hear_last_words(&mut self, cx: &mut Context<'_>) {
        let Relay {
            server, tap, to_client, ..
        } = self;
        for _ in 0..TURNS {
            let heard = read(server, cx, false, |_, input| {
                to_client.keep(tap.server_said(input).forwarded(input))
            });
            if !matches!(heard, Read::Octets(())) {
                break;
            }
        }
    }

    fn hear_client(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let wipe = !self.tap.is_authenticated();
        let Relay {
            server,
            client,
            tap,
            to_server,
            waiting,
            ..
        } = self;
        let heard = read(client, cx, wipe, |cx, input| {
            let step = tap.client_said(input);
            waiting.extend_from_slice(input.get(step.used..).unwrap_or_default());
            to_server.pass(server, cx, &step, input).map(|()| step)
        });
        match heard {
            Read::NotNow => return Ok(false),
            Read::End => self.ending = Some(End::ClientGone),
            Read::Octets(step) => {
                self.heard = Instant::now();
                self.client_step(step.map_err(server_gone)?, cx)?;
            }
        }
        Ok(true)
    }

    /// Gives octets again that the tap has not taken, now that the server has spoken.
    fn again(&mut self, cx: &mut Context<'_>, blind: bool) -> Result<(), End> {
        if self.ending.is_some() || (self.waiting.is_empty() && !blind) {
            return Ok(());
        }
        let input = std::mem::take(&mut self.waiting);
        let step = self.tap.client_said(&input);
        self.waiting = Zeroizing::new(input.get(step.used..).unwrap_or_default().to_vec());
        self.to_server
            .pass(&mut self.server, cx, &step, &input)
            .map_err(server_gone)?;
        self.client_step(step, cx)
    }

    fn client_step(&mut self, step: Step, cx: &mut Context<'_>) -> Result<(), End> {
        self.to_client
            .write(&mut self.client, cx, &step.answer)
            .map_err(client_gone)?;
        if self.note(step) {
            // What was kept of the server's line goes on, too.
            let step = self.tap.server_said(b"");
            self.to_client
                .pass(&mut self.client, cx, &step, b"")
                .map_err(client_gone)?;
        }
        Ok(())
    }

    /// Takes note of what a step says besides octets. Gives whether the tap went blind in it.
    fn note(&mut self, step: Step) -> bool {
        match step.then {
            Then::GoOn => {}
            Then::StartTls if self.waiting.is_empty() => self.ending = Some(End::StartTls),
            Then::StartTls => self.ending = Some(End::Said("Nothing may come between STARTTLS and TLS")),
            Then::Close(words) => self.ending = Some(End::Said(words)),
        }
        let mut blind = false;
        for event in step.events {
            blind |= matches!(event, Event::Blind { .. });
            self.account.saw(event, &mut self.tap);
        }
        blind
    }

    async fn start_tls(&mut self) -> Result<(), End> {
        let (Some(acceptor), Some(plain)) = (self.doors.acceptor.clone(), self.client.take_plain()) else {
            return Err(End::ClientGone);
        };
        match tokio::time::timeout(self.doors.before_login, acceptor.accept(plain)).await {
            Ok(Ok(stream)) => {
                self.client = Stream::Tls(Box::new(stream.into()));
                self.tap.tls_started();
                self.heard = Instant::now();
                Ok(())
            }
            _ => Err(End::ClientGone),
        }
    }

    /// The last words to the client where they can be understood, and both connections closed.
    async fn finish(mut self, end: End) {
        tracing::debug!(upstream = self.account.upstream(), ?end, "an IMAP connection ends");
        let words = match end {
            End::Said(words) => Some(words),
            End::ServerGone if !self.tap.server_said_bye() => Some(LOST),
            _ => None,
        };
        if let Some(words) = words.filter(|_| self.tap.is_between_responses()) {
            self.to_client.keep(farewell(words));
        }
        if end != End::ServerGone {
            let sent = async {
                drain(&mut self.to_server, &mut self.server).await;
                let _ = self.server.shutdown().await;
            };
            let limit = if end == End::ClientGone { LAST_WORDS } else { AT_ONCE };
            let _ = tokio::time::timeout(limit, sent).await;
        }
        // The provider need not wait for a client that takes its time.
        self.server = Stream::Gone;
        if end != End::ClientGone {
            let _ = tokio::time::timeout(LAST_WORDS, drain(&mut self.to_client, &mut self.client)).await;
            say_goodbye(&mut self.client).await;
        }
    }
}

/// Writes what was kept, as far as the other side takes it.
async fn drain(outgoing: &mut Outgoing, to: &mut Stream) {
    poll_fn(|cx| {
        loop {
            match outgoing.go_on(to, cx) {
                Ok(true) if !outgoing.is_empty() => {}
                Ok(false) if !outgoing.is_empty() => return Poll::Pending,
                _ => return Poll::Ready(()),
            }
        }
    })
    .await;
}

fn client_gone(_: io::Error) -> End {
    End::ClientGone
}

fn server_gone(_: io::Error) -> End {
    End::ServerGone
}
