//! Words and the making harmless of text: what every output of this room shares.

use super::Annotated;
pub(crate) use super::ascii::ascii;
use crate::mail::{MaskKind, Prose};
use crate::reading::{Category, Level, Prospecting, ProspectingClass, Reading};
use unicode_width::UnicodeWidthChar;

/// Harmless on a terminal and in one line of a mail: control characters (escape sequences among them) and characters that
/// turn the direction of writing become `\u{fffd}`, white space a plain space. Each character gives exactly one.
pub(crate) fn visible(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

/// One line of harmless text: as [`visible`], white space folded.
pub(crate) fn line(text: &str) -> String {
    let safe: String = text.chars().map(visible).collect();
    safe.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// At most `longest` characters, cut between words where that loses little, with `mark` where something is missing.
/// `longest` smaller than the mark gives an empty text.
pub(crate) fn shorten(text: &str, longest: usize, mark: &str) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let Some(room) = longest.checked_sub(mark.chars().count()) else {
        return String::new();
    };
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or_default();
    let between_words = text.get(end..).is_some_and(|rest| rest.starts_with(' '));
    let head = match head.rfind(' ') {
        Some(space) if !between_words && space * 2 > head.len() => head.get(..space).unwrap_or(head),
        _ => head,
    };
    format!("{}{mark}", head.trim_end())
}

/// Text without its final full stop; an ellipsis goes too.
pub(crate) fn without_stop(text: &str) -> &str {
    text.trim_end().trim_end_matches(['.', ' '])
}

/// The columns that a character takes on a terminal.
pub(crate) fn columns_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The columns that a line takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Words of one paragraph in lines of at most `width` columns; a longer word has a line of its own.
#[must_use]
pub fn wrapped(paragraph: &str, width: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let length = columns(word);
        if column > 0 && column + 1 + length > width {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

/// Text as it continues a sentence: its first letter small, unless the first word is an abbreviation or "I".
pub(crate) fn continued(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || (first, second) == ('A', ' ') => {
            let rest = text.get(first.len_utf8()..).unwrap_or_default();
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => text.to_owned(),
    }
}

/// The first sentence of a short text.
pub(crate) fn first_sentence(text: &str) -> &str {
    first_sentences(text, 0)
}

/// As many sentences as `longest` bytes hold, at least one.
pub(crate) fn first_sentences(text: &str, longest: usize) -> &str {
    let ends = text.match_indices(['.', '?', '!']).map(|(at, _)| at + 1);
    let ends = ends.filter(|&end| {
        text.get(end..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let mut held = None;
    for end in ends {
        if held.is_some() && end > longest {
            break;
        }
        held = Some(end);
    }
    held.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Text as a sentence of its own: a capital first, a full stop last.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with(['.', '?', '!']) || text.is_empty() {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", letters.as_str())
}

/// The verdict's reasons in words, without those that only repeat what is shown anyway: findings, and what rules
/// prospecting out.
pub(crate) fn reasons(mail: &Annotated<'_>) -> impl Iterator<Item = String> {
    let hard_no = mail.reading.and_then(|reading| reading.prospecting.hard_no.as_ref());
    let told = move |shown: &str| hard_no.is_some_and(|hard_no| hard_no.shown == shown);
    let reasons = mail.verdict.reasons.iter();
    reasons
        .filter(move |reason| reason.name != "finding" && !told(&reason.shown))
        .map(|reason| line(&reason.shown))
}

/// `1 place`, `2 places`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

/// A category as people know it.
pub(crate) fn category(category: Category) -> &'static str {
    match category {
        Category::Want => "Your wish as the frame",
        Category::Sell => "What you do and sell",
        Category::Mask => "A pitch behind an industry or a role",
        Category::Hype => "Praise of your own offer",
        Category::Ask => "A request for their time",
        Category::Pretext => "A borrowed occasion",
        Category::Route => "The reader as switchboard",
        Category::Unbacked => "A promise without knowledge",
        Category::News => "Your own news and numbers",
        Category::Tell => "Reading homework",
        Category::Nudge => "A reminder of your mail",
        Category::Generic => "True of every company",
        Category::Blame => "Puts the reader in the wrong",
        Category::Merge => "A hole in the template",
        Category::SellerSubject => "Who the sentences are about",
        Category::NoCustomerQuestion => "No question about their side",
        Category::Layers => "Market, company, function, person",
        Category::InsightNoNext => "An insight and no next step",
        Category::Blast => "The same text to many",
    }
}

/// A category as it is written in rules, JSON and SARIF.
#[must_use]
pub fn category_id(category: Category) -> &'static str {
    match category {
        Category::Want => "want",
        Category::Sell => "sell",
        Category::Mask => "mask",
        Category::Hype => "hype",
        Category::Ask => "ask",
        Category::Pretext => "pretext",
        Category::Route => "route",
        Category::Unbacked => "unbacked",
        Category::News => "news",
        Category::Tell => "tell",
        Category::Nudge => "nudge",
        Category::Generic => "generic",
        Category::Blame => "blame",
        Category::Merge => "merge",
        Category::SellerSubject => "seller-subject",
        Category::NoCustomerQuestion => "no-customer-question",
        Category::Layers => "layers",
        Category::InsightNoNext => "insight-no-next",
        Category::Blast => "blast",
    }
}

/// A severity as it is written in rules and JSON.
#[must_use]
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warn => "warn",
        Level::Strong => "strong",
    }
}

/// `prospecting`, `perhaps prospecting`, `not prospecting`.
pub(crate) fn class(class: ProspectingClass) -> &'static str {
    match class {
        ProspectingClass::Yes => "prospecting",
        ProspectingClass::Unsure => "perhaps prospecting",
        ProspectingClass::No => "not prospecting",
    }
}

/// `prospecting, 6 points`; with a reason that rules it out, that reason instead.
pub(crate) fn gate(prospecting: &Prospecting) -> String {
    let class = class(prospecting.class);
    match &prospecting.hard_no {
        Some(hard_no) => format!("{class}: {}", line(&hard_no.shown)),
        None if prospecting.points == 1 => format!("{class}, 1 point"),
        None => format!("{class}, {} points", prospecting.points),
    }
}

/// The signals that count, each with its points as `+3`; none where a reason rules prospecting out.
pub(crate) fn signals(prospecting: &Prospecting) -> Vec<(String, String)> {
    let counts = prospecting.hard_no.is_none();
    let shown = prospecting.signals.iter().filter(|_| counts);
    shown
        .map(|signal| (format!("{:+}", signal.points).replace("+0", "0"), line(&signal.shown)))
        .collect()
}

/// What kind of text was not read.
pub(crate) fn mask(kind: MaskKind) -> &'static str {
    match kind {
        MaskKind::Quote => "quoted text",
        MaskKind::Forward => "forwarded mail",
        MaskKind::Signature => "signature",
        MaskKind::Disclaimer => "disclaimer",
        MaskKind::Footer => "mailing footer",
        MaskKind::Code => "code",
        MaskKind::Armor => "encoded data",
        MaskKind::Url => "link",
        MaskKind::Address => "mail address",
        MaskKind::Hidden => "hidden text",
        MaskKind::Language => "text in another language",
        MaskKind::RequiredText => "required text",
    }
}

/// A kind of text that was not read, as it is written in JSON.
pub(crate) fn mask_id(kind: MaskKind) -> &'static str {
    match kind {
        MaskKind::Quote => "quote",
        MaskKind::Forward => "forward",
        MaskKind::Signature => "signature",
        MaskKind::Disclaimer => "disclaimer",
        MaskKind::Footer => "footer",
        MaskKind::Code => "code",
        MaskKind::Armor => "encoded-data",
        MaskKind::Url => "url",
        MaskKind::Address => "address",
        MaskKind::Hidden => "hidden",
        MaskKind::Language => "language",
        MaskKind::RequiredText => "required-text",
    }
}

/// What was not read, in words: `3 regions (quoted text, signature)`, `language: German`, or `None` when all was read.
pub(crate) fn not_read(prose: Option<&Prose>, reading: &Reading) -> Option<String> {
    let mut kinds: Vec<&str> = Vec::new();
    for kind in prose
        .into_iter()
        .flat_map(|prose| &prose.masks)
        .map(|region| mask(region.kind))
    {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let kinds = if kinds.is_empty() {
        String::new()
    } else {
        format!(" ({})", kinds.join(", "))
    };
    let why = reading.not_read.as_deref().map(line);
    let regions = (reading.masks > 0).then(|| format!("{}{kinds}", count(reading.masks, "region")));
    let rest = reading.cut.then(|| "the end of a very long text".to_owned());
    let parts: Vec<String> = why.into_iter().chain(regions).chain(rest).collect();
    (!parts.is_empty()).then(|| parts.join(", and "))
}

/// `2 silenced`, or `None` where nothing is.
pub(crate) fn silenced(reading: &Reading) -> Option<String> {
    let silenced = reading.silenced.len();
    (silenced > 0).then(|| format!("{silenced} silenced"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shortens_between_words_where_that_loses_little() {
        assert_eq!(shorten("one two three", 13, "..."), "one two three");
        assert_eq!(shorten("one two three", 12, "..."), "one two...");
        assert_eq!(shorten("one two three", 10, "..."), "one two...");
        assert_eq!(shorten("incomprehensibilities", 8, "..."), "incom...");
        assert_eq!(shorten("abc", 2, "..."), "");
    }

    #[test]
    fn whole_sentences_are_kept_as_far_as_they_fit() {
        let text = "Who is this? If you cannot say e.g. a name, do not send it. Stop";
        assert_eq!(first_sentence(text), "Who is this?");
        assert_eq!(first_sentences(text, 40), "Who is this? If you cannot say e.g.");
        assert_eq!(
            first_sentences(text, 59),
            "Who is this? If you cannot say e.g. a name, do not send it."
        );
        assert_eq!((first_sentence("no end"), first_sentence("")), ("no end", ""));
    }

    #[test]
    fn sentences_begin_with_a_capital_and_end_with_a_stop() {
        assert_eq!(sentence("the score 40 is below 50"), "The score 40 is below 50.");
        assert_eq!(sentence("Élan? "), "Élan?");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn sentences_are_continued_in_small_letters() {
        assert_eq!(continued("A hole was not filled"), "a hole was not filled");
        assert_eq!(continued("Its score is 40"), "its score is 40");
        assert_eq!(
            (continued("I wrote"), continued("URL"), continued("")),
            ("I wrote".into(), "URL".into(), "".into())
        );
    }

    #[test]
    fn escape_sequences_can_do_nothing() {
        assert_eq!(
            line("red\u{1b}[31m\u{202e} one\r\ntwo"),
            "red\u{fffd}[31m\u{fffd} one two"
        );
    }

    proptest! {
        #[test]
        fn shorten_keeps_the_limit(text in "[a-z é]{0,60}", longest in 0usize..70) {
            let short = shorten(&text, longest, "...");
            prop_assert!(short.chars().count() <= longest);
            prop_assert!(text.chars().count() > longest || short == text);
        }
    }
}
