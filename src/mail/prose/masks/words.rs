//! Phrases that tell what a line is, and how they are compared: in lower case, with plain apostrophes and spaces.

mod beginnings;
mod endings;
mod headers;

pub(super) use beginnings::Beginnings;
pub(super) use endings::{CLOSINGS, DISCLAIMERS, FOOTERS, LEGAL, NOTICES, SENT_FROM};
pub(super) use headers::{BEGIN_FORWARD, FORWARDED, Label, OPENERS, ORIGINAL, WROTE};
use std::sync::LazyLock;

/// Phrases by their first letter, so that most texts are told apart by that and the letters after it.
#[derive(Debug)]
pub(super) struct Phrases {
    /// For each ASCII letter and whatever else begins a phrase.
    ascii: Vec<Vec<Phrase>>,
    others: Vec<Phrase>,
}

/// A phrase in lower case with the octets that a text must begin with to begin with the phrase; see [`plain_front`].
#[derive(Debug, Clone, Copy)]
struct Phrase {
    phrase: &'static str,
    mask: u64,
    front: u64,
}

impl Phrases {
    /// Takes phrases in lower case, parted by `|`.
    fn new(phrases: &'static str) -> Phrases {
        let mut ascii = vec![Vec::new(); 128];
        let mut others = Vec::new();
        for phrase in phrases.split('|') {
            let known = phrase.len().min(FRONT);
            // What is not ASCII in front of a phrase is not in a text's plain front.
            let (mask, front) = match phrase.bytes().take(known).all(|octet| octet.is_ascii()) {
                true => (mask_of(known), front_octets(phrase) & mask_of(known)),
                false => (0, u64::MAX),
            };
            let phrase = Phrase { phrase, mask, front };
            let first = phrase.phrase.bytes().next().map(usize::from);
            match first.and_then(|first| ascii.get_mut(first)) {
                Some(bucket) => bucket.push(phrase),
                None => others.push(phrase),
            }
        }
        Phrases { ascii, others }
    }

    /// The phrases that may begin as a text does.
    pub(super) fn like(&self, text: &str) -> impl Iterator<Item = &'static str> + '_ {
        let front = plain_front(text);
        let first = text.chars().next().unwrap_or_default();
        let first = plain(first).next().unwrap_or(first) as usize;
        let like = self.ascii.get(first).unwrap_or(&self.others).iter();
        like.filter(move |phrase| front.is_none_or(|front| front & phrase.mask == phrase.front))
            .map(|phrase| phrase.phrase)
    }

    /// Whether a text begins with one of them.
    pub(super) fn begin(&self, text: &str) -> bool {
        self.like(text).any(|phrase| front(text, phrase).is_some())
    }

    /// The length of the longest of them that a text begins with.
    pub(super) fn front(&self, text: &str) -> Option<usize> {
        self.like(text).filter_map(|phrase| front(text, phrase)).max()
    }

    /// Whether a text is one of them.
    pub(super) fn are(&self, text: &str) -> bool {
        self.like(text).any(|phrase| front(text, phrase) == Some(text.len()))
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

/// Octets of a front.
const FRONT: usize = 8;

/// The bit that tells small letters from capitals, in each octet.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// The first octets of a phrase.
fn front_octets(phrase: &str) -> u64 {
    octets_of(phrase) | SMALL
}

/// The first octets of a text; zeros for what it is short of.
fn octets_of(text: &str) -> u64 {
    let octets = text.bytes().zip((0..64).step_by(8));
    octets.fold(0, |front, (octet, bits)| front | u64::from(octet) << bits)
}

/// The same of a text, without regard to case. `None` if that does not tell what the text begins with: it is not ASCII, or
/// has a character that stands for another (see [`plain`]).
fn plain_front(text: &str) -> Option<u64> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let octets = text.as_bytes();
    let front = octets
        .first_chunk::<FRONT>()
        .map_or_else(|| octets_of(text), |front| u64::from_le_bytes(*front));
    let has = |octet: u8| {
        let zero_there = front ^ (u64::from(octet) * EACH);
        zero_there.wrapping_sub(EACH) & !zero_there & HIGH != 0
    };
    (front & HIGH == 0 && !has(b'`') && !has(b'\t')).then_some(front | SMALL)
}

/// All bits of so many octets.
fn mask_of(octets: usize) -> u64 {
    match octets {
        0 => 0,
        octets => u64::MAX >> (64 - 8 * octets.min(8)),
    }
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
