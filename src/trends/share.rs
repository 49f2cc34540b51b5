//! A share of a count, and how much it is worth.

use serde::Serialize;

/// How many of how many. With so few nothing can be told.
const FEW: usize = 20;

/// How many of how many, with the range in which the true share lies, most likely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// The lower end of the range, 0 to 1: Wilson's score interval at 95 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Share {
    /// A share with its range. Without anything to count, the range is everything.
    #[must_use]
    pub fn of(count: usize, of: usize) -> Share {
        if of == 0 {
            return Share {
                count: 0,
                of: 0,
                low: 0.0,
                high: 1.0,
            };
        }
        const Z: f64 = 1.96;
        let (count_f, of_f) = (as_f64(count), as_f64(of));
        let share = count_f / of_f;
        let square = Z * Z;
        let middle = share + square / (2.0 * of_f);
        let half = Z * ((share * (1.0 - share) + square / (4.0 * of_f)) / of_f).sqrt();
        let whole = 1.0 + square / of_f;
        Share {
            count,
            of,
            low: ((middle - half) / whole).clamp(0.0, share),
            high: ((middle + half) / whole).clamp(share, 1.0),
        }
    }

    /// The share, 0 to 1; 0 without anything to count.
    #[must_use]
    pub fn value(&self) -> f64 {
        if self.of == 0 {
            0.0
        } else {
            as_f64(self.count) / as_f64(self.of)
        }
    }

    /// Whether there are too few to tell anything.
    #[must_use]
    pub fn is_too_few(&self) -> bool {
        self.of < FEW
    }

    /// Whether two shares differ for certain: their ranges don't touch, and neither is of too few.
    #[must_use]
    pub fn differs_from(&self, other: &Share) -> bool {
        let apart = self.low > other.high || self.high < other.low;
        apart && !self.is_too_few() && !other.is_too_few()
    }
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_wilsons() {
        // As tables of the score interval have it for 10 of 100: 5.5 % to 17.4 %.
        let share = Share::of(10, 100);
        assert!(
            (share.low - 0.0552).abs() < 0.0005 && (share.high - 0.1744).abs() < 0.0005,
            "{share:?}"
        );
        let none = Share::of(0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 0.0005, "{none:?}");
        assert_eq!(Share::of(0, 0).high, 1.0);
    }

    #[test]
    fn few_tell_nothing() {
        assert!(Share::of(9, 19).is_too_few() && !Share::of(9, 20).is_too_few());
        assert!(!Share::of(0, 10).differs_from(&Share::of(10, 10)));
        assert!(Share::of(5, 100).differs_from(&Share::of(30, 100)));
        assert!(!Share::of(10, 100).differs_from(&Share::of(13, 100)));
    }

    proptest! {
        #[test]
        fn the_share_lies_in_its_range(count in 0_usize..5_000, more in 0_usize..5_000) {
            let share = Share::of(count, count + more);
            prop_assert!(0.0 <= share.low && share.low <= share.value().max(share.low));
            prop_assert!(share.of == 0 || (share.low <= share.value() && share.value() <= share.high));
            prop_assert!(share.high <= 1.0);
        }
    }
}
