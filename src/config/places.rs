//! Where the settings and the data are looked for.

use super::{ConfigError, Environment};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A settings file is a page or two; this is for a wrong path.
const LONGEST_FILE: u64 = 1024 * 1024;

/// The settings file: the first of the places that has one. A place that was named must have it.
pub(super) fn settings_file(
    explicit: Option<&Path>,
    environment: &Environment,
) -> Result<Option<PathBuf>, ConfigError> {
    if let Some(named) = explicit.or(environment.config.as_deref()) {
        return Ok(Some(named.to_owned()));
    }
    for folder in [&environment.user_config, &environment.system_config]
        .into_iter()
        .flatten()
    {
        let file = folder.join("youward.toml");
        match fs::metadata(&file) {
            Ok(_) => return Ok(Some(file)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(unreadable(&file, &error.to_string())),
        }
    }
    Ok(None)
}

/// The data folder: named for this run, `$YOUWARD_DATA_DIR`, the settings, systemd's, the user's.
pub(super) fn data_dir(named: Option<&Path>, in_file: Option<PathBuf>, environment: &Environment) -> Option<PathBuf> {
    named
        .map(Path::to_owned)
        .or_else(|| environment.data_dir.clone())
        .or(in_file)
        .or_else(|| environment.state_directory.clone())
        .or_else(|| environment.user_data.clone())
}

/// The file's text.
pub(super) fn read(file: &Path) -> Result<String, ConfigError> {
    let failed = |error: std::io::Error| unreadable(file, &error.to_string());
    let found = fs::metadata(file).map_err(failed)?;
    if found.is_dir() {
        return Err(unreadable(file, "it is a folder"));
    }
    if found.len() > LONGEST_FILE {
        return Err(unreadable(file, "it is longer than 1MiB, which no settings file is"));
    }
    fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => unreadable(file, "it is not UTF-8 text"),
        _ => failed(error),
    })
}

fn unreadable(file: &Path, why: &str) -> ConfigError {
    ConfigError::whole(&file.display().to_string(), &format!("can't be read: {why}"), "")
}
