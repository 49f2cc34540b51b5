//! Which of a sentence's hits are shown, and what each costs.

use super::Hit;
use std::ops::Range;

/// Of each category the heaviest hit, then the first, then the longest; and what else of the category stands apart from it
/// in the same sentence, which is shown and costs nothing. In the order of the text.
pub(super) fn heaviest_of_each_category(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| {
        (
            hit.category,
            std::cmp::Reverse(hit.level),
            hit.tokens.start,
            std::cmp::Reverse(hit.tokens.end),
            hit.rule,
        )
    });
    let mut chosen: Vec<Hit> = Vec::with_capacity(hits.len());
    for mut hit in hits {
        let mut same = chosen.iter().filter(|other| other.category == hit.category).peekable();
        hit.further = same.peek().is_some();
        let near = |other: &Hit| other.tokens.start <= hit.tokens.end && hit.tokens.start <= other.tokens.end;
        if !same.any(near) {
            chosen.push(hit);
        }
    }
    chosen.sort_by_key(|hit| (hit.tokens.start, hit.category));
    chosen
}

/// What each hit of a sentence costs.
pub(super) fn weigh(hits: &mut [Hit]) {
    if let [only] = hits {
        only.points = only.level.points();
        return;
    }
    let mut order: Vec<usize> = (0..hits.len()).collect();
    order.sort_by_key(|index| {
        hits.get(*index)
            .map(|hit| (std::cmp::Reverse(hit.level), hit.tokens.start))
    });
    let mut counted: Vec<Range<usize>> = Vec::new();
    for index in order {
        let Some(hit) = hits.get_mut(index).filter(|hit| !hit.further) else {
            continue;
        };
        let overlaps = counted
            .iter()
            .any(|other| other.start < hit.tokens.end && hit.tokens.start < other.end);
        let full = hit.level.points();
        hit.points = if overlaps { full / 2 } else { full };
        counted.push(hit.tokens.clone());
    }
}
