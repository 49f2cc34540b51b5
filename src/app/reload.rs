//! Standards, overlays, rules, facts and silences read anew while the proxy runs: when a file changes, and on SIGHUP.
//!
//! A faulty file changes nothing: what was in force stays, and the log says so with every fault. A message that is being
//! decided on keeps what it was read by.

use super::PolicyError;
use super::policy::{Seen, load_watched};
use crate::config::Settings;
use crate::reader::{Policies, PolicyCell};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the files are looked at: two looks are cheaper than one mail.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Reads the policies for the first time, and knows what was read.
///
/// # Errors
/// As [`load_policy`](super::load_policy).
pub fn load_to_watch(settings: &Settings) -> Result<(Policies, Watch), PolicyError> {
    let mut seen = Seen::default();
    let policies = load_watched(settings, &mut seen)?;
    let settings = settings.clone();
    Ok((policies, Watch { settings, seen }))
}

/// Knows which files policies came from, and how they were then.
#[derive(Debug)]
pub struct Watch {
    settings: Settings,
    seen: Seen,
}

impl Watch {
    /// Puts changed policies in force until the handle is aborted.
    #[must_use]
    pub fn keep(mut self, cell: PolicyCell) -> JoinHandle<()> {
        let mut hangup = Hangup::new();
        tokio::spawn(async move {
            loop {
                let asked = tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => false,
                    () = hangup.asked() => true,
                };
                let looked = tokio::task::spawn_blocking(move || {
                    let outcome = self.look(asked);
                    (self, outcome)
                });
                match looked.await {
                    Ok((watch, outcome)) => {
                        self = watch;
                        apply(outcome, &cell);
                    }
                    // It was a panic in reading files; the policies in force stay, and nobody looks any more.
                    Err(error) => {
                        tracing::error!(%error, "the policy files are no longer watched");
                        return;
                    }
                }
            }
        })
    }

    /// Reads everything anew if something changed or `asked`; `None` where there is nothing new.
    fn look(&mut self, asked: bool) -> Option<Result<Policies, PolicyError>> {
        if !asked && !self.seen.changed() {
            return None;
        }
        let mut seen = Seen::default();
        let outcome = load_watched(&self.settings, &mut seen);
        if outcome.is_err() {
            // A file that was not reached this time may be what has to change.
            seen.add(&self.seen);
        }
        self.seen = seen;
        Some(outcome)
    }
}

fn apply(outcome: Option<Result<Policies, PolicyError>>, cell: &PolicyCell) {
    match outcome {
        None => {}
        Some(Ok(policies)) => {
            for warning in &policies.standards().warnings {
                tracing::warn!("{warning}");
            }
            let standards = policies.all().count();
            let rules = policies.all().next().map(|policy| policy.packs.hash().to_owned());
            cell.replace(policies);
            tracing::info!(standards, rules, "policies read anew and in force");
        }
        Some(Err(PolicyError::Faults(faults))) => {
            for fault in &faults {
                tracing::error!("{fault}");
            }
            let faults = faults.len();
            tracing::error!(faults, "the changed policies are faulty: the old ones stay in force");
        }
        Some(Err(error)) => {
            tracing::error!(%error, "the changed policies can't be read: the old ones stay in force");
        }
    }
}

/// SIGHUP, where there is one. At a terminal it means that the terminal closes, and ends the program as ever.
struct Hangup {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangup {
    fn new() -> Hangup {
        #[cfg(unix)]
        {
            use std::io::IsTerminal;
            use tokio::signal::unix::{SignalKind, signal};
            let signal = if std::io::stdin().is_terminal() {
                None
            } else {
                signal(SignalKind::hangup())
                    .inspect_err(|error| tracing::warn!(%error, "SIGHUP is not listened to"))
                    .ok()
            };
            Hangup { signal }
        }
        #[cfg(not(unix))]
        Hangup {}
    }

    async fn asked(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;
    use std::fs;
    use std::path::Path;

    fn settings(folder: &Path) -> Settings {
        fs::write(folder.join("youward.toml"), "[standard]\nfile = \"standard.toml\"\n").unwrap();
        let file = folder.join("youward.toml");
        Settings::load_from(Some(&file), Some(folder), &Environment::default()).unwrap()
    }

    #[test]
    fn changes_are_noticed_and_faults_change_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("standard.toml", "act_below = 40\n");
        let (policies, mut watch) = load_to_watch(&settings(dir.path())).unwrap();
        let cell = PolicyCell::new(policies);
        let act_below = || cell.current().for_account("").standard.act_below;
        assert!(watch.look(false).is_none());

        write("standard.toml", "act_below = 3");
        apply(watch.look(false), &cell);
        assert_eq!(act_below(), 3);

        // An overlay that is not there yet is waited for.
        write("standard.toml", "act_below = 25\noverlays = [\"team.toml\"]\n");
        apply(watch.look(false), &cell);
        assert_eq!(act_below(), 3);
        assert!(watch.look(false).is_none());
        write("team.toml", "[[disable]]\nrule = \"ask/nothing\"\nreason = \"x\"\n");
        apply(watch.look(false), &cell);
        assert_eq!(act_below(), 3);
        write("team.toml", "[[disable]]\nrule = \"ask/call\"\nreason = \"x\"\n");
        apply(watch.look(false), &cell);
        assert_eq!(act_below(), 25);
        assert_eq!(cell.current().for_account("").packs.disabled().len(), 1);

        assert!(watch.look(false).is_none());
        assert!(watch.look(true).is_some());
    }
}
