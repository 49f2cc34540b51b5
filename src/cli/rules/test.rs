//! `youward rules test`: every example against every rule.

use super::super::output::{self, clean, print_json};
use super::super::{Common, Format, table};
use crate::reading::{Broken, Expected, Packs, RuleScore, Scores};
use clap::Args;
use std::io::{self, Write};
use std::process::ExitCode;

/// Arguments of `rules test`.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Show the score of every rule, the lowest first, with the patterns that no example tries
    #[arg(long)]
    scores: bool,
}

pub(super) const HELP: &str = "\
Each sentence under `fires` must be found by its rule; each under `silent` must be found by no rule of any category. The \
mails under a whole-mail category and the sentences under a list are tried in the same way.

The lintscore of a rule is 0 to 100:
  40  for the share of its own examples that do what the file says
  20  for having eight examples or more, less in proportion below
  20  for silence: 5 less for every sentence that should stay silent, in any file, and that it finds
  20  for the share of its patterns that one of its sentences tries
The lintscore of all is the mean of the rules', less the share of all examples that are broken.

Exit codes: 0 everything does what it says, 1 something is broken, 2 the rules can't be used.

Examples:
  youward rules test
  youward rules test --rules ./my-rules --scores
  youward rules test --format json";

pub(super) fn run(args: &TestArgs, packs: &Packs, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let scores = packs.score_examples();
    match format {
        Format::Json => print_json(&scores)?,
        Format::Text => {
            let width = common.stdout().width;
            output::print(|out| text(out, &scores, args.scores, width))?;
        }
    }
    Ok(ExitCode::from(u8::from(!scores.broken.is_empty())))
}

fn text(out: &mut dyn Write, scores: &Scores, all: bool, width: Option<usize>) -> io::Result<()> {
    for broken in &scores.broken {
        broken_example(out, broken)?;
    }
    for changed in &scores.changed {
        writeln!(
            out,
            "{}:{}: {}: changed by an overlay",
            changed.file, changed.line, changed.of
        )?;
        writeln!(out, "  example   {}", clean(&changed.example))?;
        writeln!(out, "  now       {}\n", clean(&changed.instead))?;
    }
    if all {
        rule_scores(out, &scores.rules, width)?;
    }
    let untried: usize = scores.rules.iter().map(|rule| rule.untried.len()).sum();
    let patterns: usize = scores.rules.iter().map(|rule| rule.patterns).sum();
    let changed = match scores.changed.len() {
        0 => String::new(),
        many => format!(", {many} changed by overlays"),
    };
    writeln!(
        out,
        "{} rules, {} patterns ({untried} without an example), {} examples: {} broken{changed}. Lintscore {}",
        scores.rules.len(),
        patterns,
        scores.examples,
        scores.broken.len(),
        scores.lintscore,
    )
}

fn broken_example(out: &mut dyn Write, broken: &Broken) -> io::Result<()> {
    let expected = match broken.expected {
        Expected::Fires => "to be found",
        Expected::Silent => "silence",
    };
    writeln!(out, "{}:{}: {}", broken.file, broken.line, broken.of)?;
    writeln!(out, "  example   {}", clean(&broken.example))?;
    writeln!(out, "  expected  {expected}")?;
    writeln!(out, "  instead   {}\n", clean(&broken.instead))
}

fn rule_scores(out: &mut dyn Write, rules: &[RuleScore], width: Option<usize>) -> io::Result<()> {
    let column = |head, may_be_cut| table::Column { head, may_be_cut };
    let columns = [
        column("RULE", false),
        column("SCORE", false),
        column("EXAMPLES", false),
        column("PATTERNS", false),
        column("INTRUDES", false),
        column("A PATTERN WITHOUT AN EXAMPLE", true),
    ];
    let mut lowest: Vec<&RuleScore> = rules.iter().collect();
    lowest.sort_by(|one, other| one.lintscore.total_cmp(&other.lintscore).then(one.id.cmp(&other.id)));
    let rows: Vec<Vec<String>> = lowest
        .iter()
        .map(|rule| {
            vec![
                rule.id.clone(),
                format!("{:.1}", rule.lintscore),
                format!("{}/{}", rule.right, rule.examples),
                format!("{}/{}", rule.patterns - rule.untried.len(), rule.patterns),
                rule.intrudes.to_string(),
                rule.untried.first().cloned().unwrap_or_default(),
            ]
        })
        .collect();
    table::write(out, &columns, &rows, width)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_example_says_where_and_what_instead() {
        let scores = Scores {
            lintscore: 88.5,
            rules: vec![RuleScore {
                id: "want/would-like".to_owned(),
                lintscore: 90.0,
                examples: 6,
                right: 5,
                intrudes: 1,
                patterns: 2,
                untried: vec!["we want".to_owned()],
            }],
            examples: 12,
            broken: vec![Broken {
                file: "want.toml".to_owned(),
                line: 44,
                of: "want/would-like".to_owned(),
                example: "We'd love it.".to_owned(),
                expected: Expected::Fires,
                instead: "nothing found".to_owned(),
            }],
            changed: Vec::new(),
        };
        let mut out = Vec::new();
        text(&mut out, &scores, true, None).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "want.toml:44: want/would-like\n  example   We'd love it.\n  expected  to be found\n  instead   nothing found\n\n\
             RULE             SCORE  EXAMPLES  PATTERNS  INTRUDES  A PATTERN WITHOUT AN EXAMPLE\n\
             want/would-like  90.0   5/6       1/2       1         we want\n\n\
             1 rules, 2 patterns (1 without an example), 12 examples: 1 broken. Lintscore 88.5\n"
        );
    }
}
