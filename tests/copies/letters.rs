//! The HTML halves of copies and notices of every kind.

use jiff::Timestamp;
use std::fs;
use std::path::Path;
use youward::annotate::Annotated;
use youward::annotate::copy::{self, CopyInput, Previous, Ways};
use youward::annotate::notice::{self, Notice, NoticeInput};
use youward::mail::{Address, Mail, Prose, ScanLimits};
use youward::reading::{Context, Packs, read};
use youward::standard::{Disposition, Judged, Standard};

const RECIPIENT: &str = "jo.meyer+a-very-long-address-that-does-not-fit-into-one-line-of-a-telephone@acme.example";

/// A mail that tries to break out, with words of all lengths and directions.
const HOSTILE: &str = "From: ana@norvane.example\r\nTo: jo@acme.example\r\nSubject: We are the leading provider \
    <img src=http://canary.example/s>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <meta http-equiv=refresh content=\"0;url=http://canary.example/r\"><style>@import url(http://canary.example/c);\
    * { width: 9999px; color: #eee }</style><p onclick=evil()>We are the leading provider of planning software, \
    and I would love to show you our award-winning platform &lt;img src=\"http://canary.example/e\"&gt;.</p>\
    <img src=\"http://canary.example/p.gif\" srcset=\"http://canary.example/q.gif 2x\"><script>evil()</script>\
    <p>\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627} \u{1f680}</p><p>wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\
    wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww</p>\
    <svg onload=evil()><text>We help companies like yours.</text></svg><iframe src=\"http://canary.example/f\"></iframe>\
    <p>http://canary.example/averylongaddressaverylongaddressaverylongaddressaverylongaddressaverylongaddress</p>\
    <p>Would you have 15 minutes for a quick demo? <a href=\"http://canary.example/l\">our incredible solution</a></p>";

/// Name and HTML of copies of every disposition.
pub(super) fn copies() -> Vec<(String, String)> {
    let packs = Packs::builtin();
    let letter = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters").join(name);
        fs::read_to_string(path).unwrap().replace('\n', "\r\n")
    };
    let exporter = letter("exporter.eml");
    let all = [
        ("held", exporter.clone(), Disposition::Hold, 1),
        ("held again", letter("who-we-are.eml"), Disposition::Hold, 2),
        ("returned", exporter, Disposition::Return, 1),
        ("annotated", letter("mixed.eml"), Disposition::Annotate, 1),
        ("passed", letter("buyer.eml"), Disposition::Pass, 1),
        ("hostile", HOSTILE.to_owned(), Disposition::Hold, 1),
    ];
    let copies = all.into_iter().map(|(name, mail, disposition, round)| {
        let octets = copy_of(&packs, mail.into_bytes(), disposition, round);
        (name.to_owned(), html_of(&octets))
    });
    copies.collect()
}

fn copy_of(packs: &Packs, octets: Vec<u8>, disposition: Disposition, round: u32) -> Vec<u8> {
    let mail = Mail::new(octets);
    let prose = Prose::extract(&mail, &ScanLimits::default()).unwrap();
    let standard = Standard::builtin();
    let context = Context {
        account: prose.headers.from.first().cloned(),
        gate: standard.gate(),
        assume_prospecting: true,
        ..Context::default()
    };
    let reading = read(&prose, &context, packs);
    let mut verdict = standard.judge(Judged::Read(&reading), None, None, Timestamp::UNIX_EPOCH);
    verdict.disposition = disposition;
    verdict.consent_allowed = disposition == Disposition::Return;
    copy::compose(&CopyInput {
        occasion: copy::Occasion::Submitted,
        mail: Annotated {
            name: "mail",
            octets: Some(mail.octets()),
            prose: Some(&prose),
            reading: Some(&reading),
            verdict: &verdict,
        },
        author: &author(),
        subject: &prose.headers.subject,
        recipients: &[RECIPIENT.to_owned()],
        original_message_id: Some("1@norvane.example"),
        record: "K7Q2M4XZ",
        ways: Ways {
            draft: Some("Drafts"),
            send_as_written: Some("Youward/Send as written"),
            release_command: true,
            approver: false,
        },
        round,
        previous: Some(Previous {
            score: Some(38),
            gone: 3,
            new: 1,
        }),
        message_id: "1@youward.example",
        date: Timestamp::UNIX_EPOCH,
        boundary: "youwardboundary",
    })
    .unwrap()
}

/// Name and HTML of every kind of notice.
pub(super) fn notices() -> Vec<(String, String)> {
    let words = [
        "550 5.7.1 <img src=http://canary.example/n> your message was refused".to_owned(),
        "w".repeat(300),
    ];
    let all = [
        Notice::Expired { after_hours: 72 },
        Notice::Reminder { held_for_hours: 24 },
        Notice::RefusedByProvider { words: &words },
        Notice::InDoubt,
        Notice::ReleaseNotAllowed {
            why: "the standard \"field\" lets nobody release a held mail",
        },
        Notice::RetryGivenUp {
            words: &words,
            hours: 24,
        },
    ];
    let notices = all.into_iter().map(|notice| {
        let octets = notice::compose(&NoticeInput {
            notice,
            author: &author(),
            subject: "A quick call <img src=http://canary.example/t>",
            recipients: &[RECIPIENT.to_owned()],
            original_message_id: None,
            record: "K7Q2M4XZ",
            draft: Some("Drafts"),
            release_command: true,
            message_id: "2@youward.example",
            date: Timestamp::UNIX_EPOCH,
            boundary: "youwardboundary",
        });
        (notice.kind().to_owned(), html_of(&octets.unwrap()))
    });
    notices.collect()
}

fn author() -> Address {
    Address::parse("ana@norvane.example").unwrap()
}

fn html_of(octets: &[u8]) -> String {
    let letter = mail_parser::MessageParser::default().parse(octets).unwrap();
    letter.body_html(0).unwrap().into_owned()
}
