//! The content of DATA (RFC 5321 §4.1.1.4): dot-unstuffing, one end-of-data rule, and what may not pass.
//!
//! Only CR LF . CR LF ends the content (or . CR LF at its very start). A bare LF or CR never counts as a line end, not
//! even for a dot after it: that is what SMTP smuggling lives on. Such content is read to its true end and refused.

use super::Limits;
use memchr::memchr3;

/// Reads content until its end.
#[derive(Debug)]
pub(super) struct ContentReader {
    state: State,
    content: Vec<u8>,
    /// Octets of content so far, also those that were not kept.
    length: usize,
    line: usize,
    header: Header,
    fault: Option<Fault>,
}

/// Why content can't be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    BareLf,
    BareCr,
    Nul,
    LineTooLong,
    HeaderTooLong,
    TooLarge,
    /// The driver has no room; it says itself what to reply.
    NoRoom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a line.
    LineStart,
    /// A dot at the start of a line; not yet known whether it ends the content.
    Dot,
    /// A dot and a CR at the start of a line.
    DotCr,
    /// Inside a line.
    InLine,
    /// After a CR.
    Cr,
    /// CR LF . CR LF has been seen.
    End,
}

/// Tracks the header section, for the length of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    /// In a field that is so many octets long.
    Field(usize),
    Over,
}

impl ContentReader {
    pub(super) fn new(declared: usize) -> ContentReader {
        ContentReader {
            state: State::LineStart,
            content: Vec::with_capacity(declared.min(256 * 1024)),
            length: 0,
            line: 0,
            header: Header::Field(0),
            fault: None,
        }
    }

    /// Takes octets up to the end of the content. Returns how many were taken and whether the end has come.
    pub(super) fn take(&mut self, octets: &[u8], limits: &Limits) -> (usize, bool) {
        if self.fault.is_none() {
            self.content.reserve(octets.len());
        }
        let mut at = 0;
        while let Some(&octet) = octets.get(at) {
            match self.state {
                State::End => break,
                State::LineStart => {
                    if octet == b'.' {
                        self.state = State::Dot;
                        at += 1;
                    } else {
                        self.begin_line(octet);
                    }
                }
                State::Dot if octet == b'\r' => {
                    self.state = State::DotCr;
                    at += 1;
                }
                // The dot was stuffing: it goes, what follows is the line.
                State::Dot => self.begin_line(octet),
                State::DotCr if octet == b'\n' => {
                    self.state = State::End;
                    at += 1;
                }
                State::DotCr => {
                    self.begin_line(b'\r');
                    self.keep(b"\r", limits);
                    self.refuse(Fault::BareCr);
                }
                State::InLine => {
                    let rest = octets.get(at..).unwrap_or_default();
                    let run = memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len());
                    self.keep(rest.get(..run).unwrap_or_default(), limits);
                    at += run;
                    match rest.get(run) {
                        Some(b'\r') => self.state = State::Cr,
                        Some(b'\n') => self.refuse(Fault::BareLf),
                        Some(_) => self.refuse(Fault::Nul),
                        None => continue,
                    }
                    at += 1;
                }
                State::Cr if octet == b'\n' => {
                    self.end_line(limits);
                    at += 1;
                }
                State::Cr => {
                    self.refuse(Fault::BareCr);
                    self.state = State::InLine;
                }
            }
        }
        (at, self.state == State::End)
    }

    /// Octets held in memory.
    pub(super) fn held(&self) -> usize {
        self.content.len()
    }

    /// Octets received, kept or not.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// From here on nothing is kept; the end is still looked for.
    pub(super) fn refuse(&mut self, fault: Fault) {
        if self.fault.is_none() {
            self.fault = Some(fault);
        }
        self.content = Vec::new();
    }

    /// The content, or what is wrong with it.
    pub(super) fn finish(self) -> Result<Vec<u8>, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.content),
        }
    }

    fn begin_line(&mut self, first: u8) {
        self.state = State::InLine;
        self.line = 0;
        if let Header::Field(length) = &mut self.header
            && first != b' '
            && first != b'\t'
        {
            *length = 0;
        }
    }

    fn end_line(&mut self, limits: &Limits) {
        if self.line == 0 {
            self.header = Header::Over;
        }
        self.line = 0;
        self.state = State::LineStart;
        self.append(b"\r\n", limits);
    }

    fn keep(&mut self, octets: &[u8], limits: &Limits) {
        self.line += octets.len();
        if self.line > limits.content_line {
            self.refuse(Fault::LineTooLong);
        }
        if let Header::Field(length) = &mut self.header {
            *length += octets.len();
            if *length > limits.header_field {
                self.refuse(Fault::HeaderTooLong);
            }
        }
        self.append(octets, limits);
    }

    fn append(&mut self, octets: &[u8], limits: &Limits) {
        self.length = self.length.saturating_add(octets.len());
        if self.length > limits.content {
            self.refuse(Fault::TooLarge);
        }
        if self.fault.is_none() {
            self.content.extend_from_slice(octets);
        }
    }
}

/// Content as DATA carries it, in pieces to be written one after the other: dots at line starts doubled, CR LF . CR LF
/// at the end. A content that does not end in CR LF (it can't have come through DATA) gets one.
pub fn stuffed(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let first_dot: &[u8] = if content.first() == Some(&b'.') { b"." } else { b"" };
    let end: &[u8] = if content.is_empty() || content.ends_with(b"\r\n") {
        b".\r\n"
    } else {
        b"\r\n.\r\n"
    };
    let mut from = 0;
    let mut dots = memchr::memmem::find_iter(content, b"\r\n.");
    let mut over = false;
    let body = std::iter::from_fn(move || {
        if over {
            return None;
        }
        let upto = dots.next().map(|at| at + 3);
        over = upto.is_none();
        // Each piece ends with a dot at a line start, and the next begins with its double.
        let start = if from == 0 { 0 } else { from - 1 };
        let piece = content.get(start..upto.unwrap_or(content.len()));
        from = upto.unwrap_or(content.len());
        piece
    });
    std::iter::once(first_dot)
        .chain(body)
        .chain(std::iter::once(end))
        .filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(wire: &[u8], step: usize) -> (Result<Vec<u8>, Fault>, usize, bool) {
        let limits = Limits {
            content_line: 998,
            content: 100_000,
            ..Limits::default()
        };
        let mut reader = ContentReader::new(0);
        let mut taken = 0;
        for chunk in wire.chunks(step.max(1)) {
            let (octets, end) = reader.take(chunk, &limits);
            taken += octets;
            if end {
                return (reader.finish(), taken, true);
            }
        }
        (reader.finish(), taken, false)
    }

    #[test]
    fn unstuffs_and_ends_only_at_cr_lf_dot_cr_lf() {
        for (wire, content) in [
            (&b".\r\n"[..], &b""[..]),
            (b"\r\n.\r\n", b"\r\n"),
            (b"..\r\n.\r\n", b".\r\n"),
            (b"...a\r\n..\r\n.\r\n", b"..a\r\n.\r\n"),
            (b".a\r\n.\r\n", b"a\r\n"),
            (b"a\r\n\r\n\r\n.\r\n", b"a\r\n\r\n\r\n"),
        ] {
            for step in 1..=wire.len() {
                assert_eq!(
                    read(wire, step),
                    (Ok(content.to_vec()), wire.len(), true),
                    "{wire:?} by {step}"
                );
            }
        }
    }

    #[test]
    fn smuggling_ends_nothing() {
        let endings: [&[u8]; 11] = [
            b"\n.\n",
            b"\n.\r\n",
            b"\n.\r",
            b"\r.\n",
            b"\r.\r\n",
            b"\r.\r",
            b"\r\n.\n",
            b"\r\n.\r\r\n",
            b"\r\n\0.\r\n",
            b"\r\r\n.\n",
            b"\r\n.\0\r\n",
        ];
        for ending in endings {
            let wire = [b"a".as_slice(), ending, b"MAIL FROM:<x@y>\r\n.\r\nREST"].concat();
            for step in 1..=wire.len() {
                let (result, taken, end) = read(&wire, step);
                assert!(end && result.is_err(), "{ending:?} by {step}");
                assert_eq!(&wire[taken..], b"REST", "{ending:?} by {step}");
            }
        }
    }

    #[test]
    fn limits_are_kept() {
        let line = |n: usize| [vec![b'x'; n], b"\r\n.\r\n".to_vec()].concat();
        assert!(read(&[b"A: b\r\n\r\n".to_vec(), line(998)].concat(), 7).0.is_ok());
        assert_eq!(
            read(&[b"A: b\r\n\r\n".to_vec(), line(999)].concat(), 7).0,
            Err(Fault::LineTooLong)
        );
        let folded = b"A: b\r\n ".repeat(20_000);
        assert_eq!(
            read(
                &[b"\r\n".to_vec(), b"\r\n".repeat(60_000), b".\r\n".to_vec()].concat(),
                997
            )
            .0,
            Err(Fault::TooLarge)
        );
        let long_field = [
            b"A: b".to_vec(),
            b"\r\n bbbbbbbbb".repeat(11_000),
            b"\r\n\r\n.\r\n".to_vec(),
        ]
        .concat();
        let limits = Limits {
            content: 1_000_000,
            ..Limits::default()
        };
        let mut reader = ContentReader::new(0);
        assert!(reader.take(&long_field, &limits).1);
        assert_eq!(reader.finish(), Err(Fault::HeaderTooLong));
        let mut reader = ContentReader::new(0);
        assert!(reader.take(&[folded, b"\r\n\r\n.\r\n".to_vec()].concat(), &limits).1);
        assert!(reader.finish().is_ok(), "each field starts anew");
    }

    proptest! {
        #[test]
        fn what_is_stuffed_comes_back(lines in proptest::collection::vec("[ -~äß.]{0,80}", 0..40), step in 1usize..200) {
            let content = lines.iter().flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect::<Vec<u8>>();
            let wire = stuffed(&content).collect::<Vec<_>>().concat();
            prop_assert_eq!(read(&wire, step), (Ok(content), wire.len(), true));
        }

        #[test]
        fn any_octets_split_anywhere_give_the_same(wire in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(0u8), Just(b'a')], 0..60), step in 1usize..60) {
            prop_assert_eq!(read(&wire, step), read(&wire, 1000));
        }
    }
}
