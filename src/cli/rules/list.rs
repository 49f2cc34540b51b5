//! `youward rules list`: every rule in a line.

use super::super::output::{self, print_json};
use super::super::{Common, Format, table};
use super::InForce;
use crate::reading::RuleInfo;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    level: &'static str,
    category: String,
    examples: usize,
    file: String,
    line: usize,
    mode: String,
    /// What overlays changed.
    changes: Vec<String>,
}

pub(super) fn run(of: &InForce, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let rows = rows(of);
    match format {
        Format::Json => print_json(&rows)?,
        Format::Text => {
            let column = |head, may_be_cut| table::Column { head, may_be_cut };
            let columns = [
                column("RULE", false),
                column("LEVEL", false),
                column("CATEGORY", false),
                column("EXAMPLES", false),
                column("FROM", true),
                column("MODE", false),
            ];
            let cells: Vec<Vec<String>> = rows.iter().map(Row::cells).collect();
            output::print(|out| table::write(out, &columns, &cells, common.stdout().width))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn rows(of: &InForce) -> Vec<Row> {
    let mut rows: Vec<Row> = of.packs.rules().map(|rule| row(&rule, of)).collect();
    rows.extend(of.packs.disabled().iter().map(|rule| Row {
        id: rule.id.clone(),
        level: "-",
        category: category(&rule.id),
        examples: 0,
        file: rule.change.file.clone(),
        line: rule.change.line,
        mode: "disabled".to_owned(),
        changes: vec![rule.change.what.clone()],
    }));
    rows
}

fn row(rule: &RuleInfo<'_>, of: &InForce) -> Row {
    Row {
        id: rule.id.to_owned(),
        level: rule.level.name(),
        category: category(rule.id),
        examples: rule.fires.len() + rule.silent.len(),
        file: rule.file.to_owned(),
        line: rule.line,
        mode: of.mode(rule.id).to_string().trim_matches('"').to_owned(),
        changes: rule.changes.iter().map(|change| change.what.clone()).collect(),
    }
}

fn category(id: &str) -> String {
    id.split('/').next().unwrap_or_default().to_owned()
}

impl Row {
    fn cells(&self) -> Vec<String> {
        // The file's own name tells enough in a table; JSON has the path.
        let file = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        let changed = if self.changes.is_empty() { "" } else { "*" };
        vec![
            format!("{}{changed}", self.id),
            self.level.to_owned(),
            self.category.clone(),
            self.examples.to_string(),
            format!("{file}:{}", self.line),
            self.mode.clone(),
        ]
    }
}
