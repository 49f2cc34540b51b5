//! What mails are judged by, exchanged as a whole.

use crate::reading::Packs;
use crate::standard::Standard;
use std::sync::{Arc, PoisonError, RwLock};

/// Standard and rule packs.
#[derive(Debug)]
pub struct Policy {
    /// The standard in force.
    pub standard: Standard,
    /// The rules in force.
    pub packs: Packs,
}

/// The policy in force; sessions take it once a message.
#[derive(Debug, Clone)]
pub struct PolicyCell {
    policy: Arc<RwLock<Arc<Policy>>>,
}

impl PolicyCell {
    /// Begins with this policy.
    #[must_use]
    pub fn new(policy: Policy) -> PolicyCell {
        PolicyCell {
            policy: Arc::new(RwLock::new(Arc::new(policy))),
        }
    }

    /// The policy in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Policy> {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
