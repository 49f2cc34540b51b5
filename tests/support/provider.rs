//! The real provider: Debian's Postfix as submission server, Dovecot behind it for SASL and for the accounts' own
//! mailboxes, Maildirs where mail arrives.
//!
//! One instance serves all tests; every account name is let in with [`PASSWORD`], so that each test can have its own. It listens on 127.0.0.1 only, delivers nowhere but into its own folder, and is ended by
//! the janitor.

use super::letters::Letter;
use super::pki::{self, Flaw, server_certificate};
use super::ports;
use super::process::Process;
use super::programs::{need, need_root};
use super::scratch::Scratch;
use super::wait::{DEADLINE, eventually, within};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The account that the tests send from.
pub(crate) const REP: &str = "rep@corp.example";
/// Its password.
pub(crate) const PASSWORD: &str = "rep-Secret-4711";
/// Somebody outside who can be written to.
pub(crate) const PROSPECT: &str = "pat@customer.example";
/// Nobody.
pub(crate) const UNKNOWN: &str = "nobody-here@customer.example";
/// What Postfix says it takes, in octets.
pub(crate) const SIZE_LIMIT: usize = 30_000_000;

/// A running provider.
pub(crate) struct Provider {
    /// Port with TLS from the first octet.
    pub(crate) implicit: u16,
    /// Port with STARTTLS, required for AUTH.
    pub(crate) starttls: u16,
    /// Port without TLS.
    pub(crate) clear: u16,
    /// Port of IMAP with TLS from the first octet.
    pub(crate) imaps: u16,
    /// Port of IMAP with STARTTLS, which takes logins without it, too.
    pub(crate) imap: u16,
    /// File with the authority that signed its certificate.
    pub(crate) ca: PathBuf,
    folder: PathBuf,
}

/// The provider, started by whoever asks first.
pub(crate) fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        need_root();
        // Kept until the process ends: neither processes nor folder may be dropped. The janitor cleans up.
        let scratch: &'static Scratch = Box::leak(Box::new(Scratch::new("provider")));
        start(scratch.path())
    })
}

impl Provider {
    /// The mail with this letter's token that arrived for the prospect, as octets with CR LF and without the header fields
    /// that Postfix adds on delivery.
    pub(crate) fn arrived(&self, letter: &Letter) -> Vec<u8> {
        eventually(&format!("{} to arrive", letter.token), || {
            self.copies(letter).into_iter().next()
        })
    }

    /// Every copy that has arrived so far.
    pub(crate) fn copies(&self, letter: &Letter) -> Vec<Vec<u8>> {
        self.delivered()
            .into_iter()
            .filter_map(|mail| as_submitted(&mail))
            .filter(|mail| letter.is_in(mail))
            .collect()
    }

    /// How many mails with this word in them have arrived, whoever composed them.
    pub(crate) fn with_word(&self, word: &str) -> usize {
        let has = |mail: &Vec<u8>| memchr::memmem::find(mail, word.as_bytes()).is_some();
        self.delivered().iter().filter(|mail| has(mail)).count()
    }

    /// The prospect's mails as they were delivered.
    fn delivered(&self) -> Vec<Vec<u8>> {
        let new = self.folder.join("mail/prospect/new");
        let files = std::fs::read_dir(new).into_iter().flatten().flatten();
        files.filter_map(|entry| std::fs::read(entry.path()).ok()).collect()
    }

    /// Sends a letter past Youward and waits for it: whatever was sent before on the same way has arrived then, too.
    ///
    /// Postfix delivers in parallel, so this alone does not prove that another mail was *not* sent. The proof is the
    /// queue: it must be empty.
    pub(crate) fn settle(&self) {
        eventually("the provider's queue to be empty", || {
            let queues = ["maildrop", "incoming", "active", "deferred"];
            queues
                .iter()
                .all(|queue| is_empty(&self.folder.join("queue").join(queue)))
                .then_some(())
        });
    }

    /// What the provider logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("postfix.log")).unwrap_or_default()
    }
}

/// Takes off what Postfix puts before the first submitted field, and gives lines their CR back.
fn as_submitted(mail: &[u8]) -> Option<Vec<u8>> {
    let start = memchr::memmem::find(mail, b"X-First: ")?;
    let mut octets = Vec::new();
    for line in mail[start..].split_inclusive(|octet| *octet == b'\n') {
        octets.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        octets.extend_from_slice(b"\r\n");
    }
    Some(octets)
}

fn is_empty(queue: &Path) -> bool {
    std::fs::read_dir(queue).map_or(true, |entries| {
        entries
            .flatten()
            .all(|entry| entry.path().is_dir() && is_empty(&entry.path()))
    })
}

fn start(folder: &Path) -> Provider {
    let provider = Provider {
        implicit: ports::free(),
        starttls: ports::free(),
        clear: ports::free(),
        imaps: ports::free(),
        imap: ports::free(),
        ca: folder.join("ca.pem"),
        folder: folder.to_owned(),
    };
    let certificate = server_certificate(Flaw::None);
    for (name, text) in [
        ("ca.pem", pki::authority()),
        ("tls.pem", &format!("{}{}", certificate.key, certificate.chain)),
        ("imap-cert.pem", &certificate.chain),
        ("imap-key.pem", &certificate.key),
        ("recipients", &format!("{PROSPECT} prospect/\n{REP} rep/\n")),
        ("dovecot.conf", &dovecot_conf(&provider)),
        ("postfix/main.cf", &postfix_main(folder)),
        ("postfix/master.cf", &postfix_master(&provider)),
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for name in ["queue", "data", "mail", "imap", "run"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    give_to(&folder.join("data"), "postfix");
    give_to(&folder.join("mail"), "nobody");
    give_to(&folder.join("imap"), "nobody");

    let mut dovecot = Command::new(need("dovecot"));
    dovecot.arg("-F").arg("-c").arg(folder.join("dovecot.conf"));
    keep(Process::start(dovecot, b""));
    eventually("Dovecot's SASL socket and IMAP ports", || {
        let listens = [provider.imap, provider.imaps].map(|port| TcpStream::connect(("127.0.0.1", port)).is_ok());
        (folder.join("run/sasl").exists() && listens == [true; 2]).then_some(())
    });

    // Makes the queue's folders, and says in words if something is wrong with the files above.
    let mut check = Command::new(need("postfix"));
    check.arg("-c").arg(folder.join("postfix")).arg("check");
    let checked = Process::run(check, b"");
    assert!(checked.status.success(), "postfix check: {checked:?}");
    let mut master = Command::new(need("master"));
    master.arg("-s").arg("-c").arg(folder.join("postfix"));
    let mut master = Process::start_in_our_group(master, b"");
    for port in [provider.implicit, provider.starttls, provider.clear] {
        let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let running = within(DEADLINE, || {
            if listens() {
                Some(true)
            } else {
                (!master.is_running()).then_some(false)
            }
        });
        assert_eq!(
            running,
            Some(true),
            "Postfix does not listen:\n{}{}",
            master.said(),
            provider.log()
        );
    }
    keep(master);
    provider
}

/// Lets a program run until the test process ends; the janitor ends it then.
fn keep(process: Process) {
    std::mem::forget(process);
}

fn give_to(folder: &Path, user: &str) {
    let mut chown = Command::new(need("chown"));
    chown.arg(user).arg(folder);
    assert!(Process::run(chown, b"").status.success(), "there is a user {user}");
}

fn dovecot_conf(provider: &Provider) -> String {
    let Provider {
        imap, imaps, folder, ..
    } = provider;
    let folder = folder.display();
    format!(
        "base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/imap-cert.pem
ssl_key = <{folder}/imap-key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/imap/%u
mail_max_userip_connections = 100
mail_fsync = never
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/imap/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
# no penalty for the wrong passwords that the tests try
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {folder}/run/sasl {{
    mode = 0666
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
"
    )
}

fn postfix_main(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "compatibility_level = 3.6
mail_owner = postfix
setgid_group = postdrop
config_directory = {folder}/postfix
queue_directory = {folder}/queue
data_directory = {folder}/data
meta_directory = /etc/postfix
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
recipient_delimiter = +
inet_protocols = ipv4
myhostname = mail.corp.example
mydestination =
alias_maps =
alias_database =
mynetworks =
virtual_mailbox_domains = corp.example, customer.example
virtual_mailbox_maps = texthash:{folder}/recipients
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_mailbox_limit = 0
message_size_limit = {SIZE_LIMIT}
# nothing may leave this machine
default_transport = error:5.4.4 the tests deliver nowhere else
relay_transport = error:5.4.4 the tests deliver nowhere else
local_transport = error:5.4.4 the tests deliver nowhere else
disable_dns_lookups = yes
smtp_host_lookup = native
notify_classes =
smtpd_tls_chain_files = {folder}/tls.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/run/sasl
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_client_auth_rate_limit = 0
"
    )
}

fn postfix_master(provider: &Provider) -> String {
    let Provider {
        implicit,
        starttls,
        clear,
        ..
    } = provider;
    format!(
        "127.0.0.1:{implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_tls_auth_only=yes
127.0.0.1:{clear} inet n - n - - smtpd -o smtpd_tls_security_level=none
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
