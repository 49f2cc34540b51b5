//! `youward demo`: the whole story in one terminal, without configuration and without a network.
//!
//! A proxy with an embedded provider behind it; two mails that we wrote are submitted through real SMTP on loopback. What
//! the mail client was told, what the recipient got and the annotated copy are shown; then the proxy stays up, until
//! Ctrl-C, for the review page, where the reader can let the returned mail go, and for a mail client of their own.

mod page;
mod play;
mod sink;

use crate::app;
use crate::cli::output::Output;
use crate::cli::{Common, logging};
use crate::config::Settings;
use crate::proxy::{Capacity, Listen, ListenTls, UpstreamSettings};
use crate::reader::Policy;
use crate::reading::Packs;
use crate::smtp::{Limits, Timeouts};
use crate::standard::Standard;
use crate::store::{SqliteStore, Store, Stores};
use crate::upstream::mailbox::MailboxSettings;
use crate::upstream::{Endpoint, Tls, Trust};
use crate::web::WebSettings;
use anyhow::Context as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing::level_filters::LevelFilter;

/// Arguments of `youward demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// End after the two mails instead of staying up for a mail client of yours
    #[arg(long)]
    once: bool,
}

/// Runs the demo.
///
/// # Errors
/// When loopback sockets or a temporary folder can't be had.
pub fn run(args: &DemoArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let folder = TemporaryFolder::new()?;
    let runtime = super::run::runtime()?;
    runtime.block_on(demo(args, &folder.path, Output::new(common.stdout())))?;
    Ok(ExitCode::SUCCESS)
}

async fn demo(args: &DemoArgs, folder: &Path, mut output: Output) -> anyhow::Result<()> {
    let (sink, provider) = sink::Sink::start()
        .await
        .context("the demo's provider could not be started")?;
    let kept = Arc::new(SqliteStore::open(folder).await?);
    let store: Arc<dyn Store> = kept.clone();
    let policy = Policy::new(Standard::builtin(), Packs::builtin());
    let settings = settings(provider, folder);
    let running = app::start(&settings, policy, Stores::of(kept), app::now).await?;
    let proxy = running
        .listening()
        .first()
        .map(|listening| listening.address)
        .context("no loopback address")?;

    play::prologue(&mut output, proxy)?;
    play::perform(&mut output, proxy, &sink, &*store).await?;
    if !args.once {
        let mut stop = app::StopSignal::new()?;
        page::offer(&mut output, &settings, &*store).await?;
        play::epilogue(&mut output, proxy)?;
        tokio::select! {
            watched = page::send_what_is_allowed(&mut output, proxy, &sink, &*store) => watched?,
            () = stop.asked() => {}
        }
    }
    running.stop().await;
    Ok(())
}

/// A proxy on a free loopback port, with the built-in standard and rules.
fn settings(provider: SocketAddr, folder: &Path) -> Settings {
    Settings {
        watching: std::collections::HashMap::new(),
        file: None,
        team: false,
        upstreams: vec![UpstreamSettings {
            name: "demo".to_owned(),
            smtp: Endpoint {
                host: provider.ip().to_string(),
                port: provider.port(),
                tls: Tls::None,
                trust: Trust::Platform,
            },
            imap: None,
            mailboxes: MailboxSettings::default(),
            listen: vec![Listen {
                address: SocketAddr::from(([127, 0, 0, 1], 0)),
                tls: ListenTls::None,
            }],
            listen_imap: Vec::new(),
            hide_capabilities: Vec::new(),
            require_auth: false,
            keep_credentials: Duration::ZERO,
        }],
        limits: Limits::default(),
        timeouts: Timeouts::default(),
        capacity: Capacity::default(),
        data_dir: folder.to_owned(),
        resend_window: Duration::from_secs(24 * 3600),
        keep_closed: Duration::ZERO,
        standard_file: None,
        rep_file: None,
        rules_dir: None,
        web: WebSettings::on(0),
    }
}

/// A folder for the demo's store, removed at the end.
struct TemporaryFolder {
    path: std::path::PathBuf,
}

impl TemporaryFolder {
    fn new() -> anyhow::Result<TemporaryFolder> {
        let path = crate::config::env::temp_dir().join(format!("youward-demo-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(TemporaryFolder { path })
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
