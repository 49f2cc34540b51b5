//! What a server, or somebody in between, may try before anybody is logged in. No credential may leave, and nobody waits.

use super::{connect, endpoint, rep};
use crate::support::fake_imap::{FakeImap, ImapScript};
use crate::support::pki::{self, FLAWS, Flaw, server_certificate};
use crate::support::provider::PASSWORD;
use crate::support::scratch::Scratch;
use crate::support::script::{Fault, ServerTls};
use std::time::{Duration, Instant};
use youward::upstream::Tls;
use youward::upstream::mailbox::{MailboxCause, MailboxError};

const BOUND: Duration = Duration::from_secs(4);

fn say(words: &str) -> Fault {
    Fault::Say(words.as_bytes().to_vec())
}

#[tokio::test]
async fn nothing_leaves_before_tls_is_made() {
    let flood = "* X\r\n".repeat(100_000);
    let endless = "x".repeat(1_000_000);
    let cases: Vec<(&str, &'static str, Fault)> = vec![
        (
            "greeted as logged in",
            "clear greeting",
            say("* PREAUTH [CAPABILITY IMAP4rev1] welcome rep\r\n"),
        ),
        (
            "greeted with BYE",
            "clear greeting",
            say("* BYE go to http://evil.test\r\n"),
        ),
        ("greeted with NO", "clear greeting", say("* NO\r\n")),
        ("greeted with a tagged OK", "clear greeting", say("Y1 OK in\r\n")),
        (
            "greeted with nonsense",
            "clear greeting",
            say("220 smtp.evil.test ESMTP\r\n"),
        ),
        ("greeted with a bare LF", "clear greeting", say("* OK hi\n")),
        ("greeted with a NUL", "clear greeting", say("* OK \0\r\n")),
        ("greeted without end", "clear greeting", say(&endless)),
        ("greeted with silence", "clear greeting", Fault::Silence),
        ("closed at once", "clear greeting", Fault::Close),
        (
            "greeted octet by octet, slowly",
            "clear greeting",
            Fault::Slowly(Duration::from_millis(200)),
        ),
        (
            "greeted, and more",
            "clear greeting",
            say("* OK hi\r\nY1 OK x\r\nY2 OK x\r\nY3 OK x\r\n"),
        ),
        (
            "no STARTTLS",
            "clear CAPABILITY",
            say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$T OK done\r\n"),
        ),
        (
            "no STARTTLS, logged in",
            "clear CAPABILITY",
            say("* PREAUTH x\r\n$T OK done\r\n"),
        ),
        ("no capabilities", "clear CAPABILITY", say("$T OK done\r\n")),
        (
            "STARTTLS in the code only",
            "clear CAPABILITY",
            say("$T OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\n"),
        ),
        (
            "CAPABILITY refused",
            "clear CAPABILITY",
            say("$T NO http://evil.test\r\n"),
        ),
        ("CAPABILITY not known", "clear CAPABILITY", say("$T BAD x\r\n")),
        (
            "CAPABILITY, and more",
            "clear CAPABILITY",
            say("* CAPABILITY STARTTLS\r\n$T OK x\r\n* OK x\r\n"),
        ),
        (
            "CAPABILITY, and an answer ahead",
            "clear CAPABILITY",
            say("* CAPABILITY STARTTLS\r\n$T OK x\r\nY2 OK x\r\n"),
        ),
        ("CAPABILITY flooded", "clear CAPABILITY", say(&flood)),
        (
            "CAPABILITY under another tag",
            "clear CAPABILITY",
            say("* CAPABILITY STARTTLS\r\nY9 OK x\r\n"),
        ),
        ("CAPABILITY with BYE", "clear CAPABILITY", say("* BYE x\r\n")),
        ("CAPABILITY with a continuation", "clear CAPABILITY", say("+ go on\r\n")),
        ("CAPABILITY and silence", "clear CAPABILITY", Fault::Silence),
        ("CAPABILITY and the end", "clear CAPABILITY", Fault::Close),
        (
            "STARTTLS refused",
            "clear STARTTLS",
            say("$T NO [REFERRAL imap://evil.test/] x\r\n"),
        ),
        ("STARTTLS not known", "clear STARTTLS", say("$T BAD x\r\n")),
        ("STARTTLS with BYE", "clear STARTTLS", say("* BYE x\r\n")),
        (
            "STARTTLS with PREAUTH",
            "clear STARTTLS",
            say("* PREAUTH x\r\n$T OK x\r\n"),
        ),
        ("STARTTLS with a continuation", "clear STARTTLS", say("+ x\r\n")),
        ("STARTTLS flooded", "clear STARTTLS", say(&flood)),
        ("STARTTLS and silence", "clear STARTTLS", Fault::Silence),
        ("STARTTLS and the end", "clear STARTTLS", Fault::Close),
        (
            "STARTTLS, then the end",
            "clear STARTTLS",
            Fault::SayAndClose(b"$T OK go\r\n".to_vec()),
        ),
        (
            "a greeting after STARTTLS",
            "clear STARTTLS",
            say("$T OK go\r\n* PREAUTH x\r\n"),
        ),
        (
            "capabilities after STARTTLS",
            "clear STARTTLS",
            say("$T OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"),
        ),
        (
            "a login after STARTTLS",
            "clear STARTTLS",
            say("$T OK go\r\nY3 OK x\r\nY4 OK in\r\n"),
        ),
        ("half a line after STARTTLS", "clear STARTTLS", say("$T OK go\r\n* O")),
        ("one octet after STARTTLS", "clear STARTTLS", say("$T OK go\r\n*")),
    ];
    assert!(cases.len() >= 40, "{}", cases.len());
    let scratch = Scratch::new("ca");
    let ca = scratch.write("ca.pem", pki::authority());
    let mut tasks = Vec::new();
    for (name, at, fault) in cases {
        let script = ImapScript::new(ServerTls::StartTls(server_certificate(Flaw::None))).with(at, fault);
        let endpoint = endpoint_for(&script, &ca);
        tasks.push(tokio::spawn(async move {
            let begun = Instant::now();
            let error = connect(&endpoint.1, &rep()).await.err();
            (name, error, begun.elapsed(), endpoint.0)
        }));
    }
    for task in tasks {
        let (name, error, time, imap) = task.await.unwrap();
        let error = error.unwrap_or_else(|| panic!("{name}: connected"));
        assert!(time < BOUND, "{name}: {time:?}");
        assert_nothing_shown(name, &error, &imap);
        // What a stranger says in the clear is not repeated.
        assert!(!error.to_string().contains("evil"), "{name}: {error}");
    }
}

fn endpoint_for(script: &ImapScript, ca: &std::path::Path) -> (FakeImap, youward::upstream::Endpoint) {
    let tls = match script.tls {
        ServerTls::None => Tls::None,
        ServerTls::Implicit(_) => Tls::Implicit,
        ServerTls::StartTls(_) => Tls::StartTls,
    };
    let imap = FakeImap::start(script.clone());
    let endpoint = endpoint(imap.port, tls, Some(ca));
    (imap, endpoint)
}

fn assert_nothing_shown(name: &str, error: &MailboxError, imap: &FakeImap) {
    let record = imap.record();
    let all = format!("{}{}", String::from_utf8_lossy(&record.clear), record.lines.join("\n")).to_ascii_uppercase();
    for secret in ["AUTHENTICATE", "LOGIN", &PASSWORD.to_ascii_uppercase(), "AHJLCEBJB3JW"] {
        assert!(!all.contains(secret), "{name}: {all}");
    }
    assert!(!format!("{error:?}").contains(PASSWORD), "{name}: {error:?}");
}

#[tokio::test]
async fn a_server_that_can_not_prove_its_name_gets_nothing() {
    let scratch = Scratch::new("ca");
    let ca = scratch.write("ca.pem", pki::authority());
    for flaw in FLAWS {
        let certificate = server_certificate(flaw);
        for tls in [
            ServerTls::Implicit(certificate.clone()),
            ServerTls::StartTls(certificate.clone()),
        ] {
            let (imap, endpoint) = endpoint_for(&ImapScript::new(tls), &ca);
            let error = connect(&endpoint, &rep()).await.unwrap_err();
            assert!(matches!(error.cause, MailboxCause::Tls(_)), "{flaw:?}: {error}");
            assert_nothing_shown(&format!("{flaw:?}"), &error, &imap);
        }
    }
}

#[tokio::test]
async fn clear_text_where_tls_is_due_is_an_error() {
    let scratch = Scratch::new("ca");
    let ca = scratch.write("ca.pem", pki::authority());
    for fault in [say("* PREAUTH x\r\n"), say("* OK x\r\n"), Fault::Close, Fault::Silence] {
        let imap = FakeImap::start(ImapScript::new(ServerTls::None).with("greeting", fault.clone()));
        let begun = Instant::now();
        let error = connect(&endpoint(imap.port, Tls::Implicit, Some(&ca)), &rep())
            .await
            .unwrap_err();
        assert!(begun.elapsed() < BOUND, "{fault:?}");
        assert_nothing_shown(&format!("{fault:?}"), &error, &imap);
    }
}

#[tokio::test]
async fn what_was_said_before_tls_is_forgotten() {
    let scratch = Scratch::new("ca");
    let ca = scratch.write("ca.pem", pki::authority());
    let mut script = ImapScript::new(ServerTls::StartTls(server_certificate(Flaw::None)));
    script.able = "IMAP4rev1 LOGINDISABLED AUTH=GSSAPI";
    let (imap, endpoint) = endpoint_for(&script, &ca);
    let error = connect(&endpoint, &rep()).await.unwrap_err();
    assert_eq!(error.cause, MailboxCause::NoMechanism("GSSAPI".to_owned()));
    assert_nothing_shown("only GSSAPI under TLS", &error, &imap);
}

#[tokio::test]
async fn without_tls_only_this_machine_is_spoken_to() {
    // The address is looked at before anything is sent to it.
    let mut elsewhere = endpoint(9, Tls::None, None);
    elsewhere.host = "0.0.0.0".to_owned();
    let error = connect(&elsewhere, &rep()).await.unwrap_err();
    assert_eq!(error.cause, MailboxCause::InTheClear);
}
