//! Towards the provider: certificates that must not count, STARTTLS that is taken away, and octets slipped in before TLS.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::pki::{self, FLAWS, Flaw, server_certificate};
use crate::support::ports;
use crate::support::process::Process;
use crate::support::programs::need;
use crate::support::provider::{PASSWORD, PROSPECT, REP};
use crate::support::scratch::Scratch;
use crate::support::script::{Fault, Phase, Script, ServerTls};
use crate::support::wait::eventually;
use crate::support::youward::{Setup, Youward};
use std::net::TcpStream;
use std::process::Command;

#[test]
fn with_a_good_certificate_mail_goes_through() {
    for tls in ["implicit", "starttls"] {
        let upstream = FakeUpstream::start(Script::new().with_tls(server_tls(tls, Flaw::None)));
        let (_scratch, youward) = youward(upstream.port, tls);
        let mut client = Client::ready(youward.clear_port());
        assert_eq!(client.login(REP, PASSWORD).code, 235);
        client.envelope(REP, &[PROSPECT]);
        let letter = letters::kind();
        assert_eq!(client.data(&letter.octets).code, 250);
        client.command("QUIT", 221);
        let session = upstream.all_ended().remove(0);
        assert_eq!(session.mails[0].octets, letter.octets);
        assert_eq!(session.credentials, [(REP.to_owned(), PASSWORD.to_owned())]);
        assert!(session.tls && session.after_starttls.is_empty());
        assert!(!shows_mail(&session.wire), "{tls}: nothing of it in the clear");
    }
}

#[test]
fn no_credential_goes_to_a_server_that_can_not_prove_its_name() {
    let cases = ["implicit", "starttls"]
        .into_iter()
        .flat_map(|tls| FLAWS.map(|flaw| (tls, flaw)));
    let cases = cases.map(|(tls, flaw)| {
        let upstream = FakeUpstream::start(Script::new().with_tls(server_tls(tls, flaw)));
        (format!("{tls} {flaw:?}"), tls, upstream)
    });
    assert_nothing_shown(cases.collect());
}

/// Each case does something else where TLS is due. None may get a credential, and no octet of it may be used.
#[test]
fn tls_is_never_given_up_for_a_server_that_misbehaves() {
    let inject = |text: &str| Fault::Say(text.into());
    let close = |text: &str| Fault::SayAndClose(text.into());
    let many = || Fault::Say([&b"220 ready\r\n"[..], &b"250 injected\r\n".repeat(5_000)].concat());
    let starttls: Vec<(&str, Phase, Fault)> = vec![
        (
            "garbage for a greeting",
            Phase::Greeting,
            inject("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n"),
        ),
        (
            "an IMAP PREAUTH greeting",
            Phase::Greeting,
            inject("* PREAUTH welcome back\r\n"),
        ),
        ("a POP3 greeting", Phase::Greeting, inject("+OK hello\r\n")),
        (
            "a greeting with a login in it",
            Phase::Greeting,
            inject("220 x\r\n235 2.7.0 you are in\r\n"),
        ),
        ("two greetings", Phase::Greeting, inject("220 x\r\n220 y\r\n")),
        (
            "a greeting and all further replies",
            Phase::Greeting,
            inject("220 x\r\n250 x\r\n235 x\r\n250 x\r\n250 x\r\n354 x\r\n250 x\r\n"),
        ),
        ("a greeting that refuses", Phase::Greeting, close("554 5.3.2 no\r\n")),
        ("a greeting of another kind", Phase::Greeting, inject("334 \r\n")),
        (
            "no STARTTLS in EHLO",
            Phase::Ehlo,
            inject("250-x\r\n250 AUTH PLAIN LOGIN\r\n"),
        ),
        (
            "STARTTLS in another word",
            Phase::Ehlo,
            inject("250-x\r\n250-XSTARTTLS\r\n250 AUTH PLAIN\r\n"),
        ),
        ("STARTTLS in the greeting line", Phase::Ehlo, inject("250 STARTTLS\r\n")),
        ("EHLO refused", Phase::Ehlo, inject("502 5.5.1 not known\r\n")),
        ("EHLO refused for now", Phase::Ehlo, inject("421 4.3.2 later\r\n")),
        (
            "EHLO answered twice",
            Phase::Ehlo,
            inject("250-x\r\n250 STARTTLS\r\n250 x\r\n"),
        ),
        (
            "EHLO answered, and a login",
            Phase::Ehlo,
            inject("250-x\r\n250 STARTTLS\r\n235 2.7.0 you are in\r\n"),
        ),
        (
            "EHLO answered, and STARTTLS too",
            Phase::Ehlo,
            inject("250-x\r\n250 STARTTLS\r\n220 go\r\n"),
        ),
        (
            "EHLO answered with a bare LF",
            Phase::Ehlo,
            inject("250-x\n250 STARTTLS\n"),
        ),
        ("EHLO with two codes", Phase::Ehlo, inject("250-x\r\n220 STARTTLS\r\n")),
        (
            "STARTTLS refused for now",
            Phase::StartTls,
            inject("454 4.7.0 not available\r\n"),
        ),
        ("STARTTLS refused", Phase::StartTls, inject("502 5.5.1 not known\r\n")),
        (
            "STARTTLS refused by policy",
            Phase::StartTls,
            inject("554 5.7.0 no\r\n"),
        ),
        (
            "STARTTLS answered with 250",
            Phase::StartTls,
            inject("250 2.0.0 fine\r\n"),
        ),
        (
            "STARTTLS answered with 235",
            Phase::StartTls,
            inject("235 2.7.0 you are in\r\n"),
        ),
        ("STARTTLS answered with 334", Phase::StartTls, inject("334 \r\n")),
        ("STARTTLS answered with nonsense", Phase::StartTls, inject("hello\r\n")),
        (
            "STARTTLS answered with two codes",
            Phase::StartTls,
            inject("220-x\r\n250 y\r\n"),
        ),
        (
            "a reply after 220",
            Phase::StartTls,
            inject("220 ready\r\n250 injected\r\n"),
        ),
        (
            "an EHLO reply after 220",
            Phase::StartTls,
            inject("220 ready\r\n250-x\r\n250 AUTH PLAIN\r\n"),
        ),
        (
            "a login after 220",
            Phase::StartTls,
            inject("220 ready\r\n235 2.7.0 you are in\r\n"),
        ),
        (
            "half a reply after 220",
            Phase::StartTls,
            inject("220 ready\r\n250-half"),
        ),
        ("an empty line after 220", Phase::StartTls, inject("220 ready\r\n\r\n")),
        ("one octet after 220", Phase::StartTls, inject("220 ready\r\n2")),
        ("a NUL after 220", Phase::StartTls, inject("220 ready\r\n\0")),
        ("many replies after 220", Phase::StartTls, many()),
        ("220 with a bare LF", Phase::StartTls, inject("220 ready\n250 x\r\n")),
        ("an end after 220", Phase::StartTls, close("220 ready\r\n")),
        ("an end instead of 220", Phase::StartTls, Fault::Close),
        ("a reset instead of 220", Phase::StartTls, Fault::Reset),
        (
            "clear text after 220",
            Phase::StartTls,
            close("220 ready\r\n250-x\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE\r\n"),
        ),
    ];
    let implicit: Vec<(&str, ServerTls, Phase, Fault)> = vec![
        (
            "clear text where TLS is due",
            ServerTls::None,
            Phase::Greeting,
            inject("220 x ESMTP\r\n"),
        ),
        (
            "a login where TLS is due",
            ServerTls::None,
            Phase::Greeting,
            inject("220 x\r\n250 AUTH PLAIN\r\n235 in\r\n"),
        ),
        (
            "an end where TLS is due",
            ServerTls::None,
            Phase::Greeting,
            Fault::Close,
        ),
        (
            "a reset where TLS is due",
            ServerTls::None,
            Phase::Greeting,
            Fault::Reset,
        ),
        (
            "a refusal in the clear",
            ServerTls::None,
            Phase::Greeting,
            close("454 4.7.0 no TLS today\r\n"),
        ),
        (
            "a TLS alert",
            ServerTls::None,
            Phase::Greeting,
            Fault::SayAndClose(b"\x15\x03\x03\x00\x02\x02\x28".to_vec()),
        ),
        (
            "a broken TLS record",
            ServerTls::None,
            Phase::Greeting,
            Fault::SayAndClose(b"\x16\x03\x03\xff\xff\x02\x28".to_vec()),
        ),
    ];
    let not_offered = Script {
        offers_starttls: false,
        ..Script::new()
    }
    .with_tls(server_tls("starttls", Flaw::None));
    let mut cases = vec![(
        "STARTTLS not offered".to_owned(),
        "starttls",
        FakeUpstream::start(not_offered),
    )];
    for (name, phase, fault) in starttls {
        let script = Script::new()
            .with_tls(server_tls("starttls", Flaw::None))
            .with(phase, fault);
        cases.push((name.to_owned(), "starttls", FakeUpstream::start(script)));
    }
    for (name, tls, phase, fault) in implicit {
        let script = Script::new().with_tls(tls).with(phase, fault);
        cases.push((name.to_owned(), "implicit", FakeUpstream::start(script)));
    }
    assert!(cases.len() + 2 * FLAWS.len() >= 58, "{} cases", cases.len());
    assert_nothing_shown(cases);
}

#[test]
fn what_was_learnt_before_tls_is_forgotten() {
    let before = b"250-x\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250-XCLIENT NAME\r\n250 SIZE 77\r\n";
    let script = Script::new()
        .with_tls(server_tls("starttls", Flaw::None))
        .saying(Phase::Ehlo, before);
    let script = script.saying(Phase::EhloUnderTls, b"250-x\r\n250-8BITMIME\r\n250 SIZE 4242\r\n");
    let upstream = FakeUpstream::start(script);
    let (_scratch, youward) = youward(upstream.port, "starttls");
    let offered = Client::connect(youward.clear_port()).hello().text();
    assert!(
        offered.contains("SIZE 4242") && offered.contains("8BITMIME"),
        "{offered}"
    );
    assert!(!offered.contains("AUTH") && !offered.contains("77"), "{offered}");
}

#[test]
fn old_versions_of_tls_are_refused() {
    for version in ["-tls1", "-tls1_1"] {
        let scratch = Scratch::new("oldtls");
        let certificate = server_certificate(Flaw::None);
        let chain = scratch.write("chain.pem", &certificate.chain);
        let key = scratch.write("key.pem", &certificate.key);
        let port = ports::free();
        let mut server = Command::new(need("openssl"));
        server.args([
            "s_server",
            "-quiet",
            version,
            "-cipher",
            "ALL:@SECLEVEL=0",
            "-accept",
            &port.to_string(),
        ]);
        let server = Process::start(
            {
                server.arg("-cert").arg(chain).arg("-key").arg(key);
                server
            },
            b"",
        );
        eventually("openssl to listen", || TcpStream::connect(("127.0.0.1", port)).ok());
        let (_scratch, youward) = youward(port, "implicit");
        let answer = Client::connect(youward.clear_port()).expect(421);
        assert!(answer.text().contains("TLS"), "{}", answer.text());
        assert!(!server.said().contains("AUTH"), "{}", server.said());
    }
}

/// A client of each provider sends its credentials no matter what it is told; none of it may reach the provider.
fn assert_nothing_shown(cases: Vec<(String, &str, FakeUpstream)>) {
    let scratch = Scratch::new("ca");
    let ca = scratch.write("ca.pem", pki::authority());
    let setup = Setup::all_tls(cases.iter().map(|(_, tls, upstream)| (upstream.port, *tls)), &ca);
    let mut youward = Youward::start(&setup);
    std::thread::scope(|scope| {
        for (number, (name, _, upstream)) in cases.iter().enumerate() {
            let port = youward.port_of(number, "none");
            scope.spawn(move || assert_nothing_shown_to(upstream, port, name));
        }
    });
    assert!(youward.is_running(), "{}", youward.log());
}

fn assert_nothing_shown_to(upstream: &FakeUpstream, port: u16, name: &str) {
    let mut client = Client::connect(port);
    let answer = client
        .answer()
        .unwrap_or_else(|error| panic!("{name}: no reply: {error}"));
    assert!([421, 554].contains(&answer.code), "{name}: {}", answer.text());
    let secret = "AHJlcEBjb3JwLmV4YW1wbGUAcmVwLVNlY3JldC00NzEx";
    let eager = format!("EHLO x\r\nAUTH PLAIN {secret}\r\nMAIL FROM:<{REP}>\r\nRCPT TO:<{PROSPECT}>\r\nDATA\r\n");
    // The connection may be closed already.
    let _ = client.write(eager.as_bytes());
    client.half_close();
    let said = client.rest();
    assert!(!said.starts_with(b"235"), "{name}: {}", said.escape_ascii());
    let sessions = upstream.all_ended();
    assert!(!sessions.is_empty(), "{name}: it was tried");
    for session in sessions {
        for octets in [&session.wire, &session.clear] {
            let text = String::from_utf8_lossy(octets).to_ascii_uppercase();
            assert!(
                !text.contains("AUTH") && !text.contains(&secret.to_ascii_uppercase()),
                "{name}: {text}"
            );
            assert!(!shows_mail(octets), "{name}: {text}");
        }
        assert!(session.credentials.is_empty(), "{name}");
    }
}

fn shows_mail(octets: &[u8]) -> bool {
    [&b"MAIL FROM"[..], b"RCPT TO", PASSWORD.as_bytes()]
        .iter()
        .any(|word| memchr::memmem::find(octets, word).is_some())
}

fn server_tls(tls: &str, flaw: Flaw) -> ServerTls {
    match tls {
        "implicit" => ServerTls::Implicit(server_certificate(flaw)),
        _ => ServerTls::StartTls(server_certificate(flaw)),
    }
}

fn youward(port: u16, tls: &str) -> (Scratch, Youward) {
    let scratch = Scratch::new("ca");
    let ca = scratch.write("ca.pem", pki::authority());
    let youward = Youward::start(&Setup::tls(port, tls, &ca));
    (scratch, youward)
}
