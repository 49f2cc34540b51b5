//! More connections than there is room for.

use super::raw::Raw;
use super::{before_capacity, port, with_capacity};
use crate::support::fake_imap::{FakeImap, ImapScript};
use crate::support::programs::need;
use crate::support::script::ServerTls;
use crate::support::wait::eventually;
use crate::support::youward::{House, ProxyCommand};

const TOO_MANY: &str = "* BYE [UNAVAILABLE] Too many connections at once; try again in a minute";

/// A Youward with other limits of open files, before a provider without TLS.
fn limited(provider: &FakeImap, files: &str, capacity: &str) -> House {
    let mut command = ProxyCommand::youward();
    let limit = [need("prlimit").into(), format!("--nofile={files}").into()];
    command.words = limit.into_iter().chain(command.words).collect();
    House::with(&with_capacity(provider.port, "none", "", capacity), command)
}

#[test]
fn the_twenty_first_session_waits_until_one_has_ended() {
    let provider = FakeImap::start(ImapScript::new(ServerTls::None));
    let youward = before_capacity(provider.port, "none", "", "connections = 20").start();
    let certificate = youward.loopback_certificate();
    let open = || {
        let mut client = Raw::connect(port(&youward, "none"));
        let hello = client.line();
        (client, hello)
    };
    let mut sessions = Vec::new();
    for _ in 0..20 {
        let (client, hello) = open();
        assert!(hello.starts_with("* OK"), "{hello}");
        sessions.push(client);
    }
    let (mut refused, hello) = open();
    assert_eq!(hello, TOO_MANY);
    assert!(refused.rest().is_empty());
    // Under TLS, too, where it takes a handshake.
    assert_eq!(
        Raw::connect_tls(port(&youward, "implicit"), &certificate).line(),
        TOO_MANY
    );
    assert_eq!(Raw::connect(port(&youward, "starttls")).line(), TOO_MANY);
    sessions.pop();
    let mut next = eventually("a place to be free", || {
        let (client, hello) = open();
        hello.starts_with("* OK").then_some(client)
    });
    next.say("a NOOP\r\n");
    assert_eq!(next.line(), "a OK done");
    sessions[0].say("a NOOP\r\n");
    assert_eq!(sessions[0].line(), "a OK done");
}

#[test]
fn without_descriptors_the_listener_goes_on() {
    let provider = FakeImap::start(ImapScript::new(ServerTls::None));
    let youward = limited(
        &provider,
        "100:100",
        "connections = 1000\nconnections_per_address = 1000",
    )
    .start();
    assert!(
        youward.log().contains("the limit of open files is too low"),
        "{}",
        youward.log()
    );
    let mut first = Raw::connect(port(&youward, "none"));
    first.line();
    let crowd: Vec<Raw> = (0..150).map(|_| Raw::connect(port(&youward, "none"))).collect();
    eventually("the descriptors to be used up", || {
        youward.log().contains("could not be accepted").then_some(())
    });
    first.say("a NOOP\r\n");
    assert_eq!(first.line(), "a OK done");
    drop(crowd);
    eventually("a connection to be accepted again", || {
        Raw::connect(port(&youward, "none"))
            .line()
            .starts_with("* OK")
            .then_some(())
    });
    first.say("b NOOP\r\n");
    assert_eq!(first.line(), "b OK done");
    youward.stop();
}

#[test]
fn the_limit_of_open_files_is_raised_as_far_as_needed() {
    let provider = FakeImap::start(ImapScript::new(ServerTls::None));
    let youward = limited(&provider, "512:4096", "connections = 1500").start();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", youward.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    assert_eq!(words[3..5], ["3256", "4096"], "{line}");
    assert!(!youward.log().contains("too low"));
}
