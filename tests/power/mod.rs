//! Power cuts: what was acknowledged is on the disk, and not only on its way there.
//!
//! The data folder lies on a file system in an image. A cut is: kill the program, copy the image at once, go on with the
//! copy. What the program wrote and did not sync was in memory only, and is gone, as with a real cut. It takes root and a
//! loop device; where there is none the tests say so and end.

mod disk;

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::judge::{Submitted, Told};
use crate::support::ledger::Ledger;
use crate::support::letters;
use crate::support::provider::REP;
use crate::support::releases::{Wrong, judge, kept};
use crate::support::scratch::Scratch;
use crate::support::script::Script;
use crate::support::tracer::Tracer;
use crate::support::youward::{HELD, HOLDING, House, Setup};
use disk::Disk;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Cuts in every run of the tests.
const CUTS: u32 = 5;

#[test]
fn what_was_acknowledged_survives_power_cuts() {
    if let Some(wrong) = Plant::build().map(|mut plant| plant.cut_again_and_again(CUTS, Syncs::Honest)) {
        assert_eq!(wrong, []);
    }
}

#[test]
#[ignore = "takes minutes; run by hand: cargo test --test all a_hundred_power_cuts -- --ignored --nocapture"]
fn a_hundred_power_cuts() {
    let mut plant = Plant::build().expect("root and a loop device");
    assert_eq!(plant.cut_again_and_again(100, Syncs::Honest), []);
}

/// With `synchronous=NORMAL` SQLite does not sync its log at a commit. Here the kernel is made to skip every sync, which is
/// that and more, and needs no second build.
#[test]
fn a_program_that_does_not_sync_is_caught() {
    if let Some(wrong) = Plant::build().map(|mut plant| plant.cut_again_and_again(CUTS, Syncs::Pretended)) {
        assert!(wrong.iter().any(|wrong| matches!(wrong, Wrong::Lost(_))), "{wrong:?}");
    }
}

/// Whether syncs reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncs {
    Honest,
    Pretended,
}

/// A disk, a sink, and the ledgers of what was acknowledged.
struct Plant {
    disk: Option<Disk>,
    sink: FakeUpstream,
    client: Mutex<Vec<Submitted>>,
    released: Mutex<HashSet<String>>,
}

impl Plant {
    fn build() -> Option<Plant> {
        let disk = match Disk::new() {
            Ok(disk) => disk,
            Err(why) => {
                println!("no power cuts here: {why}");
                return None;
            }
        };
        Some(Plant {
            disk: Some(disk),
            sink: FakeUpstream::start(Script::new()),
            client: Mutex::default(),
            released: Mutex::default(),
        })
    }

    fn cut_again_and_again(&mut self, cuts: u32, syncs: Syncs) -> Vec<Wrong> {
        for cut in 0..cuts {
            self.cut(cut, syncs);
            let wrong = self.judge();
            if !wrong.is_empty() {
                println!("{} cuts: {}", cut + 1, self.figures());
                return wrong;
            }
        }
        println!("{cuts} cuts: {}", self.figures());
        Vec::new()
    }

    /// Load, cut, and the disk as it is afterwards.
    fn cut(&mut self, number: u32, syncs: Syncs) {
        let disk = self.disk.take().expect("given back after the last cut");
        let setup = Setup {
            data: Some(disk.path().join("data")),
            ..Setup::clear(self.sink.port).standard(HOLDING)
        };
        let youward = House::new(&setup).start();
        let scratch = Scratch::new("power");
        let tracer =
            (syncs == Syncs::Pretended).then(|| Tracer::pretend_to_sync(youward.pid(), &scratch.join("calls")));
        let port = youward.clear_port();
        let data = youward.house().data();
        let over = AtomicBool::new(false);
        let plant = &*self;
        let disk = std::thread::scope(|scope| {
            scope.spawn(|| plant.hold_until_cut_off(port));
            let releases = scope.spawn(|| plant.release_until(&over, &data, syncs));
            std::thread::sleep(Duration::from_millis(120 + u64::from(number % 7) * 40));
            youward.kill();
            over.store(true, Ordering::SeqCst);
            let cut = disk.cut();
            releases.join().unwrap();
            disk.discard();
            cut
        });
        drop(tracer);
        self.disk = Some(disk);
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
            let over = answer.is_err();
            self.client.lock().unwrap().push(Submitted {
                token: letter.token,
                octets: letter.octets,
                told,
            });
            if over {
                return;
            }
        }
    }

    /// Releases every second mail. Not where syncs are pretended: ours are honest, and would save the program's writes.
    fn release_until(&self, over: &AtomicBool, data: &std::path::Path, syncs: Syncs) {
        if syncs == Syncs::Pretended {
            return;
        }
        let ledger = Ledger::open(data, false);
        while !over.load(Ordering::SeqCst) {
            let all = ledger.records();
            for record in all.iter().filter(|record| record.state.word() == "held").step_by(2) {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let id = ledger.record(&record.id.0).message_id.unwrap_or_default();
                let token = id.split('@').next().unwrap_or_default().to_owned();
                // Noted only if the cut had not come when it was acknowledged.
                if ledger.release(&record.id.0, "").is_ok() && !over.load(Ordering::SeqCst) {
                    self.released.lock().unwrap().insert(token);
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn judge(&self) -> Vec<Wrong> {
        let ledger = Ledger::open(&self.disk.as_ref().expect("a disk").path().join("data"), false);
        assert_eq!(ledger.integrity(), "ok");
        assert_eq!(ledger.broken_audit(), None);
        let provider: Vec<Vec<u8>> = self.sink.accepted().into_iter().map(|mail| mail.octets).collect();
        let (client, released) = (self.client.lock().unwrap(), self.released.lock().unwrap());
        judge(&client, &released, &kept(&ledger), &provider, false)
    }

    fn figures(&self) -> String {
        let client = self.client.lock().unwrap();
        let held = client.iter().filter(|mail| mail.told == Told::Held).count();
        let released = self.released.lock().unwrap().len();
        let arrived = self.sink.accepted().len();
        format!("{held} acknowledged as held, {released} releases acknowledged, {arrived} arrived")
    }
}
