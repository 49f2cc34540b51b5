//! The policies in force, from the files that the settings name.

use super::apart::apart;
use crate::config::Settings;
use crate::reader::{Policies, Policy};
use crate::reading::{Facts, Packs, Silences};
use crate::standard::{Entry, NamedText, Standard, Standards, WrittenText};
use crate::toml_file::Fault;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A file of a standard or of rules is some pages; this is for a wrong path.
const LONGEST_FILE: u64 = 8 * 1024 * 1024;

/// Files that were looked at, and how they were just before they were read.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Vec<(PathBuf, Option<Stamp>)>);

/// When a file was changed, and its length.
type Stamp = (SystemTime, u64);

impl Seen {
    fn note(&mut self, path: &Path) {
        if !self.0.iter().any(|(known, _)| known == path) {
            self.0.push((path.to_owned(), stamp(path)));
        }
    }

    /// Takes in what another has seen and this one has not.
    pub(super) fn add(&mut self, other: &Seen) {
        for (path, _) in &other.0 {
            self.note(path);
        }
    }

    /// Whether any of them is not as it was.
    pub(super) fn changed(&self) -> bool {
        self.0.iter().any(|(path, before)| stamp(path) != *before)
    }
}

/// `None` for a file that is not there.
fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

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

/// Reads the standards with all that they name and the rule packs, or takes the built-in ones where the settings name
/// none.
///
/// # Errors
/// Unreadable files, or every fault found.
pub fn load_policy(settings: &Settings) -> Result<Policies, PolicyError> {
    load(settings, &mut Seen::default(), |packs| packs)
}

/// The same for who reads mails by them and does nothing else: without the rules' examples. `seen` takes what was read, or
/// was to be read, so that a change of it can be noticed.
///
/// # Errors
/// As [`load_policy`].
pub(super) fn load_watched(settings: &Settings, seen: &mut Seen) -> Result<Policies, PolicyError> {
    load(settings, seen, Packs::without_examples)
}

fn load(settings: &Settings, seen: &mut Seen, keep: fn(Packs) -> Packs) -> Result<Policies, PolicyError> {
    let standards = load_standards(settings, seen)?;
    let rules = Rules::read(settings.rules_dir.as_deref(), seen)?;
    let mut compiled: HashMap<Vec<NamedText>, Arc<Packs>> = HashMap::new();
    let mut faults = Vec::new();
    let mut policies = Vec::new();
    for entry in standards.all() {
        let overlays = &entry.standard.overlays;
        let packs = match compiled.get(overlays) {
            Some(packs) => packs.clone(),
            None => match apart(|| rules.compile(overlays).map(keep), copied) {
                Ok(packs) => {
                    let packs = Arc::new(packs);
                    compiled.insert(overlays.clone(), packs.clone());
                    packs
                }
                Err(found) => {
                    faults.extend(found);
                    continue;
                }
            },
        };
        unknown_modes(entry, &packs, &mut faults);
        policies.push(policy(&entry.standard, packs, &mut faults));
    }
    if faults.is_empty() {
        return Ok(Policies::new(standards, policies));
    }
    let mut told: Vec<Fault> = Vec::new();
    for fault in faults {
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    Err(PolicyError::Faults(told))
}

/// Reads the standards alone, with the files that they name.
///
/// # Errors
/// As [`load_policy`].
pub(super) fn load_standards(settings: &Settings, seen: &mut Seen) -> Result<Standards, PolicyError> {
    let main = match &settings.standard_file {
        Some(path) => Some((path.display().to_string(), read(path, seen)?)),
        None => None,
    };
    let rep = match &settings.rep_file {
        Some(path) => Some((path.display().to_string(), read(path, seen)?)),
        None => None,
    };
    let (file, text) = main.as_ref().map_or(("", ""), |(file, text)| (file, text));
    let rep = rep.as_ref().map(|(file, text)| WrittenText { file, text });
    let open = |by: &str, written: &str| {
        let path = Path::new(by).parent().unwrap_or(Path::new("")).join(written);
        match read(&path, seen) {
            Ok(text) => Ok((path.display().to_string(), text)),
            Err(PolicyError::Unreadable { cause, .. }) => Err(cause.to_string()),
            Err(error) => Err(error.to_string()),
        }
    };
    Standards::parse(WrittenText { file, text }, rep, open).map_err(PolicyError::Faults)
}

/// Reads the rule packs of a folder, or takes the built-in ones, with overlays on top.
///
/// # Errors
/// An unreadable file, or every fault found.
pub fn load_packs(folder: Option<&Path>, overlays: &[PathBuf]) -> Result<Packs, PolicyError> {
    let rules = Rules::read(folder, &mut Seen::default())?;
    let mut texts = Vec::new();
    for path in overlays {
        let text = read(path, &mut Seen::default())?;
        let file = path.display().to_string();
        texts.push(NamedText { file, text });
    }
    rules.compile(&texts).map_err(PolicyError::Faults)
}

/// The texts of the rule files; `None` for those that are compiled in.
struct Rules(Option<Vec<(String, String)>>);

impl Rules {
    fn read(folder: Option<&Path>, seen: &mut Seen) -> Result<Rules, PolicyError> {
        let Some(folder) = folder else {
            return Ok(Rules(None));
        };
        let unreadable = |cause| PolicyError::Unreadable {
            path: folder.to_owned(),
            cause,
        };
        seen.note(folder);
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
            texts.push((path.display().to_string(), read(path, seen)?));
        }
        Ok(Rules(Some(texts)))
    }

    fn compile(&self, overlays: &[NamedText]) -> Result<Packs, Vec<Fault>> {
        let overlays: Vec<(&str, &str)> = overlays
            .iter()
            .map(|overlay| (overlay.file.as_str(), overlay.text.as_str()))
            .collect();
        let texts: Option<Vec<(&str, &str)>> = self.0.as_ref().map(|texts| {
            let texts = texts.iter();
            texts.map(|(file, text)| (file.as_str(), text.as_str())).collect()
        });
        Packs::parse_with(texts.as_deref(), &overlays)
    }
}

fn copied(compiled: &Result<Packs, Vec<Fault>>) -> Result<Packs, Vec<Fault>> {
    compiled.as_ref().map(Packs::copied_whole).map_err(Clone::clone)
}

fn policy(standard: &Standard, packs: Arc<Packs>, faults: &mut Vec<Fault>) -> Policy {
    let mut policy = Policy::new(standard.clone(), packs);
    if let Some(facts) = &standard.facts {
        match Facts::parse(&facts.file, &facts.text) {
            Ok(facts) => policy.facts = facts,
            Err(found) => faults.extend(found),
        }
    }
    if let Some(silences) = &standard.silences {
        match Silences::parse(&silences.file, &silences.text) {
            Ok(silences) => policy.silences = silences.into_silences(),
            Err(found) => faults.extend(found),
        }
    }
    policy
}

/// A mode for a rule that does not exist would be obeyed by nothing.
fn unknown_modes(entry: &Entry, packs: &Packs, faults: &mut Vec<Fault>) {
    for setting in &entry.settings {
        let (Some(rule), Some(origin)) = (setting.key.strip_prefix("modes."), &setting.origin) else {
            continue;
        };
        if !rule.contains('/') || packs.is_rule(rule) {
            continue;
        }
        let near = packs.near(rule);
        faults.push(Fault {
            file: origin.file.clone(),
            line: origin.line,
            column: origin.column,
            field: setting.key.clone(),
            message: format!("there is no rule {rule:?}"),
            expected: match near.first() {
                Some(near) => format!("a rule, perhaps {near:?}; `youward rules list` shows all"),
                None => "a rule; `youward rules list` shows all".to_owned(),
            },
        });
    }
}

fn read(path: &Path, seen: &mut Seen) -> Result<String, PolicyError> {
    seen.note(path);
    let unreadable = |cause| PolicyError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let length = fs::metadata(path).map_err(unreadable)?.len();
    if length > LONGEST_FILE {
        return Err(unreadable(std::io::Error::other("longer than any such file is")));
    }
    fs::read_to_string(path).map_err(unreadable)
}

fn one_a_line(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
