//! From lines and masks to passages: the own text, normalised, with an offset for each byte.

use super::chars::{Fold, fold, look_alike};
use super::lines::{Line, LineEnd};
use super::{MaskKind, Offsets, Passage};
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
            !kind.is_inline() && mask.start <= line.range.start && mask.end >= line.range.end
        });
        if covered && !line.range.is_empty() {
            passages.extend(writer.take(part, line.range.start));
            continue;
        }
        if budget.is_spent() {
            budget.cut |= !line.is_blank();
            continue;
        }
        if writer.text.capacity() == 0 {
            let blocks = masks.clone().find(|(_, kind)| !kind.is_inline());
            let end = blocks.map_or(text.len(), |(mask, _)| mask.start);
            writer.expect(end.saturating_sub(line.range.start).min(budget.left));
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

/// A text normalised as own text is, in one line.
pub(super) fn plain(text: &str) -> String {
    let line = build_line(0, text, &mut Budget::default());
    line.map_or_else(String::new, |line| line.text)
}

/// More than one character and the white space before it can take, in bytes.
const STEP: usize = 16;

/// How far back, in letters, a word is looked at for look-alikes.
const LONGEST_WORD: usize = 64;

/// What is owed between the last character written and the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space(usize),
    LineEnd(usize),
}

/// Writes normalised text and its offsets side by side.
struct Writer<'t> {
    source: &'t str,
    text: String,
    offsets: Offsets,
    gap: Gap,
    /// Where the word begins in `text` that has a letter which may be a look-alike.
    suspect: Option<usize>,
}

impl<'t> Writer<'t> {
    fn new(source: &'t str) -> Writer<'t> {
        Writer {
            source,
            text: String::new(),
            offsets: Offsets::default(),
            gap: Gap::None,
            suspect: None,
        }
    }

    /// Makes room for so much text, which is seldom exceeded.
    fn expect(&mut self, octets: usize) {
        self.text.reserve(octets);
    }

    /// White space, unless a line end is owed already.
    fn space(&mut self, at: usize) {
        if self.gap == Gap::None {
            self.gap = Gap::Space(at);
        }
    }

    /// The end of a line that stands alone. It keeps the offset of the white space before it.
    fn end_line(&mut self, at: usize) {
        self.gap = match self.gap {
            Gap::Space(at) | Gap::LineEnd(at) => Gap::LineEnd(at),
            Gap::None => Gap::LineEnd(at),
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
            self.offsets.copy(at..at + run);
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
        self.offsets.repeat(at, c.len_utf8());
    }

    /// Ends the word that was under suspicion: if Latin letters are in it too, the look-alikes become Latin.
    fn settle(&mut self) {
        let Some(start) = self.suspect.take() else { return };
        let word = self.text.split_off(start);
        let offsets = self.offsets.split_off(start);
        let mixed = word.bytes().any(|byte| byte.is_ascii_alphabetic()) || self.imitates(&word);
        for (place, c) in word.char_indices() {
            let c = if mixed { look_alike(c).unwrap_or(c) } else { c };
            let at = offsets.get(place).unwrap_or_default();
            self.text.push(c);
            self.offsets.repeat(at, c.len_utf8());
        }
    }

    /// Whether a word of nothing but look-alikes stands after a Latin word, and is not as short as a word of its own
    /// language may be.
    fn imitates(&self, word: &str) -> bool {
        let before = self
            .text
            .bytes()
            .rev()
            .find(|byte| !matches!(byte, b' ' | b',' | b'\'' | b'-'));
        word.chars().count() > 2
            && before.is_some_and(|byte| byte.is_ascii_alphabetic())
            && word.chars().all(|c| look_alike(c).is_some())
    }

    /// Ends the passage before `at`, if anything is in it.
    fn take(&mut self, part: usize, at: usize) -> Option<Passage> {
        self.settle();
        let end = match std::mem::replace(&mut self.gap, Gap::None) {
            Gap::None => at,
            Gap::Space(at) | Gap::LineEnd(at) => at,
        };
        let text = std::mem::take(&mut self.text);
        let mut offsets = std::mem::take(&mut self.offsets);
        offsets.push(end);
        (!text.is_empty()).then_some(Passage { part, text, offsets })
    }
}

/// How many bytes from the front are printable ASCII with no more than single spaces between words, at most `most`.
///
/// Most text is, so first whole blocks are passed, then eight bytes are looked at together, each with its high bit as flag.
fn ordinary(bytes: &[u8], most: usize) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let bytes = bytes.get(..most).unwrap_or(bytes);
    let mut run = ordinary_blocks(bytes);
    if run == bytes.len() {
        return run;
    }
    let (eights, rest) = bytes.get(run..).unwrap_or_default().as_chunks::<8>();
    // The flag of the byte before; white space in front is not ordinary.
    let mut after_space = match run.checked_sub(1).and_then(|before| bytes.get(before)) {
        None | Some(b' ') => 0x80,
        Some(_) => 0,
    };
    for eight in eights {
        let eight = u64::from_le_bytes(*eight);
        let low_bits = eight & !HIGH;
        let equal = |byte: u8| !(((low_bits ^ (u64::from(byte) * EACH)) + 0x7f * EACH) | eight) & HIGH;
        let control = !(low_bits + (0x80 - 0x20) * EACH);
        let spaces = equal(b' ');
        let double = spaces & (spaces << 8 | after_space);
        let stops = ((control | eight) & HIGH) | equal(b'`') | equal(0x7f) | double;
        if stops != 0 {
            return without_space(bytes, run + stops.trailing_zeros() as usize / 8);
        }
        after_space = spaces >> 56;
        run += 8;
    }
    let mut after_space = after_space != 0;
    let ordinary = rest.iter().take_while(|&&byte| {
        let take = matches!(byte, b'!'..=b'_' | b'a'..=b'~') || (byte == b' ' && !after_space);
        after_space = byte == b' ';
        take
    });
    without_space(bytes, run + ordinary.count())
}

/// Bytes of a block, and the one behind it.
const BLOCK: usize = 32;

/// How many bytes from the front are ordinary, as far as blocks tell: all of them, or whole blocks.
fn ordinary_blocks(bytes: &[u8]) -> usize {
    if bytes.first() == Some(&b' ') {
        return 0;
    }
    let mut run = 0;
    while let Some(block) = bytes.get(run..).and_then(<[u8]>::first_chunk) {
        if !is_ordinary(block) {
            return run;
        }
        run += BLOCK;
    }
    // The rest is looked at together with bytes that are known, and the last byte, which is behind all blocks.
    let all = bytes.last_chunk().is_some_and(is_ordinary) && bytes.last().is_some_and(u8::is_ascii_graphic);
    match all && bytes.last() != Some(&b'`') {
        true => bytes.len(),
        false => run,
    }
}

/// Whether a block has nothing but printable ASCII, and neither a backtick nor two spaces in a row, the byte behind it
/// included.
fn is_ordinary(block: &[u8; BLOCK + 1]) -> bool {
    // Without an early end, so that many bytes are compared at once.
    let pairs = block.iter().zip(block.iter().skip(1));
    let odd = pairs.fold(0, |odd, (&byte, &next)| {
        let unprintable = byte.wrapping_sub(b' ') > b'~' - b' ';
        odd | u8::from(unprintable) | u8::from(byte == b'`') | u8::from((byte | next) == b' ')
    });
    odd == 0
}

/// A space at the end of a run may be followed by more white space, or by the end of the line.
fn without_space(bytes: &[u8], run: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use super::ordinary;
    use proptest::prelude::*;

    fn one_by_one(bytes: &[u8], most: usize) -> usize {
        let mut after_space = true;
        let run = bytes.iter().take(most).take_while(|&&byte| {
            let take = matches!(byte, b'!'..=b'_' | b'a'..=b'~') || (byte == b' ' && !after_space);
            after_space = byte == b' ';
            take
        });
        let run = run.count();
        match run.checked_sub(1).and_then(|last| bytes.get(last)) {
            Some(b' ') => run - 1,
            _ => run,
        }
    }

    proptest! {
        #[test]
        fn many_together_are_the_same_as_one_by_one(
            plain in "[a-zA-Z,.]{0,20}( [a-z]{1,9}){0,9}",
            odd in prop_oneof![any::<u8>(), Just(b' '), Just(b'a')],
            more in "[ a-c`~]{0,20}|[a-c]{0,30}( [a-c]{1,20}){0,3}",
            most in 0_usize..140,
        ) {
            let mut bytes = plain.into_bytes();
            bytes.push(odd);
            bytes.extend(more.bytes());
            prop_assert_eq!(ordinary(&bytes, most), one_by_one(&bytes, most));
        }
    }
}
