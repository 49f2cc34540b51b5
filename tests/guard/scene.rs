//! One rep whose mail client reads its mail through Youward, before a Dovecot of the test's own.

use crate::support::imap::{Imap, Stored, Variant};
use crate::support::imap_client::ImapClient;
use crate::support::provider::PASSWORD;
use crate::support::wait::{DEADLINE, within};
use crate::support::youward::{House, Setup, Youward};

/// Living reviews of drafts.
pub(super) const REVIEWS: &str = "Youward/Drafts";

/// A rep, Dovecot, and Youward in between.
pub(super) struct Scene {
    pub(super) account: String,
    pub(super) imap: Imap,
    pub(super) youward: Option<Youward>,
}

/// Short times, so that tests wait only for what happens.
const QUICK: &str = "[upstream.guard]\nstill = \"300ms\"\nlook = \"1s\"\n";

impl Scene {
    /// A rep before a server of this kind; `terms` are lines of the standard.
    pub(super) fn new(variant: &Variant, terms: &'static str) -> Scene {
        Scene::with(variant, terms, QUICK)
    }

    /// The same with these lines in the upstream's table.
    pub(super) fn with(variant: &Variant, terms: &'static str, guard: &str) -> Scene {
        let imap = Imap::start(variant);
        let ca = imap.ca.display();
        let port = imap.implicit;
        let more = format!(
            "[[upstream]]\nname = \"1\"\nsmtp = {{ host = \"127.0.0.1\", port = 9, tls = \"none\" }}\n\
             imap = {{ host = \"localhost\", port = {port}, tls = \"implicit\", ca = \"{ca}\" }}\n{guard}\
             [[upstream.listen_imap]]\naddress = \"127.0.0.1:0\"\ntls = \"none\"\n"
        );
        let house = House::new(&Setup {
            more,
            ..Setup::clear(9).terms(terms)
        });
        Scene {
            account: "rep@corp.example".to_owned(),
            imap,
            youward: Some(house.start()),
        }
    }

    pub(super) fn youward(&self) -> &Youward {
        self.youward.as_ref().expect("it runs")
    }

    /// The rep's mail client, through Youward.
    pub(super) fn mua(&self) -> ImapClient {
        let port = self.youward().port_of(1, "imap none");
        ImapClient::log_in(port, &self.account, PASSWORD)
    }

    /// What lies in a mailbox, asked at the server itself.
    pub(super) fn mails(&self, mailbox: &str) -> Vec<Stored> {
        self.imap.mails(&self.account, mailbox)
    }

    /// Waits until the mails of a mailbox are as wished, and gives them.
    pub(super) fn wait(&self, mailbox: &str, what: &str, is: impl Fn(&[Stored]) -> bool) -> Vec<Stored> {
        let mut seen = Vec::new();
        let found = within(DEADLINE, || {
            seen = self.mails(mailbox);
            is(&seen).then(|| seen.clone())
        });
        found.unwrap_or_else(|| {
            let mails: Vec<String> = seen.iter().map(|mail| mail.octets.escape_ascii().to_string()).collect();
            panic!(
                "{mailbox}: waited in vain for {what}: {mails:#?}\n{}",
                self.youward().log()
            )
        })
    }

    /// Waits for so many reviews.
    pub(super) fn reviews(&self, count: usize) -> Vec<Stored> {
        self.wait(REVIEWS, &format!("{count} reviews"), |mails| mails.len() == count)
    }
}
