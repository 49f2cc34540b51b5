//! A small IMAP client for the tests: what the rep's own mail client does, and what lies in a mailbox afterwards.

use super::imap::Stored;
use super::wait::DEADLINE;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A session in the clear, logged in.
pub(crate) struct ImapClient {
    stream: BufReader<TcpStream>,
    tags: u32,
}

impl ImapClient {
    /// Connects and logs in.
    pub(crate) fn log_in(port: u16, user: &str, password: &str) -> ImapClient {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut client = ImapClient {
            stream: BufReader::new(stream),
            tags: 0,
        };
        client.line();
        client.run(&format!("LOGIN \"{user}\" \"{password}\""));
        client
    }

    /// Runs a command that must succeed, and gives its untagged responses, each with its literals in it.
    pub(crate) fn run(&mut self, command: &str) -> Vec<Vec<u8>> {
        let tag = self.send(command);
        self.responses(&tag, command)
    }

    /// APPEND, with flags such as `(\Seen)`.
    pub(crate) fn append(&mut self, mailbox: &str, flags: &str, mail: &[u8]) {
        let command = format!("APPEND \"{mailbox}\" {flags} {{{}}}", mail.len());
        let tag = self.send(&command);
        let go_on = self.line();
        assert!(go_on.starts_with(b"+"), "{command}: {}", go_on.escape_ascii());
        self.stream.get_mut().write_all(&[mail, b"\r\n"].concat()).unwrap();
        self.responses(&tag, &command);
    }

    /// All mails in a mailbox; none if there is no such mailbox.
    pub(crate) fn mails(&mut self, mailbox: &str) -> Vec<Stored> {
        if !self.list("LIST").iter().any(|name| name == mailbox) && mailbox != "INBOX" {
            return Vec::new();
        }
        self.run(&format!("EXAMINE \"{mailbox}\""));
        let responses = self.run("UID FETCH 1:* (UID FLAGS BODY.PEEK[])");
        responses.iter().filter_map(|response| stored(response)).collect()
    }

    /// Names by LIST or LSUB, sorted, without INBOX.
    pub(crate) fn list(&mut self, verb: &str) -> Vec<String> {
        let responses = self.run(&format!("{verb} \"\" \"*\""));
        let mut names: Vec<String> = responses
            .iter()
            .filter_map(|response| {
                let text = String::from_utf8_lossy(response);
                let text = text.trim_end();
                // after the separator in quotes: a name in quotes or not
                let name = text.split_once(") ")?.1.split_once(' ')?.1;
                Some(name.trim_matches('"').replace("\\\\", "\\"))
            })
            .filter(|name| name != "INBOX")
            .collect();
        names.sort();
        names
    }

    fn send(&mut self, command: &str) -> String {
        self.tags += 1;
        let tag = format!("t{}", self.tags);
        let line = format!("{tag} {command}\r\n");
        self.stream.get_mut().write_all(line.as_bytes()).unwrap();
        tag
    }

    fn responses(&mut self, tag: &str, command: &str) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let mut response = self.line();
            if let Some(end) = response.strip_prefix(format!("{tag} ").as_bytes()) {
                assert!(end.starts_with(b"OK"), "{command}: {}", end.escape_ascii());
                return all;
            }
            while let Some(size) = literal(&response) {
                let mut octets = vec![0; size];
                self.stream.read_exact(&mut octets).unwrap();
                response.extend(octets);
                response.extend(self.line());
            }
            all.push(response);
        }
    }

    fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).unwrap();
        assert!(!line.is_empty(), "the IMAP server closed the connection");
        line
    }
}

/// The size of a literal that is announced at the end.
fn literal(response: &[u8]) -> Option<usize> {
    let text = response.strip_suffix(b"}\r\n")?;
    let open = memchr::memrchr(b'{', text)?;
    std::str::from_utf8(&text[open + 1..]).ok()?.parse().ok()
}

fn stored(response: &[u8]) -> Option<Stored> {
    let start = memchr::memmem::find(response, b"BODY[] {")?;
    let head = String::from_utf8_lossy(&response[..start]).into_owned();
    let size_end = start + memchr::memmem::find(&response[start..], b"}\r\n")?;
    let size: usize = std::str::from_utf8(&response[start + 8..size_end]).ok()?.parse().ok()?;
    let uid = head.split_once("UID ")?.1.split([' ', ')']).next()?.parse().ok()?;
    let flags = head.split_once("FLAGS (")?.1.split(')').next()?;
    let mut flags: Vec<String> = flags.split_ascii_whitespace().map(str::to_owned).collect();
    flags.retain(|flag| flag != "\\Recent");
    flags.sort();
    Some(Stored {
        uid,
        flags,
        octets: response[size_end + 3..size_end + 3 + size].to_vec(),
    })
}
