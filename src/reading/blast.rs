//! Nearly the same text to many: how many organisations got it, and what that costs.
//!
//! Only sketches are compared; the texts of earlier mails are not needed and not kept.

use super::sketch::Sketch;
use super::text::is_freemail;
use crate::mail::Address;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Somebody and their organisation, told apart from others without a word of who they are: whoever keeps such numbers
/// makes them with a key, from the address and from [`organisation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Whom {
    /// The address.
    pub person: [u8; 16],
    /// Whom it stands for.
    pub organisation: [u8; 16],
}

/// A mail that the account has sent before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The sketch of its own text.
    pub sketch: Sketch,
    /// Whom outside the company it went to.
    pub to: Vec<Whom>,
    /// When.
    pub at: Timestamp,
}

/// Where the same text went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlastSeen {
    /// The share of the text that the earlier mails have in common with it, on average, 0 to 1.
    pub similarity: f64,
    /// People outside the company who got it or get it now.
    pub people: usize,
    /// Their organisations besides that of this mail's first recipient.
    pub organisations: usize,
    /// When it went out first.
    pub since: Timestamp,
}

/// From this similarity two texts count as the same. Hand-written mails of one author stay far below, copies with names,
/// places and some words changed far above.
pub const SAME_TEXT: f64 = 0.5;
/// Mails longer ago than this don't count.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(14 * 24);

impl BlastSeen {
    /// Compares a mail that goes to `to` (people outside the company) with those sent before.
    #[must_use]
    pub fn of<'s>(
        sketch: &Sketch,
        to: &[Whom],
        at: Timestamp,
        before: impl IntoIterator<Item = &'s Sent>,
    ) -> BlastSeen {
        let mut people: BTreeSet<[u8; 16]> = to.iter().map(|whom| whom.person).collect();
        let mut organisations: BTreeSet<[u8; 16]> = to.iter().map(|whom| whom.organisation).collect();
        let own: BTreeSet<&Whom> = to.iter().collect();
        let (mut since, mut sum, mut same) = (at, 0.0, 0_u32);
        for sent in before {
            // What these very people got before makes no text to many.
            if sent.to.iter().all(|whom| own.contains(whom)) {
                continue;
            }
            let similarity = sketch.similarity(&sent.sketch);
            if similarity < SAME_TEXT || at.duration_since(sent.at).abs() > WINDOW {
                continue;
            }
            people.extend(sent.to.iter().map(|whom| whom.person));
            organisations.extend(sent.to.iter().map(|whom| whom.organisation));
            since = since.min(sent.at);
            sum += similarity;
            same += 1;
        }
        BlastSeen {
            similarity: if same == 0 { 1.0 } else { sum / f64::from(same) },
            people: people.len(),
            organisations: organisations.len().saturating_sub(1),
            since,
        }
    }

    /// Whether a reading would be another one for knowing this.
    #[must_use]
    pub fn matters(&self) -> bool {
        self.is_signal() || self.points() > 0
    }

    /// Enough organisations for a signal of the gate.
    pub(crate) fn is_signal(&self) -> bool {
        const FEWEST: usize = 3;
        self.similarity >= SAME_TEXT && self.organisations >= FEWEST
    }

    /// What it costs: nothing below five organisations.
    pub(crate) fn points(&self) -> i32 {
        match self.organisations {
            _ if self.similarity < SAME_TEXT => 0,
            0..5 => 0,
            5..20 => 6,
            20..50 => 12,
            _ => 20,
        }
    }

    /// In words, for the author.
    pub(crate) fn shown(&self) -> String {
        let day = self.since.to_string();
        let day = day.split('T').next().unwrap_or_default();
        format!(
            "About {:.0} % of this text went to {} people; they are at {} organisations besides this one (since {day}).",
            self.similarity * 100.0,
            self.people,
            self.organisations,
        )
    }
}

/// Whom an address stands for: its domain without what is before the company's name; at a freemail provider everyone is
/// their own.
#[must_use]
pub fn organisation(address: &Address) -> String {
    let domain = address.domain();
    if is_freemail(domain) {
        return address.folded();
    }
    const SECOND_LEVEL: [&str; 8] = ["co", "com", "org", "net", "ac", "gov", "edu", "or"];
    let labels: Vec<&str> = domain.split('.').collect();
    let second = labels.len().checked_sub(2).and_then(|at| labels.get(at));
    let kept = match second {
        Some(second) if SECOND_LEVEL.contains(second) => 3,
        _ => 2,
    };
    labels
        .get(labels.len().saturating_sub(kept)..)
        .unwrap_or_default()
        .join(".")
}
