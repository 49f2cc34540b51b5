//! Addresses as RFC 5321 §4.1.2 spells them, kept as written and compared as mail systems do.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A mailbox `local-part@domain` (RFC 5321 §4.1.2). The local part is kept as written; the domain is kept in lower case.
///
/// This is for *knowing who is meant*. On the wire the client's own path goes out verbatim (see [`super::ReversePath`]).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Address {
    local: String,
    domain: String,
}

impl Address {
    /// Reads `local@domain`; the last `@` outside quotes separates. `None` if either side is empty, a control character
    /// is in it, or it is longer than RFC 5321 §4.5.3.1 allows (local part 64, domain 255 octets).
    #[must_use]
    pub fn parse(text: &str) -> Option<Address> {
        let at = text.rfind('@')?;
        let (local, domain) = (text.get(..at)?, text.get(at + 1..)?);
        let sane = |part: &str, longest: usize| {
            !part.is_empty() && part.len() <= longest && !part.chars().any(|c| c.is_control() || c == '<' || c == '>')
        };
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        let quoted = local.starts_with('"') && local.ends_with('"') && local.len() >= 2;
        if !sane(local, 64) || !sane(domain, 255) || domain.contains(' ') || (local.contains(' ') && !quoted) {
            return None;
        }
        Some(Address {
            local: local.to_owned(),
            domain: domain.to_lowercase(),
        })
    }

    /// The local part, as written.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain or address literal, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The form that stands for "the same mailbox" in comparisons and keys: all in lower case. RFC 5321 §2.4 lets local
    /// parts differ by case; no provider in use does.
    #[must_use]
    pub fn folded(&self) -> String {
        format!("{}@{}", self.local.to_lowercase(), self.domain)
    }

    /// Whether the domain is `domain` or below it.
    #[must_use]
    pub fn is_within(&self, domain: &str) -> bool {
        let domain = domain.trim_start_matches('@').to_lowercase();
        self.domain == domain
            || self
                .domain
                .strip_suffix(&domain)
                .is_some_and(|rest| rest.ends_with('.'))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

impl TryFrom<String> for Address {
    type Error = String;
    fn try_from(text: String) -> Result<Address, String> {
        Address::parse(&text).ok_or_else(|| format!("{text:?} is not an address like name@example.com"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_clients_send() {
        for (text, local, domain) in [
            ("ana@Acme.Example", "ana", "acme.example"),
            ("\"quoted local\"@x.example", "\"quoted local\"", "x.example"),
            ("\"a@b\"@x.example", "\"a@b\"", "x.example"),
            ("a@[127.0.0.1]", "a", "[127.0.0.1]"),
            ("jürgen@bücher.example", "jürgen", "bücher.example"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.local(), address.domain()), (local, domain));
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in ["", "postmaster", "@x", "a@", "a b@x", "a@b c", "a\r\n@x", "a<b@x"] {
            assert_eq!(Address::parse(text), None, "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@x", "l".repeat(65))), None);
    }

    #[test]
    fn subdomains_are_within() {
        let address = Address::parse("a@mail.acme.example").unwrap();
        assert!(address.is_within("acme.example") && address.is_within("ACME.example"));
        assert!(!address.is_within("me.example"));
    }
}
