//! mbsync takes a mailbox of 200 MB, straight and through Youward: the Maildirs must be the same.

use crate::dovecot::{self, PASSWORD, USER};
use crate::fetch;
use crate::kernel;
use crate::process::run_timed;
use crate::way;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Octets of one mail.
const SIZE: usize = 100_000;
/// For one synchronisation.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs it with so many mails.
pub(crate) fn run(mails: usize) -> Result<String> {
    let program = way::find("mbsync").context("mbsync is not installed: apt-get install isync")?;
    let (folder, certificates) = fetch::folder()?;
    let server = dovecot::start(&certificates, folder.path(), mails, SIZE)?;
    let youward = way::youward(server.port, &certificates, folder.path(), "")?;
    let mut out = format!("{mails} mails of {SIZE} octets by mbsync, TLS on both sides of Youward\n");
    let mut maildirs = Vec::new();
    for (name, port) in [
        ("warm", server.port),
        ("direct", server.port),
        ("youward", youward.port),
    ] {
        let home = folder.path().join(name);
        fs::create_dir_all(home.join("mail"))?;
        let settings = format!(
            "IMAPAccount a\nHost localhost\nPort {port}\nUser {USER}\nPass {PASSWORD}\nSSLType IMAPS\nCertificateFile {ca}\n\n\
             IMAPStore far\nAccount a\n\nMaildirStore near\nPath {home}/mail/\nInbox {home}/inbox\n\n\
             Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nSync Pull\nSyncState *\n",
            ca = certificates.ca.display(),
            home = home.display()
        );
        let file = home.join("mbsyncrc");
        fs::write(&file, settings)?;
        let before = kernel::cpu_of_tree(youward.process.pid());
        let elapsed = run_timed(
            Command::new(&program)
                .arg("-q")
                .arg("-c")
                .arg(&file)
                .arg("-a")
                .env("HOME", &home),
            LIMIT,
        )?;
        let cpu = kernel::cpu_of_tree(youward.process.pid()).saturating_sub(before);
        // The first one makes the server's own index, and does not count.
        if name != "warm" {
            let (elapsed, cpu) = (elapsed.as_secs_f64(), cpu.as_secs_f64());
            let _ = writeln!(out, "{name:<8} {elapsed:>6.2} s, {cpu:.2} s of CPU in Youward");
            maildirs.push(maildir(&home)?);
        }
    }
    match &maildirs[..] {
        [direct, through] if direct == through && direct.len() == mails => {
            let _ = writeln!(out, "the Maildirs are the same: {mails} mails, their flags and UIDs");
            Ok(out)
        }
        _ => bail!("the Maildirs differ\n{out}"),
    }
}

/// Mails by UID and flags, as hashes.
fn maildir(home: &Path) -> Result<BTreeMap<String, [u8; 32]>> {
    let mut mails = BTreeMap::new();
    for folder in ["inbox/new", "inbox/cur"] {
        for entry in fs::read_dir(home.join(folder))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // What stands before UID and flags is mbsync's own, and so is a mark in the header.
            let (_, marks) = name.split_once(",U=").unwrap_or_default();
            let mut mail = fs::read(&path)?;
            if let Some(start) = memchr::memmem::find(&mail, b"X-TUID: ") {
                let rest = mail.get(start..).unwrap_or_default();
                let end = memchr::memchr(b'\n', rest).map_or(mail.len(), |at| start + at + 1);
                mail.drain(start..end);
            }
            mails.insert(marks.to_owned(), Sha256::digest(&mail).into());
        }
    }
    Ok(mails)
}
