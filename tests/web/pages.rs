//! What the other pages show: Now, Standard, the box, the audit and its exports, and what changes while one looks.

use super::http::get;
use super::scene::Scene;
use crate::support::letters;
use crate::support::wait::{DEADLINE, eventually};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn now_teaches_while_there_is_nothing() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    let page = browser.page("/");
    assert!(
        page.contains("Nothing waits for you.") && page.contains("Try a text"),
        "{page}"
    );
    assert!(
        page.contains(&scene.youward.clear_port().to_string()),
        "it says where to send to: {page}"
    );
    assert!(browser.page("/audit").contains("The audit is empty."));
    assert_eq!(browser.get("/nothing").status, 404);
}

#[test]
fn the_standard_and_each_rule_are_shown() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    let page = browser.page("/standard");
    for part in [
        "below 50 is returned",
        "What you do and sell",
        "act_below",
        "standard.toml:2",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let rules = browser.page("/standard/rules/sell?standard=default");
    assert!(rules.contains("id=\"sell/") && rules.contains("Left alone"), "{rules}");
    assert_eq!(browser.get("/standard/rules/nothing").status, 404);
    assert_eq!(browser.get("/standard?standard=nobody").status, 404);
}

#[test]
fn a_text_can_be_tried_and_leaves_no_trace() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    assert!(browser.page("/try").contains("<textarea"));
    let text = "We are a leading provider of claims software.\r\nI would like to show you a demo <b>today</b>. I want to tell you about our \
                company and to show you what it does. Do you have 15 minutes on Thursday?";
    let form = [("subject", "Our platform"), ("text", text), ("stranger", "yes")];
    let answer = browser.post("/try", &form);
    assert_eq!(answer.status, 200);
    for part in [
        "It would come back to its author",
        "demo",
        "&#60;b&#62;",
        "Our platform",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert_eq!((scene.ledger.records().len(), scene.upstream.accepted().len()), (0, 0));
    let long = "x".repeat(400 * 1024);
    assert_eq!(browser.post("/try", &[("text", &long)]).status, 400);
    let longer = "x".repeat(2 * 1024 * 1024);
    assert!(browser.post("/try", &[("text", &longer)]).status >= 400);
}

#[test]
fn the_audit_is_searched_paged_and_taken_along() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    for _ in 0..60 {
        scene.submit(&letters::kind());
    }
    let browser = scene.sign_in();
    let rows = |page: &str| page.matches("<tr><td class=\"number soft\">").count();
    let older = eventually("61 rows", || {
        let page = browser.page("/audit");
        let (_, older) = page.split_once("<a href=\"/audit?q=&#38;before=")?;
        assert_eq!(rows(&page), 50);
        (page.contains(">61<")).then(|| older.split('"').next().unwrap().to_owned())
    });
    assert_eq!(rows(&browser.page(&format!("/audit?q=&before={older}"))), 11);
    let found = browser.page(&format!("/audit?q=returned+{id}"));
    assert_eq!(rows(&found), 1, "{found}");
    assert!(
        browser
            .page("/audit?q=nobody-at-all")
            .contains("No row has all of these words.")
    );

    browser.post(&format!("/mail/{id}/allow"), &[("reason", "=1+1")]);
    let csv = browser.get("/audit.csv?q=allowed");
    assert!(csv.header("content-disposition").starts_with("attachment"));
    let lines: Vec<&str> = csv.body.split("\r\n").collect();
    assert_eq!(lines[0], "row,when,who,what,record,upstream,why");
    assert!(lines[1].ends_with(",\"'=1+1\"") && lines[2..] == [""], "{lines:?}");
    let json = browser.get("/audit.jsonl");
    assert_eq!(json.body.lines().count(), 62);
    for line in json.body.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row["row"].as_i64() > Some(0) && row["at"].is_string(), "{line}");
    }
}

#[test]
fn an_open_page_is_told_that_something_has_changed() {
    let scene = Scene::new();
    let browser = scene.sign_in();
    let mut stream = TcpStream::connect(scene.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let cookie = &browser.cookie;
    write!(
        stream,
        "GET /events HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
        scene.address
    )
    .unwrap();
    let mut lines = BufReader::new(stream).lines();
    let kind = lines
        .find(|line| line.as_ref().is_ok_and(|line| line.starts_with("content-type")))
        .unwrap()
        .unwrap();
    assert_eq!(kind, "content-type: text/event-stream");
    std::thread::sleep(Duration::from_millis(1500));
    scene.stopped(&letters::selfish());
    let told = lines
        .map_while(Result::ok)
        .find(|line| line.starts_with("data: "))
        .expect("an event");
    assert!(!told.contains("award"), "{told}");
    // The program ends in time though a page is open, and takes its address away.
    let house = scene.youward.stop();
    assert!(!house.data().join("web/address").exists());
}

#[test]
fn a_mail_with_many_findings_is_shown_in_no_time() {
    let scene = Scene::new();
    let mut letter = letters::selfish();
    let more = "We are a leading provider of claims software. I would like to show you a demo.\r\n".repeat(25);
    letter.octets.extend_from_slice(more.as_bytes());
    let id = scene.stopped(&letter);
    assert!(scene.ledger.records()[0].findings >= 50);
    let browser = scene.sign_in();
    let target = format!("/mail/{id}");
    let times: Vec<Duration> = (0..20)
        .map(|_| {
            let start = Instant::now();
            assert_eq!(browser.dressed(get(scene.address, &target)).send().status, 200);
            start.elapsed()
        })
        .collect();
    let best = times.iter().min().unwrap();
    assert!(*best < Duration::from_millis(50), "{times:?}");
}
