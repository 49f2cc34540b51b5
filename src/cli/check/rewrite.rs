//! `check --diff OLD NEW`: what a rewrite changed.

use super::args::Format;
use super::reader::{Checked, Reader};
use super::report::complain;
use super::silences::Silencing;
use super::sources::{self, Item};
use crate::annotate::diff::{self, Diff};
use crate::annotate::terminal::Look;
use crate::standard::Disposition;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// Compares two mails. The exit status is that of the second one.
pub(super) fn compare(
    files: &[PathBuf],
    reader: &Reader,
    silencing: &mut Silencing,
    (format, look): (Option<Format>, Look),
    stdin: &mut dyn Read,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> anyhow::Result<u8> {
    if !matches!(format, None | Some(Format::Text | Format::Json)) {
        complain(err, "--diff shows text or json");
        return Ok(2);
    }
    let mut both = Vec::new();
    for file in files {
        match one(file, reader, silencing, stdin) {
            Ok(checked) => both.push(checked),
            Err(why) => {
                complain(err, why);
                return Ok(2);
            }
        }
    }
    let [old, new] = both.as_slice() else {
        complain(err, "--diff takes two mails");
        return Ok(2);
    };
    let diff = Diff::of(old.annotated(), new.annotated());
    let written = match format {
        None => Ok(()),
        Some(Format::Json) => {
            let line = diff::json_line(&diff)?;
            writeln!(out, "{line}").and_then(|()| out.flush())
        }
        Some(_) => write!(out, "{}", diff::text(&diff, look)).and_then(|()| out.flush()),
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("can't write the result"))
        }
        _ if old.unreadable.is_some() || new.unreadable.is_some() => Ok(2),
        _ => Ok(u8::from(new.verdict.disposition >= Disposition::Return)),
    }
}

/// The one mail that a file holds.
fn one(file: &PathBuf, reader: &Reader, silencing: &mut Silencing, stdin: &mut dyn Read) -> Result<Checked, String> {
    let (sources, faults) = sources::find(std::slice::from_ref(file));
    if let Some(fault) = faults.first() {
        return Err(format!("{}: {}", fault.name, fault.why));
    }
    let [source] = sources.as_slice() else {
        return Err(format!(
            "{}: --diff compares two mails, and this holds several",
            file.display()
        ));
    };
    let (silences, faults) = silencing.for_source(source);
    if let Some(fault) = faults.first() {
        return Err(format!("{}: {}", fault.name, fault.why));
    }
    let mut items: Vec<Item> = Vec::new();
    source.read(stdin, &mut |item| {
        items.push(item);
        items.len() < 2
    });
    let (Some(item), true) = (items.pop(), items.is_empty()) else {
        return Err(format!(
            "{}: --diff compares two mails, and this holds none or several",
            source.name()
        ));
    };
    let content = item.content.map_err(|why| format!("{}: {why}", item.name))?;
    let checked = reader.check(item.name, content, &silences);
    if let Some(why) = &checked.unreadable {
        return Err(format!("{}: {why}", checked.name));
    }
    Ok(checked)
}
