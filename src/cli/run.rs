//! `youward run`: the proxy.

use crate::app;
use crate::cli::output::print;
use crate::cli::{Common, logging};
use crate::config::Settings;
use crate::reader::Policies;
use crate::store::{InstanceLock, SqliteStore, Stores};
use anyhow::Context as _;
use std::process::ExitCode;
use std::sync::Arc;
use tracing::level_filters::LevelFilter;

/// Runs the proxy until it is asked to stop.
///
/// # Errors
/// Faulty settings, a store that is in use or can't be opened, an address that is taken.
pub fn run(common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::INFO);
    let settings = common.settings()?;
    settings.ensure_upstream()?;
    let (policies, watch) = app::load_to_watch(&settings)?;
    for warning in &policies.standards().warnings {
        tracing::warn!("{warning}");
    }
    app::keep_memory_private();
    let _lock = InstanceLock::acquire(&settings.data_dir)?;
    runtime()?.block_on(serve(&settings, policies, watch))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: &Settings, policies: Policies, watch: app::Watch) -> anyhow::Result<()> {
    let store = Arc::new(SqliteStore::open(&settings.data_dir).await?);
    let mut stop = app::StopSignal::new()?;
    let running = app::start(settings, policies, Stores::of(store), app::now).await?;
    let watching = watch.keep(running.policies().clone());
    for listening in running.listening() {
        let (tls, service) = (listening.tls, listening.service);
        tracing::info!(upstream = %listening.upstream, address = %listening.address, tls, service, "listening");
    }
    if let Some(page) = running.page() {
        tracing::info!(page, "the review page is served; `youward open` opens it, signed in");
    }
    print(|out| {
        for listening in running.listening() {
            writeln!(
                out,
                "listening {} {} {} {}",
                listening.upstream, listening.address, listening.tls, listening.service
            )?;
        }
        if let Some(page) = running.page() {
            writeln!(out, "page {page}")?;
        }
        writeln!(out, "ready")
    })?;
    // A service manager that waits for it is told; without one nothing happens.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    tracing::info!(store = %settings.data_dir.display(), "ready");
    stop.asked().await;
    tracing::info!("stopping");
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    watching.abort();
    running.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// The runtime for listeners, audit and signals; connections have threads of their own.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_stack_size(4 * 1024 * 1024)
        .build()
        .context("the runtime could not be started")
}
