//! An SMTP reply (RFC 5321 §4.2), ours or the upstream's, as octets that can be passed on verbatim.

use std::fmt;

/// A complete reply, one line or several, each ended by CR LF.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    octets: Vec<u8>,
    code: u16,
}

impl Reply {
    /// A reply of ours: `code`, an optional enhanced code (RFC 3463) repeated on every line, and the lines' texts.
    ///
    /// Texts are made harmless: anything but printable ASCII becomes `?`, and lines are cut at 512 octets (RFC 5321
    /// §4.5.3.1.5). No text at all gives one empty line.
    #[must_use]
    pub fn new(code: u16, enhanced: &str, lines: &[&str]) -> Reply {
        let lines: &[&str] = if lines.is_empty() { &[""] } else { lines };
        let mut octets = Vec::new();
        for (at, text) in lines.iter().enumerate() {
            let separator = if at + 1 == lines.len() { ' ' } else { '-' };
            let space = if enhanced.is_empty() || text.is_empty() {
                ""
            } else {
                " "
            };
            let clean: String = text
                .chars()
                .map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' })
                .collect();
            let mut line = format!("{code}{separator}{enhanced}{space}{clean}");
            line.truncate(510);
            octets.extend_from_slice(line.trim_end().as_bytes());
            if line.trim_end().len() == 3 {
                octets.push(separator as u8);
            }
            octets.extend_from_slice(b"\r\n");
        }
        Reply { octets, code }
    }

    /// The upstream's reply, verbatim. `octets` are whole lines, each beginning with the code.
    #[must_use]
    pub fn verbatim(code: u16, octets: Vec<u8>) -> Reply {
        Reply { octets, code }
    }

    /// The three-digit code.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// 2yz: done.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 3yz: go on.
    #[must_use]
    pub fn is_intermediate(&self) -> bool {
        self.code / 100 == 3
    }

    /// What goes on the wire, the last CR LF included.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The texts of the lines, code and separator left out, bytes that are not UTF-8 replaced.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.octets)
            .split("\r\n")
            .filter(|line| !line.is_empty())
            .map(|line| line.get(4..).unwrap_or_default().to_owned())
            .collect()
    }

    /// The last line's text.
    #[must_use]
    pub fn last_text(&self) -> String {
        self.texts().pop().unwrap_or_default()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Reply({})",
            String::from_utf8_lossy(&self.octets).trim_end().replace("\r\n", " | ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_the_code_and_is_short_ascii() {
        let long = "x".repeat(600);
        let reply = Reply::new(550, "5.7.1", &["Not sent: naïve\r\nDATA", &long, "See A1"]);
        let text = String::from_utf8(reply.octets().to_vec()).unwrap();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines[0], "550-5.7.1 Not sent: na?ve??DATA");
        assert_eq!(lines[1].len(), 510);
        assert_eq!(lines[2], "550 5.7.1 See A1");
        assert_eq!(reply.last_text(), "5.7.1 See A1");
    }

    #[test]
    fn a_challenge_may_be_empty() {
        assert_eq!(Reply::new(334, "", &[""]).octets(), b"334 \r\n");
    }
}
