//! What was decided, and the ways on from there, in words that both halves of the copy share.

use super::super::letter::{Step, command};
use super::super::words;
use super::{CopyInput, Occasion, Ways};
use crate::standard::Disposition;

/// Badge, title and lead of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) badge: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
}

/// What happened, in a sentence or two.
pub(super) fn decided(input: &CopyInput<'_>) -> Decided {
    let (badge, title, lead) = match (input.occasion, input.mail.verdict.disposition) {
        (Occasion::Draft, disposition) => ("Draft", would_be(input, disposition), UNTOUCHED),
        (Occasion::Elsewhere, _) => (
            "Sent",
            "Notes on a mail that you sent elsewhere",
            "It did not go through here, but from a phone or web mail, perhaps. There is nothing that you have to do.",
        ),
        (Occasion::Submitted, Disposition::Hold) => (
            "Held",
            "This mail waits for a rewrite",
            "Nobody has received it. It is kept exactly as you wrote it.",
        ),
        (Occasion::Submitted, Disposition::Return) => (
            "Returned",
            "This mail came back to you",
            "Nobody has received it. It is still in your mail program.",
        ),
        (Occasion::Submitted, Disposition::Annotate) => (
            "Sent",
            "Notes on a mail that you sent",
            "It went out exactly as you wrote it. There is nothing that you have to do.",
        ),
        (Occasion::Submitted, Disposition::Pass) => (
            "Sent",
            "This mail was sent",
            "It went out exactly as you wrote it. There is nothing that you have to do.",
        ),
    };
    Decided { badge, title, lead }
}

const UNTOUCHED: &str =
    "Your draft is as you left it. This review follows it when you save it again, and goes when it goes.";

/// What would become of a draft as it is.
fn would_be(input: &CopyInput<'_>, disposition: Disposition) -> &'static str {
    let finds = input.mail.reading.is_some_and(|reading| !reading.findings.is_empty());
    match disposition {
        Disposition::Hold => "As it is, this draft would be held for a rewrite",
        Disposition::Return => "As it is, this draft would come back to you",
        Disposition::Annotate | Disposition::Pass if finds => "Notes on a draft of yours",
        Disposition::Annotate | Disposition::Pass => "Nothing is left to say about this draft",
    }
}

/// `This is rewrite 2 of this mail: score 38 → 52, 3 findings gone, 1 new.`, from the second round on.
pub(super) fn round(input: &CopyInput<'_>) -> Option<String> {
    let later = input.round > 1 && input.occasion == Occasion::Submitted;
    let round = later.then_some(input.round)?;
    let mut changes = Vec::new();
    if let Some(previous) = input.previous {
        let reading = input.mail.reading.filter(|reading| reading.not_read.is_none());
        if let (Some(before), Some(reading)) = (previous.score, reading) {
            changes.push(format!("score {before} → {}", reading.score));
        }
        changes.push(format!("{} gone", words::count(previous.gone, "finding")));
        changes.push(format!("{} new", previous.new));
    }
    let colon = if changes.is_empty() { "" } else { ": " };
    Some(format!(
        "This is rewrite {round} of this mail{colon}{}.",
        changes.join(", ")
    ))
}

/// The ways on, the rewrite first; none for a mail that has gone.
pub(super) fn ways(input: &CopyInput<'_>) -> Vec<Step> {
    let ways = &input.ways;
    let mut steps = Vec::new();
    if input.occasion != Occasion::Submitted {
        return steps;
    }
    match input.mail.verdict.disposition {
        Disposition::Hold => {
            steps.push(rewrite_held(ways, input.record));
            steps.extend(release(ways, input.record));
        }
        Disposition::Return => {
            let also = ways
                .draft
                .map(|mailbox| format!(" It also lies in {}.", name(mailbox)))
                .unwrap_or_default();
            let text = format!("Change it in your mail program and send it again.{also}");
            steps.push(Step::of("Rewrite it", text).then(SETTLED));
            if input.mail.verdict.author_may_consent() {
                let step = Step::of("Send it as written", "Say why, with this command:")
                    .run(command("allow", input.record, REASON))
                    .then("Then send it again, unchanged.");
                steps.push(step);
            }
        }
        Disposition::Annotate | Disposition::Pass => {}
    }
    steps
}

const SETTLED: &str = "When the new one passes, this one is settled.";
const REASON: &str = "--reason \"why it should go as it is\"";

fn rewrite_held(ways: &Ways<'_>, record: &str) -> Step {
    match ways.draft {
        Some(mailbox) => Step::of(
            "Rewrite it",
            format!("Open it in {}, change it and send it.", name(mailbox)),
        )
        .then("When the new one passes, this one is settled and this copy goes away."),
        None => Step::of(
            "Rewrite it",
            "Write it anew in your mail program and send it. This shows the mail as you wrote it:",
        )
        .run(command("show", record, "--raw"))
        .then(SETTLED),
    }
}

fn release(ways: &Ways<'_>, record: &str) -> Option<Step> {
    const TITLE: &str = "Send it as written";
    let run = command("release", record, REASON);
    match (ways.approver, ways.send_as_written, ways.release_command) {
        (true, _, named) => {
            let step = Step::of(TITLE, "That is not for you to decide, but for an approver. Ask one.");
            Some(if named {
                Step {
                    text: "That is not for you to decide, but for an approver. Ask one; this is their command:"
                        .to_owned(),
                    ..step.run(run)
                }
            } else {
                step
            })
        }
        (false, Some(mailbox), named) => {
            let text = format!("Move this copy to {}.", name(mailbox));
            Some(if named {
                Step::of(TITLE, format!("{text} Or say why, with this command:"))
                    .run(run)
                    .then(AS_IT_IS)
            } else {
                Step::of(TITLE, format!("{text} {AS_IT_IS}"))
            })
        }
        (false, None, true) => Some(Step::of(TITLE, "Say why, with this command:").run(run).then(AS_IT_IS)),
        (false, None, false) => None,
    }
}

const AS_IT_IS: &str = "It then goes out exactly as it is.";

/// A mailbox's name in a sentence.
fn name(mailbox: &str) -> String {
    format!("“{}”", words::line(mailbox))
}
