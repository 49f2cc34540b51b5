//! The visible text of an HTML part, with the source offset of every byte, and what its markup says is not own text.
//!
//! lol_html walks the source and tells where text, elements and their ends are; the text itself is taken from the source
//! afterwards, so that it does not matter where the walk cut it into chunks.

mod element;
mod style;
mod text;

use super::{MaskKind, Offsets};
use crate::mail::steps;
use element::{Effect, Layout};
use lol_html::errors::RewritingError;
use lol_html::html_content::{Element, TextType};
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_text, element, end_tag};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// Memory that lol_html may use: its stack of open elements grows with their nesting.
const MEMORY: usize = 32 * 1024 * 1024;

/// What a reader of an HTML part sees.
#[derive(Debug, Default)]
pub(super) struct Visible {
    /// The text: `\n` where a line ends, an empty line where a paragraph ends.
    pub(super) text: String,
    /// For each byte of the text the source offset that it came from, and one more at the end.
    pub(super) offsets: Offsets,
    /// Source ranges that the markup says are not own text, in order.
    pub(super) masks: Vec<(Range<usize>, MaskKind)>,
}

/// Reads the visible text. `code` says whether `<pre>` is code: some clients wrap a whole mail in it.
pub(super) fn visible(html: &str, code: bool) -> Result<Visible, String> {
    walk(html, code)
        .map(|events| text::render(html, events))
        .map_err(|error| error.to_string())
}

/// What the walk meets, in the order of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Text {
        range: Range<usize>,
        preformatted: bool,
    },
    Break(Layout),
    /// A region that is not read begins here.
    Mask {
        at: usize,
        kind: MaskKind,
    },
    /// It ends here.
    Unmask {
        at: usize,
    },
}

/// The walk's state, shared by lol_html's handlers.
#[derive(Default)]
struct Walk {
    /// Open elements that matter: those with an effect, and those that end a line.
    open: Vec<Open>,
    /// The place in `open` of the element whose text is not read.
    skipping: Option<usize>,
    /// Everything from here on is quoted.
    rest: bool,
    preformatted: usize,
    events: Vec<Event>,
}

struct Open {
    effect: Effect,
    layout: Layout,
    paragraph: bool,
}

fn walk(html: &str, code: bool) -> Result<Vec<Event>, RewritingError> {
    let shared = Rc::new(RefCell::new(Walk::default()));
    let (elements, texts) = (Rc::clone(&shared), Rc::clone(&shared));
    let settings = Settings::new()
        .append_element_content_handler(element!("*", move |element| {
            enter(&elements, element, code, html);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(move |chunk| {
            if matches!(
                chunk.text_type(),
                TextType::Data | TextType::PlainText | TextType::CDataSection
            ) {
                texts.borrow_mut().text(chunk.source_location().bytes());
            }
            Ok(())
        }))
        .with_strict(false)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(MEMORY));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html.as_bytes())?;
    rewriter.end()?;
    let mut walk = shared.take();
    walk.leave(0, html.len());
    if walk.rest {
        walk.events.push(Event::Unmask { at: html.len() });
    }
    Ok(walk.events)
}

/// Takes note of an element, and of its end if that matters.
fn enter(shared: &Rc<RefCell<Walk>>, element: &mut Element<'_, '_>, code: bool, html: &str) {
    steps::count(1);
    let mut walk = shared.borrow_mut();
    let name = element.tag_name();
    let at = element.source_location().bytes().start;
    let ahead = |length: usize| {
        let end = html.floor_char_boundary(at.saturating_add(length).min(html.len()));
        html.get(at..end).unwrap_or_default()
    };
    let mut layout = element::layout(&name);
    if layout != Layout::Inline {
        walk.end_paragraph(at);
    }
    let effect = match walk.skipping.is_none() && !walk.rest {
        true => element::effect(&name, element, code, ahead),
        false => Effect::None,
    };
    if effect == Effect::Mask(MaskKind::Hidden) {
        // What is not seen parts nothing.
        layout = Layout::Inline;
    }
    if layout != Layout::Inline {
        walk.events.push(Event::Break(layout));
    }
    if effect == Effect::QuoteRest {
        walk.rest = true;
        walk.events.push(Event::Mask {
            at,
            kind: MaskKind::Quote,
        });
        return;
    }
    if (layout == Layout::Inline && effect == Effect::None) || !element.can_have_content() {
        return;
    }
    let place = walk.open.len();
    walk.open.push(Open {
        effect,
        layout,
        paragraph: name == "p",
    });
    walk.preformatted += usize::from(effect == Effect::Preformatted);
    match effect {
        Effect::Mask(kind) => {
            walk.skipping = Some(place);
            walk.events.push(Event::Mask { at, kind });
        }
        Effect::Hide => walk.skipping = Some(place),
        Effect::None | Effect::Preformatted | Effect::QuoteRest => {}
    }
    drop(walk);
    let ends = Rc::clone(shared);
    // An element that can't have an end tag gives an error here; it was left above.
    let _ = element.on_end_tag(end_tag!(move |tag| {
        ends.borrow_mut().leave(place, tag.source_location().bytes().end);
        Ok(())
    }));
}

impl Walk {
    /// Text, in as many pieces as the walk likes.
    fn text(&mut self, range: Range<usize>) {
        if self.skipping.is_some() || self.rest {
            return;
        }
        let preformatted = self.preformatted > 0;
        match self.events.last_mut() {
            Some(Event::Text {
                range: last,
                preformatted: same,
            }) if last.end == range.start && *same == preformatted => {
                last.end = range.end;
            }
            _ => self.events.push(Event::Text { range, preformatted }),
        }
    }

    /// A block begins at `at`, which ends an open `<p>`; that matters where the paragraph is hidden or masked.
    fn end_paragraph(&mut self, at: usize) {
        let Some(place) = self.skipping else { return };
        if let Some(open) = self.open.get_mut(place).filter(|open| open.paragraph) {
            if let Effect::Mask(_) = std::mem::replace(&mut open.effect, Effect::None) {
                self.events.push(Event::Unmask { at });
            }
            self.skipping = None;
        }
    }

    /// The element at `place` ends at `at`, and with it all that are open within.
    fn leave(&mut self, place: usize, at: usize) {
        for open in self.open.drain(place.min(self.open.len())..).rev() {
            steps::count(1);
            if open.effect == Effect::Preformatted {
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            if let Effect::Mask(_) = open.effect {
                self.events.push(Event::Unmask { at });
            }
            match open.layout {
                Layout::Inline => {}
                Layout::Item => self.events.push(Event::Break(Layout::Line)),
                layout => self.events.push(Event::Break(layout)),
            }
        }
        if self.skipping.is_some_and(|skipping| skipping >= place) {
            self.skipping = None;
        }
    }
}

#[cfg(test)]
mod tests;
