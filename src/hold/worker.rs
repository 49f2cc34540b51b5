//! Does what records owe, account by account, as far as credentials are at hand; and lets holds end in time.

use super::filing::Filing;
use super::gateway::Gateway;
use super::release::{Releasing, Sent, backoff};
use super::{Custody, HoldError, steps};
use crate::secrets::Vault;
use crate::smtp::sasl::Credentials;
use crate::store::{Finish, RecordId, State, StoreError, Work, WorkKind};
use crate::upstream::mailbox::{MailboxError, Mailboxes};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often the store is asked: commands change it from other processes.
const POLL: Duration = Duration::from_secs(1);
/// How often is looked for holds whose time is over, and for what may be erased.
const SWEEP: Duration = Duration::from_secs(60);
/// How long a claim lasts. Work that takes longer (a mail that a provider takes ten minutes for) is not begun twice:
/// within this process an account's work is done by one task at a time.
const CLAIM: SignedDuration = SignedDuration::from_mins(30);
/// Accounts that are worked for at one time.
const AT_ONCE: usize = 16;

/// Why a piece of work was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkError {
    #[error(transparent)]
    Hold(#[from] HoldError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
}

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> WorkError {
        WorkError::Hold(error.into())
    }
}

/// Whose work: upstream and account.
type Owner = (String, String);

/// The worker's parts.
pub struct Worker {
    /// The records' life.
    pub custody: Arc<Custody>,
    /// Credentials at hand.
    pub vault: Arc<Vault>,
    /// The providers, by name.
    pub gateways: HashMap<String, Arc<Gateway>>,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
    /// How long the content of superseded mail is kept.
    pub keep_closed: Duration,
}

impl Worker {
    /// After a restart: claims of the process before are over, and what it may have sent is in doubt.
    ///
    /// # Errors
    /// The store's.
    pub async fn recover(&self) -> Result<(), HoldError> {
        let store = self.custody.store();
        store.end_claims().await?;
        self.custody.refresh().await?;
        for open in self.custody.all_open() {
            if open.state != State::Sending {
                continue;
            }
            let record = store.get(&open.id.0).await?;
            let mailboxes = self.custody.has_mailboxes(&open.upstream);
            let why = "youward ended before the provider's answer came";
            store
                .step(steps::lost(&record, why, None, (self.clock)(), mailboxes)?)
                .await?;
            tracing::warn!(id = %open.id, "whether a released mail was sent is not known");
        }
        self.custody.refresh().await?;
        Ok(())
    }

    /// Works until the stop.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        let worker = Arc::new(self);
        let mut busy: JoinSet<()> = JoinSet::new();
        let mut at_work: HashMap<tokio::task::Id, Owner> = HashMap::new();
        // Whether work came up for which there was no hand free: then the next free hand takes it.
        let mut missed = false;
        let mut swept = tokio::time::Instant::now();
        worker.sweep().await;
        'rounds: loop {
            if let Err(error) = worker.custody.refresh().await {
                tracing::error!(%error, "open records can't be read");
            }
            if swept.elapsed() >= SWEEP {
                swept = tokio::time::Instant::now();
                worker.sweep().await;
            }
            for (owner, work) in worker.due().await {
                if at_work.len() >= AT_ONCE || at_work.values().any(|busy| *busy == owner) {
                    missed = true;
                    continue;
                }
                if let Some(what) = worker.wants(&owner) {
                    worker.wait_for(&owner, &work, what).await;
                    continue;
                }
                let (worker, of) = (worker.clone(), owner.clone());
                let task = busy.spawn(async move { worker.work_for(&of, work).await });
                at_work.insert(task.id(), owner);
            }
            let poll = tokio::time::sleep(POLL);
            tokio::pin!(poll);
            loop {
                tokio::select! {
                    _ = stopping.wait_for(|stop| *stop) => break 'rounds,
                    () = worker.custody.new_work() => break,
                    () = worker.vault.deposited() => break,
                    Some(ended) = busy.join_next_with_id() => {
                        // A panic in one account's work must not end more than that.
                        let id = match ended {
                            Ok((id, ())) => id,
                            Err(error) => error.id(),
                        };
                        at_work.remove(&id);
                        if missed {
                            break;
                        }
                    }
                    () = &mut poll => break,
                }
            }
            missed = false;
        }
        // What is begun ends: it is short, and a mail on its way should not become a doubt.
        while busy.join_next().await.is_some() {}
    }

    /// Work that is due, by owner, in its order.
    async fn due(&self) -> BTreeMap<Owner, Vec<Work>> {
        let now = (self.clock)();
        let mut due: BTreeMap<Owner, Vec<Work>> = BTreeMap::new();
        match self.custody.store().work().await {
            Ok(all) => {
                for work in all {
                    due.entry((work.upstream.clone(), work.account.clone()))
                        .or_default()
                        .push(work);
                }
            }
            Err(error) => tracing::error!(%error, "work can't be read"),
        }
        due.retain(|_, work| any_doable(work, now));
        due
    }

    /// What an account's work waits for before any of it can be done.
    fn wants(&self, (upstream, account): &Owner) -> Option<&'static str> {
        let Some(gateway) = self.gateways.get(upstream) else {
            return Some("an upstream of this name in the settings");
        };
        let needed = gateway.require_auth || gateway.imap.is_some();
        (needed && !self.vault.has(upstream, account)).then_some("the account's next login")
    }

    /// Does an account's due work, in order; work that fails keeps what comes after it for the same record waiting.
    async fn work_for(&self, owner: &Owner, work: Vec<Work>) {
        let (upstream, account) = owner;
        let Some(gateway) = self.gateways.get(upstream) else {
            return;
        };
        let credentials = self.vault.get(upstream, account);
        if credentials.is_none() && self.wants(owner).is_some() {
            // Their time was over at this moment.
            return;
        }
        let mut mailboxes: Option<Mailboxes> = None;
        let mut stuck: HashSet<RecordId> = HashSet::new();
        // Mailboxes that can't be reached, or don't let us in, keep no released mail from going.
        let (mut closed, mut forget) = (false, false);
        for work in work {
            let waits = work.kind != WorkKind::Send && (closed || stuck.contains(&work.record));
            if waits || !work.is_due((self.clock)()) {
                if blocks(&work.kind) {
                    stuck.insert(work.record);
                }
                continue;
            }
            let outcome = self.one(gateway, &work, credentials.as_ref(), &mut mailboxes).await;
            match outcome {
                Ok(true) => {}
                Ok(false) if !blocks(&work.kind) => {}
                Ok(false) => {
                    stuck.insert(work.record);
                }
                Err(Stop::LoginRefused) => {
                    forget = true;
                    if work.kind == WorkKind::Send {
                        break;
                    }
                    closed = true;
                }
                Err(Stop::Connection) => closed = true,
                Err(Stop::Store) => break,
            }
        }
        if forget {
            self.vault.forget(upstream, account);
        }
        if let Some(mailboxes) = mailboxes {
            mailboxes.leave().await;
        }
    }

    /// One piece: `Ok(true)` when it is done.
    async fn one(
        &self,
        gateway: &Gateway,
        work: &Work,
        credentials: Option<&Credentials>,
        mailboxes: &mut Option<Mailboxes>,
    ) -> Result<bool, Stop> {
        let store = self.custody.store();
        let now = (self.clock)();
        let claim = match store.claim(work.seq, now, now + CLAIM).await {
            Ok(Some(claim)) => claim,
            Ok(None) => return Ok(false),
            Err(error) => {
                tracing::error!(%error, "work can't be claimed");
                return Err(Stop::Store);
            }
        };
        let work = &Work {
            attempts: work.attempts + 1,
            ..work.clone()
        };
        let result = if work.kind == WorkKind::Send {
            let releasing = Releasing {
                custody: &self.custody,
                gateway,
                clock: self.clock,
            };
            match releasing.send(work, claim, credentials).await {
                Ok(Sent::Over) => Ok(true),
                Ok(Sent::Later) => Ok(false),
                Ok(Sent::LoginRefused) => return Err(Stop::LoginRefused),
                Err(error) => Err(WorkError::Hold(error)),
            }
        } else {
            self.in_mailboxes(gateway, work, claim, credentials, mailboxes).await
        };
        let error = match result {
            Ok(done) => {
                self.custody.tell_of_work();
                return Ok(done);
            }
            Err(error) => error,
        };
        let refused = matches!(&error, WorkError::Mailbox(error) if error.is_login_refused());
        let usable = match &error {
            WorkError::Mailbox(error) => error.leaves_connection_usable(),
            WorkError::Hold(_) => true,
        };
        tracing::warn!(%error, record = %work.record, "a step for a record waits");
        let (due, waits_for) = if refused {
            (now, format!("the account's next login: {error}"))
        } else {
            (now + backoff(work.attempts), error.to_string())
        };
        if let Err(error) = store.finish(claim, Finish::Later { due, waits_for }).await {
            tracing::error!(%error, "work can't be put off");
        }
        if refused {
            return Err(Stop::LoginRefused);
        }
        if !usable {
            *mailboxes = None;
            return Err(Stop::Connection);
        }
        Ok(false)
    }

    async fn in_mailboxes(
        &self,
        gateway: &Gateway,
        work: &Work,
        claim: crate::store::Claim,
        credentials: Option<&Credentials>,
        mailboxes: &mut Option<Mailboxes>,
    ) -> Result<bool, WorkError> {
        let Some((endpoint, tls)) = &gateway.imap else {
            // The settings have changed: there are no mailboxes any more.
            self.custody.store().finish(claim, Finish::Done).await?;
            return Ok(true);
        };
        let Some(credentials) = credentials else {
            let due = (self.clock)() + backoff(work.attempts);
            let waits_for = "the account's next login".to_owned();
            self.custody
                .store()
                .finish(claim, Finish::Later { due, waits_for })
                .await?;
            return Ok(false);
        };
        let mailboxes = match mailboxes {
            Some(mailboxes) => mailboxes,
            None => {
                let timeouts = &gateway.mailbox_timeouts;
                let mut opened = Mailboxes::connect(endpoint, tls.as_ref(), credentials, timeouts).await?;
                opened.locate(&gateway.mailboxes).await?;
                mailboxes.insert(opened)
            }
        };
        let mut filing = Filing {
            custody: &self.custody,
            mailboxes,
            clock: self.clock,
        };
        filing.work(work, claim).await
    }

    async fn wait_for(&self, (upstream, account): &Owner, work: &[Work], what: &str) {
        if work
            .iter()
            .all(|work| work.waits_for.as_deref().is_some_and(|waits| waits.starts_with(what)))
        {
            return;
        }
        if let Err(error) = self.custody.store().note_waiting(upstream, account, what).await {
            tracing::error!(%error, "what work waits for can't be noted");
        }
    }
}

/// Why an account's work ends for now.
enum Stop {
    LoginRefused,
    Connection,
    Store,
}

/// Whether there is work that is due and not kept waiting by work before it.
fn any_doable(work: &[Work], now: Timestamp) -> bool {
    let mut stuck: HashSet<&RecordId> = HashSet::new();
    work.iter().any(|work| {
        let waits = work.kind != WorkKind::Send && stuck.contains(&work.record);
        let doable = !waits && work.is_due(now);
        if !doable && blocks(&work.kind) {
            stuck.insert(&work.record);
        }
        doable
    })
}

/// Whether work keeps later work of the same record waiting. Looking for the MUA's own copy goes on beside.
fn blocks(kind: &WorkKind) -> bool {
    !matches!(
        kind,
        WorkKind::TakeFromSent | WorkKind::Send | WorkKind::Look | WorkKind::Settle { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(record: &str, kind: WorkKind, due: i64) -> Work {
        Work {
            seq: 1,
            record: RecordId(record.to_owned()),
            kind,
            account: "ana@seller.example".to_owned(),
            upstream: "corp".to_owned(),
            added: Timestamp::UNIX_EPOCH,
            due: Timestamp::new(due, 0).unwrap(),
            attempts: 0,
            waits_for: None,
        }
    }

    #[test]
    fn work_waits_for_what_comes_before_it_but_sending_and_looking_do_not() {
        let now = Timestamp::new(10, 0).unwrap();
        let later = work("a", WorkKind::FileDraft, 11);
        assert!(!any_doable(&[], now));
        assert!(!any_doable(std::slice::from_ref(&later), now));
        let copy = work("a", WorkKind::FileCopy, 0);
        assert!(any_doable(std::slice::from_ref(&copy), now));
        assert!(!any_doable(&[later.clone(), copy.clone()], now));
        assert!(any_doable(
            &[later.clone(), copy, work("b", WorkKind::FileCopy, 0)],
            now
        ));
        assert!(any_doable(&[later, work("a", WorkKind::Send, 10)], now));
        let before_the_clock_was_set_back = work("a", WorkKind::FileCopy, 10 + 2 * 3_600);
        assert!(any_doable(&[before_the_clock_was_set_back], now));
        let looks = work("a", WorkKind::TakeFromSent, 11);
        assert!(any_doable(&[looks, work("a", WorkKind::Tidy { draft: true }, 0)], now));
    }
}
