use super::*;
use crate::mail::RawMap;
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
fn charsets_of_several_octets_are_traced_by_lines() {
    let (octets, part) = part("charset=shift_jis", b"We \x83n\x83\x8D\x81[\r\ndemo");
    assert_eq!(part.text, "We ハロー\r\ndemo");
    assert_eq!(&octets[part.raw_range(0..2)], b"We");
    assert_eq!(&octets[part.raw_range(3..6)], b"\x83n\x83\x8D\x81[\r\n");
    let place = part.text.find("demo").unwrap();
    assert_eq!(&octets[part.raw_range(place..place + 4)], b"demo");
}

#[test]
fn utf_16_is_traced_by_pairs() {
    let text = "we'd lové 🙂 it";
    for mark in [false, true] {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        let encoded: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
        let (octets, part) = part(if mark { "charset=utf-16" } else { "charset=utf-16be" }, &encoded);
        assert_eq!(part.text.trim_start_matches('\u{feff}'), text);
        let place = part.text.find("lové").unwrap();
        let raw = &octets[part.raw_range(place..place + 5)];
        let units: Vec<u16> = raw
            .chunks(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        assert_eq!(String::from_utf16(&units).unwrap(), "lové");
    }
}

#[test]
fn half_a_pair_at_the_end_leaves_the_last_character_its_place() {
    // Three octets in one group of base64: the pair and the half of one have the same place.
    let (octets, part) = part(
        "charset=utf-16be\r\nContent-Transfer-Encoding: base64",
        b"AGEAYgBj\r\nAGQA\r\n",
    );
    assert_eq!(part.text, "abcd");
    let raw = part.raw_range(3..4);
    assert_eq!(octets.get(raw), Some(&b"AGQA\r\n"[..]));
}

#[test]
fn wrong_labels_are_seen_through() {
    let utf8 = "we’d lové".as_bytes();
    for charset in [
        "us-ascii",
        "iso-8859-1",
        "windows-1252",
        "utf-8",
        "x-unknown",
        "unknown-8bit",
    ] {
        assert_eq!(
            part(&format!("charset={charset}"), utf8).1.text,
            "we’d lové",
            "{charset}"
        );
    }
    for charset in ["us-ascii", "iso-8859-1", "utf-8", "x-unknown", "never-heard"] {
        let (octets, part) = part(&format!("charset={charset}"), b"we\x92d lov\xe9");
        assert_eq!(part.text, "we’d lové", "{charset}");
        let place = part.text.find('é').unwrap();
        assert_eq!(&octets[part.raw_range(place..place + 2)], b"\xe9");
    }
    // One fault does not make it another charset.
    assert_eq!(part("charset=utf-8", b"\xc3\xa9\xc3\xa9\xff").1.text, "éé\u{fffd}");
}

#[test]
fn every_charset_keeps_what_is_ascii() {
    for charset in [
        "utf-8",
        "utf-7",
        "iso-8859-1",
        "iso-8859-2",
        "iso-8859-5",
        "iso-8859-7",
        "iso-8859-9",
        "iso-8859-15",
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1253",
        "windows-1254",
        "windows-1256",
        "windows-1257",
        "windows-1258",
        "koi8-r",
        "koi8-u",
        "big5",
        "gb2312",
        "gbk",
        "gb18030",
        "euc-jp",
        "euc-kr",
        "shift_jis",
        "iso-2022-jp",
        "macintosh",
        "ibm866",
        "tis-620",
    ] {
        let (octets, part) = part(&format!("charset=\"{charset}\""), b"we would love\r\nto show you");
        assert_eq!(part.text, "we would love\r\nto show you", "{charset}");
        let place = part.text.find("show").unwrap();
        assert_eq!(&octets[part.raw_range(place..place + 4)], b"show", "{charset}");
    }
    for (charset, octets, text) in [
        ("koi8-r", b"\xf0\xd2\xc9".as_slice(), "При"),
        ("windows-1251", b"\xcf\xf0\xe8", "При"),
        ("iso-8859-7", b"\xc1\xe2", "Αβ"),
        ("big5", b"\xa4\xa4", "中"),
        ("gb18030", b"\xd6\xd0", "中"),
        ("euc-kr", b"\xb0\xa1", "가"),
        ("euc-jp", b"\xc6\xfc", "日"),
        ("iso-2022-jp", b"\x1b$BF|\x1b(B", "日"),
        ("utf-7", b"Hi+AOk-!", "Hié!"),
    ] {
        assert_eq!(part(&format!("charset={charset}"), octets).1.text, text, "{charset}");
    }
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
        let transfer = base64(encoded.as_bytes(), 0);
        prop_assert_eq!(transfer.octets.as_ref(), octets.as_slice());
        prop_assert_eq!(base64_decode(encoded.as_bytes()).unwrap(), octets);
    }

    #[test]
    fn quoted_printable_is_as_mail_parser_reads_it(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let encoded = encode_quoted_printable(&octets);
        let transfer = quoted_printable(encoded.as_bytes(), 0);
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
                1 => quoted_printable(&[raw, b"="].concat(), 0).octets.into_owned(),
                _ => base64(raw, 0).octets.into_owned(),
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
            prop_assert!(table.iter().is_sorted());
            prop_assert!(table.iter().all(|place| place <= octets.len()));
        }
    }
}
