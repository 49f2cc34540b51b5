//! The four lamps and the help, as the author sees them.

use super::*;

const MAIL: &str = "I would love to show you our platform.\n\nYour Leeds dock opens in June. Your planners carry the night slots. \
    You told the panel that returns are yours. Which of your two docks is full first? Do you have 15 minutes on Thursday?\n";

#[test]
fn lamps_are_lit_by_places() {
    let lamps = assumed(MAIL).lamps;
    let excerpts =
        |layer: Layer| -> Vec<String> { lamps.of(layer).iter().map(|place| place.excerpt.clone()).collect() };
    assert!(excerpts(Layer::Company)[0].starts_with("Your Leeds"), "{lamps:?}");
    let person = excerpts(Layer::Person);
    assert!(person.len() == 1 && person[0].starts_with("You told"), "{person:?}");
    assert!(lamps.lit(Layer::Function) && lamps.lit(Layer::Market));
    for place in Layer::ALL.iter().flat_map(|layer| lamps.of(*layer)) {
        assert_eq!(&MAIL[place.span.range.clone()], place.excerpt);
    }
}

#[test]
fn compliments_holes_and_flagged_sentences_light_nothing() {
    for text in [
        "I love what Tulsamills is doing.",
        "I love what {{company}} is doing.",
        "I came across Tulsamills and was impressed by your growth.",
        "We help your Leeds dock.",
    ] {
        let (mut prose, mut context) = pitch();
        context.assume_prospecting = true;
        (prose.passages, prose.parts) = (Prose::from_text(text).passages, Prose::from_text(text).parts);
        let lamps = read(&prose, &context, &PACKS).lamps;
        assert_eq!(lamps, Lamps::default(), "{text}");
    }
}

#[test]
fn names_and_facts_light_lamps() {
    let lit = |text: &str, facts: Vec<Fact>| -> Vec<Layer> {
        let (mut prose, context) = pitch();
        (prose.passages, prose.parts) = (Prose::from_text(text).passages, Prose::from_text(text).parts);
        let context = Context {
            assume_prospecting: true,
            facts,
            ..context
        };
        let lamps = read(&prose, &context, &PACKS).lamps;
        Layer::ALL.into_iter().filter(|layer| lamps.lit(*layer)).collect()
    };
    let fact = |layer: Layer, words: &str| Fact {
        about: "*".to_owned(),
        layer,
        words: vec![words.to_owned()],
    };
    assert_eq!(
        lit("The queue at Tulsamills was longer in March than in May.", Vec::new()),
        [Layer::Company]
    );
    let text = "The talk was about the porto plant and about project heron.";
    let without = lit(text, Vec::new());
    assert!(!without.contains(&Layer::Company) && !without.contains(&Layer::Person));
    let facts = vec![
        fact(Layer::Company, "porto plant"),
        fact(Layer::Person, "project heron"),
    ];
    let with = lit(text, facts);
    assert!(with.contains(&Layer::Company) && with.contains(&Layer::Person));
    assert_eq!(
        lit("Porto plants grow.", vec![fact(Layer::Company, "porto plant")]),
        [],
        "whole words only"
    );
}

#[test]
fn help_asks_names_the_dark_and_keeps_what_is_there() {
    assert_eq!(assumed(MAIL).help.unwrap().dark, None, "all four are lit");
    let help = assumed(&MAIL.replace("You told the panel that returns are yours. ", ""))
        .help
        .unwrap();
    assert_eq!(help.dark, Some(Layer::Person));
    assert!(!help.dark_ask.is_empty() && !help.ask.is_empty());
    let facts: Vec<&str> = help.facts.iter().map(|fact| fact.excerpt.as_str()).collect();
    assert_eq!(facts[0], "Your Leeds dock opens in June");
    assert_eq!(help.moves.len(), 3);
    assert!(
        help.moves[0].contains("Your Leeds dock opens in June"),
        "{:?}",
        help.moves
    );
    assert!(
        help.moves[2].contains("Which of your two docks is full first"),
        "{:?}",
        help.moves
    );
    let bare = assumed("We help teams save time. Do you have 15 minutes on Thursday?")
        .help
        .unwrap();
    assert_eq!(bare.dark, Some(Layer::Person));
    assert!(
        bare.facts.is_empty() && bare.moves[2].starts_with("In the place of"),
        "{:?}",
        bare.moves
    );
    assert_eq!(assumed("Your dock opens in June. Who tells the drivers?").help, None);
}
