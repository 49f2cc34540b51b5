use crate::mail::{MaskKind, Prose};
use proptest::prelude::*;

/// The own text, passages and lines parted by `|`, and the kinds of what is masked.
fn read(text: &str) -> (String, Vec<MaskKind>) {
    let prose = Prose::from_text(text);
    let own: Vec<_> = prose
        .passages
        .iter()
        .map(|passage| passage.text.replace('\n', "|"))
        .collect();
    (own.join("||"), prose.masks.iter().map(|mask| mask.kind).collect())
}

#[track_caller]
fn check(text: &str, own: &str, kinds: &[MaskKind]) {
    assert_eq!(read(text), (own.to_owned(), kinds.to_vec()), "{text}");
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(read(&crlf), (own.to_owned(), kinds.to_vec()), "with CRLF: {text}");
}

#[test]
fn introductions_of_quotes_are_masked_with_them() {
    for introduction in [
        "On Tue, 5 May 2026 at 10:00, Ana Lima <ana@acme.example> wrote:",
        "On Tue, 5 May 2026 at 10:00, Ana Lima, Head of Logistics <ana.lima@acme.example>\nwrote:",
        "On 5 May 2026, at 10:00, Ana Lima <ana@acme.example> wrote:",
        "On 5/5/26 10:00, Ana Lima wrote:",
        "Am 05.05.26 um 10:00 schrieb Ana Lima:",
        "Am Di., 5. Mai 2026 um 10:00 Uhr schrieb Ana Lima <\nana@acme.example>:",
        "Le mar. 5 mai 2026 à 10:00, Ana Lima <ana@acme.example> a écrit :",
        "Le 05/05/2026 à 10:00, Ana Lima a écrit :",
        "El mar, 5 may 2026 a las 10:00, Ana Lima (<ana@acme.example>) escribió:",
        "Il giorno mar 5 mag 2026 alle ore 10:00 Ana Lima <ana@acme.example> ha scritto:",
        "Em ter., 5 de mai. de 2026 às 10:00, Ana Lima <ana@acme.example> escreveu:",
        "Op di 5 mei 2026 om 10:00 schreef Ana Lima <ana@acme.example>:",
        "Den tis 5 maj 2026 kl 10:00 skrev Ana Lima <ana@acme.example>:",
        "2026-05-05 10:00 GMT+02:00 Ana Lima <ana@acme.example>:",
        "Ana Lima <ana@acme.example> wrote:",
    ] {
        check(
            &format!("Thanks, that helps.\n\n{introduction}\n\n> theirs\n>\n> more\n"),
            "Thanks, that helps.",
            &[MaskKind::Quote],
        );
        check(
            &format!("Short answer: yes.\n\nA longer one follows.\n\n{introduction}\n\ntheirs\n"),
            "Short answer: yes.|A longer one follows.",
            &[MaskKind::Quote],
        );
        check(
            &format!("{introduction}\n> theirs\n\nmine\n"),
            "mine",
            &[MaskKind::Quote],
        );
    }
}

#[test]
fn own_sentences_are_no_introductions() {
    for text in [
        "On Monday we saw three things:\nqueues, returns, overtime.",
        "Yes.\n\nOn 5 May you wrote about the dock. Here is what we saw:\nqueues.",
        "Hello Ana,\n\nfirst paragraph.\n\nAm 5. Mai war ich in Bremen und habe drei Dinge gesehen:\nStau.",
        "Yes.\n\nIn your interview you said it well:\nthe dock is the bottleneck.",
    ] {
        assert_eq!(read(text).1, vec![], "{text}");
    }
}

#[test]
fn interleaved_answers_are_read() {
    check(
        "On 5 May 2026, Ana wrote:\n> first?\n\nYes.\n\n> second?\n> really?\n\nNo.\n",
        "Yes.||No.",
        &[MaskKind::Quote, MaskKind::Quote],
    );
}

#[test]
fn outlook_headers_end_the_own_text() {
    for (from, sent, to, subject) in [
        ("From:", "Sent:", "To:", "Subject:"),
        ("*From:*", "*Sent:*", "*To:*", "*Subject:*"),
        ("Von:", "Gesendet:", "An:", "Betreff:"),
        ("De :", "Envoyé :", "À :", "Objet :"),
        ("De:", "Enviado el:", "Para:", "Asunto:"),
        ("Da:", "Inviato:", "A:", "Oggetto:"),
    ] {
        let block = format!(
            "{from} Ana Lima <ana@acme.example>\n{sent} Tuesday, May 5, 2026 10:00\n{to} Tom\n{subject} Re: docks\n\ntheirs\n"
        );
        check(&format!("Mine.\n\n{block}"), "Mine.", &[MaskKind::Quote]);
        check(
            &format!("Mine.\n\n________________________________\n{block}"),
            "Mine.",
            &[MaskKind::Quote],
        );
        check(
            &format!("Mine.\n\n-----Original Message-----\n{block}"),
            "Mine.",
            &[MaskKind::Quote],
        );
        check(
            &format!("Mine.\n\n-----Ursprüngliche Nachricht-----\n{block}"),
            "Mine.",
            &[MaskKind::Quote],
        );
        check(
            &format!("---------- Forwarded message ---------\n{block}"),
            "",
            &[MaskKind::Forward],
        );
        check(
            &format!("See below.\n\nBegin forwarded message:\n\n{block}"),
            "See below.",
            &[MaskKind::Forward],
        );
        check(
            &format!("See below.\n\n-------- Weitergeleitete Nachricht --------\n{block}"),
            "See below.",
            &[MaskKind::Forward],
        );
    }
    check(
        "Mine.\n\nFrom: the dock\nto the gate it takes an hour.",
        "Mine.|From: the dock to the gate it takes an hour.",
        &[],
    );
    check(
        "-----Original Message-----\nis what the button says.",
        "-----Original Message----- is what the button says.",
        &[],
    );
}

#[test]
fn signatures_are_masked() {
    check(
        "Hi Ana,\n\nwhat changed?\n\n-- \nTom Meyer\nWe sell docks.\n",
        "Hi Ana,|what changed?",
        &[MaskKind::Signature],
    );
    check(
        "Hi Ana,\n\nwhat changed?\n\nBest regards,\nTom\nHead of Sales, Seller Inc.\n+1 555 0100\n",
        "Hi Ana,|what changed?|Best regards,",
        &[MaskKind::Signature],
    );
    check(
        "Hi Ana,\n\nwhat changed?\n\nMit freundlichen Grüßen\n\nTom Meyer\n",
        "Hi Ana,|what changed?|Mit freundlichen Grüßen",
        &[MaskKind::Signature],
    );
    check(
        "Hi Ana,\n\nwhat changed?\n\nSent from my phone\n",
        "Hi Ana,|what changed?",
        &[MaskKind::Signature],
    );
    check(
        "Hi Ana,\n\nwhat changed?\n\nBest,\nTom\n\nP.S. We also sell gates.\n",
        "Hi Ana,|what changed?|Best,||P.S. We also sell gates.",
        &[MaskKind::Signature],
    );
    check(
        "Hi Ana,\n\nwhat changed?\n\nBest,\nTom\n\nWe help companies like yours to grow.\n",
        "Hi Ana,|what changed?|Best,||We help companies like yours to grow.",
        &[MaskKind::Signature],
    );
    check(
        "Mine.\n\nMore of mine.\n\nBest,\nTom\n\nOn 5 May 2026, Ana wrote:\n> theirs\n",
        "Mine.|More of mine.|Best,",
        &[MaskKind::Signature, MaskKind::Quote],
    );
}

#[test]
fn closings_in_the_text_are_read() {
    check(
        "Hi Ana,\n\nfirst.\n\nThanks,\ncould you send me the numbers?\n",
        "Hi Ana,|first.|Thanks, could you send me the numbers?",
        &[],
    );
    check("Thanks!\nTom\n", "Thanks!|Tom", &[]);
}

#[test]
fn disclaimers_are_masked() {
    check(
        "Hi Ana,\n\nwhat changed?\n\nBest,\nTom\n\nThis e-mail and any files are confidential and intended solely\nfor the addressee.\n\nPlease consider the environment before printing.\n",
        "Hi Ana,|what changed?|Best,",
        &[MaskKind::Signature, MaskKind::Disclaimer, MaskKind::Disclaimer],
    );
    check(
        "Hi Ana,\n\nfirst.\n\nThis email is about your second dock.\n",
        "Hi Ana,|first.|This email is about your second dock.",
        &[],
    );
}

#[test]
fn code_and_urls_are_masked() {
    check(
        "See https://a.example/x?y=z. Or <www.b.example>, or mailto:a@b.example",
        "See . Or , or",
        &[MaskKind::Url; 3],
    );
    check(
        "Run `our demo` twice.\n```\nour code\n```\nDone.",
        "Run twice.||Done.",
        &[MaskKind::Code; 2],
    );
    check("A lone ` and 1:2 and a.b ://", "A lone ' and 1:2 and a.b ://", &[]);
}

#[test]
fn addresses_are_masked() {
    check(
        "Ask Ana <ana.lima@acme.example>, or bo+x@b.example. Not @here or a@b",
        "Ask Ana , or . Not @here or a@b",
        &[MaskKind::Address; 2],
    );
}

#[test]
fn files_written_as_text_are_masked() {
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2";
    check(
        &format!("Mine.\n\n{line}\n{line}\n{line}\nQUJD\nTom\n"),
        "Mine.||Tom",
        &[MaskKind::Armor],
    );
    check(
        "Mine.\n\nbegin 644 a.txt\n#0V%T\n`\nend\n\nMore.\n",
        "Mine.||More.",
        &[MaskKind::Armor],
    );
    check(
        "begin 644 times\nand do it well.",
        "begin 644 times and do it well.",
        &[],
    );
}

#[test]
fn own_text_is_never_taken_for_an_introduction() {
    for text in [
        "Hi Ana,\n\nfirst paragraph of some length here.\n\nOn 12 March 2026 your CEO wrote:\n\"we lose an hour at the dock\"\n\nWhat changed?",
        "Hi Ana,\n\nfirst paragraph of some length here.\n\nTo sum up what Ana said on 5 May:\nqueues.",
        "Hi Ana,\n\nfirst paragraph of some length here.\n\nAs Jo said in the mail of 10:00, she said:\nqueues.",
        "Hi Ana,\n\nfirst paragraph of some length here.\n\nFrom: what I hear\nthe dock is full.\nTo: what I see\nit is not.",
        "Hi Ana,\n\nfirst paragraph of some length here.\n\nNote: the dock\nopens at 10:00. Ask: who?\n",
    ] {
        assert_eq!(read(text).1, vec![], "{text}");
    }
}

#[test]
fn closings_in_many_words_are_known() {
    for closing in [
        "Best",
        "Best regards,",
        "Cheers,",
        "Thanks,",
        "BR",
        "Rgds,",
        "Kind Regards",
        "*Best regards,*",
        "Best, Tom",
        "Thanks, Tom Meyer",
        "Cordialement,",
        "Saludos cordiales,",
        "Cordiali saluti",
        "Met vriendelijke groet,",
        "Atenciosamente,",
        "Z poważaniem",
        "Med vänliga hälsningar",
        "Med venlig hilsen",
        "Ystävällisin terveisin",
        "S pozdravem",
        "Have a great weekend!",
    ] {
        let (own, kinds) = read(&format!(
            "Hi Ana,\n\nwhat changed at the second dock?\n\n{closing}\nTom Meyer\nSeller Inc.\n"
        ));
        assert!(
            own.ends_with(closing.trim_matches('*')) || own.ends_with(closing),
            "{closing}: {own}"
        );
        assert_eq!(kinds, vec![MaskKind::Signature], "{closing}");
    }
}

#[test]
fn mailing_footers_are_masked_and_polite_offers_read() {
    for footer in [
        "You are receiving this email because you subscribed to our newsletter.\nUnsubscribe | Preferences",
        "Unsubscribe: https://seller.example/u",
        "© 2026 Seller Inc. All rights reserved.",
        "If you no longer wish to receive these emails, click here.",
    ] {
        check(
            &format!("Hi Ana,\n\nwhat changed?\n\n{footer}\n"),
            "Hi Ana,|what changed?",
            &read(&format!("Hi Ana,\n\nwhat changed?\n\n{footer}\n")).1,
        );
        assert!(
            read(&format!("Hi Ana,\n\nwhat changed?\n\n{footer}\n"))
                .1
                .contains(&MaskKind::Footer),
            "{footer}"
        );
    }
    for offer in [
        "If you would rather not hear from me, just say so.",
        "You are receiving this because I read your talk and liked it.",
    ] {
        assert!(
            read(&format!("Hi Ana,\n\nwhat changed?\n\n{offer}\n"))
                .0
                .ends_with(offer)
        );
    }
}

#[test]
fn openpgp_armor_is_no_text() {
    check(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nmine\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
        "mine",
        &[MaskKind::Armor, MaskKind::Armor],
    );
    check(
        "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n",
        "",
        &[MaskKind::Armor],
    );
    check("mine\n-----BEGIN PGP MESSAGE-----\n\nabc", "mine", &[MaskKind::Armor]);
}

#[test]
fn hostile_texts_end_quickly() {
    for text in [
        "On 1 ",
        "On 1\n",
        "From: x\n",
        "Best,\n",
        "```\n",
        "`",
        "-----BEGIN PGP MESSAGE-----\n",
        "-- \n",
        "> ",
        "www.",
        "a://",
        "This email\n\n",
        "Thanks,\nTom\n\n",
        "-----Original Message-----\n",
        "х",
        "а\u{ff57}",
    ] {
        let text = format!("a\n\n{}", text.repeat(300_000 / text.len()));
        let prose = Prose::from_text(&text);
        assert!(prose.masks.len() <= text.len());
    }
}

proptest! {
    /// What is masked is not in a passage, and every byte of a passage stands where its offset says.
    #[test]
    fn masks_and_passages_are_apart(lines in proptest::collection::vec(
        "(> q|On 5 May 2026, A <a@b.example> wrote:|-- |Best,|Tom|From: a@b.example|Sent: 1|To: b|```|`x` y|see https://a.example/b (or)|we  help\u{200b} “you”|Привет demо|- item|P\\.S\\. x|[ -~é…—]{0,90}|)",
        0..24,
    ), crlf in any::<bool>()) {
        let text = lines.join(if crlf { "\r\n" } else { "\n" });
        let prose = Prose::from_text(&text);
        for pair in prose.masks.windows(2) {
            prop_assert!(pair[0].range.end <= pair[1].range.start);
        }
        for passage in &prose.passages {
            prop_assert_eq!(passage.offsets.len(), passage.text.len() + 1);
            prop_assert!(passage.offsets.iter().is_sorted());
            prop_assert!(passage.offsets.iter().all(|offset| offset <= text.len()));
            for (place, c) in passage.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                let at = passage.offsets.get(place).unwrap();
                prop_assert!(prose.masks.iter().all(|mask| !mask.range.contains(&at)), "{:?} at {}", c, at);
                if c.is_ascii_alphanumeric() {
                    let source = text[at..].chars().next().unwrap();
                    prop_assert!(source == c || !source.is_ascii());
                }
            }
        }
    }
}
