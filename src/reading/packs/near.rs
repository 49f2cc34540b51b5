//! Names that somebody may have meant.

/// The names that resemble one, the nearest first, three at most: few letters differ, or the one is part of the other.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    const MOST: usize = 3;
    let wanted = name.to_lowercase();
    let bearable = wanted.chars().count() / 3 + 1;
    let mut near: Vec<(usize, usize, &str)> = names
        .filter_map(|known| {
            let last = known.rsplit('/').next().unwrap_or(known);
            let within = wanted.len() >= 3 && (known.contains(wanted.as_str()) || wanted.ends_with(last));
            let away = distance(&wanted, known).min(distance(&wanted, last));
            (within || away <= bearable).then_some((if within { away.min(1) } else { away }, away, known))
        })
        .collect();
    near.sort();
    near.dedup();
    near.truncate(MOST);
    near.into_iter().map(|(_, _, known)| known).collect()
}

/// How many letters must be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.chars().enumerate() {
        let mut left = at + 1;
        let mut next = vec![left];
        for ((&up, &diagonal), d) in row.iter().skip(1).zip(&row).zip(&other) {
            left = (left + 1).min(up + 1).min(diagonal + usize::from(c != *d));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn what_was_meant_comes_first() {
        let names = ["want/would-like", "want/would-be-great", "ask/call", "sell/we-help"];
        let near = |name: &str| nearest(name, names.into_iter());
        assert_eq!(near("want/woud-like")[0], "want/would-like");
        assert_eq!(near("would-like")[0], "want/would-like");
        assert_eq!(near("ask/cal"), ["ask/call"]);
        assert_eq!(near("zzzzzz"), Vec::<&str>::new());
    }
}
