//! Settings: files in, domain types out, here and nowhere else.
//!
//! In: `youward.toml`, `standard.toml`, rule packs, the environment, in layers. Out: [`Settings`], whole and checked, or
//! every fault with file, line, field and what was expected.
//!
//! Must never: half-apply a file, accept an unknown key, let a plaintext listener leave loopback.

use crate::proxy::{Capacity, UpstreamSettings};
use crate::smtp::{Limits, Timeouts};
use std::path::PathBuf;
use std::time::Duration;

/// Everything that the program is told, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they came from, if there was one.
    pub file: Option<PathBuf>,
    /// The providers.
    pub upstreams: Vec<UpstreamSettings>,
    /// Limits of one session.
    pub limits: Limits,
    /// Time-outs of one session.
    pub timeouts: Timeouts,
    /// Limits over all sessions.
    pub capacity: Capacity,
    /// The folder for the store and the loopback certificate, made 0700.
    pub data_dir: PathBuf,
    /// How long an identical resend gets the same answer, and consent lasts. Default 24 h.
    pub resend_window: Duration,
}
