//! The same client direct and through the proxy: the same bytes, apart from capabilities.

use super::{before_dovecot, port};
use crate::support::imap::{Imap, Variant};
use crate::support::programs::need;
use crate::support::provider::PASSWORD;
use std::path::Path;
use std::process::Command;

pub(super) const USER: &str = "rep@corp.example";

/// A session by Python's imaplib; every octet of the server is printed.
const IMAPLIB: &str = r#"
import imaplib, random, sys
random.seed(7)
port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
class Tap(imaplib.IMAP4):
    def read(self, size):
        data = super().read(size); sys.stdout.buffer.write(data); return data
    def readline(self):
        data = super().readline(); sys.stdout.buffer.write(data); return data
imap = Tap('127.0.0.1', port)
imap.authenticate('PLAIN', lambda _: f'\0{user}\0{password}'.encode())
imap.capability(); imap.namespace(); imap.list(); imap.lsub(); imap.list('""', '%')
imap.select('INBOX', readonly=True)
imap.search(None, 'SUBJECT', '"{3}"'); imap.uid('SEARCH', None, 'ALL'); imap.status('INBOX', '(MESSAGES UIDNEXT)')
imap.fetch('1:*', '(FLAGS ENVELOPE BODYSTRUCTURE)'); imap.fetch('1:*', '(UID BODY.PEEK[])')
imap.fetch('1:2', '(BODY.PEEK[HEADER.FIELDS (SUBJECT)] BINARY.PEEK[1])')
imap.sort('SUBJECT', 'UTF-8', 'ALL'); imap.thread('REFERENCES', 'UTF-8', 'ALL')
imap.noop(); imap.unselect(); imap.logout()
"#;

pub(super) fn filled(imap: &Imap, count: usize) {
    let mut client = imap.client(USER);
    for number in 0..count {
        let mut mail = format!(
            "From: a{number}@b.example\r\nSubject: {number} {{3}} \"quoted {{4}}\r\nMessage-ID: <{number}@b.example>\r\n\r\n"
        )
        .into_bytes();
        mail.extend(
            format!("a9 DELETE INBOX\r\n* BYE\r\nTAG1 OK {number}\r\n")
                .repeat(number % 7)
                .into_bytes(),
        );
        mail.extend(
            (1..=255_u8)
                .filter(|octet| !b"\r\n".contains(octet))
                .cycle()
                .take(number % 900),
        );
        mail.extend_from_slice(b"\r\n");
        client.append("INBOX", if number % 3 == 0 { "(\\Seen)" } else { "()" }, &mail);
    }
}

/// Without what may differ: times that commands took, and capabilities that we take out.
fn compared(output: &[u8]) -> String {
    let text = output.iter().map(|&octet| char::from(octet)).collect::<String>();
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(" (0.") {
        kept += before;
        rest = after.split_once("secs)").map_or(after, |(_, rest)| rest);
    }
    kept += rest;
    for name in [" STARTTLS", " COMPRESS=DEFLATE"] {
        kept = kept.replace(name, "");
    }
    kept
}

#[test]
fn imaplib_gets_the_same_bytes() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    filled(&imap, 40);
    let session = |port: u16| {
        let mut python = Command::new(need("python3"));
        python.args(["-c", IMAPLIB, &port.to_string(), USER, PASSWORD]);
        let output = python.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        compared(&output.stdout)
    };
    let (direct, through) = (session(imap.starttls), session(port(&youward, "none")));
    assert!(direct.len() > 20_000 && direct == through, "{direct}\n----\n{through}");
}

#[test]
fn curl_gets_the_same_bytes() {
    let imap = Imap::start(&Variant::default());
    let youward = before_dovecot(&imap);
    filled(&imap, 10);
    let session = |port: u16, ca: &Path| {
        let mut all = Vec::new();
        for (path, request) in [
            ("", None),
            ("INBOX;MAILINDEX=7", None),
            ("INBOX", Some("FETCH 1:* (UID FLAGS)")),
            ("INBOX", Some("SEARCH ALL")),
        ] {
            let mut curl = Command::new(need("curl"));
            curl.args(["-sS", "--cacert"])
                .arg(ca)
                .args(["--user", &format!("{USER}:{PASSWORD}")]);
            curl.arg(format!("imaps://localhost:{port}/{path}"));
            curl.args(request.map(|request| ["-X", request]).into_iter().flatten());
            let output = curl.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            all.extend(output.stdout);
        }
        all
    };
    let direct = session(imap.implicit, &imap.ca);
    let through = session(port(&youward, "implicit"), &youward.loopback_certificate());
    assert!(direct.len() > 500 && direct == through);
}
