//! What the client is told when the provider refuses, fails or is not there. A reply always comes, and always from whoever
//! knows.

use crate::support::client::{Answer, Client};
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters::{self, Letter};
use crate::support::ports;
use crate::support::provider::{PASSWORD, PROSPECT, REP, SIZE_LIMIT, UNKNOWN, provider};
use crate::support::script::{Fault, Phase, Script};
use crate::support::youward::{Setup, Youward};
use std::time::Duration;

#[test]
fn the_providers_replies_come_verbatim() {
    let provider = provider();
    let setup = Setup {
        require_auth: true,
        ..Setup::clear(provider.clear)
    };
    let youward = Youward::start(&setup);
    let dialogue = |port: u16| {
        let mut client = Client::connect(port);
        let mut answers = vec![client.expect(220)];
        client.ehlo();
        answers.push(client.login(REP, "wrong"));
        answers.push(client.login(REP, PASSWORD));
        answers.push(client.ask(&format!("MAIL FROM:<{REP}>")));
        answers.push(client.ask(&format!("RCPT TO:<{UNKNOWN}>")));
        answers.push(client.ask("RCPT TO:<someone@elsewhere.example>"));
        answers.push(client.ask("RSET"));
        answers.push(client.ask("NOOP"));
        answers.push(client.ask("QUIT"));
        answers
    };
    let direct = dialogue(provider.clear);
    assert_eq!(direct[1].code, 535);
    assert_eq!(direct[4].code, 550);
    assert_eq!(dialogue(youward.clear_port()), direct);
}

#[test]
fn a_mail_that_is_too_large_is_refused() {
    let provider = provider();
    let youward = Youward::start(&Setup {
        require_auth: true,
        ..Setup::clear(provider.clear)
    });
    let mut client = Client::ready(youward.clear_port());
    client.login(REP, PASSWORD);
    let declared = client.ask(&format!("MAIL FROM:<{REP}> SIZE={}", SIZE_LIMIT + 1));
    assert_eq!(declared.code, 552, "{}", declared.text());
    client.envelope(REP, &[PROSPECT]);
    let letter = letters::kind_with(&b"a line of 30 octets in all ..\r\n".repeat(SIZE_LIMIT / 30));
    let answer = client.data(&letter.octets);
    assert_eq!(answer.code, 552, "{}", answer.text());
    // The session goes on.
    let letter = letters::kind();
    client.envelope(REP, &[PROSPECT]);
    assert_eq!(client.data(&letter.octets).code, 250);
    provider.arrived(&letter);
}

#[test]
fn a_provider_that_is_not_there_is_named() {
    let port = ports::free();
    let youward = Youward::start(&Setup::clear(port));
    let answer = Client::connect(youward.clear_port()).expect(421);
    assert!(
        answer.text().contains(&format!("127.0.0.1:{port}")),
        "{}",
        answer.text()
    );
}

/// What goes wrong at the provider, and the code that the client must get in the end.
#[test]
fn every_failure_of_the_provider_is_answered() {
    let say = |text: &str| Fault::Say(text.into());
    let bye = |text: &str| Fault::SayAndClose(text.into());
    let huge_line = || Fault::Say([&b"250 "[..], &[b'x'; 10_000_000], b"\r\n"].concat());
    let many_lines = || Fault::Say("250-and another line\r\n".repeat(100_000).into_bytes());
    let table = [
        (Phase::Greeting, bye("421 4.3.2 provider.example closes\r\n"), 421),
        (
            Phase::Greeting,
            bye("554 5.3.2 provider.example wants no mail\r\n"),
            554,
        ),
        (
            Phase::Greeting,
            say("* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n"),
            421,
        ),
        (Phase::Greeting, Fault::Close, 421),
        (Phase::Greeting, Fault::Reset, 421),
        (Phase::Greeting, huge_line(), 421),
        (Phase::Greeting, many_lines(), 421),
        (Phase::Ehlo, Fault::Close, 421),
        (Phase::Ehlo, huge_line(), 421),
        (Phase::Ehlo, many_lines(), 421),
        (Phase::Ehlo, say("no code at all\r\n"), 421),
        (Phase::Mail, say("451 4.7.1 provider.example says later\r\n"), 451),
        (Phase::Mail, bye("421 4.7.0 provider.example has had enough\r\n"), 421),
        (Phase::Mail, Fault::Close, 421),
        (Phase::Mail, Fault::Reset, 421),
        (Phase::Mail, say("2\r\n"), 421),
        (Phase::Rcpt, say("452 4.2.2 provider.example: mailbox full\r\n"), 452),
        (Phase::Rcpt, say("550 5.1.1 provider.example: nobody\r\n"), 550),
        (Phase::Rcpt, Fault::Close, 421),
        (Phase::Data, say("451 4.3.0 provider.example: not now\r\n"), 451),
        (
            Phase::Data,
            say("554 5.5.1 provider.example: no valid recipients\r\n"),
            554,
        ),
        (Phase::Data, say("250 2.0.0 what for\r\n"), 451),
        (Phase::Data, Fault::Close, 451),
        (Phase::Data, Fault::Reset, 451),
        (Phase::Data, many_lines(), 451),
        (Phase::Content(100), Fault::Close, 451),
        (Phase::Content(100), Fault::Reset, 451),
        (Phase::Content(100_000), Fault::Close, 451),
        (
            Phase::Content(100),
            bye("552 5.2.3 provider.example: too much\r\n"),
            552,
        ),
        (Phase::EndOfData, say("554 5.6.0 provider.example: spam\r\n"), 554),
        (Phase::EndOfData, say("452 4.3.1 provider.example: disk full\r\n"), 452),
        (Phase::EndOfData, Fault::Close, 451),
        (Phase::EndOfData, Fault::Reset, 451),
        (Phase::EndOfData, huge_line(), 451),
        (Phase::EndOfData, say("garbage\r\n"), 451),
    ];
    let start = |(phase, fault, code): (Phase, Fault, u16)| {
        let upstream = FakeUpstream::start(Script::new().with(phase, fault.clone()));
        (upstream, phase, fault, code)
    };
    let providers: Vec<(FakeUpstream, Phase, Fault, u16)> = table.into_iter().map(start).collect();
    // One Youward for all: none may disturb the others.
    let mut youward = Youward::start(&Setup::all_clear(providers.iter().map(|(upstream, ..)| upstream.port)));
    std::thread::scope(|scope| {
        for (number, (upstream, phase, fault, code)) in providers.iter().enumerate() {
            let port = youward.port_of(number, "none");
            scope.spawn(move || {
                let name = format!("{phase:?} {:.80}", format!("{fault:?}"));
                let letter = letters::kind_with(&b"a line that makes it long\r\n".repeat(10_000));
                let answer = submit(port, &letter);
                assert_eq!(answer.code, *code, "{name}: {}", answer.text());
                if let Fault::Say(said) | Fault::SayAndClose(said) = fault
                    && memchr::memmem::find(said, b"provider.example").is_some()
                {
                    assert_eq!(answer.octets, *said, "{name}");
                }
                assert!(upstream.accepted().is_empty() || *phase == Phase::EndOfData, "{name}");
            });
        }
    });
    assert!(youward.is_running(), "{}", youward.log());
}

#[test]
fn a_mail_that_may_have_been_sent_is_said_to_be() {
    let upstream = FakeUpstream::start(Script::new().with(Phase::EndOfData, Fault::Close));
    let youward = Youward::start(&Setup::clear(upstream.port));
    let answer = submit(youward.clear_port(), &letters::kind());
    assert!(answer.text().contains("may have been sent"), "{}", answer.text());
}

#[test]
fn a_provider_that_says_nothing_is_given_up() {
    let timeouts =
        "[timeouts]\nconnect = \"1s\"\nupstream_command = \"1s\"\nupstream_data = \"1s\"\nupstream_done = \"1s\"\n";
    let table = [
        (Phase::Greeting, 421),
        (Phase::Ehlo, 421),
        (Phase::Mail, 421),
        (Phase::Rcpt, 421),
        (Phase::Data, 451),
        (Phase::Content(10), 451),
        (Phase::EndOfData, 451),
    ];
    let providers = table.map(|(phase, _)| FakeUpstream::start(Script::new().with(phase, Fault::Silence)));
    let setup = Setup {
        more: timeouts.to_owned(),
        ..Setup::all_clear(providers.iter().map(|upstream| upstream.port))
    };
    let youward = Youward::start(&setup);
    std::thread::scope(|scope| {
        for (number, (phase, code)) in table.into_iter().enumerate() {
            let port = youward.port_of(number, "none");
            scope.spawn(move || {
                let answer = submit(port, &letters::kind());
                assert_eq!(answer.code, code, "{phase:?}: {}", answer.text());
            });
        }
    });
}

#[test]
fn a_slow_provider_is_waited_for() {
    let script = Script {
        single_octets: true,
        ..Script::new()
    };
    let script = script.with(Phase::EndOfData, Fault::Slowly(Duration::from_millis(20)));
    let upstream = FakeUpstream::start(script);
    let youward = Youward::start(&Setup::clear(upstream.port));
    let answer = submit(youward.clear_port(), &letters::kind());
    assert_eq!(answer.octets, b"250 2.0.0 taken as queue-id-42\r\n");
}

#[test]
fn a_refusal_is_told_even_if_the_provider_goes_at_rset() {
    let upstream = FakeUpstream::start(Script::new().with(Phase::Rset, Fault::Close));
    let youward = Youward::start(&Setup::clear(upstream.port));
    let answer = submit(youward.clear_port(), &letters::selfish());
    assert_eq!(answer.code, 550, "{}", answer.text());
    assert_eq!(upstream.accepted(), []);
}

/// Goes as far as it is let, and gives the last reply. A connection that ends without one fails the test.
fn submit(port: u16, letter: &Letter) -> Answer {
    let mut client = Client::connect(port);
    let mut answer = client.answer().expect("a greeting");
    let commands = [
        "EHLO client.example",
        &format!("MAIL FROM:<{REP}>"),
        &format!("RCPT TO:<{PROSPECT}>"),
    ];
    for command in commands {
        if answer.code >= 400 {
            return answer;
        }
        answer = client.ask(command);
    }
    if answer.code >= 400 {
        return answer;
    }
    client.data(&letter.octets)
}
