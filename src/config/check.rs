//! From the file as written to settings that hold: every value in its range, every file there, and all faults at once.

use super::checker::Checker;
use super::quantity::Quantity;
use super::{ConfigError, Settings, file, show_size, upstream, web};
use crate::guard::WatchSettings;
use crate::proxy::{Capacity, UpstreamSettings};
use crate::smtp::{Limits, Timeouts};
use crate::toml_file;
use crate::web::WebSettings;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// SQLite takes no value of a billion octets, and a held mail is one.
const LARGEST_CONTENT: u64 = 512 * MIB;
const MIB: u64 = 1024 * 1024;
const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

/// Settings before it is known where the data folder is.
#[derive(Debug)]
pub(super) struct Checked {
    team: bool,
    upstreams: Vec<UpstreamSettings>,
    watching: HashMap<String, WatchSettings>,
    limits: Limits,
    timeouts: Timeouts,
    capacity: Capacity,
    pub(super) data_dir: Option<PathBuf>,
    resend_window: Duration,
    keep_closed: Duration,
    standard_file: Option<PathBuf>,
    rep_file: Option<PathBuf>,
    rules_dir: Option<PathBuf>,
    web: WebSettings,
}

impl Default for Checked {
    fn default() -> Checked {
        Checked {
            team: false,
            upstreams: Vec::new(),
            watching: HashMap::new(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            capacity: Capacity::default(),
            data_dir: None,
            resend_window: 24 * HOUR,
            keep_closed: 30 * 24 * HOUR,
            standard_file: None,
            rep_file: None,
            rules_dir: None,
            web: WebSettings::default(),
        }
    }
}

impl Checked {
    pub(super) fn into_settings(self, file: Option<PathBuf>) -> Result<Settings, ConfigError> {
        let Some(data_dir) = self.data_dir else {
            let expected = "--data-dir, YOUWARD_DATA_DIR, or data_dir in the settings";
            return Err(ConfigError::whole(
                "youward",
                "there is no home folder to keep data in",
                expected,
            ));
        };
        Ok(Settings {
            file,
            team: self.team,
            upstreams: self.upstreams,
            watching: self.watching,
            limits: self.limits,
            timeouts: self.timeouts,
            capacity: self.capacity,
            data_dir,
            resend_window: self.resend_window,
            keep_closed: self.keep_closed,
            standard_file: self.standard_file,
            rep_file: self.rep_file,
            rules_dir: self.rules_dir,
            web: self.web,
        })
    }
}

/// Judges a file's text.
pub(super) fn check(path: &Path, text: &str) -> Result<Checked, ConfigError> {
    let name = path.display().to_string();
    let file: file::File = toml_file::parse(&name, text).map_err(|fault| ConfigError::in_text(vec![fault], text))?;
    let mut checker = Checker::new(&name, text, path.parent().unwrap_or(Path::new("")));
    let mut checked = Checked {
        team: file.team,
        ..Checked::default()
    };

    checked.data_dir = file.data_dir.as_ref().and_then(|dir| checker.path("data_dir", dir));
    checked.upstreams = upstream::check(&mut checker, &file.upstream, file.team);
    checked.watching = upstream::watching(&mut checker, &file.upstream);
    limits(&mut checker, &file.limits, &mut checked.limits);
    timeouts(&mut checker, &file.timeouts, &mut checked.timeouts);
    capacity(&mut checker, &file.capacity, file.limits.content.as_ref(), &mut checked);
    let window = 60 * SECOND..=90 * 24 * HOUR;
    checker.duration(
        "store.resend_window",
        &file.store.resend_window,
        window,
        &mut checked.resend_window,
    );
    checker.duration(
        "store.keep_closed",
        &file.store.keep_closed,
        Duration::ZERO..=366 * 24 * HOUR,
        &mut checked.keep_closed,
    );
    checked.standard_file = file
        .standard
        .file
        .as_ref()
        .and_then(|file| checker.file("standard.file", file));
    checked.rep_file = file
        .standard
        .rep
        .as_ref()
        .and_then(|file| checker.file("standard.rep", file));
    checked.rules_dir = file.rules.dir.as_ref().and_then(|dir| checker.folder("rules.dir", dir));
    web::check(&mut checker, &file.web, &checked.upstreams, &mut checked.web);

    checker.finish(checked)
}

fn limits(checker: &mut Checker<'_>, file: &file::Limits, limits: &mut Limits) {
    checker.size(
        "limits.command_line",
        &file.command_line,
        512..=64 * 1024,
        &mut limits.command_line,
    );
    checker.size(
        "limits.auth_line",
        &file.auth_line,
        512..=64 * 1024,
        &mut limits.auth_line,
    );
    checker.size(
        "limits.content_line",
        &file.content_line,
        998..=16 * MIB,
        &mut limits.content_line,
    );
    checker.size(
        "limits.header_field",
        &file.header_field,
        998..=MIB,
        &mut limits.header_field,
    );
    checker.size(
        "limits.content",
        &file.content,
        1024..=LARGEST_CONTENT,
        &mut limits.content,
    );
    checker.count(
        "limits.recipients",
        &file.recipients,
        1..=100_000,
        &mut limits.recipients,
    );
    checker.count("limits.errors", &file.errors, 1..=1_000, &mut limits.errors);
    checker.count(
        "limits.errors_before_auth",
        &file.errors_before_auth,
        1..=1_000,
        &mut limits.errors_before_auth,
    );
}

fn timeouts(checker: &mut Checker<'_>, file: &file::Timeouts, timeouts: &mut Timeouts) {
    checker.duration(
        "timeouts.before_auth",
        &file.before_auth,
        SECOND..=HOUR,
        &mut timeouts.before_auth,
    );
    checker.duration(
        "timeouts.command",
        &file.command,
        SECOND..=24 * HOUR,
        &mut timeouts.command,
    );
    checker.duration(
        "timeouts.data_block",
        &file.data_block,
        SECOND..=HOUR,
        &mut timeouts.data_block,
    );
    checker.size("timeouts.data_rate", &file.data_rate, 0..=MIB, &mut timeouts.data_rate);
    checker.duration("timeouts.connect", &file.connect, SECOND..=HOUR, &mut timeouts.connect);
    checker.duration(
        "timeouts.upstream_command",
        &file.upstream_command,
        SECOND..=HOUR,
        &mut timeouts.upstream_command,
    );
    checker.duration(
        "timeouts.upstream_data",
        &file.upstream_data,
        SECOND..=HOUR,
        &mut timeouts.upstream_data,
    );
    checker.duration(
        "timeouts.upstream_done",
        &file.upstream_done,
        SECOND..=HOUR,
        &mut timeouts.upstream_done,
    );
    let reading = Duration::from_millis(10)..=60 * SECOND;
    checker.duration("timeouts.reading", &file.reading, reading, &mut timeouts.reading);
}

fn capacity(
    checker: &mut Checker<'_>,
    file: &file::Capacity,
    largest: Option<&Spanned<Quantity>>,
    checked: &mut Checked,
) {
    let capacity = &mut checked.capacity;
    checker.size(
        "capacity.memory",
        &file.memory,
        MIB..=1024 * 1024 * MIB,
        &mut capacity.memory,
    );
    checker.count(
        "capacity.connections",
        &file.connections,
        1..=100_000,
        &mut capacity.connections,
    );
    let each = &mut capacity.connections_per_address;
    *each = (*each).min(capacity.connections);
    let most = capacity.connections as u64;
    checker.count(
        "capacity.connections_per_address",
        &file.connections_per_address,
        1..=most,
        each,
    );
    capacity.same_user_only = file.same_user_only.unwrap_or(capacity.same_user_only);

    // A mail larger than all the memory would wait for room for ever.
    let (memory, content) = (checked.capacity.memory as u64, checked.limits.content as u64);
    if memory < content {
        let message = "the largest mail does not fit";
        match (&file.memory, largest) {
            (Some(written), _) => {
                let expected = format!("at least limits.content, which is {}", show_size(content));
                checker.fault(&written.span(), "capacity.memory", message, &expected);
            }
            (None, Some(written)) => {
                let expected = format!("at most capacity.memory, which is {}", show_size(memory));
                checker.fault(&written.span(), "limits.content", message, &expected);
            }
            // The defaults fit.
            (None, None) => {}
        }
    }
}
