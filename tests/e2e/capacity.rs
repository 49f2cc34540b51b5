//! How much is taken on at once, and what counts as the same mail again.

use crate::support::client::Client;
use crate::support::fake_upstream::FakeUpstream;
use crate::support::letters;
use crate::support::provider::{PROSPECT, REP};
use crate::support::script::Script;
use crate::support::wait::eventually;
use crate::support::youward::{HOLDING, RETURNING, Setup, Youward};

#[test]
fn content_beyond_the_shared_memory_is_refused_for_now() {
    let upstream = FakeUpstream::start(Script::new());
    let more = "[limits]\ncontent = \"1MiB\"\n[capacity]\nmemory = \"1MiB\"\n".to_owned();
    let youward = Youward::start(&Setup {
        more,
        ..Setup::clear(upstream.port)
    });
    let large = letters::kind_with(&b"and so on and so on\r\n".repeat(40_000));
    // Two large mails are on their way together and don't fit together; which of them is refused is a matter of arrival.
    eventually("a large mail to be refused", || {
        let mut clients = [(), ()].map(|()| Client::ready(youward.clear_port()));
        for client in &mut clients {
            client.envelope(REP, &[PROSPECT]);
            client.command("DATA", 354);
        }
        for client in &mut clients {
            client.send(&large.octets);
        }
        let codes = clients.each_mut().map(|client| {
            client.send(b".\r\n");
            let answer = client.answer().expect("an answer");
            assert!([250, 452].contains(&answer.code), "{}", answer.text());
            answer.code
        });
        codes.contains(&452).then_some(())
    });
    let mut alone = Client::ready(youward.clear_port());
    alone.envelope(REP, &[PROSPECT]);
    assert_eq!(
        alone.data(&large.octets).code,
        250,
        "alone it fits: the room was given back"
    );
}

#[test]
fn connections_beyond_the_limit_are_told_so() {
    let upstream = FakeUpstream::start(Script::new());
    let more = "[capacity]\nconnections_per_address = 2\n".to_owned();
    let youward = Youward::start(&Setup {
        more,
        ..Setup::clear(upstream.port)
    });
    let first = Client::ready(youward.clear_port());
    let mut second = Client::ready(youward.clear_port());
    let told = Client::connect(youward.clear_port()).expect(421);
    assert!(told.text().contains("Too many connections"), "{}", told.text());
    drop(first);
    eventually("a place to be free again", || {
        Client::try_ready(youward.clear_port()).ok()
    });
    second.command("NOOP", 250);
}

/// As mail clients do: the same text again has a new Date, a new Message-ID and new boundaries.
#[test]
fn a_resend_with_new_marks_is_the_same_mail() {
    for (standard, code) in [(RETURNING, 550), (HOLDING, 250)] {
        let upstream = FakeUpstream::start(Script::new());
        let youward = Youward::start(&Setup::clear(upstream.port).standard(standard));
        let answer = |octets: &[u8]| {
            let mut client = Client::ready(youward.clear_port());
            client.envelope(REP, &[PROSPECT]);
            let answer = client.data(octets);
            assert_eq!(answer.code, code, "{}", answer.text());
            answer.octets
        };
        let first = answer(&attempt("1", "Mon, 16 Nov 2026 09:00:00 +0100", ""));
        let again = answer(&attempt("2", "Mon, 16 Nov 2026 09:05:00 +0100", ""));
        assert_eq!(first, again, "the same answer, word for word");
        assert_eq!(youward.house().kept().len(), 1, "and no second record");
        let other = answer(&attempt("3", "Mon, 16 Nov 2026 09:10:00 +0100", " Really."));
        assert_ne!(first, other, "another text is another mail");
        assert_eq!(youward.house().kept().len(), 2);
        assert!(upstream.accepted().is_empty());
    }
}

fn attempt(mark: &str, date: &str, more: &str) -> Vec<u8> {
    format!(
        "From: {REP}\nTo: {PROSPECT}\nSubject: Our award-winning platform\nDate: {date}\nMessage-ID: <try-{mark}@corp.example>\n\
         MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"part-{mark}\"\n\n--part-{mark}\n\
         Content-Type: text/plain; charset=utf-8\n\nHi Pat,\n\nI would love to show you our incredible product. We are the \
         leading provider of warehouse software.\nWe help companies like yours. Do you have 15 minutes this week for a \
         demo?{more}\n\n--part-{mark}\nContent-Type: text/html; charset=utf-8\n\n<p>Hi Pat</p>\n--part-{mark}--\n"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}
