//! `youward config`: are the settings sound, and what would come of them?

use super::output::{self, clean};
use super::{Common, faults};
use crate::app::{self, PolicyError};
use crate::config::{DEFAULT_FILE, Environment, Settings};
use crate::proxy::{Listen, ListenTls, UpstreamSettings};
use crate::upstream::{Endpoint, Tls, Trust};
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say whether the settings hold, and what would be listened on
    #[command(after_help = "Exit codes: 0 they hold, 1 they don't, 2 the file can't be read.")]
    Check {
        /// The file; without it the one that `youward run` would take
        file: Option<PathBuf>,
    },
    /// Print settings with every field explained, to begin with
    #[command(after_help = "Example:\n  youward config default > youward.toml")]
    Default,
}

/// Runs `config`.
///
/// # Errors
/// If standard output can't be written.
pub fn run(args: ConfigArgs, common: &Common) -> anyhow::Result<ExitCode> {
    match args.command {
        ConfigCommand::Check { file } => check(file.as_deref(), common),
        ConfigCommand::Default => {
            output::print(|out| out.write_all(DEFAULT_FILE.as_bytes()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(file: Option<&Path>, common: &Common) -> anyhow::Result<ExitCode> {
    let named = file.or(common.config.as_deref());
    match Settings::load_from(named, common.data_dir.as_deref(), &Environment::read()) {
        Ok(settings) => {
            output::print(|out| summary(out, &settings))?;
            policy(&settings, common)
        }
        Err(error) => {
            let readable = error.text().is_some();
            io::stderr().write_all(faults::render(&error, &common.stderr()).as_bytes())?;
            if readable {
                let count = error.faults().len();
                let faults = if count == 1 { "fault" } else { "faults" };
                writeln!(
                    io::stderr(),
                    "{count} {faults}. Nothing of this file is used until it is mended."
                )?;
            }
            Ok(ExitCode::from(if readable { 1 } else { super::TROUBLE }))
        }
    }
}

/// Whether standards and rules hold, too: `run` would go on with what was in force before, or not start.
fn policy(settings: &Settings, common: &Common) -> anyhow::Result<ExitCode> {
    match app::load_policy(settings) {
        Ok(policies) => {
            for warning in &policies.standards().warnings {
                writeln!(io::stderr(), "warning: {warning}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(PolicyError::Faults(found)) => {
            io::stderr().write_all(faults::render_each(&found, &common.stderr()).as_bytes())?;
            writeln!(
                io::stderr(),
                "The settings hold, but standards or rules don't: a proxy that runs keeps the old ones in force."
            )?;
            Ok(ExitCode::from(1))
        }
        Err(unreadable) => {
            writeln!(io::stderr(), "youward: {unreadable}")?;
            Ok(ExitCode::from(super::TROUBLE))
        }
    }
}

fn summary(out: &mut dyn Write, settings: &Settings) -> io::Result<()> {
    match &settings.file {
        Some(file) => writeln!(out, "ok: {}", file.display())?,
        None => writeln!(out, "ok: there is no settings file; these are the defaults")?,
    }
    for upstream in &settings.upstreams {
        writeln!(out)?;
        write_upstream(out, upstream)?;
    }
    let or_built_in = |path: &Option<PathBuf>| {
        path.as_ref()
            .map_or("built in".to_owned(), |path| path.display().to_string())
    };
    writeln!(out)?;
    writeln!(out, "standard  {}", or_built_in(&settings.standard_file))?;
    writeln!(out, "rules     {}", or_built_in(&settings.rules_dir))?;
    let page: Vec<String> = settings
        .web
        .listen
        .iter()
        .map(|address| format!("http://{address}/"))
        .collect();
    let page = if page.is_empty() {
        "off".to_owned()
    } else {
        page.join(", ")
    };
    writeln!(out, "page      {page}")?;
    writeln!(out, "data in   {}", settings.data_dir.display())?;
    if settings.upstreams.is_empty() {
        writeln!(out)?;
        writeln!(
            out,
            "No upstream is named, so `youward run` would have nothing to do. `youward config default` shows how."
        )?;
    }
    Ok(())
}

fn write_upstream(out: &mut dyn Write, upstream: &UpstreamSettings) -> io::Result<()> {
    let auth = if upstream.require_auth {
        ""
    } else {
        ", without asking for AUTH"
    };
    writeln!(
        out,
        "{}: sends through {}{auth}",
        clean(&upstream.name),
        endpoint(&upstream.smtp)
    )?;
    if let Some(imap) = &upstream.imap {
        writeln!(out, "  mailboxes at {}", endpoint(imap))?;
    }
    for listen in &upstream.listen {
        writeln!(out, "  listens on {}", self::listen(listen))?;
    }
    for listen in &upstream.listen_imap {
        writeln!(out, "  listens for IMAP on {}", self::listen(listen))?;
    }
    if !upstream.hide_capabilities.is_empty() {
        writeln!(out, "  hides {}", upstream.hide_capabilities.join(", "))?;
    }
    Ok(())
}

fn endpoint(endpoint: &Endpoint) -> String {
    let tls = match endpoint.tls {
        Tls::Implicit => "TLS",
        Tls::StartTls => "STARTTLS",
        Tls::None => "no TLS",
    };
    let trust = match &endpoint.trust {
        Trust::Platform => String::new(),
        Trust::File(file) => format!(", trusting {}", file.display()),
    };
    format!("{}:{} ({tls}{trust})", endpoint.host, endpoint.port)
}

fn listen(listen: &Listen) -> String {
    let certificate = |chain: &Option<PathBuf>| match chain {
        Some(file) => file.display().to_string(),
        None => "this machine's own certificate".to_owned(),
    };
    match &listen.tls {
        ListenTls::None => format!("{} (no TLS)", listen.address),
        ListenTls::Implicit(own) => format!("{} (TLS, {})", listen.address, certificate(&own.chain)),
        ListenTls::StartTls(own) => format!("{} (STARTTLS, {})", listen.address, certificate(&own.chain)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_would_be_listened_on() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/youward.toml");
        let settings = Settings::load_from(Some(&file), Some(Path::new("/data")), &Environment::default()).unwrap();
        let mut out = Vec::new();
        summary(&mut out, &settings).unwrap();
        assert_eq!(
            String::from_utf8(out)
                .unwrap()
                .replace(&file.display().to_string(), "youward.toml"),
            "ok: youward.toml\n\n\
             corp: sends through smtp.corp.example:465 (TLS)\n  \
             listens on 127.0.0.1:1465 (TLS, this machine's own certificate)\n  \
             listens on [::1]:1465 (TLS, this machine's own certificate)\n\n\
             standard  built in\nrules     built in\npage      http://127.0.0.1:8465/\ndata in   /data\n"
        );
    }
}
