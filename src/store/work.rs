//! Work that a record still owes: durable, so that it outlives a restart and waits for a login if need be.
//!
//! Every kind may be begun twice (a crash falls between doing and noting) and must come to the same then.

use super::{Erase, RecordId, Rewrite};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WorkKind {
    /// Put the mail as written into Drafts.
    FileDraft,
    /// Put the annotated copy into its mailbox.
    FileCopy,
    /// Move the copy that the MUA filed out of Sent.
    TakeFromSent,
    /// Put the mail into Sent, now that it went.
    FileSent,
    /// Take away the annotated copy and what was moved out of Sent, and the draft too if nobody has touched it.
    Tidy {
        /// Whether the draft goes.
        draft: bool,
    },
    /// Tell the author something, by a notice in their mailbox.
    Notify(Notice),
    /// Send the released mail.
    Send,
    /// Look in Sent whether a mail in doubt went.
    Look,
    /// Another mail went to the same people: look whether the draft has gone, for then it was the rewrite.
    Settle {
        /// What went, and what changed.
        rewrite: Rewrite,
    },
}

/// What the author is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "kebab-case")]
pub enum Notice {
    /// The hold ended by itself.
    Expired {
        /// After so many hours.
        after_hours: u32,
    },
    /// It is still held.
    Reminder {
        /// For so many hours now.
        held_for_hours: u32,
    },
    /// The provider did not take it, for good.
    Refused {
        /// The provider's words.
        words: String,
    },
    /// The provider did not take it for so long that it is given up.
    GivenUp {
        /// The provider's last words, or what went wrong.
        words: String,
        /// Tried for so many hours.
        hours: u32,
    },
    /// Whether it went is not known.
    InDoubt,
    /// It was moved to be sent, and may not be.
    NotReleased {
        /// Why not.
        why: String,
    },
}

/// Work to be noted with a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWork {
    /// What.
    pub kind: WorkKind,
    /// Not before.
    pub due: Timestamp,
}

/// A piece of work that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Its number; work of one record is done in this order.
    pub seq: i64,
    /// The record.
    pub record: RecordId,
    /// What.
    #[serde(flatten)]
    pub kind: WorkKind,
    /// Whose mailboxes or whose submission.
    pub account: String,
    /// At which provider.
    pub upstream: String,
    /// Since when.
    pub added: Timestamp,
    /// Not before.
    pub due: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// What it waits for, in words; `None` if it only waits for its turn.
    pub waits_for: Option<String>,
}

impl Work {
    /// Whether its time has come. Nothing is ever put off for longer than an hour: what lies further ahead was put off before
    /// the clock was set back, and does not wait for it.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        const FURTHEST: SignedDuration = SignedDuration::from_mins(90);
        self.due <= now || self.due.duration_since(now) > FURTHEST
    }
}

/// The right to do one piece of work, for a time. A later claim of the same work makes it lapse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The work's number.
    pub seq: i64,
    /// Which claim of it this is.
    pub fence: i64,
}

/// How a piece of work ended that brings no step of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It is done, or not needed any more.
    Done,
    /// It is done, and something of the record is needed no more.
    DoneErasing(Erase),
    /// It is done, and brings other work.
    DoneBringing(NewWork),
    /// It is tried again.
    Later {
        /// Not before.
        due: Timestamp,
        /// What it waits for, in words.
        waits_for: String,
    },
}

impl WorkKind {
    /// In words, for people: "put the draft back", …
    #[must_use]
    pub fn shown(&self) -> &'static str {
        match self {
            WorkKind::FileDraft => "put the mail back into Drafts",
            WorkKind::FileCopy => "file the annotated copy",
            WorkKind::TakeFromSent => "move the copy out of Sent",
            WorkKind::FileSent => "put the mail into Sent",
            WorkKind::Tidy { .. } => "clear the copies away",
            WorkKind::Notify(_) => "tell the author",
            WorkKind::Send => "send the released mail",
            WorkKind::Look => "look in Sent whether it went",
            WorkKind::Settle { .. } => "see whether it was rewritten",
        }
    }

    /// Whether it is done in the account's mailboxes, not by submission.
    #[must_use]
    pub fn needs_mailboxes(&self) -> bool {
        *self != WorkKind::Send
    }
}

impl NewWork {
    /// Work that is due at once.
    #[must_use]
    pub fn now(kind: WorkKind, at: Timestamp) -> NewWork {
        NewWork { kind, due: at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_kept_as_json_and_come_back() {
        for kind in [
            WorkKind::FileDraft,
            WorkKind::Tidy { draft: true },
            WorkKind::Notify(Notice::GivenUp {
                words: "452 4.3.1 full".to_owned(),
                hours: 72,
            }),
            WorkKind::Notify(Notice::InDoubt),
            WorkKind::Send,
        ] {
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<WorkKind>(&json).unwrap(), kind, "{json}");
        }
    }
}
