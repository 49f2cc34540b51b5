//! `held show`: one record whole.

use super::{no_store, utc, with_store};
use crate::cli::output::{self, clean};
use crate::cli::{Common, Format};
use crate::hold::matching::in_words;
use crate::mail::{Envelope, Fingerprint, Parameter};
use crate::reading::{Finding, ProspectingClass, Reading};
use crate::standard::{Then, Verdict, Who};
use crate::store::{Permit, Record, Rewrite, State, Summary};
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn run(id: &str, format: Format, common: &Common) -> anyhow::Result<ExitCode> {
    let record = get(id, common)?;
    match format {
        Format::Json => output::print_json(&View::of(&record))?,
        Format::Text => output::print(|out| write_record(out, &record))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The mail's octets and nothing else.
pub(super) fn octets(id: &str, common: &Common) -> anyhow::Result<ExitCode> {
    let record = get(id, common)?;
    let mail = record.mail.as_ref().ok_or_else(|| gone(&record, "the mail itself"))?;
    output::print(|out| out.write_all(mail.octets()))?;
    Ok(ExitCode::SUCCESS)
}

/// Its rounds and its release, where there were any.
fn write_history(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let summary = &record.summary;
    if summary.round > 1 {
        field(out, "round", &summary.round.to_string())?;
    }
    if let Some(permit) = &record.permit {
        let why = match permit.reason.as_str() {
            "" => String::new(),
            reason => format!(": {}", clean(reason)),
        };
        field(
            out,
            "released",
            &format!("{} by {}{why}", utc(permit.at), clean(&permit.by)),
        )?;
    }
    if let Some(rewrite) = &record.rewrite {
        let next = rewrite
            .record
            .as_ref()
            .map_or_else(String::new, |id| format!(", as {id}"));
        field(
            out,
            "replaced",
            &format!("{}{next}: {}", utc(rewrite.at), in_words(rewrite)),
        )?;
    }
    Ok(())
}

/// A held mail's ways on, by the terms under which it was held.
fn write_held(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let id = &record.summary.id;
    writeln!(
        out,
        "Nobody received it. Rewrite it in your mail client and send again, or:"
    )?;
    let terms = record.verdict.terms.as_ref();
    if terms.is_some_and(|terms| terms.release_by != Who::Nobody) {
        writeln!(
            out,
            "  youward held release {id} --reason \"...\"   to send it exactly as written"
        )?;
    }
    writeln!(out, "  youward held discard {id} --reason \"...\"   to give it up")?;
    match terms {
        Some(terms) if terms.release_by == Who::Approver => writeln!(
            out,
            "Only an approver may release it: {}.",
            clean(&terms.approvers.join(", "))
        ),
        Some(terms) if terms.expires_after_hours > 0 && terms.then == Then::Return => writeln!(
            out,
            "The hold ends by itself {} hours after it began; nothing is sent then.",
            terms.expires_after_hours
        ),
        _ => Ok(()),
    }
}

/// The annotated copy's octets and nothing else.
pub(super) fn annotated_copy(id: &str, common: &Common) -> anyhow::Result<ExitCode> {
    let record = get(id, common)?;
    let copy = record
        .annotated_copy
        .as_ref()
        .ok_or_else(|| gone(&record, "an annotated copy"))?;
    output::print(|out| out.write_all(copy))?;
    Ok(ExitCode::SUCCESS)
}

fn get(id: &str, common: &Common) -> anyhow::Result<Record> {
    let found = with_store(common, async |store| store.get(id).await)?;
    Ok(found.ok_or_else(|| no_store(id))?)
}

fn gone(record: &Record, what: &str) -> anyhow::Error {
    let Summary { id, state, .. } = &record.summary;
    anyhow::anyhow!("{id} is {state}: {what} is not kept, or erased")
}

/// A record as JSON: everything but the octets.
#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
    envelope: &'a Envelope,
    message_id: &'a Option<String>,
    fingerprint: &'a Fingerprint,
    tls: bool,
    /// Octets of the mail, if they are kept.
    size: Option<usize>,
    annotated_copy: bool,
    verdict: &'a Verdict,
    reading: &'a Option<Reading>,
    /// Whose word released it.
    permit: &'a Option<Permit>,
    /// What was sent instead.
    rewrite: &'a Option<Rewrite>,
}

impl View<'_> {
    fn of(record: &Record) -> View<'_> {
        View {
            summary: &record.summary,
            envelope: &record.envelope,
            message_id: &record.message_id,
            fingerprint: &record.fingerprint,
            tls: record.tls,
            size: record.mail.as_ref().map(|mail| mail.octets().len()),
            annotated_copy: record.annotated_copy.is_some(),
            verdict: &record.verdict,
            reading: &record.reading,
            permit: &record.permit,
            rewrite: &record.rewrite,
        }
    }
}

fn write_record(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let summary = &record.summary;
    writeln!(out, "{}  {}  {}", summary.id, summary.state, clean(&summary.subject))?;
    writeln!(out)?;
    field(out, "decided", &format!("{}: {}", utc(summary.at), summary.disposition))?;
    field(
        out,
        "account",
        &format!("{} at {}", clean(&summary.account), clean(&summary.upstream)),
    )?;
    write_history(out, record)?;
    let from = &record.envelope.reverse_path;
    field(out, "from", &path(&from.path, &from.parameters))?;
    for recipient in &record.envelope.recipients {
        field(out, "to", &path(&recipient.path, &recipient.parameters))?;
    }
    if let Some(message_id) = &record.message_id {
        field(out, "message", &format!("<{}>", clean(message_id)))?;
    }
    match &record.mail {
        Some(mail) => field(
            out,
            "size",
            &format!("{} octets; --raw writes them", mail.octets().len()),
        )?,
        None => field(out, "size", "the octets are not kept, or erased")?,
    }
    field(out, "session", if record.tls { "under TLS" } else { "not under TLS" })?;
    if let Some(at) = summary.allowed_at {
        let reason = summary.allowed_reason.as_deref().unwrap_or_default();
        field(out, "allowed", &format!("{}: {}", utc(at), clean(reason)))?;
    }
    for reason in &record.verdict.reasons {
        field(out, "because", &clean(&reason.shown))?;
    }
    match &record.reading {
        Some(reading) => write_reading(out, reading)?,
        None => writeln!(out, "\nThis mail could not be read.")?,
    }
    write_next(out, record)
}

fn write_reading(out: &mut dyn Write, reading: &Reading) -> io::Result<()> {
    let prospecting = match reading.prospecting.class {
        ProspectingClass::Yes => "yes",
        ProspectingClass::Unsure => "perhaps",
        ProspectingClass::No => "no",
    };
    writeln!(out)?;
    writeln!(out, "Prospecting: {prospecting}, {} points", reading.prospecting.points)?;
    if let Some(hard_no) = &reading.prospecting.hard_no {
        writeln!(out, "       {}", clean(&hard_no.shown))?;
    }
    for signal in &reading.prospecting.signals {
        writeln!(out, "  {:>+3}  {}", signal.points, clean(&signal.shown))?;
    }
    writeln!(out)?;
    writeln!(out, "Score: {} of 100", reading.score)?;
    for line in &reading.ledger {
        writeln!(out, "  {:>+3}  {}", -line.points, clean(&line.what))?;
    }
    for finding in &reading.findings {
        write_finding(out, finding)?;
    }
    Ok(())
}

fn write_finding(out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
    writeln!(out)?;
    match &finding.span {
        Some(span) => writeln!(
            out,
            "{} (part {}, line {}, column {})",
            clean(&finding.rule),
            clean(&span.part),
            span.line,
            span.column
        )?,
        None => writeln!(out, "{} (the whole mail)", clean(&finding.rule))?,
    }
    if !finding.excerpt.is_empty() {
        writeln!(out, "  > {}", clean(&finding.excerpt))?;
    }
    writeln!(out, "  {}", clean(&finding.why))?;
    writeln!(out, "  Ask: {}", clean(&finding.ask))
}

/// What the person can do now.
fn write_next(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let summary = &record.summary;
    let id = &summary.id;
    writeln!(out)?;
    match summary.state {
        State::Returned if summary.consent_allowed => {
            writeln!(
                out,
                "Nobody received it. Rewrite it in your mail client and send again, or:"
            )?;
            writeln!(
                out,
                "  youward held allow {id} --reason \"...\"     and send the same mail once more"
            )?;
            writeln!(out, "  youward held discard {id} --reason \"...\"   to give it up")?;
            match record.verdict.consent_by {
                Who::Approver => writeln!(
                    out,
                    "Only an approver may allow it: {}.",
                    clean(&record.verdict.approvers.join(", "))
                ),
                Who::Author | Who::Nobody => Ok(()),
            }
        }
        State::Held => write_held(out, record),
        State::Released => {
            writeln!(
                out,
                "It is released, and goes exactly as written as soon as that is possible."
            )?;
            writeln!(out, "  youward status                              what it waits for")?;
            writeln!(out, "  youward held withdraw {id} --reason \"...\"  to hold it again")
        }
        State::Sending => writeln!(out, "It is being sent at this moment."),
        State::InDoubt => {
            writeln!(
                out,
                "The provider's answer was lost, so that nobody knows whether it went. It is not sent again by itself."
            )?;
            writeln!(out, "Ask the recipient, or look into your Sent mailbox; then:")?;
            writeln!(out, "  youward held settle {id} --sent --reason \"...\"")?;
            writeln!(out, "  youward held settle {id} --send-again --reason \"...\"")
        }
        State::Refused => {
            writeln!(
                out,
                "The provider did not take it, and nobody received it. Change it and send it again, or:"
            )?;
            writeln!(out, "  youward held discard {id} --reason \"...\"   to give it up")
        }
        State::Superseded => writeln!(out, "Its author wrote another one instead."),
        State::Returned => {
            writeln!(
                out,
                "Nobody received it. Rewrite it in your mail client and send again, or:"
            )?;
            writeln!(out, "  youward held discard {id} --reason \"...\"   to give it up")
        }
        State::Allowed => writeln!(out, "Send the same mail once more, and it goes out exactly as written."),
        State::Annotated | State::Sent => writeln!(out, "It has gone to its recipients, exactly as written."),
        State::Discarded => writeln!(out, "It was given up. Nobody received it."),
    }
}

fn field(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{name:<8}  {value}")
}

fn path(path: &str, parameters: &[Parameter]) -> String {
    let mut shown = format!("<{}>", clean(path));
    for parameter in parameters {
        shown.push(' ');
        shown.push_str(&clean(&parameter.keyword));
        if let Some(value) = &parameter.value {
            shown.push('=');
            shown.push_str(&clean(value));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;
    use crate::store::contract::{held, noon, returned};
    use crate::store::{NewRecord, Store};

    async fn kept(new: NewRecord) -> Record {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let id = store.commit(new).await.unwrap();
        store.get(&id.0).await.unwrap()
    }

    fn written(record: &Record) -> String {
        let mut out = Vec::new();
        write_record(&mut out, record).unwrap();
        String::from_utf8(out)
            .unwrap()
            .replace(&record.summary.id.0, "7Q2M0001")
    }

    #[tokio::test]
    async fn everything_is_shown() {
        assert_eq!(
            written(&kept(returned(1, noon(0))).await),
            "\
7Q2M0001  returned  Grüße

decided   2026-09-21 14:13:20Z: return
account   ana@seller.example at corp
from      <ana@seller.example> SIZE=1234
to        <bob@prospect.example>
to        <eve@prospect.example>
message   <1@seller.example>
size      42 octets; --raw writes them
session   under TLS
because   The score is 42; 60 is asked for.

Prospecting: yes, 7 points
   +2  It begins a thread.

Score: 42 of 100
  -10  hype: 1 place

hype/thrilled (part 1, line 1, column 1)
  > We are thrilled
  It is about the sender.
  Ask: What would they be glad of?

Nobody received it. Rewrite it in your mail client and send again, or:
  youward held allow 7Q2M0001 --reason \"...\"     and send the same mail once more
  youward held discard 7Q2M0001 --reason \"...\"   to give it up
"
        );
    }

    #[tokio::test]
    async fn an_approver_is_named() {
        let mut asking = returned(1, noon(0));
        asking.verdict.consent_by = Who::Approver;
        asking.verdict.approvers = vec!["mia".to_owned(), "eve".to_owned()];
        let told = written(&kept(asking).await);
        assert!(told.ends_with("Only an approver may allow it: mia, eve.\n"), "{told}");
    }

    #[tokio::test]
    async fn a_release_is_offered_as_far_as_the_terms_allow_it() {
        for (by, offered, told) in [
            (Who::Author, true, "The hold ends by itself 48 hours after it began"),
            (Who::Approver, true, "Only an approver may release it: mia."),
            (Who::Nobody, false, "to give it up"),
        ] {
            let shown = written(&kept(held(1, noon(0), by)).await);
            assert_eq!(shown.contains("youward held release 7Q2M0001"), offered, "{shown}");
            assert!(shown.contains(told), "{shown}");
        }
    }

    #[tokio::test]
    async fn consent_is_not_offered_where_it_is_not_possible() {
        let mut strict = NewRecord {
            reading: None,
            mail: None,
            ..returned(1, noon(0))
        };
        strict.verdict.consent_allowed = false;
        let told = written(&kept(strict).await);
        assert!(!told.contains("held allow") && told.contains("held discard"), "{told}");
        assert!(
            told.contains("This mail could not be read.") && told.contains("not kept, or erased"),
            "{told}"
        );
    }

    #[tokio::test]
    async fn json_has_no_octets() {
        let json = serde_json::to_value(View::of(&kept(returned(1, noon(0))).await)).unwrap();
        assert_eq!(
            (&json["state"], &json["size"], &json["annotated_copy"]),
            (&"returned".into(), &42.into(), &true.into())
        );
        assert_eq!(json["reading"]["findings"][0]["rule"], "hype/thrilled");
        assert!(!json.to_string().contains("\\u0000"));
    }
}
