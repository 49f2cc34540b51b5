use super::*;
use crate::annotate::samples::{self, Sample};
use crate::annotate::terminal::Look;
use crate::standard::Disposition;
use proptest::prelude::*;
use serde_json::Value;

const PLAIN: Look = Look {
    width: 80,
    colour: false,
    ascii: true,
    all: false,
};

/// The pitch with hashes of its own, and a rewrite that dropped the praise and asks.
fn two() -> (Sample, Sample) {
    let mut old = samples::pitch();
    for (at, finding) in old.reading.findings.iter_mut().enumerate() {
        finding.hash = if finding.span.is_some() {
            format!("{at:016x}")
        } else {
            String::new()
        };
    }
    let mut new = old.clone();
    new.name = "rewrite.eml";
    new.reading.findings.remove(1);
    new.reading.score = 86;
    // The wish is worded differently, two lines down.
    let wish = &mut new.reading.findings[0];
    wish.hash = "ffffffffffffffff".to_owned();
    wish.excerpt = "I'd love to see".to_owned();
    if let Some(span) = &mut wish.span {
        (span.line, span.range) = (5, 40..60);
    }
    new.reading.lamps.person = samples::guided().reading.lamps.company;
    new.prose.passages[0].text = "Hi Jo,\nWho plans the night slots? I would be glad. Or is it you?".to_owned();
    new.prose.passages[0].offsets = (100..).take(new.prose.passages[0].text.len() + 1).collect();
    new.verdict = samples::verdict(Disposition::Annotate);
    (old, new)
}

#[test]
fn a_rewrite_in_words() {
    let (old, new) = two();
    let text = text(&Diff::of(old.annotated(), new.annotated()), PLAIN);
    assert_eq!(
        text,
        "\
pitch.eml -> rewrite.eml
  score    70 -> 86  (+16)
  decided  return -> annotate
  gate     prospecting, 6 points
  gone     1 finding
           - hype/our-adjective, 10 points \"our incredible service\"
  kept     2 findings
           = want/would-like, 6 points \"I'd love to see\"
           = no-customer-question/none, 14 points (the whole mail)
  lit      person
  asks     Who plans the night slots?
  asks     Or is it you?
"
        .replace("86  (+16)", "86 (+16)")
    );
}

#[test]
fn the_other_way_round_it_is_the_reverse() {
    let (old, new) = two();
    let back = Diff::of(new.annotated(), old.annotated());
    let rules = |findings: &[&Finding]| findings.iter().map(|finding| finding.rule.clone()).collect::<Vec<_>>();
    assert_eq!(rules(&back.added), ["hype/our-adjective"]);
    assert_eq!((back.gone.len(), back.kept.len()), (0, 2));
    assert_eq!(back.darkened, [Layer::Person]);
    assert_eq!(back.asked, Vec::<String>::new());
}

#[test]
fn json_is_one_line_with_both_sides() {
    let (old, new) = two();
    let line = json_line(&Diff::of(old.annotated(), new.annotated())).unwrap();
    let object: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["old"]["score"], 70);
    assert_eq!(object["new"]["disposition"], "annotate");
    assert_eq!(object["score_change"], 16);
    assert_eq!(object["gone"][0]["rule"], "hype/our-adjective");
    assert_eq!(object["questions_asked"][1], "Or is it you?");
    assert_eq!(object["lamps_lit"][0], "person");
}

#[test]
fn what_was_not_read_has_no_score_to_compare() {
    let (old, _) = two();
    let foreign = samples::foreign();
    let diff = Diff::of(old.annotated(), foreign.annotated());
    assert!(text(&diff, PLAIN).contains("score    70 -> not read\n"));
    let object: Value = serde_json::from_str(&json_line(&diff).unwrap()).unwrap();
    assert_eq!(object["score_change"], Value::Null);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_finding_is_told_once_and_harmlessly(
        one in samples::hostile_reading(),
        two in samples::hostile_reading(),
        width in 0usize..120,
    ) {
        let sample = samples::pitch();
        let with = |reading| Annotated { reading: Some(reading), ..sample.annotated() };
        let diff = Diff::of(with(&one), with(&two));
        prop_assert_eq!(diff.gone.len() + diff.kept.len(), one.findings.len());
        prop_assert_eq!(diff.added.len() + diff.kept.len(), two.findings.len());
        let text = text(&diff, Look { width, ..PLAIN });
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        prop_assert!(!json_line(&diff).unwrap().contains('\n'));
        let same = Diff::of(with(&one), with(&one));
        prop_assert!(same.gone.is_empty() && same.added.is_empty());
    }
}
