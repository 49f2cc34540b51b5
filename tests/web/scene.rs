//! A rep at the page, between Youward and a provider that takes everything.

use super::http::{Answer, Request, get, post};
use crate::support::client::{Answer as Reply, Client};
use crate::support::fake_upstream::FakeUpstream;
use crate::support::ledger::Ledger;
use crate::support::letters::Letter;
use crate::support::process::Process;
use crate::support::script::Script;
use crate::support::youward::{House, RETURNING, Setup, Standard, Youward};
use std::net::SocketAddr;
use std::process::Command;

/// Youward with its page.
pub(super) struct Scene {
    pub(super) youward: Youward,
    pub(super) upstream: FakeUpstream,
    pub(super) ledger: Ledger,
    /// Where the page is.
    pub(super) address: SocketAddr,
}

/// A browser that is signed in, as far as HTTP knows it.
pub(super) struct SignedIn {
    address: SocketAddr,
    pub(super) cookie: String,
}

const AUTHOR: &str = "robin@corp.example";

impl Scene {
    /// Mail below the standard is returned.
    pub(super) fn new() -> Scene {
        Scene::with(RETURNING, "")
    }

    /// Under this standard, with these lines at its end.
    pub(super) fn with(standard: Standard, terms: &'static str) -> Scene {
        let upstream = FakeUpstream::start(Script::new());
        let setup = Setup {
            page: true,
            ..Setup::clear(upstream.port)
        };
        let house = House::new(&setup.standard(standard).terms(terms));
        let data = house.data();
        let youward = house.start();
        let said = youward.log();
        let url = said
            .lines()
            .find_map(|line| line.strip_prefix("page http://"))
            .expect("a page");
        Scene {
            address: url.trim_end_matches('/').parse().unwrap(),
            ledger: Ledger::open(&data, false),
            youward,
            upstream,
        }
    }

    /// What a mail client is told when it sends this.
    pub(super) fn submit(&self, letter: &Letter) -> Reply {
        self.submit_octets(&letter.octets, &letter.recipient())
    }

    /// The same for octets of the test's own.
    pub(super) fn submit_octets(&self, octets: &[u8], to: &str) -> Reply {
        let mut client = Client::ready(self.youward.clear_port());
        client.envelope(AUTHOR, &[to]);
        let answer = client.data(octets);
        client.command("QUIT", 221);
        answer
    }

    /// Sends a letter that is returned or held, and gives its record's id.
    pub(super) fn stopped(&self, letter: &Letter) -> String {
        self.submit(letter);
        let records = self.ledger.records();
        let ours = records.iter().find(|record| record.recipients == [letter.recipient()]);
        ours.unwrap_or_else(|| panic!("{records:?}")).id.0.clone()
    }

    /// What `youward open` prints.
    pub(super) fn link(&self, page: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_youward"));
        command.args(["open", page, "--print", "--config"]);
        command.arg(self.youward.house().settings());
        let ended = Process::run(command, b"");
        assert!(ended.status.success(), "{ended:?}");
        ended.stdout.trim().to_owned()
    }

    /// The link's target, from its path on.
    pub(super) fn target(&self, page: &str) -> String {
        let link = self.link(page);
        let target = link.strip_prefix(&format!("http://{}", self.address));
        target.unwrap_or_else(|| panic!("{link}")).to_owned()
    }

    /// A browser that came with a link.
    pub(super) fn sign_in(&self) -> SignedIn {
        let answer = get(self.address, &self.target("now")).send();
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{answer:?}");
        SignedIn {
            address: self.address,
            cookie: answer.cookie().expect("a session"),
        }
    }
}

impl SignedIn {
    pub(super) fn get(&self, target: &str) -> Answer {
        self.dressed(get(self.address, target)).send()
    }

    /// A page that must be there.
    pub(super) fn page(&self, target: &str) -> String {
        let answer = self.get(target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        answer.body
    }

    /// A form of ours, with the session's word.
    pub(super) fn post(&self, target: &str, form: &[(&str, &str)]) -> Answer {
        let csrf = self.get("/").csrf();
        let mut form = form.to_vec();
        form.push(("csrf", &csrf));
        self.dressed(post(self.address, target, &form)).send()
    }

    pub(super) fn dressed(&self, request: Request) -> Request {
        request.with("Cookie", &self.cookie)
    }
}
