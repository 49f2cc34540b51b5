//! What the demo shows.

use super::sink::Sink;
use crate::cli::output::Output;
use crate::hold;
use crate::mail::Mail;
use crate::smtp::{Reply, Timeouts};
use crate::store::{Filter, Store};
use crate::upstream::{Endpoint, Submission, Tls, Trust};
use anyhow::Context as _;
use std::net::SocketAddr;

const FROM: &str = "tom.reyes@norvane.example";
const TO: &str = "ana.ruiz@lindqvist-foods.example";
pub(super) const BAD: &str = include_str!("bad.eml");
const GOOD: &str = include_str!("good.eml");

pub(super) fn prologue(output: &mut Output, proxy: SocketAddr) -> anyhow::Result<()> {
    output.line("Youward demo. Everything happens on this machine; nothing leaves it.")?;
    output.line(&format!(
        "The proxy listens on {proxy}; behind it stands a provider made for this play."
    ))?;
    output.line(&format!(
        "Tom, who sells for Norvane, writes twice to Ana <{TO}>, whom he has never met."
    ))?;
    Ok(())
}

/// Submits both mails and shows what became of them.
pub(super) async fn perform(
    output: &mut Output,
    proxy: SocketAddr,
    sink: &Sink,
    store: &dyn Store,
) -> anyhow::Result<()> {
    for (title, text) in [
        ("1. A mail about its sender", BAD),
        ("2. A mail about its reader", GOOD),
    ] {
        output.line("")?;
        output.heading(title)?;
        let mail = mail_of(text);
        output.quoted("Tom's mail client sends", body_of(text))?;

        let before = sink.received().len();
        let reply = submit(proxy, &mail).await?;
        output.quoted("Tom's mail client is told", &String::from_utf8_lossy(reply.octets()))?;
        match sink.received().get(before) {
            Some(received) if received == mail.octets() => {
                output.line(&format!(
                    "  Ana receives it, all {} octets as Tom wrote them.",
                    received.len()
                ))?;
            }
            Some(_) => anyhow::bail!("the recipient got other octets than were sent"),
            None => output.line("  Ana receives nothing.")?,
        }
        if !reply.is_positive() {
            show_copy(output, store).await?;
        }
    }
    Ok(())
}

/// The newest record's annotated copy, as the author sees it.
async fn show_copy(output: &mut Output, store: &dyn Store) -> anyhow::Result<()> {
    let newest = store
        .list(&Filter {
            limit: 1,
            ..Filter::default()
        })
        .await?;
    let summary = newest.first().context("the mail was not recorded")?;
    let record = store.get(&summary.id.0).await?;
    let copy = hold::copy::of_record(&record)?.context("the record has no octets")?;
    let parsed = mail_parser::MessageParser::default()
        .parse(&copy)
        .context("the annotated copy is no mail")?;
    let text = parsed.body_text(0).context("the annotated copy has no text")?;
    output.quoted("The annotated copy for Tom", &text)?;
    Ok(())
}

pub(super) fn epilogue(output: &mut Output, proxy: SocketAddr) -> anyhow::Result<()> {
    output.line("")?;
    output.heading("Try it with your own mail client")?;
    output.line(&format!(
        "  outgoing server {}, port {}, no encryption, no password",
        proxy.ip(),
        proxy.port()
    ))?;
    output.line(&format!(
        "  for example: swaks --server {} --port {} --from {FROM} --to {TO}",
        proxy.ip(),
        proxy.port()
    ))?;
    output.line("Ctrl-C ends the demo.")?;
    Ok(())
}

/// Sends one mail as a mail client would, and gives back the reply to its content.
pub(super) async fn submit(proxy: SocketAddr, mail: &Mail) -> anyhow::Result<Reply> {
    let endpoint = Endpoint {
        host: proxy.ip().to_string(),
        port: proxy.port(),
        tls: Tls::None,
        trust: Trust::Platform,
    };
    let (mut session, greeting) = Submission::connect(&endpoint, None, &Timeouts::default()).await?;
    anyhow::ensure!(
        greeting.is_positive(),
        "the proxy greeted with {}",
        greeting.last_text()
    );
    for command in [
        "EHLO [127.0.0.1]".to_owned(),
        format!("MAIL FROM:<{FROM}>"),
        format!("RCPT TO:<{TO}>"),
    ] {
        session.queue(format!("{command}\r\n").as_bytes());
        let reply = session.reply().await?;
        anyhow::ensure!(reply.is_positive(), "{command} was answered with {}", reply.last_text());
    }
    let reply = session.content(mail).await?;
    session.leave().await;
    Ok(reply)
}

/// A mail as it is sent, with CR LF line ends.
pub(super) fn mail_of(text: &str) -> Mail {
    Mail::new(text.replace('\n', "\r\n").into_bytes())
}

/// From the Subject on, without the fields that only machines read.
fn body_of(mail: &str) -> &str {
    mail.find("Subject:").and_then(|at| mail.get(at..)).unwrap_or(mail)
}
