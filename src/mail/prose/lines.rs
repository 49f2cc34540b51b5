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
    /// The same without white space around it.
    content: Range<usize>,
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

    /// The line's text without white space around it.
    pub(super) fn content<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.content.clone()).unwrap_or_default()
    }

    /// Where that stands.
    pub(super) fn place(&self) -> Range<usize> {
        self.content.clone()
    }

    /// Whether nothing but white space is in it.
    pub(super) fn is_blank(&self) -> bool {
        self.content.is_empty()
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
        lines.push(line(text, start..end, next, flow));
        start = next;
    }
    lines
}

/// Applies RFC 3676 §4 to one line: a space in front is stuffing, one at the end says that it goes on. The signature
/// separator is never flowed (§4.3), and quoted lines are left as they are, since they are not read.
fn line(text: &str, mut range: Range<usize>, next: usize, flow: Flow) -> Line {
    let content = text.as_bytes().get(range.clone()).unwrap_or_default();
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
    let content = trimmed(text, range.clone());
    Line {
        range,
        content,
        next,
        end,
    }
}

/// The range without white space at its ends, which most lines don't have.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let line = text.get(range.clone()).unwrap_or_default();
    if let [first, .., last] = line.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return range;
    }
    let rest = line.trim_start();
    let start = range.end - rest.len();
    start..start + rest.trim_end().len()
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
