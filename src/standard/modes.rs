//! Modes of single rules and categories: what a finding may bring about.

use super::Mode;
use crate::reading::Reading;
use std::collections::BTreeMap;

/// The mode of every rule and category that has one of its own; all others are enforced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modes(BTreeMap<String, Mode>);

impl Modes {
    /// By rule (`want/would-like`) and by category (`hype`).
    pub(super) fn new(modes: BTreeMap<String, Mode>) -> Modes {
        Modes(modes)
    }

    /// The mode of a rule: its own, else its category's, else `enforce`. The mode of the whole standard goes on top.
    #[must_use]
    pub fn of(&self, rule: &str) -> Mode {
        let category = rule.split('/').next().unwrap_or_default();
        let own = self.0.get(rule).or_else(|| self.0.get(category));
        own.copied().unwrap_or(Mode::Enforce)
    }

    /// Rules and categories that have a mode of their own.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The score if only findings counted that may bring about what this mode may.
    pub(super) fn score(&self, reading: &Reading, at_least: Mode) -> i32 {
        if self.0.is_empty() {
            return reading.score;
        }
        reading.rescored(|finding| self.of(&finding.rule) >= at_least)
    }
}
