//! Settings: files in, domain types out, here and nowhere else.
//!
//! In: `youward.toml`, `standard.toml`, rule packs, the environment, in layers. Out: [`Settings`], whole and checked, or
//! every fault with file, line, field and what was expected.
//!
//! Must never: half-apply a file, accept an unknown key, let a plaintext listener leave loopback.

mod check;
mod checker;
pub mod env;
mod error;
mod file;
mod listen;
mod mailboxes;
mod pem;
mod places;
mod quantity;
#[cfg(test)]
mod tests;
mod upstream;
mod web;

pub use env::Environment;
pub use error::ConfigError;
pub use quantity::{show_duration, show_size};

use crate::guard::WatchSettings;
use crate::proxy::{Capacity, UpstreamSettings};
use crate::smtp::{Limits, Timeouts};
use crate::web::WebSettings;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The commented default settings, which `config check` accepts as they are.
pub const DEFAULT_FILE: &str = include_str!("../../config/youward.toml");

/// Everything that the program is told, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they came from, if there was one.
    pub file: Option<PathBuf>,
    /// Whether other machines may be served: listeners off loopback are allowed, with TLS and a certificate. Default false.
    pub team: bool,
    /// The providers. None is enough for every command but `run`.
    pub upstreams: Vec<UpstreamSettings>,
    /// What is watched of the providers' accounts, by the provider's name; the defaults for one that is not named.
    pub watching: HashMap<String, WatchSettings>,
    /// Limits of one session.
    pub limits: Limits,
    /// Time-outs of one session.
    pub timeouts: Timeouts,
    /// Limits over all sessions.
    pub capacity: Capacity,
    /// The folder for the store and the loopback certificate, made 0700.
    pub data_dir: PathBuf,
    /// How long an identical resend gets the same answer, and consent lasts. Default 24 h.
    pub resend_window: Duration,
    /// How long the content of mail whose life is over is kept, for its history.
    pub keep_closed: Duration,
    /// The outreach standard; `None` for the built-in one.
    pub standard_file: Option<PathBuf>,
    /// A personal file on top of the standard, as far as the standard's keys are not locked.
    pub rep_file: Option<PathBuf>,
    /// A folder of rule packs; `None` for the built-in ones.
    pub rules_dir: Option<PathBuf>,
    /// Where the review page is served.
    pub web: WebSettings,
}

impl Settings {
    /// Finds the settings and reads them: the file given, else `$YOUWARD_CONFIG`, else `youward/youward.toml` in the user's
    /// configuration folder, else `/etc/youward/youward.toml`. Without any of them the defaults, and no upstream.
    ///
    /// # Errors
    /// Every fault of the file, or that a file named by the user or the environment can't be read.
    pub fn load(explicit: Option<&Path>) -> Result<Settings, ConfigError> {
        Settings::load_from(explicit, None, &Environment::read())
    }

    /// The same with everything that comes from outside as arguments. `data_dir` goes before all other places for it.
    ///
    /// # Errors
    /// As [`load`](Settings::load).
    pub fn load_from(
        explicit: Option<&Path>,
        data_dir: Option<&Path>,
        environment: &Environment,
    ) -> Result<Settings, ConfigError> {
        let file = places::settings_file(explicit, environment)?;
        let mut settings = match &file {
            None => check::Checked::default(),
            Some(file) => check::check(file, &places::read(file)?)?,
        };
        settings.data_dir = places::data_dir(data_dir, settings.data_dir.take(), environment);
        settings.into_settings(file)
    }

    /// What `run` needs on top: somewhere to send to.
    ///
    /// # Errors
    /// If there is no upstream, with what to write where.
    pub fn ensure_upstream(&self) -> Result<(), ConfigError> {
        if !self.upstreams.is_empty() {
            return Ok(());
        }
        let file = self
            .file
            .as_deref()
            .map_or_else(|| "youward.toml".to_owned(), |file| file.display().to_string());
        let message = if self.file.is_some() {
            "names no upstream"
        } else {
            "there are no settings"
        };
        let expected = "an [[upstream]] with the provider's submission server and an address to listen on";
        Err(ConfigError::whole(&file, message, expected))
    }
}
