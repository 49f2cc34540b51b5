//! Watches accounts' own mailboxes, quietly.
//!
//! In: credentials that are at hand, records that are held, what the tap saw. Out: decisions that a rep takes by moving a
//! mail, handed to custody; reviews of drafts; who has written to an account and what became of what it sent.
//! One watcher per account waits for drafts and looks at the other mailboxes in between; another one, as long as something
//! is held, waits for what is moved to `Youward/Send as written`. Without credentials drafts are read from what the tap saw.
//!
//! Must never: touch what the rep wrote (no draft, no flag of one), decide by itself, do more at one time than one mail of
//! an account, keep a connection without need.

mod account;
mod arrivals;
mod coverage;
mod drafts;
mod error;
mod learn;
mod moves;
mod plan;
mod review;
mod settings;
mod tapped;
mod watch;

pub use settings::WatchSettings;
pub use watch::{Guard, Watched};
