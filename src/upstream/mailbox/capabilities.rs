//! What a server can do (RFC 9051 §6.1.1), as it said after login.

use std::collections::BTreeSet;

/// The server's capabilities, in capitals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Capabilities(BTreeSet<String>);

impl Capabilities {
    /// Reads what follows `CAPABILITY`.
    pub(super) fn parse(names: &[u8]) -> Capabilities {
        let names = String::from_utf8_lossy(names);
        Capabilities(names.split_ascii_whitespace().map(str::to_ascii_uppercase).collect())
    }

    /// Whether it is there by its own name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether it is there by name, or as a part of IMAP4rev2 (RFC 9051 appendix E).
    fn has_or_rev2(&self, name: &str) -> bool {
        self.has(name) || self.has("IMAP4REV2")
    }

    /// Whether a SASL mechanism can be used.
    pub(super) fn authenticates(&self, mechanism: &str) -> bool {
        self.has(&format!("AUTH={mechanism}"))
    }

    pub(super) fn namespace(&self) -> bool {
        self.has_or_rev2("NAMESPACE")
    }

    /// RFC 6851.
    pub(super) fn moves(&self) -> bool {
        self.has_or_rev2("MOVE")
    }

    /// RFC 4315: UID EXPUNGE.
    pub(super) fn uid_plus(&self) -> bool {
        self.has_or_rev2("UIDPLUS")
    }

    /// RFC 2177.
    pub(super) fn idle(&self) -> bool {
        self.has_or_rev2("IDLE")
    }

    /// Whether LIST takes `RETURN (SPECIAL-USE)` (RFC 6154, RFC 5258).
    pub(super) fn lists_special_use(&self) -> bool {
        (self.has("SPECIAL-USE") && self.has("LIST-EXTENDED")) || self.has("IMAP4REV2")
    }

    /// What can be used to log in, in words.
    pub(super) fn ways_in(&self) -> String {
        let ways = self.0.iter().filter_map(|name| name.strip_prefix("AUTH="));
        let mut ways: Vec<&str> = ways.collect();
        if !self.has("LOGINDISABLED") {
            ways.push("the LOGIN command");
        }
        if ways.is_empty() {
            return "none".to_owned();
        }
        super::error::harmless(ways.join(", ").as_bytes())
    }
}
