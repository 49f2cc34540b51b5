//! Changed standards and rules count without a restart; faulty ones don't.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::wait::eventually;
use crate::support::youward::{ANNOTATING, RETURNING, Setup, Youward};
use std::process::Command;

const ANEW: &str = "policies read anew and in force";
const OLD_STAYS: &str = "the old ones stay in force";

fn send(youward: &Youward) -> u16 {
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    client.data(&letters::selfish().octets).code
}

fn said(youward: &Youward, what: &str) -> usize {
    youward.log().matches(what).count()
}

#[test]
fn a_changed_standard_counts_and_a_faulty_one_does_not() {
    let upstream = FakeUpstream::start(Script::new());
    let setup = Setup::clear(upstream.port).standard(RETURNING);
    let youward = Youward::start(&setup);
    assert_eq!(send(&youward), 550);

    youward.house().configure(&setup.clone().standard(ANNOTATING));
    eventually("the standard to be read anew", || {
        (said(&youward, ANEW) >= 1).then_some(())
    });
    assert_eq!(send(&youward), 250);

    youward.house().write("standard.toml", "annotate_below = 175\n");
    eventually("the fault to be told", || {
        (said(&youward, OLD_STAYS) >= 1).then_some(())
    });
    assert!(
        youward.log().contains("annotate_below: 175 is out of range"),
        "{}",
        youward.log()
    );
    assert_eq!(send(&youward), 250);

    let before = said(&youward, ANEW);
    youward.house().configure(&setup);
    let hung_up = Command::new("kill").args(["-HUP", &youward.pid().to_string()]).status();
    assert!(hung_up.unwrap().success());
    eventually("the standard to be read anew", || {
        (said(&youward, ANEW) > before).then_some(())
    });
    assert_eq!(send(&youward), 550);
    youward.stop();
}
