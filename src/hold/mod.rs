//! Custody of a held or returned mail, and its life until it is over.
//!
//! In: a record of what is to be kept, what people decide about it, and what providers answer. Out: [`Held`] or
//! [`Returned`], proofs that it is durable, and from them the replies; mails in the account's own mailboxes; a released
//! mail, sent. There is no other way to say "held" than from such a proof. [`life`] is the table of its states, pure like
//! [`matching`]; [`Worker`] does what records owe.
//!
//! Must never: promise before the store has committed, keep two records of one mail and its identical resend, let out
//! what it holds without consent to exactly these octets, send again by itself what may have gone.

pub mod copy;
mod custody;
mod decisions;
mod error;
mod filing;
mod gateway;
pub mod life;
pub mod matching;
mod release;
mod steps;
mod sweep;
#[cfg(test)]
mod tests;
mod wording;
mod worker;

pub use custody::{Custody, Held, Known, Returned};
pub use decisions::{Decider, Settlement};
pub use error::HoldError;
pub use gateway::Gateway;
pub use matching::Candidate;
pub use worker::Worker;
