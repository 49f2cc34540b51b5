//! One rep whose mail client reads and sends its mail through Youward, before a Dovecot of the test's own and a submission
//! server that we play.

use super::books::Books;
use crate::support::client::{Answer, Client};
use crate::support::fake_upstream::FakeUpstream;
use crate::support::imap::{Imap, Stored, Variant};
use crate::support::imap_client::ImapClient;
use crate::support::letters::{self, Letter};
use crate::support::provider::{PASSWORD, REP};
use crate::support::script::Script;
use crate::support::wait::{DEADLINE, within};
use crate::support::youward::{House, Setup, Standard, Youward};

/// Living reviews of drafts.
pub(super) const REVIEWS: &str = "Youward/Drafts";
/// Annotated copies of what passed, and of what went past.
pub(super) const NOTES: &str = "Youward/Notes";

/// A rep, the servers, and Youward in between.
pub(super) struct Scene {
    pub(super) account: String,
    pub(super) imap: Imap,
    /// What is asked of the store.
    pub(super) books: Books,
    provider: FakeUpstream,
    setup: Setup,
    youward: Option<Youward>,
}

/// What differs between scenes.
pub(super) struct Options {
    pub(super) variant: Variant,
    pub(super) standard: Standard,
    /// Lines of the standard.
    pub(super) terms: &'static str,
    /// Lines of the upstream's table.
    pub(super) upstream: &'static str,
    /// Lines of its guard. By default short times, so that tests wait only for what happens.
    pub(super) guard: &'static str,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            variant: Variant::default(),
            standard: crate::support::youward::ANNOTATING,
            terms: "",
            upstream: "",
            guard: "still = \"300ms\"\nlook = \"1s\"\n",
        }
    }
}

impl Scene {
    pub(super) fn new() -> Scene {
        Scene::with(&Options::default())
    }

    pub(super) fn with(options: &Options) -> Scene {
        Scene::prepared(options, |_| ())
    }

    /// The same, with something done at the IMAP server first.
    pub(super) fn prepared(options: &Options, prepare: impl FnOnce(&Imap)) -> Scene {
        let imap = Imap::start(&options.variant);
        prepare(&imap);
        let provider = FakeUpstream::start(Script::new());
        let (ca, port, smtp) = (imap.ca.display(), imap.implicit, provider.port);
        let Options { upstream, guard, .. } = options;
        let more = format!(
            "[[upstream]]\nname = \"1\"\nsmtp = {{ host = \"127.0.0.1\", port = {smtp}, tls = \"none\" }}\n\
             imap = {{ host = \"localhost\", port = {port}, tls = \"implicit\", ca = \"{ca}\" }}\n{upstream}\
             [upstream.guard]\n{guard}\
             [[upstream.listen]]\naddress = \"127.0.0.1:0\"\ntls = \"none\"\n\
             [[upstream.listen_imap]]\naddress = \"127.0.0.1:0\"\ntls = \"none\"\n"
        );
        let setup = Setup {
            more,
            ..Setup::clear(9).terms(options.terms).standard(options.standard)
        };
        let house = House::new(&setup);
        Scene {
            account: REP.to_owned(),
            imap,
            books: Books::open(&house.data(), REP),
            provider,
            setup,
            youward: Some(house.start()),
        }
    }

    pub(super) fn youward(&self) -> &Youward {
        self.youward.as_ref().expect("it runs")
    }

    /// The port of IMAP through Youward.
    pub(super) fn imap_port(&self) -> u16 {
        self.youward().port_of(1, "imap none")
    }

    /// Stops it in order; something is done meanwhile; it starts again.
    pub(super) fn restart(&mut self, meanwhile: impl FnOnce(&Scene)) {
        let house = self.youward.take().expect("it runs").stop();
        meanwhile(self);
        self.youward = Some(house.start());
    }

    /// Kills it, and starts it again.
    pub(super) fn kill(&mut self) {
        let house = self.youward.take().expect("it runs").kill();
        self.youward = Some(house.start());
    }

    /// Starts it anew with other words in its settings.
    pub(super) fn restart_with(&mut self, before: &str, after: &str) {
        let house = self.youward.take().expect("it runs").stop();
        assert!(self.setup.more.contains(before));
        self.setup.more = self.setup.more.replace(before, after);
        house.configure(&self.setup);
        self.youward = Some(house.start());
    }

    /// The rep's mail client, through Youward.
    pub(super) fn mua(&self) -> ImapClient {
        self.mua_as(PASSWORD)
    }

    /// The same with another password.
    pub(super) fn mua_as(&self, password: &str) -> ImapClient {
        ImapClient::log_in(self.imap_port(), &self.account, password)
    }

    /// Past Youward: from a phone, or what a server puts into INBOX.
    pub(super) fn elsewhere(&self) -> ImapClient {
        self.imap.client(&self.account)
    }

    /// Sends a mail through Youward, and gives what its client was told.
    pub(super) fn submit(&self, letter: &Letter, to: &str) -> Answer {
        let mut client = Client::ready(self.youward().port_of(1, "none"));
        let answer = client.login(&self.account, PASSWORD);
        assert_eq!(answer.code, 235, "{}", answer.text());
        client.envelope(&self.account, &[to]);
        let answer = client.data(&letter.octets);
        client.command("QUIT", 221);
        answer
    }

    /// Sends a mail that must pass, and waits until it is noted.
    pub(super) fn send(&self, letter: &Letter, to: &str) {
        let before = self.books.outcomes().len();
        assert_eq!(self.submit(letter, to).code, 250, "{}", self.youward().log());
        assert!(self.provider.accepted().iter().any(|mail| letter.is_in(&mail.octets)));
        self.until("the mail to be noted", || {
            (self.books.outcomes().len() > before).then_some(())
        });
    }

    /// What lies in a mailbox, asked at the server itself.
    pub(super) fn mails(&self, mailbox: &str) -> Vec<Stored> {
        self.imap.mails(&self.account, mailbox)
    }

    /// Waits until the mails of a mailbox are as wished, and gives them.
    pub(super) fn wait(&self, mailbox: &str, what: &str, is: impl Fn(&[Stored]) -> bool) -> Vec<Stored> {
        let mut seen = Vec::new();
        let mut server = self.elsewhere();
        let found = within(DEADLINE, || {
            seen = server.mails(mailbox);
            is(&seen).then(|| seen.clone())
        });
        found.unwrap_or_else(|| {
            let mails: Vec<String> = seen.iter().map(|mail| mail.octets.escape_ascii().to_string()).collect();
            panic!(
                "{mailbox}: waited in vain for {what}: {mails:#?}\n{}\n{}",
                self.youward().log(),
                self.imap.log()
            )
        })
    }

    /// Waits for so many reviews.
    pub(super) fn reviews(&self, count: usize) -> Vec<Stored> {
        self.wait(REVIEWS, &format!("{count} reviews"), |mails| mails.len() == count)
    }

    /// Waits until there is an answer.
    pub(super) fn until<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        let found = within(DEADLINE, ask);
        found.unwrap_or_else(|| panic!("waited in vain for {what}\n{}", self.youward().log()))
    }

    /// Waits until every draft has been looked at: another one is saved, and thrown away when its review is there. Its
    /// review goes when no draft waits any more.
    pub(super) fn settled(&self, mua: &mut ImapClient) {
        let subject = letters::token();
        let sentinel = format!(
            "From: {REP}\r\nTo: {subject}@sentinel.example\r\nSubject: {subject}\r\nX-Sentinel: yes\r\n\r\nWe are the market \
             leader and would love to show you our platform. Are you free for a demo of {subject} on Thursday?\r\n"
        );
        mua.append("Drafts", "(\\Draft)", sentinel.as_bytes());
        self.wait(REVIEWS, "the sentinel's review", |mails| {
            mails.iter().any(|mail| has(&mail.octets, &subject))
        });
        mua.run("SELECT Drafts");
        mua.run("UID STORE 1:* -FLAGS.SILENT (\\Deleted)");
        let found = mua.run("UID SEARCH HEADER X-Sentinel yes");
        let uid = String::from_utf8_lossy(&found[0]).trim().replace("* SEARCH ", "");
        delete(mua, "Drafts", &uid);
        self.wait(REVIEWS, "the sentinel's review to go", |mails| {
            !mails.iter().any(|mail| has(&mail.octets, &subject))
        });
    }

    /// Waits until the mailboxes have been looked at anew, after now, three times: what was seen at the first look has been
    /// looked at by the third.
    pub(super) fn looked(&self) {
        for _ in 0..3 {
            let mail = format!("From: Nobody <{}@noise.example>\r\n\r\nx\r\n", letters::token());
            self.elsewhere().append("INBOX", "()", mail.as_bytes());
            let extent = self.mails("INBOX").last().map(|mail| mail.uid);
            self.until("INBOX to be looked at", || {
                let scan = self.books.scan("inbox")?;
                (scan.whole_at.is_some() && Some(scan.highest) >= extent).then_some(())
            });
        }
    }
}

/// Removes mails for good.
pub(super) fn delete(client: &mut ImapClient, mailbox: &str, uids: &str) {
    client.run(&format!("SELECT \"{mailbox}\""));
    client.run(&format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)"));
    client.run("EXPUNGE");
}

pub(super) fn has(octets: &[u8], text: &str) -> bool {
    memchr::memmem::find(octets, text.as_bytes()).is_some()
}
