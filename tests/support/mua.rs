//! Real mail clients, told to send one letter.

use super::letters::Letter;
use super::process::{Ended, Process};
use super::programs::need;
use super::provider::{PASSWORD, PROSPECT, REP};
use super::scratch::Scratch;
use std::path::PathBuf;
use std::process::Command;

/// The clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mua {
    /// swaks, in Perl with OpenSSL.
    Swaks,
    /// msmtp, in C with GnuTLS.
    Msmtp,
    /// smtplib of Python, with OpenSSL.
    Smtplib,
    /// curl, in C with OpenSSL.
    Curl,
}

/// All of them.
pub(crate) const MUAS: [Mua; 4] = [Mua::Swaks, Mua::Msmtp, Mua::Smtplib, Mua::Curl];

/// Where and how a client sends.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Port on localhost.
    pub(crate) port: u16,
    /// `none`, `implicit` or `starttls`.
    pub(crate) tls: &'static str,
    /// The certificates to trust.
    pub(crate) ca: PathBuf,
    /// Password of [`REP`].
    pub(crate) password: &'static str,
    /// Recipient.
    pub(crate) to: &'static str,
}

impl Account {
    /// The right password, to the prospect.
    pub(crate) fn new(port: u16, tls: &'static str, ca: PathBuf) -> Account {
        Account {
            port,
            tls,
            ca,
            password: PASSWORD,
            to: PROSPECT,
        }
    }
}

impl Mua {
    /// Sends a letter.
    pub(crate) fn send(self, account: &Account, letter: &Letter) -> Ended {
        let scratch = Scratch::new("mua");
        // swaks ends the last line itself.
        let octets = if self == Mua::Swaks {
            letter.octets.strip_suffix(b"\r\n").unwrap()
        } else {
            &letter.octets[..]
        };
        let mail = scratch.write("mail", octets);
        let Account {
            port,
            tls,
            ca,
            password,
            to,
        } = account;
        let ca = ca.display().to_string();
        let (command, input): (Command, &[u8]) = match self {
            Mua::Swaks => {
                let mut command = Command::new(need("swaks"));
                command.args(["--server", "localhost", "--port", &port.to_string(), "--timeout", "30"]);
                command.args(["--from", REP, "--to", to, "--ehlo", "client.example"]);
                command.args(["--auth", "PLAIN", "--auth-user", REP, "--auth-password", password]);
                command.arg("--data").arg(format!("@{}", mail.display()));
                match *tls {
                    "implicit" => command.args(["--tls-on-connect", "--tls-verify", "--tls-ca-path", &ca]),
                    "starttls" => command.args(["--tls", "--tls-verify", "--tls-ca-path", &ca]),
                    _ => &mut command,
                };
                (command, b"")
            }
            Mua::Msmtp => {
                let tls = match *tls {
                    "none" => "tls off".to_owned(),
                    tls => {
                        let starttls = if tls == "starttls" { "on" } else { "off" };
                        format!("tls on\ntls_starttls {starttls}\ntls_trust_file {ca}")
                    }
                };
                let file = scratch.write(
                    "msmtprc",
                    format!(
                        "account default\nhost localhost\nport {port}\ndomain client.example\nfrom {REP}\nauth plain\n\
                         user {REP}\npassword {password}\n{tls}\n"
                    ),
                );
                let mut only_owner = std::fs::metadata(&file).unwrap().permissions();
                std::os::unix::fs::PermissionsExt::set_mode(&mut only_owner, 0o600);
                std::fs::set_permissions(&file, only_owner).unwrap();
                let mut command = Command::new(need("msmtp"));
                command.arg("-C").arg(file).arg("--debug").arg(to);
                (command, &letter.octets)
            }
            Mua::Smtplib => {
                let mut command = Command::new(need("python3"));
                command.args(["-I", "-c", SMTPLIB, tls, &port.to_string(), &ca, REP, password, to]);
                (command, &letter.octets)
            }
            Mua::Curl => {
                let scheme = if *tls == "implicit" { "smtps" } else { "smtp" };
                let mut command = Command::new(need("curl"));
                command.args([
                    "-q",
                    "--silent",
                    "--show-error",
                    "--verbose",
                    "--max-time",
                    "30",
                    "--cacert",
                    &ca,
                ]);
                if *tls == "starttls" {
                    command.arg("--ssl-reqd");
                }
                command.args([
                    "--user",
                    &format!("{REP}:{password}"),
                    "--mail-from",
                    REP,
                    "--mail-rcpt",
                    to,
                ]);
                command
                    .arg("--upload-file")
                    .arg(&mail)
                    .arg(format!("{scheme}://localhost:{port}/client.example"));
                (command, b"")
            }
        };
        let mut command = command;
        command
            .env("HOME", scratch.path())
            .env("LC_ALL", "C.UTF-8")
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR");
        Process::run(command, input)
    }
}

/// Says the final reply, or what was refused, as one line on standard output.
const SMTPLIB: &str = r#"
import smtplib, ssl, sys
tls, port, ca, user, password, to = sys.argv[1:]
context = ssl.create_default_context(cafile=ca) if tls != "none" else None
mail = sys.stdin.buffer.read()
if tls == "implicit":
    server = smtplib.SMTP_SSL("localhost", int(port), "client.example", timeout=30, context=context)
else:
    server = smtplib.SMTP("localhost", int(port), "client.example", timeout=30)
if tls == "starttls":
    server.starttls(context=context)
try:
    server.login(user, password)
    server.mail(user) 
    code, text = server.rcpt(to)
    if code == 250:
        code, text = server.data(mail)
    print(code, text.decode())
    server.quit()
    sys.exit(0 if code == 250 else 1)
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error.decode())
    sys.exit(1)
"#;
