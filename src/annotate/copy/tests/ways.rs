//! What a copy says about the ways on, and the order in which it says everything.

use super::*;

const ALL: Ways<'_> = Ways {
    draft: Some("Drafts"),
    send_as_written: Some("Youward/Send as written"),
    release_command: true,
    approver: false,
};

fn plain(disposition: Disposition, ways: Ways<'_>) -> String {
    let mut sample = samples::pitch();
    sample.verdict = samples::verdict(disposition);
    sample.verdict.consent_allowed = disposition == Disposition::Return;
    let octets = with_input(&sample, |input| compose(&CopyInput { ways, ..input })).unwrap();
    let halves = halves(&octets).unwrap();
    // Both halves name the same commands and mailboxes.
    for word in [
        "held release",
        "held allow",
        "--raw",
        "“Drafts”",
        "“Youward/Send as written”",
        "approver",
    ] {
        assert_eq!(halves.plain.contains(word), halves.html.contains(word), "{word}");
    }
    halves.plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_held_mail_has_two_ways_on() {
    let text = plain(Disposition::Hold, ALL);
    assert!(
        text.contains("1. Rewrite it. Open it in “Drafts”, change it and send it."),
        "{text}"
    );
    assert!(
        text.contains(
            "2. Send it as written. Move this copy to “Youward/Send as written”. Or say why, with this command: \
             youward held release K7Q2M4XZ --reason"
        ),
        "{text}"
    );
}

#[test]
fn what_the_standard_forbids_is_not_named() {
    let moved = plain(
        Disposition::Hold,
        Ways {
            release_command: false,
            ..ALL
        },
    );
    assert!(
        moved.contains("Move this copy") && !moved.contains("held release"),
        "{moved}"
    );
    let reasoned = plain(
        Disposition::Hold,
        Ways {
            send_as_written: None,
            ..ALL
        },
    );
    assert!(
        reasoned.contains("held release") && !reasoned.contains("Move this copy"),
        "{reasoned}"
    );
    let asked = plain(Disposition::Hold, Ways { approver: true, ..ALL });
    assert!(
        asked.contains("Ask one; this is their command") && !asked.contains("Move this copy"),
        "{asked}"
    );
    let none = plain(
        Disposition::Hold,
        Ways {
            draft: Some("Drafts"),
            ..Ways::default()
        },
    );
    assert!(none.contains("Rewrite it.") && !none.contains("as written."), "{none}");
    let unfiled = plain(Disposition::Hold, Ways::default());
    assert!(unfiled.contains("youward held show K7Q2M4XZ --raw"), "{unfiled}");
}

#[test]
fn a_returned_mail_is_in_the_authors_hands() {
    let text = plain(Disposition::Return, Ways { draft: None, ..ALL });
    assert!(
        text.contains("Change it in your mail program and send it again."),
        "{text}"
    );
    assert!(
        text.contains("youward held allow K7Q2M4XZ") && !text.contains("held release"),
        "{text}"
    );
    assert!(plain(Disposition::Return, ALL).contains("It also lies in “Drafts”."));
}

#[test]
fn a_sent_mail_asks_for_nothing() {
    let text = plain(Disposition::Annotate, ALL);
    assert!(
        text.contains("There is nothing that you have to do.") && !text.contains("What you can do"),
        "{text}"
    );
}

#[test]
fn the_decision_comes_first_and_the_ways_on_before_the_findings() {
    let mut sample = samples::guided();
    sample.verdict = samples::verdict(Disposition::Hold);
    let octets = with_input(&sample, |input| compose(&CopyInput { ways: ALL, ..input })).unwrap();
    let halves = halves(&octets).unwrap();
    let parts = [
        "This mail waits for a rewrite",
        "What you can do",
        "Why",
        "Your mail",
        "What the numbers say",
        "Which sides of the customer it speaks to",
        "To rewrite it",
        "core",
    ];
    for half in [&halves.plain, &halves.html] {
        let mut at = 0;
        for part in parts {
            at += half[at..].find(part).unwrap_or_else(|| panic!("{part}\n{half}"));
        }
    }
    // Each place is marked once, each finding has its note, and the numbers are the same.
    assert_eq!(halves.notes, [1, 2, 3]);
}

#[test]
fn a_later_round_says_what_changed() {
    let pitch = samples::pitch();
    let told = |round, previous| {
        let octets = with_input(&pitch, |input| {
            compose(&CopyInput {
                round,
                previous,
                ..input
            })
        })
        .unwrap();
        let plain = halves(&octets).unwrap().plain;
        plain
            .lines()
            .find(|line| line.starts_with("This is rewrite"))
            .map(str::to_owned)
    };
    let previous = |score| Some(Previous { score, gone: 3, new: 1 });
    assert_eq!(told(1, previous(Some(38))), None);
    assert_eq!(
        told(2, previous(Some(38))).as_deref(),
        Some("This is rewrite 2 of this mail: score 38 → 70, 3 findings gone, 1 new.")
    );
    assert_eq!(
        told(3, previous(None)).as_deref(),
        Some("This is rewrite 3 of this mail: 3 findings gone, 1 new.")
    );
    assert_eq!(told(2, None).as_deref(), Some("This is rewrite 2 of this mail."));
}
