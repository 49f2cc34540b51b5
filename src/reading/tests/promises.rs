//! What the ledger promises of every mail, tried on mails put together from a pool of sentences, with the shipped packs.

use super::*;

/// Sentences in which something is found.
const FLAGGED: [&str; 14] = [
    "We help teams save time.",
    "I would love to show you our platform.",
    "Do you have 15 minutes on Thursday?",
    "Just checking in on this.",
    "Our award-winning tool is a great fit for you.",
    "You are missing out on easy savings.",
    "Please find attached our brochure.",
    "Who handles software purchases at your company?",
    "I'm Tom from Quillmark, and we are a leading provider of claims software.",
    "Quillmark offers a full range of audit services.",
    "We are excited to announce our new warehouse app.",
    "Companies like yours are already using it.",
    "Your current process is outdated.",
    "It was great meeting you at the summit.",
];
/// About nobody.
const NEUTRAL: [&str; 6] = [
    "The weather turned on Monday.",
    "Nothing was said about it in the evening.",
    "A short walk goes a long way.",
    "The old bridge was painted green.",
    "Rain fell on the square until six.",
    "There were two chairs and a table.",
];
const ABOUT_THEM: [&str; 6] = [
    "Your Leeds dock opens in June.",
    "The port strike moved your loads to road.",
    "Your planners carry the night slots.",
    "You told the panel that returns are yours.",
    "Quillmark's rival cut its night line in May.",
    "I read your March filing twice.",
];
const ASKING: [&str; 6] = [
    "Which of your two docks is full first?",
    "How do your drivers learn of a late slot?",
    "What did your planners try before the strike?",
    // A broad rule would take it for a compliment.
    "What do your guests love about the old pier?",
    "Is that the contract or the dock?",
    "Tell me where I have this wrong.",
];

fn mails() -> impl Strategy<Value = Vec<&'static str>> {
    let any = prop_oneof![
        3 => prop::sample::select(FLAGGED.to_vec()),
        1 => prop::sample::select(NEUTRAL.to_vec()),
        2 => prop::sample::select(ABOUT_THEM.to_vec()),
        1 => prop::sample::select(ASKING.to_vec()),
    ];
    prop::collection::vec(any, 1..14)
}

fn score(sentences: &[&str]) -> i32 {
    assumed(&sentences.join(" ")).score
}

/// The same, told as a first mail to a stranger, so that the class counts too.
fn sent(text: &str) -> Reading {
    let (mut prose, context) = pitch();
    prose.passages = Prose::from_text(text).passages;
    prose.parts = Prose::from_text(text).parts;
    read(&prose, &context, &PACKS)
}

/// Points that speak for ordinary business.
fn ordinary(reading: &Reading) -> i32 {
    let signals = reading.prospecting.signals.iter();
    signals.map(|signal| signal.points.min(0)).sum()
}

/// Whether something is found in one of a mail's sentences.
fn is_flagged(reading: &Reading, sentences: &[&str], at: usize) -> bool {
    let start: usize = sentences[..at].iter().map(|sentence| sentence.len() + 1).sum();
    let sentence = start..start + sentences[at].len();
    let spans = reading.findings.iter().filter_map(|finding| finding.span.as_ref());
    spans.into_iter().any(|span| sentence.contains(&span.range.start))
}

fn words(sentences: &[&str]) -> usize {
    sentences.iter().map(|sentence| sentence.split(' ').count()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_sums_to_the_score(sentences in mails()) {
        let reading = assumed(&sentences.join(" "));
        let taken: i32 = reading.ledger.iter().map(|line| line.points).sum();
        prop_assert_eq!(reading.score, (100 - taken).max(0));
        prop_assert!(reading.ledger.iter().all(|line| line.points > 0));
        prop_assert_eq!(&reading, &assumed(&sentences.join(" ")));
        prop_assert_eq!(reading.rescored(|_| true), reading.score);
        prop_assert_eq!(reading.rescored(|_| false), 100);
    }

    #[test]
    fn deleting_a_flagged_sentence_never_lowers(sentences in mails(), which in any::<prop::sample::Index>()) {
        let at = which.index(sentences.len());
        prop_assume!(FLAGGED.contains(&sentences[at]) && sentences.len() > 1);
        let mut fewer = sentences.clone();
        fewer.remove(at);
        // What is flagged alone may be left alone in a mail that sells nothing else; then it is no flagged sentence here.
        let all = assumed(&sentences.join(" "));
        if is_flagged(&all, &sentences, at) {
            prop_assert!(score(&fewer) >= all.score, "{:?} without {}", sentences, at);
        }
        let (before, after) = (sent(&sentences.join(" ")), sent(&fewer.join(" ")));
        prop_assume!(is_flagged(&before, &sentences, at));
        // A sentence may be flagged and yet a sign of ordinary business: without it the mail is another mail.
        prop_assume!(ordinary(&before) == ordinary(&after));
        prop_assert!(after.score >= before.score, "{:?} without {}", sentences, at);
    }

    // What stays of its sentence is a new sentence, which may well be flagged for itself ("our new app"); if it is not,
    // the score can't fall.
    #[test]
    fn deleting_a_flagged_place_never_lowers(sentences in mails(), which in any::<prop::sample::Index>()) {
        let at = which.index(sentences.len());
        let alone = assumed(sentences[at]);
        // What surrounds it may make it harmless; then there is nothing flagged to delete.
        let whole = assumed(&sentences.join(" "));
        let flagged = |excerpt: &String| whole.findings.iter().any(|finding| finding.excerpt == *excerpt);
        let spans: Vec<&Span> = alone
            .findings
            .iter()
            .filter(|finding| flagged(&finding.excerpt))
            .filter_map(|finding| finding.span.as_ref())
            .collect();
        prop_assume!(!spans.is_empty());
        let span = spans[which.index(spans.len())];
        let mut rest = sentences[at].to_owned();
        rest.replace_range(span.range.clone(), "");
        prop_assume!(assumed(&rest).findings.iter().all(|finding| finding.span.is_none()));
        let mut fewer = sentences.clone();
        fewer[at] = &rest;
        prop_assume!(!is_flagged(&assumed(&fewer.join(" ")), &fewer, at));
        prop_assert!(score(&fewer) >= score(&sentences), "{:?}", fewer);
    }

    #[test]
    fn adding_a_question_about_the_reader_never_lowers(
        sentences in mails(),
        which in any::<prop::sample::Index>(),
        question in prop::sample::select(ASKING[..4].to_vec()),
    ) {
        let mut more = sentences.clone();
        more.insert(which.index(sentences.len() + 1), question);
        prop_assert!(score(&more) >= score(&sentences), "{:?} with {}", sentences, question);
    }

    #[test]
    fn neutral_padding_never_raises(
        sentences in mails(),
        padding in prop::collection::vec((prop::sample::select(NEUTRAL.to_vec()), any::<prop::sample::Index>()), 1..6),
    ) {
        let mut more = sentences.clone();
        for (neutral, at) in padding {
            more.insert(at.index(more.len() + 1), neutral);
        }
        prop_assert!(score(&more) <= score(&sentences), "{:?}", more);
    }

    #[test]
    fn length_alone_costs_nothing(
        sentences in mails(),
        padding in prop::collection::vec((prop::sample::select(NEUTRAL.to_vec()), any::<prop::sample::Index>()), 1..40),
    ) {
        // Below twenty words, questions not counted, nothing that is missing is held against a mail.
        let counted: Vec<&str> = sentences.iter().copied().filter(|sentence| !ASKING.contains(sentence)).collect();
        prop_assume!(words(&counted) >= 20);
        let mut more = sentences.clone();
        for (neutral, at) in padding {
            more.insert(at.index(more.len() + 1), neutral);
        }
        let (short, long) = (assumed(&sentences.join(" ")), assumed(&more.join(" ")));
        prop_assert_eq!(long.score, short.score, "{:?}", more);
    }

    #[test]
    fn masked_text_never_matters(sentences in mails(), quoted in mails()) {
        let own = sentences.join(" ");
        let quote = |quoted: &str| assumed(&format!("{own}\n\n> {quoted}\n"));
        let outlook = |quoted: &str| {
            assumed(&format!("{own}\n\nFrom: Jo Reed\nSent: Monday, 3 March 2025 10:00\nTo: Ana Lima\nSubject: Slots\n\n{quoted}\n"))
        };
        let quoted = quoted.join(" ");
        for (with, other) in [
            (quote(&quoted), quote("Nothing of note.")),
            (outlook(&quoted), outlook("Nothing of note.")),
        ] {
            prop_assert_eq!(with.score, other.score);
            prop_assert_eq!(&with.findings, &other.findings);
            prop_assert_eq!(&with.lamps, &other.lamps);
        }
    }

    #[test]
    fn leaving_findings_out_never_lowers(sentences in mails(), kept in prop::collection::vec(any::<bool>(), 40)) {
        let reading = assumed(&sentences.join(" "));
        let at = |finding: &Finding| reading.findings.iter().position(|other| std::ptr::eq(other, finding)).unwrap();
        let some = reading.rescored(|finding| kept[at(finding) % kept.len()]);
        prop_assert!(some >= reading.score);
        let fewer = reading.rescored(|finding| kept[at(finding) % kept.len()] && finding.category != Category::Sell);
        prop_assert!(fewer >= some);
    }

    #[test]
    fn silencing_never_lowers(sentences in mails(), which in any::<prop::sample::Index>()) {
        let text = sentences.join(" ");
        let reading = assumed(&text);
        let hashes: Vec<&String> = reading.findings.iter().map(|f| &f.hash).filter(|hash| !hash.is_empty()).collect();
        prop_assume!(!hashes.is_empty());
        let silence = silence(hashes[which.index(hashes.len())]);
        let context = Context { assume_prospecting: true, silences: vec![silence], ..Context::default() };
        let silenced = read(&Prose::from_text(&text), &context, &PACKS);
        prop_assert!(silenced.score >= reading.score);
        prop_assert!(!silenced.silenced.is_empty());
    }
}

fn silence(hash: &str) -> Silence {
    Silence {
        hash: hash.to_owned(),
        reason: "right as it stands".to_owned(),
        author: "ana@norvane.example".to_owned(),
    }
}

#[test]
fn a_silenced_finding_costs_nothing_and_is_counted() {
    let (mut prose, mut context) = pitch();
    prose.passages = Prose::from_text("Norvane offers scheduling to mills. Your dock opens in June.").passages;
    let reading = read(&prose, &context, &PACKS);
    let sell = reading
        .findings
        .iter()
        .find(|finding| finding.category == Category::Sell)
        .unwrap();
    context.silences = vec![silence(&sell.hash)];
    let after = read(&prose, &context, &PACKS);
    assert_eq!(
        after.prospecting.class,
        ProspectingClass::No,
        "nothing else in it sells"
    );
    context.assume_prospecting = true;
    let after = read(&prose, &context, &PACKS);
    assert_eq!(after.silenced.len(), 1);
    assert_eq!(after.silenced[0].silence.author, "ana@norvane.example");
    assert_eq!(after.silenced[0].finding.rule, sell.rule);
    assert!(after.findings.iter().all(|finding| finding.hash != sell.hash));
    assert!(
        after
            .ledger
            .iter()
            .all(|line| !line.what.starts_with("sell") && !line.what.contains("reader"))
    );
}

#[test]
fn the_hash_of_a_finding_stays_when_the_mail_changes() {
    let hash = |text: &str| assumed(text).findings[0].hash.clone();
    let first = hash("Just checking in on this.");
    assert_eq!(first.len(), 16);
    assert_eq!(first, hash("Hi Jo,\n\nThe weather turned. JUST  checking in\non this!"));
}
