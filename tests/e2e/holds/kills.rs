//! SIGKILL between a release and its end: nothing is lost, nothing goes twice, and what may have gone is in doubt.
//!
//! The sink is a provider that we play; its ledger says what it took, whether or not the answer was ever read.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::judge::{Submitted, Told};
use crate::support::ledger::Ledger;
use crate::support::letters::{self, Letter};
use crate::support::provider::REP;
use crate::support::releases::{Wrong, judge, kept};
use crate::support::scratch::Scratch;
use crate::support::script::Script;
use crate::support::tracer::Tracer;
use crate::support::wait::{DEADLINE, within};
use crate::support::youward::{HELD, HOLDING, House, ProxyCommand, Setup, Youward};
use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where a running system can be cut: before each call of these kinds, each counted by itself; from which call on, and in
/// which steps.
const RUNS: [(&str, u32, usize); 6] = [
    ("pwrite64", 1, 3),
    ("pwrite64", 2, 3),
    ("pwrite64", 3, 3),
    ("fdatasync", 1, 1),
    ("sendto", 1, 1),
    ("write,writev,sendmsg", 1, 1),
];
/// More points than there are calls of a kind between the release and its end.
const MOST_POINTS: u32 = 60;
/// Random kills in every run of the tests.
const CYCLES: u32 = 60;

#[test]
fn killed_at_every_point_between_release_and_record_nothing_is_lost_or_doubled() {
    // Most of the time is waiting for the worker's next look, so all go at once.
    let outcomes = std::thread::scope(|scope| {
        let run = |run| move || Mill::new(ProxyCommand::youward()).kill_at_every(run);
        let runs: Vec<_> = RUNS.into_iter().map(|kind| scope.spawn(run(kind))).collect();
        runs.into_iter()
            .map(|run| run.join().unwrap())
            .collect::<Vec<Outcome>>()
    });
    let kills: u32 = outcomes.iter().map(|outcome| outcome.kills).sum();
    println!("{kills} kills at every call of {RUNS:?}");
    let mut seen = BTreeSet::new();
    for outcome in outcomes {
        assert_eq!(outcome.wrong, []);
        seen.extend(outcome.seen);
    }
    // The moments by name: before the record that it may go, between that and the dot, between the provider's answer and
    // our record of it, after that.
    for (moment, state, arrived) in [
        ("released, not begun", "released", false),
        ("begun, no dot yet", "sending", false),
        ("taken, not recorded", "sending", true),
        ("recorded", "sent", true),
    ] {
        assert!(seen.contains(&(state.to_owned(), arrived)), "{moment}: {seen:?}");
    }
}

#[test]
fn killed_at_random_between_hold_and_release_nothing_is_lost_or_doubled() {
    let mut mill = Mill::new(ProxyCommand::youward());
    assert_eq!(mill.kill_at_random(CYCLES), []);
}

#[test]
#[ignore = "takes minutes; run by hand: cargo test --test all a_thousand_kills -- --ignored --nocapture"]
fn a_thousand_kills() {
    let mut mill = Mill::new(ProxyCommand::youward());
    assert_eq!(mill.kill_at_random(1_000), []);
}

/// What came of killing at every call of a kind.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// How often a kill struck.
    pub(super) kills: u32,
    /// Where records stood then, and whether the mail had arrived.
    pub(super) seen: BTreeSet<(String, bool)>,
    /// What the judge says.
    pub(super) wrong: Vec<Wrong>,
}

/// A sink, a house, and a command that starts the proxy in it.
pub(super) struct Mill {
    sink: FakeUpstream,
    house: Option<House>,
    client: Mutex<Vec<Submitted>>,
    released: Mutex<HashSet<String>>,
}

impl Mill {
    /// For this proxy.
    pub(super) fn new(command: ProxyCommand) -> Mill {
        let sink = FakeUpstream::start(Script::new());
        let setup = Setup::clear(sink.port).standard(HOLDING);
        Mill {
            house: Some(House::with(&setup, command)),
            sink,
            client: Mutex::default(),
            released: Mutex::default(),
        }
    }

    /// Holds and releases a mail, and kills before the first call of this kind, then before the next, and so on, until a
    /// release gets through alive, or something is wrong.
    pub(super) fn kill_at_every(&mut self, (kind, first, step): (&str, u32, usize)) -> Outcome {
        let mut outcome = Outcome::default();
        for when in (first..=MOST_POINTS).step_by(step) {
            let (moment, killed) = self.kill_at(kind, when);
            outcome.seen.insert(moment);
            outcome.kills += u32::from(killed);
            outcome.wrong = self.judge(false);
            if !outcome.wrong.is_empty() {
                return outcome;
            }
            if !killed {
                let youward = self.start();
                drop(self.rest(&youward));
                self.house = Some(youward.kill());
                outcome.wrong = self.judge(true);
                return outcome;
            }
        }
        panic!("killed at {MOST_POINTS} calls of {kind} and still not through");
    }

    /// One mail and one kill. Gives where its record stood, whether it had arrived, and whether the kill struck at all.
    fn kill_at(&mut self, kind: &str, when: u32) -> ((String, bool), bool) {
        let scratch = Scratch::new("kills");
        let mut youward = self.start();
        let ledger = self.rest(&youward);
        let letter = letters::selfish();
        self.hold(&youward, &letter);
        let tracer = Tracer::kill_at(youward.pid(), kind, when, &scratch.join("calls"));
        self.release(&ledger, &letter);
        let ended = within(DEADLINE, || {
            let gone = !youward.is_running();
            (gone || self.stands(&ledger, &letter) == "sent").then_some(gone)
        });
        let killed = ended.unwrap_or_else(|| panic!("neither killed nor sent:\n{}", youward.log()));
        drop(tracer);
        self.house = Some(youward.kill());
        ((self.stands(&ledger, &letter), self.has_arrived(&letter)), killed)
    }

    /// One client sends mail that is held, another one releases what is; after 0 to 80 ms comes SIGKILL; and again.
    pub(super) fn kill_at_random(&mut self, cycles: u32) -> Vec<Wrong> {
        let mut random = Random(0x2545_F491_4F6C_DD1D);
        for cycle in 0..cycles {
            let youward = self.start();
            let port = youward.clear_port();
            let ledger = Ledger::open(&youward.house().data(), false);
            let delay = Duration::from_micros(random.below(80_000));
            let over = AtomicBool::new(false);
            let (mill, over, ledger) = (&*self, &over, &ledger);
            let house = std::thread::scope(|scope| {
                scope.spawn(move || mill.hold_until_cut_off(port));
                scope.spawn(move || mill.release_all(ledger, over));
                std::thread::sleep(delay);
                let house = youward.kill();
                over.store(true, Ordering::SeqCst);
                house
            });
            self.house = Some(house);
            if cycle % 50 == 49 {
                let wrong = self.judge(false);
                if !wrong.is_empty() {
                    return wrong;
                }
            }
        }
        let youward = self.start();
        drop(self.rest(&youward));
        self.house = Some(youward.kill());
        let wrong = self.judge(true);
        let (client, released) = (self.client.lock().unwrap(), self.released.lock().unwrap());
        let ledger = Ledger::open(&self.data(), false);
        let count = |word: &str| {
            ledger
                .records()
                .iter()
                .filter(|record| record.state.word() == word)
                .count()
        };
        println!(
            "{cycles} kills: {} mails, {} acknowledged as held, {} releases acknowledged; now {} held, {} sent, {} in doubt; \
             {} arrived; {} wrong",
            client.len(),
            client.iter().filter(|mail| mail.told == Told::Held).count(),
            released.len(),
            count("held"),
            count("sent"),
            count("in-doubt"),
            self.sink.accepted().len(),
            wrong.len(),
        );
        assert!(count("sent") > 0, "some releases got through");
        wrong
    }

    fn start(&mut self) -> Youward {
        self.house.take().expect("given back after the last kill").start()
    }

    fn data(&self) -> std::path::PathBuf {
        self.house.as_ref().expect("given back after the last kill").data()
    }

    /// Holds one mail, releases it, and waits until it is over; gives where it stands then, and what the judge says.
    pub(super) fn release_one(&mut self) -> (String, Vec<Wrong>) {
        let youward = self.start();
        let letter = letters::selfish();
        self.hold(&youward, &letter);
        let ledger = Ledger::open(&youward.house().data(), false);
        let id = self.id(&ledger, &letter);
        ledger.release(&id, "").unwrap();
        let over = within(DEADLINE, || {
            let state = self.stands(&ledger, &letter);
            (!matches!(state.as_str(), "released" | "sending")).then_some(state)
        });
        let state = over.unwrap_or_else(|| panic!("no end:\n{}", youward.log()));
        drop(ledger);
        self.house = Some(youward.kill());
        (state, self.judge(true))
    }

    /// Waits until it has looked at all that a kill left: nothing is being sent, what may have gone is in doubt.
    fn rest(&self, youward: &Youward) -> Ledger {
        let ledger = Ledger::open(&youward.house().data(), false);
        let rest = within(DEADLINE, || {
            let moving = |word: &str| matches!(word, "released" | "sending");
            let all = ledger.records();
            (!all.iter().any(|record| moving(record.state.word()))).then_some(())
        });
        assert!(rest.is_some(), "it does not come to rest:\n{}", youward.log());
        ledger
    }

    fn hold(&self, youward: &Youward, letter: &Letter) {
        let mut client = Client::ready(youward.clear_port());
        client.envelope(REP, &[&letter.recipient()]);
        let answer = client.data(&letter.octets);
        assert!(answer.text().contains(HELD), "{}", answer.text());
        client.command("QUIT", 221);
        self.note(letter, Told::Held);
    }

    fn note(&self, letter: &Letter, told: Told) {
        self.client.lock().unwrap().push(Submitted {
            token: letter.token.clone(),
            octets: letter.octets.clone(),
            told,
        });
    }

    fn hold_until_cut_off(&self, port: u16) {
        let Ok(mut client) = Client::try_ready(port) else {
            return;
        };
        loop {
            let letter = letters::selfish();
            let answer = client
                .try_envelope(REP, &letter.recipient())
                .and_then(|()| client.try_data(&letter.octets));
            let told = match &answer {
                Err(_) => Told::Nothing,
                Ok(answer) if answer.text().contains(HELD) => Told::Held,
                Ok(_) => Told::Refused,
            };
            self.note(&letter, told);
            if answer.is_err() {
                return;
            }
        }
    }

    /// Releases two of three, as long as it runs.
    fn release_all(&self, ledger: &Ledger, over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            let all = ledger.records();
            let held = all.iter().filter(|record| record.state.word() == "held");
            for (at, record) in held.enumerate() {
                if at % 3 != 0 && !over.load(Ordering::SeqCst) && ledger.release(&record.id.0, "").is_ok() {
                    let id = ledger.record(&record.id.0).message_id.unwrap_or_default();
                    let token = id.split('@').next().unwrap_or_default().to_owned();
                    self.released.lock().unwrap().insert(token);
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn release(&self, ledger: &Ledger, letter: &Letter) {
        let id = self.id(ledger, letter);
        ledger.release(&id, "").unwrap();
        self.released.lock().unwrap().insert(letter.token.clone());
    }

    fn id(&self, ledger: &Ledger, letter: &Letter) -> String {
        let wanted = format!("{}@corp.example", letter.token);
        let all = ledger.records();
        let found = all
            .iter()
            .find(|record| ledger.record(&record.id.0).message_id.as_deref() == Some(&wanted));
        found.expect("there is a record").id.0.clone()
    }

    fn stands(&self, ledger: &Ledger, letter: &Letter) -> String {
        ledger.state(&self.id(ledger, letter)).word().to_owned()
    }

    fn has_arrived(&self, letter: &Letter) -> bool {
        self.sink.accepted().iter().any(|mail| letter.is_in(&mail.octets))
    }

    fn judge(&self, at_rest: bool) -> Vec<Wrong> {
        let ledger = Ledger::open(&self.data(), false);
        let provider: Vec<Vec<u8>> = self.sink.accepted().into_iter().map(|mail| mail.octets).collect();
        let (client, released) = (self.client.lock().unwrap(), self.released.lock().unwrap());
        assert_eq!(ledger.integrity(), "ok");
        assert_eq!(ledger.broken_audit(), None);
        judge(&client, &released, &kept(&ledger), &provider, at_rest)
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
