//! Places in a file: from octets to lines, columns and characters, as editors count.

use std::ops::Range;

/// A file's octets with positions known at the beginning of each line and, in long lines, every [`STRIDE`] octets, so
/// that telling a position never costs more than a step from the last one known.
pub(super) struct Places<'a> {
    octets: &'a [u8],
    known: Vec<Position>,
}

/// Octets between two known positions at most.
const STRIDE: usize = 1024;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// Octets before it.
    pub(super) offset: usize,
    /// From 1.
    pub(super) line: usize,
    /// In characters, from 1.
    pub(super) column: usize,
    /// Characters before it.
    pub(super) characters: usize,
}

impl<'a> Places<'a> {
    /// Counts once through the octets.
    pub(super) fn of(octets: &'a [u8]) -> Places<'a> {
        let mut at = Position {
            offset: 0,
            line: 1,
            column: 1,
            characters: 0,
        };
        let mut known = vec![at];
        for line in octets.split_inclusive(|&byte| byte == b'\n') {
            for stretch in line.chunks(STRIDE) {
                at = at.after(stretch);
                known.push(at);
            }
            if line.ends_with(b"\n") {
                at = Position {
                    line: at.line + 1,
                    column: 1,
                    ..at
                };
                known.push(at);
            }
        }
        Places { octets, known }
    }

    /// Where a range begins and ends; `None` if it is none or reaches beyond the octets.
    pub(super) fn range(&self, range: &Range<usize>) -> Option<(Position, Position)> {
        if range.start > range.end || range.end > self.octets.len() {
            return None;
        }
        Some((self.position(range.start)?, self.position(range.end)?))
    }

    fn position(&self, offset: usize) -> Option<Position> {
        let last = self
            .known
            .partition_point(|known| known.offset <= offset)
            .checked_sub(1)?;
        let known = self.known.get(last)?;
        Some(known.after(self.octets.get(known.offset..offset)?))
    }
}

impl Position {
    /// The position after octets without a line end among them. An octet counts for a character unless it continues one
    /// (RFC 3629 §3), so that the count is the same however the octets are cut.
    fn after(self, octets: &[u8]) -> Position {
        let characters = octets.iter().filter(|&&octet| octet & 0xc0 != 0x80).count();
        Position {
            offset: self.offset + octets.len(),
            column: self.column + characters,
            characters: self.characters + characters,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_are_not_utf8_count_too() {
        let octets = b"a\xff\xfeb\nc";
        let (start, _) = Places::of(octets).range(&(5..6)).unwrap();
        assert_eq!((start.line, start.column, start.characters), (2, 1, 5));
        assert!(Places::of(octets).range(&(5..7)).is_none());
    }

    #[test]
    fn a_long_line_is_counted_like_a_short_one() {
        let text = format!("é{}\nend", "ü".repeat(3_000));
        let at = text.find("end").unwrap() - 3;
        let (start, end) = Places::of(text.as_bytes()).range(&(at..text.len())).unwrap();
        assert_eq!((start.line, start.column), (1, 3_001));
        assert_eq!((end.line, end.column, end.characters), (2, 4, 3_005));
    }
}
