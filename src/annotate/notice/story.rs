//! What each notice says, once for both halves.

use super::super::letter::page::{self, FOOT, Tone};
use super::super::letter::plain::Plain;
use super::super::letter::{Step, command};
use super::super::words;
use super::{Notice, NoticeInput};

/// A notice in words.
pub(super) struct Story {
    tone: Tone,
    /// What happened in a word or two; it begins the subject.
    pub(super) badge: &'static str,
    title: String,
    lead: String,
    /// What somebody else said, and who.
    quoted: Option<(&'static str, Vec<String>)>,
    steps: Vec<Step>,
}

/// The most lines of a provider's words that are repeated, and the longest line.
const LINES: usize = 20;
const LINE: usize = 500;

pub(super) fn of(input: &NoticeInput<'_>) -> Story {
    let told = |words: &[String]| -> Option<(&'static str, Vec<String>)> {
        let lines = words.iter().map(|line| words::shorten(&words::line(line), LINE, "…"));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).take(LINES).collect();
        (!lines.is_empty()).then_some(("Your provider said", lines))
    };
    match input.notice {
        Notice::Expired { after_hours } => Story {
            tone: Tone::Stopped,
            badge: "Not sent",
            title: format!("Held for {}, and not sent", hours(after_hours)),
            lead: format!(
                "The time to decide is over. Nobody has received this mail. {}",
                kept(input)
            ),
            quoted: None,
            steps: vec![rewrite(input), show(input)],
        },
        Notice::Reminder { held_for_hours } => Story {
            tone: Tone::Look,
            badge: "Still held",
            title: format!("Held for {} now", hours(held_for_hours)),
            lead: format!(
                "This mail still waits for a rewrite. Nobody has received it. {}",
                kept(input)
            ),
            quoted: None,
            steps: [rewrite(input)]
                .into_iter()
                .chain(release(input))
                .chain([show(input)])
                .collect(),
        },
        Notice::RefusedByProvider { words } => Story {
            tone: Tone::Stopped,
            badge: "Refused",
            title: "Your provider refused this mail".to_owned(),
            lead: format!(
                "It was released, but your provider did not take it. Nobody has received it. {}",
                kept(input)
            ),
            quoted: told(words),
            steps: vec![mend("Mend what the provider names", input), show(input)],
        },
        Notice::InDoubt => Story {
            tone: Tone::Look,
            badge: "In doubt",
            title: "It is not certain whether this mail went out".to_owned(),
            lead: "Youward had handed it to your provider and was interrupted before the answer was on record. \
                   So that nobody gets it twice, it is not sent again unless you say so."
                .to_owned(),
            quoted: None,
            steps: vec![
                Step::of(
                    "Look for it",
                    "See whether it is in your mailbox for sent mail, or ask a recipient.",
                ),
                Step::of("It went out", "Say so:").run(command("settle", input.record, "--sent")),
                Step::of("It did not", "Have it sent once more:").run(command("settle", input.record, "--send-again")),
            ],
        },
        Notice::ReleaseNotAllowed { why } => Story {
            tone: Tone::Stopped,
            badge: "Not released",
            title: "This mail was not released".to_owned(),
            lead: format!(
                "You asked for it to go as written. It is still held; nobody has received it. {}",
                kept(input)
            ),
            quoted: Some(("Why", vec![words::sentence(&words::line(why))])).filter(|_| !words::line(why).is_empty()),
            steps: [rewrite(input)]
                .into_iter()
                .chain(release(input))
                .chain([show(input)])
                .collect(),
        },
        Notice::RetryGivenUp { words, hours: tried } => Story {
            tone: Tone::Stopped,
            badge: "Not sent",
            title: format!("Tried for {}, and not sent", hours(tried)),
            lead: format!(
                "It was released, but your provider put it off again and again. Nobody has received it. {}",
                kept(input)
            ),
            quoted: told(words),
            steps: vec![mend("Send it again later", input), show(input)],
        },
    }
}

impl Story {
    pub(super) fn plain(&self, about: &[(&str, String)], record: &str) -> String {
        let mut text = Plain::default();
        text.paragraph(&format!("{}.", self.title));
        text.paragraph(&self.lead);
        text.gap();
        for (name, value) in about {
            text.line(&format!("{name}: {value}"));
        }
        if let Some((who, lines)) = &self.quoted {
            text.heading(who);
            for line in lines {
                text.labelled("> ", line);
            }
        }
        text.heading("What you can do");
        text.steps(&self.steps);
        text.gap();
        text.paragraph(&format!("Record {record}. {FOOT}"));
        text.into_text()
    }

    pub(super) fn page(&self, about: &[(&str, String)], record: &str) -> String {
        let mut body = page::head(self.tone, self.badge, &self.title, &self.lead);
        body.push_str(&page::about(about));
        if let Some((who, lines)) = &self.quoted {
            body.push_str(&page::card(who, &page::quote(lines)));
        }
        body.push_str(&page::card("What you can do", &page::steps(&self.steps)));
        body.push_str(&page::foot(record));
        page::document(&self.title, &body)
    }
}

/// Where the mail is.
fn kept(input: &NoticeInput<'_>) -> String {
    match input.draft {
        Some(mailbox) => format!("It lies in “{}” exactly as you wrote it.", words::line(mailbox)),
        None => "It is kept exactly as you wrote it.".to_owned(),
    }
}

fn rewrite(input: &NoticeInput<'_>) -> Step {
    Step::of(
        "Rewrite it",
        match input.draft {
            Some(mailbox) => format!("Open it in “{}”, change it and send it.", words::line(mailbox)),
            None => "Write it anew in your mail program and send it.".to_owned(),
        },
    )
}

/// What to do with a mail that had consent and still did not get out.
fn mend(title: &'static str, input: &NoticeInput<'_>) -> Step {
    Step::of(
        title,
        match input.draft {
            Some(mailbox) => format!("Open it in “{}” and send it from there.", words::line(mailbox)),
            None => "Send it from your mail program.".to_owned(),
        },
    )
}

fn release(input: &NoticeInput<'_>) -> Option<Step> {
    let run = command("release", input.record, "--reason \"why it should go as it is\"");
    let step = Step::of("Send it as written", "Say why, with this command:").run(run);
    input.release_command.then_some(step)
}

fn show(input: &NoticeInput<'_>) -> Step {
    Step::of("Look at it", "What was found, and the mail itself:").run(command("show", input.record, ""))
}

/// `1 hour`, `36 hours`, `3 days`.
fn hours(hours: u32) -> String {
    if hours >= 48 && hours.is_multiple_of(24) {
        return words::count(hours as usize / 24, "day");
    }
    words::count(hours as usize, "hour")
}
