//! The twelve mails that tell a gate from a sieve, and the signals one by one.

use super::*;
use crate::mail::{Mail, ScanLimits};

const PITCH: &str =
    "Hi Jo,\n\nWe help mills save time with our award-winning platform. Do you have 15 minutes on Thursday?\n\nAna\n";

/// A mail from Ana to Jo with further header lines (and, where they say so, another subject or recipient).
fn mail(headers: &str, body: &str) -> Prose {
    let defaults = [
        ("From:", "From: Ana Lima <ana@norvane.example>"),
        ("To:", "To: Jo Reed <jo@tulsamills.example>"),
        ("Subject:", "Subject: Your depots"),
        ("Message-ID:", "Message-ID: <m1@norvane.example>"),
        ("Content-Type:", "Content-Type: text/plain; charset=utf-8"),
    ];
    let mut text = headers.to_owned();
    for (name, line) in defaults {
        if !headers.lines().any(|given| given.starts_with(name)) {
            text.push_str(line);
            text.push('\n');
        }
    }
    let text = format!("{text}\n{body}");
    Prose::extract(
        &Mail::new(text.replace('\n', "\r\n").into_bytes()),
        &ScanLimits::default(),
    )
    .unwrap()
}

fn judged(prose: &Prose) -> Prospecting {
    let gate = GateSettings {
        history_unknown: HistoryUnknown::FirstTouch,
        ..GateSettings::default()
    };
    read(
        prose,
        &Context {
            gate,
            ..Context::default()
        },
        &PACKS,
    )
    .prospecting
}

#[track_caller]
fn is(class: ProspectingClass, hard: Option<&str>, headers: &str, body: &str) -> Prospecting {
    let prospecting = judged(&mail(headers, body));
    let no = prospecting.hard_no.as_ref().map(|no| no.name.as_str());
    assert_eq!((prospecting.class, no), (class, hard), "{prospecting:?}");
    prospecting
}

fn has(prospecting: &Prospecting, name: &str) -> bool {
    prospecting.signals.iter().any(|signal| signal.name == name)
}

use ProspectingClass::{No, Unsure, Yes};

#[test]
fn first_touch() {
    is(Yes, None, "", PITCH);
}

#[test]
fn second_unanswered_touch() {
    let own = "In-Reply-To: <m0@norvane.example>\nSubject: Re: Your depots\n";
    let quoting =
        format!("{PITCH}\nOn Mon, 3 Mar 2025 Ana Lima <ana@norvane.example> wrote:\n> Hi Jo, we help mills.\n");
    assert!(has(&is(Yes, None, own, &quoting), "unanswered"));
    // The provider's ids tell nothing, but the quotation does.
    let provider = "In-Reply-To: <CA+1@mail.gmail.com>\nMessage-ID: <CA+2@mail.gmail.com>\nSubject: Re: Your depots\n";
    assert!(has(&is(Yes, None, provider, &quoting), "unanswered"));
    let chasing = "Just bumping this to the top of your inbox. Did you get a chance to read my last email?\n";
    assert!(has(&is(Yes, None, provider, chasing), "unanswered"));
    let (prose, mut context) = pitch();
    let jo = Acquaintance {
        unanswered: 2,
        ..Acquaintance::of(address("jo@tulsamills.example"))
    };
    context.correspondence = Correspondence::known(now(), vec![jo]);
    let told = read(&prose, &context, &PACKS).prospecting;
    assert_eq!(told.class, Yes);
    assert!(told.signals[0].shown.contains("2 mails went unanswered"));
}

#[test]
fn reply() {
    let theirs = "In-Reply-To: <q@mail.tulsamills.example>\nSubject: Re: Two slots\n";
    is(No, None, theirs, PITCH);
    let unknown = "In-Reply-To: <q@prod.outlook.example>\nSubject: Re: Two slots\n";
    let quoting =
        format!("{PITCH}\nOn Mon, 3 Mar 2025 Jo Reed <jo@tulsamills.example> wrote:\n> Could you tell me more?\n");
    is(No, None, unknown, &quoting);
    let prose = mail(unknown, PITCH);
    let context = Context {
        correspondence: acquainted(),
        ..pitch().1
    };
    let told = read(&prose, &context, &PACKS).prospecting;
    assert_eq!(told.hard_no.map(|no| no.name).as_deref(), Some("reply"));
}

#[test]
fn false_reply() {
    assert!(has(&is(Yes, None, "Subject: Re: our call\n", PITCH), "borrowed-thread"));
    assert!(has(
        &is(Yes, None, "Subject: Fwd: proposal\n", PITCH),
        "borrowed-thread"
    ));
    assert!(has(&is(Yes, None, "Subject: AW: Angebot\n", PITCH), "borrowed-thread"));
}

#[test]
fn a_false_reply_alone_sells_nothing() {
    let body = "Hi Jo,\n\nThe keys are at the desk, and the van is back on Friday.\n\nAna\n";
    let prospecting = judged(&mail("Subject: Re: keys", body));
    assert!(
        has(&prospecting, "borrowed-thread") && has(&prospecting, "no-pitch"),
        "{prospecting:?}"
    );
}

#[test]
fn internal_and_mixed() {
    is(
        No,
        Some("internal"),
        "To: bo@norvane.example, cy@mail.norvane.example\n",
        PITCH,
    );
    is(Yes, None, "To: jo@tulsamills.example\nCc: bo@norvane.example\n", PITCH);
}

#[test]
fn calendar_and_out_of_office() {
    let part = "Content-Type: multipart/mixed; boundary=b\n";
    let body = format!("--b\n\n{PITCH}\n--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--b--\n");
    is(No, Some("calendar"), part, &body);
    is(No, Some("auto-submitted"), "Auto-Submitted: auto-replied\n", PITCH);
    // It only asks not to be answered automatically.
    is(Yes, None, "X-Auto-Response-Suppress: All\n", PITCH);
}

#[test]
fn encrypted_and_clear_signed() {
    let encrypted = "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n";
    is(No, Some("encrypted"), encrypted, "--b\n\nx\n--b--\n");
    let signed = "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n";
    let body =
        format!("--b\nContent-Type: text/plain\n\n{PITCH}\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n");
    is(Yes, None, signed, &body);
}

#[test]
fn mailing_list() {
    is(No, Some("mailing-list"), "List-Id: <mills.lists.example>\n", PITCH);
    is(No, Some("bulk"), "Precedence: bulk\n", PITCH);
}

#[test]
fn invoice_to_a_new_contact() {
    let body = "Dear Jo,\n\nplease find attached invoice 20417 for the September repairs, due on 4 October.\n\nAna\n";
    is(No, None, "Subject: Invoice 20417\n", body);
}

#[test]
fn the_authors_word_is_heard_and_shown() {
    let told = is(
        Unsure,
        None,
        "X-Youward: not-prospecting; Jo asked me at the fair\n",
        PITCH,
    );
    let signal = told
        .signals
        .iter()
        .find(|signal| signal.name == "authors-word")
        .unwrap();
    assert!(signal.points == -5 && signal.shown.ends_with("Jo asked me at the fair"));
    is(Yes, None, "X-Youward: not-prospecting\n", PITCH);
}

#[test]
fn recipients_count() {
    assert!(has(&is(Yes, None, "To: jo.reed@gmail.com\n", PITCH), "private-mailbox"));
    let many: Vec<String> = (0..7).map(|n| format!("p@mill{n}.example")).collect();
    assert!(has(
        &is(Yes, None, &format!("To: {}\n", many.join(", ")), PITCH),
        "many-companies"
    ));
    let mut context = Context {
        gate: pitch().1.gate,
        ..Context::default()
    };
    context.gate.customers = vec!["@tulsamills.example".to_owned()];
    assert!(has(&read(&mail("", PITCH), &context, &PACKS).prospecting, "customer"));
}

#[test]
fn relationships_age() {
    let wrote = |days: i64| {
        let jo = Acquaintance {
            wrote: Some(now() - jiff::SignedDuration::from_hours(24 * days)),
            ..Acquaintance::of(address("jo@tulsamills.example"))
        };
        let correspondence = Correspondence::known(now(), vec![jo]);
        let context = Context {
            correspondence,
            ..pitch().1
        };
        read(&mail("", PITCH), &context, &PACKS).prospecting
    };
    assert!(wrote(179).class == No && has(&wrote(179), "relationship"));
    assert!(has(&wrote(181), "lapsed"));
}

#[test]
fn ordinary_mail_is_not_judged() {
    let told = read(
        &mail(
            "",
            "Dear all,\n\nthe lift is out of use on Tuesday. Please sign the form.\n",
        ),
        &pitch().1,
        &PACKS,
    );
    assert_eq!(told.prospecting.class, No);
    assert_eq!(
        (told.score, told.findings.len(), told.ledger.len(), &told.help),
        (100, 0, 0, &None)
    );
    let replying = mail("In-Reply-To: <q@tulsamills.example>\n", PITCH);
    let told = read(&replying, &pitch().1, &PACKS);
    assert_eq!(
        (told.score, told.findings.len(), told.ledger.len(), told.help),
        (100, 0, 0, None)
    );
    assert!(told.words > 10);
}

#[test]
fn what_others_may_say_too_makes_nobody_sure() {
    let body = "Hi Jo,\n\nYour glue is amazing, the best thing that we ever bought, and our own people love it.\n\n\
                We have a big job at our new site in May and a new shop in the yard.\n\n\
                Are you free on Tuesday or Wednesday? Come for a coffee, our address is below.\n\n\
                Ana\n";
    is(ProspectingClass::Unsure, None, "Subject: thank you", body);
}

#[test]
fn a_mail_in_which_the_reader_has_the_better_of_a_pitch_says_so() {
    let body = "Hi Jo,\n\nYour dock in Tulsa opens in June. Who tells the drivers?\n\n\
                Your filing says that two of your carriers leave. Which of the two hurts more?\n\n\
                Your planners carry the night slots. How do your drivers learn of a late one?\n\n\
                We help mills save time with our award-winning platform.\n\nAna\n";
    let prospecting = is(ProspectingClass::Unsure, None, "Subject: The night slots", body);
    let faint = prospecting.signals.iter().find(|signal| signal.name == "faint-pitch");
    assert!(faint.unwrap().shown.contains("more of its reader"), "{prospecting:?}");
}

#[test]
fn a_bare_text_is_unsure_at_most() {
    let of = |text: &str| {
        read(&Prose::from_text(text), &pitch_without_header(), &PACKS)
            .prospecting
            .class
    };
    assert_eq!(of(PITCH), Unsure);
    assert_eq!(of("Your dock opens in June. Who tells the drivers?"), No);
}

fn pitch_without_header() -> Context {
    Context {
        gate: pitch().1.gate,
        ..Context::default()
    }
}

#[test]
fn broad_rules_wait_for_a_pitch() {
    let broadly = |text: &str| {
        let needs_pitch = |id: &str| {
            let mut rules = PACKS.rules.iter().filter(|rule| rule.id == id);
            rules.any(|rule| rule.needs.has(crate::reading::packs::Fact::Pitch))
        };
        let findings = read(&mail("", text), &pitch().1, &PACKS).findings;
        findings.iter().any(|finding| needs_pitch(&finding.rule))
    };
    let broad = "Gladly we would present the new lamp in your clinic.";
    assert!(!broadly(broad));
    assert!(broadly(&format!("{PITCH}\n{broad}\n")));
    // What is asked and said of the reader outweighs a sentence about the seller, and they find nothing there.
    let of_reader = "Hi Jo,\n\nYour dock in Tulsa opens in June. Who tells the drivers?\n\n\
                     Your filing says that two of your carriers leave. Which of the two hurts more?\n\n\
                     We help mills save time.\n\n";
    assert!(!broadly(&format!("{of_reader}{broad}\n\nAna\n")));
}
