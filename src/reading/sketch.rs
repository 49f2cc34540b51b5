//! A sketch of a text: 64 numbers by which copies are known again, without keeping the text.
//!
//! MinHash over pairs of neighbouring words. What a mail merge fills in (names, companies, places, numbers) is replaced
//! by tokens of its class first, so that copies stay copies. The hashes are fixed: a sketch is the same on every machine.

use super::Context;
use super::read::names;
use super::text::Names;
use crate::mail::{Prose, TextKind};

/// How many numbers a sketch has.
const NUMBERS: usize = 64;
/// Texts of fewer words have no sketch: "Thanks, received." is the same in a thousand honest mails.
const FEWEST_WORDS: usize = 25;
/// Says by which method a kept sketch was made. Sketches of different methods can't be compared.
const METHOD: u8 = 1;

/// The sketch of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    numbers: [u32; NUMBERS],
}

/// Sketches the own text of one mail; `None` if it is too short for that.
#[must_use]
pub fn sketch(prose: &Prose, context: &Context) -> Option<Sketch> {
    let words = Words::of(prose, &names(prose, context));
    if words.count < FEWEST_WORDS {
        return None;
    }
    let mut numbers = [u32::MAX; NUMBERS];
    for pair in words.hashes.windows(2) {
        let [first, second] = pair else { continue };
        let pair = mixed(first.rotate_left(1) ^ mixed(*second));
        for (seed, number) in SEEDS.iter().zip(&mut numbers) {
            *number = (*number).min(top(mixed(pair ^ seed)));
        }
    }
    Some(Sketch { numbers })
}

impl Sketch {
    /// The share of word pairs that two texts have in common, estimated, 0 to 1.
    #[must_use]
    pub fn similarity(&self, other: &Sketch) -> f64 {
        let same = self.numbers.iter().zip(&other.numbers).filter(|(a, b)| a == b).count();
        f64::from(u32::try_from(same).unwrap_or(u32::MAX)) / 64.0
    }

    /// For keeping: 257 octets.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![METHOD];
        bytes.extend(self.numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    /// A kept sketch; `None` for one that another method made.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Sketch> {
        let (method, rest) = bytes.split_first()?;
        if *method != METHOD || rest.len() != NUMBERS * 4 {
            return None;
        }
        let mut numbers = [0; NUMBERS];
        for (number, bytes) in numbers.iter_mut().zip(rest.chunks_exact(4)) {
            *number = u32::from_le_bytes(bytes.try_into().ok()?);
        }
        Some(Sketch { numbers })
    }
}

/// The words of a text as hashes, with classes in the place of what is filled in.
#[derive(Default)]
struct Words {
    hashes: Vec<u64>,
    count: usize,
}

impl Words {
    fn of(prose: &Prose, names: &Names) -> Words {
        let mut words = Words::default();
        for passage in &prose.passages {
            let part = prose.parts.get(passage.part);
            if part.is_some_and(|part| part.kind == TextKind::Subject) {
                continue;
            }
            for line in passage.text.split('\n') {
                words.read(line, names);
            }
        }
        words
    }

    fn read(&mut self, line: &str, names: &Names) {
        let mut begins = true;
        let mut greeting = false;
        for (place, written) in line.split_whitespace().enumerate() {
            for word in written.split(|c: char| !c.is_alphanumeric() && c != '\'') {
                let word = word.trim_matches('\'');
                let word = word.strip_suffix("'s").unwrap_or(word);
                if word.is_empty() {
                    continue;
                }
                let lower = word.to_lowercase();
                greeting |= place == 0 && GREETINGS.contains(&lower.as_str());
                let capital = word.starts_with(char::is_uppercase);
                let own = lower == "i" || lower.starts_with("i'");
                let named = capital && !own && (!begins || (greeting && place > 0) || names_customer(names, &lower));
                self.push(&lower, named);
                begins = false;
            }
            greeting &= !written.ends_with([',', '!', ':', '-']);
            begins |= written.ends_with(['.', '!', '?', ':']) || written == "-" || written == "*";
        }
    }

    fn push(&mut self, lower: &str, named: bool) {
        const NUMBER: u64 = 1;
        const NAME: u64 = 2;
        self.count += 1;
        let hash = if named {
            NAME
        } else if lower.contains(|c: char| c.is_ascii_digit()) {
            NUMBER
        } else {
            hashed(lower.as_bytes())
        };
        // "Boise" and "Salt Lake City" are one place each.
        if hash > NAME || self.hashes.last() != Some(&hash) {
            self.hashes.push(hash);
        }
    }
}

const GREETINGS: [&str; 8] = ["hi", "hello", "hey", "dear", "good", "greetings", "hiya", "morning"];

/// Whether a word is a recipient's name or begins one ("Tulsa" of tulsamills.example).
fn names_customer(names: &Names, lower: &str) -> bool {
    const LONG_ENOUGH: usize = 4;
    names
        .customer
        .iter()
        .any(|name| name == lower || (lower.len() >= LONG_ENOUGH && name.starts_with(lower)))
}

/// FNV-1a.
fn hashed(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What each number of a sketch is mixed with.
const SEEDS: [u64; NUMBERS] = {
    let mut seeds = [0; NUMBERS];
    let mut place = 0;
    while place < NUMBERS {
        seeds[place] = mixed(place as u64 + 1);
        place += 1;
    }
    seeds
};

/// The finalizer of SplitMix64.
const fn mixed(hash: u64) -> u64 {
    let hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

fn top(hash: u64) -> u32 {
    (hash >> 32) as u32
}
