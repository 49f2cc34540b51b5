//! The programs that are measured with and against: found, never installed.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where everything is.
pub(crate) struct Tools {
    pub(crate) smtp_source: PathBuf,
    pub(crate) smtp_sink: PathBuf,
    pub(crate) haproxy: PathBuf,
    /// `None` with the reason why Postfix itself can't be used.
    pub(crate) postfix: Result<PathBuf, String>,
    /// `None` with the reason why it is skipped.
    pub(crate) emailproxy: Result<PathBuf, String>,
}

impl Tools {
    /// Looks for all of them.
    ///
    /// # Errors
    /// Names everything that is missing, and how to install it.
    pub(crate) fn find(emailproxy: Option<&Path>) -> Result<Tools> {
        if !cfg!(target_os = "linux") {
            bail!("this benchmark takes CPU time and memory from /proc, so it runs on Linux only");
        }
        let mut missing = Vec::new();
        let mut needed = |name: &str, package: &'static str| {
            find(name).unwrap_or_else(|| {
                missing.push((name.to_owned(), package));
                PathBuf::new()
            })
        };
        let (smtp_source, smtp_sink) = (needed("smtp-source", "postfix"), needed("smtp-sink", "postfix"));
        let (haproxy, postfix) = (needed("haproxy", "haproxy"), needed("postfix", "postfix"));
        if !missing.is_empty() {
            let names: Vec<_> = missing.iter().map(|(name, _)| name.as_str()).collect();
            let mut packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
            packages.dedup();
            bail!(
                "missing: {}; install with: apt-get install {}",
                names.join(", "),
                packages.join(" ")
            );
        }
        let root = rustix::process::geteuid().is_root();
        Ok(Tools {
            smtp_source,
            smtp_sink,
            haproxy,
            postfix: root
                .then_some(postfix)
                .ok_or("Postfix starts only as root: run as root for these rows".to_owned()),
            emailproxy: match emailproxy {
                Some(path) => Ok(path.to_owned()),
                None => find("emailproxy").ok_or(
                    "emailproxy is not installed: pipx install emailproxy, or give --emailproxy PATH".to_owned(),
                ),
            },
        })
    }

    /// Name and version of what was found, as the programs say it.
    pub(crate) fn versions(&self) -> Vec<String> {
        let postconf = find("postconf").unwrap_or_default();
        [
            first_line(Path::new(env!("CARGO_BIN_EXE_youward")), &["--version"]),
            first_line(&postconf, &["-dh", "mail_version"]).map(|version| format!("Postfix {version}")),
            first_line(&self.haproxy, &["-v"]).map(|line| line.split(" 20").next().unwrap_or_default().to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// As a shell finds it, with the folders where servers live.
fn find(name: &str) -> Option<PathBuf> {
    let script = r#"PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin" command -v "$0""#;
    let output = Command::new("sh")
        .args(["-c", script, name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    let path = path.trim();
    (output.status.success() && path.starts_with('/')).then(|| path.into())
}

fn first_line(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.lines().next().map(str::to_owned)
}
