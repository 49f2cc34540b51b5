//! The harness itself, without Youward: clients reach the provider, and the played provider does what its script says.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::mua::{Account, MUAS};
use crate::support::pki::{self, Flaw, client_config, server_certificate};
use crate::support::provider::{PASSWORD, PROSPECT, REP, UNKNOWN, provider};
use crate::support::script::{Fault, Phase, Script, ServerTls};

#[test]
fn every_client_reaches_the_real_provider() {
    let provider = provider();
    let ways = [
        ("none", provider.clear),
        ("implicit", provider.implicit),
        ("starttls", provider.starttls),
    ];
    std::thread::scope(|scope| {
        for mua in MUAS {
            scope.spawn(move || {
                for (tls, port) in ways {
                    let account = Account::new(port, tls, provider.ca.clone());
                    let letter = letters::kind();
                    let sent = mua.send(&account, &letter);
                    assert!(sent.status.success(), "{mua:?} {tls}: {sent:?}\n{}", provider.log());
                    letters::assert_same(&provider.arrived(&letter), &letter.octets, &format!("{mua:?} {tls}"));
                    let refused = mua.send(
                        &Account {
                            password: "wrong",
                            ..account.clone()
                        },
                        &letters::kind(),
                    );
                    assert!(!refused.status.success(), "{mua:?} {tls}: {refused:?}");
                    let refused = mua.send(&Account { to: UNKNOWN, ..account }, &letters::kind());
                    assert!(!refused.status.success(), "{mua:?} {tls}: {refused:?}");
                }
            });
        }
    });
}

#[test]
fn the_played_provider_takes_mail() {
    for tls in [
        ServerTls::None,
        ServerTls::Implicit(server_certificate(Flaw::None)),
        ServerTls::StartTls(server_certificate(Flaw::None)),
    ] {
        let upstream = FakeUpstream::start(
            Script {
                single_octets: true,
                ..Script::new()
            }
            .with_tls(tls.clone()),
        );
        let config = client_config(pki::authority());
        let mut client = match tls {
            ServerTls::Implicit(_) => Client::connect_tls(upstream.port, &config),
            _ => Client::connect(upstream.port),
        };
        client.hello();
        if let ServerTls::StartTls(_) = tls {
            client.command("STARTTLS", 220);
            client.start_tls(&config);
            client.ehlo();
        }
        assert_eq!(client.login(REP, "wrong").code, 535);
        assert_eq!(client.login(REP, PASSWORD).code, 235);
        client.envelope(REP, &[PROSPECT]);
        let content = b".\r\n..\r\nx\r\n\r\n";
        assert_eq!(client.data(content).code, 250);
        client.command("QUIT", 221);
        let session = upstream.all_ended().remove(0);
        assert_eq!(session.mails[0].octets, content);
        assert_eq!(session.credentials[1], (REP.to_owned(), PASSWORD.to_owned()));
        assert_eq!(session.tls, !matches!(tls, ServerTls::None));
        assert_eq!(
            session.wire == session.clear,
            !session.tls,
            "the wire shows nothing of what TLS hides"
        );
    }
}

#[test]
fn the_played_provider_misbehaves_as_told() {
    let upstream = FakeUpstream::start(Script::new().saying(Phase::Greeting, b"554 5.3.2 closed today\r\n"));
    assert_eq!(
        Client::connect(upstream.port).expect(554).octets,
        b"554 5.3.2 closed today\r\n"
    );
    for fault in [Fault::Close, Fault::Reset] {
        let upstream = FakeUpstream::start(Script::new().with(Phase::EndOfData, fault.clone()));
        let mut client = Client::ready(upstream.port);
        client.envelope(REP, &[PROSPECT]);
        let gone = client.try_data(b"x\r\n").unwrap_err();
        let kind = if fault == Fault::Close {
            std::io::ErrorKind::UnexpectedEof
        } else {
            std::io::ErrorKind::ConnectionReset
        };
        assert_eq!(gone.kind(), kind);
        assert_eq!(upstream.accepted(), []);
    }
    let upstream = FakeUpstream::start(Script::new().with(Phase::Content(10), Fault::Close));
    let mut client = Client::ready(upstream.port);
    client.envelope(REP, &[PROSPECT]);
    assert!(client.try_data(b"more than ten octets\r\n").is_err());
    assert_eq!(upstream.sessions()[0].mails, []);
}
