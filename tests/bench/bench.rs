//! Sets up servers and proxies, and runs the cases in turns.

use crate::case::{Case, Connections, From, To};
use crate::certificates::{self, Certificates};
use crate::destination::{Destination, Postfix, Sink};
use crate::generator;
use crate::letter::{self, Size};
use crate::load::{self, Sample};
use crate::process::Process;
use crate::report::{Machine, Memory, Report, Row};
use crate::tools::Tools;
use crate::way::{self, Backend, Proxy, Way};
use anyhow::{Context, Result, bail};
use rustls::ClientConfig;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Everything that runs. Fields are dropped in this order: proxies before what is behind them, the folder last.
pub(crate) struct Stage {
    proxies: Vec<(Way, Proxy)>,
    postfix: Option<Postfix>,
    sink: Sink,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) tools: Tools,
    letters: [(Size, Letter); 2],
    skipped: Vec<String>,
    _folder: TempDir,
}

/// A mail in both forms.
pub(crate) struct Letter {
    /// As `smtp-source` takes it.
    pub(crate) file: PathBuf,
    /// As our generator sends it.
    pub(crate) content: Arc<Vec<u8>>,
}

/// Runs all cases.
pub(crate) fn run(cases: Vec<Case>, rounds: u32, emailproxy: Option<&Path>) -> Result<Report> {
    let machine = Machine::look();
    let tools = Tools::find(emailproxy)?;
    let mut stage = Stage::set_up(tools)?;
    stage.prove_reading()?;
    let mut rows = Vec::new();
    for case in cases {
        if stage.destination(case.to).is_err() {
            continue;
        }
        rows.extend(stage.measure(&case, rounds)?);
    }
    let mut memory = Vec::new();
    for (way, proxy) in &stage.proxies {
        memory.push(Memory {
            way: *way,
            idle: proxy.idle,
            after_load: proxy.process.resident()?,
        });
    }
    let versions = stage.tools.versions();
    Ok(Report {
        machine,
        versions,
        rounds,
        rows,
        memory,
        skipped: stage.skipped,
    })
}

impl Stage {
    fn set_up(tools: Tools) -> Result<Stage> {
        let folder = tempfile::Builder::new().prefix("youward-bench").tempdir()?;
        let at = folder.path();
        // Servers under users of their own must get to their parts; keys are of this run only.
        fs::set_permissions(at, fs::Permissions::from_mode(0o755))?;
        let certificates = certificates::make(at)?;
        let mut skipped = Vec::new();
        let sink = Sink::start(&tools, at)?;
        let mut backends = vec![(To::Sink, sink.port)];
        let postfix = match &tools.postfix {
            Ok(program) => Some(Postfix::start(program, &certificates, at)?),
            Err(why) => {
                skipped.push(format!("Postfix: {why}"));
                None
            }
        };
        if let Some(postfix) = &postfix {
            backends.extend([(To::Postfix, postfix.port), (To::PostfixTls, postfix.tls_port)]);
        }
        let proxies = proxies(&tools, &backends, &certificates, at, &mut skipped)?;
        Ok(Stage {
            proxies,
            postfix,
            sink,
            tls: generator::client_tls(&certificates.ca)?,
            tools,
            letters: [
                (Size::Small, Letter::write(Size::Small, at)?),
                (Size::Large, Letter::write(Size::Large, at)?),
            ],
            skipped,
            _folder: folder,
        })
    }

    pub(crate) fn destination(&self, to: To) -> Result<&dyn Destination> {
        match to {
            To::Sink => Ok(&self.sink),
            To::Postfix | To::PostfixTls => Ok(self.postfix.as_ref().context("Postfix does not run")?),
        }
    }

    /// The port that leads there this way.
    pub(crate) fn port(&self, to: To, way: Way) -> Result<u16> {
        let port = match (self.proxy_of(way), to) {
            (Some(proxy), _) => proxy.port(to),
            (None, _) if way != Way::Direct => None,
            (None, To::Sink) => Some(self.sink.port),
            (None, To::Postfix) => self.postfix.as_ref().map(|postfix| postfix.port),
            (None, To::PostfixTls) => self.postfix.as_ref().map(|postfix| postfix.tls_port),
        };
        port.with_context(|| format!("{} does not lead to {}", way.words(), to.words()))
    }

    /// The process on this way, if there is one.
    pub(crate) fn proxy(&self, way: Way) -> Result<Option<&Process>> {
        match (way, self.proxy_of(way)) {
            (Way::Direct, _) => Ok(None),
            (_, Some(proxy)) => Ok(Some(&proxy.process)),
            (_, None) => bail!("{} does not run", way.words()),
        }
    }

    fn proxy_of(&self, way: Way) -> Option<&Proxy> {
        self.proxies.iter().find(|(of, _)| *of == way).map(|(_, proxy)| proxy)
    }

    pub(crate) fn letter(&self, size: Size) -> &Letter {
        let [(_, small), (_, large)] = &self.letters;
        match size {
            Size::Small => small,
            Size::Large => large,
        }
    }

    /// Youward must return a mail about its sender and let ours pass, else something else would be measured.
    fn prove_reading(&self) -> Result<()> {
        let case = Case {
            from: From::Generator,
            to: To::Sink,
            connections: Connections::PerMessage,
            size: Size::Small,
            sessions: 1,
            messages: 1,
        };
        let mut job = load::job(&case, self.port(To::Sink, Way::Youward)?, self);
        for size in [Size::Small, Size::Large] {
            job.content = self.letter(size).content.clone();
            let reply = generator::send_one(&job)?;
            if !reply.starts_with("250") {
                bail!("Youward does not let the {} mail pass: {reply}", size.words());
            }
        }
        job.content = Arc::new(letter::as_content(&letter::about_the_sender()));
        let reply = generator::send_one(&job)?;
        if !reply.starts_with("550") {
            bail!("Youward does not read: a mail about its sender was answered with {reply}");
        }
        Ok(())
    }

    /// One case, all ways in turns.
    fn measure(&mut self, case: &Case, rounds: u32) -> Result<Vec<Row>> {
        let mut err = io::stderr().lock();
        writeln!(err, "{}", case.name())?;
        let leads = |way: &Way| way.leads_to(case.to) && (*way == Way::Direct || self.proxy_of(*way).is_some());
        let mut turns: Vec<(Way, Vec<Sample>)> = Way::ALL
            .into_iter()
            .filter(leads)
            .map(|way| (way, Vec::new()))
            .collect();
        let mut failed = Vec::new();
        for round in 0..=rounds {
            turns.retain_mut(|(way, samples)| {
                // The first one warms up and does not count.
                let messages = if round == 0 { case.messages / 10 } else { case.messages };
                let messages = (messages / way.slowness()).max(10 * case.sessions);
                match load::run(case, *way, messages, self) {
                    Ok(sample) if round > 0 => samples.push(sample),
                    Ok(_) => {}
                    Err(error) => failed.push((*way, error)),
                }
                failed.last().is_none_or(|(lost, _)| lost != way)
            });
            // Of the others only emailproxy may fail: it is here to be compared with, not to be relied on.
            if let Some(at) = failed.iter().position(|(way, _)| *way != Way::Emailproxy) {
                let (way, error) = failed.swap_remove(at);
                return Err(error.context(format!("{}, {}", case.name(), way.words())));
            }
        }
        for (way, error) in failed {
            self.skipped.push(format!("{}, {}: {error}", case.name(), way.words()));
        }
        Ok(Row::all(case, &turns))
    }
}

impl Letter {
    fn write(size: Size, folder: &Path) -> Result<Letter> {
        let text = letter::about_the_reader(size);
        let file = folder.join(format!("{}.eml", size.octets()));
        // `smtp-source` adds the CR and the dots.
        fs::write(&file, text.replace("\r\n", "\n"))?;
        Ok(Letter {
            file,
            content: Arc::new(letter::as_content(&text)),
        })
    }
}

fn proxies(
    tools: &Tools,
    backends: &[Backend],
    certificates: &Certificates,
    folder: &Path,
    skipped: &mut Vec<String>,
) -> Result<Vec<(Way, Proxy)>> {
    let mut proxies = vec![(Way::Haproxy, way::haproxy(tools, backends, certificates, folder)?)];
    let behind = backends.iter().find(|(to, _)| to.is_tls()).map(|(_, port)| *port);
    match (&tools.emailproxy, behind) {
        (Ok(program), Some(behind)) => match way::emailproxy(program, behind, certificates, folder) {
            Ok(proxy) => proxies.push((Way::Emailproxy, proxy)),
            Err(error) => skipped.push(format!("emailproxy: {error}")),
        },
        (Ok(_), None) => {
            skipped.push("emailproxy: it speaks only TLS to a provider, so it needs Postfix here".to_owned())
        }
        (Err(why), _) => skipped.push(why.clone()),
    }
    proxies.push((Way::Youward, way::youward(backends, certificates, folder)?));
    Ok(proxies)
}
