//! The page's promises, checked by a small reader of its tags.

use super::*;
use crate::annotate::samples;
use proptest::prelude::*;

/// Every `<…>` must be one of our own tags with nothing but the attributes that we write; returns the text between them.
pub(crate) fn only_our_tags(html: &str) -> Result<String, TestCaseError> {
    const TAGS: [&str; 35] = [
        "!DOCTYPE",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "article",
        "h1",
        "h2",
        "p",
        "span",
        "strong",
        "b",
        "blockquote",
        "mark",
        "sup",
        "a",
        "em",
        "ol",
        "li",
        "small",
        "details",
        "summary",
        "table",
        "tr",
        "td",
        "code",
        "ul",
        "hr",
        "br",
        "h3",
        "dl",
        "dt",
        "dd",
    ];
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after
            .split_once('>')
            .ok_or_else(|| TestCaseError::fail("a tag without end"))?;
        let tag = tag.trim_start_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        prop_assert!(TAGS.contains(&name), "<{tag}>");
        if !["!DOCTYPE", "meta", "html"].contains(&name) {
            for attribute in attributes
                .split_terminator("\" ")
                .filter(|attribute| !attribute.is_empty())
            {
                let (key, value) = attribute.trim_end_matches('"').split_once("=\"").unwrap();
                let sound = match key {
                    "href" => value.starts_with('#'),
                    "class" | "id" | "start" => value.bytes().all(|b| b.is_ascii_alphanumeric() || b"- ".contains(&b)),
                    _ => false,
                };
                prop_assert!(sound, "<{tag}>");
            }
        }
        rest = after;
    }
    text.push_str(rest);
    prop_assert!(!text.contains('>') || text.contains("style"), "{text}");
    Ok(text)
}

#[test]
fn marks_and_notes_share_their_numbers() {
    let pitch = samples::pitch();
    let html = page(&[pitch.annotated()]);
    assert!(
        html.contains("<mark class=\"warn\">I would like to see if</mark><sup><a href=\"#m1-3\">3</a></sup>"),
        "{html}"
    );
    assert!(
        html.contains("<li id=\"m1-3\" class=\"warn\"><b>“I would like to see if”</b>"),
        "{html}"
    );
    assert!(
        html.contains("<em class=\"unread\">quoted text, 2 lines: not read</em>"),
        "{html}"
    );
    assert!(!html.contains("secret quote"));
}

#[test]
fn says_score_signals_and_ledger() {
    let html = page(&[samples::pitch().annotated()]);
    assert!(html.contains("score 70 of 100"), "{html}");
    assert!(html.contains("<p>Prospecting, 6 points.</p>"), "{html}");
    assert!(
        html.contains("<td class=\"number\">+3</td><td>No recipient has ever written to this account</td>"),
        "{html}"
    );
    assert!(
        html.contains("<td>hype/our-adjective: 1 place</td><td class=\"number\">−10</td>"),
        "{html}"
    );
}

#[test]
fn several_mails_have_an_overview_that_leads_to_them() {
    let (a, b) = (samples::pitch(), samples::text_file());
    let html = page(&[a.annotated(), b.annotated()]);
    for at in 1..=2 {
        assert!(html.contains(&format!("<a href=\"#m{at}\">")) && html.contains(&format!("<article id=\"m{at}\">")));
    }
    assert!(html.contains("href=\"#m2-1\"") && html.contains("id=\"m2-1\""));
}

#[test]
fn loads_nothing_and_runs_nothing() {
    let html = page(&[samples::pitch().annotated()]);
    for word in ["<script", "src=", "http:", "https:", "url(", "@import", "javascript"] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'"));
}

proptest! {
    // Each case makes a whole document; fewer of them keep the tests quick.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_mail_says_the_page_holds_only_our_tags(
        reading in samples::hostile_reading(),
        verdict in samples::hostile_verdict(),
        body in samples::hostile_text(),
        name in samples::hostile_text(),
    ) {
        let mut sample = samples::pitch();
        sample.prose.parts[1].text.clone_from(&body);
        let mail = Annotated { name: &name, reading: Some(&reading), verdict: &verdict, ..sample.annotated() };
        let html = page(&[mail, mail]);
        only_our_tags(&html)?;
        prop_assert!(!html.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        // Each excerpt stands there, escaped.
        for finding in reading.findings.iter().filter(|_| reading.not_read.is_none()) {
            let excerpt = escape_line(&finding.excerpt);
            prop_assert!(html.contains(&excerpt), "{excerpt}");
        }
    }
}

#[test]
fn of_thousands_of_findings_only_so_many_are_listed() {
    let pitch = samples::pitch();
    let many: Vec<_> = std::iter::repeat_n(pitch.reading.findings[0].clone(), 1_000).collect();
    let reading = samples::reading(many);
    let html = page(&[Annotated {
        reading: Some(&reading),
        ..pitch.annotated()
    }]);
    assert_eq!(html.matches("<li id=").count(), 200);
    assert!(html.contains("<summary>995 more</summary>") && html.contains("<p>and 800 more that are not listed</p>"));
}
