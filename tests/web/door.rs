//! Who gets past the door: DNS rebinding, forms of other sites, forms without the session's word, other users.

use super::http::{Request, get, post};
use super::scene::Scene;
use crate::support::letters;
use crate::support::process::Process;
use crate::support::programs::need;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use youward::store::State;

/// Every address that takes a form.
const FORMS: [&str; 8] = [
    "allow",
    "release",
    "withdraw",
    "discard",
    "went",
    "send-again",
    "try",
    "sign-out",
];

#[test]
fn another_host_sees_nothing_even_with_the_cookie() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let browser = scene.sign_in();
    let port = scene.address.port();
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        &format!("127.0.0.1.evil.example:{port}"),
        &format!("127.0.0.1:{}", port ^ 1),
        "127.0.0.1",
        "",
        &format!("127.0.0.2:{port}"),
    ] {
        for target in ["/", &format!("/mail/{id}"), "/audit.csv", "/style.css"] {
            let answer = browser.dressed(get(scene.address, target)).with("Host", host).send();
            assert_eq!(answer.status, 421, "{host:?} {target}");
            assert!(!answer.body.contains("award-winning"), "{host:?} {target}");
        }
        let request = browser.dressed(post(scene.address, "/try", &[])).with("Host", host);
        assert_eq!(request.send().status, 421, "{host:?}");
    }
    let absolute = get(scene.address, &format!("http://evil.example:{port}/"));
    assert_eq!(browser.dressed(absolute).send().status, 421);
    let localhost = browser
        .dressed(get(scene.address, "/"))
        .with("Host", &format!("localhost:{port}"));
    assert_eq!(localhost.send().status, 200);
}

#[test]
fn forms_of_other_sites_change_nothing() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let browser = scene.sign_in();
    let csrf = browser.get("/").csrf();
    let port = scene.address.port();
    let before = scene.ledger.state(&id);
    for form in FORMS {
        let target = if ["try", "sign-out"].contains(&form) {
            format!("/{form}")
        } else {
            format!("/mail/{id}/{form}")
        };
        let fields = [("csrf", csrf.as_str()), ("reason", "I say so"), ("text", "Hi")];
        let own = browser.dressed(post(scene.address, &target, &fields));
        let wrong: [Request; 7] = [
            own.clone().without("Origin"),
            own.clone().with("Origin", "null"),
            own.clone().with("Origin", "https://evil.example"),
            own.clone().with("Origin", &format!("http://localhost:{port}")),
            own.clone().with("Origin", &format!("http://127.0.0.1:{}", port ^ 1)),
            own.clone().with("Sec-Fetch-Site", "cross-site"),
            own.clone().with("Sec-Fetch-Site", "same-site"),
        ];
        for request in wrong {
            let answer = request.send();
            assert_eq!(answer.status, 403, "{request:?}\n{answer:?}");
        }
        // From here, but without the word of this session, with another's, or without a session.
        let stranger = scene.sign_in().get("/").csrf();
        for word in ["", "x", &stranger] {
            let request = browser.dressed(post(scene.address, &target, &[("csrf", word), ("reason", "I say so")]));
            assert_eq!(request.send().status, 403, "{target} {word:?}");
        }
        assert_eq!(own.clone().without("Cookie").send().status, 403, "{target}");
        // And no GET does what a form does.
        let read = browser.get(&format!("{target}?csrf={csrf}&reason=x&text=x"));
        assert_eq!(read.status, if form == "try" { 200 } else { 405 }, "{target}: {read:?}");
    }
    assert_eq!(scene.ledger.state(&id), before);
    assert_eq!(before, State::Returned);
    assert_eq!(browser.get("/").status, 200, "nobody signed it out");
}

#[test]
fn other_sites_can_load_nothing_but_may_lead_here() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    for (mode, dest) in [
        ("no-cors", "image"),
        ("cors", "empty"),
        ("navigate", "iframe"),
        ("no-cors", "script"),
    ] {
        for target in ["/", "/events", "/live.js", "/audit.csv"] {
            let request = browser
                .dressed(get(scene.address, target))
                .with("Sec-Fetch-Site", "cross-site");
            let answer = request.with("Sec-Fetch-Mode", mode).with("Sec-Fetch-Dest", dest).send();
            assert_eq!(answer.status, 403, "{mode} {dest} {target}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }
    // A link in a webmail: the browser keeps a strict cookie back, so the page is asked for once more, from here.
    let led = get(scene.address, "/audit?q=x").with("Sec-Fetch-Site", "cross-site");
    let led = led
        .with("Sec-Fetch-Mode", "navigate")
        .with("Sec-Fetch-Dest", "document")
        .send();
    assert_eq!(led.status, 403);
    assert!(
        led.body.contains("http-equiv=\"refresh\" content=\"0; url=/audit\""),
        "{}",
        led.body
    );
}

#[test]
fn every_answer_says_what_a_page_may_do() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let browser = scene.sign_in();
    for target in [
        "/",
        &format!("/mail/{id}"),
        "/nothing",
        "/style.css",
        "/audit.csv",
        "/sign-in",
    ] {
        let answer = browser.get(target);
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{target}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{target}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        assert_eq!(answer.header("cache-control"), "no-store", "{target}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{target}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{target}");
    }
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
        let answer = browser.dressed(Request::new(scene.address, method, "/")).send();
        assert_eq!(answer.status, 405, "{method}");
    }
}

#[test]
fn another_user_of_this_machine_is_not_let_in() {
    let scene = Scene::new();
    let mut command = Command::new(need("setpriv"));
    command.args(["--reuid=65534", "--clear-groups"]).arg(need("curl"));
    command
        .args(["--silent", "--show-error", "--max-time", "5"])
        .arg(format!("http://{}/", scene.address));
    let ended = Process::run(command, b"");
    assert!(!ended.status.success() && ended.stdout.is_empty(), "{ended:?}");
    assert!(
        scene
            .youward
            .log()
            .contains("another user of this machine was not let in")
    );
    assert_eq!(
        get(scene.address, "/").send().status,
        403,
        "the same user is asked to sign in"
    );
}

#[test]
fn a_client_that_never_ends_its_request_is_let_go() {
    let scene = Scene::new();
    let mut slow: Vec<TcpStream> = (0..70).map(|_| TcpStream::connect(scene.address).unwrap()).collect();
    for stream in &mut slow {
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: ");
    }
    // More than there is room for are closed at once, and mail flows all the while.
    let mut last = slow.pop().unwrap();
    last.set_read_timeout(Some(crate::support::wait::DEADLINE)).unwrap();
    assert!(matches!(last.read(&mut [0; 8]), Ok(0) | Err(_)));
    assert_eq!(scene.submit(&letters::kind()).code, 250);
    drop(slow);
    crate::support::wait::eventually("room again", || {
        let mut stream = TcpStream::connect(scene.address).ok()?;
        stream.set_read_timeout(Some(std::time::Duration::from_secs(1))).ok()?;
        write!(
            stream,
            "GET /style.css HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            scene.address
        )
        .ok()?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).ok()?;
        (&head == b"HTTP/1.1 200").then_some(())
    });
}
