//! Every page in a real browser: light and dark, narrow and wide, by keyboard, without scripts, and by axe-core's rules.

use super::devtools::Browser;
use super::scene::Scene;
use super::trends::{seed, seed_draft};
use crate::support::letters;
use crate::support::wait::eventually;
use serde_json::Value;
use std::path::Path;
use youward::store::State;

/// Where `tests/install` puts it.
const AXE: &str = "/usr/local/share/youward-tests/axe-core-4.14.1.js";

/// Lines that don't fit the window, if any, and what sticks out.
const WIDER: &str = "document.documentElement.scrollWidth <= innerWidth ? '' : [...document.querySelectorAll('*')]\
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((e) => e.outerHTML.slice(0, 90)).join()";

fn page_of(scene: &Scene) -> (Vec<(String, &'static str)>, String) {
    let subject = "Saving time at your Lille docks";
    let first = letters::selfish_about(subject, "");
    let before = scene.stopped(&first);
    let fields = format!("References: <{}@corp.example>\r\n", first.token);
    scene.submit_octets(&letters::selfish_about(subject, &fields).octets, &first.recipient());
    let second = eventually("the second round", || {
        let records = scene.ledger.records();
        records
            .iter()
            .find(|record| record.round == 2)
            .map(|record| record.id.0.clone())
    });
    let draft = seed_draft(scene);
    seed(scene, 60);
    let pages = vec![
        ("/".to_owned(), "Now"),
        (format!("/mail/{second}"), "Saving time"),
        (format!("/mail/{before}"), "Saving time"),
        (format!("/draft/{draft}"), "Our award-winning"),
        ("/trends".to_owned(), "Trends"),
        ("/standard".to_owned(), "Standard"),
        ("/standard/rules/ask".to_owned(), "A request for their time"),
        ("/try".to_owned(), "What would happen"),
        ("/audit".to_owned(), "Audit"),
        ("/audit?q=nobody".to_owned(), "Audit"),
    ];
    (pages, second)
}

#[test]
fn every_page_fits_is_quiet_and_has_no_serious_fault() {
    let axe = std::fs::read_to_string(Path::new(AXE)).unwrap_or_else(|_| panic!("no {AXE}: run tests/install"));
    let scene = Scene::new();
    let (pages, _) = page_of(&scene);
    let mut browser = Browser::start();
    browser.go(&scene.link("now"));
    let own = format!("http://{}/", scene.address);
    for (target, heading) in &pages {
        for (width, dark) in [(360, false), (360, true), (1200, false), (1200, true)] {
            let what = format!("{target}, {width} px, dark: {dark}");
            browser.look(width, dark);
            browser.go(&format!("http://{}{target}", scene.address));
            let found = browser.eval("document.querySelector('h1').textContent");
            assert!(found.as_str().unwrap().starts_with(heading), "{what}: {found}");
            assert_eq!(browser.logged(), [] as [String; 0], "{what}");
            assert!(
                browser.asked().iter().all(|url| url.starts_with(&own)),
                "{what}: {:?}",
                browser.asked()
            );
            assert_eq!(browser.eval(WIDER), "", "{what}");
            // Contrast differs between the schemes, the rest does not.
            browser.call("Runtime.evaluate", serde_json::json!({ "expression": axe }));
            let run = if width == 1200 || !dark {
                "{}"
            } else {
                "{ runOnly: ['color-contrast'] }"
            };
            let found = browser.eval(&format!(
                "axe.run(document, {run}).then((r) => r.violations.filter((v) => v.impact !== 'minor').map((v) => \
                 v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')))"
            ));
            assert_eq!(found, serde_json::json!([]), "{what}");
        }
    }
}

/// The measure measures.
#[test]
fn faults_are_found_where_there_are_some() {
    let axe = std::fs::read_to_string(Path::new(AXE)).unwrap_or_else(|_| panic!("no {AXE}: run tests/install"));
    let mut browser = Browser::start();
    let bad = "<html><title>x</title><body style='background:#fff'><p style='color:#aaa'>faint</p><input>\
               <p style='width:3000px'>wide</p><script>console.log('x');fetch('http://canary.example/')</script>";
    let page = browser.scratch().write("bad.html", bad);
    browser.look(360, false);
    browser.go(&format!("file://{}", page.display()));
    assert_ne!(browser.eval(WIDER), "");
    assert!(!browser.logged().is_empty());
    assert!(browser.asked().iter().any(|url| url.contains("canary.example")));
    let asked = eventually("a request", || browser.strange().into_iter().next());
    assert!(asked.contains("canary.example"), "{asked}");
    browser.call("Runtime.evaluate", serde_json::json!({ "expression": axe }));
    let found = browser.eval("axe.run().then((r) => r.violations.map((v) => v.id))");
    let ids: Vec<&str> = found.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for id in ["color-contrast", "label", "html-has-lang"] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
}

#[test]
fn a_mail_is_allowed_by_keyboard_and_the_page_follows() {
    let scene = Scene::new();
    let letter = letters::selfish();
    let id = scene.stopped(&letter);
    let mut browser = Browser::start();
    browser.look(1200, false);
    browser.go(&scene.link(&id));
    assert_eq!(
        browser.eval("location.pathname + location.search"),
        format!("/mail/{id}").as_str()
    );
    // The first tab stop leads past the navigation.
    browser.press("Tab", 9);
    assert_eq!(browser.eval("document.activeElement.className"), "skip");
    // A finding's number shows its why and its question.
    assert_eq!(
        browser.eval("getComputedStyle(document.querySelector('.tip')).display"),
        "none"
    );
    browser.eval("document.querySelector('.place .n').focus()");
    assert_eq!(
        browser.eval("getComputedStyle(document.querySelector('.tip')).display"),
        "block"
    );
    assert!(browser.eval("document.querySelector('.tip').textContent.trim().length > 40") == true);
    // Times are in the viewer's zone.
    let time = browser.eval("(() => { const t = document.querySelector('time'); return [t.textContent, t.title]; })()");
    assert!(
        time[0] != time[1] && time[1].as_str().unwrap().ends_with("UTC"),
        "{time}"
    );
    browser.eval("document.querySelector('#why-allow').focus()");
    browser.type_in("Pat asked for it");
    browser.forget();
    browser.press("Enter", 13);
    browser.wait_for_load();
    browser.until("document.querySelector('.told')?.textContent.startsWith('Allowed.')");
    assert_eq!(scene.ledger.state(&id), State::Allowed);
    // The page shows by itself that it went.
    assert_eq!(scene.submit(&letter).code, 250);
    browser.until("document.querySelector('.head').textContent.includes('It has gone to its recipients')");
    assert_eq!(browser.logged(), [] as [String; 0]);
}

#[test]
fn what_is_being_typed_is_not_lost_when_something_changes() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let mut browser = Browser::start();
    browser.go(&scene.link(&id));
    browser.eval("document.querySelector('#why-discard').focus()");
    browser.type_in("half a thou");
    scene.stopped(&letters::selfish());
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(
        browser.eval("document.querySelector('#why-discard').value"),
        "half a thou"
    );
}

#[test]
fn the_list_follows_what_happens() {
    let scene = Scene::new();
    let mut browser = Browser::start();
    browser.go(&scene.link("now"));
    assert!(
        browser
            .eval("document.body.innerText")
            .as_str()
            .unwrap()
            .contains("Nothing waits for you.")
    );
    // As long as nothing happens the page stays as it is.
    browser.eval("void (document.getElementById('live').mark = true)");
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(browser.eval("document.getElementById('live').mark") == true);
    let id = scene.stopped(&letters::selfish());
    browser.until(&format!("!!document.querySelector('a[href=\"/mail/{id}\"]')"));
}

#[test]
fn everything_but_liveness_works_without_scripts() {
    let scene = Scene::new();
    let id = scene.stopped(&letters::selfish());
    let mut browser = Browser::start();
    browser.scripts(false);
    browser.go(&scene.link(&id));
    // The protocol still looks into the page.
    let time = browser.eval("document.querySelector('time').textContent");
    assert!(time.as_str().unwrap().ends_with("UTC"), "{time}");
    browser.eval("document.querySelector('#why-discard').focus()");
    browser.type_in("rewritten");
    browser.forget();
    browser.press("Enter", 13);
    browser.wait_for_load();
    assert_eq!(scene.ledger.state(&id), State::Discarded);
    assert!(
        browser
            .eval("document.querySelector('.told').textContent")
            .as_str()
            .unwrap()
            .starts_with("Given up.")
    );
}

/// Pictures of all pages, for people to look at: `YOUWARD_PICTURES` names the folder.
#[test]
#[ignore = "makes pictures for people"]
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no settings to say where pictures go"
)]
fn pictures() {
    let folder = std::env::var("YOUWARD_PICTURES").expect("YOUWARD_PICTURES names a folder");
    let scene = Scene::new();
    let (pages, _) = page_of(&scene);
    let mut browser = Browser::start();
    browser.go(&scene.link("now"));
    for (at, (target, _)) in pages.iter().enumerate() {
        for (width, dark) in [(360, false), (360, true), (1200, false), (1200, true)] {
            browser.look(width, dark);
            browser.go(&format!("http://{}{target}", scene.address));
            let scheme = if dark { "dark" } else { "light" };
            std::fs::write(
                Path::new(&folder).join(format!("{at}-{width}-{scheme}.png")),
                browser.picture(),
            )
            .unwrap();
        }
    }
}
