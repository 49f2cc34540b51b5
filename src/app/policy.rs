//! The policy in force, from the files that the settings name.

use crate::config::Settings;
use crate::proxy::Policy;
use crate::reading::Packs;
use crate::standard::Standard;
use crate::toml_file::Fault;
use std::fs;
use std::path::{Path, PathBuf};

/// Why the standard or the rules can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file or folder can't be read.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Faults in the files; nothing of them is in force.
    #[error("{}", one_a_line(.0))]
    Faults(Vec<Fault>),
}

/// Reads the standard and the rule packs, or takes the built-in ones where the settings name none.
///
/// # Errors
/// Unreadable files, or every fault found.
pub fn load_policy(settings: &Settings) -> Result<Policy, PolicyError> {
    Ok(Policy {
        standard: standard(settings.standard_file.as_deref())?,
        packs: packs(settings.rules_dir.as_deref())?,
    })
}

fn standard(file: Option<&Path>) -> Result<Standard, PolicyError> {
    let Some(path) = file else {
        return Ok(Standard::builtin());
    };
    let text = read(path)?;
    Standard::parse(&path.display().to_string(), &text).map_err(|fault| PolicyError::Faults(vec![fault]))
}

fn packs(folder: Option<&Path>) -> Result<Packs, PolicyError> {
    let Some(folder) = folder else {
        return Ok(Packs::builtin());
    };
    let unreadable = |cause| PolicyError::Unreadable {
        path: folder.to_owned(),
        cause,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut texts = Vec::new();
    for path in &paths {
        texts.push((path.display().to_string(), read(path)?));
    }
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    Packs::parse(&texts).map_err(PolicyError::Faults)
}

fn read(path: &Path) -> Result<String, PolicyError> {
    fs::read_to_string(path).map_err(|cause| PolicyError::Unreadable {
        path: path.to_owned(),
        cause,
    })
}

fn one_a_line(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
