//! Copies of generated mail: many scripts, nested parts, odd encodings, hostile HTML, read by the shipped rules.

use super::*;
use crate::annotate::letter::sound::{Halves, Run};
use crate::annotate::words;
use crate::mail::{Mail, Prose, ScanLimits};
use crate::reading::{Context, Packs, Reading, read};
use crate::standard::{Judged, Standard};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::sync::LazyLock;

static PACKS: LazyLock<Packs> = LazyLock::new(Packs::builtin);

/// What people write, and what they should not.
const SENTENCES: &[&str] = &[
    "Hi Jo,",
    "We are the leading provider of planning software, and I would love to show you our award-winning platform.",
    "I am reaching out because we help companies like yours save 30% on fuel.",
    "Would you have 15 minutes next week for a quick demo?",
    "Just following up on my last mail.",
    "Our solution is best in class & \"trusted\" by <b>500</b> teams.",
    "Your depots at the harbour run at half load, says your own report; which of them feels it?",
    "שלום יוסי, אנחנו החברה המובילה בתחום.",
    "مرحبا، نحن الشركة الرائدة.",
    "こんにちは。弊社は業界最大手です。",
    "We help 👩‍👩‍👧‍👦 families 🏳️‍🌈 grow; our platform is 🚀🚀.",
    "Z\u{0335}\u{0321}a\u{0322}\u{0336}l\u{0335}g\u{0338}o\u{0336}: our incredible service e\u{301}\u{302}\u{303} is great.",
    "\u{202e}We are the leading provider\u{202c} \u{2066}of it\u{2069}.",
    "See https://norvane.example/demo?a=1&b=2 //norvane.example cid:x@y url(http://x) javascript:alert(1)",
    "--> <!-- ]]> </div></body></html> &lt;script&gt; &amp;amp;",
    "\u{0}\u{1}\u{1b}[31m\u{7f}\u{85}\u{feff}\u{ad}",
    "",
];

/// What an HTML mail may have around and between its words.
const WRAPS: &[(&str, &str)] = &[
    ("<p>", "</p>"),
    ("<div>", "</div>"),
    (
        "<p onclick=\"evil()\" style=\"background:url(http://x.example/a)\">",
        "</p>",
    ),
    (
        "<b>",
        "</b><img src=\"http://x.example/p.gif\" srcset=\"http://x.example/q 2x\" onerror=evil()>",
    ),
    ("<script>evil('", "')</script>"),
    (
        "<style>@import url(http://x.example/s.css); p { color: red } /* ",
        " */</style>",
    ),
    ("<svg onload=evil()><text>", "</text></svg>"),
    ("<meta http-equiv=refresh content=\"0;url=http://x.example\">", ""),
    ("<a href=\"javascript:evil()\">", "</a>"),
    ("<form action=\"http://x.example\"><input value=\"", "\"></form>"),
    ("<div style=\"display:none\">", "</div>"),
    ("<!-- ", ""),
    ("<textarea>", ""),
    ("<iframe srcdoc=\"", "\"></iframe>"),
    ("<blockquote>", "</blockquote>"),
    ("<table><tr><td>", "</td></tr></table>"),
    ("<p title='", ""),
];

fn sentences() -> impl Strategy<Value = Vec<String>> {
    let sentence = prop_oneof![
        8 => prop::sample::select(SENTENCES).prop_map(str::to_owned),
        1 => samples::hostile_text(),
        1 => (1usize..4_000).prop_map(|length| "w".repeat(length)),
    ];
    prop::collection::vec(sentence, 0..8)
}

/// One leaf: its type, its transfer encoding and its text.
fn leaf() -> impl Strategy<Value = String> {
    let plain = sentences().prop_map(|lines| ("plain", lines.join("\r\n")));
    let html = (sentences(), prop::collection::vec(prop::sample::select(WRAPS), 8)).prop_map(|(lines, wraps)| {
        let wrapped = lines
            .iter()
            .zip(wraps)
            .map(|(line, (open, close))| format!("{open}{line}{close}\r\n"));
        ("html", wrapped.collect())
    });
    (prop_oneof![plain, html], any::<bool>()).prop_map(|((kind, text), encoded): ((_, String), _)| {
        let (encoding, body) = if encoded {
            let folded: Vec<String> = BASE64
                .encode(&text)
                .as_bytes()
                .chunks(76)
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect();
            ("base64", folded.join("\r\n"))
        } else {
            ("8bit", text)
        };
        format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n")
    })
}

/// A body: a leaf, or multiparts of bodies.
fn body() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 12, 4, |inner| {
        let kinds = prop::sample::select(vec!["mixed", "alternative", "related", "signed"]);
        (kinds, prop::collection::vec(inner, 1..4), 0u32..1_000_000).prop_map(|(kind, parts, mark)| {
            let boundary = format!("=_{mark}");
            let parts: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
            format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n{parts}--{boundary}--\r\n")
        })
    })
}

fn mails() -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(SENTENCES), any::<bool>(), body()).prop_map(|(subject, encoded, body)| {
        let subject = if encoded {
            format!("=?utf-8?B?{}?=", BASE64.encode(format!("{subject}\r\nBcc: all@x.example")))
        } else {
            subject.to_owned()
        };
        format!(
            "From: Ana <ana@norvane.example>\r\nTo: jo@acme.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n{body}"
        )
        .into_bytes()
    })
}

/// Reads a mail as a pitch, whatever it is, and gives its copy taken apart, and the reading with what people see quoted.
fn copied(octets: &[u8], disposition: Disposition) -> Result<(Halves, Reading), TestCaseError> {
    let mail = Mail::new(octets.to_vec());
    let prose = Prose::extract(&mail, &ScanLimits::default()).unwrap_or_default();
    let standard = Standard::builtin();
    let context = Context {
        account: Some(author()),
        gate: standard.gate(),
        assume_prospecting: true,
        ..Context::default()
    };
    let reading = read(&prose, &context, &PACKS);
    let mut verdict = standard.judge(Judged::Read(&reading), None, None, Timestamp::UNIX_EPOCH);
    verdict.disposition = disposition;
    let mail = Annotated {
        name: "x",
        octets: Some(mail.octets()),
        prose: Some(&prose),
        reading: Some(&reading),
        verdict: &verdict,
    };
    let octets = with_input(&samples::pitch(), |input| {
        compose(&CopyInput {
            mail,
            subject: &prose.headers.subject,
            ..input
        })
    });
    let octets = octets.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let shown = visible::reading(&reading, &prose).into_owned();
    Ok((halves(&octets)?, shown))
}

/// Every place found is shown once, marked, with its own number and its own words before it; every finding has a note.
fn spans_shown_are_the_spans_found(halves: &Halves, reading: &Reading) -> Result<(), TestCaseError> {
    let ranked = crate::annotate::view::ranked(reading);
    let listed = ranked.len().min(crate::annotate::view::LISTED);
    let shown: Vec<usize> = if reading.not_read.is_none() {
        (1..=listed).collect()
    } else {
        Vec::new()
    };
    prop_assert_eq!(&halves.notes, &shown);
    let mut numbers = Vec::new();
    let mut before = String::new();
    let mut marked = false;
    for run in &halves.mail {
        match run {
            Run::Text { text, marked: now } => {
                before.push_str(text);
                marked = if text.trim().is_empty() { marked } else { *now };
            }
            Run::Number(number) => {
                numbers.push(*number);
                let excerpt = words::line(&ranked[number - 1].finding.excerpt);
                let words = |text: &str| words::line(text).replace([' ', '\u{fffd}'], "");
                prop_assert!(marked, "{number} follows no mark");
                if excerpt.chars().count() < 190 {
                    let after = words(&before).ends_with(&words(&excerpt));
                    prop_assert!(after, "{number}: {excerpt:?} is not before it: {before:?}");
                }
            }
        }
    }
    numbers.sort_unstable();
    let placed = ranked.iter().filter(|numbered| numbered.finding.span.is_some());
    let placed: Vec<usize> = placed.map(|numbered| numbered.number).collect();
    prop_assert_eq!(&numbers, &placed);
    // In the text and, where it is listed, before its note.
    for number in placed {
        let marks = halves.plain.matches(&format!("[{number}]")).count();
        prop_assert!(marks > usize::from(number <= listed), "[{number}]\n{}", halves.plain);
    }
    Ok(())
}

proptest! {
    // Each case reads and writes a whole mail; fewer of them keep the tests quick.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_mail_has_a_sound_copy(
        octets in mails(),
        disposition in prop::sample::select(vec![Disposition::Hold, Disposition::Return, Disposition::Annotate]),
    ) {
        let (halves, reading) = copied(&octets, disposition)?;
        spans_shown_are_the_spans_found(&halves, &reading)?;
    }
}

#[test]
fn unsafe_text_of_a_mail_is_shown_and_does_nothing() {
    let octets = b"From: ana@norvane.example\r\nTo: jo@acme.example\r\nSubject: <script>evil()</script>\r\n\r\n\
        Hi Jo,\r\n\r\nwe are the leading provider of <script>evil()</script> & <img src=x onerror=evil()> tools.\r\n";
    let (halves, reading) = copied(octets, Disposition::Hold).unwrap();
    spans_shown_are_the_spans_found(&halves, &reading).unwrap();
    assert!(!reading.findings.is_empty());
    let text = |run: &Run| match run {
        Run::Text { text, .. } => text.clone(),
        Run::Number(_) => String::new(),
    };
    let shown: String = halves.mail.iter().map(text).collect();
    let plain = halves
        .plain
        .replace(['«', '»'], "")
        .replace("[1]", "")
        .replace("[2]", "");
    let unsafe_text = "provider of <script>evil()</script> & <img src=x onerror=evil()> tools.";
    assert!(shown.replace(" ()", "()").contains(unsafe_text), "{shown}");
    assert!(plain.contains(unsafe_text), "{plain}");
}

#[test]
fn a_huge_mail_has_a_sound_copy() {
    let mut octets = b"From: ana@norvane.example\r\nTo: jo@acme.example\r\nSubject: x\r\n\r\n".to_vec();
    for at in 0..3_000 {
        let line =
            format!("{at}. We are the leading provider of planning software, and our platform is incredible.\r\n");
        octets.extend(line.into_bytes());
    }
    octets.extend(std::iter::repeat_n(b'w', 500_000));
    let (halves, reading) = copied(&octets, Disposition::Hold).unwrap();
    assert!(reading.cut && reading.findings.len() > 100);
    spans_shown_are_the_spans_found(&halves, &reading).unwrap();
    for half in [&halves.plain, &halves.html] {
        assert!(
            half.contains("(The rest was not read: the text is too long.)"),
            "{half}"
        );
    }
}

#[test]
fn of_thousands_of_findings_only_so_many_are_listed() {
    let mut sample = samples::pitch();
    let many = std::iter::repeat_n(sample.reading.findings[0].clone(), 1_000).collect();
    sample.reading = samples::reading(many);
    let octets = with_input(&sample, |input| compose(&input)).unwrap();
    let halves = halves(&octets).unwrap();
    assert_eq!(halves.notes, (1..=200).collect::<Vec<_>>());
    for half in [&halves.plain, &halves.html] {
        assert!(
            half.contains("995 more") && half.contains("and 800 more that are not listed"),
            "{half}"
        );
    }
}
