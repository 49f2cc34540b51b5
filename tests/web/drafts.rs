//! Drafts and trends on the page: a draft appears while the page is open, follows what is written, and goes.

use super::devtools::Browser;
use super::http::get;
use crate::support::imap::{Imap, Variant};
use crate::support::imap_client::ImapClient;
use crate::support::letters;
use crate::support::provider::PASSWORD;
use crate::support::youward::{House, Setup, Youward};
use std::process::Command;

/// A rep who reads mail through Youward, with the page.
fn youward(imap: &Imap) -> Youward {
    let (port, ca) = (imap.implicit, imap.ca.display());
    let more = format!(
        "[[upstream]]\nname = \"1\"\nsmtp = {{ host = \"127.0.0.1\", port = 9, tls = \"none\" }}\n\
         imap = {{ host = \"localhost\", port = {port}, tls = \"implicit\", ca = \"{ca}\" }}\n\
         [upstream.guard]\nstill = \"300ms\"\nlook = \"1s\"\n\
         [[upstream.listen_imap]]\naddress = \"127.0.0.1:0\"\ntls = \"none\"\n"
    );
    House::new(&Setup {
        more,
        page: true,
        ..Setup::clear(9)
    })
    .start()
}

fn link(youward: &Youward) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_youward"));
    command
        .args(["open", "now", "--print", "--config"])
        .arg(youward.house().settings());
    let ended = crate::support::process::Process::run(command, b"");
    assert!(ended.status.success(), "{ended:?}");
    ended.stdout.trim().to_owned()
}

#[test]
fn a_draft_appears_on_the_open_page_follows_and_goes() {
    let imap = Imap::start(&Variant::default());
    let youward = youward(&imap);
    let mut browser = Browser::start();
    browser.go(&link(&youward));
    browser.until("document.body.innerText.includes('Nothing waits for you.')");
    let port = youward.port_of(1, "imap none");
    let mut mua = ImapClient::log_in(port, "rep@corp.example", PASSWORD);
    mua.append("Drafts", "(\\Draft)", &letters::selfish().octets);
    browser.until(
        "[...document.querySelectorAll('.subject')].some((a) => a.textContent === 'Our award-winning platform')",
    );
    assert!(browser.eval("document.querySelector('#drafts').textContent.trim()") == "Your drafts at this moment");

    // One draft whole, with what was found and what to ask instead; it follows, too.
    browser.eval("document.querySelector('.subject').click()");
    browser.wait_for_load();
    browser.until("document.querySelectorAll('.notes .ask').length > 2");
    let better = letters::better_about("Which dock loses most?", "");
    mua.append("Drafts", "(\\Draft)", &better.octets);
    mua.run("SELECT Drafts");
    mua.run("UID STORE 1 +FLAGS.SILENT (\\Deleted)");
    mua.run("EXPUNGE");
    let own = browser.eval("location.origin").as_str().unwrap().to_owned();
    browser.go(&format!("{own}/"));
    browser.until("[...document.querySelectorAll('.subject')].some((a) => a.textContent === 'Which dock loses most?')");
    mua.run("UID STORE 1:* +FLAGS.SILENT (\\Deleted)");
    mua.run("EXPUNGE");
    browser.until("document.body.innerText.includes('Nothing waits for you.')");
    assert_eq!(browser.logged(), [] as [String; 0]);
}

#[test]
fn nobody_sees_drafts_without_a_session() {
    let imap = Imap::start(&Variant::default());
    let youward = youward(&imap);
    let link = link(&youward);
    let address = link
        .strip_prefix("http://")
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    for target in ["/draft/AAAA0001", "/trends", "/trends?weeks=4&account=x"] {
        let answer = get(address, target).send();
        assert_ne!(answer.status, 200, "{target}: {answer:?}");
    }
}
