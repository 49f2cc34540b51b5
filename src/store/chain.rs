//! The hash chain over the audit: each row's hash covers the row before it, so that a changed, dropped, added or moved
//! row no longer fits. Cutting off the end, or going back to an old file, is found only by a hash kept elsewhere.

use super::AuditRow;
use sha2::{Digest, Sha256};

/// A row's place in the chain.
pub(super) type Link = [u8; 32];

/// What stands before the first row.
pub(super) const BEGINNING: Link = [0; 32];

/// The hash of row number `seq` after a row with the hash `previous`.
///
/// SHA-256 over the previous hash and the row in a canonical form: every field with its length before it, so that no two
/// rows have the same form; time in microseconds, which is what the store keeps.
pub(super) fn link(previous: &Link, seq: i64, row: &AuditRow) -> Link {
    let mut hash = Sha256::new();
    hash.update(b"youward-audit-1");
    hash.update(previous);
    hash.update(seq.to_be_bytes());
    hash.update(row.at.as_microsecond().to_be_bytes());
    let record = row.record.as_ref().map(|id| id.0.as_str());
    for field in [
        Some(row.who.as_str()),
        Some(&row.what),
        record,
        row.upstream.as_deref(),
        Some(&row.why),
    ] {
        match field {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RecordId;
    use jiff::Timestamp;

    fn row() -> AuditRow {
        AuditRow {
            at: Timestamp::from_second(1_700_000_000).unwrap(),
            who: "ana@acme.example".to_owned(),
            what: "returned".to_owned(),
            record: None,
            upstream: Some("corp".to_owned()),
            why: "score 40".to_owned(),
        }
    }

    #[test]
    fn every_field_counts_and_none_runs_into_the_next() {
        let variants = [
            row(),
            AuditRow {
                at: Timestamp::from_microsecond(1_700_000_000_000_001).unwrap(),
                ..row()
            },
            AuditRow {
                who: "ana@acme.examplereturned".to_owned(),
                what: String::new(),
                ..row()
            },
            AuditRow {
                record: Some(RecordId(String::new())),
                ..row()
            },
            AuditRow {
                record: Some(RecordId("corp".to_owned())),
                upstream: None,
                ..row()
            },
            AuditRow {
                upstream: None,
                ..row()
            },
            AuditRow {
                why: "score 41".to_owned(),
                ..row()
            },
        ];
        let mut links: Vec<Link> = variants.iter().map(|row| link(&BEGINNING, 1, row)).collect();
        links.push(link(&BEGINNING, 2, &row()));
        links.push(link(&[1; 32], 1, &row()));
        let count = links.len();
        links.sort_unstable();
        links.dedup();
        assert_eq!(links.len(), count);
    }
}
