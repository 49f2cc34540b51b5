//! The box: what would happen to this mail?
//!
//! The twin of `youward check --assume-prospecting`. Nothing is kept and nothing is sent.

use crate::annotate::Annotated;
use crate::mail::{Address, Mail, Prose, ScanLimits};
use crate::reader::Policies;
use crate::reading::Context;
use crate::standard::{Disposition, Judged};
use crate::web::app::App;
use crate::web::error::PageError;
use crate::web::pages::{Chrome, Page, html};
use crate::web::posted::Posted;
use crate::web::session::Session;
use crate::web::show::{ReadingView, Run};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use jiff::Timestamp;
use std::sync::Arc;

/// Longer texts are no mails that anybody wants to try; the reading cuts at 256 KiB anyway.
const LONGEST: usize = 256 * 1024;

#[derive(Template)]
#[template(path = "try.html")]
struct TryPage {
    chrome: Chrome,
    tried: Tried,
    /// What came of it; `None` before anything was typed.
    outcome: Option<Outcome>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Tried {
    subject: String,
    text: String,
    account: String,
    /// Whether it is read as a first mail to a stranger.
    stranger: bool,
}

struct Outcome {
    word: &'static str,
    tone: &'static str,
    what: &'static str,
    read: ReadingView,
}

/// The empty box.
pub(in crate::web) async fn attempt(State(app): State<Arc<App>>, Extension(session): Extension<Session>) -> Page {
    Ok(html(&TryPage {
        chrome: Chrome::new(&app, &session, "try"),
        tried: Tried {
            stranger: true,
            ..Tried::default()
        },
        outcome: None,
    }))
}

/// The box with what came of it.
pub(in crate::web) async fn tried(State(app): State<Arc<App>>, posted: Posted) -> Page {
    let tried = Tried {
        subject: posted.field("subject").to_owned(),
        text: posted.field("text").to_owned(),
        account: posted.field("account").trim().to_owned(),
        stranger: !posted.field("stranger").is_empty(),
    };
    if tried.text.len() > LONGEST || tried.subject.len() > LONGEST {
        return Err(PageError::bad_form("The text is longer than 256 KiB."));
    }
    let policies = app.parts.policies.current();
    let typed = tried.clone();
    // A panic in the reading ends here, as it does for a mail that is sent.
    let made = tokio::task::spawn_blocking(move || outcome(&typed, &policies)).await;
    Ok(html(&TryPage {
        chrome: Chrome::new(&app, &posted.session, "try"),
        tried,
        outcome: Some(made.map_err(PageError::ours)??),
    }))
}

fn outcome(tried: &Tried, policies: &Policies) -> Result<Outcome, PageError> {
    let mail = mail(tried);
    let mut prose =
        Prose::extract(&mail, &ScanLimits::default()).map_err(|error| PageError::bad_form(&error.to_string()))?;
    let policy = policies.for_account(&tried.account.to_lowercase());
    let context = Context {
        account: Address::parse(&tried.account),
        assume_prospecting: tried.stranger,
        ..Context::default()
    };
    let reading = policy.read(&mut prose, context);
    // Time only matters for how long consent lasts, and there is none.
    let verdict = policy
        .standard
        .judge(Judged::Read(&reading), None, None, Timestamp::UNIX_EPOCH);
    let read = ReadingView::of(&Annotated {
        name: "",
        octets: Some(mail.octets()),
        prose: Some(&prose),
        reading: Some(&reading),
        verdict: &verdict,
    });
    let (word, tone, what) = match verdict.disposition {
        Disposition::Pass => ("Passes", "go", "It would go out as it is."),
        Disposition::Annotate => (
            "Passes, with notes",
            "wait",
            "It would go out as it is, and its author would get these notes.",
        ),
        Disposition::Return => (
            "Returned",
            "stop",
            "It would come back to its author before anybody else had seen it.",
        ),
        Disposition::Hold => (
            "Held",
            "stop",
            "It would be held for a rewrite; its recipients would get nothing.",
        ),
    };
    Ok(Outcome { word, tone, what, read })
}

/// What was typed, as a mail. The subject is one line, whatever was typed.
fn mail(tried: &Tried) -> Mail {
    let subject: String = tried
        .subject
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = tried
        .text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\n', "\r\n");
    let mail = format!(
        "Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    );
    Mail::new(mail.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Policy;
    use crate::reading::Packs;
    use crate::standard::Standard;

    fn of(subject: &str, text: &str) -> Outcome {
        let tried = Tried {
            subject: subject.to_owned(),
            text: text.to_owned(),
            account: String::new(),
            stranger: true,
        };
        let standard = Standard::parse("s", "mode = \"enforce\"\nhistory_unknown = \"first_touch\"").unwrap();
        outcome(&tried, &Policy::new(standard, Packs::builtin()).into()).unwrap()
    }

    #[test]
    fn a_pitch_and_a_question_fare_differently() {
        let pitch = of(
            "Our award-winning platform",
            "We are a leading provider of claims software.\nI would like to show you a demo of our incredible service.",
        );
        assert_eq!(pitch.tone, "stop");
        assert!(pitch.read.notes.len() > 1 && pitch.read.texts().next().is_some_and(|sheet| sheet.subject));
        let question = of(
            "Two deadlines",
            "Your filing names two deadlines for the Porto plant. Which of them worries your planners more?",
        );
        assert_eq!(question.word, "Passes", "{:?}", question.read.notes);
    }

    #[test]
    fn a_subject_can_add_no_header() {
        let tried = Tried {
            subject: "a\r\nContent-Type: text/html\r\n\r\nb".to_owned(),
            text: "one\ntwo\r\nthree".to_owned(),
            ..Tried::default()
        };
        let mail = mail(&tried);
        let text = String::from_utf8(mail.octets().to_vec()).unwrap();
        assert!(
            text.starts_with("Subject: a  Content-Type: text/html    b\r\n"),
            "{text}"
        );
        assert!(text.ends_with("\r\n\r\none\r\ntwo\r\nthree\r\n"), "{text}");
    }
}
