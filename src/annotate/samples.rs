//! Hand-made mails for the tests of this room, and a strategy for hostile findings.

use super::Annotated;
use crate::mail::{Headers, Mask, MaskKind, Offsets, Origin, Passage, Prose, RawMap, TextKind, TextPart};
use crate::reading::{
    Category, Excerpt, Finding, Help, Layer, LedgerLine, Level, Prospecting, ProspectingClass, Reading, Signal,
    Silence, Silenced, Span,
};
use crate::standard::{Disposition, Reason, Verdict, Who};
use proptest::prelude::*;

/// A mail with its reading and verdict, owned.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) octets: Vec<u8>,
    pub(super) prose: Prose,
    pub(super) reading: Reading,
    pub(super) verdict: Verdict,
}

impl Sample {
    pub(super) fn annotated(&self) -> Annotated<'_> {
        Annotated {
            name: self.name,
            octets: Some(&self.octets),
            prose: Some(&self.prose),
            reading: Some(&self.reading),
            verdict: &self.verdict,
        }
    }
}

const HEADER: &str = "Subject: A quick call\r\n\r\n";
const BODY: &str = "Hi Jo,\r\n\r\nI would like to see if there is a chance of you joining a demo of our \
    incredible service.\r\n\r\n> a secret quote\r\n> of theirs\r\n\r\nAna\r\n";

/// A plain mail with two places, one thing that the whole lacks, and a quote.
pub(super) fn pitch() -> Sample {
    let octets = format!("{HEADER}{BODY}").into_bytes();
    let part = |id: &str, kind, text: &str, raw: std::ops::Range<usize>| TextPart {
        id: id.to_owned(),
        kind,
        text: text.to_owned(),
        origin: Origin {
            raw,
            map: RawMap::Identity,
        },
    };
    let quote = BODY.find("> a").unwrap()..BODY.find("\r\nAna").unwrap();
    let own = BODY.get(..quote.start).unwrap();
    let offsets = (0..=own.len()).collect();
    let prose = Prose {
        headers: Headers {
            subject: "A quick call".to_owned(),
            ..Headers::default()
        },
        parts: vec![
            part("subject", TextKind::Subject, "A quick call", 9..21),
            part("1", TextKind::Plain, BODY, HEADER.len()..octets.len()),
        ],
        passages: vec![Passage {
            part: 1,
            text: own.to_owned(),
            offsets,
        }],
        masks: vec![Mask {
            part: 1,
            range: quote,
            kind: MaskKind::Quote,
        }],
        language: crate::mail::Language::English,
        cut: false,
    };
    let findings = vec![
        finding(
            "want/would-like",
            Category::Want,
            Level::Warn,
            6,
            Some(place("1", BODY, "I would like to see if", HEADER.len())),
        ),
        finding(
            "hype/our-adjective",
            Category::Hype,
            Level::Strong,
            10,
            Some(place("1", BODY, "our incredible service", HEADER.len())),
        ),
        finding(
            "no-customer-question/none",
            Category::NoCustomerQuestion,
            Level::Warn,
            14,
            None,
        ),
    ];
    Sample {
        name: "pitch.eml",
        octets,
        prose,
        reading: reading(findings),
        verdict: verdict(Disposition::Return),
    }
}

/// The pitch with a lamp lit, help, and a finding that somebody silenced.
pub(super) fn guided() -> Sample {
    let mut sample = pitch();
    let lit = |words: &str| {
        let (span, excerpt) = place("1", BODY, words, HEADER.len());
        Excerpt {
            span,
            excerpt: excerpt.to_owned(),
        }
    };
    let reading = &mut sample.reading;
    reading.lamps.company = vec![lit("Hi Jo"), lit("a chance of you joining"), lit("demo")];
    reading.help = Some(Help {
        ask: "What did a customer stop doing, or start doing, after they had it?".into(),
        dark: Some(Layer::Person),
        dark_ask: "What does Jo answer for this quarter?".to_owned(),
        facts: vec![lit("a chance of you joining")],
        moves: vec![
            "a fact about them".to_owned(),
            "what it may mean, and for whom".to_owned(),
            "a question".to_owned(),
        ],
    });
    reading.silenced = vec![Silenced {
        finding: finding(
            "ask/demo",
            Category::Ask,
            Level::Note,
            4,
            Some(place("1", BODY, "joining a demo", HEADER.len())),
        ),
        silence: Silence {
            hash: "00112233445566aa".to_owned(),
            reason: "they asked for one".to_owned(),
            author: "ana@norvane.example".to_owned(),
        },
    }];
    sample
}

/// The pitch in a language that no rule speaks.
pub(super) fn foreign() -> Sample {
    let mut sample = pitch();
    sample.reading = reading(Vec::new());
    sample.reading.not_read = Some("language: German".to_owned());
    sample.reading.score = 100;
    sample.verdict = verdict(Disposition::Pass);
    sample
}

/// An HTML mail whose visible text differs from its source.
pub(super) fn html_pitch() -> Sample {
    let source = "<p>Hi&nbsp;Jo,</p><p>We <b>help</b> teams &amp; more.</p>";
    let visible: [(&str, &str); 2] = [
        ("Hi Jo,", "Hi&nbsp;Jo,"),
        ("We help teams & more.", "We <b>help</b> teams &amp; more."),
    ];
    let passages = visible.iter().map(|(shown, written)| Passage {
        part: 1,
        text: (*shown).to_owned(),
        offsets: offsets_of(shown, written, source.find(written).unwrap()),
    });
    let part = |id: &str, kind, text: &str| TextPart {
        id: id.to_owned(),
        kind,
        text: text.to_owned(),
        origin: Origin {
            raw: 0..0,
            map: RawMap::Whole,
        },
    };
    let prose = Prose {
        parts: vec![
            part("subject", TextKind::Subject, ""),
            part("1.2", TextKind::Html, source),
        ],
        passages: passages.collect(),
        ..Prose::default()
    };
    let findings = vec![finding(
        "sell/we-help",
        Category::Sell,
        Level::Strong,
        10,
        Some(place("1.2", source, "We <b>help", 0)),
    )];
    let mut sample = pitch();
    sample.prose = prose;
    sample.reading = reading(findings);
    sample
}

/// Where each byte of the visible text came from: tags are skipped, an entity counts for the character that it gives.
fn offsets_of(shown: &str, written: &str, base: usize) -> Offsets {
    let mut offsets = Offsets::default();
    let mut at = 0;
    for c in shown.chars() {
        while written.get(at..).unwrap().starts_with('<') {
            at += written.get(at..).unwrap().find('>').unwrap() + 1;
        }
        offsets.repeat(base + at, c.len_utf8());
        let rest = written.get(at..).unwrap();
        at += if rest.starts_with('&') {
            rest.find(';').unwrap() + 1
        } else {
            c.len_utf8()
        };
    }
    offsets.push(base + at);
    offsets
}

/// A text file with one place, after characters of several bytes.
pub(super) fn text_file() -> Sample {
    let text = "Grüße, Jo.\nJust wanted to introduce myself.\n";
    let mut sample = pitch();
    sample.name = "brief an jo.txt";
    sample.octets = text.as_bytes().to_vec();
    sample.prose = Prose {
        parts: vec![TextPart {
            id: "text".to_owned(),
            kind: TextKind::Plain,
            text: text.to_owned(),
            origin: Origin {
                raw: 0..text.len(),
                map: RawMap::Identity,
            },
        }],
        passages: vec![Passage {
            part: 0,
            text: text.to_owned(),
            offsets: (0..=text.len()).collect(),
        }],
        ..Prose::default()
    };
    sample.reading = reading(vec![finding(
        "want/just",
        Category::Want,
        Level::Warn,
        6,
        Some(place("text", text, "Just wanted", 0)),
    )]);
    sample
}

pub(super) fn reading(findings: Vec<Finding>) -> Reading {
    let ledger: Vec<LedgerLine> = findings
        .iter()
        .map(|finding| LedgerLine {
            what: format!("{}: 1 place", finding.rule),
            points: finding.points,
        })
        .collect();
    Reading {
        prospecting: Prospecting {
            class: ProspectingClass::Yes,
            points: 6,
            hard_no: None,
            signals: vec![
                Signal {
                    name: "first-touch".to_owned(),
                    points: 3,
                    shown: "No recipient has ever written to this account".to_owned(),
                },
                Signal {
                    name: "new-thread".to_owned(),
                    points: 1,
                    shown: "It begins a new thread".to_owned(),
                },
                Signal {
                    name: "pitch-language".to_owned(),
                    points: 2,
                    shown: "It has the language of a pitch".to_owned(),
                },
            ],
        },
        score: 100i32
            .saturating_sub(ledger.iter().map(|line| line.points).sum())
            .max(0),
        findings,
        ledger,
        words: 24,
        masks: 1,
        cut: false,
        packs: "0f".repeat(32),
        not_read: None,
        lamps: crate::reading::Lamps::default(),
        help: None,
        silenced: Vec::new(),
        scale: crate::reading::Scale::default(),
    }
}

pub(super) fn verdict(disposition: Disposition) -> Verdict {
    let reason = |name: &str, shown: &str| Reason {
        name: name.to_owned(),
        shown: shown.to_owned(),
    };
    Verdict {
        disposition,
        reasons: vec![
            reason("score-below-act", "Its score is 70 of 100; below 75 it is not sent"),
            reason(
                "finding",
                "hype/our-adjective: \u{201c}our incredible service\u{201d} (10 points)",
            ),
        ],
        consent_allowed: true,
        consent_by: Who::Author,
        approvers: Vec::new(),
        standard: Some("field".to_owned()),
        terms: None,
    }
}

pub(super) fn finding(
    rule: &str,
    category: Category,
    severity: Level,
    points: i32,
    span: Option<(Span, &str)>,
) -> Finding {
    let (span, excerpt) = span.map_or((None, ""), |(span, excerpt)| (Some(span), excerpt));
    let (why, ask) = match category {
        Category::Hype => (
            "You are grading your own homework; the reader discounts it.",
            "What did a customer stop doing, or start doing, after they had it? Say that instead.",
        ),
        Category::NoCustomerQuestion => (
            "Nothing in the mail invites them to talk about their side.",
            "What would you really want to know about them, even if it killed the deal?",
        ),
        _ => (
            "Says what you want before it gives the reader a reason to care.",
            "What is on this person's desk this week that made you write today? Start the sentence there.",
        ),
    };
    let hash = span.as_ref().map_or("", |_| "00112233445566aa").to_owned();
    Finding {
        rule: rule.into(),
        category,
        severity,
        span,
        excerpt: excerpt.to_owned(),
        why: why.into(),
        ask: ask.into(),
        points,
        hash,
    }
}

pub(super) fn place<'a>(part: &str, text: &str, words: &'a str, raw: usize) -> (Span, &'a str) {
    let start = text.find(words).unwrap();
    let before = text.get(..start).unwrap();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    let range = start..start + words.len();
    (
        Span {
            part: part.into(),
            raw: raw + range.start..raw + range.end,
            range,
            line,
            column,
        },
        words,
    )
}

/// Anything that a rule pack or a mail could put into a finding, and worse.
pub(super) fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,120}",
        "[ -~]{0,220}",
        "(\\r\\n|\\.|550 |AUTH |STARTTLS|250-SIZE|<script>|\"|'|&|--x|\\x1b\\[31m|\\x00|é|“|…|日|\\. ){0,40}",
        Just("a".repeat(200)),
        Just(String::new()),
    ]
}

/// Readings with arbitrary findings.
pub(super) fn hostile_reading() -> impl Strategy<Value = Reading> {
    let categories = prop::sample::select(vec![Category::Want, Category::Merge, Category::Layers, Category::Sell]);
    let levels = prop::sample::select(vec![Level::Note, Level::Warn, Level::Strong]);
    let span = prop::option::weighted(0.8, (0usize..120, 0usize..40));
    let one = (
        hostile_text(),
        hostile_text(),
        hostile_text(),
        categories,
        levels,
        -3i32..20,
        span,
    )
        .prop_map(|(excerpt, why, ask, category, severity, points, span)| Finding {
            rule: "want/would-like".into(),
            category,
            severity,
            span: span.map(|(start, length)| Span {
                part: "1".into(),
                range: start..start + length,
                line: 1,
                column: 1 + start,
                raw: start..start + length,
            }),
            excerpt,
            why: why.into(),
            ask: ask.into(),
            points,
            hash: "00112233445566aa".to_owned(),
        });
    (prop::collection::vec(one, 0..14), hostile_text(), -5i32..101).prop_map(|(findings, shown, score)| {
        let mut reading = reading(findings);
        reading.score = score;
        reading.prospecting.signals.push(Signal {
            name: "x".to_owned(),
            points: -4,
            shown: shown.clone(),
        });
        let excerpts: Vec<Excerpt> = reading
            .findings
            .iter()
            .filter_map(|finding| {
                let (span, excerpt) = (finding.span.clone()?, finding.excerpt.clone());
                Some(Excerpt { span, excerpt })
            })
            .collect();
        if let Some(last) = reading.findings.last().filter(|_| reading.findings.len() > 1).cloned() {
            reading.help = Some(Help {
                ask: last.ask.clone(),
                dark: Some(Layer::Function),
                dark_ask: last.why.to_string(),
                facts: excerpts.clone(),
                moves: vec![shown.clone(), last.ask.to_string()],
            });
            reading.lamps.person = excerpts;
            reading.silenced.push(Silenced {
                silence: Silence {
                    hash: last.hash.clone(),
                    reason: shown.clone(),
                    author: last.why.to_string(),
                },
                finding: last,
            });
        }
        reading.not_read = (score < 0).then_some(shown);
        reading
    })
}

/// Verdicts with arbitrary reasons.
pub(super) fn hostile_verdict() -> impl Strategy<Value = Verdict> {
    let dispositions = prop::sample::select(vec![
        Disposition::Pass,
        Disposition::Annotate,
        Disposition::Return,
        Disposition::Hold,
    ]);
    (dispositions, prop::collection::vec(hostile_text(), 0..3), any::<bool>()).prop_map(
        |(disposition, reasons, consent_allowed)| Verdict {
            disposition,
            reasons: reasons
                .into_iter()
                .map(|shown| Reason {
                    name: "r".to_owned(),
                    shown,
                })
                .collect(),
            consent_allowed,
            consent_by: Who::Author,
            approvers: Vec::new(),
            standard: None,
            terms: None,
        },
    )
}
