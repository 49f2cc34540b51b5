//! A sketch of a text: at most 64 numbers by which copies are known again, without keeping the text.
//!
//! The smallest hashes of all pairs of neighbouring words ("bottom-k"): each pair is hashed once, and of two texts the
//! smallest of both together are a fair sample of what either has. What a mail merge fills in (names, companies, places,
//! numbers) is replaced by tokens of its class first, so that copies stay copies. The hashes are fixed: a sketch is the
//! same on every machine.

use super::Context;
use super::read::names;
use super::text::Names;
use crate::mail::{Prose, TextKind};
use std::cmp::Ordering;

/// How many numbers a sketch has at most; a short text has fewer pairs.
const NUMBERS: usize = 64;
/// Texts of fewer words have no sketch: "Thanks, received." is the same in a thousand honest mails.
const FEWEST_WORDS: usize = 25;
/// Says by which method a kept sketch was made. Sketches of different methods can't be compared.
const METHOD: u8 = 2;

/// The sketch of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Rising, none twice.
    numbers: Box<[u32]>,
}

/// Sketches the own text of one mail; `None` if it is too short for that.
#[must_use]
pub fn sketch(prose: &Prose, context: &Context) -> Option<Sketch> {
    let mut words = Words::default();
    words.of(prose, &names(prose, context));
    (words.count >= FEWEST_WORDS).then(|| words.pairs.sketch())
}

impl Sketch {
    /// The share of word pairs that two texts have in common, estimated, 0 to 1.
    #[must_use]
    pub fn similarity(&self, other: &Sketch) -> f64 {
        let (mut ours, mut theirs) = (self.numbers.as_ref(), other.numbers.as_ref());
        let (mut looked_at, mut common) = (0_u32, 0_u32);
        // What lies above the smallest of both together tells nothing: the other may have had it, and not kept it.
        while (looked_at as usize) < NUMBERS
            && let ([our, our_rest @ ..], [their, their_rest @ ..]) = (ours, theirs)
        {
            let order = our.cmp(their);
            if order != Ordering::Greater {
                ours = our_rest;
            }
            if order != Ordering::Less {
                theirs = their_rest;
            }
            common += u32::from(order == Ordering::Equal);
            looked_at += 1;
        }
        // One is at its end: what the other still has, up to the same count, is its alone.
        let left = ours.len().max(theirs.len()).min(NUMBERS - looked_at as usize);
        let looked_at = f64::from(looked_at) + left as f64;
        if looked_at == 0.0 {
            0.0
        } else {
            f64::from(common) / looked_at
        }
    }

    /// For keeping: at most 257 octets.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + 4 * self.numbers.len());
        bytes.push(METHOD);
        bytes.extend(self.numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    /// A kept sketch; `None` for one that another method made.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Sketch> {
        let (method, rest) = bytes.split_first()?;
        let (numbers, left) = rest.as_chunks::<4>();
        let numbers: Box<[u32]> = numbers.iter().map(|number| u32::from_le_bytes(*number)).collect();
        let sound =
            *method == METHOD && left.is_empty() && numbers.len() <= NUMBERS && numbers.is_sorted_by(|a, b| a < b);
        sound.then_some(Sketch { numbers })
    }
}

/// The smallest distinct numbers of many.
#[derive(Default)]
struct Smallest {
    some: Vec<u32>,
    /// So many are known to be smaller that this one and all above it are out.
    out: Option<u32>,
}

impl Smallest {
    fn add(&mut self, number: u32) {
        if self.out.is_none_or(|out| number < out) {
            self.some.push(number);
            // Put in order only now and then: most of a long text is out at once.
            if self.some.len() >= 2 * NUMBERS {
                self.settle();
            }
        }
    }

    fn settle(&mut self) {
        self.some.sort_unstable();
        self.some.dedup();
        self.some.truncate(NUMBERS);
        self.out = self.some.get(NUMBERS - 1).copied();
    }

    fn sketch(mut self) -> Sketch {
        self.settle();
        Sketch {
            numbers: self.some.into_boxed_slice(),
        }
    }
}

/// The words of a text, one after the other, with classes in the place of what is filled in.
#[derive(Default)]
struct Words {
    pairs: Smallest,
    /// The hash of the last one.
    last: Option<u64>,
    count: usize,
}

impl Words {
    fn of(&mut self, prose: &Prose, names: &Names) {
        for passage in &prose.passages {
            let part = prose.parts.get(passage.part);
            if part.is_some_and(|part| part.kind == TextKind::Subject) {
                continue;
            }
            for line in passage.text.split('\n') {
                self.read(line, names);
            }
        }
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
                greeting |= place == 0 && GREETINGS.iter().any(|greeting| word.eq_ignore_ascii_case(greeting));
                let capital = word.starts_with(char::is_uppercase);
                let own = word
                    .strip_prefix('I')
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('\''));
                let named = capital && !own && (!begins || (greeting && place > 0) || names_customer(names, word));
                self.push(word, named);
                begins = false;
            }
            greeting &= !written.ends_with([',', '!', ':', '-']);
            begins |= written.ends_with(['.', '!', '?', ':']) || written == "-" || written == "*";
        }
    }

    fn push(&mut self, word: &str, named: bool) {
        const NUMBER: u64 = 1;
        const NAME: u64 = 2;
        self.count += 1;
        let hash = if named {
            NAME
        } else if word.bytes().any(|octet| octet.is_ascii_digit()) {
            NUMBER
        } else {
            folded(word)
        };
        // "Boise" and "Salt Lake City" are one place each.
        if hash <= NAME && self.last == Some(hash) {
            return;
        }
        if let Some(last) = self.last.replace(hash) {
            self.pairs.add(top(mixed(last.rotate_left(1) ^ mixed(hash))));
        }
    }
}

const GREETINGS: [&str; 8] = ["hi", "hello", "hey", "dear", "good", "greetings", "hiya", "morning"];

/// Whether a word is a recipient's name or begins one ("Tulsa" of tulsamills.example).
fn names_customer(names: &Names, word: &str) -> bool {
    const LONG_ENOUGH: usize = 4;
    let lower = word.to_lowercase();
    names
        .customer
        .iter()
        .any(|name| *name == lower || (lower.len() >= LONG_ENOUGH && name.starts_with(&lower)))
}

/// FNV-1a over a word in lower case.
fn folded(word: &str) -> u64 {
    const BEGINNING: u64 = 0xcbf2_9ce4_8422_2325;
    let step = |hash: u64, octet: u8| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3);
    if word.is_ascii() {
        return word
            .bytes()
            .map(|octet| octet.to_ascii_lowercase())
            .fold(BEGINNING, step);
    }
    word.to_lowercase().bytes().fold(BEGINNING, step)
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(numbers: &[u32]) -> Sketch {
        let mut smallest = Smallest::default();
        numbers.iter().for_each(|number| smallest.add(*number));
        smallest.sketch()
    }

    fn jaccard(a: &BTreeSet<u32>, b: &BTreeSet<u32>) -> f64 {
        a.intersection(b).count() as f64 / a.union(b).count().max(1) as f64
    }

    /// Numbers as hashes are: spread over everything.
    fn spread(range: std::ops::Range<u64>) -> Vec<u32> {
        range.map(|number| top(mixed(number))).collect()
    }

    proptest! {
        #[test]
        fn the_smallest_are_kept_once(numbers in proptest::collection::vec(0..300_u32, 0..400)) {
            let all: BTreeSet<u32> = numbers.iter().copied().collect();
            let smallest: Vec<u32> = all.into_iter().take(NUMBERS).collect();
            prop_assert_eq!(of(&numbers).numbers.to_vec(), smallest);
        }

        #[test]
        fn similarity_is_that_of_the_smallest_of_both(
            ours in proptest::collection::vec(0..400_u32, 0..300), theirs in proptest::collection::vec(0..400_u32, 0..300)
        ) {
            let (a, b): (BTreeSet<u32>, BTreeSet<u32>) = (ours.iter().copied().collect(), theirs.iter().copied().collect());
            let sample: BTreeSet<u32> = a.union(&b).copied().take(NUMBERS).collect();
            let of_sample = |all: &BTreeSet<u32>| all.intersection(&sample).copied().collect();
            let expected = jaccard(&of_sample(&a), &of_sample(&b));
            prop_assert!((of(&ours).similarity(&of(&theirs)) - expected).abs() < 1e-9);
            prop_assert!((of(&theirs).similarity(&of(&ours)) - expected).abs() < 1e-9);
        }

        #[test]
        fn what_is_kept_comes_back(numbers in proptest::collection::vec(any::<u32>(), 0..200)) {
            prop_assert_eq!(Sketch::from_bytes(&of(&numbers).to_bytes()), Some(of(&numbers)));
        }

        #[test]
        fn case_does_not_matter(word in "[a-zA-Zäöüß]{1,12}") {
            prop_assert_eq!(folded(&word), folded(&word.to_lowercase()));
        }
    }

    /// Pairs of texts of which the true share is known: the estimate is right on average, and rarely far off.
    #[test]
    fn the_estimate_is_near_the_true_share() {
        let (mut sum, mut far, mut count) = (0.0, 0, 0);
        for case in 0..2_000_u64 {
            let length = 30 + case % 700;
            let moved = length * (case / 700 * 7 + case % 11) / 30;
            let begin = case * 10_000;
            let (a, b) = (
                spread(begin..begin + length),
                spread(begin + moved..begin + moved + length),
            );
            let truth = jaccard(&a.iter().copied().collect(), &b.iter().copied().collect());
            let off = of(&a).similarity(&of(&b)) - truth;
            if length + moved.min(length) <= NUMBERS as u64 {
                assert!(off.abs() < 1e-9, "short texts are compared whole: {off}");
            }
            sum += off;
            // Three standard deviations of a sample of 64.
            far += u32::from(off.abs() > 3.0 * (truth * (1.0 - truth) / 64.0).sqrt() + 1e-9);
            count += 1;
        }
        assert!((sum / f64::from(count)).abs() < 0.01, "{sum}");
        assert!(f64::from(far) / f64::from(count) < 0.01, "{far} of {count}");
    }

    #[test]
    fn what_no_sketch_gives_is_refused() {
        let bytes = of(&[7, 9]).to_bytes();
        assert_eq!(bytes, [METHOD, 7, 0, 0, 0, 9, 0, 0, 0]);
        assert_eq!(Sketch::from_bytes(&[]), None);
        assert_eq!(Sketch::from_bytes(&bytes[..8]), None);
        assert_eq!(
            Sketch::from_bytes(&[METHOD, 9, 0, 0, 0, 7, 0, 0, 0]),
            None,
            "not in order"
        );
        let older = [&[1][..], &[0; 256]].concat();
        assert_eq!(Sketch::from_bytes(&older), None, "another method");
        let too_many = [
            &[METHOD][..],
            &(0..65_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>(),
        ]
        .concat();
        assert_eq!(Sketch::from_bytes(&too_many), None);
    }
}
