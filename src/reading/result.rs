//! What a reading consists of. These types are also the JSON that `youward check` prints and the store keeps.

use serde::{Deserialize, Serialize};
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
}

/// One place that talks about the sender, or one thing that the whole mail lacks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule, `category/name`, for example `want/would-like`.
    pub rule: String,
    /// Its category.
    pub category: Category,
    /// How heavy it is.
    pub severity: Level,
    /// Where it is; `None` for what concerns the whole mail.
    pub span: Option<Span>,
    /// The words found, as written, at most 200 characters, white space folded; empty for whole-mail findings.
    pub excerpt: String,
    /// Why it counts against the mail, a sentence or two.
    pub why: String,
    /// The question that helps to rewrite it.
    pub ask: String,
    /// Points that it costs in the ledger (after halving for overlaps, before caps).
    pub points: i32,
}

/// A place in one part of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// `subject`, or the IMAP section number of the part (RFC 9051 §6.4.5), such as `1` or `1.2`; `text` for a plain file.
    pub part: String,
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
