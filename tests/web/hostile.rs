//! Mails that attack whoever looks at them: each is shown, and nothing runs, loads, opens or leads away.

use super::devtools::Browser;
use super::scene::Scene;
use crate::support::letters::Letter;
use crate::support::wait::eventually;
use crate::support::youward::HOLDING;

/// What makes it count as a pitch, so that it is held.
const PITCH: &str = "We are a leading provider of claims software. I would like to show you a demo of our incredible \
    platform. I want to tell you about our company. Do you have 15 minutes on Thursday?";

/// HTML that tries something; `CANARY` is an address off this machine.
const HTML: [&str; 26] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=CANARY/p.gif srcset='CANARY/q.gif 2x, CANARY/r.gif 3x'>",
    "<picture><source srcset=CANARY/s.webp><img src=CANARY/t.png></picture>",
    "<meta http-equiv=refresh content='0;url=CANARY/'>",
    "<svg onload=alert(1)><script>alert(1)</script><image href=CANARY/v.png /><use href='CANARY/v.svg#x'/></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<math><maction actiontype='statusline#CANARY' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<style>@import 'CANARY/c.css'; body{background:url(CANARY/b.png)} @font-face{font-family:x;src:url(CANARY/f.woff)} *{font-family:x}</style>",
    "<link rel=stylesheet href=CANARY/l.css><link rel=preload as=image href=CANARY/pre.png><link rel=dns-prefetch href=CANARY>",
    "<p style=\"background-image:url('CANARY/bg.png');list-style:url(CANARY/ls.png);cursor:url(CANARY/cur.png),auto\">x</p>",
    "<table background=CANARY/tb.png><td background=CANARY/td.png>x</table>",
    "<iframe src=CANARY/i.html srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=CANARY/o.swf><embed src=CANARY/e.swf></object>",
    "<video autoplay src=CANARY/v.mp4 poster=CANARY/v.png></video><audio autoplay src=CANARY/a.mp3></audio>",
    "<form action=CANARY/f><input name=a autofocus onfocus=alert(1)><button>Sign in</button></form>",
    "<base href=CANARY/><a href=x id=go>x</a>",
    "<a href='javascript:alert(1)' id=go>x</a>",
    "<a href=CANARY/away target=_top id=go>x</a>",
    "<a href=CANARY/ping ping=CANARY/ping2 id=go>x</a>",
    "<body onload=alert(1) background=CANARY/body.png>",
    "<details open ontoggle=alert(1)>x</details><marquee onstart=alert(1)>x</marquee>",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>'>",
    "</body></html><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template><xmp><script>alert(1)</script></xmp>",
];

/// Plain text that tries something.
const TEXT: [&str; 8] = [
    "</div></main><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= alert(1) %>",
    "\u{202e}gnp.exe\u{202c} \u{2066}\u{2067}right to left\u{2069} שלום وقت",
    "javascript:alert(1) http://canary.example/ &lt;script&gt; &#60;script&#62;",
    "<!-- --><style>*{display:none}</style>",
    "\u{feff}\u{0}\u{1b}]0;title\u{7} zalgo Z\u{351}\u{36b}\u{343}\u{36a}\u{302}",
    "<textarea><title><noembed></textarea></title><svg/onload=alert(1)>",
];

#[test]
fn hostile_mails_are_shown_harmlessly() {
    let scene = Scene::with(HOLDING, "");
    let mut ids = Vec::new();
    for (at, hostile) in HTML.iter().enumerate() {
        let hostile = hostile.replace("CANARY", "http://canary.example");
        let html = format!("<html><body><p>Hi Pat,</p><p>{PITCH}</p>{hostile}<p>{PITCH}</p></body></html>");
        ids.push((
            hostile,
            scene.stopped(&letter(&format!("h{at}"), "Our platform", "text/html", &html)),
        ));
    }
    for (at, hostile) in TEXT.iter().enumerate() {
        let hostile = hostile.replace('\u{0}', "");
        let text = format!("Hi Pat,\r\n\r\n{PITCH}\r\n\r\n{hostile}\r\n\r\n{PITCH}");
        ids.push((
            hostile.clone(),
            scene.stopped(&letter(&format!("t{at}"), &hostile, "text/plain", &text)),
        ));
    }
    let long = "w".repeat(900);
    let text = format!("Hi Pat,\r\n\r\n{PITCH}\r\n\r\n{long}\r\n\r\n{PITCH}");
    ids.push((
        "a long word".to_owned(),
        scene.stopped(&letter("long", &long, "text/plain", &text)),
    ));

    let mut browser = Browser::start();
    browser.look(360, false);
    browser.go(&scene.link("now"));
    let own = format!("http://{}/", scene.address);
    assert_eq!(
        browser.eval("document.documentElement.scrollWidth"),
        360,
        "long subjects are wrapped"
    );
    for (hostile, id) in &ids {
        browser.go(&format!("{own}mail/{id}"));
        browser.eval("document.querySelector('iframe')?.scrollIntoView()");
        if ids.iter().take(HTML.len()).any(|(_, other)| other == id) {
            eventually("the frame", || {
                browser.eval("1");
                browser.asked().iter().any(|url| url.ends_with("/html/1")).then_some(())
            });
        }
        browser.eval("new Promise((done) => setTimeout(done, 150))");
        assert_eq!(browser.logged(), [] as [String; 0], "{hostile}");
        let strange: Vec<String> = browser
            .asked()
            .into_iter()
            .filter(|url| !url.starts_with(&own) && !url.starts_with("data:image/"))
            .collect();
        assert_eq!(strange, [] as [String; 0], "{hostile}");
        assert_eq!(browser.strange(), [] as [String; 0], "{hostile}");
        assert_eq!(
            browser.eval("location.href"),
            format!("{own}mail/{id}").as_str(),
            "{hostile}"
        );
        assert_eq!(
            browser
                .eval("document.querySelectorAll('main script, main style, main svg, main form[action^=http]').length"),
            0
        );
        assert_eq!(browser.eval("document.documentElement.scrollWidth"), 360, "{hostile}");
        assert!(
            browser.eval(
                "[...document.querySelectorAll('.text')].some((text) => text.textContent.includes('leading provider'))"
            ) == true,
            "{hostile}"
        );
        let steering =
            "/[\\u202a-\\u202e\\u2066-\\u2069\\u0000-\\u0008]/.test(document.body.textContent + document.title)";
        assert_eq!(browser.eval(steering), false, "{hostile}");
    }

    // The same by itself, outside its frame, has no more rights.
    for (hostile, id) in ids.iter().take(HTML.len()) {
        browser.go(&format!("{own}mail/{id}/html/1"));
        assert_eq!(browser.logged(), [] as [String; 0], "{hostile}");
        assert_eq!(
            browser
                .eval("document.querySelectorAll('script, svg, iframe, form, link, meta[http-equiv], a[href]').length"),
            0
        );
        assert!(
            browser.eval("document.body.innerText.includes('leading provider')") == true,
            "{hostile}"
        );
        let alien = browser.asked().into_iter().find(|url| url.contains("canary"));
        assert_eq!(alien, None, "{hostile}");
        assert_eq!(browser.strange(), [] as [String; 0], "{hostile}");
    }
}

fn letter(token: &str, subject: &str, kind: &str, body: &str) -> Letter {
    let subject = subject.replace(['\r', '\n'], " ");
    let octets = format!(
        "From: Robin Rep <robin@corp.example>\r\nTo: Pat <{token}@customer.example>\r\nSubject: {subject}\r\n\
         Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{token}-hostile@corp.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
    );
    Letter {
        token: token.to_owned(),
        octets: octets.into_bytes(),
    }
}
