//! What a line may begin with, by its first letters: all that most lines are looked at for.

use super::{CLOSINGS, DISCLAIMERS, FOOTERS, NOTICES, OPENERS, Phrases, front_octets, mask_of, plain_front};
use std::sync::LazyLock;

/// The lists of phrases of which one may stand at the front of a line. One that is not named surely doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail::prose::masks) struct Beginnings(u8);

impl Beginnings {
    /// Introductions of quoted mail.
    pub(in crate::mail::prose::masks) const OPENER: Beginnings = Beginnings(1);
    /// Disclaimers, notices and footers.
    pub(in crate::mail::prose::masks) const NOTICE: Beginnings = Beginnings(2);
    /// What a letter closes with.
    pub(in crate::mail::prose::masks) const CLOSING: Beginnings = Beginnings(4);
    /// Nothing is sure.
    pub(in crate::mail::prose::masks) const ANY: Beginnings = Beginnings(u8::MAX);

    /// Whether one of this kind may stand there.
    pub(in crate::mail::prose::masks) fn may_be(self, kind: Beginnings) -> bool {
        self.0 & kind.0 != 0
    }

    /// Looks at the front of a line. Of one that does not begin with a letter of ASCII nothing is said.
    pub(in crate::mail::prose::masks) fn of(content: &str) -> Beginnings {
        static FRONTS: LazyLock<Vec<u8>> = LazyLock::new(fronts);
        let Some(front) = plain_front(content).filter(|_| content.starts_with(|c: char| c.is_ascii_alphabetic()))
        else {
            return Beginnings::ANY;
        };
        let kinds = (SHORTEST..=KNOWN).map(|length| FRONTS.get(slot(front, length)).copied().unwrap_or(u8::MAX));
        Beginnings(kinds.fold(0, |all, kinds| all | kinds))
    }
}

/// Octets of a phrase by which it is known, at most.
const KNOWN: usize = 6;

/// Octets of the shortest phrase.
const SHORTEST: usize = 2;

/// Slots of the table, a power of two.
const SLOTS: usize = 16_384;

/// The slot of the first octets without regard to case. Others may have the same one; then a line is looked at more
/// closely for nothing.
fn slot(front: u64, length: usize) -> usize {
    let front = front & mask_of(length);
    (front.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as usize % SLOTS
}

/// For each slot the kinds of phrases that begin so.
fn fronts() -> Vec<u8> {
    let mut fronts = vec![0; SLOTS];
    let lists: [(Beginnings, &Phrases); 5] = [
        (Beginnings::OPENER, &OPENERS),
        (Beginnings::NOTICE, &DISCLAIMERS),
        (Beginnings::NOTICE, &NOTICES),
        (Beginnings::NOTICE, &FOOTERS),
        (Beginnings::CLOSING, &CLOSINGS),
    ];
    for (kind, phrase) in lists
        .iter()
        .flat_map(|(kind, list)| list.all().map(move |phrase| (kind, phrase)))
    {
        // A phrase that does not begin with ASCII begins no text that does.
        let known = phrase.len().min(KNOWN);
        let plain = phrase.bytes().take(known).all(|octet| octet.is_ascii());
        if let Some(kinds) = fronts.get_mut(slot(front_octets(phrase), known)).filter(|_| plain) {
            *kinds |= kind.0;
        }
    }
    fronts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str) {
        let begins = Beginnings::of(text);
        assert!(begins.may_be(Beginnings::OPENER) || !OPENERS.begin(text), "{text}");
        let notice = DISCLAIMERS.begin(text) || NOTICES.begin(text) || FOOTERS.begin(text);
        assert!(begins.may_be(Beginnings::NOTICE) || !notice, "{text}");
        assert!(
            begins.may_be(Beginnings::CLOSING) || CLOSINGS.front(text).is_none(),
            "{text}"
        );
    }

    #[test]
    fn every_phrase_is_known_by_its_front() {
        for list in [&*OPENERS, &*DISCLAIMERS, &*NOTICES, &*FOOTERS, &*CLOSINGS] {
            for phrase in list.all() {
                assert!(phrase.len() >= SHORTEST, "{phrase}");
                for text in [
                    phrase.to_owned(),
                    phrase.to_uppercase(),
                    phrase.replace('\'', "`").replace(' ', "\t"),
                ] {
                    check(&text);
                    check(&format!("{text}, and more"));
                }
            }
        }
    }

    #[test]
    fn ordinary_lines_begin_with_none() {
        let lines = [
            "Your drivers wait",
            "Who on your team",
            "We help",
            "A copy of the permit",
            "Could you send",
        ];
        let none = lines
            .iter()
            .filter(|line| Beginnings::of(line) == Beginnings(0))
            .count();
        assert!(none >= 3, "{none}");
    }

    proptest! {
        #[test]
        fn what_begins_a_line_is_never_denied(text in "[a-zA-Z\u{212a}é`\t ']{0,6}.{0,4}") {
            check(&text);
        }
    }
}
