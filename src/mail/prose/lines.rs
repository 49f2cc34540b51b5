//! A text as lines, and which of them belong together.

use std::ops::Range;

/// How the text's lines were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Line ends as typed or hard-wrapped by a client: whether a line goes on is guessed.
    Fixed,
    /// `format=flowed` (RFC 3676): a line that ends in a space goes on in the next. The flag is `delsp=yes`.
    Flowed {
        /// The space at the end is not part of the text.
        delete_space: bool,
    },
}

/// One line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The line without its end, and without what RFC 3676 adds.
    pub(super) range: Range<usize>,
    /// Where its line end ends: the next line's start.
    pub(super) next: usize,
    /// What ends it.
    pub(super) end: LineEnd,
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// To be guessed from the lines around.
    Typed,
    /// It stands alone.
    Meant,
    /// It goes on in the next, with white space between.
    Soft,
    /// It goes on in the next without white space (`delsp=yes`).
    Glued,
}

impl Line {
    /// The line's text.
    pub(super) fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.range.clone()).unwrap_or_default()
    }

    /// Whether nothing but white space is in it.
    pub(super) fn is_blank(&self, text: &str) -> bool {
        self.text(text).trim_start().is_empty()
    }
}

/// Cuts `text` at LF and CRLF.
pub(super) fn split(text: &str, flow: Flow) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / 48 + 1);
    let mut start = 0;
    for at in memchr::memchr_iter(b'\n', bytes).chain((!bytes.ends_with(b"\n")).then_some(bytes.len())) {
        let end = if at > start && bytes.get(at - 1) == Some(&b'\r') {
            at - 1
        } else {
            at
        };
        let next = (at + 1).min(bytes.len());
        lines.push(line(bytes, start..end, next, flow));
        start = next;
    }
    lines
}

/// Applies RFC 3676 §4 to one line: a space in front is stuffing, one at the end says that it goes on. The signature
/// separator is never flowed (§4.3), and quoted lines are left as they are, since they are not read.
fn line(bytes: &[u8], mut range: Range<usize>, next: usize, flow: Flow) -> Line {
    let content = bytes.get(range.clone()).unwrap_or_default();
    let end = match flow {
        Flow::Fixed => LineEnd::Typed,
        Flow::Flowed { .. } if content == b"-- " || content.starts_with(b">") => LineEnd::Meant,
        Flow::Flowed { delete_space } => {
            let soft = content.ends_with(b" ");
            if content.starts_with(b" ") {
                range.start += 1;
            }
            if soft && range.end > range.start {
                range.end -= 1;
            }
            match (soft, delete_space) {
                (false, _) => LineEnd::Meant,
                (true, false) => LineEnd::Soft,
                (true, true) => LineEnd::Glued,
            }
        }
    };
    Line { range, next, end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, flow: Flow) -> Vec<(&str, LineEnd)> {
        split(text, flow)
            .iter()
            .map(|line| (text.get(line.range.clone()).unwrap(), line.end))
            .collect()
    }

    #[test]
    fn cuts_at_lf_and_crlf() {
        let typed = LineEnd::Typed;
        assert_eq!(shown("", Flow::Fixed), vec![("", typed)]);
        assert_eq!(
            shown("a\r\n\nb", Flow::Fixed),
            vec![("a", typed), ("", typed), ("b", typed)]
        );
        assert_eq!(shown("a\n", Flow::Fixed), vec![("a", typed)]);
    }

    #[test]
    fn flowed_lines_follow_rfc_3676() {
        let flow = Flow::Flowed { delete_space: false };
        assert_eq!(
            shown("one \r\ntwo\r\n  stuffed\r\n-- \r\n> q \r\n", flow),
            vec![
                ("one", LineEnd::Soft),
                ("two", LineEnd::Meant),
                (" stuffed", LineEnd::Meant),
                ("-- ", LineEnd::Meant),
                ("> q ", LineEnd::Meant),
            ]
        );
        assert_eq!(
            shown("one \n", Flow::Flowed { delete_space: true }),
            vec![("one", LineEnd::Glued)]
        );
    }
}
