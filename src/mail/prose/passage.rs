//! From lines and masks to passages: the own text, normalised, with an offset for each byte.

use super::chars::{Fold, fold, look_alike};
use super::lines::{Line, LineEnd};
use super::{MaskKind, Passage};
use std::ops::Range;

mod joining;

/// How much own text is read: 256 KiB for all parts of a mail together.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    cut: bool,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            left: 256 * 1024,
            cut: false,
        }
    }
}

impl Budget {
    /// Whether something was left out.
    pub(super) fn cut(&self) -> bool {
        self.cut
    }

    /// Whether the next step might go beyond it.
    fn is_spent(&self) -> bool {
        self.left < STEP
    }
}

/// Builds the passages of one part: one for each run of own text between masks of whole lines. `masks` are in order and
/// don't overlap. URLs and code within a line become white space.
pub(super) fn build(
    part: usize,
    text: &str,
    lines: &[Line],
    masks: &[(Range<usize>, MaskKind)],
    budget: &mut Budget,
) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut writer = Writer::new(text);
    let mut masks = masks.iter().peekable();
    let mut joiner = joining::Joiner::new(text, lines);
    for (index, line) in lines.iter().enumerate() {
        while masks.next_if(|(mask, _)| mask.end <= line.range.start).is_some() {}
        let covered = masks.peek().is_some_and(|(mask, kind)| {
            *kind != MaskKind::Url && mask.start <= line.range.start && mask.end >= line.range.end
        });
        if covered && !line.range.is_empty() {
            passages.extend(writer.take(part, line.range.start));
            continue;
        }
        if budget.is_spent() {
            budget.cut |= !line.is_blank(text);
            continue;
        }
        if joiner.stands_apart(index) {
            writer.end_line(line.range.start);
        }
        let mut at = line.range.start;
        while let Some((mask, _)) = masks.peek().filter(|(mask, _)| mask.start < line.range.end) {
            writer.own(at..mask.start.max(at), budget);
            writer.space(mask.start.max(at));
            at = mask.end.clamp(at, line.range.end);
            if mask.end > line.range.end {
                break;
            }
            masks.next();
        }
        writer.own(at..line.range.end, budget);
        if line.end != LineEnd::Glued {
            writer.space(line.range.end);
        }
    }
    passages.extend(writer.take(part, text.len()));
    passages
}

/// Builds the passage of a subject: one line, no masks.
pub(super) fn build_line(part: usize, text: &str, budget: &mut Budget) -> Option<Passage> {
    let mut writer = Writer::new(text);
    writer.own(0..text.len(), budget);
    writer.take(part, text.len())
}

/// More than one character and the white space before it can take, in bytes.
const STEP: usize = 16;

/// How far back, in letters, a word is looked at for look-alikes.
const LONGEST_WORD: usize = 64;

/// What is owed between the last character written and the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space(u32),
    LineEnd(u32),
}

/// Writes normalised text and its offsets side by side.
struct Writer<'t> {
    source: &'t str,
    text: String,
    offsets: Vec<u32>,
    gap: Gap,
    /// Where the word begins in `text` that has a letter which may be a look-alike.
    suspect: Option<usize>,
}

impl<'t> Writer<'t> {
    fn new(source: &'t str) -> Writer<'t> {
        Writer {
            source,
            text: String::new(),
            offsets: Vec::new(),
            gap: Gap::None,
            suspect: None,
        }
    }

    /// White space, unless a line end is owed already.
    fn space(&mut self, at: usize) {
        if self.gap == Gap::None {
            self.gap = Gap::Space(offset(at));
        }
    }

    /// The end of a line that stands alone. It keeps the offset of the white space before it.
    fn end_line(&mut self, at: usize) {
        self.gap = match self.gap {
            Gap::Space(at) | Gap::LineEnd(at) => Gap::LineEnd(at),
            Gap::None => Gap::LineEnd(offset(at)),
        };
    }

    /// Own text, without line ends.
    fn own(&mut self, range: Range<usize>, budget: &mut Budget) {
        let source: &'t str = self.source;
        let Some(own) = source.get(range.clone()) else { return };
        let mut at = 0;
        while let Some(rest) = own.get(at..).filter(|rest| !rest.is_empty()) {
            if budget.is_spent() {
                budget.cut = true;
                return;
            }
            let before = self.text.len();
            at += self.some(rest, range.start + at, budget.left - STEP / 2);
            budget.left = budget.left.saturating_sub(self.text.len().saturating_sub(before));
        }
    }

    /// Takes a run of ordinary ASCII or one character from the front of `rest`, and says how many bytes that was.
    fn some(&mut self, rest: &str, at: usize, most: usize) -> usize {
        let run = ordinary(rest.as_bytes(), if self.suspect.is_some() { 1 } else { most });
        if let Some(ascii) = rest.get(..run).filter(|ascii| !ascii.is_empty()) {
            if self.suspect.is_some() && !ascii.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.settle();
            }
            self.fill();
            self.text.push_str(ascii);
            self.offsets.extend(offset(at)..offset(at + run));
            return run;
        }
        let Some(c) = rest.chars().next() else { return 0 };
        let folded = if c.is_ascii() { ascii_fold(c) } else { fold(c) };
        let in_word = match folded {
            Fold::Nothing | Fold::LooksLike(_) => true,
            Fold::Keep => c.is_alphabetic(),
            Fold::One(c) => c.is_alphabetic(),
            Fold::As(plain) => plain.starts_with(char::is_alphabetic),
            Fold::Space | Fold::Dash => false,
        };
        if !in_word {
            self.settle();
        }
        match folded {
            Fold::Keep => self.push(c, at),
            Fold::One(c) => self.push(c, at),
            Fold::As(plain) => plain.chars().for_each(|c| self.push(c, at)),
            Fold::Space => self.space(at),
            Fold::Nothing => {}
            Fold::Dash => {
                self.space(at);
                self.push('-', at);
                self.space(at + c.len_utf8());
            }
            Fold::LooksLike(_) => {
                self.fill();
                if self.suspect.is_none() {
                    let back = self.text.char_indices().rev().take(LONGEST_WORD);
                    let letters = back.take_while(|(_, c)| c.is_alphabetic()).last();
                    self.suspect = Some(letters.map_or(self.text.len(), |(start, _)| start));
                }
                self.push(c, at);
            }
        }
        c.len_utf8()
    }

    /// Writes what is owed; nothing at the very beginning.
    fn fill(&mut self) {
        let (c, at) = match std::mem::replace(&mut self.gap, Gap::None) {
            Gap::None => return,
            Gap::Space(at) => (' ', at),
            Gap::LineEnd(at) => ('\n', at),
        };
        self.settle();
        if !self.text.is_empty() {
            self.text.push(c);
            self.offsets.push(at);
        }
    }

    fn push(&mut self, c: char, at: usize) {
        self.fill();
        self.text.push(c);
        self.offsets.extend(std::iter::repeat_n(offset(at), c.len_utf8()));
    }

    /// Ends the word that was under suspicion: if Latin letters are in it too, the look-alikes become Latin.
    fn settle(&mut self) {
        let Some(start) = self.suspect.take() else { return };
        let word = self.text.split_off(start);
        let offsets = self.offsets.split_off(start);
        let mixed = word.bytes().any(|byte| byte.is_ascii_alphabetic());
        for (place, c) in word.char_indices() {
            let c = if mixed { look_alike(c).unwrap_or(c) } else { c };
            let at = offsets.get(place).copied().unwrap_or_default();
            self.text.push(c);
            self.offsets.extend(std::iter::repeat_n(at, c.len_utf8()));
        }
    }

    /// Ends the passage before `at`, if anything is in it.
    fn take(&mut self, part: usize, at: usize) -> Option<Passage> {
        self.settle();
        let end = match std::mem::replace(&mut self.gap, Gap::None) {
            Gap::None => offset(at),
            Gap::Space(at) | Gap::LineEnd(at) => at,
        };
        let text = std::mem::take(&mut self.text);
        let mut offsets = std::mem::take(&mut self.offsets);
        offsets.push(end);
        (!text.is_empty()).then_some(Passage { part, text, offsets })
    }
}

/// How many bytes from the front are printable ASCII with no more than single spaces between words, at most `most`.
fn ordinary(bytes: &[u8], most: usize) -> usize {
    let mut after_space = true;
    let run = bytes.iter().take(most).take_while(|&&byte| {
        let take = matches!(byte, b'!'..=b'_' | b'a'..=b'~') || (byte == b' ' && !after_space);
        after_space = byte == b' ';
        take
    });
    let run = run.count();
    // A space at the end may be followed by more white space, or by the end of the line.
    match run.checked_sub(1).and_then(|last| bytes.get(last)) {
        Some(b' ') => run - 1,
        _ => run,
    }
}

fn ascii_fold(c: char) -> Fold {
    match c {
        ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' => Fold::Space,
        '`' => Fold::One('\''),
        c if c.is_ascii_control() => Fold::Nothing,
        _ => Fold::Keep,
    }
}

/// Texts are cut long before 4 GiB; beyond, the end stands for every place.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
