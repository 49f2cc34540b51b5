//! What makes two mails the same to us.

use serde::{Deserialize, Serialize};
use std::fmt;

/// SHA-256 over account, recipients and content, apart from Date, Message-ID and MIME boundaries, which MUAs make anew
/// at every attempt. Consent is bound to exactly this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Takes back what [`Display`](fmt::Display) wrote, as a store does.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Fingerprint> {
        let sound = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        sound.then(|| Fingerprint(text.to_owned()))
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
