//! What rules prospecting out, whatever the points.

use super::people::{People, listed};
use crate::mail::{Prose, Protection};
use crate::reading::{Context, HardNo};

/// The first reason why the mail can't be prospecting.
pub(super) fn no(prose: &Prose, context: &Context, people: &People) -> Option<HardNo> {
    let headers = &prose.headers;
    let gate = &context.gate;
    let bulk = |value: &str| ["bulk", "list", "auto_reply"].contains(&value);
    let is = |list: &[String]| !people.outside.is_empty() && people.outside.iter().all(|to| listed(list, to));
    let signed_off = people
        .own
        .as_ref()
        .is_some_and(|own| listed(&gate.exempt_accounts, own));
    let answers = !headers.references.is_empty() && context.correspondence.any_wrote(&people.outside);
    // In the order in which they are named to the rep.
    let reasons = [
        (
            !people.recipients.is_empty() && people.outside.is_empty(),
            "internal",
            "Every recipient is inside the company",
        ),
        (
            answers,
            "reply",
            "It answers a thread with someone who has written before",
        ),
        (
            headers.auto_submitted.is_some(),
            "auto-submitted",
            "It is an automatic mail (Auto-Submitted)",
        ),
        (
            headers.precedence.as_deref().is_some_and(bulk),
            "bulk",
            "It says that it is bulk, list or automatic mail (Precedence)",
        ),
        (
            people.reverse_path_empty,
            "null-reverse-path",
            "It is a notification: its reverse-path is empty",
        ),
        (headers.report, "report", "It is a delivery or read report"),
        (headers.list, "mailing-list", "It belongs to a mailing list"),
        (headers.calendar, "calendar", "It carries a calendar entry"),
        (
            headers.protection == Protection::Encrypted,
            "encrypted",
            "It is encrypted and can't be read",
        ),
        (headers.resent, "resent", "It is a mail passed on unchanged (Resent)"),
        (
            is(&gate.exempt_recipients),
            "exempt",
            "Every outside recipient is on the standard's list of exempt recipients",
        ),
        (
            signed_off,
            "opted-out",
            "An admin has signed this account off: its mail is not prospecting",
        ),
    ];
    reasons
        .into_iter()
        .find(|(holds, _, _)| *holds)
        .map(|(_, name, shown)| HardNo {
            name: name.to_owned(),
            shown: shown.to_owned(),
        })
}
