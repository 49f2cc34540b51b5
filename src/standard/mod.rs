//! The outreach standard: an admin's thresholds and dispositions, and the judgement by them.
//!
//! In: a [`Reading`] or the news that there could be none, the envelope, and the author's consent
//! if given. Out: a [`Verdict`]: pass, annotate, return or hold, with its reasons.
//!
//! There is one default, and named standards for groups of accounts that inherit from it: [`Standards`]. Files that a
//! standard names are opened by who calls.
//!
//! Must never: read the mail itself, know the clock (time comes in), or hold what is not prospecting.

mod accounts;
mod decisions;
mod file;
mod form;
mod judge;
mod layers;
#[cfg(test)]
mod letters;
mod members;
mod modes;
#[cfg(test)]
mod schema;
mod shape;
#[cfg(test)]
mod tests;
mod verdict;

pub use accounts::AccountPattern;
pub use modes::Modes;
pub use verdict::{Disposition, Reason, Terms, Verdict};

use crate::reading::{GateSettings, Reading};
use crate::toml_file::Fault;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An outreach standard, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// `default`, or the name that the admin gave it.
    pub name: String,
    /// Scores below this are annotated.
    pub annotate_below: i32,
    /// Scores below this are acted on, if what was found bears it.
    pub act_below: i32,
    /// How it is acted on.
    pub act: Act,
    /// How far the standard goes.
    pub mode: Mode,
    /// How far single rules and categories go.
    pub modes: Modes,
    /// What happens to a mail that could not be read.
    pub on_error: OnError,
    /// The operating-system users who are approvers.
    pub approvers: Vec<String>,
    /// How a returned mail may be sent as written.
    pub consent: Consenting,
    /// How a held mail may be released.
    pub release: Release,
    /// When a hold ends by itself.
    pub hold_expiry: HoldExpiry,
    /// Overlays over the rule packs, in their order.
    pub overlays: Vec<NamedText>,
    /// What is known of recipients besides their mail.
    pub facts: Option<NamedText>,
    /// Findings that are right as they stand.
    pub silences: Option<NamedText>,
    /// What is done with drafts.
    pub drafts: DraftReviews,
    /// Whether prospecting mail that went past Youward gets an annotated copy afterwards.
    pub notes_on_elsewhere: bool,
    gate: GateSettings,
}

/// What is done with drafts as they are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftReviews {
    /// Whether they are read at all.
    pub review: bool,
    /// Whether a review is filed as unread mail, which mail clients show; otherwise it lies there quietly.
    pub notify: bool,
}

/// A file that a standard names, read whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedText {
    /// Its path, to show.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// A text with the name of its file, for faults.
#[derive(Debug, Clone, Copy)]
pub struct WrittenText<'a> {
    /// The file as the admin named it.
    pub file: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// Where a value or a member was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A key with the value in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The dotted key.
    pub key: String,
    /// Its value as TOML.
    pub value: String,
    /// Where it was written; `None` for a default.
    pub origin: Option<Origin>,
}

/// One standard with where everything in it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The standard.
    pub standard: Standard,
    /// Every key with its value, in the order of the sample file.
    pub settings: Vec<Setting>,
    /// Whom it is for; empty for the default, which is for everybody else.
    pub accounts: Vec<Member>,
    /// Where its name stands; `None` for the default.
    pub origin: Option<Origin>,
}

/// A group of accounts that a standard names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Which accounts.
    pub pattern: AccountPattern,
    /// Where that was written.
    pub origin: Origin,
}

/// The default and all named standards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standards {
    /// For everybody whom no named standard is for.
    pub default: Entry,
    /// In the order of the file: the first that names an account counts.
    pub named: Vec<Entry>,
    /// What holds, but may surprise.
    pub warnings: Vec<Fault>,
}

/// Who may decide against a standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// The mail's author.
    Author,
    /// Somebody whom the admin trusts with it.
    Approver,
    /// Nobody.
    Nobody,
}

/// How a returned mail may be sent as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consenting {
    /// Who may consent to it.
    pub by: Who,
    /// Whether they must say why.
    pub reason_required: bool,
    /// How long consent lasts.
    pub valid_for_hours: u32,
}

/// How a held mail may be released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// Who may.
    pub by: Who,
    /// Whether they must say why.
    pub reason_required: bool,
    /// For how many hours it is tried again when the provider does not take it now.
    pub retry_for_hours: u32,
}

/// When a hold ends by itself, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldExpiry {
    /// Hours for holds of a reason, by the reason's name; these go before the general number.
    pub by_reason: Vec<(&'static str, u32)>,
    /// Hours for all others; 0 for never.
    pub after_hours: u32,
    /// What then.
    pub then: Then,
}

/// What becomes of a hold that nobody ended. Nothing is ever sent, or lost, by time alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// It goes back to its author as if it had been returned.
    Return,
    /// It stays, and its author is reminded.
    Remind,
}

/// How a mail below the standard is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Refused with its reasons.
    Return,
    /// Taken into custody.
    Hold,
}

/// How far a standard goes, from mild to strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everything passes; reasons are recorded.
    Observe,
    /// Annotated at most.
    Coach,
    /// As the thresholds say.
    Enforce,
}

/// What happens to a mail that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It is sent on.
    Pass,
    /// It is sent on, and the author is told.
    Annotate,
    /// It is refused.
    Return,
    /// It is taken into custody.
    Hold,
}

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub enum Judged<'a> {
    /// A reading.
    Read(&'a Reading),
    /// There could be none.
    NotRead {
        /// Why not, in words for the author.
        why: &'a str,
    },
}

/// Consent to sending a returned mail as written. That it belongs to this very mail, and was given by whom the verdict on
/// it asks for, is for the caller to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When it was given.
    pub given_at: Timestamp,
    /// Why, in their words.
    pub reason: String,
}

impl Standard {
    /// Reads a default standard that names no other files. `file` is its name for faults.
    ///
    /// # Errors
    /// The first fault, with its place. Nothing is half-applied.
    pub fn parse(file: &str, text: &str) -> Result<Standard, Fault> {
        let open = |_: &str, _: &str| Err("no files can be named here".to_owned());
        match file::parse(WrittenText { file, text }, None, open) {
            Ok(standards) => Ok(standards.default.standard),
            Err(faults) => Err(faults
                .into_iter()
                .next()
                .unwrap_or_else(|| Fault::whole(file, "it can't be read", ""))),
        }
    }

    /// The standard that is compiled in, which `config/standard.toml` shows with all its keys.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the text is compiled in and a test loads it")]
    pub fn builtin() -> Standard {
        Standard::parse("config/standard.toml", BUILTIN).expect("the shipped standard loads")
    }

    /// The text of the standard that is compiled in.
    #[must_use]
    pub fn builtin_text() -> &'static str {
        BUILTIN
    }

    /// The gate's part, for [`Context::gate`](crate::reading::Context).
    #[must_use]
    pub fn gate(&self) -> GateSettings {
        self.gate.clone()
    }
}

const BUILTIN: &str = include_str!("../../config/standard.toml");

impl Standards {
    /// Reads the admin's file, and a rep's own on top of each of its standards, as far as keys are not locked. `open`
    /// opens a file that one of them names: from the naming file and the name as written to its path and text.
    ///
    /// # Errors
    /// Every fault, with its place. Nothing is half-applied.
    pub fn parse(
        main: WrittenText<'_>,
        rep: Option<WrittenText<'_>>,
        open: impl FnMut(&str, &str) -> Result<(String, String), String>,
    ) -> Result<Standards, Vec<Fault>> {
        file::parse(main, rep, open)
    }

    /// One standard for everybody, with nothing known of where it was written.
    #[must_use]
    pub fn of_one(standard: Standard) -> Standards {
        Standards {
            default: Entry {
                standard,
                settings: Vec::new(),
                accounts: Vec::new(),
                origin: None,
            },
            named: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// All of them, the default first.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.default).chain(&self.named)
    }

    /// Where among [`all`](Standards::all) an account's standard stands, and the member that made it so; none for the
    /// default.
    #[must_use]
    pub fn choose(&self, account: &str) -> (usize, Option<&Member>) {
        for (at, entry) in self.named.iter().enumerate() {
            if let Some(member) = entry.accounts.iter().find(|member| member.pattern.matches(account)) {
                return (at + 1, Some(member));
            }
        }
        (0, None)
    }

    /// An account's standard.
    #[must_use]
    pub fn for_account(&self, account: &str) -> &Entry {
        match self.choose(account).0.checked_sub(1) {
            Some(at) => self.named.get(at).unwrap_or(&self.default),
            None => &self.default,
        }
    }
}

macro_rules! shown {
    ($($of:ident { $($name:ident = $word:literal),* })*) => {$(
        impl std::fmt::Display for $of {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $($of::$name => concat!("\"", $word, "\"")),* })
            }
        }
    )*};
}

// As a file spells them.
shown! {
    Act { Return = "return", Hold = "hold" }
    Mode { Observe = "observe", Coach = "coach", Enforce = "enforce" }
    OnError { Pass = "pass", Annotate = "annotate", Return = "return", Hold = "hold" }
    Who { Author = "author", Approver = "approver", Nobody = "nobody" }
    Then { Return = "return", Remind = "remind" }
}
