//! What is measured: the reading itself by the clock, and by callgrind, whose counts no other load can move.

use crate::corpus::{self, Kind};
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use youward::mail::{Mail, Prose, ScanLimits};
use youward::reading::{self, Context, Packs};

/// The form in which a text comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A decoded plain text.
    Plain,
    /// A mail with one HTML part.
    Html,
    /// A mail with one plain part and the header that clients write, as SMTP carries it.
    Mail,
}

/// The header of a mail as common clients write it.
const HEADER: &str = "Received: from laptop.seller.example (laptop.seller.example [192.0.2.7])\r\n\
    \tby mail.seller.example with ESMTPSA id 4d2f9a\r\n\tfor <ana.lima@acme.example>; Tue, 5 May 2026 10:00:00 +0200\r\n\
    Message-ID: <3c1f0e9e-6a57-4b5c-9d0c-2f1f1c6a7b10@seller.example>\r\n\
    Date: Tue, 5 May 2026 10:00:00 +0200\r\nMIME-Version: 1.0\r\nUser-Agent: Mozilla Thunderbird\r\n\
    Content-Language: en-GB\r\nSubject: Your second dock in Porto\r\n\
    From: Tom Keller <tom.keller@seller.example>\r\nTo: Ana Lima <ana.lima@acme.example>\r\n\
    Cc: \"Keller, Jo\" <jo.keller@seller.example>\r\nContent-Type: text/plain; charset=UTF-8; format=flowed\r\n\
    Content-Transfer-Encoding: 7bit\r\n\r\n";

/// One thing that is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) form: Form,
    pub(crate) size: usize,
}

impl Case {
    /// Its name, also what a child process is told.
    pub(crate) fn name(self) -> String {
        let form = match self.form {
            Form::Plain => "plain",
            Form::Html => "html",
            Form::Mail => "mail",
        };
        format!("{}-{form}-{}", self.kind.name(), self.size)
    }

    /// All cases.
    pub(crate) fn all() -> Vec<Case> {
        let mut cases = Vec::new();
        for size in [4 * 1024, 100 * 1024, 10 * 1000 * 1000] {
            for kind in Kind::ALL
                .into_iter()
                .filter(|kind| size < 1_000_000 || *kind == Kind::Mixed)
            {
                let form = Form::Plain;
                cases.push(Case { kind, form, size });
            }
        }
        let kind = Kind::Mixed;
        for (form, size) in [(Form::Html, 100 * 1024), (Form::Mail, 4 * 1024)] {
            cases.push(Case { kind, form, size });
        }
        cases
    }

    /// How many texts it takes until what was learned of one is of no use for it when it comes again.
    fn turns(self) -> u64 {
        match self.kind {
            Kind::Fresh => (1024 * 1024 / self.size.max(1)).max(2) as u64,
            _ => 1,
        }
    }

    /// The case, ready to be read.
    pub(crate) fn prepare(self) -> Input {
        let text = corpus::text(self.kind, self.size, 0);
        match self.form {
            Form::Plain => {
                let turns = 0..self.turns();
                Input::Plain(turns.map(|turn| corpus::text(self.kind, self.size, turn)).collect())
            }
            Form::Mail => {
                let body = text.get(..text.len().saturating_sub(HEADER.len())).unwrap_or_default();
                Input::Mail(Mail::new([HEADER, &body.replace('\n', "\r\n")].concat().into_bytes()))
            }
            Form::Html => {
                let mut mail =
                    "Subject: A word\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>\r\n".to_owned();
                for paragraph in text.split("\n\n") {
                    mail.push_str("<p style=\"margin:0\">");
                    mail.push_str(paragraph);
                    mail.push_str("</p>\r\n");
                }
                mail.push_str("</body></html>\r\n");
                Input::Mail(Mail::new(mail.into_bytes()))
            }
        }
    }
}

/// What waits to be read.
pub(crate) enum Input {
    /// One text after the other.
    Plain(Vec<String>),
    Mail(Mail),
}

impl Input {
    /// How many octets there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Input::Plain(texts) => texts.first().map_or(0, String::len),
            Input::Mail(mail) => mail.octets().len(),
        }
    }

    #[inline(never)]
    /// Reads it once, from the decoded body to findings and score; gives the number of findings.
    pub(crate) fn read(&self, packs: &Packs, turn: usize) -> usize {
        let context = Context {
            assume_prospecting: true,
            ..Context::default()
        };
        let prose = match self {
            Input::Plain(texts) => Prose::from_text(&texts[turn % texts.len()]),
            Input::Mail(mail) => Prose::extract(mail, &ScanLimits::default()).unwrap_or_default(),
        };
        let reading = reading::read(&prose, &context, packs);
        black_box(&reading).findings.len()
    }
}

/// Median time of one reading in so much time altogether.
pub(crate) fn time_of(input: &Input, packs: &Packs, altogether: Duration) -> Duration {
    input.read(packs, 0);
    let mut turn = 0;
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < altogether || times.len() < 5 {
        // Several short readings at a time, so that reading the clock counts for nothing.
        let rounds = (200_000 / input.len().max(1)).clamp(1, 100);
        let begun = Instant::now();
        for _ in 0..rounds {
            black_box(input.read(packs, turn));
            turn += 1;
        }
        times.push(begun.elapsed() / u32::try_from(rounds).unwrap_or(1));
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// Median time to compile packs.
pub(crate) fn compile_time(files: &[(String, String)]) -> Duration {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let mut times: Vec<Duration> = (0..11)
        .map(|_| {
            let begun = Instant::now();
            black_box(Packs::parse(&files).is_ok());
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Resident memory of this process in octets, where the system tells.
pub(crate) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// The work of a child process: compile the packs, read a case so many times.
pub(crate) fn child(name: &str, rounds: usize) {
    let packs = Packs::builtin();
    if let Some(case) = Case::all().into_iter().find(|case| case.name() == name) {
        let input = case.prepare();
        for turn in 0..rounds {
            black_box(input.read(&packs, turn));
        }
    }
}

/// Instructions an octet as callgrind counts them: two runs that differ by one reading, the last one in turn of those that
/// are different. `None` without valgrind.
pub(crate) fn instructions(case: Case) -> Option<f64> {
    let count = |rounds: usize| -> Option<f64> {
        let program: PathBuf = std::env::current_exe().ok()?;
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(program)
            .args(["--child", &case.name(), &rounds.to_string()])
            .output()
            .ok()?;
        let told = String::from_utf8_lossy(&output.stderr);
        let line = told.lines().find_map(|line| line.split_once("Collected : "))?;
        line.1.trim().parse().ok()
    };
    let before = (case.turns() as usize - 1).max(1);
    let (before, with) = (count(before)?, count(before + 1)?);
    Some((with - before) / case.prepare().len() as f64)
}
