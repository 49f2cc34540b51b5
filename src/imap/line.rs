//! The end of a line: does a literal follow (RFC 9051 §4.3, RFC 7888, RFC 3516)?
//!
//! Only at the very end of a line and outside of quotes. Where servers are known to differ in what they take for a literal,
//! the answer is "doubtful", and nobody guesses.

/// How many octets of a line's end are kept, where the line itself is not: room for `~{18446744073709551615+}` CR LF.
const TAIL: usize = 32;

/// What the end of a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// No literal follows.
    Plain,
    /// A literal follows.
    Literal(Literal),
    /// It looks like one, and may be none.
    Doubtful(&'static str),
}

/// A literal that is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal {
    /// Its octets; `None` where the number is beyond 64 bits.
    pub(super) size: Option<u64>,
    /// Whether its sender waits for a `+`.
    pub(super) waits: bool,
    /// Where the announcement begins, counted from the end of what was looked at.
    pub(super) from_end: usize,
}

/// How a line goes, of which the pieces are not kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Passing {
    quotes: Quotes,
    tail: [u8; TAIL],
    kept: u8,
}

/// Whether a place is inside a quoted string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Quotes {
    open: bool,
    escaped: bool,
}

impl Quotes {
    fn feed(&mut self, mut octets: &[u8]) {
        if self.escaped {
            let Some((_, rest)) = octets.split_first() else { return };
            self.escaped = false;
            octets = rest;
        }
        while let Some(at) = if self.open {
            memchr::memchr2(b'"', b'\\', octets)
        } else {
            memchr::memchr(b'"', octets)
        } {
            let escape = octets.get(at) == Some(&b'\\');
            let mut next = at + 1;
            if escape {
                next += 1;
                self.escaped = next > octets.len();
            } else {
                self.open = !self.open;
            }
            octets = octets.get(next..).unwrap_or_default();
        }
    }
}

impl Passing {
    /// The next piece of the line.
    pub(super) fn feed(&mut self, octets: &[u8]) {
        self.quotes.feed(octets);
        let last = octets.get(octets.len().saturating_sub(TAIL)..).unwrap_or_default();
        let room = TAIL - last.len();
        let kept = usize::from(self.kept);
        let stays = kept.min(room);
        self.tail.copy_within(kept - stays..kept, 0);
        if let Some(place) = self.tail.get_mut(stays..stays + last.len()) {
            place.copy_from_slice(last);
        }
        self.kept = u8::try_from(stays + last.len()).unwrap_or(u8::MAX);
    }

    /// What its end says, once it has come.
    pub(super) fn ending(&self) -> Ending {
        let tail = self.tail.get(..usize::from(self.kept)).unwrap_or_default();
        judge(tail, self.quotes.open)
    }
}

/// How many parentheses are open at most, and in the end; `open` were so before. Those inside of quotes are none.
pub(super) fn nesting(line: &[u8], mut open: usize) -> (usize, usize) {
    let (mut quoted, mut escaped, mut deepest) = (false, false, open);
    for octet in line {
        match octet {
            _ if std::mem::take(&mut escaped) => {}
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'(' if !quoted => open += 1,
            b')' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    (deepest, open)
}

/// What the end of a whole line says, its line end included.
pub(super) fn ending(line: &[u8]) -> Ending {
    // Nearly every line ends otherwise.
    if !line.ends_with(b"}\r\n") && !line.ends_with(b"}\n") {
        return Ending::Plain;
    }
    let mut quotes = Quotes::default();
    quotes.feed(line);
    judge(line, quotes.open)
}

fn judge(line: &[u8], quoted: bool) -> Ending {
    let Some(text) = line.strip_suffix(b"\n") else {
        return Ending::Plain;
    };
    let (text, bare) = match text.strip_suffix(b"\r") {
        Some(text) => (text, false),
        None => (text, true),
    };
    let Some(inner) = text.strip_suffix(b"}") else {
        return Ending::Plain;
    };
    let (inner, sign) = match inner.split_last() {
        Some((sign @ (b'+' | b'-'), rest)) => (rest, Some(*sign)),
        _ => (inner, None),
    };
    let digits = inner.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    let (before, number) = inner.split_at_checked(inner.len() - digits).unwrap_or_default();
    if number.is_empty() {
        return Ending::Plain;
    }
    let Some(before) = before.strip_suffix(b"{") else {
        // All that is kept of the line is a number: its beginning is out of sight.
        return if before.is_empty() && line.len() >= TAIL {
            Ending::Doubtful("a literal with an endless number")
        } else {
            Ending::Plain
        };
    };
    let before = before.strip_suffix(b"~").unwrap_or(before);
    if quoted {
        return Ending::Doubtful("a literal inside quotes that never end");
    }
    if bare {
        return Ending::Doubtful("a literal after a bare line feed");
    }
    if sign == Some(b'-') {
        return Ending::Doubtful("a literal of a kind that no standard knows");
    }
    Ending::Literal(Literal {
        size: std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()),
        waits: sign.is_none(),
        from_end: line.len() - before.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(line: &str) -> Option<(u64, bool)> {
        match ending(line.as_bytes()) {
            Ending::Literal(literal) => Some((literal.size.unwrap(), literal.waits)),
            _ => None,
        }
    }

    #[test]
    fn literals_are_seen_at_the_end_only() {
        assert_eq!(size("a1 APPEND x {310}\r\n"), Some((310, true)));
        assert_eq!(size("a1 APPEND x {310+}\r\n"), Some((310, false)));
        assert_eq!(size("a1 APPEND x ~{0}\r\n"), Some((0, true)));
        assert_eq!(size("* 1 FETCH (BODY[] {4294967296}\r\n"), Some((4_294_967_296, true)));
        assert_eq!(size("a1 SEARCH TEXT \"a \\\" b\" {3}\r\n"), Some((3, true)));
        for none in [
            "a1 SEARCH {3} x\r\n",
            "a1 x {}\r\n",
            "a1 x {3\r\n",
            "a1 x 3}\r\n",
            "a1 x {+}\r\n",
            "a1 x {3x}\r\n",
            "a1 x \"{3}\"\r\n",
            "a1 x {3} \r\n",
        ] {
            assert_eq!(ending(none.as_bytes()), Ending::Plain, "{none}");
        }
        for doubt in [
            "a1 x \"a {3}\r\n",
            "a1 x \"\\\" {3+}\r\n",
            "a1 x {3}\n",
            "a1 x {3-}\r\n",
        ] {
            assert!(matches!(ending(doubt.as_bytes()), Ending::Doubtful(_)), "{doubt}");
        }
        assert!(matches!(
            ending(b"a1 x {18446744073709551616}\r\n"),
            Ending::Literal(Literal { size: None, .. })
        ));
    }

    #[test]
    fn parentheses_are_counted_outside_of_quotes() {
        for (line, before, expected) in [
            ("a ID ((x) \"((\\\"(\" (y))\r\n", 0, (2, 0)),
            ("))(\r\n", 1, (1, 1)),
            ("\\((\r\n", 0, (2, 2)),
            ("\"(", 3, (3, 3)),
        ] {
            assert_eq!(nesting(line.as_bytes(), before), expected, "{line}");
        }
    }

    #[test]
    fn pieces_say_the_same_as_the_whole() {
        for line in [
            "a1 APPEND \"a\\\\\" (\\Seen) \"01-Jan-2026 00:00:00 +0000\" {310}\r\n",
            "a1 x \"a b\\\" {3}\r\n",
            "a1 x \"a b\\\"\" ~{18446744073709551615+}\r\n",
            "* 1 FETCH (ENVELOPE (\"x\" \"y\"))\r\n",
            "a {1}\n",
        ] {
            for cut in 0..line.len() {
                let mut passing = Passing::default();
                passing.feed(&line.as_bytes()[..cut]);
                passing.feed(&line.as_bytes()[cut..]);
                let (split, whole) = (passing.ending(), ending(line.as_bytes()));
                let size = |ending| match ending {
                    Ending::Literal(literal) => format!("{:?} {}", literal.size, literal.waits),
                    other => format!("{other:?}"),
                };
                assert_eq!(size(split), size(whole), "{line} at {cut}");
            }
        }
        let mut passing = Passing::default();
        passing.feed(format!("a1 x {{{}5}}\r\n", "0".repeat(40)).as_bytes());
        assert!(matches!(passing.ending(), Ending::Doubtful(_)));
    }
}
