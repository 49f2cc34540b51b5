//! Boundaries that don't count: the values of `boundary` parameters, and the same in the lines that delimit parts.
//!
//! Two mails that differ only in boundaries must mean the same to every reader, or else consent to one would let another
//! pass. So boundaries are left out only if all of them are plain: given once, at most 70 octets of those that RFC 2046
//! allows, none the beginning of another, and none at the beginning of a line that is not its delimiter, which some
//! readers would take for one. Where one boundary is not like that, all of them count.

use super::Stand;
use crate::mail::mime::{Kind, Structure};

/// Finds the places of all boundaries, or none.
pub(super) fn find(octets: &[u8], structure: &Structure) -> Vec<Stand> {
    plain(octets, structure).unwrap_or_default()
}

fn plain(octets: &[u8], structure: &Structure) -> Option<Vec<Stand>> {
    let mut stands = Vec::new();
    // The boundaries with the entity that each belongs to.
    let mut boundaries: Vec<(&[u8], usize)> = Vec::new();
    for (entity, multipart) in structure.entities.iter().enumerate() {
        // The boundaries of a forwarded mail were made long ago, so they count.
        if multipart.kind != Kind::Multipart || multipart.forwarded {
            continue;
        }
        let field = multipart.content_field.clone()?;
        let place = multipart
            .content
            .parameters
            .sole_place("boundary", octets.get(field.clone())?)?;
        let range = field.start + place.start..field.start + place.end;
        let boundary = octets.get(range.clone())?;
        if !is_plain(boundary) {
            return None;
        }
        boundaries.push((boundary, entity));
        stands.push(Stand {
            range,
            tag: b'B',
            ordinal: entity,
        });
    }
    if boundaries.is_empty() {
        return None;
    }
    boundaries.sort_unstable();
    // In this order, the beginning of another stands right before one that it begins.
    if boundaries
        .windows(2)
        .any(|pair| matches!(pair, [(one, _), (other, _)] if other.starts_with(one)))
    {
        return None;
    }
    let mut delimiters = structure.delimiters.iter().peekable();
    for start in line_starts(octets) {
        let line = octets.get(start + 2..)?;
        while delimiters.next_if(|delimiter| delimiter.start < start).is_some() {}
        let delimits = delimiters
            .peek()
            .filter(|delimiter| delimiter.start == start)
            .map(|delimiter| delimiter.entity);
        let before = boundaries.partition_point(|(boundary, _)| *boundary <= line);
        // None is the beginning of another, so that only the last one before the line can be its beginning.
        let begins = before
            .checked_sub(1)
            .and_then(|last| boundaries.get(last))
            .filter(|(boundary, _)| line.starts_with(boundary));
        match begins {
            Some((boundary, entity)) if delimits == Some(*entity) => {
                stands.push(Stand {
                    range: start + 2..start + 2 + boundary.len(),
                    tag: b'L',
                    ordinal: *entity,
                });
            }
            Some(_) => return None,
            None => {}
        }
    }
    Some(stands)
}

/// `bchars` of RFC 2046 §5.1.1, without the space.
fn is_plain(boundary: &[u8]) -> bool {
    (1..=70).contains(&boundary.len())
        && boundary
            .iter()
            .all(|octet| octet.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(octet))
}

/// Where lines begin that begin with two hyphens.
fn line_starts(octets: &[u8]) -> impl Iterator<Item = usize> {
    let first = octets.starts_with(b"--").then_some(0);
    first
        .into_iter()
        .chain(memchr::memmem::find_iter(octets, b"\n--").map(|at| at + 1))
}
