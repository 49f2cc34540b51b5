//! From names to mails: files, folders, Maildirs, mailbox files, standard input.

use super::content::{Content, Kind};
use super::mbox::{self, Mbox};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// The most octets that are read of one file that is no mailbox file.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A place to read mails or a text from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    place: Place,
    /// The folder that was named, where it was found in one.
    below: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// `-`
    Stdin,
    /// A file, and whether its name or place says what it holds.
    File(PathBuf, Option<Kind>),
}

/// One mail or text, or why it can't be read.
#[derive(Debug)]
pub(super) struct Item {
    /// What it is called in all outputs.
    pub(super) name: String,
    pub(super) content: Result<Content, String>,
}

/// Something that can't be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) why: String,
}

/// Every source that the arguments name, in their order; what is in a folder, in the order of the names. A folder gives its
/// `.eml`, `.txt` and mailbox files and those of the folders in it; a Maildir's `cur` and `new` give every file.
pub(super) fn find(arguments: &[PathBuf]) -> (Vec<Source>, Vec<Fault>) {
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for argument in arguments {
        let source = |place| Source { place, below: None };
        if argument.as_os_str() == "-" {
            sources.push(source(Place::Stdin));
        } else if argument.is_dir() {
            let before = (sources.len(), faults.len());
            walk(argument, argument, &mut sources, &mut faults);
            if (sources.len(), faults.len()) == before {
                faults.push(Fault::new(
                    argument,
                    "there is no mail in this folder (.eml, .txt, .mbox or Maildir)",
                ));
            }
        } else {
            sources.push(source(Place::File(argument.clone(), kind_by_name(argument))));
        }
    }
    (sources, faults)
}

impl Source {
    /// What it is called in all outputs.
    pub(super) fn name(&self) -> String {
        match &self.place {
            Place::Stdin => "stdin".to_owned(),
            Place::File(path, _) => path.to_string_lossy().into_owned(),
        }
    }

    /// The folders beside and above it, the nearest first, up to the one that was named.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let here = |folder: &Path| match folder.as_os_str() {
            empty if empty.is_empty() => PathBuf::from("."),
            _ => folder.to_owned(),
        };
        let Place::File(path, _) = &self.place else {
            return vec![PathBuf::from(".")];
        };
        let Some(below) = &self.below else {
            return path.parent().map(here).into_iter().collect();
        };
        let mut folders = Vec::new();
        for folder in path.ancestors().skip(1) {
            folders.push(here(folder));
            if folder == below {
                break;
            }
        }
        folders
    }

    /// Its octets, where they are known beforehand.
    pub(super) fn size(&self) -> Option<u64> {
        match &self.place {
            Place::Stdin => None,
            Place::File(path, _) => fs::metadata(path).ok().map(|found| found.len()),
        }
    }

    /// Reads it and gives what is in it, one after the other, until `give` has enough and says so by `false`. A mail may
    /// have bare LF line ends, as files on disk do.
    pub(super) fn read(&self, stdin: &mut dyn Read, give: &mut dyn FnMut(Item) -> bool) -> bool {
        match &self.place {
            Place::Stdin => self.read_from(BufReader::new(stdin), None, give),
            Place::File(path, kind) => match File::open(path) {
                Ok(file) => self.read_from(BufReader::new(file), *kind, give),
                Err(error) => give(self.failed(&error)),
            },
        }
    }

    fn read_from(&self, mut from: impl BufRead, kind: Option<Kind>, give: &mut dyn FnMut(Item) -> bool) -> bool {
        let mut first = Vec::new();
        if matches!(kind, None | Some(Kind::Mbox))
            && let Err(error) = (&mut from).take(1_000).read_until(b'\n', &mut first)
        {
            return give(self.failed(&error));
        }
        let several = match kind {
            None => mbox::begins(&first),
            Some(kind) => kind == Kind::Mbox,
        };
        if several && !first.is_empty() && !first.starts_with(b"From ") {
            let why = "this is no mailbox file: it does not begin with a `From ` line".to_owned();
            return give(Item {
                name: self.name(),
                content: Err(why),
            });
        }
        let whole = Cursor::new(first).chain(from);
        if several {
            return self.read_mbox(whole, give);
        }
        give(match read_all(whole) {
            Ok(octets) => Item {
                name: self.name(),
                content: Content::of(octets, kind),
            },
            Err(error) => self.failed(&error),
        })
    }

    fn read_mbox(&self, from: impl BufRead, give: &mut dyn FnMut(Item) -> bool) -> bool {
        for (at, mail) in Mbox::new(from).enumerate() {
            let content = match mail {
                Ok(octets) => Content::of(octets, Some(Kind::Mail)),
                Err(error) => Err(in_words(&error)),
            };
            let name = format!("{}#{}", self.name(), at + 1);
            if !give(Item { name, content }) {
                return false;
            }
        }
        true
    }

    fn failed(&self, error: &io::Error) -> Item {
        Item {
            name: self.name(),
            content: Err(in_words(error)),
        }
    }
}

impl Fault {
    fn new(path: &Path, why: &str) -> Fault {
        Fault {
            name: path.to_string_lossy().into_owned(),
            why: why.to_owned(),
        }
    }
}

fn walk(folder: &Path, below: &Path, sources: &mut Vec<Source>, faults: &mut Vec<Fault>) {
    let listed = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => return faults.push(Fault::new(folder, &in_words(&error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    let place = in_maildir(folder);
    if place == Some(Maildir::Unfinished) {
        return;
    }
    for entry in entries {
        let path = entry.path();
        // A link to a folder is not followed: it may lead back.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, below, sources, faults);
        } else if path.is_file() {
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let kind = match kind_by_name(&path) {
                None if place == Some(Maildir::Mails) && !hidden => Some(Kind::Mail),
                // Mailbox files often have no ending at all.
                None if !hidden && path.extension().is_none() && begins_mailbox(&path) => Some(Kind::Mbox),
                kind => kind,
            };
            if kind.is_some() {
                sources.push(Source {
                    place: Place::File(path, kind),
                    below: Some(below.to_owned()),
                });
            }
        }
    }
}

/// The folders of a Maildir.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maildir {
    /// `cur` or `new`: every file is a mail.
    Mails,
    /// `tmp`: mails that are still being written.
    Unfinished,
}

/// Whether it is a folder of a Maildir: the others stand beside it.
fn in_maildir(folder: &Path) -> Option<Maildir> {
    let folder = folder.canonicalize().ok()?;
    let beside = |name: &str| folder.with_file_name(name).is_dir();
    match folder.file_name()?.to_str()? {
        "cur" if beside("new") => Some(Maildir::Mails),
        "new" if beside("cur") => Some(Maildir::Mails),
        "tmp" if beside("cur") && beside("new") => Some(Maildir::Unfinished),
        _ => None,
    }
}

fn begins_mailbox(path: &Path) -> bool {
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).take(1_000).read_until(b'\n', &mut first));
    read.is_ok() && mbox::begins(&first)
}

fn kind_by_name(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "eml" => Some(Kind::Mail),
        "txt" => Some(Kind::Text),
        "mbox" | "mbx" => Some(Kind::Mbox),
        _ => None,
    }
}

fn read_all(from: impl Read) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > LONGEST {
        return Err(io::Error::other(format!("longer than {} MiB", LONGEST / 1024 / 1024)));
    }
    Ok(octets)
}

/// What the operating system says, without its number.
pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        // Our own words stay as they are.
        io::ErrorKind::Other => error.to_string(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sources: &[Source], below: &Path) -> Vec<String> {
        let below = format!("{}/", below.display());
        sources.iter().map(|source| source.name().replace(&below, "")).collect()
    }

    fn items(source: &Source, stdin: &str) -> Vec<Item> {
        let mut items = Vec::new();
        source.read(&mut stdin.as_bytes(), &mut |item| {
            items.push(item);
            true
        });
        items
    }

    const MBOX: &str = "From a@b Mon Mar  2 09:30:00 2026\nSubject: one\n\n>From here\n\nFrom a@b Mon Mar  2 09:31:00 2026\nSubject: two\n\nb\n";

    #[test]
    fn a_folder_gives_its_mails_and_texts_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("b.eml", "x"),
            ("a.TXT", "x"),
            ("notes.md", "x"),
            ("sub/c.eml", "x"),
            ("box/cur/1.host:2,S", "x"),
            ("box/cur/.hidden", "x"),
            ("box/new/2.host", "x"),
            ("box/tmp/3.host", "x"),
            ("box/.Sent/cur/4.host", "x"),
            ("box/.Sent/new/5.host", "x"),
            ("box/dovecot-uidlist", "3 V1"),
            ("mail/Inbox", MBOX),
            ("mail/old.mbox", MBOX),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let (sources, faults) = find(&[folder.path().to_owned()]);
        assert_eq!(
            names(&sources, folder.path()),
            [
                "a.TXT",
                "b.eml",
                "box/.Sent/cur/4.host",
                "box/.Sent/new/5.host",
                "box/cur/1.host:2,S",
                "box/new/2.host",
                "mail/Inbox",
                "mail/old.mbox",
                "sub/c.eml"
            ]
        );
        assert_eq!(faults, []);
        let (sources, _) = find(&[folder.path().join("box/new")]);
        assert_eq!(names(&sources, folder.path()), ["box/new/2.host"]);
        assert_eq!(sources[0].folders(), [folder.path().join("box/new")]);
    }

    #[test]
    fn the_mails_of_a_mailbox_file_are_numbered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sent");
        fs::write(&path, MBOX).unwrap();
        let (sources, _) = find(&[path]);
        let items = items(&sources[0], "");
        let names: Vec<&str> = items.iter().map(|item| item.name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["sent#1", "sent#2"]);
        assert!(
            matches!(&items[0].content, Ok(Content::Mail(mail)) if mail.octets() == b"Subject: one\n\nFrom here\n")
        );
    }

    #[test]
    fn standard_input_may_be_a_mailbox_too() {
        let (sources, _) = find(&["-".into()]);
        let names: Vec<String> = items(&sources[0], MBOX).into_iter().map(|item| item.name).collect();
        assert_eq!(names, ["stdin#1", "stdin#2"]);
        assert!(
            matches!(&items(&sources[0], "From here on")[0].content, Ok(Content::Text(text)) if text == "From here on")
        );
        assert_eq!(sources[0].folders(), [PathBuf::from(".")]);
    }

    #[test]
    fn what_is_no_mailbox_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mbox");
        fs::write(&path, "Subject: a\n\nb").unwrap();
        let (sources, _) = find(&[path]);
        let why = items(&sources[0], "").remove(0).content.unwrap_err();
        assert!(why.contains("no mailbox file"), "{why}");
    }

    #[test]
    fn a_folder_without_mails_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let (sources, faults) = find(&[folder.path().to_owned()]);
        assert!(sources.is_empty() && faults[0].why.contains("there is no mail in this folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.eml"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert_eq!(find(&[folder.path().to_owned()]).0.len(), 1);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let (sources, _) = find(&["nowhere/a.eml".into()]);
        let item = items(&sources[0], "").remove(0);
        assert_eq!(
            (item.name.as_str(), item.content.unwrap_err().as_str()),
            ("nowhere/a.eml", "there is no such file")
        );
    }

    #[test]
    fn silences_are_looked_for_up_to_the_named_folder() {
        let source = Source {
            place: Place::File("out/box/cur/1".into(), None),
            below: Some("out".into()),
        };
        assert_eq!(source.folders(), ["out/box/cur", "out/box", "out"].map(PathBuf::from));
        let (sources, _) = find(&["draft.eml".into()]);
        assert_eq!(sources[0].folders(), [PathBuf::from(".")]);
    }
}
