//! The HTML half of a letter, for mail programs and not for browsers.
//!
//! Mail programs take out what they like: some the style sheets, some the headings' look, some colours in the dark. So
//! whatever must not get lost stands in `style` attributes, and a colour of text never without the colour behind it; all
//! other text keeps the program's own colours, light or dark. The sheets only make it nicer where they are kept: one for
//! both schemes, one for the dark. One column, no table, no link, no form, nothing loaded.

use super::super::html::{escape, escape_line};
use super::Step;

const LIGHT: &str = include_str!("light.css");
const DARK: &str = include_str!("dark.css");

const BODY: &str = "margin:0;padding:0";
const COLUMN: &str = "max-width:640px;margin:0 auto;padding:20px 16px;box-sizing:border-box;\
    font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;\
    overflow-wrap:anywhere;word-break:break-word";
const BADGE: &str =
    "display:inline-block;padding:3px 12px;border-radius:14px;font-size:14px;font-weight:700;color:#ffffff";
const TITLE: &str = "font-size:24px;line-height:1.25;font-weight:700;margin:12px 0 4px";
const PART: &str = "font-size:18px;line-height:1.3;font-weight:700;margin:0 0 8px";
const CARD: &str = "border:1px solid rgba(128,136,150,.4);border-radius:12px;padding:16px;margin:16px 0 0";
const CODE: &str = "display:block;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;line-height:1.4;\
    padding:8px 10px;margin:6px 0;border:1px solid rgba(128,136,150,.4);border-radius:8px";

/// A paragraph's margins: mail programs each have their own.
pub(in crate::annotate) const TEXT: &str = "margin:0 0 8px";
/// Small print.
pub(in crate::annotate) const SMALL: &str = "margin:0 0 8px;font-size:14px";

/// Words that are set off by a line at their side: what somebody said, or the question that helps.
pub(in crate::annotate) const QUOTE: &str = "margin:0 0 8px;padding:0 0 0 12px;border-left:3px solid #2a66c4";

/// What became of the mail, as the colour of the badge. White on each is readable (WCAG 2, AA).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::annotate) enum Tone {
    /// It went out.
    Gone,
    /// It went out, or may have, and something is to be looked at.
    Look,
    /// It did not go out.
    Stopped,
}

impl Tone {
    fn colour(self) -> &'static str {
        match self {
            Tone::Gone => "#1c7045",
            Tone::Look => "#8a5200",
            Tone::Stopped => "#b3261e",
        }
    }
}

/// A whole document. `title` is escaped here, `body` is HTML.
pub(in crate::annotate) fn document(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{}</title>\n\
         <style>\n{LIGHT}</style>\n<style>\n{DARK}</style>\n</head>\n\
         <body class=\"ground\" style=\"{BODY}\">\n<div class=\"column\" style=\"{COLUMN}\" lang=\"en\">\n{body}</div>\n</body>\n</html>\n",
        escape_line(title)
    )
}

/// The head of a letter: a badge, what happened, and a sentence or two about it.
pub(in crate::annotate) fn head(tone: Tone, badge: &str, title: &str, lead: &str) -> String {
    format!(
        "<p style=\"margin:0\"><strong style=\"{BADGE};background-color:{}\">{}</strong></p>\n\
         <h1 style=\"{TITLE}\">{}</h1>\n<p style=\"{TEXT}\">{}</p>\n",
        tone.colour(),
        escape_line(badge),
        escape_line(title),
        escape_line(lead)
    )
}

/// To whom and about what: enough to know the mail again.
pub(in crate::annotate) fn about(rows: &[(&str, String)]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("<span class=\"soft\">{name}:</span> <bdi>{}</bdi>", escape_line(value)))
        .collect();
    format!("<p style=\"{SMALL}\">{}</p>\n", rows.join("<br>\n"))
}

/// A part of the letter in a frame of its own.
pub(in crate::annotate) fn card(title: &str, body: &str) -> String {
    format!(
        "<div class=\"card\" style=\"{CARD}\">\n<h2 style=\"{PART}\">{}</h2>\n{body}</div>\n",
        escape_line(title)
    )
}

/// What the author can do, numbered where there is a choice.
pub(in crate::annotate) fn steps(steps: &[Step]) -> String {
    let mut html = String::new();
    for (at, step) in steps.iter().enumerate() {
        let number = if steps.len() > 1 {
            format!("{}. ", at + 1)
        } else {
            String::new()
        };
        html.push_str("<div style=\"margin:0 0 12px\">\n");
        html.push_str(&format!(
            "<p style=\"margin:0 0 4px\"><strong>{number}{}.</strong> {}</p>\n",
            escape_line(step.title),
            escape_line(&step.text)
        ));
        for command in &step.commands {
            html.push_str(&format!(
                "<code class=\"code\" style=\"{CODE}\">{}</code>\n",
                unbroken(command)
            ));
        }
        if !step.after.is_empty() {
            html.push_str(&format!("<p style=\"margin:0\">{}</p>\n", escape_line(&step.after)));
        }
        html.push_str("</div>\n");
    }
    html
}

/// A command whose options are not broken after their hyphens.
fn unbroken(command: &str) -> String {
    let words = command.split(' ').map(|word| match word {
        option if option.starts_with('-') => format!("<span style=\"white-space:nowrap\">{}</span>", escape(option)),
        word => escape(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What somebody else said, line by line.
pub(in crate::annotate) fn quote(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escape_line(line)).collect();
    format!(
        "<p class=\"ask\" dir=\"auto\" style=\"{QUOTE}\">{}</p>\n",
        lines.join("<br>\n")
    )
}

/// The last lines: by which name Youward knows the mail, and that nobody else reads this.
pub(in crate::annotate) fn foot(record: &str) -> String {
    format!(
        "<p class=\"soft\" style=\"margin:16px 0 0;font-size:14px\">Record {}. {FOOT}</p>\n",
        escape_line(record)
    )
}

/// Said in both halves.
pub(in crate::annotate) const FOOT: &str = "Youward wrote this to you alone; no recipient sees it.";

/// Both style sheets as a document has them.
#[cfg(test)]
pub(super) fn sheets() -> String {
    format!("\n{LIGHT}\n{DARK}")
}
