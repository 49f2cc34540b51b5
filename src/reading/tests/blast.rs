//! The same text to many: what is taken for a copy, and what is not.

use super::*;
use jiff::{SignedDuration, Timestamp};

const BODY: &str = "I saw that your team in Boise is hiring planners again this spring. We run a service that puts late slots on \
    one screen, so that drivers hear about a change in minutes and nobody has to phone the gate. Mills in three states use \
    it every day, and most were live within 14 days. Would a call next week make sense, or shall I send two pages about how \
    the first of them went about it?";
const OTHER: &str = "The inspectors listed four findings at the north dock in May, two of them about forklifts and people in the \
    same lane. I walked past on Tuesday and the new barrier ends before the scale house. Is that where the second phase \
    begins, or did somebody run out of steel?";

fn mail(greeting: &str, body: &str, to: &str, name: &str) -> (Prose, Context) {
    let (_, context) = pitch();
    let mut prose = Prose::from_text(&format!("{greeting}\n\n{body}\n"));
    prose.headers.to = vec![address(to)];
    prose.headers.to_names = vec![name.to_owned()];
    let envelope = Some(Envelope::plain("ana@norvane.example", &[to]));
    (prose, Context { envelope, ..context })
}

fn sketched(greeting: &str, body: &str, to: &str, name: &str) -> Sketch {
    let (prose, context) = mail(greeting, body, to, name);
    sketch(&prose, &context).unwrap()
}

/// Stands for somebody; what it is made with does not matter here.
fn whom(text: &str) -> Whom {
    let number = |text: &str| {
        let bits = text.bytes().fold(7_u128, |hash, octet| {
            (hash ^ u128::from(octet)).wrapping_mul(0x0100_0000_0000_0000_013b)
        });
        bits.to_be_bytes()
    };
    Whom {
        person: number(text),
        organisation: number(&organisation(&address(text))),
    }
}

fn base() -> Sketch {
    sketched("Hi Jo,", BODY, "jo@tulsamills.example", "Jo Tulsa")
}

fn day(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
}

/// Earlier mails with one sketch, each to another organisation.
fn earlier(sketch: &Sketch, organisations: usize) -> Vec<Sent> {
    let sent = |number: usize| Sent {
        sketch: sketch.clone(),
        to: vec![whom(&format!("x@mill{number}.example"))],
        at: day(10),
    };
    (0..organisations).map(sent).collect()
}

fn seen(sketch: &Sketch, before: &[Sent]) -> BlastSeen {
    BlastSeen::of(sketch, &[whom("jo@tulsamills.example")], day(12), before)
}

#[test]
fn copies_are_known_again() {
    let swapped = BODY.replace("Boise", "Salt Lake City");
    let spun = BODY
        .replace("We run a service", "We offer a tool")
        .replace("in minutes", "fast")
        .replace("a call", "a chat")
        .replace("every day", "daily");
    let (first, second) = BODY.split_once(". ").unwrap();
    let turned = format!("{second} {first}.");
    let linked = format!("{BODY} https://go.norvane.example/c/8f3a91");
    let opened = format!("Congratulations on the Leeds award, well earned. {BODY}");
    for (what, sketch) in [
        (
            "first name",
            sketched("Hi Bo,", BODY, "bo@tulsamills.example", "Bo Tulsa"),
        ),
        (
            "name, company, place",
            sketched("Dear Ms Aune,", &swapped, "k@aunefreight.example", "Kari Aune"),
        ),
        ("synonyms", sketched("Hello Bo,", &spun, "bo@other.example", "Bo")),
        (
            "sentences turned",
            sketched("Hi Jo,", &turned, "jo@tulsamills.example", "Jo"),
        ),
        (
            "tracking link",
            sketched("Hi Jo,", &linked, "jo@tulsamills.example", "Jo"),
        ),
        (
            "personal opener",
            sketched("Hi Jo,", &opened, "jo@tulsamills.example", "Jo"),
        ),
    ] {
        let similarity = base().similarity(&sketch);
        assert!(similarity >= SAME_TEXT, "{what}: {similarity}");
    }
    let bcc: Vec<Whom> = (0..15).map(|n| whom(&format!("p{n}@mill{}.example", n % 9))).collect();
    let seen = BlastSeen::of(&base(), &bcc, day(1), &[]);
    assert_eq!(
        (seen.people, seen.organisations, seen.since),
        (15, 8, day(1)),
        "one mail to fifteen"
    );
}

#[test]
fn what_is_no_copy_stays_apart() {
    let thanks = mail("Hi Jo,", "Thanks, received.", "jo@tulsamills.example", "Jo");
    assert_eq!(sketch(&thanks.0, &thanks.1), None, "too short");
    let other = sketched("Hi Jo,", OTHER, "jo@tulsamills.example", "Jo");
    assert!(base().similarity(&other) < 0.2);
    let signed =
        |body: &str| format!("{body}\n\n-- \nAna Lima, Norvane, 12 Mill Lane, Leeds. This message is confidential.");
    let (one, two) = (signed(BODY), signed(OTHER));
    let (one, two) = (
        sketched("Hi Jo,", &one, "a@a.example", "Jo"),
        sketched("Hi Jo,", &two, "b@b.example", "Bo"),
    );
    assert!(one.similarity(&two) < 0.2, "the signature is no text of theirs");
    let quoting = OTHER.to_owned() + "\n\nOn Monday Ana wrote:\n> " + &BODY.replace('\n', "\n> ");
    let second = sketched("Hi Jo,", &quoting, "jo@tulsamills.example", "Jo");
    assert!(base().similarity(&second) < 0.2, "the quoted first mail is not read");
    let same_customer: Vec<Sent> = (0..12)
        .map(|n| Sent {
            sketch: base(),
            to: vec![whom(&format!("p{n}@tulsamills.example"))],
            at: day(11),
        })
        .collect();
    let seen = seen(&base(), &same_customer);
    assert_eq!(
        (seen.people, seen.organisations),
        (13, 0),
        "an order form to twelve people of one customer"
    );
    let old = Sent {
        at: day(-9),
        ..earlier(&base(), 1).remove(0)
    };
    assert_eq!(
        BlastSeen::of(&base(), &[], day(12), &[old]).people,
        0,
        "longer ago than two weeks"
    );
}

#[test]
fn a_recall_to_contacts_and_an_invitation_are_not_judged() {
    let (mut prose, mut context) = mail("Hi Jo,", BODY, "jo@tulsamills.example", "Jo");
    context.blast = Some(seen(&base(), &earlier(&base(), 60)));
    assert!(blast_of(&prose, &context).is_some());
    let calendar = &mut prose.headers.calendar;
    *calendar = true;
    assert_eq!(blast_of(&prose, &context), None);
    prose.headers.calendar = false;
    context.correspondence = acquainted();
    prose.passages = Prose::from_text(OTHER).passages;
    assert_eq!(blast_of(&prose, &context), None);
}

fn blast_of(prose: &Prose, context: &Context) -> Option<(i32, Level)> {
    let reading = read(prose, context, &PACKS);
    let blast = reading
        .findings
        .iter()
        .find(|finding| finding.category == Category::Blast)?;
    assert!(
        reading
            .ledger
            .iter()
            .any(|line| line.what == "blast" && line.points == blast.points)
    );
    Some((blast.points, blast.severity))
}

#[test]
fn the_more_organisations_the_more_it_costs() {
    let (prose, mut context) = mail("Hi Jo,", BODY, "jo@tulsamills.example", "Jo");
    for (organisations, expected) in [
        (2, None),
        (4, None),
        (5, Some((6, Level::Note))),
        (20, Some((12, Level::Warn))),
        (50, Some((20, Level::Strong))),
    ] {
        let seen = seen(&base(), &earlier(&base(), organisations));
        assert_eq!((seen.organisations, seen.since), (organisations, day(10)));
        context.blast = Some(seen);
        assert_eq!(blast_of(&prose, &context), expected, "{organisations}");
        let signals = read(&prose, &context, &PACKS).prospecting.signals;
        assert_eq!(
            signals.iter().any(|signal| signal.name == "same-text"),
            organisations >= 3
        );
    }
}

#[test]
fn a_sketch_is_the_same_on_every_machine_and_can_be_kept() {
    let bytes = base().to_bytes();
    assert_eq!(Sketch::from_bytes(&bytes), Some(base()));
    assert_eq!(bytes[..9], [2, 130, 212, 69, 1, 49, 128, 37, 9]);
}

#[test]
fn organisations_are_told_from_addresses() {
    let of = |text: &str| organisation(&address(text));
    assert_eq!(of("a@mail.eu.acme.example"), "acme.example");
    assert_eq!(of("a@mail.acme.co.uk"), "acme.co.uk");
    assert_eq!(of("A@gmail.com"), "a@gmail.com");
}
