//! Quoted and forwarded mail: `>` lines, introductions ("On …, … wrote:"), separators, header blocks.

use super::words::{BEGIN_FORWARD, FORWARDED, Label, ORIGINAL, WROTE, label, opens_introduction, same_fold};
use super::{MaskKind, Page};

/// Longest introduction, in lines and octets.
const LONGEST_INTRODUCTION: (usize, usize) = (4, 500);

/// How many lines a header block is looked for.
const LONGEST_BLOCK: usize = 16;

/// The line after a run of quoted lines. Blank lines between quoted lines belong to it.
pub(super) fn quoted(page: &Page<'_>, index: usize) -> usize {
    let mut end = index;
    while let Some(next) = page.next_text(end, 3).filter(|&next| page.line(next).starts_with('>')) {
        end = next + 1;
    }
    end
}

/// Looks at one line that begins neither with `>` nor a fence; gives the line after the quoted mail that it introduces.
pub(super) fn find(page: &Page<'_>, index: usize) -> Option<(usize, MaskKind)> {
    let content = page.line(index);
    let all = page.lines.len();
    let later = index >= page.first;
    if let Some(kind) = separator(content) {
        let block = (1..=3).any(|ahead| header_block(page, index + ahead));
        return (later || block).then_some((all, kind));
    }
    if content.starts_with("___") {
        // Outlook draws a line above the header block of the mail it quotes.
        return header_block(page, index + 1).then_some((all, MaskKind::Quote));
    }
    if header_block(page, index) {
        return Some((all, MaskKind::Quote));
    }
    let end = introduction(page, index)?;
    match page.next_text(end, 4) {
        Some(next) if page.line(next).starts_with('>') => Some((quoted(page, next), MaskKind::Quote)),
        // Nothing marks the quoted text, so it goes on to the end.
        _ if later => Some((all, MaskKind::Quote)),
        _ => None,
    }
}

/// Whether a line says that a forwarded mail follows.
pub(in crate::mail::prose) fn is_forward_marker(content: &str) -> bool {
    separator(content.trim()) == Some(MaskKind::Forward)
}

/// `-----Original Message-----`, `---------- Forwarded message ---------`, `Begin forwarded message:`.
fn separator(content: &str) -> Option<MaskKind> {
    if content.len() > 120 {
        return None;
    }
    if content.starts_with("--") && content.ends_with("--") {
        let inside = content
            .trim_matches(|c: char| c == '-' || c.is_whitespace())
            .to_lowercase();
        return match inside.as_str() {
            inside if FORWARDED.contains(&inside) => Some(MaskKind::Forward),
            inside if ORIGINAL.contains(&inside) => Some(MaskKind::Quote),
            _ => None,
        };
    }
    let begins = content.strip_suffix(':')?.trim_end();
    BEGIN_FORWARD
        .iter()
        .any(|phrase| same_fold(begins, phrase))
        .then_some(MaskKind::Forward)
}

/// Whether a header block as Outlook writes it begins here: From, and two of date, To and Subject within a few lines.
fn header_block(page: &Page<'_>, index: usize) -> bool {
    if label_of(page.line(index)) != Some(Label::From) {
        return false;
    }
    let mut seen = [false; 3];
    let mut others = 0;
    for line in (index + 1..page.lines.len()).take(LONGEST_BLOCK) {
        let content = page.line(line);
        match label_of(content) {
            Some(Label::Date) => seen[0] = true,
            Some(Label::To) => seen[1] = true,
            Some(Label::Subject) => seen[2] = true,
            Some(Label::From | Label::Copy) => {}
            None => others += usize::from(!content.is_empty()),
        }
        if others > 3 {
            break;
        }
    }
    seen.iter().filter(|seen| **seen).count() >= 2
}

/// The label at the front of a line, also in `*bold*`.
fn label_of(content: &str) -> Option<Label> {
    let mut end = content.len().min(32);
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    let front = content.get(..end)?;
    let (name, _) = front.split_once(':').or_else(|| front.split_once('：'))?;
    label(name.trim_matches(|c: char| c == '*' || c.is_whitespace()))
}

/// The line after an introduction such as `On 5 May 2026, at 10:00, Ana wrote:`, over a few lines at most.
fn introduction(page: &Page<'_>, index: usize) -> Option<usize> {
    let content = page.line(index);
    let opens = opens_introduction(content);
    if !opens && !content.ends_with(':') {
        return None;
    }
    let (most_lines, most_octets) = LONGEST_INTRODUCTION;
    let mut whole = String::new();
    for line in index..page.lines.len().min(index + if opens { most_lines } else { 1 }) {
        let content = page.line(line);
        if content.is_empty() || whole.len() + content.len() > most_octets {
            return None;
        }
        whole.push_str(content);
        whole.push(' ');
        if content.ends_with(':') {
            return says_who_wrote(&whole, opens).then_some(line + 1);
        }
    }
    None
}

/// A date or an address, and a word for "wrote".
fn says_who_wrote(whole: &str, opens: bool) -> bool {
    let dated = whole.bytes().any(|byte| byte.is_ascii_digit());
    let addressed = whole.contains('@');
    let whole = whole.to_lowercase();
    let wrote = WROTE.iter().any(|word| {
        whole.find(word).is_some_and(|at| {
            let after = whole.get(at + word.len()..).unwrap_or_default();
            let before = whole.get(..at).unwrap_or_default();
            let ends = after.trim_start().starts_with([':', '(', ',']);
            !before.ends_with(char::is_alphanumeric) && (ends || (opens && !after.starts_with(char::is_alphanumeric)))
        })
    });
    match opens {
        true => dated && wrote,
        // `Ana Lima <ana@acme.example> wrote:`, and the form with nothing but date, name and address.
        false => (wrote && (dated || addressed)) || (dated && addressed && whole.trim_end().ends_with(">:")),
    }
}
