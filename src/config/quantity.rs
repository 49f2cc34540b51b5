//! Sizes and durations as people write them: `50MiB`, `90s`, `1h30m`.

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::time::Duration;

/// What stood in the file: a number or words. It is judged later, so that every fault of a file is found at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Quantity {
    Number(u64),
    Text(String),
}

/// As in the file.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quantity::Number(number) => write!(f, "{number}"),
            Quantity::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl Quantity {
    /// Octets.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Quantity::Number(octets) => Some(*octets),
            Quantity::Text(text) => parse_size(text),
        }
    }

    /// A count, a port: what has no unit.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Quantity::Number(number) => Some(*number),
            Quantity::Text(_) => None,
        }
    }

    /// A time; a bare number has no unit and is none.
    pub(super) fn duration(&self) -> Option<Duration> {
        match self {
            Quantity::Number(_) => None,
            Quantity::Text(text) => parse_duration(text),
        }
    }
}

const SIZES: [(&str, u64); 8] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
    ("", 1),
];

/// Milliseconds.
const DURATIONS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

fn parse_size(text: &str) -> Option<u64> {
    let (number, unit) = leading_number(text.trim())?;
    let (_, octets) = SIZES
        .iter()
        .find(|(known, _)| unit.trim().eq_ignore_ascii_case(known))?;
    number.checked_mul(*octets)
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total: u64 = 0;
    loop {
        let (number, after) = leading_number(rest)?;
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let (_, milliseconds) = DURATIONS.iter().find(|(known, _)| *known == unit)?;
        total = total.checked_add(number.checked_mul(*milliseconds)?)?;
        rest = next.trim_start();
        if rest.is_empty() {
            return Some(Duration::from_millis(total));
        }
    }
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// A size in the largest unit that has it whole: `50MiB`.
#[must_use]
pub fn show_size(octets: u64) -> String {
    let fits = |unit: &&(&str, u64)| unit.0.ends_with("iB") && octets >= unit.1 && octets.is_multiple_of(unit.1);
    match SIZES.iter().find(fits) {
        Some((unit, size)) => format!("{}{unit}", octets / size),
        None => octets.to_string(),
    }
}

/// A duration in the largest unit that has it whole: `90s`, `24h`.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let fits = |unit: &&(&str, u64)| milliseconds >= unit.1 && milliseconds.is_multiple_of(unit.1);
    match DURATIONS
        .iter()
        .skip(usize::from(milliseconds == 86_400_000))
        .find(fits)
    {
        Some((unit, size)) => format!("{}{unit}", milliseconds / size),
        None => "0s".to_owned(),
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
        deserializer.deserialize_any(QuantityVisitor)
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text with a unit")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Quantity, E> {
        u64::try_from(number)
            .map(Quantity::Number)
            .map_err(|_| E::custom(format!("{number} is below zero")))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
        Ok(Quantity::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
        Ok(Quantity::Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_as_people_write_them() {
        for (text, octets) in [
            ("50MiB", 50 << 20),
            ("50 mib", 50 << 20),
            ("1kB", 1000),
            ("1 GB", 1_000_000_000),
            ("12B", 12),
            ("7", 7),
        ] {
            assert_eq!(parse_size(text), Some(octets), "{text}");
        }
        for text in ["", "MiB", "5 M", "1.5MiB", "-1B", "5MiB5", "99999999999GiB"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    #[test]
    fn durations_as_people_write_them() {
        for (text, milliseconds) in [
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("2 d", 172_800_000),
            ("250ms", 250),
            ("0s", 0),
        ] {
            assert_eq!(
                parse_duration(text),
                Some(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in ["", "90", "s", "5 minutes", "1.5h", "-1s", "1h30", "999999999999999999d"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        assert_eq!(Quantity::Number(5).duration(), None);
    }

    #[test]
    fn shown_briefly() {
        let shown =
            [0, 250, 90_000, 300_000, 86_400_000, 172_800_000].map(|ms| show_duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["0s", "250ms", "90s", "5m", "24h", "2d"]);
        assert_eq!(
            [998, 1024, 102_400, 50 << 20].map(show_size),
            ["998", "1KiB", "100KiB", "50MiB"]
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read(number: u64, text in ".*") {
            prop_assert_eq!(parse_size(&show_size(number)), Some(number));
            let duration = Duration::from_millis(number);
            prop_assert_eq!(parse_duration(&show_duration(duration)), Some(duration));
            let _ = (parse_size(&text), parse_duration(&text));
        }
    }
}
