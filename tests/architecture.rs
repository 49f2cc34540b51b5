//! The rules of the house that can be checked by reading its sources: who imports whom, what is pure, how files look, and
//! that every invariant in ARCHITECTURE.md names a test that exists.
//!
//! A broken rule fails with file and line. Test modules are left out, unless a rule says otherwise: they may reach
//! further than the code that they try.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Who may import whom. A room may always use itself and `toml_file`, a leaf.
const IMPORTS: &[(&str, &[&str])] = &[
    ("mail", &[]),
    ("imap", &[]),
    ("secrets", &["smtp"]),
    ("toml_file", &[]),
    ("smtp", &["mail"]),
    ("reading", &["mail"]),
    ("standard", &["reading", "mail"]),
    ("annotate", &["standard", "reading", "mail"]),
    ("store", &PURE),
    ("feed", &["imap"]),
    ("history", &["mail", "reading", "store"]),
    ("trends", &["reading", "standard", "store"]),
    ("reader", &["mail", "reading", "standard", "history", "store"]),
    ("upstream", &["mail", "smtp", "secrets"]),
    (
        "hold",
        &[
            "store", "upstream", "annotate", "smtp", "mail", "reading", "standard", "secrets",
        ],
    ),
    (
        "guard",
        &[
            "feed", "history", "reader", "imap", "upstream", "store", "hold", "reading", "annotate", "mail",
            "standard", "secrets",
        ],
    ),
    (
        "proxy",
        &[
            "feed", "history", "reader", "smtp", "imap", "mail", "reading", "standard", "annotate", "hold", "upstream",
            "store", "secrets",
        ],
    ),
    ("web", BELOW_WEB),
    ("config", EVERYTHING),
    ("cli", EVERYTHING),
    ("app", EVERYTHING),
];

/// Rooms without sockets, files, environment, clock and randomness.
const PURE: [&str; 6] = ["mail", "reading", "standard", "annotate", "smtp", "imap"];

const BELOW_WEB: &[&str] = &[
    "mail", "reading", "standard", "annotate", "smtp", "imap", "upstream", "proxy", "hold", "guard", "store",
    "secrets", "config", "feed", "history", "reader", "trends",
];

const EVERYTHING: &[&str] = &[
    "mail", "reading", "standard", "annotate", "smtp", "imap", "upstream", "proxy", "hold", "guard", "store",
    "secrets", "config", "feed", "history", "reader", "trends", "web", "cli", "app",
];

/// What no pure room may name.
const IMPURE: &[&str] = &[
    "tokio",
    "std::net",
    "std::fs",
    "std::env",
    "std::thread",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "rand",
    "sqlx",
    "rustls",
    "rustix",
];

/// What only the commands may name, for they alone talk to a terminal.
const TERMINAL: &[&str] = &[
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "todo!",
    "unimplemented!",
];

/// Longest file, in lines before its tests.
const LONGEST: usize = 520;

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut broken = String::new();
    for file in sources() {
        let Some((_, allowed)) = IMPORTS.iter().find(|(room, _)| *room == file.room) else {
            if !["lib", "main"].contains(&file.room.as_str()) {
                let _ = writeln!(broken, "{}:1: the room {} is not in the table", file.path, file.room);
            }
            continue;
        };
        for (line, code) in file.code() {
            for target in imports(code) {
                let known = IMPORTS.iter().any(|(room, _)| *room == target);
                let fine = target == file.room || target == "toml_file" || allowed.contains(&target.as_str());
                if known && !fine {
                    let _ = writeln!(
                        broken,
                        "{}:{line}: {} may not import {target}: {}",
                        file.path,
                        file.room,
                        code.trim()
                    );
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

#[test]
fn pure_rooms_know_no_io_and_no_clock() {
    let files = sources();
    let pure = files
        .iter()
        .filter(|file| PURE.contains(&file.room.as_str()) || file.room == "toml_file");
    report(pure, IMPURE, "is not for a pure room");
}

#[test]
fn only_the_commands_talk_to_the_terminal() {
    let files = sources();
    report(
        files
            .iter()
            .filter(|file| !["cli", "main"].contains(&file.room.as_str())),
        TERMINAL,
        "belongs to cli",
    );
}

#[test]
fn nothing_is_left_undone() {
    report(sources().iter(), &["todo!", "unimplemented!", "dbg!"], "must not stay");
}

#[test]
fn files_are_short() {
    let files = sources();
    let long = files.iter().filter_map(|file| {
        let lines = file.code_lines();
        (lines > LONGEST).then(|| format!("{}:{lines}: more than {LONGEST} lines before its tests", file.path))
    });
    let long: Vec<String> = long.collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn every_folder_tells_its_story() {
    let files = sources();
    let silent = files
        .iter()
        .filter(|file| file.path.ends_with("mod.rs") && !file.text.starts_with("//! "));
    let silent: Vec<&str> = silent.map(|file| file.path.as_str()).collect();
    assert!(silent.is_empty(), "these begin without a //! story: {silent:?}");
}

#[test]
fn every_rule_pack_is_built_in() {
    let packs: Vec<PathBuf> = under(&root().join("config/rules"), "toml");
    let all: String = sources().iter().map(|file| file.text.as_str()).collect();
    let forgotten: Vec<String> = packs
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| !all.contains(&format!("\"{name}\"")))
        .collect();
    assert!(
        forgotten.is_empty(),
        "no source file includes these rule packs: {forgotten:?}"
    );
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let tests = test_names();
    let invariants = invariants(&text);
    assert!(
        invariants.len() >= 10,
        "ARCHITECTURE.md has a section Invariants with a numbered list"
    );
    let mut broken = String::new();
    for (at, (number, line, item)) in invariants.iter().enumerate() {
        if *number != at + 1 {
            let _ = writeln!(
                broken,
                "ARCHITECTURE.md:{line}: number {number} where {} is due",
                at + 1
            );
        }
        let named = named_tests(item);
        if named.is_empty() {
            let _ = writeln!(
                broken,
                "ARCHITECTURE.md:{line}: invariant {number} names no test (`a_test_name`)"
            );
        }
        for name in named.iter().filter(|name| !tests.contains(*name)) {
            let _ = writeln!(
                broken,
                "ARCHITECTURE.md:{line}: invariant {number}: there is no test {name}"
            );
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

/// A source file of ours.
struct Source {
    /// From the package's folder.
    path: String,
    /// The folder in `src`, or the file's stem for files that stand alone.
    room: String,
    text: String,
}

impl Source {
    /// Its lines with numbers, without comments and without its test module.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take(self.code_lines()).enumerate();
        lines
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(at, line)| (at + 1, line))
    }

    /// How many lines stand before its test module.
    fn code_lines(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        let tests = lines.windows(2).position(|pair| {
            pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod ") && pair[1].ends_with('{')
        });
        tests.unwrap_or(lines.len())
    }
}

/// Every file in `src` that is not a test module of its own.
fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut sources = Vec::new();
    for path in under(&src, "rs") {
        let inside = path.strip_prefix(&src).unwrap().to_owned();
        let first = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let room = first.trim_end_matches(".rs").to_owned();
        sources.push(Source {
            path: format!("src/{}", inside.display()),
            room,
            text,
        });
    }
    assert!(sources.len() > 20, "the sources are found");
    let tests = test_files(&sources);
    sources.retain(|source| !tests.iter().any(|test| source.path.starts_with(test)));
    sources
}

/// Files and folders of modules declared as `#[cfg(test)] mod NAME;`.
fn test_files(sources: &[Source]) -> Vec<String> {
    let mut files = Vec::new();
    for source in sources {
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            let words = pair[1].trim_start_matches("pub(crate) ").strip_prefix("mod ");
            if let Some(name) = words.and_then(|rest| rest.strip_suffix(';')) {
                let folder = match source
                    .path
                    .strip_suffix("/mod.rs")
                    .or_else(|| source.path.strip_suffix("/lib.rs"))
                {
                    Some(folder) => folder.to_owned(),
                    None => source.path.trim_end_matches(".rs").to_owned(),
                };
                files.extend([format!("{folder}/{name}.rs"), format!("{folder}/{name}/")]);
            }
        }
    }
    files
}

/// The modules that a line names after `crate::`, one or several in braces.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let word = |text: &str| {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        match rest.strip_prefix('{') {
            None => found.push(word(rest)),
            Some(list) => {
                let mut depth = 0;
                let mut start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if c.is_alphabetic() && start => {
                            found.push(word(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                    if depth < 0 {
                        break;
                    }
                }
            }
        }
    }
    found
}

/// Whether a line names a path or macro as whole words.
fn names(code: &str, what: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(what).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + what.len()..].chars().next();
        !(before.is_some_and(is_part) || after.is_some_and(is_part) && what.ends_with(is_part))
    })
}

fn report<'a>(files: impl Iterator<Item = &'a Source>, forbidden: &[&str], why: &str) {
    let mut broken = String::new();
    for file in files {
        for (line, code) in file.code() {
            for what in forbidden.iter().filter(|what| names(code, what)) {
                let _ = writeln!(broken, "{}:{line}: {what} {why}: {}", file.path, code.trim());
            }
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

/// The items of the numbered list under the heading Invariants: number, line, text.
fn invariants(text: &str) -> Vec<(usize, usize, String)> {
    let mut items: Vec<(usize, usize, String)> = Vec::new();
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            inside = line.trim_start_matches('#').trim().starts_with("Invariants");
            continue;
        }
        let numbered = line.split_once(". ").and_then(|(number, _)| number.parse().ok());
        match (inside, numbered) {
            (true, Some(number)) => items.push((number, at + 1, line.to_owned())),
            (true, None) if line.starts_with(' ') => {
                if let Some((_, _, text)) = items.last_mut() {
                    text.push(' ');
                    text.push_str(line.trim());
                }
            }
            _ => {}
        }
    }
    items
}

/// What stands in backquotes and looks like a test's name: several words joined by `_`, perhaps with a path before.
fn named_tests(item: &str) -> Vec<String> {
    let quoted = item.split('`').skip(1).step_by(2);
    let names = quoted.map(|text| text.rsplit("::").next().unwrap_or(text).to_owned());
    let looks_right = |name: &String| {
        name.matches('_').count() >= 2
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    names.filter(looks_right).collect()
}

/// The names of all tests in `src` and `tests`.
fn test_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["src", "tests"] {
        for path in under(&root().join(folder), "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
                if let Some((name, _)) = function.and_then(|rest| rest.split_once('('))
                    && std::mem::take(&mut is_test)
                {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    names
}

fn under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return files;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") {
            files.extend(under(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn imports_are_found_in_every_form() {
    assert_eq!(imports("use crate::mail::Address;"), ["mail"]);
    assert_eq!(
        imports("use crate::{mail::{Address, Mail}, smtp::Reply};"),
        ["mail", "smtp"]
    );
    assert_eq!(
        imports("fn x(a: crate::hold::A, b: &crate::store::B) {}"),
        ["hold", "store"]
    );
    assert_eq!(imports("use std::fmt;"), Vec::<String>::new());
}

#[test]
fn words_are_whole() {
    assert!(names("use rand::random;", "rand"));
    assert!(!names("let operand = 1;", "rand"));
    assert!(!names("std::network::x", "std::net"));
    assert!(names("println!(\"x\")", "println!") && !names("eprintln!(\"x\")", "println!"));
}

#[test]
fn invariants_are_read_with_their_tests() {
    let text = "# A\n1. no\n## Invariants\n1. Octets stay. Kept by `e2e::the_octets_stay`\n   and `not_one_lost`.\n2. `Mail`.\n# B\n3. no\n";
    let items = invariants(text);
    assert_eq!(
        items.iter().map(|item| (item.0, item.1)).collect::<Vec<_>>(),
        [(1, 4), (2, 6)]
    );
    assert_eq!(named_tests(&items[0].2), ["the_octets_stay", "not_one_lost"]);
    assert!(named_tests(&items[1].2).is_empty());
}
