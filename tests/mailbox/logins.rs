//! Logging in: every mechanism, what a refusal means, and that nothing of it is shown.

use super::{connect, credentials, endpoint, plain, rep};
use crate::support::fake_imap::{FakeImap, ImapScript};
use crate::support::provider::PASSWORD;
use crate::support::script::{Fault, ServerTls};
use crate::support::wait::eventually;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::{Duration, Instant};
use youward::smtp::sasl::{Credentials, Mechanism};
use youward::upstream::Tls;
use youward::upstream::mailbox::{MailboxCause, MailboxError, Mailboxes};

async fn log_in(script: ImapScript, credentials: &Credentials) -> (Result<Mailboxes, MailboxError>, Vec<String>) {
    let imap = FakeImap::start(script);
    let result = connect(&endpoint(imap.port, Tls::None, None), credentials).await;
    let lines = imap.record().lines;
    (result, lines)
}

fn script(able: &'static str) -> ImapScript {
    ImapScript {
        able,
        ..ImapScript::new(ServerTls::None)
    }
}

fn token(mechanism: Mechanism) -> Credentials {
    let message: &[u8] = match mechanism {
        Mechanism::Xoauth2 => b"user=rep@corp.example\x01auth=Bearer t0k.en\x01\x01",
        _ => b"n,a=rep@corp.example,\x01host=smtp.corp.example\x01port=587\x01auth=Bearer t0k.en\x01\x01",
    };
    credentials(mechanism, "rep@corp.example", &[message])
}

#[tokio::test]
async fn credentials_of_one_mechanism_serve_for_another() {
    let login = credentials(
        Mechanism::Login,
        "rep@corp.example",
        &[b"rep@corp.example", PASSWORD.as_bytes()],
    );
    let as_plain = format!("\0rep@corp.example\0{PASSWORD}");
    let as_xoauth2 = "user=rep@corp.example\x01auth=Bearer t0k.en\x01\x01".to_owned();
    let as_bearer = "n,a=rep@corp.example,\x01auth=Bearer t0k.en\x01\x01".to_owned();
    for (able, credentials, command, message) in [
        ("IMAP4rev1 AUTH=PLAIN", rep(), "AUTHENTICATE PLAIN", &as_plain),
        (
            "IMAP4rev1 AUTH=LOGIN AUTH=PLAIN",
            login.clone(),
            "AUTHENTICATE PLAIN",
            &as_plain,
        ),
        (
            "IMAP4rev1 AUTH=XOAUTH2",
            token(Mechanism::Xoauth2),
            "AUTHENTICATE XOAUTH2",
            &as_xoauth2,
        ),
        (
            "IMAP4rev1 AUTH=OAUTHBEARER",
            token(Mechanism::Xoauth2),
            "AUTHENTICATE OAUTHBEARER",
            &as_bearer,
        ),
        (
            "IMAP4rev1 AUTH=XOAUTH2",
            token(Mechanism::OauthBearer),
            "AUTHENTICATE XOAUTH2",
            &as_xoauth2,
        ),
        (
            "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER",
            token(Mechanism::OauthBearer),
            "AUTHENTICATE OAUTHBEARER",
            &as_bearer,
        ),
    ] {
        let (result, lines) = log_in(script(able), &credentials).await;
        result.unwrap_or_else(|error| panic!("{able}: {error}"));
        let at = lines.iter().position(|line| line.ends_with(command));
        let at = at.unwrap_or_else(|| panic!("{able}: {lines:?}"));
        assert_eq!(lines[at + 1], STANDARD.encode(message), "{able}");
    }
}

#[tokio::test]
async fn without_sasl_there_is_the_login_command() {
    let odd = plain("rep@corp.example", "pa\"ss\\ {4}\u{fc}");
    let (result, lines) = log_in(script("IMAP4rev1"), &odd).await;
    result.unwrap();
    assert!(lines.iter().any(|line| line.ends_with("LOGIN {16}")), "{lines:?}");
    let (result, lines) = log_in(script("IMAP4rev1 LOGINDISABLED"), &rep()).await;
    assert!(matches!(result.unwrap_err().cause, MailboxCause::NoMechanism(_)));
    assert!(!lines.iter().any(|line| line.contains("LOGIN")), "{lines:?}");
    let (result, _) = log_in(script("IMAP4rev1 AUTH=PLAIN"), &token(Mechanism::Xoauth2)).await;
    assert!(matches!(result.unwrap_err().cause, MailboxCause::NoMechanism(_)));
}

#[tokio::test]
async fn a_refusal_counts_only_when_it_is_about_the_credentials() {
    for (words, refused) in [
        ("$T NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", true),
        ("$T NO no\r\n", true),
        ("$T NO\r\n", true),
        ("$T NO [REFERRAL imap://other.test/] try there\r\n", true),
        ("$T NO [EXPIRED] x\r\n", true),
        ("$T NO [UNAVAILABLE] database down\r\n", false),
        ("$T NO [LIMIT] too many sessions\r\n", false),
        ("$T BAD what\r\n", false),
        ("* BYE shutting down\r\n", false),
        ("* PREAUTH x\r\n", false),
        ("Y9 OK in\r\n", false),
        ("nonsense\r\n", false),
    ] {
        let script = ImapScript::new(ServerTls::None).saying("+AUTHENTICATE", words);
        let (result, _) = log_in(script, &rep()).await;
        let error = result.unwrap_err();
        assert_eq!(error.is_login_refused(), refused, "{words}: {error}");
        assert_eq!(error.is_temporary(), !refused && !words.contains("BAD"), "{words}");
    }
}

#[tokio::test]
async fn an_error_of_oauth_is_answered_and_read_to_its_end() {
    for (mechanism, name, answer) in [
        (Mechanism::Xoauth2, "XOAUTH2", ""),
        (Mechanism::OauthBearer, "OAUTHBEARER", "AQ=="),
    ] {
        let able = "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER";
        // The answer to it is taken for a command without a tag: the refusal comes first, as servers pipeline it.
        let script = script(able).saying("+AUTHENTICATE", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n$T NO expired\r\n");
        let imap = FakeImap::start(script);
        let result = connect(&endpoint(imap.port, Tls::None, None), &token(mechanism)).await;
        assert!(result.unwrap_err().is_login_refused(), "{name}");
        // The answer was written before the refusal was read; it need not have arrived yet.
        eventually("the answer to the error", || {
            (imap.record().lines.last().map(String::as_str) == Some(answer)).then_some(())
        });
    }
}

#[tokio::test]
async fn nobody_waits_for_a_login() {
    let endless = "+ \r\n".repeat(1000);
    for (at, fault) in [
        ("CAPABILITY", Fault::Silence),
        ("CAPABILITY", Fault::Close),
        ("AUTHENTICATE", Fault::Silence),
        ("AUTHENTICATE", Fault::Close),
        ("AUTHENTICATE", Fault::Say(b"* OK wait\r\n".repeat(100_000))),
        ("AUTHENTICATE", Fault::Say(endless.into_bytes())),
        ("+AUTHENTICATE", Fault::Silence),
        ("+AUTHENTICATE", Fault::Close),
        ("in CAPABILITY", Fault::Silence),
        ("in CAPABILITY", Fault::Close),
        ("in CAPABILITY", Fault::Say(b"$T NO x\r\n".to_vec())),
        ("in CAPABILITY", Fault::Say(b"* BYE AccessTokenExpired\r\n".to_vec())),
    ] {
        let begun = Instant::now();
        let script = ImapScript::new(ServerTls::None).with(at, fault);
        let (result, _) = log_in(script, &rep()).await;
        let error = result.unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(4), "{at}: {error}");
        assert!(!error.is_login_refused(), "{at}: {error}");
        assert!(!format!("{error:?}").contains(PASSWORD), "{at}: {error:?}");
    }
}
