//! The mail's octets, which nobody can edit.

use std::fmt;
use std::sync::Arc;

/// The content of one mail: header and body as octets, exactly as submitted (after dot-unstuffing, RFC 5321 §4.5.2).
///
/// Cheap to clone. There is no way to change the octets.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    octets: Arc<Vec<u8>>,
}

impl Mail {
    /// Takes octets as they are.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Mail {
        Mail {
            octets: Arc::new(octets),
        }
    }

    /// The octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// Content must not reach a log, so only the length is shown.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({} octets)", self.octets.len())
    }
}
