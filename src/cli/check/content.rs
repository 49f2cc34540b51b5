//! What a file holds: a mail, or a text.

use crate::mail::Mail;

/// What a file holds, by its name or place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mail,
    Text,
    Mbox,
}

/// What was read.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Mail(Mail),
    Text(String),
}

impl Content {
    /// Octets as what they are; where no name says it, they are looked at.
    pub(super) fn of(octets: Vec<u8>, kind: Option<Kind>) -> Result<Content, String> {
        let mail = match kind {
            Some(kind) => kind != Kind::Text,
            None => begins_with_header(&octets),
        };
        if mail {
            Ok(Content::Mail(Mail::new(octets)))
        } else {
            text(octets).map(Content::Text)
        }
    }
}

/// Text must be UTF-8, so that the places in it can be told in bytes of the file. A byte order mark stays and counts; it
/// is invisible to the reading.
fn text(octets: Vec<u8>) -> Result<String, String> {
    if octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]) {
        return Err("this is UTF-16 text; save it as UTF-8".to_owned());
    }
    String::from_utf8(octets).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error
            .as_bytes()
            .get(..at)
            .unwrap_or_default()
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1;
        format!("not UTF-8 (byte {at}, line {line}); save it as UTF-8")
    })
}

/// Whether it is a mail rather than a text: its first line is a header field (RFC 5322 §2.2), and among the first fields
/// is one that mails have. `Note: we …` at the beginning of a text is not enough.
fn begins_with_header(octets: &[u8]) -> bool {
    const KNOWN: [&str; 14] = [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "received",
        "return-path",
        "reply-to",
        "delivered-to",
        "x-mailer",
    ];
    let mut known = false;
    for line in octets.split(|&octet| octet == b'\n').take(1_000) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if matches!(line.first(), Some(b' ' | b'\t')) && known {
            continue;
        }
        let name = line
            .iter()
            .position(|&octet| octet == b':')
            .and_then(|colon| line.get(..colon));
        match name.and_then(|name| std::str::from_utf8(name).ok()) {
            Some(name) if !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic()) => {
                known |= KNOWN.iter().any(|field| name.eq_ignore_ascii_case(field));
            }
            _ => return false,
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_told_from_a_text() {
        for mail in [
            "Subject: a\n\nb",
            "X-A: 1\r\nFrom: a@b.example\r\n\r\n",
            "Received: a\n b\nTo: c\n",
        ] {
            assert!(begins_with_header(mail.as_bytes()), "{mail:?}");
        }
        for text in [
            "",
            "\nSubject: a",
            "Hi Jo,\n",
            "Note: we met.\n\nTo: x",
            "Hi Jo: a\n",
            "http://x\n",
            "To\n",
            ": a",
        ] {
            assert!(!begins_with_header(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn text_must_be_utf8() {
        assert_eq!(
            text(b"a\nb\xff".to_vec()).unwrap_err(),
            "not UTF-8 (byte 3, line 2); save it as UTF-8"
        );
        assert!(text(b"\xff\xfeh\0".to_vec()).unwrap_err().contains("UTF-16"));
        assert_eq!(text("\u{feff}hi".into()).unwrap(), "\u{feff}hi");
    }
}
