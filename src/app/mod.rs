//! Composition root: builds the adapters, starts the long-lived tasks, stops them in order. The only wall clock.
//!
//! In: checked settings, the policy, an open store. Out: a running proxy, and its orderly end.
//!
//! Must never: decide or parse anything; it only puts together.

mod apart;
pub mod certificate;
mod clock;
mod memory;
mod policy;
mod reload;
mod serve;
mod signals;

pub use clock::now;
pub use memory::keep_memory_private;
pub use policy::{PolicyError, load_packs, load_policy};
pub use reload::{Watch, load_to_watch};
pub use serve::{Listening, Running, StartError, start};
pub use signals::StopSignal;
