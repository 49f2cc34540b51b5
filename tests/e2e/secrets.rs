//! Credentials and bodies leave no trace: not in the log, not on disk, not where other processes can look.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::youward::{House, ProxyCommand, RETURNING, Setup, Standard};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::path::Path;

const PASSWORD: &str = "canary-Zx81-Kq7w";
const TOKEN: &str = "ya29.canary-token-Pw93kd";

#[test]
fn credentials_and_bodies_leave_no_trace() {
    let upstream = FakeUpstream::start(Script::new());
    let mut loud = ProxyCommand::youward();
    loud.words.push("-vvv".into());
    let setup = Setup {
        require_auth: true,
        ..Setup::clear(upstream.port)
    };
    let youward = House::with(&setup.standard(Standard { ..RETURNING }), loud).start();
    let port = youward.clear_port();
    let xoauth2 = STANDARD.encode(format!("user={REP}\x01auth=Bearer {TOKEN}\x01\x01"));
    let body = "canary-body-8861 in a mail that passes";
    for way in ["plain", "plain by challenge", "login", "xoauth2", "wrong", "cut off"] {
        let mut client = Client::ready(port);
        match way {
            "plain" => assert_eq!(client.login(REP, PASSWORD).code, 235),
            "plain by challenge" => {
                client.command("AUTH PLAIN", 334);
                client.command(&STANDARD.encode(format!("\0{REP}\0{PASSWORD}")), 235);
            }
            "login" => {
                client.command("AUTH LOGIN", 334);
                client.command(&STANDARD.encode(REP), 334);
                client.command(&STANDARD.encode(PASSWORD), 235);
            }
            "xoauth2" => drop(client.command(&format!("AUTH XOAUTH2 {xoauth2}"), 235)),
            "wrong" => assert_eq!(client.login(REP, &format!("wrong{PASSWORD}")).code, 535),
            _ => {
                client.send(format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{REP}\0{PASSWORD}"))).as_bytes());
                client.half_close();
                client.rest();
                continue;
            }
        }
        if way == "wrong" {
            continue;
        }
        client.envelope(REP, &[PROSPECT]);
        let letter = letters::kind_with(format!("{body}\r\n").as_bytes());
        assert_eq!(client.data(&letter.octets).code, 250);
        client.command("QUIT", 221);
    }
    assert_eq!(upstream.accepted().len(), 4);
    let environment = std::fs::read(format!("/proc/{}/environ", youward.pid())).unwrap();
    let arguments = std::fs::read(format!("/proc/{}/cmdline", youward.pid())).unwrap();
    let log = youward.log();
    assert!(log.contains("ready"), "there is a log");
    let house = youward.stop();
    let mut places = vec![
        ("the log".to_owned(), log.into_bytes()),
        ("environ".to_owned(), environment),
        ("cmdline".to_owned(), arguments),
    ];
    files(&house.data(), &mut places);
    assert!(places.len() > 4, "the store is looked at");
    for (place, octets) in &places {
        for (name, canary) in canaries() {
            assert!(memchr::memmem::find(octets, &canary).is_none(), "{name} is in {place}");
        }
        assert!(
            memchr::memmem::find(octets, body.as_bytes()).is_none(),
            "a passing mail's body is in {place}"
        );
    }
}

/// The secrets in every form in which they might be left behind.
fn canaries() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for secret in [PASSWORD, TOKEN] {
        let plain = format!("\0{REP}\0{secret}");
        let percent: String = secret.bytes().map(|octet| format!("%{octet:02X}")).collect();
        let hex: String = secret.bytes().map(|octet| format!("{octet:02x}")).collect();
        let decimal: Vec<String> = secret.bytes().map(|octet| octet.to_string()).collect();
        all.extend([
            (format!("{secret} itself"), secret.to_owned()),
            (format!("{secret} in base 64"), STANDARD_NO_PAD.encode(secret)),
            (format!("{secret} in URL-safe base 64"), URL_SAFE_NO_PAD.encode(secret)),
            (format!("{secret} as AUTH PLAIN"), STANDARD_NO_PAD.encode(plain)),
            (format!("{secret} in percent code"), percent),
            (format!("{secret} in hex"), hex.clone()),
            (format!("{secret} in upper-case hex"), hex.to_uppercase()),
            (format!("{secret} as a list of octets"), decimal.join(", ")),
        ]);
    }
    all.push((
        "the XOAUTH2 response".into(),
        STANDARD_NO_PAD.encode(format!("user={REP}\x01auth=Bearer {TOKEN}\x01\x01")),
    ));
    all.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}

fn files(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if let Ok(octets) = std::fs::read(&path) {
            into.push((path.display().to_string(), octets));
        }
    }
}
