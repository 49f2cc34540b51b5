//! Many who mean ill, at once: they use up little, and a good session goes on.

use super::raw::Raw;
use super::{before_capacity, memory, port};
use crate::support::imap::{Imap, Variant};
use crate::support::provider::PASSWORD;
use crate::support::wait::eventually;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Connections at one time.
const HOSTILE: usize = 200;
/// Threads that drive them.
const THREADS: usize = 4;
/// What each says at one time.
const DRIP: usize = 4 * 1024;
/// Drips of every connection before the end: more than any limit of one connection.
const ROUNDS: usize = 200;

/// What it says, over and over, after a beginning.
#[derive(Clone)]
struct Attack {
    port: u16,
    begin: Vec<u8>,
    again: Vec<u8>,
}

fn attacks(plain: u16, implicit: u16, starttls: u16) -> Vec<Attack> {
    let attack = |port, begin: &[u8], again: &[u8]| Attack {
        port,
        begin: begin.to_vec(),
        again: again.repeat(DRIP.div_ceil(again.len().max(1))),
    };
    // A record that announces more of a handshake than comes.
    let hello = b"\x16\x03\x01\x40\x00\x01\x00\xff\xff\x03\x03";
    vec![
        attack(plain, b"a LOGIN ", b"x"),
        attack(
            plain,
            b"",
            b"a ID {40+}\r\n1234567890123456789012345678901234567890\r\n",
        ),
        attack(plain, b"a LIST \"\" ", b"("),
        attack(plain, b"", b"a SELECT {4000+}\r\n"),
        attack(plain, b"", b"a NOOP\r\n"),
        attack(plain, b"a APPEND Drafts {100000000+}\r\n", b"mail"),
        attack(
            plain,
            b"",
            b"a LOGIN u \"a long password of somebody who is not there\"\r\n",
        ),
        attack(plain, b"a AUTHENTICATE PLAIN\r\n", b"QUJDREVGR0g="),
        attack(plain, b"a LOGIN {100000000}\r\n", b"x"),
        attack(implicit, hello, b"\x00"),
        attack(implicit, b"", b"a NOOP\r\n"),
        attack(implicit, b"\x16\x03\x01", b""),
        attack(starttls, b"a STARTTLS\r\n", b"\x16\x03\x01\x02\x00\x01"),
        attack(starttls, b"a STARTTLS\r\na NOOP\r\n", b"a NOOP\r\n"),
    ]
    .into_iter()
    .map(|attack| Attack {
        again: attack.again.into_iter().take(DRIP).collect(),
        ..attack
    })
    .collect()
}

/// One connection; it never reads more than it must to see that it was closed, and comes again.
struct Hostile {
    attack: Attack,
    stream: Option<TcpStream>,
    patience: usize,
}

impl Hostile {
    fn drip(&mut self) {
        let Some(stream) = &mut self.stream else {
            // One that can't be had now is tried again in the next round.
            self.stream = TcpStream::connect(("127.0.0.1", self.attack.port)).ok();
            if let Some(stream) = &mut self.stream {
                stream.set_nonblocking(true).unwrap();
                let _ = stream.write(&self.attack.begin);
            }
            return;
        };
        let written = stream.write(&self.attack.again);
        self.patience += 1;
        let mut some = [0; 64];
        let closed = self.patience.is_multiple_of(8) && matches!(stream.read(&mut some), Ok(0));
        let broken = written.is_err_and(|error| error.kind() != ErrorKind::WouldBlock);
        if closed || broken {
            self.stream = None;
        }
    }
}

#[test]
fn two_hundred_who_mean_ill_use_up_little_and_hinder_nobody() {
    let imap = Imap::start(&Variant {
        settings: "service imap-login {\n service_count = 0\n client_limit = 4000\n process_limit = 2\n}\n",
        ..Variant::default()
    });
    let ca = format!(", ca = \"{}\"", imap.ca.display());
    let house = before_capacity(
        imap.implicit,
        "implicit",
        &ca,
        "connections = 1000\nconnections_per_address = 1000",
    );
    let youward = house.start();
    let [plain, implicit, starttls] = ["none", "implicit", "starttls"].map(|tls| port(&youward, tls));
    let mut good = Raw::connect_tls(implicit, &youward.loopback_certificate());
    good.say(format!("a LOGIN rep@corp.example {PASSWORD}\r\n"));
    good.until("a OK");
    good.say("a SELECT INBOX\r\n");
    good.until("a OK");
    let pid = youward.pid();
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    let (before, _) = memory(pid);

    let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let attacks = attacks(plain, implicit, starttls);
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let mine = attacks
                .iter()
                .cycle()
                .skip(thread)
                .step_by(THREADS + 1)
                .take(HOSTILE / THREADS);
            let mut mine: Vec<Hostile> = mine
                .map(|attack| Hostile {
                    attack: attack.clone(),
                    stream: None,
                    patience: 0,
                })
                .collect();
            let (stop, rounds) = (stop.clone(), rounds.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    mine.iter_mut().for_each(Hostile::drip);
                    rounds.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
            })
        })
        .collect();
    let mut commands = 0;
    eventually("the attacks to be over", || {
        let mail = format!("Subject: {commands}\r\n\r\nx\r\n");
        good.say(format!("b APPEND INBOX {{{}+}}\r\n{mail}\r\n", mail.len()));
        good.until("b OK");
        good.say("c NOOP\r\n");
        good.until("c OK");
        commands += 1;
        (rounds.load(Ordering::Relaxed) >= ROUNDS * THREADS).then_some(())
    });
    stop.store(true, Ordering::Relaxed);
    let (_, most) = memory(pid);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    good.say("d SEARCH ALL\r\n");
    let found = good.until("d OK");
    let found = found.iter().find_map(|line| line.strip_prefix("* SEARCH "));
    assert_eq!(found.map(|numbers| numbers.split(' ').count()), Some(commands));
    println!("{commands} commands; VmHWM grew by {} KiB", most.saturating_sub(before));
    assert!(most < before + 64 * 1024, "{before} KiB before, {most} KiB at most");
    drop(good);
    youward.stop();
}
