//! Credentials: in memory only.
//!
//! In: SASL credentials that a provider has just accepted ([`crate::smtp::sasl::Credentials`], zeroized on drop). Out: the
//! same to whoever does work for the account, within their lifetime. In between they are sealed with a key that lives as
//! long as the process, so that no stray copy of memory (a core dump, a swapped page) shows them in the clear.
//!
//! Must never: write a secret to disk or a log, outlive its lifetime, give one account's to another.

mod vault;

pub use vault::{Vault, VaultError};
