use super::*;
use proptest::prelude::*;

const ACCOUNT: &str = "tom@seller.example";

fn of(text: &str) -> Fingerprint {
    Fingerprint::of(
        ACCOUNT,
        &Envelope::plain("tom@seller.example", &["ana@acme.example"]),
        &Mail::new(text.as_bytes().to_vec()),
    )
}

/// A mail as a MUA makes it, with everything that it makes anew as an argument.
fn made(date: &str, id: &str, outer: &str, inner: &str) -> String {
    format!(
        "From: tom@seller.example\r\nDate: {date}\r\nMessage-ID: <{id}>\r\nSubject: docks\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed;\r\n boundary=\"{outer}\"\r\n\r\nThis is MIME.\r\n\
        --{outer}\r\nContent-Type: multipart/alternative; boundary={inner}\r\n\r\n\
        --{inner}\r\n\r\nplain\r\n-- \r\nTom\r\n--{inner}\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--{inner}--\r\n\
        --{outer}\r\nContent-Type: message/rfc822\r\n\r\nDate: Mon, 4 May 2026 10:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=old\r\n\r\n--old\r\n\r\nold\r\n--old--\r\n\
        --{outer}--\r\n"
    )
}

fn usual() -> String {
    made(
        "Tue, 5 May 2026 10:00:00 +0200",
        "1@seller.example",
        "----=_A1",
        "----=_B1",
    )
}

#[test]
fn what_is_made_anew_does_not_count() {
    let again = made("Tue, 5 May 2026 10:07:31 +0200", "2f@seller.example", "b1_99", "0000x");
    assert_eq!(of(&usual()), of(&again));
    assert_eq!(Fingerprint::from_hex(&of(&again).to_string()), Some(of(&again)));
}

#[test]
fn account_and_recipients_count() {
    let mail = Mail::new(usual().into_bytes());
    let fingerprint =
        |account: &str, recipients: &[&str]| Fingerprint::of(account, &Envelope::plain("", recipients), &mail);
    let one = fingerprint("tom@seller.example", &["ana@acme.example", "bo@b.example"]);
    assert_eq!(
        one,
        fingerprint(
            "Tom@Seller.example",
            &["Bo@B.example", "ana@ACME.example", "bo@b.example"]
        )
    );
    assert_ne!(
        one,
        fingerprint("tim@seller.example", &["ana@acme.example", "bo@b.example"])
    );
    assert_ne!(one, fingerprint("tom@seller.example", &["ana@acme.example"]));
    assert_ne!(
        one,
        fingerprint(
            "tom@seller.example",
            &["ana@acme.example", "bo@b.example", "c@c.example"]
        )
    );
    assert_ne!(fingerprint("a", &["bc@x.example"]), fingerprint("ab", &["c@x.example"]));
}

#[test]
fn no_trick_makes_two_contents_one() {
    let twins = [
        // A line of the body that looks like the other's delimiter.
        (
            "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--y\r\n\r\nb\r\n--x--\r\n",
            "Content-Type: multipart/mixed; boundary=y\r\n\r\n--x\r\n\r\na\r\n--y\r\n\r\nb\r\n--x--\r\n",
        ),
        // One boundary begins another.
        (
            "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--xy\r\n\r\nb\r\n--x--\r\n",
            "Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\na\r\n--xy\r\n\r\nb\r\n--z--\r\n",
        ),
        // The boundary is named in the text only.
        (
            "Subject: x\r\n\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
            "Subject: x\r\n\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n",
        ),
        // It is text of a part of a type that has none.
        (
            "Content-Type: text/plain; boundary=x\r\n\r\n--x\r\n",
            "Content-Type: text/plain; boundary=y\r\n\r\n--y\r\n",
        ),
        // Two boundaries, and readers that differ on which holds.
        (
            "Content-Type: multipart/mixed; boundary=x; boundary=q\r\n\r\n--x\r\n\r\na\r\n",
            "Content-Type: multipart/mixed; boundary=y; boundary=q\r\n\r\n--y\r\n\r\na\r\n",
        ),
        // Words where a boundary should be.
        (
            "Content-Type: multipart/mixed; boundary=\"x y\"\r\n\r\n--x y\r\n\r\na\r\n",
            "Content-Type: multipart/mixed; boundary=\"x z\"\r\n\r\n--x z\r\n\r\na\r\n",
        ),
        // A Date in a body, a second Date, a folded one that has become two fields.
        ("Subject: x\r\n\r\nDate: 1\r\n", "Subject: x\r\n\r\nDate: 2\r\n"),
        ("Date: 1\r\nDate: 2\r\n\r\n", "Date: 1\r\nDate: 3\r\n\r\n"),
        ("Date: 1\r\n a: b\r\n\r\n", "Date: 1\r\na: b\r\n\r\n"),
        // The inner parts have changed places.
        (
            "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\na\r\n--o--\r\n",
            "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--o\r\n\r\na\r\n--o--\r\n",
        ),
        ("X: Date: 1\r\n\r\n", "X: Date: 2\r\n\r\n"),
        ("", "\r\n"),
    ];
    for (one, other) in twins {
        assert_ne!(of(one), of(other), "{one}\n{other}");
    }
}

#[test]
fn it_works_on_mails_that_are_not_read() {
    let deep = |boundary: &str| {
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
        format!("Date: {boundary}\r\n{nested}")
    };
    assert_eq!(of(&deep("a")), of(&deep("b")));
    let long = |boundary: &str| {
        let field = "x".repeat(200_000);
        format!(
            "X: {field}\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n\r\ntext\r\n--{boundary}--\r\n"
        )
    };
    assert_eq!(of(&long("a1")), of(&long("b22")));
}

proptest! {
    #[test]
    fn new_boundaries_change_nothing(
        boundaries in proptest::collection::btree_set("[a-z0-9]{4}[A-Za-z0-9=_.]{0,60}", 2),
        id in "[!-;=?-~]{1,60}",
        date in "[ -~]{1,60}",
    ) {
        let mut boundaries = boundaries.into_iter();
        let (outer, inner) = (boundaries.next().unwrap(), boundaries.next().unwrap());
        prop_assume!(!inner.starts_with(&outer) && !"old".starts_with(&outer) && !"old".starts_with(&inner));
        prop_assert_eq!(of(&made(&date, &id, &outer, &inner)), of(&usual()));
    }

    /// Any other octet that is changed, put in or taken out counts.
    #[test]
    fn every_other_octet_counts(place in any::<prop::sample::Index>(), octet in any::<u8>(), change in 0..3) {
        let text = usual().into_bytes();
        let date = memchr::memmem::find(&text, b"Date:").unwrap();
        let subject = memchr::memmem::find(&text, b"Subject:").unwrap();
        let at = place.index(text.len());
        // What follows the colons of Date and Message-ID doesn't count; what may end them does.
        prop_assume!(!(date + 5..subject - 1).contains(&at));
        let mut changed = text.clone();
        match change {
            0 => changed[at] = octet,
            1 => changed.insert(at, octet),
            _ => { changed.remove(at); }
        }
        prop_assume!(changed != text);
        let mail = |octets: Vec<u8>| Fingerprint::of(ACCOUNT, &Envelope::plain("", &[]), &Mail::new(octets));
        prop_assert_ne!(mail(changed), mail(text));
    }

    #[test]
    fn any_octets_have_a_fingerprint(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let fingerprint = Fingerprint::of("", &Envelope::plain("", &[]), &Mail::new(octets));
        prop_assert_eq!(fingerprint.to_string().len(), 64);
    }
}
