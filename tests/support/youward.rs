//! Starts `youward run` with a configuration of the test's own, and asks its store by the commands that people use.

use super::process::{Ended, Process};
use super::scratch::Scratch;
use serde_json::Value;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Youward is told.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// The providers' endpoints, inline tables in TOML. Each gets all listeners, and a number for a name.
    pub(crate) smtp: Vec<String>,
    /// The providers' IMAP server, an inline table in TOML, if mailboxes are to be used.
    pub(crate) imap: Option<String>,
    /// Whether MAIL needs AUTH.
    pub(crate) require_auth: bool,
    /// TLS of each listener.
    pub(crate) listeners: Vec<&'static str>,
    /// The standard.
    pub(crate) standard: Standard,
    /// Whether to read by all rules that are built in, as users do. Otherwise by a few of them, for a start in no time.
    pub(crate) all_rules: bool,
    /// The data folder, if it is not to be beside the configuration.
    pub(crate) data: Option<PathBuf>,
    /// Lines at the end of the standard, for example `[release]`.
    pub(crate) terms: &'static str,
    /// Whether the review page is served, on a port that the system chooses.
    pub(crate) page: bool,
    /// Lines after everything else, for example `[limits]`.
    pub(crate) more: String,
}

/// The standard's settings that the tests vary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standard {
    /// Below this score a mail is annotated.
    pub(crate) annotate_below: i32,
    /// Below this score it is returned or held.
    pub(crate) act_below: i32,
    /// `return` or `hold`.
    pub(crate) act: &'static str,
}

/// What the reply to a held mail says.
pub(crate) const HELD: &str = "Held for rewrite";

/// As delivered: annotates below 75 and acts below 50.
pub(crate) const RETURNING: Standard = Standard {
    annotate_below: 75,
    act_below: 50,
    act: "return",
};
/// The same, with custody.
pub(crate) const HOLDING: Standard = Standard {
    act: "hold",
    ..RETURNING
};
/// Annotates and never acts.
pub(crate) const ANNOTATING: Standard = Standard {
    act_below: 0,
    ..RETURNING
};

impl Setup {
    /// For a provider without TLS on this port, one listener without TLS, AUTH not needed.
    pub(crate) fn clear(port: u16) -> Setup {
        Setup::of(vec![clear(port)])
    }

    /// For several providers without TLS.
    pub(crate) fn all_clear(ports: impl IntoIterator<Item = u16>) -> Setup {
        Setup::of(ports.into_iter().map(clear).collect())
    }

    /// For a provider with TLS (`implicit` or `starttls`) whose certificate is by the authority in `ca`; AUTH needed.
    pub(crate) fn tls(port: u16, tls: &str, ca: &Path) -> Setup {
        Setup::all_tls([(port, tls)], ca)
    }

    /// For several providers with TLS.
    pub(crate) fn all_tls<'a>(providers: impl IntoIterator<Item = (u16, &'a str)>, ca: &Path) -> Setup {
        let ca = ca.display();
        let smtp = |(port, tls)| format!("{{ host = \"localhost\", port = {port}, tls = \"{tls}\", ca = \"{ca}\" }}");
        Setup {
            require_auth: true,
            ..Setup::of(providers.into_iter().map(smtp).collect())
        }
    }

    fn of(smtp: Vec<String>) -> Setup {
        Setup {
            smtp,
            imap: None,
            require_auth: false,
            listeners: vec!["none"],
            standard: RETURNING,
            all_rules: false,
            data: None,
            terms: "",
            page: false,
            more: String::new(),
        }
    }

    /// The same with mailboxes at an IMAP server without TLS on this port.
    pub(crate) fn imap(self, port: u16) -> Setup {
        Setup {
            imap: Some(clear(port)),
            ..self
        }
    }

    /// The same with these lines at the end of the standard.
    pub(crate) fn terms(self, terms: &'static str) -> Setup {
        Setup { terms, ..self }
    }

    /// The same with this standard.
    pub(crate) fn standard(self, standard: Standard) -> Setup {
        Setup { standard, ..self }
    }
}

fn clear(port: u16) -> String {
    format!("{{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}")
}

/// A command that starts a proxy: the program as it is, under a tracer, or one that is wrong on purpose.
///
/// The proxy must take `run --config FILE` after these words, and print what `youward run` prints when it is ready.
#[derive(Debug, Clone)]
pub(crate) struct ProxyCommand {
    /// Program and first arguments.
    pub(crate) words: Vec<OsString>,
    /// Environment.
    pub(crate) environment: Vec<(OsString, OsString)>,
}

impl ProxyCommand {
    /// The program under test.
    pub(crate) fn youward() -> ProxyCommand {
        ProxyCommand {
            words: vec![env!("CARGO_BIN_EXE_youward").into()],
            environment: Vec::new(),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).envs(self.environment.iter().cloned());
        command
    }
}

/// A running Youward.
pub(crate) struct Youward {
    process: Process,
    ports: Ports,
    house: House,
}

/// Where a Youward lives: its configuration and data. Stays when the process goes.
pub(crate) struct House {
    scratch: Scratch,
    data: PathBuf,
    command: ProxyCommand,
}

/// A record of the store, as `youward held` shows it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Its id.
    pub(crate) id: String,
    /// `held`, `returned`, …
    pub(crate) state: String,
    /// The whole record, as listed.
    pub(crate) json: Value,
}

impl House {
    /// Writes the configuration.
    pub(crate) fn new(setup: &Setup) -> House {
        House::with(setup, ProxyCommand::youward())
    }

    /// Writes the configuration for another proxy.
    pub(crate) fn with(setup: &Setup, command: ProxyCommand) -> House {
        let scratch = Scratch::new("house");
        let data = setup.data.clone().unwrap_or_else(|| scratch.join("data"));
        let house = House { scratch, data, command };
        house.configure(setup);
        house
    }

    /// Writes the configuration anew, data stays.
    pub(crate) fn configure(&self, setup: &Setup) {
        let mut text = format!("data_dir = \"{}\"\n", self.data().display());
        for (number, smtp) in setup.smtp.iter().enumerate() {
            let require_auth = setup.require_auth;
            text += &format!("[[upstream]]\nname = \"{number}\"\nrequire_auth = {require_auth}\nsmtp = {smtp}\n");
            if let Some(imap) = &setup.imap {
                text += &format!("imap = {imap}\n");
            }
            for tls in &setup.listeners {
                text += &format!("[[upstream.listen]]\naddress = \"127.0.0.1:0\"\ntls = \"{tls}\"\n");
            }
        }
        text += if setup.page {
            "[web]\nlisten = \"127.0.0.1:0\"\n"
        } else {
            "[web]\nlisten = \"off\"\n"
        };
        text += "[standard]\nfile = \"standard.toml\"\n";
        if !setup.all_rules {
            text += "[rules]\ndir = \"rules\"\n";
            for name in ["classes.toml", "message.toml", "sell.toml", "want.toml", "ask.toml"] {
                let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/rules/en").join(name);
                self.scratch
                    .write(&format!("rules/{name}"), std::fs::read(built_in).unwrap());
            }
        }
        self.scratch.write("youward.toml", text + &setup.more);
        let Standard {
            annotate_below,
            act_below,
            act,
        } = setup.standard;
        self.scratch.write(
            "standard.toml",
            format!(
                "annotate_below = {annotate_below}\nact_below = {act_below}\nact = \"{act}\"\nmode = \"enforce\"\n\
                 history_unknown = \"first_touch\"\non_error = \"pass\"\n{}",
                setup.terms
            ),
        );
    }

    /// Writes a file beside the configuration.
    pub(crate) fn write(&self, name: &str, text: &str) {
        self.scratch.write(name, text);
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// The settings' file.
    pub(crate) fn settings(&self) -> PathBuf {
        self.scratch.join("youward.toml")
    }

    /// Gives the configuration, and the data to be, to another user.
    pub(crate) fn give_to(&self, user: u32) {
        let mut chown = Command::new("chown");
        chown.arg("-R").arg(user.to_string()).arg(self.scratch.path());
        assert!(Process::run(chown, b"").status.success());
    }

    /// Starts the proxy and waits until it is ready.
    pub(crate) fn start(self) -> Youward {
        let mut command = self.command.command();
        command
            .arg("run")
            .arg("--config")
            .arg(self.scratch.join("youward.toml"));
        let mut process = Process::start(command, b"");
        let ports = process.wait_for("line `ready`", |stdout, _| ports(stdout));
        Youward {
            process,
            ports,
            house: self,
        }
    }

    /// Runs the proxy where it is expected to end by itself.
    pub(crate) fn run_to_end(&self) -> Ended {
        let mut command = self.command.command();
        command
            .arg("run")
            .arg("--config")
            .arg(self.scratch.join("youward.toml"));
        Process::run(command, b"")
    }

    /// Runs `youward held …` on its data.
    pub(crate) fn held(&self, words: &[&str]) -> Ended {
        let mut command = ProxyCommand::youward().command();
        command.arg("held").args(words).arg("--data-dir").arg(self.data());
        Process::run(command, b"")
    }

    /// Runs `youward status` on its settings.
    pub(crate) fn status(&self) -> Ended {
        let mut command = ProxyCommand::youward().command();
        command
            .arg("status")
            .arg("--config")
            .arg(self.scratch.join("youward.toml"));
        Process::run(command, b"")
    }

    /// Everything kept, newest first.
    pub(crate) fn kept(&self) -> Vec<Kept> {
        let listed = self.held(&["list", "--limit", "0", "--format", "json"]);
        assert!(listed.status.success(), "held list: {listed:?}");
        let json: Value = serde_json::from_str(&listed.stdout).unwrap_or_else(|error| panic!("{error}: {listed:?}"));
        let records = json.as_array().unwrap_or_else(|| panic!("not a list: {json}"));
        let word = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let kept = records.iter().map(|json| Kept {
            id: word(json, "id"),
            state: word(json, "state"),
            json: json.clone(),
        });
        kept.collect()
    }

    /// The octets of a kept mail.
    pub(crate) fn raw(&self, id: &str) -> Vec<u8> {
        let mut command = ProxyCommand::youward().command();
        command
            .args(["held", "show", id, "--raw", "--data-dir"])
            .arg(self.data());
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "held show {id}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }
}

impl Youward {
    /// Configures and starts the program under test.
    pub(crate) fn start(setup: &Setup) -> Youward {
        House::new(setup).start()
    }

    /// The port of the listener with this TLS.
    pub(crate) fn port(&self, tls: &str) -> u16 {
        self.port_of(0, tls)
    }

    /// The same, of the listener that leads to the provider with this number.
    pub(crate) fn port_of(&self, provider: usize, tls: &str) -> u16 {
        self.ports[&(provider, tls.to_owned())]
    }

    /// The port of the listener without TLS.
    pub(crate) fn clear_port(&self) -> u16 {
        self.port("none")
    }

    /// Its configuration and data.
    pub(crate) fn house(&self) -> &House {
        &self.house
    }

    /// The certificate that it made for this machine, as a file.
    pub(crate) fn loopback_certificate(&self) -> PathBuf {
        self.house.data().join("loopback-cert.pem")
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Whether the process runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// The process itself.
    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        self.process.said()
    }

    /// SIGKILL; its house stays.
    pub(crate) fn kill(mut self) -> House {
        self.process.kill();
        self.house
    }

    /// Stops it by SIGTERM, in order; its house stays.
    pub(crate) fn stop(mut self) -> House {
        self.process.terminate();
        let ended = self.process.wait(super::wait::DEADLINE);
        let said = self.process.said();
        assert!(
            ended.is_some_and(|status| status.success()),
            "stopped by SIGTERM with {ended:?}:\n{said}"
        );
        self.house
    }
}

/// Ports by the provider's number and TLS kind, with `imap ` before it for IMAP.
type Ports = HashMap<(usize, String), u16>;

/// The ports, once `ready` has been said.
fn ports(stdout: &str) -> Option<Ports> {
    stdout.lines().any(|line| line == "ready").then(|| {
        let listening = stdout.lines().filter_map(|line| line.strip_prefix("listening "));
        let parsed = listening.filter_map(|line| {
            let mut words = line.split(' ');
            let (provider, address, tls) = (words.next()?, words.next()?, words.next()?);
            let (_, port) = address.rsplit_once(':')?;
            let kind = if words.next() == Some("imap") {
                format!("imap {tls}")
            } else {
                tls.to_owned()
            };
            Some(((provider.parse().ok()?, kind), port.parse().ok()?))
        });
        parsed.collect()
    })
}

#[test]
fn reads_the_ports_when_ready() {
    let said = "listening 0 127.0.0.1:4001 none\nlistening 1 127.0.0.1:4002 implicit imap\n";
    assert_eq!(ports(said), None);
    let ports = ports(&format!("{said}ready\n")).unwrap();
    assert_eq!(
        (ports[&(0, "none".into())], ports[&(1, "imap implicit".into())]),
        (4001, 4002)
    );
}
