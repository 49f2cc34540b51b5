//! An IMAP server that we play: it records what it receives, and misbehaves where it is told to.

use super::pki::server_config;
use super::script::{Fault, ServerTls};
use super::wait::DEADLINE;
use rustls::{ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it says that it can do, unless told otherwise.
pub(crate) const ABLE: &str = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE UIDPLUS MOVE NAMESPACE SPECIAL-USE LIST-EXTENDED";

/// The whole behaviour.
#[derive(Debug, Clone)]
pub(crate) struct ImapScript {
    /// How it makes TLS.
    pub(crate) tls: ServerTls,
    /// What it can do under TLS or without STARTTLS.
    pub(crate) able: &'static str,
    /// Where it misbehaves: the beginning of a command, or `greeting`, `+AUTHENTICATE` and `+APPEND` for what follows a
    /// continuation, `DONE`. `clear ` before it stands for before STARTTLS, `in ` for after login. `$T` is the tag.
    pub(crate) faults: Vec<(&'static str, Fault)>,
}

impl ImapScript {
    /// A well-behaved server.
    pub(crate) fn new(tls: ServerTls) -> ImapScript {
        ImapScript {
            tls,
            able: ABLE,
            faults: Vec::new(),
        }
    }

    /// That misbehaves in one place.
    pub(crate) fn with(mut self, at: &'static str, fault: Fault) -> ImapScript {
        self.faults.push((at, fault));
        self
    }

    /// That says something else in one place.
    pub(crate) fn saying(self, at: &'static str, words: &str) -> ImapScript {
        self.with(at, Fault::Say(words.as_bytes().to_vec()))
    }
}

/// The running server; its threads end with their connections.
pub(crate) struct FakeImap {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    record: Arc<Mutex<Record>>,
}

/// What it received.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    /// Octets that came in the clear, TLS handshakes apart.
    pub(crate) clear: Vec<u8>,
    /// Lines that came under TLS, or at all without it.
    pub(crate) lines: Vec<String>,
}

impl FakeImap {
    /// Starts it.
    pub(crate) fn start(script: ImapScript) -> FakeImap {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let record = Arc::new(Mutex::new(Record::default()));
        let kept = Arc::clone(&record);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (script, record) = (script.clone(), Arc::clone(&record));
                std::thread::spawn(move || {
                    // A client that goes is how every test ends.
                    let _ = Dialogue::serve(socket, &script, &record);
                });
            }
        });
        FakeImap { port, record: kept }
    }

    /// What it has received so far.
    pub(crate) fn record(&self) -> Record {
        self.record.lock().unwrap().clone()
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

struct Dialogue<'a> {
    stream: Box<dyn Stream>,
    script: &'a ImapScript,
    record: &'a Mutex<Record>,
    stage: &'static str,
}

/// The connection is over.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Over {
        Over
    }
}

impl Dialogue<'_> {
    fn serve(socket: TcpStream, script: &ImapScript, record: &Mutex<Record>) -> Result<(), Over> {
        socket.set_read_timeout(Some(DEADLINE))?;
        socket.set_nodelay(true)?;
        let second = socket.try_clone()?;
        let mut dialogue = Dialogue {
            stream: Box::new(socket),
            script,
            record,
            stage: "",
        };
        match &script.tls {
            ServerTls::None => {}
            ServerTls::Implicit(_) => dialogue.secure(second)?,
            ServerTls::StartTls(_) => {
                dialogue.stage = "clear ";
                dialogue.answer("greeting", "", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")?;
                dialogue.until_tls()?;
                dialogue.secure(second)?;
                dialogue.stage = "";
                return dialogue.session();
            }
        }
        dialogue.answer("greeting", "", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")?;
        dialogue.session()
    }

    fn secure(&mut self, socket: TcpStream) -> Result<(), Over> {
        let (ServerTls::Implicit(certificate) | ServerTls::StartTls(certificate)) = &self.script.tls else {
            return Err(Over);
        };
        let connection = ServerConnection::new(server_config(certificate)).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        self.stream = Box::new(stream);
        Ok(())
    }

    fn until_tls(&mut self) -> Result<(), Over> {
        loop {
            let (tag, command) = self.command()?;
            match command.as_str() {
                "STARTTLS" => return self.answer("STARTTLS", &tag, "$T OK begin\r\n"),
                "CAPABILITY" => {
                    let usual = "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n$T OK done\r\n";
                    self.answer("CAPABILITY", &tag, usual)?;
                }
                other => self.answer(other, &tag, "$T BAD not here\r\n")?,
            }
        }
    }

    fn session(&mut self) -> Result<(), Over> {
        loop {
            let (tag, command) = self.command()?;
            let words = command.to_ascii_uppercase();
            let usual = match words.as_str() {
                "CAPABILITY" => format!("* CAPABILITY {}\r\n$T OK done\r\n", self.script.able),
                "NAMESPACE" => "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n$T OK done\r\n".to_owned(),
                "IDLE" => "+ idling\r\n".to_owned(),
                "LOGOUT" => "* BYE bye\r\n$T OK done\r\n".to_owned(),
                words if words.starts_with("AUTHENTICATE") => "+ \r\n".to_owned(),
                words if words.starts_with("LIST") => LIST.to_owned(),
                words if words.starts_with("EXAMINE") || words.starts_with("SELECT") => OPEN.to_owned(),
                words if words.starts_with("UID SEARCH") => "* SEARCH 7\r\n$T OK done\r\n".to_owned(),
                words if words.starts_with("UID FETCH") => fetched(words),
                _ => "$T OK done\r\n".to_owned(),
            };
            if let Some(size) = literal(&command) {
                self.answer(&words, &tag, "+ go on\r\n")?;
                if !self.goes_on(&words) {
                    continue;
                }
                self.octets(size)?;
                let rest = self.line()?;
                if let Some(size) = literal(&rest) {
                    self.answer("+LITERAL", &tag, "+ go on\r\n")?;
                    self.octets(size)?;
                    self.line()?;
                }
                let verb = words.split(' ').next().unwrap_or_default().to_owned();
                self.answer(&format!("+{verb}"), &tag, "$T OK done\r\n")?;
                if verb == "LOGIN" {
                    self.stage = "in ";
                }
                continue;
            }
            self.answer(&words, &tag, &usual)?;
            if words.starts_with("AUTHENTICATE") {
                self.line()?;
                self.answer("+AUTHENTICATE", &tag, "$T OK in\r\n")?;
                self.stage = "in ";
            } else if words == "IDLE" && self.goes_on("IDLE") {
                self.line()?;
                self.answer("DONE", &tag, "$T OK done\r\n")?;
            }
        }
    }

    fn fault(&self, at: &str) -> Option<Fault> {
        let here = format!("{}{at}", self.stage);
        let mut faults = self.script.faults.iter();
        let is_it = |place: &str| here.starts_with(place) && (place != "greeting" || self.stage.is_empty());
        faults.find(|(place, _)| is_it(place)).map(|(_, fault)| fault.clone())
    }

    /// Whether what it says there has a continuation, so that the client goes on.
    fn goes_on(&self, at: &str) -> bool {
        match self.fault(at) {
            Some(Fault::Say(words)) => {
                let has = |what: &[u8]| memchr::memmem::find(&words, what).is_some();
                (words.starts_with(b"+ ") || has(b"\n+ ")) && !has(b"\n$T ")
            }
            _ => true,
        }
    }

    /// Says the usual, or misbehaves.
    fn answer(&mut self, at: &str, tag: &str, usual: &str) -> Result<(), Over> {
        match self.fault(at) {
            None => self.say(usual.as_bytes(), tag),
            Some(Fault::Say(words)) => self.say(&words, tag),
            Some(Fault::SayAndClose(words)) => {
                self.say(&words, tag)?;
                Err(Over)
            }
            Some(Fault::Close | Fault::Reset) => Err(Over),
            Some(Fault::Slowly(pause)) => {
                for octet in usual.replace("$T", tag).bytes() {
                    std::thread::sleep(pause);
                    self.say(&[octet], tag)?;
                }
                Ok(())
            }
            Some(Fault::Silence) => loop {
                self.line()?;
            },
        }
    }

    fn say(&mut self, words: &[u8], tag: &str) -> Result<(), Over> {
        let mut out = Vec::new();
        let mut rest = words;
        while let Some(at) = memchr::memmem::find(rest, b"$T") {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(tag.as_bytes());
            rest = &rest[at + 2..];
        }
        out.extend_from_slice(rest);
        self.stream.write_all(&out)?;
        Ok(self.stream.flush()?)
    }

    fn command(&mut self) -> Result<(String, String), Over> {
        let line = self.line()?;
        let (tag, command) = line.split_once(' ').ok_or(Over)?;
        Ok((tag.to_owned(), command.to_owned()))
    }

    fn line(&mut self) -> Result<String, Over> {
        let mut line = Vec::new();
        // Octet by octet: what follows STARTTLS belongs to TLS.
        loop {
            let octet = self.octets(1)?;
            line.extend_from_slice(&octet);
            if line.ends_with(b"\r\n") {
                line.truncate(line.len() - 2);
                let line = String::from_utf8_lossy(&line).into_owned();
                self.record.lock().unwrap().lines.push(line.clone());
                return Ok(line);
            }
        }
    }

    fn octets(&mut self, count: usize) -> Result<Vec<u8>, Over> {
        let mut octets = vec![0; count];
        self.stream.read_exact(&mut octets)?;
        if self.stage == "clear " {
            self.record.lock().unwrap().clear.extend_from_slice(&octets);
        }
        Ok(octets)
    }
}

const LIST: &str = "* LIST (\\Drafts) \"/\" Drafts\r\n* LIST (\\Sent) \"/\" Sent\r\n* LIST () \"/\" Youward/Held\r\n\
    * LIST () \"/\" Youward/Notes\r\n* LIST () \"/\" \"Youward/Send as written\"\r\n$T OK done\r\n";
const OPEN: &str = "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 8] x\r\n$T OK [READ-WRITE] done\r\n";

fn fetched(words: &str) -> String {
    let what = if words.contains("BODY.PEEK[]") {
        "BODY[] {5}\r\nhello".to_owned()
    } else if words.contains("HEADER.FIELDS") {
        let header = "Message-ID: <a@b.test>\r\n\r\n";
        let section = "HEADER.FIELDS (MESSAGE-ID X-YOUWARD-RECORD)";
        format!("BODY[{section}] {{{}}}\r\n{header}", header.len())
    } else if words.contains("RFC822.SIZE") {
        "RFC822.SIZE 5".to_owned()
    } else {
        "FLAGS ()".to_owned()
    };
    format!("* 1 FETCH (UID 7 {what})\r\n$T OK done\r\n")
}

fn literal(line: &str) -> Option<usize> {
    line.strip_suffix('}')?.rsplit_once('{')?.1.parse().ok()
}
