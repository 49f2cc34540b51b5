//! What many mails come to: dispositions, scores, what is found most often, what was not read.

use super::reader::Checked;
use crate::cli::output::clean;
use crate::reading::{Category, ProspectingClass};
use crate::standard::Disposition;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many categories are named.
const NAMED: usize = 6;

/// Counts over mails.
#[derive(Debug, Default)]
pub(super) struct Summary {
    dispositions: BTreeMap<Disposition, usize>,
    /// Of mail that is, may be, and is not prospecting.
    classes: [usize; 3],
    /// Of mail that is or may be prospecting: others are not judged by it.
    scores: Vec<i32>,
    /// Mails in which a category was found.
    categories: BTreeMap<Category, usize>,
    silenced: usize,
    /// Why mail was not read, and how often.
    not_read: BTreeMap<String, usize>,
    /// What could not be read at all.
    pub(super) unreadable: usize,
}

impl Summary {
    pub(super) fn add(&mut self, checked: &Checked) {
        *self.dispositions.entry(checked.verdict.disposition).or_insert(0) += 1;
        let Some(reading) = &checked.reading else { return };
        if let Some(why) = &reading.not_read {
            *self.not_read.entry(clean(why)).or_insert(0) += 1;
            return;
        }
        let [yes, unsure, no] = &mut self.classes;
        match reading.prospecting.class {
            ProspectingClass::Yes => *yes += 1,
            ProspectingClass::Unsure => *unsure += 1,
            ProspectingClass::No => {
                *no += 1;
                return;
            }
        }
        self.scores.push(reading.score);
        self.silenced += reading.silenced.len();
        let mut categories: Vec<Category> = reading.findings.iter().map(|finding| finding.category).collect();
        categories.sort_unstable();
        categories.dedup();
        for category in categories {
            *self.categories.entry(category).or_insert(0) += 1;
        }
    }

    /// Mails that were read.
    pub(super) fn mails(&self) -> usize {
        self.dispositions.values().sum()
    }

    /// 2 if something could not be read, 1 if a mail would not go out, else 0.
    pub(super) fn status(&self) -> u8 {
        let kept_back = self
            .dispositions
            .keys()
            .any(|&disposition| disposition >= Disposition::Return);
        match (self.unreadable > 0, kept_back) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        }
    }

    /// The details in several lines, and last the line that says it all. Ends with a line end.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut row = |label: &str, shown: String| text.push_str(&format!("  {label:<13}{shown}\n"));
        let [yes, unsure, no] = self.classes;
        if yes + unsure + no > 0 {
            row("prospecting", format!("{yes} yes, {unsure} perhaps, {no} no"));
        }
        if let Some(shown) = scores(&self.scores) {
            row("score", shown);
        }
        let mut often: Vec<(&Category, &usize)> = self.categories.iter().collect();
        often.sort_by_key(|(_, count)| Reverse(**count));
        let named: Vec<String> = often
            .iter()
            .take(NAMED)
            .map(|(category, count)| format!("{} in {count}", crate::annotate::category_id(**category)))
            .collect();
        if !named.is_empty() {
            row("most often", named.join(", "));
        }
        if self.silenced > 0 {
            row("silenced", self.silenced.to_string());
        }
        let not_read: usize = self.not_read.values().sum();
        if not_read > 0 {
            let why: Vec<String> = self
                .not_read
                .iter()
                .map(|(why, count)| format!("{why} {count}"))
                .collect();
            row("not read", format!("{not_read} ({})", why.join(", ")));
        }
        text.push_str(&self.line());
        text.push('\n');
        text
    }

    /// `12 mails: 8 pass, 3 annotate, 1 return; 1 not readable`.
    fn line(&self) -> String {
        let mails = self.mails();
        let counts: Vec<String> = self
            .dispositions
            .iter()
            .map(|(disposition, count)| format!("{count} {disposition}"))
            .collect();
        let colon = if counts.is_empty() { "" } else { ": " };
        let mut line = format!(
            "{mails} mail{}{colon}{}",
            if mails == 1 { "" } else { "s" },
            counts.join(", ")
        );
        if self.unreadable > 0 {
            line.push_str(&format!("; {} not readable", self.unreadable));
        }
        line
    }
}

/// `mean 71.3, median 76 (36 mails that are or may be prospecting)`.
fn scores(scores: &[i32]) -> Option<String> {
    let mut sorted: Vec<i64> = scores.iter().map(|&score| score.into()).collect();
    sorted.sort_unstable();
    let count = i64::try_from(sorted.len()).ok()?;
    let tenths = (sorted.iter().sum::<i64>() * 10 + count / 2).checked_div(count)?;
    let at = |index: usize| sorted.get(index).copied();
    let (upper, lower) = (at(sorted.len() / 2)?, at((sorted.len() - 1) / 2)?);
    let half = if (upper + lower) % 2 == 0 { "" } else { ".5" };
    Some(format!(
        "mean {}.{}, median {}{half} ({count} mail{} that {} or may be prospecting)",
        tenths / 10,
        tenths % 10,
        (upper + lower) / 2,
        if count == 1 { "" } else { "s" },
        if count == 1 { "is" } else { "are" },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_median_are_exact() {
        assert_eq!(scores(&[]), None);
        assert_eq!(
            scores(&[40]).unwrap(),
            "mean 40.0, median 40 (1 mail that is or may be prospecting)"
        );
        assert_eq!(
            scores(&[100, 0, 51, 50]).unwrap(),
            "mean 50.3, median 50.5 (4 mails that are or may be prospecting)"
        );
    }
}
