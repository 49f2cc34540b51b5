//! The rep's password at rest: after the session it is in no file, in no log line, and nowhere in the memory.

use super::scene::{HELD_BOX, Scene, setup};
use crate::support::letters;
use crate::support::provider::{PASSWORD, provider};
use crate::support::wait::{DEADLINE, eventually, within};
use crate::support::youward::{House, ProxyCommand, Setup};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::process::Command;

#[test]
fn the_password_is_in_no_file_no_log_and_no_memory_at_rest() {
    leaves_no_trace("secrets", setup(""));
}

#[test]
fn nor_is_it_where_all_goes_under_tls() {
    let provider = provider();
    let ca = &provider.ca;
    let tls = Setup::tls(provider.implicit, "implicit", ca);
    let imap = format!(
        "{{ host = \"localhost\", port = {}, tls = \"implicit\", ca = \"{}\" }}",
        provider.imaps,
        ca.display()
    );
    leaves_no_trace(
        "secrets-tls",
        Setup {
            smtp: tls.smtp,
            imap: Some(imap),
            ..setup("")
        },
    );
}

fn leaves_no_trace(name: &str, setup: Setup) {
    let mut loud = ProxyCommand::youward();
    loud.words.push("-vvv".into());
    let scene = Scene::of(name, House::with(&setup, loud), provider().imap);
    let letter = letters::selfish();
    let id = scene.hold(&letter);
    scene.wait_for(HELD_BOX, 1);
    scene.wait_idle();
    let canaries = canaries(&scene.account);
    let found_in = |octets: &[u8]| -> Vec<&'static str> {
        let found = canaries
            .iter()
            .filter(|(_, canary)| memchr::memmem::find(octets, canary).is_some());
        found.map(|(name, _)| *name).collect()
    };
    let known = |octets: &[u8]| -> Vec<&'static str> {
        let known = memchr::memmem::find(octets, scene.account.as_bytes());
        known.map(|_| "the account's name").into_iter().collect()
    };
    assert!(
        !dump(scene.youward().pid(), &known).is_empty(),
        "what is there is found"
    );
    // A session ends a moment after its last reply.
    let mut memory = Vec::new();
    within(DEADLINE / 6, || {
        memory = dump(scene.youward().pid(), &found_in);
        memory.is_empty().then_some(())
    });
    assert_eq!(memory, [] as [String; 0], "in the memory of the running program");
    // It is still there, sealed: with it the mail can go.
    scene.command(&["release", &id, "--reason", "as agreed"]);
    scene.arrived(&letter);
    let log = scene.youward().log();
    assert!(log.contains("INFO youward::proxy"), "the log is at its loudest:\n{log}");
    assert_eq!(found_in(log.as_bytes()), [] as [&str; 0], "in the log");
    let mut files = Vec::new();
    all_files(&scene.house().data(), &mut files);
    assert!(files.len() >= 2, "the store is looked at");
    for file in files {
        let octets = std::fs::read(&file).unwrap_or_default();
        assert_eq!(found_in(&octets), [] as [&str; 0], "in {}", file.display());
    }
}

#[test]
fn its_memory_can_not_be_dumped_nor_read_by_its_own_user() {
    let nobody = |program: &str, arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", program])
            .args(arguments);
        command
    };
    // Another program of that user is open to it.
    let other = crate::support::process::Process::start(nobody("sleep", &["60"]), b"");
    eventually("the other program", || (owner(other.pid()) == 65534).then_some(()));
    let house = House::with(
        &setup(""),
        ProxyCommand {
            words: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
                .map(Into::into)
                .into_iter()
                .chain(ProxyCommand::youward().words)
                .collect(),
            environment: Vec::new(),
        },
    );
    house.give_to(65534);
    let youward = house.start();
    assert_eq!(
        owner(youward.pid()),
        0,
        "/proc shows root as the owner of what may not be looked into"
    );
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", youward.pid())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let values: Vec<&str> = core.split_ascii_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}

/// Who may look into a process.
fn owner(pid: u32) -> u32 {
    std::fs::metadata(format!("/proc/{pid}/mem")).map_or(u32::MAX, |found| found.uid())
}

/// The forms in which the password goes through the program.
fn canaries(account: &str) -> Vec<(&'static str, Vec<u8>)> {
    let plain = STANDARD_NO_PAD.encode(format!("\0{account}\0{PASSWORD}"));
    // Its second half is the password's, whatever stands before it in the buffer.
    let tail = plain[plain.len() - 16..].to_owned();
    vec![
        ("the password", PASSWORD.into()),
        ("AUTH PLAIN", plain.into_bytes()),
        ("the end of AUTH PLAIN", tail.into_bytes()),
        ("the password in base 64", STANDARD_NO_PAD.encode(PASSWORD).into_bytes()),
    ]
}

/// Reads a process's memory as root can, and names the places in which something is found.
fn dump(pid: u32, found_in: &impl Fn(&[u8]) -> Vec<&'static str>) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut places = Vec::new();
    let mut octets = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (range, what) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let (start, end) = (hex(start), hex(end));
        let mut content = vec![0; usize::try_from(end - start).unwrap()];
        if memory.read_exact_at(&mut content, start).is_ok() {
            octets += content.len();
            for found in found_in(&content) {
                places.push(format!("{found} in {range} {}", what.trim_start()));
            }
        }
    }
    assert!(octets > 100_000, "the memory is looked at: {octets} octets");
    places
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap()
}

fn all_files(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, into);
        } else {
            into.push(path);
        }
    }
}
