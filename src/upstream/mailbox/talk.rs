//! One command at a time with the server, each within its time.

use super::error::{MailboxCause, harmless};
use super::opening::broken;
use super::sieve::{Fault, Status};
use super::wire::Wire;
use async_imap::Session;
use async_imap::error::Error;
use async_imap::imap_proto::{self, RequestId, Response};
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout_at};

/// A session that is logged in.
#[derive(Debug)]
pub(super) struct Talk {
    session: Session<Wire>,
    /// When the work at hand must be done.
    deadline: Instant,
    /// A piece of work has begun and has not come to a clean end.
    busy: bool,
}

/// What a response means for the command at hand.
pub(super) enum Turn {
    /// `+`.
    GoOn,
    /// Data, untagged.
    Data,
    /// The command is over.
    End(End),
}

/// How the server ended a command.
pub(super) enum End {
    Ok,
    Refused(Status),
}

impl Talk {
    pub(super) fn new(session: Session<Wire>) -> Talk {
        Talk {
            session,
            deadline: Instant::now(),
            busy: false,
        }
    }

    /// Begins a piece of work that must be done in time.
    pub(super) fn begin(&mut self, limit: Duration) -> Result<(), MailboxCause> {
        if self.busy {
            return Err(MailboxCause::CutOff);
        }
        self.busy = true;
        self.allow(limit);
        Ok(())
    }

    /// Gives more time.
    pub(super) fn allow(&mut self, limit: Duration) {
        self.deadline = Instant::now() + limit;
    }

    /// Ends a piece of work. After any other than a clean end the connection is not used again.
    pub(super) fn end<T>(&mut self, result: &Result<T, MailboxCause>) {
        self.wire().allow_literal(None);
        self.busy = match result {
            Ok(_) => false,
            Err(MailboxCause::CutOff) => self.busy,
            Err(cause) => !cause.is_clean(),
        };
    }

    pub(super) fn wire(&mut self) -> &mut Wire {
        self.session.as_mut()
    }

    /// Runs a command, shows each of its untagged responses, and takes a refusal for an error.
    pub(super) async fn run(
        &mut self,
        command: &str,
        each: impl FnMut(&Response<'_>) + Send,
    ) -> Result<(), MailboxCause> {
        match self.attempt(command, each).await? {
            End::Ok => Ok(()),
            End::Refused(status) => Err(refused(status)),
        }
    }

    /// Runs a command that may well be refused.
    pub(super) async fn attempt(
        &mut self,
        command: &str,
        mut each: impl FnMut(&Response<'_>) + Send,
    ) -> Result<End, MailboxCause> {
        let tag = self.send(command).await?;
        loop {
            match self.next(&tag, &mut each).await? {
                Turn::Data => {}
                Turn::GoOn => return Err(UNASKED),
                Turn::End(end) => return Ok(end),
            }
        }
    }

    /// Sends a command.
    pub(super) async fn send(&mut self, command: &str) -> Result<RequestId, MailboxCause> {
        // A command is one line. Names and ids were quoted before; this is the last gate.
        if command.bytes().any(|octet| !matches!(octet, b' '..=b'~')) {
            return Err(MailboxCause::Unfit("the command would be more than one line"));
        }
        match timeout_at(self.deadline, self.session.run_command(command)).await {
            Err(_) => Err(MailboxCause::TimedOut),
            Ok(result) => result.map_err(|error| self.explain(error)),
        }
    }

    /// Sends `DONE`, which ends IDLE and has no tag.
    pub(super) async fn send_done(&mut self) -> Result<(), MailboxCause> {
        match timeout_at(self.deadline, self.session.run_command_untagged("DONE")).await {
            Err(_) => Err(MailboxCause::TimedOut),
            Ok(result) => result.map_err(|error| self.explain(error)),
        }
    }

    /// Sends the octets of a literal, and the end of the command's line.
    pub(super) async fn send_literal(&mut self, octets: &[u8]) -> Result<(), MailboxCause> {
        let deadline = self.deadline;
        let wire = self.wire();
        let written = async {
            wire.write_all(octets).await?;
            wire.write_all(b"\r\n").await?;
            wire.flush().await
        };
        match timeout_at(deadline, written).await {
            Err(_) => Err(MailboxCause::TimedOut),
            Ok(result) => {
                let result: io::Result<()> = result;
                result.map_err(broken)
            }
        }
    }

    /// The next response in the course of the command with this tag. Data is shown to `each`. Safe to drop while waiting.
    pub(super) async fn next(
        &mut self,
        tag: &RequestId,
        each: impl FnOnce(&Response<'_>) + Send,
    ) -> Result<Turn, MailboxCause> {
        let read = match timeout_at(self.deadline, self.session.read_response()).await {
            Err(_) => return Err(MailboxCause::TimedOut),
            Ok(Err(error)) => Err(error),
            Ok(Ok(None)) => return Err(self.closed()),
            Ok(Ok(Some(response))) => Ok(match response.parsed() {
                Response::Continue(_) => Turn::GoOn,
                Response::Data {
                    status: imap_proto::Status::Bye,
                    ..
                } => return Err(self.closed()),
                Response::Done { tag: found, .. } if found != tag => {
                    return Err(MailboxCause::NoImap("a response to a command that nobody sent"));
                }
                Response::Done {
                    status: imap_proto::Status::Ok,
                    ..
                } => Turn::End(End::Ok),
                Response::Done { .. } => Turn::End(End::Refused(self.wire().seen().completion.clone())),
                data => {
                    each(data);
                    Turn::Data
                }
            }),
        };
        read.map_err(|error| self.explain(Error::Io(error)))
    }

    /// LOGOUT, and the end of the connection, as far as there is time.
    pub(super) async fn leave(mut self, limit: Duration) {
        self.allow(limit);
        if !self.busy
            && let Ok(tag) = self.send("LOGOUT").await
        {
            // BYE is the answer hoped for.
            let _ = self.next(&tag, |_| ()).await;
        }
        let deadline = self.deadline;
        let _ = timeout_at(deadline, self.wire().shutdown()).await;
    }

    fn closed(&mut self) -> MailboxCause {
        MailboxCause::Closed(self.wire().seen().bye.take().unwrap_or_default())
    }

    /// The library's errors quote what came, mail among it: they are not passed on.
    fn explain(&mut self, error: Error) -> MailboxCause {
        if let Some(fault) = self.wire().fault() {
            return match fault {
                Fault::Flood(what) => MailboxCause::Flooded(what),
                Fault::NoImap(what) => MailboxCause::NoImap(what),
            };
        }
        match error {
            Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => self.closed(),
            Error::Io(error) if error.kind() == io::ErrorKind::Other => {
                MailboxCause::NoImap("a response that can't be read")
            }
            Error::Io(error) => MailboxCause::Io(harmless(error.to_string().as_bytes())),
            Error::ConnectionLost => self.closed(),
            _ => MailboxCause::NoImap("a response that can't be read"),
        }
    }
}

/// A refusal as an error.
pub(super) fn refused(status: Status) -> MailboxCause {
    MailboxCause::Refused {
        code: status.code,
        text: status.text,
    }
}

const UNASKED: MailboxCause = MailboxCause::NoImap("a continuation that nobody asked for");
