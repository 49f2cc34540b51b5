//! Who and what else may turn up at a local mail port: browsers, other users, clients that never stop.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::process::Process;
use crate::support::programs::{is_root, need};
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::wait::eventually;
use crate::support::youward::{Setup, Youward};
use std::process::Command;

#[test]
fn a_browser_can_send_nothing() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    let smtp = format!(
        "EHLO x\r\nMAIL FROM:<{REP}>\r\nRCPT TO:<{PROSPECT}>\r\nDATA\r\nSubject: by a web page\r\n\r\nx\r\n.\r\nQUIT\r\n"
    );
    for start in [
        "GET / HTTP/1.1",
        "POST / HTTP/1.1",
        "POST /x HTTP/1.0",
        "PUT / HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "HEAD / HTTP/1.1",
        "CONNECT 127.0.0.1:25 HTTP/1.1",
        "PRI * HTTP/2.0",
        "Host: 127.0.0.1",
    ] {
        let mut client = Client::connect(youward.clear_port());
        client.send(
            format!(
                "{start}\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{smtp}",
                smtp.len()
            )
            .as_bytes(),
        );
        let said = String::from_utf8_lossy(&client.rest()).into_owned();
        assert!(!said.contains("250"), "{start}: {said}");
    }
    for session in upstream.all_ended() {
        assert!(
            session.commands.iter().all(|command| command == "QUIT"),
            "{:?}",
            session.commands
        );
    }
}

#[test]
fn another_user_of_the_machine_is_not_let_in() {
    if !is_root() {
        eprintln!("not run: only root can act as another user");
        return;
    }
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup {
        listeners: vec!["none", "implicit", "starttls"],
        ..Setup::clear(upstream.port)
    });
    for tls in ["none", "starttls"] {
        let said = as_nobody(youward.port(tls));
        assert!(!said.contains("220 "), "{tls}: {said}");
    }
    // Under TLS the refusal can't be read without a handshake; what counts is that nothing went upstream.
    as_nobody(youward.port("implicit"));
    assert!(
        upstream.sessions().is_empty(),
        "not even a connection was made for another user"
    );
    eventually("the log to name who was refused", || {
        youward.log().contains("65534").then_some(())
    });

    let letter = letters::kind();
    let mut client = Client::ready(youward.clear_port());
    client.envelope(REP, &[PROSPECT]);
    assert_eq!(client.data(&letter.octets).code, 250, "the owner still gets in");
}

#[test]
fn another_user_is_let_in_when_the_settings_say_so() {
    if !is_root() {
        eprintln!("not run: only root can act as another user");
        return;
    }
    let upstream = FakeUpstream::start(Script::new());
    let more = "[capacity]\nsame_user_only = false\n".to_owned();
    let youward = Youward::start(&Setup {
        more,
        ..Setup::clear(upstream.port)
    });
    let said = as_nobody(youward.clear_port());
    assert!(said.contains("220 provider.example"), "{said}");
}

/// What a client of the user nobody reads.
fn as_nobody(port: u16) -> String {
    let client = "import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 30)
s.settimeout(30)
try:
    s.sendall(b'EHLO nobody\\r\\n')
    s.shutdown(socket.SHUT_WR)
    while True:
        got = s.recv(4096)
        if not got: break
        sys.stdout.buffer.write(got)
except OSError: pass
";
    let mut command = Command::new(need("setpriv"));
    command
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(need("python3"));
    command.args(["-I", "-c", client, &port.to_string()]);
    let ended = Process::run(command, b"");
    assert!(ended.status.success(), "{ended:?}");
    ended.stdout
}

#[test]
fn recipients_beyond_the_limit_are_refused_one_by_one() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup::clear(upstream.port));
    let mut client = Client::ready(youward.clear_port());
    client.command(&format!("MAIL FROM:<{REP}>"), 250);
    let mut codes = Vec::new();
    for round in 0..100 {
        let group: String = (0..100)
            .map(|at| format!("RCPT TO:<r{round}.{at}@customer.example>\r\n"))
            .collect();
        client.send(group.as_bytes());
        codes.extend((0..100).map(|_| client.answer().unwrap().code));
    }
    codes.push(client.ask("RCPT TO:<one-too-many@customer.example>").code);
    assert_eq!(codes.len(), 10_001);
    assert!(codes[..1000].iter().all(|code| *code == 250));
    assert!(codes[1000..].iter().all(|code| *code == 452));
    assert_eq!(client.data(&letters::kind().octets).code, 250);
    assert_eq!(upstream.accepted()[0].recipients.len(), 1000);
}

#[test]
fn endless_lines_and_endless_errors_end_the_session() {
    let upstream = FakeUpstream::start(Script::new());
    let mut youward = Youward::start(&Setup::clear(upstream.port));
    let port = youward.clear_port();
    let mut client = Client::ready(port);
    let long = client.ask(&format!("MAIL FROM:<{}@corp.example>", "x".repeat(1_000_000)));
    assert_eq!(long.code, 500, "{}", long.text());
    let mut client = Client::ready(port);
    let mut last = client.ask("NONSENSE");
    for _ in 0..20 {
        if last.code == 421 {
            break;
        }
        last = client.ask("NONSENSE");
    }
    assert_eq!(last.code, 421, "{}", last.text());
    let mut client = Client::ready(port);
    client.envelope(REP, &[PROSPECT]);
    let folded = format!("Subject: x\r\n{}\r\nx\r\n", " and more of it\r\n".repeat(20_000));
    let answer = client.data(folded.as_bytes());
    assert_eq!(answer.code, 550, "{}", answer.text());
    assert_eq!(upstream.accepted(), []);
    assert!(youward.is_running());
}

#[test]
fn mail_needs_a_login_where_the_settings_say_so() {
    let upstream = FakeUpstream::start(Script::new());
    let youward = Youward::start(&Setup {
        require_auth: true,
        ..Setup::clear(upstream.port)
    });
    let mut client = Client::ready(youward.clear_port());
    assert_eq!(
        client.login(REP, "wrong").text(),
        "535 5.7.8 provider.example does not know you\r\n"
    );
    assert_eq!(client.ask(&format!("MAIL FROM:<{REP}>")).code, 530);
    client.command("QUIT", 221);
    let sessions = upstream.all_ended();
    assert!(
        !sessions[0].commands.iter().any(|command| command.starts_with("MAIL")),
        "{:?}",
        sessions[0].commands
    );
}

/// Each is given up by the client or refused by Youward; none may reach the provider as a login.
#[test]
fn odd_logins_are_not_let_in() {
    let upstream = FakeUpstream::start(Script::new());
    let more = "[limits]\nerrors_before_auth = 100\n".to_owned();
    let youward = Youward::start(&Setup {
        require_auth: true,
        more,
        ..Setup::clear(upstream.port)
    });
    let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let mut dialogues: Vec<Vec<String>> = Vec::new();
    for response in [
        "admin\0rep@corp.example\0secret",
        "\0rep@corp.example\0",
        "\0\0secret",
        "\0rep@corp.example",
        "rep@corp.example secret",
        "\0rep@corp.example\0sec\0ret",
        "\0rep@corp.example\r\nMAIL FROM:<x@y>\0secret",
        "\0rep@corp.example\0secret\r\n",
        "",
    ] {
        if !response.is_empty() {
            dialogues.push(vec![format!("AUTH PLAIN {}", base64(response))]);
        }
        dialogues.push(vec!["AUTH PLAIN".to_owned(), base64(response)]);
    }
    for lines in [
        &["AUTH PLAIN *"][..],
        &["AUTH PLAIN", "*"],
        &["AUTH PLAIN ="],
        &["AUTH PLAIN !!!!"],
        &["AUTH PLAIN AHJlcA"],
        &["AUTH LOGIN", "*"],
        &["AUTH LOGIN", "cmVw", "*"],
        &["AUTH LOGIN", "!!!", "???"],
        &["AUTH LOGIN", "cgBw", "AAAA"],
        &["AUTH XOAUTH2", "*"],
        &["AUTH XOAUTH2 !!!"],
        &["AUTH CRAM-MD5"],
        &["AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9"],
        &["AUTH EXTERNAL ="],
        &["AUTH"],
    ] {
        dialogues.push(lines.iter().map(ToString::to_string).collect());
    }
    assert!(dialogues.len() > 30);
    for lines in &dialogues {
        let mut client = Client::ready(youward.clear_port());
        let mut answer = client.ask(&lines[0]);
        for line in &lines[1..] {
            if answer.code == 334 {
                answer = client.ask(line);
            }
        }
        assert!(answer.code >= 400, "{lines:?}: {}", answer.text());
        assert_eq!(client.ask(&format!("MAIL FROM:<{REP}>")).code, 530, "{lines:?}");
        // Others are not disturbed.
        assert_eq!(Client::ready(youward.clear_port()).login(REP, "right").code, 235);
    }
    for session in upstream.sessions() {
        assert!(
            session.credentials.iter().all(|(_, password)| password == "right"),
            "{:?}",
            session.credentials
        );
    }
}
