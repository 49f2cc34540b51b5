//! `youward rules explain RULE`: why a rule is there, what it finds and leaves alone, and who changed it.

use super::super::output::{self, clean, print_json};
use super::super::{Format, TROUBLE};
use super::InForce;
use crate::reading::{CategoryInfo, DisabledRule, RuleInfo};
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;

#[derive(Debug, Serialize)]
struct Explained<'a> {
    id: &'a str,
    level: &'static str,
    mode: String,
    why: &'a str,
    ask: &'a str,
    source: &'a str,
    file: &'a str,
    line: usize,
    patterns: &'a [String],
    unless: &'a [String],
    unless_sentence: &'a [String],
    fires: &'a [String],
    silent: &'a [String],
    changed: Vec<String>,
}

pub(super) fn run(name: &str, of: &InForce, format: Format) -> anyhow::Result<ExitCode> {
    let info = |category: &str| {
        let named = |info: &&CategoryInfo| info.name() == category;
        of.packs.categories().iter().find(named)
    };
    if let Some(rule) = of.packs.rules().find(|rule| rule.id == name) {
        let category = info(name.split('/').next().unwrap_or_default());
        let explained = explained(&rule, category.map_or("", |info| info.source.as_str()), of);
        match format {
            Format::Json => print_json(&explained)?,
            Format::Text => output::print(|out| text(out, &explained))?,
        }
    } else if let Some(rule) = of.packs.disabled().iter().find(|rule| rule.id == name) {
        output::print(|out| disabled(out, rule))?;
    } else if let Some(info) = info(name) {
        match format {
            Format::Json => print_json(&serde_json::json!({
                "id": name, "title": info.title, "why": info.explain, "ask": info.ask, "source": info.source,
                "cap": info.cap, "mode": of.mode(name), "fires": info.fires, "silent": info.silent,
            }))?,
            Format::Text => output::print(|out| category(out, name, info, of))?,
        }
    } else {
        let near = of.packs.near(name);
        let meant = match near.as_slice() {
            [] => " `youward rules list` shows all.".to_owned(),
            near => format!(" Perhaps: {}.", near.join(", ")),
        };
        writeln!(io::stderr(), "youward: there is no rule {:?}.{meant}", clean(name))?;
        return Ok(ExitCode::from(TROUBLE));
    }
    Ok(ExitCode::SUCCESS)
}

fn explained<'a>(rule: &RuleInfo<'a>, source: &'a str, of: &InForce) -> Explained<'a> {
    let changed = rule.changes.iter();
    Explained {
        id: rule.id,
        level: rule.level.name(),
        mode: of.mode(rule.id).to_string().trim_matches('"').to_owned(),
        why: rule.explain,
        ask: rule.ask,
        source,
        file: rule.file,
        line: rule.line,
        patterns: rule.matches,
        unless: rule.unless,
        unless_sentence: rule.unless_sentence,
        fires: rule.fires,
        silent: rule.silent,
        changed: changed
            .map(|change| format!("{} ({}:{})", change.what, change.file, change.line))
            .collect(),
    }
}

fn text(out: &mut dyn Write, rule: &Explained<'_>) -> io::Result<()> {
    writeln!(
        out,
        "{}  {}, mode {}  ({}:{})\n",
        rule.id, rule.level, rule.mode, rule.file, rule.line
    )?;
    writeln!(
        out,
        "Why     {}\nAsk     {}\nSource  {}",
        rule.why, rule.ask, rule.source
    )?;
    list(out, "Changed by overlays", &rule.changed)?;
    list(out, "Finds", rule.patterns)?;
    list(out, "Unless this is there or next to it", rule.unless)?;
    list(out, "Unless this is in the sentence", rule.unless_sentence)?;
    list(out, "Found", rule.fires)?;
    list(out, "Left alone", rule.silent)
}

fn category(out: &mut dyn Write, name: &str, info: &CategoryInfo, of: &InForce) -> io::Result<()> {
    let mode = of.mode(name).to_string();
    writeln!(
        out,
        "{name}  {}, at most {} points, mode {}\n",
        info.title,
        info.cap,
        mode.trim_matches('"')
    )?;
    writeln!(
        out,
        "Why     {}\nAsk     {}\nSource  {}",
        info.explain, info.ask, info.source
    )?;
    let within = format!("{name}/");
    let rules = of.packs.rules().filter(|rule| rule.id.starts_with(&within));
    let rules: Vec<String> = rules
        .map(|rule| format!("{} ({})", rule.id, rule.level.name()))
        .collect();
    list(out, "Rules", &rules)
}

fn disabled(out: &mut dyn Write, rule: &DisabledRule) -> io::Result<()> {
    let change = &rule.change;
    writeln!(out, "{}  {} ({}:{})", rule.id, change.what, change.file, change.line)
}

fn list(out: &mut dyn Write, title: &str, entries: &[String]) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    entries.iter().try_for_each(|entry| writeln!(out, "  {entry}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Packs;
    use crate::standard::Standard;
    use std::sync::Arc;

    #[test]
    fn a_rule_says_why_what_and_who_changed_it() {
        let overlay = "[[relevel]]\nrule = \"hype\"\nlevel = \"note\"\n";
        let of = InForce {
            packs: Arc::new(Packs::parse_with(None, &[("team.toml", overlay)]).unwrap()),
            standard: Standard::parse("s", "[modes]\nhype = \"coach\"").unwrap(),
        };
        let rule = of.packs.rules().find(|rule| rule.id == "hype/no-equal").unwrap();
        let mut out = Vec::new();
        text(&mut out, &explained(&rule, "an essay", &of)).unwrap();
        let told = String::from_utf8(out).unwrap();
        assert!(
            told.starts_with("hype/no-equal  note, mode coach  (config/rules/en/hype.toml:"),
            "{told}"
        );
        for part in [
            "\nWhy     ",
            "\nAsk     ",
            "level set to note (it was warn) (team.toml:2)",
            "\nFinds\n",
            "\nFound\n",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
