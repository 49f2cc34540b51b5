//! Mailbox names: modified UTF-7 on the wire (RFC 3501 §5.1.3), and strings in quotes.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// A name as people see it to a name on the wire.
#[must_use]
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if !matches!(c, ' '..='~') {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shifted.extend(unit.to_be_bytes());
            }
            continue;
        }
        shift_out(&mut shifted, &mut out);
        match c {
            '&' => out.push_str("&-"),
            c => out.push(c),
        }
    }
    shift_out(&mut shifted, &mut out);
    out
}

fn shift_out(shifted: &mut Vec<u8>, out: &mut String) {
    if !shifted.is_empty() {
        out.push('&');
        out.push_str(&ENGINE.encode(&*shifted));
        out.push('-');
        shifted.clear();
    }
}

/// A name on the wire to a name as people see it. What is no modified UTF-7 is taken as it stands: some servers send
/// UTF-8.
pub(super) fn decode(wire: &str) -> String {
    strictly(wire).unwrap_or_else(|| wire.to_owned())
}

fn strictly(wire: &str) -> Option<String> {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (shifted, after) = after.split_once('-')?;
        if shifted.is_empty() {
            out.push('&');
        } else {
            let octets = ENGINE.decode(shifted).ok()?;
            let pairs = octets
                .chunks(2)
                .map(|pair| pair.try_into().ok().map(u16::from_be_bytes));
            let units: Vec<u16> = pairs.collect::<Option<_>>()?;
            out.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// A string in quotes; `None` if it can't be said in quotes (RFC 9051 §9: no CR, LF, NUL; and we send no 8-bit octets).
pub(super) fn quoted(text: &str) -> Option<String> {
    if !text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_encoded_as_the_rfc_shows() {
        for (shown, wire) in [
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("R&D", "R&-D"),
            ("😀", "&2D3eAA-"),
            ("Send as written", "Send as written"),
            ("", ""),
        ] {
            assert_eq!(encode(shown), wire);
            assert_eq!(decode(wire), shown);
        }
    }

    #[test]
    fn what_is_no_modified_utf7_is_taken_as_it_stands() {
        for wire in ["a & b", "&", "&!!-", "&2D0-", "&AP-", "Entwürfe"] {
            assert_eq!(decode(wire), wire);
        }
    }

    #[test]
    fn quotes_hold_only_what_they_can() {
        assert_eq!(quoted(r#"a"b\c"#).as_deref(), Some(r#""a\"b\\c""#));
        for text in ["a\r\n", "a\0", "ü", "\u{7f}"] {
            assert_eq!(quoted(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn names_come_back(name in "\\PC{0,40}") {
            let wire = encode(&name);
            prop_assert!(wire.is_ascii());
            prop_assert_eq!(decode(&wire), name);
        }

        #[test]
        fn decoding_never_fails(wire in ".{0,60}") {
            let _ = decode(&wire);
        }
    }
}
