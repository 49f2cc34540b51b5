//! Towards the client: nothing said in the clear counts under TLS, and the certificate made for this machine is good for
//! this machine only.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::pki::{self, Flaw, client_config, server_certificate};
use crate::support::process::Process;
use crate::support::programs::need;
use crate::support::provider::{PROSPECT, REP};
use crate::support::scratch::Scratch;
use crate::support::script::Script;
use crate::support::wait::DEADLINE;
use crate::support::youward::{Setup, Youward};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

#[test]
fn octets_before_tls_end_the_connection() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = start(&upstream);
    for injected in [
        "MAIL FROM:<injected@corp.example>\r\n",
        "RSET\r\n",
        "EHLO again\r\n",
        "MAIL FROM:<injected@corp.example>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n",
        "AUTH PLAIN AAAA\r\n",
        "x",
        "\r\n",
        "\0",
    ] {
        // In one packet with STARTTLS.
        let mut client = Client::ready(youward.port("starttls"));
        client.send(format!("STARTTLS\r\n{injected}").as_bytes());
        let said = String::from_utf8_lossy(&client.rest()).into_owned();
        assert!(!said.contains("250"), "{injected:?}: {said}");
        // After the 220, where a ClientHello is due.
        let mut client = Client::ready(youward.port("starttls"));
        client.command("STARTTLS", 220);
        let _ = client.write(injected.as_bytes());
        client.half_close();
        let said = client.rest();
        assert!(
            memchr::memmem::find(&said, b"250").is_none(),
            "{injected:?}: {}",
            said.escape_ascii()
        );
    }
    for session in upstream.all_ended() {
        assert!(
            !session.clear.windows(8).any(|window| window == b"injected"),
            "{:?}",
            session.commands
        );
        assert!(
            !session.commands.iter().any(|command| command.starts_with("AUTH")),
            "{:?}",
            session.commands
        );
    }
}

#[test]
fn what_was_said_before_starttls_is_forgotten() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = start(&upstream);
    let tls = trusting(&youward.loopback_certificate());
    let mut client = Client::connect(youward.port("starttls"));
    assert!(client.hello().text().contains("STARTTLS"));
    client.command("STARTTLS", 220);
    client.start_tls(&tls);
    let early = client.ask(&format!("MAIL FROM:<{REP}> SIZE=1"));
    assert_eq!(
        early.code,
        503,
        "nothing is on offer before another EHLO: {}",
        early.text()
    );
    assert!(!client.ehlo().text().contains("STARTTLS"), "not offered twice");
    assert!(client.ask("STARTTLS").code >= 500);
    client.envelope(REP, &[PROSPECT]);
    assert_eq!(client.data(&letters::kind().octets).code, 250);
}

#[test]
fn tls_and_clear_text_at_the_wrong_port_are_told_so() {
    let upstream = FakeUpstream::start(Script::new());
    let mut youward = start(&upstream);
    let mut client = Client::connect(youward.clear_port());
    client.start_tls(&trusting(&youward.loopback_certificate()));
    let started = std::time::Instant::now();
    assert!(client.answer().is_err(), "no TLS there");
    assert!(started.elapsed() < DEADLINE / 2, "and the client is told at once");
    let mut client = Client::connect(youward.port("implicit"));
    client.send(b"EHLO x\r\nMAIL FROM:<injected@corp.example>\r\n");
    client.rest();
    for session in upstream.all_ended() {
        assert!(!session.clear.windows(8).any(|window| window == b"injected"));
    }
    assert!(youward.is_running());
}

#[test]
fn the_loopback_certificate_is_a_leaf_for_this_machine() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = start(&upstream);
    let certificate = youward.loopback_certificate();
    let text = openssl(&["x509", "-noout", "-text", "-in", certificate.to_str().unwrap()]);
    assert!(text.contains("CA:FALSE"), "{text}");
    assert!(!text.contains("Certificate Sign"), "{text}");
    for name in ["DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1"] {
        assert!(text.contains(name), "{name} in {text}");
    }
    let (names, _) = text
        .split_once("Signature Algorithm")
        .map_or((text.as_str(), ""), |_| (text.as_str(), ""));
    assert_eq!(names.matches("DNS:").count(), 1, "no other names: {text}");
    let more_than_397_days = (398 * 24 * 60 * 60).to_string();
    let lasts = Process::run(
        openssl_command(&[
            "x509",
            "-noout",
            "-checkend",
            &more_than_397_days,
            "-in",
            certificate.to_str().unwrap(),
        ]),
        b"",
    );
    assert!(!lasts.status.success(), "not valid for more than 397 days");

    let data = youward.house().data();
    assert_eq!(mode(&data), 0o700);
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read(&path).unwrap_or_default();
        if memchr::memmem::find(&text, b"PRIVATE KEY").is_some() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    // It stays the same over a restart: clients have been told to trust it.
    let before = std::fs::read(&certificate).unwrap();
    let youward = youward.stop().start();
    assert_eq!(std::fs::read(youward.loopback_certificate()).unwrap(), before);
    Client::connect_tls(youward.port("implicit"), &trusting(&certificate)).hello();
}

#[test]
fn a_certificate_of_the_users_own_is_used() {
    let upstream = FakeUpstream::start(Script::new());
    let scratch = Scratch::new("own");
    let certificate = server_certificate(Flaw::None);
    let chain = scratch.write("chain.pem", &certificate.chain);
    let key = scratch.write("key.pem", &certificate.key);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    // The last of the listener's lines, for the setup ends with it.
    let more = String::new();
    let listener = format!(
        "implicit\"\ncertificate = \"{}\"\nkey = \"{}",
        chain.display(),
        key.display()
    );
    let setup = Setup {
        listeners: vec![Box::leak(listener.into_boxed_str())],
        more,
        ..Setup::clear(upstream.port)
    };
    let youward = Youward::start(&setup);
    Client::connect_tls(youward.port("implicit"), &client_config(pki::authority())).hello();
}

fn start(upstream: &FakeUpstream) -> Youward {
    Youward::start(&Setup {
        listeners: vec!["none", "implicit", "starttls"],
        ..Setup::clear(upstream.port)
    })
}

fn trusting(file: &Path) -> std::sync::Arc<rustls::ClientConfig> {
    client_config(&std::fs::read_to_string(file).unwrap())
}

fn openssl(arguments: &[&str]) -> String {
    let ended = Process::run(openssl_command(arguments), b"");
    assert!(ended.status.success(), "{ended:?}");
    ended.stdout
}

fn openssl_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(need("openssl"));
    command.args(arguments);
    command
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
