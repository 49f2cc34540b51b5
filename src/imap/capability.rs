//! The list of capabilities, without what can't cross: the only words of the server that ever change.

/// What our side of the connection stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer<'a> {
    /// Whether nobody is logged in yet.
    pub(super) before_login: bool,
    /// Whether we offer STARTTLS now.
    pub(super) starttls: bool,
    /// Whether passwords would cross a network in the clear.
    pub(super) in_the_clear: bool,
    /// What the settings hide.
    pub(super) hidden: &'a [String],
}

impl Offer<'_> {
    /// A response's line with the list in it changed: after `* CAPABILITY`, or in a code `[CAPABILITY …]` where one can
    /// stand. `None` where nothing changes.
    pub(super) fn rewrite(&self, line: &[u8]) -> Option<Vec<u8>> {
        let (start, end) = list(line)?;
        let names = line.get(start..end)?;
        let mut new = Vec::with_capacity(line.len() + 24);
        new.extend_from_slice(line.get(..start)?);
        for name in self::names(line) {
            if !self.drops(name) {
                new.push(b' ');
                new.extend_from_slice(name);
            }
        }
        if self.before_login && self.starttls {
            new.extend_from_slice(b" STARTTLS");
        }
        if self.before_login && self.in_the_clear && !self::names(line).any(|name| name == b"LOGINDISABLED") {
            new.extend_from_slice(b" LOGINDISABLED");
        }
        // Spaces that we do not understand are left as they are, unless something changes.
        let changes = names.split(|&octet| octet == b' ').any(|name| self.drops(name)) || self.adds();
        new.extend_from_slice(line.get(end..)?);
        (changes && new != line).then_some(new)
    }

    fn adds(&self) -> bool {
        self.before_login && (self.starttls || self.in_the_clear)
    }

    fn drops(&self, name: &[u8]) -> bool {
        if self
            .hidden
            .iter()
            .any(|hidden| hidden.as_bytes().eq_ignore_ascii_case(name))
        {
            return true;
        }
        let upper = name.to_ascii_uppercase();
        // Compressed, it would be a blind pipe (RFC 4978).
        if upper.starts_with(b"COMPRESS=") {
            return true;
        }
        let mechanism = upper.strip_prefix(b"AUTH=");
        self.before_login
            // The server's side of TLS is ours already.
            && (upper == b"STARTTLS"
                // Channel binding is what two TLS sessions break (RFC 5802 §6).
                || mechanism.is_some_and(|mechanism| mechanism.ends_with(b"-PLUS"))
                || (self.in_the_clear && (mechanism.is_some() || upper == b"SASL-IR")))
    }
}

/// The names that a response lists.
pub(super) fn names(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (start, end) = list(line).unwrap_or_default();
    let names = line.get(start..end).unwrap_or_default();
    names.split(|&octet| octet == b' ').filter(|name| !name.is_empty())
}

/// Where the list of names stands in a line, from the space before the first name.
fn list(line: &[u8]) -> Option<(usize, usize)> {
    const WORD: &[u8] = b"CAPABILITY";
    let body = line.trim_ascii_end();
    let (first, rest) = split(body)?;
    let (second, _) = split(rest).unwrap_or((rest, b""));
    if first == b"*" && second.eq_ignore_ascii_case(WORD) {
        return Some((first.len() + 1 + WORD.len(), body.len()));
    }
    let is_status = [&b"OK"[..], b"NO", b"BAD", b"PREAUTH", b"BYE"]
        .iter()
        .any(|status| status.eq_ignore_ascii_case(second));
    let code = first.len() + 1 + second.len() + 2;
    if !is_status || body.get(code - 2..code)? != b" [" {
        return None;
    }
    let after = code + WORD.len();
    if !body.get(code..after)?.eq_ignore_ascii_case(WORD) || !matches!(body.get(after), Some(b' ' | b']')) {
        return None;
    }
    let end = after + memchr::memchr(b']', body.get(after..)?)?;
    Some((after, end))
}

fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b' ', text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TLS: Offer<'_> = Offer {
        before_login: true,
        starttls: false,
        in_the_clear: false,
        hidden: &[],
    };

    fn rewritten(offer: &Offer<'_>, line: &str) -> String {
        let line = format!("{line}\r\n");
        let new = offer.rewrite(line.as_bytes()).unwrap_or(line.into_bytes());
        String::from_utf8(new).unwrap().trim_end().to_owned()
    }

    #[test]
    fn what_can_not_cross_is_taken_out_in_all_three_places() {
        let names = "IMAP4rev1 STARTTLS Compress=DEFLATE AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS auth=x-plus IDLE";
        let kept = "IMAP4rev1 AUTH=SCRAM-SHA-256 IDLE";
        for place in [
            "* CAPABILITY _",
            "* OK [CAPABILITY _] ready",
            "a1 ok [capability _] in [x]",
            "* PREAUTH [CAPABILITY _]",
        ] {
            assert_eq!(rewritten(&TLS, &place.replace('_', names)), place.replace('_', kept));
        }
        for other in [
            "* OK CAPABILITY COMPRESS=DEFLATE",
            "* OK ready [CAPABILITY COMPRESS=DEFLATE]",
            "* ENABLED COMPRESS=DEFLATE",
            "* CAPABILITYX COMPRESS=DEFLATE",
            "* OK [CAPABILITIES COMPRESS=DEFLATE]",
            "* OK [CAPABILITY COMPRESS=DEFLATE",
            "* CAPABILITY",
        ] {
            assert_eq!(rewritten(&TLS, other), other);
        }
    }

    #[test]
    fn odd_spaces_stay_where_nothing_is_taken_out() {
        for line in [
            "* CAPABILITY  IMAP4rev1   IDLE ",
            "* OK [CAPABILITY IMAP4rev1  IDLE ] x",
        ] {
            assert_eq!(TLS.rewrite(format!("{line}\r\n").as_bytes()), None);
        }
    }

    #[test]
    fn after_login_only_compression_and_hidden_names_go() {
        let hidden = ["UIDONLY".to_owned()];
        let after = Offer {
            before_login: false,
            in_the_clear: true,
            starttls: true,
            hidden: &hidden,
        };
        assert_eq!(
            rewritten(
                &after,
                "* CAPABILITY IMAP4rev1 STARTTLS AUTH=X-PLUS COMPRESS=DEFLATE uidonly IDLE"
            ),
            "* CAPABILITY IMAP4rev1 STARTTLS AUTH=X-PLUS IDLE"
        );
    }

    #[test]
    fn our_own_side_is_told_truly() {
        let clear = Offer {
            starttls: true,
            in_the_clear: true,
            ..TLS
        };
        assert_eq!(
            rewritten(&clear, "* OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS AUTH=PLAIN IDLE] x"),
            "* OK [CAPABILITY IMAP4rev1 IDLE STARTTLS LOGINDISABLED] x"
        );
        let loopback = Offer { starttls: true, ..TLS };
        assert_eq!(
            rewritten(&loopback, "* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED"),
            "* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED STARTTLS"
        );
    }
}
