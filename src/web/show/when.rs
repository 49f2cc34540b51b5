//! A time on a page.

use jiff::Timestamp;

/// A time for people, and the same for programs. Shown in UTC; the script turns it into the viewer's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct When {
    pub(in crate::web) iso: String,
    pub(in crate::web) shown: String,
}

impl When {
    pub(in crate::web) fn of(at: Timestamp) -> When {
        When {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            shown: at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let when = When::of(Timestamp::from_second(1_790_000_000).unwrap());
        assert_eq!(
            (when.iso.as_str(), when.shown.as_str()),
            ("2026-09-21T14:13:20Z", "21 Sep 2026, 14:13 UTC")
        );
    }
}
