//! What of a server's responses reaches the parser behind: whole responses, only those we can use, and within limits.
//!
//! The parser fails on untagged responses that it does not know, can be made to panic by odd response codes, keeps whole
//! literals in memory, and loses the words of some refusals. So status responses go on without their text, which is
//! kept here; unknown responses are dropped; and what is too long ends the connection before it is taken in.

use super::error::harmless;
use super::mend;
use std::borrow::Cow;

/// Longest response, its literals apart. The parser behind begins anew with every 4 KiB of it.
const LONGEST_LINE: usize = 512 * 1024;
/// Largest literal while nothing large was asked for.
const SMALL_LITERAL: usize = 64 * 1024;
/// Most octets of a literal that are read only to be dropped.
const LARGEST_CUT: usize = 64 * 1024 * 1024;
/// Most open parentheses at one place: the parser behind recurses.
const DEEPEST: usize = 32;

/// Takes a server's octets in, gives those for the parser out. Any splitting of the input gives the same output.
#[derive(Debug)]
pub(super) struct Sieve {
    /// The line that has come so far.
    line: Vec<u8>,
    /// Octets of the current literal that are still to come.
    literal: usize,
    /// How many of them, the last, don't go on.
    spare: usize,
    /// The response that a literal belongs to; its next line goes on with it.
    inside: Option<Fate>,
    /// Octets of the current response.
    length: usize,
    /// Largest literal now.
    largest: usize,
    /// Whether larger ones are cut, and don't end the connection.
    cuts: bool,
    /// What was kept back.
    pub(super) seen: Seen,
}

/// What the parser behind does not get.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The last tagged response.
    pub(super) completion: Status,
    /// The text of a BYE.
    pub(super) bye: Option<String>,
    /// What followed `* CAPABILITY`, whose list the parser behind is particular about.
    pub(super) capability: Option<Vec<u8>>,
    /// What followed `* NAMESPACE`.
    pub(super) namespace: Option<Vec<u8>>,
    /// The last UIDNEXT.
    pub(super) next_uid: Option<u32>,
    /// The last UIDVALIDITY.
    pub(super) uid_validity: Option<u32>,
    /// Whether mails have gone since this was set to false, so that sequence numbers have moved.
    pub(super) moved: bool,
}

/// The words of a status response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Status {
    /// The response code in capitals, without its arguments.
    pub(super) code: String,
    /// All of it, made harmless.
    pub(super) text: String,
}

impl Status {
    /// Reads `[CODE arguments] text`.
    pub(super) fn parse(octets: &[u8]) -> Status {
        let text = harmless(octets);
        let code = text.strip_prefix('[').map(|rest| {
            let end = rest.find([' ', ']']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or_default().to_ascii_uppercase()
        });
        Status {
            code: code.unwrap_or_default(),
            text,
        }
    }
}

/// Why a connection can't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Too much.
    Flood(&'static str),
    /// No IMAP.
    NoImap(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Pass,
    Drop,
}

impl Default for Sieve {
    fn default() -> Sieve {
        Sieve {
            line: Vec::new(),
            literal: 0,
            spare: 0,
            inside: None,
            length: 0,
            largest: SMALL_LITERAL,
            cuts: false,
            seen: Seen::default(),
        }
    }
}

impl Sieve {
    /// Sets the largest literal that may come from now on; `None` for the customary few KiB.
    pub(super) fn allow_literal(&mut self, largest: Option<usize>) {
        self.largest = largest.unwrap_or(0).max(SMALL_LITERAL);
        self.cuts = false;
    }

    /// From now on of each literal only the beginning goes on, as if the server had sent no more.
    pub(super) fn cut_literals(&mut self, longest: usize) {
        self.largest = longest;
        self.cuts = true;
    }

    /// Whether the server is in the middle of a response.
    pub(super) fn is_between(&self) -> bool {
        self.line.is_empty() && self.literal == 0 && self.inside.is_none()
    }

    /// Takes what came and adds what goes on to `out`.
    pub(super) fn feed(&mut self, mut octets: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        while !octets.is_empty() {
            if self.literal > 0 {
                let (now, later) = octets.split_at(self.literal.min(octets.len()));
                if self.inside == Some(Fate::Pass) {
                    let wanted = self.literal.saturating_sub(self.spare).min(now.len());
                    out.extend_from_slice(now.get(..wanted).unwrap_or(now));
                }
                self.literal -= now.len();
                octets = later;
                continue;
            }
            let end = memchr::memchr(b'\n', octets);
            let (now, later) = octets.split_at(end.map_or(octets.len(), |end| end + 1));
            self.length += now.len();
            if self.length > LONGEST_LINE {
                return Err(Fault::Flood("a response without an end"));
            }
            self.line.extend_from_slice(now);
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                self.take_line(trimmed(&line), out)?;
            }
            octets = later;
        }
        Ok(())
    }

    fn take_line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        if memchr::memchr2(0, b'\r', line).is_some() {
            return Err(Fault::NoImap("a line with a NUL or a bare CR"));
        }
        let mut is_first = false;
        let fate = match self.inside.take() {
            Some(fate) => fate,
            None => match self.begin(line, out)? {
                Some(fate) => {
                    is_first = true;
                    fate
                }
                // A status response is complete, and went on already if it should.
                None => {
                    self.length = 0;
                    return Ok(());
                }
            },
        };
        check_depth(line)?;
        let mut mended = match fate {
            Fate::Pass if is_first && is_list(line) => mend::list(line),
            Fate::Pass => mend::data(line),
            Fate::Drop => Cow::Borrowed(line),
        };
        match announced(line)? {
            None => self.length = 0,
            Some(size) => {
                self.spare = size.saturating_sub(self.largest);
                if self.spare > 0 && (!self.cuts || size > LARGEST_CUT) {
                    return Err(Fault::Flood("a literal that is too large"));
                }
                if self.spare > 0 {
                    mended = Cow::Owned(mend::announcing(&mended, self.largest));
                }
                self.literal = size;
                self.inside = Some(fate);
            }
        }
        if fate == Fate::Pass {
            out.extend_from_slice(&mended);
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    /// Decides about a response by its first line. `None` for status responses, whose lines announce no literals.
    fn begin(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<Option<Fate>, Fault> {
        if line.is_empty() {
            return Ok(None);
        }
        if line.starts_with(b"+") {
            out.extend_from_slice(b"+ \r\n");
            return Ok(None);
        }
        if let Some(rest) = line.strip_prefix(b"* ") {
            let (first, text) = word(rest);
            let second = word(text).0;
            return Ok(match first.to_ascii_uppercase().as_slice() {
                status @ (b"OK" | b"NO" | b"BAD" | b"PREAUTH" | b"BYE") => {
                    match status {
                        b"BYE" => self.seen.bye = Some(harmless(text)),
                        b"OK" => {
                            self.seen.next_uid = code_number(text, b"[UIDNEXT").or(self.seen.next_uid);
                            self.seen.uid_validity = code_number(text, b"[UIDVALIDITY").or(self.seen.uid_validity);
                        }
                        _ => {}
                    }
                    out.extend_from_slice(&[b"* ", status, b"\r\n"].concat());
                    None
                }
                b"NAMESPACE" => {
                    self.seen.namespace = Some(text.to_vec());
                    Some(Fate::Drop)
                }
                b"CAPABILITY" => {
                    self.seen.capability = Some(text.to_vec());
                    Some(Fate::Drop)
                }
                b"LIST" | b"SEARCH" => Some(Fate::Pass),
                b"VANISHED" => {
                    self.seen.moved = true;
                    Some(Fate::Pass)
                }
                number if number.iter().all(u8::is_ascii_digit) => match second.to_ascii_uppercase().as_slice() {
                    b"EXISTS" | b"FETCH" => Some(Fate::Pass),
                    b"EXPUNGE" => {
                        self.seen.moved = true;
                        Some(Fate::Pass)
                    }
                    _ => Some(Fate::Drop),
                },
                _ => Some(Fate::Drop),
            });
        }
        let (tag, rest) = word(line);
        let (status, text) = word(rest);
        let status = status.to_ascii_uppercase();
        if !matches!(status.as_slice(), b"OK" | b"NO" | b"BAD") || !tag.iter().all(u8::is_ascii_alphanumeric) {
            return Err(Fault::NoImap("a line that is no response"));
        }
        self.seen.completion = Status::parse(text);
        out.extend_from_slice(&[tag, b" ", &status, b"\r\n"].concat());
        Ok(None)
    }
}

/// The number that a response code carries.
fn code_number(text: &[u8], code: &[u8]) -> Option<u32> {
    let (found, rest) = word(text);
    let number = rest.split(|octet| !octet.is_ascii_digit()).next()?;
    let is_it = found.eq_ignore_ascii_case(code);
    std::str::from_utf8(number).ok().filter(|_| is_it)?.parse().ok()
}

fn is_list(line: &[u8]) -> bool {
    line.get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"* LIST "))
}

/// The first word and what follows the space after it.
pub(super) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', text) {
        Some(end) => {
            let (first, rest) = text.split_at(end);
            (first, rest.get(1..).unwrap_or_default())
        }
        None => (text, b""),
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The size of the literal that a line of data announces. A quoted string can't hold a line end, so that `{n}` at the end
/// is never inside one.
fn announced(line: &[u8]) -> Result<Option<usize>, Fault> {
    let Some(inside) = line.strip_suffix(b"}") else {
        return Ok(None);
    };
    let Some(open) = memchr::memrchr(b'{', inside) else {
        return Ok(None);
    };
    let digits = inside.get(open + 1..).unwrap_or_default();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    size.map(Some).ok_or(Fault::Flood("a literal that is too large"))
}

fn check_depth(line: &[u8]) -> Result<(), Fault> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for &octet in line {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Fault::NoImap("parentheses in parentheses without end"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
