//! What is silenced: by files beside the mails or the one that was named, and in the store.

use super::sources::{self, Fault, Source};
use crate::cli::Common;
use crate::cli::held;
use crate::reading::{Silence, Silences};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file that is looked for beside the mails.
pub(in crate::cli) const FILE: &str = ".youward-silences.toml";

/// Where silences come from.
#[derive(Debug, Default)]
pub(super) struct Silencing {
    /// For every mail.
    everywhere: Vec<Silence>,
    /// Whether files beside the mails count.
    beside: bool,
    /// What was found in a folder already.
    folders: HashMap<PathBuf, Vec<Silence>>,
}

impl Silencing {
    /// The named file's, else those of files beside the mails; and in both cases the store's.
    ///
    /// # Errors
    /// If the named file can't be read, or is faulty.
    pub(super) fn new(named: Option<&Path>, in_store: Vec<Silence>) -> anyhow::Result<Silencing> {
        let mut everywhere = Vec::new();
        if let Some(path) = named {
            let found = read(path).map_err(|faults| anyhow::anyhow!(one_a_line(&faults)))?;
            everywhere = found.ok_or_else(|| anyhow::anyhow!("{}: there is no such file", path.display()))?;
        }
        everywhere.extend(in_store);
        Ok(Silencing {
            everywhere,
            beside: named.is_none(),
            folders: HashMap::new(),
        })
    }

    /// What counts for the mails of a source, and the faults of files that are met for the first time.
    pub(super) fn for_source(&mut self, source: &Source) -> (Arc<[Silence]>, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut silences = Vec::new();
        for folder in source.folders().into_iter().filter(|_| self.beside) {
            let found = self.folders.entry(folder).or_insert_with_key(|folder| {
                let found = read(&folder.join(FILE));
                found
                    .unwrap_or_else(|found| {
                        faults.extend(found);
                        None
                    })
                    .unwrap_or_default()
            });
            silences.extend(found.iter().cloned());
        }
        silences.extend(self.everywhere.iter().cloned());
        (silences.into(), faults)
    }
}

/// The silences of a file; `None` if there is none.
fn read(path: &Path) -> Result<Option<Vec<Silence>>, Vec<Fault>> {
    let name = path.strip_prefix(".").unwrap_or(path).display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let why = sources::in_words(&error);
            return Err(vec![Fault { name, why }]);
        }
    };
    let faulty = |fault: crate::toml_file::Fault| {
        let (name, why) = (fault.file.clone(), fault.to_string());
        let why = why
            .strip_prefix(&format!("{name}:"))
            .unwrap_or(&why)
            .trim_start()
            .to_owned();
        // `file:line:column: …` as everywhere.
        match why.split_once(": ") {
            Some((place, rest)) if fault.line > 0 => Fault {
                name: format!("{name}:{place}"),
                why: rest.to_owned(),
            },
            _ => Fault { name, why },
        }
    };
    match Silences::parse(&name, &text) {
        Ok(silences) => Ok(Some(silences.into_silences())),
        Err(faults) => Err(faults.into_iter().map(faulty).collect()),
    }
}

fn one_a_line(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.name, fault.why))
        .collect();
    lines.join("\n")
}

/// The store's silences, if there is a store. One that can't be used is no reason to check nothing: that is said, and the
/// mails are read without.
pub(super) fn in_store(common: &Common) -> (Vec<Silence>, Option<String>) {
    match held::with_store(common, async |store| store.silences().await) {
        Ok(kept) => {
            let kept = kept.unwrap_or_default().into_iter();
            (kept.map(|kept| kept.silence).collect(), None)
        }
        Err(error) => (
            Vec::new(),
            Some(format!("what is silenced in the store does not count: {error:#}")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(hash: &str) -> String {
        format!("[[silence]]\nhash = \"{hash}\"\nreason = \"a\"\nauthor = \"b\"\n")
    }

    const ONE: &str = "0000000000000001";
    const TWO: &str = "0000000000000002";

    #[test]
    fn files_beside_the_mails_count_up_to_the_named_folder() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("out/sub");
        fs::create_dir_all(&below).unwrap();
        fs::write(folder.path().join("out").join(FILE), entry(ONE)).unwrap();
        fs::write(below.join(FILE), entry(TWO)).unwrap();
        fs::write(folder.path().join(FILE), "faulty").unwrap();
        fs::write(below.join("a.eml"), "x").unwrap();
        let (found, _) = sources::find(&[folder.path().join("out")]);
        let mut silencing = Silencing::new(None, Vec::new()).unwrap();
        let (silences, faults) = silencing.for_source(&found[0]);
        let hashes: Vec<&str> = silences.iter().map(|silence| silence.hash.as_str()).collect();
        assert_eq!((hashes, faults), (vec![TWO, ONE], vec![]));
    }

    #[test]
    fn a_faulty_file_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "[[silence]]\nhash = 1\n").unwrap();
        fs::write(folder.path().join("a.eml"), "x").unwrap();
        let (found, _) = sources::find(&[folder.path().to_owned()]);
        let mut silencing = Silencing::new(None, Vec::new()).unwrap();
        let (_, faults) = silencing.for_source(&found[0]);
        assert!(faults[0].name.ends_with(".youward-silences.toml:2:8"), "{faults:?}");
        assert!(faults[0].why.starts_with("silence.hash: invalid type"), "{faults:?}");
        assert_eq!(silencing.for_source(&found[0]).1, []);
    }

    #[test]
    fn a_named_file_goes_instead_and_must_be_sound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours.toml");
        assert!(Silencing::new(Some(&path), Vec::new()).is_err());
        fs::write(&path, "[[silence]]\n").unwrap();
        let error = Silencing::new(Some(&path), Vec::new()).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 3, "{error}");
        fs::write(&path, entry(ONE)).unwrap();
        let mut silencing = Silencing::new(Some(&path), Vec::new()).unwrap();
        fs::write(folder.path().join(FILE), entry(TWO)).unwrap();
        let (found, _) = sources::find(&[folder.path().join("a.eml")]);
        assert_eq!(silencing.for_source(&found[0]).0.len(), 1);
    }
}
