//! Watches accounts' own mailboxes, quietly.
//!
//! In: credentials that are at hand, records that are held. Out: decisions that a rep takes by moving a mail, handed to
//! custody. Today that is the mailbox from which a held mail is released; drafts, correspondents and replies come later.
//!
//! Must never: touch what the rep wrote, decide by itself, keep a connection without need.

mod moves;
mod watch;

pub use watch::Guard;
