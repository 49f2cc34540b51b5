//! Quoted and forwarded mail: `>` lines, introductions ("On …, … wrote:"), separators, header blocks.

use super::words::{BEGIN_FORWARD, Beginnings, FORWARDED, Label, OPENERS, ORIGINAL, WROTE, label};
use super::{MaskKind, Page};
use std::ops::Range;

/// Longest introduction, in lines and octets.
const LONGEST_INTRODUCTION: (usize, usize) = (5, 500);

/// How many lines a header block is looked for.
const LONGEST_BLOCK: usize = 24;

/// The line after a run of quoted lines. Blank lines between quoted lines belong to it.
pub(super) fn quoted(page: &Page<'_>, index: usize) -> usize {
    let mut end = index;
    while let Some(next) = page.next_text(end, 3).filter(|&next| is_quoted(page.line(next))) {
        end = next + 1;
    }
    end
}

/// `>` in front, or `|` as some mailing lists have it, or the bar of a client that draws it as a character.
pub(super) fn is_quoted(content: &str) -> bool {
    let mut octets = content.bytes();
    match octets.next() {
        Some(b'>') => true,
        Some(b'|') => octets.next().is_none_or(|octet| matches!(octet, b' ' | b'>')) && !content.ends_with('|'),
        _ => false,
    }
}

/// Looks at one line that is neither quoted nor a fence; gives the line after the quoted mail that it introduces.
pub(super) fn find(page: &Page<'_>, index: usize, signs: &mut Signs<'_>) -> Option<(usize, MaskKind)> {
    let content = page.line(index);
    if !may_begin(page, index, signs) {
        return None;
    }
    let all = page.lines.len();
    let later = index >= page.first;
    if let Some(kind) = separator(content) {
        let block = page
            .next_text(index + 1, 4)
            .is_some_and(|next| headers_follow(page, next));
        return (later || block).then_some((all, kind));
    }
    if content.starts_with("___") || content.starts_with("---") || content.starts_with("***") {
        // Outlook draws a line above the header block of the mail it quotes.
        let block = page
            .next_text(index + 1, 3)
            .is_some_and(|next| header_block(page, next));
        return block.then_some((all, MaskKind::Quote));
    }
    if header_block(page, index) {
        return Some((all, MaskKind::Quote));
    }
    let end = introduction(page, index)?;
    match page.next_text(end, 4) {
        Some(next) if is_quoted(page.line(next)) => Some((quoted(page, next), MaskKind::Quote)),
        // Nothing marks the quoted text, so it goes on to the end.
        _ if later && is_exact(page, index..end) => Some((all, MaskKind::Quote)),
        _ => None,
    }
}

/// What stands in lines that introduce mail, looked for once for a text.
pub(super) struct Signs<'t> {
    at: Ahead<'t>,
    colon: Ahead<'t>,
    /// The whole text is ASCII.
    ascii: bool,
}

impl<'t> Signs<'t> {
    pub(super) fn new(text: &'t str) -> Signs<'t> {
        Signs {
            at: Ahead::of(text, b'@'),
            colon: Ahead::of(text, b':'),
            ascii: text.is_ascii(),
        }
    }
}

/// Tells line by line whether an octet is in it, and looks only for the next one.
struct Ahead<'t> {
    octets: &'t [u8],
    octet: u8,
    /// The next one from where it was last looked for.
    next: usize,
}

impl<'t> Ahead<'t> {
    fn of(text: &'t str, octet: u8) -> Ahead<'t> {
        let octets = text.as_bytes();
        let next = memchr::memchr(octet, octets).unwrap_or(usize::MAX);
        Ahead { octets, octet, next }
    }

    /// Whether it is in a place, which is behind all places asked for before.
    fn is_in(&mut self, place: Range<usize>) -> bool {
        if self.next < place.start {
            let rest = self.octets.get(place.start..).unwrap_or_default();
            self.next = memchr::memchr(self.octet, rest).map_or(usize::MAX, |ahead| place.start + ahead);
        }
        self.next < place.end
    }
}

/// Almost every line of text ends here.
fn may_begin(page: &Page<'_>, index: usize, signs: &mut Signs<'_>) -> bool {
    let content = page.line(index);
    let place = page.place(index);
    let octets = content.as_bytes();
    let front = octets.get(..octets.len().min(48)).unwrap_or_default();
    let colon = signs.colon.is_in(place.start..place.start + front.len());
    front.starts_with(b"-")
        || front.starts_with(b"_")
        || front.starts_with(b"*")
        || content.ends_with(':')
        || colon
        || signs.at.is_in(place)
        || !(signs.ascii || front.is_ascii())
        || (page.beginnings(index).may_be(Beginnings::OPENER) && OPENERS.begin(content))
        || front.first().is_some_and(u8::is_ascii_digit)
}

/// Whether a line says that a forwarded mail follows.
pub(in crate::mail::prose) fn is_forward_marker(content: &str) -> bool {
    separator(content.trim()) == Some(MaskKind::Forward)
}

/// `-----Original Message-----`, `---------- Forwarded message ---------`, `Begin forwarded message:`. Some clients draw
/// the line with other dashes.
fn separator(content: &str) -> Option<MaskKind> {
    if content.len() > 120 {
        return None;
    }
    let is_dash = |c: char| matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}');
    let inside = content.trim_matches(|c: char| is_dash(c) || c.is_whitespace());
    let mut dashes = content.chars();
    let drawn = is_dash(dashes.next()?) && is_dash(dashes.next()?);
    if drawn && content.ends_with(is_dash) {
        let inside = inside.trim_end_matches([':', ' ']);
        return match inside {
            inside if FORWARDED.are(inside) => Some(MaskKind::Forward),
            inside if ORIGINAL.are(inside) => Some(MaskKind::Quote),
            // `----- Forwarded by Ana Lima/Acme on 05.05.2026 10:00 -----`
            inside if FORWARDED_BY.iter().any(|by| begins(inside, by)) => Some(MaskKind::Forward),
            _ => None,
        };
    }
    let begins = content.strip_suffix(':')?.trim_end();
    BEGIN_FORWARD.are(begins).then_some(MaskKind::Forward)
}

/// How Notes and Yahoo head what they forward, in lower case.
const FORWARDED_BY: &[&str] = &[
    "forwarded by ",
    "weitergeleitet von ",
    "transféré par ",
    "reenviado por ",
    "inoltrato da ",
];

fn begins(text: &str, lower: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    lower.chars().all(|c| letters.next() == Some(c))
}

/// Whether a header block as Outlook writes it begins here: From, and two of date, To and Subject within a few lines.
fn header_block(page: &Page<'_>, index: usize) -> bool {
    label_of(page.line(index)) == Some(Label::From) && labels(page, index) >= 3
}

/// Whether headers in any order begin here, below a line that announces them.
fn headers_follow(page: &Page<'_>, index: usize) -> bool {
    label_of(page.line(index)).is_some() && labels(page, index) >= 2
}

/// How many of From, date, To and Subject stand in the lines from `index` on. Lists of recipients may be wrapped.
fn labels(page: &Page<'_>, index: usize) -> usize {
    let mut seen = [false; 4];
    let mut others = 0;
    for line in (index..page.lines.len()).take(LONGEST_BLOCK) {
        let content = page.line(line);
        let place = match label_of(content) {
            Some(Label::From) => 0,
            Some(Label::Date) => 1,
            Some(Label::To) => 2,
            Some(Label::Subject) => 3,
            Some(Label::Copy) => continue,
            None => {
                others += usize::from(!content.is_empty() && !content.contains('@'));
                if others > 3 {
                    break;
                }
                continue;
            }
        };
        if let Some(seen) = seen.get_mut(place) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// The label at the front of a line, also in `*bold*`.
fn label_of(content: &str) -> Option<Label> {
    let front = content.get(..content.floor_char_boundary(40))?;
    let (name, _) = front.split_once([':', '：'])?;
    label(name.trim_matches(|c: char| matches!(c, '*' | '|') || c.is_whitespace()))
}

/// The line after an introduction such as `On 5 May 2026, at 10:00, Ana wrote:`, over a few lines at most.
fn introduction(page: &Page<'_>, index: usize) -> Option<usize> {
    let content = page.line(index);
    let opens = OPENERS.begin(content);
    let starts = index == 0 || page.line(index - 1).is_empty() || is_quoted(page.line(index - 1));
    // Other languages begin with the date or the name.
    let dated = starts && (content.contains('@') || content.starts_with(|c: char| c.is_ascii_digit()));
    if (!opens && !dated && !content.ends_with(':')) || ends_sentence(content) {
        return None;
    }
    let (most_lines, most_octets) = LONGEST_INTRODUCTION;
    let most_lines = if opens || dated { most_lines } else { 1 };
    let mut whole = String::new();
    for line in (index..page.lines.len()).take(most_lines) {
        let content = page.line(line);
        if content.is_empty() || whole.len() + content.len() > most_octets {
            return None;
        }
        whole.push_str(content);
        whole.push(' ');
        if content.ends_with(':') {
            return says_who_wrote(&whole, opens, opens || dated).then_some(line + 1);
        }
        if ends_sentence(content) {
            return None;
        }
    }
    None
}

/// A sentence ends with its line; `Inc.` and `a.m.` don't end one.
fn ends_sentence(content: &str) -> bool {
    let last = content.rsplit(' ').next().unwrap_or_default();
    let letters = last.trim_end_matches('.');
    content.ends_with(['?', '!'])
        || (last.ends_with('.') && !letters.contains('.') && !letters.starts_with(char::is_uppercase))
}

/// A date or an address, and a word for "wrote": at the end, or `anywhere` in a line that surely is no sentence.
fn says_who_wrote(whole: &str, opens: bool, anywhere: bool) -> bool {
    let dated = whole.bytes().any(|byte| byte.is_ascii_digit());
    let addressed = whole.contains('@');
    if !dated && !addressed {
        return false;
    }
    let whole = whole.to_lowercase();
    let wrote = from_each_word(&whole).any(|rest| {
        WROTE.like(rest).any(|word| {
            let told = rest.strip_prefix(word).is_some_and(|after| {
                let ends = after.trim_start().starts_with([':', '(', ',']);
                ends || (anywhere && !after.starts_with(char::is_alphanumeric))
            });
            // Who says it twice tells something themselves.
            told && whole.find(word) == Some(whole.len() - rest.len())
        })
    });
    // Apple Mail in Polish has no word at the end.
    let announced = begins(&whole, "wiadomość napisana przez");
    let told = match opens {
        true => dated && (wrote || announced),
        // `Ana Lima <ana@acme.example> wrote:`
        false => wrote && (dated || addressed),
    };
    // The form with nothing but date, name and address.
    told || (dated && addressed && whole.trim_end().ends_with(">:"))
}

/// What stands from each letter or digit on that none stands before.
fn from_each_word(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let begins = !std::mem::replace(&mut inside, c.is_alphanumeric()) && inside;
        if begins { text.get(at..) } else { None }
    })
}

/// Whether an introduction is as only clients write it: with an address or the time of day. A person's "On 5 May she
/// wrote:" must not take the rest of a mail with it.
fn is_exact(page: &Page<'_>, lines: Range<usize>) -> bool {
    lines.into_iter().any(|line| {
        let content = page.line(line);
        content.contains('@') || has_time(content.as_bytes())
    })
}

/// `10:00`, `10.00`, `10h00`.
fn has_time(octets: &[u8]) -> bool {
    octets.windows(4).any(|window| {
        matches!(window, [hour, b':' | b'.' | b'h', ten, one]
            if hour.is_ascii_digit() && ten.is_ascii_digit() && one.is_ascii_digit())
    })
}
