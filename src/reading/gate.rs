//! Is this mail prospecting? Hard noes first, then signals with points; every one is shown.

use super::context::{Context, GateSettings, History, HistoryUnknown};
use super::packs::Packs;
use super::study::Study;
use super::text::is_freemail;
use super::{Category, HardNo, Level, Prospecting, ProspectingClass, Signal};
use crate::mail::{Address, MaskKind, Prose, Protection};

/// Weighs the signals of one mail.
pub(crate) fn judge(prose: &Prose, context: &Context, study: &Study, packs: &Packs) -> Prospecting {
    let people = People::of(prose, context);
    let hard_no = hard_no(prose, context, &people);
    let mut signals = Vec::new();
    if context.assume_prospecting {
        signals.push(signal(
            "assumed",
            context.gate.prospecting_from,
            "Read as a first-touch mail, as asked",
        ));
        let points = signals.iter().map(|signal| signal.points).sum();
        return Prospecting {
            class: ProspectingClass::Yes,
            points,
            hard_no: None,
            signals,
        };
    }
    let pitch = Pitch::of(study, packs);
    history(prose, context, &people, &mut signals);
    thread(prose, &mut signals);
    recipients(&people, &mut signals);
    language(prose, study, pitch.shows(), packs, &mut signals);
    let points = signals.iter().map(|signal| signal.points).sum();
    let class = if hard_no.is_some() {
        ProspectingClass::No
    } else {
        capped(class_of(points, &context.gate), pitch, context)
    };
    Prospecting {
        class,
        points,
        hard_no,
        signals,
    }
}

fn class_of(points: i32, gate: &GateSettings) -> ProspectingClass {
    if points >= gate.prospecting_from {
        ProspectingClass::Yes
    } else if points >= gate.unsure_from {
        ProspectingClass::Unsure
    } else {
        ProspectingClass::No
    }
}

/// A first mail that sells nothing is a letter; and nobody can be sure of a first touch on a day without history.
fn capped(class: ProspectingClass, pitch: Pitch, context: &Context) -> ProspectingClass {
    let unknown = context.history == History::Unknown && context.gate.history_unknown == HistoryUnknown::Unsure;
    match class {
        _ if pitch.under_way && !pitch.shows() => ProspectingClass::No,
        ProspectingClass::Yes if unknown || !pitch.is_sure() => ProspectingClass::Unsure,
        other => other,
    }
}

/// Who writes to whom. The envelope decides; without one the header does.
struct People {
    recipients: Vec<Address>,
    /// Those outside the company.
    outside: Vec<Address>,
    reverse_path_empty: bool,
}

impl People {
    fn of(prose: &Prose, context: &Context) -> People {
        let headers = &prose.headers;
        let recipients: Vec<Address> = match &context.envelope {
            Some(envelope) => envelope.addresses(),
            None => headers.to.iter().chain(&headers.others).cloned().collect(),
        };
        let own = context.account.as_ref().or(headers.from.first()).map(Address::domain);
        let own = own.filter(|domain| !is_freemail(domain));
        let inside = |address: &Address| {
            own.is_some_and(|domain| address.is_within(domain))
                || context
                    .gate
                    .internal_domains
                    .iter()
                    .any(|domain| address.is_within(domain))
        };
        let outside = recipients.iter().filter(|address| !inside(address)).cloned().collect();
        let reverse_path_empty = context
            .envelope
            .as_ref()
            .is_some_and(|e| e.reverse_path.path.is_empty());
        People {
            recipients,
            outside,
            reverse_path_empty,
        }
    }
}

/// The first reason why the mail can't be prospecting.
fn hard_no(prose: &Prose, context: &Context, people: &People) -> Option<HardNo> {
    let headers = &prose.headers;
    let no = |name: &str, shown: &str| {
        Some(HardNo {
            name: name.to_owned(),
            shown: shown.to_owned(),
        })
    };
    if !people.recipients.is_empty() && people.outside.is_empty() {
        return no("internal", "Every recipient is inside the company");
    }
    if !headers.references.is_empty() && context.history == History::Known {
        return no("reply", "It answers a thread with someone who has written before");
    }
    if headers.auto_submitted.is_some() {
        return no("auto-submitted", "It is an automatic mail (Auto-Submitted)");
    }
    if headers
        .precedence
        .as_deref()
        .is_some_and(|value| ["bulk", "list", "auto_reply"].contains(&value))
    {
        return no("bulk", "It says that it is bulk, list or automatic mail (Precedence)");
    }
    if people.reverse_path_empty {
        return no("null-reverse-path", "It is a notification: its reverse-path is empty");
    }
    if headers.report {
        return no("report", "It is a delivery or read report");
    }
    if headers.list {
        return no("mailing-list", "It belongs to a mailing list");
    }
    if headers.calendar {
        return no("calendar", "It carries a calendar entry");
    }
    if headers.protection == Protection::Encrypted {
        return no("encrypted", "It is encrypted and can't be read");
    }
    if headers.resent {
        return no("resent", "It is a mail passed on unchanged (Resent)");
    }
    let exempt = |address: &Address| {
        context
            .gate
            .exempt_recipients
            .iter()
            .any(|entry| match entry.strip_prefix('@') {
                Some(domain) => address.is_within(domain),
                None => address.folded() == entry.to_lowercase(),
            })
    };
    if !people.outside.is_empty() && people.outside.iter().all(exempt) {
        return no(
            "exempt",
            "Every outside recipient is on the standard's list of exempt recipients",
        );
    }
    None
}

fn history(prose: &Prose, context: &Context, people: &People, signals: &mut Vec<Signal>) {
    let refers = !prose.headers.references.is_empty();
    match context.history {
        History::Known => signals.push(signal(
            "relationship",
            -4,
            "A recipient has written to this account before",
        )),
        History::FirstTouch => {
            signals.push(signal(
                "first-touch",
                3,
                "No recipient has ever written to this account",
            ));
            signals.push(signal("new-company", 1, "Nor has anyone of their organisation"));
        }
        // Someone must have written the mail that this one answers, unless it was the account itself.
        History::Unknown if refers && !answers_itself(prose, context) => {
            signals.push(signal(
                "answers",
                0,
                "It answers an earlier mail; who wrote that is not known",
            ));
        }
        History::Unknown if context.gate.history_unknown == HistoryUnknown::FirstTouch => {
            let shown = "As far as is known, no recipient has ever written to this account";
            signals.push(signal("first-touch", 3, shown));
            signals.push(signal(
                "new-company",
                1,
                "Nor, as far as is known, has anyone of their organisation",
            ));
        }
        History::Unknown => signals.push(signal(
            "history-unknown",
            0,
            "Earlier mail with the recipients is not known",
        )),
    }
    if !people.outside.is_empty() && people.outside.iter().all(|address| is_freemail(address.domain())) {
        signals.push(signal(
            "private-mailbox",
            -1,
            "The recipient's mailbox may be a private one",
        ));
    }
}

/// Whether the mail refers only to mail from its own domain: a second touch nobody has answered.
fn answers_itself(prose: &Prose, context: &Context) -> bool {
    let host = |id: &str| id.rsplit_once('@').map(|(_, host)| host.to_lowercase());
    let own = context.account.as_ref().or(prose.headers.from.first());
    let own_domain = own.map(Address::domain).filter(|domain| !is_freemail(domain));
    let from_own_domain = |host: &str| {
        own_domain
            .is_some_and(|domain| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
    };
    prose
        .headers
        .references
        .iter()
        .all(|id| host(id).is_some_and(|host| from_own_domain(&host)))
}

fn thread(prose: &Prose, signals: &mut Vec<Signal>) {
    let headers = &prose.headers;
    if headers.references.is_empty() {
        signals.push(signal("new-thread", 1, "It starts a new thread"));
        if has_reply_prefix(&headers.subject) {
            signals.push(signal(
                "borrowed-thread",
                2,
                "Its subject says Re: or Fwd:, yet it answers nothing",
            ));
        }
    }
    let quotes = prose.masks.iter().any(|mask| mask.kind == MaskKind::Quote);
    if quotes && !headers.references.is_empty() {
        signals.push(signal("quotes-recipient", -4, "It quotes an earlier mail"));
    }
}

/// Whether a subject starts as answers and forwarded mails do.
pub(crate) fn has_reply_prefix(subject: &str) -> bool {
    const PREFIXES: [&str; 8] = ["re:", "aw:", "sv:", "antw:", "fw:", "fwd:", "wg:", "tr:"];
    let subject = subject.trim_start().to_lowercase();
    PREFIXES.iter().any(|prefix| subject.starts_with(prefix))
}

fn recipients(people: &People, signals: &mut Vec<Signal>) {
    if people.outside.len() == 1 {
        signals.push(signal("one-to-one", 1, "It goes to exactly one person outside"));
    }
    let mut domains: Vec<&str> = people.outside.iter().map(Address::domain).collect();
    domains.sort_unstable();
    domains.dedup();
    if domains.len() > 5 {
        signals.push(signal(
            "many-companies",
            2,
            "It goes to people at more than five organisations",
        ));
    }
}

fn language(prose: &Prose, study: &Study, pitch: bool, packs: &Packs, signals: &mut Vec<Signal>) {
    if pitch {
        signals.push(signal("pitch-language", 2, "Its language is that of a pitch"));
    }
    let lists = &packs.lists;
    let has = |list: usize| study.pairs().any(|(_, studied)| studied.has(list));
    let links = prose
        .masks
        .iter()
        .filter(|mask| mask.kind == MaskKind::Url)
        .any(|mask| {
            let part = prose.parts.get(mask.part);
            part.and_then(|part| part.text.get(mask.range.clone()))
                .is_some_and(is_scheduling_link)
        });
    if links || has(lists.signal_scheduling) {
        signals.push(signal("scheduling-link", 1, "It offers a link for booking a time"));
    }
    if has(lists.signal_opt_out) {
        signals.push(signal("opt-out-line", 1, "It offers to stop writing"));
    }
    if has(lists.signal_service) {
        signals.push(signal(
            "service",
            -2,
            "It is about an order, an invoice, a ticket or the like",
        ));
    }
    if has(lists.signal_buying) {
        signals.push(signal("buying", -4, "Its author wants to buy or to be served"));
    }
    if has(lists.signal_personal) {
        signals.push(signal(
            "personal",
            -2,
            "It reads like a mail between people who know each other",
        ));
    }
}

/// Whether a web address is that of a booking page.
fn is_scheduling_link(url: &str) -> bool {
    const HOSTS: [&str; 11] = [
        "calendly.com",
        "cal.com/",
        "meetings.hubspot.com",
        "savvycal.com",
        "chilipiper.com",
        "calendar.app.google",
        "calendar.google.com/calendar/appointments",
        "outlook.office365.com/owa/calendar",
        "outlook.office.com/bookwithme",
        "acuityscheduling.com",
        "zcal.co",
    ];
    let url = url.to_lowercase();
    HOSTS.iter().any(|host| url.contains(host))
}

/// How much of the language is that of a pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pitch {
    /// Categories that only a seller has a use for.
    commercial: usize,
    /// Categories that other mail has, too: a wish, a request for a call, an attachment.
    common: usize,
    /// A template hole.
    hole: bool,
    /// The mail is about business that is under way, or between people who know each other.
    under_way: bool,
}

impl Pitch {
    /// Counts the categories that were found.
    pub(crate) fn of(study: &Study, packs: &Packs) -> Pitch {
        const COMMERCIAL: [Category; 6] = [
            Category::Sell,
            Category::Mask,
            Category::Hype,
            Category::Unbacked,
            Category::News,
            Category::Generic,
        ];
        let hits = || study.sentences.iter().flat_map(|studied| &studied.hits);
        let mut categories: Vec<Category> = hits().map(|hit| hit.category).collect();
        categories.sort_unstable();
        categories.dedup();
        let commercial = categories
            .iter()
            .filter(|category| COMMERCIAL.contains(category))
            .count();
        let lists = [
            packs.lists.signal_service,
            packs.lists.signal_buying,
            packs.lists.signal_personal,
        ];
        Pitch {
            commercial,
            common: categories.len() - commercial,
            hole: hits().any(|hit| hit.category == Category::Merge && hit.level == Level::Strong),
            under_way: study
                .pairs()
                .any(|(_, studied)| lists.iter().any(|list| studied.has(*list))),
        }
    }

    /// Worth a signal.
    fn shows(self) -> bool {
        self.hole || self.commercial > 0 || (!self.under_way && self.common > 0)
    }

    /// Enough of it that what the whole mail lacks may be held against it.
    pub(crate) fn speaks(self) -> bool {
        let needed = if self.under_way { 2 } else { 1 };
        self.hole
            || (self.commercial > 0 && self.commercial + self.common >= needed)
            || (!self.under_way && self.common >= 2)
    }

    /// So much of it that it can't be anything else. One place alone may be a slip of a rule.
    fn is_sure(self) -> bool {
        self.hole
            || (self.commercial > 0 && self.commercial + self.common >= 2)
            || (!self.under_way && self.common >= 3)
    }
}

fn signal(name: &str, points: i32, shown: &str) -> Signal {
    Signal {
        name: name.to_owned(),
        points,
        shown: shown.to_owned(),
    }
}
