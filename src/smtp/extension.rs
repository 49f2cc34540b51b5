//! Service extensions (RFC 5321 §2.2): what the upstream offers, and what of it both sides can honour.

use super::sasl::Mechanism;
use super::{Limits, Reply};
use crate::mail::Parameter;

/// What the upstream's EHLO reply offers, as far as it can be carried through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// The first line's text: the upstream's domain and greeting.
    pub greeting: String,
    /// SIZE (RFC 1870): `Some(0)` is "no fixed limit".
    pub size: Option<u64>,
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// 8BITMIME (RFC 6152).
    pub eight_bit: bool,
    /// SMTPUTF8 (RFC 6531).
    pub utf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// ENHANCEDSTATUSCODES (RFC 2034).
    pub enhanced_codes: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// AUTH (RFC 4954), the mechanisms that can be relayed, in our order.
    pub mechanisms: Vec<Mechanism>,
}

/// What this side adds to the intersection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Local {
    /// STARTTLS can be had here and has not been used.
    pub(super) starttls: bool,
    /// AUTH may be used now: under TLS, or on loopback.
    pub(super) auth: bool,
}

impl Extensions {
    /// Reads a positive EHLO reply. Keywords that we can't honour are not remembered.
    #[must_use]
    pub fn parse(reply: &Reply) -> Extensions {
        let mut texts = reply.texts().into_iter();
        let mut extensions = Extensions {
            greeting: texts.next().unwrap_or_default(),
            ..Extensions::default()
        };
        for line in texts {
            // Old servers write "AUTH=LOGIN"; it means the same.
            let line = line.replace('=', " ");
            let mut words = line.split_ascii_whitespace();
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "SIZE" => extensions.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0)),
                "PIPELINING" => extensions.pipelining = true,
                "8BITMIME" => extensions.eight_bit = true,
                "SMTPUTF8" => extensions.utf8 = true,
                "DSN" => extensions.dsn = true,
                "ENHANCEDSTATUSCODES" => extensions.enhanced_codes = true,
                "STARTTLS" => extensions.starttls = true,
                "AUTH" => {
                    let offered: Vec<Mechanism> = words.filter_map(Mechanism::named).collect();
                    let known = extensions.mechanisms.clone();
                    let has = |mechanism| offered.contains(&mechanism) || known.contains(&mechanism);
                    extensions.mechanisms = Mechanism::ALL.into_iter().filter(|&mechanism| has(mechanism)).collect();
                }
                _ => {}
            }
        }
        extensions
    }

    /// The largest content: the lower of the upstream's SIZE and our own limit, in octets.
    #[must_use]
    pub fn largest_content(&self, limits: &Limits) -> usize {
        match self.size {
            Some(size) if size > 0 => limits.content.min(usize::try_from(size).unwrap_or(usize::MAX)),
            _ => limits.content,
        }
    }

    /// The EHLO reply for the client.
    pub(super) fn offer(&self, local: Local, limits: &Limits) -> Reply {
        let mut lines = vec![self.greeting.clone()];
        if self.pipelining {
            lines.push("PIPELINING".to_owned());
        }
        if self.size.is_some() {
            lines.push(format!("SIZE {}", self.largest_content(limits)));
        }
        if local.starttls {
            lines.push("STARTTLS".to_owned());
        }
        if local.auth && !self.mechanisms.is_empty() {
            let names: Vec<&str> = self.mechanisms.iter().map(|mechanism| mechanism.name()).collect();
            lines.push(format!("AUTH {}", names.join(" ")));
        }
        for (offered, keyword) in [
            (self.enhanced_codes, "ENHANCEDSTATUSCODES"),
            (self.eight_bit, "8BITMIME"),
            (self.dsn, "DSN"),
            (self.utf8, "SMTPUTF8"),
        ] {
            if offered {
                lines.push(keyword.to_owned());
            }
        }
        Reply::new(250, "", &lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Whether a MAIL parameter belongs to something that was offered. AUTH= is dealt with by the session.
    pub(super) fn allows_for_mail(&self, parameter: &Parameter) -> bool {
        let value = parameter.value.as_deref();
        match parameter.keyword.to_ascii_uppercase().as_str() {
            "SIZE" => self.size.is_some() && value.is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit())),
            "BODY" => {
                self.eight_bit
                    && value.is_some_and(|v| v.eq_ignore_ascii_case("7BIT") || v.eq_ignore_ascii_case("8BITMIME"))
            }
            "SMTPUTF8" => self.utf8 && value.is_none(),
            "RET" | "ENVID" => self.dsn && value.is_some(),
            _ => false,
        }
    }

    /// Whether a RCPT parameter belongs to something that was offered.
    pub(super) fn allows_for_rcpt(&self, parameter: &Parameter) -> bool {
        let keyword = parameter.keyword.to_ascii_uppercase();
        matches!(keyword.as_str(), "NOTIFY" | "ORCPT") && self.dsn && parameter.value.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(lines: &[&str]) -> Extensions {
        Extensions::parse(&Reply::new(250, "", lines))
    }

    #[test]
    fn only_what_both_sides_can_do_is_offered() {
        let extensions = upstream(&[
            "mx.corp.example at your service",
            "SIZE 1000",
            "PIPELINING",
            "CHUNKING",
            "BINARYMIME",
            "XCLIENT NAME",
            "ETRN",
            "AUTH LOGIN PLAIN SCRAM-SHA-256-PLUS GSSAPI",
            "AUTH=XOAUTH2 LOGIN",
            "STARTTLS",
            "8BITMIME",
            "DSN",
            "FUTURE",
        ]);
        let offer = extensions.offer(
            Local {
                starttls: false,
                auth: true,
            },
            &Limits::default(),
        );
        assert_eq!(
            String::from_utf8_lossy(offer.octets()),
            "250-mx.corp.example at your service\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-AUTH XOAUTH2 PLAIN LOGIN\r\n250-8BITMIME\r\n250 DSN\r\n"
        );
    }

    #[test]
    fn no_auth_is_offered_where_it_would_be_in_the_clear() {
        let extensions = upstream(&["mx", "AUTH PLAIN"]);
        let offer = extensions.offer(
            Local {
                starttls: true,
                auth: false,
            },
            &Limits::default(),
        );
        assert_eq!(String::from_utf8_lossy(offer.octets()), "250-mx\r\n250 STARTTLS\r\n");
    }

    #[test]
    fn size_is_the_lower_of_both() {
        let limits = Limits {
            content: 500,
            ..Limits::default()
        };
        assert_eq!(upstream(&["mx", "SIZE 1000"]).largest_content(&limits), 500);
        assert_eq!(upstream(&["mx", "SIZE 100"]).largest_content(&limits), 100);
        assert_eq!(upstream(&["mx", "SIZE"]).largest_content(&limits), 500);
        assert_eq!(upstream(&["mx"]).largest_content(&limits), 500);
    }
}
