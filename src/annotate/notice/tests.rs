//! Notices are taken apart again.

use super::*;
use crate::annotate::letter::sound::{Halves, halves};
use crate::annotate::samples;
use mail_parser::{HeaderValue as Parsed, MessageParser};
use proptest::prelude::*;

fn octets(notice: Notice<'_>, more: impl FnOnce(&mut NoticeInput<'_>)) -> Vec<u8> {
    let author = Address::parse("ana@norvane.example").unwrap();
    let recipients = ["jo@acme.example".to_owned()];
    let mut input = NoticeInput {
        notice,
        author: &author,
        subject: "A quick call",
        recipients: &recipients,
        original_message_id: Some("1@norvane.example"),
        record: "K7Q2M4XZ",
        draft: Some("Drafts"),
        release_command: false,
        message_id: "K7Q2M4XZ.n@youward.test",
        date: "2026-03-02T09:30:00Z".parse().unwrap(),
        boundary: "youwardK7Q2M4XZb0undary",
    };
    more(&mut input);
    compose(&input).unwrap()
}

fn both(notice: Notice<'_>) -> Halves {
    halves(&octets(notice, |_| {})).unwrap()
}

fn said() -> Vec<String> {
    vec![
        "550 5.1.1 No such user <jo@acme.example>".to_owned(),
        "See <b>".to_owned(),
    ]
}

#[test]
fn each_says_what_happened_and_what_to_do() {
    let said = said();
    let all: [(Notice<'_>, &str, &[&str]); 6] = [
        (
            Notice::Expired { after_hours: 72 },
            "Not sent: A quick call",
            &[
                "Held for 3 days, and not sent",
                "It lies in “Drafts”",
                "youward held show K7Q2M4XZ",
            ],
        ),
        (
            Notice::Reminder { held_for_hours: 24 },
            "Still held: A quick call",
            &["Held for 24 hours now", "Open it in “Drafts”, change it and send it."],
        ),
        (
            Notice::RefusedByProvider { words: &said },
            "Refused: A quick call",
            &["Your provider said", "Open it in “Drafts” and send it from there."],
        ),
        (
            Notice::InDoubt,
            "In doubt: A quick call",
            &[
                "youward held settle K7Q2M4XZ",
                "--sent",
                "--send-again",
                "not sent again unless you say so",
            ],
        ),
        (
            Notice::ReleaseNotAllowed {
                why: "the standard \"field\" lets nobody release",
            },
            "Not released: A quick call",
            &["It is still held", "lets nobody release."],
        ),
        (
            Notice::RetryGivenUp { words: &said, hours: 1 },
            "Not sent: A quick call",
            &["Tried for 1 hour, and not sent", "Your provider said"],
        ),
    ];
    for (notice, subject, expected) in all {
        let octets = octets(notice, |_| {});
        let letter = MessageParser::default().parse(&octets).unwrap();
        assert_eq!(letter.subject(), Some(subject));
        assert_eq!(letter.in_reply_to().as_text(), Some("1@norvane.example"));
        let header = |name: &str| letter.header(name.to_owned()).and_then(Parsed::as_text);
        assert_eq!(header("X-Youward-Notice"), Some(notice.kind()));
        assert_eq!(header("X-Youward-Record"), Some("K7Q2M4XZ"));
        assert_eq!(header("Auto-Submitted"), Some("auto-generated"));
        let halves = halves(&octets).unwrap();
        let plain = halves.plain.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in expected.iter().chain(&["jo@acme.example", "Record K7Q2M4XZ"]) {
            assert!(plain.contains(words), "{words}\n{plain}");
            assert!(halves.html.contains(words), "{words}\n{}", halves.html);
        }
        assert!(!plain.contains("held release"), "{plain}");
    }
}

#[test]
fn a_providers_words_are_quoted() {
    let said = said();
    let halves = both(Notice::RefusedByProvider { words: &said });
    assert!(
        halves
            .plain
            .contains("> 550 5.1.1 No such user <jo@acme.example>\n> See <b>\n")
    );
    assert!(
        halves
            .html
            .contains("550 5.1.1 No such user &lt;jo@acme.example&gt;<br>\nSee &lt;b&gt;")
    );
    assert!(
        !both(Notice::RefusedByProvider { words: &[] })
            .plain
            .contains("provider said")
    );
    let endless = vec!["x".repeat(10_000); 500];
    assert!(both(Notice::RefusedByProvider { words: &endless }).plain.len() < 20_000);
}

#[test]
fn release_is_named_only_where_it_may_be() {
    let reminder = Notice::Reminder { held_for_hours: 24 };
    let named = octets(reminder, |input| input.release_command = true);
    assert!(
        halves(&named)
            .unwrap()
            .plain
            .contains("youward held release K7Q2M4XZ --reason")
    );
    let unfiled = octets(reminder, |input| input.draft = None);
    let plain = halves(&unfiled).unwrap().plain;
    assert!(
        plain.contains("Write it anew in your mail program") && !plain.contains("Drafts"),
        "{plain}"
    );
}

proptest! {
    // Each case makes a whole mail; fewer of them keep the tests quick.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_told_the_notice_is_sound(
        texts in prop::collection::vec(samples::hostile_text(), 6),
        hours in any::<u32>(),
        kind in 0usize..6,
    ) {
        let (words, recipients) = (&texts[..3], &texts[1..4]);
        let notice = match kind {
            0 => Notice::Expired { after_hours: hours },
            1 => Notice::Reminder { held_for_hours: hours },
            2 => Notice::RefusedByProvider { words },
            3 => Notice::InDoubt,
            4 => Notice::ReleaseNotAllowed { why: &texts[0] },
            _ => Notice::RetryGivenUp { words, hours },
        };
        let author = Address::parse("ana@norvane.example").unwrap();
        let octets = compose(&NoticeInput {
            notice,
            author: &author,
            subject: &texts[4],
            recipients,
            original_message_id: Some(&texts[5]),
            record: &texts[3],
            draft: Some(&texts[2]),
            release_command: true,
            message_id: "a@b",
            date: Timestamp::UNIX_EPOCH,
            boundary: "youwardK7Q2M4XZb0undary",
        })
        .unwrap();
        halves(&octets)?;
    }
}
