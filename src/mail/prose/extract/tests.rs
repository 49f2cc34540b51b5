use super::*;
use crate::mail::Protection;
use proptest::prelude::*;
use std::time::{Duration, Instant};

mod own_text;
mod styles;

/// Reads a mail written with LF.
fn extract(text: &str) -> Prose {
    Prose::extract(
        &Mail::new(text.replace('\n', "\r\n").into_bytes()),
        &ScanLimits::default(),
    )
    .unwrap()
}

/// The own text without the subject: passages parted by `||`, lines by `|`.
fn own(prose: &Prose) -> String {
    let body = prose
        .passages
        .iter()
        .filter(|passage| prose.parts[passage.part].kind != TextKind::Subject);
    body.map(|passage| passage.text.replace('\n', "|"))
        .collect::<Vec<_>>()
        .join("||")
}

fn kinds(prose: &Prose) -> Vec<MaskKind> {
    prose.masks.iter().map(|mask| mask.kind).collect()
}

fn ids(prose: &Prose) -> Vec<&str> {
    prose.parts.iter().map(|part| part.id.as_str()).collect()
}

#[test]
fn gmail_reply() {
    let prose = extract(
        "Subject: Re: docks\nContent-Type: multipart/alternative; boundary=\"0001\"\n\n\
        --0001\nContent-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n\
        Hi Ana,\n\nwhat changed at the second dock =E2=80=93 the contract or the crew?\n\nBest,\nTom\n\n\
        On Tue, 5 May 2026 at 10:00, Ana Lima <ana@acme.example> wrote:\n\n> theirs\n\n\
        --0001\nContent-Type: text/html; charset=\"UTF-8\"\n\n<div>Hi Ana</div>\n--0001--\n",
    );
    assert_eq!(
        own(&prose),
        "Hi Ana,|what changed at the second dock - the contract or the crew?|Best,"
    );
    assert_eq!(kinds(&prose), vec![MaskKind::Signature, MaskKind::Quote]);
    assert_eq!(ids(&prose), vec!["subject", "1", "2"]);
    assert_eq!(prose.headers.subject, "Re: docks");
}

#[test]
fn gmail_reply_in_html_only() {
    let prose = extract(
        "Content-Type: text/html; charset=utf-8\n\n\
        <div dir=\"ltr\"><div>Hi Ana,</div><div><br></div><div>what changed&nbsp;at the <b>second</b> dock?</div><div><br></div>\
        <div>Best,</div><div>Tom</div><div><div class=\"gmail_signature\">Seller Inc.</div></div></div><br>\
        <div class=\"gmail_quote\"><div class=\"gmail_attr\">On Tue, Ana &lt;ana@acme.example&gt; wrote:<br></div>\
        <blockquote class=\"gmail_quote\">theirs</blockquote></div>\n",
    );
    assert_eq!(own(&prose), "Hi Ana,|what changed at the second dock?|Best,");
    assert_eq!(
        kinds(&prose),
        vec![MaskKind::Signature, MaskKind::Signature, MaskKind::Quote]
    );
    let source = &prose.parts[0].text;
    let passage = &prose.passages[0];
    let place = passage.text.find("second dock").unwrap();
    assert_eq!(&source[passage.source_range(place..place + 11)], "second</b> dock");
}

#[test]
fn outlook_reply() {
    let prose = extract(
        "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: multipart/alternative; boundary=a\n\n\
        --a\nContent-Type: text/html; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: quoted-printable\n\n\
        <html><head><style><!-- p.MsoNormal {margin:0} --></style></head><body lang=3DEN-US>\n\
        <p class=3DMsoNormal>Hi J=F6rg,<o:p></o:p></p><p class=3DMsoNormal>how do the drivers =\n\
        wait?<o:p></o:p></p><p class=3DMsoNormal>Tom<o:p></o:p></p>\n\
        <div style=3D'border:none;border-top:solid #E1E1E1 1.0pt'><p class=3DMsoNormal><b>From:</b> J=F6rg &lt;j@acme.example&gt;<br>\
        <b>Sent:</b> Tuesday, May 5, 2026 10:00<br><b>To:</b> Tom<br><b>Subject:</b> docks</p></div><p>theirs</p></body></html>\n\
        --a--\n--r\nContent-Type: image/png; name=a.png\n\nxx\n--r--\n",
    );
    assert_eq!(own(&prose), "Hi Jörg,|how do the drivers wait?|Tom");
    assert_eq!((ids(&prose), kinds(&prose)), (vec!["1.1"], vec![MaskKind::Quote]));
}

#[test]
fn thunderbird_flowed() {
    let prose = extract(
        "Content-Type: text/plain; charset=UTF-8; format=flowed\n\n\
        Hi Ana,\n\nyour team opened a second \nwarehouse in March.\nWhat changed?\n\nTom\n\nOn 5/5/26 10:00, Ana Lima wrote:\n> theirs \n> more\n\n-- \nTom\n",
    );
    assert_eq!(
        own(&prose),
        "Hi Ana,|your team opened a second warehouse in March.|What changed?|Tom"
    );
    assert_eq!(kinds(&prose), vec![MaskKind::Quote, MaskKind::Signature]);
    let deleted = extract("Content-Type: text/plain; format=flowed; delsp=yes\n\nware \nhouse and  \ndock\n");
    assert_eq!(own(&deleted), "warehouse and dock");
}

#[test]
fn apple_mail_with_an_attachment_between() {
    let prose = extract(
        "Subject: =?utf-8?Q?docks?=\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nfirst text\n\
        --m\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: inline; filename=a.pdf\n\nxx\n\
        --m\nContent-Type: text/plain\n\nsecond text\n\
        --m\nContent-Type: text/plain; name=notes.txt\nContent-Disposition: attachment; filename=notes.txt\n\nattached\n\
        --m\nContent-Type: message/rfc822\n\nSubject: inner\n\nforwarded\n--m--\n",
    );
    assert_eq!(own(&prose), "first text||second text");
    assert_eq!(ids(&prose), vec!["subject", "1", "3"]);
    assert_eq!(prose.parts[0].origin.map, RawMap::Whole);
}

#[test]
fn the_html_is_read_where_the_plain_text_is_empty() {
    let mail = "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\n \n\
        --a\nContent-Type: multipart/related; boundary=r; start=\"<x@y>\"\n\n--r\nContent-Type: image/gif\n\nG\n\
        --r\nContent-Type: text/html\nContent-ID: <x@y>\n\n<p>mine</p>\n--r--\n--a--\n";
    let prose = extract(mail);
    assert_eq!((own(&prose).as_str(), ids(&prose)), ("mine", vec!["2.2", "1"]));
    let whole = "Content-Type: text/html\n\n<pre>mine\nand mine</pre>\n";
    assert_eq!(own(&extract(whole)), "mine and mine");
}

#[test]
fn the_subject_is_a_part_of_its_own() {
    let prose = extract("Subject: Your  second dock\nTo: a@b.example\n\ntext\n");
    assert_eq!(prose.passages[0].text, "Your second dock");
    let octets = b"Subject: Our new dock\r\n\r\n".to_vec();
    let prose = Prose::extract(&Mail::new(octets.clone()), &ScanLimits::default()).unwrap();
    assert_eq!(
        (&prose.parts[0].origin.map, &octets[prose.parts[0].raw_range(0..3)]),
        (&RawMap::Identity, b"Our".as_slice())
    );
}

#[test]
fn protected_mail() {
    let signed = extract(
        "Content-Type: multipart/signed; boundary=s; protocol=\"application/pkcs7-signature\"\n\n\
        --s\nContent-Type: text/plain\n\nmine\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nxx\n--s--\n",
    );
    assert_eq!(
        (own(&signed).as_str(), signed.headers.protection),
        ("mine", Protection::Signed)
    );
    for encrypted in [
        "Subject: x\nContent-Type: multipart/encrypted; boundary=s\n\n--s\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--s\nContent-Type: application/octet-stream\n\nxx\n--s--\n",
        "Subject: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nMIIB\n",
        "Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n",
    ] {
        let prose = extract(encrypted);
        assert_eq!(
            (prose.passages, prose.headers.protection),
            (vec![], Protection::Encrypted),
            "{encrypted}"
        );
    }
    let inline = extract(
        "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nmine\n-----BEGIN PGP SIGNATURE-----\n\nxx\n-----END PGP SIGNATURE-----\n",
    );
    assert_eq!(
        (own(&inline).as_str(), inline.headers.protection),
        ("mine", Protection::Signed)
    );
}

#[test]
fn every_place_leads_back_to_its_octets() {
    let mail = "Subject: x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <p>Caf=C3=A9 &amp; we wan=\r\nt to show</p>\r\n";
    let prose = Prose::extract(&Mail::new(mail.as_bytes().to_vec()), &ScanLimits::default()).unwrap();
    let passage = prose.passages.last().unwrap();
    let place = passage.text.find("& we want").unwrap();
    let source = passage.source_range(place..place + 9);
    let part = &prose.parts[passage.part];
    assert_eq!(&part.text[source.clone()], "&amp; we want");
    assert_eq!(&mail[part.raw_range(source)], "&amp; we wan=\r\nt");
}

/// Hostile mails end in a reading or in words, on a small stack and soon.
#[test]
fn hostile_mails_end_quickly() {
    let multiparts = |depth: usize| {
        let open = |level| format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
        (0..depth).map(open).collect::<String>()
    };
    let refused = [
        "Content-Type: message/rfc822\r\n\r\n".repeat(50_000),
        format!(
            "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n{}",
            "Content-Type: message/rfc822\r\n\r\n".repeat(50_000)
        ),
        multiparts(2_000),
        format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\n".repeat(3_000_000)
        ),
        format!("Content-Type: text/plain{}\r\n\r\ntext", ";a*0=b".repeat(200_000)),
        "X: y\r\n".repeat(1_000_000),
        format!("Subject: {}\r\n\r\n", "=?utf-8?q?".repeat(1_000_000)),
        "x".repeat(51 * 1024 * 1024),
    ];
    let much = if cfg!(debug_assertions) { 200_000 } else { 1_000_000 };
    let read = [
        format!("\r\n{}", "x".repeat(49 * 1024 * 1024)),
        format!("\r\n{}", "> \r\n".repeat(much)),
        format!("Content-Type: text/html\r\n\r\n{}", "<p>we".repeat(much / 3)),
        format!("Content-Type: text/html\r\n\r\n{}", "<!--".repeat(much)),
        format!("Content-Type: text/html\r\n\r\n{}", "<div>".repeat(much)),
        format!("Content-Type: text/html\r\n\r\n{}", "<p hidden>".repeat(much)),
        format!("Content-Type: text/html\r\n\r\n{}", "<b a".repeat(much)),
        format!("Content-Type: text/html\r\n\r\n<pre>{}", "&amp;\n".repeat(much)),
        format!(
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            "QUJD\r\n".repeat(much)
        ),
        format!("To: {}\r\n\r\n", "a@b.example, ".repeat(6_000)),
        format!("To: {}\r\n\r\n", "(".repeat(100_000)),
        format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\n\r\nwe\r\n".repeat(9_000)
        ),
        format!("{}\r\n{}", multiparts(99), "--c\r\n".repeat(much)),
    ];
    let limit = if cfg!(debug_assertions) {
        Duration::from_secs(20)
    } else {
        Duration::from_secs(1)
    };
    let run = move || {
        for (text, readable) in refused
            .into_iter()
            .map(|text| (text, false))
            .chain(read.into_iter().map(|text| (text, true)))
        {
            let mail = Mail::new(text.into_bytes());
            let start = Instant::now();
            let result = Prose::extract(&mail, &ScanLimits::default());
            assert!(
                start.elapsed() < limit,
                "{:?} for {:?}…",
                start.elapsed(),
                mail.octets().get(..60)
            );
            assert_eq!(crate::mail::scan(&mail, &ScanLimits::default()).is_ok(), readable);
            match result {
                Ok(prose) => assert!(
                    readable && prose.passages.iter().map(|passage| passage.text.len()).sum::<usize>() <= 256 * 1024
                ),
                Err(Unreadable::Parser { .. }) => assert!(readable),
                Err(why) => assert!(!readable, "{why}"),
            }
        }
    };
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

proptest! {
    #[test]
    fn any_octets_are_read(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Prose::extract(&Mail::new(octets), &ScanLimits::default());
    }

    #[test]
    fn any_mail_is_read_soundly(lines in proptest::collection::vec(
        "(Content-Type: (text/html|text/plain; charset=(utf-8|windows-1252|utf-16)|multipart/(mixed|alternative|related|signed); boundary=[ab]|message/rfc822)|Content-Transfer-Encoding: (base64|quoted-printable)|Subject: [ -~]{0,20}|--[ab](--)?|> q|<(p|div|pre|blockquote|/p|/div)>|we =C3=A9 want|d2Ugd2FudA==|On 5 May 2026 A wrote:|[ -~é]{0,40}|)",
        0..30,
    )) {
        let text = lines.join("\r\n");
        let mail = Mail::new(text.clone().into_bytes());
        if let Ok(prose) = Prose::extract(&mail, &ScanLimits::default()) {
            for mask in &prose.masks {
                prop_assert!(prose.parts[mask.part].text.get(mask.range.clone()).is_some());
            }
            for passage in &prose.passages {
                let part = &prose.parts[passage.part];
                prop_assert!(passage.offsets.iter().is_sorted());
                prop_assert_eq!(passage.offsets.len(), passage.text.len() + 1);
                for (place, c) in passage.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                    let source = passage.source_range(place..place + c.len_utf8());
                    prop_assert!(part.text.get(source.clone()).is_some_and(|source| !source.is_empty()));
                    let masked = prose.masks.iter().any(|mask| mask.part == passage.part && mask.range.contains(&source.start));
                    prop_assert!(!masked, "{c:?} at {source:?}");
                    let raw = part.raw_range(source);
                    prop_assert!(raw.start < raw.end && raw.end <= text.len());
                }
            }
        }
    }
}
