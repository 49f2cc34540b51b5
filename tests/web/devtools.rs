//! A browser without a window, driven over the DevTools protocol through two pipes.
//!
//! Messages are JSON that ends with a zero octet. Every test has a browser of its own with a new profile; what its pages
//! log and ask of the network is kept.

use crate::copies::browser::{is_its_own, listen};
use crate::support::process::Process;
use crate::support::programs::need;
use crate::support::scratch::Scratch;
use crate::support::wait::{DEADLINE, within};
use base64::Engine;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A browser with one tab.
pub(super) struct Browser {
    input: File,
    output: Receiver<Value>,
    session: Option<String>,
    calls: u64,
    events: Vec<Value>,
    /// What any of its processes asked of the network off this machine.
    strange: Arc<Mutex<Vec<String>>>,
    _process: Process,
    scratch: Scratch,
}

impl Browser {
    pub(super) fn start() -> Browser {
        let scratch = Scratch::new("devtools");
        let (to, from) = (scratch.join("to"), scratch.join("from"));
        let mut fifos = Command::new(need("mkfifo"));
        fifos.args([&to, &from]);
        assert!(Process::run(fifos, b"").status.success());
        let strange = Arc::new(Mutex::new(Vec::new()));
        let proxy = listen(Arc::clone(&strange));
        let mut command = Command::new(need("sh"));
        command
            .args(["-c", "exec \"$0\" \"$@\" 3<to 4>from"])
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
                "--disable-sync",
            ])
            .args([
                "--disable-default-apps",
                "--disable-extensions",
                "--lang=en-GB",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--proxy-server=http://127.0.0.1:{proxy}"))
            .arg(format!("--user-data-dir={}", scratch.join("profile").display()))
            .env("HOME", scratch.path())
            .env("TZ", "Asia/Tokyo")
            .current_dir(scratch.path());
        let process = Process::start(command, b"");
        // In the order in which the shell opens them: each side waits for the other.
        let input = OpenOptions::new().write(true).open(&to).unwrap();
        let output = messages(File::open(&from).unwrap());
        let mut browser = Browser {
            input,
            output,
            session: None,
            calls: 0,
            events: Vec::new(),
            strange,
            _process: process,
            scratch,
        };
        let tab = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method and gives its result.
    pub(super) fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut octets = serde_json::to_vec(&message).unwrap();
        octets.push(0);
        self.input.write_all(&octets).expect("the browser runs");
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&mut self) -> Value {
        let message = self.output.recv_timeout(DEADLINE);
        message.unwrap_or_else(|error| {
            panic!(
                "the browser says nothing more ({error}); before that: {:#?}",
                self.events
            )
        })
    }

    /// Goes to an address, and waits until the page and all that it loads is there.
    pub(super) fn go(&mut self, url: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({ "url": url }));
        self.wait_for_load();
    }

    /// Waits until a page that is on its way is there.
    pub(super) fn wait_for_load(&mut self) {
        let is_load = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(is_load) {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// Forgets what was logged and asked so far, for what follows a click.
    pub(super) fn forget(&mut self) {
        self.events.clear();
    }

    /// The value of an expression in the page.
    pub(super) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", params);
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Asks the page until an expression is true.
    pub(super) fn until(&mut self, expression: &str) {
        let met = within(DEADLINE, || {
            let params = json!({ "expression": expression, "returnByValue": true });
            // The page may be gone at this moment, and another on its way.
            let result = self.call("Runtime.evaluate", params);
            (result["result"]["value"] == true).then_some(())
        });
        assert!(
            met.is_some(),
            "never true: {expression}\n{}",
            self.eval("document.body.innerText")
        );
    }

    /// A key, as somebody presses it.
    pub(super) fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let text = if key == "Enter" && kind == "keyDown" { "\r" } else { "" };
            let params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// Types a text where the focus is.
    pub(super) fn type_in(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// The window's width, and whether the viewer likes it dark.
    pub(super) fn look(&mut self, width: u32, dark: bool) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Whether pages may run scripts.
    pub(super) fn scripts(&mut self, allowed: bool) {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed }));
    }

    /// What the pages logged since the last `go`: errors, warnings and words; and dialogs that they opened.
    pub(super) fn logged(&mut self) -> Vec<String> {
        // Where scripts may not run, no timer of the page's does either.
        std::thread::sleep(Duration::from_millis(50));
        self.eval("1");
        let methods = [
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
            "Log.entryAdded",
            "Page.javascriptDialogOpening",
        ];
        let logged = self
            .events
            .iter()
            .filter(|event| methods.iter().any(|method| event["method"] == *method));
        logged.map(Value::to_string).collect()
    }

    /// Every address that was asked for since the last `go`.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self
            .events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent");
        asked
            .map(|event| {
                event["params"]["request"]["url"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    }

    /// What was asked of any other machine since it started, by pages and by frames, which have processes of their own. Such
    /// requests end at a proxy that lets nothing through; those to this machine don't pass it. A
    /// connection that was opened ahead and never used asks nothing.
    pub(super) fn strange(&self) -> Vec<String> {
        let asked = self.strange.lock().unwrap();
        asked
            .iter()
            .filter(|line| !line.is_empty() && !is_its_own(line))
            .cloned()
            .collect()
    }

    /// A picture of the whole page.
    pub(super) fn picture(&mut self) -> Vec<u8> {
        let params = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.call("Page.captureScreenshot", params);
        let text = picture["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(text).unwrap()
    }

    /// A file of the test's own, beside the profile.
    pub(super) fn scratch(&self) -> &Scratch {
        &self.scratch
    }
}

/// What the browser says, message by message, on a thread, so that its silence can be waited for.
fn messages(pipe: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut octets = Vec::new();
        while pipe.read_until(0, &mut octets).is_ok_and(|count| count > 0) {
            let message = serde_json::from_slice(octets.strip_suffix(b"\0").unwrap_or(&octets));
            octets.clear();
            if message.map(|message| sender.send(message)).is_err() {
                break;
            }
        }
    });
    receiver
}
