//! What the own text tells: how much of it is a pitch, and whether it is about business that is under way.

use super::signal;
use crate::mail::{MaskKind, Prose};
use crate::reading::packs::{Fact, Packs, Place};
use crate::reading::study::{AtMost, Hit, Kinds, Study};
use crate::reading::{Category, Level, ProspectingClass, Signal};

/// How much of the language is that of a pitch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pitch {
    /// Kinds of evidence that only a seller gives. Two places of one kind may be one slip of a rule; two kinds are none.
    commercial: usize,
    /// Kinds that are found in all mail: a wish, a request for a call, an attachment.
    common: usize,
    /// Sentences with any finding that is no slip, by sharp rules alone.
    places: usize,
    /// What broad rules would add is so much that it may well be a pitch.
    broadly: bool,
    /// What is said of the seller outweighs what is said and asked of the reader.
    leads: bool,
    /// It asks about the reader's side.
    asks: bool,
    /// A template hole, an unfilled merge field.
    hole: bool,
    /// It reminds of a mail that went unanswered.
    chases: bool,
    /// Signals of its lists, with their points and words.
    lists: Vec<Signal>,
    /// Points of the lists that speak for ordinary business.
    ordinary: i32,
}

/// So many places of one kind are no slip.
const MANY: usize = 3;

/// Categories that only a seller has a use for.
const COMMERCIAL: [Category; 6] = [
    Category::Sell,
    Category::Mask,
    Category::Hype,
    Category::Unbacked,
    Category::News,
    Category::Generic,
];

/// What rules found, counted.
#[derive(Default)]
struct Seen {
    kinds: Kinds,
    /// For each category its places.
    of_kinds: [usize; Kinds::MOST],
    places: usize,
    hole: bool,
}

impl Seen {
    fn add(&mut self, hit: &Hit) {
        let strong_merge = hit.category == Category::Merge && hit.level == Level::Strong;
        self.hole |= strong_merge;
        // "Dear Sir or Madam" is how strangers write, whatever they want.
        if hit.category != Category::Merge || strong_merge {
            self.kinds.add(hit.category);
        }
        if !hit.further {
            self.places += 1;
            if let Some(count) = self.of_kinds.get_mut(hit.category as usize) {
                *count += 1;
            }
        }
    }

    fn of_kind(&self, kind: Category) -> usize {
        self.of_kinds.get(kind as usize).copied().unwrap_or_default()
    }
}

impl Pitch {
    /// Weighs what was found.
    pub(crate) fn of(study: &Study, packs: &Packs) -> Pitch {
        let mut seen = Seen::default();
        // A subject that answers nothing is weighed by the headers already.
        let is_counted = |hit: &&Hit| {
            let rule = packs.rules.get(hit.rule);
            !rule.is_some_and(|rule| rule.place == Place::Subject && rule.needs.has(Fact::NoThread))
        };
        study.hits().iter().filter(is_counted).for_each(|hit| seen.add(hit));
        let commercial = COMMERCIAL.iter().filter(|kind| seen.kinds.has(**kind)).count();
        let insists = COMMERCIAL.iter().any(|kind| seen.of_kind(*kind) >= MANY);
        let in_sentences = study.sentences_with_lists();
        let offers = in_sentences(packs.lists.signal_offer);
        let lists = &packs.lists;
        let known = [
            (
                lists.signal_scheduling,
                "scheduling-link",
                1,
                "It offers a link for booking a time",
            ),
            (lists.signal_opt_out, "opt-out-line", 1, "It offers to stop writing"),
            (
                lists.signal_service,
                "service",
                -2,
                "It is about an order, an invoice, a ticket or the like",
            ),
            (
                lists.signal_buying,
                "buying",
                -4,
                "Its author wants to buy or to be served",
            ),
            (
                lists.signal_request,
                "request",
                -3,
                "Its author asks for something as a private person, a student, a tenant, a customer",
            ),
            (
                lists.signal_ongoing,
                "under-way",
                -2,
                "It is about something that both sides are in already",
            ),
            (
                lists.signal_personal,
                "personal",
                -2,
                "It reads like a mail between people who know each other",
            ),
        ];
        let lists: Vec<Signal> = known
            .into_iter()
            .filter_map(|(list, name, points, shown)| match in_sentences(list) {
                0 => None,
                // What speaks for ordinary business speaks louder the more of it there is.
                many => Some(signal(
                    name,
                    if points < 0 && many > 1 { points - 2 } else { points },
                    shown,
                )),
            })
            .collect();
        let ordinary = lists.iter().map(|signal| signal.points.min(0)).sum();
        let most = study.at_most();
        let enough = if most.asks { (6, 5) } else { (4, 3) };
        Pitch {
            commercial: commercial + usize::from(insists) + offers,
            common: seen.kinds.len() - commercial,
            places: seen.places,
            broadly: ordinary == 0 && most.places >= enough.0 && most.kinds >= enough.1,
            leads: leads(&most, seen.places),
            asks: most.asks,
            hole: seen.hole,
            chases: seen.kinds.has(Category::Nudge),
            ordinary,
            lists,
        }
    }

    /// Whether it shows at all. One wish alone is in most mail.
    pub(super) fn shows(&self) -> bool {
        self.hole || self.broadly || self.commercial > 0 || self.common >= 2
    }

    /// Whether broad rules may speak in a mail of this class: only where the seller leads it. In a mail that is about its
    /// reader most of what they find is a slip.
    pub(crate) fn wakes(&self, class: ProspectingClass, assumed: bool) -> bool {
        // One place may be a slip where a real question stands beside it.
        let some = self.places >= 2 || (self.places == 1 && !self.asks);
        self.leads
            && match class {
                ProspectingClass::Yes => some || self.broadly || assumed,
                ProspectingClass::Unsure => (some && (self.commercial > 0 || self.hole)) || self.broadly,
                ProspectingClass::No => false,
            }
    }

    /// Whether it reminds of a mail that went unanswered.
    pub(super) fn chases(&self) -> bool {
        self.chases
    }

    /// Enough of it that what the whole mail lacks may be held against it.
    pub(crate) fn speaks(&self) -> bool {
        self.is_sure() || (self.ordinary == 0 && self.shows() && self.commercial + self.common >= 2)
    }

    fn is_sure(&self) -> bool {
        self.hole || (self.leads && self.says_enough())
    }

    /// It says so much that it is a pitch, unless its reader has the better of it.
    fn says_enough(&self) -> bool {
        (self.broadly && self.commercial > 0)
            || self.commercial >= 2
            || (self.commercial == 1 && self.common >= 2)
            || self.common >= 4
    }

    fn is_plain(&self) -> bool {
        self.leads && self.commercial >= 3
    }

    pub(super) fn signals(&self, prose: &Prose) -> Vec<Signal> {
        let shown = |what: &str| {
            let (commercial, common) = (self.commercial, self.common);
            format!("{what} ({commercial} kinds of what only sellers say, {common} of what others say too)")
        };
        let mut signals = vec![if self.is_plain() {
            signal("pitch-language", 3, &shown("Its language is plainly that of a pitch"))
        } else if self.hole || (self.leads && self.commercial >= 2) {
            signal("pitch-language", 1, &shown("Its language is that of a pitch"))
        } else if self.is_sure() {
            // Enough for a first touch that nothing else speaks for, and not against it.
            signal("pitch-language", 0, &shown("Its language may be that of a pitch"))
        } else if self.says_enough() {
            signal(
                "faint-pitch",
                -2,
                &shown("It says and asks more of its reader than what sounds like a pitch"),
            )
        } else if self.broadly {
            // Orders, appointments and old friends may sound like that, too: enough to be unsure of a first touch.
            signal(
                "faint-pitch",
                -2,
                &shown("It sounds like a pitch, but for what only sellers say"),
            )
        } else if self.shows() {
            signal("faint-pitch", -2, &shown("Little in it sounds like a pitch"))
        } else {
            signal("no-pitch", -4, "Nothing in it sells")
        }];
        signals.extend(self.lists.iter().cloned());
        let named = |name: &str| signals.iter().any(|signal| signal.name == name);
        let (booking, opt_out) = (named("scheduling-link"), named("opt-out-line"));
        // A mailing's footer is not read, but tells that machines wrote it.
        if !opt_out && prose.masks.iter().any(|mask| mask.kind == MaskKind::Footer) {
            signals.push(signal("opt-out-line", 1, "It offers to stop writing"));
        }
        if !booking && links_to_booking(prose) {
            signals.push(signal("scheduling-link", 1, "It offers a link for booking a time"));
        }
        signals
    }
}

/// Whether the seller leads a mail, from what all rules together would find in it and how many places sharp rules see: always
/// where nothing else is said of the reader; otherwise by weights, so that good mails of all kinds have the better of it and
/// pitches have not. Sentences about neither side count for nothing, so that padding changes nothing.
fn leads(most: &AtMost, sharp: usize) -> bool {
    const LEADS_FROM: usize = 4;
    let of_seller = 2 * (most.kinds + most.places.min(12) + 3 * sharp.min(4));
    let of_reader = 8 * most.asking.min(3) + 3 * most.of_reader.min(5);
    of_reader == 0 || of_seller >= of_reader + LEADS_FROM
}

fn links_to_booking(prose: &Prose) -> bool {
    let urls = prose.masks.iter().filter(|mask| mask.kind == MaskKind::Url);
    urls.filter_map(|mask| prose.parts.get(mask.part)?.text.get(mask.range.clone()))
        .any(is_booking_page)
}

/// Whether a web address is that of a booking page.
fn is_booking_page(url: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_facts_about_the_reader_outweigh_what_rules_see() {
        let most = |places, kinds, asking, of_reader| AtMost {
            places,
            kinds,
            asks: asking > 0,
            asking,
            of_reader,
        };
        assert!(leads(&most(1, 1, 0, 0), 0));
        assert!(!leads(&most(1, 1, 0, 1), 0));
        // Two places that sharp rules see are enough beside a fact about the reader; not beside two questions.
        assert!(leads(&most(2, 1, 0, 1), 2));
        assert!(!leads(&most(2, 1, 2, 0), 2));
        assert!(!leads(&most(3, 3, 1, 1), 0));
        // Nobody can ask so much that a mail full of the seller would not be led by them.
        assert!(leads(&most(30, 9, 9, 30), 9));
    }
}
