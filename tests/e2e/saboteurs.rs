//! The judge has teeth: proxies that are wrong on purpose are put through the same mill and must be caught.
//!
//! The saboteurs are test implementations of the port `Store`; nothing of them is in the program. Each runs as a child
//! process: this test binary itself, told by its environment which one to be.

use super::custody::synced_before_acknowledged;
use super::kills::Mill;
use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::judge::Fault;
use crate::support::letters;
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::youward::{HELD, HOLDING, House, ProxyCommand, Setup};
use async_trait::async_trait;
use jiff::Timestamp;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use youward::app;
use youward::config::{Environment, Settings};
use youward::mail::{Envelope, Fingerprint, ForwardPath, Mail};
use youward::reading::Silence;
use youward::smtp::Timeouts;
use youward::store::{
    AuditCheck, AuditRow, AuditSearch, Claim, Filter, Finish, FoundRow, KeptSilence, NewRecord, OpenRecord, Record,
    RecordId, Rewrite, SqliteStore, State, Store, StoreError, Stores, Summary, Transition, Work,
};
use youward::upstream::{Endpoint, Submission};

const KIND: &str = "YOUWARD_SABOTEUR";
const CONFIG: &str = "YOUWARD_SABOTEUR_CONFIG";
/// Kills until one that is wrong for a moment only must have been caught in it.
const CYCLES: u32 = 40;
/// Kills where the fault is there from the first mail on.
const FEW: u32 = 5;

#[test]
fn a_proxy_that_acknowledges_before_it_commits_is_caught() {
    let faults = Mill::new(saboteur("early")).kill_at_random(CYCLES);
    assert!(
        faults.iter().any(|fault| matches!(fault, Fault::LostHold(_))),
        "{faults:?}"
    );
}

#[test]
fn a_proxy_that_acknowledges_before_it_commits_is_caught_by_its_calls() {
    assert!(!synced_before_acknowledged(saboteur("early"), HOLDING, HELD));
}

#[test]
fn consent_that_is_not_bound_to_its_octets_is_caught() {
    for (kind, leaks) in [("forgetful", true), ("honest", false)] {
        let upstream = FakeUpstream::start(Script::new());
        let youward = House::with(&Setup::clear(upstream.port), saboteur(kind)).start();
        let mut client = Client::ready(youward.clear_port());
        let mut submit = |octets: &[u8]| {
            client.envelope(REP, &[PROSPECT]);
            client.data(octets).code
        };
        assert_eq!(submit(&letters::selfish().octets), 550);
        let kept = youward.house().kept();
        let allowed = youward
            .house()
            .held(&["allow", &kept[0].id, "--reason", "they asked for it"]);
        assert!(allowed.status.success(), "{allowed:?}");
        // Another mail altogether.
        assert_eq!(submit(&letters::selfish().octets) == 250, leaks);
        assert_eq!(!upstream.accepted().is_empty(), leaks);
    }
}

#[test]
fn a_proxy_that_sends_what_it_holds_is_caught() {
    let faults = Mill::new(saboteur("leaky")).kill_at_random(FEW);
    assert!(
        faults.iter().any(|fault| matches!(fault, Fault::Leaked(_))),
        "{faults:?}"
    );
}

#[test]
fn a_proxy_that_keeps_other_octets_is_caught() {
    let faults = Mill::new(saboteur("careless")).kill_at_random(FEW);
    assert!(
        faults.iter().any(|fault| matches!(fault, Fault::Altered(_))),
        "{faults:?}"
    );
}

#[test]
fn a_proxy_that_keeps_everything_twice_is_caught() {
    let faults = Mill::new(saboteur("doubling")).kill_at_random(FEW);
    assert!(
        faults.iter().any(|fault| matches!(fault, Fault::StoredTwice(_))),
        "{faults:?}"
    );
}

/// The same harness with nothing sabotaged finds nothing, so it is the saboteurs that are caught above.
#[test]
fn an_honest_child_is_not_accused() {
    assert_eq!(Mill::new(saboteur("honest")).kill_at_random(CYCLES / 2), []);
}

/// This test binary as a proxy. Arguments as `youward` takes them are appended: `run --config FILE`.
pub(super) fn saboteur(kind: &str) -> ProxyCommand {
    let this = std::env::current_exe().expect("this binary");
    let script = format!(
        "{CONFIG}=\"$3\" exec '{}' --exact e2e::saboteurs::the_child --ignored --nocapture",
        this.display()
    );
    ProxyCommand {
        words: vec!["sh".into(), "-c".into(), OsString::from(script), "sh".into()],
        environment: vec![(KIND.into(), kind.into())],
    }
}

#[test]
#[ignore = "the saboteur itself: the tests above start it as their child"]
#[expect(
    clippy::disallowed_methods,
    reason = "the child is told by its environment what to be"
)]
fn the_child() {
    let kind = std::env::var(KIND).expect("told which saboteur to be");
    let file = PathBuf::from(std::env::var_os(CONFIG).expect("told its settings"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let settings = Settings::load_from(Some(&file), None, &Environment::default()).expect("settings");
        let policy = app::load_policy(&settings).expect("a policy");
        let store = SqliteStore::open(&settings.data_dir).await.expect("a store");
        let provider = settings.upstreams[0].smtp.clone();
        let honest = Arc::new(store);
        let store = Arc::new(Saboteur {
            store: honest.clone(),
            kind,
            provider,
            late: Mutex::default(),
        });
        let stores = Stores {
            records: store,
            ..Stores::of(honest)
        };
        let running = app::start(&settings, policy, stores, app::now).await.expect("a proxy");
        let mut out = std::io::stdout();
        for listening in running.listening() {
            let (name, address, tls) = (&listening.upstream, listening.address, listening.tls);
            writeln!(out, "\nlistening {name} {address} {tls}").expect("standard output");
        }
        writeln!(out, "ready")
            .and_then(|()| out.flush())
            .expect("standard output");
        std::future::pending::<()>().await;
    });
}

/// A store that is wrong in one way.
struct Saboteur {
    store: Arc<SqliteStore>,
    kind: String,
    provider: Endpoint,
    /// A step that was said to be taken, and is not yet.
    late: Mutex<Option<JoinHandle<()>>>,
}

impl Saboteur {
    /// Says "committed" at once, and commits a little later.
    fn commit_later(&self, record: NewRecord) -> RecordId {
        let id = RecordId::derive(&record.account, &record.fingerprint, record.at, 0);
        let store = self.store.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let _ = store.commit(record).await;
        });
        id
    }

    /// A step on the way of a released mail, as this saboteur takes it.
    async fn step_wrongly(&self, mut transition: Transition) -> Result<(), StoreError> {
        let begins = transition.to == State::Sending;
        match self.kind.as_str() {
            // The record that the mail may have gone is never made.
            "no-dot" if begins => return Ok(()),
            "no-dot" if transition.from == State::Sending => transition.from = State::Released,
            // It is made after the dot.
            "late-dot" if begins => {
                let store = self.store.clone();
                let later = tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    let _ = store.step(transition).await;
                });
                *self.late.lock().await = Some(later);
                return Ok(());
            }
            "late-dot" => {
                if let Some(late) = self.late.lock().await.take() {
                    let _ = late.await;
                }
            }
            _ => {}
        }
        self.store.step(transition).await
    }

    /// A released record with other octets than were released.
    fn swapped(&self, mut record: Record) -> Record {
        let (Some(mail), Some(permit)) = (&record.mail, &mut record.permit) else {
            return record;
        };
        let text = String::from_utf8_lossy(mail.octets()).replace("free demo", "free loan");
        let other = Mail::new(text.into_bytes());
        if self.kind == "forger" {
            permit.digest = digest(&other, &record.envelope);
        }
        record.mail = Some(other);
        record
    }

    /// Sends to the provider what it was given to keep.
    async fn leak(&self, record: &NewRecord) {
        let Some(mail) = &record.mail else { return };
        let Ok((mut session, _)) = Submission::connect(&self.provider, None, &Timeouts::default()).await else {
            return;
        };
        session.queue(b"EHLO saboteur.example\r\n");
        session.queue(format!("MAIL FROM:<{}>\r\n", record.envelope.reverse_path.path).as_bytes());
        session.queue(format!("RCPT TO:<{}>\r\n", record.envelope.recipients[0].path).as_bytes());
        for _ in 0..3 {
            let _ = session.reply().await;
        }
        let _ = session.content(mail).await;
    }
}

#[async_trait]
impl Store for Saboteur {
    async fn commit(&self, mut record: NewRecord) -> Result<RecordId, StoreError> {
        match self.kind.as_str() {
            "early" => return Ok(self.commit_later(record)),
            "leaky" => self.leak(&record).await,
            "careless" => {
                let octets = record.mail.as_ref().map_or(&[][..], Mail::octets);
                record.mail = Some(Mail::new(octets[..octets.len() - 1].to_vec()));
            }
            "doubling" => {
                let mut again = record.clone();
                again.at = Timestamp::from_microsecond(record.at.as_microsecond() + 1).expect("a time");
                self.store.commit(again).await?;
            }
            "forgetful" | "honest" | "no-dot" | "late-dot" | "forger" | "swapper" => {}
            other => panic!("no saboteur {other:?}"),
        }
        self.store.commit(record).await
    }

    async fn find_identical(
        &self,
        account: &str,
        fingerprint: &Fingerprint,
        since: Timestamp,
    ) -> Result<Option<Summary>, StoreError> {
        if self.kind == "forgetful" {
            // Any consent will do, whatever it was given to.
            let filter = Filter {
                states: vec![State::Allowed],
                ..Filter::default()
            };
            return Ok(self.store.list(&filter).await?.into_iter().next());
        }
        self.store.find_identical(account, fingerprint, since).await
    }

    async fn list(&self, filter: &Filter) -> Result<Vec<Summary>, StoreError> {
        self.store.list(filter).await
    }

    async fn get(&self, id: &str) -> Result<Record, StoreError> {
        let record = self.store.get(id).await?;
        let swaps = matches!(self.kind.as_str(), "forger" | "swapper");
        Ok(if swaps { self.swapped(record) } else { record })
    }

    async fn replaced_by(&self, id: &RecordId) -> Result<Option<RecordId>, StoreError> {
        self.store.replaced_by(id).await
    }

    async fn open_records(&self, account: Option<&str>) -> Result<Vec<OpenRecord>, StoreError> {
        self.store.open_records(account).await
    }

    async fn last_change(&self) -> Result<i64, StoreError> {
        self.store.last_change().await
    }

    async fn step(&self, transition: Transition) -> Result<(), StoreError> {
        self.step_wrongly(transition).await
    }

    async fn work(&self) -> Result<Vec<Work>, StoreError> {
        self.store.work().await
    }

    async fn claim(&self, seq: i64, now: Timestamp, until: Timestamp) -> Result<Option<Claim>, StoreError> {
        self.store.claim(seq, now, until).await
    }

    async fn finish(&self, claim: Claim, finish: Finish) -> Result<(), StoreError> {
        self.store.finish(claim, finish).await
    }

    async fn note_waiting(&self, upstream: &str, account: &str, waits_for: &str) -> Result<(), StoreError> {
        self.store.note_waiting(upstream, account, waits_for).await
    }

    async fn erase_superseded(&self, before: Timestamp) -> Result<(), StoreError> {
        self.store.erase_superseded(before).await
    }

    async fn end_claims(&self) -> Result<(), StoreError> {
        self.store.end_claims().await
    }

    async fn search_audit(&self, search: &AuditSearch) -> Result<Vec<FoundRow>, StoreError> {
        self.store.search_audit(search).await
    }

    async fn verify_audit(&self, head: Option<&str>) -> Result<AuditCheck, StoreError> {
        self.store.verify_audit(head).await
    }

    async fn silence(&self, silence: &Silence, who: &str, at: Timestamp) -> Result<(), StoreError> {
        self.store.silence(silence, who, at).await
    }

    async fn unsilence(&self, hash: &str, who: &str, at: Timestamp) -> Result<(), StoreError> {
        self.store.unsilence(hash, who, at).await
    }

    async fn silences(&self) -> Result<Vec<KeptSilence>, StoreError> {
        self.store.silences().await
    }

    async fn audit(&self, rows: Vec<AuditRow>) -> Result<(), StoreError> {
        self.store.audit(rows).await
    }

    async fn rewrites(&self, account: Option<&str>, since: Timestamp) -> Result<Vec<Rewrite>, StoreError> {
        self.store.rewrites(account, since).await
    }

    async fn audit_rows(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        self.store.audit_rows(limit).await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

/// What a permission is bound to, as the program works it out.
fn digest(mail: &Mail, envelope: &Envelope) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(b"youward-permit-1");
    hash.update((mail.octets().len() as u64).to_be_bytes());
    hash.update(mail.octets());
    let recipients = envelope.recipients.iter().map(ForwardPath::command);
    for command in std::iter::once(envelope.reverse_path.command()).chain(recipients) {
        hash.update((command.len() as u64).to_be_bytes());
        hash.update(command.as_bytes());
    }
    hash.finalize().iter().map(|octet| format!("{octet:02x}")).collect()
}
