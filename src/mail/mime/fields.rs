//! One header block as fields (RFC 5322 §2.2), without judging what is in them.

use std::ops::Range;

/// One header field; all ranges are into the whole mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) struct Field {
    /// The name without white space around it; empty for a line that is no field.
    pub(in crate::mail) name: Range<usize>,
    /// What follows the colon, with line ends inside and without the last one.
    pub(in crate::mail) value: Range<usize>,
    /// The whole field with its last line end.
    pub(in crate::mail) whole: Range<usize>,
}

impl Field {
    /// Whether it is the field of this name.
    pub(in crate::mail) fn is(&self, octets: &[u8], name: &str) -> bool {
        octets
            .get(self.name.clone())
            .is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The value's octets.
    pub(in crate::mail) fn value<'o>(&self, octets: &'o [u8]) -> &'o [u8] {
        octets.get(self.value.clone()).unwrap_or_default()
    }
}

/// Walks the fields of the header block that begins at an offset. It ends after the empty line, or before a line for
/// which `stop` says so (a MIME delimiter where a header should go on), or where the octets end.
pub(in crate::mail) struct Fields<'o, S> {
    octets: &'o [u8],
    at: usize,
    stop: S,
    ended: bool,
}

impl<'o, S: Fn(&[u8]) -> bool> Fields<'o, S> {
    pub(in crate::mail) fn new(octets: &'o [u8], at: usize, stop: S) -> Fields<'o, S> {
        Fields {
            octets,
            at,
            stop,
            ended: false,
        }
    }

    /// Where the block ends so far: after the empty line once the walk has come to its end.
    pub(in crate::mail) fn end(&self) -> usize {
        self.at
    }

    fn line(&self, at: usize) -> &'o [u8] {
        let rest = self.octets.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        rest.get(..end).unwrap_or(rest)
    }
}

impl<S: Fn(&[u8]) -> bool> Iterator for Fields<'_, S> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        let first = self.line(self.at);
        if self.ended || first.is_empty() || (self.stop)(first) {
            return None;
        }
        let start = self.at;
        self.at += first.len();
        if without_end(first).is_empty() {
            self.ended = true;
            return None;
        }
        while matches!(self.octets.get(self.at), Some(b' ' | b'\t')) {
            self.at += self.line(self.at).len();
        }
        let whole = start..self.at;
        let length = without_end(self.octets.get(whole.clone()).unwrap_or_default()).len();
        let (name, value) = match memchr::memchr(b':', first) {
            Some(colon) => (trimmed(first, start, colon), start + colon + 1..start + length),
            None => (start..start, start..start + length),
        };
        Some(Field { name, value, whole })
    }
}

/// The range of the name before the colon.
fn trimmed(line: &[u8], start: usize, colon: usize) -> Range<usize> {
    let name = line.get(..colon).unwrap_or_default();
    let before = name.len() - name.trim_ascii_start().len();
    let length = name.trim_ascii().len();
    start + before..start + before + length
}

/// The line without its CRLF or LF.
pub(in crate::mail) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_fold_and_end() {
        let octets = b"Subject: one\r\n two\r\nno field here\r\n X-A :b\nX-B:\r\n\r\nbody: no\r\n";
        let mut fields = Fields::new(octets, 0, |_| false);
        let shown: Vec<_> = fields
            .by_ref()
            .map(|field| {
                (
                    octets[field.name.clone()].escape_ascii().to_string(),
                    field.value(octets).to_vec(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            vec![
                ("Subject".to_owned(), b" one\r\n two".to_vec()),
                (String::new(), b"no field here\r\n X-A :b".to_vec()),
                ("X-B".to_owned(), b"".to_vec()),
            ]
        );
        assert_eq!(&octets[fields.end()..], b"body: no\r\n");
    }

    #[test]
    fn a_delimiter_ends_the_block() {
        let octets = b"A: b\r\n--x\r\nC: d\r\n";
        let mut fields = Fields::new(octets, 0, |line| line.starts_with(b"--x"));
        assert_eq!(fields.by_ref().count(), 1);
        assert_eq!(fields.end(), 6);
    }
}
