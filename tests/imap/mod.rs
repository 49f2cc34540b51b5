//! The IMAP proxy: golden dialogues, held in memory however they are split and over TCP; real clients against a real
//! server, direct and through the proxy; and what goes wrong.
//!
//! The dialogues are written as those of SMTP are ([`crate::dialogues`]). `! tcp` is for what only sockets can do.

mod clients;
mod collectors;
mod crowds;
mod dovecot;
mod failures;
mod golden;
mod hostile;
mod raw;

use crate::support::imap::Imap;
use crate::support::youward::{House, Setup, Youward};

/// A Youward before an IMAP server with TLS, with listeners of all kinds; `more` goes into the upstream's table.
fn before(port: u16, tls: &str, ca: &str, more: &str) -> House {
    House::new(&setup(port, tls, ca, more))
}

/// The same with these limits over all sessions.
fn before_capacity(port: u16, tls: &str, ca: &str, capacity: &str) -> House {
    House::new(&with_capacity(port, tls, ca, capacity))
}

fn with_capacity(port: u16, tls: &str, ca: &str, capacity: &str) -> Setup {
    let mut setup = setup(port, tls, ca, "");
    setup.more += &format!("[capacity]\n{capacity}\n");
    setup
}

fn setup(port: u16, tls: &str, ca: &str, more: &str) -> Setup {
    let mut text = format!(
        "[[upstream]]\nname = \"1\"\nsmtp = {{ host = \"127.0.0.1\", port = 9, tls = \"none\" }}\n\
         imap = {{ host = \"localhost\", port = {port}, tls = \"{tls}\"{ca} }}\n{more}\n"
    );
    for tls in ["none", "implicit", "starttls"] {
        text += &format!("[[upstream.listen_imap]]\naddress = \"127.0.0.1:0\"\ntls = \"{tls}\"\n");
    }
    Setup {
        more: text,
        ..Setup::clear(9)
    }
}

/// Resident memory of a process in KiB: now, and the most since last asked.
fn memory(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// The same before Dovecot.
fn before_dovecot(imap: &Imap) -> Youward {
    let ca = format!(", ca = \"{}\"", imap.ca.display());
    before(imap.implicit, "implicit", &ca, "").start()
}

/// The port of the listener with this TLS.
fn port(youward: &Youward, tls: &str) -> u16 {
    youward.port_of(1, &format!("imap {tls}"))
}
