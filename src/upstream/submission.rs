//! The submission client (RFC 6409): replies verbatim, phases visible, nothing sent twice.
//!
//! A library client would turn replies into errors, drop ESMTP parameters and write CR LF before the final dot; this one
//! moves the client's own lines and the mail's own octets.

mod content;

pub use content::Begun;

use super::error::{Cause, Phase, UpstreamError};
use super::stream::Stream;
use super::tls::ClientTls;
use super::{Endpoint, Tls};
use crate::smtp::sasl::{Credentials, Mechanism, Secret};
use crate::smtp::{Extensions, Reply, Timeouts};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Longest reply line. RFC 5321 §4.5.3.1.5 says 512; servers exceed it.
const LONGEST_LINE: usize = 4096;
/// Longest reply, all lines together.
const LONGEST_REPLY: usize = 64 * 1024;
/// Longest command line with an initial response (RFC 4954 §4): longer tokens go after a 334.
const LONGEST_INITIAL: usize = 512;

/// One submission session with the provider.
#[derive(Debug)]
pub struct Submission {
    stream: Stream,
    server: String,
    timeouts: Timeouts,
    /// Octets received that belong to replies not yet taken.
    input: Vec<u8>,
    /// Commands not yet written.
    output: Vec<u8>,
    /// QUIT is among them, or was.
    leaving: bool,
}

impl Submission {
    /// Connects, makes TLS as the endpoint says, and reads the greeting.
    ///
    /// With STARTTLS one EHLO is sent before it, naming this side as an address literal; nothing learnt from its reply
    /// is used after TLS is up (RFC 3207 §4.2).
    ///
    /// # Errors
    /// Connect, TLS and greeting failures. A greeting that is not 2yz is not an error: it is the caller's to pass on.
    pub async fn connect(
        endpoint: &Endpoint,
        tls: Option<&ClientTls>,
        timeouts: &Timeouts,
    ) -> Result<(Submission, Reply), UpstreamError> {
        let server = format!("{}:{}", endpoint.host, endpoint.port);
        let failed = |phase, cause| UpstreamError {
            server: server.clone(),
            phase,
            cause,
        };
        match timeout(timeouts.connect, Submission::open(endpoint, tls, &server, timeouts)).await {
            Ok(result) => result,
            Err(_) => Err(failed(Phase::Connect, Cause::TimedOut)),
        }
    }

    async fn open(
        endpoint: &Endpoint,
        tls: Option<&ClientTls>,
        server: &str,
        timeouts: &Timeouts,
    ) -> Result<(Submission, Reply), UpstreamError> {
        let failed = |phase, cause| UpstreamError {
            server: server.to_owned(),
            phase,
            cause,
        };
        let stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port))
            .await
            .map_err(|error| failed(Phase::Connect, Cause::Io(error.to_string())))?;
        stream
            .set_nodelay(true)
            .map_err(|error| failed(Phase::Connect, Cause::Io(error.to_string())))?;
        let mut submission = Submission {
            stream: Stream::Plain(stream),
            server: server.to_owned(),
            timeouts: timeouts.clone(),
            input: Vec::new(),
            output: Vec::new(),
            leaving: false,
        };
        if endpoint.tls == Tls::Implicit {
            submission.secure(tls).await?;
        }
        let greeting = submission.read_reply(Phase::Greeting).await?;
        if greeting.is_intermediate() {
            return Err(failed(Phase::Greeting, Cause::NoReply("a greeting with a 3yz code")));
        }
        if endpoint.tls != Tls::StartTls {
            return Ok((submission, greeting));
        }
        // What came in the clear may be anybody's words: none of them is passed on.
        if !greeting.is_positive() {
            return Err(failed(
                Phase::Greeting,
                Cause::Refused(format!("it greeted with {}", greeting.code())),
            ));
        }
        submission.start_tls(tls).await?;
        Ok((submission, Reply::new(220, "", &[&format!("{} ESMTP", endpoint.host)])))
    }

    async fn start_tls(&mut self, tls: Option<&ClientTls>) -> Result<(), UpstreamError> {
        self.queue(b"EHLO [127.0.0.1]\r\n");
        self.flush().await?;
        let hello = self.read_reply(Phase::Greeting).await?;
        if !hello.is_positive() || !Extensions::parse(&hello).starttls {
            return Err(self.failed(Phase::Tls, Cause::NoStartTls));
        }
        if !self.input.is_empty() {
            return Err(self.failed(Phase::Tls, Cause::Injected));
        }
        self.queue(b"STARTTLS\r\n");
        self.flush().await?;
        let ready = self.read_reply(Phase::Tls).await?;
        if ready.code() != 220 {
            return Err(self.failed(
                Phase::Tls,
                Cause::Refused(format!("it answered STARTTLS with {}", ready.code())),
            ));
        }
        if !self.input.is_empty() {
            return Err(self.failed(Phase::Tls, Cause::Injected));
        }
        self.secure(tls).await
    }

    async fn secure(&mut self, tls: Option<&ClientTls>) -> Result<(), UpstreamError> {
        let (Some(tls), Some(plain)) = (tls, self.stream.take_plain()) else {
            return Err(self.failed(Phase::Tls, Cause::Tls("it was not set up".into())));
        };
        match tls.over(plain).await {
            Ok(stream) => {
                self.stream = stream;
                Ok(())
            }
            Err(error) => Err(self.failed(Phase::Tls, Cause::Tls(error.to_string()))),
        }
    }

    /// Adds a command line, CR LF included, to what [`Submission::reply`] will send.
    pub fn queue(&mut self, line: &[u8]) {
        self.leaving |= line.eq_ignore_ascii_case(b"QUIT\r\n");
        self.output.extend_from_slice(line);
    }

    /// Whether a whole reply has come already.
    #[must_use]
    pub fn has_reply(&self) -> bool {
        self.output.is_empty() && matches!(reply_length(&self.input), Ok(Some(_)))
    }

    /// Sends what is queued and reads the next reply.
    ///
    /// # Errors
    /// The connection failed, or what came is no reply.
    pub async fn reply(&mut self) -> Result<Reply, UpstreamError> {
        let limit = self.timeouts.upstream_command;
        self.within(limit, Phase::Command, async |this| {
            this.flush().await?;
            this.read_reply(Phase::Command).await
        })
        .await
    }

    /// Logs in. The result is the upstream's last word, or a 334 when it challenges once more than expected (an OAuth
    /// error is told that way); answer that with [`Submission::respond`].
    ///
    /// # Errors
    /// As [`Submission::reply`].
    pub async fn authenticate(&mut self, credentials: &Credentials) -> Result<Reply, UpstreamError> {
        let name = credentials.mechanism.name();
        let mut responses = credentials.responses.iter();
        // As large as it can become: growing would leave a copy behind.
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_INITIAL + 2));
        line.extend_from_slice(format!("AUTH {name}").as_bytes());
        let short = |response: &Secret| line.len() + response.expose().len() + 3 <= LONGEST_INITIAL;
        if credentials.mechanism != Mechanism::Login
            && responses.as_slice().first().is_some_and(short)
            && let Some(initial) = responses.next()
        {
            line.push(b' ');
            line.extend_from_slice(initial.expose());
        }
        line.extend_from_slice(b"\r\n");
        self.write_now(&line).await?;
        let mut reply = self.reply().await?;
        for response in responses {
            if !reply.is_intermediate() {
                break;
            }
            reply = self.respond(response).await?;
        }
        Ok(reply)
    }

    /// Sends one response line to a 334.
    ///
    /// # Errors
    /// As [`Submission::reply`].
    pub async fn respond(&mut self, response: &Secret) -> Result<Reply, UpstreamError> {
        let mut line = Zeroizing::new(Vec::with_capacity(response.expose().len() + 2));
        line.extend_from_slice(response.expose());
        line.extend_from_slice(b"\r\n");
        self.write_now(&line).await?;
        self.reply().await
    }

    /// Waits until the upstream says something unasked, or goes. Safe to drop while waiting.
    pub async fn unasked(&mut self) -> Result<Reply, UpstreamError> {
        self.read_reply(Phase::Command).await
    }

    /// The error that stands for an unasked reply in the middle of a mail.
    #[must_use]
    pub fn refused(&self, reply: &Reply) -> UpstreamError {
        self.failed(Phase::Content, Cause::Refused(reply.last_text()))
    }

    /// Says QUIT without waiting for an answer, if that has not been said, and closes.
    pub async fn leave(mut self) {
        let goodbye = async {
            if !self.leaving || !self.output.is_empty() {
                let _ = self.stream.write_all(b"QUIT\r\n").await;
                let _ = self.stream.flush().await;
            }
            let _ = self.stream.shutdown().await;
        };
        let _ = timeout(Duration::from_secs(1), goodbye).await;
    }

    async fn write_now(&mut self, octets: &[u8]) -> Result<(), UpstreamError> {
        let limit = self.timeouts.upstream_command;
        self.within(limit, Phase::Command, async |this| {
            this.flush().await?;
            let written = async {
                this.stream.write_all(octets).await?;
                this.stream.flush().await
            };
            let result: io::Result<()> = written.await;
            result.map_err(|error| this.failed(Phase::Command, Cause::Io(error.to_string())))
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), UpstreamError> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        let written = async {
            self.stream.write_all(&output).await?;
            self.stream.flush().await
        };
        let result: io::Result<()> = written.await;
        result.map_err(|error| self.failed(Phase::Command, Cause::Io(error.to_string())))
    }

    async fn read_reply(&mut self, phase: Phase) -> Result<Reply, UpstreamError> {
        loop {
            match reply_length(&self.input) {
                Ok(Some((code, length))) => {
                    let rest = self.input.split_off(length);
                    let octets = std::mem::replace(&mut self.input, rest);
                    return Ok(Reply::verbatim(code, octets));
                }
                Ok(None) => {}
                Err(what) => return Err(self.failed(phase, Cause::NoReply(what))),
            }
            self.input.reserve(4096);
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) => return Err(self.failed(phase, Cause::Closed)),
                Ok(_) => {}
                // A peer that ends TLS without its closing alert has closed all the same.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(self.failed(phase, Cause::Closed));
                }
                Err(error) => return Err(self.failed(phase, Cause::Io(error.to_string()))),
            }
        }
    }

    async fn within<T>(
        &mut self,
        limit: Duration,
        phase: Phase,
        work: impl AsyncFnOnce(&mut Submission) -> Result<T, UpstreamError>,
    ) -> Result<T, UpstreamError> {
        match timeout(limit, work(self)).await {
            Ok(result) => result,
            Err(_) => Err(self.failed(phase, Cause::TimedOut)),
        }
    }

    fn failed(&self, phase: Phase, cause: Cause) -> UpstreamError {
        UpstreamError {
            server: self.server.clone(),
            phase,
            cause,
        }
    }
}

/// Code and length of the reply at the start of `input`; `None` if more is needed.
fn reply_length(input: &[u8]) -> Result<Option<(u16, usize)>, &'static str> {
    let mut code = None;
    let mut start = 0;
    loop {
        let rest = input.get(start..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', rest) else {
            return match rest.len() {
                0..=LONGEST_LINE => Ok(None),
                _ => Err("a line without an end"),
            };
        };
        let line = rest
            .get(..end)
            .unwrap_or_default()
            .strip_suffix(b"\r")
            .ok_or("a line that ends in a bare LF")?;
        if line.len() > LONGEST_LINE {
            return Err("a line that is too long");
        }
        let digits = line
            .get(..3)
            .filter(|digits| digits.iter().all(u8::is_ascii_digit))
            .ok_or("a line without a code")?;
        let number = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        if !(200..600).contains(&number) {
            return Err("a code that does not exist");
        }
        if memchr::memchr2(b'\r', 0, line).is_some() {
            return Err("a line with a bare CR or NUL");
        }
        if *code.get_or_insert(number) != number {
            return Err("lines with different codes");
        }
        start += end + 1;
        if start > LONGEST_REPLY {
            return Err("a reply that is too long");
        }
        match line.get(3) {
            Some(b'-') => {}
            Some(b' ') | None => return Ok(Some((number, start))),
            Some(_) => return Err("a code that is not followed by a space"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_whole_or_not_yet() {
        let whole = b"250-mx.example\r\n250-SIZE 1\r\n250 DSN\r\n";
        for end in 0..whole.len() {
            assert_eq!(reply_length(&whole[..end]), Ok(None), "{end}");
        }
        assert_eq!(
            reply_length(&[whole.as_slice(), b"220"].concat()),
            Ok(Some((250, whole.len())))
        );
        assert_eq!(reply_length(b"354\r\n"), Ok(Some((354, 5))));
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        for input in [
            &b"hello\r\n"[..],
            b"250 ok\n",
            b"999 ok\r\n",
            b"150 ok\r\n",
            b"250-a\r\n251 b\r\n",
            b"250_a\r\n",
            b"250 a\rb\r\n",
            b"\r\n",
        ] {
            assert!(reply_length(input).is_err(), "{input:?}");
        }
        assert!(reply_length(&[b'2'; LONGEST_LINE + 1]).is_err());
        assert!(reply_length(&b"250-x\r\n".repeat(10_000)).is_err());
    }
}
