//! Command lines out of a stream of octets (RFC 5321 §2.3.8): only CR LF ends a line.

use zeroize::Zeroize;

/// Collects octets and gives them back line by line.
#[derive(Default)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Octets at the front that have been given out.
    taken: usize,
    /// How far from `taken` there is certainly no LF.
    scanned: usize,
    /// Inside a line that is too long; its octets are thrown away until the LF.
    overflowing: bool,
}

/// One line, or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// More octets are needed.
    Incomplete,
    /// A line without its CR LF.
    Complete(Vec<u8>),
    /// A line longer than allowed; it has been thrown away.
    TooLong,
    /// A TLS handshake in the clear begins here; it may never send an LF.
    Handshake,
    /// A line with a bare LF, a bare CR or a NUL; it has been thrown away.
    Malformed,
}

impl Lines {
    pub(super) fn push(&mut self, octets: &[u8]) {
        if self.taken > 0 && (self.taken == self.buffer.len() || self.taken > 64 * 1024) {
            self.buffer.drain(..self.taken);
            self.taken = 0;
        }
        if self.buffer.capacity() - self.buffer.len() < octets.len() {
            // Growing in place might leave a copy of what is in it, a secret among it, in memory that is free.
            let mut larger = Vec::with_capacity((self.buffer.len() + octets.len()).next_power_of_two());
            larger.extend_from_slice(&self.buffer);
            self.buffer.zeroize();
            self.buffer = larger;
        }
        self.buffer.extend_from_slice(octets);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.buffer.len()
    }

    /// What has come after the lines taken so far.
    pub(super) fn rest(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }

    /// Counts `octets` of the rest as taken.
    pub(super) fn advance(&mut self, octets: usize) {
        self.taken = (self.taken + octets).min(self.buffer.len());
        self.scanned = 0;
        if self.taken == self.buffer.len() {
            self.buffer.clear();
            self.taken = 0;
        }
    }

    pub(super) fn clear(&mut self) {
        self.buffer.zeroize();
        self.taken = 0;
        self.scanned = 0;
        self.overflowing = false;
    }

    /// The next line of at most `longest` octets, CR LF included.
    pub(super) fn next(&mut self, longest: usize) -> Line {
        let rest = self.buffer.get(self.taken..).unwrap_or_default();
        if !self.overflowing && rest.first() == Some(&0x16) {
            return Line::Handshake;
        }
        let found = memchr::memchr(b'\n', rest.get(self.scanned..).unwrap_or_default());
        let Some(end) = found.map(|at| at + self.scanned + 1) else {
            if self.overflowing || rest.len() > longest {
                self.overflowing = true;
                self.clear_keeping_overflow();
            } else {
                self.scanned = rest.len();
            }
            return Line::Incomplete;
        };
        let raw = rest.get(..end).unwrap_or_default();
        let line = if self.overflowing || raw.len() > longest {
            Line::TooLong
        } else {
            match raw.strip_suffix(b"\r\n") {
                Some(line) if memchr::memchr2(b'\r', 0, line).is_none() => Line::Complete(line.to_vec()),
                _ => Line::Malformed,
            }
        };
        self.overflowing = false;
        // Any line may hold a password, if only by mistake.
        if let Some(raw) = self.buffer.get_mut(self.taken..self.taken + end) {
            raw.zeroize();
        }
        self.advance(end);
        line
    }

    fn clear_keeping_overflow(&mut self) {
        self.buffer.zeroize();
        self.taken = 0;
        self.scanned = 0;
    }
}

/// A connection may end in the middle of an AUTH line.
impl Drop for Lines {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8], step: usize) -> Vec<Line> {
        let mut lines = Lines::default();
        let mut out = Vec::new();
        for chunk in input.chunks(step) {
            lines.push(chunk);
            loop {
                match lines.next(12) {
                    Line::Incomplete => break,
                    line => out.push(line),
                }
            }
        }
        out
    }

    #[test]
    fn only_cr_lf_ends_a_line() {
        let input = b"NOOP\r\nNO\nOP\r\n\r\nA\rB\r\n0123456789\r\n01234567890\r\nA\0B\r\nQUIT\r\n";
        let expected = vec![
            Line::Complete(b"NOOP".to_vec()),
            Line::Malformed,
            Line::Complete(b"OP".to_vec()),
            Line::Complete(Vec::new()),
            Line::Malformed,
            Line::Complete(b"0123456789".to_vec()),
            Line::TooLong,
            Line::Malformed,
            Line::Complete(b"QUIT".to_vec()),
        ];
        for step in 1..input.len() {
            assert_eq!(lines(input, step), expected, "in pieces of {step}");
        }
    }

    #[test]
    fn an_endless_line_keeps_no_memory() {
        let mut lines = Lines::default();
        for _ in 0..1000 {
            lines.push(&[b'x'; 1000]);
            assert_eq!(lines.next(512), Line::Incomplete);
            assert!(lines.buffer.capacity() < 8192);
        }
        lines.push(b"\r\nNOOP\r\n");
        assert_eq!(lines.next(512), Line::TooLong);
        assert_eq!(lines.next(512), Line::Complete(b"NOOP".to_vec()));
    }
}
