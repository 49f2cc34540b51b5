//! The ordered stop: nobody is left without an answer.

use crate::support::client::{Client, stuffed};
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::{Fault, Phase, Script};
use crate::support::wait::eventually;
use crate::support::youward::{Setup, Youward};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn an_idle_client_is_told() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    let mut client = Client::ready(youward.clear_port());
    let port = youward.clear_port();
    youward.stop();
    assert_eq!(client.expect(421).code, 421);
    assert_eq!(client.rest(), b"");
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_err(),
        "nobody listens any more"
    );
}

#[test]
fn a_client_in_the_middle_of_its_mail_is_told() {
    let upstream = FakeUpstream::start(Script::new());
    let mut youward = Youward::start(&Setup::clear(upstream.port));
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    client.command("DATA", 354);
    client.send(b"Subject: half\r\n\r\nof a mail\r\n");
    youward.process().terminate();
    let answer = client.answer().expect("a reply before the end");
    assert!([421, 451].contains(&answer.code), "{}", answer.text());
    youward.stop();
    assert_eq!(upstream.accepted(), []);
}

#[test]
fn a_client_in_the_middle_of_its_mail_may_finish_it() {
    let upstream = FakeUpstream::start(Script::new());
    let mut youward = Youward::start(&Setup::clear(upstream.port));
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    client.command("DATA", 354);
    let letter = letters::kind();
    let wire = stuffed(&letter.octets);
    let (first, second) = wire.split_at(wire.len() / 2);
    client.send(first);
    youward.process().terminate();
    let port = youward.clear_port();
    eventually("the listener to close", || {
        TcpStream::connect(("127.0.0.1", port)).is_err().then_some(())
    });
    client.send(second);
    assert_eq!(client.expect(250).octets, b"250 2.0.0 taken as queue-id-42\r\n");
    youward.stop();
    assert_eq!(upstream.accepted()[0].octets, letter.octets);
}

#[test]
fn a_mail_that_is_being_sent_gets_the_providers_answer() {
    let script = Script::new().with(Phase::EndOfData, Fault::Slowly(Duration::from_millis(20)));
    let upstream = FakeUpstream::start(script);
    let mut youward = Youward::start(&Setup::clear(upstream.port));
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    client.command("DATA", 354);
    client.send(&stuffed(&letters::kind().octets));
    eventually("the provider to have the mail", || upstream.accepted().pop());
    youward.process().terminate();
    assert_eq!(client.expect(250).octets, b"250 2.0.0 taken as queue-id-42\r\n");
    youward.stop();
}

#[test]
fn the_same_data_folder_can_be_used_again_and_by_one_only() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    assert_eq!(client.data(&letters::selfish().octets).code, 550);
    let second = youward.house().run_to_end();
    assert!(!second.status.success(), "a second one on the same data: {second:?}");
    assert!(second.stderr.contains("in use"), "{second:?}");
    let before = youward.house().kept();
    let youward = youward.stop().start();
    assert_eq!(youward.house().kept().len(), before.len());
    assert_eq!(before.len(), 1);
}
