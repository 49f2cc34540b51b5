//! `youward open`: the review page in the browser, signed in by a link that works once.

use super::output::print;
use super::{Common, logging};
use crate::app;
use crate::config::Settings;
use crate::store::{InstanceLock, RecordId};
use crate::web::{Doorstep, Secret};
use anyhow::Context as _;
use clap::Args;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use tracing::level_filters::LevelFilter;

/// Arguments of `open`.
#[derive(Debug, Args)]
#[command(after_help = "\
The link works once, within two minutes, and only on this machine. On a machine without a browser, print it and forward the port:
  ssh -L 8465:127.0.0.1:8465 that-machine youward open --print

Examples:
  youward open              what waits for you
  youward open 7Q2M         one mail
  youward open audit        another page: now, trends, standard, try, audit")]
pub struct OpenArgs {
    /// The id of a mail, or as much of its beginning as is needed; or now, trends, standard, try, audit
    #[arg(value_name = "MAIL-OR-PAGE", default_value = "now", value_parser = page)]
    page: String,
    /// Print the link instead of opening it
    #[arg(long)]
    print: bool,
}

/// Runs `open`.
///
/// # Errors
/// If the proxy does not run, serves no page, or the data folder can't be written.
pub fn run(args: &OpenArgs, common: &Common) -> anyhow::Result<ExitCode> {
    logging::begin(common, LevelFilter::WARN);
    let settings = common.settings()?;
    let address = address(&settings)?;
    let link = link(&settings, address, &args.page)?;
    if args.print {
        print(|out| writeln!(out, "{link}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    if show(&link) {
        print(|out| writeln!(out, "Opening http://{address}/ in your browser."))?;
    } else {
        print(|out| {
            writeln!(out, "No browser could be started here. Open this within two minutes:")?;
            writeln!(out, "{link}")
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn address(settings: &Settings) -> anyhow::Result<SocketAddr> {
    anyhow::ensure!(
        InstanceLock::is_taken(&settings.data_dir),
        "Youward is not running on {}: start `youward run` first",
        settings.data_dir.display()
    );
    anyhow::ensure!(
        !settings.web.listen.is_empty(),
        "the page is switched off: `listen` below [web] in the settings says \"off\""
    );
    Doorstep::of(&settings.data_dir)
        .address()
        .context("Youward runs, but serves no page: its log says why (another program may be using the port)")
}

/// A link to a page (its path without the first slash) that signs a browser in.
pub(super) fn link(settings: &Settings, address: SocketAddr, page: &str) -> anyhow::Result<String> {
    let token: Secret = Doorstep::of(&settings.data_dir)
        .leave_token(app::now())
        .with_context(|| format!("no link can be made in {}", settings.data_dir.display()))?;
    Ok(format!("http://{address}/sign-in?token={}&to={page}", token.shown()))
}

/// A page's path from what was typed.
fn page(typed: &str) -> Result<String, String> {
    match typed {
        "now" => Ok(String::new()),
        "trends" | "standard" | "try" | "audit" => Ok(typed.to_owned()),
        id => RecordId::beginning(id)
            .map(|beginning| format!("mail/{beginning}"))
            .ok_or_else(|| "the id of a mail, or now, trends, standard, try, audit".to_owned()),
    }
}

/// Starts a browser; false where there is none to be started. The link is in its arguments for a moment, where other users
/// of the machine can see it: it works once, and where the system tells whose a connection is, only for the same user.
fn show(link: &str) -> bool {
    let programs: &[&[&str]] = if cfg!(target_os = "macos") {
        &[&["open"]]
    } else if cfg!(windows) {
        &[&["rundll32", "url.dll,FileProtocolHandler"]]
    } else {
        &[&["xdg-open"]]
    };
    programs.iter().any(|words| {
        let Some((program, arguments)) = words.split_first() else {
            return false;
        };
        let mut command = Command::new(program);
        command.args(arguments).arg(link);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().is_ok_and(is_on_its_way)
    })
}

/// Whether a program did its work, or is still at it after a while: some stay for as long as the browser they started.
fn is_on_its_way(mut child: Child) -> bool {
    for _ in 0..20 {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(100)),
            Err(_) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_mails_are_named() {
        for (typed, path) in [
            ("now", ""),
            ("audit", "audit"),
            ("7q2m", "mail/7Q2M"),
            ("7Q2M0001", "mail/7Q2M0001"),
        ] {
            assert_eq!(page(typed).as_deref(), Ok(path));
        }
        assert!(page("../audit").is_err() && page("u").is_err() && page("").is_err());
    }

    #[test]
    fn without_a_proxy_there_is_no_link() {
        let dir = tempfile::tempdir().unwrap();
        let environment = crate::config::Environment::default();
        let settings = Settings::load_from(None, Some(dir.path()), &environment).unwrap();
        let error = address(&settings).unwrap_err().to_string();
        assert!(error.contains("start `youward run` first"), "{error}");
        let _lock = InstanceLock::acquire(dir.path()).unwrap();
        let error = address(&settings).unwrap_err().to_string();
        assert!(error.contains("serves no page"), "{error}");
    }
}
