//! Phrases that tell what a line is, and how they are compared: in lower case, with plain apostrophes and spaces.

mod endings;
mod headers;

pub(super) use endings::{CLOSINGS, DISCLAIMERS, FOOTERS, LEGAL, NOTICES, SENT_FROM};
pub(super) use headers::{BEGIN_FORWARD, FORWARDED, Label, OPENERS, ORIGINAL, WROTE};
use std::sync::LazyLock;

/// Phrases by their first letter, so that most texts are told apart by that and the letters after it.
#[derive(Debug)]
pub(super) struct Phrases {
    /// For each ASCII letter and whatever else begins a phrase.
    ascii: Vec<Vec<Phrase>>,
    others: Vec<Phrase>,
    /// For each first letter the second ones, as bits; all bits where a phrase is one letter.
    seconds: [u32; 26],
}

/// A phrase in lower case with the octets that it begins with, up to four of ASCII.
#[derive(Debug, Clone, Copy)]
struct Phrase {
    phrase: &'static str,
    mask: u32,
    front: u32,
}

impl Phrases {
    /// Takes phrases in lower case, parted by `|`.
    fn new(phrases: &'static str) -> Phrases {
        let mut ascii = vec![Vec::new(); 128];
        let mut others = Vec::new();
        let mut seconds = [0; 26];
        for phrase in phrases.split('|') {
            if let [first, rest @ ..] = phrase.as_bytes()
                && let Some(seconds) = letter(*first).and_then(|first| seconds.get_mut(first))
            {
                *seconds |= match rest.first() {
                    None => u32::MAX,
                    Some(second) => letter(*second).map_or(0, |second| 1 << second),
                };
            }
            let known = phrase.bytes().take(4).take_while(u8::is_ascii).count();
            let mask = u32::MAX.checked_shr(8 * (4 - known as u32)).unwrap_or(0);
            let front = front_octets(phrase) & mask;
            let phrase = Phrase { phrase, mask, front };
            let first = phrase.phrase.bytes().next().map(usize::from);
            match first.and_then(|first| ascii.get_mut(first)) {
                Some(bucket) => bucket.push(phrase),
                None => others.push(phrase),
            }
        }
        Phrases { ascii, others, seconds }
    }

    /// Whether its first two letters tell that no phrase begins as a text does.
    #[inline]
    fn differ(&self, text: &str) -> bool {
        let [first, second, ..] = text.as_bytes() else {
            return false;
        };
        let seconds = letter(*first).and_then(|first| self.seconds.get(first));
        seconds
            .zip(letter(*second))
            .is_some_and(|(seconds, second)| seconds >> second & 1 == 0)
    }

    /// The phrases that may begin as a text does.
    fn like(&self, text: &str) -> impl Iterator<Item = &'static str> + '_ {
        let front = front_octets(text);
        let plain_front = front & 0x8080_8080 == 0 && text.bytes().take(4).all(|octet| !matches!(octet, b'`' | b'\t'));
        let first = if plain_front {
            (front & 0x7f) as usize
        } else {
            let first = text.chars().next().unwrap_or_default();
            plain(first).next().unwrap_or(first) as usize
        };
        let like = self.ascii.get(first).unwrap_or(&self.others).iter();
        like.filter(move |phrase| !plain_front || front & phrase.mask == phrase.front)
            .map(|phrase| phrase.phrase)
    }

    /// Whether a text begins with one of them.
    pub(super) fn begin(&self, text: &str) -> bool {
        !self.differ(text) && self.like(text).any(|phrase| front(text, phrase).is_some())
    }

    /// The length of the longest of them that a text begins with.
    pub(super) fn front(&self, text: &str) -> Option<usize> {
        if self.differ(text) {
            return None;
        }
        self.like(text).filter_map(|phrase| front(text, phrase)).max()
    }

    /// Whether a text is one of them.
    pub(super) fn are(&self, text: &str) -> bool {
        !self.differ(text) && self.like(text).any(|phrase| front(text, phrase) == Some(text.len()))
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.ascii
            .iter()
            .flatten()
            .chain(&self.others)
            .map(|phrase| phrase.phrase)
    }
}

/// Which letter of ASCII this is, without regard to case.
fn letter(octet: u8) -> Option<usize> {
    let letter = (octet | 0x20).wrapping_sub(b'a');
    (letter < 26).then_some(usize::from(letter))
}

/// The first four octets of a text with capitals made small, zeros for what it is short of.
fn front_octets(text: &str) -> u32 {
    let front = match text.as_bytes().first_chunk::<4>() {
        Some(front) => *front,
        None => {
            let mut front = [0; 4];
            front.iter_mut().zip(text.bytes()).for_each(|(to, octet)| *to = octet);
            front
        }
    };
    u32::from_le_bytes(front.map(|octet| octet.to_ascii_lowercase()))
}

/// How many octets of a text are this phrase, if it begins with it.
fn front(text: &str, phrase: &str) -> Option<usize> {
    // As long as all is ASCII, octets tell as much as characters.
    for (wanted, has) in phrase.bytes().zip(text.bytes()).take(16) {
        if !wanted.is_ascii() || !has.is_ascii() || matches!(has, b'`' | b'\t') {
            break;
        }
        if has.to_ascii_lowercase() != wanted {
            return None;
        }
    }
    let mut rest = text.chars();
    let mut wanted = phrase.chars();
    let mut next = wanted.next();
    while let Some(expected) = next {
        let c = rest.next()?;
        // One letter may become two when it is made lower case; the phrase has both.
        let mut matched = false;
        for plain in plain(c) {
            if next != Some(plain) {
                return None;
            }
            matched = true;
            next = wanted.next();
        }
        if !matched && c != expected {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// A letter in lower case; apostrophes and spaces plain.
fn plain(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '’' | '‘' | '´' | '`' => '\'',
        '\u{a0}' | '\u{202f}' | '\t' => ' ',
        c => c,
    };
    // A Turkish capital I with a dot is the letter i here.
    c.to_lowercase().filter(|lower| *lower != '\u{307}')
}

/// Which label of a header block this is.
pub(super) fn label(name: &str) -> Option<Label> {
    static KNOWN: LazyLock<Vec<(Label, Phrases)>> = LazyLock::new(|| {
        let known = headers::LABELS.iter();
        known.map(|(label, names)| (*label, Phrases::new(names))).collect()
    });
    if name.is_empty() || name.len() > 32 {
        return None;
    }
    KNOWN.iter().find(|(_, names)| names.are(name)).map(|(label, _)| *label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_compared_in_lower_case() {
        assert!(CLOSINGS.are("Mit freundlichen Grüßen") && CLOSINGS.are("İYİ çalışmalar"));
        assert!(!CLOSINGS.are("Best regards to all"));
        assert_eq!(SENT_FROM.front("Sent from my iPhone"), Some("Sent from my ".len()));
        assert!(FOOTERS.begin("DON’T WANT THESE EMAILS?"));
        assert_eq!(label("Předmět"), Some(Label::Subject));
        assert_eq!(label("Gönderme\u{a0}tarihi"), Some(Label::Date));
        assert_eq!((label("Fromage"), label("")), (None, None));
    }

    #[test]
    fn phrases_are_in_lower_case_and_plain() {
        for known in [
            &*CLOSINGS,
            &*SENT_FROM,
            &*DISCLAIMERS,
            &*LEGAL,
            &*NOTICES,
            &*FOOTERS,
            &*WROTE,
            &*OPENERS,
            &*ORIGINAL,
            &*FORWARDED,
            &*BEGIN_FORWARD,
        ] {
            for phrase in known.all() {
                assert!(!phrase.is_empty() && !phrase.starts_with(' '), "{phrase:?}");
                assert_eq!(front(phrase, phrase), Some(phrase.len()), "{phrase:?}");
            }
        }
    }
}
