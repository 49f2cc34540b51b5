//! The link lets one browser in, once, and not for long.

use super::http::get;
use super::scene::Scene;
use crate::support::letters;
use crate::support::process::Process;
use std::net::TcpListener;
use std::process::Command;

#[test]
fn a_link_works_once_and_leads_to_its_page() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let target = scene.target(&id[..5]);
    let answer = get(scene.address, &target).send();
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, format!("/mail/{}", &id[..5]).as_str())
    );
    let set = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    let token = target.split(['=', '&']).nth(1).unwrap();
    assert!(!set.contains(token));
    let again = get(scene.address, &target).send();
    assert_eq!((again.status, again.cookie()), (403, None));
    assert!(again.body.contains("youward open"), "{}", again.body);
    assert!(!scene.youward.log().contains(token), "no token is logged");
}

#[test]
fn an_expired_link_lets_nobody_in() {
    let scene = Scene::new();
    let target = scene.target("now");
    let folder = scene.youward.house().data().join("web");
    let files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let token = files
        .iter()
        .find(|file| file.display().to_string().contains("token-"))
        .unwrap();
    std::fs::write(token, "1").unwrap();
    let answer = get(scene.address, &target).send();
    assert_eq!((answer.status, answer.cookie()), (403, None));
    assert!(answer.body.contains("two minutes"), "{}", answer.body);
}

#[test]
fn wrong_links_are_answered_five_times_and_lock_nobody_out() {
    let scene = Scene::new();
    let wrong = [
        "/sign-in".to_owned(),
        "/sign-in?token=".to_owned(),
        format!("/sign-in?token={}", "0".repeat(64)),
        "/sign-in?token=../../../etc/passwd".to_owned(),
        format!("/sign-in?token={}%00", "0".repeat(64)),
    ];
    for target in &wrong {
        assert_eq!(get(scene.address, target).send().status, 403, "{target}");
    }
    for _ in 0..3 {
        assert_eq!(get(scene.address, &wrong[2]).send().status, 429);
    }
    // The owner's own link is let in all the same.
    scene.sign_in();
}

#[test]
fn without_a_session_nothing_is_shown() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let pages = [
        "/",
        "/standard",
        "/standard/rules/sell",
        "/try",
        "/audit",
        "/audit.csv",
        "/audit.jsonl",
        "/events",
        "/x",
    ];
    let of_mail = [format!("/mail/{id}"), format!("/mail/{id}/html/0")];
    for target in pages.iter().copied().chain(of_mail.iter().map(String::as_str)) {
        for cookie in ["", "youward=", "youward=0", &format!("youward={}", "0".repeat(64))] {
            let answer = get(scene.address, target).with("Cookie", cookie).send();
            assert_eq!(answer.status, 403, "{target} {cookie}");
            assert!(
                !answer.body.contains("award") && !answer.body.contains("robin"),
                "{target}: {}",
                answer.body
            );
        }
    }
}

#[test]
fn signing_out_ends_the_session() {
    let scene = Scene::new();
    let (browser, other) = (scene.sign_in(), scene.sign_in());
    let answer = browser.post("/sign-out", &[]);
    assert_eq!(answer.status, 303);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.get("/").status, 403);
    assert_eq!(other.get("/").status, 200);
}

#[test]
fn where_the_port_is_taken_mail_flows_and_open_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = crate::support::fake_upstream::FakeUpstream::start(crate::support::script::Script::new());
    let setup = crate::support::youward::Setup::clear(upstream.port);
    let house = crate::support::youward::House::new(&setup);
    let settings = std::fs::read_to_string(house.settings()).unwrap();
    let port = taken.local_addr().unwrap().port();
    house.write(
        "youward.toml",
        &settings.replace("\"off\"", &format!("\"127.0.0.1:{port}\"")),
    );
    let youward = house.start();
    assert!(
        youward.log().contains("no review page there, mail flows all the same"),
        "{}",
        youward.log()
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_youward"));
    command
        .args(["open", "--print", "--config"])
        .arg(youward.house().settings());
    let ended = Process::run(command, b"");
    assert!(
        !ended.status.success() && ended.stderr.contains("serves no page"),
        "{ended:?}"
    );
    let house = youward.stop();
    let mut command = Command::new(env!("CARGO_BIN_EXE_youward"));
    command.args(["open", "--print", "--config"]).arg(house.settings());
    let ended = Process::run(command, b"");
    assert!(ended.stderr.contains("start `youward run` first"), "{ended:?}");
}
