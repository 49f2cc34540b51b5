//! The tap over an IMAP connection (RFC 9051).
//!
//! In: the octets of both directions, as they come, however split. Out: the same octets, and events (logged in, mailbox
//! selected, mail appended). Only capabilities that can't cross are taken out of their lists, and STARTTLS and COMPRESS are
//! answered by us. It is one machine over both sides, since only together they tell a literal from commands. When the
//! tap loses track it goes blind: it forwards on, says so once, and never guesses.
//!
//! Must never: turn a literal's content into a command, hold back more than an unfinished line, show a secret, do I/O.

mod append;
mod args;
mod capability;
mod client;
mod command;
mod event;
mod line;
mod login;
mod server;
mod step;
mod tap;
#[cfg(test)]
mod tests;
mod words;

pub use append::Interest;
pub use event::{Appended, Event, SpecialUse};
pub use login::{Login, Secret};
pub use step::{Piece, Step, Then};
pub use tap::{Tap, TapSettings};
