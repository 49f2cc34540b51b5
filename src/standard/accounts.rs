//! Which accounts a standard is for: addresses, with `*` for any run of characters.

use std::fmt;

/// A pattern over accounts, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPattern(String);

impl AccountPattern {
    /// Reads a pattern such as `ana@norvane.example`, `*@sales.norvane.example`, `@norvane.example` (short for
    /// everyone there) or `*`.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(written: &str) -> Result<AccountPattern, String> {
        let pattern = written.trim().to_lowercase();
        let pattern = if pattern.starts_with('@') {
            format!("*{pattern}")
        } else {
            pattern
        };
        if pattern.is_empty() || pattern.contains(char::is_whitespace) {
            return Err(format!("{written:?} is no account"));
        }
        if pattern.contains('.') && !pattern.contains(['@', '*']) {
            return Err(format!("{written:?} is a domain, no account"));
        }
        if pattern.matches('@').count() > 1 {
            return Err(format!("{written:?} has more than one @"));
        }
        Ok(AccountPattern(pattern))
    }

    /// Whether an account, in any case, is one of them.
    #[must_use]
    pub fn matches(&self, account: &str) -> bool {
        let account: Vec<char> = account.to_lowercase().chars().collect();
        let pattern: Vec<char> = self.0.chars().collect();
        glob(&pattern, &account)
    }

    /// Whether every account of the other is one of these. Never wrongly true.
    pub(super) fn covers(&self, other: &AccountPattern) -> bool {
        // The other's star is no character that an own letter matches, so only an own star can take it.
        self.matches(&other.0)
    }

    /// Whether an account could be of both.
    pub(super) fn overlaps(&self, other: &AccountPattern) -> bool {
        let (one, two): (Vec<char>, Vec<char>) = (self.0.chars().collect(), other.0.chars().collect());
        // reach[j]: the patterns up to i and j can spell the same text.
        let mut reach = vec![false; two.len() + 1];
        for i in 0..=one.len() {
            let mut next = vec![false; two.len() + 1];
            for j in 0..=two.len() {
                let at = |cells: &[bool], index: usize| cells.get(index).copied().unwrap_or(false);
                let a = i.checked_sub(1).and_then(|i| one.get(i));
                let b = j.checked_sub(1).and_then(|j| two.get(j));
                let (up, left) = (at(&reach, j), j > 0 && at(&next, j - 1));
                let diagonal = j > 0 && at(&reach, j - 1);
                let here = match (a, b) {
                    (None, None) => true,
                    (Some('*'), None) => up,
                    (None, Some('*')) => left,
                    (Some('*'), Some(_)) | (Some(_), Some('*')) => up || left,
                    (Some(a), Some(b)) => a == b && diagonal,
                    _ => false,
                };
                if let Some(cell) = next.get_mut(j) {
                    *cell = here;
                }
            }
            reach = next;
        }
        reach.last().copied().unwrap_or(false)
    }
}

impl fmt::Display for AccountPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text is what a pattern spells. Each star is given back at most once a character, so this is quadratic at
/// worst, in texts as long as an address.
fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if text.get(t) == Some(c) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(written: &str) -> AccountPattern {
        AccountPattern::parse(written).unwrap()
    }

    #[test]
    fn accounts_are_matched_in_any_case() {
        assert!(pattern("*@Sales.norvane.example").matches("Ana@sales.NORVANE.example"));
        assert!(pattern("@norvane.example").matches("ana@norvane.example"));
        assert!(!pattern("@norvane.example").matches("ana@sales.norvane.example"));
        assert!(pattern("*@*.norvane.example").matches("ana@sales.norvane.example"));
        assert!(pattern("ana").matches("ana") && !pattern("ana").matches("anabel"));
        assert!(pattern("*").matches(""));
    }

    #[test]
    fn what_is_no_account_is_refused() {
        for wrong in ["", " ", "norvane.example", "a b@c.example", "a@b@c"] {
            assert!(AccountPattern::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_comes_first_may_take_all() {
        assert!(pattern("*").covers(&pattern("*@a.example")));
        assert!(pattern("*@*.example").covers(&pattern("ana@*.example")));
        assert!(!pattern("ana@*").covers(&pattern("*@a.example")));
        assert!(pattern("ana@*").overlaps(&pattern("*@a.example")));
        assert!(!pattern("*@b.example").overlaps(&pattern("*@a.example")));
        assert!(pattern("*").overlaps(&pattern("ana")));
    }

    proptest! {
        #[test]
        fn covering_and_overlapping_are_never_at_odds_with_matching(
            one in "[ab*]{1,6}", other in "[ab*]{1,6}", account in "[ab]{0,6}"
        ) {
            let (one, other) = (pattern(&one), pattern(&other));
            if one.covers(&other) && other.matches(&account) {
                prop_assert!(one.matches(&account));
            }
            if one.matches(&account) && other.matches(&account) {
                prop_assert!(one.overlaps(&other));
                prop_assert!(other.overlaps(&one));
            }
        }
    }
}
