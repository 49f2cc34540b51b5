//! What makes two mails the same to us.

mod boundaries;

use super::mime::{Fields, Structure};
use super::{Envelope, Mail, ScanLimits};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::Range;

/// SHA-256 over account, recipients and content, apart from Date, Message-ID and MIME boundaries, which MUAs make anew
/// at every attempt. Consent is bound to exactly this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a mail that `account` sends to the envelope's recipients, in whatever order.
    ///
    /// Left out are the values of the top-level Date and Message-ID (where each is there once), and the boundaries of
    /// multiparts, where they are of the plain kind that MUAs make; how a boundary must look for that, and why, is told
    /// in the module `boundaries`. Everything else counts, octet by octet. It works on any mail, readable or not, in
    /// linear time.
    #[must_use]
    pub fn of(account: &str, envelope: &Envelope, mail: &Mail) -> Fingerprint {
        let mut pieces = Pieces(Sha256::new());
        pieces.add(b'A', account.to_lowercase().as_bytes());
        let mut recipients: Vec<String> = envelope
            .recipients
            .iter()
            .map(|path| {
                path.address()
                    .map_or_else(|| path.path.to_lowercase(), |address| address.folded())
            })
            .collect();
        recipients.sort_unstable();
        recipients.dedup();
        for recipient in &recipients {
            pieces.add(b'R', recipient.as_bytes());
        }
        let octets = mail.octets();
        let mut at = 0;
        for Stand { range, tag, ordinal } in stands(octets) {
            pieces.add(b'C', octets.get(at..range.start).unwrap_or_default());
            pieces.add(tag, &(ordinal as u64).to_be_bytes());
            at = range.end;
        }
        pieces.add(b'C', octets.get(at..).unwrap_or_default());
        Fingerprint(pieces.0.finalize().iter().map(|octet| format!("{octet:02x}")).collect())
    }

    /// Takes back what [`Display`](fmt::Display) wrote, as a store does.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Fingerprint> {
        let sound = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        sound.then(|| Fingerprint(text.to_owned()))
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is hashed is a list of pieces, each with its kind and length before it, so that no piece can pass for another and
/// none can grow at the cost of the next.
struct Pieces(Sha256);

impl Pieces {
    fn add(&mut self, tag: u8, piece: &[u8]) {
        self.0.update([tag]);
        self.0.update((piece.len() as u64).to_be_bytes());
        self.0.update(piece);
    }
}

/// Octets for which only their kind and number stand.
struct Stand {
    range: Range<usize>,
    tag: u8,
    ordinal: usize,
}

/// Longest Date or Message-ID field that is left out: what MUAs make is shorter (RFC 5322 §2.1.1).
const LONGEST_FIELD: usize = 998;

/// Where the octets are that don't count, in order, without overlaps.
fn stands(octets: &[u8]) -> Vec<Stand> {
    let mut stands = Vec::new();
    for (name, tag) in [("date", b'D'), ("message-id", b'M')] {
        let mut fields = Fields::new(octets, 0, |_| false).filter(|field| field.is(octets, name));
        if let (Some(field), None) = (fields.next(), fields.next())
            && field.whole.len() <= LONGEST_FIELD
        {
            stands.push(Stand {
                range: field.value,
                tag,
                ordinal: 0,
            });
        }
    }
    // Longer mails than are read have boundaries too; only the nesting is limited.
    let limits = ScanLimits {
        parts: 100_000,
        field: usize::MAX,
        fields: usize::MAX,
        octets: usize::MAX,
        ..ScanLimits::default()
    };
    if let Ok(structure) = Structure::walk(octets, &limits) {
        stands.extend(boundaries::find(octets, &structure));
    }
    stands.sort_by_key(|stand| stand.range.start);
    stands
}

#[cfg(test)]
mod tests;
