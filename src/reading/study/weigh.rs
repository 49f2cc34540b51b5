//! Which of a sentence's hits are shown, and what each costs.

use super::Hit;
use std::cmp::Reverse;

/// Puts in front, in the order of the text, of each category the heaviest hit, then the first, then the longest; and what
/// else of the category stands apart from it in the same sentence, which is shown and costs nothing. Says how many these
/// are.
pub(super) fn keep_heaviest(hits: &mut [Hit]) -> usize {
    if hits.len() < 2 {
        return hits.len();
    }
    hits.sort_unstable_by_key(|hit| (hit.category, Reverse(hit.level), hit.start, Reverse(hit.end), hit.rule));
    // Where those of the category begin, among what is kept.
    let (mut kept, mut same) = (0, 0);
    for at in 0..hits.len() {
        let mut hit = hits[at];
        if kept > same && hits[same].category != hit.category {
            same = kept;
        }
        hit.further = kept > same;
        let near = |other: &Hit| other.start <= hit.end && hit.start <= other.end;
        if !hits[same..kept].iter().any(near) {
            hits[kept] = hit;
            kept += 1;
        }
    }
    hits[..kept].sort_unstable_by_key(|hit| (hit.start, hit.category));
    kept
}

/// Says what each hit of a sentence costs: half, where a heavier one, or an earlier one as heavy, overlaps it.
pub(super) fn weigh(hits: &mut [Hit]) {
    if let [only] = hits {
        only.points = only.level.points();
        return;
    }
    let rank = |at: usize, hit: &Hit| (Reverse(hit.level), hit.start, at);
    for at in 0..hits.len() {
        let hit = hits[at];
        let before = |other: usize, heavier: &Hit| !heavier.further && rank(other, heavier) < rank(at, &hit);
        let overlaps = |other: &Hit| other.start < hit.end && hit.start < other.end;
        let halved = hits
            .iter()
            .enumerate()
            .any(|(place, other)| before(place, other) && overlaps(other));
        let full = hit.level.points();
        hits[at].points = match (hit.further, halved) {
            (true, _) => 0,
            (false, true) => full / 2,
            (false, false) => full,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::packs::Later;
    use crate::reading::{Category, Level};
    use proptest::prelude::*;
    use std::ops::Range;

    /// The same, said simply.
    fn chosen(mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.sort_by_key(|hit| (hit.category, Reverse(hit.level), hit.start, Reverse(hit.end), hit.rule));
        let mut chosen: Vec<Hit> = Vec::new();
        for mut hit in hits {
            let same = || chosen.iter().filter(|other| other.category == hit.category);
            hit.further = same().next().is_some();
            let near = |other: &Hit| other.start <= hit.end && hit.start <= other.end;
            if !same().any(near) {
                chosen.push(hit);
            }
        }
        chosen.sort_by_key(|hit| (hit.start, hit.category));
        chosen
    }

    /// The same, said simply.
    fn weighed(mut hits: Vec<Hit>) -> Vec<Hit> {
        let mut order: Vec<usize> = (0..hits.len()).collect();
        order.sort_by_key(|index| (Reverse(hits[*index].level), hits[*index].start));
        let mut counted: Vec<Range<u32>> = Vec::new();
        for index in order {
            let hit = &mut hits[index];
            if hit.further {
                continue;
            }
            let overlaps = counted
                .iter()
                .any(|other| other.start < hit.end && hit.start < other.end);
            let full = hit.level.points();
            hit.points = if overlaps { full / 2 } else { full };
            counted.push(hit.start..hit.end);
        }
        hits
    }

    fn any_hit() -> impl Strategy<Value = Hit> {
        let category = prop_oneof![Just(Category::Want), Just(Category::Sell), Just(Category::Ask)];
        let level = prop_oneof![Just(Level::Note), Just(Level::Warn), Just(Level::Strong)];
        (0_usize..4, category, level, 0_u32..20, 1_u32..6).prop_map(|(rule, category, level, start, len)| Hit {
            rule,
            category,
            level,
            start,
            end: start + len,
            points: 0,
            further: false,
            later: Later::default(),
        })
    }

    proptest! {
        #[test]
        fn those_are_kept_and_weighed_that_a_simple_way_finds(hits in proptest::collection::vec(any_hit(), 0..12)) {
            let mut kept = hits.clone();
            let len = keep_heaviest(&mut kept);
            kept.truncate(len);
            prop_assert_eq!(&kept, &chosen(hits));
            let expected = weighed(kept.clone());
            weigh(&mut kept);
            prop_assert_eq!(kept, expected);
        }
    }
}
