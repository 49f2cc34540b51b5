//! The reading as a whole: the gate, the ledger's promises, places, and time.

use super::*;
use crate::mail::{Address, Envelope, Headers, Mask, MaskKind, Prose, Protection, TextKind};
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
    assert_eq!(reading.prospecting.points, 8);
}

#[test]
fn history_decides_what_can_be_known() {
    let (prose, mut context) = pitch();
    context.gate.history_unknown = HistoryUnknown::Unsure;
    assert_eq!(class(&prose, &context), ProspectingClass::Unsure);
    context.history = History::FirstTouch;
    assert_eq!(class(&prose, &context), ProspectingClass::Yes);
    context.history = History::Known;
    assert_eq!(class(&prose, &context), ProspectingClass::No);
}

#[test]
fn a_letter_that_sells_nothing_is_at_most_unsure() {
    let (mut prose, context) = pitch();
    prose.passages = Prose::from_text("Your second dock opens in June. Who tells the drivers?").passages;
    assert_eq!(class(&prose, &context), ProspectingClass::Unsure);
    prose.passages = Prose::from_text("Please find attached invoice 20417 for September.").passages;
    assert_eq!(class(&prose, &context), ProspectingClass::No);
}

#[test]
fn each_hard_no_is_named() {
    type Change = fn(&mut Prose, &mut Context);
    let changes: [(&str, Change); 12] = [
        ("internal", |_, context| {
            context.envelope = Some(Envelope::plain("", &["bo@mail.norvane.example"]))
        }),
        ("internal", |_, context| {
            context.gate.internal_domains = vec!["tulsamills.example".to_owned()]
        }),
        ("reply", |prose, context| {
            prose.headers.references = vec!["x@tulsamills.example".to_owned()];
            context.history = History::Known;
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
fn an_answer_to_somebody_is_not_a_first_touch_but_an_own_second_mail_is() {
    let (mut prose, context) = pitch();
    prose.headers.references = vec!["q1@mail.tulsamills.example".to_owned()];
    assert_eq!(class(&prose, &context), ProspectingClass::Unsure);
    prose.masks.push(Mask {
        part: 0,
        range: 0..1,
        kind: MaskKind::Quote,
    });
    assert_eq!(class(&prose, &context), ProspectingClass::No);
    let (mut prose, context) = pitch();
    prose.headers.references = vec!["q1@norvane.example".to_owned()];
    assert_eq!(class(&prose, &context), ProspectingClass::Yes);
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
        (finding.severity, finding.span.as_ref().unwrap().part.as_str()),
        (Level::Strong, "subject")
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
    let level = |context: &Context| {
        let reading = read(&prose, context, &PACKS);
        reading
            .findings
            .iter()
            .find(|finding| finding.category == Category::Pretext)
            .map(|finding| finding.severity)
    };
    assert_eq!(level(&context), Some(Level::Warn));
    context.history = History::FirstTouch;
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
    assert_eq!(&text[span.range.clone()], "We\u{2019}d  love to");
    assert_eq!(want.excerpt, "We\u{2019}d love to");
    assert_eq!((span.line, span.column, span.part.as_str()), (4, 1, "text"));
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
            .any(|finding| finding.category == Category::Sell)
    };
    assert!(finds("Norvane offers scheduling to mills."));
    assert!(!finds("Quillmark cut its night line in May."));
    assert!(finds("I'm Ana from Quillmark. Quillmark's tool prints labels."));
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

/// Sentences to put mails together from: some that are found, some neutral, some about the reader.
const FLAGGED: [&str; 8] = [
    "We help teams save time.",
    "I would love to show you our platform.",
    "Do you have 15 minutes on Thursday?",
    "Just checking in on this.",
    "Our award-winning tool is a great fit for you.",
    "You are missing out on easy savings.",
    "Please find attached our brochure.",
    "Who handles software purchases at your company?",
];
const NEUTRAL: [&str; 4] = [
    "The weather turned on Monday.",
    "Nothing was said about it in the evening.",
    "A short walk goes a long way.",
    "The old bridge was painted green.",
];
const ABOUT_THEM: [&str; 4] = [
    "Your Leeds dock opens in June.",
    "The port strike moved your loads to road.",
    "Your planners carry the night slots.",
    "You told the panel that returns are yours.",
];
const ASKING: [&str; 3] = [
    "Which of your two docks is full first?",
    "How do your drivers learn of a late slot?",
    "What did your planners try before the strike?",
];

fn sentences() -> impl Strategy<Value = Vec<&'static str>> {
    let any = prop_oneof![
        prop::sample::select(FLAGGED.to_vec()),
        prop::sample::select(NEUTRAL.to_vec()),
        prop::sample::select(ABOUT_THEM.to_vec()),
        prop::sample::select(ASKING.to_vec()),
    ];
    prop::collection::vec(any, 1..12)
}

fn score(sentences: &[&str]) -> i32 {
    assumed(&sentences.join(" ")).score
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_sums_to_the_score(sentences in sentences()) {
        let reading = assumed(&sentences.join(" "));
        let taken: i32 = reading.ledger.iter().map(|line| line.points).sum();
        prop_assert_eq!(reading.score, (100 - taken).max(0));
        prop_assert!(reading.ledger.iter().all(|line| line.points > 0));
        prop_assert_eq!(&reading, &assumed(&sentences.join(" ")));
    }

    #[test]
    fn deleting_a_flagged_sentence_never_lowers(sentences in sentences(), which in any::<prop::sample::Index>()) {
        let at = which.index(sentences.len());
        prop_assume!(FLAGGED.contains(&sentences[at]) && sentences.len() > 1);
        let mut fewer = sentences.clone();
        fewer.remove(at);
        prop_assert!(score(&fewer) >= score(&sentences), "{:?} without {}", sentences, at);
    }

    #[test]
    fn adding_a_question_about_the_reader_never_lowers(
        sentences in sentences(),
        which in any::<prop::sample::Index>(),
        question in prop::sample::select(ASKING.to_vec()),
    ) {
        let mut more = sentences.clone();
        more.insert(which.index(sentences.len() + 1), question);
        prop_assert!(score(&more) >= score(&sentences), "{:?} with {}", sentences, question);
    }

    #[test]
    fn neutral_padding_never_raises(
        sentences in sentences(),
        padding in prop::collection::vec(prop::sample::select(NEUTRAL.to_vec()), 1..6),
    ) {
        let mut more = sentences.clone();
        more.extend(padding);
        prop_assert!(score(&more) <= score(&sentences), "{:?}", more);
    }

    #[test]
    fn masked_text_never_matters(sentences in sentences(), quoted in sentences()) {
        let own = sentences.join(" ");
        let with = |quoted: &str| assumed(&format!("{own}\n\n> {quoted}\n"));
        let (quoted, other) = (with(&quoted.join(" ")), with("Nothing of note."));
        prop_assert_eq!(quoted.score, other.score);
        prop_assert_eq!(&quoted.findings, &other.findings);
    }

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
fn time_is_linear_in_hostile_text() {
    let seconds = |text: &str| {
        let start = std::time::Instant::now();
        let _ = assumed(text);
        start.elapsed().as_secs_f64()
    };
    for unit in [
        "our ",
        "we help you ",
        "{{",
        "i would like to ",
        "\"a b c d ",
        "a.b.c.",
        "'",
        "%name",
        "[",
        "re: ",
    ] {
        let (short, long) = (unit.repeat(6_000 / unit.len()), unit.repeat(48_000 / unit.len()));
        let (once, eight) = (seconds(&short).max(0.002), seconds(&long));
        assert!(
            eight / once < 40.0,
            "{unit:?}: {once} s, eight times as much: {eight} s"
        );
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
            &packs.text,
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
