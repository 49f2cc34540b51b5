//! One connection of the provider that we play: SMTP as it should be, but for what the script says.

use super::fake_upstream::{Received, Session, State};
use super::script::{Fault, Phase, ServerTls};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::{ServerConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Serves a connection to its end.
pub(super) fn serve(socket: TcpStream, state: &State, session: &Arc<Mutex<Session>>, number: usize) {
    socket.set_nodelay(true).unwrap();
    let tap = Tap {
        socket,
        session: Arc::clone(session),
        single_octets: state.script.single_octets,
    };
    let mut dialogue = Dialogue {
        state,
        session,
        stream: Stream::Clear(tap),
        buffer: Vec::new(),
        number,
    };
    // An error is how every dialogue ends: the other side closes, or a fault of the script.
    let _ = dialogue.run();
    dialogue.close();
}

/// One connection being served.
struct Dialogue<'a> {
    state: &'a State,
    session: &'a Mutex<Session>,
    stream: Stream,
    buffer: Vec<u8>,
    number: usize,
}

enum Stream {
    Clear(Tap),
    Tls(Box<StreamOwned<ServerConnection, Tap>>),
    Gone,
}

impl Dialogue<'_> {
    fn run(&mut self) -> io::Result<()> {
        if matches!(self.state.script.tls, ServerTls::Implicit(_)) {
            self.make_tls()?;
        }
        self.answer(Phase::Greeting, b"220 provider.example ESMTP\r\n")?;
        let (mut mail, mut recipients) = (String::new(), Vec::new());
        let mut started_tls = false;
        loop {
            let line = self.line()?;
            self.session.lock().unwrap().commands.push(line.clone());
            let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" | "HELO" => {
                    let phase = if started_tls { Phase::EhloUnderTls } else { Phase::Ehlo };
                    let greeting = self.keywords(started_tls);
                    self.answer(phase, greeting.as_bytes())?;
                }
                "STARTTLS" => {
                    self.session.lock().unwrap().after_starttls.clone_from(&self.buffer);
                    if self
                        .answer(Phase::StartTls, b"220 2.0.0 go ahead\r\n")?
                        .starts_with(b"220")
                    {
                        self.make_tls()?;
                        started_tls = true;
                    }
                }
                "AUTH" => self.auth(&line)?,
                "MAIL" => {
                    mail = line;
                    recipients.clear();
                    self.answer(Phase::Mail, b"250 2.1.0 sender ok\r\n")?;
                }
                "RCPT" => {
                    if self
                        .answer(Phase::Rcpt, b"250 2.1.5 recipient ok\r\n")?
                        .starts_with(b"2")
                    {
                        recipients.push(line);
                    }
                }
                "DATA" => {
                    if self.answer(Phase::Data, b"354 go\r\n")?.starts_with(b"3") {
                        let octets = self.content()?;
                        // Taken down before the answer is said: who has read the answer must find the mail.
                        let usual = b"250 2.0.0 taken as queue-id-42\r\n";
                        let accepted = self.says(Phase::EndOfData, usual).starts_with(b"2");
                        let (mail, recipients) = (std::mem::take(&mut mail), std::mem::take(&mut recipients));
                        let received = Received {
                            mail,
                            recipients,
                            octets,
                            accepted,
                        };
                        self.session.lock().unwrap().mails.push(received);
                        self.answer(Phase::EndOfData, usual)?;
                    }
                }
                "RSET" => {
                    (mail, recipients) = (String::new(), Vec::new());
                    self.answer(Phase::Rset, b"250 2.0.0 reset\r\n")?;
                }
                "NOOP" => self.say(b"250 2.0.0 ok\r\n")?,
                "QUIT" => {
                    self.answer(Phase::Quit, b"221 2.0.0 bye\r\n")?;
                    return Ok(());
                }
                _ => self.say(b"500 5.5.1 what?\r\n")?,
            }
        }
    }

    fn keywords(&self, started_tls: bool) -> String {
        let script = &self.state.script;
        let mut lines = vec!["provider.example".to_owned()];
        lines.extend(script.keywords.iter().cloned());
        if matches!(script.tls, ServerTls::StartTls(_)) && script.offers_starttls && !started_tls {
            lines.push("STARTTLS".to_owned());
        }
        let last = lines.len() - 1;
        let marked = lines
            .iter()
            .enumerate()
            .map(|(at, line)| format!("250{}{line}\r\n", if at == last { ' ' } else { '-' }));
        marked.collect()
    }

    fn auth(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
        let initial = words.next().map(str::to_owned);
        let (user, password) = match (mechanism.as_str(), initial) {
            ("LOGIN", initial) => {
                let user = match initial {
                    Some(user) => user,
                    None => self.challenge(b"334 VXNlcm5hbWU6\r\n")?,
                };
                (decode(&user), decode(&self.challenge(b"334 UGFzc3dvcmQ6\r\n")?))
            }
            (_, initial) => {
                let response = match initial {
                    Some(response) if response != "=" => response,
                    _ => self.challenge(b"334 \r\n")?,
                };
                if response == "*" {
                    return self.say(b"501 5.7.0 given up\r\n");
                }
                let decoded = decode(&response);
                let mut parts = decoded.split('\0').skip(1);
                (
                    parts.next().unwrap_or_default().to_owned(),
                    parts.next().unwrap_or_default().to_owned(),
                )
            }
        };
        let right = !password.contains("wrong");
        self.session.lock().unwrap().credentials.push((user, password));
        let usual: &[u8] = if right {
            b"235 2.7.0 welcome\r\n"
        } else {
            b"535 5.7.8 provider.example does not know you\r\n"
        };
        self.answer(Phase::Auth, usual).map(drop)
    }

    fn challenge(&mut self, octets: &[u8]) -> io::Result<String> {
        self.say(octets)?;
        self.line()
    }

    /// Reads content to its end by the only right rule, CR LF dot CR LF, and takes the stuffed dots off.
    fn content(&mut self) -> io::Result<Vec<u8>> {
        let fault = self.state.script.content_fault();
        let mut looked_at = 0_usize;
        loop {
            if let Some((octets, fault)) = fault
                && self.buffer.len() >= octets
            {
                let fault = fault.clone();
                self.act(&fault, b"")?;
            }
            if self.buffer.starts_with(b".\r\n") {
                self.buffer.drain(..3);
                return Ok(Vec::new());
            }
            let from = looked_at.saturating_sub(4);
            if let Some(at) = memchr::memmem::find(&self.buffer[from..], b"\r\n.\r\n") {
                let rest = self.buffer.split_off(from + at + 5);
                let mut content = std::mem::replace(&mut self.buffer, rest);
                content.truncate(from + at + 2);
                return Ok(unstuffed(&content));
            }
            looked_at = self.buffer.len();
            self.fill()?;
        }
    }

    /// What the script says here.
    fn says(&self, phase: Phase, usual: &[u8]) -> Vec<u8> {
        match self.state.fault(phase) {
            None | Some(Fault::Slowly(_)) => usual.to_vec(),
            Some(Fault::Say(octets) | Fault::SayAndClose(octets)) => octets,
            Some(Fault::Close | Fault::Reset | Fault::Silence) => Vec::new(),
        }
    }

    /// Answers as the script says, and gives what was said.
    fn answer(&mut self, phase: Phase, usual: &[u8]) -> io::Result<Vec<u8>> {
        match self.state.fault(phase) {
            None => self.say(usual)?,
            Some(fault) => self.act(&fault, usual)?,
        }
        Ok(self.says(phase, usual))
    }

    fn act(&mut self, fault: &Fault, usual: &[u8]) -> io::Result<()> {
        match fault {
            Fault::Say(octets) => self.say(octets),
            Fault::SayAndClose(octets) => {
                self.say(octets)?;
                Err(ErrorKind::ConnectionAborted.into())
            }
            Fault::Close => Err(ErrorKind::ConnectionAborted.into()),
            Fault::Reset => {
                let socket = &self.stream.tap()?.socket;
                rustix::net::sockopt::set_socket_linger(socket, Some(Duration::ZERO))?;
                // Only the last handle's end resets the connection.
                self.state.sockets.lock().unwrap().remove(&self.number);
                self.stream = Stream::Gone;
                Err(ErrorKind::ConnectionReset.into())
            }
            Fault::Silence => loop {
                self.fill()?;
            },
            Fault::Slowly(pause) => usual.iter().try_for_each(|octet| {
                std::thread::sleep(*pause);
                self.say(&[*octet])
            }),
        }
    }

    fn say(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Clear(tap) => tap.write_all(octets),
            Stream::Tls(tls) => tls.write_all(octets).and_then(|()| tls.flush()),
            Stream::Gone => Err(ErrorKind::NotConnected.into()),
        }
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer) {
                let line: Vec<u8> = self.buffer.drain(..=at).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        let count = match &mut self.stream {
            Stream::Clear(tap) => tap.read(&mut buffer)?,
            Stream::Tls(tls) => tls.read(&mut buffer)?,
            Stream::Gone => 0,
        };
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(&buffer[..count]);
        self.session.lock().unwrap().clear.extend_from_slice(&buffer[..count]);
        Ok(())
    }

    fn make_tls(&mut self) -> io::Result<()> {
        let Stream::Clear(tap) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(ErrorKind::InvalidInput.into());
        };
        let config = self.state.tls.clone().ok_or(ErrorKind::InvalidInput)?;
        let connection = ServerConnection::new(config).map_err(io::Error::other)?;
        let mut tls = StreamOwned::new(connection, tap);
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        self.stream = Stream::Tls(Box::new(tls));
        self.session.lock().unwrap().tls = true;
        Ok(())
    }

    fn close(&mut self) {
        if let Stream::Tls(tls) = &mut self.stream {
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
        if let Ok(tap) = self.stream.tap() {
            let _ = tap.socket.shutdown(Shutdown::Both);
        }
    }
}

impl Stream {
    fn tap(&self) -> io::Result<&Tap> {
        match self {
            Stream::Clear(tap) => Ok(tap),
            Stream::Tls(tls) => Ok(&tls.sock),
            Stream::Gone => Err(ErrorKind::NotConnected.into()),
        }
    }
}

/// A socket that records what it reads.
struct Tap {
    socket: TcpStream,
    session: Arc<Mutex<Session>>,
    single_octets: bool,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.socket.read(buffer)?;
        self.session.lock().unwrap().wire.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

impl Write for Tap {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let count = if self.single_octets {
            octets.len().min(1)
        } else {
            octets.len()
        };
        self.socket.write(&octets[..count])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

fn unstuffed(content: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(content.len());
    let mut copied = usize::from(content.starts_with(b"."));
    for at in memchr::memmem::find_iter(content, b"\r\n.") {
        octets.extend_from_slice(&content[copied..at + 2]);
        copied = at + 3;
    }
    octets.extend_from_slice(&content[copied..]);
    octets
}

fn decode(text: &str) -> String {
    String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned()
}

#[test]
fn only_stuffed_dots_are_taken_off() {
    assert_eq!(unstuffed(b"..\r\n.a.\r\nb\n.c\r\n"), b".\r\na.\r\nb\n.c\r\n");
}
