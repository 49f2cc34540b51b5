//! What every letter keeps, whatever is in it, held against its octets: the tests of copies and notices share it.

use super::page;
use lol_html::html_content::TextType;
use lol_html::{RewriteStrSettings, doc_comments, doc_text, element, end_tag, rewrite_str};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// The elements that we write, and what each may carry.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("html", &["lang"]),
    ("head", &[]),
    ("meta", &["charset", "name", "content"]),
    ("title", &[]),
    ("style", &[]),
    ("body", &["class", "style"]),
    ("div", &["class", "style", "lang", "dir", "aria-hidden"]),
    ("p", &["class", "style", "dir"]),
    ("h1", &["style"]),
    ("h2", &["style"]),
    ("h3", &["style"]),
    ("strong", &["class", "style"]),
    ("b", &["class", "style"]),
    ("em", &["class", "style"]),
    ("small", &["style"]),
    ("span", &["class", "style"]),
    ("bdi", &["class"]),
    ("br", &[]),
    ("mark", &["class", "style"]),
    ("code", &["class", "style"]),
    ("ul", &["style"]),
    ("li", &[]),
    ("details", &["style"]),
    ("summary", &["class", "style"]),
];

/// Both halves of a letter, taken apart again.
#[derive(Debug)]
pub(in crate::annotate) struct Halves {
    pub(in crate::annotate) plain: String,
    pub(in crate::annotate) html: String,
    /// The mail as it is shown: runs of text, and the numbers between them.
    pub(in crate::annotate) mail: Vec<Run>,
    /// The numbers that have a note.
    pub(in crate::annotate) notes: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::annotate) enum Run {
    Text { text: String, marked: bool },
    Number(usize),
}

/// Takes a letter apart, and fails on whatever no letter may be.
pub(in crate::annotate) fn halves(octets: &[u8]) -> Result<Halves, TestCaseError> {
    prop_assert!(octets.is_ascii());
    let text = String::from_utf8(octets.to_vec()).unwrap();
    for line in text.split("\r\n") {
        prop_assert!(line.len() <= 998, "{} octets in a line", line.len());
        prop_assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
    }
    let letter = MessageParser::default().parse(octets).unwrap();
    prop_assert_eq!(letter.parts.len(), 3);
    let PartType::Multipart(children) = &letter.parts[0].body else {
        return Err(TestCaseError::fail("no multipart"));
    };
    prop_assert_eq!(children, &[1, 2]);
    let kinds: Vec<String> = letter
        .parts
        .iter()
        .map(|part| part.content_type().unwrap())
        .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap()))
        .collect();
    prop_assert_eq!(kinds, ["multipart/alternative", "text/plain", "text/html"]);
    let (plain, html) = (letter.body_text(0).unwrap(), letter.body_html(0).unwrap());
    let (plain, html) = (plain.replace("\r\n", "\n"), html.replace("\r\n", "\n"));
    for half in [&plain, &html] {
        let odd = half.chars().find(|c| c.is_control() && !"\n\t".contains(*c));
        prop_assert_eq!(odd, None);
    }
    let walked = walk(&html);
    prop_assert_eq!(&walked.faults, &[] as &[String], "{}", html);
    prop_assert_eq!(&walked.sheets, &page::sheets());
    Ok(Halves {
        plain,
        mail: walked.mail,
        notes: walked.notes,
        html,
    })
}

#[derive(Debug, Default)]
struct Walked {
    faults: Vec<String>,
    /// The text of style sheets.
    sheets: String,
    mail: Vec<Run>,
    notes: Vec<usize>,
    open: Vec<Open>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Mail,
    Mark,
    Number,
    Note,
    Aside,
}

fn walk(html: &str) -> Walked {
    let shared = Rc::new(RefCell::new(Walked::default()));
    let (elements, texts, comments) = (Rc::clone(&shared), Rc::clone(&shared), Rc::clone(&shared));
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("*", move |element| {
            let mut walked = elements.borrow_mut();
            let name = element.tag_name();
            let attributes: Vec<(String, String)> = element
                .attributes()
                .iter()
                .map(|one| (one.name(), one.value()))
                .collect();
            if let Some(fault) = fault(&name, &attributes) {
                walked.faults.push(fault);
            }
            let has = |key: &str, value: &str| attributes.iter().any(|(k, v)| k == key && v == value);
            let open = match name.as_str() {
                "div" if has("dir", "auto") => Open::Mail,
                "bdi" if attributes.is_empty() => Open::Mail,
                "mark" => Open::Mark,
                "b" => Open::Number,
                "h3" => Open::Note,
                "em" => Open::Aside,
                "br" => {
                    walked.push("\n");
                    return Ok(());
                }
                _ => return Ok(()),
            };
            walked.open.push(open);
            drop(walked);
            let elements = Rc::clone(&elements);
            if let Some(handlers) = element.end_tag_handlers() {
                handlers.push(end_tag!(move |_end| {
                    elements.borrow_mut().open.pop();
                    Ok(())
                }));
            }
            Ok(())
        }))
        .append_document_content_handler(doc_text!(move |chunk| {
            let mut walked = texts.borrow_mut();
            match chunk.text_type() {
                TextType::Data => walked.push(chunk.as_str()),
                TextType::RawText => walked.sheets.push_str(chunk.as_str()),
                TextType::RCData => {}
                other => walked.faults.push(format!("{other:?}")),
            }
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(move |comment| {
            comments.borrow_mut().faults.push(format!("<!--{}", comment.text()));
            Ok(())
        }));
    rewrite_str(html, settings).unwrap();
    shared.take()
}

impl Walked {
    fn push(&mut self, text: &str) {
        let within = |open: Open| self.open.contains(&open);
        if within(Open::Number) {
            let Ok(number) = text.parse() else { return };
            if within(Open::Note) {
                self.notes.push(number);
            } else {
                self.mail.push(Run::Number(number));
            }
        } else if within(Open::Mail) && !within(Open::Note) && !within(Open::Aside) && !text.is_empty() {
            let text = unescaped(text);
            self.mail.push(Run::Text {
                marked: within(Open::Mark),
                text,
            });
        }
    }
}

/// What is wrong with an element, if anything.
fn fault(name: &str, attributes: &[(String, String)]) -> Option<String> {
    let Some((_, allowed)) = ELEMENTS.iter().find(|(element, _)| *element == name) else {
        return Some(format!("<{name}>"));
    };
    attributes.iter().find_map(|(key, value)| {
        let value = value.to_ascii_lowercase();
        let reaches_out = ["url", "//", "\\", "@", "expression", "cid:", "import", "javascript"];
        let sound = allowed.contains(&key.as_str()) && !reaches_out.iter().any(|word| value.contains(word));
        (!sound).then(|| format!("<{name} {key}={value}>"))
    })
}

/// Text of which we wrote the references.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[test]
fn what_may_not_be_is_seen() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">",
        "<img src=x>",
        "<a href=\"#x\">",
        "<p style=\"background:url(x)\">",
        "<!-- x -->",
        "<div style=\"background-image:image-set('//x' 1x)\">",
        "<meta http-equiv=\"refresh\" content=\"0\">",
        "<svg/onload=x>",
        "<textarea>",
    ] {
        assert!(!walk(html).faults.is_empty(), "{html}");
    }
}
