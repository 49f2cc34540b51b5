//! Reads arguments of a command or response, one after the other: atoms, quoted strings, literals, lists.
//!
//! The text is what was said, literals with their content in it. Nothing is checked that is not needed to find the next
//! argument.

use std::borrow::Cow;

/// What is still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Args<'a>(&'a [u8]);

impl<'a> Args<'a> {
    pub(super) fn new(text: &'a [u8]) -> Args<'a> {
        Args(text)
    }

    /// What has not been read, without the space before it.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0.strip_prefix(b" ").unwrap_or(self.0)
    }

    /// Whether nothing is left but the line's end.
    pub(super) fn is_over(self) -> bool {
        self.rest().trim_ascii().is_empty()
    }

    /// A word up to a space or the line's end; empty if there is none.
    pub(super) fn word(&mut self) -> &'a [u8] {
        let text = self.rest();
        let end = memchr::memchr3(b' ', b'\r', b'\n', text).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end).unwrap_or_default();
        self.0 = rest;
        word
    }

    /// An atom, a quoted string or a literal.
    pub(super) fn string(&mut self) -> Option<Cow<'a, [u8]>> {
        let text = self.rest();
        match text.first()? {
            b'"' => self.quoted(text.get(1..)?).map(Cow::Owned),
            b'{' => self.literal(text.get(1..)?),
            b'~' if text.get(1) == Some(&b'{') => self.literal(text.get(2..)?),
            _ => {
                let special = |octet: &u8| b" ()\"{\r\n".contains(octet);
                let end = text.iter().position(special).unwrap_or(text.len());
                let (atom, rest) = text.split_at_checked(end)?;
                self.0 = rest;
                (!atom.is_empty()).then_some(Cow::Borrowed(atom))
            }
        }
    }

    /// A list in parentheses, in which there are no strings and no lists.
    pub(super) fn flat_list(&mut self) -> Option<&'a [u8]> {
        let text = self.rest().strip_prefix(b"(")?;
        let end = memchr::memchr3(b')', b'(', b'"', text)?;
        self.0 = text.get(end..)?.strip_prefix(b")")?;
        text.get(..end)
    }

    fn quoted(&mut self, text: &'a [u8]) -> Option<Vec<u8>> {
        let mut plain = Vec::new();
        let mut at = 0;
        loop {
            match text.get(at)? {
                b'"' => break,
                b'\\' => {
                    at += 1;
                    plain.push(*text.get(at)?);
                }
                b'\r' | b'\n' => return None,
                other => plain.push(*other),
            }
            at += 1;
        }
        self.0 = text.get(at + 1..)?;
        Some(plain)
    }

    fn literal(&mut self, text: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let close = memchr::memchr(b'}', text)?;
        let number = text.get(..close)?;
        let number = number.strip_suffix(b"+").unwrap_or(number);
        let size: usize = std::str::from_utf8(number).ok()?.parse().ok()?;
        let (content, rest) = text.get(close..)?.strip_prefix(b"}\r\n")?.split_at_checked(size)?;
        self.0 = rest;
        Some(Cow::Borrowed(content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_come_one_after_the_other() {
        let mut args = Args::new(b" INBOX \"a \\\"b\\\\\" {3}\r\n\"{} ~{2+}\r\nab (\\Seen \\Draft) [Gmail]/Sent\r\n");
        let mut strings = Vec::new();
        for _ in 0..4 {
            strings.push(args.string().unwrap().into_owned());
        }
        assert_eq!(strings, [&b"INBOX"[..], b"a \"b\\", b"\"{}", b"ab"]);
        assert_eq!(args.flat_list(), Some(&b"\\Seen \\Draft"[..]));
        assert_eq!(args.string().unwrap().as_ref(), b"[Gmail]/Sent");
        assert!(args.is_over() && args.string().is_none());
        for broken in ["\"open\r\n", "{9}\r\nshort\r\n", "{x}\r\n", "(a)"] {
            assert!(Args::new(broken.as_bytes()).string().is_none(), "{broken}");
        }
        assert!(Args::new(b"(a (b))").flat_list().is_none());
    }
}
