//! A mail client that sends exactly the octets a test wants, and shows exactly what came back.

use super::wait::DEADLINE;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

/// An SMTP connection.
pub(crate) struct Client {
    stream: Stream,
    buffer: Vec<u8>,
}

enum Stream {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
    Gone,
}

/// One reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its code.
    pub(crate) code: u16,
    /// All its octets.
    pub(crate) octets: Vec<u8>,
}

impl Answer {
    /// Its octets as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.octets).into_owned()
    }
}

impl Client {
    /// Connects and leaves the greeting unread.
    pub(crate) fn connect(port: u16) -> Client {
        Client::try_connect(port).expect("someone listens")
    }

    /// Connects with TLS from the first octet.
    pub(crate) fn connect_tls(port: u16, tls: &Arc<ClientConfig>) -> Client {
        let mut client = Client::connect(port);
        client.start_tls(tls);
        client
    }

    /// Connects without TLS, reads the greeting, says EHLO.
    pub(crate) fn ready(port: u16) -> Client {
        let mut client = Client::connect(port);
        client.hello();
        client
    }

    /// As [`Client::ready`], but the server may go away.
    pub(crate) fn try_ready(port: u16) -> io::Result<Client> {
        let mut client = Client::try_connect(port)?;
        client.answer()?;
        client.try_ask("EHLO client.example")?;
        Ok(client)
    }

    fn try_connect(port: u16) -> io::Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(Client {
            stream: Stream::Clear(stream),
            buffer: Vec::new(),
        })
    }

    /// Makes TLS at this point, without any SMTP.
    pub(crate) fn start_tls(&mut self, tls: &Arc<ClientConfig>) {
        let Stream::Clear(stream) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            panic!("no TLS twice")
        };
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::clone(tls), name).unwrap();
        self.stream = Stream::Tls(Box::new(StreamOwned::new(connection, stream)));
    }

    /// Reads the greeting and says EHLO.
    pub(crate) fn hello(&mut self) -> Answer {
        self.expect(220);
        self.ehlo()
    }

    /// Says EHLO.
    pub(crate) fn ehlo(&mut self) -> Answer {
        self.command("EHLO client.example", 250)
    }

    /// AUTH PLAIN with an initial response.
    pub(crate) fn login(&mut self, user: &str, password: &str) -> Answer {
        let response = STANDARD.encode(format!("\0{user}\0{password}"));
        self.ask(&format!("AUTH PLAIN {response}"))
    }

    /// MAIL and RCPT, which must be accepted.
    pub(crate) fn envelope(&mut self, from: &str, to: &[&str]) {
        self.command(&format!("MAIL FROM:<{from}>"), 250);
        for to in to {
            self.command(&format!("RCPT TO:<{to}>"), 250);
        }
    }

    /// MAIL and RCPT; an error when the other side has gone.
    pub(crate) fn try_envelope(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.try_ask(&format!("MAIL FROM:<{from}>"))?;
        self.try_ask(&format!("RCPT TO:<{to}>"))?;
        Ok(())
    }

    /// DATA, then the content with stuffed dots and its end; gives the final reply.
    pub(crate) fn data(&mut self, content: &[u8]) -> Answer {
        self.try_data(content).expect("a reply to the end of data")
    }

    /// As [`Client::data`], but the connection may end without a reply.
    pub(crate) fn try_data(&mut self, content: &[u8]) -> io::Result<Answer> {
        self.write(b"DATA\r\n")?;
        let go = self.answer()?;
        if go.code != 354 {
            return Ok(go);
        }
        self.write(&stuffed(content))?;
        self.answer()
    }

    /// Sends a line and expects a code.
    pub(crate) fn command(&mut self, line: &str, code: u16) -> Answer {
        let answer = self.ask(line);
        assert_eq!(answer.code, code, "to {line}: {}", answer.text());
        answer
    }

    /// Sends a line and gives the reply, whatever it is.
    pub(crate) fn ask(&mut self, line: &str) -> Answer {
        self.try_ask(line)
            .unwrap_or_else(|error| panic!("no reply to {line:.100}: {error}"))
    }

    /// As [`Client::ask`], but the other side may have gone.
    pub(crate) fn try_ask(&mut self, line: &str) -> io::Result<Answer> {
        self.write(format!("{line}\r\n").as_bytes())?;
        self.answer()
    }

    /// Reads a reply and expects a code.
    pub(crate) fn expect(&mut self, code: u16) -> Answer {
        let answer = self.answer().unwrap_or_else(|error| panic!("no reply {code}: {error}"));
        assert_eq!(answer.code, code, "{}", answer.text());
        answer
    }

    /// Sends octets.
    pub(crate) fn send(&mut self, octets: &[u8]) {
        self.write(octets).expect("the octets go out");
    }

    /// Sends octets; an error when the other side has gone.
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Clear(stream) => stream.write_all(octets),
            Stream::Tls(stream) => stream.write_all(octets).and_then(|()| stream.flush()),
            Stream::Gone => Err(ErrorKind::NotConnected.into()),
        }
    }

    /// Reads one reply; an error when the connection ends before it is whole.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let mut octets = Vec::new();
        loop {
            let line = self.line()?;
            let last = line.get(3) != Some(&b'-');
            octets.extend_from_slice(&line);
            if last {
                let code = std::str::from_utf8(line.get(..3).unwrap_or_default())
                    .ok()
                    .and_then(|code| code.parse().ok());
                let code = code.unwrap_or_else(|| panic!("not a reply: {}", String::from_utf8_lossy(&line)));
                return Ok(Answer { code, octets });
            }
        }
    }

    /// Everything that still comes, until the other side closes.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.fill().is_ok_and(|count| count > 0) {}
        std::mem::take(&mut self.buffer)
    }

    /// Says that no more octets will be sent, and leaves the other direction open.
    pub(crate) fn half_close(&mut self) {
        if let Stream::Clear(stream) = &self.stream {
            stream.shutdown(Shutdown::Write).unwrap();
        }
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer) {
                return Ok(self.buffer.drain(..=at).collect());
            }
            if self.fill()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let count = match &mut self.stream {
            Stream::Clear(stream) => stream.read(&mut buffer)?,
            Stream::Tls(stream) => stream.read(&mut buffer)?,
            Stream::Gone => 0,
        };
        self.buffer.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

/// Content as it goes over the wire (RFC 5321 §4.5.2), with its end. Content that does not end in CR LF gets one, for DATA
/// can't say otherwise.
pub(crate) fn stuffed(content: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(content.len() + content.len() / 8 + 8);
    let mut copied = 0;
    if content.starts_with(b".") {
        wire.push(b'.');
    }
    for at in memchr::memmem::find_iter(content, b"\r\n.") {
        wire.extend_from_slice(&content[copied..at + 2]);
        wire.push(b'.');
        copied = at + 2;
    }
    wire.extend_from_slice(&content[copied..]);
    if !content.is_empty() && !content.ends_with(b"\r\n") {
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

#[test]
fn dots_are_stuffed_at_line_starts_only() {
    assert_eq!(stuffed(b""), b".\r\n");
    assert_eq!(stuffed(b".\r\na.b\r\n..\r\n"), b"..\r\na.b\r\n...\r\n.\r\n");
    assert_eq!(stuffed(b"a\n.b"), b"a\n.b\r\n.\r\n");
}
