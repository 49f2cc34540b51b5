//! Work grows with the text and not faster, whatever the text: counted in steps, for a clock would count the machine's
//! other load too.

use super::*;
use crate::mail::{Mail, ScanLimits, steps};

/// What has made parsers of text slow: nothing that ends a sentence, openings that nothing closes, runs without a space,
/// words that many rules begin with.
const UNITS: [&str; 16] = [
    "our ",
    "we help you ",
    "i would like to ",
    "{{",
    "[",
    "<<",
    "%name",
    "*|",
    "\"a b c d ",
    "a.b.c.",
    "a@",
    "'",
    "... ",
    "-",
    "re: ",
    "our\n",
];

/// How much more than its share a longer text may cost: tables that grow, and what is done once.
const SLACK: f64 = 1.1;

fn grows_linearly(what: &str, times: usize, work: impl Fn(usize)) {
    let (short, long) = (steps::taken(|| work(1)), steps::taken(|| work(times)));
    #[expect(clippy::cast_precision_loss, reason = "counts of a few millions")]
    let ratio = long as f64 / short as f64;
    assert!(short > 0, "{what:?}: nothing was counted");
    assert!(
        ratio <= times as f64 * SLACK,
        "{what:?}: {short} steps, and {long} for {times} times as much"
    );
}

#[test]
fn steps_are_linear_in_hostile_text() {
    for unit in UNITS {
        grows_linearly(unit, 8, |times| {
            let _ = assumed(&unit.repeat(times * 6_000 / unit.len()));
        });
    }
}

#[test]
fn a_step_or_so_for_each_octet_at_most() {
    // The most that a text may cost: bounded walks from each word.
    const MOST: usize = 24;
    for unit in UNITS {
        let text = unit.repeat(48_000 / unit.len());
        let steps = steps::taken(|| assumed(&text));
        assert!(steps <= (MOST * text.len()) as u64, "{unit:?}: {steps} steps");
    }
}

/// A mail of one text that repeats `unit`, read as far as it can be: a nesting that is too deep is refused.
fn reads_mail(kind: &str, unit: &str, octets: usize) {
    let mail = format!(
        "From: ana@norvane.example\r\nTo: jo@tulsamills.example\r\nContent-Type: {kind}\r\n\r\n{}",
        unit.repeat(octets / unit.len())
    );
    steps::count(1);
    if let Ok(prose) = Prose::extract(&Mail::new(mail.into_bytes()), &ScanLimits::default()) {
        let context = Context {
            assume_prospecting: true,
            ..Context::default()
        };
        let _ = read(&prose, &context, &PACKS);
    }
}

#[test]
fn steps_are_linear_in_hostile_mails() {
    for (kind, unit) in [
        ("text/plain", "On 5 May 2026 Ana wrote:\r\n"),
        ("text/plain", "-----Original Message-----\r\nFrom: a\r\n"),
        ("text/plain", "```\r\nlet a\r\n~~~\r\n"),
        ("text/plain", "begin 644 a\r\n#86%A\r\n"),
        (
            "text/plain",
            "Kind regards,\r\nAna\r\n\r\nThis mail is confidential\r\n\r\n",
        ),
        ("text/plain", "https://a.example/{{ "),
        ("text/plain; format=flowed", "our \r\n"),
        ("text/html", "<b a=\""),
        ("text/html", "<p hidden>we <table><tr>"),
        ("text/html", "&amp;&"),
    ] {
        grows_linearly(unit, 10, |times| reads_mail(kind, unit, times * 100_000));
    }
}

#[test]
fn steps_are_linear_in_mails_of_ten_megabytes() {
    for (kind, unit) in [
        ("text/plain", "our "),
        ("text/plain", "we help teams like yours \r\n"),
        ("text/plain", ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>> we help\r\n\r\n"),
        ("text/html", "<div><p><blockquote>we help you "),
        ("text/html", "<!-- we help you "),
    ] {
        grows_linearly(unit, 10, |times| reads_mail(kind, unit, times * 1_000_000));
    }
}
