//! Looking for rows of the audit, page by page.

use super::AuditRow;

/// Which rows are looked for, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditSearch {
    /// Words that a row has to have, each anywhere in it; ASCII letters in any case. Empty for every row.
    pub words: Vec<String>,
    /// Only rows with a smaller number: the next page begins after the last row of this one.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A row and its number in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRow {
    /// The number, from 1.
    pub seq: i64,
    /// The row.
    pub row: AuditRow,
}

impl AuditSearch {
    /// As many words as anybody looks for at once; more would only make the question longer.
    const MOST_WORDS: usize = 8;

    /// Looks for what was typed, its words in any order.
    #[must_use]
    pub fn of(typed: &str, before: Option<i64>, limit: u32) -> AuditSearch {
        AuditSearch {
            words: typed
                .split_whitespace()
                .take(AuditSearch::MOST_WORDS)
                .map(str::to_owned)
                .collect(),
            before,
            limit,
        }
    }
}
