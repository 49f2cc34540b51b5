//! Drafts as real mail clients save them.

use super::scene::{REVIEWS, Scene, has};
use crate::support::imap::Stored;
use crate::support::letters;
use crate::support::process::Process;
use crate::support::programs::need;
use crate::support::provider::PASSWORD;
use crate::support::scratch::Scratch;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// Waits until the only draft has the only review, and asserts that nothing has touched it since it was saved.
fn reviewed_once(scene: &Scene, subject: &str) {
    let drafts = scene.wait("Drafts", "the draft", |mails| mails.len() == 1);
    let review = scene.reviews(1).remove(0);
    assert!(has(&review.octets, &format!("Subject: Draft: {subject}")), "{review:?}");
    let mut mua = scene.mua();
    scene.settled(&mut mua);
    assert_eq!(scene.mails(REVIEWS), [review], "once");
    assert_eq!(scene.mails("Drafts"), drafts);
}

const IMAPLIB: &str = r#"
import imaplib, sys
port, user, password, mail = sys.argv[1:]
with imaplib.IMAP4("127.0.0.1", int(port)) as imap:
    imap.login(user, password)
    print(imap.append("Drafts", "(\\Draft \\Seen)", None, open(mail, "rb").read()))
"#;

#[test]
fn by_imaplib() {
    let scene = Scene::new();
    let scratch = Scratch::new("imaplib");
    let mail = scratch.write("mail", letters::selfish_about("Written in Python", "").octets);
    let mut python = Command::new(need("python3"));
    python.args([
        "-I",
        "-c",
        IMAPLIB,
        &scene.imap_port().to_string(),
        &scene.account,
        PASSWORD,
    ]);
    python.arg(mail);
    let ended = Process::run(python, b"");
    assert!(ended.stdout.contains("OK"), "{ended:?}");
    reviewed_once(&scene, "Written in Python");
}

#[test]
fn by_curl() {
    let scene = Scene::new();
    let scratch = Scratch::new("curl");
    let mail = scratch.write("mail", letters::selfish_about("Filed by curl", "").octets);
    let mut curl = Command::new(need("curl"));
    curl.args(["-q", "-sS", "--user", &format!("{}:{PASSWORD}", scene.account), "-T"]);
    curl.arg(mail)
        .arg(format!("imap://127.0.0.1:{}/Drafts", scene.imap_port()));
    let ended = Process::run(curl, b"");
    assert!(ended.status.success(), "{ended:?}");
    reviewed_once(&scene, "Filed by curl");
}

/// mutt writes a mail in its editor and postpones it, on a terminal. It forgets keys that are typed ahead of its editor, so
/// the one that postpones is typed, and again, from when the editor has ended until mutt has.
fn postpone(scene: &Scene, subject: &str) {
    let home = Scratch::new("mutt");
    let body = "Hi Pat,\n\nI would like to introduce our company. We are the leading provider of warehouse software and I \
                want to show you our incredible product. I would love to get 15 minutes on your calendar this week.\n";
    home.write(
        "text",
        format!(
            "From: {}\nTo: pat@customer.example\nSubject: {subject}\n\n{body}",
            scene.account
        ),
    );
    let (text, edited) = (home.join("text"), home.join("edited"));
    let script = format!(
        "#!/bin/sh\ncat '{}' > \"$1\"\n: > '{}'\n",
        text.display(),
        edited.display()
    );
    let editor = home.write("editor", script);
    std::fs::set_permissions(&editor, PermissionsExt::from_mode(0o700)).expect("an editor that can be run");
    let (account, port) = (&scene.account, scene.imap_port());
    let settings = [
        format!("set from=\"{account}\" use_from=yes imap_user=\"{account}\" imap_pass=\"{PASSWORD}\""),
        format!("set folder=\"imap://127.0.0.1:{port}/\" spoolfile=\"imap://127.0.0.1:{port}/INBOX\""),
        "set ssl_starttls=no ssl_force_tls=no postponed=\"=Drafts\" confirmappend=no sleep_time=0 wait_key=no"
            .to_owned(),
        "set autoedit=yes edit_headers=yes abort_unmodified=no abort_nosubject=no postpone=yes quit=yes".to_owned(),
        format!("set editor=\"{}\"", editor.display()),
    ];
    home.write("rc", settings.join("\n"));
    let keys = "until [ -e \"$0\" ]; do sleep 0.1; done; while printf P 2>/dev/null; do sleep 0.3; done";
    let mutt = format!(
        "'{}' -n -F '{}' -s x pat@customer.example",
        need("mutt").display(),
        home.join("rc").display()
    );
    let mut command = Command::new("sh");
    command.args([
        "-c",
        &format!("({keys}) | '{}' -qec \"$1\" /dev/null", need("script").display()),
    ]);
    command.arg(&edited).arg(mutt);
    command.env("HOME", home.path()).env("TERM", "xterm");
    let ended = Process::run(command, b"");
    assert!(ended.stdout.contains("Message postponed"), "{ended:?}");
}

#[test]
fn by_mutt_postponed() {
    let scene = Scene::new();
    postpone(&scene, "Postponed in mutt");
    let is_there = |mails: &[Stored]| mails.iter().any(|mail| has(&mail.octets, "Postponed in mutt"));
    scene.wait("Drafts", "mutt's draft", is_there);
    reviewed_once(&scene, "Postponed in mutt");
}
