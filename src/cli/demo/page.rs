//! The review page in the demo: a link to the returned mail, and what happens once the reader lets it go there.

use super::play::{BAD, mail_of, submit};
use super::sink::Sink;
use crate::cli::open;
use crate::cli::output::Output;
use crate::config::Settings;
use crate::store::{Filter, State, Store, Summary};
use crate::web::Doorstep;
use std::net::SocketAddr;
use std::time::Duration;

/// That of the mail which is returned.
const MESSAGE_ID: &str = "demo-1@norvane.example";

/// How often is looked whether the reader has decided.
const LOOK: Duration = Duration::from_millis(300);

/// Prints a link to the page of the returned mail, signed in.
pub(super) async fn offer(output: &mut Output, settings: &Settings, store: &dyn Store) -> anyhow::Result<()> {
    let Some(address) = Doorstep::of(&settings.data_dir).address() else {
        return Ok(());
    };
    let Some(returned) = newest(store, State::Returned).await? else {
        return Ok(());
    };
    let link = open::link(settings, address, &format!("mail/{}", returned.id))?;
    output.line("")?;
    output.heading("See the returned mail on its page, and let it go if you like")?;
    output.line(&format!("  {link}"))?;
    output.line("  The link works once, within two minutes. When you allow the mail there, Tom sends it once more.")?;
    Ok(())
}

/// Plays Tom, who sends the mail once more when it has been allowed. Goes on until it is dropped.
pub(super) async fn send_what_is_allowed(
    output: &mut Output,
    proxy: SocketAddr,
    sink: &Sink,
    store: &dyn Store,
) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(allowed) = newest(store, State::Allowed).await? else {
            continue;
        };
        // A mail of the reader's own is sent again by their own mail client.
        if store.get(&allowed.id.0).await?.message_id.as_deref() != Some(MESSAGE_ID) {
            continue;
        }
        let before = sink.received().len();
        let mail = mail_of(BAD);
        let reply = submit(proxy, &mail).await?;
        output.line("")?;
        output.heading(&format!("{} was allowed: Tom sends it once more", allowed.id))?;
        output.quoted("Tom's mail client is told", &String::from_utf8_lossy(reply.octets()))?;
        if sink
            .received()
            .get(before)
            .is_some_and(|received| received == mail.octets())
        {
            output.line("  Ana receives it, exactly as Tom wrote it.")?;
        }
        anyhow::ensure!(reply.is_positive(), "the allowed mail did not go");
    }
}

/// The newest record in this state.
async fn newest(store: &dyn Store, state: State) -> anyhow::Result<Option<Summary>> {
    let filter = Filter {
        states: vec![state],
        limit: 1,
        ..Filter::default()
    };
    Ok(store.list(&filter).await?.into_iter().next())
}
