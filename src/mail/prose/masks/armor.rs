//! Inline OpenPGP (RFC 9580 §6, §7): armor is no text, and an encrypted message can't be read.

use super::Page;
use crate::mail::{MaskKind, Protection};

/// How far an armor header goes at most, in lines.
const LONGEST_HEADER: usize = 10;

/// What has been seen so far.
#[derive(Debug, Default)]
pub(super) struct Armor {
    pub(super) protection: Protection,
    /// A block that does not end was found: no need to look for an end again.
    endless: bool,
}

impl Armor {
    /// Looks at a line that begins armor; gives the line after it. `own` says whether own text stands before.
    pub(super) fn find(&mut self, page: &Page<'_>, index: usize, own: bool) -> Option<(usize, MaskKind)> {
        let content = page.line(index);
        if content.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
            if self.protection == Protection::None {
                self.protection = Protection::Signed;
            }
            let end = (index..page.lines.len())
                .take(LONGEST_HEADER)
                .find(|&line| page.line(line).is_empty());
            return Some((end.unwrap_or(index + 1), MaskKind::Signature));
        }
        if content.starts_with("-----BEGIN PGP SIGNATURE-----") {
            return Some((
                self.end(page, index, "-----END PGP SIGNATURE-----"),
                MaskKind::Signature,
            ));
        }
        if content.starts_with("-----BEGIN PGP MESSAGE-----") {
            if !own {
                self.protection = Protection::Encrypted;
            }
            return Some((self.end(page, index, "-----END PGP MESSAGE-----"), MaskKind::Code));
        }
        let end = if content.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
            "-----END PGP PUBLIC"
        } else {
            return None;
        };
        Some((self.end(page, index, end), MaskKind::Code))
    }

    /// The line after the one that begins with `end`; armor that does not end goes on to the end of the text.
    fn end(&mut self, page: &Page<'_>, index: usize, end: &str) -> usize {
        if !self.endless
            && let Some(last) = (index + 1..page.lines.len()).find(|&line| page.line(line).starts_with(end))
        {
            return last + 1;
        }
        self.endless = true;
        page.lines.len()
    }
}
