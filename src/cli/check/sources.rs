//! From names to mails: files, folders, mail folders (Maildir), standard input.

use crate::mail::Mail;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most octets that are read of one file.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A place to read a mail or a text from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// `-`
    Stdin,
    /// A file, and whether its name or place says what it holds.
    File(PathBuf, Option<Kind>),
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mail,
    Text,
}

/// What was read.
#[derive(Debug)]
pub(super) enum Content {
    Mail(Mail),
    Text(String),
}

/// Something that can't be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) why: String,
}

/// Every mail that the arguments name, in their order; what is in a folder, in the order of the names. A folder gives its
/// `.eml` and `.txt` files and those of the folders in it; a Maildir's `cur` and `new` give every file.
pub(super) fn find(arguments: &[PathBuf]) -> (Vec<Source>, Vec<Fault>) {
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for argument in arguments {
        if argument.as_os_str() == "-" {
            sources.push(Source::Stdin);
        } else if argument.is_dir() {
            let before = (sources.len(), faults.len());
            walk(argument, &mut sources, &mut faults);
            if (sources.len(), faults.len()) == before {
                faults.push(Fault::new(argument, "there is no .eml or .txt file in this folder"));
            }
        } else {
            sources.push(Source::File(argument.clone(), kind_by_name(argument)));
        }
    }
    (sources, faults)
}

impl Source {
    /// What it is called in all outputs.
    pub(super) fn name(&self) -> String {
        match self {
            Source::Stdin => "stdin".to_owned(),
            Source::File(path, _) => path.to_string_lossy().into_owned(),
        }
    }

    /// Reads it. A mail may have bare LF line ends, as files on disk do.
    pub(super) fn read(&self, stdin: &mut dyn Read) -> Result<Content, Fault> {
        let fault = |why: String| Fault { name: self.name(), why };
        let (octets, kind) = match self {
            Source::Stdin => (read_all(stdin), None),
            Source::File(path, kind) => (fs::File::open(path).and_then(|mut file| read_all(&mut file)), *kind),
        };
        let octets = octets.map_err(|error| fault(in_words(&error)))?;
        let kind = kind.unwrap_or_else(|| {
            if begins_with_header(&octets) {
                Kind::Mail
            } else {
                Kind::Text
            }
        });
        match kind {
            Kind::Mail => Ok(Content::Mail(Mail::new(octets))),
            Kind::Text => text(octets).map(Content::Text).map_err(fault),
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

fn walk(folder: &Path, sources: &mut Vec<Source>, faults: &mut Vec<Fault>) {
    let listed = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => return faults.push(Fault::new(folder, &in_words(&error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    let every_file = is_maildir(folder);
    for entry in entries {
        let path = entry.path();
        // A link to a folder is not followed: it may lead back.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, sources, faults);
        } else if path.is_file() {
            match kind_by_name(&path) {
                Some(kind) => sources.push(Source::File(path, Some(kind))),
                None if every_file => sources.push(Source::File(path, Some(Kind::Mail))),
                None => {}
            }
        }
    }
}

/// Whether it is the `cur` or `new` of a Maildir: the other one stands beside it.
fn is_maildir(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    let beside = match folder.file_name().and_then(|name| name.to_str()) {
        Some("cur") => "new",
        Some("new") => "cur",
        _ => return false,
    };
    folder.with_file_name(beside).is_dir()
}

fn kind_by_name(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "eml" => Some(Kind::Mail),
        "txt" => Some(Kind::Text),
        _ => None,
    }
}

fn read_all(from: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > LONGEST {
        return Err(io::Error::other(format!("longer than {} MiB", LONGEST / 1024 / 1024)));
    }
    Ok(octets)
}

/// Text must be UTF-8, so that the places in it can be told in bytes of the file. A byte order mark stays and counts; it
/// is invisible to the reading.
fn text(octets: Vec<u8>) -> Result<String, String> {
    if octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]) {
        return Err("this is UTF-16 text; save it as UTF-8".to_owned());
    }
    String::from_utf8(octets).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error
            .as_bytes()
            .get(..at)
            .unwrap_or_default()
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1;
        format!("not UTF-8 (byte {at}, line {line}); save it as UTF-8")
    })
}

/// Whether it is a mail rather than a text: its first line is a header field (RFC 5322 §2.2), and among the first fields
/// is one that mails have. `Note: we …` at the beginning of a text is not enough.
fn begins_with_header(octets: &[u8]) -> bool {
    const KNOWN: [&str; 14] = [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "received",
        "return-path",
        "reply-to",
        "delivered-to",
        "x-mailer",
    ];
    let mut known = false;
    for line in octets.split(|&octet| octet == b'\n').take(1_000) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if matches!(line.first(), Some(b' ' | b'\t')) && known {
            continue;
        }
        let name = line
            .iter()
            .position(|&octet| octet == b':')
            .and_then(|colon| line.get(..colon));
        match name.and_then(|name| std::str::from_utf8(name).ok()) {
            Some(name) if !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic()) => {
                known |= KNOWN.iter().any(|field| name.eq_ignore_ascii_case(field));
            }
            _ => return false,
        }
    }
    known
}

/// What the operating system says, without its number.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::empty;

    fn names(sources: &[Source], below: &Path) -> Vec<String> {
        let below = format!("{}/", below.display());
        sources.iter().map(|source| source.name().replace(&below, "")).collect()
    }

    #[test]
    fn a_folder_gives_its_mails_and_texts_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "b.eml",
            "a.TXT",
            "notes.md",
            "sub/c.eml",
            "box/cur/1.host:2,S",
            "box/new/2.host",
            "box/tmp/3.host",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let (sources, faults) = find(&[folder.path().to_owned()]);
        assert_eq!(
            names(&sources, folder.path()),
            ["a.TXT", "b.eml", "box/cur/1.host:2,S", "box/new/2.host", "sub/c.eml"]
        );
        assert_eq!(faults, []);
        let (sources, _) = find(&[folder.path().join("box/new")]);
        assert_eq!(names(&sources, folder.path()), ["box/new/2.host"]);
    }

    #[test]
    fn a_folder_without_mails_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let (sources, faults) = find(&[folder.path().to_owned()]);
        assert!(sources.is_empty() && faults[0].why.contains("no .eml or .txt"));
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
    fn a_mail_is_told_from_a_text() {
        for mail in [
            "Subject: a\n\nb",
            "X-A: 1\r\nFrom: a@b.example\r\n\r\n",
            "Received: a\n b\nTo: c\n",
        ] {
            assert!(begins_with_header(mail.as_bytes()), "{mail:?}");
        }
        for text in [
            "",
            "\nSubject: a",
            "Hi Jo,\n",
            "Note: we met.\n\nTo: x",
            "Hi Jo: a\n",
            "http://x\n",
            "To\n",
            ": a",
        ] {
            assert!(!begins_with_header(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn text_must_be_utf8() {
        assert_eq!(
            text(b"a\nb\xff".to_vec()).unwrap_err(),
            "not UTF-8 (byte 3, line 2); save it as UTF-8"
        );
        assert!(text(b"\xff\xfeh\0".to_vec()).unwrap_err().contains("UTF-16"));
        assert_eq!(text("\u{feff}hi".into()).unwrap(), "\u{feff}hi");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let source = Source::File("nowhere/a.eml".into(), Some(Kind::Mail));
        let fault = source.read(&mut empty()).unwrap_err();
        assert_eq!(
            (fault.name.as_str(), fault.why.as_str()),
            ("nowhere/a.eml", "there is no such file")
        );
    }
}
