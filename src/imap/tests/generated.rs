//! Properties over conversations that are made up: sound ones, and garbage.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Turn {
    Client(Vec<u8>),
    Server(Vec<u8>),
}

use Turn::{Client, Server};

fn c(words: impl AsRef<[u8]>) -> Turn {
    Client(words.as_ref().to_vec())
}

fn s(words: impl AsRef<[u8]>) -> Turn {
    Server(words.as_ref().to_vec())
}

/// A stretch of a sound conversation after the greeting; `$` is a tag of its own.
fn exchange(kinds: std::ops::Range<u8>) -> impl Strategy<Value = Vec<Turn>> {
    let content = prop_oneof![
        vec(any::<u8>(), 0..80),
        Just(b"a9 DELETE INBOX\r\n{5}\r\n".to_vec()),
        Just(b"x\r\n+ go\r\n* CAPABILITY COMPRESS=DEFLATE\r\n".to_vec()),
    ];
    (kinds, content).prop_map(|(kind, content)| {
        let n = content.len();
        let lit = |head: &str, mark: &str, tail: &str| {
            [format!("{head}{{{n}{mark}}}\r\n").as_bytes(), &content, tail.as_bytes()].concat()
        };
        match kind {
            1 => vec![
                c("$ LOGIN rep \"p {3}\"\r\n"),
                s("$ OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE LITERAL+] in\r\n"),
            ],
            0 => vec![
                c("$ AUTHENTICATE PLAIN\r\n"),
                s("+ \r\n"),
                c("AHJlcABw\r\n"),
                s("$ NO wrong\r\n"),
            ],
            2 => vec![c("$ AUTHENTICATE PLAIN AHJlcABw\r\n"), s("$ OK in\r\n")],
            3 => vec![
                c("$ SELECT \"a b\"\r\n"),
                s("* 3 EXISTS\r\n* OK [UIDVALIDITY 1] {3}\r\n$ OK [READ-WRITE] in\r\n"),
            ],
            4 => vec![
                c(format!("$ APPEND Drafts (\\Seen) {{{n}}}\r\n")),
                s("+ go\r\n"),
                c([&content, b"\r\n".as_slice()].concat()),
                s("$ OK [APPENDUID 1 2] done\r\n"),
            ],
            5 => vec![c(format!("$ APPEND Drafts {{{n}}}\r\n")), s("$ NO full\r\n")],
            6 => vec![c(lit("$ APPEND INBOX ", "+", "\r\n")), s("* 1 EXISTS\r\n$ OK\r\n")],
            7 => vec![
                c("$ IDLE\r\n"),
                s("+ idling\r\n* 4 EXISTS\r\n"),
                c("DONE\r\n"),
                s("$ OK\r\n"),
            ],
            8 => vec![
                c("$ FETCH 1 BODY[]\r\n"),
                s(lit("* 1 FETCH (FLAGS () BODY[] ", "", " UID 7)\r\n")),
                s("$ OK\r\n"),
            ],
            9 => vec![
                c("$ LIST \"\" *\r\n"),
                s("* LIST (\\Drafts) \"/\" {6}\r\nDrafts\r\n* LIST () NIL x\r\n$ OK\r\n"),
            ],
            10 => vec![
                c("$ CAPABILITY\r\n"),
                s("* CAPABILITY IMAP4rev1 STARTTLS COMPRESS=DEFLATE IDLE\r\n$ OK\r\n"),
            ],
            11 => vec![c("$ NOOP\r\n"), s("$ BAD what\r\n")],
            12 => vec![c("$ COMPRESS DEFLATE\r\n")],
            13 => vec![s(lit("* 2 FETCH (X \"a \\\" b\" BINARY[] ~", "", ")\r\n"))],
            14 => vec![c("$ CLOSE\r\n"), s("$ OK\r\n")],
            _ => vec![
                c("$ X-UNKNOWN (a \"b\" {0+}\r\n)\r\n"),
                s("* X-DATA (\"{3}\")\r\n$ OK\r\n"),
            ],
        }
    })
}

fn conversation() -> impl Strategy<Value = Vec<Turn>> {
    let login = (vec(exchange(0..1), 0..3), exchange(1..3));
    (login, vec(exchange(3..16), 1..12)).prop_map(|((mut exchanges, login), more)| {
        exchanges.push(login);
        exchanges.extend(more);
        let mut turns = vec![s("* OK [CAPABILITY IMAP4rev1 AUTH=X-PLUS LITERAL+] hi\r\n")];
        for (at, exchange) in exchanges.into_iter().enumerate() {
            for turn in exchange {
                let tagged = |octets: Vec<u8>| match octets.strip_prefix(b"$") {
                    Some(rest) => [format!("t{at}").as_bytes(), rest].concat(),
                    // Only a response's last line has the tag besides.
                    None => match memchr::memmem::rfind(&octets, b"\r\n$ ") {
                        Some(place) => {
                            [&octets[..place + 2], format!("t{at}").as_bytes(), &octets[place + 3..]].concat()
                        }
                        None => octets,
                    },
                };
                turns.push(match turn {
                    Client(octets) => Client(tagged(octets)),
                    Server(octets) => Server(tagged(octets)),
                });
            }
        }
        turns
    })
}

fn play(turns: &[Turn], cuts: &[usize]) -> Talk {
    let mut talk = Talk::new();
    let mut cuts = cuts.iter().cycle();
    for turn in turns {
        let (Client(octets) | Server(octets)) = turn;
        let mut rest = octets.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at((*cuts.next().unwrap()).clamp(1, rest.len()));
            match turn {
                Client(_) => talk.client(now),
                Server(_) => talk.server(now),
            }
            rest = later;
        }
    }
    talk
}

fn whole(turns: &[Turn], of: fn(&Turn) -> Option<&Vec<u8>>) -> Vec<u8> {
    turns.iter().filter_map(of).flatten().copied().collect()
}

fn of_client(turn: &Turn) -> Option<&Vec<u8>> {
    if let Client(octets) = turn { Some(octets) } else { None }
}

fn of_server(turn: &Turn) -> Option<&Vec<u8>> {
    if let Server(octets) = turn { Some(octets) } else { None }
}

/// Without spaces, the capabilities that may be taken out, and the lines that we answer: what is left must be the same.
fn bare(octets: &[u8]) -> Vec<u8> {
    let mut left = Vec::new();
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        let upper = line.to_ascii_uppercase();
        let mut words = upper
            .split(|octet| b" \r\n".contains(octet))
            .filter(|word| !word.is_empty());
        if matches!(words.nth(1), Some(b"STARTTLS" | b"COMPRESS")) {
            continue;
        }
        for word in line.split_inclusive(|octet| b" ]\r\n".contains(octet)) {
            let end = word
                .iter()
                .rposition(|octet| !b" ]\r\n".contains(octet))
                .map_or(0, |at| at + 1);
            let (name, delimiter) = word.split_at(end);
            let name_upper = name.to_ascii_uppercase();
            let goes = name_upper.starts_with(b"COMPRESS=")
                || name_upper == b"STARTTLS"
                || (name_upper.starts_with(b"AUTH=") && name_upper.ends_with(b"-PLUS"));
            if !goes {
                left.extend_from_slice(name);
            }
            left.extend(delimiter.iter().filter(|&&octet| octet != b' '));
        }
    }
    left
}

fn garbage() -> impl Strategy<Value = Vec<Turn>> {
    const WORDS: [&str; 34] = [
        "a",
        "b",
        "*",
        "+",
        " ",
        "\r\n",
        "\n",
        "{3}",
        "{3+}",
        "{0}",
        "\"",
        "\\",
        "(",
        ")",
        "~{2}",
        "OK",
        "NO",
        "BAD",
        "LOGIN",
        "AUTHENTICATE PLAIN",
        "APPEND Drafts",
        "SELECT x",
        "IDLE",
        "DONE",
        "STARTTLS",
        "COMPRESS DEFLATE",
        "CAPABILITY",
        "[CAPABILITY",
        "COMPRESS=DEFLATE",
        "]",
        "LIST (\\Drafts) NIL",
        "AUTH=X-PLUS",
        "* OK",
        "\r\na OK x\r\n",
    ];
    let word = prop_oneof![
        8 => (0..WORDS.len()).prop_map(|at| format!("{} ", WORDS[at]).into_bytes()),
        8 => (0..WORDS.len()).prop_map(|at| WORDS[at].as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..6),
    ];
    let turn = (any::<bool>(), vec(word, 1..8)).prop_map(|(client, words)| {
        let octets = words.concat();
        if client { Client(octets) } else { Server(octets) }
    });
    vec(turn, 1..30)
}

/// What somebody says who wants to use us up, before login; the server may take its time.
fn hostile() -> impl Strategy<Value = Vec<Turn>> {
    let much = || prop_oneof![Just(10_usize), Just(15_000), Just(40_000), Just(70_000)];
    let verb = prop_oneof![
        Just("LOGIN u "),
        Just("SELECT "),
        Just("APPEND Drafts "),
        Just("ID "),
        Just("LIST \"\" "),
        Just("AUTHENTICATE PLAIN "),
        Just("COMPRESS "),
        Just("IDLE "),
    ];
    let turn = prop_oneof![
        8 => (verb.clone(), much()).prop_map(|(verb, much)| c(format!("a {verb}{}\r\n", "x".repeat(much)))),
        4 => (verb.clone(), much()).prop_map(|(verb, much)| c(format!("a {verb}{{{much}+}}\r\n{}", "x".repeat(much)))),
        4 => verb.prop_map(|verb| c(format!("b {verb}\r\n").repeat(100))),
        2 => much().prop_map(|much| c("(".repeat(much))),
        2 => Just(c("\r\n")),
        2 => Just(s("+ \r\n")),
        2 => Just(s("a OK\r\n")),
        2 => Just(s("b NO\r\n")),
        1 => much().prop_map(|much| s(format!("* LIST () NIL {}", "x".repeat(much)))),
    ];
    vec(turn, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn before_login_little_is_kept_whatever_is_said(turns in hostile(), cuts in vec(1_usize..20_000, 1..20)) {
        let mut talk = Talk::new();
        talk.server("* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
        let mut cuts = cuts.iter().cycle();
        for turn in &turns {
            let (Client(octets) | Server(octets)) = turn;
            for piece in octets.chunks(*cuts.next().unwrap()) {
                // As from a socket: what was not taken is not read beyond.
                match turn {
                    Client(_) if talk.tap.client_waits() => {}
                    Client(_) => talk.client(piece),
                    Server(_) => talk.server(piece),
                }
                if talk.tap.is_authenticated() {
                    return Ok(());
                }
                prop_assert!(talk.tap.kept() <= 320 * 1024, "{} octets", talk.tap.kept());
            }
        }
    }

    #[test]
    fn depth_is_counted_the_same_in_any_splitting(
        pieces in vec(prop_oneof![4 => Just("((("), 2 => Just("("), 2 => Just(")"), 1 => Just("x \"()\" "), 1 => Just("{2+}\r\n((")], 1..90),
        cuts in vec(1_usize..40, 1..20),
    ) {
        let text = format!("a ID ({}\r\n", pieces.join(" "));
        let (mut open, mut deepest) = (1_usize, 1);
        for piece in &pieces {
            let (adds, takes) = match *piece { "(((" => (3, 0), "(" => (1, 0), ")" => (0, 1), _ => (0, 0) };
            open = (open + adds).saturating_sub(takes);
            deepest = deepest.max(open);
        }
        let turns = [s("* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n"), c(&text)];
        for cuts in [&cuts[..], &[usize::MAX]] {
            let talk = play(&turns, cuts);
            prop_assert_eq!(talk.closed.is_some(), deepest > 100, "{} deep: {:?}", deepest, talk.closed);
            if talk.closed.is_none() {
                prop_assert_eq!(String::from_utf8_lossy(&talk.to_server), text.as_str());
            }
        }
    }
}

proptest! {
    #[test]
    fn any_splitting_gives_the_same_octets_and_events(turns in conversation(), cuts in vec(1_usize..40, 1..20)) {
        let whole_talk = play(&turns, &[usize::MAX]);
        let split = play(&turns, &cuts);
        prop_assert!(!whole_talk.is_blind() && whole_talk.closed.is_none());
        prop_assert_eq!(&whole_talk.to_server, &split.to_server);
        prop_assert_eq!(&whole_talk.to_client, &split.to_client);
        prop_assert_eq!(&whole_talk.events, &split.events);
        let given = whole(&turns, of_client);
        prop_assert_eq!(bare(&given), bare(&whole_talk.to_server));
        prop_assert!(whole_talk.tap.is_quiet());
    }

    #[test]
    fn octets_out_are_octets_in_whatever_is_said(turns in garbage(), cuts in vec(1_usize..40, 1..20)) {
        let talk = play(&turns, &cuts);
        let (from_client, from_server) = (whole(&turns, of_client), whole(&turns, of_server));
        prop_assert!(bare(&from_client).starts_with(&bare(&talk.to_server)), "{turns:?}");
        // What we answer ourselves stands between whole responses.
        let to_client = String::from_utf8_lossy(&talk.to_client).into_owned();
        let answers = [" OK Begin TLS negotiation now\r\n", " BAD STARTTLS is not on offer\r\n", " NO Compression is not on offer\r\n"];
        if !answers.iter().any(|answer| to_client.contains(answer)) {
            prop_assert!(bare(&from_server).starts_with(&bare(&talk.to_client)), "{turns:?}");
        }
        if talk.is_blind() && talk.closed.is_none() {
            prop_assert_eq!(bare(&from_client).len(), bare(&talk.to_server).len());
        }
    }
}
