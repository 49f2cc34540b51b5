//! One client's connection: the session machine between two sockets.

use super::alarm::Alarm;
use super::budget::Share;
use super::crew::Carried;
use super::desk::{Decision, Desk};
use crate::smtp::{Answer, Reply, Session, SessionSettings, Step};
use crate::upstream::{Stream, Submission, UpstreamError};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroize;

/// Octets read from a client at once.
const READ: usize = 16 * 1024;
/// How long a closing connection is read on, so that the last reply arrives (a reset would overtake it).
const LINGER: Duration = Duration::from_secs(5);
/// How long a client may take to receive a reply.
const WRITE_LIMIT: Duration = Duration::from_secs(60);

/// What a connection needs besides its sockets.
pub(super) struct Surroundings {
    pub(super) name: Arc<str>,
    pub(super) keep_credentials: Duration,
    pub(super) session: Arc<SessionSettings>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) desk: Arc<Desk>,
    pub(super) stopping: watch::Receiver<Stopping>,
}

/// How far an orderly stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stopping {
    /// Not at all.
    No,
    /// Sessions that are not in the middle of a mail end; the others finish it.
    Soon,
    /// All sessions end, each with a reply.
    Now,
}

/// A running session.
pub(super) struct Connection {
    client: Stream,
    /// Replies not yet written: several go out in one write.
    output: Vec<u8>,
    upstream: Submission,
    /// The upstream went while the client was still sending content.
    lost: Option<UpstreamError>,
    session: Session,
    started: Instant,
    alarm: Alarm,
    share: Share,
    around: Surroundings,
}

/// Why a connection ended, if not by its session.
enum End {
    /// The client is gone.
    ClientGone,
}

impl Connection {
    pub(super) fn new(
        client: Stream,
        upstream: Submission,
        greeting: &Reply,
        share: Share,
        around: Surroundings,
    ) -> Connection {
        let session = Session::new(around.session.clone(), greeting, Duration::ZERO);
        let started = Instant::now();
        Connection {
            client,
            output: Vec::new(),
            upstream,
            lost: None,
            session,
            started,
            alarm: Alarm::new(started + around.session.timeouts.before_auth),
            share,
            around,
        }
    }

    /// Runs the session to its end. From there on it is carried no more: what is left is waiting for others to close, and
    /// the client's next connection should find this thread free.
    pub(super) async fn run(mut self, carried: Carried) {
        let ended = self.drive().await;
        drop(carried);
        if ended.is_ok() {
            say_goodbye(&mut self.client).await;
        }
        self.upstream.leave().await;
    }

    async fn drive(&mut self) -> Result<(), End> {
        loop {
            match self.session.next() {
                Step::Write(octets) => self.output.extend_from_slice(&octets),
                Step::Relay(line) => self.upstream.queue(&line),
                Step::Wait => {
                    if !self.upstream.has_reply() {
                        self.flush().await?;
                    }
                    let reply = self.upstream.reply().await;
                    self.upstream_said(reply);
                }
                Step::Authenticate(credentials) => {
                    self.flush().await?;
                    let reply = self.upstream.authenticate(&credentials).await;
                    if let Ok(reply) = &reply
                        && reply.is_positive()
                    {
                        let lifetime = self.around.keep_credentials;
                        self.around.desk.logged_in(&self.around.name, &credentials, lifetime);
                    } else if let Ok(reply) = &reply
                        && !reply.is_intermediate()
                    {
                        let why = format!("the provider refused the login with {}", reply.code());
                        self.around
                            .desk
                            .note("login refused", &credentials.identity, &self.around.name, &why)
                            .await;
                    }
                    self.upstream_said(reply);
                }
                Step::Respond(response) => {
                    self.flush().await?;
                    let reply = self.upstream.respond(&response).await;
                    self.upstream_said(reply);
                }
                Step::Read => {
                    self.flush().await?;
                    self.listen().await?;
                }
                Step::Content(submission) => {
                    let answer = self.decide(submission).await?;
                    self.share.release();
                    self.session.answered(&answer);
                }
                Step::StartTls => {
                    self.flush().await?;
                    self.start_tls().await?;
                }
                Step::Close => return self.flush().await,
            }
        }
    }

    fn upstream_said(&mut self, reply: Result<Reply, UpstreamError>) {
        match reply {
            Ok(reply) => self.session.replied(&reply),
            Err(error) => {
                tracing::warn!(%error, upstream = %self.around.name, "the upstream session ended");
                self.session.stop(&error.reply());
            }
        }
    }

    /// Waits for the client, the upstream, the deadline, or the stop, whichever comes first.
    async fn listen(&mut self) -> Result<(), End> {
        let deadline = self.session.deadline().map(|deadline| self.started + deadline);
        let receiving = self.session.is_receiving_content();
        let mut buffer = [0u8; READ];
        tokio::select! {
            biased;
            read = self.client.read(&mut buffer) => {
                let length = read.unwrap_or(0);
                if length == 0 {
                    return Err(End::ClientGone);
                }
                self.session.received(buffer.get(..length).unwrap_or_default(), self.started.elapsed());
                if !receiving && let Some(octets) = buffer.get_mut(..length) {
                    // Commands may hold a password.
                    octets.zeroize();
                }
                if !self.share.cover(self.session.content_held()) {
                    self.session.refuse_content();
                }
            }
            unasked = self.upstream.unasked(), if self.lost.is_none() => match unasked {
                Ok(reply) if !receiving => self.session.stop(&unasked_reply(reply)),
                Err(error) if !receiving => self.session.stop(&error.reply()),
                // The client hears of it when its content is complete: it does not listen before.
                Ok(reply) => self.lost = Some(self.upstream.refused(&reply)),
                Err(error) => self.lost = Some(error),
            },
            () = self.alarm.ring(deadline) => self.session.tick(self.started.elapsed()),
            () = stop_asked(&mut self.around.stopping, if receiving { Stopping::Now } else { Stopping::Soon }) => {
                self.session.stop(&super::replies::stopping());
            }
        }
        Ok(())
    }

    async fn decide(&mut self, submission: crate::smtp::Submission) -> Result<Answer, End> {
        if let Some(error) = &self.lost {
            return Ok(Answer::Last(error.reply()));
        }
        let desk = self.around.desk.clone();
        let opinion = desk.judge(submission, &self.around.name).await;
        // Nothing is sent on, nor taken into custody, for a client that does not wait for the answer any more: it will
        // try again.
        if self.client_has_gone().await {
            desk.forwarded(Box::new(opinion), None).await;
            return Err(End::ClientGone);
        }
        match desk.settle(opinion).await {
            Decision::Answer(reply) => Ok(Answer::Own(reply)),
            Decision::Forward(opinion) => {
                let result = self.upstream.content(opinion.mail()).await;
                let (reply, answer) = match result {
                    Ok(reply) => (reply.clone(), Answer::Upstream(reply)),
                    Err(error) => {
                        tracing::warn!(%error, upstream = %self.around.name, "the upstream did not take a mail");
                        (error.reply(), Answer::Last(error.reply()))
                    }
                };
                desk.forwarded(opinion, Some(&reply)).await;
                Ok(answer)
            }
        }
    }

    /// Whether the client has closed its side, found out without waiting. What it has sent meanwhile is kept.
    async fn client_has_gone(&mut self) -> bool {
        let mut octets = [0u8; 4096];
        for _ in 0..16 {
            let mut buffer = ReadBuf::new(&mut octets);
            let client = &mut self.client;
            let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut *client).poll_read(cx, &mut buffer))).await;
            match polled {
                Poll::Pending => return false,
                Poll::Ready(Err(_)) => return true,
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => return true,
                Poll::Ready(Ok(())) => self.session.received(buffer.filled(), self.started.elapsed()),
            }
        }
        false
    }

    async fn start_tls(&mut self) -> Result<(), End> {
        let (Some(acceptor), Some(plain)) = (self.around.tls.clone(), self.client.take_plain()) else {
            return Err(End::ClientGone);
        };
        let limit = self.around.session.timeouts.before_auth;
        match tokio::time::timeout(limit, acceptor.accept(plain)).await {
            Ok(Ok(stream)) => {
                self.client = Stream::Tls(Box::new(stream.into()));
                self.session.tls_started(self.started.elapsed());
                Ok(())
            }
            _ => Err(End::ClientGone),
        }
    }

    async fn flush(&mut self) -> Result<(), End> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        write(&mut self.client, &output).await.map_err(|_| End::ClientGone)
    }
}

/// Writes and flushes, within the time a client may take.
pub(super) async fn write(client: &mut Stream, octets: &[u8]) -> io::Result<()> {
    let written = async {
        client.write_all(octets).await?;
        client.flush().await
    };
    tokio::time::timeout(WRITE_LIMIT, written)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Closes so that the last reply arrives: our side first, then what still comes is read for a moment.
pub(super) async fn say_goodbye(client: &mut Stream) {
    let goodbye = async {
        let _ = client.shutdown().await;
        let mut rest = [0u8; 4096];
        while matches!(client.read(&mut rest).await, Ok(length) if length > 0) {}
    };
    let _ = tokio::time::timeout(LINGER, goodbye).await;
}

/// What the upstream says unasked ends the session; only a 421 is meant for that, so anything else becomes one.
fn unasked_reply(reply: Reply) -> Reply {
    if reply.code() == 421 {
        reply
    } else {
        super::replies::out_of_step()
    }
}

/// Completes when an orderly stop has come so far.
pub(super) async fn stop_asked(stopping: &mut watch::Receiver<Stopping>, from: Stopping) {
    if stopping.wait_for(|stopping| *stopping >= from).await.is_err() {
        std::future::pending::<()>().await;
    }
}
