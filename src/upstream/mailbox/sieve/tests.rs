use super::*;
use proptest::prelude::*;

fn sift(input: &[u8]) -> (Result<(), Fault>, String, Sieve) {
    let mut sieve = Sieve::default();
    let mut out = Vec::new();
    let result = sieve.feed(input, &mut out);
    (result, String::from_utf8_lossy(&out).into_owned(), sieve)
}

#[test]
fn only_what_can_be_used_goes_on() {
    let (result, out, sieve) = sift(
        b"* OK [UIDVALIDITY 7] fine\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* XWHAT {3}\r\na\nb\r\n\
          * NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n* ESEARCH (TAG \"A1\") UID ALL 1:3\r\n\
          * LIST (\\Drafts) \"/\" {6}\r\nDrafts\r\n+ idling {5}\r\nA0001 no [overquota] Full {9}\r\n",
    );
    assert_eq!(result, Ok(()));
    assert_eq!(
        out,
        "* OK\r\n* 3 EXISTS\r\n* LIST (\\Drafts) \"/\" {6}\r\nDrafts\r\n+ \r\nA0001 NO\r\n"
    );
    assert_eq!(sieve.seen.completion.code, "OVERQUOTA");
    assert_eq!(sieve.seen.completion.text, "[overquota] Full {9}");
    assert_eq!(
        sieve.seen.namespace.as_deref(),
        Some(&b"((\"INBOX.\" \".\")) NIL NIL"[..])
    );
    assert!(sieve.is_between());
}

#[test]
fn words_of_farewell_are_kept() {
    let (_, out, sieve) = sift(b"* BYE [X]\xc3\xa9 too many connections\r\n");
    assert_eq!(out, "* BYE\r\n");
    assert_eq!(sieve.seen.bye.as_deref(), Some("[X]é too many connections"));
}

#[test]
fn floods_and_nonsense_end_it() {
    for (input, flood) in [
        (b"* 1 FETCH (BODY[] {2147483648}\r\n".to_vec(), true),
        (b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n".to_vec(), true),
        (b"* XNEW {2000000}\r\n".to_vec(), true),
        (b"* CAPABILITY {65537}\r\n".to_vec(), true),
        ([b"* SEARCH".to_vec(), b" 1".repeat(LONGEST_LINE)].concat(), true),
        (b"* LIST {1}\r\na".repeat(200_000), true),
        (b"hello\r\n".to_vec(), false),
        (b"HTTP/1.1 200 OK\r\n".to_vec(), false),
        (b"* OK a\0b\r\n".to_vec(), false),
        (
            [b"* 1 FETCH ".to_vec(), b"(".repeat(100), b"\r\n".to_vec()].concat(),
            false,
        ),
    ] {
        let (result, _, _) = sift(&input);
        let start = String::from_utf8_lossy(input.get(..40.min(input.len())).unwrap()).into_owned();
        match result {
            Err(Fault::Flood(_)) => assert!(flood, "{start}"),
            Err(Fault::NoImap(_)) => assert!(!flood, "{start}"),
            Ok(()) => panic!("{start} was taken"),
        }
    }
}

#[test]
fn large_literals_come_only_when_asked_for() {
    let mail = [
        b"* 1 FETCH (UID 5 BODY[] {100000}\r\n".to_vec(),
        vec![b'x'; 100_000],
        b")\r\n".to_vec(),
    ]
    .concat();
    let mut sieve = Sieve::default();
    assert!(sieve.feed(&mail, &mut Vec::new()).is_err());
    let mut sieve = Sieve::default();
    sieve.allow_literal(Some(100_000));
    let mut out = Vec::new();
    assert_eq!(sieve.feed(&mail, &mut out), Ok(()));
    assert_eq!(out, mail);
}

#[test]
fn literals_are_cut_when_asked_for() {
    let mail = [
        b"* 1 FETCH (UID 5 BODY[] {100000}\r\n".to_vec(),
        vec![b'x'; 100_000],
        b" FLAGS ())\r\n* 2 FETCH (BODY[] {3}\r\nabc)\r\n".to_vec(),
    ]
    .concat();
    let cut = b"* 1 FETCH (UID 5 BODY[] {3}\r\nxxx FLAGS ())\r\n* 2 FETCH (BODY[] {3}\r\nabc)\r\n";
    for size in [1, 7, 4096, mail.len()] {
        let mut sieve = Sieve::default();
        sieve.cut_literals(3);
        let mut out = Vec::new();
        for part in mail.chunks(size) {
            assert_eq!(sieve.feed(part, &mut out), Ok(()));
        }
        assert_eq!(out, cut, "{size}");
        assert!(sieve.is_between());
    }
    let mut sieve = Sieve::default();
    sieve.cut_literals(3);
    let endless = sieve.feed(b"* 1 FETCH (BODY[] {4000000000}\r\n", &mut Vec::new());
    assert!(matches!(endless, Err(Fault::Flood(_))));
    // The usual limit is back afterwards.
    let mut sieve = Sieve::default();
    sieve.cut_literals(3);
    sieve.allow_literal(None);
    assert!(sieve.feed(&mail, &mut Vec::new()).is_err());
}

#[test]
fn what_the_parser_cannot_take_is_mended_on_the_way() {
    let (result, out, sieve) = sift(
        b"* LIST (\\AllMail) \"/\" x\r\n* LIST () \"/\" \"INTERNALDATE NIL\"\r\n\
          * 1 FETCH (BODY[] {2}\r\nab INTERNALDATE NIL)\r\n* OK [uidvalidity 4294967295] x\r\n* 3 EXPUNGE\r\n",
    );
    assert_eq!(result, Ok(()));
    assert_eq!(
        out,
        "* LIST (\\All) \"/\" x\r\n* LIST () \"/\" \"INTERNALDATE NIL\"\r\n\
         * 1 FETCH (BODY[] {2}\r\nab XNTERNALDATE NIL)\r\n* OK\r\n* 3 EXPUNGE\r\n"
    );
    assert_eq!(sieve.seen.uid_validity, Some(u32::MAX));
    assert!(sieve.seen.moved);
}

proptest! {
    #[test]
    fn any_splitting_gives_the_same(
        pieces in proptest::collection::vec(prop_oneof![
            Just(b"* OK x\r\n".to_vec()), Just(b"* 1 FETCH (BODY[] {4}\r\na\r\nb)\r\n".to_vec()),
            Just(b"* XNEW {2}\r\n\r\n x\r\n".to_vec()), Just(b"A0002 BAD {3}\r\n".to_vec()),
            Just(b"+ go\r\n".to_vec()), Just(b"* LIST () NIL {0}\r\n\r\n".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..12),
        ], 0..8),
        cuts in proptest::collection::vec(0usize..40, 0..10),
    ) {
        let input = pieces.concat();
        let (whole, expected, _) = sift(&input);
        let mut sieve = Sieve::default();
        let (mut out, mut rest, mut result) = (Vec::new(), input.as_slice(), Ok(()));
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            rest = later;
            if result.is_ok() {
                result = sieve.feed(now, &mut out);
            }
        }
        prop_assert_eq!(result, whole);
        if whole.is_ok() {
            prop_assert_eq!(String::from_utf8_lossy(&out).into_owned(), expected);
        }
    }
}
