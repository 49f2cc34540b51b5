//! The program's own log, to standard error. Mail content, secrets and AUTH lines have no field that could hold them.

use super::Common;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

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
    let libraries = if common.verbose >= 3 {
        LevelFilter::INFO
    } else {
        LevelFilter::WARN
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(common.stderr().colour)
        .with_target(common.verbose >= 2);
    let filter = Targets::new().with_default(libraries).with_target("youward", own);
    let subscriber = tracing_subscriber::registry().with(lines).with(filter);
    // Only the first call counts, which is the one that wins in tests too.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
