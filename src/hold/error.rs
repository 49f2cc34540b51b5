//! Why a step with a record was not taken.

use crate::store::{RecordId, State, StoreError};

/// Why a step with a record was not taken.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The step does not fit where the record stands.
    #[error("{id} is {state}: {why}")]
    NotPossible {
        /// The record.
        id: RecordId,
        /// Where it stands.
        state: State,
        /// What would be needed.
        why: &'static str,
    },
    /// The standard does not let this person take it.
    #[error("{id}: {why}")]
    Forbidden {
        /// The record.
        id: RecordId,
        /// Who may, or what is missing.
        why: String,
    },
}

impl HoldError {
    /// Whether trying again later can help without anybody doing something about it.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            HoldError::Store(error) => error.is_temporary(),
            HoldError::NotPossible { .. } | HoldError::Forbidden { .. } => false,
        }
    }
}
