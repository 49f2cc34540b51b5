//! A browser without a window, what it measures, and a proxy that takes down whatever it asks of the network.

use crate::support::process::Process;
use crate::support::programs::need;
use crate::support::scratch::Scratch;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A page to show in a frame of some width.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) html: String,
    pub(super) width: u32,
}

/// What the browser saw.
pub(super) struct Seen {
    pub(super) frames: Vec<Measured>,
    /// The first line of each request that left the browser and was not its own.
    pub(super) asked: Vec<String>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Measured {
    pub(super) name: String,
    /// Whether the page was asked for its dark colours.
    pub(super) dark: bool,
    /// What reaches beyond the frame.
    pub(super) wider: String,
    /// Text with too little contrast.
    pub(super) faint: String,
    /// How many pieces of text were measured.
    pub(super) texts: usize,
    /// The size of the page's plain text, in pixels.
    pub(super) font: f64,
}

const MEASURE: &str = include_str!("measure.js");

/// Shows all pages at once and measures them.
pub(super) fn measure(cases: &[Case], dark: bool) -> Seen {
    let scratch = Scratch::new("browser");
    let mut frames = String::new();
    for case in cases {
        frames.push_str(&format!(
            "<iframe title=\"{}\" style=\"width:{}px\" srcdoc=\"{}\"></iframe>\n",
            attribute(&case.name),
            case.width,
            attribute(&case.html)
        ));
    }
    let page = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <style>iframe {{ display: block; border: 0; height: 600px }}</style></head><body>{frames}\
         <script type=\"text/plain\" id=\"out\"></script><script>{MEASURE}</script></body></html>"
    );
    let page = scratch.write("page.html", page);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let proxy = listen(Arc::clone(&asked));
    let mut command = Command::new(need("timeout"));
    command
        .arg("60")
        .arg(need("chromium"))
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ])
        .args([
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
        ])
        .args([
            "--disable-sync",
            "--disable-default-apps",
            "--disable-extensions",
            "--metrics-recording-only",
        ])
        .arg(format!(
            "--blink-settings=preferredColorScheme={}",
            if dark { 0 } else { 1 }
        ))
        .arg(format!("--proxy-server=http://127.0.0.1:{proxy}"))
        .arg(format!("--user-data-dir={}", scratch.join("profile").display()))
        .args(["--window-size=1300,900", "--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("file://{}", page.display()))
        .env("HOME", scratch.path());
    let ended = Process::run(command, b"");
    let (_, after) = ended
        .stdout
        .split_once("id=\"out\">")
        .unwrap_or_else(|| panic!("the browser shows nothing: {}\n{}", ended.stdout, ended.stderr));
    let (json, _) = after.split_once("</script>").unwrap();
    let frames = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}\n{}", ended.stderr));
    let asked = asked.lock().unwrap().clone();
    let asked = asked.into_iter().filter(|line| !is_its_own(line)).collect();
    Seen { frames, asked }
}

/// Whether a request is the browser's own, for its maker's clock, updates and accounts, or for the search that Debian sets.
pub(crate) fn is_its_own(line: &str) -> bool {
    let target = line.split(' ').nth(1).unwrap_or_default();
    let host = target
        .trim_start_matches("http://")
        .split(['/', ':'])
        .next()
        .unwrap_or_default();
    [".google.com", ".googleapis.com", ".gvt1.com", ".duckduckgo.com"]
        .iter()
        .any(|maker| host.ends_with(maker))
}

/// A proxy that lets nothing through. Its thread ends with the tests.
pub(crate) fn listen(asked: Arc<Mutex<Vec<String>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
            let mut head = [0; 2048];
            let count = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..count]).into_owned();
            asked
                .lock()
                .unwrap()
                .push(head.lines().next().unwrap_or_default().to_owned());
            stream
                .write_all(b"HTTP/1.1 403 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .ok();
        }
    });
    port
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
