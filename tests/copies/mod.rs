//! Annotated copies and notices in a real browser, as a webmail shows them.
//!
//! Each is shown in frames of a narrow and a wide window, light and dark, with its style sheets and, as some mail programs
//! do, without them. A script beside the frames measures: nothing is wider than its frame, every text can be read (WCAG 2,
//! level AA), and nothing is asked of the network. The measure itself is tried on pages that break each promise.

pub(crate) mod browser;
mod letters;

use browser::{Case, Measured, measure};
use letters::{copies, notices};

#[test]
fn copies_and_notices_can_be_read_in_every_window() {
    let letters: Vec<(String, String)> = copies().into_iter().chain(notices()).collect();
    assert!(letters.len() >= 12, "only {} letters", letters.len());
    let mut cases = Vec::new();
    for (name, html) in &letters {
        for width in [360, 1200] {
            for sheets in [true, false] {
                cases.push(Case {
                    name: format!("{name}, {width} px, sheets: {sheets}"),
                    html: if sheets { html.clone() } else { without_sheets(html) },
                    width,
                });
            }
        }
    }
    for dark in [false, true] {
        let seen = measure(&cases, dark);
        assert_eq!(seen.frames.len(), cases.len());
        for (case, frame) in cases.iter().zip(&seen.frames) {
            let Measured { name, .. } = frame;
            assert_eq!(name, &case.name);
            assert_eq!(frame.dark, dark, "{name}: the browser shows the wrong scheme");
            assert_eq!(frame.wider, "", "{name}, dark: {dark}: wider than the window");
            assert_eq!(frame.faint, "", "{name}, dark: {dark}: hard to read");
            assert!(frame.texts > 10, "{name}: only {} texts were measured", frame.texts);
            assert!(frame.font >= 16.0, "{name}: text of {} px", frame.font);
        }
        assert_eq!(seen.asked, Vec::<String>::new(), "something was asked of the network");
    }
}

/// What many webmails do to a mail: no head, no style sheet, no class.
fn without_sheets(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap();
    let (_, body) = body.split_once('>').unwrap();
    let (body, _) = body.split_once("</body>").unwrap();
    let bare: String = body
        .split(" class=\"")
        .enumerate()
        .map(|(at, piece)| match at {
            0 => piece,
            _ => piece.split_once('"').map_or("", |(_, rest)| rest),
        })
        .collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta name=\"color-scheme\" content=\"light dark\">\
         <style>body {{ margin: 0 }}</style></head><body>{bare}</body></html>"
    )
}

/// The measure measures.
#[test]
fn pages_that_break_a_promise_are_caught() {
    let page = |body: &str| {
        format!(
            "<!DOCTYPE html><html><head><meta name=\"color-scheme\" content=\"light dark\"></head><body>{body}</body></html>"
        )
    };
    let case = |name: &str, body: &str| Case {
        name: name.to_owned(),
        html: page(body),
        width: 360,
    };
    let cases = [
        case("wide", "<p style=\"width:500px\">wide</p>"),
        case("long word", &format!("<p>{}</p>", "w".repeat(400))),
        case("faint", "<p style=\"color:#999999\">faint on light</p>"),
        case("dark ink", "<p style=\"color:#222222\">gone in the dark</p>"),
        case("loads", "<img alt=\"\" src=\"http://canary.example/p.gif\"><p>asks</p>"),
        case("fine", "<p>fine</p>"),
    ];
    let [light, dark] = [false, true].map(|dark| measure(&cases, dark));
    assert_ne!(light.frames[0].wider, "");
    assert_ne!(light.frames[1].wider, "");
    assert_ne!(light.frames[2].faint, "");
    assert_eq!(light.frames[3].faint, "");
    assert_ne!(dark.frames[3].faint, "");
    for seen in [&light, &dark] {
        assert!(
            seen.asked.iter().any(|asked| asked.contains("canary.example")),
            "{:?}",
            seen.asked
        );
        assert_eq!((seen.frames[5].wider.as_str(), seen.frames[5].faint.as_str()), ("", ""));
    }
}
