//! The reading as a whole: history, places, names, silences, and time. The twelve mails of the gate, the ledger's
//! promises, copies to many, and lamps with help have files of their own.

mod blast;
mod gate;
mod lamps;
mod promises;
mod work;

use super::*;
use crate::mail::{Address, Envelope, Headers, Prose, Protection, TextKind};
use proptest::prelude::*;
use std::sync::LazyLock;

static PACKS: LazyLock<Packs> = LazyLock::new(Packs::builtin);

fn assumed(text: &str) -> Reading {
    let context = Context {
        assume_prospecting: true,
        ..Context::default()
    };
    read(&Prose::from_text(text), &context, &PACKS)
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A pitch from Norvane to one person outside, nothing known of earlier mail.
fn pitch() -> (Prose, Context) {
    let mut prose = Prose::from_text("We help teams like yours save time. Do you have 15 minutes on Thursday?\n");
    prose.headers = Headers {
        subject: "Your depots".to_owned(),
        from: vec![address("ana@norvane.example")],
        to: vec![address("jo@tulsamills.example")],
        ..Headers::default()
    };
    let gate = GateSettings {
        history_unknown: HistoryUnknown::FirstTouch,
        ..GateSettings::default()
    };
    let envelope = Envelope::plain("ana@norvane.example", &["jo@tulsamills.example"]);
    let account = Some(address("ana@norvane.example"));
    (
        prose,
        Context {
            account,
            envelope: Some(envelope),
            gate,
            ..Context::default()
        },
    )
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// Nobody has ever written.
fn strangers() -> Correspondence {
    Correspondence::known(now(), Vec::new())
}

/// Jo has written.
fn acquainted() -> Correspondence {
    let jo = Acquaintance {
        wrote: Some(now()),
        ..Acquaintance::of(address("jo@tulsamills.example"))
    };
    Correspondence::known(now(), vec![jo])
}

fn class(prose: &Prose, context: &Context) -> ProspectingClass {
    read(prose, context, &PACKS).prospecting.class
}

#[test]
fn packs_are_shared_by_all_sessions() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&*PACKS);
    assert_eq!(PACKS.hash().len(), 64);
    assert_eq!(PACKS.hash(), Packs::builtin().hash());
}

#[test]
fn a_first_touch_with_pitch_language_is_prospecting() {
    let (prose, context) = pitch();
    let reading = read(&prose, &context, &PACKS);
    assert_eq!(reading.prospecting.class, ProspectingClass::Yes);
    let names: Vec<&str> = reading
        .prospecting
        .signals
        .iter()
        .map(|signal| signal.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "first-touch",
            "new-company",
            "new-thread",
            "one-to-one",
            "pitch-language"
        ]
    );
    assert_eq!(reading.prospecting.points, 9);
}

#[test]
fn history_decides_what_can_be_known() {
    let (prose, mut context) = pitch();
    context.gate.history_unknown = HistoryUnknown::Unsure;
    assert_eq!(class(&prose, &context), ProspectingClass::Unsure);
    context.correspondence = strangers();
    assert_eq!(class(&prose, &context), ProspectingClass::Yes);
    context.correspondence = acquainted();
    assert_eq!(class(&prose, &context), ProspectingClass::No);
}

#[test]
fn a_letter_that_sells_nothing_is_not_prospecting() {
    let (mut prose, context) = pitch();
    prose.passages = Prose::from_text("Your second dock opens in June. Who tells the drivers?").passages;
    assert_eq!(class(&prose, &context), ProspectingClass::No);
    prose.passages = Prose::from_text("Your second dock opens in June. I would like to meet you.").passages;
    assert_eq!(
        class(&prose, &context),
        ProspectingClass::No,
        "one wish is in most mail"
    );
    prose.passages = Prose::from_text("Please find attached invoice 20417 for September.").passages;
    assert_eq!(class(&prose, &context), ProspectingClass::No);
}

#[test]
fn each_hard_no_is_named() {
    type Change = fn(&mut Prose, &mut Context);
    let changes: [(&str, Change); 13] = [
        ("internal", |_, context| {
            context.envelope = Some(Envelope::plain("", &["bo@mail.norvane.example"]))
        }),
        ("internal", |_, context| {
            context.gate.internal_domains = vec!["tulsamills.example".to_owned()]
        }),
        ("reply", |prose, context| {
            prose.headers.references = vec!["x@tulsamills.example".to_owned()];
            context.correspondence = acquainted();
        }),
        ("auto-submitted", |prose, _| {
            prose.headers.auto_submitted = Some("auto-replied".to_owned())
        }),
        ("bulk", |prose, _| prose.headers.precedence = Some("bulk".to_owned())),
        ("null-reverse-path", |_, context| {
            context.envelope = Some(Envelope::plain("", &["jo@tulsamills.example"]))
        }),
        ("report", |prose, _| prose.headers.report = true),
        ("mailing-list", |prose, _| prose.headers.list = true),
        ("calendar", |prose, _| prose.headers.calendar = true),
        ("encrypted", |prose, _| prose.headers.protection = Protection::Encrypted),
        ("resent", |prose, _| prose.headers.resent = true),
        ("exempt", |_, context| {
            context.gate.exempt_recipients = vec!["@tulsamills.example".to_owned()]
        }),
        ("opted-out", |_, context| {
            context.gate.exempt_accounts = vec!["ana@norvane.example".to_owned()]
        }),
    ];
    for (name, change) in changes {
        let (mut prose, mut context) = pitch();
        change(&mut prose, &mut context);
        let prospecting = read(&prose, &context, &PACKS).prospecting;
        assert_eq!(prospecting.hard_no.map(|no| no.name).as_deref(), Some(name));
        assert_eq!(prospecting.class, ProspectingClass::No);
    }
    let (mut prose, context) = pitch();
    prose.headers.protection = Protection::Signed;
    assert_eq!(
        class(&prose, &context),
        ProspectingClass::Yes,
        "clear-signed mail is read"
    );
}

#[test]
fn freemail_neighbours_are_not_colleagues_and_the_envelope_decides() {
    let (prose, mut context) = pitch();
    context.account = Some(address("ana@gmail.com"));
    context.envelope = Some(Envelope::plain("ana@gmail.com", &["jo@gmail.com"]));
    let prospecting = read(&prose, &context, &PACKS).prospecting;
    assert_eq!(prospecting.hard_no, None);
    assert!(
        prospecting
            .signals
            .iter()
            .any(|signal| signal.name == "private-mailbox")
    );
    let (mut prose, context) = pitch();
    prose.headers.to = vec![address("bo@norvane.example")];
    assert_eq!(
        class(&prose, &context),
        ProspectingClass::Yes,
        "the header's To is not asked"
    );
    let without = Context {
        envelope: None,
        ..context
    };
    assert_eq!(
        read(&prose, &without, &PACKS)
            .prospecting
            .hard_no
            .map(|no| no.name)
            .as_deref(),
        Some("internal")
    );
}

#[test]
fn a_borrowed_thread_is_a_signal_and_a_strong_finding() {
    let (mut prose, context) = pitch();
    let subject = "Re: your renewal";
    let mut part = Prose::from_text(subject);
    part.parts[0].kind = TextKind::Subject;
    part.parts[0].id = "subject".to_owned();
    part.passages.extend(prose.passages.iter().cloned().map(|mut passage| {
        passage.part = 1;
        passage
    }));
    part.parts.extend(prose.parts.clone());
    part.headers = Headers {
        subject: subject.to_owned(),
        ..prose.headers.clone()
    };
    let reading = read(&part, &context, &PACKS);
    assert!(
        reading
            .prospecting
            .signals
            .iter()
            .any(|signal| signal.name == "borrowed-thread")
    );
    let finding = reading
        .findings
        .iter()
        .find(|finding| finding.rule == "pretext/borrowed-re")
        .unwrap();
    assert_eq!(
        (finding.severity, finding.span.as_ref().unwrap().part.clone()),
        (Level::Strong, "subject".into())
    );
    assert!(reading.ledger.iter().any(|line| line.what == "in the subject line"));
    prose = part;
    prose.headers.references = vec!["a@tulsamills.example".to_owned()];
    let reading = read(&prose, &context, &PACKS);
    assert!(
        reading
            .findings
            .iter()
            .all(|finding| finding.rule != "pretext/borrowed-re")
    );
}

#[test]
fn a_claim_that_the_mailbox_contradicts_is_strong() {
    let (mut prose, mut context) = pitch();
    prose.passages = Prose::from_text("As discussed, here is the plan for your depots.").passages;
    context.assume_prospecting = true;
    let level = |context: &Context| {
        let reading = read(&prose, context, &PACKS);
        reading
            .findings
            .iter()
            .find(|finding| finding.category == Category::Pretext)
            .map(|finding| finding.severity)
    };
    assert_eq!(level(&context), Some(Level::Warn));
    context.correspondence = strangers();
    assert_eq!(level(&context), Some(Level::Strong));
}

#[test]
fn assumed_means_yes_and_says_so() {
    let reading = assumed("Your dock opens in June. Who tells the drivers?");
    assert_eq!(reading.prospecting.class, ProspectingClass::Yes);
    assert_eq!(reading.prospecting.signals[0].name, "assumed");
}

#[test]
fn places_are_those_of_the_file() {
    let text = "Hi Jo,\n\nyour dock opens\u{a0}in June. \u{201c}Fine\u{201d}, says the paper.\nWe\u{2019}d  love to show you our new tool.\n";
    let reading = assumed(text);
    let want = reading
        .findings
        .iter()
        .find(|finding| finding.category == Category::Want)
        .unwrap();
    let span = want.span.as_ref().unwrap();
    let written = &text[span.range.clone()];
    assert!(written.starts_with("We\u{2019}d  love to"), "{written}");
    assert_eq!(want.excerpt, written.replace("  ", " "));
    assert_eq!((span.line, span.column, &*span.part), (4, 1, "text"));
    assert_eq!(span.raw, span.range);
}

#[test]
fn names_come_from_account_recipients_and_introductions() {
    let (mut prose, context) = pitch();
    let mut finds = |text: &str| {
        prose.passages = Prose::from_text(text).passages;
        read(&prose, &context, &PACKS)
            .findings
            .iter()
            .any(|finding| finding.category == Category::Sell && !finding.excerpt.starts_with("I'm"))
    };
    assert!(finds("Norvane offers scheduling to mills."));
    assert!(!finds("Quillmark cut its night line in May."));
    assert!(finds("I'm Ana from Quillmark. Quillmark's tool prints labels."));
    assert!(finds(
        "I'm Ana from Quillmark with flurbs. Quillmark's tool prints labels."
    ));
    assert!(!finds("Tulsamills offers two slots a day, says its site."));
}

#[test]
fn quoted_words_are_not_the_authors() {
    let reading =
        assumed("Your CFO wrote: \"We are excited to announce that we help banks close faster.\" Did it hold?");
    assert!(
        reading.findings.iter().all(|finding| finding.span.is_none()),
        "{:?}",
        reading.findings
    );
    let reading = assumed("Reply \"yes\" and I will send our brochure.");
    assert!(reading.findings.iter().any(|finding| finding.category == Category::Ask));
}

#[test]
fn of_two_that_overlap_the_lighter_costs_half_and_categories_are_capped() {
    let reading = assumed("We help CFOs close faster.");
    let points: Vec<(Category, i32)> = reading.findings.iter().map(|f| (f.category, f.points)).collect();
    assert!(
        points.contains(&(Category::Sell, 10)) && points.contains(&(Category::Mask, 3)),
        "{points:?}"
    );
    let many = assumed("We help CFOs. We help banks. We help mills. We help depots.");
    let sell = many.ledger.iter().find(|line| line.what.starts_with("sell")).unwrap();
    assert_eq!((sell.what.as_str(), sell.points), ("sell: 4 places, at most 15", 15));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC{0,400}") {
        let reading = assumed(&text);
        for span in reading.findings.iter().filter_map(|finding| finding.span.as_ref()) {
            prop_assert!(text.get(span.range.clone()).is_some());
        }
    }

    #[test]
    fn any_rule_file_is_taken_or_refused(text in "\\PC{0,200}") {
        let files = [("classes.toml", "[contractions]\n[classes]\n"), ("message.toml", "check = []\nlist = []\n"), ("x.toml", text.as_str())];
        prop_assert!(Packs::parse(&files).is_err());
    }
}

#[test]
fn items_are_told_from_sentences_with_a_dash() {
    use super::text::{Names, Text};
    let packs = Packs::builtin();
    let items = |text: &str| {
        let prose = Prose::from_text(text);
        let text = Text::read(
            &prose.passages,
            |_| false,
            &packs.lexicon,
            (&packs.text, &packs.kinds),
            &Names::default(),
        );
        let sentences = text.sentences.iter();
        sentences
            .map(|sentence| text.is_item(&prose.passages, sentence))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        items("We offer:\n- pumps\n* valves and seals\n\nNothing else."),
        [false, true, true, false]
    );
    assert_eq!(items("We offer pumps - and valves. We ship."), [false, false]);
}
