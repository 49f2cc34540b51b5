//! The program's own log, to standard error. Mail content, secrets and AUTH lines have no field that could hold them.

use super::Common;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::EnvFilter;

/// Begins to log. `quiet` is the level without `-v`: a command speaks only of trouble, the proxy of every message.
///
/// The libraries stay at their warnings, and never go beyond INFO: below that some of them write credentials and whole
/// mails (async-imap at TRACE, for one).
pub fn begin(common: &Common, quiet: LevelFilter) {
    let own = match common.verbose {
        0 => quiet,
        1 => quiet.max(LevelFilter::INFO),
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let libraries = if common.verbose >= 3 { "info" } else { "warn" };
    // Both are words that this filter knows; where it could not read them, it would show errors only.
    let filter = EnvFilter::try_new(format!("{libraries},youward={own}")).unwrap_or_default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(common.stderr().colour)
        .with_target(common.verbose >= 2)
        .finish();
    // Only the first call counts, which is the one that wins in tests too.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
