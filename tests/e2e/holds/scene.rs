//! One rep with a mail client, between Youward and the real provider.

use crate::support::client::{Answer, Client};
use crate::support::imap::Stored;
use crate::support::imap_client::ImapClient;
use crate::support::ledger::Ledger;
use crate::support::letters::{Letter, assert_same};
use crate::support::process::Ended;
use crate::support::provider::{PASSWORD, Provider, provider};
use crate::support::wait::{DEADLINE, within};
use crate::support::youward::{HELD, HOLDING, House, Setup, Youward};
use youward::store::{State, Summary, WorkKind};

/// Youward's mailboxes, as a server with `/` and no prefix names them.
pub(super) const HELD_BOX: &str = "Youward/Held";
/// Copies that clients filed in Sent of what did not go.
pub(super) const NOT_SENT: &str = "Youward/Not sent";
/// Notices.
pub(super) const NOTES: &str = "Youward/Notes";
/// Where a held copy is moved to.
pub(super) const SEND: &str = "Youward/Send as written";

/// A rep's account, and Youward in front of the provider.
pub(super) struct Scene {
    /// The provider that all tests share.
    pub(super) provider: &'static Provider,
    /// The account's name, and the author's address.
    pub(super) account: String,
    /// The port of its IMAP server.
    pub(super) imap: u16,
    /// Somebody to write to: a mailbox that all tests share, under a name of the test's own.
    pub(super) prospect: String,
    /// The store.
    pub(super) ledger: Ledger,
    youward: Option<Youward>,
}

/// The settings of a scene at the shared provider.
pub(super) fn setup(terms: &'static str) -> Setup {
    let provider = provider();
    Setup {
        require_auth: true,
        ..Setup::clear(provider.clear)
            .imap(provider.imap)
            .standard(HOLDING)
            .terms(terms)
    }
}

impl Scene {
    /// A rep of this name, mail held under these terms of the standard.
    pub(super) fn new(name: &str, terms: &'static str) -> Scene {
        Scene::of(name, House::new(&setup(terms)), provider().imap)
    }

    /// A rep whose Youward lives here.
    pub(super) fn of(name: &str, house: House, imap: u16) -> Scene {
        Scene {
            provider: provider(),
            account: format!("{name}@corp.example"),
            imap,
            prospect: format!("pat+{name}@customer.example"),
            ledger: Ledger::open(&house.data(), true),
            youward: Some(house.start()),
        }
    }

    /// The running Youward.
    pub(super) fn youward(&self) -> &Youward {
        self.youward.as_ref().expect("it runs")
    }

    /// Its data and commands.
    pub(super) fn house(&self) -> &House {
        self.youward().house()
    }

    /// Stops it in order; something is done meanwhile; it starts again.
    pub(super) fn restart(&mut self, meanwhile: impl FnOnce(&House)) {
        let house = self.youward.take().expect("it runs").stop();
        meanwhile(&house);
        self.youward = Some(house.start());
    }

    /// A client that has logged in.
    pub(super) fn log_in(&self) -> Client {
        let mut client = Client::ready(self.youward().clear_port());
        let answer = client.login(&self.account, PASSWORD);
        assert_eq!(answer.code, 235, "{}\n{}", answer.text(), self.youward().log());
        client
    }

    /// Sends a mail as the rep's client does.
    pub(super) fn submit(&self, letter: &Letter) -> Answer {
        let mut client = self.log_in();
        client.envelope(&self.account, &[&self.prospect]);
        let answer = client.data(&letter.octets);
        client.command("QUIT", 221);
        answer
    }

    /// Sends a mail that must be held, and gives its record's id.
    pub(super) fn hold(&self, letter: &Letter) -> String {
        let answer = self.submit(letter);
        assert!(answer.code == 250 && answer.text().contains(HELD), "{}", answer.text());
        self.record_of(letter)
    }

    /// Sends a mail that must pass.
    pub(super) fn pass(&self, letter: &Letter) {
        let answer = self.submit(letter);
        assert!(answer.code == 250 && !answer.text().contains(HELD), "{}", answer.text());
    }

    /// The rep's own mail client.
    pub(super) fn mua(&self) -> ImapClient {
        ImapClient::log_in(self.imap, &self.account, PASSWORD)
    }

    /// What lies in a mailbox.
    pub(super) fn mails(&self, mailbox: &str) -> Vec<Stored> {
        self.mua().mails(mailbox)
    }

    /// Waits until so many mails are in a mailbox, and gives them.
    pub(super) fn wait_for(&self, mailbox: &str, count: usize) -> Vec<Stored> {
        let mut mua = self.mua();
        let mut seen = usize::MAX;
        let found = within(DEADLINE, || {
            let mails = mua.mails(mailbox);
            seen = mails.len();
            (seen == count).then_some(mails)
        });
        found.unwrap_or_else(|| panic!("{mailbox} has {seen} mails instead of {count}\n{}", self.story()))
    }

    /// The id of the newest record of this letter.
    pub(super) fn record_of(&self, letter: &Letter) -> String {
        let id = format!("{}@corp.example", letter.token);
        let all = self.ledger.records();
        let mine = |summary: &&Summary| self.ledger.record(&summary.id.0).message_id.as_ref() == Some(&id);
        let found = all.iter().find(mine).map(|summary| summary.id.0.clone());
        found.unwrap_or_else(|| panic!("there is no record of {id}: {all:#?}"))
    }

    /// Waits until a record stands there.
    pub(super) fn wait_state(&self, id: &str, state: State) {
        let reached = within(DEADLINE, || (self.ledger.state(id) == state).then_some(()));
        assert!(
            reached.is_some(),
            "{id} is {}, not {state}\n{}",
            self.ledger.state(id),
            self.story()
        );
    }

    /// Waits until nothing is left to do but to look for copies in Sent, which goes on for minutes.
    pub(super) fn wait_idle(&self) {
        let idle = within(DEADLINE, || {
            let work = self.ledger.work();
            let left = work.iter().filter(|work| work.kind != WorkKind::TakeFromSent).count();
            (left == 0).then_some(())
        });
        assert!(idle.is_some(), "{}", self.story());
    }

    /// What the sending of a released mail waits for, once it waits.
    pub(super) fn release_waits(&self) -> String {
        let words = within(DEADLINE, || {
            let work = self.ledger.work();
            let send = work.into_iter().find(|work| work.kind == WorkKind::Send)?;
            send.waits_for
        });
        words.unwrap_or_else(|| panic!("no release waits\n{}", self.story()))
    }

    /// What is to be done, and what was said: for a test that fails.
    pub(super) fn story(&self) -> String {
        format!("work: {:#?}\n{}", self.ledger.work(), self.youward().log())
    }

    /// `youward held …`, which must succeed.
    pub(super) fn command(&self, words: &[&str]) -> Ended {
        let ended = self.house().held(words);
        assert!(ended.status.success(), "{words:?}: {ended:?}");
        ended
    }

    /// The audit's words about a record, oldest first.
    pub(super) fn audit(&self, id: &str) -> Vec<String> {
        self.ledger.audit(id).into_iter().map(|row| row.what).collect()
    }

    /// Moves the only mail of a mailbox, as a rep does with the mouse.
    pub(super) fn drag(&self, from: &str, to: &str) {
        let mut mua = self.mua();
        mua.run(&format!("SELECT \"{from}\""));
        mua.run(&format!("UID MOVE 1:* \"{to}\""));
    }

    /// Waits until a letter has arrived at the prospect, as submitted, once.
    pub(super) fn arrived(&self, letter: &Letter) {
        assert_same(&self.provider.arrived(letter), &letter.octets, "what arrived");
        self.provider.settle();
        assert_eq!(self.provider.copies(letter).len(), 1);
    }

    /// Asserts that a letter has not arrived, and is not on its way.
    pub(super) fn not_arrived(&self, letter: &Letter) {
        self.provider.settle();
        assert!(
            self.provider.copies(letter).is_empty(),
            "it was sent:\n{}",
            self.story()
        );
    }
}
