use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use proptest::prelude::*;

fn part(header: &str, body: &[u8]) -> (Vec<u8>, TextPart) {
    let mut octets = format!("Content-Type: text/plain; {header}\r\n\r\n").into_bytes();
    octets.extend_from_slice(body);
    let structure = crate::mail::mime::Structure::walk(&octets, &crate::mail::ScanLimits::default()).unwrap();
    let (part, cut) = decode(&octets, structure.root().unwrap(), "1".to_owned(), TextKind::Plain);
    assert!(!cut);
    (octets, part)
}

/// Encodes as MUAs do: lines of 76 characters, everything that is not plain ASCII encoded.
fn encode_quoted_printable(octets: &[u8]) -> String {
    let mut encoded = String::new();
    let mut width = 0;
    let mut rest = octets;
    while let Some((&octet, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"\r\n") {
            encoded.push_str("\r\n");
            (rest, width) = (after, 0);
            continue;
        }
        let plain = matches!(octet, b'!'..=b'<' | b'>'..=b'~')
            || (octet == b' ' && !after.starts_with(b"\r\n") && !after.is_empty());
        let word = if plain {
            (octet as char).to_string()
        } else {
            format!("={octet:02X}")
        };
        if width + word.len() > 75 {
            encoded.push_str("=\r\n");
            width = 0;
        }
        encoded.push_str(&word);
        width += word.len();
        rest = after;
    }
    encoded
}

fn encode_base64(octets: &[u8]) -> String {
    let encoded = STANDARD.encode(octets);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join("\r\n")
}

#[test]
fn charsets_are_traced_octet_by_octet() {
    let (octets, part) = part(
        "charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable",
        b"caf=E9 =80 5",
    );
    assert_eq!(part.text, "café € 5");
    let place = part.text.find('é').unwrap();
    assert_eq!(&octets[part.raw_range(place..place + 2)], b"=E9");
    let place = part.text.find('€').unwrap();
    assert_eq!(&octets[part.raw_range(place..place + 3)], b"=80");
}

#[test]
fn what_cannot_be_traced_is_whole() {
    let (_, part) = part("charset=shift_jis", b"\x83n\x83\x8D\x81[");
    assert_eq!((part.text.as_str(), &part.origin.map), ("ハロー", &RawMap::Whole));
    assert_eq!(part.raw_range(0..3), part.origin.raw);
}

#[test]
fn broken_encodings_keep_the_text() {
    let (_, broken) = part(
        "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
        b"a=ZZ b= \r\nc=\r\nd  \r\ne=",
    );
    assert_eq!(broken.text, "a=ZZ bcd\r\ne");
    let (_, broken) = part(
        "charset=utf-8\r\nContent-Transfer-Encoding: base64",
        b"aGVs\r\n!bG8=\r\n-- \r\n",
    );
    assert_eq!(broken.text, "hello");
    let (_, latin) = part("x=y", b"caf\xe9");
    assert_eq!(latin.text, "café");
}

proptest! {
    #[test]
    fn base64_is_as_mail_parser_reads_it(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let encoded = encode_base64(&octets);
        let transfer = base64(encoded.as_bytes());
        prop_assert_eq!(transfer.octets.as_ref(), octets.as_slice());
        prop_assert_eq!(base64_decode(encoded.as_bytes()).unwrap(), octets);
    }

    #[test]
    fn quoted_printable_is_as_mail_parser_reads_it(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let encoded = encode_quoted_printable(&octets);
        let transfer = quoted_printable(encoded.as_bytes());
        prop_assert_eq!(transfer.octets.as_ref(), octets.as_slice());
        // mail-parser writes every line end as CRLF once it has seen one, so bare ones are left out of the comparison.
        prop_assert_eq!(quoted_printable_decode(encoded.as_bytes()).unwrap(), octets);
    }

    /// The raw range of any span, decoded again, holds the span.
    #[test]
    fn spans_are_traced(text in "([a-zA-Z éü€漢=.]|\r\n){0,120}", start in 0..200_usize, length in 1..40_usize, encoding in 0..3) {
        let (name, body) = match encoding {
            0 => ("8bit", text.clone()),
            1 => ("quoted-printable", encode_quoted_printable(text.as_bytes())),
            _ => ("base64", encode_base64(text.as_bytes())),
        };
        let (octets, part) = part(&format!("charset=utf-8\r\nContent-Transfer-Encoding: {name}"), body.as_bytes());
        prop_assert_eq!(&part.text, &text);
        let end = (start + length).min(text.len());
        if let Some(span) = text.get(start..end).filter(|span| !span.is_empty()) {
            let range = part.raw_range(start..end);
            prop_assert!(range.start >= part.origin.raw.start && range.end <= part.origin.raw.end);
            let raw = &octets[range];
            let again = match encoding {
                0 => raw.to_vec(),
                // A soft line break, so that white space at the end of the range is not taken for the end of a line.
                1 => quoted_printable(&[raw, b"="].concat()).octets.into_owned(),
                _ => base64(raw).octets.into_owned(),
            };
            prop_assert!(memchr::memmem::find(&again, span.as_bytes()).is_some());
            prop_assert!(again.len() <= span.len() + 4, "no more than needed");
        }
    }

    #[test]
    fn any_octets_are_decoded(octets in proptest::collection::vec(any::<u8>(), 0..200), charset in 0..6_usize, encoding in 0..3_usize) {
        let charset = ["utf-8", "us-ascii", "windows-1251", "utf-7", "utf-16", "gb18030"][charset];
        let encoding = ["7bit", "base64", "quoted-printable"][encoding];
        let (octets, part) = part(&format!("charset={charset}\r\nContent-Transfer-Encoding: {encoding}"), &octets);
        if let RawMap::Table(table) = &part.origin.map {
            prop_assert_eq!(table.len(), part.text.len() + 1);
            prop_assert!(table.is_sorted());
            prop_assert!(table.iter().all(|&place| place as usize <= octets.len()));
        }
    }
}
