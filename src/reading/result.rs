//! What a reading consists of. These types are also the JSON that `youward check` prints and the store keeps.

use super::ledger::Ledger;
use super::shared::SharedText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// The whole result of reading one mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Is it prospecting, and which signals say so.
    pub prospecting: Prospecting,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// 100 (nothing found) down to 0: 100 minus the points of all ledger lines, not below 0.
    pub score: i32,
    /// Every point of the score, a line each.
    pub ledger: Vec<LedgerLine>,
    /// Words of own text that were read.
    pub words: usize,
    /// Regions that were not read: quotes, signatures, forwarded mail, …
    pub masks: usize,
    /// True if the own text was longer than the limit and its rest was not read.
    pub cut: bool,
    /// Hash of the rule packs that read it, in hex.
    pub packs: String,
    /// Why the own text was not read at all, in words, such as `language: German`. Then there are no findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_read: Option<String>,
    /// Which of the customer's layers the mail speaks to.
    #[serde(default)]
    pub lamps: Lamps,
    /// Where a rewrite could begin; only where there are findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// Findings that somebody silenced; they cost nothing and are not among the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<Silenced>,
    /// What the ledger was added up with.
    #[serde(default)]
    pub scale: Scale,
}

/// What a ledger is added up with, besides the points of the findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// The most that each category of places may cost.
    pub caps: BTreeMap<Category, i32>,
    /// How many findings, from the first, stand in the subject line or before the first words about the reader.
    pub opening: usize,
}

/// One place that talks about the sender, or one thing that the whole mail lacks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule, `category/name`, for example `want/would-like`.
    pub rule: SharedText,
    /// Its category.
    pub category: Category,
    /// How heavy it is.
    pub severity: Level,
    /// Where it is; `None` for what concerns the whole mail.
    pub span: Option<Span>,
    /// The words found, as written, at most 200 characters, white space folded; empty for whole-mail findings.
    pub excerpt: String,
    /// Why it counts against the mail, a sentence or two.
    pub why: SharedText,
    /// The question that helps to rewrite it.
    pub ask: SharedText,
    /// Points that it costs in the ledger (after halving for overlaps, before caps).
    pub points: i32,
    /// A stable hash of the category and the words found, folded for matching: 16 hex digits. It stays the same when the
    /// mail around it changes, and is how a finding is silenced. Empty for whole-mail findings.
    #[serde(default)]
    pub hash: String,
}

/// A finding that was silenced, and by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Silenced {
    /// What was found.
    pub finding: Finding,
    /// Why it does not count.
    pub silence: Silence,
}

/// Somebody's word that one finding is right as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Silence {
    /// [`Finding::hash`] of what is silenced.
    pub hash: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub author: String,
}

/// One of the customer's layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// What happens in their market: rules, suppliers, competitors, prices.
    Market,
    /// Their company: sites, filings, plans.
    Company,
    /// A team or role, and its duties.
    Function,
    /// The reader: what they said, run and answer for.
    Person,
}

/// The four lamps, in the order of [`Layer`]; each is lit by the places that speak to its layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lamps {
    /// Market.
    pub market: Vec<Excerpt>,
    /// Company.
    pub company: Vec<Excerpt>,
    /// Function.
    pub function: Vec<Excerpt>,
    /// Person.
    pub person: Vec<Excerpt>,
}

/// A place with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Where it is.
    pub span: Span,
    /// The words as written, at most 200 characters, white space folded.
    pub excerpt: String,
}

/// Where a rewrite could begin. Never a sentence to paste: the work is the author's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Help {
    /// The question of the finding that costs most.
    pub ask: SharedText,
    /// The layer that no place speaks to and that is nearest to the reader.
    pub dark: Option<Layer>,
    /// The question that lights it.
    pub dark_ask: String,
    /// Facts about the customer that the mail holds already.
    pub facts: Vec<Excerpt>,
    /// What a rewrite would do, move by move.
    pub moves: Vec<String>,
}

impl Reading {
    /// The score if only some of its findings counted.
    #[must_use]
    pub fn rescored(&self, keep: impl Fn(&Finding) -> bool) -> i32 {
        Ledger::of(&self.findings, &self.scale, keep).score
    }
}

impl Category {
    /// As files and outputs spell them, in their order.
    pub const NAMES: [&'static str; 19] = [
        "want",
        "sell",
        "mask",
        "hype",
        "ask",
        "pretext",
        "route",
        "unbacked",
        "news",
        "tell",
        "nudge",
        "generic",
        "blame",
        "merge",
        "seller-subject",
        "no-customer-question",
        "layers",
        "insight-no-next",
        "blast",
    ];

    /// Whether a file's word names a category.
    #[must_use]
    pub fn is_name(word: &str) -> bool {
        Category::NAMES.contains(&word)
    }
}

impl Layer {
    /// All four.
    pub const ALL: [Layer; 4] = [Layer::Market, Layer::Company, Layer::Function, Layer::Person];

    /// As the rep reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Layer::Market => "market",
            Layer::Company => "company",
            Layer::Function => "function",
            Layer::Person => "person",
        }
    }
}

impl Lamps {
    /// The places that speak to a layer.
    #[must_use]
    pub fn of(&self, layer: Layer) -> &[Excerpt] {
        match layer {
            Layer::Market => &self.market,
            Layer::Company => &self.company,
            Layer::Function => &self.function,
            Layer::Person => &self.person,
        }
    }

    /// Whether a layer is spoken to.
    #[must_use]
    pub fn lit(&self, layer: Layer) -> bool {
        !self.of(layer).is_empty()
    }
}

/// A place in one part of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// `subject`, or the IMAP section number of the part (RFC 9051 §6.4.5), such as `1` or `1.2`; `text` for a plain file.
    pub part: SharedText,
    /// Byte offsets into the decoded UTF-8 text of that part; for a plain file, into the file.
    pub range: Range<usize>,
    /// Line in that text, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The octets of the raw mail that encode the place, where they can be told; the smallest range that surely holds
    /// it (the whole encoded part, for charsets that can't be traced octet by octet).
    pub raw: Range<usize>,
}

/// The categories of the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// The seller's wish as the frame.
    Want,
    /// Here is what we do and sell.
    Sell,
    /// A pitch whose only customer content is an industry or role label.
    Mask,
    /// Praise of one's own offer.
    Hype,
    /// The seller's calendar ask as the call to action.
    Ask,
    /// A borrowed or false occasion.
    Pretext,
    /// The reader as switchboard.
    Route,
    /// A value claim without knowledge.
    Unbacked,
    /// The seller's own news and numbers.
    News,
    /// One-way content push.
    Tell,
    /// A follow-up about the sender's attention.
    Nudge,
    /// Generic aspiration.
    Generic,
    /// "You" used to blame or press.
    Blame,
    /// A template hole.
    Merge,
    /// Whole mail: most sentences are about the seller.
    SellerSubject,
    /// Whole mail: no question about the customer.
    NoCustomerQuestion,
    /// Whole mail: neither market, company, function nor person is spoken to.
    Layers,
    /// Whole mail: an insight with no opening to react.
    InsightNoNext,
    /// Whole mail: nearly the same text went to many organisations.
    Blast,
}

/// How heavy a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 4 points.
    Note,
    /// 6 points.
    Warn,
    /// 10 points.
    Strong,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// What costs, for example `want: 2 places`.
    pub what: String,
    /// Points taken off, 0 or more.
    pub points: i32,
}

/// Is this mail prospecting?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prospecting {
    /// The answer at the settings in force.
    pub class: ProspectingClass,
    /// The sum of the signals' points.
    pub points: i32,
    /// The reason why it can't be prospecting, if there is one.
    pub hard_no: Option<HardNo>,
    /// Every signal, with its points.
    pub signals: Vec<Signal>,
}

/// The three answers of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProspectingClass {
    /// It is.
    Yes,
    /// It may be: annotate at most.
    Unsure,
    /// It is not: pass.
    No,
}

/// One reason to think that a mail is, or is not, prospecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// A stable name, such as `new-thread`.
    pub name: String,
    /// Positive speaks for prospecting.
    pub points: i32,
    /// In words, for the rep.
    pub shown: String,
}

/// What rules prospecting out, whatever the points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardNo {
    /// A stable name, such as `internal` or `auto-submitted`.
    pub name: String,
    /// In words, for the rep.
    pub shown: String,
}
