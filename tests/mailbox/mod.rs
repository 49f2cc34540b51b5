//! The account's mailboxes against a real Dovecot in the variants that servers come in, and against a server that
//! misbehaves.

mod after_login;
mod before_login;
mod dovecot;
mod hostile_pages;
mod logins;
mod pages;

use crate::support::provider::PASSWORD;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;
use std::time::Duration;
use youward::smtp::sasl::{Credentials, Mechanism, Secret};
use youward::upstream::mailbox::{MailboxError, MailboxTimeouts, Mailboxes};
use youward::upstream::{ClientTls, Endpoint, Tls, Trust};

/// For what shall fail: short, so that waiting in vain is short, too.
fn timeouts() -> MailboxTimeouts {
    MailboxTimeouts {
        connect: Duration::from_secs(1),
        command: Duration::from_secs(1),
        transfer: Duration::from_secs(1),
        idle: Duration::from_secs(1),
        poll: Duration::from_millis(100),
        leave: Duration::from_millis(500),
    }
}

/// For what shall succeed, also on a busy machine.
fn patient() -> MailboxTimeouts {
    let second = Duration::from_secs(1);
    MailboxTimeouts {
        connect: 20 * second,
        command: 20 * second,
        transfer: 20 * second,
        ..timeouts()
    }
}

fn endpoint(port: u16, tls: Tls, ca: Option<&Path>) -> Endpoint {
    Endpoint {
        host: "localhost".to_owned(),
        port,
        tls,
        trust: ca.map_or(Trust::Platform, |ca| Trust::File(ca.to_owned())),
    }
}

fn credentials(mechanism: Mechanism, user: &str, messages: &[&[u8]]) -> Credentials {
    let encoded = messages.iter().map(|message| STANDARD.encode(message).into_bytes());
    Credentials {
        mechanism,
        identity: user.to_owned(),
        responses: encoded.map(Secret::new).collect(),
    }
}

fn plain(user: &str, password: &str) -> Credentials {
    credentials(Mechanism::Plain, user, &[format!("\0{user}\0{password}").as_bytes()])
}

async fn connect(endpoint: &Endpoint, credentials: &Credentials) -> Result<Mailboxes, MailboxError> {
    connect_within(endpoint, credentials, &timeouts()).await
}

async fn connect_within(
    endpoint: &Endpoint,
    credentials: &Credentials,
    timeouts: &MailboxTimeouts,
) -> Result<Mailboxes, MailboxError> {
    let tls = (endpoint.tls != Tls::None).then(|| ClientTls::prepare(endpoint).unwrap());
    Mailboxes::connect(endpoint, tls.as_ref(), credentials, timeouts).await
}

fn rep() -> Credentials {
    plain("rep@corp.example", PASSWORD)
}
