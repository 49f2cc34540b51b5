//! INTERNALDATE: when a mail came, as servers write it. No I/O.
//!
//! RFC 9051 §9 leaves one way, ` 5-Mar-2026 07:08:09 +0100`. Servers take others: one digit without the space, the zone's
//! name, blanks for the hyphens, a weekday before it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// Reads a date; `None` if it is none. A zone that can't be read counts as UTC: half a day is less than no date.
pub(super) fn internal(text: &str) -> Option<Timestamp> {
    let mut words = text
        .split([' ', '-', ','])
        .filter(|word| !word.is_empty())
        .skip_while(|word| word.bytes().all(|octet| octet.is_ascii_alphabetic()));
    let day = number(words.next()?, 2)?;
    let month = month(words.next()?)?;
    let year = match words.next()? {
        // RFC 5322 §4.3
        short if short.len() == 2 => match number(short, 2)? {
            recent @ ..50 => 2000 + recent,
            old => 1900 + old,
        },
        year => number(year, 4)?,
    };
    let mut clock = words.next()?.split(':');
    let hour = number(clock.next()?, 2)?;
    let minute = number(clock.next()?, 2)?;
    // A leap second is the one before it.
    let second = number(clock.next().unwrap_or("0"), 2)?.min(59);
    let civil = DateTime::new(
        year,
        month,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()?;
    offset(text).unwrap_or(Offset::UTC).to_timestamp(civil).ok()
}

fn number(word: &str, longest: usize) -> Option<i16> {
    let fits = !word.is_empty() && word.len() <= longest && word.bytes().all(|octet| octet.is_ascii_digit());
    fits.then(|| word.parse().ok())?
}

fn month(word: &str) -> Option<i8> {
    let start = word.as_bytes().get(..3)?;
    let at = MONTHS.iter().position(|month| start.eq_ignore_ascii_case(month))?;
    i8::try_from(at + 1).ok()
}

/// The zone after the time: `+hhmm`, `-hh:mm`.
fn offset(text: &str) -> Option<Offset> {
    let (_, after) = text.split_at_checked(text.find(':')?)?;
    let (_, zone) = after.split_at_checked(after.find(['+', '-'])?)?;
    let mut digits = zone.bytes().skip(1).filter(|octet| *octet != b':');
    let mut digit = || {
        digits
            .next()
            .filter(u8::is_ascii_digit)
            .map(|octet| i32::from(octet - b'0'))
    };
    let (hours, minutes) = (digit()? * 10 + digit()?, digit()? * 10 + digit()?);
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if zone.starts_with('-') { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_in_every_form() {
        for (text, utc) in [
            ("17-Jul-1996 02:44:25 -0700", "1996-07-17T09:44:25Z"),
            (" 5-Mar-2026 07:08:09 +0100", "2026-03-05T06:08:09Z"),
            ("5-Mar-2026 07:08:09 +0100", "2026-03-05T06:08:09Z"),
            ("05-MAR-2026 07:08:09 +01:00", "2026-03-05T06:08:09Z"),
            ("05-Mar-2026 07:08:09 GMT", "2026-03-05T07:08:09Z"),
            ("05-Mar-2026 07:08:09", "2026-03-05T07:08:09Z"),
            ("05-Mar-2026 07:08:09 +9999", "2026-03-05T07:08:09Z"),
            ("05-Mar-2026 07:08:60 +0000", "2026-03-05T07:08:59Z"),
            ("Thu, 5 Mar 2026 07:08:09 -0030", "2026-03-05T07:38:09Z"),
            ("05-March-26 07:08 +0000", "2026-03-05T07:08:00Z"),
            ("05-Mar-99 07:08:09 +0000", "1999-03-05T07:08:09Z"),
            ("01-Jan-1970 00:00:00 +0000", "1970-01-01T00:00:00Z"),
        ] {
            let expected: Timestamp = utc.parse().unwrap();
            assert_eq!(internal(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "NIL",
            "yesterday",
            "31-Feb-2026 07:08:09 +0000",
            "05-Mar-2026",
            "05-Mär-2026 07:08:09 +0000",
            "05-Mar-2026 25:08:09 +0000",
            "05-Mar-20260 07:08:09 +0000",
            "00-Mar-2026 07:08:09 +0000",
            "1772694489",
        ] {
            assert_eq!(internal(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in prop_oneof!["\\PC{0,40}", "[ 0-9]{0,3}-[A-Za-z]{2,4}-[0-9]{0,5} [0-9:+ -]{0,20}"]) {
            let _ = internal(&text);
        }

        #[test]
        fn what_was_written_is_read(seconds in 0i64..4_102_444_800) {
            let at = Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(internal(&super::super::file::date_time(at)), Some(at));
        }
    }
}
