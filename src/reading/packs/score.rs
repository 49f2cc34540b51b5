//! The lintscore: how well a rule is kept by its own examples.
//!
//! It says nothing about mail that nobody has seen. A rule whose patterns no example tries, or that speaks where another
//! category's examples ask for silence, has a low score and should be looked at before it may hold a mail.

use super::examples::{Broken, Expected, Of};
use super::{Owner, Packs, Role};
use crate::reading::pattern::Kind;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// All scores, and what is broken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// The mean of the rules' scores, less the share of all examples that are broken. 0 to 100.
    pub lintscore: f64,
    /// Every rule.
    pub rules: Vec<RuleScore>,
    /// How many examples were tried, those of lists and of whole mails among them.
    pub examples: usize,
    /// Those that do not do what their file says.
    pub broken: Vec<Broken>,
    /// Examples of the packs that an overlay changes on purpose: their rule is disabled or has further conditions, or the
    /// overlay's own examples say the contrary.
    pub changed: Vec<Broken>,
}

/// How well one rule is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleScore {
    /// `category/name`.
    pub id: String,
    /// 0 to 100: 40 for the share of its own examples that are right, 20 for having eight or more of them, 20 for
    /// silence (5 less for every sentence that should stay silent and that it finds), 20 for the share of its patterns
    /// that one of its sentences tries.
    pub lintscore: f64,
    /// Its own examples.
    pub examples: usize,
    /// Those of them that do what the file says.
    pub right: usize,
    /// Sentences of any category that should stay silent, and that it finds.
    pub intrudes: usize,
    /// Its patterns.
    pub patterns: usize,
    /// Patterns that no sentence of its `fires` matches.
    pub untried: Vec<String>,
}

/// So many examples are enough for full marks.
const ENOUGH_EXAMPLES: usize = 8;
const FOR_RIGHT: f64 = 40.0;
const FOR_EXAMPLES: f64 = 20.0;
const FOR_SILENCE: f64 = 20.0;
const FOR_PATTERNS: f64 = 20.0;
const FOR_AN_INTRUSION: f64 = 5.0;

#[derive(Debug, Clone, Default)]
struct Tally {
    examples: usize,
    right: usize,
    intrudes: usize,
}

impl Packs {
    /// Runs every example against every rule, as [`check_examples`](Packs::check_examples) does, and scores the rules.
    #[must_use]
    pub fn score_examples(&self) -> Scores {
        let mut tallies = vec![Tally::default(); self.rules.len()];
        let (mut broken, mut changed) = (Vec::new(), Vec::new());
        for example in &self.examples {
            let found = self.find(&example.text);
            let wrong = self.broken(example, &found);
            if let Of::Rule(rule) = example.of
                && let Some(tally) = tallies.get_mut(rule)
            {
                tally.examples += 1;
                tally.right += usize::from(wrong.is_none());
            }
            if example.expected == Expected::Silent && matches!(example.of, Of::Rule(_) | Of::Category(_)) {
                let mut rules: Vec<usize> = found.iter().map(|found| found.rule).collect();
                rules.sort_unstable();
                rules.dedup();
                for rule in rules {
                    if let Some(tally) = tallies.get_mut(rule) {
                        tally.intrudes += 1;
                    }
                }
            }
            match wrong {
                Some(wrong) if self.meant(example, &found) => changed.push(wrong),
                wrong => broken.extend(wrong),
            }
        }
        let untried = self.untried();
        let rules: Vec<RuleScore> = self
            .rules
            .iter()
            .zip(&tallies)
            .enumerate()
            .map(|(index, (rule, tally))| {
                let patterns = rule.written.matches.len();
                let untried = untried.get(&index).cloned().unwrap_or_default();
                RuleScore {
                    id: rule.id.to_string(),
                    lintscore: rounded(tally.score(patterns, untried.len())),
                    examples: tally.examples,
                    right: tally.right,
                    intrudes: tally.intrudes,
                    patterns,
                    untried,
                }
            })
            .collect();
        let mean = share(rules.iter().map(|rule| rule.lintscore).sum::<f64>(), rules.len());
        let wrong = 100.0 * share(broken.len() as f64, self.examples.len());
        Scores {
            lintscore: rounded((mean - wrong).max(0.0)),
            rules,
            examples: self.examples.len(),
            broken,
            changed,
        }
    }

    /// For each rule the patterns that none of its sentences matches.
    fn untried(&self) -> HashMap<usize, Vec<String>> {
        let mut all: HashMap<usize, Vec<String>> = HashMap::new();
        let mut search = self.machine.search();
        for (index, rule) in self.rules.iter().enumerate() {
            let mut tried: HashSet<usize> = HashSet::new();
            for example in &rule.fires {
                let study = self.study(example);
                for sentence in &study.text.sentences {
                    let mut found = Vec::new();
                    let (symbols, clauses) = (study.text.symbols(sentence), study.text.clauses(sentence));
                    for kind in [Kind::Any, Kind::Item] {
                        search.sentence(kind, symbols, &clauses, &mut found);
                    }
                    tried.extend(found.iter().map(|found| found.pattern as usize));
                }
            }
            let own = self.owners.iter().enumerate();
            let own = own.filter(|(_, owner)| **owner == (Owner::Rule(index), Role::Match));
            for ((pattern, _), text) in own.zip(&rule.written.matches) {
                if !tried.contains(&pattern) {
                    all.entry(index).or_default().push(text.clone());
                }
            }
        }
        all
    }
}

impl Tally {
    fn score(&self, patterns: usize, untried: usize) -> f64 {
        let right = FOR_RIGHT * share(self.right as f64, self.examples);
        let examples = FOR_EXAMPLES * share(self.examples.min(ENOUGH_EXAMPLES) as f64, ENOUGH_EXAMPLES);
        let silence = (FOR_SILENCE - FOR_AN_INTRUSION * self.intrudes as f64).max(0.0);
        let tried = FOR_PATTERNS * share(patterns.saturating_sub(untried) as f64, patterns);
        right + examples + silence + tried
    }
}

fn share(part: f64, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part / whole as f64 }
}

/// To a tenth: finer differences mean nothing.
fn rounded(score: f64) -> f64 {
    (score * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_well_kept_scores_a_hundred() {
        let kept = Tally {
            examples: 9,
            right: 9,
            intrudes: 0,
        };
        assert_eq!(kept.score(5, 0), 100.0);
        let untried = kept.score(4, 1);
        assert_eq!(untried, 95.0);
        let intrudes = Tally { intrudes: 9, ..kept };
        assert_eq!(intrudes.score(5, 0), 80.0);
    }

    #[test]
    fn few_and_wrong_examples_cost() {
        let few = Tally {
            examples: 2,
            right: 1,
            intrudes: 0,
        };
        assert_eq!(few.score(1, 0), 20.0 + 5.0 + 20.0 + 20.0);
    }

    #[test]
    fn the_shipped_rules_have_a_score() {
        let scores = Packs::builtin().score_examples();
        assert!(scores.broken.is_empty());
        assert!(
            scores.lintscore > 50.0 && scores.lintscore <= 100.0,
            "{}",
            scores.lintscore
        );
    }
}
