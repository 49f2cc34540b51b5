//! From TCP to a connection that is ready for login: TLS as the settings say, and capabilities asked after it.
//!
//! Nothing that came in the clear is used or passed on where TLS is due: not the greeting's words, not its capabilities,
//! no octet after the answer to STARTTLS (RFC 9051 §6.2.1, §11.1). PREAUTH is an error everywhere, for it would put our
//! mail into an account that nobody named.

use super::capabilities::Capabilities;
use super::error::MailboxCause;
use super::sieve::{Status, word};
use crate::upstream::{ClientTls, Endpoint, Stream, Tls};
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};

/// Longest line before login.
const LONGEST_LINE: usize = 64 * 1024;
/// Most untagged lines that answer one command before login.
const MOST_LINES: usize = 100;

/// A connection before login. Line by line, for no literal comes here.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) stream: Stream,
    /// Octets received and not yet used.
    pub(super) input: Vec<u8>,
    tags: u32,
    /// What it could do when asked last.
    pub(super) capabilities: Capabilities,
}

/// A tagged response.
pub(super) struct Answer {
    pub(super) word: Word,
    pub(super) status: Status,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Ok,
    No,
    Bad,
}

/// A line from the server before login.
pub(super) enum Line {
    /// `+`.
    Continue,
    /// Untagged data, without `* `.
    Untagged(Vec<u8>),
    /// The end of the command.
    Tagged(Answer),
}

impl Opening {
    /// Connects, makes TLS, and asks what the server can do.
    pub(super) async fn begin(endpoint: &Endpoint, tls: Option<&ClientTls>) -> Result<Opening, MailboxCause> {
        let mut opening = Opening::begin_quietly(endpoint, tls).await?;
        opening.ask_capabilities().await?;
        Ok(opening)
    }

    /// The same without asking.
    pub(super) async fn begin_quietly(endpoint: &Endpoint, tls: Option<&ClientTls>) -> Result<Opening, MailboxCause> {
        let mut opening = Opening::connect(endpoint, tls).await?;
        opening.greet().await.map_err(|cause| match cause {
            MailboxCause::Closed(_) if endpoint.tls == Tls::StartTls => MailboxCause::Closed(String::new()),
            cause => cause,
        })?;
        if endpoint.tls == Tls::StartTls {
            opening.start_tls(tls).await?;
        }
        Ok(opening)
    }

    /// Connects, and makes TLS where it comes first. Nothing has been read after that.
    pub(super) async fn connect(endpoint: &Endpoint, tls: Option<&ClientTls>) -> Result<Opening, MailboxCause> {
        let addresses = lookup_host((endpoint.host.as_str(), endpoint.port))
            .await
            .map_err(broken)?;
        let addresses: Vec<SocketAddr> = addresses.collect();
        if endpoint.tls == Tls::None && !addresses.iter().all(|address| address.ip().is_loopback()) {
            return Err(MailboxCause::InTheClear);
        }
        let plain = TcpStream::connect(addresses.as_slice()).await.map_err(broken)?;
        plain.set_nodelay(true).map_err(broken)?;
        let mut opening = Opening {
            stream: Stream::Plain(plain),
            input: Vec::new(),
            tags: 0,
            capabilities: Capabilities::default(),
        };
        if endpoint.tls == Tls::Implicit {
            opening.secure(tls).await?;
        }
        Ok(opening)
    }

    async fn greet(&mut self) -> Result<(), MailboxCause> {
        let line = self.line().await?;
        let rest = line.strip_prefix(b"* ").ok_or(NO_GREETING)?;
        let (first, text) = word(rest);
        match first.to_ascii_uppercase().as_slice() {
            b"OK" => Ok(()),
            b"PREAUTH" => Err(MailboxCause::PreAuth),
            b"BYE" => Err(MailboxCause::Closed(super::error::harmless(text))),
            _ => Err(NO_GREETING),
        }
    }

    async fn start_tls(&mut self, tls: Option<&ClientTls>) -> Result<(), MailboxCause> {
        // What a stranger may have said in the clear is not repeated.
        let asked = self.ask_capabilities().await;
        asked.map_err(without_words)?;
        if !self.capabilities.has("STARTTLS") {
            return Err(MailboxCause::NoStartTls);
        }
        if !self.input.is_empty() {
            return Err(MailboxCause::Injected);
        }
        let answer = self.command(b"STARTTLS", |_| ()).await.map_err(without_words)?;
        if answer.word != Word::Ok {
            return Err(MailboxCause::NoStartTls);
        }
        if !self.input.is_empty() {
            return Err(MailboxCause::Injected);
        }
        self.capabilities = Capabilities::default();
        self.secure(tls).await
    }

    async fn secure(&mut self, tls: Option<&ClientTls>) -> Result<(), MailboxCause> {
        let (Some(tls), Some(plain)) = (tls, self.stream.take_plain()) else {
            return Err(MailboxCause::Tls("it was not set up".into()));
        };
        let stream = tls.over(plain).await;
        self.stream = stream.map_err(|error| MailboxCause::Tls(error.to_string()))?;
        Ok(())
    }

    /// CAPABILITY: what the greeting or a login said unasked is not relied on.
    pub(super) async fn ask_capabilities(&mut self) -> Result<(), MailboxCause> {
        let mut found = Capabilities::default();
        let answer = self
            .command(b"CAPABILITY", |line| {
                let (first, names) = word(line);
                if first.eq_ignore_ascii_case(b"CAPABILITY") {
                    found = Capabilities::parse(names);
                }
            })
            .await?;
        if answer.word != Word::Ok {
            return Err(MailboxCause::Refused {
                code: answer.status.code,
                text: answer.status.text,
            });
        }
        self.capabilities = found;
        Ok(())
    }

    /// Runs a command to its end.
    pub(super) async fn command(
        &mut self,
        command: &[u8],
        mut untagged: impl FnMut(&[u8]),
    ) -> Result<Answer, MailboxCause> {
        let tag = self.send(command).await?;
        for _ in 0..MOST_LINES {
            match self.next(&tag).await? {
                Line::Tagged(answer) => return Ok(answer),
                Line::Untagged(line) => untagged(&line),
                Line::Continue => return Err(MailboxCause::NoImap("a continuation that nobody asked for")),
            }
        }
        Err(MailboxCause::Flooded("many lines before login"))
    }

    /// Sends a command and gives its tag.
    pub(super) async fn send(&mut self, command: &[u8]) -> Result<String, MailboxCause> {
        self.tags += 1;
        let tag = format!("Y{}", self.tags);
        self.write(&[tag.as_bytes(), b" ", command, b"\r\n"]).await?;
        Ok(tag)
    }

    /// Writes pieces and flushes. They are copied nowhere else, since some are secret.
    pub(super) async fn write(&mut self, pieces: &[&[u8]]) -> Result<(), MailboxCause> {
        let written = async {
            for piece in pieces {
                self.stream.write_all(piece).await?;
            }
            self.stream.flush().await
        };
        let result: io::Result<()> = written.await;
        result.map_err(broken)
    }

    /// The next line that answers the command with this tag.
    pub(super) async fn next(&mut self, tag: &str) -> Result<Line, MailboxCause> {
        let line = self.line().await?;
        if line.starts_with(b"+") {
            return Ok(Line::Continue);
        }
        if let Some(rest) = line.strip_prefix(b"* ") {
            let (first, text) = word(rest);
            return match first.to_ascii_uppercase().as_slice() {
                b"BYE" => Err(MailboxCause::Closed(super::error::harmless(text))),
                b"PREAUTH" => Err(MailboxCause::PreAuth),
                _ => Ok(Line::Untagged(rest.to_vec())),
            };
        }
        let (found, rest) = word(&line);
        let (status, text) = word(rest);
        let word = match status.to_ascii_uppercase().as_slice() {
            b"OK" => Word::Ok,
            b"NO" => Word::No,
            b"BAD" => Word::Bad,
            _ => return Err(MailboxCause::NoImap("a line that is no response")),
        };
        if found != tag.as_bytes() {
            return Err(MailboxCause::NoImap("a response to a command that nobody sent"));
        }
        Ok(Line::Tagged(Answer {
            word,
            status: Status::parse(text),
        }))
    }

    async fn line(&mut self) -> Result<Vec<u8>, MailboxCause> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.input) {
                let rest = self.input.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.input, rest);
                line.pop();
                return match line.pop() {
                    Some(b'\r') if memchr::memchr2(b'\r', 0, &line).is_none() => Ok(line),
                    _ => Err(MailboxCause::NoImap("a line with a bare CR, a bare LF or a NUL")),
                };
            }
            if self.input.len() > LONGEST_LINE {
                return Err(MailboxCause::Flooded("a line without an end"));
            }
            self.input.reserve(4096);
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) => return Err(MailboxCause::Closed(String::new())),
                Ok(_) => {}
                Err(error) => return Err(broken(error)),
            }
        }
    }
}

const NO_GREETING: MailboxCause = MailboxCause::NoImap("its greeting is none");

fn without_words(cause: MailboxCause) -> MailboxCause {
    match cause {
        MailboxCause::Closed(_) => MailboxCause::Closed(String::new()),
        MailboxCause::Refused { .. } => MailboxCause::NoStartTls,
        cause => cause,
    }
}

/// An error of the connection. A peer that ends TLS without its closing alert has closed all the same.
pub(super) fn broken(error: io::Error) -> MailboxCause {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => MailboxCause::Closed(String::new()),
        _ => MailboxCause::Io(error.to_string()),
    }
}
