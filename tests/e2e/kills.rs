//! SIGKILL at bad moments, and the judge afterwards: nothing acknowledged is lost, nothing held leaves, nothing doubles.
//!
//! The proxy is a [`ProxyCommand`], so that programs which are wrong on purpose can be put through the same mill.

use crate::support::client::{Answer, Client};
use crate::support::fake_upstream::FakeUpstream;
use crate::support::judge::{Fault, Stored, Submitted, Told, judge};
use crate::support::letters::{self, Letter, token_of};
use crate::support::provider::REP;
use crate::support::scratch::Scratch;
use crate::support::script::Script;
use crate::support::tracer::Tracer;
use crate::support::youward::{HELD, HOLDING, House, ProxyCommand, Setup};
use std::io;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// Where a running system can be cut: before each of these calls.
const CALLS: &str = "write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync,ftruncate";

/// More points than any thread comes to between DATA and the reply.
const MOST_POINTS: u32 = 80;

#[test]
fn killed_at_every_point_between_data_and_reply_nothing_is_lost() {
    let mill = Mill::new(ProxyCommand::youward());
    let (points, faults) = mill.kill_at_every_point();
    assert!(points >= 3, "the kills struck: {points}");
    assert_eq!(faults, [], "after kills at {points} points");
}

#[test]
fn killed_at_random_nothing_is_lost() {
    let mill = Mill::new(ProxyCommand::youward());
    let faults = mill.kill_at_random(cycles());
    assert_eq!(faults, []);
}

/// How many random kills: 60, or what `YOUWARD_KILL_CYCLES` says.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests' only setting comes from the environment"
)]
fn cycles() -> u32 {
    std::env::var("YOUWARD_KILL_CYCLES").map_or(60, |text| text.parse().expect("YOUWARD_KILL_CYCLES is a number"))
}

/// A provider, a house, and a command that starts the proxy in it.
pub(super) struct Mill {
    upstream: FakeUpstream,
    command: ProxyCommand,
    setup: Setup,
}

impl Mill {
    /// For this proxy.
    pub(super) fn new(command: ProxyCommand) -> Mill {
        let upstream = FakeUpstream::start(Script::new());
        let setup = Setup::clear(upstream.port).standard(HOLDING);
        Mill {
            upstream,
            command,
            setup,
        }
    }

    /// Kills before the first call of the kinds above, then before the second, and so on, until a mail of each kind gets
    /// through alive. Gives the number of kills, and what the judge says.
    fn kill_at_every_point(&self) -> (u32, Vec<Fault>) {
        let scratch = Scratch::new("kills");
        let mut house = Some(self.house());
        let mut ledger = Vec::new();
        let mut kills = 0;
        for (make, wanted) in [
            (letters::selfish as fn() -> Letter, Told::Held),
            (letters::kind, Told::Sent),
        ] {
            let survived = (1..=MOST_POINTS).find(|when| {
                let mut youward = house.take().expect("given back after the last kill").start();
                let mut client = Client::ready(youward.clear_port());
                let letter = make();
                client.envelope(REP, &[&letter.recipient()]);
                let tracer = Tracer::kill_at(youward.pid(), CALLS, *when, &scratch.join("calls"));
                let told = told(client.try_data(&letter.octets));
                ledger.push(Submitted {
                    token: letter.token,
                    octets: letter.octets,
                    told,
                });
                let survived = told != Told::Nothing && youward.is_running();
                kills += u32::from(!survived);
                drop(tracer);
                house = Some(youward.kill());
                survived
            });
            assert!(survived.is_some(), "killed {MOST_POINTS} times and still not through");
            assert_eq!(
                ledger.last().map(|mail: &Submitted| mail.told),
                Some(wanted),
                "in the end it got through"
            );
        }
        (
            kills,
            self.judge(&house.expect("given back after the last kill"), &ledger),
        )
    }

    /// Two clients send held and passing mail; after 0 to 30 ms comes SIGKILL; and again, so many times, and on a slow
    /// machine until mail of both kinds has got through.
    pub(super) fn kill_at_random(&self, cycles: u32) -> Vec<Fault> {
        let mut house = self.house();
        let mut random = Random(0x2545_F491_4F6C_DD1D);
        let ledger = Mutex::new(Vec::new());
        let both_kinds = || {
            let ledger: MutexGuard<Vec<Submitted>> = ledger.lock().unwrap();
            [Told::Held, Told::Sent]
                .iter()
                .all(|kind| ledger.iter().any(|mail| mail.told == *kind))
        };
        let mut kills = 0;
        while kills < cycles || !both_kinds() {
            assert!(kills < 20 * cycles, "mail of both kinds gets through between the kills");
            let youward = house.start();
            let port = youward.clear_port();
            let delay = Duration::from_micros(random.below(30_000));
            house = std::thread::scope(|scope| {
                for first in [false, true] {
                    let ledger = &ledger;
                    scope.spawn(move || send_until_cut_off(port, first, ledger));
                }
                std::thread::sleep(delay);
                youward.kill()
            });
            kills += 1;
        }
        let ledger = ledger.into_inner().unwrap();
        let acknowledged = ledger
            .iter()
            .filter(|mail| matches!(mail.told, Told::Held | Told::Sent))
            .count();
        println!("{kills} kills, {} mails, {acknowledged} acknowledged", ledger.len());
        self.judge(&house, &ledger)
    }

    fn house(&self) -> House {
        House::with(&self.setup, self.command.clone())
    }

    /// Asks the store, as a person would, and lays the ledgers side by side.
    fn judge(&self, house: &House, ledger: &[Submitted]) -> Vec<Fault> {
        let kept = house.kept();
        let store: Vec<Stored> = kept
            .into_iter()
            .filter(|record| record.state != "annotated")
            .map(|record| Stored {
                octets: house.raw(&record.id),
                state: record.state,
            })
            .collect();
        let provider: Vec<Vec<u8>> = self.upstream.accepted().into_iter().map(|mail| mail.octets).collect();
        judge(ledger, &store, &provider, token_of)
    }
}

/// Sends mail after mail, held and passing by turns, until the connection is cut.
fn send_until_cut_off(port: u16, mut held: bool, ledger: &Mutex<Vec<Submitted>>) {
    let Ok(mut client) = Client::try_ready(port) else {
        return;
    };
    loop {
        held = !held;
        let letter = if held { letters::selfish() } else { letters::kind() };
        let answer = client
            .try_envelope(REP, &letter.recipient())
            .and_then(|()| client.try_data(&letter.octets));
        let told = told(answer);
        ledger.lock().unwrap().push(Submitted {
            token: letter.token,
            octets: letter.octets,
            told,
        });
        if told == Told::Nothing {
            return;
        }
    }
}

fn told(answer: io::Result<Answer>) -> Told {
    match answer {
        Err(_) => Told::Nothing,
        Ok(answer) if answer.code >= 400 => Told::Refused,
        Ok(answer) if answer.text().contains(HELD) => Told::Held,
        Ok(_) => Told::Sent,
    }
}

/// Numbers that look random and are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
