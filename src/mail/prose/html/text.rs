//! From the walk's events to visible text.

use super::super::masks::is_forward_marker;
use super::{Event, Layout, MaskKind, Visible};
use std::ops::Range;

/// Longest character reference: `&CounterClockwiseContourIntegral;`.
const LONGEST_REFERENCE: usize = 33;

/// Puts the visible text together.
pub(super) fn render(html: &str, events: Vec<Event>) -> Visible {
    let mut page = Page {
        html,
        visible: Visible::default(),
        dirty: false,
        on_line: false,
        item: false,
        mask: None,
    };
    page.visible.text.reserve(html.len() / 4);
    for event in events {
        match event {
            Event::Text { range, preformatted } => page.text(range, preformatted),
            Event::Break(layout) => page.end_line(layout),
            Event::Mask { at, kind } => page.mask = Some((at, kind)),
            Event::Unmask { at } => page.unmask(at),
        }
    }
    let end = page.visible.offsets.last().unwrap_or_default();
    page.visible.offsets.push(end.max(html.len()));
    page.visible
}

struct Page<'h> {
    html: &'h str,
    visible: Visible,
    /// Something has been written since the last paragraph ended.
    dirty: bool,
    /// Something has been written since the last line ended.
    on_line: bool,
    /// An item of a list has begun, and nothing of it has been written.
    item: bool,
    mask: Option<(usize, MaskKind)>,
}

impl Page<'_> {
    /// Line ends in the source are white space; character references are undone one by one.
    fn text(&mut self, range: Range<usize>, preformatted: bool) {
        let html = self.html;
        let Some(source) = html.get(range.clone()) else { return };
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
            let special = memchr::memchr3(b'&', b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
            let plain = rest.get(..special).unwrap_or_default();
            self.push(plain, range.start + at);
            at += plain.len();
            let Some(rest) = rest.get(special..).filter(|rest| !rest.is_empty()) else {
                return;
            };
            if rest.starts_with('&') {
                let (reference, decoded) = reference(rest);
                self.begin_item(range.start + at);
                for c in decoded.chars() {
                    let mut buffer = [0; 4];
                    let c: &str = if matches!(c, '\n' | '\r') {
                        " "
                    } else {
                        c.encode_utf8(&mut buffer)
                    };
                    self.visible.text.push_str(c);
                    self.visible.offsets.repeat(range.start + at, c.len());
                }
                (self.dirty, self.on_line) = (true, true);
                at += reference;
            } else {
                let c = if preformatted && rest.starts_with('\n') {
                    "\n"
                } else {
                    " "
                };
                self.visible.text.push_str(c);
                self.visible.offsets.push(range.start + at);
                at += 1;
            }
        }
    }

    fn push(&mut self, plain: &str, at: usize) {
        if !plain.trim_ascii_start().is_empty() {
            self.begin_item(at);
            (self.dirty, self.on_line) = (true, true);
        }
        self.visible.text.push_str(plain);
        self.visible.offsets.copy(at..at + plain.len());
    }

    /// Items are shown as people type them.
    fn begin_item(&mut self, at: usize) {
        if std::mem::take(&mut self.item) {
            self.visible.text.push_str("- ");
            self.visible.offsets.repeat(at, 2);
        }
    }

    fn end_line(&mut self, layout: Layout) {
        let at = self.here();
        self.item = layout == Layout::Item || (self.item && layout != Layout::Break);
        let ends = match layout {
            Layout::Inline => 0,
            Layout::Break => 1,
            Layout::Line | Layout::Item => usize::from(self.on_line),
            Layout::Block if self.dirty => 2,
            Layout::Block => 0,
        };
        self.visible.text.extend(std::iter::repeat_n('\n', ends));
        self.visible.offsets.repeat(at, ends);
        self.dirty &= layout != Layout::Block;
        self.on_line &= ends == 0;
    }

    /// The source offset after what was written last.
    fn here(&self) -> usize {
        let Some(last) = self.visible.offsets.last() else {
            return 0;
        };
        if self.visible.text.ends_with('\n') {
            return last;
        }
        let mut end = match self.html.get(last..).filter(|rest| rest.starts_with('&')) {
            Some(rest) => last + reference(rest).0,
            None => last + 1,
        };
        while !self.html.is_char_boundary(end) && end < self.html.len() {
            end += 1;
        }
        end.min(self.html.len())
    }

    /// What stood in a mask was never text. A quoted line takes the place of what is quoted, so that the line that
    /// introduces it is known; nothing that of hidden text, so that it can't part words; a white space that of all else.
    fn unmask(&mut self, at: usize) {
        let Some((start, kind)) = self.mask.take() else { return };
        let end = at.max(start);
        let masked = self.html.get(start..end).unwrap_or_default();
        let kind = match kind {
            MaskKind::Quote if is_forward(masked) => MaskKind::Forward,
            kind => kind,
        };
        match kind {
            MaskKind::Hidden if !has_text(masked) => return,
            MaskKind::Hidden => {}
            MaskKind::Quote | MaskKind::Forward => {
                let begin = if self.on_line { "\n>" } else { ">" };
                self.visible.text.push_str(begin);
                self.visible.offsets.repeat(start, begin.len());
                self.visible.text.push('\n');
                self.visible.offsets.push(end);
                (self.dirty, self.on_line) = (true, false);
            }
            _ => {
                let here = self.here();
                self.visible.text.push(' ');
                self.visible.offsets.push(here);
            }
        }
        self.visible.masks.push((start..end, kind));
    }
}

/// Whether more than markup and white space is in a source.
fn has_text(source: &str) -> bool {
    let mut texts = source.split('>').skip(1);
    texts.any(|text| {
        let text = text.split('<').next().unwrap_or_default();
        reference_free(text).contains(char::is_alphanumeric)
    })
}

/// A text without its character references, which mostly are invisible where text is hidden.
fn reference_free(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut free = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        free.push_str(piece.split_once(';').map_or(piece, |(_, after)| after));
    }
    free
}

/// Whether the first text in a quoted region says that it is forwarded.
pub(super) fn is_forward(quoted: &str) -> bool {
    let end = quoted.floor_char_boundary(quoted.len().min(2_000));
    let texts = quoted.get(..end).unwrap_or_default().split('>').skip(1);
    let mut texts = texts.map(|text| text.split('<').next().unwrap_or_default().trim());
    texts.find(|text| !text.is_empty()).is_some_and(is_forward_marker)
}

/// The character reference at the front: its length and what it stands for. An ampersand that begins none stands for
/// itself.
fn reference(rest: &str) -> (usize, std::borrow::Cow<'_, str>) {
    let bytes = rest.as_bytes().get(1..).unwrap_or_default();
    let name = bytes
        .iter()
        .take(LONGEST_REFERENCE)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'#')
        .count();
    let length = 1 + name + usize::from(bytes.get(name) == Some(&b';'));
    let reference = rest.get(..length).unwrap_or(rest);
    (reference.len(), htmlize::unescape(reference))
}
