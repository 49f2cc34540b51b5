//! Programs that take whole mailboxes home: what they have in the end is the same, direct and through the proxy.

use super::clients::{USER, filled};
use super::{before_dovecot, port};
use crate::support::imap::{Imap, Variant};
use crate::support::process::Process;
use crate::support::programs::need;
use crate::support::provider::PASSWORD;
use crate::support::scratch::Scratch;
use std::path::Path;
use std::process::Command;

/// Has a program take the mailbox twice: `program` makes it from a folder of its own and the server's port, and `taken` is
/// what it has then.
fn same_twice<T: PartialEq>(imap: &Imap, program: impl Fn(&Path, u16) -> Command, taken: impl Fn(&Path) -> T) -> T {
    let youward = before_dovecot(imap);
    let scratch = Scratch::new("taken");
    let take = |name: &str, port: u16| {
        let home = scratch.join(name);
        std::fs::create_dir_all(&home).unwrap();
        let mut command = program(&home, port);
        command.env("HOME", &home).env("TERM", "xterm");
        let ended = Process::run(command, b"");
        assert!(ended.status.success(), "{name}: {ended:?}");
        taken(&home)
    };
    let direct = take("direct", imap.starttls);
    let through = take("through", port(&youward, "none"));
    assert!(direct == through, "what they have differs");
    direct
}

/// Flags and content of all mails in a Maildir, sorted.
fn maildir(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut mails = Vec::new();
    for part in ["new", "cur"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // UID and flags; what stands before is the program's own.
            let marks = name.split_once(",U=").map_or("", |(_, marks)| marks).to_owned();
            let mut mail = std::fs::read(path).unwrap();
            // A mark that mbsync puts into the header, another each time.
            if let Some(start) = memchr::memmem::find(&mail, b"X-TUID: ") {
                let end = start + memchr::memchr(b'\n', &mail[start..]).unwrap();
                mail.drain(start..=end);
            }
            mails.push((marks, mail));
        }
    }
    mails.sort();
    mails
}

#[test]
fn mbsync_makes_the_same_maildir_of_ten_thousand() {
    const COUNT: usize = 10_000;
    let imap = Imap::start(&Variant::default());
    imap.put(
        USER,
        (0..COUNT).map(|number| {
            let flag = if number % 3 == 0 { "S" } else { "" };
            let text = "a9 DELETE INBOX {5}\n".repeat(number % 7);
            let mail =
                format!("From: a@b.example\nSubject: {number} {{3}} \"x\nMessage-ID: <{number}@b.example>\n\n{text}");
            (flag, mail.into_bytes())
        }),
    );
    let program = |home: &Path, port: u16| {
        let settings = format!(
            "FSync no\nIMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser {USER}\nPass {PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n\
             IMAPStore far\nAccount a\n\nMaildirStore near\nPath {home}/mail/\nInbox {home}/inbox\n\n\
             Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nSync Pull\nSyncState *\n",
            home = home.display()
        );
        std::fs::create_dir(home.join("mail")).unwrap();
        std::fs::write(home.join("mbsyncrc"), settings).unwrap();
        let mut mbsync = Command::new(need("mbsync"));
        mbsync.arg("-q").arg("-c").arg(home.join("mbsyncrc")).arg("-a");
        mbsync
    };
    let taken = same_twice(&imap, program, |home| maildir(&home.join("inbox")));
    assert_eq!(taken.len(), COUNT);
}

#[test]
fn offlineimap_makes_the_same_maildir() {
    let imap = Imap::start(&Variant::default());
    filled(&imap, 40);
    let program = |home: &Path, port: u16| {
        let settings = format!(
            "[general]\naccounts = a\nmetadata = {home}/meta\nui = quiet\n[Account a]\nlocalrepository = near\n\
             remoterepository = far\n[Repository near]\ntype = Maildir\nlocalfolders = {home}/mail\n[Repository far]\n\
             type = IMAP\nreadonly = yes\nremotehost = 127.0.0.1\nremoteport = {port}\nremoteuser = {USER}\n\
             remotepass = {PASSWORD}\nssl = no\nstarttls = no\nauth_mechanisms = PLAIN, LOGIN\n",
            home = home.display()
        );
        std::fs::write(home.join("offlineimaprc"), settings).unwrap();
        let mut offlineimap = Command::new(need("offlineimap"));
        offlineimap.arg("-o").arg("-c").arg(home.join("offlineimaprc"));
        offlineimap
    };
    let taken = same_twice(&imap, program, |home| maildir(&home.join("mail/INBOX")));
    assert_eq!(taken.len(), 40);
}

#[test]
fn fetchmail_gets_the_same_mails() {
    let imap = Imap::start(&Variant::default());
    filled(&imap, 40);
    let program = |home: &Path, port: u16| {
        use std::os::unix::fs::PermissionsExt;
        let file = home.join("fetchmailrc");
        // Without its own Received line, which names the time and the port.
        let settings = format!(
            "set invisible\npoll 127.0.0.1 protocol imap port {port} no dns\n  user \"{USER}\" password \"{PASSWORD}\"\n  \
             sslproto \"\" fetchall keep no rewrite mda \"cat >> {}\"\n",
            home.join("mails").display()
        );
        std::fs::write(&file, settings).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let mut fetchmail = Command::new(need("fetchmail"));
        fetchmail.arg("-f").arg(&file).env("FETCHMAILHOME", home);
        fetchmail
    };
    let taken = same_twice(&imap, program, |home| std::fs::read(home.join("mails")).unwrap());
    assert_eq!(memchr::memmem::find_iter(&taken, b"Message-ID: <").count(), 40);
}

#[test]
fn mutt_copies_the_same_mails() {
    let imap = Imap::start(&Variant::default());
    filled(&imap, 40);
    let program = |home: &Path, port: u16| {
        let home = home.display();
        let settings = format!(
            "set imap_user = \"{USER}\"\nset imap_pass = \"{PASSWORD}\"\nset ssl_starttls = no\nset ssl_force_tls = no\n\
             set folder = \"{home}\"\nset mbox_type = mbox\nset confirmappend = no\nset confirmcreate = no\nset delete = no\n\
             set wait_key = no\nset header_cache = \"\"\nset sort = mailbox-order\n\
             push \"<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>{home}/mails<enter><exit>\"\n"
        );
        std::fs::write(format!("{home}/muttrc"), settings).unwrap();
        // It wants a terminal.
        let mut script = Command::new(need("script"));
        script.args(["-q", "-e", "-c"]);
        script.arg(format!("mutt -n -F {home}/muttrc -R -f imap://127.0.0.1:{port}/INBOX"));
        script.arg("/dev/null");
        script
    };
    let taken = same_twice(&imap, program, |home| std::fs::read(home.join("mails")).unwrap());
    assert_eq!(memchr::memmem::find_iter(&taken, b"Message-ID: <").count(), 40);
}
