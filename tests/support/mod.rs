//! What the end-to-end tests stand on: real servers and clients, a provider that misbehaves on purpose, and certificates.
//!
//! In: Debian's Postfix, Dovecot and mail clients (`tests/install` brings them), the `youward` program. Out: a running
//! provider and a running Youward for a test, on free ports and in folders of their own.
//!
//! Must never: leave a process or a folder behind, however a test ends ([`janitor`]); sleep for correctness
//! ([`wait::eventually`] waits for a condition, with a deadline); skip in silence when a program is missing
//! ([`programs::need`] fails and says which).

pub(crate) mod client;
mod dialogue;
pub(crate) mod fake_imap;
pub(crate) mod fake_upstream;
pub(crate) mod imap;
pub(crate) mod imap_client;
pub(crate) mod janitor;
pub(crate) mod judge;
pub(crate) mod ledger;
pub(crate) mod letters;
pub(crate) mod mua;
pub(crate) mod pki;
pub(crate) mod ports;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod provider;
pub(crate) mod scratch;
pub(crate) mod script;
pub(crate) mod tracer;
pub(crate) mod wait;
pub(crate) mod youward;
