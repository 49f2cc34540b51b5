//! `check --explain`: why a rule or category counts, what to ask, what it finds and what it leaves alone.

use crate::annotate::{category_id, level_id, wrapped};
use crate::reading::{CategoryInfo, Packs, RuleInfo, nearest};
use std::io::{self, Write};

/// Writes the explanation of a rule or a category. `Err` has the names that are nearest to an unknown one.
pub(super) fn explain(
    packs: &Packs,
    name: &str,
    width: usize,
    out: &mut dyn Write,
) -> Result<io::Result<()>, Vec<String>> {
    let wanted = name.trim().to_lowercase();
    let category = |id: &str| packs.categories().iter().find(|info| category_id(info.category) == id);
    if let Some(rule) = packs.rules().find(|rule| rule.id == wanted) {
        let info = category(category_id(rule.category));
        return Ok(write!(out, "{}", of_rule(&rule, info, width)));
    }
    if let Some(info) = category(&wanted) {
        let rules: Vec<RuleInfo<'_>> = packs.rules().filter(|rule| rule.category == info.category).collect();
        return Ok(write!(out, "{}", of_category(info, &rules, width)));
    }
    let categories = packs.categories().iter().map(|info| category_id(info.category));
    let names = packs.rules().map(|rule| rule.id).chain(categories);
    Err(nearest(&wanted, names).into_iter().map(str::to_owned).collect())
}

fn of_rule(rule: &RuleInfo<'_>, info: Option<&CategoryInfo>, width: usize) -> String {
    let level = level_id(rule.level);
    let cap = info
        .map(|info| format!(", at most {} for its category", info.cap))
        .unwrap_or_default();
    let head = format!("{}: {level}, {} points a place{cap}", rule.id, rule.level.points());
    let mut text = format!("{}\n\n", wrapped(&head, width.saturating_sub(2)).replace('\n', "\n  "));
    paragraph(&mut text, "", rule.explain, width);
    paragraph(&mut text, "Ask: ", rule.ask, width);
    if let Some(info) = info {
        paragraph(
            &mut text,
            "Category: ",
            &format!("{}. {}", info.title, info.explain),
            width,
        );
        paragraph(&mut text, "Source: ", &info.source, width);
    }
    examples(&mut text, "It finds", rule.fires, width);
    let silent: Vec<String> = rule
        .silent
        .iter()
        .chain(info.into_iter().flat_map(|info| &info.silent))
        .cloned()
        .collect();
    examples(&mut text, "It leaves alone", &silent, width);
    text
}

fn of_category(info: &CategoryInfo, rules: &[RuleInfo<'_>], width: usize) -> String {
    let mut text = format!(
        "{}: {}, at most {} points\n\n",
        category_id(info.category),
        info.title,
        info.cap
    );
    paragraph(&mut text, "", &info.explain, width);
    paragraph(&mut text, "Ask: ", &info.ask, width);
    paragraph(&mut text, "Source: ", &info.source, width);
    if !rules.is_empty() {
        text.push_str("\nRules\n");
        for rule in rules {
            text.push_str(&format!("  {}: {}\n", rule.id, level_id(rule.level)));
        }
    }
    examples(&mut text, "It finds", &info.fires, width);
    examples(&mut text, "It leaves alone", &info.silent, width);
    text
}

fn paragraph(text: &mut String, label: &str, words: &str, width: usize) {
    if !words.trim().is_empty() {
        for line in wrapped(&format!("{label}{words}"), width.saturating_sub(2)).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
}

fn examples(text: &mut String, head: &str, examples: &[String], width: usize) {
    if examples.is_empty() {
        return;
    }
    text.push_str(&format!("\n{head}\n"));
    for example in examples {
        let shown = wrapped(&format!("\"{example}\""), width.saturating_sub(4)).replace('\n', "\n     ");
        text.push_str(&format!("    {shown}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(name: &str) -> Result<String, Vec<String>> {
        let mut out = Vec::new();
        explain(&Packs::builtin(), name, 80, &mut out)?.unwrap();
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_rule_is_told_with_its_examples() {
        let packs = Packs::builtin();
        for rule in packs.rules() {
            let text = explained(rule.id).unwrap();
            assert!(
                text.starts_with(rule.id) && text.contains("Ask: ") && text.contains("\nIt finds\n"),
                "{text}"
            );
            assert!(
                text.lines()
                    .all(|line| line.chars().count() <= 80 || !line.contains(' ')),
                "{text}"
            );
        }
    }

    #[test]
    fn a_category_is_told_with_its_rules() {
        let text = explained("Hype").unwrap();
        assert!(
            text.starts_with("hype: ") && text.contains("\nRules\n  hype/"),
            "{text}"
        );
        assert!(explained("no-customer-question").unwrap().contains("Ask: "));
    }

    #[test]
    fn an_unknown_name_gets_the_nearest() {
        let packs = Packs::builtin();
        let rule = packs.rules().next().unwrap().id.to_owned();
        let misspelt = format!("{}x", &rule[..rule.len() - 1]);
        assert_eq!(explained(&misspelt).unwrap_err()[0], rule);
        assert_eq!(explained("hipe").unwrap_err()[0], "hype");
        assert_eq!(explained("zzzzqqqqxxxx").unwrap_err(), Vec::<String>::new());
    }
}
