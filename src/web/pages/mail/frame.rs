//! A mail's own HTML, made harmless, for a sandboxed frame.
//!
//! Three walls, each enough by itself: what could run or load is taken out here; the answer's policy lets nothing run or
//! load; the frame has no rights at all. Links are words here, since a click would tell the other side that it was read.

use super::prose;
use crate::mail::TextKind;
use crate::web::app::App;
use crate::web::door::FRAME_POLICY;
use crate::web::error::PageError;
use ammonia::Builder;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Longer HTML is not shown like this: cleaning builds a tree of it in memory.
const LONGEST: usize = 512 * 1024;

/// Pictures that come with the mail, in forms that are only pixels.
const PICTURES: [&str; 4] = [
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

const PROPERTIES: [&str; 24] = [
    "color",
    "background-color",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "line-height",
    "text-align",
    "text-decoration",
    "text-indent",
    "white-space",
    "width",
    "max-width",
    "margin",
    "margin-top",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "padding",
    "padding-left",
    "padding-top",
    "border",
    "border-left",
    "vertical-align",
];

pub(in crate::web) async fn page(
    State(app): State<Arc<App>>,
    Path((id, part)): Path<(String, usize)>,
) -> Result<Response, PageError> {
    let record = app.store().get(&id).await?;
    let made = tokio::task::spawn_blocking(move || {
        let prose = prose(&record)?;
        let part = prose.parts.get(part).filter(|part| part.kind == TextKind::Html)?;
        Some(document(&part.text))
    });
    match made.await.map_err(PageError::ours)? {
        Some(document) => Ok(([(header::CONTENT_SECURITY_POLICY, FRAME_POLICY)], Html(document)).into_response()),
        None => Err(PageError::gone("Its octets are erased.")),
    }
}

/// A whole document around the cleaned HTML.
fn document(source: &str) -> String {
    let body = if source.len() > LONGEST {
        "<p>This part is too long to be shown like this; the text above is the same.</p>".to_owned()
    } else if is_bomb(source) {
        "<p>This part is not sound HTML, and is not shown like this; the text above is the same.</p>".to_owned()
    } else {
        clean(source)
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"und\">\n<head>\n<meta charset=\"utf-8\">\n<title>The mail as HTML</title>\n\
         <style>body{{margin:12px;font:16px/1.5 sans-serif;background:#fff;color:#1b2130;overflow-wrap:anywhere}}\
         img,table{{max-width:100%}}</style>\n</head>\n<body dir=\"auto\">\n{body}\n</body>\n</html>\n"
    )
}

/// Elements that an HTML parser opens anew in every block after the one in which they were left open.
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// So many elements may be opened by the parser itself, at most.
const REOPENED: usize = 200_000;

/// Whether a parser would make a tree out of all proportion: many formatting elements left open, times many tags.
fn is_bomb(source: &str) -> bool {
    let mut open = [0_usize; FORMATTING.len()];
    let (mut deepest, mut tags) = (0_usize, 0_usize);
    for tag in source.split('<').skip(1) {
        tags += 1;
        let (ends, name) = match tag.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, tag),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default().to_ascii_lowercase();
        let Some(count) = FORMATTING
            .iter()
            .position(|known| *known == name)
            .and_then(|at| open.get_mut(at))
        else {
            continue;
        };
        *count = if ends { count.saturating_sub(1) } else { *count + 1 };
        deepest = deepest.max(open.iter().sum());
    }
    deepest.saturating_mul(tags) > REOPENED
}

fn clean(source: &str) -> String {
    let mut attributes: HashMap<&str, HashSet<&str>> = HashMap::new();
    attributes.insert("img", HashSet::from(["src", "alt", "width", "height"]));
    attributes.insert("td", HashSet::from(["colspan", "rowspan", "align", "valign", "width"]));
    attributes.insert("th", HashSet::from(["colspan", "rowspan", "align", "valign", "width"]));
    attributes.insert(
        "table",
        HashSet::from(["width", "align", "cellpadding", "cellspacing", "border"]),
    );
    attributes.insert("ol", HashSet::from(["start"]));
    let mut builder = Builder::default();
    builder
        .add_tags(["font", "section", "main"])
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["style", "dir", "lang", "align"]))
        .filter_style_properties(HashSet::from(PROPERTIES))
        .url_schemes(HashSet::from(["data"]))
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") => PICTURES
                .iter()
                .any(|kind| value.starts_with(kind))
                .then_some(Cow::Borrowed(value)),
            (_, "style") if value.contains(['\\', '(', '@']) => None,
            _ => Some(Cow::Borrowed(value)),
        });
    builder.clean(source).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn html_that_grows_out_of_proportion_is_not_parsed() {
        let mut bomb = String::from("<p>");
        for n in 0..800 {
            bomb.push_str(&format!("<font a{n}=1>"));
        }
        bomb.push_str(&"<p>x".repeat(800));
        assert!(is_bomb(&bomb) && document(&bomb).contains("not sound HTML"));
        let sound = "<p><font color=red><b>x</b></font> <a href=x>y</a></p>".repeat(2_000);
        assert!(!is_bomb(&sound));
        assert!(!is_bomb("a < b <"));
    }

    #[test]
    fn what_could_run_or_load_is_gone() {
        for hostile in [
            "<script>x()</script>",
            "<img src=x onerror=x()>",
            "<img src='https://canary.example/p.gif' srcset='https://canary.example/q.gif 2x'>",
            "<meta http-equiv=refresh content='0;url=https://canary.example/'>",
            "<svg onload=x()><image href='https://canary.example/s.png'/></svg>",
            "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
            "<style>@import 'https://canary.example/c.css'</style>",
            "<p style=\"background-color:url(https://canary.example/b.png)\">x</p>",
            "<p style=\"background:u\\72l(https://canary.example/b.png)\">x</p>",
            "<a href='javascript:x()'>x</a><a href='https://canary.example/'>x</a>",
            "<iframe src='https://canary.example/'></iframe><object data='https://canary.example/'></object>",
            "<form action='https://canary.example/'><input name=a><button formaction='https://canary.example/'>b</button></form>",
            "<base href='https://canary.example/'><link rel=stylesheet href='https://canary.example/c.css'>",
            "<video poster='https://canary.example/v.png'><source src='https://canary.example/v.mp4'></video>",
            "<math><mtext><table><mglyph><style><img src=x onerror=x()></style></mglyph></table></mtext></math>",
            "<noscript><p title=\"</noscript><img src=x onerror=x()>\"></noscript>",
        ] {
            let shown = document(hostile);
            for sign in [
                "canary",
                "x()",
                "script:",
                "onerror",
                "onload",
                "<svg",
                "<form",
                "http-equiv",
            ] {
                assert!(!shown.contains(sign), "{hostile}\ngave\n{shown}");
            }
        }
    }

    #[test]
    fn what_is_only_looks_stays() {
        let kept = clean(
            "<p style=\"color:red;position:fixed\" dir=rtl>Hi <b>Jo</b></p><table><tr><td width=5>a</td></tr></table>\
             <img src=\"data:image/png;base64,iVBORw0=\" alt=\"logo\">",
        );
        for part in [
            "color:red",
            "dir=\"rtl\"",
            "<b>Jo</b>",
            "<td width=\"5\">",
            "data:image/png;base64,iVBORw0=",
        ] {
            assert!(kept.contains(part), "{part}: {kept}");
        }
        assert!(!kept.contains("position"), "{kept}");
        assert!(document(&"x".repeat(LONGEST + 1)).contains("too long"));
    }

    proptest! {
        #[test]
        fn no_handler_no_script_no_address_survives(
            pieces in proptest::collection::vec(prop_oneof![
                Just("<script>".to_owned()), Just("</script>".to_owned()), Just("<img src=http://canary.example/ ".to_owned()),
                Just("onerror=alert(1)".to_owned()), Just("<style>".to_owned()), Just("</style>".to_owned()),
                Just("<svg>".to_owned()), Just("<a href=javascript:alert(1)>".to_owned()), Just("<!--".to_owned()),
                Just("-->".to_owned()), Just(">".to_owned()), Just("'".to_owned()), Just("\"".to_owned()),
                Just("<table><td>".to_owned()), Just("<math>".to_owned()), Just("<title>".to_owned()), "[a-z<>&;/=\"' ]{0,8}",
            ], 0..16),
        ) {
            let once = clean(&pieces.concat());
            prop_assert_eq!(&clean(&once), &once, "it is clean already");
            let lower = once.to_lowercase();
            for tag in ["<script", "<svg", "<style", "<iframe", "<math", "<meta", "<link", "<form"] {
                prop_assert!(!lower.contains(tag), "{}", once);
            }
            for (at, _) in lower.match_indices('<') {
                let inside = lower[at..].split('>').next().unwrap_or_default();
                prop_assert!(!inside.contains("onerror") && !inside.contains("href") && !inside.contains("http"), "{}", once);
            }
        }
    }
}
