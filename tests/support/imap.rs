//! A real IMAP server: Dovecot, one for each test that asks, in the variants that servers come in.
//!
//! Every user name is let in with [`PASSWORD`](super::provider::PASSWORD) and has mailboxes of its own, so that tests need
//! not share any. It listens on 127.0.0.1 only, and ends on drop or by the janitor.

use super::imap_client::ImapClient;
use super::pki::{self, Flaw, server_certificate};
use super::ports;
use super::process::Process;
use super::programs::{need, need_root};
use super::provider::PASSWORD;
use super::scratch::Scratch;
use super::wait::{DEADLINE, within};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What differs between servers.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    /// What the account's own names begin with, the separator included.
    pub(crate) prefix: &'static str,
    /// Between the levels of a name.
    pub(crate) separator: char,
    /// What it says that it can do; `None` for all that Dovecot can.
    pub(crate) capability: Option<&'static str>,
    /// Mailboxes that every account has, with their special use or nothing.
    pub(crate) mailboxes: &'static [(&'static str, &'static str)],
    /// More lines for its settings.
    pub(crate) settings: &'static str,
}

impl Default for Variant {
    /// As most servers are today.
    fn default() -> Variant {
        Variant {
            prefix: "",
            separator: '/',
            capability: None,
            mailboxes: &[("Drafts", "\\Drafts"), ("Sent", "\\Sent")],
            settings: "",
        }
    }
}

/// The least that a server must be able to do (RFC 3501).
pub(crate) const BARE: &str = "IMAP4rev1 LITERAL+ SASL-IR ID";

/// A running server.
pub(crate) struct Imap {
    /// Port with TLS from the first octet.
    pub(crate) implicit: u16,
    /// Port with STARTTLS, which takes logins without it, too.
    pub(crate) starttls: u16,
    /// File with the authority that signed its certificate.
    pub(crate) ca: PathBuf,
    scratch: Scratch,
    _dovecot: Process,
}

/// A mail as it lies in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Its UID.
    pub(crate) uid: u32,
    /// Its flags, sorted, without `\Recent`.
    pub(crate) flags: Vec<String>,
    /// Its octets.
    pub(crate) octets: Vec<u8>,
}

impl Imap {
    /// Starts one.
    pub(crate) fn start(variant: &Variant) -> Imap {
        need_root();
        let scratch = Scratch::new("imap");
        let (implicit, starttls) = (ports::free(), ports::free());
        let certificate = server_certificate(Flaw::None);
        let ca = scratch.write("ca.pem", pki::authority());
        scratch.write("cert.pem", &certificate.chain);
        scratch.write("key.pem", &certificate.key);
        std::fs::create_dir(scratch.join("mail")).unwrap();
        let mut chown = Command::new(need("chown"));
        chown.arg("nobody").arg(scratch.join("mail"));
        assert!(Process::run(chown, b"").status.success());
        let conf = scratch.write("dovecot.conf", conf(scratch.path(), implicit, starttls, variant));
        let mut dovecot = Command::new(need("dovecot"));
        dovecot.arg("-F").arg("-c").arg(conf);
        let mut dovecot = Process::start(dovecot, b"");
        for port in [implicit, starttls] {
            let listens = within(DEADLINE, || {
                let listens = TcpStream::connect(("127.0.0.1", port)).is_ok();
                (listens || !dovecot.is_running()).then_some(listens)
            });
            let log = std::fs::read_to_string(scratch.join("dovecot.log")).unwrap_or_default();
            assert_eq!(listens, Some(true), "Dovecot does not listen:\n{}{log}", dovecot.said());
        }
        Imap {
            implicit,
            starttls,
            ca,
            scratch,
            _dovecot: dovecot,
        }
    }

    /// Logs in as the rep's own mail client would.
    pub(crate) fn client(&self, user: &str) -> ImapClient {
        ImapClient::log_in(self.starttls, user, PASSWORD)
    }

    /// Puts mails straight into the INBOX of somebody who has none yet, each with the flags of Maildir (`S` for seen) and lines
    /// that end with a line feed.
    pub(crate) fn put(&self, user: &str, mails: impl IntoIterator<Item = (&'static str, Vec<u8>)>) {
        let maildir = self.scratch.join("mail").join(user);
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(maildir.join(part)).unwrap();
        }
        for (number, (flags, mail)) in mails.into_iter().enumerate() {
            let name = format!("cur/{}.M{number}P1.test:2,{flags}", 1_767_225_600 + number);
            std::fs::write(maildir.join(name), mail).unwrap();
        }
        let mut chown = Command::new(need("chown"));
        chown.arg("-R").arg("nobody").arg(maildir);
        assert!(Process::run(chown, b"").status.success());
    }

    /// The mails in a mailbox, by the name that the server has for it.
    pub(crate) fn mails(&self, user: &str, mailbox: &str) -> Vec<Stored> {
        self.client(user).mails(mailbox)
    }

    /// All mailboxes but INBOX, sorted, by the names that the server has for them.
    pub(crate) fn mailboxes(&self, user: &str) -> Vec<String> {
        self.client(user).list("LIST")
    }

    /// Those that are subscribed.
    pub(crate) fn subscribed(&self, user: &str) -> Vec<String> {
        self.client(user).list("LSUB")
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.join("dovecot.log")).unwrap_or_default()
    }

    /// From now on another password counts, and whoever is logged in is put out.
    pub(crate) fn change_password(&self, password: &str) {
        let path = self.scratch.join("dovecot.conf");
        let conf = std::fs::read_to_string(&path).unwrap();
        let changed = conf.replace(&format!("password={PASSWORD}"), &format!("password={password}"));
        assert_ne!(conf, changed);
        std::fs::write(&path, changed).unwrap();
        let mut reload = Command::new(need("doveadm"));
        reload.arg("-c").arg(path).arg("reload");
        assert!(Process::run(reload, b"").status.success());
    }

    /// Ends all connections of an account.
    pub(crate) fn kick(&self, user: &str) {
        let mut kick = Command::new(need("doveadm"));
        kick.arg("-c")
            .arg(self.scratch.join("dovecot.conf"))
            .args(["kick", user]);
        assert!(Process::run(kick, b"").status.success());
    }

    /// Takes a mailbox's rights away, by the name of its folder on the disk.
    pub(crate) fn lock(&self, user: &str, folder: &str) {
        let folder = self.scratch.join("mail").join(user).join(folder);
        std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    }

    /// Puts mails into an account's INBOX as they lie on the disk, each with its UID; before anybody has logged in.
    pub(crate) fn fill(&self, user: &str, uid_validity: u32, mails: impl IntoIterator<Item = (u32, Vec<u8>)>) {
        let maildir = self.scratch.join("mail").join(user);
        std::fs::create_dir_all(maildir.join("cur")).unwrap();
        std::fs::create_dir_all(maildir.join("new")).unwrap();
        std::fs::create_dir_all(maildir.join("tmp")).unwrap();
        let (mut list, mut next) = (String::new(), 1);
        for (uid, octets) in mails {
            let name = format!("1700000000.M{uid}P1.test");
            std::fs::write(maildir.join("cur").join(format!("{name}:2,S")), octets).unwrap();
            list += &format!("{uid} :{name}\n");
            next = uid + 1;
        }
        let list = format!("3 V{uid_validity} N{next}\n{list}");
        std::fs::write(maildir.join("dovecot-uidlist"), list).unwrap();
        let mut chown = Command::new(need("chown"));
        chown.args(["-R", "nobody:nogroup"]).arg(&maildir);
        assert!(Process::run(chown, b"").status.success());
    }
}

fn conf(folder: &Path, implicit: u16, starttls: u16, variant: &Variant) -> String {
    let folder = folder.display();
    let Variant {
        prefix,
        separator,
        settings,
        ..
    } = variant;
    let mailboxes: String = variant
        .mailboxes
        .iter()
        .map(|(name, special)| {
            let special = if special.is_empty() {
                String::new()
            } else {
                format!("special_use = {special}\n")
            };
            format!("mailbox \"{name}\" {{\nauto = subscribe\n{special}}}\n")
        })
        .collect();
    let capability = variant
        .capability
        .map(|capability| format!("imap_capability = {capability}\n"))
        .unwrap_or_default();
    format!(
        "base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
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
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
  {mailboxes}
}}
# no penalty for the wrong passwords that the tests try
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {implicit}
    ssl = yes
  }}
}}
{capability}{settings}
"
    )
}
