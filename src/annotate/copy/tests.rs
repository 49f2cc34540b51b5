//! The copy is taken apart again by mail-parser.

use super::*;
use crate::annotate::html;
use crate::annotate::letter::sound::halves;
use crate::annotate::samples::{self, Sample};
use mail_parser::{HeaderValue as Parsed, MessageParser};
use proptest::prelude::*;

mod generated;
mod ways;

const RECORD: &str = "K7Q2M4XZ";
const BOUNDARY: &str = "youwardK7Q2M4XZb0undary";

fn author() -> Address {
    Address::parse("ana@norvane.example").unwrap()
}

/// Hands over what a copy of the sample is made from, the first of its record.
fn with_input<T>(sample: &Sample, work: impl FnOnce(CopyInput<'_>) -> T) -> T {
    work(CopyInput {
        occasion: Occasion::Submitted,
        mail: sample.annotated(),
        author: &author(),
        subject: "A quick call",
        recipients: &["jo@acme.example".to_owned()],
        original_message_id: Some("1@norvane.example"),
        record: RECORD,
        ways: Ways::default(),
        round: 1,
        previous: None,
        message_id: "K7Q2M4XZ.1@youward.test",
        date: "2026-03-02T09:30:00Z".parse().unwrap(),
        boundary: BOUNDARY,
    })
}

fn copy_of(sample: &Sample, subject: &str, original: Option<&str>) -> Result<Vec<u8>, CopyError> {
    with_input(sample, |input| {
        compose(&CopyInput {
            subject,
            original_message_id: original,
            ..input
        })
    })
}

#[test]
fn a_returned_mail_comes_back_annotated() {
    let pitch = samples::pitch();
    let octets = copy_of(&pitch, "A quick call", Some("1@norvane.example")).unwrap();
    let copy = MessageParser::default().parse(&octets).unwrap();
    assert_eq!(copy.subject(), Some("Returned: A quick call"));
    let from = copy.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Youward"), Some("ana@norvane.example"))
    );
    assert_eq!(
        copy.to().unwrap().first().unwrap().address(),
        Some("ana@norvane.example")
    );
    assert_eq!(copy.in_reply_to().as_text(), Some("1@norvane.example"));
    assert_eq!(copy.references().as_text(), Some("1@norvane.example"));
    assert_eq!(copy.message_id(), Some("K7Q2M4XZ.1@youward.test"));
    assert_eq!(copy.date().unwrap().to_rfc3339(), "2026-03-02T09:30:00Z");
    assert_eq!(copy.header("X-Youward-Record").and_then(Parsed::as_text), Some(RECORD));
    assert_eq!(
        copy.header("Auto-Submitted").and_then(Parsed::as_text),
        Some("auto-generated")
    );

    let plain = copy.body_text(0).unwrap();
    let html = copy.body_html(0).unwrap();
    for (text, marked) in [
        (&plain, "«I would like to see if»[3]"),
        (&html, ">I would like to see if</mark> <b class=\"number\""),
    ] {
        assert!(text.contains(marked), "{text}");
        assert!(text.contains("Nobody has received it"), "{text}");
        assert!(text.contains("youward held allow K7Q2M4XZ "), "{text}");
        assert!(text.contains("No recipient has ever written"), "{text}");
        assert!(text.contains("Start the sentence there."), "{text}");
        assert!(!text.contains("secret quote"), "{text}");
    }
    assert!(plain.contains("Score: 70 of 100"), "{plain}");
    assert!(plain.contains("Standard: field"), "{plain}");
    assert!(html.contains("Judged by the standard field</p>"), "{html}");
    halves(&octets).unwrap();
}

#[test]
fn consent_is_offered_only_where_it_helps() {
    let mut sample = samples::pitch();
    sample.verdict.consent_allowed = false;
    let copy = halves(&copy_of(&sample, "x", None).unwrap()).unwrap().plain;
    assert!(!copy.contains("held allow"), "{copy}");
    sample.verdict = samples::verdict(Disposition::Annotate);
    let octets = copy_of(&sample, "x", None).unwrap();
    assert!(String::from_utf8_lossy(&octets).contains("Subject: Notes: x\r\n"));
    let copy = halves(&octets).unwrap().plain;
    assert!(
        !copy.contains("What you can do") && !copy.contains("held allow"),
        "{copy}"
    );
}

#[test]
fn a_mail_that_was_not_read_has_a_copy_too() {
    let pitch = samples::pitch();
    let mail = Annotated {
        prose: None,
        reading: None,
        ..pitch.annotated()
    };
    let octets = with_input(&pitch, |input| {
        compose(&CopyInput {
            mail,
            subject: "",
            recipients: &[],
            ..input
        })
    })
    .unwrap();
    halves(&octets).unwrap();
    let copy = MessageParser::default().parse(&octets).unwrap();
    assert_eq!(copy.subject(), Some("Returned: (no subject)"));
    assert!(
        copy.body_text(0)
            .unwrap()
            .contains("Its score is 70 of 100; below 75 it is not sent.")
    );
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    with_input(&samples::pitch(), |input| {
        for boundary in ["", "a b", "a\r\nb", "\"", "incredible", &"b".repeat(61)] {
            assert_eq!(
                compose(&CopyInput { boundary, ..input }),
                Err(CopyError::Boundary),
                "{boundary:?}"
            );
        }
        for message_id in ["", "a", "a@", "@b", "a@b\r\nX: y", "a b@c", "<a@b>"] {
            assert_eq!(
                compose(&CopyInput { message_id, ..input }),
                Err(CopyError::MessageId),
                "{message_id:?}"
            );
        }
        // An odd Message-ID of the original is left out rather than copied.
        let octets = compose(&CopyInput {
            original_message_id: Some("x@y>\r\nBcc: <z@z"),
            ..input
        })
        .unwrap();
        assert!(!String::from_utf8(octets).unwrap().contains("Bcc"));
    });
}

proptest! {
    // Each case makes a whole document; fewer of them keep the tests quick.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_subject_adds_a_header(
        subject in prop_oneof![
            samples::hostile_text(),
            "(\\r\\n|\\n|\\r|Bcc: |X: y|=\\?utf-8\\?q\\?|é|a| ){0,40}",
            "\\PC{0,400}",
        ],
        original in prop::option::of(samples::hostile_text()),
    ) {
        let octets = copy_of(&samples::pitch(), &subject, original.as_deref()).unwrap();
        let text = String::from_utf8(octets.clone()).unwrap();
        let (header, _) = text.split_once("\r\n\r\n").unwrap();
        let mut names: Vec<&str> = header
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(':').unwrap().0)
            .filter(|name| !["In-Reply-To", "References"].contains(name))
            .collect();
        names.sort_unstable();
        prop_assert_eq!(
            names,
            ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
             "X-Youward-Record"]
        );
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        let copy = MessageParser::default().parse(&octets).unwrap();
        prop_assert!(copy.subject().unwrap().starts_with("Returned: "));
        prop_assert_eq!((copy.text_body.len(), copy.html_body.len()), (1, 1));
    }

    #[test]
    fn whatever_is_found_the_copy_is_sound(
        reading in samples::hostile_reading(),
        verdict in samples::hostile_verdict(),
        body in samples::hostile_text(),
        recipient in samples::hostile_text(),
        record in samples::hostile_text(),
    ) {
        let mut sample = samples::pitch();
        sample.prose.parts[1].text = body;
        sample.reading = reading;
        sample.verdict = verdict;
        let octets = with_input(&sample, |input| {
            let (recipients, mailbox) = ([recipient.clone()], Some(recipient.as_str()));
            compose(&CopyInput {
                recipients: &recipients,
                record: &record,
                ways: Ways { draft: mailbox, send_as_written: mailbox, release_command: true, approver: false },
                ..input
            })
        })
        .unwrap();
        let halves = halves(&octets)?;
        let shown = if sample.reading.not_read.is_none() { sample.reading.findings.as_slice() } else { &[] };
        for finding in shown {
            prop_assert!(halves.html.contains(&html::escape_line(&finding.excerpt)));
        }
        prop_assert_eq!(halves.notes, (1..=shown.len()).collect::<Vec<_>>());
        for number in 1..=shown.len() {
            prop_assert!(halves.plain.contains(&format!("\n[{number}] ")), "{}", halves.plain);
        }
    }
}

#[test]
fn lamps_help_and_silenced_findings_stand_in_both_halves() {
    let octets = copy_of(&samples::guided(), "A quick call", None).unwrap();
    let copy = MessageParser::default().parse(&octets).unwrap();
    let plain = copy.body_text(0).unwrap().replace("\r\n", "\n");
    for expected in [
        "\nWhich sides of the customer it speaks to\n----------------------------------------\n[ ] market    What happens around them",
        "\n[x] company   \"Hi Jo\", \"a chance of you joining\", and 1 more\n",
        "\n[ ] person    What does Jo answer for this quarter?\n",
        "\nTo rewrite it\n-------------\nAsk    What did a customer stop doing",
        "\nKeep   \"a chance of you joining\"\nMoves  1. a fact about them\n       2. what it may mean",
        "\n1 silenced:\n- «joining a demo», by ana@norvane.example: they asked for one\n",
        "\n[2] «our incredible service» (Praise of your own offer, 10 points)\n    You are grading",
        "\n    hype/our-adjective, hash 00112233445566aa\n",
    ] {
        assert!(plain.contains(expected), "{expected}\n{plain}");
    }
    let html = copy.body_html(0).unwrap();
    halves(&octets).unwrap();
    for expected in [
        "Which sides of the customer it speaks to",
        "To rewrite it",
        "1 silenced",
        "they asked for one",
        "2. what it may mean",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
}

#[test]
fn unusual_addresses_are_written_soundly_or_refused() {
    let pitch = samples::pitch();
    for (text, fits) in [
        ("\"quoted local\"@norvane.example", false),
        ("ana@[127.0.0.1]", false),
        ("ana+tag@norvane.example", true),
        ("jürgen@norvane.example", true),
        ("ana@bücher.example", true),
        ("a,b@norvane.example", false),
        ("a\"b@norvane.example", false),
    ] {
        let address = Address::parse(text).unwrap();
        let copy = with_input(&pitch, |input| {
            compose(&CopyInput {
                author: &address,
                ..input
            })
        });
        match copy {
            Ok(octets) => {
                let copy = MessageParser::default().parse(&octets).unwrap();
                let (from, to) = (copy.from().unwrap(), copy.to().unwrap());
                assert!(fits && from.iter().count() == 1 && to.iter().count() == 1, "{text}");
            }
            Err(error) => assert!(!fits && matches!(error, CopyError::Author(_)), "{text}: {error}"),
        }
    }
}
