//! Reading a dialogue file.

use std::path::PathBuf;

/// One dialogue.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) require_auth: bool,
    pub(crate) starttls: bool,
    /// Only a socket can play it.
    pub(crate) tcp_only: bool,
    pub(crate) lines: Vec<Line>,
}

/// One line of it, with its number for complaints.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) said: Said,
}

#[derive(Debug)]
pub(crate) enum Said {
    /// The client sends these octets.
    Client(Vec<u8>),
    /// The client gets a line like this.
    ToClient(String),
    /// The client gets one or more lines that begin so.
    ToClientSome(String),
    /// The upstream gets this line.
    ToUpstream(String),
    /// The upstream sends this line.
    Upstream(String),
    /// The client's connection is closed.
    Closed,
    /// The client closes its connection without waiting.
    ClientGoes,
}

impl Script {
    pub(crate) fn read(path: &PathBuf) -> Script {
        let text = std::fs::read_to_string(path).expect("a dialogue");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut script = Script {
            name: name.clone(),
            require_auth: false,
            starttls: false,
            tcp_only: false,
            lines: Vec::new(),
        };
        for (at, line) in text.lines().enumerate() {
            let number = at + 1;
            let (who, words) = line.split_at_checked(2).unwrap_or((line, ""));
            let words = words.strip_prefix(' ').unwrap_or(words);
            let said = match who {
                "C:" => Said::Client([unescaped(words), b"\r\n".to_vec()].concat()),
                "C~" => Said::Client(unescaped(words)),
                "S:" => Said::ToClient(words.to_owned()),
                "S+" => Said::ToClientSome(words.to_owned()),
                ">:" => Said::ToUpstream(words.to_owned()),
                "<:" => Said::Upstream(words.to_owned()),
                "X" => Said::Closed,
                "G" => Said::ClientGoes,
                "! " => {
                    match words {
                        "auth" => script.require_auth = true,
                        "starttls" => script.starttls = true,
                        "tcp" => script.tcp_only = true,
                        other => panic!("{name}:{number}: no setting {other:?}"),
                    }
                    continue;
                }
                _ if line.is_empty() || line.starts_with('#') => continue,
                _ => panic!("{name}:{number}: nobody speaks in {line:?}"),
            };
            script.lines.push(Line { number, said });
        }
        script
    }
}

/// Whether a line that came is the one expected.
pub(crate) fn fits(expected: &str, line: &str) -> bool {
    match expected.strip_suffix('*') {
        Some(start) => line.starts_with(start),
        None => line == expected,
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            octets.extend(c.to_string().into_bytes());
            continue;
        }
        octets.push(match chars.next() {
            Some('r') => b'\r',
            Some('n') => b'\n',
            Some('0') => 0,
            Some('\\') => b'\\',
            other => panic!("no escape \\{other:?}"),
        });
    }
    octets
}
