//! What a literal holds never becomes a command, whatever is announced and whoever refuses it.

use super::*;

const CONTENT: &str = "a9 DELETE INBOX\r\n";

/// A server that takes lines for commands and literals for literals, as RFC 9051 and RFC 7888 say.
#[derive(Default)]
struct Server {
    input: Vec<u8>,
    literal: u64,
    inside: bool,
    commands: Vec<String>,
    refuses: bool,
}

impl Server {
    fn hears(&mut self, octets: &[u8]) -> String {
        self.input.extend_from_slice(octets);
        let mut answer = String::new();
        loop {
            if self.literal > 0 {
                let taken = self.literal.min(self.input.len() as u64);
                self.input.drain(..taken as usize);
                self.literal -= taken;
                if self.literal > 0 {
                    return answer;
                }
            }
            let Some(end) = self.input.iter().position(|&octet| octet == b'\n') else {
                return answer;
            };
            let line: Vec<u8> = self.input.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let tag = line.split(' ').next().unwrap_or_default().to_owned();
            if !std::mem::take(&mut self.inside) {
                self.commands.push(tag.clone());
            }
            let announced = line
                .strip_suffix('}')
                .and_then(|line| line.rsplit_once('{'))
                .map(|(_, number)| number);
            match announced.map(|number| (number.trim_end_matches('+').parse::<u64>(), number.ends_with('+'))) {
                Some((Ok(size), true)) => (self.literal, self.inside) = (size, true),
                Some((Ok(size), false)) if !self.refuses => {
                    answer += "+ go on\r\n";
                    (self.literal, self.inside) = (size, true);
                }
                Some(_) => answer += &format!("{tag} NO not so\r\n"),
                None => answer += &format!("{tag} OK\r\n"),
            }
        }
    }
}

fn try_out(announcement: &str, refuses: bool, waits: bool, piece: usize) -> Vec<String> {
    let mut talk = Talk::logged_in();
    talk.server("* CAPABILITY LITERAL+ BINARY\r\n");
    let mut server = Server {
        refuses,
        ..Server::default()
    };
    let hear = |talk: &mut Talk, server: &mut Server| {
        for _ in 0..5 {
            let heard = std::mem::take(&mut talk.to_server);
            let answer = server.hears(&heard);
            talk.server(answer);
        }
    };
    let first = format!("a1 APPEND Drafts {announcement}\r\n");
    let rest = format!("{CONTENT}\r\n");
    let said = if waits {
        talk.client(&first);
        hear(&mut talk, &mut server);
        let asked = String::from_utf8_lossy(&talk.to_client).contains("+ go on") || announcement.contains("+}");
        if asked { rest } else { String::new() }
    } else {
        first + &rest
    };
    for part in said.as_bytes().chunks(piece) {
        talk.client(part);
        if waits {
            hear(&mut talk, &mut server);
        }
    }
    hear(&mut talk, &mut server);
    server.commands
}

#[test]
fn a_literals_content_is_never_a_command() {
    let length = CONTENT.len() as u64;
    let sizes = [
        (length - 1).to_string(),
        length.to_string(),
        (length + 1).to_string(),
        "0".to_owned(),
        "4294967296".to_owned(),
        "18446744073709551616".to_owned(),
    ];
    for size in &sizes {
        for form in ["{_}", "{_+}", "~{_}", "~{_+}"] {
            for (refuses, waits) in [(false, true), (true, true), (false, false), (true, false)] {
                for piece in [1, 7, usize::MAX] {
                    let announcement = form.replace('_', size);
                    let commands = try_out(&announcement, refuses, waits, piece);
                    assert!(
                        !commands.iter().any(|tag| tag == "a9"),
                        "{announcement}, refuses {refuses}, waits {waits}: {commands:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_server_that_takes_no_unasked_literal_is_not_given_one() {
    let mut talk = Talk::new();
    talk.server("* OK [CAPABILITY IMAP4rev1] hi\r\n");
    talk.client(format!("a1 LOGIN {{{}+}}\r\n{CONTENT}", CONTENT.len()));
    assert!(talk.closed.is_some());
    talk.server_got("");
}

#[test]
fn the_literal_of_a_refused_command_is_still_a_literal() {
    let mut talk = Talk::logged_in();
    talk.client("a1 APPEND Drafts {17+}\r\na9 D");
    talk.server("a1 NO over quota\r\n");
    talk.client("ELETE INBOX\r\n {15+}\r\na8 SELECT INBOX\r\na2 SELECT x\r\n");
    talk.server("a2 OK\r\n");
    assert_eq!(talk.events.len(), 1);
    assert!(matches!(&talk.events[0], Event::Selected { mailbox, .. } if mailbox == b"x"));
}

#[test]
fn content_that_nobody_asked_for_does_not_reach_a_server_that_refuses_it() {
    let mut talk = Talk::logged_in();
    talk.client(format!("a1 APPEND Drafts {{17}}\r\n{CONTENT}\r\n"));
    talk.server_got("a1 APPEND Drafts {17}\r\n");
    talk.server("a1 NO [OVERQUOTA] full\r\n");
    talk.client_got("a1 NO [OVERQUOTA] full\r\n");
    talk.server_got("");
    assert!(talk.closed.is_some());
}
