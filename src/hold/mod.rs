//! Custody of a held or returned mail.
//!
//! In: a record of what is to be kept. Out: [`Held`] or [`Returned`], proofs that it is durable, and from them the
//! replies. There is no other way to say "held" than from such a proof.
//!
//! Must never: promise before the store has committed, keep two records of one mail and its identical resend, let out
//! what it holds without consent to exactly these octets.

pub mod copy;
mod custody;

pub use custody::{Custody, Held, Known, Returned};
