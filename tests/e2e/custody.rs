//! Custody, seen from the kernel: the mail is on disk before anyone is told so.

use crate::support::client::{Client, stuffed};
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters::{self, assert_same};
use crate::support::provider::{PROSPECT, REP};
use crate::support::scratch::Scratch;
use crate::support::script::Script;
use crate::support::tracer::{Call, Tracer};
use crate::support::youward::{HELD, HOLDING, House, ProxyCommand, RETURNING, Setup, Standard};

#[test]
fn a_hold_is_synced_before_it_is_acknowledged() {
    assert!(synced_before_acknowledged(ProxyCommand::youward(), HOLDING, HELD));
}

#[test]
fn a_return_is_synced_before_it_names_its_record() {
    assert!(synced_before_acknowledged(ProxyCommand::youward(), RETURNING, "5.7.1"));
}

/// Whether, in the order of the kernel's calls, the store's log was written and then synced before the reply went out.
pub(super) fn synced_before_acknowledged(command: ProxyCommand, standard: Standard, words: &str) -> bool {
    let upstream = FakeUpstream::start(Script::new());
    let youward = House::with(&Setup::clear(upstream.port).standard(standard), command).start();
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    client.command("DATA", 354);
    let scratch = Scratch::new("trace");
    let tracer = Tracer::watch(youward.pid(), &scratch.join("calls"));
    let letter = letters::selfish();
    client.send(&stuffed(&letter.octets));
    let answer = client.answer().unwrap();
    assert!(answer.text().contains(words), "{}", answer.text());
    // When this is answered, the call that sent the reply has returned, and the tracer has seen it.
    client.command("NOOP", 250);
    let calls = tracer.finish();
    assert_eq!(upstream.accepted(), []);

    let reply = calls
        .iter()
        .position(|call| call.is_send() && call.arguments.contains(words));
    let reply = reply.unwrap_or_else(|| panic!("the reply is in the trace: {calls:#?}"));
    let Some(write) = calls[..reply].iter().rposition(|call| call.is_write_to("-wal")) else {
        return false;
    };
    let synced = |call: &Call| call.is_sync_of("-wal") && call.result == "0";
    if !calls[write..reply].iter().any(synced) {
        return false;
    }
    let kept = youward.house().kept();
    assert_eq!(kept.len(), 1);
    assert_same(
        &youward.house().raw(&kept[0].id),
        &letter.octets,
        "the mail that is kept",
    );
    true
}
