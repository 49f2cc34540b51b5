//! Responses that servers send and the parser behind can't take, changed as little as makes them fit. No I/O.

use std::borrow::Cow;

/// What a mailbox can be marked as that the parser knows by name (RFC 9051 §7.3.1, RFC 6154). It takes their beginning for
/// the whole, and then fails on what follows: `\AllMail` is `\All` and rubbish.
const KNOWN: [&[u8]; 11] = [
    b"\\NoInferiors",
    b"\\NoSelect",
    b"\\Marked",
    b"\\Unmarked",
    b"\\All",
    b"\\Archive",
    b"\\Drafts",
    b"\\Flagged",
    b"\\Junk",
    b"\\Sent",
    b"\\Trash",
];

/// What XLIST, which came before RFC 6154, called `\All`; some servers still do.
const ALL_MAIL: &[u8] = b"\\AllMail";

/// The parser panics on this, where only a string is lawful.
const NO_DATE: &[u8] = b"INTERNALDATE NIL";

/// A line of LIST with marks that the parser can read.
pub(super) fn list(line: &[u8]) -> Cow<'_, [u8]> {
    let inside = memchr::memchr(b'(', line).zip(memchr::memchr(b')', line));
    let Some((open, close)) = inside.filter(|(open, close)| open < close) else {
        return Cow::Borrowed(line);
    };
    let (before, rest) = line.split_at(open + 1);
    let (marks, after) = rest.split_at(close - open - 1);
    if marks.split(|&octet| octet == b' ').all(|mark| !is_misread(mark)) {
        return Cow::Borrowed(line);
    }
    let mut out = before.to_vec();
    for mark in marks.split(|&octet| octet == b' ') {
        let mark = match mark {
            mark if mark.eq_ignore_ascii_case(ALL_MAIL) => b"\\All",
            mark if is_misread(mark) => continue,
            mark => mark,
        };
        if !out.ends_with(b"(") {
            out.push(b' ');
        }
        out.extend_from_slice(mark);
    }
    out.extend_from_slice(after);
    Cow::Owned(out)
}

fn is_misread(mark: &[u8]) -> bool {
    let begins = |known: &[u8]| {
        mark.get(..known.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(known))
    };
    KNOWN.iter().any(|known| mark.len() > known.len() && begins(known))
}

/// A line of another response. A date that is none gets a name that the parser passes over; it stays as long as it was,
/// so that nothing is lost should it stand in somebody's words.
pub(super) fn data(line: &[u8]) -> Cow<'_, [u8]> {
    let mut line = Cow::Borrowed(line);
    let is_it = |octets: &[u8]| octets.eq_ignore_ascii_case(NO_DATE);
    while let Some(at) = line.windows(NO_DATE.len()).position(is_it) {
        if let Some(first) = line.to_mut().get_mut(at) {
            *first = b'X';
        }
    }
    line
}

/// A line that announces a literal, with another size. What announces none stays as it is.
pub(super) fn announcing(line: &[u8], size: usize) -> Vec<u8> {
    let mut out = line.to_vec();
    if let Some(open) = memchr::memrchr(b'{', line) {
        out.truncate(open);
        out.extend_from_slice(format!("{{{size}}}").as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_imap::imap_proto::Response;
    use proptest::prelude::*;

    #[test]
    fn marks_are_readable_afterwards() {
        for (line, mended) in [
            (
                "* LIST (\\HasNoChildren \\AllMail) \"/\" \"[Gmail]/All Mail\"",
                "* LIST (\\HasNoChildren \\All) \"/\" \"[Gmail]/All Mail\"",
            ),
            ("* LIST (\\allmail) \"/\" x", "* LIST (\\All) \"/\" x"),
            (
                "* LIST (\\Sentinel \\Archived \\Sent) \"/\" x",
                "* LIST (\\Sent) \"/\" x",
            ),
            (
                "* LIST (\\Spam \\Important) \"/\" x",
                "* LIST (\\Spam \\Important) \"/\" x",
            ),
            ("* LIST () \"/\" \"\\\\AllMail\"", "* LIST () \"/\" \"\\\\AllMail\""),
            ("* LIST )(", "* LIST )("),
        ] {
            let out = list(line.as_bytes());
            assert_eq!(String::from_utf8_lossy(&out), mended);
            let whole = [&*out, b"\r\n"].concat();
            assert!(Response::parse(&whole).is_ok() || line.ends_with(")("), "{mended}");
        }
    }

    #[test]
    fn a_date_that_is_none_is_passed_over() {
        let line = b"* 1 FETCH (INTERNALDATE NIL UID 7 internaldate nil)\r\n";
        let out = data(line);
        assert!(Response::parse(&out).is_ok(), "{}", out.escape_ascii());
        let fine = b"* 1 FETCH (INTERNALDATE \"05-Mar-2026 07:08:09 +0000\")\r\n";
        assert!(matches!(data(fine), Cow::Borrowed(_)));
    }

    #[test]
    fn sizes_are_rewritten() {
        assert_eq!(
            announcing(b"* 1 FETCH (BODY[] {100}", 7),
            b"* 1 FETCH (BODY[] {7}".to_vec()
        );
        assert_eq!(announcing(b"nothing", 7), b"nothing".to_vec());
    }

    proptest! {
        #[test]
        fn the_parser_never_panics_on_what_was_mended(
            pieces in proptest::collection::vec(prop_oneof![
                Just("INTERNALDATE NIL"), Just("internaldate "), Just("NIL"), Just(" "), Just("("), Just(")"), Just("\""),
                Just("UID 7"), Just("X "), Just("\\AllMail"), Just("\\All"), Just("* 1 FETCH ("), Just("* LIST ("), Just("[]"),
            ], 0..12),
        ) {
            let line = pieces.concat();
            for out in [data(line.as_bytes()), list(line.as_bytes())] {
                let whole = [&*data(&out), b"\r\n"].concat();
                let _ = Response::parse(&whole);
            }
        }
    }
}
