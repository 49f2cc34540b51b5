//! What the headers, the masks and earlier mail tell.

use super::people::{People, listed};
use super::signal;
use crate::mail::{Address, MaskKind, Prose};
use crate::reading::blast::BlastSeen;
use crate::reading::context::{Context, HistoryUnknown};
use crate::reading::correspondence::Standing;
use crate::reading::text::is_freemail;
use crate::reading::{Acquaintance, Signal, organisation};
use jiff::Timestamp;

/// Every signal but those of the language. `chases` says that the text reminds of a mail that went unanswered.
pub(super) fn signals(prose: &Prose, context: &Context, people: &People, chases: bool) -> Vec<Signal> {
    let mut signals = Vec::new();
    let quote = Quote::of(prose, people);
    let thread = Thread::of(prose, people, quote, chases);
    history(context, people, thread, &mut signals);
    threads(prose, thread, quote, chases, &mut signals);
    recipients(context, people, &mut signals);
    if let Some(reason) = &prose.headers.not_prospecting {
        let shown = format!("Its author says that it is not prospecting: {reason}");
        signals.push(signal("authors-word", -5, &shown));
    }
    signals
}

/// Whose mail this one answers, by its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// It answers nothing.
    New,
    /// Mail of its own author: a second touch that nobody has answered.
    Own,
    /// Mail from a recipient's organisation.
    Recipients,
    /// That can't be told.
    Unknown,
}

impl Thread {
    fn of(prose: &Prose, people: &People, quote: Quote, chases: bool) -> Thread {
        let host = |id: &String| id.rsplit_once('@').map(|(_, host)| host.to_lowercase());
        let references = &prose.headers.references;
        let hosts: Vec<String> = references.iter().filter_map(host).collect();
        if references.is_empty() {
            return Thread::New;
        }
        let of = |host: &str, address: &Address| {
            let domain = organisation(address);
            !is_freemail(address.domain()) && (host == domain || host.ends_with(&format!(".{domain}")))
        };
        let own = |host: &String| people.own.as_ref().is_some_and(|own| of(host, own));
        let theirs = |host: &String| people.outside.iter().any(|to| of(host, to));
        if quote == Quote::Recipients || hosts.iter().any(theirs) {
            return Thread::Recipients;
        }
        if quote == Quote::Own || (hosts.len() == references.len() && hosts.iter().all(own)) {
            return Thread::Own;
        }
        // Many companies' ids come from the same few providers; then it matters what the text says.
        let provider = prose.headers.message_id.as_ref().and_then(host);
        let same = provider.is_some_and(|provider| hosts.iter().all(|host| *host == provider || own(host)));
        if same && chases { Thread::Own } else { Thread::Unknown }
    }
}

/// Whose words the mail quotes, by the line that introduces them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Own,
    Recipients,
    Unknown,
}

impl Quote {
    fn of(prose: &Prose, people: &People) -> Quote {
        /// The introduction is at the beginning of a quotation, in octets.
        const INTRODUCTION: usize = 300;
        let mask = prose.masks.iter().find(|mask| mask.kind == MaskKind::Quote);
        let Some(mask) = mask else { return Quote::None };
        let text = prose
            .parts
            .get(mask.part)
            .and_then(|part| part.text.get(mask.range.clone()));
        let text = text.unwrap_or_default();
        let mut end = text.len().min(INTRODUCTION);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let introduction = text.get(..end).unwrap_or_default().to_lowercase();
        // "From: Jo … To: Ana": who wrote stands first.
        let own = people
            .own
            .iter()
            .filter_map(|own| first_mention(&introduction, own))
            .min();
        let theirs = people
            .outside
            .iter()
            .filter_map(|to| first_mention(&introduction, to))
            .min();
        match (own, theirs) {
            (Some(own), Some(theirs)) if own < theirs => Quote::Own,
            (Some(_), None) => Quote::Own,
            (_, Some(_)) => Quote::Recipients,
            (None, None) => Quote::Unknown,
        }
    }
}

/// Where somebody is first named: by address, or by the parts of its local part.
fn first_mention(text: &str, address: &Address) -> Option<usize> {
    let local = address.local().to_lowercase();
    let mut places: Vec<usize> = text.find(&address.folded()).into_iter().collect();
    let parts = local
        .split(|c: char| !c.is_alphabetic())
        .filter(|part| part.chars().count() >= 3);
    places.extend(parts.filter_map(|part| text.find(part)));
    places.into_iter().min()
}

fn history(context: &Context, people: &People, thread: Thread, signals: &mut Vec<Signal>) {
    let mut add = |name: &str, points: i32, shown: &str| signals.push(signal(name, points, shown));
    let words = History { context, people };
    match context.correspondence.standing(&people.outside) {
        Standing::Known { recently: true } => add("relationship", -4, &words.wrote("within 180 days")),
        Standing::Known { recently: false } => add("lapsed", -1, &words.wrote("but not within 180 days")),
        Standing::Strangers(unanswered) => {
            add("first-touch", 3, &words.first_touch(unanswered));
            add("new-company", 1, &words.new_company());
        }
        Standing::NewAtKnown(unanswered) => add("first-touch", 3, &words.first_touch(unanswered)),
        Standing::Unknown if thread == Thread::Recipients => {
            add(
                "answers-recipient",
                -4,
                "It answers a mail from a recipient's organisation",
            );
        }
        // Someone must have written the mail that this one answers.
        Standing::Unknown if thread == Thread::Unknown => {
            add("answers", -2, "It answers an earlier mail; who wrote that is not known");
        }
        Standing::Unknown if context.gate.history_unknown == HistoryUnknown::FirstTouch => {
            let shown = "As far as is known, no recipient has ever written to this account";
            add("first-touch", 3, shown);
            add(
                "new-company",
                1,
                "Nor, as far as is known, has anyone of their organisation",
            );
        }
        Standing::Unknown => add("history-unknown", 0, "Earlier mail with the recipients is not known"),
    }
    if people.outside.iter().any(|to| listed(&context.gate.customers, to)) {
        add("customer", -4, "A recipient is on the standard's list of customers");
    }
}

/// What is known of earlier mail, in words: with name and date where there is one recipient.
struct History<'a> {
    context: &'a Context,
    people: &'a People,
}

impl History<'_> {
    fn one(&self) -> Option<&Address> {
        match self.people.outside.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    fn known(&self) -> Option<&Acquaintance> {
        self.one().and_then(|one| self.context.correspondence.with(one))
    }

    fn wrote(&self, within: &str) -> String {
        let last = self.known().and_then(|known| known.wrote);
        match self.one().zip(last) {
            Some((one, at)) => format!("{} wrote to this account on {}, {within}", one.folded(), day(at)),
            None => format!("A recipient has written to this account, {within}"),
        }
    }

    fn first_touch(&self, unanswered: u32) -> String {
        let sent = match unanswered {
            0 => String::new(),
            1 => ", and one mail went unanswered".to_owned(),
            n => format!(", and {n} mails went unanswered"),
        };
        let Some(one) = self.one() else {
            let first = if unanswered == 0 { ": a first touch" } else { "" };
            return format!("No recipient has ever written to this account{sent}{first}");
        };
        let name = one.folded();
        let known = self.known();
        let seen = self.context.correspondence.looked().map(day).unwrap_or_default();
        let mut shown = match known.and_then(|known| known.written) {
            Some(at) => format!(
                "{name} has never written to this account (mail until {seen}){sent}; the last one on {}",
                day(at)
            ),
            None if unanswered > 0 => format!("{name} has never written to this account (mail until {seen}){sent}"),
            None => format!("First mail to {name}, who has never written to this account (mail until {seen})"),
        };
        if let Some(at) = known.and_then(|known| known.organisation_wrote) {
            shown.push_str(&format!("; someone at {} wrote on {}", organisation(one), day(at)));
        }
        shown
    }

    fn new_company(&self) -> String {
        match self.one() {
            Some(one) if !is_freemail(one.domain()) => {
                format!("Nobody at {} has written to it", organisation(one))
            }
            _ => "Nor has anyone of their organisation".to_owned(),
        }
    }
}

/// The day of a time, in UTC.
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn threads(prose: &Prose, thread: Thread, quote: Quote, chases: bool, signals: &mut Vec<Signal>) {
    match thread {
        Thread::New => {
            signals.push(signal("new-thread", 1, "It starts a new thread"));
            if has_reply_prefix(&prose.headers.subject) && quote != Quote::Recipients {
                let shown = "Its subject says Re: or Fwd:, yet it answers nothing";
                signals.push(signal("borrowed-thread", 2, shown));
            }
        }
        Thread::Own if chases => {
            let shown = "It reminds of the author's own mail, which nobody has answered";
            signals.push(signal("unanswered", 4, shown));
        }
        Thread::Own => signals.push(signal("unanswered", 1, "It follows up on the author's own mail")),
        Thread::Recipients | Thread::Unknown => {}
    }
    if quote == Quote::Recipients || (quote == Quote::Unknown && thread != Thread::New) {
        signals.push(signal("quotes-recipient", -4, "It quotes an earlier mail"));
    }
}

/// Whether a subject starts as answers and forwarded mails do.
pub(super) fn has_reply_prefix(subject: &str) -> bool {
    const PREFIXES: [&str; 8] = ["re:", "aw:", "sv:", "antw:", "fw:", "fwd:", "wg:", "tr:"];
    let subject = subject.trim_start().to_lowercase();
    PREFIXES.iter().any(|prefix| subject.starts_with(prefix))
}

fn recipients(context: &Context, people: &People, signals: &mut Vec<Signal>) {
    let outside = &people.outside;
    if outside.len() == 1 {
        signals.push(signal("one-to-one", 1, "It goes to exactly one person outside"));
    }
    let mut domains: Vec<&str> = outside.iter().map(Address::domain).collect();
    domains.sort_unstable();
    domains.dedup();
    if domains.len() > 5 {
        let shown = "It goes to people at more than five organisations";
        signals.push(signal("many-companies", 2, shown));
    }
    let desk = people.own.iter().chain(outside).any(is_desk);
    if desk && outside.len() <= 1 {
        let shown = "It is written to or from a desk (support, billing, press and the like), not between two people";
        signals.push(signal("service-desk", -2, shown));
    }
    if context.blast.as_ref().is_some_and(BlastSeen::is_signal) {
        let shown = "Nearly the same text went to other organisations";
        signals.push(signal("same-text", 2, shown));
    }
    if !outside.is_empty() && outside.iter().all(|address| is_freemail(address.domain())) {
        let shown = "The recipient's mailbox may be a private one";
        signals.push(signal("private-mailbox", -1, shown));
    }
}

/// Whether a mailbox is that of a desk with which one has business. Desks that sellers write to and from (info, sales,
/// contact, hello, office) are not among them.
fn is_desk(address: &Address) -> bool {
    const DESKS: [&str; 43] = [
        "abuse",
        "accounting",
        "accounts",
        "admissions",
        "ap",
        "appointments",
        "baggage",
        "billing",
        "casework",
        "claims",
        "complaints",
        "customercare",
        "customerservice",
        "deposits",
        "disputes",
        "donations",
        "dpo",
        "exams",
        "help",
        "helpdesk",
        "invoices",
        "invoicing",
        "letters",
        "members",
        "membership",
        "newsdesk",
        "noreply",
        "notifications",
        "orders",
        "parking",
        "payroll",
        "permits",
        "planning",
        "press",
        "privacy",
        "refunds",
        "registrar",
        "returns",
        "security",
        "servicedesk",
        "support",
        "tenders",
        "tickets",
    ];
    let local = address.local().to_lowercase().replace(['-', '_', '.'], "");
    DESKS.binary_search(&local.as_str()).is_ok()
}
