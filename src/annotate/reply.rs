//! The lines of an SMTP reply: annotation in the person's own client, in the same second.
//!
//! Clients differ in what they show: Thunderbird all lines in a dialog and a sentence of its own glued to the last one,
//! mutt only the last line cut at the terminal's width, himalaya only the first, some nothing at all. So:
//!
//! - at most [`LINES`] lines of at most [`WIDTH`] characters of printable ASCII, without a final full stop;
//! - the first and the last line each stand alone: what happened, where to look;
//! - the last line has at most [`LAST_WIDTH`] characters, which an 80-column mutt shows after its own words and the code;
//! - no line begins with an SMTP keyword: mutt and NeoMutt take every reply line that does for a capability.
//!
//! [`Reply::new`](crate::smtp::Reply::new) puts code and enhanced code before each line.

use super::view::{Numbered, SHOWN, ranked};
use super::words;
use crate::reading::Reading;
use crate::standard::Verdict;

/// The most lines that a reply has: with many more, a dialog's button leaves the screen.
pub const LINES: usize = 10;
/// The most characters that a line has, code not counted.
pub const WIDTH: usize = 100;
/// The most characters that the last line has, code not counted.
pub const LAST_WIDTH: usize = 48;

/// The mail was refused. `id` is the record that was kept for review, if one was.
#[must_use]
pub fn returned(reading: Option<&Reading>, verdict: &Verdict, id: Option<&str>) -> Vec<String> {
    let id = id.map(command_word).filter(|id| !id.is_empty());
    let last = id
        .iter()
        .flat_map(|id| {
            [
                format!("Not sent. To see why: youward held show {id}"),
                format!("Not sent: youward held show {id}"),
            ]
        })
        .find(|line| line.len() <= LAST_WIDTH)
        .unwrap_or_else(|| match id {
            Some(_) => "Not sent. To see why: youward held list".to_owned(),
            None => "Not sent. Rewrite it and send it again".to_owned(),
        });
    lines("Not sent", reading, verdict, id.as_deref(), &last)
}

/// The mail was taken into custody as `id`; nobody has received it.
#[must_use]
pub fn held(reading: Option<&Reading>, verdict: &Verdict, id: &str) -> Vec<String> {
    let id = command_word(id);
    let id = Some(id.as_str()).filter(|id| !id.is_empty());
    let last = id
        .map(|id| format!("Held. To see why: youward held show {id}"))
        .filter(|line| line.len() <= LAST_WIDTH);
    let last = last.unwrap_or_else(|| "Held. To see why: youward held list".to_owned());
    lines("Held for rewrite, nobody has it yet", reading, verdict, id, &last)
}

fn lines(what: &str, reading: Option<&Reading>, verdict: &Verdict, id: Option<&str>, last: &str) -> Vec<String> {
    let mut lines = vec![first_line(what, reading, verdict, id)];
    let findings = reading.map(ranked).unwrap_or_default();
    lines.extend(findings.iter().take(SHOWN).map(finding_line));
    if let Some(more) = findings.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        lines.push(format!("and {more} more"));
    }
    if let Some(costliest) = findings.first() {
        let ask = words::ascii(&costliest.finding.ask);
        let head = "Begin with: ";
        lines.push(fitted(head, words::first_sentences(&ask, WIDTH - head.len()), WIDTH));
    }
    if let Some(id) = id.filter(|_| verdict.author_may_consent()) {
        lines.push(format!(
            "To send it as written: youward held allow {id} --reason \"...\""
        ));
    }
    lines.retain(|line| line.len() <= WIDTH);
    lines.push(last.to_owned());
    lines
}

fn first_line(what: &str, reading: Option<&Reading>, verdict: &Verdict, id: Option<&str>) -> String {
    let why = match (verdict.reasons.first(), reading) {
        (Some(reason), _) => words::continued(&words::ascii(&reason.shown)),
        (None, Some(reading)) => format!("score {} of 100", reading.score),
        (None, None) => "it could not be read".to_owned(),
    };
    let why = match words::without_stop(&why) {
        "" => "the outreach standard asks for a rewrite",
        why => why,
    };
    let look = match id {
        Some(id) => format!("; see youward held show {id}"),
        None => "; rewrite it and send it again".to_owned(),
    };
    let room = WIDTH.saturating_sub(look.len());
    format!("{}{look}", fitted(&format!("{what}: "), why, room))
}

/// `1. "our incredible service" - You are grading your own homework`: the reason is kept whole rather than the quotation.
fn finding_line(numbered: &Numbered<'_>) -> String {
    let finding = numbered.finding;
    let why = words::ascii(&finding.why);
    let why = words::without_stop(words::first_sentence(&why));
    let excerpt = words::ascii(&finding.excerpt).replace('"', "'");
    let number = numbered.number;
    if excerpt.is_empty() {
        return fitted(&format!("{number}. The whole mail: "), why, WIDTH);
    }
    let room = WIDTH
        .saturating_sub(number.to_string().len() + 7 + why.len())
        .clamp(24, 60);
    let excerpt = words::shorten(&excerpt, room, "...");
    fitted(&format!("{number}. \"{excerpt}\" - "), why, WIDTH)
}

/// `head` and as much of `text` as fits, without a final full stop; the mark for what is left out has none either.
fn fitted(head: &str, text: &str, width: usize) -> String {
    let text = words::shorten(words::without_stop(text), width.saturating_sub(head.len()), " [..]");
    let line = format!("{head}{text}");
    line.trim_end_matches([' ', '-', ':', '.']).to_owned()
}

/// An id made safe to stand in a command line that people copy: letters, digits and hyphens, at most 26 of them.
fn command_word(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(26)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::smtp::Reply;
    use proptest::prelude::*;

    #[test]
    fn a_returned_mail_in_words() {
        let pitch = samples::pitch();
        assert_eq!(
            returned(Some(&pitch.reading), &pitch.verdict, Some("K7Q2M4XZ")),
            [
                "Not sent: its score is 70 of 100; below 75 it is not sent; see youward held show K7Q2M4XZ",
                "1. The whole mail: Nothing in the mail invites them to talk about their side",
                "2. \"our incredible service\" - You are grading your own homework; the reader discounts it",
                "3. \"I would like to see if\" - Says what you want before it gives the reader a reason to care",
                "Begin with: What would you really want to know about them, even if it killed the deal?",
                "To send it as written: youward held allow K7Q2M4XZ --reason \"...\"",
                "Not sent. To see why: youward held show K7Q2M4XZ",
            ]
        );
    }

    #[test]
    fn without_a_reading_or_a_record_there_is_still_something_to_do() {
        let pitch = samples::pitch();
        let lines = returned(None, &pitch.verdict, None);
        assert_eq!(
            lines,
            [
                "Not sent: its score is 70 of 100; below 75 it is not sent; rewrite it and send it again",
                "Not sent. Rewrite it and send it again"
            ]
        );
    }

    #[test]
    fn only_the_five_costliest_stand_there() {
        let pitch = samples::pitch();
        let many: Vec<_> = std::iter::repeat_n(pitch.reading.findings[0].clone(), 9).collect();
        let lines = held(Some(&samples::reading(many)), &pitch.verdict, "K7Q2M4XZ");
        assert_eq!(lines.len(), LINES);
        assert!(lines[5].starts_with("5. ") && lines[6] == "and 4 more", "{lines:#?}");
        assert_eq!(lines[9], "Held. To see why: youward held show K7Q2M4XZ");
    }

    /// What mutt, NeoMutt and others look for at the beginning of a reply line.
    const KEYWORDS: [&str; 24] = [
        "AUTH",
        "DSN",
        "8BITMIME",
        "SMTPUTF8",
        "STARTTLS",
        "SIZE",
        "PIPELINING",
        "HELP",
        "VRFY",
        "EXPN",
        "EHLO",
        "HELO",
        "CHUNKING",
        "BINARYMIME",
        "ENHANCEDSTATUSCODES",
        "ETRN",
        "TURN",
        "DATA",
        "MAIL",
        "RCPT",
        "RSET",
        "NOOP",
        "QUIT",
        "DELIVERBY",
    ];

    fn sound(lines: &[String]) -> Result<(), TestCaseError> {
        prop_assert!((2..=LINES).contains(&lines.len()), "{lines:#?}");
        for line in lines {
            prop_assert!(line.len() <= WIDTH && line.len() > 5, "{line:?}");
            prop_assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)), "{line:?}");
            prop_assert!(!line.ends_with('.') && line.trim() == line, "{line:?}");
            let upper = line.to_uppercase();
            prop_assert!(!KEYWORDS.iter().any(|keyword| upper.starts_with(keyword)), "{line:?}");
        }
        let last = lines.last().unwrap();
        prop_assert!(last.len() <= LAST_WIDTH, "{last:?}");
        prop_assert!(
            ["Not sent", "Held"]
                .iter()
                .any(|what| lines[0].starts_with(what) && last.starts_with(what))
        );
        // The reply that carries them has one line for each of them, and changes nothing.
        let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
        let reply = Reply::new(550, "5.7.1", &texts);
        let carried = reply.texts();
        prop_assert_eq!(carried.len(), lines.len());
        for (carried, line) in carried.iter().zip(lines) {
            prop_assert_eq!(carried.strip_prefix("5.7.1 ").unwrap(), line);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn whatever_is_found_the_rules_hold(
            reading in prop::option::weighted(0.9, samples::hostile_reading()),
            verdict in samples::hostile_verdict(),
            id in prop_oneof![Just("K7Q2M4XZ".to_owned()), "[0-9A-Z]{0,40}", samples::hostile_text()],
        ) {
            sound(&returned(reading.as_ref(), &verdict, Some(&id)))?;
            sound(&returned(reading.as_ref(), &verdict, None))?;
            sound(&held(reading.as_ref(), &verdict, &id))?;
        }
    }
}
