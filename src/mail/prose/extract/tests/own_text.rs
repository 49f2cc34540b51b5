//! Whatever the client: all own text is read, and nothing of anybody else's.

use super::styles::{Form, STYLES, Style};
use super::*;
use base64::Engine;

/// Sentences that must be read. Some look like what clients and lawyers write.
const OWN: &[&str] = &[
    "Your second dock opens in June; who tells the drivers which of the two gates they should use?",
    "On Monday your drivers waited 45 minutes at gate three, so I asked the planners why.",
    "This message is about the queue in Lyon and nothing else, since your team wrote about it in March.",
    "From the dock to the gate it takes an hour, and nobody on the night shift knows the reason.",
    "Thanks for the numbers from Bergamo, which show that the carrier cancels more often on Fridays.",
    "Best regards to your team in Porto, who made the day of the audit work for all of us.",
    "We'd love to show you what the platform can do for planners like yours in the next quarter.",
    "PSA is the terminal that you named, so what does the new tariff do to the night rota there?",
    "- On 5 May she wrote: it was the contract, and I would like to understand what that means for you.",
];

/// Sentences that nobody may find.
const THEIRS: &[&str] = &[
    "We at Norvanix would love to show you our award-winning platform.",
    "Do you have 15 minutes on Thursday for a call with Norvanix?",
    "Norvanix helps companies like yours to grow faster.",
];

const MARK: &str = "Norvanix";

/// Puts sentences into a style.
fn written(style: &Style, own: &str, more: &str, theirs: &str, encoding: usize, wrap: bool) -> String {
    let (_, form, body) = style;
    let own_text = |text: &str| match form {
        Form::Plain if wrap => wrapped(text, "\n"),
        Form::Flowed => wrapped(text, " \n"),
        Form::Html if wrap => wrapped(text, "\n").replace('\'', "&#39;"),
        _ => text.to_owned(),
    };
    let body = body
        .replace("{own}", &own_text(own))
        .replace("{more}", &own_text(more))
        .replace("{theirs}", theirs);
    let body = body.replace('\n', "\r\n");
    let kind = match form {
        Form::Plain => "text/plain; charset=utf-8",
        Form::Flowed => "text/plain; charset=utf-8; format=flowed",
        Form::Html => "text/html; charset=utf-8",
    };
    let (encoding, body) = match encoding {
        0 => ("8bit", body),
        1 => ("quoted-printable", quoted_printable(&body)),
        _ => ("base64", base64::engine::general_purpose::STANDARD.encode(&body)),
    };
    format!("Subject: Docks\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}")
}

/// Hard-wrapped at 72 columns, as many clients do.
fn wrapped(text: &str, end: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width > 0 && width + 1 + word.len() > 72 {
            lines.push_str(end);
            width = 0;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += word.len();
    }
    lines
}

/// Everything beyond ASCII and every equals sign encoded, a soft line break after every sixty octets.
fn quoted_printable(body: &str) -> String {
    let mut encoded = String::new();
    for line in body.split("\r\n") {
        for (at, octet) in line.bytes().enumerate() {
            if at > 0 && at % 60 == 0 {
                encoded.push_str("=\r\n");
            }
            match octet {
                b' '..=b'~' if octet != b'=' && at + 1 < line.len() => encoded.push(octet as char),
                octet => encoded.push_str(&format!("={octet:02X}")),
            }
        }
        encoded.push_str("\r\n");
    }
    encoded
}

#[track_caller]
fn check(style: &Style, own: &str, more: &str, theirs: &str, encoding: usize, wrap: bool) {
    let (name, form, body) = style;
    let mail = written(style, own, more, theirs, encoding, wrap);
    let prose = Prose::extract(&Mail::new(mail.clone().into_bytes()), &ScanLimits::default()).unwrap();
    let read: Vec<String> = prose
        .passages
        .iter()
        .map(|passage| passage.text.replace('\n', " "))
        .collect();
    let read = read.join(" || ");
    for (place, sentence) in [("{own}", own), ("{more}", more)] {
        if body.contains(place) {
            assert!(
                read.contains(sentence),
                "{name} ({form:?}) lost {sentence:?}: {read:?}\n{:?}\n{mail}",
                prose.masks
            );
        }
    }
    assert!(
        !read.contains(MARK),
        "{name} ({form:?}) reads what is not own text: {read:?}\n{mail}"
    );
    assert!(
        !read.contains("ana@acme") && !read.contains("iPhone"),
        "{name}: {read:?}"
    );
    for passage in &prose.passages {
        let part = &prose.parts[passage.part];
        for (place, c) in passage.text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
            let source = passage.source_range(place..place + 1);
            let shown = &part.text[source.clone()];
            assert!(
                shown.starts_with([c, '&']) || !shown.is_ascii(),
                "{name}: {c} from {shown:?}"
            );
            let raw = part.raw_range(source);
            assert!(raw.start < raw.end && raw.end <= mail.len(), "{name}");
        }
    }
    for pair in prose.masks.windows(2) {
        assert!(
            pair[0].part < pair[1].part || pair[0].range.end <= pair[1].range.start,
            "{name}: {:?}",
            prose.masks
        );
    }
}

#[test]
fn every_style_of_every_client_is_known() {
    assert!(STYLES.len() >= 30);
    let mut failed = String::new();
    for style in STYLES {
        if let Err(why) = std::panic::catch_unwind(|| check(style, OWN[0], OWN[1], THEIRS[0], 0, false)) {
            failed.push_str(why.downcast_ref::<String>().map_or("", String::as_str));
            failed.push('\n');
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

proptest! {
    #[test]
    fn nothing_is_found_in_any_mask_and_all_own_text_is_read(
        style in 0..STYLES.len(),
        own in 0..OWN.len(),
        more in 0..OWN.len(),
        theirs in 0..THEIRS.len(),
        encoding in 0..3_usize,
        wrap in any::<bool>(),
    ) {
        check(&STYLES[style], OWN[own], OWN[more], THEIRS[theirs], encoding, wrap);
    }
}
