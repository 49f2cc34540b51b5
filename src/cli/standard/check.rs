//! `youward standard check`: every fault with its place, or what holds.

use super::super::output::{self, print_json};
use super::super::{Common, Format, TROUBLE};
use super::{policies, with_standard};
use crate::app::{self, PolicyError};
use crate::config::Settings;
use crate::reader::Policies;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// A fault for programs.
#[derive(Debug, Serialize)]
struct Told {
    /// `fault`, or `warning` for what holds but may surprise.
    kind: &'static str,
    file: String,
    line: usize,
    column: usize,
    field: String,
    message: String,
    expected: String,
}

pub(super) fn run(files: &[PathBuf], settings: &Settings, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let all: Vec<Settings> = match files {
        [] => vec![settings.clone()],
        files => files.iter().map(|file| with_standard(settings, file)).collect(),
    };
    let mut worst = 0;
    let mut told = Vec::new();
    for settings in &all {
        if format == Format::Json {
            worst = worst.max(collect(settings, &mut told));
            continue;
        }
        match policies(settings, common)? {
            Ok(policies) => output::print(|out| summary(out, settings, &policies))?,
            Err(code) => worst = worst.max(if code == ExitCode::from(TROUBLE) { TROUBLE } else { 1 }),
        }
    }
    if format == Format::Json {
        print_json(&told)?;
    }
    Ok(ExitCode::from(worst))
}

fn collect(settings: &Settings, told: &mut Vec<Told>) -> u8 {
    let all = |kind, faults: &[crate::toml_file::Fault]| {
        faults
            .iter()
            .map(|fault| Told {
                kind,
                file: fault.file.clone(),
                line: fault.line,
                column: fault.column,
                field: fault.field.clone(),
                message: fault.message.clone(),
                expected: fault.expected.clone(),
            })
            .collect::<Vec<_>>()
    };
    match app::load_policy(settings) {
        Ok(policies) => {
            told.extend(all("warning", &policies.standards().warnings));
            0
        }
        Err(PolicyError::Faults(faults)) => {
            told.extend(all("fault", &faults));
            1
        }
        Err(PolicyError::Unreadable { path, cause }) => {
            let file = path.display().to_string();
            let fault = crate::toml_file::Fault::whole(&file, &cause.to_string(), "a file that can be read");
            told.extend(all("fault", &[fault]));
            TROUBLE
        }
    }
}

fn summary(out: &mut dyn Write, settings: &Settings, policies: &Policies) -> io::Result<()> {
    match &settings.standard_file {
        Some(file) => writeln!(out, "ok: {}", file.display())?,
        None => writeln!(out, "ok: the standard that is built in")?,
    }
    for (entry, policy) in policies.standards().all().zip(policies.all()) {
        let standard = &entry.standard;
        let members: Vec<String> = entry.accounts.iter().map(|member| member.pattern.to_string()).collect();
        let whom = match members.as_slice() {
            [] => "everybody else".to_owned(),
            [a, b, c, rest @ ..] if !rest.is_empty() => format!("{a}, {b}, {c} and {} more", rest.len()),
            all => all.join(", "),
        };
        writeln!(
            out,
            "  {}: {whom}; mode {}, annotates below {}, acts ({}) below {}; {} rules",
            standard.name,
            standard.mode,
            standard.annotate_below,
            standard.act,
            standard.act_below,
            policy.packs.rules().count(),
        )?;
        for overlay in policy.packs.overlays() {
            writeln!(out, "    overlay {overlay}")?;
        }
    }
    for warning in &policies.standards().warnings {
        writeln!(out, "warning: {warning}")?;
    }
    Ok(())
}
