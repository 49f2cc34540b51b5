//! A Dovecot of our own, with mails put straight into its Maildir.

use crate::certificates::Certificates;
use crate::kernel;
use crate::process::Process;
use crate::way;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who logs in, and with what; the password is good as a token of OAuth 2.0, too.
pub(crate) const USER: &str = "rep@corp.example";
pub(crate) const PASSWORD: &str = "secret";

/// A running server.
pub(crate) struct Dovecot {
    /// TLS from the first octet.
    pub(crate) port: u16,
    _process: Process,
}

/// Starts it in `folder`, with so many mails of so many octets.
///
/// # Errors
/// It is not installed, we are not root, or it does not start.
pub(crate) fn start(certificates: &Certificates, folder: &Path, mails: usize, size: usize) -> Result<Dovecot> {
    let program = way::find("dovecot").context("Dovecot is not installed: apt-get install dovecot-imapd")?;
    if !rustix::process::geteuid().is_root() {
        bail!("Dovecot starts only as root: run as root");
    }
    let folder = folder.join("dovecot");
    let maildir = folder.join("mail").join(USER);
    for name in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir.join(name))?;
    }
    for number in 0..mails {
        write_mail(&maildir, number, size)?;
    }
    let status = Command::new("chown")
        .args(["-R", "nobody"])
        .arg(folder.join("mail"))
        .status()?;
    if !status.success() {
        bail!("the mails can't be given to Dovecot's user");
    }
    let port = kernel::free_port()?;
    let conf = folder.join("dovecot.conf");
    fs::write(&conf, settings(certificates, &folder, port))?;
    let mut process = Process::start("dovecot", Command::new(program).arg("-F").arg("-c").arg(conf), &folder)?;
    process.wait_for_port(port)?;
    Ok(Dovecot {
        port,
        _process: process,
    })
}

/// Lines of base 64, as attachments are.
fn write_mail(maildir: &Path, number: usize, size: usize) -> Result<()> {
    let mut state = u64::try_from(number)?.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let head = format!(
        "From: a@b.example\nTo: rep@corp.example\nSubject: number {number}\nMessage-ID: <{number}@b.example>\n\
         Date: Thu, 01 Jan 2026 00:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain\n\n"
    );
    let lines = size.saturating_sub(head.len()) / 77;
    let length = head.len() + 77 * lines;
    let virtual_length = length + head.matches('\n').count() + lines;
    let name = format!(
        "cur/17672256{:02}.M{number}P1.bench,S={length},W={virtual_length}:2,S",
        number % 100
    );
    let mut file = BufWriter::new(fs::File::create(maildir.join(name))?);
    file.write_all(head.as_bytes())?;
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for _ in 0..lines {
        let mut line = [b'\n'; 77];
        for octet in line.iter_mut().take(76) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = usize::try_from(state % 64)?;
            *octet = ALPHABET.get(at).copied().unwrap_or(b'A');
        }
        file.write_all(&line)?;
    }
    file.flush()?;
    Ok(())
}

fn settings(certificates: &Certificates, folder: &Path, port: u16) -> String {
    let at: PathBuf = folder.to_owned();
    let (folder, chain, key) = (at.display(), certificates.chain.display(), certificates.key.display());
    format!(
        "base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/own.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
mail_fsync = never
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"
    )
}
